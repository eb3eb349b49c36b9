package stats

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim"
	"faaslab/sim/random"
)

// Stays are the sum of count times span, whatever enters and leaves, at the same moment too, and
// of more than 64 bits.
func TestStaysAreTheSumOfCountTimesSpan(t *testing.T) {
	for seed := range uint64(200) {
		g := random.Stream(seed, 0, random.Service)
		longest := []int{1, 3, 1e9, math.MaxInt64 / 400}[seed%4]
		var s Stays
		var want Sum
		now, n := sim.Time(0), 0
		for range 300 {
			span := sim.Time(g.IntN(longest))
			want.AddTimes(n, span)
			now += span
			if n > 0 && g.IntN(5) < 2 {
				s.Leave(now)
				n--
			} else {
				s.Enter(now)
				n++
			}
			later := now + sim.Time(g.IntN(1000))
			all := want
			all.AddTimes(n, later-now)
			require.Equal(t, all, s.Until(later, n), "seed %d", seed)
		}
		if seed%4 == 3 {
			require.NotZero(t, want.hi)
		}
	}
}
