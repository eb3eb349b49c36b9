package platform_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

func TestCoresAreAsFastAsTheirThreadsAndTheirClock(t *testing.T) {
	for _, x := range []struct {
		cores platform.Cores
		alone int
		rates []float64 // of 1, 2, … instances
		text  string
	}{
		{platform.Cores{Physical: 1}, 1, []float64{1, 1}, "1 core"},
		{platform.Cores{Physical: 3}, 3, []float64{1, 2, 3, 3, 3}, "3 cores"},
		{platform.Cores{Physical: 2, Threads: 2, Yield: 0.3}, 2, []float64{1, 2, 2.3, 2.6, 2.6}, "2 cores with 2 threads, yield 0.3"},
		{platform.Cores{Physical: 2, Threads: 1, Yield: 0.3, AllCoreSpeed: 1}, 2, []float64{1, 2, 2, 2}, "2 cores"},
		{platform.Cores{Physical: 3, AllCoreSpeed: 0.8}, 1, []float64{1, 2 * 0.9, 3 * 0.8, 3 * 0.8}, "3 cores, all-core speed 0.8"},
		{platform.Cores{Physical: 1, AllCoreSpeed: 0.8}, 1, []float64{1, 1}, "1 core"},
		{platform.Cores{Physical: 3, AllCoreSpeed: 2}, 1, []float64{1, 2 * 1.5, 3 * 2, 3 * 2}, "3 cores, all-core speed 2"},
		{platform.Cores{Physical: 1, AllCoreSpeed: 2}, 1, []float64{1, 1}, "1 core"},
		{platform.Cores{Physical: 4, Speeds: []float64{1, 1.5, 1.2}}, 1, []float64{1, 2 * 1.5, 3 * 1.2, 4 * 1.2, 4 * 1.2}, "4 cores, speeds 1 1.5 1.2"},
		{platform.Cores{Physical: 3, Speeds: []float64{1, 1, 0.5, 9, 9}}, 2, []float64{1, 2, 3 * 0.5, 3 * 0.5}, "3 cores, speeds 1 1 0.5"},
		{platform.Cores{Physical: 2, Threads: 2, Yield: 0.5, Speeds: []float64{0.8, 2}}, 0, []float64{0.8, 2 * 2, 2.5 * 2, 3 * 2, 3 * 2}, "2 cores with 2 threads, yield 0.5, speeds 0.8 2"},
		{platform.Cores{Physical: 8, AllCoreSpeed: 0.5, Speeds: []float64{1}}, 8, []float64{1, 2, 3, 4, 5, 6, 7, 8, 8}, "8 cores, speed 1"},
		{platform.Cores{Physical: 9, Speeds: []float64{1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8}}, 1, []float64{1, 2.2, 3.6, 5.2, 7, 9, 11.2, 13.6, 16.2, 16.2}, "9 cores, speeds 1 1.1 … 1.8"},
		{platform.Cores{Physical: 2, Threads: 2, Yield: 0.5, AllCoreSpeed: 0.6}, 1, []float64{1, 2 * 0.6, 2.5 * 0.6, 3 * 0.6, 3 * 0.6}, "2 cores with 2 threads, yield 0.5, all-core speed 0.6"},
	} {
		assert.Equal(t, x.alone, x.cores.Alone(), x.text)
		for j, rate := range x.rates {
			assert.InDelta(t, rate, x.cores.Rate(j+1), 1e-14, "%s: r(%d)", x.text, j+1)
		}
		assert.InDelta(t, x.rates[len(x.rates)-1], x.cores.Capacity(), 1e-14, x.text)
		assert.Equal(t, x.text, x.cores.String())
		even := x.rates[len(x.rates)-1] == float64(x.cores.Physical) && x.alone == x.cores.Physical
		assert.Equal(t, even, x.cores.Even(), x.text)
	}
	assert.Equal(t, platform.Unlimited, platform.Cores{}.Alone())
	assert.Equal(t, math.Inf(1), platform.Cores{}.Capacity())
	assert.Equal(t, "unlimited cores", platform.Cores{}.String())
}

// naiveSpeed returns the speed of each of n instances on the cores.
func naiveSpeed(c platform.Cores, n int) float64 {
	first, second := 0, 0 // busy first and second threads
	for range n {
		switch {
		case first < c.Physical:
			first++
		case c.Threads == 2 && second < c.Physical:
			second++
		}
	}
	clock := 1.0
	switch {
	case len(c.Speeds) > 0 && first > 0:
		clock = c.Speeds[min(first, len(c.Speeds))-1]
	case c.AllCoreSpeed != 0 && first > 1:
		clock = 1 + (c.AllCoreSpeed-1)*float64(first-1)/float64(c.Physical-1)
	}
	return clock * (float64(first) + c.Yield*float64(second)) / float64(max(n, 1))
}

// naiveCrowd is a pool on shared cores, written for clarity: at every event it visits all instances
// and subtracts the work done since the last event. Times are in seconds.
type naiveCrowd struct {
	config    pool.Config
	now       float64
	instances []*naiveMember
	waiting   []naiveColdStart
	serial    int64
	sequence  int
	rejected  int
	timedOut  int
	expired   int
	log       map[int]naiveFate // by request
}

type naiveMember struct {
	serial   int64
	request  int     // -1: idle or releasing
	start    float64 // of the service
	cold     bool
	delay    float64 // left of what takes no CPU
	work     float64 // left of what does
	release  float64 // that follows the service; releasing until since, if releasing
	since    float64 // idle since
	sequence int     // of becoming idle or releasing, or of joining the others on the cores

	releasing bool
}

type naiveColdStart struct {
	request             int
	arrival             float64
	warm, startup, cold float64
	release             float64
}

type naiveFate struct {
	start, completion float64
	serial            int64
	cold              bool
}

func (n *naiveCrowd) serve(i *naiveMember, r naiveColdStart, cold bool) {
	n.sequence++
	*i = naiveMember{serial: i.serial, request: r.request, start: n.now, cold: cold, work: r.warm, release: r.release, sequence: n.sequence}
	if cold {
		i.delay = r.startup * (1 - n.config.StartupCPU)
		i.work = r.cold - i.delay
	}
}

func (n *naiveCrowd) arrive(r naiveColdStart) {
	var idle []*naiveMember
	for _, i := range n.instances {
		if i.request < 0 && !i.releasing {
			idle = append(idle, i)
		}
	}
	switch {
	case len(idle) > 0:
		bySequence := func(a, b *naiveMember) int { return a.sequence - b.sequence }
		if n.config.Routing == pool.MRU {
			n.serve(slices.MaxFunc(idle, bySequence), r, false)
		} else {
			n.serve(slices.MinFunc(idle, bySequence), r, false)
		}
	case len(n.instances) < n.config.MaxInstances:
		n.serial++
		i := &naiveMember{serial: n.serial}
		n.instances = append(n.instances, i)
		n.serve(i, r, true)
	case n.config.WhenFull == pool.Reject:
		n.rejected++
	default:
		n.waiting = append(n.waiting, r)
	}
}

// step goes to the next event, but not beyond a moment, and handles it. It reports whether
// there was one.
func (n *naiveCrowd) step(until float64) bool {
	sharing := 0
	for _, i := range n.instances {
		if i.request >= 0 && i.delay == 0 {
			sharing++
		}
	}
	speed := naiveSpeed(n.config.Cores, sharing)
	at := until
	var first *naiveMember
	var handle func(i *naiveMember)
	consider := func(time float64, i *naiveMember, what func(*naiveMember)) {
		// Jobs of the same length that began together end together: the rounding of this
		// simulation is not to decide between them.
		const tie = 1e-9
		if time < at-tie || time < at+tie && first != nil && i != nil && i.sequence < first.sequence {
			at, first, handle = min(time, at), i, what
		}
	}
	for _, i := range n.instances {
		switch {
		case i.releasing:
			consider(i.since, i, n.free)
		case i.request < 0:
			if n.config.KeepAlive != sim.Never {
				consider(i.since+n.config.KeepAlive.Seconds(), i, n.expire)
			}
		case i.delay > 0:
			consider(n.now+i.delay, i, func(i *naiveMember) { i.delay = 0; n.sequence++; i.sequence = n.sequence })
		default:
			consider(n.now+i.work/speed, i, n.Complete)
		}
	}
	if n.config.QueueTimeout != sim.Never && len(n.waiting) > 0 {
		consider(n.waiting[0].arrival+n.config.QueueTimeout.Seconds(), nil, func(*naiveMember) {
			n.timedOut++
			n.waiting = n.waiting[1:]
		})
	}
	for _, i := range n.instances {
		switch {
		case i.request < 0 || i == first && handle != nil:
		case i.delay > 0:
			i.delay = max(i.delay-(at-n.now), 1e-12)
		default:
			i.work -= (at - n.now) * speed
		}
	}
	n.now = at
	if handle == nil {
		return false
	}
	handle(first)
	return true
}

func (n *naiveCrowd) expire(i *naiveMember) {
	n.expired++
	n.instances = slices.DeleteFunc(n.instances, func(other *naiveMember) bool { return other == i })
}

func (n *naiveCrowd) Complete(i *naiveMember) {
	n.log[i.request] = naiveFate{i.start, n.now, i.serial, i.cold}
	if n.config.Releases() {
		n.sequence++
		i.request, i.releasing, i.since, i.sequence = -1, true, n.now+i.release, n.sequence
		return
	}
	n.free(i)
}

func (n *naiveCrowd) free(i *naiveMember) {
	i.releasing = false
	if len(n.waiting) > 0 {
		r := n.waiting[0]
		n.waiting = n.waiting[1:]
		n.serve(i, r, false)
		return
	}
	n.sequence++
	i.request, i.since, i.sequence = -1, n.now, n.sequence
}

// coldStarts lists the first requests of a pool's streams, and the start-up part of each.
func coldStarts(t *testing.T, config pool.Config, arrivals dist.Arrivals, seed uint64, count int) (all []naiveColdStart) {
	for k, r := range requests(t, config, arrivals, seed, count) {
		x := naiveColdStart{k, r.arrival.Seconds(), r.warm.Seconds(), (r.cold - r.warm).Seconds(), r.cold.Seconds(), r.release.Seconds()}
		if config.Cold != nil {
			warm, _ := config.Warm.Moments()
			cold, _ := config.Cold.Moments()
			x.startup = r.cold.Seconds() * max(0, 1-warm/cold)
		}
		all = append(all, x)
	}
	return all
}

func TestAPoolOnSharedCoresAgreesWithANaiveOne(t *testing.T) {
	const scenarios, count = 240, 252 // whole batches
	var seen platform.Observations
	compared, slowed := 0, 0
	for seed := range uint64(scenarios) {
		rng := rand.New(rand.NewPCG(seed, 77))
		pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
		span := func(spans ...sim.Time) sim.Time { return spans[rng.IntN(len(spans))] }
		config := pool.Config{
			Warm:         law(t, pick("exponential(mean=1s)", "constant(1s)", "uniform(0s, 2s)", "lognormal(mean=1s, cv=3)")),
			KeepAlive:    span(0, 1*sim.Second, 5*sim.Second, sim.Never),
			MaxInstances: []int{1, 3, 8, 20}[rng.IntN(4)],
			WhenFull:     pool.WhenFull(rng.IntN(2)),
			QueueTimeout: span(sim.Second, 3*sim.Second, sim.Never),
			Routing:      []pool.Routing{pool.MRU, pool.LRU}[rng.IntN(2)],
			Cores:        platform.Cores{Physical: 1 + rng.IntN(4), Threads: 1 + rng.IntN(2), Yield: 0.6 * rng.Float64(), AllCoreSpeed: []float64{0, 1, 0.6, 2.7}[rng.IntN(4)]},
			StartupCPU:   []float64{0, 0.3, 1}[rng.IntN(3)],
		}
		if rng.IntN(2) == 0 {
			config.Cold = law(t, pick("exponential(mean=3s)", "uniform(1s, 2s)", "exponential(mean=500ms)"))
		} else {
			config.Startup = law(t, pick("exponential(mean=2s)", "uniform(0s, 1s)", "constant(0s)"))
		}
		arrivals := process(t, pick("poisson(rate=1/s)", "poisson(rate=3/s)", "batch(poisson(rate=0.5/s), size=4)"))
		if rng.IntN(2) == 0 {
			config.Release = law(t, pick("constant(700ms)", "exponential(mean=1s)", "uniform(0s, 1s)"))
		}
		if rng.IntN(3) == 0 {
			config.Cores.AllCoreSpeed, config.Cores.Speeds = 0, [][]float64{{1, 2, 1.5}, {0.8}, {1.5, 1}}[rng.IntN(3)]
		}

		all := coldStarts(t, config, arrivals, seed, count)
		naive := &naiveCrowd{config: config, log: map[int]naiveFate{}}
		pool, err := pool.New(config, arrivals, seed, 0)
		require.NoError(t, err)
		var got []platform.Request
		logged := int64(0)
		pool.Log = func(r platform.Request) {
			if r.Outcome == platform.OutcomeWarm || r.Outcome == platform.OutcomeCold {
				got = append(got, r)
			}
			logged++
		}
		for _, r := range all {
			for naive.step(r.arrival) {
			}
			naive.arrive(r)
		}
		require.NoError(t, pool.Run(sim.FromSeconds(all[count-1].arrival)))
		observed := pool.Observations()
		require.NoError(t, observed.Check())

		name := fmt.Sprintf("seed %d: %+v", seed, config)
		releasing := 0
		for _, i := range naive.instances {
			if i.releasing {
				releasing++
			}
		}
		require.Equal(t, []int{releasing, naive.rejected, naive.timedOut, naive.expired, len(naive.instances), len(naive.waiting)},
			[]int{observed.Releasing.Count(), int(observed.Rejected), int(observed.TimedOut), int(observed.Expired), observed.Instances.Count(), int(observed.WaitingAtEnd)}, name)
		require.Len(t, got, len(naive.log), name)
		// The work of each of a request's two jobs is off by a nanosecond at most, which takes
		// longer on a shared core; a completion may be that much late for every request before it,
		// and so may be what waits for it.
		tolerance := 4e-9*float64(count)*float64(config.MaxInstances)/config.Cores.Rate(1)/0.6 + 1e-9
		var served []int
		for k := range naive.log {
			served = append(served, k)
		}
		// Of the requests that arrived together each instance served some, one after another.
		slices.SortFunc(served, func(a, b int) int {
			x, y := naive.log[a], naive.log[b]
			return cmp.Or(cmp.Compare(all[a].arrival, all[b].arrival), cmp.Compare(x.serial, y.serial), cmp.Compare(x.start, y.start))
		})
		slices.SortFunc(got, func(a, b platform.Request) int {
			return cmp.Or(cmp.Compare(a.Arrival, b.Arrival), cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Start, b.Start))
		})
		for n, k := range served {
			fate, r := naive.log[k], got[n]
			require.Equal(t, sim.FromSeconds(all[k].arrival), r.Arrival, "%s, request %d", name, k)
			require.Equal(t, fate.serial, r.Instance, "%s, request %d", name, k)
			require.InDelta(t, fate.start, r.Start.Seconds(), tolerance, "%s, request %d", name, k)
			require.InDelta(t, fate.completion, r.Completion.Seconds(), tolerance, "%s, request %d", name, k)
			if config.Releases() {
				require.InDelta(t, all[k].release, (r.Released - r.Completion).Seconds(), 1e-9, "%s, request %d", name, k)
			} else {
				require.Zero(t, r.Released)
			}
			require.Equal(t, fate.cold, r.Outcome == platform.OutcomeCold, "%s, request %d", name, k)
			compared++
			if work := all[k].warm; !fate.cold && fate.completion-fate.start > 1.01*work {
				slowed++
			}
		}
		// The log and the observations tell the same.
		pool.LogUnfinished()
		require.Equal(t, observed.Arrivals, logged, name)
		require.EqualValues(t, len(got), observed.Served(), name)
		total := sim.Time(0)
		for _, r := range got {
			total += r.Completion - r.Arrival
		}
		if len(got) > 0 {
			require.InEpsilon(t, total.Seconds()/float64(len(got)), metric(ContainerMetrics, "response_time")(&observed), 1e-9, name)
		}
		seen.Merge(&observed)
	}
	require.Positive(t, seen.Releasing.Mean())
	t.Logf("%d requests compared, %d of them slowed", compared, slowed)
	require.Greater(t, slowed, scenarios*count/10)
	for name, count := range map[string]int64{"cold": seen.Cold, "warm": seen.Warm, "expired": seen.Expired, "rejected": seen.Rejected,
		"timed out": seen.TimedOut, "warm in service at the end": seen.WarmAtEnd, "cold in service at the end": seen.ColdAtEnd} {
		require.Positive(t, count, name)
	}
}

// With a core for every instance there is nothing to share, and a pool on shared cores
// is the plain pool, to the nanosecond.
func TestCoresForAllChangeNothing(t *testing.T) {
	for seed := range uint64(40) {
		for _, cpu := range []float64{0, 0.3, 1} {
			dispatch := pool.Dispatch{} // every second pool has a stage in front of it
			if seed%2 == 1 {
				dispatch = pool.Dispatch{Interval: sim.Second / 2, Batch: 4, Service: law(t, "constant(20ms)")}
			}
			config := pool.Config{Warm: law(t, "lognormal(mean=1s, cv=2)"), Cold: law(t, "exponential(mean=3s)"), KeepAlive: seconds(4), MaxInstances: 5, Dispatch: dispatch,
				WhenFull: pool.WhenFull(seed / 2 % 2), QueueTimeout: seconds(2), Routing: pool.Routing(seed / 4 % 4), InitialIdle: 2, InitialRunning: 2}
			run := func(cores platform.Cores) ([]platform.Request, platform.Observations) {
				config.Cores, config.StartupCPU = cores, cpu
				pool, err := pool.New(config, process(t, "poisson(rate=3/s)"), seed, 0)
				require.NoError(t, err)
				var log []platform.Request
				pool.Log = func(r platform.Request) { log = append(log, r) }
				require.NoError(t, pool.Run(seconds(300)))
				o := pool.Observations()
				require.NoError(t, o.Check())
				log = slices.DeleteFunc(log, func(r platform.Request) bool { return r.Completion > seconds(300) })
				slices.SortFunc(log, func(a, b platform.Request) int { return int(a.Arrival - b.Arrival) })
				return log, o
			}
			plain, o := run(platform.Cores{})
			shared, s := run(platform.Cores{Physical: 5})
			require.Equal(t, plain, shared, "seed %d", seed)
			require.Equal(t, []int64{o.Arrivals, o.Warm, o.Cold, o.Rejected, o.TimedOut, o.Completed, o.Expired}, []int64{s.Arrivals, s.Warm, s.Cold, s.Rejected, s.TimedOut, s.Completed, s.Expired})
			require.Equal(t, o.Instances.Probabilities(), s.Instances.Probabilities())
			require.Equal(t, o.RunningCold.Mean(), s.RunningCold.Mean())
			var all, cold sim.Time
			for _, r := range shared {
				if r.Completion != 0 {
					all += r.Completion - r.Arrival
				}
				if r.Outcome == platform.OutcomeCold {
					cold += r.Completion - r.Arrival
				}
			}
			require.InDelta(t, cold.Seconds(), s.ColdService.Seconds()+s.ColdWait.Seconds(), 1e-6)
			require.InDelta(t, all.Seconds(), s.WarmService.Seconds()+s.ColdService.Seconds()+s.Wait.Seconds(), 1e-6)
		}
	}
}

// Two cold starts together on one core, calculated by hand: half a second in which the start-ups
// take no CPU, one second in which both share the core for the rest, then two seconds for the
// services of a second each.
func TestAStartUpTakesTheCPUThatItIsSaidTo(t *testing.T) {
	for _, c := range []struct{ cpu, startup, response float64 }{{0, 1, 3}, {0.5, 1.5, 3.5}, {1, 2, 4}} {
		for name, config := range map[string]pool.Config{
			"startup": {Startup: law(t, "constant(1s)")},
			"cold":    {Cold: law(t, "constant(2s)")}, // of which the half is the start-up
		} {
			config.Warm, config.MaxInstances, config.Cores, config.StartupCPU = law(t, "constant(1s)"), 10, platform.Cores{Physical: 1}, c.cpu
			pool, err := pool.New(config, process(t, "batch(constant(rate=0.1/s), size=2)"), 1, 0)
			require.NoError(t, err)
			require.NoError(t, pool.Run(seconds(1009)))
			o := pool.Observations()
			require.NoError(t, o.Check())
			require.Equal(t, int64(200), o.Cold, name)
			assert.InDelta(t, c.response, metric(ContainerMetrics, "response_time_cold")(&o), 1e-8, name)
			assert.InDelta(t, c.startup, o.Startup.Seconds()/200, 1e-8, name)
			free := platform.Prices{Memory: 1, User: &platform.UserPrices{Second: 1, Startup: platform.StartupFree}, ColdStartup: 0.5}
			assert.InDelta(t, 1e6*(c.response-c.startup), free.Metrics()[0].Of(&o), 1e-2, name)
		}
	}
}

// Work done at a clock that changes with the number of busy cores, worked out by hand: requests of 3 s
// of work arrive at 0 s, 1 s and 2 s at executors on two cores.
func TestAClockByHand(t *testing.T) {
	for name, c := range map[string]struct {
		cores       platform.Cores
		completions []string
	}{
		// From 1 s on both run at speed 2: the first has 2 s of work left then and 0 s at 2 s, when the
		// third takes its place. The second has 1 s left then and is done at 2.5 s; the third has done
		// 1 s and goes on alone with 2 s, at speed 1.
		"twice as fast with both busy": {platform.Cores{Physical: 2, AllCoreSpeed: 2}, []string{"2", "2.5", "4.5"}},
		"the same as a curve":          {platform.Cores{Physical: 2, Speeds: []float64{1, 2}}, []string{"2", "2.5", "4.5"}},
		// Alone at half speed: the first has 2.5 s left at 1 s, and 1 s at 2 s. Three on two cores run
		// at speed 1 each: the first is done at 3 s, the second had 1.5 s left at 2 s and 0.5 s at 3 s.
		// Two run at speed 1.5: the second is done at 3.333 s, and the third, which had 3 s at 2 s and
		// 2 s at 3 s, has 1.5 s left for half speed.
		"a curve that begins below 1": {platform.Cores{Physical: 2, Speeds: []float64{0.5, 1.5}}, []string{"3.000000000", "3.333333334", "6.333333334"}},
	} {
		e, err := executors.New(executors.Config{Service: law(t, "constant(3s)"), Cores: c.cores}, at(t, "0", "1", "2"), 1, 0)
		require.NoError(t, err)
		var completions []sim.Time
		e.Log = func(r platform.Request) { completions = append(completions, r.Completion) }
		require.NoError(t, e.Run(seconds(100)))
		require.Len(t, completions, 3)
		for i, want := range c.completions {
			seconds, err := strconv.ParseFloat(want, 64)
			require.NoError(t, err)
			assert.InDelta(t, seconds, completions[i].Seconds(), 2.5e-9, "%s, %d", name, i+1)
		}
	}
}

// sharingUpTo is the law of processor sharing at any speed, cut at a cap: P(n) ∝ aⁿ / Π r(j).
func sharingUpTo(a float64, cores platform.Cores, most int) (pmf []float64) {
	term, total := 1.0, 0.0
	for n := 0; n <= most; n++ {
		if n > 0 {
			term *= a / (naiveSpeed(cores, n) * float64(n))
		}
		pmf = append(pmf, term)
		total += term
	}
	for n := range pmf {
		pmf[n] /= total
	}
	return pmf
}

func meanOf(pmf []float64) (mean float64) {
	for n, p := range pmf {
		mean += float64(n) * p
	}
	return mean
}

var someCores = []platform.Cores{
	{Physical: 4, Threads: 2, Yield: 0.25, AllCoreSpeed: 0.8},
	{Physical: 2, Threads: 2, Yield: 0.6},
	{Physical: 3, AllCoreSpeed: 0.5},
	{Physical: 3, AllCoreSpeed: 2.7},
	{Physical: 4, Speeds: []float64{0.7, 1.6, 1.1}},
}

func TestCoresWithThreadsAndAClockAreProcessorSharing(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, service := range []string{"hyperexponential(mean=1s, cv=2)", "constant(1s)"} {
		for _, cores := range someCores {
			rate := 0.7 * cores.Capacity()
			pmf := sharingUpTo(rate, cores, 1000)
			config := executors.Config{Service: law(t, service), Cores: cores}
			observed := replicate(t, replications, seconds(1000), seconds(12_000), executorsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", rate)), 21))
			name := fmt.Sprintf("%s on %v", service, cores)
			f.compare(t, name+": executors", observed, meanOf(pmf), 0.05, metric(WasmMetrics, "instances"))
			f.compare(t, name+": response time", observed, meanOf(pmf)/rate, 0.05, metric(WasmMetrics, "response_time"))
			f.comparePMF(t, name, observed, func(n int) float64 { return pmf[min(n, len(pmf)-1)] }, 0.08, instanceProbabilities)
		}
	}
	f.check(t)
}

func TestAFullPoolOnSharedCoresIsProcessorSharingCutAtTheCap(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, warm := range []string{"lognormal(mean=1s, cv=2)", "constant(1s)"} {
		for i, cores := range someCores {
			most := []int{12, 3, 6, 6, 8}[i]
			for _, load := range []float64{0.8, 1.5} {
				rate := load * cores.Capacity()
				pmf := sharingUpTo(rate, cores, most)
				config := pool.Config{Warm: law(t, warm), Cold: law(t, "constant(9s)"), KeepAlive: sim.Never,
					MaxInstances: most, InitialIdle: most, WhenFull: pool.Reject, Cores: cores, StartupCPU: 1}
				observed := replicate(t, replications, seconds(500), seconds(8000), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", rate)), 22))
				for _, o := range observed {
					require.Zero(t, o.Cold, "a full pool starts nothing")
				}
				name := fmt.Sprintf("%s at %v on %v, cut at %d", warm, load, cores, most)
				f.compare(t, name+": rejection", observed, pmf[most], 0.05, metric(ContainerMetrics, "rejection_probability"))
				f.compare(t, name+": running", observed, meanOf(pmf), 0.02, metric(ContainerMetrics, "running"))
				f.compare(t, name+": response time", observed, meanOf(pmf)/(rate*(1-pmf[most])), 0.02, metric(ContainerMetrics, "response_time"))
				f.comparePMF(t, name, observed, func(n int) float64 {
					if n > most {
						return 0
					}
					return pmf[n]
				}, 0.08, func(o *platform.Observations) []float64 { return o.Running.Probabilities() })
			}
		}
	}
	f.check(t)
}

// Without keep-alive and cap every request is a cold start: a delay, which leaves a Poisson stream
// Poisson, and then processor sharing of the work that takes CPU.
func TestColdStartsOnSharedCoresAreADelayAndProcessorSharing(t *testing.T) {
	tests.Slow(t)
	var f family
	cores := platform.Cores{Physical: 4, Threads: 2, Yield: 0.25, AllCoreSpeed: 0.8}
	for _, cpu := range []float64{0, 0.3, 1} {
		for name, config := range map[string]pool.Config{
			"startup": {Startup: law(t, "uniform(0s, 4s)")},
			"cold":    {Cold: law(t, "gamma(mean=3s, cv=0.5)")},
		} {
			config.Warm, config.MaxInstances, config.Cores, config.StartupCPU = law(t, "lognormal(mean=1s, cv=1)"), platform.Unlimited, cores, cpu
			work := 1 + 2*cpu
			rate := 0.7 * cores.Capacity() / work
			pmf := sharingUpTo(rate*work, cores, 1000)
			response := meanOf(pmf)/rate + 2*(1-cpu)
			observed := replicate(t, replications, seconds(500), seconds(2000), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", rate)), 23))
			name = fmt.Sprintf("%s, %v of the start-up takes CPU", name, cpu)
			f.compare(t, name+": response time", observed, response, 0.05, metric(ContainerMetrics, "response_time_cold"))
			f.compare(t, name+": instances", observed, rate*response, 0.05, metric(ContainerMetrics, "instances"))
			f.compare(t, name+": running cold", observed, rate*response, 0.05, metric(ContainerMetrics, "running_cold"))
			// Little's law, each side observed on its own.
			f.compare(t, name+": Little", observed, 1, 0.01, func(o *platform.Observations) float64 {
				return o.Running.Mean() / (float64(o.Cold) / o.Span.Seconds() * metric(ContainerMetrics, "response_time")(o))
			})
		}
	}
	f.check(t)
}
