package loop

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
)

// A clock that runs ahead of time is set back before it ends, and no job notices: one that begins near
// the place where it is set back completes every job at the same moment as one that begins at 0.
func TestTheClockIsSetBackUnnoticed(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		near, far := NewSharedCores(platform.Cores{Physical: 3, AllCoreSpeed: 10}), NewSharedCores(platform.Cores{Physical: 3, AllCoreSpeed: 10})
		near.Clock = mostClock - 200*sim.Second
		now, set := sim.Time(0), 0
		for job := range uint32(2000) {
			work := sim.Time(rng.ExpFloat64() * 1e9)
			if rng.IntN(5) == 0 {
				work = sim.Second // several end at once
			}
			before := near.Clock
			near.Join(now, work, job)
			far.Join(now, work, job)
			if near.Clock < before {
				set++
			}
			next := now + sim.Time(rng.ExpFloat64()*2e8)
			for due := far.NextCompletion(now); due <= next; due = far.NextCompletion(now) {
				require.Equal(t, due, near.NextCompletion(now), "seed %d", seed)
				now = due
				require.Equal(t, far.Complete(now), near.Complete(now), "seed %d", seed)
			}
			now = next
			near.Advance(now)
			far.Advance(now)
		}
		require.Equal(t, 1, set, "seed %d", seed)
		require.Greater(t, far.Clock, near.Clock)
	}
}
