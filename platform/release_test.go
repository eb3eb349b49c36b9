package platform_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// at returns arrivals at the given times.
func at(t testing.TB, times ...string) dist.Arrivals {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(times, "\n")+"\n"), 0o666))
	return process(t, "trace("+file+")")
}

// told runs a pool and returns its events, a line each: when, what, which request, which instance and
// the state of the instance after it.
func told(t testing.TB, config pool.Config, arrivals dist.Arrivals, until sim.Time) (lines []string) {
	t.Helper()
	h, err := pool.NewHistory(config, arrivals, 1, 0)
	require.NoError(t, err)
	for {
		e, ok, err := h.Next(until)
		require.NoError(t, err)
		if !ok {
			return lines
		}
		n := h.Totals()
		lines = append(lines, fmt.Sprintf("%v %v request %d instance %d %v, %d running %d idle %d releasing", e.Time.Seconds(), e.Kind, e.Request, e.Instance, e.State, n.Running, n.Idle, n.Releasing))
	}
}

// Cold starts take two seconds here, warm ones one, and releases one: worked out by hand.
func TestReleasesByHand(t *testing.T) {
	plain := pool.Config{Warm: law(t, "constant(1s)"), Cold: law(t, "constant(2s)"), Release: law(t, "constant(1s)"), KeepAlive: seconds(5), MaxInstances: 2}
	with := func(change func(*pool.Config)) pool.Config {
		c := plain
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		config pool.Config
		times  []string
		want   []string
	}{
		"a release ends at the moment of an arrival, and so in time for it": {plain, []string{"0", "3"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 0 running 1 idle 0 releasing",
			"3 warm_start request 2 instance 1 warm, 1 running 0 idle 0 releasing",
			"4 completed request 2 instance 1 releasing, 0 running 1 idle 1 releasing",
		}},
		"an arrival a moment before it starts another instance": {plain, []string{"0", "2.999999999"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"2.999999999 cold_start request 2 instance 2 cold, 1 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 1 running 1 idle 0 releasing",
			"4.999999999 completed request 2 instance 2 releasing, 0 running 2 idle 1 releasing",
		}},
		"the keep-alive begins at the end of the release: warm at its last moment": {plain, []string{"0", "8"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 0 running 1 idle 0 releasing",
			"8 warm_start request 2 instance 1 warm, 1 running 0 idle 0 releasing",
			"9 completed request 2 instance 1 releasing, 0 running 1 idle 1 releasing",
		}},
		"the keep-alive begins at the end of the release: expired a moment later": {plain, []string{"0", "8.000000001"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 0 running 1 idle 0 releasing",
			"8 expired request 0 instance 1 gone, 0 running 0 idle 0 releasing",
			"8.000000001 cold_start request 2 instance 2 cold, 1 running 0 idle 0 releasing",
			"10.000000001 completed request 2 instance 2 releasing, 0 running 1 idle 1 releasing",
		}},
		"a waiting request is served at the end of the release": {with(func(c *pool.Config) { c.MaxInstances, c.WhenFull, c.QueueTimeout = 1, pool.Queue, sim.Never }), []string{"0", "1"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"1 queued request 2 instance 0 gone, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"3 freed request 2 instance 1 warm, 1 running 0 idle 0 releasing",
			"4 completed request 2 instance 1 releasing, 0 running 1 idle 1 releasing",
		}},
		"a waiting request is served at its very deadline, and the next times out": {with(func(c *pool.Config) { c.MaxInstances, c.WhenFull, c.QueueTimeout = 1, pool.Queue, seconds(2) }), []string{"0", "1", "2.5"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"1 queued request 2 instance 0 gone, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"2.5 queued request 3 instance 0 gone, 0 running 1 idle 1 releasing",
			"3 freed request 2 instance 1 warm, 1 running 0 idle 0 releasing",
			"4 completed request 2 instance 1 releasing, 0 running 1 idle 1 releasing",
			"4.5 timed_out request 3 instance 0 gone, 0 running 1 idle 1 releasing",
		}},
		"a pool full of releasing instances rejects": {plain, []string{"0", "0", "2.5", "3"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"0 cold_start request 2 instance 2 cold, 2 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 1 running 1 idle 1 releasing",
			"2 completed request 2 instance 2 releasing, 0 running 2 idle 2 releasing",
			"2.5 rejected request 3 instance 0 gone, 0 running 2 idle 2 releasing",
			"3 freed request 0 instance 1 idle, 0 running 2 idle 1 releasing",
			"3 freed request 0 instance 2 idle, 0 running 2 idle 0 releasing",
			"3 warm_start request 4 instance 2 warm, 1 running 1 idle 0 releasing",
			"4 completed request 4 instance 2 releasing, 0 running 2 idle 1 releasing",
		}},
		"without keep-alive an instance expires with its release": {with(func(c *pool.Config) { c.KeepAlive = 0 }), []string{"0", "9"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 0 running 1 idle 0 releasing",
			"3 expired request 0 instance 1 gone, 0 running 0 idle 0 releasing",
			"9 cold_start request 2 instance 2 cold, 1 running 0 idle 0 releasing",
			"11 completed request 2 instance 2 releasing, 0 running 1 idle 1 releasing",
		}},
		"the requests of the initial state are followed by releases, too": {with(func(c *pool.Config) { c.InitialRunning, c.MaxInstances = 1, 1 }), []string{"1.5", "2"}, []string{
			"1 completed request 0 instance 1 releasing, 0 running 1 idle 1 releasing",
			"1.5 rejected request 1 instance 0 gone, 0 running 1 idle 1 releasing",
			"2 freed request 0 instance 1 idle, 0 running 1 idle 0 releasing",
			"2 warm_start request 2 instance 1 warm, 1 running 0 idle 0 releasing",
			"3 completed request 2 instance 1 releasing, 0 running 1 idle 1 releasing",
		}},
		"a release takes no CPU": {with(func(c *pool.Config) {
			c.Cores, c.StartupCPU = platform.Cores{Physical: 1}, 1
		}), []string{"0", "2.5"}, []string{
			"0 cold_start request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"1 ready request 1 instance 1 cold, 1 running 0 idle 0 releasing",
			"2 completed request 1 instance 1 releasing, 0 running 1 idle 1 releasing",
			"2.5 cold_start request 2 instance 2 cold, 1 running 1 idle 1 releasing",
			"3 freed request 0 instance 1 idle, 1 running 1 idle 0 releasing",
			"3.5 ready request 2 instance 2 cold, 1 running 1 idle 0 releasing",
			"4.5 completed request 2 instance 2 releasing, 0 running 2 idle 1 releasing",
		}},
	} {
		assert.Equal(t, c.want, told(t, c.config, at(t, c.times...), seconds(100)), name)
	}
}

// What is observed of a release: one request that starts cold at 0 and takes 2 s, a release of 3 s, a
// keep-alive of 5 s, and the period to 20 s.
func TestWhatIsObservedOfARelease(t *testing.T) {
	config := pool.Config{Warm: law(t, "constant(1s)"), Cold: law(t, "constant(2s)"), Release: law(t, "constant(3s)"), KeepAlive: seconds(5), MaxInstances: 9}
	instances, err := pool.New(config, process(t, "steps(rates=[0/s, 1/s], at=[1h])"), 1, 0)
	require.NoError(t, err)
	require.NoError(t, instances.Run(seconds(1)))
	o := instances.Observations()
	assert.True(t, o.CanRelease)
	assert.Zero(t, metric(ContainerMetrics, "releasing")(&o))
	e := platform.Estimate(ContainerMetrics, []platform.Observations{o, o.Clone()})
	for i, m := range ContainerMetrics {
		if m.Name == platform.ReleasingInstances {
			assert.Positive(t, e[i].HalfWidth, "what was not seen yet is not known to be nothing")
		}
	}

	instances, err = pool.New(config, process(t, "constant(rate=0.05/s)"), 1, 0) // at 20 s, 40 s …
	require.NoError(t, err)
	require.NoError(t, instances.Run(seconds(20)-1))
	instances.Restart()
	require.NoError(t, instances.Run(seconds(40)-1))
	o = instances.Observations()
	require.NoError(t, o.Check())
	for name, want := range map[string]float64{
		"releasing": 3. / 20, "idle": 8. / 20, "running": 2. / 20, "instances": 10. / 20, "running_cold": 2. / 20, "warm_instances": 8. / 20,
		"utilization": 0, "response_time": 2, "response_time_cold": 2, "throughput": 1. / 20, "instance_lifetime": 10, "cold_start_probability": 1,
	} {
		assert.InDelta(t, want, metric(ContainerMetrics, name)(&o), 1e-8, name)
	}
	assert.InDelta(t, 10, o.Lifetime.Seconds(), 1e-8)
	assert.Equal(t, platform.Counts{}, instances.Counts())
}

// A release that takes no time is none.
func TestAReleaseOfNoTimeIsNone(t *testing.T) {
	config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, "exponential(mean=3s)"), KeepAlive: seconds(5), MaxInstances: 6, Routing: pool.Random}
	run := func(release dist.Distribution) platform.Observations {
		config.Release = release
		return replicate(t, 1, seconds(10), seconds(1000), poolsOf(config, process(t, "poisson(rate=3/s)"), 3))[0]
	}
	none := run(nil)
	assert.Equal(t, none, run(dist.Constant{}))
	assert.False(t, none.CanRelease)
	assert.NotEqual(t, none.Cold, run(dist.Constant{Value: 0.1}).Cold)
}

// The release after a request is the same whichever instance serves it, whenever, and whatever happens
// to others: it is followed through two platforms that have little else in common.
func TestTheReleaseAfterARequestIsItsOwn(t *testing.T) {
	of := func(config pool.Config) map[int64]sim.Time {
		config.Warm, config.Release = law(t, "exponential(mean=1s)"), law(t, "exponential(mean=2s)")
		h, err := pool.NewHistory(config, process(t, "poisson(rate=3/s)"), 7, 2)
		require.NoError(t, err)
		lengths, since := map[int64]sim.Time{}, map[int64]platform.Event{}
		for {
			e, ok, err := h.Next(seconds(500))
			require.NoError(t, err)
			switch {
			case !ok:
				return lengths
			case e.Kind == platform.EventCompleted:
				since[e.Instance] = e
			case e.Kind == platform.EventFreed:
				if began := since[e.Instance]; began.Completed > 0 {
					lengths[began.Completed] = e.Time - began.Time
				}
			}
		}
	}
	a := of(pool.Config{Cold: law(t, "exponential(mean=3s)"), KeepAlive: seconds(1), MaxInstances: platform.Unlimited, InitialRunning: 3})
	b := of(pool.Config{Startup: law(t, "constant(1s)"), KeepAlive: sim.Never, MaxInstances: 6, WhenFull: pool.Queue, QueueTimeout: seconds(4), Routing: pool.LRU,
		Cores: platform.Cores{Physical: 2}, StartupCPU: 1, Dispatch: pool.Dispatch{Interval: seconds(1), Batch: 5}})
	common, total := 0, 0.0
	for request, length := range a {
		total += length.Seconds()
		if other, ok := b[request]; ok {
			require.Equal(t, length, other, "request %d", request)
			common++
		}
	}
	require.Greater(t, common, 500)
	assert.InDelta(t, 2, total/float64(len(a)), 5*2/math.Sqrt(float64(len(a))))
}

// On every sample path, with MRU routing and no cap, there are as many instances as were busy at once
// at most during the last keep-alive: with a request, or releasing.
func TestInstancesAreTheSlidingMaximumOfTheBusy(t *testing.T) {
	for _, release := range []string{"constant(300ms)", "exponential(mean=1s)", "pareto(shape=1.5, mean=500ms)"} {
		for _, arrivals := range []string{"poisson(rate=2/s)", "batch(poisson(rate=0.3/s), size=7)", "mmpp(rates=[0.1/s, 12/s], sojourns=[20s, 3s])"} {
			for _, keepAlive := range []float64{0, 0.7, 5} {
				config := pool.Config{Warm: law(t, "lognormal(mean=1s, cv=2)"), Cold: law(t, "exponential(mean=2s)"), Release: law(t, release),
					KeepAlive: seconds(keepAlive), MaxInstances: platform.Unlimited, Routing: pool.MRU}
				const seed = 6
				instances, err := pool.New(config, process(t, arrivals), seed, 0)
				require.NoError(t, err)
				var log []platform.Request
				instances.Log = func(r platform.Request) { // in the order of the requests, which all start at once
					require.Equal(t, r.Completion+releaseAfter(config, seed, uint64(len(log))), r.Released)
					r.Completion = r.Released
					log = append(log, r)
				}
				rng := rand.New(rand.NewPCG(1, 2))
				now := sim.Time(0)
				for range 300 {
					now += sim.Time(rng.ExpFloat64() * 1e9)
					require.NoError(t, instances.Run(now))
					require.Equal(t, slidingMaximum(log, now, config.KeepAlive), instances.Counts().Instances, "%s, %s, %v at %v", release, arrivals, keepAlive, now)
				}
			}
		}
	}
}

// A full pool that rejects is Erlang's loss system of the sum of service and release: it depends on the
// laws by their means alone, and so does the number running, a Poisson variable cut jointly with the
// number releasing.
func TestAFullPoolWithReleasesIsErlangsLossSystem(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct {
		warm, release string
		rate          float64
		most          int
	}{
		{"lognormal(mean=1s, cv=2)", "constant(250ms)", 4, 5},
		{"constant(20ms)", "exponential(mean=20ms)", 300, 12},
		{"exponential(mean=1s)", "hyperexponential(mean=2s, cv=2)", 0.5, 1},
	} {
		config := pool.Config{Warm: law(t, c.warm), Cold: law(t, "constant(9s)"), Release: law(t, c.release), KeepAlive: sim.Never, MaxInstances: c.most, InitialIdle: c.most}
		service, _ := config.Warm.Moments()
		release := config.MeanRelease()
		observed := replicate(t, replications, seconds(200*(service+release)), seconds(60_000/c.rate), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 31))
		a, b := distuv.Poisson{Lambda: c.rate * service}, distuv.Poisson{Lambda: c.rate * release}
		pmf, total, loss := make([]float64, c.most+1), 0.0, 0.0
		for i := range pmf {
			for j := 0; i+j <= c.most; j++ {
				p := a.Prob(float64(i)) * b.Prob(float64(j))
				pmf[i] += p
				total += p
				if i+j == c.most {
					loss += p
				}
			}
		}
		for i := range pmf {
			pmf[i] /= total
		}
		loss /= total
		name := fmt.Sprintf("%s and %s at %v/s on %d", c.warm, c.release, c.rate, c.most)
		f.compare(t, name+": rejection", observed, loss, 0.03, metric(ContainerMetrics, "rejection_probability"))
		f.compare(t, name+": running", observed, c.rate*(1-loss)*service, 0.02, metric(ContainerMetrics, "running"))
		f.compare(t, name+": releasing", observed, c.rate*(1-loss)*release, 0.02, metric(ContainerMetrics, "releasing"))
		f.compare(t, name+": response", observed, service, 0.02, metric(ContainerMetrics, "response_time"))
		f.comparePMF(t, name, observed, func(n int) float64 {
			if n > c.most {
				return 0
			}
			return pmf[n]
		}, 0.05, func(o *platform.Observations) []float64 { return o.Running.Probabilities() })
	}
	f.check(t)
}

// Without keep-alive and cap the busy instances are those of M/G/∞.
func TestWithoutKeepAliveReleasesAreServersInInfinity(t *testing.T) {
	tests.Slow(t)
	var f family
	config := pool.Config{Warm: law(t, "constant(1s)"), Cold: law(t, "lognormal(mean=1s, cv=2)"), Release: law(t, "gamma(mean=500ms, cv=0.5)"), MaxInstances: platform.Unlimited}
	observed := replicate(t, replications, seconds(200), seconds(20_000), poolsOf(config, process(t, "poisson(rate=3/s)"), 32))
	busy := distuv.Poisson{Lambda: 3 * 1.5}
	f.compare(t, "instances", observed, 4.5, 0.01, metric(ContainerMetrics, "instances"))
	f.compare(t, "releasing", observed, 1.5, 0.01, metric(ContainerMetrics, "releasing"))
	f.compare(t, "idle", observed, 1.5, 0.01, metric(ContainerMetrics, "idle"))
	f.compare(t, "running", observed, 3, 0.01, metric(ContainerMetrics, "running"))
	f.compare(t, "response", observed, 1, 0.01, metric(ContainerMetrics, "response_time"))
	f.comparePMF(t, "instances", observed, func(n int) float64 { return busy.Prob(float64(n)) }, 0.05, instanceProbabilities)
	f.check(t)
}

// Little's law: releasing = throughput × mean release, on any pool.
func TestLittlesLawOfReleases(t *testing.T) {
	tests.Slow(t)
	var f family
	for i, c := range []pool.Config{
		{KeepAlive: seconds(10), MaxInstances: platform.Unlimited, Routing: pool.MRU},
		{KeepAlive: seconds(10), MaxInstances: 5, Routing: pool.LRU},
		{KeepAlive: seconds(2), MaxInstances: 6, Routing: pool.Random, WhenFull: pool.Queue, QueueTimeout: seconds(3)},
		{KeepAlive: seconds(3), MaxInstances: 8, Routing: pool.Newest, WhenFull: pool.Queue, QueueTimeout: sim.Never, Cores: platform.Cores{Physical: 4, AllCoreSpeed: 1.5}, StartupCPU: 0.5},
	} {
		c.Warm, c.Cold, c.Release = law(t, "lognormal(mean=1s, cv=1)"), law(t, "gamma(mean=3s, cv=0.5)"), law(t, "weibull(shape=0.7, mean=400ms)")
		observed := replicate(t, replications, seconds(1000), seconds(30_000), poolsOf(c, process(t, "mmpp(rates=[1/s, 3/s], sojourns=[30s, 10s])"), 33))
		f.compare(t, fmt.Sprintf("case %d", i+1), observed, 1, 0.01, func(o *platform.Observations) float64 {
			return metric(ContainerMetrics, "releasing")(o) / (metric(ContainerMetrics, "throughput")(o) * 0.4)
		})
	}
	f.check(t)
}
