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
	"faaslab/validate/model"
)

// A Model is an analytical model applied to one platform of a scenario.
type Model struct {
	Name     string // as in results: smp, smp-modified, level-crossing …
	Label    string // for tables
	Platform string // the name of its kind
	// Caveats name the properties of the scenario that the model ignores. Without any, the model is
	// exact, or it is an approximation by its own nature (Approximate).
	Caveats     []string
	Approximate bool
	// Gives are the names of the metrics that the model can give for some parameters, without the
	// costs; MetricNames includes costs.
	Gives []string
	// Solve computes the steady state. work bounds the computing time where that can be long, in
	// the units of model.LevelCrossingWithin; 0 is the model's own bound.
	Solve func(work float64) (Solution, error)
}

// Exact reports whether a simulation of the scenario must agree with the model.
func (m Model) Exact() bool { return len(m.Caveats) == 0 && !m.Approximate }

// A Solution is the steady state that a model predicts.
type Solution struct {
	Metrics       map[string]float64 // by the names of the simulation's metrics
	Distributions map[string]model.Distribution
	Times         map[string]model.TimeLaw // waiting_time and response_time, where their laws are known
	// Error is the estimated relative error of the computation; 0 if there is only rounding.
	Error float64
	Notes []string // quantities that do not exist, and why
}

// AddFractions adds to Metrics the names that are limits (scenarios.ParseLimit), if the model knows
// the law of the time: the fraction of served requests that take longer than a time or, for
// TIME<=X, do not. Other names are ignored.
func (s Solution) AddFractions(names ...string) {
	for _, name := range names {
		limit, err := scenarios.ParseLimit(name)
		law, known := s.Times[limit.Of]
		if !known || err != nil {
			continue
		}
		x := law.Above(limit.Than.Seconds())
		if limit.AtMost {
			x = 1 - x
		}
		if !math.IsNaN(x) {
			s.Metrics[name] = x
		}
	}
}

// QuickWork is the work that the level-crossing model does in about a tenth of a second.
const QuickWork = 1e8

// Models returns the models that apply to a scenario, in the order in which tables show them. If
// the scenario has prices, their solutions have costs, but for those of many functions.
func Models(s scenarios.Scenario) []Model {
	if _, many := s.Many(); many {
		models, _ := manyModels(s)
		return models
	}
	models := modelsOf(s)
	for i, m := range models {
		models[i] = withCosts(s, m)
	}
	return models
}

func modelsOf(s scenarios.Scenario) (models []Model) {
	if closed, ok := s.Arrivals.(dist.Closed); ok {
		return closedModels(s, closed)
	}
	s.Arrivals = together(s.Arrivals)
	rate := s.Arrivals.Rate()
	if math.IsNaN(rate) {
		return nil // a trace: its law is unknown
	}
	var caveats []string
	switch s.Arrivals.(type) {
	case dist.Poisson:
	case dist.Steps, dist.Rates:
		of := "last"
		if s.Arrivals.Pattern().Period > 0 {
			of = "mean"
		}
		caveats = append(caveats, fmt.Sprintf("arrivals are %s: the model assumes Poisson arrivals of the %s rate", lawName(s.Arrivals.String()), of))
	default:
		caveats = append(caveats, fmt.Sprintf("arrivals are %s: the model assumes Poisson arrivals of the same rate", lawName(s.Arrivals.String())))
	}
	for _, name := range s.Platforms() {
		if of := modelled[name].models; of != nil {
			models = append(models, of(s, caveats)...)
		}
	}
	return models
}

// together returns Poisson streams, also within others, as one stream of the sum of their rates, which
// has the same law; other arrivals it returns as they are.
func together(arrivals dist.Arrivals) dist.Arrivals {
	s, ok := arrivals.(dist.Superpose)
	if !ok {
		return arrivals
	}
	sum := 0.0
	for _, stream := range s.Streams[:dist.Streams(s)] {
		poisson, ok := together(stream).(dist.Poisson)
		if !ok {
			return arrivals
		}
		sum += poisson.PerSecond
	}
	return dist.Poisson{PerSecond: sum}
}

// modelled has the models and the billing of each kind of platform, by name; a kind without an
// entry has none.
var modelled = map[string]struct {
	// models returns the models that apply; caveats are the caveats due to the arrivals.
	models func(s scenarios.Scenario, caveats []string) []Model
	// bill describes how its requests are billed.
	bill bill
}{
	scenarios.ContainerPlatform: {
		models: func(s scenarios.Scenario, caveats []string) []Model {
			if s.Scaled() {
				return scalingModels(s, caveats)
			}
			if s.Keeps() {
				return keptModels(s, caveats)
			}
			return containerModels(s.Arrivals, s.Container, caveats)
		},
		bill: bill{containerBilled, containerStartup, func(s scenarios.Scenario) bool { return coldAsWarm(s.Container) }},
	},
	scenarios.WasmPlatform: {
		models: func(s scenarios.Scenario, caveats []string) []Model { return wasmModels(s.Arrivals, s.Wasm, caveats) },
		bill:   bill{wasmBilled, wasmStartup, nil},
	},
}

// containerModels returns the models that apply to a pool. A pool whose instances never expire is a
// classical queue once it is full; a pool whose cold starts take no longer than warm ones is a
// classical queue whatever expires; to other pools the level-crossing model and both SMPs apply.
// caveats are the caveats due to the arrivals.
func containerModels(arrivals dist.Arrivals, c *pool.Config, caveats []string) (models []Model) {
	if c.Warm == nil {
		return nil
	}
	rate := arrivals.Rate()
	structural := []string(nil) // for all arrivals
	if c.Dispatch.Exists() {
		structural = append(structural, "requests pass a dispatch stage: the model has none")
	}
	warm, _ := c.Warm.Moments()
	cold, release := coldService(c, warm), c.MeanRelease()
	// What counts is for how long a request keeps its instance from others: its release included.
	instances := model.Pool{ArrivalRate: rate, WarmService: warm + release, ColdService: cold + release, KeepAlive: c.KeepAlive.Seconds(), MaxInstances: c.MaxInstances}
	if c.MaxInstances == platform.Unlimited {
		instances.MaxInstances = model.Unlimited
	}
	add := func(name, label string, approximate bool, caveats []string, solve func(work float64) (Solution, error)) {
		models = append(models, Model{name, label, scenarios.ContainerPlatform, caveats, approximate, withReleasing(c, poolGives), solve})
	}
	capped := c.MaxInstances != platform.Unlimited
	queues := c.WhenFull == pool.Queue && capped
	neverExpires := c.KeepAlive == sim.Never && capped
	filling := []string(nil)
	// A pool of one instance is full from its first request on.
	if initial := c.InitialIdle + c.InitialRunning; neverExpires && initial < c.MaxInstances && c.MaxInstances > 1 {
		filling = []string{fmt.Sprintf("the pool begins with %d of %d instances: the model assumes that it has filled", initial, c.MaxInstances)}
	}
	if c.Cores.Alone() < c.MaxInstances { // else no instance is ever slowed
		if neverExpires && !queues {
			add("processor-sharing", "processor sharing", false, slices.Concat(caveats, structural, filling), func(float64) (Solution, error) {
				r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: warm, Speed: modelCores(c.Cores), MaxPresent: c.MaxInstances, Release: release})
				return solution(r.Measures, err, platform.Running, r.Present)
			})
		}
		structural = append(structural, fmt.Sprintf("%s, shared: the model has one for each instance", c.Cores))
	}
	// A request is served at once while fewer than the cap run, and the service does not depend on
	// the instance: the number in the system does not depend on how many instances are kept.
	queueAlone := coldAsWarm(c) && capped && (!neverExpires || filling != nil)
	if queueAlone || neverExpires {
		q := queueModels{c: c, arrivals: arrivals, caveats: caveats, structural: structural, queueAlone: queueAlone}
		if !queueAlone {
			q.structural = slices.Concat(structural, filling)
		}
		models = append(models, q.models(queues)...)
	}
	caveats = slices.Concat(caveats, structural)
	if c.KeepAlive == 0 {
		var limit []string
		if capped {
			limit = []string{fmt.Sprintf("at most %d instances: the model has no cap", c.MaxInstances)}
		}
		add("always-cold", "M/G/∞ cold", false, slices.Concat(caveats, limit), func(float64) (Solution, error) {
			r, err := model.AlwaysCold(rate, instances.ColdService)
			r.Response = coldLaw(c)
			return solution(r.Released(rate, release), err, platform.Instances, r.Present)
		})
		if models[len(models)-1].Gives = alwaysColdGives; c.Releases() { // the releasing instances are warm
			models[len(models)-1].Gives = slices.Concat(alwaysColdGives, []string{platform.Utilization, platform.ReleasingInstances})
		}
	}

	structure := slices.Concat(caveats, filling)
	if c.Routing != pool.MRU {
		structure = append(structure, fmt.Sprintf("routing is %s: the model assumes mru", c.Routing))
	}
	if queues {
		structure = append(structure, "requests wait when the pool is full: the model rejects them")
	}
	exponential := slices.Clone(structure)
	switch {
	case c.Releases():
		exponential = append(exponential, "an instance is busy for a service and a release: the model assumes one exponential time of the same mean")
	case c.Cold == nil:
		exponential = slices.Concat(exponential, notExponential("warm service", c.Warm, "the model"),
			[]string{"a cold start is a start-up and the request's service: the model assumes one exponential time of the same mean"})
	default:
		exponential = slices.Concat(exponential, notExponential("warm service", c.Warm, "the model"), notExponential("cold service", c.Cold, "the model"))
	}
	if c.KeepAlive != sim.Never {
		if c.MaxInstances == platform.Unlimited && warm == cold && c.Cold != nil {
			add("sliding-maximum", "sliding maximum", false, exponential, func(float64) (Solution, error) {
				r, err := model.SlidingMaximum(rate, instances.WarmService, c.KeepAlive.Seconds())
				return solution(r.Released(rate, release), err, platform.Instances, r.InstancesDistribution)
			})
		}
		add("level-crossing", "level-crossing", false, exponential, func(work float64) (Solution, error) {
			return levelCrossing(instances, release, work)
		})
	}
	smp := func(variant model.Variant) func(float64) (Solution, error) {
		return func(float64) (Solution, error) {
			r, err := model.SMP(instances, variant)
			if c.Releases() { // its states count the instances that have been freed once
				r.WarmDistribution = model.Distribution{}
			}
			return solution(r.Released(rate, release), err, platform.WarmInstances, r.WarmDistribution)
		}
	}
	add(model.Original.String(), "SMP", true, structure, smp(model.Original))
	add(model.Modified.String(), "SMP modified", true, structure, smp(model.Modified))
	return models
}

// LevelCrossing solves the level-crossing model of a pool within a bound on the work
// (model.LevelCrossingWithin); 0 is the bound of the model itself.
func LevelCrossing(pool model.Pool, work float64) (Solution, error) {
	return levelCrossing(pool, 0, work)
}

// levelCrossing is LevelCrossing for a pool whose services have a part of the given mean, in seconds,
// after the response.
func levelCrossing(pool model.Pool, release, work float64) (Solution, error) {
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
	distributions := map[string]model.Distribution{platform.Instances: r.InstancesDistribution}
	if release == 0 { // else some of those that run in the model have responded
		distributions[platform.Running] = r.RunningDistribution
	}
	return Solution{
		Metrics:       r.Released(pool.ArrivalRate, release).Metrics(),
		Distributions: distributions,
		Error:         max(r.LittleError, r.TruncationError, r.ContourError),
	}, nil
}

// modelCores returns limited cores in the form that the models use.
func modelCores(c platform.Cores) model.Cores {
	cores := model.Cores{Physical: c.Physical, AllCoreSpeed: c.AllCoreSpeed, Speeds: c.Speeds}
	if c.Threads == 2 {
		cores.SMTYield = c.Yield
	}
	return cores
}

// coldService returns the mean service time of a cold start.
func coldService(c *pool.Config, warm float64) float64 {
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
	s := Solution{Metrics: m.Metrics(), Times: m.Times(), Distributions: map[string]model.Distribution{}}
	if d.Mass != nil {
		s.Distributions[counts] = d
	}
	return s, nil
}
