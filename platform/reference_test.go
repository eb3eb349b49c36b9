package platform_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

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

// naivePool is the container platform written for clarity: it keeps a list of
// instances and looks through all of it at every event.
type naivePool struct {
	config    pool.Config
	instances []*naiveInstance
	bag       []*naiveInstance // idle ones, in the order that Random counts them
	waiting   []naiveRequest
	serial    int64
	sequence  int
	routing   random.Generator
	log       []platform.Request
	expired   int
	users     *naiveUsers // nil: the arrivals wait for no answers
}

// naiveUsers are users who wait for their answers: a list of the moments at which those who think
// send their next requests.
type naiveUsers struct {
	ends  []sim.Time
	think loop.Sampler
}

// newNaiveUsers returns users who begin to think at time 0; nil if the arrivals have none.
func newNaiveUsers(arrivals dist.Arrivals, seed uint64) *naiveUsers {
	c, ok := arrivals.(dist.Closed)
	if !ok {
		return nil
	}
	u := &naiveUsers{think: loop.Sampler{Law: c.Think, Family: random.NewFamily(seed, 0, random.Think)}}
	g, thinks := random.Stream(seed, 0, random.Arrivals), make([]int64, loop.BlockSize)
	loop.FillTimes(c.Think, &g, make([]float64, loop.BlockSize), thinks)
	for _, end := range thinks[:c.Users] {
		u.ends = append(u.ends, sim.Time(end))
	}
	return u
}

// next returns when the next request is sent; Never if all users wait.
func (u *naiveUsers) next() sim.Time {
	if len(u.ends) == 0 {
		return sim.Never
	}
	return slices.Min(u.ends)
}

// send removes the user who sends a request.
func (u *naiveUsers) send(now sim.Time) {
	k := slices.Index(u.ends, now)
	u.ends = slices.Delete(u.ends, k, k+1)
}

// answer lets the user of a request think.
func (n *naivePool) answer(now sim.Time, r naiveRequest) {
	if n.users != nil && r.number > 0 {
		n.users.ends = append(n.users.ends, now+n.users.think.Draw(uint64(r.number-1)))
	}
}

type naiveInstance struct {
	serial    int64
	busy      bool
	cold      bool
	releasing bool
	release   sim.Time // that follows the service
	until     sim.Time // busy: completion; releasing: its end
	since     sim.Time // idle since
	sequence  int      // when it last became busy, releasing or idle
	serves    naiveRequest
}

type naiveRequest struct {
	number                       int64 // from 1; 0: it was present at time 0
	stream                       int
	arrival, warm, cold, release sim.Time
}

// told returns the entry of the log.
func (r naiveRequest) told(outcome platform.Outcome) platform.Request {
	return platform.Request{Number: r.number, Stream: r.stream, Arrival: r.arrival, Outcome: outcome, Service: r.warm}
}

// event returns the next event and its instance.
func (n *naivePool) event(nextArrival sim.Time) (at sim.Time, class sim.Class, subject *naiveInstance) {
	at, class = nextArrival, loop.Arrival
	best := math.MaxInt
	consider := func(time sim.Time, c sim.Class, sequence int, i *naiveInstance) {
		if time < at || time == at && (c < class || c == class && sequence < best) {
			at, class, best, subject = time, c, sequence, i
		}
	}
	for _, i := range n.instances {
		if i.busy || i.releasing {
			consider(i.until, loop.Completion, i.sequence, i)
		} else {
			consider(i.since.Plus(n.config.KeepAlive), loop.Expiry, i.sequence, i)
		}
	}
	for k, w := range n.waiting {
		consider(w.arrival.Plus(n.config.QueueTimeout), loop.Timeout, k, nil)
	}
	return at, class, subject
}

func (n *naivePool) serve(now sim.Time, i *naiveInstance, r naiveRequest, cold bool) {
	n.sequence++
	i.busy, i.cold, i.sequence, i.serves = true, cold, n.sequence, r
	service, outcome := r.warm, platform.OutcomeWarm
	if cold {
		service, outcome = r.cold, platform.OutcomeCold
	}
	i.until, i.release = now+service, r.release
	told := r.told(outcome)
	told.Start, told.Completion, told.Instance, told.Service, told.Cold = now, i.until, i.serial, service, cold
	if n.config.Releases() {
		told.Released = i.until + i.release
	}
	n.log = append(n.log, told)
}

func (n *naivePool) Idle(now sim.Time, i *naiveInstance) {
	n.sequence++
	i.busy, i.cold, i.since, i.sequence = false, false, now, n.sequence
	n.bag = append(n.bag, i)
}

// unbag takes an instance out of the bag; the last one takes its place.
func (n *naivePool) unbag(i *naiveInstance) {
	k := slices.Index(n.bag, i)
	n.bag[k] = n.bag[len(n.bag)-1]
	n.bag = n.bag[:len(n.bag)-1]
}

func (n *naivePool) arrive(now sim.Time, r naiveRequest) {
	if len(n.bag) > 0 {
		var chosen *naiveInstance
		switch n.config.Routing {
		case pool.MRU:
			chosen = slices.MaxFunc(n.bag, func(a, b *naiveInstance) int { return a.sequence - b.sequence })
		case pool.LRU:
			chosen = slices.MinFunc(n.bag, func(a, b *naiveInstance) int { return a.sequence - b.sequence })
		case pool.Newest:
			chosen = slices.MaxFunc(n.bag, func(a, b *naiveInstance) int { return int(a.serial - b.serial) })
		case pool.Random:
			chosen = n.bag[n.routing.IntN(len(n.bag))]
		}
		n.unbag(chosen)
		n.serve(now, chosen, r, false)
		return
	}
	if len(n.instances) < n.config.MaxInstances {
		n.serial++
		i := &naiveInstance{serial: n.serial}
		n.instances = append(n.instances, i)
		n.serve(now, i, r, true)
		return
	}
	if n.config.WhenFull == pool.Reject {
		n.log = append(n.log, r.told(platform.OutcomeRejected))
		n.answer(now, r)
		return
	}
	n.waiting = append(n.waiting, r)
}

func (n *naivePool) handle(now sim.Time, class sim.Class, i *naiveInstance) {
	switch class {
	case loop.Completion:
		if i.busy {
			n.answer(now, i.serves)
		}
		if i.busy && n.config.Releases() {
			n.sequence++
			i.busy, i.cold, i.releasing, i.until, i.sequence = false, false, true, now+i.release, n.sequence
			return
		}
		i.releasing = false
		if len(n.waiting) > 0 {
			r := n.waiting[0]
			n.waiting = n.waiting[1:]
			n.serve(now, i, r, false)
			return
		}
		n.Idle(now, i)
	case loop.Timeout:
		n.log = append(n.log, n.waiting[0].told(platform.OutcomeTimedOut))
		n.answer(now, n.waiting[0])
		n.waiting = n.waiting[1:]
	case loop.Expiry:
		n.expired++
		n.unbag(i)
		n.instances = slices.DeleteFunc(n.instances, func(other *naiveInstance) bool { return other == i })
	}
}

func (n *naivePool) counts() (running, cold, idle, waiting int) {
	idle = len(n.bag)
	for _, i := range n.instances {
		if i.releasing {
			idle++
		}
		if i.busy {
			running++
			if i.cold {
				cold++
			}
		}
	}
	return running, cold, idle, len(n.waiting)
}

func (n *naivePool) releasing() (count int) {
	for _, i := range n.instances {
		if i.releasing {
			count++
		}
	}
	return count
}

// requests lists the first requests of a pool's streams. The arrivals of closed users depend on
// their answers, and mean nothing here.
func requests(t *testing.T, config pool.Config, arrivals dist.Arrivals, seed uint64, count int) (all []naiveRequest) {
	if _, closed := arrivals.(dist.Closed); closed {
		arrivals = dist.Poisson{PerSecond: 1} // the requests have the same services
	}
	w, err := loop.NewWorkload(arrivals, config.Warm, seed, 0)
	require.NoError(t, err)
	cold := loop.Sampler{Law: config.Cold, Family: random.NewFamily(seed, 0, random.Cold)}
	if config.Cold == nil {
		cold = loop.Sampler{Law: config.Startup, Family: random.NewFamily(seed, 0, random.Startup)}
	}
	at := sim.Time(0)
	for range count {
		gap, ok := w.Gap()
		require.True(t, ok)
		at += gap
		r := w.Next()
		require.NoError(t, w.Err)
		service := cold.Draw(r.Number())
		if config.Cold == nil {
			service += r.Service
		}
		all = append(all, naiveRequest{int64(r.Number()) + 1, r.Stream(), at, r.Service, service, releaseAfter(config, seed, r.Number())})
	}
	return all
}

// releaseAfter returns how long an instance is busy after the response of a request.
func releaseAfter(config pool.Config, seed, request uint64) sim.Time {
	if !config.Releases() {
		return 0
	}
	sampler := loop.Sampler{Law: config.Release, Family: random.NewFamily(seed, 0, random.Release)}
	return sampler.Draw(request)
}

// initiallyRunning returns the k-th instance that runs at time 0.
func (n *naivePool) initiallyRunning(seed uint64, k int) *naiveInstance {
	n.serial++
	n.sequence++
	return &naiveInstance{serial: n.serial, busy: true, until: initialService(n.config, seed, k), sequence: n.sequence,
		release: releaseAfter(n.config, seed, ^uint64(k))}
}

// initialService returns the remaining time of the k-th request that runs at time 0.
func initialService(config pool.Config, seed uint64, k int) sim.Time {
	generator := random.NewFamily(seed, 0, random.Initial).Member(uint64(k))
	var one [1]float64
	config.Warm.Fill(&generator, one[:])
	return sim.FromSeconds(one[0])
}

// randomContainers makes a small platform that lives near its edges: caps, timeouts
// and keep-alives of the order of the service times, and lattices on which
// many events happen at once.
func randomContainers(t *testing.T, rng *rand.Rand) (pool.Config, dist.Arrivals) {
	pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
	span := func(spans ...sim.Time) sim.Time { return spans[rng.IntN(len(spans))] }
	c := pool.Config{
		Warm:         law(t, pick("exponential(mean=1s)", "constant(1s)", "uniform(0s, 2s)", "lognormal(mean=1s, cv=3)", "mixture(0.5: constant(1s), 0.5: constant(3s))")),
		KeepAlive:    span(0, 1*sim.Second, 2*sim.Second, 5*sim.Second, 37*sim.Second/10, sim.Never),
		MaxInstances: []int{1, 2, 3, 5, 20, platform.Unlimited}[rng.IntN(6)],
		WhenFull:     pool.WhenFull(rng.IntN(2)),
		QueueTimeout: span(1, sim.Second, 3*sim.Second, sim.Never),
	}
	if rng.IntN(2) == 0 {
		c.Cold = law(t, pick("exponential(mean=3s)", "constant(2s)", "uniform(1s, 2s)"))
	} else {
		c.Startup = law(t, pick("constant(1s)", "exponential(mean=2s)", "constant(0s)"))
	}
	if rng.IntN(3) == 0 {
		c.InitialIdle = rng.IntN(min(c.MaxInstances, 6) + 1)
	}
	arrivals := process(t, pick("poisson(rate=1/s)", "poisson(rate=4/s)", "constant(rate=1/s)", "constant(rate=3/s)",
		"batch(poisson(rate=0.5/s), size=6)", "batch(constant(rate=1/s), size=3)", "mmpp(rates=[0.2/s, 10/s], sojourns=[10s, 2s])", "steps(rates=[0/s, 5/s, 1/s], at=[3s, 20s])",
		"steps(rates=[0/s, 9/s, 1/s], at=[3s, 4s], period=10s)", "superpose(poisson(rate=1/s), batch(constant(rate=1/s), size=2))",
		"closed(users=1, think=constant(1s))", "closed(users=4, think=exponential(mean=1s))", "closed(users=7, think=uniform(0s, 3s))",
		"closed(users=30, think=mixture(0.5: constant(2s), 0.5: exponential(mean=9s)))"))
	if rng.IntN(3) == 0 {
		c.InitialRunning = rng.IntN(min(c.MaxInstances-c.InitialIdle, 6) + 1)
	}
	if rng.IntN(2) == 0 {
		c.Release = law(t, pick("constant(1s)", "constant(500ms)", "exponential(mean=1s)", "uniform(0s, 1s)", "mixture(0.5: constant(0s), 0.5: constant(2s))"))
	}
	return c, arrivals
}

func TestPoolAgreesEventByEventWithANaiveOne(t *testing.T) {
	tests.Slow(t)
	const scenariosEach, arrivalsEach = 60, 300
	for _, routing := range []pool.Routing{pool.MRU, pool.Newest, pool.LRU, pool.Random} {
		for _, full := range []pool.WhenFull{pool.Reject, pool.Queue} {
			t.Run(fmt.Sprintf("%v, %v when full", routing, full), func(t *testing.T) {
				var seen platform.Observations // over all scenarios: every branch must have been taken
				for seed := range uint64(scenariosEach) {
					config, arrivals := randomContainers(t, rand.New(rand.NewPCG(seed, uint64(routing)<<1|uint64(full))))
					config.Routing, config.WhenFull = routing, full
					naive := &naivePool{config: config, routing: random.Stream(seed, 0, random.Routing), users: newNaiveUsers(arrivals, seed)}
					for range config.InitialIdle {
						naive.serial++
						i := &naiveInstance{serial: naive.serial}
						naive.instances = append(naive.instances, i)
						naive.Idle(0, i)
					}
					for k := range config.InitialRunning {
						naive.instances = append(naive.instances, naive.initiallyRunning(seed, k))
					}
					pool, err := pool.New(config, arrivals, seed, 0)
					require.NoError(t, err)
					var log []platform.Request
					compared := 0 // of the log, which grows only
					pool.Log = func(r platform.Request) { log = append(log, r) }

					all := requests(t, config, arrivals, seed, arrivalsEach)
					for k := 0; k < len(all); {
						if naive.users != nil {
							all[k].arrival = naive.users.next()
						}
						now, class, subject := naive.event(all[k].arrival)
						if class == loop.Arrival {
							if naive.users != nil {
								naive.users.send(now)
							}
							naive.arrive(now, all[k])
							k++
						} else {
							naive.handle(now, class, subject)
						}
						next := sim.Never
						if k < len(all) {
							if naive.users != nil {
								all[k].arrival = naive.users.next()
							}
							next, _, _ = naive.event(all[k].arrival)
						}
						if next == now || k == len(all) {
							continue // more happens at this moment
						}
						require.NoError(t, pool.Run(now))
						running, cold, idle, waiting := naive.counts()
						o := pool.Observations()
						require.Equal(t,
							[]int{running, cold, idle, naive.releasing(), waiting, running + idle, naive.expired},
							[]int{o.Running.Count(), o.RunningCold.Count(), o.Idle.Count(), o.Releasing.Count(), o.Waiting.Count(), o.Instances.Count(), int(o.Expired)},
							"seed %d at %v: %+v", seed, now, config)
						require.Equal(t, naive.log[compared:], log[compared:], "seed %d at %v", seed, now)
						compared = len(log)
					}
					observed := pool.Observations()
					require.NoError(t, observed.Check())
					require.Equal(t, int64(config.InitialRunning), observed.PresentAtStart)
					seen.Merge(&observed)
				}
				require.Positive(t, seen.PresentAtStart)
				require.Positive(t, seen.Releasing.Mean())
				require.Positive(t, seen.Cold)
				require.Positive(t, seen.Warm)
				require.Positive(t, seen.Expired)
				require.Equal(t, full == pool.Reject, seen.Rejected > 0)
				require.Equal(t, full == pool.Queue, seen.TimedOut > 0)
			})
		}
	}
}

// naiveShared simulates processor sharing by updating every executor's remaining
// service at every event. It returns the completion time of each request, in seconds.
func naiveShared(all []naiveRequest, cores platform.Cores) []float64 {
	completion := make([]float64, len(all))
	remaining := map[int]float64{}
	now, k := 0.0, 0
	for k < len(all) || len(remaining) > 0 {
		speed := naiveSpeed(cores, len(remaining))
		first, at := -1, math.Inf(1)
		for i, left := range remaining {
			if end := now + left/speed; end < at {
				first, at = i, end
			}
		}
		arrives := k < len(all) && all[k].arrival.Seconds() < at
		if arrives {
			at = all[k].arrival.Seconds()
		}
		for i := range remaining {
			remaining[i] -= (at - now) * speed
		}
		now = at
		if arrives {
			remaining[k] = all[k].warm.Seconds()
			k++
		} else {
			delete(remaining, first)
			completion[first] = now
		}
	}
	return completion
}

// naiveFCFS returns the completion time of each request in seconds: each takes the core that
// becomes free first.
func naiveFCFS(all []naiveRequest, cores int) []float64 {
	free := make([]float64, cores)
	var completion []float64
	for _, r := range all {
		slices.Sort(free)
		free[0] = max(free[0], r.arrival.Seconds()) + r.warm.Seconds()
		completion = append(completion, free[0])
	}
	return completion
}

// peak returns the largest number of requests present at once.
func peak(all []naiveRequest, completion []float64) int {
	most := 0
	for _, r := range all {
		present := 0
		for i, other := range all {
			if other.arrival <= r.arrival && completion[i] > r.arrival.Seconds() {
				present++
			}
		}
		most = max(most, present)
	}
	return most
}

func TestExecutorsAgreeWithNaiveOnes(t *testing.T) {
	const count = 300
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		cores := []int{1, 2, 3, 10}[rng.IntN(4)]
		notation := []string{"exponential(mean=1s)", "constant(1s)", "pareto(shape=1.5, mean=1s)", "uniform(1us, 1ms)"}[rng.IntN(4)]
		arrivals := process(t, []string{"poisson(rate=2/s)", "batch(poisson(rate=0.5/s), size=6)", "constant(rate=1/s)", "poisson(rate=9/s)"}[rng.IntN(4)])
		for _, discipline := range []executors.Discipline{executors.ProcessorSharing, executors.FCFS} {
			config := executors.Config{Service: law(t, notation), Cores: platform.Cores{Physical: cores}, Discipline: discipline}
			slowest := 1 / float64(cores) // of the core time that each of n present gets in a second, times n
			if discipline == executors.ProcessorSharing {
				config.Cores.Threads, config.Cores.Yield, config.Cores.AllCoreSpeed = 1+rng.IntN(2), 0.5*rng.Float64(), []float64{0, 1, 0.7, 3}[rng.IntN(4)]
				if rng.IntN(3) == 0 {
					config.Cores.AllCoreSpeed, config.Cores.Speeds = 0, [][]float64{{1, 2, 1.5}, {0.8}, {1.5, 1}}[rng.IntN(3)]
				}
				slowest /= 0.7
			}
			all := requests(t, pool.Config{Warm: config.Service, Cold: config.Service}, arrivals, seed, count)
			want := naiveFCFS(all, cores)
			if discipline == executors.ProcessorSharing {
				want = naiveShared(all, config.Cores)
			}
			// An executor's own service is off by a nanosecond at most, and takes longer
			// as it shares its core. So every other completion may come that much late
			// too, of which each of the n present bears the n-th part. The naive
			// one's own rounding is relative.
			tolerance := 2e-9*(1+float64(peak(all, want)+count)*slowest) + 1e-12*want[count-1]

			e, err := executors.New(config, arrivals, seed, 0)
			require.NoError(t, err)
			got := map[int64]platform.Request{}
			e.Log = func(r platform.Request) { got[r.Instance] = r }
			end := all[count-1].arrival
			require.NoError(t, e.Run(end))
			for i, w := range want {
				r, certain := got[int64(i)+1]
				if !certain {
					require.GreaterOrEqual(t, w, end.Seconds()-tolerance)
					continue
				}
				require.Equal(t, all[i].arrival, r.Arrival)
				require.InDelta(t, w, r.Completion.Seconds(), tolerance,
					"%v on %d cores, %s, seed %d, request %d", discipline, cores, notation, seed, i+1)
			}
		}
	}
}
