package cluster

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// watchedConfigs are clusters in which everything happens that can.
func watchedConfigs() map[string]Config {
	functions := func() (all []Function) {
		for i, rate := range []float64{2, 0.7, 0.2, 0.05} {
			all = append(all, Function{Name: fmt.Sprintf("f%d", i), Memory: int64(100 * (i + 1)), Arrivals: dist.Poisson{PerSecond: rate},
				Warm: dist.Exponential{Mean: 0.5}, Startup: dist.Constant{Value: 1}})
		}
		return all
	}
	base := func() Config {
		return Config{Functions: functions(), Nodes: 1, Memory: 1000, MaxInstances: platform.Unlimited, KeepAlive: Fixed(20e9), QueueTimeout: sim.Never}
	}
	all := map[string]Config{"lru": base()}
	greedy := base()
	greedy.Evict, greedy.Nodes, greedy.Placement, greedy.Memory, greedy.KeepAlive = GreedyDual, 3, LeastLoaded, 500, Fixed(sim.Never)
	all["greedy-dual, three nodes"] = greedy
	queued := base()
	queued.Queue, queued.QueueTimeout, queued.Memory, queued.Evict = true, 2e9, 450, RandomEviction
	all["queue with a timeout"] = queued
	kept := base()
	kept.Functions[0].Provisioned, kept.Functions[1].Spare, kept.Functions[2].MinInstances, kept.Nodes, kept.Placement = 1, 1, 1, 2, RoundRobin
	all["kept ready"] = kept
	learnt := base()
	histogram := NewHistogram()
	histogram.Bin, histogram.Bins, histogram.CV = 1e9, 100, 0
	learnt.KeepAlive, learnt.Evict = histogram, NoEviction
	learnt.Functions[3] = Function{Name: "timer", Memory: 400, Arrivals: dist.Regular{PerSecond: 1.0 / 30}, Warm: dist.Constant{Value: 0.5}, Startup: dist.Constant{Value: 2}}
	all["histogram"] = learnt
	shared := base()
	shared.Cores, shared.StartupCPU, shared.Functions[0].Spare, shared.Nodes, shared.Placement = platform.Cores{Physical: 1}, 0.5, 1, 2, RoundRobin
	all["shared cores"] = shared
	return all
}

func TestAHistoryTellsWhatTheClusterDoes(t *testing.T) {
	seen := map[platform.EventKind]bool{}
	for name, config := range watchedConfigs() {
		c, err := New(config, 3, 1)
		require.NoError(t, err)
		w := newWitness(c)
		h := platform.NewHistory(w)
		var events []platform.Event
		for len(events) < 4000 {
			e, ok, err := h.Next(sim.Never)
			require.NoError(t, err)
			require.True(t, ok)
			events = append(events, e)
			seen[e.Kind] = true
			s := h.State()
			require.Equal(t, len(s.Instances), s.Totals.Instances)
			if len(w.pending) > 0 {
				continue
			}
			o := &c.observed
			require.Equal(t, c.Counts(), s.Totals.Counts, "%s: after %v", name, e)
			require.Equal(t, []int64{o.Arrivals, o.Warm, o.Cold, o.Rejected, o.TimedOut, o.Completed, o.Expired},
				[]int64{s.Totals.Requests, s.Totals.Warm, s.Totals.Cold, s.Totals.Rejected, s.Totals.TimedOut, s.Totals.Completed, s.Totals.Expired}, "%s: after %v", name, e)
			require.Equal(t, len(s.Queue), s.Totals.Waiting)
			for i, n := range s.Nodes {
				require.Equal(t, c.nodes[i].used, n.Running+n.Idle+n.Loading, "%s: node %d after %v", name, i, e)
				require.Equal(t, c.nodes[i].running, n.Running)
			}
		}
		other, err := New(config, 3, 1)
		require.NoError(t, err)
		require.NoError(t, other.Run(w.at))
		assert.Equal(t, other.Observations().Arrivals, c.observed.Arrivals, "%s: a watched cluster does what it does alone", name)

		// Of one node, it tells the events of that node, in their order.
		alone, err := NewHistory(config, 3, 1)
		require.NoError(t, err)
		alone.Focus(config.Nodes-1, -1)
		quiet, err := NewHistory(config, 3, 1)
		require.NoError(t, err)
		half := events[len(events)/2].Time
		require.NoError(t, quiet.Skip(half))
		for _, e := range events {
			if e.Time >= half {
				got, ok, err := quiet.Next(sim.Never)
				require.NoError(t, err)
				require.True(t, ok)
				e.Number = got.Number
				require.Equal(t, e, got, "%s: after a skip", name)
			}
			if e.Node != config.Nodes-1 {
				continue
			}
			got, ok, err := alone.Next(sim.Never)
			require.NoError(t, err)
			require.True(t, ok)
			e.Number, e.Slot = got.Number, got.Slot
			require.Equal(t, e, got, "%s: one node", name)
			require.Len(t, alone.State().Nodes, 1)
		}
	}
	for _, kind := range []platform.EventKind{platform.EventWarmStart, platform.EventColdStart, platform.EventRejected, platform.EventQueued, platform.EventTimedOut, platform.EventCompleted,
		platform.EventExpired, platform.EventEvicted, platform.EventUnloaded, platform.EventLoading, platform.EventLoaded, platform.EventLoadSkipped,
		platform.EventStartupCPU, platform.EventReady} {
		assert.True(t, seen[kind], "%s never happened", kind)
	}
}

func TestAHistoryOfOneFunctionTellsWhatMakesRoomForIt(t *testing.T) {
	config := watchedConfigs()["lru"]
	config.Memory = 500
	h, err := NewHistory(config, 3, 1)
	require.NoError(t, err)
	h.Focus(-1, 3)
	own, victims := 0, 0
	for own+victims < 100 {
		e, ok, err := h.Next(sim.Never)
		require.NoError(t, err)
		require.True(t, ok)
		switch {
		case e.Function == "f3":
			own++
		default:
			require.Equal(t, platform.EventEvicted, e.Kind)
			require.Equal(t, "f3", e.For)
			require.Positive(t, e.Request)
			victims++
		}
	}
	assert.Positive(t, victims)
	assert.Positive(t, own)
}

// A trace ends with its last response: what is idle then does not expire any more.
func TestAHistoryEndsWithTheLastResponse(t *testing.T) {
	rows := []Request{{Arrival: 1e9, Function: 0, Service: 2e9}, {Arrival: 2e9, Function: 1, Service: 5e9}}
	next := 0
	h, err := NewHistory(Config{Nodes: 1, Memory: Unlimited, MaxInstances: platform.Unlimited, KeepAlive: Fixed(60e9), QueueTimeout: sim.Never,
		Functions: []Function{{Name: "a", Memory: 1, Startup: dist.Constant{Value: 1}}, {Name: "b", Memory: 1, Startup: dist.Constant{Value: 1}}},
		Requests: func() (r Request, ok bool, err error) {
			if next == len(rows) {
				return r, false, nil
			}
			next++
			return rows[next-1], true, nil
		}}, 1, 0)
	require.NoError(t, err)
	var told []string
	for {
		e, ok, err := h.Next(sim.Never)
		require.NoError(t, err)
		if !ok {
			break
		}
		told = append(told, fmt.Sprintf("%v %s %s %d", e.Time, e.Kind, e.Function, e.Instance))
	}
	assert.Equal(t, []string{"1s cold_start a 1", "2s cold_start b 2", "4s completed a 1", "8s completed b 2"}, told)
	assert.True(t, h.Ended())
}
