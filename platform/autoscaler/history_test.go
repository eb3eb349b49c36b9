package autoscaler

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// A history tells what Run simulates: its events make the state of the fleet, one after another.
func TestAHistoryTellsWhatRunSimulates(t *testing.T) {
	kinds := map[platform.EventKind]int{}
	for seed := range uint64(80) {
		rng := rand.New(rand.NewPCG(seed, 3))
		config, arrivals := randomFleet(t, rng, seed%2 == 0, seed%4 > 1)
		where := fmt.Sprintf("seed %d: %+v, %v", seed, config, arrivals)
		const end = 150 * sim.Second
		h, err := NewHistory(config, arrivals, seed, 0)
		require.NoError(t, err)
		live := map[int64]platform.LiveInstance{}
		for _, i := range h.State().Instances {
			live[i.Instance] = i
		}
		last, number := sim.Time(0), int64(0)
		for {
			e, ok, err := h.Next(end)
			require.NoError(t, err)
			if !ok {
				break
			}
			kinds[e.Kind]++
			number++
			require.Equal(t, number, e.Number)
			require.LessOrEqual(t, last, e.Time)
			last = e.Time
			if e.Instance > 0 {
				was, there := live[e.Instance]
				require.Equal(t, there, e.Before != platform.StateGone, "%s: %+v", where, e)
				if there {
					require.Equal(t, []any{was.State, was.Since, was.Slot}, []any{e.Before, e.Since, e.Slot}, where)
				}
			}
			s := h.State()
			live = map[int64]platform.LiveInstance{}
			running, idle, starts, drains := 0, 0, 0, 0
			for k, i := range s.Instances {
				require.Len(t, s.Requests[k], i.Held)
				live[i.Instance] = i
				switch {
				case i.Held > 0:
					running++
				case i.State != platform.StateStarting:
					idle++
				}
				switch i.State {
				case platform.StateStarting:
					starts++
				case platform.StateDraining:
					drains++
				case platform.StateRunning:
					require.Positive(t, i.Held, where)
				default:
					require.Zero(t, i.Held, where)
				}
			}
			require.Equal(t, platform.Counts{Instances: len(s.Instances), Running: running, Idle: idle, Starting: starts, Draining: drains, Waiting: len(s.Queue)}, s.Totals.Counts, "%s at %v", where, e.Time)
			if e.Instance > 0 {
				require.Equal(t, e.State, live[e.Instance].State, where)
			}
		}
		f, err := New(config, arrivals, seed, 0)
		require.NoError(t, err)
		require.NoError(t, f.Run(end))
		want, got := f.Observations(), h.Observations()
		assert.Equal(t, want.Responses, got.Responses, where)
		assert.Equal(t, want.Scaling.Under, got.Scaling.Under)
		assert.Equal(t, want.Scaling.Evaluated, got.Scaling.Evaluated)
		o := &f.observed
		assert.Equal(t, platform.Totals{Requests: o.Arrivals, Warm: o.Warm, Cold: o.Cold, Rejected: o.Rejected, TimedOut: o.TimedOut, Completed: o.Completed, Expired: o.Expired, Counts: f.Counts()},
			h.Totals(), where)
	}
	for _, kind := range []platform.EventKind{platform.EventLaunched, platform.EventReady, platform.EventWarmStart, platform.EventColdStart, platform.EventServed, platform.EventQueued,
		platform.EventTimedOut, platform.EventRejected, platform.EventCompleted, platform.EventDraining, platform.EventRemoved, platform.EventExpired, platform.EventEvaluated} {
		assert.Positive(t, kinds[kind], kind.String())
	}
}

// The first request of a service at rest, event by event. The seconds measured are 1 when it arrives, then 0, since that
// one is counted already, then 1, 1, 1 and 0.3.
func TestTheHistoryOfOneRequest(t *testing.T) {
	config := knative(1, 0.7)
	config.InitialReady, config.Warm, config.Startup = 0, dist.Constant{Value: 1}, dist.Constant{Value: 3}
	h, err := NewHistory(config, at(10.3), 1, 0)
	require.NoError(t, err)
	var told []string
	for {
		e, ok, err := h.Next(200 * sim.Second)
		require.NoError(t, err)
		if !ok {
			break
		}
		if e.Kind == platform.EventEvaluated {
			if e.Time%(20*sim.Second) == 0 || len(told) < 3 || e.Time > 70*sim.Second && e.Time < 78*sim.Second {
				told = append(told, fmt.Sprintf("%v evaluated: %.4g of %d → %d, panic %v", e.Time, e.Evaluation.Stable, e.Evaluation.Ready, e.Evaluation.Desired, e.Evaluation.Panicking))
			}
			continue
		}
		told = append(told, fmt.Sprintf("%v %v %d: %v", e.Time, e.Kind, e.Instance, e.State))
	}
	assert.Equal(t, []string{
		"10.3s queued 0: gone",
		"10.3s evaluated: 1 of 0 → 2, panic true",
		"10.3s launched 1: starting",
		"10.3s launched 2: starting",
		"13.3s ready 1: idle",
		"13.3s served 1: running",
		"13.3s ready 2: idle",
		"14.3s completed 1: idle",
		"20s evaluated: 0.3909 of 2 → 2, panic true",
		"40s evaluated: 0.1387 of 2 → 2, panic true",
		"1m0s evaluated: 0.08431 of 2 → 2, panic true",
		"1m12s evaluated: 0.03833 of 2 → 1, panic false",
		"1m12s removed 2: gone",
		"1m14s evaluated: 0.005 of 1 → 1, panic false",
		"1m16s evaluated: 0 of 1 → 0, panic false",
		"1m16s removed 1: gone",
	}, told)
	require.NoError(t, h.Skip(300*sim.Second))
}
