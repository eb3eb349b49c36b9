package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"faaslab/sim/random"
)

// Lognormal is the law of exp(μ + σN), N standard normal, given by its mean and
// its coefficient of variation: σ² = ln(1+cv²), μ = ln(mean) − σ²/2.
type Lognormal struct {
	Mean float64 // seconds, > 0
	CV   float64 // standard deviation / mean, 0.001 to 100
}

var _ Distribution = Lognormal{}

// logarithm returns the mean and the standard deviation of ln X.
func (d Lognormal) logarithm() (mu, sigma float64) {
	variance := math.Log1p(d.CV * d.CV)
	return math.Log(d.Mean) - variance/2, math.Sqrt(variance)
}

// Moments returns the mean in seconds and the variance in seconds².
func (d Lognormal) Moments() (mean, variance float64) { return d.Mean, d.Mean * d.CV * d.Mean * d.CV }

// CDF returns P(X <= x), x in seconds.
func (d Lognormal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	mu, sigma := d.logarithm()
	return 0.5 * math.Erfc((mu-math.Log(x))/(sigma*math.Sqrt2))
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (d Lognormal) Quantile(p float64) float64 {
	mustBeProbability(p)
	mu, sigma := d.logarithm()
	return math.Exp(mu + sigma*mathext.NormalQuantile(p))
}

// Fill replaces block with independent draws, in seconds.
func (d Lognormal) Fill(g *random.Generator, block []float64) {
	if !(d.Mean > 0 && d.CV > 0) {
		panic("dist: Lognormal of a Mean or CV that is not positive")
	}
	mu, sigma := d.logarithm()
	local := *g
	for i := range block {
		block[i] = math.Exp(mu + sigma*local.Normal())
	}
	*g = local
}

// arguments returns the call in the notation.
func (d Lognormal) arguments() (string, []value) {
	return "lognormal", []value{{number: d.Mean}, {number: d.CV}}
}

// String returns the notation.
func (d Lognormal) String() string {
	return "lognormal(mean=" + FormatDuration(d.Mean) + ", cv=" + formatNumber(d.CV) + ")"
}
