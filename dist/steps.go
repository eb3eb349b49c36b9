package dist

import (
	"math"
	"strings"

	"faaslab/sim/random"
)

// Steps is a Poisson process whose rate changes at given times: the load of a
// launch, of a failover, of an outage. It is counted from time 0, so it has no
// stationary law; after the last change it is a plain Poisson process.
type Steps struct {
	// Levels are in the order of time: the first begins at 0, each other after the
	// one before. One that begins at 0 after the first ends the list; at least two.
	Levels [MaxLevels]Level
}

// MaxLevels is the largest number of levels of a Steps.
const MaxLevels = 64

// A Level of a Steps.
type Level struct {
	From      float64 // seconds from time 0
	PerSecond float64 // arrivals from then on, 0 to 1e7; not 0 in the last level
}

var _ Arrivals = Steps{}

// newSteps joins the lists of the notation.
func newSteps(rates, at []float64) (any, error) {
	switch {
	case len(rates) < 2:
		return nil, refusal{0, "steps of one rate are a Poisson process: write poisson(rate=…), or give two rates or more"}
	case len(rates) > MaxLevels:
		return nil, refusal{0, formatNumber(float64(len(rates))) + " rates; at most " + formatNumber(MaxLevels) + " are accepted"}
	case len(at) != len(rates)-1:
		return nil, refusal{1, "there are " + formatNumber(float64(len(rates))) + " rates and " +
			formatNumber(float64(len(at))) + " times; each rate but the first has the time at which it begins"}
	case rates[len(rates)-1] < minRate:
		// A stream that ends would end the run, before one could see the pool drain.
		return nil, refusal{0, "the last rate is " + FormatRate(rates[len(rates)-1]) +
			"; it goes on for ever and must be at least once in 292 years: for a load that stops write one as low as 0.001/d"}
	}
	var s Steps
	for i, r := range rates {
		s.Levels[i].PerSecond = r
		if i == 0 {
			continue
		}
		s.Levels[i].From = at[i-1]
		if at[i-1] <= s.Levels[i-1].From {
			return nil, refusal{1, "the time " + FormatDuration(at[i-1]) + " follows " + FormatDuration(s.Levels[i-1].From) +
				"; the times at which rates begin must increase"}
		}
	}
	return s, nil
}

// levels returns the levels in use.
func (s *Steps) levels() []Level {
	for i, l := range s.Levels {
		if i > 0 && l.From == 0 {
			return s.Levels[:i]
		}
	}
	return s.Levels[:]
}

// Rate returns the rate of the last level, which is that of the long run.
func (s Steps) Rate() float64 {
	levels := s.levels()
	return levels[len(levels)-1].PerSecond
}

// Pattern returns when the last level begins.
func (s Steps) Pattern() Pattern {
	levels := s.levels()
	return Pattern{LastChange: levels[len(levels)-1].From}
}

// Start begins a sample path.
func (s Steps) Start(g random.Generator) (Source, error) {
	if !(s.Rate() > 0) {
		panic("dist: Steps without levels or of a last rate that is not positive")
	}
	p := &stepsPath{generator: g, clock: newClock()}
	p.levels = append(p.levels, s.levels()...)
	p.left = p.width()
	return p, nil
}

// String returns the notation.
func (s Steps) String() string {
	var rates, at []string
	for i, l := range s.levels() {
		rates = append(rates, FormatRate(l.PerSecond))
		if i > 0 {
			at = append(at, FormatDuration(l.From))
		}
	}
	return "steps(rates=[" + strings.Join(rates, ", ") + "], at=[" + strings.Join(at, ", ") + "])"
}

type stepsPath struct {
	generator random.Generator
	levels    []Level
	at        int     // the level that the path is in
	left      float64 // of that level, seconds; +Inf in the last
	clock     clock
	block     [blockSize]float64
}

// width returns how long the present level lasts, in seconds.
func (p *stepsPath) width() float64 {
	if p.at == len(p.levels)-1 {
		return math.Inf(1)
	}
	return p.levels[p.at+1].From - p.levels[p.at].From
}

// Fill writes the next gaps of the path, as Source says.
func (p *stepsPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], p.draw), nil
}

// draw fills block with gaps in nanoseconds. The rate's integral over a gap is an
// exponential number of mean 1, so each arrival takes one draw, whatever the levels
// are, and two processes with the same generator stay aligned.
func (p *stepsPath) draw(block []float64) {
	g := p.generator
	for i := range block {
		area, passed := g.Exponential(), 0.0
		for {
			rate := p.levels[p.at].PerSecond
			if gap := area / rate; gap < p.left { // a rate of 0 gives +Inf or NaN
				p.left -= gap
				passed += gap
				break
			}
			// The conversion keeps the product from being fused with the difference, which
			// would differ between processors. Below 0 it is by rounding only.
			area = max(0, area-float64(p.left*rate))
			passed += p.left
			p.at++
			p.left = p.width()
		}
		block[i] = passed * 1e9
	}
	p.generator = g
}
