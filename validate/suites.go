package validate

import (
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
)

// Suites are the names of the built-in suites, in the order in which they run.
var Suites = []string{"laws", "smp", "wasm", "scaling"}

// Description describes the checks of each suite.
var Description = map[string]string{
	"laws":    "every exact law of the two platforms, of kept instances and of many functions, at several loads and distributions",
	"smp":     "both semi-Markov models over the thesis' six functions, against their documented accuracy",
	"wasm":    "executors below capacity and on N cores, up to a load of 0.98",
	"scaling": "instances of several places and autoscalers that measure the load: laws, decisions by hand, decisions of Knative's own code",
}

// groupsOf returns the scenarios of a suite with their cases. It panics on an unknown suite.
func groupsOf(suite string) []group {
	switch suite {
	case "laws":
		return laws()
	case "smp":
		return smpSuite()
	case "wasm":
		return wasmSuite()
	case "scaling":
		return scalingLaws()
	}
	panic("validate: no suite " + suite)
}

// scenarioOf builds a scenario from keys of its file.
func scenarioOf(name string, keys map[string]string) scenarios.Scenario {
	text := []byte("name: " + name + "\n")
	var overrides []scenarios.Override
	names := make([]string, 0, len(keys))
	for key := range keys {
		names = append(names, key)
	}
	slices.Sort(names)
	for _, key := range names {
		overrides = append(overrides, scenarios.Override{Key: key, Value: keys[key]})
	}
	s, err := scenarios.Parse(name, "", text, overrides)
	if err != nil {
		panic("validate: " + err.Error()) // a test builds them all
	}
	return s
}

// A poolCase describes a container scenario of a suite in short.
type poolCase struct {
	name      string
	arrivals  string
	warm      string
	cold      string
	startup   string
	release   string
	keepAlive string
	most      string
	idle      int
	queue     string // timeout; "" rejects
	routing   string
	cores     coreBlock
	model     string // model and metrics: for cases that differ in them
	metrics   []string
}

func (p poolCase) scenario() scenarios.Scenario {
	keys := map[string]string{"arrivals": p.arrivals, "container.warm": p.warm, "container.keep_alive": p.keepAlive,
		"container.max_instances": p.most, "container.initial.idle": fmt.Sprint(p.idle)}
	if p.startup != "" {
		keys["container.startup"] = p.startup
	} else {
		keys["container.cold"] = p.cold
	}
	if p.release != "" {
		keys["container.release"] = p.release
	}
	if p.queue != "" {
		keys["container.when_full"], keys["container.queue_timeout"] = "queue", p.queue
	}
	if p.routing != "" {
		keys["container.routing"] = p.routing
	}
	p.cores.set(keys, "container.cores")
	return scenarioOf(p.name, keys)
}

// A coreBlock describes cores by more than a number: one value a key of the block.
type coreBlock struct{ physical, threads, yield, allCoreSpeed, speeds string }

// set adds the values that are not empty to the keys of a scenario.
func (b coreBlock) set(keys map[string]string, path string) {
	for name, value := range map[string]string{"physical": b.physical, "threads": b.threads, "yield": b.yield, "all_core_speed": b.allCoreSpeed, "speeds": b.speeds} {
		if value != "" {
			keys[path+"."+name] = value
		}
	}
}

// executorCase describes a Wasm scenario of a suite in short.
type executorCase struct {
	name       string
	arrivals   string
	service    string
	startup    string
	cores      string
	discipline string
	block      coreBlock // instead of cores
	model      string
}

func (e executorCase) scenario() scenarios.Scenario {
	keys := map[string]string{"arrivals": e.arrivals, "wasm.service": e.service}
	if e.cores != "" {
		keys["wasm.cores"] = e.cores
	}
	e.block.set(keys, "wasm.cores")
	if e.startup != "" {
		keys["wasm.startup"] = e.startup
	}
	if e.discipline != "" {
		keys["wasm.discipline"] = e.discipline
	}
	return scenarioOf(e.name, keys)
}

// The deviations that exact cases must be able to find: 1 %, or 5 % if the load on the cores is
// above 0.8, where the number present wanders so far and slowly that 1 % would take minutes.
const (
	detect     = 0.01
	detectBusy = 0.05
	// detectRare is that of laws of policies, whose cold starts and rejections are rare and come in
	// groups.
	detectRare = 0.05
)

// exact returns the group of a scenario with an exact case for each metric of the named model.
// "P(instances)" and "P(running)" are the probability of the most likely number.
func exact(suite, modelName string, s scenarios.Scenario, metrics ...string) group {
	g := group{suite: suite, name: s.Name, scenario: s}
	for _, m := range Models(s) {
		if m.Name != modelName {
			continue
		}
		if !m.Exact() {
			panic(fmt.Sprintf("validate: %s is not exact for %s: %v", modelName, s.Name, m.Caveats))
		}
		solution, err := m.Solve(0)
		if err != nil {
			panic("validate: " + err.Error())
		}
		for _, metric := range metrics {
			c := Case{Suite: suite, Scenario: s.Name, Platform: m.Platform, Model: modelName, Metric: metric,
				Kind: Exact, Detect: detectable(s), resolution: solution.Error}
			if count, ok := countOf(metric); ok {
				g.cases = append(g.cases, probabilityCase(c, count, solution))
				continue
			}
			value, ok := solution.Metrics[metric]
			if !ok {
				panic(fmt.Sprintf("validate: %s gives no %s", modelName, metric))
			}
			c.Expected, c.of = value, metricOf(m.Platform, metric)
			g.cases = append(g.cases, c)
		}
	}
	if g.cases == nil {
		panic(fmt.Sprintf("validate: %s does not apply to %s", modelName, s.Name))
	}
	return g
}

// countOf returns the count whose distribution a metric is about.
func countOf(metric string) (string, bool) {
	switch metric {
	case "P(instances)":
		return "instances", true
	case "P(running)":
		return "running", true
	}
	return "", false
}

// probabilityCase returns the case of the most likely number of a count.
func probabilityCase(c Case, count string, solution Solution) Case {
	d, ok := solution.Distributions[count]
	if !ok {
		panic(fmt.Sprintf("validate: %s gives no distribution of %s", c.Model, count))
	}
	mode := 0
	for n, p := range d.Mass {
		if p > d.Mass[mode] {
			mode = n
		}
	}
	c.Metric, c.of = probability(count, mode)
	c.Expected = d.Probability(mode)
	return c
}

// detectable returns the deviation that cases of a scenario must find.
func detectable(s scenarios.Scenario) float64 {
	if _, closed := s.Arrivals.(dist.Closed); closed || s.Wasm == nil || !s.Wasm.Cores.Limited() {
		return detect // the number present cannot wander beyond that of the users
	}
	service, _ := s.Wasm.Service.Moments()
	if s.Arrivals.Rate()*service/s.Wasm.Cores.Capacity() > 0.8 {
		return detectBusy
	}
	return detect
}

// warmup returns the time in which a scenario forgets its beginning: many keep-alives, services
// and, on busy cores, relaxation times, 1/(μ(1−√ρ)²) for one core and this over N for N cores.
func warmup(s scenarios.Scenario) sim.Time {
	seconds, rate := 1.0, s.ArrivalRate()
	if closed, ok := s.Arrivals.(dist.Closed); ok {
		// Users who all begin to think forget that while they think some times.
		think, variance := closed.Think.Moments()
		seconds = max(seconds, 100*think, 20*math.Sqrt(variance))
	}
	if all, many := s.Many(); many {
		return manyWarmup(s, all)
	}
	if c := s.Container; c != nil {
		warm, variance := c.Warm.Moments()
		release := c.MeanRelease()
		seconds = max(seconds, 100*(warm+coldService(c, warm)+release), 20*math.Sqrt(variance))
		servers := float64(c.MaxInstances) * float64(max(s.Serving.Concurrency, 1))
		if r := s.Serving.Scaling; r != nil {
			forgotten := max(2*float64(r.Rule.Window), float64(r.Rule.Window)+r.Rule.DownDelay.Seconds())
			if r.Rule.PanicWindow > 0 {
				forgotten *= 2
			}
			seconds = max(seconds, forgotten)
		} else if c.KeepAlive != sim.Never {
			seconds = max(seconds, 20*c.KeepAlive.Seconds())
		}
		if c.WhenFull == pool.Queue && c.MaxInstances != platform.Unlimited {
			seconds = max(seconds, 20*relaxation(rate*(warm+release), warm+release, servers))
		}
	}
	if w := s.Wasm; w != nil {
		service, variance := w.Service.Moments()
		seconds = max(seconds, 100*service, 20*math.Sqrt(min(variance, 1e4*service*service)))
		if w.Cores.Limited() {
			seconds = max(seconds, 20*relaxation(rate*service, service, w.Cores.Capacity()))
		}
	}
	return sim.FromSeconds(seconds)
}

// manyWarmup is warmup of many functions: that of the one that takes longest.
func manyWarmup(s scenarios.Scenario, all scenarios.Functions) sim.Time {
	seconds := 1.0
	for _, f := range all {
		warm, _ := f.Warm.Moments()
		startup := f.Startup
		if startup == nil {
			startup = s.Container.Startup
		}
		keepAlive := s.Container.KeepAlive.Seconds()
		if s.Container.KeepAlive == sim.Never { // until each has been asked for often
			keepAlive = 1 / f.Arrivals.Rate()
		}
		seconds = max(seconds, 100*(warm+meanOrNone(startup)), 20*keepAlive)
	}
	return sim.FromSeconds(seconds)
}

// relaxation returns the time in which a queue with n servers forgets its state; 0 if the load is
// not below n.
func relaxation(load, service, n float64) float64 {
	if load >= n {
		return 0
	}
	gap := 1 - math.Sqrt(load/n)
	return service / (n * gap * gap)
}
