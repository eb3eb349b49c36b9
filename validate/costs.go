package validate

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/scenarios"
	"faaslab/sim"
)

// withCosts lets a model give costs, if the scenario has prices and the solution has all quantities
// that the costs depend on.
func withCosts(s scenarios.Scenario, m Model) Model {
	prices := s.Prices(m.Platform)
	if prices.User == nil && prices.Provider == nil {
		return m
	}
	solve := m.Solve
	m.Solve = func(work float64) (Solution, error) {
		solution, err := solve(work)
		if err == nil {
			addCosts(s, m.Platform, prices, solution.Metrics)
		}
		return solution, err
	}
	return m
}

// million is the number of requests whose cost is given.
const million = 1e6

// addCosts adds to the metrics of a model the costs that platform.Prices.Metrics measures in a
// simulation, computed from the model's means.
func addCosts(s scenarios.Scenario, name string, prices platform.Prices, metrics map[string]float64) {
	running, hasRunning := metrics[platform.Running]
	cold, hasCold := metrics[platform.ColdStartProbability]
	idle, hasIdle := metrics[platform.Idle]
	served := 1 - metrics[platform.RejectionProbability] - metrics[platform.TimeoutProbability]
	if scenarios.KindOf(name).Traits&platform.Pooled == 0 {
		hasCold, hasIdle = true, true // the platform has no cold starts and no idle instances
	}
	if !(served > 0) {
		return
	}
	perSecond, ok := metrics[platform.Throughput]
	if !ok {
		perSecond = s.Arrivals.Rate() * served
	}
	add := func(name, month string, cost float64) {
		metrics[name] = cost
		metrics[month] = cost / million * perSecond * platform.Month
	}
	if u := prices.User; u != nil {
		if n := s.Keeping.Provisioned; n > 0 && name == scenarios.ContainerPlatform {
			if warm, longer, ok := containerBills(s, prices); ok && hasCold {
				spilled := u.PerSecond(prices.Memory) * cold / served * longer
				add(platform.UserCost, platform.UserCostMonth, u.MillionRequests+million*(spilled+prices.Provisioned((1-cold/served)*warm, float64(n)/perSecond)))
			}
		} else if seconds, ok := billedTime(s, name, prices, metrics, cold/served, hasCold); ok {
			add(platform.UserCost, platform.UserCostMonth, u.MillionRequests+million*u.PerSecond(prices.Memory)*seconds)
		}
	}
	if p := prices.Provider; p != nil && hasRunning && hasIdle && hasCold {
		held := prices.Memory * (p.RunningGBSecond*running + p.IdleGBSecond*idle)
		add(platform.ProviderCost, platform.ProviderCostMonth, million*(held/perSecond+p.ColdStart*cold/served))
	}
}

// A bill describes how the requests of a kind of platform are billed.
type bill struct {
	// rounded returns the mean billed time of a served request where executions are rounded, which
	// requires their law; false if the law is not known. cold is the fraction of served requests
	// that are cold starts.
	rounded func(s scenarios.Scenario, prices platform.Prices, cold float64) (seconds float64, ok bool)
	// startup returns the mean time that a served request spends in a start-up.
	startup func(s scenarios.Scenario, prices platform.Prices, cold float64) float64
	// coldAsWarm reports whether cold and warm starts have the same law of service times; nil:
	// never.
	coldAsWarm func(s scenarios.Scenario) bool
}

// billedTime returns the mean time that the user is billed for a served request; false if the model
// does not give it. Where executions are rounded it depends on their law, not only on their mean,
// and is known if nothing slows them. cold is the fraction of served requests that are cold starts,
// if it is known.
func billedTime(s scenarios.Scenario, name string, prices platform.Prices, metrics map[string]float64, cold float64, hasCold bool) (seconds float64, ok bool) {
	u, bill := prices.User, modelled[name].bill
	if !hasCold {
		if bill.coldAsWarm == nil || !bill.coldAsWarm(s) {
			return 0, false
		}
		cold = 0
	}
	if u.Rounds() {
		return bill.rounded(s, prices, cold)
	}
	response, ok := metrics[platform.ResponseTime]
	if seconds = response - metrics[platform.WaitingTime]; u.Startup == platform.StartupFree {
		seconds -= bill.startup(s, prices, cold)
	}
	return seconds, ok
}

func wasmBilled(s scenarios.Scenario, prices platform.Prices, _ float64) (seconds float64, ok bool) {
	w, u := s.Wasm, prices.User
	if w.Cores.Limited() && w.Discipline != executors.FCFS {
		return 0, false
	}
	execution := execution{service: w.Service, startup: w.Startup}
	if u.Startup == platform.StartupFree {
		execution.startup = nil
	}
	return execution.billed(u)
}

func containerBilled(s scenarios.Scenario, prices platform.Prices, cold float64) (seconds float64, ok bool) {
	if cold == 0 {
		return containerBilledWarm(s, prices)
	}
	warm, longer, ok := containerBills(s, prices)
	return (1-cold)*warm + cold*longer, ok
}

// containerBilledWarm returns the mean billed time of a warm start, where nothing slows it.
func containerBilledWarm(s scenarios.Scenario, prices platform.Prices) (seconds float64, ok bool) {
	c := s.Container
	if c.Cores.Alone() < c.MaxInstances {
		return 0, false
	}
	return execution{service: c.Warm}.billed(prices.User)
}

// containerBills returns the mean billed times of a warm and of a cold start.
func containerBills(s scenarios.Scenario, prices platform.Prices) (warm, cold float64, ok bool) {
	c, u := s.Container, prices.User
	if warm, ok = containerBilledWarm(s, prices); !ok {
		return 0, 0, false
	}
	first := execution{service: c.Warm, startup: c.Startup}
	switch {
	case c.Cold == nil && u.Startup == platform.StartupFree:
		first.startup = nil
	case c.Cold != nil:
		first = execution{service: c.Cold}
		if u.Startup == platform.StartupFree {
			first.without = prices.ColdStartup
		}
	}
	cold, ok = first.billed(u)
	return warm, cold, ok
}

// An execution is the billed time of a request: a service, a part of which may be free, after a
// start-up, which is nil if there is none or it is free.
type execution struct {
	service, startup dist.Distribution
	without          float64 // fraction of the service that is not billed
}

// billed returns the mean of max(minimum, ⌈X/step⌉ step) of an execution X; false if its law is not
// known because it is the sum of two laws that vary.
func (e execution) billed(u *platform.UserPrices) (seconds float64, ok bool) {
	law, later := e.service, 0.0
	if e.startup != nil {
		startup, certain := e.startup.(dist.Constant)
		service, also := law.(dist.Constant)
		switch {
		case certain:
			later = startup.Value
		case also:
			law, later = e.startup, service.Value
		default:
			return 0, false
		}
	}
	if c, ok := law.(dist.Constant); ok {
		return u.Bill(sim.FromSeconds(later + c.Value*(1-e.without))).Seconds(), true
	}
	limited := dist.LimitedMean(law)
	// Executions are rounded to whole nanoseconds.
	above := func(x float64) float64 { return 1 - law.CDF((x+0.5e-9-later)/(1-e.without)) }
	// beyond returns E[max(X − x, 0)].
	beyond := func(x float64) float64 {
		mean, _ := law.Moments()
		if x < later {
			return later - x + mean*(1-e.without)
		}
		return (1 - e.without) * (mean - limited((x-later)/(1-e.without)))
	}
	step, minimum := u.Step.Seconds(), u.Minimum.Seconds()
	if step == 0 {
		return minimum + beyond(minimum), true
	}
	// The mean is the minimum plus the integral, from the minimum on, of P(X > the multiple of the
	// step below). From step number most on, each step counts half, with an error below the
	// probability of that step.
	const most = 100_000
	seconds = minimum
	first := int(minimum / step * (1 + 1e-12))
	for k := first; ; k++ {
		p := above(float64(k) * step)
		if p < 1e-12 || k == first+most {
			return seconds + beyond(float64(k)*step) + p*step/2, true
		}
		seconds += p * (float64(k+1)*step - max(minimum, float64(k)*step))
	}
}

func wasmStartup(s scenarios.Scenario, _ platform.Prices, _ float64) float64 {
	return meanOrNone(s.Wasm.Startup)
}

func containerStartup(s scenarios.Scenario, prices platform.Prices, cold float64) float64 {
	return cold * (meanOrNone(s.Container.Startup) + prices.ColdStartup*meanOrNone(s.Container.Cold))
}

// meanOrNone returns the mean of a time; 0 without one.
func meanOrNone(d dist.Distribution) float64 {
	if d == nil {
		return 0
	}
	m, _ := d.Moments()
	return m
}
