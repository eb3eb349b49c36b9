package fit

import (
	"math"

	"faaslab/dist"
)

// pareto takes the least value as that of the law, and as the shape the reciprocal mean of the
// logarithms above it (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", vol.
// 1, 1994, §20.4).
func pareto(s *sample) (dist.Distribution, float64, string) {
	if s.logs == nil {
		return nil, 0, "a value is 0, where it has no density"
	}
	shape := 1 / (s.meanLog - s.logs[0])
	if shape <= 1 {
		return nil, 0, "most likely with an infinite mean"
	}
	law := dist.Pareto{Shape: shape, Mean: s.least * shape / (shape - 1)}
	return law, s.n * (math.Log(shape/s.least) - (1+shape)/shape), ""
}
