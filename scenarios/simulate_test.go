package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// load loads a built-in scenario with overrides given as key, value, key, value …
func load(t testing.TB, name string, pairs ...string) Scenario {
	t.Helper()
	var overrides []Override
	for i := 0; i < len(pairs); i += 2 {
		overrides = append(overrides, Override{Key: pairs[i], Value: pairs[i+1]})
	}
	s, err := Load(name, overrides)
	require.NoError(t, err)
	return s
}

func simulate(t testing.TB, s Scenario, o Options) *Result {
	t.Helper()
	r, err := Simulate(context.Background(), s, o)
	require.NoError(t, err)
	return r
}

// The values of the float function with a keep-alive of 10 s: for MRU exact, for newest
// simulated by an independent tool, good to 0.3 %.
var floatAt10s = []struct {
	routing string
	values  map[string]float64
}{
	{"mru", map[string]float64{"cold_start_probability": 0.09722, "idle": 2.4563, "instances": 4.2371}},
	{"newest", map[string]float64{"cold_start_probability": 0.0914, "instances": 4.276}},
}

func TestFloatAt10sIsWithinThreeHalfWidths(t *testing.T) {
	tests.Slow(t)
	for _, c := range floatAt10s {
		s := load(t, "float", "container.keep_alive", "10s", "run.seed", "7", "container.routing", c.routing)
		r := simulate(t, s, Options{})
		for name, exact := range c.values {
			e, ok := r.Platform(ContainerPlatform).Metric(name)
			require.True(t, ok)
			assert.InDelta(t, exact, e.Mean, 3*e.HalfWidth, "%s, %s", c.routing, name)
			assert.Less(t, e.HalfWidth, 0.05*exact)
		}
	}
}

// Over 100 seeds a 95 % interval covers the truth in fewer than 88 with probability
// 0.15 % only.
func TestIntervalsOfRoundsCoverTheTruth(t *testing.T) {
	tests.Long(t)
	const seeds, enough = 30, 24 // fewer in 1 of 2,000
	for _, c := range floatAt10s {
		covered := map[string]int{}
		for seed := range seeds {
			s := load(t, "float", "container.keep_alive", "10s", "run.seed", fmt.Sprint(seed), "container.routing", c.routing, "run.precision", "6%")
			s.Wasm = nil
			r := simulate(t, s, Options{})
			for name, exact := range c.values {
				if e, _ := r.Platform(ContainerPlatform).Metric(name); math.Abs(e.Mean-exact) <= e.HalfWidth {
					covered[name]++
				}
			}
		}
		for name := range c.values {
			t.Logf("%s, %s: %d of %d", c.routing, name, covered[name], seeds)
			assert.GreaterOrEqual(t, covered[name], enough, "%s, %s", c.routing, name)
		}
	}
}

func TestWorkersAndProgressDoNotChangeTheResult(t *testing.T) {
	s := load(t, "bursty", "run.duration", "30s")
	var want []byte
	for workers := range 5 {
		var last atomic.Uint64
		r := simulate(t, s, Options{Workers: workers, Progress: func(done float64) { last.Store(math.Float64bits(done)) }})
		got, err := json.Marshal([]any{r.Platform(ContainerPlatform).Metrics[0].Estimate, r.Platform(WasmPlatform).Metrics[0].Estimate, r.Difference, r.Platform(ContainerPlatform).Distributions})
		require.NoError(t, err)
		if want == nil {
			want = got
		}
		assert.Equal(t, string(want), string(got))
		assert.LessOrEqual(t, math.Float64frombits(last.Load()), 1.0001)
	}
}

// Both platforms see the same requests: their arrivals, one by one.
func TestPlatformsAndScenariosWithOneSeedSeeTheSameRequests(t *testing.T) {
	log := func(s Scenario) map[string][]string {
		seen := map[string][]string{}
		simulate(t, s, Options{Log: func(name string, replication int, r platform.Request, _ bool) {
			seen[name] = append(seen[name], fmt.Sprintf("%d %019d", replication, r.Arrival))
		}})
		for _, arrivals := range seen { // told in the order of completions, more or less
			slices.Sort(arrivals)
		}
		return seen
	}
	pairs := []string{"run.replications", "2", "run.duration", "5m", "run.warmup", "0s"}
	a := log(load(t, "float", pairs...))
	b := log(load(t, "float", append(pairs, "container.keep_alive", "1s", "container.routing", "random")...))
	require.NotEmpty(t, a[ContainerPlatform])
	assert.Equal(t, a[ContainerPlatform], a[WasmPlatform])
	assert.Equal(t, a[ContainerPlatform], b[ContainerPlatform])
}

// Pairing must be worth something: the difference is known better than if the two
// platforms had been simulated independently.
func TestThePairedDifferenceIsNarrowerThanIndependentOnes(t *testing.T) {
	tests.Slow(t)
	r := simulate(t, load(t, "float", "run.replications", "64"), Options{})
	d := r.Difference["response_time"]
	c, _ := r.Platform(ContainerPlatform).Metric("response_time")
	w, _ := r.Platform(WasmPlatform).Metric("response_time")
	assert.InDelta(t, w.Mean-c.Mean, d.Mean, 1e-9)
	assert.Less(t, d.HalfWidth, 0.9*math.Hypot(c.HalfWidth, w.HalfWidth))
}

func TestACancelledRunKeepsFinishedReplications(t *testing.T) {
	s := load(t, "float", "run.replications", "50", "run.warmup", "10m", "run.duration", "1000m")
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Simulate(ctx, s, Options{Workers: 1, Progress: func(done float64) {
		if done > 0.1 {
			cancel()
		}
	}})
	require.NoError(t, err)
	assert.True(t, r.Interrupted)
	assert.Greater(t, r.Replications, 2)
	assert.Less(t, r.Replications, 50)
	assert.Contains(t, r.Warnings[0], "interrupted")
	whole := simulate(t, load(t, "float", "run.replications", fmt.Sprint(r.Replications), "run.warmup", "10m", "run.duration", "1000m"), Options{})
	assert.Equal(t, whole.Platform(ContainerPlatform).Metrics[0].Estimate, r.Platform(ContainerPlatform).Metrics[0].Estimate)

	_, err = Simulate(ctx, s, Options{})
	assert.ErrorIs(t, err, context.Canceled, "nothing finished: nothing to show")
}

func TestATransientThatGrowsTooLargeEndsWithAnError(t *testing.T) {
	tests.Long(t)
	s := load(t, "float", "arrivals", "batch(poisson(rate=100/s), size=100000)", "wasm.service", "constant(1h)",
		"wasm.cores", "1", "run.duration", "2h", "run.replications", "1", "run.warmup", "0s")
	s.Container = nil
	_, err := Simulate(context.Background(), s, Options{})
	assert.ErrorContains(t, err, "more than 10000000 instances and waiting requests")
}

func TestATraceIsReplayedAndItsErrorsSurface(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return "trace(" + path + ")"
	}
	s := load(t, "float", "arrivals", write("good.csv", "1\n2\n2\n10.5\n"), "run.warmup", "0s", "run.replications", "2")
	r := simulate(t, s, Options{})
	assert.Equal(t, int64(8), r.Platform(ContainerPlatform).Requests)
	assert.Greater(t, r.Platform(WasmPlatform).Span.Seconds(), 10.5, "to the last response")

	s = load(t, "float", "arrivals", write("bad.csv", "1\n2\n3\n"), "run.warmup", "0s")
	write("bad.csv", "1\n2\n-3\n") // after it was read
	_, err := Simulate(context.Background(), s, Options{})
	assert.ErrorContains(t, err, "bad.csv:3")
	assert.False(t, errors.Is(err, context.Canceled))
}

func TestARunGoesOnUntilItIsPreciseEnough(t *testing.T) {
	coarse := simulate(t, load(t, "float", "run.precision", "10%"), Options{})
	fine := simulate(t, load(t, "float", "run.precision", "2%"), Options{})
	for _, r := range []*Result{coarse, fine} {
		assert.LessOrEqual(t, r.Precision, r.Scenario.Run.Precision)
		assert.Positive(t, r.Warmup)
		assert.Empty(t, r.Warnings)
		for _, p := range r.Platforms {
			for _, j := range judge(p.Metrics, false) {
				assert.LessOrEqual(t, j.excess(r.Scenario.Run.Precision), 1.0, j.Name)
			}
		}
	}
	assert.Greater(t, fine.Duration, 5*coarse.Duration)

	// The rounds leave no trace: it is the simulation of that length.
	fixed := fine.Scenario
	fixed.Run = fixed.Run.Fixed(fine.Warmup, fine.Duration)
	whole := simulate(t, fixed, Options{})
	assertSame(t, whole, fine)
}

func TestAPrecisionThatIsNotReachedIsSaid(t *testing.T) {
	r := simulate(t, load(t, "float", "run.max_requests", "100000"), Options{})
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "the precision of 1% was not reached within run.max_requests=100000: container cold_start_probability ± ")
	assert.InDelta(t, 100_000, r.Platform(ContainerPlatform).Requests, 2000)
	assert.Greater(t, r.Precision, 0.01)
	assert.True(t, r.Short)
	assert.False(t, simulate(t, load(t, "float", "run.precision", "5%"), Options{}).Short, "it was reached")
	assert.False(t, simulate(t, load(t, "float", "run.duration", "10m"), Options{}).Short, "the length is what was asked for")
}

// More replications than are kept begin anew in each round.
func TestReplicationsThatAreNotKept(t *testing.T) {
	tests.Slow(t)
	few, many := load(t, "float", "run.replications", "256", "run.precision", "4%"), load(t, "float", "run.replications", "257", "run.precision", "4%")
	a, b := simulate(t, few, Options{}), simulate(t, many, Options{})
	require.Equal(t, a.Warmup, b.Warmup)
	for _, p := range []string{ContainerPlatform, WasmPlatform} {
		assert.InEpsilon(t, a.Platform(p).Requests, b.Platform(p).Requests, 0.2)
		for i, m := range a.Platform(p).Metrics {
			other := b.Platform(p).Metrics[i]
			if m.HalfWidth > 0 {
				assert.InDelta(t, m.Mean, other.Mean, m.HalfWidth, "one replication of 257 more: %s", m.Name)
			}
		}
	}
}

func TestAnInterruptedPrecisionKeepsItsLastRound(t *testing.T) {
	tests.Slow(t)
	s := load(t, "float", "run.precision", "0.2%")
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Simulate(ctx, s, Options{Progress: func(done float64) {
		if done > 0.5 {
			cancel()
		}
	}})
	require.NoError(t, err)
	assert.True(t, r.Interrupted)
	assert.Equal(t, 16, r.Replications)
	assert.Contains(t, r.Warnings[0], "interrupted: the results are of the last round that was finished")
	assert.NotContains(t, fmt.Sprint(r.Warnings), "max_requests", "they are not what was too little")
	fixed := s
	fixed.Run = fixed.Run.Fixed(r.Warmup, r.Duration)
	assertSame(t, simulate(t, fixed, Options{}), r)
}

// assertSame compares what two results found.
func assertSame(t *testing.T, a, b *Result) {
	t.Helper()
	assert.Equal(t, fmt.Sprint(a.Difference), fmt.Sprint(b.Difference)) // NaN is NaN
	for _, p := range a.Platforms {
		name := p.Platform
		other := b.Platform(name)
		assert.Equal(t, p.Requests, other.Requests)
		assert.Equal(t, p.Distributions, other.Distributions)
		for i, m := range p.Metrics {
			assert.Equal(t, fmt.Sprint(m.Estimate), fmt.Sprint(other.Metrics[i].Estimate), m.Name)
		}
	}
}

func TestTheWarmupOfATransientIsNothing(t *testing.T) {
	r := simulate(t, load(t, "erlang-c", "arrivals.rate", "20/s", "run.duration", "10m"), Options{})
	assert.Zero(t, r.Warmup)
	assert.Zero(t, r.Deleted)
}

func TestDailyArrivalsAreMeasuredOverWholePeriods(t *testing.T) {
	r := simulate(t, load(t, "float", "arrivals", "daily(mean=2/s, peak=3, period=1h)", "run.precision", "5%"), Options{})
	assert.Greater(t, r.Warmup.Seconds(), 600.0)
	assert.Zero(t, math.Mod(r.Duration.Seconds(), 3600))
	assert.Empty(t, r.Warnings)

	r = simulate(t, load(t, "float", "arrivals", "daily(mean=2/s, peak=3, period=24h)", "run.max_requests", "10000"), Options{})
	assert.Contains(t, r.Warnings[len(r.Warnings)-1], "period of 24h0m0s")
}

// From an empty pool with a keep-alive of an hour, the first hour is not the steady state.
func TestTheWarmupCoversTheTransient(t *testing.T) {
	tests.Slow(t)
	r := simulate(t, load(t, "float", "container.keep_alive", "1h", "wasm.service.mean", "1s", "run.precision", "2%"), Options{})
	assert.Greater(t, r.Warmup.Seconds(), 600.0)
	idle := load(t, "erlang-b", "container.initial.idle", "0", "arrivals.rate", "5/s", "run.precision", "10%")
	grows := simulate(t, idle, Options{})
	assert.Contains(t, fmt.Sprint(grows.Warnings), "only grow in number")
}

func TestALogOfARunWithoutADurationIsOfTheWholeRun(t *testing.T) {
	s := load(t, "float", "run.precision", "10%", "run.replications", "2", "run.max_requests", "20000")
	logged := map[string]int64{}
	r := simulate(t, s, Options{Log: func(platform string, _ int, q platform.Request, _ bool) {
		if q.Arrival > 0 {
			logged[platform]++
		}
	}})
	plain := simulate(t, s, Options{})
	assertSame(t, plain, r)
	for _, p := range r.Platforms {
		name := p.Platform
		assert.Greater(t, logged[name], p.Requests, "the warm-up too")
	}
}

// At one request in 30 years the mean time between requests is beyond what virtual time can add up.
func TestRatesAtTheEndOfTheRangeAreSimulated(t *testing.T) {
	r := simulate(t, load(t, "float", "arrivals.rate", "1e-9/s"), Options{})
	assert.Positive(t, r.Duration)
	assert.Contains(t, fmt.Sprint(r.Warnings), "the precision of 1% was not reached within the 292 years of virtual time")
	assert.Contains(t, fmt.Sprint(r.Warnings), "container rejection_probability 0 ± ")

	assert.Equal(t, 13*sim.Second, handy(12_000_000_001))
	assert.Equal(t, 12*sim.Second, handy(12*sim.Second))
	assert.Equal(t, sim.Never, handy(sim.Never), "and not beyond the largest number")
}

// Random routing gives every instance of ten a request each minute: with a keep-alive of an hour none expires.
func TestAPoolThatOnlyGrowsIsToldFromASteadyState(t *testing.T) {
	tests.Slow(t)
	pairs := []string{"container.keep_alive", "1h", "container.routing", "random", "run.warmup", "10h", "run.duration", "100h"}
	grows := simulate(t, load(t, "float", pairs...), Options{})
	assert.Contains(t, fmt.Sprint(grows.Warnings), "instances were started and none expired: the pool only grew")

	pairs[3] = "mru"
	steady := simulate(t, load(t, "float", pairs...), Options{})
	assert.Empty(t, steady.Warnings)

	never := simulate(t, load(t, "float", "container.keep_alive", "never", "container.max_instances", "unlimited", "run.duration", "1h"), Options{})
	assert.NotContains(t, fmt.Sprint(never.Warnings), "922337", "there is no number of instances to begin with")
}

// Nobody knows beforehand how many requests a trace has, nor how far apart they are: the time from
// one to the next is no work.
func TestATraceOfThreeYearsIsNoWorkOfItsOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sparse.csv")
	require.NoError(t, os.WriteFile(file, []byte("5\n1e8\n"), 0o600))
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	r, err := Simulate(ctx, load(t, "float", "arrivals", "trace("+file+")", "run.warmup", "0s"), Options{})
	require.NoError(t, err)
	assert.False(t, r.Interrupted)
	assert.EqualValues(t, 2*r.Replications, r.Platform(ContainerPlatform).Requests)
}

// Progress is told against all that will have to be measured, not against what is next: after the pilot and
// the first round it is little, after the second as much as the growth that the precision needs lets it be.
func TestProgressIsThatOfAllRounds(t *testing.T) {
	overrides, err := ParseOverrides("--set", []string{"run.precision=0.5%"})
	require.NoError(t, err)
	s, err := Load("float", overrides)
	require.NoError(t, err)
	told := 0.0
	st := newStudy([]Scenario{s}, Options{Workers: 1, Progress: func(done float64) { told = done }}, func() {})
	require.NoError(t, st.settleWarmup(context.Background()))
	assert.Less(t, told, 0.1, "after the pilot")
	parts, span := st.parts(), st.firstSpan()
	require.NoError(t, st.measure(context.Background(), parts, span))
	assert.Less(t, told, 0.2, "after the first round")
	next := st.nextSpan(parts, span)
	require.Greater(t, st.needed, 2*next, "for the test: a third round")
	require.NoError(t, st.measure(context.Background(), parts, next))
	assert.InDelta(t, next.Seconds()/st.needed.Seconds(), told, 0.1, "after the second round")
}

// With a log of requests the scenario is simulated twice, and progress is that of both.
func TestProgressIsThatOfALoggedRunToo(t *testing.T) {
	overrides, err := ParseOverrides("--set", []string{"run.precision=20%"})
	require.NoError(t, err)
	s, err := Load("float", overrides)
	require.NoError(t, err)
	first, last := 1.0, 0.0
	_, err = Simulate(context.Background(), s, Options{Workers: 1, Log: func(string, int, platform.Request, bool) {},
		Progress: func(done float64) { first, last = min(first, done), max(last, done) }})
	require.NoError(t, err)
	assert.Less(t, first, 0.5)
	assert.Greater(t, last, 0.9)
	assert.LessOrEqual(t, last, 1.0)
}
