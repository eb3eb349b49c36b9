package platform_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// logged is a platform that logs its requests.
type logged interface {
	simulated
	Limit(responses, waits []sim.Time)
	LogUnfinished()
}

// waitingPlatforms returns platforms of all kinds, some on which requests wait and some on which
// they cannot; each logs its requests.
func waitingPlatforms(t *testing.T, log func(platform.Request)) map[string]func() logged {
	instances := func(c pool.Config, arrivals string) func() logged {
		return func() logged {
			p, err := pool.New(c, process(t, arrivals), 3, 0)
			require.NoError(t, err)
			p.Log = log
			return p
		}
	}
	cores := func(w executors.Config, arrivals string) func() logged {
		return func() logged {
			e, err := executors.New(w, process(t, arrivals), 3, 0)
			require.NoError(t, err)
			e.Log = log
			return e
		}
	}
	exponential, constant := law(t, "exponential(mean=1s)"), law(t, "constant(1s)")
	queue := pool.Config{Warm: exponential, Startup: constant, KeepAlive: 10 * sim.Second, MaxInstances: 3, WhenFull: pool.Queue, QueueTimeout: sim.Never, InitialRunning: 2}
	constants, impatient, reading, sharing, free := queue, queue, queue, queue, queue
	constants.Warm = constant
	impatient.QueueTimeout = 7 * sim.Second / 10
	reading.Dispatch = pool.Dispatch{Interval: 3 * sim.Second / 10, Batch: 3, PerBatch: sim.Second / 100, Service: law(t, "constant(20ms)")}
	sharing.Cores = platform.Cores{Physical: 2}
	free.MaxInstances = platform.Unlimited
	rejecting := reading
	rejecting.WhenFull = pool.Reject
	return map[string]func() logged{
		"a pool that queues":             instances(queue, "poisson(rate=2.5/s)"),
		"constant service":               instances(constants, "poisson(rate=2.5/s)"),
		"arrivals at whole seconds":      instances(constants, "batch(constant(rate=0.5/s), size=4)"),
		"a deadline":                     instances(impatient, "poisson(rate=4/s)"),
		"a reader before a queue":        instances(reading, "poisson(rate=2.5/s)"),
		"a reader before a full pool":    instances(rejecting, "poisson(rate=2.5/s)"),
		"shared cores":                   instances(sharing, "poisson(rate=1.5/s)"),
		"no cap":                         instances(free, "poisson(rate=2.5/s)"),
		"executors that hold cores":      cores(executors.Config{Service: exponential, Cores: platform.Cores{Physical: 3}, Discipline: executors.FCFS}, "poisson(rate=2.5/s)"),
		"executors with constant times":  cores(executors.Config{Service: constant, Cores: platform.Cores{Physical: 3}, Discipline: executors.FCFS}, "poisson(rate=2.5/s)"),
		"executors that share the cores": cores(executors.Config{Service: exponential, Cores: platform.Cores{Physical: 3}}, "poisson(rate=2.5/s)"),
	}
}

// On every platform the metrics of waiting and the fractions beyond a time are those of the
// requests in its log: the path is the oracle. The limits are times that occur, for which "longer"
// and "at least as long" differ.
func TestWaitingIsThatOfTheLog(t *testing.T) {
	const from, to = 50 * sim.Second, 550 * sim.Second
	var log []platform.Request
	for name, start := range waitingPlatforms(t, func(r platform.Request) { log = append(log, r) }) {
		t.Run(name, func(t *testing.T) {
			var o platform.Observations
			var waits, responses, limits []sim.Time
			var queued sim.Time
			for range 2 { // first without limits, which then are times that were seen
				run := start()
				run.Limit(limits, limits)
				require.NoError(t, run.Run(from))
				run.Restart()
				log = nil
				require.NoError(t, run.Run(to))
				run.LogUnfinished()
				o = run.Observations()
				require.NoError(t, o.Check())
				waits, responses, queued = nil, nil, 0
				for _, r := range log {
					began := r.Start
					switch {
					case r.Outcome == platform.OutcomeTimedOut:
						began = r.Arrival + 7*sim.Second/10
					case r.Outcome == platform.OutcomeRejected:
						continue // what the reader's queue holds of these the log does not say
					case r.Outcome != platform.OutcomeUnfinished:
						waits = append(waits, r.Start-r.Arrival)
						responses = append(responses, r.Completion-r.Arrival)
					}
					queued += max(0, min(began, to)-max(r.Arrival, from))
				}
				slices.Sort(waits)
				slices.Sort(responses)
				limits = []sim.Time{0, waits[len(waits)/2], waits[len(waits)*9/10], responses[len(responses)/3], responses[len(responses)*9/10], sim.Never - 1}
			}
			n := float64(len(waits))
			require.Equal(t, n, float64(o.Served()))
			above := func(times []sim.Time, limit sim.Time) (count float64) {
				for _, v := range times {
					if v > limit {
						count++
					}
				}
				return count / n
			}
			metrics := ContainerMetrics
			if strings.HasPrefix(name, "executors") {
				metrics = WasmMetrics
			}
			of := func(name string) float64 { return metric(metrics, name)(&o) }
			total := sim.Time(0)
			for _, w := range waits {
				total += w
			}
			assert.Equal(t, above(waits, 0), of("waiting_probability"))
			waiting, _ := platform.Find(platform.WaitingProbability)
			events, trials := waiting.Events(&o)
			assert.Equal(t, above(waits, 0), float64(events)/n)
			assert.Equal(t, eligible(&o, o.CanWait), trials)
			assert.Equal(t, !strings.Contains(name, "no cap") && !strings.Contains(name, "share the cores"), o.CanWait)
			assert.InDelta(t, total.Seconds()/n, of("waiting_time"), 1e-12)
			if o.Rejected == 0 {
				assert.InDelta(t, queued.Seconds()/(to-from).Seconds(), of("queue"), 1e-9)
			}
			for _, p := range []float64{0.50, 0.90, 0.95, 0.99} {
				exact := waits[int(math.Ceil(p*n))-1].Seconds()
				assert.InDelta(t, exact, of(fmt.Sprintf("waiting_time_p%.0f", 100*p)), exact/1024+1e-9)
			}
			for _, limit := range limits {
				for name, c := range map[string]struct {
					m     platform.Metric
					times []sim.Time
					least bool
				}{
					"waits":             {platform.Beyond(platform.WaitingTime, "", limit, false), waits, false},
					"waits at most":     {platform.Beyond(platform.WaitingTime, "", limit, true), waits, true},
					"responses":         {platform.Beyond(platform.ResponseTime, "", limit, false), responses, false},
					"responses at most": {platform.Beyond(platform.ResponseTime, "", limit, true), responses, true},
				} {
					want := above(c.times, limit)
					if c.least {
						want = 1 - want
					}
					assert.InDelta(t, want, c.m.Of(&o), 1e-12, "%s, %v", name, limit)
					events, trials := c.m.Events(&o)
					assert.InDelta(t, want, float64(events)/n, 1e-12, "%s, %v", name, limit)
					assert.Equal(t, eligible(&o, o.CanWait || strings.HasPrefix(name, "responses")), trials, "what cannot happen has no trials")
				}
			}
		})
	}
}

// The slots of a transient have the fractions, too, though not the distributions.
func TestReducedObservationsKeepWhatIsBeyondLimits(t *testing.T) {
	for name, start := range waitingPlatforms(t, nil) {
		run := start()
		run.Limit([]sim.Time{sim.Second}, []sim.Time{sim.Second / 10})
		var whole, reduced platform.Observations
		for slot := range sim.Time(20) {
			require.NoError(t, run.Run((slot+1)*10*sim.Second))
			o := run.Observations()
			r := o.Reduced()
			whole.Merge(&o)
			reduced.Merge(&r)
			run.Restart()
		}
		metrics := []platform.Metric{platform.Beyond(platform.ResponseTime, "", sim.Second, false), platform.Beyond(platform.WaitingTime, "", sim.Second/10, false)}
		for _, name := range []string{platform.WaitingProbability, platform.WaitingTime, platform.QueueLength} {
			m, _ := platform.Find(name)
			metrics = append(metrics, m)
		}
		for _, m := range metrics {
			assert.Equal(t, m.Of(&whole), m.Of(&reduced), "%s: %s", name, m.Doc)
		}
		assert.Positive(t, platform.Beyond(platform.ResponseTime, "", sim.Second, false).Of(&reduced), name)
	}
}

// erlangCWait returns the p-quantile of the wait in M/M/c with mean service 1: P(W > t) = C exp(−(c − λ) t).
func erlangCWait(rate float64, servers int, p float64) float64 {
	return max(0, math.Log(erlangC(rate, servers)/(1-p))/(float64(servers)-rate))
}

func TestTheWaitInAFullPoolIsThatOfErlangC(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, c := range []struct {
		rate    float64
		servers int
	}{{0.8, 1}, {4, 5}} {
		exponential, name := law(t, "exponential(mean=1s)"), fmt.Sprintf("%v/s on %d", c.rate, c.servers)
		wait, leaves := erlangC(c.rate, c.servers), float64(c.servers)-c.rate
		arrivals := process(t, fmt.Sprintf("poisson(rate=%v/s)", c.rate))
		config := pool.Config{Warm: exponential, Cold: exponential, KeepAlive: sim.Never, MaxInstances: c.servers,
			InitialIdle: c.servers, WhenFull: pool.Queue, QueueTimeout: sim.Never}
		limit := seconds(0.5)
		observed := replicate(t, replications, seconds(1000), seconds(30_000), func(replication int) (simulated, error) {
			p, err := pool.New(config, arrivals, 21, replication)
			p.Limit([]sim.Time{limit}, []sim.Time{limit})
			return p, err
		})
		f.compare(t, name+": probability to wait", observed, wait, 0.03, metric(ContainerMetrics, "waiting_probability"))
		f.compare(t, name+": queue", observed, c.rate*wait/leaves, 0.06, metric(ContainerMetrics, "queue"))
		f.compare(t, name+": wait over 0.5 s", observed, wait*math.Exp(-leaves*0.5), 0.04, platform.Beyond(platform.WaitingTime, "", limit, false).Of)
		for _, q := range []float64{0.90, 0.95, 0.99} {
			f.compare(t, fmt.Sprintf("%s: %v quantile", name, q), observed, erlangCWait(c.rate, c.servers, q), 0.08,
				metric(ContainerMetrics, fmt.Sprintf("waiting_time_p%.0f", 100*q)))
		}
		assert.Equal(t, erlangCWait(c.rate, c.servers, 0.5) > 0, metric(ContainerMetrics, "waiting_time_p50")(&observed[0]) > 0)
	}
	f.check(t)
}

// Pollaczek–Khinchine: a request waits λE[S²]/2(1 − ρ) on average, with probability ρ. Where k
// requests come together, the first waits for the work of the requests before, as in M/G/1 with k
// services as one, and each later one also waits for those before it in the batch.
func TestTheWaitOfOneServerIsPollaczekKhinchine(t *testing.T) {
	tests.Slow(t)
	var f family
	for _, batch := range []float64{1, 4} {
		for service, variation := range map[string]float64{"constant(1s)": 0, "gamma(mean=1s, cv=1.5)": 1.5 * 1.5} {
			const load = 0.6
			arrivals := process(t, fmt.Sprintf("batch(poisson(rate=%v/s), size=%v)", load/batch, batch))
			second := batch*variation + batch*batch // of the work of a batch
			wait := load/batch*second/(2*(1-load)) + (batch-1)/2
			observed := replicate(t, replications, seconds(1000), seconds(30_000),
				executorsOf(executors.Config{Service: law(t, service), Cores: platform.Cores{Physical: 1}, Discipline: executors.FCFS}, arrivals, 22))
			name := fmt.Sprintf("%s in batches of %v", service, batch)
			f.compare(t, name+": probability to wait", observed, (load+batch-1)/batch, 0.03, metric(WasmMetrics, "waiting_probability"))
			f.compare(t, name+": waiting time", observed, wait, 0.06, metric(WasmMetrics, "waiting_time"))
			f.compare(t, name+": queue", observed, load*wait, 0.06, metric(WasmMetrics, "queue"))
		}
	}
	f.check(t)
}

// A response time may have an atom at the limit: a response exactly as long is not longer.
func TestTheFractionAboveAnAtomIsThatOfWhatIsLonger(t *testing.T) {
	tests.Slow(t)
	var f family
	halves := law(t, "mixture(0.5: constant(1s), 0.5: exponential(mean=1s))")
	observed := replicate(t, replications, 0, seconds(20_000), func(replication int) (simulated, error) {
		e, err := executors.New(executors.Config{Service: halves}, process(t, "poisson(rate=1/s)"), 23, replication)
		e.Limit([]sim.Time{sim.Second}, nil)
		return e, err
	})
	f.compare(t, "half of the services constant", observed, math.Exp(-1)/2, 0.02, platform.Beyond(platform.ResponseTime, "", sim.Second, false).Of)
	f.check(t)
}

// eligible returns the number of served requests if the event can happen to them, and else 0.
func eligible(o *platform.Observations, can bool) int64 {
	if !can {
		return 0
	}
	return o.Served()
}
