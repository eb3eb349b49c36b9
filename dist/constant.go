package dist

import "faaslab/sim/random"

// Constant is the law of a duration that is always the same.
type Constant struct {
	Value float64 // seconds, >= 0
}

var _ Distribution = Constant{}

// Moments returns the value and 0.
func (c Constant) Moments() (mean, variance float64) { return c.Value, 0 }

// CDF returns P(X <= x), x in seconds.
func (c Constant) CDF(x float64) float64 {
	if x < c.Value {
		return 0
	}
	return 1
}

// Quantile returns the value for every p.
func (c Constant) Quantile(p float64) float64 {
	mustBeProbability(p)
	return c.Value
}

// Fill replaces block with the value; it draws nothing.
func (c Constant) Fill(_ *random.Generator, block []float64) {
	if !(c.Value >= 0) {
		panic("dist: Constant of a Value that is negative or NaN")
	}
	for i := range block {
		block[i] = c.Value
	}
}

// arguments returns the call in the notation.
func (c Constant) arguments() (string, []value) {
	return "constant", []value{{number: c.Value}}
}

// String returns the notation.
func (c Constant) String() string { return "constant(" + FormatDuration(c.Value) + ")" }
