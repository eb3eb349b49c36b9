package dist

import (
	"math"

	"faaslab/sim/random"
)

// Pareto is the power law P(X > x) = (least/x)^shape from x = least on, given by
// its shape and its mean: least = mean·(shape−1)/shape.
type Pareto struct {
	Shape float64 // 1.001 to 1000; above 1 the mean exists
	Mean  float64 // seconds, > 0
}

var _ Distribution = Pareto{}

// least returns the lower end of the support, in seconds.
func (d Pareto) least() float64 { return d.Mean * (d.Shape - 1) / d.Shape }

// Moments returns the mean in seconds and the variance in seconds², which is +Inf for a shape up to
// 2.
func (d Pareto) Moments() (mean, variance float64) {
	if d.Shape <= 2 {
		return d.Mean, math.Inf(1)
	}
	return d.Mean, d.Mean * d.Mean / (d.Shape * (d.Shape - 2))
}

// CDF returns P(X <= x), x in seconds.
func (d Pareto) CDF(x float64) float64 {
	least := d.least()
	if x <= least {
		return 0
	}
	return -math.Expm1(-d.Shape * math.Log(x/least))
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (d Pareto) Quantile(p float64) float64 {
	mustBeProbability(p)
	return d.least() * math.Exp(-math.Log1p(-p)/d.Shape)
}

// Fill replaces block with independent draws, in seconds.
func (d Pareto) Fill(g *random.Generator, block []float64) {
	if !(d.Shape > 1 && d.Mean > 0) {
		panic("dist: Pareto of a Shape up to 1 or a Mean that is not positive")
	}
	// ln(X/least) is exponential of mean 1/shape.
	g.Exponentials(block, 1/d.Shape)
	least := d.least()
	for i, e := range block {
		block[i] = least * math.Exp(e)
	}
}

// arguments returns the call in the notation.
func (d Pareto) arguments() (string, []value) {
	return "pareto", []value{{number: d.Shape}, {number: d.Mean}}
}

// String returns the notation.
func (d Pareto) String() string {
	return "pareto(shape=" + formatNumber(d.Shape) + ", mean=" + FormatDuration(d.Mean) + ")"
}
