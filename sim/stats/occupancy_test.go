package stats

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// An Occupancy equals three separate counts to the last bit, however often the observation is
// closed, copied or restarted.
func TestOccupancyIsThreeTimesInState(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		idle, running := rng.IntN(4), rng.IntN(4)
		o := NewOccupancy(idle, running)
		instances, busy, free := NewTimeInState(idle+running), NewTimeInState(running), NewTimeInState(idle)
		at := sim.Time(0)
		equal := func() {
			o.Close(at)
			for _, c := range []struct{ got, want *TimeInState }{{&o.Instances, &instances}, {&o.Running, &busy}, {&o.Idle, &free}} {
				c.want.Close(at)
				require.Equal(t, c.want.Count(), c.got.Count(), "seed %d", seed)
				require.Equal(t, c.want.Total(), c.got.Total())
				require.Equal(t, c.want.Probabilities(), c.got.Probabilities())
			}
		}
		for range 500 {
			if rng.IntN(4) > 0 { // else at the same moment
				at += sim.Time(rng.Int64N(1 << rng.IntN(40)))
			}
			switch kind := rng.IntN(20); {
			case kind < 8 && idle > 0:
				o.Begin(at)
				idle, running = idle-1, running+1
			case kind < 16 && running > 0:
				o.Free(at)
				idle, running = idle+1, running-1
			case kind == 17 && idle > 0:
				o.Expire(at)
				idle--
			case kind == 18:
				equal()
				whole, reduced := o.Clone(), o.Reduced()
				require.Equal(t, o.Running.Probabilities(), whole.Running.Probabilities())
				require.Equal(t, o.Idle.Total(), reduced.Idle.Total())
			case kind == 19 && rng.IntN(5) == 0:
				o.Restart(at)
				instances.Restart(at)
				busy.Restart(at)
				free.Restart(at)
			default:
				o.Create(at)
				running++
			}
			instances.Set(at, idle+running)
			busy.Set(at, running)
			free.Set(at, idle)
			require.Equal(t, []int{idle + running, running, idle}, []int{o.Instances.Count(), o.Running.Count(), o.Idle.Count()})
		}
		at++
		equal()
	}
}

func TestACopyOfAnOccupancyIsIndependent(t *testing.T) {
	o := NewOccupancy(1, 0)
	o.Begin(3)
	o.Close(5)
	c := o.Clone()
	o.Free(9)
	o.Close(10)
	assert.Equal(t, []float64{0.6, 0.4}, c.Running.Probabilities())
	assert.Equal(t, sim.Time(10), o.Running.Total())
}
