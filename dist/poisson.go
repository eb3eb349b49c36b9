package dist

import "faaslab/sim/random"

// Poisson is the process of independent exponential gaps: arrivals from many independent users.
type Poisson struct {
	PerSecond float64 // > 0, to 1e7
}

var _ Arrivals = Poisson{}

// Rate returns the arrivals per second.
func (p Poisson) Rate() float64 { return p.PerSecond }

// Pattern returns the zero Pattern: the law does not change.
func (p Poisson) Pattern() Pattern { return Pattern{} }

// Start begins a sample path.
func (p Poisson) Start(g random.Generator) (Source, error) {
	if !(p.PerSecond > 0) {
		panic("dist: Poisson of a rate that is not positive")
	}
	return &poissonPath{generator: g, mean: 1e9 / p.PerSecond, clock: newClock()}, nil
}

// arguments returns the call in the notation.
func (p Poisson) arguments() (string, []value) {
	return "poisson", []value{{number: p.PerSecond}}
}

// String returns the notation.
func (p Poisson) String() string { return "poisson(rate=" + FormatRate(p.PerSecond) + ")" }

// A poissonPath is small, since a cluster has one for each of its functions.
type poissonPath struct {
	generator random.Generator
	mean      float64 // gap, ns
	clock     clock
}

// Fill writes the next gaps of the path; see Source.
func (p *poissonPath) Fill(gaps, _ []int64) (n int, _ error) {
	var block [32]float64
	for n < len(gaps) {
		part := block[:min(len(block), len(gaps)-n)]
		p.generator.Exponentials(part, p.mean)
		done := p.clock.advance(gaps[n:], part)
		if n += done; done < len(part) {
			break
		}
	}
	return n, nil
}
