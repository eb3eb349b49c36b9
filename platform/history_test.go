package platform

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// An audit follows a history and holds every event against what an observer who knows nothing
// of the platform can tell from the events before it.
type audit struct {
	t         *testing.T
	history   *History
	container bool
	kinds     map[EventKind]int64
	live      map[int64]LiveInstance // by number, as the events make them
	queue     []int64                // the requests that wait
	served    []Request              // the starts, as the log of requests has them
	last      sim.Time
}

func newAudit(t *testing.T, h *History, container bool) *audit {
	a := &audit{t: t, history: h, container: container, kinds: map[EventKind]int64{}, live: map[int64]LiveInstance{}}
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

func (a *audit) event(e Event) {
	t := a.t
	require.LessOrEqual(t, a.last, e.Time)
	a.last = e.Time
	a.kinds[e.Kind]++
	if e.Instance > 0 {
		was, there := a.live[e.Instance]
		require.Equal(t, there, e.Before != StateGone, "%+v", e)
		if there {
			require.Equal(t, was.State, e.Before, "%+v", e)
			require.Equal(t, was.Since, e.Since, "%+v", e)
			require.Equal(t, was.Slot, e.Slot, "%+v", e)
		} else {
			require.Equal(t, e.Time, e.Since)
		}
		delete(a.live, e.Instance)
		if e.State != StateGone {
			since := was.Since
			if e.State != e.Before || e.Kind == EventDequeued {
				since = e.Time
			}
			a.live[e.Instance] = LiveInstance{Instance: e.Instance, Slot: e.Slot, State: e.State, Since: since}
		}
	}
	if e.Released > 0 {
		delete(a.live, e.Released)
	}
	switch e.Kind {
	case EventArrived, EventQueued:
		if !slices.Contains(a.queue, e.Request) {
			a.queue = append(a.queue, e.Request)
		}
	case EventDequeued:
		require.Equal(t, a.queue[0], e.Request, "first come, first served")
		a.leaves(e.Request)
	case EventWarmStart, EventColdStart, EventRejected, EventTimedOut:
		a.leaves(e.Request)
	}
	switch {
	case e.Kind == EventWarmStart || e.Kind == EventDequeued && a.container:
		a.served = append(a.served, Request{Arrival: e.Arrived, Start: e.Time, Outcome: OutcomeWarm, Instance: e.Instance})
	case e.Kind == EventColdStart:
		a.served = append(a.served, Request{Arrival: e.Arrived, Start: e.Time, Outcome: OutcomeCold, Instance: e.Instance, Cold: true})
	}
	if e.Kind == EventWarmStart {
		k := slices.IndexFunc(e.Found, func(i IdleInstance) bool { return i.Instance == e.Instance })
		require.GreaterOrEqual(t, k, 0)
		require.Equal(t, e.Since, e.Found[k].Since)
		require.True(t, slices.IsSortedFunc(e.Found, func(a, b IdleInstance) int { return int(a.Since - b.Since) }))
	}
	a.state(e)
}

// leaves takes a request out of the queue, if it is there.
func (a *audit) leaves(request int64) {
	a.queue = slices.DeleteFunc(a.queue, func(r int64) bool { return r == request })
}

// state compares the state with what the platform counts, and with the events.
func (a *audit) state(e Event) {
	t, s := a.t, a.history.State()
	require.Equal(t, e.Time, s.Time)
	require.Equal(t, a.history.Totals(), s.Totals)
	n := map[InstanceState]int{}
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
	require.Equal(t, s.Totals.Idle, n[StateIdle])
	require.Equal(t, s.Totals.RunningCold, n[StateCold])
	require.Equal(t, s.Totals.Running, len(s.Instances)-n[StateIdle])
	if !a.container {
		require.Equal(t, s.Totals.Waiting, n[StateWaiting])
	}
	require.Len(t, s.Queue, s.Totals.Waiting)
	require.Len(t, a.queue, len(s.Queue))
	for k, q := range s.Queue {
		if a.queue[k] != q.Request {
			require.Equal(t, a.queue, s.Queue)
		}
	}
}

// compare holds the history against the ordinary run of the same platform to the same moment:
// what that observed and logged is the same, and the events add up to it.
func (a *audit) compare(o Observations, log []Request) {
	t := a.t
	require.Equal(t, o, a.history.Observations())
	totals := a.history.Totals()
	require.Equal(t, []int64{o.Arrivals, o.Cold, o.Rejected, o.TimedOut, o.Completed, o.Expired},
		[]int64{totals.Requests, totals.Cold, totals.Rejected, totals.TimedOut, totals.Completed, totals.Expired})
	require.Equal(t, o.Completed, a.kinds[EventCompleted]+a.kinds[EventDequeued])
	if !a.container {
		require.GreaterOrEqual(t, o.Arrivals, a.kinds[EventStarted])
		return
	}
	require.Equal(t, o.Warm, totals.Warm)
	require.Equal(t, []int64{o.Warm, o.Cold, o.Rejected, o.TimedOut, o.Expired},
		[]int64{a.kinds[EventWarmStart] + a.kinds[EventDequeued], a.kinds[EventColdStart], a.kinds[EventRejected], a.kinds[EventTimedOut], a.kinds[EventExpired]})
	// On shared cores what is still in service is unfinished in the log.
	logged := map[Request]int{}
	for _, r := range log {
		r.Completion, r.Service = 0, 0
		if r.Instance > 0 {
			logged[r]++
		}
	}
	for _, r := range a.served {
		if logged[r] == 0 {
			r.Outcome = OutcomeUnfinished
		}
		logged[r]--
	}
	for r, n := range logged {
		require.Zero(t, n, "%+v", r)
	}
}

func TestTheHistoryOfAPoolIsThatOfAnOrdinaryRun(t *testing.T) {
	const scenariosEach = 60
	for name, change := range map[string]func(*rand.Rand, *Containers){
		"plain": func(*rand.Rand, *Containers) {},
		"cores": func(r *rand.Rand, c *Containers) {
			c.Cores, c.StartupCPU = randomCores(r), []float64{0, 0.5, 1}[r.IntN(3)]
		},
		"dispatch": func(r *rand.Rand, c *Containers) { c.Dispatch = randomDispatch(t, r) },
		"both": func(r *rand.Rand, c *Containers) {
			c.Cores, c.StartupCPU, c.Dispatch = randomCores(r), 0.5, randomDispatch(t, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[EventKind]int64{}
			for seed := range uint64(scenariosEach) {
				rng := rand.New(rand.NewPCG(seed, 200))
				config, arrivals := randomContainers(t, rng)
				config.Routing = Routing(seed % 4)
				change(rng, &config)
				t.Logf("seed %d: %+v, %v", seed, config, arrivals)
				pool, err := NewPool(config, arrivals, seed, 1)
				require.NoError(t, err)
				var log []Request
				pool.Log = func(r Request) { log = append(log, r) }
				h, err := NewPoolHistory(config, arrivals, seed, 1)
				require.NoError(t, err)
				a := newAudit(t, h, true)
				for _, until := range []sim.Time{10 * sim.Second, 47 * sim.Second, 60 * sim.Second} {
					require.NoError(t, pool.Run(until))
					a.run(until)
					require.Equal(t, pool.Observations(), h.Observations())
				}
				o := pool.Observations()
				pool.LogUnfinished()
				a.compare(o, log)
				for k, n := range a.kinds {
					seen[k] += n
				}
			}
			want := []EventKind{EventWarmStart, EventColdStart, EventRejected, EventQueued, EventTimedOut, EventDequeued, EventCompleted, EventExpired, EventReady}
			if name == "cores" || name == "both" {
				want = append(want, EventStartupCPU)
			}
			if name == "dispatch" || name == "both" {
				want = append(want, EventArrived)
			}
			for _, k := range want {
				require.Positive(t, seen[k], k)
			}
			require.Len(t, seen, len(want))
		})
	}
}

func randomCores(rng *rand.Rand) Cores {
	return Cores{Physical: 1 + rng.IntN(4), Threads: 1 + rng.IntN(2), Yield: 0.3, AllCoreSpeed: []float64{0, 1, 0.7}[rng.IntN(3)]}
}

func TestTheHistoryOfExecutorsIsThatOfAnOrdinaryRun(t *testing.T) {
	seen := map[EventKind]int64{}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 201))
		pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
		config := Wasm{
			Service:    law(t, pick("exponential(mean=1s)", "constant(1s)", "mixture(0.5: constant(0s), 0.5: constant(3s))")),
			Cores:      Cores{Physical: rng.IntN(4)},
			Discipline: Discipline(rng.IntN(2)),
		}
		if config.Discipline == ProcessorSharing && config.Cores.Physical > 0 {
			config.Cores = randomCores(rng)
		}
		if rng.IntN(2) == 0 {
			config.Startup = law(t, pick("constant(1s)", "exponential(mean=2s)", "mixture(0.5: constant(0s), 0.5: constant(1s))"))
		}
		arrivals := process(t, pick("poisson(rate=2/s)", "batch(constant(rate=1/s), size=3)", "constant(rate=1/s)"))
		t.Logf("seed %d: %+v, %v", seed, config, arrivals)
		executors, err := NewExecutors(config, arrivals, seed, 1)
		require.NoError(t, err)
		h, err := NewExecutorHistory(config, arrivals, seed, 1)
		require.NoError(t, err)
		a := newAudit(t, h, false)
		for _, until := range []sim.Time{10 * sim.Second, 47 * sim.Second, 60 * sim.Second} {
			require.NoError(t, executors.Run(until))
			a.run(until)
		}
		a.compare(executors.Observations(), nil)
		for k, n := range a.kinds {
			seen[k] += n
		}
	}
	for _, k := range []EventKind{EventStarted, EventQueued, EventDequeued, EventCompleted, EventReady} {
		require.Positive(t, seen[k], k)
	}
	require.Len(t, seen, 5)
}

// Skipped events happen all the same, and those that follow are told as if nothing had been skipped.
func TestSkippingChangesNothing(t *testing.T) {
	config := Containers{Warm: law(t, "exponential(mean=1s)"), Startup: law(t, "exponential(mean=1s)"), KeepAlive: seconds(3), MaxInstances: 3, WhenFull: Queue, QueueTimeout: seconds(1), Routing: Random}
	arrivals := process(t, "poisson(rate=2/s)")
	whole, err := NewPoolHistory(config, arrivals, 1, 0)
	require.NoError(t, err)
	skipping, err := NewPoolHistory(config, arrivals, 1, 0)
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
	config := Containers{Warm: law(t, "constant(1s)"), Cold: law(t, "constant(1s)"), KeepAlive: 0, MaxInstances: 1, InitialIdle: 1}
	for times, want := range map[string][]EventKind{
		// The initial instance expires at time 0, after what arrives then.
		"0\n":       {EventWarmStart, EventCompleted, EventExpired},
		"0.5\n2\n":  {EventExpired, EventColdStart, EventCompleted, EventExpired, EventColdStart, EventCompleted, EventExpired},
		"0\n1\n1\n": {EventWarmStart, EventCompleted, EventWarmStart, EventRejected, EventCompleted, EventExpired},
	} {
		file := filepath.Join(t.TempDir(), "trace.csv")
		require.NoError(t, os.WriteFile(file, []byte(times), 0o666))
		arrivals := process(t, "trace("+file+")")
		pool, err := NewPool(config, arrivals, 1, 0)
		require.NoError(t, err)
		require.NoError(t, pool.Run(seconds(100)))
		h, err := NewPoolHistory(config, arrivals, 1, 0)
		require.NoError(t, err)
		var kinds []EventKind
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
		require.Equal(t, pool.Observations(), h.Observations())
		_, ok, err := h.Next(seconds(200))
		require.False(t, ok)
		require.NoError(t, err)
	}
}
