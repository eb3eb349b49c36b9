package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// twoFunctions is a small scenario of many functions.
const twoFunctions = `functions:
  checkout: {arrivals: poisson(rate=2/s), warm: exponential(mean=80ms), startup: constant(600ms), memory: 256MB}
  report: {arrivals: poisson(rate=1/m), warm: constant(2s), startup: constant(3s), memory: 1GB, keep_alive: 5m}
nodes: {memory: 4GB}
container: {keep_alive: 1m}
`

func twoParsed(t *testing.T, text string, overrides ...Override) Scenario {
	t.Helper()
	s, err := Parse("two.yaml", "", []byte(text), overrides)
	require.NoError(t, err)
	return s
}

func TestFunctionsAreReadInTheirOrder(t *testing.T) {
	s := twoParsed(t, twoFunctions)
	all, many := s.Many()
	require.True(t, many)
	assert.Equal(t, Functions{
		{Name: "checkout", Arrivals: dist.Poisson{PerSecond: 2}, Warm: dist.Exponential{Mean: 0.08}, Startup: dist.Constant{Value: 0.6}, Memory: 256},
		{Name: "report", Arrivals: dist.Poisson{PerSecond: 1. / 60}, Warm: dist.Constant{Value: 2}, Startup: dist.Constant{Value: 3}, Memory: 1024, KeepAlive: cluster.Fixed(300 * sim.Second)},
	}, all)
	assert.Equal(t, &Nodes{Count: 1, Memory: 4096, MaxInstances: platform.Unlimited}, s.Nodes)
	assert.Equal(t, "2 functions, 2.017/s together", s.Arrivals.String())

	for key, value := range map[string]string{
		"functions.checkout.arrivals.rate": "3/s", "functions.new.memory": "1MB", "container.keep_alive": "histogram(range=2h)", "functions.report.keep_alive.range": "1h",
	} {
		overrides := []Override{set(key, value)}
		switch key {
		case "functions.new.memory": // begins a function
			overrides = append(overrides, set("functions.new.arrivals", "poisson(rate=1/s)"), set("functions.new.warm", "constant(1s)"), set("functions.new.startup", "constant(1s)"))
		case "functions.report.keep_alive.range":
			overrides = append([]Override{set("functions.report.keep_alive", "histogram(bin=30s, range=2h)")}, overrides...)
		}
		changed := twoParsed(t, twoFunctions, overrides...)
		again := twoParsed(t, string(changed.YAML()))
		assert.Equal(t, changed, again, key)
		functions, _ := changed.Many()
		switch key {
		case "functions.checkout.arrivals.rate":
			assert.Equal(t, dist.Poisson{PerSecond: 3}, functions[0].Arrivals)
			assert.Equal(t, dist.Poisson{PerSecond: 2}, all[0].Arrivals, "the scenario before is another")
		case "functions.new.memory":
			assert.Equal(t, "new", functions[2].Name)
		case "container.keep_alive":
			h := cluster.NewHistogram()
			h.Bins = 120
			assert.Equal(t, h, changed.Keeping.Policy)
		default:
			h := cluster.NewHistogram()
			h.Bins, h.Bin = 120, 30*sim.Second
			assert.Equal(t, h, functions[1].KeepAlive)
		}
	}
}

// A notation in a flow block may have commas, and errors below it name their own lines.
func TestNotationsInFlowBlocksNeedNoQuotes(t *testing.T) {
	quoted := strings.Replace(twoFunctions, "exponential(mean=80ms)", "'lognormal(mean=80ms, cv=1.5)'", 1)
	bare := strings.Replace(twoFunctions, "exponential(mean=80ms)", "lognormal(mean=80ms, cv=1.5)", 1)
	assert.Equal(t, twoParsed(t, quoted), twoParsed(t, bare))
	_, err := Parse("two.yaml", "", []byte(bare+"x: 3\n"), nil)
	require.ErrorContains(t, err, "two.yaml:6: x: unknown key")
}

func TestWhatIsWrongWithFunctionsIsSaidWhereItStands(t *testing.T) {
	const nodes = "nodes: {memory: 4GB}\ncontainer: {startup: constant(1s)}\n"
	const f = "functions:\n  f: {arrivals: poisson(rate=1/s), warm: constant(1s), memory: 256MB}\n"
	for name, c := range map[string]struct {
		text  string
		wants []string
	}{
		"a function larger than a node":   {"functions:\n  f: {arrivals: poisson(rate=1/s), warm: constant(1s), memory: 5GB}\n" + nodes, []string{"two.yaml:2: functions.f.memory: found 5GB, more than the memory of a node, 4GB"}},
		"a zipf larger than a node":       {"workload: zipf(functions=3, rate=1/s, warm=constant(1s), memory=5GB)\n" + nodes, []string{"two.yaml:1: workload: found 5GB, more than the memory of a node"}},
		"provisioned larger than a node":  {f + "nodes: {memory: 1GB}\ncontainer: {startup: constant(1s), provisioned: 5}\n", []string{"two.yaml:4: container.provisioned: min_instances, provisioned and spare of all functions take 1.25GB of a node of 1GB"}},
		"more kept than a node may have":  {f + "nodes: {max_instances: 2}\ncontainer: {startup: constant(1s)}\n", nil},
		"more provisioned than instances": {"functions:\n  f: {arrivals: poisson(rate=1/s), warm: constant(1s), memory: 256MB, provisioned: 3}\nnodes: {max_instances: 2}\ncontainer: {startup: constant(1s)}\n", []string{"two.yaml:2: functions.f.provisioned: min_instances, provisioned and spare of all functions take 3 instances of a node of at most 2"}},
		"no nodes":                        {f + "container: {startup: constant(1s), evict: lru}\n", []string{"two.yaml:1: nodes: functions share nodes, and there are none"}},
		"no container":                    {f + "nodes: {}\n", []string{"two.yaml:1: a scenario with functions needs a container block, such as container: {keep_alive: 10m}"}},
		"evict without functions":         {"arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), cold: constant(2s), evict: lru}\n", []string{"two.yaml:2: container.evict: needs functions"}},
		"nodes without functions":         {"arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), cold: constant(2s)}\nnodes: {memory: 1GB}\n", []string{"two.yaml:3: nodes: needs functions"}},
		"nodes with wasm alone":           {"arrivals: poisson(rate=1/s)\nwasm: {service: constant(1s)}\nnodes: {memory: 1GB}\n", []string{"two.yaml:3: nodes: needs functions"}},
		"arrivals beside functions":       {"arrivals: poisson(rate=1/s)\n" + f + nodes, []string{"two.yaml:1: arrivals: given beside functions; want one of both"}},
		"a workload beside functions":     {"workload: zipf(functions=3, rate=1/s, warm=constant(1s), memory=1GB)\n" + f + nodes, []string{"two.yaml:1: workload: given beside functions; want one of both"}},
		"arrivals beside a workload":      {"workload: zipf(functions=3, rate=1/s, warm=constant(1s), memory=1GB)\narrivals: poisson(rate=1/s)\n" + nodes, []string{"two.yaml:2: arrivals: given beside workload; want one of both"}},
		"what only a pool has": {f + "nodes: {}\ncontainer: {startup: constant(1s), warm: constant(1s), cold: constant(1s), max_instances: 5, release: constant(1s), cores: 4, dispatch: {interval: 1s}, initial: {idle: 3}}\n", []string{
			"two.yaml:4: container.warm: each function has its own; want functions.NAME.warm", "two.yaml:4: container.cold: a cold start", "two.yaml:4: container.max_instances: instances of many functions are counted on each node; want nodes.max_instances",
			"two.yaml:4: container.release: is of a single pool", "two.yaml:4: container.cores: instances of many functions share the cores of their node", "two.yaml:4: container.dispatch.interval: is of a single pool", "two.yaml:4: container.initial.idle: is of a single pool"}},
		"wrong wasm beside functions": {f + nodes + "wasm: {service: constant(1s), discipline: fcfs, cores: {physical: 2, threads: 2, yield: 0.2}}\n", []string{"two.yaml:5: wasm.cores.threads: cores that are held one by one"}},
		"a function without all":      {"functions:\n  f: {memory: 1MB}\n  g: {arrivals: poisson(rate=1/s)}\nnodes: {}\ncontainer: {}\n", []string{"two.yaml:2: functions.f.arrivals: missing", "two.yaml:2: functions.f.warm: missing", "two.yaml:2: functions.f.startup: missing; want a distribution", "two.yaml:3: functions.g.memory: missing"}},
		"memory of half a MB":         {"functions:\n  f: {arrivals: poisson(rate=1/s), warm: constant(1s), memory: 512KB}\n" + nodes, []string{`two.yaml:2: functions.f.memory: found "512KB"; want a memory size of whole MB`}},
		"a name with a space":         {"functions:\n  my function: {memory: 1MB}\n" + nodes, []string{`two.yaml:2: functions.my function: found the name "my function"; want up to 100 letters`}},
		"a name with a point":         {"functions:\n  a.b: {memory: 1MB}\n" + nodes, []string{`found the name "a.b"`}},
		"the same name twice":         {f + "  f: {memory: 1MB}\n" + nodes, []string{"two.yaml:3: functions: f is given twice"}},
		"no function":                 {"functions: {}\n" + nodes, []string{"two.yaml:1: functions: is empty"}},
		"functions that are none":     {"functions: 3\n" + nodes, []string{`two.yaml:1: functions: found "3"; want a block with a block for each function`}},
		"a function that is none":     {"functions: {f: 3}\n" + nodes, []string{`two.yaml:1: functions.f: found "3"; want a block with the keys arrivals, warm`}},
		"a slip for a function":       {"functions:\n  checkout: {arrivals: poisson(rate=1/s), warm: constant(1s), memory: 1MB}\n  chekcout: {memory: 2MB}\n  f: {memory: 2MB}\n" + nodes, []string{"two.yaml:3: functions.chekcout.arrivals: missing; did you mean functions.checkout? want an arrival process", "two.yaml:4: functions.f.arrivals: missing; want an arrival process"}},
		"an unknown key":              {"functions:\n  f: {arrival: poisson(rate=1/s)}\n" + nodes, []string{"two.yaml:2: functions.f.arrival: unknown key; did you mean functions.f.arrivals? functions.f takes arrivals, warm"}},
		"too many nodes":              {f + "nodes: {count: 0}\ncontainer: {startup: constant(1s)}\n", []string{`nodes.count: found "0"; want a whole number from 1`}},
		"a placement that is none":    {f + "nodes: {placement: best}\ncontainer: {startup: constant(1s)}\n", []string{"nodes.placement: found \"best\"; want hash, home, first-fit, least-loaded, round-robin or random"}},
		"zipf without all":            {"workload: zipf(functions=3)\n" + nodes, []string{"two.yaml:1: workload: rate is missing; zipf takes"}},
		"zipf with more":              {"workload: zipf(function=3)\n" + nodes, []string{`zipf has no parameter "function"`}},
		"zipf of none":                {"workload: zipf(functions=0, rate=1/s, warm=constant(1s), memory=1GB)\n" + nodes, []string{`functions: found "0"; want a whole number from 1 to 1000000`}},
		"zipf without start-up":       {"workload: zipf(functions=3, rate=1/s, warm=constant(1s), memory=1GB)\nnodes: {}\ncontainer: {}\n", []string{"container.startup: missing"}},
		"a wrong law in zipf":         {"workload: zipf(functions=3, rate=1/s, warm=const(1s), memory=1GB)\n" + nodes, []string{"workload: warm:"}},
		"a workload that is none":     {"workload: uniform(3)\n" + nodes, []string{`found "uniform(3)"; want one of zipf, azure2019`}},
		"nothing asked for":           {"container: {warm: constant(1s), cold: constant(2s)}\n", []string{"arrivals: missing; want an arrival process"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("two.yaml", "", []byte(c.text), nil)
			if c.wants == nil {
				require.NoError(t, err)
			}
			for _, want := range c.wants {
				assert.ErrorContains(t, err, want)
			}
		})
	}
	for key, want := range map[string]string{
		"functions":               "functions is a block of free names; want a key of one of them",
		"functions.checkout":      "functions.checkout is a block; want one of its keys: arrivals, warm",
		"functions.*.warm":        "unknown key",
		"functions.checkout.x":    "unknown key",
		"functions.a b.warm":      "unknown key",
		"container.provisioned.x": "unknown key",
	} {
		_, err := Parse("two.yaml", "", []byte(twoFunctions), []Override{set(key, "1")})
		assert.ErrorContains(t, err, want, key)
	}
}

func TestAProgramIsToldWhatIsWrongWithFunctions(t *testing.T) {
	good := func() Scenario { return twoParsed(t, twoFunctions) }
	for want, change := range map[string]func(*Scenario){
		"functions.checkout: found the name \"checkout\"; want names that differ": func(s *Scenario) { s.Arrivals.(Functions)[1].Name = "checkout" },
		"functions.checkout.memory: found -1MB":                                   func(s *Scenario) { s.Arrivals.(Functions)[0].Memory = -1 },
		"container.keep_alive: found a histogram of 0 bins":                       func(s *Scenario) { s.Keeping.Policy = cluster.Histogram{Bin: 1} },
		"container.provisioned: found -1":                                         func(s *Scenario) { s.Keeping.Provisioned = -1 },
		"container.warm: each function has its own":                               func(s *Scenario) { s.Container.Warm = dist.Constant{Value: 1} },
		"container.initial: is of a single pool":                                  func(s *Scenario) { s.Container.InitialIdle = 1 },
		"nodes.count: found 0":                                                    func(s *Scenario) { s.Nodes.Count = 0 },
		"nodes: needs functions":                                                  func(s *Scenario) { *s = Default(); s.Nodes = &Nodes{} },
		"Keeping.Evict, or Order, needs functions":                                func(s *Scenario) { *s = Default(); s.Keeping.Evict = cluster.GreedyDual },
	} {
		s := good()
		change(&s)
		assert.ErrorContains(t, s.Check(), want)
	}
	s := good()
	s.Nodes.Memory, s.Nodes.MaxInstances = 0, 0 // left out
	require.NoError(t, s.Check())
	assert.Equal(t, "unlimited", table.Find("nodes.memory").Write(&s))
}

// A cluster of one function has the numbers of the pool, to the last bit.
func TestAScenarioOfOneFunctionHasTheNumbersOfThePool(t *testing.T) {
	for _, c := range []struct{ pool, node, container string }{
		{"max_instances: unlimited", "{}", ""},
		{"max_instances: 3", "{max_instances: 3}", ""},
		{"max_instances: 3", "{memory: 400MB}", ""}, // of 128 MB each
		{"max_instances: 4, when_full: queue, queue_timeout: 2s, routing: random", "{max_instances: 4}", ", when_full: queue, queue_timeout: 2s, routing: random"},
		{"max_instances: 4, when_full: queue, keep_alive: 0s", "{max_instances: 4}", ", when_full: queue, keep_alive: 0s"},
	} {
		const run = "run: {duration: 500s, replications: 4, seed: 5}\n"
		pool := twoParsed(t, fmt.Sprintf("arrivals: poisson(rate=1.5/s)\ncontainer: {warm: exponential(mean=1.5s), startup: exponential(mean=2s), %s}\n%s", c.pool, run))
		one := twoParsed(t, fmt.Sprintf("functions: {f: {arrivals: poisson(rate=1.5/s), warm: exponential(mean=1.5s), memory: 128MB}}\nnodes: %s\ncontainer: {startup: exponential(mean=2s)%s}\n%s", c.node, c.container, run))
		want, err := Simulate(context.Background(), pool, Options{})
		require.NoError(t, err)
		got, err := Simulate(context.Background(), one, Options{})
		require.NoError(t, err)
		assert.Equal(t, want.Warmup, got.Warmup)
		require.NoError(t, got.Broken)
		assert.Equal(t, asJSON(t, want.Platforms[0].Distributions), asJSON(t, got.Platforms[0].Distributions))
		for _, m := range want.Platforms[0].Metrics {
			e, ok := got.Platforms[0].Metric(m.Name)
			require.True(t, ok, m.Name)
			assert.Equal(t, asJSON(t, m.Estimate), asJSON(t, e), "%s of %v", m.Name, c)
		}
		memory, _ := got.Platforms[0].Metric(platform.Memory)
		instances, _ := got.Platforms[0].Metric(platform.Instances)
		assert.InEpsilon(t, 128*instances.Mean, memory.Mean, 1e-12, "each instance has 128 MB")
	}
}

func asJSON(t *testing.T, x any) string {
	text, err := json.Marshal(x)
	require.NoError(t, err)
	return string(text)
}

// What happened to the functions adds up to what happened, whatever the policies.
func TestTheFunctionsAddUpToTheTotals(t *testing.T) {
	for name, overrides := range map[string][]Override{
		"as it is":                    nil,
		"pressed for memory":          {set("nodes.memory", "1GB"), set("functions.checkout.memory", "512MB")},
		"with a queue":                {set("nodes.memory", "1GB"), set("container.when_full", "queue"), set("container.queue_timeout", "1s"), set("functions.checkout.arrivals.rate", "20/s")},
		"by a histogram":              {set("container.keep_alive", "histogram(range=1h)"), set("functions.report.keep_alive", "histogram()")},
		"with spare instances":        {set("container.spare", "1"), set("functions.report.provisioned", "1"), set("nodes.count", "3"), set("nodes.placement", "round-robin")},
		"many, on nodes of their own": {set("nodes.count", "4"), set("container.evict", "greedy-dual"), set("nodes.memory", "1GB")},
	} {
		s := twoParsed(t, twoFunctions, append(overrides, set("run.duration", "2h"), set("run.warmup", "10m"), set("run.replications", "2"))...)
		r, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err, name)
		require.NoError(t, r.Broken, name)
		for i := range r.Platforms[0].Replications {
			o := &r.Platforms[0].Replications[i]
			var all platform.FunctionCounts
			var running, idle, loading float64
			for k := range o.Functions.Counts {
				c := &o.Functions.Counts[k]
				all.Merge(c)
				a, b, l := o.Functions.MegabyteSeconds(k)
				running, idle, loading = running+a, idle+b, loading+l
				assert.Positive(t, c.Arrivals, name)
			}
			assert.Equal(t, []int64{o.Arrivals, o.Warm, o.Cold, o.Rejected, o.TimedOut, o.Expired},
				[]int64{all.Arrivals, all.Warm, all.Cold, all.Rejected, all.TimedOut, all.Expired}, name)
			assert.Equal(t, o.Wait, all.Wait, name)
			total := o.WarmService
			total.Merge(o.ColdService)
			total.Merge(o.Wait)
			assert.Equal(t, total, all.Response, name)
			// The times in all states add up to those of the instances.
			assert.InEpsilon(t, o.Running.Mean()*o.Span.Seconds(), all.Running.Seconds(), 1e-9, name)
			sum := all.Idle
			sum.Merge(all.Loading)
			assert.InEpsilon(t, o.Idle.Mean()*o.Span.Seconds(), sum.Seconds(), 1e-9, name)
			value := func(name string) float64 {
				m, _ := platform.Find(name)
				return m.Of(o)
			}
			assert.InEpsilon(t, value(platform.Memory), value(platform.MemoryRunning)+value(platform.MemoryIdle)+value(platform.MemoryLoading), 1e-9, name)
			assert.InEpsilon(t, (running+idle+loading)/o.Span.Seconds(), value(platform.Memory), 1e-9, name)
			var nodes platform.NodeMemory
			require.Len(t, o.Functions.Nodes, s.Nodes.Count)
			for _, n := range o.Functions.Nodes {
				nodes.Merge(n)
				assert.LessOrEqual(t, n.Running.Seconds()+n.Idle.Seconds()+n.Loading.Seconds(), float64(s.Nodes.Memory)*o.Span.Seconds(), name)
			}
			assert.InEpsilonSlice(t, []float64{running + 1, idle + 1, loading + 1}, []float64{nodes.Running.Seconds() + 1, nodes.Idle.Seconds() + 1, nodes.Loading.Seconds() + 1}, 1e-9, name)
			if limit := float64(s.Nodes.Count) * float64(s.Nodes.Memory); s.Nodes.Memory != cluster.Unlimited {
				assert.LessOrEqual(t, value(platform.Memory), limit, name)
			}
		}
	}
}

// Little's law, for each function: the memory of its running instances is the rate at which its
// requests begin × their mean service × its memory.
func TestLittlesLawHoldsForEachFunction(t *testing.T) {
	s := twoParsed(t, twoFunctions, set("run.duration", "20h"), set("run.replications", "4"), set("nodes.memory", "2GB"), set("functions.checkout.memory", "600MB"))
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	for i := range r.Platforms[0].Replications {
		o := &r.Platforms[0].Replications[i]
		for k, c := range o.Functions.Counts {
			service := c.Response
			service.Subtract(c.Wait)
			running, _, _ := o.Functions.MegabyteSeconds(k)
			// Services that begin before the period and end in it, or begin in it and end behind.
			edge := 2 * 20 * 3. * float64(o.Functions.Memories[k])
			assert.InDelta(t, service.Seconds()*float64(o.Functions.Memories[k]), running, edge)
			assert.Greater(t, running, 10*edge, "or the test could not fail")
		}
	}
}

func TestColdStartsOfTheFunctionsAreQuantiles(t *testing.T) {
	o := platform.Observations{Span: 10 * sim.Second}
	o.Functions.Memories = []int64{1024, 512, 1, 1, 1, 1}
	o.Functions.Counts = []platform.FunctionCounts{
		{Arrivals: 10, Cold: 1, Warm: 9}, {Arrivals: 4, Cold: 4}, {Arrivals: 2, Cold: 1, Warm: 1}, {Arrivals: 100, Warm: 100}, {}, {Arrivals: 5, Warm: 3, Cold: 2},
	}
	o.Functions.Counts[0].Idle.Add(20 * sim.Second)
	o.Functions.Counts[0].Running.Add(10 * sim.Second)
	o.Functions.Counts[1].Loading.Add(4 * sim.Second)
	o.Functions.Counts[1].Evicted = 30
	for _, c := range o.Functions.Counts {
		o.Warm, o.Cold, o.Arrivals = o.Warm+c.Warm, o.Cold+c.Cold, o.Arrivals+c.Arrivals
	}
	// The fractions in order are 0, 0.1, 0.4, 0.5 and 1, and one function was not asked for.
	for name, want := range map[string]float64{
		platform.ColdStartFractionP50: 0.4, platform.ColdStartFractionP75: 0.5, platform.ColdStartFractionP90: 0.8, platform.ColdStartFractionP95: 0.9,
		platform.AlwaysCold: 0.2, platform.ActiveFunctions: 5, platform.Evictions: 3,
		platform.Memory: (30*1024 + 4*512) / 10., platform.MemoryIdle: 2048, platform.MemoryRunning: 1024, platform.MemoryLoading: 204.8,
		platform.WastedMemory: 22 * 1e6 / 121, platform.WastedShare: 22. / 32,
	} {
		m, ok := platform.Find(name)
		require.True(t, ok, name)
		assert.InDelta(t, want, m.Of(&o), 1e-9*want, name)
	}
}

// What a metric is estimated from is the whole, and the whole without each replication.
func TestQuantilesOverFunctionsAreEstimatedFromTheWhole(t *testing.T) {
	of := func(colds ...int64) platform.Observations {
		o := platform.Observations{Span: 10 * sim.Second}
		for _, cold := range colds {
			o.Functions.Counts = append(o.Functions.Counts, platform.FunctionCounts{Arrivals: 10, Cold: cold, Warm: 10 - cold})
		}
		o.Functions.Memories = make([]int64, len(colds))
		return o
	}
	replications := []platform.Observations{of(1, 5, 9), of(2, 2, 10), of(0, 8, 7)}
	names := []string{platform.ColdStartFractionP50, platform.ColdStartFractionP75, platform.ColdStartFractionP95}
	var metrics []platform.Metric
	for _, name := range names {
		m, ok := platform.Find(name)
		require.True(t, ok)
		metrics = append(metrics, m)
	}
	for i, e := range platform.Estimate(metrics, replications) {
		p := []float64{0.50, 0.75, 0.95}[i]
		want := platform.QuantileOf([]float64{0.1, 0.5, 26. / 30}, p)
		var without []float64 // each replication
		for _, left := range [][]float64{{0.1, 0.5, 0.85}, {0.05, 0.65, 0.8}, {0.15, 0.35, 0.95}} {
			without = append(without, platform.QuantileOf(left, p))
		}
		assert.InDelta(t, stats.Jackknife(want, stats.PseudoValues(want, without)).Mean, e.Mean, 1e-12, names[i])
		assert.InDeltaSlice(t, stats.PseudoValues(want, without), e.Pseudo, 1e-12, names[i])
	}
	assert.Equal(t, of(1, 5, 9), replications[0])
}

func TestManyFunctionsNeedASteadyState(t *testing.T) {
	for want, overrides := range map[string][]Override{
		"the instances only grow": {set("container.keep_alive", "never"), set("nodes.memory", "unlimited")},
		"so the queue only grows": {set("container.when_full", "queue"), set("functions.checkout.arrivals.rate", "500/s")},
		"offered load":            {set("container.when_full", "queue"), set("nodes.memory", "unlimited"), set("nodes.max_instances", "1"), set("functions.checkout.arrivals.rate", "500/s")},
	} {
		s := twoParsed(t, twoFunctions, overrides...)
		assert.ErrorContains(t, s.CheckSteadyState(), want)
	}
	assert.NoError(t, twoParsed(t, twoFunctions).CheckSteadyState())

	// Two functions of which hash puts one on a node that is too small for it.
	const uneven = "functions:\n  busy: {arrivals: poisson(rate=12/s), warm: exponential(mean=1s), memory: 512MB}\n  rare: {arrivals: poisson(rate=1/h), warm: constant(1s), memory: 512MB}\nnodes: {memory: 4GB, count: 4}\ncontainer: {startup: constant(1s)}\nrun: {duration: 10m, warmup: 1m, replications: 2}\n"
	r, err := Simulate(context.Background(), twoParsed(t, uneven), Options{})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "is asked for up to 6GB of running instances on average, more than there is room for, while others have room")
	assert.ErrorContains(t, twoParsed(t, uneven, set("container.when_full", "queue")).CheckSteadyState(), "under placement hash node")
	assert.NoError(t, twoParsed(t, uneven, set("container.when_full", "queue"), set("nodes.placement", "least-loaded")).CheckSteadyState())
	r, err = Simulate(context.Background(), twoParsed(t, uneven, set("nodes.placement", "least-loaded")), Options{})
	require.NoError(t, err)
	assert.NotContains(t, strings.Join(r.Warnings, "\n"), "hash")
	r, err = Simulate(context.Background(), twoParsed(t, uneven, set("nodes.memory", "unlimited"), set("nodes.max_instances", "11")), Options{})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "is asked for up to 12 running instances")
}

// zipf is what its definition says, and runs as a functions block with the same functions does.
func TestZipfIsAFunctionsBlock(t *testing.T) {
	s := twoParsed(t, "workload: zipf(functions=5, rate=4/s, exponent=2, warm=exponential(mean=300ms), memory=100MB)\nnodes: {memory: 400MB}\ncontainer: {startup: constant(1s), keep_alive: 20s}\nrun: {duration: 1h, replications: 2}\n")
	all, _ := s.Many()
	total := 0.0
	for i, f := range all {
		total += f.Arrivals.Rate()
		assert.InEpsilon(t, all[0].Arrivals.Rate()/float64((i+1)*(i+1)), f.Arrivals.Rate(), 1e-12)
	}
	assert.InEpsilon(t, 4, total, 1e-12)
	other := s
	other.Arrivals = all
	a, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	b, err := Simulate(context.Background(), other, Options{})
	require.NoError(t, err)
	assert.Equal(t, a.Platforms[0].Metrics[0].Estimate, b.Platforms[0].Metrics[0].Estimate)
	assert.True(t, strings.HasPrefix(string(other.YAML()), "name: two\nfunctions:\n  f1:\n    arrivals: poisson"), string(other.YAML()))

	changed := twoParsed(t, string(s.YAML()), set("workload.rate", "8/s"), set("workload.exponent", "0"))
	assert.Equal(t, 8.0, changed.Arrivals.Rate())
	assert.Contains(t, changed.Arrivals.String(), "exponent=0")
}

// Executors serve the requests of all functions: each is as long as the function's warm start, unless
// the block gives one law for all. The log has the function of each, and no node.
func TestExecutorsBesideFunctions(t *testing.T) {
	for _, block := range []string{"{cores: 4, startup: constant(10ms)}", "{service: exponential(mean=200ms), cores: unlimited}"} {
		s := twoParsed(t, twoFunctions+"wasm: "+block+"\nrun: {duration: 2h, warmup: 1m, replications: 2}\n")
		rows := map[string]map[float64]platform.Request{}
		r, err := Simulate(context.Background(), s, Options{Log: func(name string, replication int, r platform.Request, measured bool) {
			if replication == 1 {
				if rows[name] == nil {
					rows[name] = map[float64]platform.Request{}
				}
				rows[name][float64(r.Number)] = r
			}
		}})
		require.NoError(t, err)
		require.NoError(t, r.Broken)
		require.Greater(t, len(rows[ContainerPlatform]), 10_000)
		require.Len(t, rows[WasmPlatform], len(rows[ContainerPlatform]))
		total, slow := 0.0, 0
		for number, c := range rows[ContainerPlatform] {
			w := rows[WasmPlatform][number]
			require.Equal(t, []any{c.Arrival, c.Function, int32(-1)}, []any{w.Arrival, w.Function, w.Node}, "request %g", number)
			total += w.Service.Seconds()
			if c.Outcome == platform.OutcomeWarm && s.Wasm.Service == nil && w.Outcome != platform.OutcomeUnfinished {
				require.InDelta(t, c.Service.Seconds(), w.Service.Seconds(), 0.011, "the same service, and a start-up")
				slow++
			}
		}
		if s.Wasm.Service != nil {
			assert.InEpsilon(t, 0.2, total/float64(len(rows[WasmPlatform])), 0.05)
		} else {
			assert.Greater(t, slow, 10_000)
		}
		assert.Equal(t, []string{ContainerPlatform, WasmPlatform}, s.Platforms())
	}
	unsteady := twoParsed(t, twoFunctions+"wasm: {cores: 1}\n", set("functions.report.arrivals.rate", "1/s"))
	assert.ErrorContains(t, unsteady.CheckSteadyState(), "offered load")
	_, err := unsteady.History(WasmPlatform, 0)
	assert.ErrorContains(t, err, "cannot be watched yet")
}
