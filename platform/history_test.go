package platform_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// An audit follows a history and compares every event with the knowledge of an observer who sees
// only the events before it.
type audit struct {
	t         *testing.T
	history   *platform.History
	container bool
	kinds     map[platform.EventKind]int64
	live      map[int64]platform.LiveInstance // by number, as the events make them
	queue     []int64                         // the requests that wait
	served    []platform.Request              // the starts, as the log of requests has them
	fetched   int64                           // of them at the end of a release
	last      sim.Time
}

func newAudit(t *testing.T, h *platform.History, container bool) *audit {
	a := &audit{t: t, history: h, container: container, kinds: map[platform.EventKind]int64{}, live: map[int64]platform.LiveInstance{}}
	for _, i := range h.State().Instances {
		a.live[i.Instance] = i
	}
	return a
}

// run lets all events up to a moment happen.
func (a *audit) run(until sim.Time) {
	for {
		e, ok, err := a.history.Next(until)
		require.NoError(a.t, err)
		if !ok {
			return
		}
		a.event(e)
	}
}

func (a *audit) event(e platform.Event) {
	t := a.t
	require.LessOrEqual(t, a.last, e.Time)
	a.last = e.Time
	a.kinds[e.Kind]++
	if e.Instance > 0 {
		was, there := a.live[e.Instance]
		require.Equal(t, there, e.Before != platform.StateGone, "%+v", e)
		if there {
			require.Equal(t, was.State, e.Before, "%+v", e)
			require.Equal(t, was.Since, e.Since, "%+v", e)
			require.Equal(t, was.Slot, e.Slot, "%+v", e)
		} else {
			require.Equal(t, e.Time, e.Since)
		}
		delete(a.live, e.Instance)
		if e.State != platform.StateGone {
			since := was.Since
			if e.State != e.Before || e.Kind == platform.EventDequeued {
				since = e.Time
			}
			a.live[e.Instance] = platform.LiveInstance{Instance: e.Instance, Slot: e.Slot, State: e.State, Since: since}
		}
	}
	if e.Released > 0 {
		delete(a.live, e.Released)
	}
	switch e.Kind {
	case platform.EventArrived, platform.EventQueued:
		if !slices.Contains(a.queue, e.Request) {
			a.queue = append(a.queue, e.Request)
		}
	case platform.EventDequeued, platform.EventFreed:
		if e.Request > 0 {
			require.Equal(t, a.queue[0], e.Request, "first come, first served")
			a.leaves(e.Request)
		}
	case platform.EventWarmStart, platform.EventColdStart, platform.EventRejected, platform.EventTimedOut:
		a.leaves(e.Request)
	}
	switch {
	case e.Kind == platform.EventWarmStart || e.Kind == platform.EventDequeued && a.container || e.Kind == platform.EventFreed && e.Request > 0:
		a.served = append(a.served, platform.Request{Number: e.Request, Stream: e.Stream, Arrival: e.Arrived, Start: e.Time, Outcome: platform.OutcomeWarm, Instance: e.Instance})
		if e.Kind == platform.EventFreed {
			a.fetched++
		}
	case e.Kind == platform.EventColdStart:
		a.served = append(a.served, platform.Request{Number: e.Request, Stream: e.Stream, Arrival: e.Arrived, Start: e.Time, Outcome: platform.OutcomeCold, Instance: e.Instance, Cold: true})
	}
	if e.Kind == platform.EventWarmStart {
		k := slices.IndexFunc(e.Found, func(i platform.IdleInstance) bool { return i.Instance == e.Instance })
		require.GreaterOrEqual(t, k, 0)
		require.Equal(t, e.Since, e.Found[k].Since)
		require.True(t, slices.IsSortedFunc(e.Found, func(a, b platform.IdleInstance) int { return int(a.Since - b.Since) }))
	}
	a.State(e)
}

// leaves takes a request out of the queue, if it is there.
func (a *audit) leaves(request int64) {
	a.queue = slices.DeleteFunc(a.queue, func(r int64) bool { return r == request })
}

// State compares the state with the counts of the platform, and with the events.
func (a *audit) State(e platform.Event) {
	t, s := a.t, a.history.State()
	require.Equal(t, e.Time, s.Time)
	require.Equal(t, a.history.Totals(), s.Totals)
	n := map[platform.InstanceState]int{}
	slots := map[int]bool{}
	for _, i := range s.Instances {
		n[i.State]++
		if was := a.live[i.Instance]; slots[i.Slot] || was.State != i.State || was.Since != i.Since || i.Until < s.Time {
			require.Fail(t, "an instance is not as the events make it", "%+v after %+v, from them: %+v", i, e, was)
		}
		slots[i.Slot] = true
	}
	require.Len(t, a.live, len(s.Instances))
	require.Len(t, s.Instances, s.Totals.Instances)
	require.Equal(t, s.Totals.Idle, n[platform.StateIdle]+n[platform.StateReleasing])
	require.Equal(t, s.Totals.Releasing, n[platform.StateReleasing])
	require.Equal(t, s.Totals.RunningCold, n[platform.StateCold])
	require.Equal(t, s.Totals.Running, len(s.Instances)-s.Totals.Idle)
	if !a.container {
		require.Equal(t, s.Totals.Waiting, n[platform.StateWaiting])
	}
	require.Len(t, s.Queue, s.Totals.Waiting)
	require.Len(t, a.queue, len(s.Queue))
	for k, q := range s.Queue {
		if a.queue[k] != q.Request {
			require.Equal(t, a.queue, s.Queue)
		}
	}
}

// compare compares the history with the ordinary run of the same platform to the same moment: the
// observations and the log are the same, and the events add up to them.
func (a *audit) compare(o platform.Observations, log []platform.Request) {
	t := a.t
	require.Equal(t, o, a.history.Observations())
	totals := a.history.Totals()
	require.Equal(t, []int64{o.Arrivals, o.Cold, o.Rejected, o.TimedOut, o.Completed, o.Expired},
		[]int64{totals.Requests, totals.Cold, totals.Rejected, totals.TimedOut, totals.Completed, totals.Expired})
	require.Equal(t, o.Completed, a.kinds[platform.EventCompleted]+a.kinds[platform.EventDequeued])
	if !a.container {
		require.GreaterOrEqual(t, o.Arrivals, a.kinds[platform.EventStarted])
		return
	}
	require.Equal(t, o.Warm, totals.Warm)
	require.Equal(t, []int64{o.Warm, o.Cold, o.Rejected, o.TimedOut, o.Expired},
		[]int64{a.kinds[platform.EventWarmStart] + a.kinds[platform.EventDequeued] + a.fetched, a.kinds[platform.EventColdStart], a.kinds[platform.EventRejected], a.kinds[platform.EventTimedOut], a.kinds[platform.EventExpired]})
	// On shared cores what is still in service is unfinished in the log.
	logged := map[platform.Request]int{}
	for _, r := range log {
		r.Completion, r.Released, r.Service = 0, 0, 0
		if r.Instance > 0 {
			logged[r]++
		}
	}
	for _, r := range a.served {
		if logged[r] == 0 {
			r.Outcome = platform.OutcomeUnfinished
		}
		logged[r]--
	}
	for r, n := range logged {
		require.Zero(t, n, "%+v", r)
	}
}

func TestTheHistoryOfAPoolIsThatOfAnOrdinaryRun(t *testing.T) {
	tests.Slow(t)
	const scenariosEach = 60
	for name, change := range map[string]func(*rand.Rand, *pool.Config){
		"plain": func(*rand.Rand, *pool.Config) {},
		"cores": func(r *rand.Rand, c *pool.Config) {
			c.Cores, c.StartupCPU = randomCores(r), []float64{0, 0.5, 1}[r.IntN(3)]
		},
		"dispatch": func(r *rand.Rand, c *pool.Config) { c.Dispatch = randomDispatch(t, r) },
		"both": func(r *rand.Rand, c *pool.Config) {
			c.Cores, c.StartupCPU, c.Dispatch = randomCores(r), 0.5, randomDispatch(t, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[platform.EventKind]int64{}
			for seed := range uint64(scenariosEach) {
				rng := rand.New(rand.NewPCG(seed, 200))
				config, arrivals := randomContainers(t, rng)
				config.Routing = pool.Routing(seed % 4)
				change(rng, &config)
				t.Logf("seed %d: %+v, %v", seed, config, arrivals)
				instances, err := pool.New(config, arrivals, seed, 1)
				require.NoError(t, err)
				var log []platform.Request
				instances.Log = func(r platform.Request) { log = append(log, r) }
				h, err := pool.NewHistory(config, arrivals, seed, 1)
				require.NoError(t, err)
				a := newAudit(t, h, true)
				for _, until := range []sim.Time{10 * sim.Second, 47 * sim.Second, 60 * sim.Second} {
					require.NoError(t, instances.Run(until))
					a.run(until)
					require.Equal(t, instances.Observations(), h.Observations())
				}
				o := instances.Observations()
				instances.LogUnfinished()
				a.compare(o, log)
				for k, n := range a.kinds {
					seen[k] += n
				}
			}
			want := []platform.EventKind{platform.EventWarmStart, platform.EventColdStart, platform.EventRejected, platform.EventQueued, platform.EventTimedOut, platform.EventDequeued, platform.EventCompleted, platform.EventExpired, platform.EventReady, platform.EventFreed}
			if name == "cores" || name == "both" {
				want = append(want, platform.EventStartupCPU)
			}
			if name == "dispatch" || name == "both" {
				want = append(want, platform.EventArrived)
			}
			for _, k := range want {
				require.Positive(t, seen[k], k)
			}
			require.Len(t, seen, len(want))
		})
	}
}

func randomCores(rng *rand.Rand) platform.Cores {
	c := platform.Cores{Physical: 1 + rng.IntN(4), Threads: 1 + rng.IntN(2), Yield: 0.3, AllCoreSpeed: []float64{0, 1, 0.7, 2}[rng.IntN(4)]}
	if rng.IntN(4) == 0 {
		c.AllCoreSpeed, c.Speeds = 0, []float64{1, 1.5, 0.9}
	}
	return c
}

func TestTheHistoryOfExecutorsIsThatOfAnOrdinaryRun(t *testing.T) {
	tests.Slow(t)
	seen := map[platform.EventKind]int64{}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 201))
		pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
		config := executors.Config{
			Service:    law(t, pick("exponential(mean=1s)", "constant(1s)", "mixture(0.5: constant(0s), 0.5: constant(3s))")),
			Cores:      platform.Cores{Physical: rng.IntN(4)},
			Discipline: executors.Discipline(rng.IntN(2)),
		}
		if config.Discipline == executors.ProcessorSharing && config.Cores.Physical > 0 {
			config.Cores = randomCores(rng)
		}
		if rng.IntN(2) == 0 {
			config.Startup = law(t, pick("constant(1s)", "exponential(mean=2s)", "mixture(0.5: constant(0s), 0.5: constant(1s))"))
		}
		arrivals := process(t, pick("poisson(rate=2/s)", "batch(constant(rate=1/s), size=3)", "constant(rate=1/s)"))
		t.Logf("seed %d: %+v, %v", seed, config, arrivals)
		shared, err := executors.New(config, arrivals, seed, 1)
		require.NoError(t, err)
		h, err := executors.NewHistory(config, arrivals, seed, 1)
		require.NoError(t, err)
		a := newAudit(t, h, false)
		for _, until := range []sim.Time{10 * sim.Second, 47 * sim.Second, 60 * sim.Second} {
			require.NoError(t, shared.Run(until))
			a.run(until)
		}
		a.compare(shared.Observations(), nil)
		for k, n := range a.kinds {
			seen[k] += n
		}
	}
	for _, k := range []platform.EventKind{platform.EventStarted, platform.EventQueued, platform.EventDequeued, platform.EventCompleted, platform.EventReady} {
		require.Positive(t, seen[k], k)
	}
	require.Len(t, seen, 5)
}

// Skipped events happen all the same, and the events after them are those of a history without
// skipping.
func TestSkippingChangesNothing(t *testing.T) {
	config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Startup: law(t, "exponential(mean=1s)"), KeepAlive: seconds(3), MaxInstances: 3, WhenFull: pool.Queue, QueueTimeout: seconds(1), Routing: pool.Random}
	arrivals := process(t, "poisson(rate=2/s)")
	whole, err := pool.NewHistory(config, arrivals, 1, 0)
	require.NoError(t, err)
	skipping, err := pool.NewHistory(config, arrivals, 1, 0)
	require.NoError(t, err)
	require.NoError(t, skipping.Skip(seconds(50)))
	compared := 0
	for {
		e, ok, err := whole.Next(seconds(100))
		require.NoError(t, err)
		if !ok {
			break
		}
		if e.Time < seconds(50) {
			continue
		}
		other, ok, err := skipping.Next(seconds(100))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, e, other)
		require.Equal(t, whole.State(), skipping.State())
		compared++
	}
	require.Greater(t, compared, 100)
}

// A trace takes the history to its last response and no further, as it does a run.
func TestTheHistoryOfAStreamThatEndsEndsWithIt(t *testing.T) {
	config := pool.Config{Warm: law(t, "constant(1s)"), Cold: law(t, "constant(1s)"), KeepAlive: 0, MaxInstances: 1, InitialIdle: 1}
	for times, want := range map[string][]platform.EventKind{
		// The initial instance expires at time 0, after what arrives then.
		"0\n":       {platform.EventWarmStart, platform.EventCompleted, platform.EventExpired},
		"0.5\n2\n":  {platform.EventExpired, platform.EventColdStart, platform.EventCompleted, platform.EventExpired, platform.EventColdStart, platform.EventCompleted, platform.EventExpired},
		"0\n1\n1\n": {platform.EventWarmStart, platform.EventCompleted, platform.EventWarmStart, platform.EventRejected, platform.EventCompleted, platform.EventExpired},
	} {
		file := filepath.Join(t.TempDir(), "trace.csv")
		require.NoError(t, os.WriteFile(file, []byte(times), 0o666))
		arrivals := process(t, "trace("+file+")")
		instances, err := pool.New(config, arrivals, 1, 0)
		require.NoError(t, err)
		require.NoError(t, instances.Run(seconds(100)))
		h, err := pool.NewHistory(config, arrivals, 1, 0)
		require.NoError(t, err)
		var kinds []platform.EventKind
		for {
			e, ok, err := h.Next(seconds(100))
			require.NoError(t, err)
			if !ok {
				break
			}
			kinds = append(kinds, e.Kind)
		}
		require.Equal(t, want, kinds)
		require.True(t, h.Ended())
		require.Equal(t, instances.Observations(), h.Observations())
		_, ok, err := h.Next(seconds(200))
		require.False(t, ok)
		require.NoError(t, err)
	}
}
