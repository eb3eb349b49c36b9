package dist

import "faaslab/sim/random"

// Uniform is the law of a duration that is equally likely anywhere between two bounds.
type Uniform struct {
	Min, Max float64 // seconds, 0 <= Min < Max
}

var _ Distribution = Uniform{}

// Moments returns the mean in seconds and the variance in seconds².
func (u Uniform) Moments() (mean, variance float64) {
	width := u.Max - u.Min
	return u.Min + width/2, width * width / 12
}

// CDF returns P(X <= x), x in seconds.
func (u Uniform) CDF(x float64) float64 {
	switch {
	case x <= u.Min:
		return 0
	case x >= u.Max:
		return 1
	}
	return (x - u.Min) / (u.Max - u.Min)
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (u Uniform) Quantile(p float64) float64 {
	mustBeProbability(p)
	if p == 1 {
		return u.Max // exact; the sum below may round
	}
	return u.Min + p*(u.Max-u.Min)
}

// Fill replaces block with independent draws, in seconds.
func (u Uniform) Fill(g *random.Generator, block []float64) {
	if !(u.Min >= 0 && u.Min < u.Max) {
		panic("dist: Uniform without 0 <= Min < Max")
	}
	local, width := *g, u.Max-u.Min
	for i := range block {
		block[i] = u.Min + width*local.Float64()
	}
	*g = local
}

// arguments returns the call in the notation.
func (u Uniform) arguments() (string, []value) {
	return "uniform", []value{{number: u.Min}, {number: u.Max}}
}

// String returns the notation.
func (u Uniform) String() string {
	return "uniform(" + FormatDuration(u.Min) + ", " + FormatDuration(u.Max) + ")"
}
