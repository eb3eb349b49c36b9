package validate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate/model"
)

// policyLaws are the laws of instances that are kept, and of many functions whose instances share
// the memory of nodes.
func policyLaws() (groups []group) {
	add := func(g ...group) { groups = append(groups, g...) }

	// Instances that are there before they are asked for, without a keep-alive.
	for i, p := range []struct{ key, model, startup string }{
		{"provisioned: 3", provisionedModel, "exponential(mean=2500ms)"}, {"provisioned: 5", provisionedModel, "lognormal(mean=2500ms, cv=1.5)"},
		{"min_instances: 1", leastInstancesModel, "constant(0s)"}, {"min_instances: 5", leastInstancesModel, "constant(0s)"},
		{"spare: 1", spareModel, "constant(800ms)"}, {"spare: 4", spareModel, "hyperexponential(mean=800ms, cv=2)"},
	} {
		s := policyScenario(fmt.Sprintf("kept ready %d", i+1), fmt.Sprintf("arrivals: poisson(rate=2/s)\ncontainer: {warm: exponential(mean=1500ms), startup: '%s', keep_alive: 0s, max_instances: unlimited, %s}\n", p.startup, p.key))
		g := exact("laws", p.model, s, platform.ColdStartProbability, platform.Instances, platform.ResponseTime)
		for k := range g.cases {
			g.cases[k].Detect = detectRare
		}
		add(g)
	}

	// A keep-alive is a cache with a time to live.
	const brief = "warm: constant(1us), startup: constant(0s), memory: "
	five := "functions:\n"
	rates, idle, cold := 0.0, 0.0, 0.0
	for i, gap := range []float64{60, 300, 600, 1800, 7200} {
		memory := []int{100, 200, 50, 400, 1000}[i]
		five += fmt.Sprintf("  f%d: {arrivals: poisson(rate=%.17g/s), %s%dMB}\n", i+1, 1/gap, brief, memory)
		miss := model.TimeToLive(1/gap, 600)
		rates, cold, idle = rates+1/gap, cold+miss/gap, idle+float64(memory)*(1-miss)
	}
	add(stated("time to live 1", five+"nodes: {}\ncontainer: {keep_alive: 10m}\n", "time-to-live", detectRare, measured{platform.ColdStartProbability, cold / rates}, measured{platform.MemoryIdle, idle}))
	for i, c := range []struct {
		arrivals  string
		keepAlive string
		of        float64
	}{{"renewal(hyperexponential(mean=400s, cv=3))", "600s", 0.100306328}, {"renewal(erlang(k=4, mean=400s))", "600s", 0.151203883}} {
		add(stated(fmt.Sprintf("time to live %d", i+2), fmt.Sprintf("functions: {f: {arrivals: '%s', %s1MB}}\nnodes: {}\ncontainer: {keep_alive: %s}\n", c.arrivals, brief, c.keepAlive),
			"time-to-live", detectRare, measured{platform.ColdStartProbability, c.of}))
	}

	// Placement thins arrivals: in turn to an Erlang gap, at random to Poisson arrivals.
	for _, c := range []struct {
		placement string
		nodes     int
	}{{"round-robin", 4}, {"random", 4}, {"random", 2}, {"hash", 3}} {
		const load = 5. // rate × keep-alive
		cold := math.Exp(-load)
		switch c.placement {
		case "round-robin":
			term := math.Exp(-load)
			cold = 0
			for j := range c.nodes {
				cold += term
				term *= load / float64(j+1)
			}
		case "random":
			cold = math.Exp(-load / float64(c.nodes))
		}
		add(stated(fmt.Sprintf("placement %s on %d", c.placement, c.nodes), fmt.Sprintf("functions: {f: {arrivals: poisson(rate=1/m), %s1MB}}\nnodes: {count: %d, placement: %s}\ncontainer: {keep_alive: 5m}\n", brief, c.nodes, c.placement),
			"thinning", detectRare, measured{platform.ColdStartProbability, cold}))
	}

	// Eviction is caching.
	for i, c := range []struct {
		n, room      int
		exponent     float64
		evict, limit string
		law          string
	}{
		{6, 3, 1, "lru", "memory: 3MB", "king"}, {8, 4, 0.8, "lru", "max_instances: 4", "king"}, {10, 3, 0.8, "greedy-dual", "memory: 3MB", "king"},
		{6, 3, 1, "random", "memory: 3MB", "gelenbe"},
	} {
		popularity := make([]float64, c.n)
		for k := range popularity {
			popularity[k] = math.Pow(float64(k+1), -c.exponent)
		}
		miss, err := model.LRU(popularity, c.room)
		if c.law == "gelenbe" {
			miss, err = model.RandomReplacement(popularity, c.room)
		}
		if err != nil {
			panic("validate: " + err.Error())
		}
		add(stated(fmt.Sprintf("eviction %d", i+1), fmt.Sprintf("workload: zipf(functions=%d, rate=1/s, exponent=%g, warm=constant(1us), memory=1MB)\nnodes: {%s}\ncontainer: {startup: constant(0s), keep_alive: never, evict: %s}\n", c.n, c.exponent, c.limit, c.evict),
			c.law, detect, measured{platform.ColdStartProbability, miss}))
	}

	// Of many functions Che's approximation is near: here it deviates from LRU by less than a thousandth
	// part, and the band is as wide as what the simulation resolves.
	popularity := make([]float64, 100)
	for k := range popularity {
		popularity[k] = math.Pow(float64(k+1), -0.8)
	}
	che, _, err := model.Che(popularity, 20)
	if err != nil {
		panic("validate: " + err.Error())
	}
	approximate := stated("eviction by Che", "workload: zipf(functions=100, rate=1/s, exponent=0.8, warm=constant(1us), memory=1MB)\nnodes: {memory: 20MB}\ncontainer: {startup: constant(0s), keep_alive: never}\n",
		"che", detect, measured{platform.ColdStartProbability, che})
	approximate.cases[0].Kind, approximate.cases[0].Detect, approximate.cases[0].Band = Approximate, 0, Band{-0.01, 0.01}
	add(approximate)

	// The hybrid histogram on Poisson arrivals, in the long run: the window is that of the
	// exponential law, when so many idle times are known that it does not move any more.
	// The percentiles lie far from the edges of the bins.
	for i, c := range []struct {
		policy         string
		gap, load, end float64  // minutes
		requests       sim.Time // measured in each replication
	}{{"histogram()", 1, 0, 5.5, 110_000}, {"histogram(head=20%, tail=90%)", 7.2, 0.9, 18.7, 15_000}} {
		p := math.Exp(-c.load/c.gap) - math.Exp(-c.end/c.gap)
		g := stated(fmt.Sprintf("histogram %d", i+1), fmt.Sprintf("functions: {f: {arrivals: poisson(rate=%.17g/m), %s1MB}}\nnodes: {}\ncontainer: {keep_alive: '%s'}\n", 1/c.gap, brief, c.policy),
			"hybrid-histogram", detectRare, measured{platform.ColdStartProbability, 1 - p}, measured{platform.MemoryIdle, p})
		gap := sim.FromSeconds(60 * c.gap)
		g.scenario.Run = g.scenario.Run.Fixed(20_000*gap, c.requests*gap)
		g.scenario.Run.Replications, g.short = replications, true
		add(g)
	}

	// Memory is a multirate loss system, whatever is kept.
	for i, container := range []string{"keep_alive: 0s", "keep_alive: never, evict: greedy-dual", "keep_alive: 5s, evict: lru"} {
		rejected, held, err := model.Multirate(12, []model.MemoryClass{{Load: 3, Units: 1}, {Load: 2, Units: 2}, {Load: 0.6, Units: 4}})
		if err != nil {
			panic("validate: " + err.Error())
		}
		g := stated(fmt.Sprintf("multirate %d", i+1), `functions:
  small: {arrivals: poisson(rate=3/s), warm: exponential(mean=1s), memory: 128MB}
  medium: {arrivals: poisson(rate=1/s), warm: constant(2s), memory: 256MB}
  large: {arrivals: poisson(rate=24/m), warm: 'erlang(k=2, mean=1500ms)', memory: 512MB}
nodes: {memory: 1536MB}
container: {startup: constant(0s), `+container+"}\n", "kaufman-roberts", detectRare, measured{platform.MemoryRunning, 128 * held})
		for f, p := range rejected {
			g.cases = append(g.cases, Case{Suite: "laws", Scenario: g.name, Platform: scenarios.ContainerPlatform, Model: "kaufman-roberts", Metric: "rejected of " + []string{"small", "medium", "large"}[f],
				Kind: Exact, Expected: p, Detect: detectRare, of: func(o *platform.Observations) float64 {
					return float64(o.Functions.Counts[f].Rejected) / float64(o.Functions.Counts[f].Arrivals)
				}})
		}
		add(g)
	}

	// The cores of a node are processor sharing, whatever the laws of the services.
	const load = 0.4 + 0.3
	add(stated("functions on a core", `functions:
  spread: {arrivals: poisson(rate=2/s), warm: 'hyperexponential(mean=200ms, cv=2)', memory: 128MB}
  constant: {arrivals: poisson(rate=1/s), warm: constant(300ms), memory: 512MB}
nodes: {cores: 1}
container: {startup: constant(0s), keep_alive: 1m}
`, "processor-sharing", detectRare, measured{platform.ResponseTime, (load / 3) / (1 - load)}, measured{platform.Running, load / (1 - load)},
		measured{platform.MemoryRunning, (0.4*128 + 0.3*512) / (1 - load)}))

	// Without a keep-alive the memory of many functions is a sum of independent Poisson numbers.
	add(stated("memory without a limit", `functions:
  small: {arrivals: poisson(rate=3/s), warm: 'lognormal(mean=1s, cv=1.5)', memory: 128MB}
  medium: {arrivals: poisson(rate=30/m), warm: constant(2s), memory: 256MB}
  large: {arrivals: poisson(rate=15/m), warm: exponential(mean=1s), memory: 1GB}
nodes: {}
container: {startup: constant(0s), keep_alive: 0s}
`, "mg-infinity", detect, measured{platform.Memory, 128*3 + 256*1 + 1024*0.25},
		measured{platform.LiveFunctions, 3 - math.Exp(-3) - math.Exp(-1) - math.Exp(-0.25)}))

	add(policyPaths()...)
	return groups
}

// policyScenario parses a scenario of a law.
func policyScenario(name, text string) scenarios.Scenario {
	s, err := scenarios.Parse(name, "", []byte("name: "+name+"\n"+text), nil)
	if err != nil {
		panic("validate: " + err.Error()) // a test builds them all
	}
	return s
}

// measured is a metric and its value in theory.
type measured struct {
	metric string
	value  float64
}

// stated returns a scenario with an exact case for each metric whose value a law states.
func stated(name, text, law string, detect float64, metrics ...measured) group {
	g := group{suite: "laws", name: name, scenario: policyScenario(name, text)}
	for _, m := range metrics {
		g.cases = append(g.cases, Case{Suite: "laws", Scenario: name, Platform: scenarios.ContainerPlatform, Model: law, Metric: m.metric, Kind: Exact,
			Expected: m.value, Detect: detect, of: metricOf(scenarios.ContainerPlatform, m.metric)})
	}
	return g
}

// pressed is a scenario of many functions that are short of memory.
const pressed = `functions:
  a: {arrivals: poisson(rate=2/s), warm: exponential(mean=700ms), startup: exponential(mean=1s), memory: 100MB}
  b: {arrivals: poisson(rate=40/m), warm: 'lognormal(mean=2s, cv=1)', startup: constant(2s), memory: 300MB}
  c: {arrivals: poisson(rate=6/m), warm: constant(1s), startup: constant(4s), memory: 500MB}
  d: {arrivals: 'batch(poisson(rate=2/m), size=3)', warm: constant(3s), startup: constant(1s), memory: 200MB}
  e: {arrivals: constant(rate=1/m), warm: constant(1s), startup: constant(1s), memory: 200MB}
`

// policyPaths are the laws of policies that hold on every path, row by row.
func policyPaths() (groups []group) {
	add := func(name, law, text string, path func(context.Context, scenarios.Scenario) error) {
		groups = append(groups, group{suite: "laws", name: name, law: law, scenario: policyScenario(name, text), path: path, short: true})
	}

	add("one function is the pool", "the rows of the pool", "arrivals: poisson(rate=3/s)\ncontainer: {warm: 'lognormal(mean=1s, cv=1)', startup: exponential(mean=2s), keep_alive: 4s, max_instances: 6, when_full: queue, queue_timeout: 2s}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			same := s
			same.Keeping.Policy = cluster.Fixed(s.Container.KeepAlive) // a cluster of one function
			return sameRows(ctx, s, same, func(platform.Request) bool { return true }, everything)
		})
	add("no start-up costs", "greedy-dual is LRU", "workload: zipf(functions=30, rate=3/s, exponent=0.8, warm=exponential(mean=1s), memory=100MB)\nnodes: {memory: 1GB}\ncontainer: {startup: constant(0s), keep_alive: never, evict: lru}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			other := s
			other.Keeping.Evict = cluster.GreedyDual
			return sameRows(ctx, s, other, func(platform.Request) bool { return true }, everything)
		})
	add("functions on their own", "functions without a limit do not know of each other", pressed+"nodes: {}\ncontainer: {keep_alive: histogram(range=20m)}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			all, _ := s.Many()
			busier := slices.Clone(all)
			busier[1].Arrivals, busier[2].Memory = busier[0].Arrivals, 900
			other := s
			other.Arrivals = busier
			return sameRows(ctx, s, other, func(r platform.Request) bool { return r.Function != 1 }, func(r platform.Request) platform.Request {
				r.Number, r.Instance = 0, 0
				return r
			})
		})
	for _, evict := range []string{"lru", "greedy-dual"} {
		add("memory is scaled, "+evict, "three times the memory of everything changes no row", pressed+"nodes: {memory: 900MB}\ncontainer: {keep_alive: 40s, evict: "+evict+"}\n",
			func(ctx context.Context, s scenarios.Scenario) error {
				all, _ := s.Many()
				large, nodes := slices.Clone(all), *s.Nodes
				for i := range large {
					large[i].Memory *= 3
				}
				nodes.Memory *= 3
				other := s
				other.Arrivals, other.Nodes = large, &nodes
				return sameRows(ctx, s, other, func(platform.Request) bool { return true }, everything)
			})
	}
	add("idle memory is never in the way", "the same requests are rejected, whatever is kept", strings.NewReplacer("startup: exponential(mean=1s)", "startup: constant(0s)", "startup: constant(2s)", "startup: constant(0s)",
		"startup: constant(4s)", "startup: constant(0s)", "startup: constant(1s)", "startup: constant(0s)").Replace(pressed)+"nodes: {memory: 900MB}\ncontainer: {keep_alive: 0s}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			var errs []error
			for _, evict := range []cluster.Eviction{cluster.LRU, cluster.GreedyDual, cluster.RandomEviction} {
				other, kept := s, *s.Container
				kept.KeepAlive = sim.Never
				other.Container, other.Keeping.Evict = &kept, evict
				errs = append(errs, sameRows(ctx, s, other, func(platform.Request) bool { return true }, func(r platform.Request) platform.Request {
					return platform.Request{Number: r.Number, Function: r.Function, Arrival: r.Arrival, Start: r.Start, Completion: r.Completion, Service: r.Service}
				}))
			}
			return errors.Join(errs...)
		})
	add("more room is never colder", "LRU with room for one more is warm wherever it was", "workload: zipf(functions=30, rate=1/s, exponent=0.8, warm=constant(0s), memory=1MB)\nnodes: {memory: 5MB}\ncontainer: {startup: constant(0s), keep_alive: never}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			more, nodes := s, *s.Nodes
			nodes.Memory++
			more.Nodes = &nodes
			return neverColder(ctx, s, more)
		})
	add("a longer keep-alive is never colder", "a keep-alive twice as long is warm wherever it was", "workload: zipf(functions=30, rate=1/s, exponent=0.8, warm=constant(0s), memory=1MB)\nnodes: {}\ncontainer: {startup: constant(0s), keep_alive: 20s}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			more, longer := s, *s.Container
			longer.KeepAlive *= 2
			more.Container = &longer
			return neverColder(ctx, s, more)
		})
	for _, c := range []struct {
		period, keepAlive string
		cold              int64
		idle              float64 // minutes
	}{{"30m", "histogram()", 1, 627}, {"7m", "histogram()", 1, 146.3}, {"30m", "10m", 201, 2000}, {"300m", "histogram(forecast=mean(10))", 2, 9195}} {
		add("every "+c.period+", "+c.keepAlive, "cold starts and idle time of 201 requests at equal distances", "functions: {f: {arrivals: 'renewal(constant("+c.period+"))', warm: constant(0s), startup: constant(0s), memory: 1GB}}\nnodes: {}\ncontainer: {keep_alive: '"+c.keepAlive+"'}\n",
			func(ctx context.Context, s scenarios.Scenario) error {
				gap := sim.FromSeconds(1 / s.ArrivalRate())
				o, _, err := pathOf(ctx, s, 201*gap+1)
				if err != nil {
					return err
				}
				k := o.Functions.Counts[0]
				// What is idle after the last request is not of the law: it is at most a nanosecond.
				if k.Arrivals != 201 || k.Cold != c.cold || math.Abs(k.Idle.Seconds()-60*c.idle) > 1e-6 {
					return fmt.Errorf("of %d requests %d were cold, and an instance was idle for %.9g minutes; want %d and %.9g", k.Arrivals, k.Cold, k.Idle.Seconds()/60, c.cold, c.idle)
				}
				return nil
			})
	}
	add("one function on shared cores is the pool", "the rows of the pool", "arrivals: poisson(rate=3/s)\ncontainer: {warm: 'lognormal(mean=500ms, cv=1)', startup: exponential(mean=1s), cores: {physical: 2, threads: 2, yield: 0.3}, startup_cpu: 0.5, keep_alive: 4s, max_instances: 6, when_full: queue, queue_timeout: 2s}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			same := s
			same.Keeping.Policy = cluster.Fixed(s.Container.KeepAlive) // a cluster of one function
			return sameRows(ctx, s, same, func(platform.Request) bool { return true }, everything)
		})
	add("nodes do not share cores", "functions of other nodes change no row", pressed+"nodes: {count: 3, cores: 1}\ncontainer: {keep_alive: 40s, startup_cpu: 0.5}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			all, _ := s.Many()
			busier := slices.Clone(all)
			busier[1].Warm = busier[2].Warm // of the function on the second node
			other := s
			other.Arrivals = busier
			nodes := cluster.Config{Nodes: s.Nodes.Count}
			home := func(f int32) int { return nodes.Home(int(f)) }
			return sameRows(ctx, s, other, func(r platform.Request) bool {
				return home(r.Function) != home(1) && r.Outcome != platform.OutcomeUnfinished
			}, func(r platform.Request) platform.Request {
				r.Number, r.Instance = 0, 0
				return r
			})
		})
	add("counts by the minute", "a trace's requests are its counts, whatever their places in the minute", "workload: zipf(functions=2, rate=1/s, exponent=0, warm=constant(0s), memory=1MB)\nnodes: {}\ncontainer: {startup: constant(0s), keep_alive: 0s}\n", countsOfMinutes)
	add("counts of functions", "what happened to the functions adds up", pressed+"nodes: {count: 2, memory: 800MB, placement: least-loaded}\ncontainer: {keep_alive: 'histogram(range=10m, min_samples=3)', when_full: queue, queue_timeout: 5s}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			o, log, err := pathOf(ctx, s, pathSpan)
			if err != nil {
				return err
			}
			for f := range o.Functions.Counts {
				k := &o.Functions.Counts[f]
				if waiting := k.Arrivals - k.Warm - k.Cold - k.Rejected - k.TimedOut; waiting < 0 || waiting > o.WaitingAtEnd {
					return fmt.Errorf("function %d: %d arrivals, %d warm, %d cold, %d rejected and %d timed out, while %d wait", f, k.Arrivals, k.Warm, k.Cold, k.Rejected, k.TimedOut, o.WaitingAtEnd)
				}
			}
			return errors.Join(o.Check(), littleOnThePath(o, log))
		})
	return groups
}

// everything compares all that a row has.
func everything(r platform.Request) platform.Request { return r }

// pathOf simulates one path from time 0, and returns its observations and its log.
func pathOf(ctx context.Context, s scenarios.Scenario, span sim.Time) (*platform.Observations, []platform.Request, error) {
	s.Run = s.Run.Fixed(0, span)
	s.Run.Replications = 1
	var log []platform.Request
	r, err := scenarios.Simulate(ctx, s, scenarios.Options{Log: func(_ string, _ int, r platform.Request, _ bool) { log = append(log, r) }})
	if err != nil {
		return nil, nil, err
	}
	if r.Broken != nil {
		return nil, nil, r.Broken
	}
	return &r.Platform(scenarios.ContainerPlatform).Replications[0], log, nil
}

// sameRows checks that the logs of two scenarios agree in the rows and in the columns that count.
func sameRows(ctx context.Context, a, b scenarios.Scenario, counts func(platform.Request) bool, columns func(platform.Request) platform.Request) error {
	var logs [2][]platform.Request
	for i, s := range []scenarios.Scenario{a, b} {
		_, log, err := pathOf(ctx, s, pathSpan)
		if err != nil {
			return err
		}
		for _, r := range log {
			if counts(r) {
				logs[i] = append(logs[i], columns(r))
			}
		}
	}
	// Rows are in the order in which fates were known.
	for i := range min(len(logs[0]), len(logs[1])) {
		if logs[0][i] != logs[1][i] {
			return fmt.Errorf("row %d of the one is %+v, and of the other %+v", i, logs[0][i], logs[1][i])
		}
	}
	if len(logs[0]) != len(logs[1]) || len(logs[0]) < 500 {
		return fmt.Errorf("%d rows, and %d", len(logs[0]), len(logs[1]))
	}
	return nil
}

// neverColder checks that each request that is warm in one scenario is warm in another one.
func neverColder(ctx context.Context, s, more scenarios.Scenario) error {
	_, less, err := pathOf(ctx, s, pathSpan)
	if err != nil {
		return err
	}
	_, longer, err := pathOf(ctx, more, pathSpan)
	if err != nil {
		return err
	}
	if len(less) != len(longer) {
		return fmt.Errorf("%d requests, and %d", len(less), len(longer))
	}
	gained := 0
	for i := range less {
		switch {
		case longer[i].Cold && !less[i].Cold:
			return fmt.Errorf("request %d is cold only with more", less[i].Number)
		case less[i].Cold && !longer[i].Cold:
			gained++
		}
	}
	if gained == 0 {
		return errors.New("more makes no difference")
	}
	return nil
}

// littleOnThePath checks that the time of running instances is the sum of the services on the path.
func littleOnThePath(o *platform.Observations, log []platform.Request) error {
	var services, running sim.Time
	for _, r := range log {
		switch r.Outcome {
		case platform.OutcomeRejected, platform.OutcomeTimedOut:
		default: // of a request without a fate, up to the end
			services += min(r.Completion, o.Span) - min(r.Start, o.Span)
		}
	}
	for f := range o.Functions.Counts {
		running += sim.FromSeconds(o.Functions.Counts[f].Running.Seconds())
	}
	if difference := services - running; difference > 1000 || difference < -1000 {
		return fmt.Errorf("the services take %v, and instances run for %v", services, running)
	}
	return nil
}
