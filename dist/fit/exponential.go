package fit

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
)

// exponential takes the sample's mean.
func exponential(s *sample) (dist.Distribution, float64, string) {
	var law distuv.Exponential
	law.Fit(s.values, nil)
	mean := 1 / law.Rate
	return dist.Exponential{Mean: mean}, -s.n * (math.Log(mean) + 1), ""
}

// shifted takes the least value as the shift, and what remains of the mean as exponential (Johnson,
// Kotz and Balakrishnan, "Continuous Univariate Distributions", vol. 1, 1994, §19.7).
func shifted(s *sample) (dist.Distribution, float64, string) {
	rest := s.mean - s.least
	return dist.Shifted{By: s.least, Of: dist.Exponential{Mean: rest}}, -s.n * (math.Log(rest) + 1), ""
}

// uniform takes the least and the largest value as the bounds.
func uniform(s *sample) (dist.Distribution, float64, string) {
	return dist.Uniform{Min: s.least, Max: s.most}, -s.n * math.Log(s.most-s.least), ""
}
