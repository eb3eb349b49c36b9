package dist

import (
	"math"
	"strings"

	"faaslab/sim/random"
)

// Mixture is the law of a draw from one of several laws, chosen at random for each draw: for
// example, most requests short, a few long.
type Mixture struct {
	Parts [MaxParts]Part // the first Part without a Law ends the list; at least one Part
}

// MaxParts is the largest number of laws in a Mixture. An array, not a slice, keeps mixtures
// comparable, as all laws are.
const MaxParts = 16

// A Part is one law of a Mixture.
type Part struct {
	Weight float64 // probability, > 0; the weights of a mixture sum to 1
	Law    Distribution
}

var _ Distribution = Mixture{}

// parts returns the parts in use.
func (m *Mixture) parts() []Part {
	for i, part := range m.Parts {
		if part.Law == nil {
			return m.Parts[:i]
		}
	}
	return m.Parts[:]
}

// Moments returns the mean in seconds and the variance in seconds².
func (m Mixture) Moments() (mean, variance float64) {
	for _, part := range m.parts() {
		partMean, _ := part.Law.Moments()
		mean += part.Weight * partMean
	}
	for _, part := range m.parts() {
		partMean, partVariance := part.Law.Moments()
		variance += part.Weight * (partVariance + (partMean-mean)*(partMean-mean))
	}
	return mean, variance
}

// CDF returns P(X <= x), x in seconds.
func (m Mixture) CDF(x float64) float64 {
	var sum float64
	for _, part := range m.parts() {
		sum += part.Weight * part.Law.CDF(x)
	}
	return math.Min(sum, 1) // the sum of weights may be above 1 by one rounding
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (m Mixture) Quantile(p float64) float64 {
	mustBeProbability(p)
	// The quantile lies between the parts' own.
	lo, hi := math.Inf(1), 0.0
	for _, part := range m.parts() {
		x := part.Law.Quantile(p)
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	switch p {
	case 0:
		return lo
	case 1:
		return hi
	}
	return invert(p, func(x float64) bool { return x >= lo && (x >= hi || m.CDF(x) >= p) })
}

// Fill replaces block with independent draws, in seconds. It first draws the number of draws from
// each part; then each part fills its share at once, and a random permutation puts the draws in
// place. So each part is called once a block instead of once a draw, and the law is the same. The
// numbers depend on the block's length.
func (m Mixture) Fill(g *random.Generator, block []float64) {
	parts := m.parts()
	if len(parts) == 0 {
		panic("dist: Mixture without Parts")
	}
	var until [MaxParts]float64 // cumulative weights
	var sum float64
	for i, part := range parts {
		if !(part.Weight > 0) {
			panic("dist: Mixture with a Weight that is not positive")
		}
		sum += part.Weight
		until[i] = sum
	}
	until[len(parts)-1] = math.Inf(1)

	var count [MaxParts]int
	local := *g
	for range block {
		u, i := local.Float64(), 0
		for u >= until[i] {
			i++
		}
		count[i]++
	}
	*g = local

	rest := block
	for i, part := range parts {
		part.Law.Fill(g, rest[:count[i]])
		rest = rest[count[i]:]
	}

	local = *g
	for i := len(block) - 1; i > 0; i-- { // Durstenfeld, CACM 1964, algorithm 235
		j := local.IntN(i + 1)
		block[i], block[j] = block[j], block[i]
	}
	*g = local
}

// arguments returns the call in the notation, with all parts up to the last one that is not zero.
func (m Mixture) arguments() (string, []value) {
	parts := m.Parts[:]
	for len(parts) > 0 && parts[len(parts)-1] == (Part{}) {
		parts = parts[:len(parts)-1]
	}
	return "mixture", []value{{parts: parts}}
}

// String returns the notation.
func (m Mixture) String() string {
	var b strings.Builder
	b.WriteString("mixture(")
	for i, part := range m.parts() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatNumber(part.Weight) + ": " + part.Law.String())
	}
	b.WriteString(")")
	return b.String()
}
