package dist

import (
	"strings"

	"faaslab/sim/random"
)

// MMPP is the Markov-modulated Poisson process: a Poisson process whose rate depends on a state. It
// visits the states in cyclic order, each for an exponential time. A path starts in the stationary
// law: the probability of a state is the share of time spent in it (Fischer and Meier-Hellstern,
// "The Markov-modulated Poisson process (MMPP) cookbook", Performance Evaluation 1992).
type MMPP struct {
	States [MaxStates]State // the first State with a Sojourn of 0 ends the list; at least two
}

// MaxStates is the largest number of states of an MMPP. An array, not a slice, keeps the processes
// comparable.
const MaxStates = 16

// A State is one state of an MMPP.
type State struct {
	PerSecond float64 // arrivals, 0 to 1e7; not 0 in every state
	Sojourn   float64 // mean time of a visit, seconds, > 0
}

var _ Arrivals = MMPP{}

// newMMPP makes a process of the two lists in the notation.
func newMMPP(rates, sojourns []float64) (any, error) {
	switch {
	case len(rates) != len(sojourns):
		return nil, refusal{1, "there are " + formatNumber(float64(len(rates))) + " rates and " +
			formatNumber(float64(len(sojourns))) + " sojourns, and each state has one of both"}
	case len(rates) < 2:
		return nil, refusal{0, "an mmpp of one state is a Poisson process: write poisson(rate=…), or give two states or more"}
	case len(rates) > MaxStates:
		return nil, refusal{0, formatNumber(float64(len(rates))) + " states; at most " + formatNumber(MaxStates) + " are accepted"}
	}
	var m MMPP
	var sum float64
	for i := range rates {
		m.States[i] = State{rates[i], sojourns[i]}
		sum += rates[i]
	}
	if sum == 0 || m.Rate() < minRate {
		return nil, refusal{0, "the mean rate is " + FormatRate(m.Rate()) + "; it must be at least once in 292 years"}
	}
	return m, nil
}

// states returns the states in use.
func (m *MMPP) states() []State {
	for i, s := range m.States {
		if s.Sojourn == 0 {
			return m.States[:i]
		}
	}
	return m.States[:]
}

// Rate returns the long-run mean of arrivals per second: the mean of the states' rates, weighted by
// their sojourns.
func (m MMPP) Rate() float64 {
	var arrivals, time float64 // in one cycle
	for _, s := range m.states() {
		arrivals += s.PerSecond * s.Sojourn
		time += s.Sojourn
	}
	return arrivals / time
}

// Pattern returns a memory of one cycle of the states.
func (m MMPP) Pattern() Pattern {
	var p Pattern
	for _, s := range m.states() {
		p.Memory += s.Sojourn
	}
	return p
}

// Start begins a sample path.
func (m MMPP) Start(g random.Generator) (Source, error) {
	if !(m.Rate() > 0) {
		panic("dist: MMPP without states or of a rate that is not positive")
	}
	p := &mmppPath{generator: g, clock: newClock()}
	p.states = append(p.states, m.states()...)
	var cycle float64
	for _, s := range p.states {
		cycle += s.Sojourn
	}
	for u := p.generator.Float64() * cycle; p.at < len(p.states)-1 && u >= p.states[p.at].Sojourn; p.at++ {
		u -= p.states[p.at].Sojourn
	}
	// Exponential sojourns have no memory: the rest of the first sojourn has the law of a whole
	// one.
	p.left = p.generator.Exponential() * p.states[p.at].Sojourn
	return p, nil
}

// arguments returns the call in the notation, with all states up to the last one that is not zero.
func (m MMPP) arguments() (string, []value) {
	states := m.States[:]
	for len(states) > 0 && states[len(states)-1] == (State{}) {
		states = states[:len(states)-1]
	}
	var rates, sojourns value
	for _, s := range states {
		rates.numbers = append(rates.numbers, s.PerSecond)
		sojourns.numbers = append(sojourns.numbers, s.Sojourn)
	}
	return "mmpp", []value{rates, sojourns}
}

// String returns the notation.
func (m MMPP) String() string {
	var rates, sojourns []string
	for _, s := range m.states() {
		rates = append(rates, FormatRate(s.PerSecond))
		sojourns = append(sojourns, FormatDuration(s.Sojourn))
	}
	return "mmpp(rates=[" + strings.Join(rates, ", ") + "], sojourns=[" + strings.Join(sojourns, ", ") + "])"
}

type mmppPath struct {
	generator random.Generator
	states    []State
	at        int     // the present state
	left      float64 // time left in the present state, seconds
	clock     clock
	block     [blockSize]float64
}

// Fill writes the next gaps of the path; see Source.
func (p *mmppPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], p.draw), nil
}

// draw fills block with gaps in nanoseconds. In each state the next arrival competes with the end
// of the sojourn; the later of the two is drawn again, which is exact because both are exponential.
func (p *mmppPath) draw(block []float64) {
	g, at, left := p.generator, p.at, p.left
	state := p.states[at]
	for i := range block {
		var passed float64
		for {
			if state.PerSecond > 0 {
				if gap := g.Exponential() / state.PerSecond; gap < left {
					left -= gap
					passed += gap
					break
				}
			}
			passed += left
			if at++; at == len(p.states) {
				at = 0
			}
			state = p.states[at]
			left = g.Exponential() * state.Sojourn
		}
		block[i] = passed * 1e9
	}
	p.generator, p.at, p.left = g, at, left
}
