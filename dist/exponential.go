package dist

import (
	"math"

	"faaslab/sim/random"
)

// Exponential is the memoryless law.
type Exponential struct {
	Mean float64 // seconds, > 0
}

var _ Distribution = Exponential{}

// Moments returns the mean and its square.
func (e Exponential) Moments() (mean, variance float64) { return e.Mean, e.Mean * e.Mean }

// CDF returns P(X <= x), x in seconds.
func (e Exponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -math.Expm1(-x / e.Mean)
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (e Exponential) Quantile(p float64) float64 {
	mustBeProbability(p)
	return -e.Mean * math.Log1p(-p)
}

// Fill replaces block with independent draws, in seconds.
func (e Exponential) Fill(g *random.Generator, block []float64) {
	if !(e.Mean > 0) {
		panic("dist: Exponential of a Mean that is not positive")
	}
	g.Exponentials(block, e.Mean)
}

// arguments returns the call in the notation.
func (e Exponential) arguments() (string, []value) {
	return "exponential", []value{{number: e.Mean}}
}

// String returns the notation.
func (e Exponential) String() string { return "exponential(mean=" + FormatDuration(e.Mean) + ")" }
