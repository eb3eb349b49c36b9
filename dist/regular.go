package dist

import (
	"math"
	"math/big"

	"faaslab/sim/random"
)

// Regular is the process of arrivals at equal gaps, written constant(rate=…). The k-th arrival is
// at k/rate, rounded to the nearest nanosecond.
type Regular struct {
	PerSecond float64 // > 0, to 1e7
}

var _ Arrivals = Regular{}

// Rate returns the arrivals per second.
func (r Regular) Rate() float64 { return r.PerSecond }

// Pattern returns the zero Pattern: the law does not change.
func (r Regular) Pattern() Pattern { return Pattern{} }

// Start begins the path; it draws nothing.
func (r Regular) Start(random.Generator) (Source, error) {
	// Take the rate as written, 0.1/s and not the float64 nearest to it, so that the gap is a
	// fraction with a denominator below 2⁶³.
	rate, err := parseRate(FormatRate(r.PerSecond))
	if err != nil || rate.Sign() <= 0 {
		panic("dist: Regular of a rate that is not a positive number")
	}
	gap := rate.Quo(big.NewRat(1e9, 1), rate)
	whole, rest := new(big.Int).QuoRem(gap.Num(), gap.Denom(), new(big.Int))
	if !whole.IsInt64() || !gap.Denom().IsInt64() {
		return &regularPath{ended: true}, nil // the first arrival is beyond virtual time
	}
	return &regularPath{
		whole:   whole.Int64(),
		rest:    uint64(rest.Int64()),
		denom:   uint64(gap.Denom().Int64()),
		carried: uint64(gap.Denom().Int64()) / 2, // half a nanosecond, to round to the nearest
	}, nil
}

// arguments returns the call in the notation.
func (r Regular) arguments() (string, []value) {
	return "constant", []value{{number: r.PerSecond}}
}

// String returns the notation.
func (r Regular) String() string { return "constant(rate=" + FormatRate(r.PerSecond) + ")" }

// regularPath adds the gap whole + rest/denom in integers, as Bresenham draws a line, so no error
// accumulates.
type regularPath struct {
	whole       int64  // ns
	rest, denom uint64 // 0 <= rest < denom < 2⁶³
	carried     uint64 // the fraction not yet counted, in units of 1/denom, < denom
	now         int64
	ended       bool
}

// Fill writes the next gaps of the path; see Source.
func (p *regularPath) Fill(gaps, _ []int64) (n int, err error) {
	for i := range gaps {
		gap := p.whole
		p.carried += p.rest
		if p.carried >= p.denom {
			p.carried -= p.denom
			gap++
		}
		if p.ended || gap > math.MaxInt64-p.now {
			p.ended = true
			return i, nil
		}
		p.now += gap
		gaps[i] = gap
	}
	return len(gaps), nil
}
