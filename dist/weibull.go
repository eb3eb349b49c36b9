package dist

import (
	"math"

	"faaslab/sim/random"
)

// Weibull is the law of scale·E^(1/shape), E exponential of mean 1, given by its shape and its
// mean: scale = mean/Γ(1+1/shape). A shape below 1 has a heavier tail than the exponential law.
type Weibull struct {
	Shape float64 // 0.1 to 100
	Mean  float64 // seconds, > 0
}

var _ Distribution = Weibull{}

func (w Weibull) scale() float64 { return w.Mean / math.Gamma(1+1/w.Shape) }

// Moments returns the mean in seconds and the variance in seconds².
func (w Weibull) Moments() (mean, variance float64) {
	// E[X²]/E[X]² − 1 by the logarithms of the gamma functions, which are small for large shapes:
	// the difference of the functions themselves would lose digits.
	second, _ := math.Lgamma(1 + 2/w.Shape)
	first, _ := math.Lgamma(1 + 1/w.Shape)
	return w.Mean, w.Mean * w.Mean * math.Expm1(second-2*first)
}

// CDF returns P(X <= x), x in seconds.
func (w Weibull) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -math.Expm1(-math.Pow(x/w.scale(), w.Shape))
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (w Weibull) Quantile(p float64) float64 {
	mustBeProbability(p)
	return w.scale() * math.Pow(-math.Log1p(-p), 1/w.Shape)
}

// Fill replaces block with independent draws, in seconds.
func (w Weibull) Fill(g *random.Generator, block []float64) {
	if !(w.Shape > 0 && w.Mean > 0) {
		panic("dist: Weibull of a Shape or Mean that is not positive")
	}
	g.Exponentials(block, 1)
	scale, power := w.scale(), 1/w.Shape
	for i, e := range block {
		// E^power for E >= 0, at half the cost of math.Pow. ln 0 is −Inf, and exp turns −Inf back
		// into 0.
		block[i] = scale * math.Exp(power*math.Log(e))
	}
}

// arguments returns the call in the notation.
func (w Weibull) arguments() (string, []value) {
	return "weibull", []value{{number: w.Shape}, {number: w.Mean}}
}

// String returns the notation.
func (w Weibull) String() string {
	return "weibull(shape=" + formatNumber(w.Shape) + ", mean=" + FormatDuration(w.Mean) + ")"
}
