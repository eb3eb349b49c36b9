package dist

import (
	"math"

	"faaslab/sim/random"
)

// levels are spans of time, one after another from time 0 on, in each of which a Poisson process has
// a constant rate.
type levels interface {
	Rate() float64       // mean over a period, or of the last level
	count() int          // >= 1
	rate(i int) float64  // arrivals per second
	begin(i int) float64 // seconds from time 0, increasing
	repeat() float64     // seconds after which the levels repeat; 0: the last one goes on for ever
}

// longRunRate returns the mean rate per second of levels that repeat; else that of the last level.
func longRunRate(l levels) float64 {
	if l.repeat() == 0 {
		return l.rate(l.count() - 1)
	}
	arrivals := 0.0 // in a period
	for i := range l.count() {
		arrivals += l.rate(i) * width(l, i)
	}
	return arrivals / l.repeat()
}

// width returns the length of a level in seconds; +Inf for the last one of levels that do not repeat.
func width(l levels, i int) float64 {
	switch {
	case i < l.count()-1:
		return l.begin(i+1) - l.begin(i)
	case l.repeat() > 0:
		return l.repeat() - l.begin(i)
	}
	return math.Inf(1)
}

// notePeriod returns the parameter period of a notation; nothing for 0.
func notePeriod(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return ", period=" + FormatDuration(seconds)
}

// levelsPath is a path of the Poisson process whose rate has levels.
type levelsPath struct {
	generator random.Generator
	levels    levels
	at        int     // the present level
	rate      float64 // of the present level, per second
	left      float64 // time left in the present level, seconds; +Inf if it goes on for ever
	perPeriod float64 // arrivals expected in a period; +Inf if the levels do not repeat
	clock     clock
	block     [blockSize]float64
}

func newLevelsPath(l levels, g random.Generator) *levelsPath {
	p := &levelsPath{generator: g, clock: newClock(), levels: l, perPeriod: math.Inf(1)}
	if l.repeat() > 0 {
		p.perPeriod = l.Rate() * l.repeat()
	}
	p.enter(0)
	return p
}

// enter makes a level the present one, at its beginning.
func (p *levelsPath) enter(i int) { p.at, p.rate, p.left = i, p.levels.rate(i), width(p.levels, i) }

// Fill writes the next gaps of the path; see Source.
func (p *levelsPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], p.draw), nil
}

// draw fills block with gaps in nanoseconds. The integral of the rate over a gap is an exponential
// number of mean 1, so each arrival takes one draw, whatever the levels, and two processes with the
// same generator stay aligned.
func (p *levelsPath) draw(block []float64) {
	g := p.generator
	for i := range block {
		area, passed := g.Exponential(), 0.0
		if area >= p.perPeriod { // whole periods at once, where arrivals are rare
			periods := math.Floor(area / p.perPeriod)
			area = max(0, area-float64(periods*p.perPeriod))
			passed = periods * p.levels.repeat()
		}
		for {
			if gap := area / p.rate; gap < p.left { // a rate of 0 gives +Inf or NaN
				p.left -= gap
				passed += gap
				break
			}
			// The conversion prevents a fused product and difference, which would differ between
			// processors. Only rounding makes the difference negative.
			area = max(0, area-float64(p.left*p.rate))
			passed += p.left
			next := p.at + 1
			if next == p.levels.count() {
				next = 0 // the last level ends only if the levels repeat
			}
			p.enter(next)
		}
		block[i] = passed * 1e9
	}
	p.generator = g
}
