package validate

import (
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate/model"
)

// A Model is an analytical model as it applies to one platform of a scenario.
type Model struct {
	Name     string // as in results: smp, smp-modified, level-crossing …
	Label    string // for tables
	Platform string // scenarios.ContainerPlatform or scenarios.WasmPlatform
	// Caveats say what the scenario does that the model does not know. Without any,
	// the model is exact, or it is an approximation by its own nature (Approximate).
	Caveats     []string
	Approximate bool
	// Solve computes the steady state. work bounds how long it may take where that
	// can be long, as model.LevelCrossingWithin counts; 0 is the model's own bound.
	Solve func(work float64) (Solution, error)
}

// Exact reports whether a simulation of the scenario must agree with the model.
func (m Model) Exact() bool { return len(m.Caveats) == 0 && !m.Approximate }

// A Solution is the steady state that a model predicts.
type Solution struct {
	Metrics       map[string]float64 // by the names of the simulation's metrics
	Distributions map[string]model.Distribution
	// Error is the estimated relative error of the computation; 0 where it is
	// rounding only.
	Error float64
}

// QuickWork is the work that takes the level-crossing model about a tenth of a second.
const QuickWork = 1e8

// Models returns the models that apply to a scenario, in the order in which tables
// show them. If the scenario has prices their solutions have costs.
func Models(s scenarios.Scenario) []Model {
	models := modelsOf(s)
	for i, m := range models {
		models[i] = withCosts(s, m)
	}
	return models
}

func modelsOf(s scenarios.Scenario) (models []Model) {
	rate := s.Arrivals.Rate()
	if math.IsNaN(rate) {
		return nil // a trace: nothing is known of it
	}
	var caveats []string
	switch s.Arrivals.(type) {
	case dist.Poisson:
	case dist.Steps:
		caveats = append(caveats, "arrivals are steps: the model assumes Poisson arrivals of the last rate")
	default:
		caveats = append(caveats, fmt.Sprintf("arrivals are %s: the model assumes Poisson arrivals of the same rate", lawName(s.Arrivals.String())))
	}
	if s.Container != nil {
		models = append(models, containerModels(rate, s.Container, caveats)...)
	}
	if s.Wasm != nil {
		models = append(models, wasmModels(rate, s.Wasm, caveats)...)
	}
	return models
}

// containerModels returns the models that apply to a pool. Where instances never
// expire it is a classical queue once it is full; else the level-crossing model and both SMPs apply.
func containerModels(rate float64, c *platform.Containers, caveats []string) (models []Model) {
	if c.Warm == nil {
		return nil
	}
	if c.Dispatch.Exists() {
		caveats = append(slices.Clone(caveats), "requests pass a dispatch stage: the model has none")
	}
	warm, _ := c.Warm.Moments()
	cold := coldService(c, warm)
	pool := model.Pool{ArrivalRate: rate, WarmService: warm, ColdService: cold, KeepAlive: c.KeepAlive.Seconds(), MaxInstances: c.MaxInstances}
	if c.MaxInstances == platform.Unlimited {
		pool.MaxInstances = model.Unlimited
	}
	add := func(name, label string, approximate bool, caveats []string, solve func(work float64) (Solution, error)) {
		models = append(models, Model{name, label, scenarios.ContainerPlatform, caveats, approximate, solve})
	}
	queues := c.WhenFull == platform.Queue && c.MaxInstances != platform.Unlimited
	neverExpires := c.KeepAlive == sim.Never && c.MaxInstances != platform.Unlimited
	warmCaveats := func(model string) []string {
		return append(slices.Clone(caveats), notExponential("service", c.Warm, model)...)
	}
	filling := []string(nil)
	if initial := c.InitialIdle + c.InitialRunning; neverExpires && initial < c.MaxInstances {
		filling = []string{fmt.Sprintf("the pool begins with %d of %d instances: the model assumes that it has filled", initial, c.MaxInstances)}
	}
	if c.Cores.Alone() < c.MaxInstances { // else nothing is ever slowed
		if neverExpires && !queues {
			add("processor-sharing", "processor sharing", false, slices.Concat(caveats, filling), func(float64) (Solution, error) {
				r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: warm, Speed: modelCores(c.Cores), MaxPresent: c.MaxInstances})
				return solution(r.Measures, err, "running", r.Present)
			})
		}
		caveats = append(slices.Clone(caveats), fmt.Sprintf("%s, shared: the model has one for each instance", c.Cores))
	}
	switch {
	case neverExpires && !queues:
		add("erlang-b", "Erlang B", false, slices.Concat(caveats, filling), func(float64) (Solution, error) {
			r, err := model.Loss(rate, warm, c.MaxInstances)
			return solution(r.Measures, err, "running", r.Present)
		})
	case neverExpires && c.QueueTimeout == sim.Never:
		add("erlang-c", "Erlang C", false, slices.Concat(warmCaveats("Erlang C"), filling), func(float64) (Solution, error) {
			r, err := model.MMc(rate, warm, c.MaxInstances)
			return solution(r.Measures, err, "running", r.Busy)
		})
	case neverExpires:
		add("mmc-deadline", "M/M/c+D", false, slices.Concat(warmCaveats("M/M/c+D"), filling), func(float64) (Solution, error) {
			r, err := model.MMcD(rate, warm, c.MaxInstances, c.QueueTimeout.Seconds())
			return solution(r.Measures, err, "running", r.Busy)
		})
	}
	if c.KeepAlive == 0 {
		var capped []string
		if c.MaxInstances != platform.Unlimited {
			capped = []string{fmt.Sprintf("at most %d instances: the model has no cap", c.MaxInstances)}
		}
		add("always-cold", "M/G/∞ cold", false, slices.Concat(caveats, capped), func(float64) (Solution, error) {
			r, err := model.AlwaysCold(rate, cold)
			return solution(r.Measures, err, "instances", r.Present)
		})
	}

	structure := slices.Concat(caveats, filling)
	if c.Routing != platform.MRU {
		structure = append(structure, fmt.Sprintf("routing is %s: the model assumes mru", c.Routing))
	}
	if queues {
		structure = append(structure, "requests wait when the pool is full: the model rejects them")
	}
	exponential := slices.Concat(structure, notExponential("warm service", c.Warm, "the model"))
	if c.Cold == nil {
		exponential = append(exponential, "a cold start is a start-up and the request's service: the model assumes one exponential time of the same mean")
	} else {
		exponential = append(exponential, notExponential("cold service", c.Cold, "the model")...)
	}
	if c.KeepAlive != sim.Never {
		if c.MaxInstances == platform.Unlimited && warm == cold && c.Cold != nil {
			add("sliding-maximum", "sliding maximum", false, exponential, func(float64) (Solution, error) {
				r, err := model.SlidingMaximum(rate, warm, c.KeepAlive.Seconds())
				return solution(r.Measures, err, "instances", r.InstancesDistribution)
			})
		}
		add("level-crossing", "level-crossing", false, exponential, func(work float64) (Solution, error) {
			return levelCrossing(pool, work)
		})
	}
	smp := func(variant model.Variant) func(float64) (Solution, error) {
		return func(float64) (Solution, error) {
			r, err := model.SMP(pool, variant)
			return solution(r.Measures, err, "warm_instances", r.WarmDistribution)
		}
	}
	add(model.Original.String(), "SMP", true, structure, smp(model.Original))
	add(model.Modified.String(), "SMP modified", true, structure, smp(model.Modified))
	return models
}

func levelCrossing(pool model.Pool, work float64) (Solution, error) {
	solve := func() (model.LevelCrossingResult, error) {
		if work == 0 {
			return model.LevelCrossing(pool)
		}
		return model.LevelCrossingWithin(pool, work)
	}
	r, err := solve()
	if err != nil {
		return Solution{}, err
	}
	return Solution{
		Metrics:       r.Metrics(),
		Distributions: map[string]model.Distribution{"instances": r.InstancesDistribution, "running": r.RunningDistribution},
		Error:         max(r.LittleError, r.TruncationError, r.ContourError),
	}, nil
}

// wasmModels returns the models that apply to executors on cores. M/G/∞ is shown on
// a number of cores too, since it is what the thesis uses: it cannot show what they cost.
func wasmModels(rate float64, w *platform.Wasm, caveats []string) (models []Model) {
	if w.Service == nil {
		return nil
	}
	service, _ := w.Service.Moments()
	startup := 0.0
	if w.Startup != nil {
		startup, _ = w.Startup.Moments()
	}
	add := func(name, label string, caveats []string, solve func() (model.Measures, model.Distribution, error)) {
		models = append(models, Model{Name: name, Label: label, Platform: scenarios.WasmPlatform, Caveats: caveats,
			Solve: func(float64) (Solution, error) {
				measures, present, err := solve()
				if err != nil {
					return Solution{}, err
				}
				// A start-up holds no core: it delays the Poisson stream, which
				// stays Poisson, and adds an M/G/∞ of its own.
				measures.ResponseTime += startup
				measures.Instances += rate * startup
				measures.Running += rate * startup
				s := Solution{Metrics: measures.Metrics(), Distributions: map[string]model.Distribution{}}
				if startup == 0 {
					s.Distributions["instances"], s.Distributions["running"] = present, present
				}
				return s, nil
			}})
	}
	infinite := slices.Clone(caveats)
	switch {
	case !w.Cores.Limited():
	case w.Discipline == platform.ProcessorSharing:
		add("processor-sharing", "processor sharing", caveats, func() (model.Measures, model.Distribution, error) {
			r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: service, Speed: modelCores(w.Cores)})
			return r.Measures, r.Present, err
		})
	default:
		add("mmc", "M/M/c", append(slices.Clone(caveats), notExponential("service", w.Service, "M/M/c")...), func() (model.Measures, model.Distribution, error) {
			r, err := model.FCFSCores(rate, service, w.Cores.Physical)
			return r.Measures, r.Present, err
		})
	}
	if w.Cores.Limited() {
		infinite = append(infinite, fmt.Sprintf("%s: the model has one for each request", w.Cores))
	}
	add("mg-infinity", "M/G/∞", infinite, func() (model.Measures, model.Distribution, error) {
		r, err := model.InfiniteServer(rate, service)
		return r.Measures, r.Present, err
	})
	return models
}

// modelCores returns limited cores as the models have them.
func modelCores(c platform.Cores) model.Cores {
	cores := model.Cores{Physical: c.Physical, AllCoreSpeed: c.AllCoreSpeed}
	if c.Threads == 2 {
		cores.SMTYield = c.Yield
	}
	return cores
}

// coldService returns the mean service time of a cold start.
func coldService(c *platform.Containers, warm float64) float64 {
	if c.Cold != nil {
		cold, _ := c.Cold.Moments()
		return cold
	}
	startup, _ := c.Startup.Moments()
	return startup + warm
}

// notExponential returns a caveat unless a distribution is exponential.
func notExponential(what string, d dist.Distribution, model string) []string {
	if _, ok := d.(dist.Exponential); ok {
		return nil
	}
	return []string{fmt.Sprintf("%s is %s: %s assumes exponential", what, lawName(d.String()), model)}
}

// lawName returns the name of a law in its notation: lognormal of lognormal(mean=1s, cv=2).
func lawName(notation string) string {
	for i, c := range notation {
		if c == '(' {
			return notation[:i]
		}
	}
	return notation
}

func solution(m model.Measures, err error, counts string, d model.Distribution) (Solution, error) {
	if err != nil {
		return Solution{}, err
	}
	return Solution{Metrics: m.Metrics(), Distributions: map[string]model.Distribution{counts: d}}, nil
}
