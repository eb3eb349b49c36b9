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
		switch s {
		case Even:
			times = append(times, begin+mulDiv(2*i+1, width, 2*n))
		case AtBegin:
			times = append(times, begin+mulDiv(i, width, n))
		default:
			times = append(times, begin+g.Int64N(width))
		}
	}
	if s == Uniform {
		slices.Sort(times[from:])
	}
	return times
}

// mulDiv returns ⌊a·b/c⌋ without overflow, for 0 <= a < c.
func mulDiv(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, _ := bits.Div64(high, low, uint64(c))
	return int64(quotient)
}
