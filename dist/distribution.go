package dist

import "faaslab/sim/random"

// A Distribution is the law of a non-negative duration. Its implementations are
// plain values; the generator is passed per draw, never stored.
type Distribution interface {
	// Moments returns the mean in seconds and the variance in seconds²;
	// a moment that does not exist is +Inf.
	Moments() (mean, variance float64)
	// CDF returns P(X <= x), x in seconds.
	CDF(x float64) float64
	// Quantile returns the smallest x in seconds with CDF(x) >= p, 0 <= p <= 1.
	Quantile(p float64) float64
	// Fill replaces block with independent draws, in seconds.
	Fill(g *random.Generator, block []float64)
	// String returns the notation, which Parse reads back to an equal value.
	String() string
}
