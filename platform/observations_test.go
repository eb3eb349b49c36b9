package platform

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
)

// A log of what is unfinished changes nothing: the simulation can go on.
func TestToTellOfUnfinishedRequestsChangesNothing(t *testing.T) {
	type logging interface {
		simulated
		LogUnfinished()
	}
	start := map[string]func() logging{
		"executors that wait": func() logging {
			e, err := NewExecutors(Wasm{Service: dist.Exponential{Mean: 1}, Cores: Cores{Physical: 1}, Discipline: FCFS}, dist.Poisson{PerSecond: 0.9}, 1, 0)
			require.NoError(t, err)
			e.Log = func(Request) {}
			return e
		},
		"a pool that queues": func() logging {
			p, err := NewPool(Containers{Warm: dist.Exponential{Mean: 1}, Startup: dist.Exponential{Mean: 1}, KeepAlive: sim.Second, MaxInstances: 2,
				WhenFull: Queue, QueueTimeout: sim.Never}, dist.Poisson{PerSecond: 1.5}, 1, 0)
			require.NoError(t, err)
			p.Log = func(Request) {}
			return p
		},
	}
	for name, start := range start {
		t.Run(name, func(t *testing.T) {
			told, untold := start(), start()
			for until := sim.Second; until < 500*sim.Second; until += sim.Second {
				require.NoError(t, told.Run(until))
				told.LogUnfinished()
			}
			require.NoError(t, untold.Run(499*sim.Second))
			a, b := told.Observations(), untold.Observations()
			require.NoError(t, a.Check())
			assert.Equal(t, b.Completed, a.Completed)
			assert.Equal(t, b.Wait, a.Wait)
			assert.Positive(t, b.Wait.Seconds())
		})
	}
}

// What is checked of a replication is checked of several, merged.
func TestMergedObservationsAreCheckedAsThoseOfAPool(t *testing.T) {
	var merged Observations
	for replication := range 2 {
		p, err := NewPool(Containers{Warm: dist.Constant{Value: 1}, Startup: dist.Constant{Value: 1}, KeepAlive: sim.Second, MaxInstances: 2}, dist.Poisson{PerSecond: 1}, 1, replication)
		require.NoError(t, err)
		require.NoError(t, p.Run(100*sim.Second))
		o := p.Observations()
		merged.Merge(&o)
	}
	require.NoError(t, merged.Check())
	merged.Rejected, merged.Completed = merged.Rejected+1, merged.Completed-1
	assert.ErrorContains(t, merged.Check(), "waiting at the start + arrivals")
}
