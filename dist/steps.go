package dist

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"faaslab/sim/random"
)

// Steps is a Poisson process whose rate changes at given times: the load of a launch, a failover,
// an outage, or a day minute by minute. The times count from time 0, so there is no stationary law.
// After the last change Steps is a plain Poisson process or, with a Period, repeats its levels.
type Steps struct {
	packed string  // the levels, levelSize bytes each; a string is comparable, a slice is not
	period float64 // seconds after which the levels repeat, above the last change; 0: they do not
	mean   float64 // long-run rate, per second
}

// MaxLevels is the largest number of levels of a Steps: more than a month has minutes.
const MaxLevels = 50_000

// A Level is a span of time in which the rate of a Steps is constant.
type Level struct {
	From      float64 // seconds from time 0
	PerSecond float64 // arrivals from From on, 0 to 1e7; not 0 in the last level of levels that do not repeat
}

// levelSize is the number of bytes of a packed level.
const levelSize = 16

var (
	_ Arrivals = Steps{}
	_ levels   = Steps{}
)

// NewSteps returns the process of levels in the order of time: the first begins at 0, every other
// one after its predecessor. The last level goes on for ever. The error names the broken rule.
func NewSteps(levels []Level) (Steps, error) { return NewPeriodicSteps(levels, 0) }

// NewPeriodicSteps is NewSteps of levels that repeat after a period in seconds, which is above the
// beginning of the last one; with a period of 0 they do not repeat.
func NewPeriodicSteps(levels []Level, period float64) (Steps, error) {
	var rates, at []float64
	for i, l := range levels {
		rates = append(rates, l.PerSecond)
		if i > 0 {
			at = append(at, l.From)
		} else if l.From != 0 {
			return Steps{}, errors.New("the first level of a Steps begins at time 0, not at " + FormatDuration(l.From))
		}
	}
	steps, err := newSteps(rates, at, period)
	if err != nil {
		return Steps{}, err
	}
	if err := Check(steps); err != nil {
		return Steps{}, err
	}
	return steps, nil
}

// newSteps makes a process of the two lists in the notation and the period; 0: none.
func newSteps(rates, at []float64, period float64) (Steps, error) {
	switch {
	case len(rates) < 2:
		return Steps{}, refusal{0, "steps of one rate are a Poisson process: write poisson(rate=…), or give two rates or more"}
	case len(rates) > MaxLevels:
		return Steps{}, refusal{0, formatNumber(float64(len(rates))) + " rates; at most " + formatNumber(MaxLevels) + " are accepted"}
	case len(at) != len(rates)-1:
		return Steps{}, refusal{1, "there are " + formatNumber(float64(len(rates))) + " rates and " +
			formatNumber(float64(len(at))) + " times; each rate but the first has the time at which it begins"}
	case period == 0 && rates[len(rates)-1] < minRate:
		// A stream that ends would end the run before the pool can be seen to drain.
		return Steps{}, refusal{0, "the last rate is " + FormatRate(rates[len(rates)-1]) +
			"; it goes on for ever and must be at least once in 292 years: for a load that stops write one as low as 0.001/d"}
	case period != 0 && !(at[len(at)-1] < period):
		return Steps{}, refusal{2, "the period, " + FormatDuration(period) + ", is not above the last of the times at which rates begin, " +
			FormatDuration(at[len(at)-1])}
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
	s := Steps{packed: string(packed), period: period}
	if s.mean = longRunRate(s); s.mean < minRate {
		return Steps{}, refusal{0, "the mean rate is " + FormatRate(s.mean) + "; it must be at least once in 292 years"}
	}
	return s, nil
}

// Levels returns the levels in the order of time, of one period if they repeat.
func (s Steps) Levels() []Level {
	levels := make([]Level, s.count())
	for i := range levels {
		levels[i] = s.level(i)
	}
	return levels
}

func (s Steps) count() int          { return len(s.packed) / levelSize }
func (s Steps) rate(i int) float64  { return s.level(i).PerSecond }
func (s Steps) begin(i int) float64 { return s.level(i).From }
func (s Steps) repeat() float64     { return s.period }

// level returns the i-th level.
func (s Steps) level(i int) Level {
	number := func(at int) float64 {
		return math.Float64frombits(binary.LittleEndian.Uint64([]byte(s.packed[at : at+8])))
	}
	return Level{From: number(levelSize * i), PerSecond: number(levelSize*i + 8)}
}

// Rate returns the long-run rate: the mean over a period or, without one, the rate of the last level.
func (s Steps) Rate() float64 { return s.mean }

// Pattern returns the period or, without one, the start of the last level as LastChange.
func (s Steps) Pattern() Pattern {
	switch {
	case s.period > 0:
		return Pattern{Period: s.period}
	case s.packed == "":
		return Pattern{}
	}
	return Pattern{LastChange: s.level(s.count() - 1).From}
}

// Start begins a sample path.
func (s Steps) Start(g random.Generator) (Source, error) {
	if !(s.mean > 0) {
		panic("dist: Steps without levels or of a long-run rate that is not positive")
	}
	return newLevelsPath(s, g), nil
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
	return "steps", []value{rates, at, {number: s.period}}
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
	return "steps(rates=[" + strings.Join(rates, ", ") + "], at=[" + strings.Join(at, ", ") + "]" + notePeriod(s.period) + ")"
}
