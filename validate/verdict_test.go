package validate

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

// estimateOf returns the estimate of a sample.
func estimateOf(values []float64) stats.Estimate {
	var t stats.Tally
	for _, v := range values {
		t.Add(v)
	}
	return t.Estimate()
}

// The printed power must be true: the fraction of 20,000 simulated tests that find the deviation
// agrees with it to within 5 standard deviations.
func TestPowerIsHowOftenADeviationIsFound(t *testing.T) {
	tests.Slow(t)
	const n, alpha, repeats = 16, 0.001, 20_000
	test := newTTest(alpha, n)
	rng := rand.New(rand.NewPCG(1, 0))
	for _, deviation := range []float64{0, 3, 5, 7} {
		found := 0.0
		for range repeats {
			values := make([]float64, n)
			for i := range values {
				values[i] = deviation/math.Sqrt(n) + rng.NormFloat64() // standard error 1/√n
			}
			if testExact(estimateOf(values), 0, 0) < alpha {
				found++
			}
		}
		p := test.power(deviation)
		assert.InDelta(t, p, found/repeats, 5*math.Sqrt(p*(1-p)/repeats)+1e-3, "deviation %v", deviation)
	}
	assert.InDelta(t, enoughPower, test.power(test.found()), 1e-6)
	assert.Equal(t, 1.0, test.power(math.Inf(1)))
}

func TestPValuesAreUniformIfTheLawHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	const repeats = 20_000
	below := 0.0
	for range repeats {
		values := make([]float64, 8)
		for i := range values {
			values[i] = 5 + rng.NormFloat64()
		}
		if testExact(estimateOf(values), 5, 0) < 0.05 {
			below++
		}
	}
	assert.InDelta(t, 0.05, below/repeats, 5*math.Sqrt(0.05*0.95/repeats))
}

func TestAConstantIsRightOrWrong(t *testing.T) {
	same := stats.Estimate{Mean: 3, HalfWidth: 0, N: 8}
	assert.Equal(t, 1.0, testExact(same, 3, 0))
	assert.Equal(t, 0.0, testExact(same, 3.01, 0))
}

func TestHolmRejectsStepByStep(t *testing.T) {
	verdicts := []Verdict{
		{Case: Case{Kind: Exact}, P: 0.9, Power: 1},
		{Case: Case{Kind: Exact}, P: FamilyAlpha / 4.5, Power: 1}, // of 6: not enough in the first step, but in the third
		{Case: Case{Kind: Exact}, P: FamilyAlpha / 7, Power: 1},
		{Case: Case{Kind: Exact}, P: 0.5, Power: 0.5},
		{Case: Case{Kind: Approximate}, P: FamilyAlpha / 5.5},
		{Case: Case{Kind: Approximate}, P: 1},
		{Case: Case{Kind: Identity}, P: 1, Outcome: Holds},
	}
	holm(verdicts)
	var outcomes []Outcome
	for _, v := range verdicts {
		outcomes = append(outcomes, v.Outcome)
	}
	assert.Equal(t, []Outcome{Holds, Broken, Broken, Underpowered, Outside, Within, Holds}, outcomes)
}

// Inside its band a deviation is right. At the edge, an excess of one half-width has the p-value of
// the one-sided test that corresponds to its two-sided interval.
func TestADeviationIsTestedAgainstTheNearerEdge(t *testing.T) {
	band := Band{0.1, 0.3}
	for _, c := range []struct{ deviation, p float64 }{{0.2, 1}, {0.1, 1}, {0.3, 1}, {0.31, 0.025}, {0.09, 0.025}} {
		assert.InDelta(t, c.p, testBand(stats.Estimate{Mean: c.deviation, HalfWidth: 0.01, N: 8}, band), 1e-9, "%v", c.deviation)
	}
	assert.Less(t, testBand(stats.Estimate{Mean: 0.5, HalfWidth: 0.01, N: 8}, band), 1e-6)
	assert.Zero(t, testBand(stats.Estimate{Mean: 0.5, HalfWidth: 0, N: 8}, band))
	d := deviationOf(Case{Expected: 1.2}, stats.Estimate{Mean: 1, HalfWidth: 0.01, N: 8})
	assert.InDelta(t, 0.2, d.Mean, 1e-12)
	assert.InDelta(t, 0.012, d.HalfWidth, 1e-12)
}

func TestTheSuitesAreAsTheyAreDescribed(t *testing.T) {
	names := map[string]bool{}
	count := map[string]int{}
	models := map[string]bool{}
	for _, suite := range Suites {
		require.NotEmpty(t, Description[suite])
		for _, g := range groupsOf(suite) {
			assert.False(t, names[suite+g.name], "%s: two scenarios are called %s", suite, g.name)
			names[suite+g.name] = true
			if g.path != nil {
				continue
			}
			require.NotEmpty(t, g.cases, g.name)
			for _, c := range g.cases {
				count[suite]++
				models[suite+" "+c.Model] = true
				assert.False(t, math.IsNaN(c.Expected) || math.IsInf(c.Expected, 0), "%s %s", g.name, c.Metric)
				if c.Kind == Exact {
					assert.Contains(t, []float64{detect, detectBusy}, c.Detect)
				} else {
					assert.Less(t, c.Band.Low, c.Band.High)
				}
			}
		}
	}
	assert.GreaterOrEqual(t, count["laws"], 60)
	assert.Equal(t, (6*len(keepAlives)+mostRate)*2*len(compared), count["smp"])
	for _, law := range []string{"sliding-maximum", "level-crossing", "always-cold", "erlang-b", "erlang-c", "mmc-deadline", "pollaczek-khinchine", "gi-m-1", "mg-infinity", "processor-sharing", "mmc", "little", "finite-source", "engset", "interactive-response-time",
		provisionedModel, leastInstancesModel, spareModel, "time-to-live", "thinning", "king", "gelenbe", "hybrid-histogram", "kaufman-roberts"} {
		assert.True(t, models["laws "+law], law)
	}
	assert.True(t, models["wasm mg-infinity"] && models["wasm processor-sharing"])
	for _, law := range []string{"mmc", "erlang-b", "mg-infinity", "poisson-window", "compound-poisson-window", "to-zero", "processor-sharing", "little", "rounding-up"} {
		assert.True(t, models["scaling "+law], law)
	}
}

func TestRunReportsAndFiltersAndStops(t *testing.T) {
	tests.Slow(t)
	o := Options{Suites: []string{"laws"}, Only: "Little 3", Seed: 1}
	r, err := Run(context.Background(), o)
	require.NoError(t, err)
	require.Len(t, r.Verdicts, 4)
	assert.Equal(t, 3, r.Tested)
	assert.Zero(t, r.Failed())
	for _, v := range r.Verdicts[:3] {
		assert.GreaterOrEqual(t, v.Power, enoughPower)
	}
	again, err := Run(context.Background(), Options{Suites: []string{"laws", "laws"}, Only: "Little 3", Seed: 1, Workers: 1})
	require.NoError(t, err)
	assert.Len(t, again.Verdicts, 4, "a suite that is named twice runs once")
	assert.Equal(t, r.Verdicts[0].Simulated, again.Verdicts[0].Simulated, "workers change nothing")

	_, err = chosen(Options{Suites: []string{"wasm", "laws", "wasm"}, Only: "no such"})
	assert.EqualError(t, err, `no scenario of laws, wasm contains "no such"`)
	small, err := chosen(Options{Only: "erlang b"})
	require.NoError(t, err, "capitals do not matter")
	capital, err := chosen(Options{Only: "Erlang B"})
	require.NoError(t, err)
	assert.Len(t, small, len(capital))

	_, err = Run(context.Background(), Options{Suites: []string{"nosuch"}})
	assert.EqualError(t, err, `no suite "nosuch"; want one of laws, smp, wasm, scaling`)
	_, err = Run(context.Background(), Options{Only: "nosuch"})
	assert.ErrorContains(t, err, `contains "nosuch"`)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err = Run(ctx, o)
	require.NoError(t, err)
	assert.True(t, r.Interrupted)
	assert.Empty(t, r.Verdicts)
}

// The sliding maximum of a written-down path, computed by looking at every moment.
func TestTheSlidingMaximumOfAPath(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for range 200 {
		end, window := sim.Time(60), sim.Time(rng.IntN(12))
		var log []platform.Request
		at := sim.Time(0)
		for at < end {
			log = append(log, platform.Request{Start: at, Completion: at + 1 + sim.Time(rng.IntN(15))})
			at += sim.Time(rng.IntN(6))
		}
		log = slices.DeleteFunc(log, func(r platform.Request) bool { return r.Start > end })
		running := func(at sim.Time) (n int) {
			for _, r := range log {
				if r.Start <= at && at < r.Completion {
					n++
				}
			}
			return n
		}
		want := make([]sim.Time, 100)
		for now := sim.Time(0); now < end; now++ {
			most := 0
			for s := max(0, now-window); s <= now; s++ {
				most = max(most, running(s))
			}
			want[most]++
		}
		got := slidingMaximum(log, window, end)
		assert.Equal(t, want[:len(got)], got)
	}
}

// The models that apply, and the reasons for caveats.
func TestModelsApplyForReasons(t *testing.T) {
	for _, c := range []struct {
		name    string
		keys    map[string]string
		applies []string // names; "~" before models with caveats
		caveat  string
	}{
		{"float", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=2s)", "wasm.service": "exponential(mean=2s)"},
			[]string{"level-crossing", "smp", "smp-modified", "mg-infinity"}, ""},
		{"equal means, no cap", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=1s)", "container.max_instances": "unlimited"},
			[]string{"sliding-maximum", "level-crossing", "smp", "smp-modified"}, ""},
		{"full pool that queues, lognormal", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "lognormal(mean=1s, cv=2)", "container.cold": "exponential(mean=1s)",
			"container.keep_alive": "never", "container.max_instances": "5", "container.initial.idle": "5", "container.when_full": "queue"},
			[]string{"~erlang-c", "~smp", "~smp-modified"}, "service is lognormal: Erlang C assumes exponential"},
		{"pool that is not full", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "constant(1s)", "container.cold": "constant(2s)", "container.keep_alive": "never", "container.max_instances": "5"},
			[]string{"~erlang-b", "~smp", "~smp-modified"}, "the pool begins with 0 of 5 instances: the model assumes that it has filled"},
		{"no keep-alive", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.startup": "constant(1s)", "container.keep_alive": "0s", "container.max_instances": "unlimited"},
			[]string{"always-cold", "~level-crossing", "smp", "smp-modified"}, "a cold start is a start-up and the request's service: the model assumes one exponential time of the same mean"},
		{"cores", map[string]string{"arrivals": "renewal(constant(1s))", "wasm.service": "constant(1s)", "wasm.cores": "2"},
			[]string{"~processor-sharing", "~mg-infinity"}, "arrivals are renewal: the model assumes Poisson arrivals of the same rate"},
		{"load step", map[string]string{"arrivals": "steps(rates=[1/s, 2/s], at=[1m])", "wasm.service": "constant(1s)"},
			[]string{"~mg-infinity"}, "arrivals are steps: the model assumes Poisson arrivals of the last rate"},
		{"pool that begins full", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "constant(1s)", "container.cold": "constant(1s)", "container.keep_alive": "never", "container.max_instances": "5",
			"container.initial.idle": "2", "container.initial.running": "3"}, []string{"erlang-b", "smp", "smp-modified"}, ""},
		{"cold starts as fast as warm ones", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "constant(1s)", "container.startup": "constant(0s)", "container.max_instances": "5"},
			[]string{"erlang-b", "~level-crossing", "smp", "smp-modified"}, "warm service is constant: the model assumes exponential"},
		{"the same, not full, with a queue", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=1s)", "container.keep_alive": "never",
			"container.max_instances": "5", "container.when_full": "queue"}, []string{"erlang-c", "~smp", "~smp-modified"}, ""},
		{"the same with a keep-alive and a deadline", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=1s)",
			"container.max_instances": "5", "container.when_full": "queue", "container.queue_timeout": "2s"}, []string{"mmc-deadline", "~level-crossing", "~smp", "~smp-modified"}, ""},
		{"slow cold starts with a keep-alive and a queue", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=2s)",
			"container.max_instances": "5", "container.when_full": "queue"}, []string{"~level-crossing", "~smp", "~smp-modified"}, "requests wait when the pool is full: the model rejects them"},
		{"one instance", map[string]string{"arrivals": "poisson(rate=0.5/s)", "container.warm": "lognormal(mean=1s, cv=2)", "container.cold": "constant(3s)", "container.keep_alive": "never",
			"container.max_instances": "1", "container.when_full": "queue"}, []string{"~erlang-c", "pollaczek-khinchine", "~smp", "~smp-modified"}, ""},
		{"one instance that expires, and cold starts of another law", map[string]string{"arrivals": "poisson(rate=0.5/s)", "container.warm": "lognormal(mean=1s, cv=2)", "container.cold": "lognormal(mean=1s, cv=1)",
			"container.max_instances": "1", "container.when_full": "queue"}, []string{"~level-crossing", "~smp", "~smp-modified"}, ""},
		{"renewal arrivals at one instance", map[string]string{"arrivals": "renewal(gamma(mean=2s, cv=2))", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=1s)",
			"container.max_instances": "1", "container.when_full": "queue"}, []string{"~erlang-c", "gi-m-1", "~level-crossing", "~smp", "~smp-modified"}, "arrivals are renewal: the model assumes Poisson arrivals of the same rate"},
		{"one core", map[string]string{"arrivals": "poisson(rate=0.5/s)", "wasm.service": "constant(1s)", "wasm.cores": "1", "wasm.discipline": "fcfs", "wasm.startup": "uniform(0s, 1s)"},
			[]string{"~mmc", "pollaczek-khinchine", "~mg-infinity"}, "service is constant: M/M/c assumes exponential"},
		{"one core, arrivals like clockwork", map[string]string{"arrivals": "constant(rate=0.5/s)", "wasm.service": "exponential(mean=1s)", "wasm.cores": "1", "wasm.discipline": "fcfs"},
			[]string{"~mmc", "gi-m-1", "~mg-infinity"}, ""},
		{"one core, gaps that start-ups shift", map[string]string{"arrivals": "constant(rate=0.5/s)", "wasm.service": "exponential(mean=1s)", "wasm.cores": "1", "wasm.discipline": "fcfs", "wasm.startup": "uniform(0s, 1s)"},
			[]string{"~mmc", "~gi-m-1", "~mg-infinity"}, "start-ups differ: the model has independent times between the requests that are past theirs"},
		{"routing", map[string]string{"arrivals": "poisson(rate=1/s)", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=2s)", "container.routing": "random"},
			[]string{"~level-crossing", "~smp", "~smp-modified"}, "routing is random: the model assumes mru"},
		{"rates that repeat", map[string]string{"arrivals": "steps(rates=[1/s, 2/s], at=[1m], period=1h)", "wasm.service": "constant(1s)"},
			[]string{"~mg-infinity"}, "arrivals are steps: the model assumes Poisson arrivals of the mean rate"},
		{"Poisson streams", map[string]string{"arrivals": "superpose(poisson(rate=1/s), superpose(poisson(rate=1/s), poisson(rate=1/s)))", "wasm.service": "constant(1s)"},
			[]string{"mg-infinity"}, ""},
		{"other streams", map[string]string{"arrivals": "superpose(poisson(rate=1/s), constant(rate=1/s))", "wasm.service": "constant(1s)"},
			[]string{"~mg-infinity"}, "arrivals are superpose: the model assumes Poisson arrivals of the same rate"},
		{"users of executors", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "wasm.service": "exponential(mean=1s)", "wasm.startup": "uniform(0s, 1s)"},
			[]string{"finite-source"}, ""},
		{"users in step", map[string]string{"arrivals": "closed(users=5, think=shifted(1s, constant(1s)))", "wasm.service": "mixture(0.5: constant(1s), 0.5: constant(2s))", "wasm.cores": "2"},
			[]string{"~finite-source"}, "think and service times have a few values each, so that the users stay in step: the model assumes that they mix"},
		{"users who wait for a core", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "wasm.service": "uniform(0s, 1s)", "wasm.cores": "2", "wasm.discipline": "fcfs"},
			[]string{"~finite-source"}, "service is uniform: M/M/c//N assumes exponential"},
		{"users with a core each", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "wasm.service": "uniform(0s, 1s)", "wasm.cores": "5", "wasm.discipline": "fcfs"},
			[]string{"finite-source"}, ""},
		{"users of a pool with cold starts", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=2s)"}, nil, ""},
		{"users of a pool that fills", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "exponential(mean=1s)", "container.cold": "exponential(mean=2s)", "container.keep_alive": "never"},
			[]string{"~finite-source"}, "the pool begins with 0 of 5 instances: the model assumes that it has filled"},
		{"users of a full pool", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "constant(1s)", "container.cold": "exponential(mean=2s)", "container.keep_alive": "never",
			"container.max_instances": "unlimited", "container.initial.idle": "7"}, []string{"finite-source"}, ""},
		{"users who are rejected, behind dispatch", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "constant(1s)", "container.startup": "constant(0s)", "container.max_instances": "3",
			"container.dispatch.interval": "1s"}, []string{"~engset"}, "requests pass a dispatch stage: the model has none"},
		{"users of a pool that releases", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "constant(1s)", "container.startup": "constant(0s)", "container.release": "constant(1s)",
			"container.max_instances": "unlimited"}, []string{"finite-source"}, ""},
		{"users of a pool that releases, with a cap", map[string]string{"arrivals": "closed(users=5, think=exponential(mean=1s))", "container.warm": "constant(1s)", "container.startup": "constant(0s)", "container.release": "constant(1s)",
			"container.max_instances": "9"}, []string{"~finite-source"}, "an instance is busy for a release after each response, when its user is gone: the model has it free"},
		{"users who queue", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "container.warm": "exponential(mean=1s)", "container.startup": "constant(0s)", "container.max_instances": "3",
			"container.when_full": "queue"}, []string{"finite-source"}, ""},
		{"users who give up", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "container.warm": "exponential(mean=1s)", "container.startup": "constant(0s)", "container.max_instances": "3",
			"container.when_full": "queue", "container.queue_timeout": "1s"}, nil, ""},
		{"users who queue for slow cores", map[string]string{"arrivals": "closed(users=5, think=constant(1s))", "container.warm": "exponential(mean=1s)", "container.startup": "constant(0s)", "container.max_instances": "3",
			"container.when_full": "queue", "container.cores": "2"}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var applies, caveats []string
			for _, m := range Models(scenarioOf("test", c.keys)) {
				name := m.Name
				if len(m.Caveats) > 0 {
					name = "~" + name
				}
				applies = append(applies, name)
				caveats = append(caveats, m.Caveats...)
				solution, err := m.Solve(0)
				require.NoError(t, err)
				assert.NotEmpty(t, solution.Metrics)
			}
			assert.Equal(t, c.applies, applies)
			if c.caveat != "" {
				assert.Contains(t, caveats, c.caveat)
			}
		})
	}
}

// The value of a goal follows from the law of the time; the case of the support desk has known
// waits.
func TestModelsKnowTheFractionsThatAreAskedFor(t *testing.T) {
	for most, want := range map[string]float64{"5": 0.130, "6": 0.047} {
		s := scenarioOf("support", map[string]string{"arrivals": "poisson(rate=30/h)", "container.warm": "exponential(mean=5m)", "container.cold": "exponential(mean=5m)",
			"container.keep_alive": "never", "container.max_instances": most, "container.when_full": "queue"})
		m := Models(s)[0]
		require.Equal(t, "erlang-c", m.Name)
		require.True(t, m.Exact(), "a cold start takes as long as a warm one")
		solution, err := m.Solve(0)
		require.NoError(t, err)
		solution.AddFractions("waiting_time>0s", "waiting_time<=0s", "response_time>5m", "running>1", "response_time>x", "response_time")
		assert.InDelta(t, want, solution.Metrics["waiting_probability"], 5e-4)
		assert.InDelta(t, solution.Metrics["waiting_probability"], solution.Metrics["waiting_time>0s"], 1e-12)
		assert.InDelta(t, 1, solution.Metrics["waiting_time>0s"]+solution.Metrics["waiting_time<=0s"], 1e-12)
		assert.Greater(t, solution.Metrics["response_time>5m"], math.Exp(-1))
		assert.NotContains(t, solution.Metrics, "running>1")
		assert.NotContains(t, solution.Metrics, "response_time>x")
	}
	// If nothing waits, the response is the service, atoms included.
	solution, err := Models(scenarioOf("wasm", map[string]string{"arrivals": "poisson(rate=1/s)", "wasm.service": "mixture(0.5: constant(1s), 0.5: exponential(mean=1s))", "wasm.startup": "constant(1s)"}))[0].Solve(0)
	require.NoError(t, err)
	solution.AddFractions("response_time>2s", "response_time>1500ms")
	assert.InDelta(t, math.Exp(-1)/2, solution.Metrics["response_time>2s"], 1e-12)
	assert.InDelta(t, 0.5+math.Exp(-0.5)/2, solution.Metrics["response_time>1500ms"], 1e-12)
}
