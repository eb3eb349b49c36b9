package fit

import (
	"math"

	"faaslab/dist"
)

// weibull takes the shape c for which Σ xᶜ ln x / Σ xᶜ − 1/c is the mean of the logarithms, and the
// scale (mean of xᶜ)^(1/c) (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions",
// vol. 1, 1994, §21.4.1). The equation's left side rises with c; Newton's method solves it, kept
// between values that are known to be too small and too large.
func weibull(s *sample) (dist.Distribution, float64, string) {
	if s.logs == nil {
		return nil, 0, "a value is 0, where the likelihood grows without bound as the shape falls"
	}
	largest := s.logs[len(s.logs)-1]
	var sum float64 // of (x/most)ᶜ, which cannot overflow
	equation := func(shape float64) (value, slope float64) {
		var first, second float64
		sum = 0
		for _, log := range s.logs {
			log -= largest
			power := math.Exp(shape * log)
			sum += power
			first += power * log
			second += power * log * log
		}
		mean := first / sum
		return mean - 1/shape - (s.meanLog - largest), second/sum - mean*mean + 1/(shape*shape)
	}
	var spread float64
	for _, log := range s.logs {
		spread += (log - s.meanLog) * (log - s.meanLog) / s.n
	}
	shape := math.Pi / math.Sqrt(6*spread) // the logarithms are those of a Gumbel law
	low, high := 0.0, math.Inf(1)
	for range 100 {
		value, slope := equation(shape)
		if value < 0 {
			low = shape
		} else {
			high = shape
		}
		next := shape - value/slope
		if !(next > low) {
			next = (low + shape) / 2
		}
		if !(next < high) {
			next = (shape + high) / 2
		}
		change := math.Abs(next - shape)
		if shape = next; !(change > 1e-13*shape) {
			break
		}
	}
	equation(shape)
	logScale := largest + math.Log(sum/s.n)/shape // of x/mean
	scale := s.mean * math.Exp(logScale)
	law := dist.Weibull{Shape: shape, Mean: scale * math.Gamma(1+1/shape)}
	// Σ (x/scale)ᶜ = n.
	return law, s.n * (math.Log(shape/scale) + (shape-1)*(s.meanLog-logScale) - 1), ""
}
