package platform_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/tests"
)

// dispatched returns when each request is offered to the pool. It goes through the looks of the
// reader one by one, including looks at an empty queue, but skips the moments at which a reader
// without an interval does nothing; a look sees the whole queue.
func dispatched(all []naiveRequest, d pool.Dispatch, seed uint64) []sim.Time {
	var offers []sim.Time
	services := make([]int64, 2*loop.BlockSize)
	if d.Service != nil {
		generator := random.Stream(seed, 0, random.Dispatch)
		loop.FillTimes(d.Service, &generator, make([]float64, loop.BlockSize), services[:loop.BlockSize])
		loop.FillTimes(d.Service, &generator, make([]float64, loop.BlockSize), services[loop.BlockSize:])
	}
	look := sim.Time(0)
	for len(offers) < len(all) {
		if first := all[len(offers)].arrival; d.Interval == 0 {
			look = max(look, first) // the reader looks when it is free and something is there
		}
		var batch []sim.Time // when each of it has had its service
		now := look
		for k := len(offers); k < len(all) && all[k].arrival <= look && len(batch) < d.Batch; k++ {
			if len(batch) == 0 {
				now += d.PerBatch
			}
			now += sim.Time(services[k])
			batch = append(batch, now)
		}
		for _, done := range batch {
			if d.HandOver == pool.Together {
				done = now
			}
			offers = append(offers, done)
		}
		due := sim.Time(0)
		for due <= look && d.Interval > 0 {
			due += d.Interval
		}
		look = max(now, due)
	}
	return offers
}

func randomDispatch(t *testing.T, rng *rand.Rand) pool.Dispatch {
	d := pool.Dispatch{
		Interval: []sim.Time{0, 1, sim.Second / 2, sim.Second, 7 * sim.Second / 3, 10 * sim.Second}[rng.IntN(6)],
		Batch:    []int{1, 2, 5, 30, platform.Unlimited}[rng.IntN(5)],
	}
	switch rng.IntN(4) {
	case 0:
		d.Service = law(t, "constant(250ms)")
	case 1:
		d.Service = law(t, "exponential(mean=100ms)")
	case 2:
		d.Service = law(t, "mixture(0.9: constant(0s), 0.1: constant(3s))")
	}
	if d.Interval == 1 { // the naive reader looks every nanosecond
		d.Interval = sim.Second / 100
	}
	d.PerBatch = []sim.Time{0, 0, sim.Second / 10, sim.Second}[rng.IntN(4)]
	d.HandOver = pool.HandOver(rng.IntN(2))
	return d
}

// The pool behind a stage is the naive pool to which the naive reader offers the requests that have
// not timed out: all events agree, and all counts after every moment with an event.
func TestAPoolBehindDispatchAgreesEventByEventWithANaiveOne(t *testing.T) {
	tests.Slow(t)
	const scenariosEach, arrivalsEach = 100, 300
	for _, full := range []pool.WhenFull{pool.Reject, pool.Queue} {
		t.Run(full.String(), func(t *testing.T) {
			var seen platform.Observations
			staged, expired := 0, 0 // seen in the stage at once, and timed out there
			for seed := range uint64(scenariosEach) {
				rng := rand.New(rand.NewPCG(seed, 100|uint64(full)))
				config, arrivals := randomContainers(t, rng)
				if _, closed := arrivals.(dist.Closed); closed { // the naive reader must know all arrivals
					arrivals = process(t, "poisson(rate=2/s)")
				}
				config.WhenFull, config.InitialIdle, config.InitialRunning = full, 0, 0
				config.Dispatch = randomDispatch(t, rng)
				patience := sim.Never
				if full == pool.Queue {
					patience = config.QueueTimeout
				}
				naive := &naivePool{config: config}
				instances, err := pool.New(config, arrivals, seed, 0)
				require.NoError(t, err)
				var log []platform.Request
				compared := 0 // of the log, which grows only
				instances.Log = func(r platform.Request) { log = append(log, r) }

				all := requests(t, config, arrivals, seed, arrivalsEach)
				offers := dispatched(all, config.Dispatch, seed)
				arrived, read := 0, 0  // so many
				gone := map[int]bool{} // timed out before they were offered
				end := all[len(all)-1].arrival
				for {
					// The next of: completion, arrival, offer, timeout in the stage, timeout in the
					// pool and expiry. In the pool are those that arrived first.
					offer, enters, gives, leaver := sim.Never, sim.Never, sim.Never, 0
					if read < arrived {
						offer = offers[read]
					}
					if arrived < len(all) {
						enters = all[arrived].arrival
					}
					for k := arrived - 1; k >= read; k-- {
						if !gone[k] {
							gives, leaver = all[k].arrival.Plus(patience), k
						}
					}
					now, class, subject := naive.event(min(offer, enters))
					if gives < now || gives == now && class > loop.Timeout {
						now, class, subject = gives, loop.Timeout, nil
						require.True(t, len(naive.waiting) == 0 || naive.waiting[0].arrival.Plus(patience) > gives)
						naive.log = append(naive.log, all[leaver].told(platform.OutcomeTimedOut))
						gone[leaver] = true
						expired++
					} else if now > end {
						break
					} else if class == loop.Arrival && enters <= offer {
						arrived++
					} else if class == loop.Arrival {
						if !gone[read] {
							naive.arrive(now, all[read])
						}
						read++
					} else {
						naive.handle(now, class, subject)
					}
					if now > end {
						break
					}
					inStage := 0
					for k := read; k < arrived; k++ {
						if !gone[k] {
							inStage++
						}
					}
					staged = max(staged, inStage)
					if arrived == len(all) || more(naive, all, offers, arrived, read, gone, patience, now) {
						continue
					}
					require.NoError(t, instances.Run(now))
					running, cold, idle, waiting := naive.counts()
					o := instances.Observations()
					require.Equal(t,
						[]int{running, cold, idle, naive.releasing(), waiting + inStage, running + idle, arrived},
						[]int{o.Running.Count(), o.RunningCold.Count(), o.Idle.Count(), o.Releasing.Count(), o.Waiting.Count(), o.Instances.Count(), int(o.Arrivals)},
						"seed %d at %v: %+v", seed, now, config)
					require.Equal(t, naive.log[compared:], log[compared:], "seed %d at %v: %+v", seed, now, config)
					compared = len(log)
				}
				observed := instances.Observations()
				require.NoError(t, observed.Check())
				if config.Routing == pool.MRU {
					seen.Merge(&observed)
				}
			}
			require.Positive(t, seen.Cold)
			require.Positive(t, seen.Warm)
			require.Positive(t, seen.Releasing.Mean())
			require.Positive(t, seen.ColdWait.Seconds())
			require.Greater(t, staged, 20)
			require.Equal(t, full == pool.Reject, seen.Rejected > 0)
			require.Equal(t, full == pool.Queue, seen.TimedOut > int64(0))
			require.Equal(t, full == pool.Queue, expired > 0)
		})
	}
}

// more reports whether another event happens at this moment.
func more(naive *naivePool, all []naiveRequest, offers []sim.Time, arrived, read int, gone map[int]bool, patience, now sim.Time) bool {
	if all[arrived].arrival == now || read < arrived && offers[read] == now {
		return true
	}
	for k := read; k < arrived; k++ {
		if !gone[k] && all[k].arrival.Plus(patience) == now {
			return true
		}
	}
	at, _, _ := naive.event(sim.Never)
	return at == now
}

// With neither batches nor service, a Poisson arrival waits for a time uniform on an interval.
func TestTheDelayUpToTheNextLookIsUniform(t *testing.T) {
	tests.Slow(t)
	var f family
	const service = 0.25
	constant := law(t, "constant(250ms)")
	for _, c := range []struct{ rate, interval float64 }{{10, 0.3}, {0.5, 2}, {100, 0.01}} {
		config := pool.Config{Warm: constant, Cold: constant, KeepAlive: seconds(5), MaxInstances: platform.Unlimited,
			Dispatch: pool.Dispatch{Interval: seconds(c.interval), Batch: platform.Unlimited}}
		observed := replicate(t, replications, seconds(20), seconds(20_000/c.rate), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 20))
		name := fmt.Sprintf("%v/s every %vs", c.rate, c.interval)
		f.compare(t, name+": waiting time", observed, c.interval/2, 0.02, metric(ContainerMetrics, "waiting_time"))
		f.compare(t, name+": waiting requests", observed, c.rate*c.interval/2, 0.02, func(o *platform.Observations) float64 { return o.Waiting.Mean() })
		f.compare(t, name+": response time", observed, service+c.interval/2, 0.02, metric(ContainerMetrics, "response_time"))
		for _, o := range observed {
			// Bins of the histogram are 0.1 % wide, so quantiles are compared as what they are: exact ones.
			for _, q := range []struct {
				name string
				p    float64
			}{{"response_time_p50", 0.5}, {"response_time_p90", 0.9}, {"response_time_p99", 0.99}} {
				e := math.Sqrt(q.p * (1 - q.p) / float64(o.Served())) // standard error of the fraction below
				assert.InDelta(t, service+q.p*c.interval, metric(ContainerMetrics, q.name)(&o), 1e-3*(service+c.interval)+6*e*c.interval, name+": "+q.name)
			}
		}
	}
	f.check(t)
}

// bulk returns the mean delay of a reader that takes a batch of Poisson arrivals at each look: a
// look that finds X requests leaves X − batch. The stationary law of X is found by following it
// from an empty queue. Between two looks λ·interval/2 are added on average.
func bulk(rate, interval float64, batch int) (delay float64) {
	const most = 2000
	arrivals := distuv.Poisson{Lambda: rate * interval}
	var pmf []float64
	for k := 0; k < most && (float64(k) < arrivals.Lambda || arrivals.Prob(float64(k)) > 1e-18); k++ {
		pmf = append(pmf, arrivals.Prob(float64(k)))
	}
	left := make([]float64, most) // law of what a look leaves
	left[0] = 1
	mean := 0.0
	for range 100_000 {
		next := make([]float64, most)
		for y, p := range left {
			if p < 1e-18 {
				continue
			}
			for k, q := range pmf {
				next[min(max(y+k-batch, 0), most-1)] += p * q
			}
		}
		before := mean
		mean = 0
		for y, p := range next {
			mean += float64(y) * p
		}
		left = next
		if math.Abs(mean-before) < 1e-11*mean {
			break
		}
	}
	return mean/rate + interval/2
}

func TestABatchLimitMakesABulkQueue(t *testing.T) {
	tests.Slow(t)
	require.InDelta(t, 0.05, bulk(1, 0.1, 50), 1e-12, "a batch that is never full is no limit")
	// Batches of one: M/D/1 in slots, of which the first is waited for: interval/2 + ρ·interval/(2(1−ρ)).
	require.InEpsilon(t, 0.5+0.8/(2*0.2), bulk(0.8, 1, 1), 1e-9)
	var f family
	constant := law(t, "constant(1ms)")
	for _, c := range []struct {
		rate, interval float64
		batch          int
	}{{0.8, 1, 1}, {8, 1, 10}, {80, 0.1, 10}, {45, 1, 50}} {
		config := pool.Config{Warm: constant, Cold: constant, KeepAlive: 0, MaxInstances: platform.Unlimited,
			Dispatch: pool.Dispatch{Interval: seconds(c.interval), Batch: c.batch}}
		observed := replicate(t, replications, seconds(1000*c.interval), seconds(12_000/c.rate), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 21))
		delay := bulk(c.rate, c.interval, c.batch)
		name := fmt.Sprintf("%v/s, %d every %vs", c.rate, c.batch, c.interval)
		f.compare(t, name+": waiting time", observed, delay, 0.03, metric(ContainerMetrics, "waiting_time"))
		f.compare(t, name+": waiting requests", observed, c.rate*delay, 0.03, func(o *platform.Observations) float64 { return o.Waiting.Mean() })
	}
	f.check(t)
}

// A reader that never pauses is M/G/1 (Pollaczek and Khinchine), and so are looks that come
// much faster than requests, but for half an interval.
func TestAReaderWithoutPausesIsMG1(t *testing.T) {
	tests.Slow(t)
	var f family
	constant := law(t, "constant(1s)")
	for _, interval := range []sim.Time{0, sim.Second / 10_000} {
		for _, notation := range []string{"exponential(mean=50ms)", "constant(50ms)", "uniform(0s, 100ms)"} {
			service := law(t, notation)
			mean, variance := service.Moments()
			const rate = 12
			want := mean + rate*(variance+mean*mean)/(2*(1-rate*mean))
			if interval > 0 {
				want += (1 - rate*mean) * interval.Seconds() / 2
			}
			config := pool.Config{Warm: constant, Cold: constant, KeepAlive: 0, MaxInstances: platform.Unlimited,
				Dispatch: pool.Dispatch{Interval: interval, Batch: platform.Unlimited, Service: service}}
			observed := replicate(t, replications, seconds(50), seconds(1500), poolsOf(config, process(t, "poisson(rate=12/s)"), 22))
			f.compare(t, fmt.Sprintf("%s, looks every %v: waiting time", notation, interval), observed, want, 0.02, metric(ContainerMetrics, "waiting_time"))
		}
	}
	f.check(t)
}

// gated returns mean and variance of a batch, and the mean delay, for a reader that hands over all
// requests found at its look together, h + n·s later, while Poisson requests arrive. Batches are a
// Markov chain: during a batch of n, Poisson(λ(h + n·s)) requests arrive, which are the next batch;
// if none arrives, the reader waits for one. The arrivals during a batch of length C come at
// moments uniform in it, and each has waited for C/2 on average when its own batch begins. The
// chain is followed from a batch of one.
func gated(rate, h, s float64) (size, variance, delay float64) {
	const most = 3000
	law := make([]float64, most) // of a batch
	law[1] = 1
	for before := 0.0; ; before = size {
		next := make([]float64, most)
		var square, wait float64
		size = 0
		for n, p := range law {
			if p < 1e-16 {
				continue
			}
			took := h + float64(n)*s
			size += p * float64(n)
			square += p * float64(n) * float64(n)
			wait += p * (rate*took*took/2 + float64(n)*took)
			arrivals := distuv.Poisson{Lambda: rate * took}
			spread := 12*math.Sqrt(arrivals.Lambda) + 30
			first := max(0, int(arrivals.Lambda-spread))
			one := p * arrivals.Prob(float64(first))
			for k := first; k < min(most, int(arrivals.Lambda+spread)); k++ {
				next[max(1, k)] += one
				one *= arrivals.Lambda / float64(k+1)
			}
		}
		if math.Abs(size-before) < 1e-10*size {
			return size, square - size*size, wait / size
		}
		law = next
	}
}

// The busier the reader the larger what it hands over at once. With ρ = λs, and as long as no look finds an empty queue, batches
// are a branching process with immigration (each request has Poisson(ρ) successors, the reader's own time Poisson(λh)), so that
//
//	E[n] = λh/(1 − ρ)      Var[n] = E[n]/(1 − ρ²)
//	E[delay] = 3h/(2(1 − ρ)) + s(2 + ρ)/(2(1 − ρ²))
//
// from E[n'|n] = Var[n'|n] = λ(h + n·s) and E[delay] = E[λC²/2 + nC]/E[n], C = h + n·s: the queue with gated vacations (Takagi, Queueing
// Analysis 1, 1991, section 2.2), where what is done is given away at the end. E[n] has no bound as λ goes to 1/s.
func TestWhatIsHandedOverTogetherGrowsWithTheLoad(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct {
		rate, h, s float64
		busy       bool // no look finds an empty queue: less than once in 10⁸
	}{
		{50, 0.5, 0.01, true}, {50, 0.5, 0.016, true}, {500, 0.1, 0.0018, true},
		{10, 0.02, 0.05, false}, {50, 0.01, 0.016, false}, {50, 0, 0.016, false}, {50, 0.1, 0, false},
	} {
		size, variance, delay := gated(c.rate, c.h, c.s)
		if load := c.rate * c.s; c.busy {
			require.InEpsilon(t, c.rate*c.h/(1-load), size, 1e-6)
			require.InEpsilon(t, size/(1-load*load), variance, 1e-6)
			require.InEpsilon(t, 3*c.h/(2*(1-load))+c.s*(2+load)/(2*(1-load*load)), delay, 1e-6)
		}
		// Each request is in service for a moment, so that as many instances are there at once as were handed over.
		moment := law(t, "constant(100us)")
		config := pool.Config{Warm: moment, Cold: moment, KeepAlive: 0, MaxInstances: platform.Unlimited,
			Dispatch: pool.Dispatch{Batch: platform.Unlimited, PerBatch: seconds(c.h), HandOver: pool.Together}}
		if c.s > 0 {
			config.Dispatch.Service = law(t, fmt.Sprintf("constant(%vs)", c.s))
		}
		observed := replicate(t, replications, seconds(100), seconds(48_000/c.rate), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 25))
		moments := func(o *platform.Observations) (first, second float64) {
			p := o.Instances.Probabilities()
			for n := range p {
				first += float64(n) * p[n] / (1 - p[0])
				second += float64(n) * float64(n) * p[n] / (1 - p[0])
			}
			return first, second
		}
		name := fmt.Sprintf("%v/s, %vs a batch, %vs each", c.rate, c.h, c.s)
		f.compare(t, name+": batch", observed, size, 0.03, func(o *platform.Observations) float64 { first, _ := moments(o); return first })
		f.compare(t, name+": square of a batch", observed, variance+size*size, 0.06, func(o *platform.Observations) float64 { _, second := moments(o); return second })
		f.compare(t, name+": delay", observed, delay, 0.03, metric(ContainerMetrics, "waiting_time"))
	}
	f.check(t)
}

// The burst that makes cold starts. All services take S, less than an interval: each batch finds
// the pool idle. By the sliding maximum, as many instances are alive as were needed for the largest
// of the last K batches, K = ⌊(keep-alive + S) / interval⌋, so that a batch of N starts max(0, N −
// M) cold, where M is the maximum of K batches, and all batches are independent and
// Poisson(λ·interval). Without dispatch, the same pool starts fewer: half as many where a service
// takes half an interval, and almost none where it is short.
func TestBatchesMakeColdStarts(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct{ rate, interval, service, keepAlive float64 }{
		{50, 0.2, 0.1, 1}, {50, 0.2, 0.1, 5}, {20, 1, 0.3, 10}, {20, 1, 0.03, 10}, {200, 0.05, 0.02, 0.25},
	} {
		n := distuv.Poisson{Lambda: c.rate * c.interval}
		looks := math.Floor((c.keepAlive+c.service)/c.interval + 1e-9)
		cold := 0.0
		for m := 0; m < 400; m++ {
			// E[(N−M)⁺] = Σ P(N > m) P(M ≤ m)
			cold += n.Survival(float64(m)) * math.Pow(n.CDF(float64(m)), looks) / n.Lambda
		}
		constant := law(t, fmt.Sprintf("constant(%vs)", c.service))
		config := pool.Config{Warm: constant, Cold: constant, KeepAlive: seconds(c.keepAlive), MaxInstances: platform.Unlimited,
			Dispatch: pool.Dispatch{Interval: seconds(c.interval), Batch: platform.Unlimited}}
		arrivals := process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate))
		warmup, span := seconds(2*c.keepAlive+10), seconds(max(25_000, 500/cold)/c.rate)
		observed := replicate(t, replications, warmup, span, poolsOf(config, arrivals, 23))
		name := fmt.Sprintf("%v/s every %vs, keep-alive %vs", c.rate, c.interval, c.keepAlive)
		f.compare(t, name+": cold start probability", observed, cold, 0.03, metric(ContainerMetrics, "cold_start_probability"))

		config.Dispatch = pool.Dispatch{}
		direct := replicate(t, replications, warmup, span, poolsOf(config, arrivals, 23))
		e := platform.Estimate(ContainerMetrics[:1], direct)[0]
		t.Logf("%s: %.4f %% of starts are cold, without dispatch %.4f %% ± %.4f", name, 100*cold, 100*e.Mean, 100*e.HalfWidth)
		assert.Greater(t, cold, e.Mean+5*e.HalfWidth, name)
	}
	f.check(t)
}

// The number of requests waiting, in the stage and for an instance, is the arrival rate times the
// mean wait.
func TestLittlesLawOfWaiting(t *testing.T) {
	tests.Slow(t)
	var f family
	for i, c := range []pool.Dispatch{
		{Interval: seconds(0.5), Batch: 4, Service: law(t, "exponential(mean=100ms)")},
		{Interval: seconds(2), Batch: platform.Unlimited},
		{Service: law(t, "exponential(mean=200ms)")},
	} {
		config := pool.Config{Warm: law(t, "lognormal(mean=1s, cv=2)"), Cold: law(t, "exponential(mean=2s)"), KeepAlive: seconds(5),
			MaxInstances: 6, WhenFull: pool.Queue, QueueTimeout: sim.Never, Dispatch: c}
		observed := replicate(t, replications, seconds(500), seconds(2000), poolsOf(config, process(t, "poisson(rate=3/s)"), 24))
		f.compare(t, fmt.Sprintf("case %d: waiting = rate × waiting time", i+1), observed, 1, 0.02, func(o *platform.Observations) float64 {
			return o.Waiting.Mean() / (float64(o.Served()) / o.Span.Seconds() * metric(ContainerMetrics, "waiting_time")(o))
		})
		for _, o := range observed {
			whole := metric(ContainerMetrics, "response_time")(&o) * float64(o.Served())
			parts := metric(ContainerMetrics, "response_time_warm")(&o)*float64(o.Warm) + metric(ContainerMetrics, "response_time_cold")(&o)*float64(o.Cold)
			assert.InEpsilon(t, whole, parts, 1e-12, "response time, of warm and cold starts")
		}
	}
	f.check(t)
}

// Above the stage's capacity its queue grows, whatever the pool could do, and when the wait has passed
// the deadline every request times out, sixty seconds after it arrived.
func TestAboveTheCapacityOfDispatchEveryRequestTimesOut(t *testing.T) {
	config := pool.Config{Warm: law(t, "constant(30ms)"), Cold: law(t, "constant(2s)"), KeepAlive: seconds(60), MaxInstances: 110,
		WhenFull: pool.Queue, QueueTimeout: seconds(60), Dispatch: pool.Dispatch{Interval: seconds(0.1), Batch: 5}}
	for _, c := range []struct {
		rate float64
		all  bool // time out in the end
	}{{45, false}, {75, true}} {
		pool, err := pool.New(config, process(t, fmt.Sprintf("constant(rate=%v/s)", c.rate)), 1, 0)
		require.NoError(t, err)
		pool.Log = func(r platform.Request) {
			if r.Outcome != platform.OutcomeTimedOut {
				assert.LessOrEqual(t, r.Start-r.Arrival, config.QueueTimeout)
			}
		}
		require.NoError(t, pool.Run(seconds(600)))
		pool.Restart()
		require.NoError(t, pool.Run(seconds(900)))
		o := pool.Observations()
		require.NoError(t, o.Check())
		if c.all {
			assert.Zero(t, o.Served())
			assert.InDelta(t, c.rate*300, o.TimedOut, 1)
			assert.InDelta(t, c.rate*60, o.Waiting.Mean(), 1, "each waits for its 60 s, and not longer")
			o.TimedOut, o.PresentAtStart = o.Arrivals+1, o.PresentAtStart+1 // one that arrived before the period
			e := platform.Estimate(ContainerMetrics, []platform.Observations{o, o})
			assert.InDelta(t, 1, e[2].Mean, 1e-4, "more timeouts than arrivals are no error")
		} else {
			assert.Zero(t, o.TimedOut)
			assert.InDelta(t, c.rate*300, o.Served(), 10)
		}
	}
}

// A trace second by second: looks at 0, 2, 4 s …, two requests at most, a second of the reader's for each.
func TestDispatchStepByStep(t *testing.T) {
	one := law(t, "constant(1s)")
	config := pool.Config{Warm: one, Cold: one, KeepAlive: 0, MaxInstances: platform.Unlimited,
		Dispatch: pool.Dispatch{Interval: 2 * sim.Second, Batch: 2, Service: one}}
	instances, err := pool.New(config, process(t, "constant(rate=1/s)"), 1, 0) // at 1 s, 2 s, 3 s …
	require.NoError(t, err)
	var starts []float64
	instances.Log = func(r platform.Request) { starts = append(starts, r.Start.Seconds()) }
	require.NoError(t, instances.Run(seconds(10)))
	assert.Equal(t, []float64{3, 4, 5, 6, 7, 8, 9, 10}, starts, "the look at 2 s sees both requests, and is over at the next")

	config.Dispatch.Service = law(t, "constant(1500ms)")
	instances, err = pool.New(config, process(t, "constant(rate=0.5/s)"), 1, 0) // at 2 s, 4 s …
	require.NoError(t, err)
	starts = nil
	instances.Log = func(r platform.Request) { starts = append(starts, r.Start.Seconds()) }
	require.NoError(t, instances.Run(seconds(10)))
	assert.Equal(t, []float64{3.5, 5.5, 7.5, 9.5}, starts)

	config.Dispatch = pool.Dispatch{Interval: 3 * sim.Second, Batch: platform.Unlimited, Service: law(t, "constant(900ms)")}
	instances, err = pool.New(config, process(t, "batch(constant(rate=0.1/s), size=5)"), 1, 0) // at 10 s, 20 s …
	require.NoError(t, err)
	starts = nil
	instances.Log = func(r platform.Request) { starts = append(starts, r.Start.Seconds()) }
	require.NoError(t, instances.Run(seconds(30)))
	assert.Equal(t, []float64{12.9, 13.8, 14.7, 15.6, 16.5, 21.9, 22.8, 23.7, 24.6, 25.5}, starts,
		"the look at 15 s is missed; that at 18 s is at the multiple again")
}

// The same second by second, where a batch costs time of its own and is handed over as a whole.
func TestABatchStepByStep(t *testing.T) {
	one := law(t, "constant(1s)")
	starts := func(d pool.Dispatch, arrivals string, until float64) (starts []float64) {
		pool, err := pool.New(pool.Config{Warm: one, Cold: one, KeepAlive: 0, MaxInstances: platform.Unlimited, Dispatch: d}, process(t, arrivals), 1, 0)
		require.NoError(t, err)
		pool.Log = func(r platform.Request) { starts = append(starts, r.Start.Seconds()) }
		require.NoError(t, pool.Run(seconds(until)))
		return starts
	}
	d := pool.Dispatch{PerBatch: seconds(1.5), Batch: platform.Unlimited, HandOver: pool.Together}
	assert.Equal(t, []float64{2.5, 4, 5.5, 5.5, 7, 8.5, 8.5}, starts(d, "constant(rate=1/s)", 9),
		"what came at 1 s; at 2 s; at 3 s and, at the very look, at 4 s; at 5 s; at 6 s and 7 s")
	d.Service = one
	d.Batch = 3
	assert.Equal(t, []float64{14.5, 14.5, 14.5, 18, 18}, starts(d, "batch(constant(rate=0.1/s), size=5)", 19), "three of five at once, and the other two")
	d.HandOver = pool.OneByOne
	assert.Equal(t, []float64{12.5, 13.5, 14.5, 17, 18}, starts(d, "batch(constant(rate=0.1/s), size=5)", 19))
	d = pool.Dispatch{Interval: seconds(4), Batch: 2, Service: one, HandOver: pool.Together}
	assert.Equal(t, []float64{6, 6, 10, 10}, starts(d, "constant(rate=1/s)", 11), "two at most, at 4 s and at 8 s")
}

// A trace is over with its last response: the requests that are in the stage at the last arrival
// are still taken, or time out there.
func TestATraceEndsInTheStage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(file, []byte("0\n1\n12\n12.5\n13\n"), 0o666))
	one := law(t, "constant(1s)")
	config := pool.Config{Warm: one, Cold: one, KeepAlive: seconds(60), MaxInstances: 1, WhenFull: pool.Queue, QueueTimeout: seconds(11.5),
		Dispatch: pool.Dispatch{Interval: seconds(10), Batch: 1}}
	pool, err := pool.New(config, process(t, "trace("+file+")"), 1, 0)
	require.NoError(t, err)
	var log []platform.Request
	pool.Log = func(r platform.Request) { log = append(log, r) }
	require.NoError(t, pool.Run(seconds(100)))
	assert.True(t, pool.Ended())
	assert.Equal(t, seconds(24.5), pool.Now())
	o := pool.Observations()
	require.NoError(t, o.Check())
	assert.Equal(t, []int64{5, 1, 2, 0, 2}, []int64{o.Arrivals, o.Cold, o.Warm, o.WaitingAtEnd, o.TimedOut})
	pool.LogUnfinished()
	assert.Equal(t, []platform.Request{
		{Number: 1, Arrival: 0, Start: 0, Completion: seconds(1), Outcome: platform.OutcomeCold, Instance: 1, Service: seconds(1), Cold: true},
		{Number: 2, Arrival: seconds(1), Start: seconds(10), Completion: seconds(11), Outcome: platform.OutcomeWarm, Instance: 1, Service: seconds(1), Cold: false},
		{Number: 3, Arrival: seconds(12), Start: seconds(20), Completion: seconds(21), Outcome: platform.OutcomeWarm, Instance: 1, Service: seconds(1), Cold: false},
		{Number: 4, Arrival: seconds(12.5), Outcome: platform.OutcomeTimedOut, Service: seconds(1)},
		{Number: 5, Arrival: seconds(13), Outcome: platform.OutcomeTimedOut, Service: seconds(1)},
	}, log)
}

func TestTheCapacityOfDispatch(t *testing.T) {
	assert.Equal(t, math.Inf(1), pool.Dispatch{}.Capacity())
	assert.Equal(t, math.Inf(1), pool.Dispatch{Interval: sim.Second, Batch: platform.Unlimited}.Capacity())
	assert.Equal(t, 10_000.0, pool.Dispatch{Interval: seconds(0.01), Batch: 100}.Capacity())
	assert.Equal(t, 1000.0, pool.Dispatch{Interval: seconds(0.01), Batch: 100, Service: law(t, "constant(1ms)")}.Capacity())
	assert.Equal(t, 200.0, pool.Dispatch{Service: law(t, "exponential(mean=5ms)")}.Capacity())
	assert.Equal(t, 200.0, pool.Dispatch{Service: law(t, "exponential(mean=5ms)"), Batch: platform.Unlimited, PerBatch: sim.Second}.Capacity(), "the larger the batches the less it matters")
	assert.Equal(t, 100.0, pool.Dispatch{Service: law(t, "exponential(mean=5ms)"), Batch: 2, PerBatch: seconds(0.01)}.Capacity())
	assert.Equal(t, 20.0, pool.Dispatch{Interval: seconds(0.1), Batch: 2, PerBatch: seconds(0.01)}.Capacity())
	assert.False(t, pool.Dispatch{Batch: 3, HandOver: pool.Together}.Exists())
	assert.True(t, pool.Dispatch{PerBatch: 1}.Exists())
}
