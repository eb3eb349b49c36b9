package dist

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"faaslab/sim/random"
)

// Steps is a Poisson process whose rate changes at given times: the load of a launch, a failover,
// an outage, or a day minute by minute. The times count from time 0, so there is no stationary law;
// after the last change, Steps is a plain Poisson process.
type Steps struct {
	packed string // the levels, levelSize bytes each; a string is comparable, a slice is not
}

// MaxLevels is the largest number of levels of a Steps: more than a month has minutes.
const MaxLevels = 50_000

// A Level is a span of time in which the rate of a Steps is constant.
type Level struct {
	From      float64 // seconds from time 0
	PerSecond float64 // arrivals from From on, 0 to 1e7; not 0 in the last level
}

// levelSize is the number of bytes of a packed level.
const levelSize = 16

var _ Arrivals = Steps{}

// NewSteps returns the process of levels in the order of time: the first begins at 0, every other
// one after its predecessor. The error names the broken rule.
func NewSteps(levels []Level) (Steps, error) {
	var rates, at []float64
	for i, l := range levels {
		rates = append(rates, l.PerSecond)
		if i > 0 {
			at = append(at, l.From)
		} else if l.From != 0 {
			return Steps{}, errors.New("the first level of a Steps begins at time 0, not at " + FormatDuration(l.From))
		}
	}
	steps, err := newSteps(rates, at)
	if err != nil {
		return Steps{}, err
	}
	if err := Check(steps); err != nil {
		return Steps{}, err
	}
	return steps, nil
}

// newSteps makes a process of the two lists in the notation.
func newSteps(rates, at []float64) (Steps, error) {
	switch {
	case len(rates) < 2:
		return Steps{}, refusal{0, "steps of one rate are a Poisson process: write poisson(rate=…), or give two rates or more"}
	case len(rates) > MaxLevels:
		return Steps{}, refusal{0, formatNumber(float64(len(rates))) + " rates; at most " + formatNumber(MaxLevels) + " are accepted"}
	case len(at) != len(rates)-1:
		return Steps{}, refusal{1, "there are " + formatNumber(float64(len(rates))) + " rates and " +
			formatNumber(float64(len(at))) + " times; each rate but the first has the time at which it begins"}
	case rates[len(rates)-1] < minRate:
		// A stream that ends would end the run before the pool can be seen to drain.
		return Steps{}, refusal{0, "the last rate is " + FormatRate(rates[len(rates)-1]) +
			"; it goes on for ever and must be at least once in 292 years: for a load that stops write one as low as 0.001/d"}
	}
	packed := make([]byte, 0, levelSize*len(rates))
	from := 0.0
	for i, r := range rates {
		if i > 0 {
			if at[i-1] <= from {
				return Steps{}, refusal{1, "the time " + FormatDuration(at[i-1]) + " follows " + FormatDuration(from) +
					"; the times at which rates begin must increase"}
			}
			from = at[i-1]
		}
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(from))
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(r))
	}
	return Steps{string(packed)}, nil
}

// Levels returns the levels in the order of time.
func (s Steps) Levels() []Level {
	levels := make([]Level, len(s.packed)/levelSize)
	for i := range levels {
		levels[i] = s.level(i)
	}
	return levels
}

// level returns the i-th level.
func (s Steps) level(i int) Level {
	number := func(at int) float64 {
		return math.Float64frombits(binary.LittleEndian.Uint64([]byte(s.packed[at : at+8])))
	}
	return Level{From: number(levelSize * i), PerSecond: number(levelSize*i + 8)}
}

// last returns the last level; a Level of rate 0 if there are no levels.
func (s Steps) last() Level {
	if s.packed == "" {
		return Level{}
	}
	return s.level(len(s.packed)/levelSize - 1)
}

// Rate returns the rate of the last level, which is the long-run rate.
func (s Steps) Rate() float64 { return s.last().PerSecond }

// Pattern returns the start of the last level as LastChange.
func (s Steps) Pattern() Pattern { return Pattern{LastChange: s.last().From} }

// Start begins a sample path.
func (s Steps) Start(g random.Generator) (Source, error) {
	if !(s.Rate() > 0) {
		panic("dist: Steps without levels or of a last rate that is not positive")
	}
	p := &stepsPath{generator: g, clock: newClock(), levels: s.Levels()}
	p.left = p.width()
	return p, nil
}

// arguments returns the call in the notation.
func (s Steps) arguments() (string, []value) {
	var rates, at value
	for i, l := range s.Levels() {
		rates.numbers = append(rates.numbers, l.PerSecond)
		if i > 0 {
			at.numbers = append(at.numbers, l.From)
		}
	}
	return "steps", []value{rates, at}
}

// String returns the notation.
func (s Steps) String() string {
	var rates, at []string
	for i, l := range s.Levels() {
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
	at        int     // the present level
	left      float64 // time left in the present level, seconds; +Inf in the last
	clock     clock
	block     [blockSize]float64
}

// width returns the length of the present level, in seconds.
func (p *stepsPath) width() float64 {
	if p.at == len(p.levels)-1 {
		return math.Inf(1)
	}
	return p.levels[p.at+1].From - p.levels[p.at].From
}

// Fill writes the next gaps of the path; see Source.
func (p *stepsPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], p.draw), nil
}

// draw fills block with gaps in nanoseconds. The integral of the rate over a gap is an exponential
// number of mean 1, so each arrival takes one draw, whatever the levels, and two processes with the
// same generator stay aligned.
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
			// The conversion prevents a fused product and difference, which would differ between
			// processors. Only rounding makes the difference negative.
			area = max(0, area-float64(p.left*rate))
			passed += p.left
			p.at++
			p.left = p.width()
		}
		block[i] = passed * 1e9
	}
	p.generator = g
}
