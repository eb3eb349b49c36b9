package platform_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/internal/loop"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/tests"
)

// closedRun is a path of closed users: the fates of all requests, in the order of arrival.
type closedRun struct {
	closed   dist.Closed
	seed     uint64
	end      sim.Time
	log      []platform.Request
	answers  []sim.Time // of each request; Never: not up to the end
	observed platform.Observations
}

// runClosed simulates closed users up to a moment. patience is how long a request waits at most.
func runClosed(t *testing.T, closed dist.Closed, seed uint64, end, patience sim.Time, start func(dist.Arrivals) (simulated, *func(platform.Request))) closedRun {
	r := closedRun{closed: closed, seed: seed, end: end}
	s, log := start(closed)
	*log = func(told platform.Request) { r.log = append(r.log, told) }
	for at := sim.Time(0); at < end; at = min(end, at+end/7+1) { // also in parts
		require.NoError(t, s.Run(at))
	}
	require.NoError(t, s.Run(end))
	r.observed = s.Observations()
	require.NoError(t, r.observed.Check())
	s.(interface{ LogUnfinished() }).LogUnfinished()
	slices.SortFunc(r.log, func(a, b platform.Request) int { return int(a.Number - b.Number) })
	for i, told := range r.log {
		require.EqualValues(t, i+1, told.Number, "every request has one fate")
		answer := told.Completion
		switch told.Outcome {
		case platform.OutcomeTimedOut:
			answer = told.Arrival.Plus(patience)
		case platform.OutcomeRejected:
			answer = told.Arrival
		case platform.OutcomeUnfinished:
			answer = sim.Never
		}
		r.answers = append(r.answers, answer)
	}
	return r
}

// thinks returns the times that the users think at first, and after each request.
func (r closedRun) thinks() (first, after []sim.Time) {
	g := random.Stream(r.seed, 0, random.Arrivals)
	times, seconds := make([]int64, loop.BlockSize), make([]float64, loop.BlockSize)
	for len(first) < r.closed.Users {
		loop.FillTimes(r.closed.Think, &g, seconds, times)
		for _, think := range times[:min(loop.BlockSize, r.closed.Users-len(first))] {
			first = append(first, sim.Time(think))
		}
	}
	think := loop.Sampler{Law: r.closed.Think, Family: random.NewFamily(r.seed, 0, random.Think)}
	for i := range r.log {
		after = append(after, think.Draw(uint64(i)))
	}
	return first, after
}

// checkAccounts checks that each arrival is the end of a user's thinking, to the nanosecond, and
// that the users' time adds up: thinking, or in the system.
func (r closedRun) checkAccounts(t *testing.T) {
	first, after := r.thinks()
	var ends, arrivals []sim.Time
	present, thinking := sim.Time(0), sim.Time(0)
	began := func(from, think sim.Time) { // a user begins to think
		if from < r.end {
			thinking += min(from.Plus(think), r.end) - from
		}
		if end := from.Plus(think); end <= r.end {
			ends = append(ends, end)
		}
	}
	for _, think := range first {
		began(0, think)
	}
	for i, told := range r.log {
		arrivals = append(arrivals, told.Arrival)
		present += min(r.answers[i], r.end) - told.Arrival
		began(r.answers[i], after[i])
	}
	slices.Sort(ends)
	require.True(t, slices.IsSorted(arrivals))
	require.Equal(t, ends, arrivals)
	require.Equal(t, sim.Time(r.closed.Users)*r.end, present+thinking)
}

// randomUsers are few or many, with lattices on which many things happen at once.
func randomUsers(t *testing.T, rng *rand.Rand) dist.Closed {
	think := []string{"exponential(mean=1s)", "constant(1s)", "uniform(0s, 2s)", "mixture(0.5: constant(0s), 0.5: constant(3s))", "lognormal(mean=2s, cv=3)", "constant(1ns)"}
	users := []int{1, 2, 5, 30, 300, 700}[rng.IntN(6)]
	notation := think[rng.IntN(len(think)-1)]
	if users < 3 {
		notation = think[rng.IntN(len(think))]
	}
	return dist.Closed{Users: users, Think: law(t, notation)}
}

// A pool of closed users, with all that it may have besides, keeps the users' accounts; and it is the
// pool that replays its arrivals from a trace.
func TestAPoolOfClosedUsersIsThatOfATraceOfItsArrivals(t *testing.T) {
	tests.Slow(t)
	seen := map[platform.Outcome]int{}
	for seed := range uint64(240) {
		rng := rand.New(rand.NewPCG(seed, 300))
		config, _ := randomContainers(t, rng)
		if config.QueueTimeout == 1 {
			config.QueueTimeout = sim.Second // a user who thinks for a nanosecond would send for ever
		}
		closed := randomUsers(t, rng)
		if closed.Think == (dist.Distribution)(dist.Constant{Value: 1e-9}) {
			config.WhenFull, config.Warm = pool.Queue, law(t, "uniform(500ms, 2s)")
		}
		config.Routing = pool.Routing(rng.IntN(4))
		if rng.IntN(2) == 0 {
			config.Cores, config.StartupCPU = randomCores(rng), []float64{0, 0.5, 1}[rng.IntN(3)]
		}
		if rng.IntN(2) == 0 {
			config.Dispatch = randomDispatch(t, rng)
		}
		if rng.IntN(3) == 0 {
			config.Release = law(t, []string{"constant(500ms)", "exponential(mean=1s)"}[rng.IntN(2)])
		}
		t.Logf("seed %d: %+v, %v", seed, config, closed)
		start := func(a dist.Arrivals) (simulated, *func(platform.Request)) {
			p, err := pool.New(config, a, seed, 0)
			require.NoError(t, err)
			return p, &p.Log
		}
		r := runClosed(t, closed, seed, 40*sim.Second, config.QueueTimeout, start)
		if !config.Dispatch.Exists() || config.WhenFull == pool.Queue { // else when a request is rejected is not in the log
			r.checkAccounts(t)
		}
		for _, told := range r.log {
			seen[told.Outcome]++
		}
		r.checkReplay(t, start)
		silent, _ := start(closed) // without a log
		require.NoError(t, silent.Run(r.end))
		require.Equal(t, r.observed, silent.Observations())
	}
	require.Len(t, seen, 5)
}

// checkReplay checks that the same platform, with the arrivals as a trace, has the same log.
func (r closedRun) checkReplay(t *testing.T, start func(dist.Arrivals) (simulated, *func(platform.Request))) {
	if len(r.log) == 0 {
		return
	}
	var all []naiveRequest
	for _, told := range r.log {
		all = append(all, naiveRequest{arrival: told.Arrival})
	}
	s, log := start(traceOf(t, all, false))
	var replayed []platform.Request
	*log = func(told platform.Request) { replayed = append(replayed, told) }
	require.NoError(t, s.Run(r.end))
	s.(interface{ LogUnfinished() }).LogUnfinished()
	slices.SortFunc(replayed, func(a, b platform.Request) int { return int(a.Number - b.Number) })
	if s.(interface{ Now() sim.Time }).Now() < r.end { // over with its last response: some fates are known earlier
		require.Len(t, replayed, len(r.log))
		return
	}
	require.Equal(t, r.log, replayed)
	observed := s.Observations()
	// So few users may never be turned away, or wait; the trace does not know of users.
	observed.CanReject, observed.CanWait, observed.CanTimeOut = r.observed.CanReject, r.observed.CanWait, r.observed.CanTimeOut
	require.Equal(t, r.observed, observed)
}

func TestExecutorsOfClosedUsersAreThoseOfATraceOfTheirArrivals(t *testing.T) {
	tests.Slow(t)
	for seed := range uint64(160) {
		rng := rand.New(rand.NewPCG(seed, 301))
		pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
		config := executors.Config{
			Service:    law(t, pick("exponential(mean=1s)", "constant(1s)", "uniform(500ms, 2s)")),
			Cores:      platform.Cores{Physical: rng.IntN(4)},
			Discipline: executors.Discipline(rng.IntN(2)),
		}
		if config.Discipline == executors.ProcessorSharing && config.Cores.Physical > 0 {
			config.Cores = randomCores(rng)
		}
		if rng.IntN(2) == 0 {
			config.Startup = law(t, pick("constant(1s)", "exponential(mean=2s)", "mixture(0.5: constant(0s), 0.5: constant(1s))"))
		}
		closed := randomUsers(t, rng)
		t.Logf("seed %d: %+v, %v", seed, config, closed)
		start := func(a dist.Arrivals) (simulated, *func(platform.Request)) {
			e, err := executors.New(config, a, seed, 0)
			require.NoError(t, err)
			return e, &e.Log
		}
		r := runClosed(t, closed, seed, 40*sim.Second, sim.Never, start)
		r.checkAccounts(t)
		r.checkReplay(t, start)
		require.LessOrEqual(t, len(r.observed.Instances.Probabilities()), closed.Users+1)

		if closed.Users > 30 { // the audit looks at all executors after each event
			continue
		}
		h, err := executors.NewHistory(config, closed, seed, 0)
		require.NoError(t, err)
		a := newAudit(t, h, false)
		a.run(r.end)
		a.compare(r.observed, nil)
	}
}

// A million users take memory for each, and time for each request, and no more.
func TestAMillionUsers(t *testing.T) {
	tests.Slow(t)
	closed := process(t, "closed(users=1000000, think=exponential(mean=1000s))")
	e, err := executors.New(executors.Config{Service: law(t, "exponential(mean=1s)")}, closed, 1, 0)
	require.NoError(t, err)
	before := e.Bytes()
	assert.Greater(t, before, int64(16e6))
	require.NoError(t, e.Run(100*sim.Second))
	e.Restart()
	require.NoError(t, e.Run(300*sim.Second))
	o := e.Observations()
	assert.InDelta(t, 1e6/1001, o.Instances.Mean(), 20) // 200 s of Binomial(10⁶, 1/1001), of which each second forgets the one before
	assert.Less(t, e.Bytes(), int64(100e6))
}

// A thousand requests of closed users allocate nothing.
func TestClosedUsersAllocateNothing(t *testing.T) {
	for _, when := range []pool.WhenFull{pool.Queue, pool.Reject} {
		p, err := pool.New(pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, "exponential(mean=2s)"), KeepAlive: seconds(3), MaxInstances: 20, WhenFull: when, QueueTimeout: sim.Never},
			process(t, "closed(users=50, think=exponential(mean=1s))"), 1, 0)
		require.NoError(t, err)
		until := 2000 * sim.Second
		require.NoError(t, p.Run(until))
		assert.Zero(t, testing.AllocsPerRun(5, func() {
			until += 50 * sim.Second
			_ = p.Run(until)
		}))
	}
}

// All users at once have their answers at one moment, think equally long, and come together again.
func TestUsersInStepStayInStep(t *testing.T) {
	e, err := executors.New(executors.Config{Service: law(t, "constant(1s)")}, process(t, "closed(users=5, think=constant(2s))"), 1, 0)
	require.NoError(t, err)
	var arrivals []sim.Time
	e.Log = func(r platform.Request) { arrivals = append(arrivals, r.Arrival) }
	require.NoError(t, e.Run(9*sim.Second))
	want := slices.Concat(slices.Repeat([]sim.Time{2 * sim.Second}, 5), slices.Repeat([]sim.Time{5 * sim.Second}, 5), slices.Repeat([]sim.Time{8 * sim.Second}, 5))
	assert.Equal(t, want, arrivals)
}

// Users who have no answer send nothing: time passes, and the platform goes on when it has one.
func TestAllUsersMayWait(t *testing.T) {
	p, err := pool.New(pool.Config{Warm: law(t, "constant(10s)"), Startup: law(t, "constant(0s)"), KeepAlive: seconds(1), MaxInstances: 1, WhenFull: pool.Queue, QueueTimeout: sim.Never, Cores: platform.Cores{Physical: 1}},
		process(t, "closed(users=2, think=constant(1s))"), 1, 0)
	require.NoError(t, err)
	require.NoError(t, p.Run(5*sim.Second))
	o := p.Observations()
	assert.Equal(t, []int{1, 1}, []int{o.Running.Count(), o.Waiting.Count()})
	assert.Equal(t, 5*sim.Second, p.Now())
	assert.False(t, p.Ended())
	require.NoError(t, p.Run(21*sim.Second))
	n, _, all := p.Arrived()
	assert.Equal(t, []any{int64(3), false}, []any{n, all}, "at 1 s, 1 s and 12 s")
}

// Interrupted is asked about every 256 requests of users and streams, too.
func TestUsersAndStreamsAreInterrupted(t *testing.T) {
	for _, notation := range []string{"closed(users=50, think=exponential(mean=1s))", "superpose(poisson(rate=40/s), poisson(rate=10/s))"} {
		e, err := executors.New(executors.Config{Service: law(t, "exponential(mean=10ms)")}, process(t, notation), 1, 0)
		require.NoError(t, err)
		asked := 0
		e.Interrupted = func() error {
			asked++
			return nil
		}
		require.NoError(t, e.Run(1000*sim.Second))
		n, _, _ := e.Arrived()
		assert.InDelta(t, n/loop.BlockSize, asked, 1, notation)
		e.Interrupted = func() error { return assert.AnError }
		assert.ErrorIs(t, e.Run(2000*sim.Second), assert.AnError)
		after, _, _ := e.Arrived()
		assert.LessOrEqual(t, after, n+loop.BlockSize)
	}
}

// Each request has the stream of its arrival, whatever becomes of it, in the log and in every event.
func TestRequestsKnowTheirStreams(t *testing.T) {
	arrivals := process(t, "superpose(poisson(rate=2/s), batch(constant(rate=1/s), size=2), mmpp(rates=[0.2/s, 10/s], sojourns=[10s, 2s]))")
	source, err := arrivals.Start(random.Stream(5, 0, random.Arrivals))
	require.NoError(t, err)
	gaps, streams := make([]int64, 2000), make([]uint8, 2000)
	_, err = source.(dist.StreamSource).FillStreams(gaps, nil, streams)
	require.NoError(t, err)
	check := func(log []platform.Request) {
		require.Greater(t, len(log), 500)
		slices.SortFunc(log, func(a, b platform.Request) int { return int(a.Number - b.Number) })
		at := sim.Time(0)
		for i, r := range log {
			at += sim.Time(gaps[i])
			require.Equal(t, []any{int64(i + 1), int(streams[i]), at}, []any{r.Number, r.Stream, r.Arrival})
		}
	}
	seen := map[platform.Outcome]int{}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 302))
		config, _ := randomContainers(t, rng)
		config.Warm, config.InitialIdle, config.InitialRunning = law(t, "exponential(mean=1s)"), 0, 0
		if rng.IntN(2) == 0 {
			config.Cores, config.StartupCPU = randomCores(rng), 1
		}
		if rng.IntN(2) == 0 {
			config.Dispatch = randomDispatch(t, rng)
		}
		p, err := pool.New(config, arrivals, 5, 0)
		require.NoError(t, err)
		var log []platform.Request
		p.Log = func(r platform.Request) { log = append(log, r) }
		require.NoError(t, p.Run(100*sim.Second))
		p.LogUnfinished()
		check(log)
		for _, r := range log {
			seen[r.Outcome]++
		}

		h, err := pool.NewHistory(config, arrivals, 5, 0)
		require.NoError(t, err)
		of := map[int64]int{}
		for {
			e, ok, err := h.Next(100 * sim.Second)
			require.NoError(t, err)
			if !ok {
				break
			}
			if e.Request > 0 {
				require.Equal(t, int(streams[e.Request-1]), e.Stream, "%+v", e)
				of[e.Request] = e.Stream
			} else {
				require.Zero(t, e.Stream)
			}
		}
		require.Greater(t, len(of), 500)
	}
	require.Len(t, seen, 5)
	for _, config := range []executors.Config{{}, {Cores: platform.Cores{Physical: 3}}, {Cores: platform.Cores{Physical: 3}, Discipline: executors.FCFS}} {
		for _, startup := range []dist.Distribution{nil, law(t, "exponential(mean=1s)")} {
			config.Service, config.Startup = law(t, "exponential(mean=1s)"), startup
			e, err := executors.New(config, arrivals, 5, 0)
			require.NoError(t, err)
			var log []platform.Request
			e.Log = func(r platform.Request) { log = append(log, r) }
			require.NoError(t, e.Run(100*sim.Second))
			e.LogUnfinished()
			check(log)
			h, err := executors.NewHistory(config, arrivals, 5, 0)
			require.NoError(t, err)
			for {
				e, ok, err := h.Next(100 * sim.Second)
				require.NoError(t, err)
				if !ok {
					break
				}
				require.Equal(t, int(streams[e.Request-1]), e.Stream, "%+v", e)
			}
		}
	}
}
