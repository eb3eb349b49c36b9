package validate

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/tests"
)

const ownFunctions = `functions:
  a: {arrivals: poisson(rate=2/s), warm: exponential(mean=500ms), startup: constant(0s), memory: 256MB, keep_alive: 3s}
  b: {arrivals: poisson(rate=6/m), warm: exponential(mean=1s), startup: constant(0s), memory: 1GB}
nodes: {}
container: {keep_alive: 20s}
`

func TestModelsOfManyFunctions(t *testing.T) {
	const cached = "workload: zipf(functions=12, rate=10/s, exponent=0.8, warm=constant(0s), memory=100MB)\nnodes: {memory: 500MB}\ncontainer: {startup: constant(0s), keep_alive: never}\n"
	change := func(text string, pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			require.Contains(t, text, pairs[i])
			text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
		}
		return text
	}
	pressed := change(ownFunctions, "nodes: {}", "nodes: {memory: 2GB}")
	for name, c := range map[string]struct {
		text  string
		exact string // the models that apply, those that are exact
		other string // and those that are not
		why   string
	}{
		"functions of their own": {text: ownFunctions, exact: "level-crossing", other: "time-to-live"},
		"start-ups":              {text: change(ownFunctions, "constant(0s)", "exponential(mean=1s)"), other: "level-crossing time-to-live"},
		"services take no time":  {text: change(ownFunctions, "exponential(mean=500ms)", "constant(0s)", "exponential(mean=1s)", "constant(0s)", "poisson(rate=6/m)", "renewal(erlang(k=3, mean=15s))"), exact: "time-to-live"},
		"in turn":                {text: change(cached, "memory: 500MB", "count: 4, placement: round-robin", "never", "1s"), exact: "time-to-live"},
		"at random":              {text: change(cached, "memory: 500MB", "count: 4, placement: random", "never", "1s"), exact: "time-to-live"},
		"always cold":            {text: change(ownFunctions, "keep_alive: 20s", "keep_alive: 0s", ", keep_alive: 3s", "", "constant(0s)", "erlang(k=2, mean=2s)"), exact: "always-cold"},
		"on cores":               {text: change(ownFunctions, "nodes: {}", "nodes: {cores: 2}", "exponential(mean=1s)", "lognormal(mean=1s, cv=2)"), exact: "processor-sharing"},
		"a loss system":          {text: change(pressed, "keep_alive: 20s", "keep_alive: 5s"), exact: "kaufman-roberts"},
		"a cold loss system":     {text: change(pressed, "keep_alive: 20s", "keep_alive: 0s", ", keep_alive: 3s", "", "constant(0s)", "erlang(k=2, mean=2s)"), exact: "kaufman-roberts"},
		"a cache":                {text: cached, exact: "king", other: "che"},
		"a cache by number":      {text: change(cached, "memory: 500MB", "max_instances: 4"), exact: "king", other: "che"},
		"a random cache":         {text: change(cached, "never", "never, evict: random"), exact: "gelenbe"},
		"a large cache":          {text: change(cached, "functions=12", "functions=60"), other: "che"},
		"caches by hash":         {text: change(cached, "memory: 500MB", "count: 3, memory: 300MB"), exact: "king", other: "che"},
		"caches at random":       {text: change(cached, "memory: 500MB", "count: 2, memory: 300MB, placement: random"), exact: "king", other: "che"},
		"random caches by hash":  {text: change(cached, "memory: 500MB", "count: 3, memory: 300MB", "never", "never, evict: random"), exact: "gelenbe"},
		"loss systems by hash":   {text: change(pressed, "memory: 2GB", "memory: 1GB, count: 3", "keep_alive: 20s", "keep_alive: 5s"), exact: "kaufman-roberts"},
		"loss systems at random": {text: change(pressed, "memory: 2GB", "memory: 1GB, count: 3, placement: random", "keep_alive: 20s", "keep_alive: 5s"), exact: "kaufman-roberts"},
		"cores by hash":          {text: change(ownFunctions, "nodes: {}", "nodes: {cores: 2, count: 3}"), exact: "processor-sharing"},
		"cores at random":        {text: change(ownFunctions, "nodes: {}", "nodes: {cores: 1, count: 2, placement: random}"), exact: "processor-sharing"},
		"greedy-dual":            {text: change(cached, "never", "never, evict: greedy-dual"), exact: "king", other: "che"},

		"greedy-dual with start-ups": {text: change(cached, "never", "never, evict: greedy-dual", "startup: constant(0s)", "startup: constant(1s)"), why: "they differ in memory or in start-ups, or all have room"},
		"room for all":               {text: change(cached, "500MB", "2GB", "startup: constant(0s)", "startup: constant(1s)"), why: "they differ in memory"},
		"a keep-alive with pressure": {text: change(pressed, "constant(0s)", "constant(1s)"), why: "neither 0s nor never"},
		"nodes in turn, with bounds": {text: change(pressed, "memory: 2GB", "memory: 2GB, count: 2, placement: round-robin", "keep_alive: 20s", "keep_alive: 5s"), why: "several nodes that share load depend on one another"},
		"cores in turn":              {text: change(ownFunctions, "nodes: {}", "nodes: {cores: 2, count: 2, placement: first-fit}"), why: "several nodes that share load depend on one another"},
		"cores and start-ups":        {text: change(ownFunctions, "nodes: {}", "nodes: {cores: 2}", "constant(0s)", "constant(1s)"), why: "instances share the cores"},
		"learnt":                     {text: change(ownFunctions, "20s", "histogram()"), other: "time-to-live"},
		"learnt with others":         {text: change(pressed, "20s", "histogram()"), why: "a keep-alive is learnt, and what it loads shares nodes with others"},
		"a forecast":                 {text: change(ownFunctions, "20s", "'histogram(range=1s, bin=100ms, forecast=mean(3))'"), why: "a keep-alive is forecast from the last idle times"},
		"kept":                       {text: change(ownFunctions, "20s", "20s, spare: 1"), why: "instances are kept ready"},
		"least-loaded":               {text: change(ownFunctions, "nodes: {}", "nodes: {count: 2, placement: least-loaded}"), why: "least-loaded nodes depend on all functions"},
		"batches":                    {text: change(cached, "memory: 500MB", "", "never", "1m, routing: lru", "workload: zipf(functions=12, rate=10/s, exponent=0.8, warm=constant(0s), memory=100MB)", "functions: {f: {arrivals: 'batch(poisson(rate=2/m), size=3)', warm: constant(1s), memory: 1MB}}"), why: "no independent gaps"},
	} {
		t.Run(name, func(t *testing.T) {
			s := policyScenario(name, c.text)
			assert.Equal(t, c.why != "", WhyNoModel(s) != "", WhyNoModel(s))
			assert.Contains(t, WhyNoModel(s), c.why)
			var exact, other []string
			for _, m := range Models(s) {
				if m.Exact() {
					exact = append(exact, m.Name)
				} else {
					other = append(other, m.Name)
				}
			}
			assert.ElementsMatch(t, strings.Fields(c.exact), exact)
			assert.ElementsMatch(t, strings.Fields(c.other), other)
			if exact == nil || testing.Short() {
				return
			}
			simulatedAgrees(t, s)
		})
	}
}

// simulatedAgrees requires that the exact models lie within the simulation's intervals, widened to one
// false alarm in thousands.
func simulatedAgrees(t *testing.T, s scenarios.Scenario) {
	s.Run = scenarios.Default().Run.Fixed(600e9, 4000e9)
	s.Run.Seed, s.Run.Replications = 1, 16
	r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
	require.NoError(t, err)
	solved, _ := Solve(s, nil, 0, nil)
	for _, m := range solved {
		if !m.Exact() {
			continue
		}
		checked := 0
		for name, value := range m.Metrics {
			assert.Contains(t, m.Gives, name)
			simulated, ok := r.Platform(m.Platform).Metric(name)
			require.True(t, ok, name)
			if strings.HasPrefix(name, "cold_start_fraction") { // of a function with few requests, not the long run
				assert.InDelta(t, value, simulated.Mean, 0.02, name)
				continue
			}
			// 2.3 half-widths of 95 % at 15 degrees of freedom: false once in 6,000.
			assert.InDelta(t, value, simulated.Mean, 2.3*simulated.HalfWidth+1e-4*math.Abs(value)+1e-9, "%s: %s", m.Name, name)
			checked++
		}
		assert.Positive(t, checked, m.Name)
	}
}

// What histograms learn is, in the long run, what the law of the gaps says: of functions that are unloaded
// and loaded again, ones that are not, and one whose gaps are too long, on a node and on several. Start-ups of
// ten seconds, which the model's requests do not take, and what was learnt in 100 days change less than 2 %.
func TestTheModelOfLearntKeepAlives(t *testing.T) {
	tests.Slow(t)
	const learning = `functions:
  rare: {arrivals: poisson(rate=0.07/m), warm: constant(1ms), memory: 512MB}
  regular: {arrivals: renewal(erlang(k=20, mean=50m)), warm: constant(1ms), memory: 256MB}
  timer: {arrivals: constant(rate=2/h), warm: constant(1ms), memory: 64MB, keep_alive: 'histogram(lead=20s)'}
  beyond: {arrivals: renewal(lognormal(mean=300m, cv=1)), warm: constant(1ms), memory: 256MB, keep_alive: histogram(range=10m)}
nodes: {}
container: {keep_alive: histogram(), startup: constant(10s)}
`
	for _, text := range []string{learning,
		strings.NewReplacer("nodes: {}", "nodes: {count: 3, placement: random}", "renewal(erlang(k=20, mean=50m))", "poisson(rate=1/h)", "renewal(lognormal(mean=300m, cv=1))", "poisson(rate=1/h)", "constant(rate=2/h)", "poisson(rate=1/h)").Replace(learning),
		strings.NewReplacer("nodes: {}", "nodes: {count: 5, placement: round-robin}", "renewal(erlang(k=20, mean=50m))", "poisson(rate=1/m)", "renewal(lognormal(mean=300m, cv=1))", "poisson(rate=1/h)", "constant(rate=2/h)", "poisson(rate=1/h)").Replace(learning)} {
		s := policyScenario("learning", text)
		const day = 86400e9
		s.Run = scenarios.Default().Run.Fixed(100*day, 300*day)
		s.Run.Seed, s.Run.Replications = 1, 4
		r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
		require.NoError(t, err)
		solved, _ := Solve(s, nil, 0, nil)
		require.Len(t, solved, 1)
		assert.Contains(t, solved[0].Caveats, "a keep-alive is learnt: the model's histograms are those of infinitely many idle times")
		for _, name := range []string{platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.Memory, platform.MemoryIdle, platform.MemoryLoading} {
			simulated, ok := r.Platform(scenarios.ContainerPlatform).Metric(name)
			require.True(t, ok, name)
			value, ok := solved[0].Metrics[name]
			require.True(t, ok, name)
			assert.InDelta(t, value, simulated.Mean, 0.02*value, name)
		}
	}
}

// The executors beside functions have the models of their requests together.
func TestModelsOfExecutorsBesideFunctions(t *testing.T) {
	for text, want := range map[string]string{
		"wasm: {cores: 4}\n": "processor-sharing mg-infinity",
		"wasm: {cores: 1, discipline: fcfs, service: constant(100ms)}\n": "mmc pollaczek-khinchine mg-infinity",
	} {
		var names []string
		for _, m := range Models(policyScenario("beside", ownFunctions+text)) {
			if m.Platform == scenarios.WasmPlatform {
				names = append(names, m.Name)
				solution, err := m.Solve(0)
				require.NoError(t, err, m.Name)
				assert.Positive(t, solution.Metrics[platform.ResponseTime])
			}
		}
		assert.Equal(t, want, strings.Join(names, " "), fmt.Sprint(text))
	}
}
