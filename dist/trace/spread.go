package trace

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Spread says when the requests of a Count arrive within its width.
type Spread uint8

const (
	// Uniform draws independent uniform times: a Poisson process, given its counts.
	Uniform Spread = iota
	// Even takes the middles of as many equal parts; nothing is drawn.
	Even
	// AtBegin takes the beginnings of as many equal parts, so the first is at the very beginning.
	AtBegin
)

var spreadNames = []string{"uniform", "even", "start"}

// ParseSpread returns the spread with a name: uniform, even or start.
func ParseSpread(name string) (Spread, error) {
	i := slices.Index(spreadNames, name)
	if i < 0 {
		return 0, fmt.Errorf("found %s; want one of %s", name, strings.Join(spreadNames, ", "))
	}
	return Spread(i), nil
}

// String returns the name.
func (s Spread) String() string { return spreadNames[s] }

// Times appends the arrival times of n requests within width from begin on, in order; ns.
func (s Spread) Times(times []int64, begin, width, n int64, g *rand.Rand) []int64 {
	from := len(times)
	for i := range n {
		if s == Uniform {
			times = append(times, begin+g.Int64N(width))
		} else {
			times = append(times, begin+s.Place(i, n, width))
		}
	}
	if s == Uniform {
		slices.Sort(times[from:])
	}
	return times
}

// Place returns the time of the i-th of n requests from the beginning of the width on, 0 <= i < n;
// ns. Uniform times are drawn, and have no place.
func (s Spread) Place(i, n, width int64) int64 {
	switch s {
	case Even:
		return mulDiv(2*i+1, width, 2*n)
	case AtBegin:
		return mulDiv(i, width, n)
	}
	panic("trace: Place of a Spread that draws")
}

// mulDiv returns ⌊a·b/c⌋ without overflow, for 0 <= a < c.
func mulDiv(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, _ := bits.Div64(high, low, uint64(c))
	return int64(quotient)
}
