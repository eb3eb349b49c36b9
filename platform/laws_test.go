package platform_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// replications of every law; their spans are chosen so that its 95 % interval is as
// narrow as the test demands.
const replications = 24

func seconds(s float64) sim.Time { return sim.FromSeconds(s) }

// On every sample path: under MRU routing and no cap, instances(t) is the maximum of
// running over [t−τ, t]. The tracker computes it from the log of requests.
func TestInstancesAreTheSlidingMaximumOfRunning(t *testing.T) {
	for _, warm := range []string{"exponential(mean=1s)", "constant(1s)", "pareto(shape=1.2, mean=1s)", "hyperexponential(mean=1s, cv=4)"} {
		for _, arrivals := range []string{"poisson(rate=2/s)", "batch(poisson(rate=0.3/s), size=7)", "mmpp(rates=[0.1/s, 12/s], sojourns=[20s, 3s])", "renewal(lognormal(mean=500ms, cv=3))"} {
			for _, keepAlive := range []float64{0, 0.7, 5, 60} {
				t.Run(fmt.Sprintf("%s, %s, %vs", warm, arrivals, keepAlive), func(t *testing.T) {
					config := pool.Config{Warm: law(t, warm), Cold: law(t, "exponential(mean=2s)"),
						KeepAlive: seconds(keepAlive), MaxInstances: platform.Unlimited, Routing: pool.MRU}
					pool, err := pool.New(config, process(t, arrivals), 5, 0)
					require.NoError(t, err)
					var log []platform.Request
					pool.Log = func(r platform.Request) { log = append(log, r) }
					rng := rand.New(rand.NewPCG(1, 2))
					now := sim.Time(0)
					for range 300 {
						now += sim.Time(rng.ExpFloat64() * 1e9)
						require.NoError(t, pool.Run(now))
						require.Equal(t, slidingMaximum(log, now, config.KeepAlive), pool.Counts().Instances, "at %v", now)
					}
				})
			}
		}
	}
}

// slidingMaximum returns the largest number of requests in service at once at any moment
// of [now−window, now].
func slidingMaximum(log []platform.Request, now, window sim.Time) int {
	running := func(at sim.Time) (n int) {
		for _, r := range log {
			if r.Start <= at && at < r.Completion {
				n++
			}
		}
		return n
	}
	most := running(now - window)
	for _, r := range log { // it only grows at a start
		if r.Start >= now-window && r.Start <= now {
			most = max(most, running(r.Start))
		}
	}
	return most
}

func TestTheSlidingMaximumInNumbers(t *testing.T) {
	tests.Slow(t)
	file, err := os.Open("testdata/sliding_maximum.csv")
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	var f family
	for _, row := range rows[1:] {
		var x [7]float64
		for i, cell := range row {
			x[i], err = strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
		}
		rate, service, keepAlive := x[0], x[1], x[2]
		exponential := law(t, fmt.Sprintf("exponential(mean=%vs)", service))
		config := pool.Config{Warm: exponential, Cold: exponential, KeepAlive: seconds(keepAlive), MaxInstances: platform.Unlimited}
		// Enough cold starts for 2 % on the rarest, and 50,000 requests at least.
		span := max(50_000, 800/x[3]) / rate
		observed := replicate(t, replications, seconds(10*(keepAlive+service)), seconds(span),
			poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", rate)), 1))
		for i, name := range []string{"cold_start_probability", "instances", "running", "idle"} {
			f.compare(t, fmt.Sprintf("λ=%v, S=%v, τ=%v: %s", rate, service, keepAlive, name), observed, x[3+i], 0.03, metric(ContainerMetrics, name))
		}
	}
	require.Len(t, f.comparisons, 8*4)
	f.check(t)
}

// comparePMF compares the distribution of a number of instances where it has mass.
func (f *family) comparePMF(t *testing.T, name string, observed []platform.Observations, pmf func(n int) float64, resolution float64, of func(*platform.Observations) []float64) {
	for n := range 200 {
		if p := pmf(n); p > 0.02 {
			f.compare(t, fmt.Sprintf("%s: P(N = %d)", name, n), observed, p, resolution, func(o *platform.Observations) float64 {
				if all := of(o); n < len(all) {
					return all[n]
				}
				return 0
			})
		}
	}
}

func instanceProbabilities(o *platform.Observations) []float64 { return o.Instances.Probabilities() }

func poisson(mean float64) func(int) float64 {
	return func(n int) float64 { return distuv.Poisson{Lambda: mean}.Prob(float64(n)) }
}

func TestUnlimitedCoresAreMGInfinity(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, service := range []string{"exponential(mean=2s)", "constant(2s)", "lognormal(mean=2s, cv=3)", "hyperexponential(mean=2s, cv=2)", "shifted(500ms, weibull(shape=0.7, mean=1.5s))"} {
		config := executors.Config{Service: law(t, service)}
		observed := replicate(t, replications, seconds(1000), seconds(20_000), executorsOf(config, process(t, "poisson(rate=2/s)"), 2))
		f.compare(t, service+": executors", observed, 4, 0.02, metric(WasmMetrics, "instances"))
		f.compare(t, service+": response time", observed, 2, 0.02, metric(WasmMetrics, "response_time"))
		f.comparePMF(t, service, observed, poisson(4), 0.05, instanceProbabilities)
	}
	// A start-up is part of the response and needs no core.
	config := executors.Config{Service: law(t, "exponential(mean=1s)"), Startup: law(t, "uniform(0s, 2s)")}
	observed := replicate(t, replications, seconds(1000), seconds(20_000), executorsOf(config, process(t, "poisson(rate=2/s)"), 3))
	f.compare(t, "with start-up: response time", observed, 2, 0.02, metric(WasmMetrics, "response_time"))
	f.comparePMF(t, "with start-up", observed, poisson(4), 0.05, instanceProbabilities)
	f.check(t)
}

func TestWithoutKeepAliveEveryRequestIsColdAsInMGInfinity(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, cold := range []string{"exponential(mean=3s)", "constant(3s)", "gamma(mean=3s, cv=2)"} {
		config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, cold), KeepAlive: 0, MaxInstances: platform.Unlimited}
		observed := replicate(t, replications, seconds(1000), seconds(20_000), poolsOf(config, process(t, "poisson(rate=2/s)"), 4))
		for _, o := range observed {
			require.Equal(t, o.Arrivals, o.Cold)
		}
		f.compare(t, cold+": instances", observed, 6, 0.02, metric(ContainerMetrics, "instances"))
		f.comparePMF(t, cold, observed, poisson(6), 0.05, instanceProbabilities)
	}
	// The same with the start-up given on its own.
	config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Startup: law(t, "constant(2s)"), KeepAlive: 0, MaxInstances: platform.Unlimited}
	observed := replicate(t, replications, seconds(1000), seconds(20_000), poolsOf(config, process(t, "poisson(rate=2/s)"), 4))
	f.compare(t, "start-up + warm: cold response", observed, 3, 0.01, metric(ContainerMetrics, "response_time_cold"))
	f.comparePMF(t, "start-up + warm", observed, poisson(6), 0.05, instanceProbabilities)
	f.check(t)
}

// erlangB is the loss probability of a calls offered to c lines (Erlang 1917), by
// the recursion over lines.
func erlangB(a float64, c int) float64 {
	b := 1.0
	for m := 1; m <= c; m++ {
		b = a * b / (float64(m) + a*b)
	}
	return b
}

// erlangC is the probability of waiting for one of c servers.
func erlangC(a float64, c int) float64 {
	b := erlangB(a, c)
	return b / (1 - a/float64(c)*(1-b))
}

func TestAFullPoolThatRejectsIsErlangB(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, warm := range []string{"lognormal(mean=1s, cv=2)", "exponential(mean=1s)", "constant(1s)"} {
		for _, c := range []struct {
			rate float64
			cap  int
		}{{4, 5}, {0.5, 1}, {20, 15}} {
			config := pool.Config{Warm: law(t, warm), Cold: law(t, "exponential(mean=9s)"), KeepAlive: sim.Never,
				MaxInstances: c.cap, InitialIdle: c.cap, WhenFull: pool.Reject}
			observed := replicate(t, replications, seconds(500), seconds(6000), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 6))
			loss := erlangB(c.rate, c.cap)
			name := fmt.Sprintf("%s at %v/s on %d", warm, c.rate, c.cap)
			f.compare(t, name+": rejection", observed, loss, 0.03, metric(ContainerMetrics, "rejection_probability"))
			f.compare(t, name+": running", observed, c.rate*(1-loss), 0.02, metric(ContainerMetrics, "running"))
			for _, o := range observed {
				require.Zero(t, o.Cold, "a full pool starts nothing")
			}
		}
	}
	f.check(t)
}

func TestAFullPoolThatQueuesIsErlangC(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct {
		rate    float64
		servers int
	}{{0.7, 1}, {4, 5}, {12, 15}} {
		n := float64(c.servers)
		wait := erlangC(c.rate, c.servers)
		mean := wait / (n - c.rate)
		arrivals := process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate))
		exponential := law(t, "exponential(mean=1s)")
		name := fmt.Sprintf("%v/s on %d", c.rate, c.servers)

		pool := pool.Config{Warm: exponential, Cold: exponential, KeepAlive: sim.Never, MaxInstances: c.servers,
			InitialIdle: c.servers, WhenFull: pool.Queue, QueueTimeout: sim.Never}
		observed := replicate(t, replications, seconds(2000), seconds(16_000), poolsOf(pool, arrivals, 7))
		f.compare(t, name+", pool: waiting time", observed, mean, 0.05, metric(ContainerMetrics, "waiting_time"))
		f.compare(t, name+", pool: response time", observed, mean+1, 0.05, metric(ContainerMetrics, "response_time"))
		f.compare(t, name+", pool: waiting requests", observed, c.rate*mean, 0.06, func(o *platform.Observations) float64 { return o.Waiting.Mean() })
		f.compare(t, name+", pool: all busy", observed, wait, 0.03, func(o *platform.Observations) float64 {
			p := o.Running.Probabilities()
			if len(p) <= c.servers {
				return 0
			}
			return p[c.servers]
		})

		// Cores held one by one are the same queue.
		cores := executors.Config{Service: exponential, Cores: platform.Cores{Physical: c.servers}, Discipline: executors.FCFS}
		observed = replicate(t, replications, seconds(2000), seconds(16_000), executorsOf(cores, arrivals, 8))
		f.compare(t, name+", cores: waiting time", observed, mean, 0.05, metric(WasmMetrics, "waiting_time"))
		f.compare(t, name+", cores: response time", observed, mean+1, 0.05, metric(WasmMetrics, "response_time"))
		f.compare(t, name+", cores: executors", observed, c.rate*(mean+1), 0.05, metric(WasmMetrics, "instances"))
	}
	f.check(t)
}

// deadline returns the probability that a request of M/M/c leaves unserved because it
// waited for d, and the mean wait of the served. While the wait w that a request would have is
// below d, its density is λπ(c−1)exp(−(cμ−λ)w) (level crossings: Brill and Posner,
// Operations Research 1977); beyond, no request joins, and it falls as exp(−cμw).
func deadline(rate, c, d float64) (timeout, wait float64) {
	term, below := 1.0, 0.0 // of states 0 … c−1, relative to state 0; μ = 1
	last := term
	for j := 0.0; j < c; j++ {
		below += term
		last = term
		term *= rate / (j + 1)
	}
	const steps = 200_000
	h := d / steps
	inside, moment := 0.0, 0.0
	for i := range steps { // midpoint rule
		w := (float64(i) + 0.5) * h
		density := rate * last * math.Exp(-(c-rate)*w)
		inside += density * h
		moment += w * density * h
	}
	beyond := rate * last * math.Exp(-(c-rate)*d) / c
	total := below + inside + beyond
	return beyond / total, moment / (below + inside)
}

func TestADeadlineOnWaitingIsMMcD(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct {
		rate    float64
		servers int
		d       float64
	}{{4, 5, 0.5}, {8, 5, 2}, {1, 1, 1}, {6, 5, 0.05}} {
		timeout, wait := deadline(c.rate, float64(c.servers), c.d)
		config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, "exponential(mean=1s)"), KeepAlive: sim.Never,
			MaxInstances: c.servers, InitialIdle: c.servers, WhenFull: pool.Queue, QueueTimeout: seconds(c.d)}
		observed := replicate(t, replications, seconds(500), seconds(4000), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 9))
		name := fmt.Sprintf("%v/s on %d, deadline %vs", c.rate, c.servers, c.d)
		f.compare(t, name+": timeout", observed, timeout, 0.03, metric(ContainerMetrics, "timeout_probability"))
		f.compare(t, name+": waiting time", observed, wait, 0.03, metric(ContainerMetrics, "waiting_time"))
	}
	f.check(t)
}

// sharing is the distribution of the number present when n executors share the cores
// equally: P(n) ∝ aⁿ / Π min(j, cores), for any service distribution (Kelly,
// Reversibility and Stochastic Networks, 1979).
func sharing(a float64, cores int) (pmf []float64) {
	term, total := 1.0, 0.0
	for n := 1; n < 4000; n++ {
		pmf = append(pmf, term)
		total += term
		term *= a / float64(min(n, cores))
	}
	for n := range pmf {
		pmf[n] /= total
	}
	return pmf
}

func TestSharedCoresAreProcessorSharing(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, service := range []string{"pareto(shape=2.2, mean=1s)", "hyperexponential(mean=1s, cv=3)", "constant(1s)"} {
		for _, c := range []struct {
			rate  float64
			cores int
		}{{0.6, 1}, {3, 4}, {7, 10}} {
			pmf := sharing(c.rate, c.cores)
			mean := 0.0
			for n, p := range pmf {
				mean += float64(n) * p
			}
			config := executors.Config{Service: law(t, service), Cores: platform.Cores{Physical: c.cores}}
			observed := replicate(t, replications, seconds(2000), seconds(12_000), executorsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 10))
			name := fmt.Sprintf("%s at %v/s on %d cores", service, c.rate, c.cores)
			f.compare(t, name+": executors", observed, mean, 0.08, metric(WasmMetrics, "instances"))
			f.compare(t, name+": response time", observed, mean/c.rate, 0.08, metric(WasmMetrics, "response_time"))
			f.comparePMF(t, name, observed, func(n int) float64 { return pmf[n] }, 0.08, instanceProbabilities)
		}
	}
	f.check(t)
}

// A start-up delays an executor and holds no core, so the cores see the same Poisson
// stream a little later.
func TestAStartupHoldsNoCore(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, discipline := range []executors.Discipline{executors.ProcessorSharing, executors.FCFS} {
		config := executors.Config{Service: law(t, "exponential(mean=1s)"), Startup: law(t, "uniform(0s, 4s)"), Cores: platform.Cores{Physical: 4}, Discipline: discipline}
		observed := replicate(t, replications, seconds(200), seconds(2000), executorsOf(config, process(t, "poisson(rate=3/s)"), 11))
		response := erlangC(3, 4)/(4-3) + 1 + 2 // M/M/4 in either discipline
		f.compare(t, discipline.String()+": response time", observed, response, 0.03, metric(WasmMetrics, "response_time"))
		f.compare(t, discipline.String()+": executors", observed, 3*response, 0.03, metric(WasmMetrics, "instances"))
	}
	f.check(t)
}

func TestLittlesLaws(t *testing.T) {
	tests.Slow(t)
	var f family
	for i, c := range []pool.Config{
		{KeepAlive: seconds(10), MaxInstances: platform.Unlimited, Routing: pool.MRU},
		{KeepAlive: seconds(10), MaxInstances: 5, Routing: pool.LRU},
		{KeepAlive: seconds(2), MaxInstances: 4, Routing: pool.Random, WhenFull: pool.Queue, QueueTimeout: seconds(3)},
		{KeepAlive: seconds(3), MaxInstances: 6, Routing: pool.Newest, WhenFull: pool.Queue, QueueTimeout: sim.Never},
	} {
		for _, warm := range []string{"lognormal(mean=1s, cv=2)", "constant(1s)"} {
			c.Warm, c.Cold = law(t, warm), law(t, "gamma(mean=3s, cv=0.5)")
			observed := replicate(t, replications, seconds(1000), seconds(60_000), poolsOf(c, process(t, "mmpp(rates=[1/s, 4/s], sojourns=[30s, 10s])"), 12))
			name := fmt.Sprintf("case %d, %s", i+1, warm)
			// Each side is observed on its own; at the ends of the period they differ
			// by what is unfinished, which has mean 0.
			compare := func(what, left string, right func(o *platform.Observations) float64) {
				f.compare(t, name+": "+what, observed, 1, 0.02, func(o *platform.Observations) float64 {
					return metric(ContainerMetrics, left)(o) / (right(o) / o.Span.Seconds())
				})
			}
			compare("running warm = rate of warm starts × service", "running_warm", func(o *platform.Observations) float64 { return float64(o.Warm) * 1 })
			compare("running cold = rate of cold starts × service", "running_cold", func(o *platform.Observations) float64 { return float64(o.Cold) * 3 })
			compare("instances = rate of cold starts × life", "instances", func(o *platform.Observations) float64 {
				return float64(o.Cold) * metric(ContainerMetrics, "instance_lifetime")(o)
			})
		}
	}
	f.check(t)
}

// Metamorphic: a platform on which everything takes k times as long is the same
// platform, watched in slow motion.
func TestScalingTimeScalesResponses(t *testing.T) {
	const k = 8
	run := func(scale float64) platform.Observations {
		config := pool.Config{
			Warm: law(t, fmt.Sprintf("lognormal(mean=%vs, cv=2)", scale)), Cold: law(t, fmt.Sprintf("exponential(mean=%vs)", 3*scale)),
			KeepAlive: seconds(5 * scale), MaxInstances: 6, WhenFull: pool.Queue, QueueTimeout: seconds(2 * scale), Routing: pool.Random,
		}
		return replicate(t, 1, 0, seconds(20_000*scale), poolsOf(config, process(t, fmt.Sprintf("poisson(rate=%v/s)", 3/scale)), 13))[0]
	}
	slow, fast := run(k), run(1)
	assert.Equal(t, []int64{fast.Arrivals, fast.Warm, fast.Cold, fast.TimedOut}, []int64{slow.Arrivals, slow.Warm, slow.Cold, slow.TimedOut})
	for _, m := range ContainerMetrics {
		want := m.Of(&fast)
		switch m.Unit {
		case platform.Seconds:
			want *= k
		case platform.PerSecond:
			want /= k
		}
		// The bins of the histogram are not scaled with the times.
		assert.InEpsilon(t, want+1e-9, m.Of(&slow)+1e-9, 2e-3, m.Name)
	}
}

// Metamorphic: an MRU pool with no cap serves request by request like one that is never
// full, and a cap that is never reached changes nothing at all.
func TestACapThatIsNotReachedChangesNothing(t *testing.T) {
	run := func(most int) platform.Observations {
		config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, "exponential(mean=3s)"), KeepAlive: seconds(20), MaxInstances: most}
		return replicate(t, 1, seconds(100), seconds(10_000), poolsOf(config, process(t, "poisson(rate=2/s)"), 14))[0]
	}
	free, capped := run(platform.Unlimited), run(110)
	for _, m := range ContainerMetrics {
		assert.Equal(t, m.Of(&free), m.Of(&capped), m.Name)
	}
	assert.False(t, free.CanReject)
	assert.True(t, capped.CanReject)
}

func TestNothingIsAllocatedPerRequest(t *testing.T) {
	tests.Slow(t)
	arrivals := process(t, "poisson(rate=10/s)")
	service := law(t, "exponential(mean=1s)")
	for name, start := range map[string]func(int) (simulated, error){
		"mru":    poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 40, Routing: pool.MRU}, arrivals, 1),
		"newest": poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 40, Routing: pool.Newest}, arrivals, 1),
		"lru":    poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 40, Routing: pool.LRU}, arrivals, 1),
		"random": poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 40, Routing: pool.Random}, arrivals, 1),
		"queue":  poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 8, WhenFull: pool.Queue, QueueTimeout: seconds(1)}, arrivals, 1),
		"dispatch": poolsOf(pool.Config{Warm: service, Cold: service, KeepAlive: seconds(5), MaxInstances: 40, WhenFull: pool.Queue, QueueTimeout: seconds(1),
			Dispatch: pool.Dispatch{Interval: seconds(0.1), Batch: 3, Service: law(t, "exponential(mean=20ms)")}}, arrivals, 1),
		"cold only": poolsOf(pool.Config{Warm: service, Startup: service, KeepAlive: 0, MaxInstances: platform.Unlimited}, arrivals, 1),
		"cores":     poolsOf(pool.Config{Warm: service, Startup: service, KeepAlive: seconds(5), MaxInstances: 40, Cores: platform.Cores{Physical: 8, Threads: 2, Yield: 0.3, AllCoreSpeed: 0.9}, StartupCPU: 0.5}, arrivals, 1),
		"release":   poolsOf(pool.Config{Warm: service, Startup: service, Release: service, KeepAlive: seconds(5), MaxInstances: 60}, arrivals, 1),
		"release on cores": poolsOf(pool.Config{Warm: service, Startup: service, Release: law(t, "constant(1s)"), KeepAlive: seconds(5), MaxInstances: 40, WhenFull: pool.Queue, QueueTimeout: seconds(1),
			Cores: platform.Cores{Physical: 8, Speeds: []float64{1, 1.3, 2}}, StartupCPU: 0.5}, arrivals, 1),
		"unlimited": executorsOf(executors.Config{Service: service}, arrivals, 1),
		"sharing":   executorsOf(executors.Config{Service: service, Cores: platform.Cores{Physical: 12}}, arrivals, 1),
		"fcfs":      executorsOf(executors.Config{Service: service, Startup: service, Cores: platform.Cores{Physical: 12}, Discipline: executors.FCFS}, arrivals, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := start(0)
			require.NoError(t, err)
			end := seconds(50_000)
			require.NoError(t, s.Run(end)) // every count and bin has been seen by now
			assert.Zero(t, testing.AllocsPerRun(20, func() {
				end += seconds(100)
				require.NoError(t, s.Run(end))
			}), "allocations in 1,000 requests")
		})
	}
}
