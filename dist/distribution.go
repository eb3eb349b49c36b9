package dist

import "faaslab/sim/random"

// A Distribution is the law of a non-negative duration. Its implementations are plain comparable
// values; the generator is passed per draw, never stored. Their fields must lie in the domains that
// their comments give: Parse checks the domains, Check reports a literal in code that violates
// them, and Fill panics on fields whose draws would make no sense.
type Distribution interface {
	// Moments returns the mean in seconds and the variance in seconds²;
	// a moment that does not exist is +Inf.
	Moments() (mean, variance float64)
	// CDF returns P(X <= x), x in seconds.
	CDF(x float64) float64
	// Quantile returns the smallest x in seconds with CDF(x) >= p, 0 <= p <= 1:
	// for p = 0 the lower end of the support, for p = 1 the upper one, which
	// may be +Inf. It panics outside [0, 1].
	Quantile(p float64) float64
	// Fill replaces block with independent draws, in seconds: never negative,
	// NaN or infinite.
	Fill(g *random.Generator, block []float64)
	// String returns the notation, which Parse reads back to an equal value.
	String() string
}

// mustBeProbability panics unless 0 <= p <= 1.
func mustBeProbability(p float64) {
	if !(p >= 0 && p <= 1) {
		panic("dist: Quantile of a probability outside [0, 1]")
	}
}
