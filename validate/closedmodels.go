package validate

import (
	"fmt"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate/model"
)

// The names of the models of users who wait for their answers.
const (
	finiteSource = "finite-source"
	engset       = "engset"
)

// The metrics that these models give.
var (
	closedPoolGives          = slices.Concat(poolGives, []string{platform.Throughput}, quantilesOf(platform.ResponseTime))
	closedPoolQueueGives     = slices.Concat(closedPoolGives, []string{platform.TimeoutProbability, platform.WaitingProbability, platform.WaitingTime, platform.QueueLength})
	closedExecutorGives      = slices.Concat(executorGives, []string{platform.Throughput}, quantilesOf(platform.ResponseTime))
	closedExecutorQueueGives = slices.Concat(closedExecutorGives, []string{platform.WaitingProbability, platform.WaitingTime, platform.QueueLength})
)

// closedModels returns the models that apply to users who wait for their answers. All other models
// assume arrivals that do not depend on the platform.
func closedModels(s scenarios.Scenario, users dist.Closed) (models []Model) {
	if s.Container != nil {
		models = append(models, closedContainerModels(users, s.Container)...)
	}
	if s.Wasm != nil {
		models = append(models, closedWasmModels(users, s.Wasm)...)
	}
	return models
}

// closedContainerModels returns the models of a pool. As for open arrivals (containerModels), the
// pool is a classical queue once it is full and its instances never expire, or if cold starts take no
// longer than warm ones. It is full with an instance for each user.
func closedContainerModels(users dist.Closed, c *pool.Config) []Model {
	think, _ := users.Think.Moments()
	warm, _ := c.Warm.Moments()
	most := min(c.MaxInstances, users.Users) // requests at once, waiting ones aside
	initial := c.InitialIdle + c.InitialRunning
	neverExpires := c.KeepAlive == sim.Never
	if !neverExpires && !coldAsWarm(c) {
		return nil
	}
	var caveats []string
	if c.Dispatch.Exists() {
		caveats = append(caveats, "requests pass a dispatch stage: the model has none")
	}
	queueAlone := coldAsWarm(c) && (!neverExpires || initial < most || c.Releases())
	if c.Releases() && (!queueAlone || c.MaxInstances != platform.Unlimited) {
		caveats = append(caveats, "an instance is busy for a release after each response, when its user is gone: the model has it free")
	}
	if !queueAlone && initial < most {
		caveats = append(caveats, fmt.Sprintf("the pool begins with %d of %d instances: the model assumes that it has filled", initial, most))
	}
	// fixed is the number of instances of a pool that never expires.
	fixed := max(most, min(initial, c.MaxInstances))
	m := Model{Name: finiteSource, Label: "finite source", Platform: scenarios.ContainerPlatform, Gives: closedPoolGives}
	solved := func(r model.FiniteSourceResult, err error, busy model.Distribution) (Solution, error) {
		if queueAlone {
			r.Measures = r.Measures.WithoutInstances()
		} else {
			r.Measures = r.Measures.WithInstances(fixed)
		}
		return solution(r.Measures, err, platform.Running, busy)
	}
	limited := c.MaxInstances < users.Users // requests wait or are rejected
	shares := c.Cores.Alone() < most
	switch {
	case limited && c.WhenFull == pool.Queue && (c.QueueTimeout != sim.Never || shares):
		return nil
	case limited && c.WhenFull == pool.Queue:
		m.Label, m.Gives = "M/M/c//N", closedPoolQueueGives
		m.Caveats = slices.Concat(caveats, notExponential("service", c.Warm, m.Label))
		m.Solve = func(float64) (Solution, error) {
			r, err := model.MachineRepair(users.Users, think, warm, c.MaxInstances)
			return solved(r, err, r.Busy)
		}
		return []Model{m}
	case limited:
		m.Name, m.Label = engset, "Engset"
	}
	m.Caveats = slices.Concat(caveats, inStep(users.Think, c.Warm))
	speed := model.Speed(model.Cores{Physical: most})
	if shares {
		speed = modelCores(c.Cores)
	}
	m.Solve = func(float64) (Solution, error) {
		r, err := model.FiniteSharing(model.FiniteSource{Users: users.Users, Think: think, Service: warm, Speed: speed, MaxPresent: most})
		if !shares {
			r.Response = serviceLaw{c.Warm}
		}
		return solved(r, err, r.Present)
	}
	return []Model{m}
}

// closedWasmModels returns the model of executors. A start-up holds no core, and is a delay like the
// thinking: it may have any law.
func closedWasmModels(users dist.Closed, w *executors.Config) []Model {
	think, _ := users.Think.Moments()
	service, _ := w.Service.Moments()
	startup := meanOrNone(w.Startup)
	m := Model{Name: finiteSource, Label: "finite source", Platform: scenarios.WasmPlatform, Gives: closedExecutorGives}
	solve := func() (model.FiniteSourceResult, error) {
		speed := model.Speed(model.Cores{Physical: users.Users})
		if w.Cores.Limited() {
			speed = modelCores(w.Cores)
		}
		return model.FiniteSharing(model.FiniteSource{Users: users.Users, Think: think + startup, Service: service, Speed: speed})
	}
	m.Caveats = inStep(users.Think, w.Service)
	if w.Cores.Limited() && w.Discipline == executors.FCFS {
		m.Label, m.Gives = "M/M/c//N", closedExecutorQueueGives
		if users.Users > w.Cores.Physical {
			m.Caveats = notExponential("service", w.Service, m.Label)
		}
		solve = func() (model.FiniteSourceResult, error) {
			return model.FiniteCores(users.Users, think+startup, service, w.Cores.Physical)
		}
	}
	m.Solve = func(float64) (Solution, error) {
		r, err := solve()
		if err != nil {
			return Solution{}, err
		}
		if constant, certain := w.Startup.(dist.Constant); !w.Cores.Limited() && (w.Startup == nil || certain) {
			r.Response = laterLaw{serviceLaw{w.Service}, constant.Value}
		}
		starting := r.Throughput * startup
		r.ResponseTime += startup
		r.Instances += starting
		r.Running += starting
		s := Solution{Metrics: r.Metrics(), Times: r.Times(), Distributions: map[string]model.Distribution{}}
		if startup == 0 {
			s.Distributions[platform.Instances], s.Distributions[platform.Running] = r.Present, r.Present
		}
		return s, nil
	}
	return []Model{m}
}

// inStep returns a caveat if neither think nor service times vary continuously: then the users, who
// begin together, may meet at the same moments for ever.
func inStep(think, service dist.Distribution) []string {
	if !atomic(think) || !atomic(service) {
		return nil
	}
	return []string{"think and service times have a few values each, so that the users stay in step: the model assumes that they mix"}
}

// atomic reports whether a law has a limited number of values.
func atomic(d dist.Distribution) bool {
	switch d := d.(type) {
	case dist.Constant, dist.Empirical:
		return true
	case dist.Shifted:
		return atomic(d.Of)
	case dist.Mixture:
		return !slices.ContainsFunc(d.Parts[:], func(p dist.Part) bool { return p.Law != nil && !atomic(p.Law) })
	}
	return false
}
