package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

func transientOf(t testing.TB, s Scenario, horizon sim.Time, points int) *TransientResult {
	t.Helper()
	r, err := Transient(context.Background(), s, TransientOptions{Horizon: horizon, Points: points})
	require.NoError(t, err)
	require.NoError(t, r.Broken)
	return r
}

func estimatesOf(t testing.TB, r *TransientResult, name, metric string) []stats.Estimate {
	t.Helper()
	m, ok := r.Platform(name).Metric(metric)
	require.True(t, ok, metric)
	require.Len(t, m.Estimates, len(r.Times))
	return m.Estimates
}

// A curve is what theory says of a metric as a function of time: the integral of it from 0 to
// t, which gives the average over any slot exactly.
type curve struct {
	platform, metric string
	integral         func(t float64) float64
	per              func(t float64) float64 // what it is divided by, integrated; nil: time
}

// in returns the curve's average over the slot of r with a number.
func (c curve) in(r *TransientResult, slot int) float64 {
	width := r.Horizon.Seconds() / float64(len(r.Times))
	a, b := float64(slot)*width, float64(slot+1)*width
	if c.per != nil {
		return (c.integral(b) - c.integral(a)) / (c.per(b) - c.per(a))
	}
	return (c.integral(b) - c.integral(a)) / width
}

// transientAlpha is the probability that a correct simulator fails one of the tests of laws, for
// one choice of seeds (Bonferroni over slots and curves).
const transientAlpha = 1e-3

// obeys compares every slot with the curves by Student's t. On average over the slots, the replications must
// resolve a difference of the given fraction of the curve's largest value: a band too wide to
// fail for that is an error of the test.
func obeys(t *testing.T, r *TransientResult, resolution float64, curves ...curve) {
	t.Helper()
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(min(r.Replications, mostGroups) - 1)}
	limit := transientAlpha / float64(len(curves)*len(r.Times))
	for _, c := range curves {
		worst, widths, largest := 1.0, 0.0, 0.0
		for i, e := range estimatesOf(t, r, c.platform, c.metric) {
			exact := c.in(r, i)
			largest = max(largest, exact)
			widths += e.HalfWidth / float64(len(r.Times))
			off := math.Abs(e.Mean - exact)
			p := 1.0
			if off > 1e-9*exact {
				p = 2 * student.Survival(off/(e.HalfWidth/student.Quantile(0.975)))
			}
			worst = min(worst, p)
			assert.GreaterOrEqual(t, p, limit, "%s.%s in slot %d, at %v s: simulated %.6g ± %.2g, exact %.6g",
				c.platform, c.metric, i, r.Times[i], e.Mean, e.HalfWidth, exact)
		}
		t.Logf("%s.%s: worst p %.3g of limit %.3g, half-width %.2g of %.3g", c.platform, c.metric, worst, limit, widths, largest)
		assert.LessOrEqual(t, widths, resolution*largest, "%s.%s: too few replications to tell", c.platform, c.metric)
	}
}

// decay is the integral of exp(−t/mean).
func decay(t, mean float64) float64 { return -mean * math.Expm1(-t/mean) }

// A file to put the laws' parameters into.
func transientScenario(t *testing.T, text string) Scenario {
	t.Helper()
	s, err := Parse("transient.yaml", "", []byte(text), nil)
	require.NoError(t, err)
	return s
}

// M/G/∞ from empty: the mean running is the rate × the integral of P(service > x) up to t
// (Takács 1962): for exponential service of mean S, λS(1 − exp(−t/S)); for constant, λ·min(t, S).
func TestStartUpOfMGInfinity(t *testing.T) {
	tests.Slow(t)
	const rate, mean, horizon = 5, 4, 20
	for service, integral := range map[string]func(t float64) float64{
		"exponential(mean=4s)": func(t float64) float64 { return rate * mean * (t - decay(t, mean)) },
		"constant(4s)": func(t float64) float64 {
			if t <= mean {
				return rate * t * t / 2
			}
			return rate * (mean*mean/2 + mean*(t-mean))
		},
		// Phases of balanced means: each serves half of the load.
		"mixture(0.9: exponential(mean=2.2222222222222222s), 0.1: exponential(mean=20s))": func(t float64) float64 {
			const short, long = 20. / 9, 20
			return 0.9*rate*short*(t-decay(t, short)) + 0.1*rate*long*(t-decay(t, long))
		},
	} {
		t.Run(service, func(t *testing.T) {
			s := transientScenario(t, "arrivals: poisson(rate=5/s)\nwasm: {service: '"+service+"'}\nrun: {replications: 500}")
			r := transientOf(t, s, horizon*sim.Second, 40)
			obeys(t, r, 0.03, curve{platform: WasmPlatform, metric: "running", integral: integral},
				curve{platform: WasmPlatform, metric: "instances", integral: integral})
		})
	}
}

// A pool without a cap, warm and cold service exponential of the same mean: running is M/M/∞, whoever
// serves, so from n running it is n·exp(−t/S) + λS(1 − exp(−t/S)); from below its
// steady state and from above.
func TestFromRunningInstancesThePoolTendsToItsLoad(t *testing.T) {
	tests.Slow(t)
	for _, n := range []int{4, 40} {
		s := transientScenario(t, fmt.Sprintf("arrivals: poisson(rate=5/s)\nrun: {replications: 500}\ncontainer: {warm: exponential(mean=4s), cold: exponential(mean=4s), "+
			"max_instances: unlimited, keep_alive: 3s, initial: {running: %d, idle: 3}}", n))
		r := transientOf(t, s, 20*sim.Second, 40)
		obeys(t, r, 0.03, curve{platform: ContainerPlatform, metric: "running", integral: func(t float64) float64 {
			return float64(n)*decay(t, 4) + 5*4*(t-decay(t, 4))
		}})
	}
}

// The load step: what began before it decays, what comes after it builds up.
func TestALoadStepOfMGInfinity(t *testing.T) {
	tests.Slow(t)
	const before, after, step, mean = 2.0, 8.0, 15.0, 3.0
	s := transientScenario(t, "arrivals: 'steps(rates=[2/s, 8/s], at=[15s])'\nwasm: {service: exponential(mean=3s)}\n"+
		"container: {warm: exponential(mean=3s), cold: exponential(mean=3s), max_instances: unlimited}\nrun: {replications: 600}")
	r := transientOf(t, s, 30*sim.Second, 60)
	running := func(t float64) float64 {
		if t <= step {
			return before * mean * (t - decay(t, mean))
		}
		atStep := before * mean * -math.Expm1(-step/mean)
		return before*mean*(step-decay(step, mean)) + atStep*decay(t-step, mean) + after*mean*(t-step-decay(t-step, mean))
	}
	// Completions are the arrivals less what is present.
	throughput := func(t float64) float64 {
		level := func(t float64) float64 {
			if t <= step {
				return before * mean * -math.Expm1(-t/mean)
			}
			return before*mean*-math.Expm1(-step/mean)*math.Exp(-(t-step)/mean) + after*mean*-math.Expm1(-(t-step)/mean)
		}
		return before*t + (after-before)*max(0, t-step) - level(t)
	}
	obeys(t, r, 0.03,
		curve{platform: WasmPlatform, metric: "running", integral: running},
		curve{platform: ContainerPlatform, metric: "running", integral: running},
		curve{platform: WasmPlatform, metric: "throughput", integral: throughput})
}

// onePool is a pool of one instance that never expires and turns requests away while it is busy: from empty,
// the first arrival is cold, at an exponential time, and then it is M/M/1/1. So all of its
// metrics are known exactly as functions of time.
const onePool = "arrivals: poisson(rate=0.5/s)\ncontainer: {warm: exponential(mean=2s), cold: exponential(mean=2s), keep_alive: never, max_instances: 1}\n"

var onePoolCurves = func() []curve {
	const rate, service = 0.5, 2.0
	arrivals := func(t float64) float64 { return rate * t }
	born := func(t float64) float64 { return t - decay(t, 1/rate) }
	// P(running) tends to ρ/(1+ρ), ρ = λS = 1, at the rate λ + 1/S.
	running := func(t float64) float64 { return 0.5 * (t - decay(t, 1/(rate+1/service))) }
	return []curve{
		{platform: ContainerPlatform, metric: "instances", integral: born},
		{platform: ContainerPlatform, metric: "running", integral: running},
		{platform: ContainerPlatform, metric: "idle", integral: func(t float64) float64 { return born(t) - running(t) }},
		// The mean number of cold starts up to t is P(an arrival).
		{platform: ContainerPlatform, metric: "cold_start_probability", integral: func(t float64) float64 { return -math.Expm1(-rate * t) }, per: arrivals},
		{platform: ContainerPlatform, metric: "rejection_probability", integral: func(t float64) float64 { return rate * running(t) }, per: arrivals},
	}
}()

func TestAPoolOfOneInstanceFillsAsItShould(t *testing.T) {
	tests.Slow(t)
	s := transientScenario(t, onePool+"run: {replications: 20000}")
	obeys(t, transientOf(t, s, 6*sim.Second, 12), 0.04, onePoolCurves...)
}

// Over independent seeds, the 95 % band covers the truth in each slot. A slot fails if so few of its
// bands cover as a band that does has with probability transientAlpha, shared by all slots. Left out
// are the slots of which fewer than 20 replications are expected to see an idle instance: their
// mean is skewed beyond what Student's t bears, as the manual says.
func TestTheBandCoversTheTruth(t *testing.T) {
	tests.Long(t)
	const seeds, slots, replications = 200, 10, 64
	const few = 4 // slots: by 2 s, P(arrival and completion) = 1 − exp(−t/2)(1 + t/2) = 26 % of 64 saw one
	covered := make([][slots]int, len(onePoolCurves))
	for seed := range seeds {
		s := transientScenario(t, onePool+fmt.Sprintf("run: {replications: %d, seed: %d}", replications, seed))
		r := transientOf(t, s, 5*sim.Second, slots)
		for c, curve := range onePoolCurves {
			for i, e := range estimatesOf(t, r, curve.platform, curve.metric) {
				if math.Abs(e.Mean-curve.in(r, i)) <= e.HalfWidth {
					covered[c][i]++
				}
			}
		}
	}
	binomial := distuv.Binomial{N: seeds, P: 0.95}
	enough := 0
	for binomial.CDF(float64(enough)) < transientAlpha/float64(slots*len(onePoolCurves)) {
		enough++
	}
	for c, curve := range onePoolCurves {
		t.Logf("%s: %v of %d, enough is %d", curve.metric, covered[c], seeds, enough)
		for i, n := range covered[c] {
			if curve.metric == "idle" && i < few {
				continue
			}
			assert.GreaterOrEqual(t, n, enough, "%s in slot %d", curve.metric, i)
		}
	}
}

// Twenty idle instances that nobody uses expire at the end of their keep-alive, all at once;
// five that run are idle when they are done, and expire as long after that. Without arrivals there is no
// cold start probability.
func TestAnUnusedInitialStateRunsDown(t *testing.T) {
	s := load(t, "float", "arrivals", "steps(rates=[0/s, 1/s], at=[1h])", "container.warm", "constant(10s)", "container.keep_alive", "60s",
		"container.initial.idle", "20", "container.initial.running", "5", "run.replications", "4")
	r := transientOf(t, s, 100*sim.Second, 10)
	want := map[string][10]float64{
		"running":   {5, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"idle":      {20, 25, 25, 25, 25, 25, 5, 0, 0, 0},
		"instances": {25, 25, 25, 25, 25, 25, 5, 0, 0, 0},
	}
	for name, values := range want {
		for i, e := range estimatesOf(t, r, ContainerPlatform, name) {
			assert.Equal(t, stats.Estimate{Mean: values[i], N: 4}, e, "%s in slot %d", name, i)
		}
	}
	assert.Equal(t, []float64{5, 15, 25, 35, 45, 55, 65, 75, 85, 95}, r.Times)
	assert.Zero(t, r.Platform(ContainerPlatform).Requests)
	for _, e := range estimatesOf(t, r, ContainerPlatform, "cold_start_probability") {
		assert.True(t, math.IsNaN(e.Mean))
	}
	assert.Contains(t, r.Warnings[0], "container: nothing was observed that would give cold_start_probability in 10, ")
}

// The slots together are the run: averages over them are those of one simulation without
// warm-up and of the same length.
func TestTheSlotsAddUpToTheRun(t *testing.T) {
	s := load(t, "bursty", "container.initial.idle", "7", "container.initial.running", "3", "run.warmup", "0s", "run.duration", "7m", "run.replications", "5")
	whole := simulate(t, s, Options{})
	r := transientOf(t, s, 7*60*sim.Second, 84)
	for _, name := range s.Platforms() {
		assert.Equal(t, whole.Platform(name).Requests, r.Platform(name).Requests)
		for _, metric := range []string{"instances", "running", "idle", "running_cold", "throughput"} {
			want, ok := whole.Platform(name).Metric(metric)
			if !ok {
				continue
			}
			mean := 0.0
			for _, e := range estimatesOf(t, r, name, metric) {
				mean += e.Mean / float64(len(r.Times))
			}
			assert.InEpsilon(t, want.Mean, mean, 1e-9, "%s.%s", name, metric)
		}
	}
}

func TestNothingButTheScenarioChangesATransient(t *testing.T) {
	s := load(t, "float", "container.initial.running", "3", "run.replications", "300") // more than there are groups
	var want *TransientResult
	for workers := range 4 {
		var last atomic.Uint64
		r, err := Transient(context.Background(), s, TransientOptions{Horizon: 30 * sim.Second, Points: 7, Workers: workers,
			Progress: func(done float64) { last.Store(math.Float64bits(done)) }})
		require.NoError(t, err)
		assert.LessOrEqual(t, math.Float64frombits(last.Load()), 1.0001)
		if want == nil {
			want = r
		}
		assert.Equal(t, want.Times, r.Times)
		for _, p := range want.Platforms {
			name := p.Platform
			for _, m := range p.Metrics {
				assert.Equal(t, fmt.Sprint(m.Estimates), fmt.Sprint(estimatesOf(t, r, name, m.Name)), "%s.%s", name, m.Name)
			}
		}
	}
	// What is measured otherwise has no effect.
	other := load(t, "float", "container.initial.running", "3", "run.replications", "300", "run.warmup", "1h", "run.duration", "1s")
	assert.Equal(t, fmt.Sprint(estimatesOf(t, want, ContainerPlatform, "running")),
		fmt.Sprint(estimatesOf(t, transientOf(t, other, 30*sim.Second, 7), ContainerPlatform, "running")))
}

// Replications beyond the number of groups are merged: the means stay those of all of them, and the
// interval narrows as it should.
func TestManyReplicationsAreMergedIntoGroups(t *testing.T) {
	tests.Slow(t)
	few := transientOf(t, transientScenario(t, onePool+"run: {replications: 100}"), 4*sim.Second, 4)
	many := transientOf(t, transientScenario(t, onePool+"run: {replications: 10000}"), 4*sim.Second, 4)
	assert.Equal(t, 10_000, many.Replications)
	for _, metric := range []string{"running", "instances"} {
		a, b := estimatesOf(t, few, ContainerPlatform, metric), estimatesOf(t, many, ContainerPlatform, metric)
		for i := range a {
			// Ten times narrower; each half-width itself varies by 1/√(2·64), that of 64 groups.
			assert.InEpsilon(t, 10, a[i].HalfWidth/b[i].HalfWidth, 5*math.Sqrt(2/128.), "%s in slot %d", metric, i)
		}
	}
}

func TestMemoryDoesNotGrowWithReplications(t *testing.T) {
	tests.Long(t)
	live := func(replications int) (most uint64) {
		s := load(t, "float", "arrivals.rate", "20/s", "run.replications", fmt.Sprint(replications))
		var n atomic.Int64
		_, err := Transient(context.Background(), s, TransientOptions{Horizon: 60 * sim.Second, Workers: 1, Progress: func(float64) {
			if n.Add(1)%(240*int64(replications)/4) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}})
		require.NoError(t, err)
		return most
	}
	// Most of it are the groups of replications that each slot keeps, and the responses of sixteen groups, of which the quantile is.
	most := live(1000)
	t.Logf("%.1f MB", float64(most)/(1<<20))
	assert.Less(t, most, uint64(32<<20))
}

func TestACancelledTransientKeepsFinishedReplications(t *testing.T) {
	s := load(t, "float", "run.replications", "50")
	ctx, cancel := context.WithCancel(context.Background())
	options := TransientOptions{Horizon: 600 * sim.Second, Points: 20, Workers: 1, Progress: func(done float64) {
		if done > 0.5 {
			cancel()
		}
	}}
	r, err := Transient(ctx, s, options)
	require.NoError(t, err)
	assert.True(t, r.Interrupted)
	assert.Equal(t, 25, r.Replications)
	assert.Equal(t, "interrupted: 25 of 50 replications were finished, and the results are of these", r.Warnings[0])
	whole := transientOf(t, load(t, "float", "run.replications", "25"), options.Horizon, options.Points)
	for _, name := range s.Platforms() {
		assert.Equal(t, fmt.Sprint(estimatesOf(t, whole, name, "running")), fmt.Sprint(estimatesOf(t, r, name, "running")))
	}
	_, err = Transient(ctx, s, options)
	assert.ErrorIs(t, err, context.Canceled, "nothing finished: nothing to show")
}

func TestATransientOfATraceEndsWithIt(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return "trace(" + path + ")"
	}
	s := load(t, "float", "arrivals", write("good.csv", "1\n2\n2\n10.5\n"), "run.replications", "2")
	r := transientOf(t, s, 20*sim.Second, 10)
	assert.Equal(t, int64(8), r.Platform(WasmPlatform).Requests)
	running := estimatesOf(t, r, WasmPlatform, "running")
	assert.False(t, math.IsNaN(running[5].Mean), "half of it is known")
	assert.True(t, math.IsNaN(running[9].Mean), "the last response is out")
	assert.Contains(t, fmt.Sprint(r.Warnings), "the last response of a replication is out at 11.391024969s: nothing is known of it after that")
	assert.Equal(t, []any{int64(4), true, false}, []any{r.Replay.Rows, r.Replay.Whole, r.Replay.OnePath})

	s = load(t, "float", "arrivals", write("fixed.csv", "1,1\n2,1\n4,1\n9,1\n"))
	s.Container, s.Wasm.Service = nil, nil
	r = transientOf(t, s, 5*sim.Second, 5)
	assert.Equal(t, 1, r.Replications, "nothing is random")
	assert.Equal(t, []any{int64(3), int64(4), false, 5 * sim.Second}, []any{r.Replay.Rows, r.Replay.Of, r.Replay.Whole, r.Replay.Cut})
	assert.Contains(t, fmt.Sprint(r.Warnings), "one path, cut off at 5s: 3 of the 4 rows of ")
	for _, e := range estimatesOf(t, r, WasmPlatform, "running")[1:3] {
		assert.Equal(t, 1.0, e.Mean)
	}
	_, err := Transient(context.Background(), s, TransientOptions{Horizon: sim.Second / 2})
	assert.ErrorContains(t, err, "no request of trace(")

	s = load(t, "float", "arrivals", write("bad.csv", "1\n2\n3\n"))
	write("bad.csv", "1\n2\n-3\n") // after it was read
	for range 5 {
		_, err := Transient(context.Background(), s, TransientOptions{Horizon: sim.Second})
		assert.ErrorContains(t, err, "container, replication 1: arrivals: ")
		assert.ErrorContains(t, err, "bad.csv:3")
		assert.False(t, errors.Is(err, context.Canceled))
	}
}

func TestWhatIsNoTransient(t *testing.T) {
	for want, c := range map[string]struct {
		set     []string
		options TransientOptions
	}{
		"a transient of 50ns in 120 slots; want a nanosecond a slot or more, and less than 292 years":  {nil, TransientOptions{Horizon: 50}},
		"a transient of never in 120 slots; want a nanosecond a slot or more, and less than 292 years": {nil, TransientOptions{Horizon: sim.Never}},
		"a transient of -1 slots; want 1 to 10000":                                                     {nil, TransientOptions{Horizon: sim.Second, Points: -1}},
		"16 replications of 10000d are 438.1 years; virtual time ends at 292 years":                    {nil, TransientOptions{Horizon: 10_000 * keyfile.Day * sim.Second}},
		"container would need about 3.57e+07 instances and waiting requests at once, more than the 10000000 that are accepted: 110 running, offered load 1.529e+04 = 10000/s × 1.5288s, 3.57e+07 waiting, the load above max_instances": {
			[]string{"arrivals.rate", "1e4/s", "container.when_full", "queue"}, TransientOptions{Horizon: 3600 * sim.Second}},
	} {
		s := load(t, "float", c.set...)
		if c.set != nil {
			s.Wasm = nil
		}
		_, err := Transient(context.Background(), s, c.options)
		require.Error(t, err, want)
		assert.Equal(t, want, err.Error())
	}
	// Without a steady state a transient is what there is.
	s := load(t, "float", "wasm.cores", "1", "run.replications", "2")
	transientOf(t, s, 60*sim.Second, 6)
}

// The steady state of a load step is the one after it: found warm-up and all, it is that of the
// last rate alone. The load of M/G/∞ is known, so the intervals are compared with it, too.
func TestTheSteadyStateComesAfterTheLastStep(t *testing.T) {
	tests.Slow(t)
	s := transientScenario(t, "arrivals: 'steps(rates=[40/s, 0/s, 2/s], at=[1h, 2h])'\nwasm: {service: exponential(mean=3s)}\nrun: {precision: 2%}")
	r := simulate(t, s, Options{})
	assert.GreaterOrEqual(t, r.Warmup, 2*3600*sim.Second)
	e, ok := r.Platform(WasmPlatform).Metric("running")
	require.True(t, ok)
	// 4 standard errors, of which the half-width is 2.13: false alarms are fewer than 1 in 800 (Student's t, 15 degrees of freedom).
	assert.InDelta(t, 6, e.Mean, 4/2.13*e.HalfWidth)
	assert.Less(t, e.HalfWidth, 0.15)
}

// Every metric of the tables but those that a slot cannot have.
func TestTransientMetrics(t *testing.T) {
	s := load(t, "float", "pricing.preset", "aws-lambda", "pricing.container_memory", "512MB", "pricing.wasm_memory", "64MB")
	var names []string
	for _, m := range s.TransientMetrics(ContainerPlatform) {
		names = append(names, m.Name)
	}
	assert.Len(t, names, len(s.Metrics(ContainerPlatform))-9)
	assert.Subset(t, names, []string{"cold_start_probability", "running", "idle", "instances", "response_time", "user_cost"})
	assert.NotContains(t, names, "response_time_p99")
	assert.NotContains(t, names, "unfinished_probability")
	assert.Len(t, s.TransientMetrics(WasmPlatform), len(s.Metrics(WasmPlatform))-8)
}

// A slot ends at its share of the horizon to the nanosecond, and the last one with it, however they divide.
func TestSlotsDivideTheHorizonWithoutARest(t *testing.T) {
	for _, c := range []struct {
		horizon sim.Time
		points  int
	}{{10, 4}, {100, 7}, {10*sim.Second + 1, 120}, {sim.Never - 1, 9999}} {
		slots := newTransient(Scenario{}, TransientOptions{Horizon: c.horizon, Points: c.points})
		assert.Equal(t, sim.Time(0), slots.end(-1))
		for i := range c.points {
			exact := new(big.Int).Mul(big.NewInt(int64(c.horizon)), big.NewInt(int64(i+1)))
			assert.Equal(t, exact.Div(exact, big.NewInt(int64(c.points))).Int64(), int64(slots.end(i)), "slot %d of %d", i, c.points)
		}
		assert.Equal(t, c.horizon, slots.end(c.points-1))
	}
	// Seven slots of 10 s, one completion a second from 1.001 s on: each has those from after its beginning to its end.
	s := transientScenario(t, "arrivals: constant(rate=1/s)\nwasm: {service: constant(1ms)}\nrun: {replications: 2}")
	r := transientOf(t, s, 10*sim.Second, 7)
	assert.Equal(t, int64(20), r.Platform(WasmPlatform).Requests)
	for i, e := range estimatesOf(t, r, WasmPlatform, "throughput") {
		ends := math.Floor(10*float64(i+1)/7-0.001) - max(0, math.Floor(10*float64(i)/7-0.001))
		assert.InDelta(t, ends/(10./7), e.Mean, 1e-6, "slot %d", i)
		assert.InDelta(t, (float64(i)+0.5)*10/7, r.Times[i], 1e-8, "its middle")
	}
}

// A transient has no precision that one replication could not know.
func TestATransientMayHaveOneReplication(t *testing.T) {
	s := transientScenario(t, "arrivals: poisson(rate=5/s)\nwasm: {service: exponential(mean=1s)}\nrun: {replications: 1}")
	r := transientOf(t, s, 10*sim.Second, 5)
	assert.Equal(t, []string{"one replication gives no interval: raise run.replications"}, r.Warnings)
	want := "run.replications: one replication has no interval, so no precision; want 2 or more, or run.duration"
	assert.EqualError(t, s.CheckPrecision(), want)
	_, err := Simulate(context.Background(), s, Options{})
	assert.EqualError(t, err, want)
	s.Run.Precision, s.Run.MaxRequests, s.Run.Duration = 0, 0, sim.Second
	assert.NoError(t, s.CheckPrecision())
}

// Merged slots are those of as many fewer slots, in every number: what was observed is merged, not the estimates. More replications than
// groups of responses, and than groups, are no different.
func TestMergedSlotsAreLongerSlots(t *testing.T) {
	tests.Slow(t)
	for _, replications := range []string{"3", "40", "300"} {
		overrides, err := ParseOverrides("--set", []string{"run.replications=" + replications, "arrivals.rate=0.3/s"})
		require.NoError(t, err)
		s, err := Load("float", overrides)
		require.NoError(t, err)
		of := func(points int) *TransientResult {
			r, err := Transient(context.Background(), s, TransientOptions{Horizon: sim.FromSeconds(120), Points: points})
			require.NoError(t, err)
			return r
		}
		fine := of(30)
		for n, want := range map[int]*TransientResult{3: of(10), 30: of(1), 1: fine} {
			merged := fine.Merged(n)
			require.Equal(t, len(want.Times), len(merged.Times))
			for i, at := range want.Times {
				require.InDelta(t, at, merged.Times[i], 1e-9)
			}
			for _, p := range want.Platforms {
				name := p.Platform
				assert.Equal(t, p.Requests, merged.Platform(name).Requests)
				for m, metric := range p.Metrics {
					for i, e := range metric.Estimates {
						found := merged.Platform(name).Metrics[m].Estimates[i]
						equal(t, e.Mean, found.Mean, "%s %s, %s replications, slot %d of %d", name, metric.Name, replications, i, len(want.Times))
						equal(t, e.HalfWidth, found.HalfWidth, "half-width of %s %s, %s replications, slot %d of %d", name, metric.Name, replications, i, len(want.Times))
					}
				}
			}
		}
		assert.Len(t, fine.Merged(7).Times, 5, "the last slot is what is left")
	}
}

// equal accepts the rounding of sums.
func equal(t *testing.T, want, found float64, format string, args ...any) {
	t.Helper()
	if math.IsNaN(want) {
		assert.True(t, math.IsNaN(found), append([]any{format}, args...)...)
		return
	}
	assert.InDelta(t, want, found, 1e-9*(1+math.Abs(want)), append([]any{format}, args...)...)
}

// The p95 of a slot is that of the responses of all replications in it.
func TestASlotHasAQuantile(t *testing.T) {
	s, err := Parse("a.yaml", "", []byte("{name: a, arrivals: constant(rate=10/s), container: {warm: 'mixture(0.9: constant(1s), 0.1: constant(3s))', cold: constant(5s), keep_alive: never, initial: {idle: 100}}, run: {replications: 64}}"), nil)
	require.NoError(t, err)
	r, err := Transient(context.Background(), s, TransientOptions{Horizon: sim.FromSeconds(100), Points: 4})
	require.NoError(t, err)
	p95, ok := r.Platform(ContainerPlatform).Metric("response_time_p95")
	require.True(t, ok)
	for _, e := range p95.Estimates {
		assert.InDelta(t, 3, e.Mean, 0.01)
	}
	for _, name := range []string{"response_time_p50", "instance_lifetime"} {
		_, ok := r.Platform(ContainerPlatform).Metric(name)
		assert.False(t, ok, name)
	}
}
