package validate

import (
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate/model"
)

// The names of the models of many functions, besides those of one that apply to each.
const (
	timeToLiveModel = "time-to-live"
	kingModel       = "king"
	gelenbeModel    = "gelenbe"
	cheModel        = "che"
	multirateModel  = "kaufman-roberts"
)

// mostLevelCrossed is the largest number of functions whose level-crossing models are added up: each
// takes milliseconds.
const mostLevelCrossed = 100

// A functionLoad is one of many functions in the models' terms.
type functionLoad struct {
	rate          float64           // λ, 1/s
	gaps          dist.Distribution // between arrivals, if they are independent; else nil
	warm, startup float64           // means, s
	warmLaw       dist.Distribution
	startupLaw    dist.Distribution
	keepAlive     float64 // τ, s; +Inf: never; NaN: learnt
	learns        *cluster.Histogram
	memory        float64 // of an instance, MB
}

func (f *functionLoad) cold() float64 { return f.warm + f.startup }

// manyModels returns the models that apply to many functions, and why none applies to their containers;
// empty: some does.
func manyModels(s scenarios.Scenario) (models []Model, why string) {
	loads, why := loadsOf(s)
	if why != "" {
		return nil, why
	}
	m := manyFunctions{s: s, loads: loads}
	for _, f := range loads {
		m.rate += f.rate
	}
	for i, f := range loads {
		if _, ok := f.gaps.(dist.Exponential); !ok {
			functions, _ := s.Many()
			m.caveats = []string{fmt.Sprintf("arrivals of %s are %s: the model assumes Poisson arrivals", functions[i].Name, lawName(functions[i].Arrivals.String()))}
			break
		}
	}
	why = m.containers()
	if s.Wasm != nil {
		m.executors()
	}
	return m.models, why
}

// loadsOf returns the functions of a scenario, or why no model knows them.
func loadsOf(s scenarios.Scenario) (loads []functionLoad, why string) {
	functions, _ := s.Many()
	k := s.Keeping
	count := func(n *int, of int) int {
		if n != nil {
			return *n
		}
		return of
	}
	for _, f := range functions {
		if f.Arrivals == nil || f.Warm == nil || !(f.Arrivals.Rate() > 0) {
			return nil, "the arrivals are those of a trace"
		}
		if count(f.MinInstances, k.MinInstances)+count(f.Provisioned, k.Provisioned)+count(f.Spare, k.Spare) > 0 {
			return nil, "instances are kept ready"
		}
		policy, startup := f.KeepAlive, f.Startup
		if policy == nil {
			policy = k.Policy
		}
		if policy == nil {
			policy = cluster.Fixed(s.Container.KeepAlive)
		}
		if startup == nil {
			startup = s.Container.Startup
		}
		load := functionLoad{rate: f.Arrivals.Rate(), warmLaw: f.Warm, startupLaw: startup, memory: float64(f.Memory)}
		switch policy := policy.(type) {
		case cluster.Fixed:
			load.keepAlive = sim.Time(policy).Seconds()
			if sim.Time(policy) == sim.Never {
				load.keepAlive = math.Inf(1)
			}
		case cluster.Histogram:
			load.keepAlive, load.learns = math.NaN(), &policy
		default:
			return nil, "a keep-alive is a program's own"
		}
		load.warm, _ = f.Warm.Moments()
		load.startup, _ = startup.Moments()
		if poisson, ok := f.Arrivals.(dist.Poisson); ok {
			load.gaps = dist.Exponential{Mean: 1 / poisson.PerSecond}
		} else {
			load.gaps = gapsOf(f.Arrivals)
		}
		loads = append(loads, load)
	}
	return loads, ""
}

// manyFunctions collects the models of many functions.
type manyFunctions struct {
	s       scenarios.Scenario
	loads   []functionLoad
	rate    float64  // of all functions, 1/s
	caveats []string // due to the arrivals
	models  []Model
}

func (m *manyFunctions) add(name, label string, approximate bool, caveats, gives []string, solve func(work float64) (Solution, error)) {
	m.models = append(m.models, Model{Name: name, Label: label, Platform: scenarios.ContainerPlatform, Approximate: approximate, Caveats: caveats, Gives: gives, Solve: solve})
}

// all reports whether something holds for each function.
func (m *manyFunctions) all(holds func(functionLoad) bool) bool {
	return !slices.ContainsFunc(m.loads, func(f functionLoad) bool { return !holds(f) })
}

// containers adds the models of the containers; why says why there are none.
func (m *manyFunctions) containers() (why string) {
	n, k := m.s.Nodes, m.s.Keeping
	memory := n.Memory
	if memory == 0 {
		memory = cluster.Unlimited
	}
	most := n.MaxInstances
	if most == 0 {
		most = platform.Unlimited
	}
	bounded := memory != cluster.Unlimited || most != platform.Unlimited
	never := m.all(func(f functionLoad) bool { return math.IsInf(f.keepAlive, 1) })
	free := m.all(func(f functionLoad) bool { return f.startup == 0 }) // cold starts take no longer
	alwaysCold := m.all(func(f functionLoad) bool { return f.keepAlive == 0 })
	learns := !m.all(func(f functionLoad) bool { return f.learns == nil })
	const dependent = "several nodes that share load depend on one another; under placement hash or random each is by itself"
	switch {
	case n.Place != nil || k.Order != nil:
		return "their placement or eviction is a program's own"
	case learns && (bounded || n.Cores.Limited()):
		return "a keep-alive is learnt, and what it loads shares nodes with others"
	case n.Cores.Limited() && (bounded || !free):
		return "instances share the cores of nodes with bounds or with start-ups"
	case n.Cores.Limited() && !m.apart():
		return dependent
	case n.Cores.Limited():
		m.sharing()
	case !bounded && n.Placement == cluster.LeastLoaded && n.Count > 1:
		return "least-loaded nodes depend on all functions"
	case !bounded && alwaysCold:
		m.alwaysCold()
	case !bounded:
		return m.independent()
	case !m.apart():
		return dependent
	case never && m.caching(memory, most):
	case memory != cluster.Unlimited && most == platform.Unlimited && m.s.Container.WhenFull == pool.Reject && (alwaysCold || free && k.Evict != cluster.NoEviction):
		m.multirate(memory)
	case never:
		return "they differ in memory or in start-ups, or all have room"
	default:
		return "they share memory under a keep-alive that is neither 0s nor never, or wait for it"
	}
	return ""
}

// thinned returns the probability that no request of a function comes to an instance's node within its
// keep-alive.
func (m *manyFunctions) thinned(f functionLoad) float64 {
	nodes, x := m.s.Nodes.Count, f.rate*f.keepAlive
	_, poisson := f.gaps.(dist.Exponential)
	switch {
	case math.IsInf(f.keepAlive, 1):
		return 0
	case f.gaps != nil && !poisson && (nodes == 1 || m.s.Nodes.Placement != cluster.RoundRobin && m.s.Nodes.Placement != cluster.RandomNode):
		return 1 - f.gaps.CDF(f.keepAlive)
	case m.s.Nodes.Placement == cluster.RandomNode:
		return model.TimeToLive(f.rate/float64(nodes), f.keepAlive)
	case m.s.Nodes.Placement == cluster.RoundRobin: // an Erlang gap
		return 1 - dist.Erlang{K: nodes, Mean: float64(nodes) / f.rate}.CDF(f.keepAlive)
	}
	return math.Exp(-x)
}

// gapAt returns the law of the gaps between a function's requests to a node; nil if it is not known.
func (m *manyFunctions) gapAt(f functionLoad) dist.Distribution {
	nodes := float64(m.s.Nodes.Count)
	switch {
	case m.s.Nodes.Count > 1 && m.s.Nodes.Placement == cluster.RandomNode:
		return dist.Exponential{Mean: nodes / f.rate}
	case m.s.Nodes.Count > 1 && m.s.Nodes.Placement == cluster.RoundRobin:
		return dist.Erlang{K: m.s.Nodes.Count, Mean: nodes / f.rate}
	}
	return f.gaps
}

// kept returns the mean time for which a keep-alive keeps an instance between two requests to a node:
// E[min(gap, τ)].
func (m *manyFunctions) kept(f functionLoad) float64 {
	if math.IsInf(f.keepAlive, 1) {
		return 1 / f.rate
	}
	return meanUpTo(m.gapAt(f), f.keepAlive)
}

// meanUpTo returns E[min(gap, bound)].
func meanUpTo(gap dist.Distribution, bound float64) float64 {
	switch gap := gap.(type) {
	case dist.Exponential:
		return -gap.Mean * math.Expm1(-bound/gap.Mean)
	case dist.Constant:
		return min(gap.Value, bound)
	}
	// ∫ P(gap > x) dx up to the bound, by Simpson's rule.
	const steps = 2000
	sum, width := 0.0, bound/steps
	for i := range steps + 1 {
		weight := 4.0
		switch {
		case i == 0 || i == steps:
			weight = 1
		case i%2 == 0:
			weight = 2
		}
		sum += weight * (1 - gap.CDF(float64(i)*width))
	}
	return sum * width / 3
}

// learnt says what the model assumes of histograms, empty if there are none; outOfReach if it knows
// nothing of one.
func (m *manyFunctions) learnt() (assumes string, outOfReach bool) {
	for _, f := range m.loads {
		if f.learns == nil {
			continue
		}
		if _, _, decides := m.windows(f); !decides && f.learns.Forecast > 0 {
			return "a keep-alive is forecast from the last idle times", true
		}
		assumes = "a keep-alive is learnt: the model's histograms are those of infinitely many idle times"
	}
	return assumes, false
}

// windows returns those of a function that learns its keep-alive, in the long run.
func (m *manyFunctions) windows(f functionLoad) (load, end float64, histogram bool) {
	h, gap := f.learns, m.gapAt(f)
	const percent, instant = 100.0, 1e-9 // the simulator's times are whole nanoseconds
	return model.HybridHistogram{Bins: h.Bins, Bin: h.Bin.Seconds(), Head: float64(h.Head) / percent, Tail: float64(h.Tail) / percent, Margin: float64(h.Margin) / percent,
		CV: h.CV, OutOfRange: float64(h.OOB) / percent, Lead: h.Lead.Seconds()}.LongRun(func(s float64) float64 { return gap.CDF(s - instant) })
}

// ofLearnt adds a function that learns its keep-alive. What is loaded is ready after a start-up.
func (m *manyFunctions) ofLearnt(x *mixed, f functionLoad) {
	load, end, _ := m.windows(f)
	gap, ready := m.gapAt(f), 0.0
	cold := 1 - gap.CDF(end)
	if load > 0 {
		ready = min(load+f.startup, end)
		cold += gap.CDF(ready - 1e-9)
	}
	loaded := meanUpTo(gap, ready)
	x.of(f, cold, f.rate*(f.warm+cold*f.startup), f.rate*(meanUpTo(gap, end)-loaded))
	if load > 0 {
		x.loading += f.memory * f.rate * (loaded - meanUpTo(gap, load))
		x.instances += f.rate * (loaded - meanUpTo(gap, load))
	}
}

// A mixed collects the metrics of all functions from those of each.
type mixed struct {
	m                      *manyFunctions
	cold, response         float64
	memory, running, total float64 // MB; instances that run
	loading                float64 // MB
	instances              float64
	fractions              []float64
}

// of adds a function with a probability of cold starts and mean numbers of instances.
func (x *mixed) of(f functionLoad, cold, running, idle float64) {
	share := f.rate / x.m.rate
	x.cold += share * cold
	x.response += share * (f.warm + cold*f.startup)
	x.memory += f.memory * idle
	x.running += f.memory * running
	x.total += running
	x.instances += running + idle
	x.fractions = append(x.fractions, cold)
}

func (x *mixed) metrics() map[string]float64 {
	slices.Sort(x.fractions)
	wasted := x.memory + x.loading
	metrics := map[string]float64{platform.ColdStartProbability: x.cold, platform.RejectionProbability: 0, platform.ResponseTime: x.response,
		platform.Memory: wasted + x.running, platform.MemoryRunning: x.running, platform.MemoryIdle: x.memory,
		platform.Instances: x.instances, platform.Running: x.total, platform.Idle: x.instances - x.total,
		platform.WastedShare: wasted / (wasted + x.running), platform.WastedMemory: 1e6 * wasted / 1024 / x.m.rate}
	for name, p := range map[string]float64{platform.ColdStartFractionP50: 0.5, platform.ColdStartFractionP75: 0.75, platform.ColdStartFractionP90: 0.9, platform.ColdStartFractionP95: 0.95} {
		metrics[name] = platform.QuantileOf(x.fractions, p)
	}
	return metrics
}

var mixedGives = []string{platform.ColdStartProbability, platform.RejectionProbability, platform.ResponseTime, platform.Instances, platform.Running, platform.Idle,
	platform.ColdStartFractionP50, platform.ColdStartFractionP75, platform.ColdStartFractionP90, platform.ColdStartFractionP95,
	platform.Memory, platform.MemoryRunning, platform.MemoryIdle, platform.WastedMemory, platform.WastedShare}

// alwaysCold adds the law of functions without a keep-alive, of which each is M/G/∞.
func (m *manyFunctions) alwaysCold() {
	m.add("always-cold", "M/G/∞ cold", false, m.caveats, append(slices.Clone(mixedGives), platform.LiveFunctions), func(float64) (Solution, error) {
		x, live := mixed{m: m}, 0.0
		for _, f := range m.loads {
			x.of(f, 1, f.rate*f.cold(), 0)
			live -= math.Expm1(-f.rate * f.cold())
		}
		s := Solution{Metrics: x.metrics()}
		s.Metrics[platform.LiveFunctions] = live
		return s, nil
	})
}

// independent adds the models of functions that do not know of each other, as on nodes without bounds;
// why says why there are none.
func (m *manyFunctions) independent() (why string) {
	if m.all(func(f functionLoad) bool { return f.gaps != nil }) {
		var caveats []string
		longest := 0.0
		for _, f := range m.loads {
			longest = max(longest, f.rate*f.cold())
		}
		if longest > 0 {
			caveats = append(caveats, fmt.Sprintf("up to %s of a function run: the model's services take no time against the gaps between arrivals", instancesOf(longest)))
		}
		learnt, waits := m.learnt()
		if learnt != "" && waits {
			return learnt
		}
		gives := mixedGives
		if learnt != "" {
			caveats, gives = append(caveats, learnt), append(slices.Clone(gives), platform.MemoryLoading)
		}
		if m.s.Nodes.Count > 1 && (m.s.Nodes.Placement == cluster.RoundRobin || m.s.Nodes.Placement == cluster.RandomNode) {
			caveats = append(caveats, m.caveats...) // the law of a node's gaps is known of Poisson arrivals alone
		}
		m.add(timeToLiveModel, "time to live", len(caveats) > 0, caveats, gives, func(float64) (Solution, error) {
			x := mixed{m: m}
			for _, f := range m.loads {
				if f.learns != nil {
					m.ofLearnt(&x, f)
					continue
				}
				cold := m.thinned(f)
				x.of(f, cold, f.rate*(f.warm+cold*f.startup), f.rate*m.kept(f))
			}
			s := Solution{Metrics: x.metrics()}
			if learnt != "" {
				s.Metrics[platform.MemoryLoading] = x.loading
			}
			return s, nil
		})
	}
	spread := m.s.Nodes.Count > 1 && m.s.Nodes.Placement != cluster.Hash && m.s.Nodes.Placement != cluster.Home
	timed := m.all(func(f functionLoad) bool { return f.warm > 0 && !math.IsInf(f.keepAlive, 1) && f.learns == nil })
	if len(m.loads) > mostLevelCrossed || spread || m.s.Container.Routing != pool.MRU || !timed {
		if m.models == nil {
			return "their arrivals have no independent gaps"
		}
		return ""
	}
	caveats := slices.Clone(m.caveats)
	if !m.all(func(f functionLoad) bool {
		_, exponential := f.warmLaw.(dist.Exponential)
		return exponential && f.startup == 0
	}) {
		caveats = append(caveats, "warm and cold services: the model assumes exponential times of the same means")
	}
	m.add("level-crossing", "level-crossing", false, caveats, mixedGives, func(work float64) (Solution, error) {
		x, s := mixed{m: m}, Solution{}
		for _, f := range m.loads {
			one, err := LevelCrossing(model.Pool{ArrivalRate: f.rate, WarmService: f.warm, ColdService: f.cold(), KeepAlive: f.keepAlive, MaxInstances: model.Unlimited}, work/float64(len(m.loads)))
			if err != nil {
				return Solution{}, err
			}
			x.of(f, one.Metrics[platform.ColdStartProbability], one.Metrics[platform.Running], one.Metrics[platform.Idle])
			s.Error = max(s.Error, one.Error)
		}
		s.Metrics = x.metrics()
		return s, nil
	})
	return ""
}

// executors adds the models of the executors beside the functions, whose requests are Poisson together.
func (m *manyFunctions) executors() {
	w := *m.s.Wasm
	if m.caveats != nil || w.Service == nil && len(m.loads) > dist.MaxParts {
		return
	}
	if w.Service == nil {
		var mixture dist.Mixture
		for i, f := range m.loads {
			mixture.Parts[i] = dist.Part{Weight: f.rate / m.rate, Law: f.warmLaw}
		}
		w.Service = mixture
	}
	m.models = append(m.models, wasmModels(dist.Poisson{PerSecond: m.rate}, &w, nil)...)
}

// instancesOf writes a mean number of instances.
func instancesOf(n float64) string { return fmt.Sprintf("%.3g instances", n) }

// WhyNoModel says why no model applies to the containers of many functions; empty if one does, or if
// the scenario has one function.
func WhyNoModel(s scenarios.Scenario) string {
	if _, many := s.Many(); !many {
		return ""
	}
	_, why := manyModels(s)
	return why
}
