package dist

import "faaslab/sim/random"

// Shifted is the law of a constant plus a draw of another law.
type Shifted struct {
	By float64      // seconds, >= 0
	Of Distribution // not nil
}

var _ Distribution = Shifted{}

// Moments returns the mean in seconds and the variance in seconds².
func (s Shifted) Moments() (mean, variance float64) {
	mean, variance = s.Of.Moments()
	return mean + s.By, variance
}

// CDF returns P(X <= x), x in seconds.
func (s Shifted) CDF(x float64) float64 {
	if x < s.By {
		return 0
	}
	return s.Of.CDF(x - s.By)
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (s Shifted) Quantile(p float64) float64 { return s.By + s.Of.Quantile(p) }

// Fill replaces block with independent draws, in seconds.
func (s Shifted) Fill(g *random.Generator, block []float64) {
	if !(s.By >= 0) {
		panic("dist: Shifted By a duration that is negative or NaN")
	}
	s.Of.Fill(g, block)
	for i := range block {
		block[i] += s.By
	}
}

// arguments returns the call in the notation.
func (s Shifted) arguments() (string, []value) {
	return "shifted", []value{{number: s.By}, {law: s.Of}}
}

// String returns the notation.
func (s Shifted) String() string {
	return "shifted(" + FormatDuration(s.By) + ", " + s.Of.String() + ")"
}
