package dist

import "faaslab/sim/random"

// Renewal is the process of independent gaps of any law. The first gap has the same law: the path
// starts just after an arrival.
type Renewal struct {
	Gap Distribution // not nil, with a mean of at least 100 ns
}

var _ Arrivals = Renewal{}

// newRenewal returns a renewal process, or a refusal of gaps that the clock cannot resolve.
func newRenewal(gap Distribution) (any, error) {
	if mean, _ := gap.Moments(); mean < 1/maxRate {
		return nil, refusal{0, "the mean gap, " + FormatDuration(mean) +
			", is below 100ns: above 1e7/s is too fast for a clock that counts nanoseconds"}
	}
	return Renewal{gap}, nil
}

// Rate returns the arrivals per second.
func (r Renewal) Rate() float64 {
	mean, _ := r.Gap.Moments()
	return 1 / mean
}

// Pattern returns the zero Pattern: the law does not change.
func (r Renewal) Pattern() Pattern { return Pattern{} }

// Start begins a sample path.
func (r Renewal) Start(g random.Generator) (Source, error) {
	return &renewalPath{generator: g, gap: r.Gap, clock: newClock()}, nil
}

// arguments returns the call in the notation.
func (r Renewal) arguments() (string, []value) {
	return "renewal", []value{{law: r.Gap}}
}

// String returns the notation.
func (r Renewal) String() string { return "renewal(" + r.Gap.String() + ")" }

type renewalPath struct {
	generator random.Generator
	gap       Distribution
	clock     clock
	block     [blockSize]float64
}

// Fill writes the gaps to the next arrivals in ns, and no service times.
func (p *renewalPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], func(block []float64) {
		p.gap.Fill(&p.generator, block)
		for i := range block {
			block[i] *= 1e9 // ns
		}
	}), nil
}
