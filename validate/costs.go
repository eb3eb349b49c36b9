package validate

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
)

// withCosts lets a model say what requests cost, if the scenario has prices and the
// solution all that the costs depend on.
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

// million is the number of requests that a cost is of.
const million = 1e6

// addCosts adds to the metrics of a model what platform.Prices.Metrics measures in a
// simulation, in the model's means.
func addCosts(s scenarios.Scenario, name string, prices platform.Prices, metrics map[string]float64) {
	response, hasResponse := metrics["response_time"]
	running, hasRunning := metrics["running"]
	cold, hasCold := metrics["cold_start_probability"]
	idle, hasIdle := metrics["idle"]
	served := 1 - metrics["rejection_probability"] - metrics["timeout_probability"]
	if name == scenarios.WasmPlatform {
		hasCold, hasIdle = true, true // there are none
	}
	if !(served > 0) {
		return
	}
	if u := prices.User; u != nil && hasResponse && hasCold {
		seconds := response - metrics["waiting_time"]
		if u.Startup == platform.StartupFree {
			seconds -= startupTime(s, name, prices, cold/served)
		}
		metrics["user_cost"] = u.MillionRequests + million*(u.GBSecond*prices.Memory+u.Second)*seconds
	}
	if p := prices.Provider; p != nil && hasRunning && hasIdle && hasCold {
		perSecond := prices.Memory * (p.RunningGBSecond*running + p.IdleGBSecond*idle)
		metrics["provider_cost"] = million * (perSecond/(s.Arrivals.Rate()*served) + p.ColdStart*cold/served)
	}
}

// startupTime returns the mean time that a served request spends in a start-up; cold is the
// fraction of served requests that are cold starts.
func startupTime(s scenarios.Scenario, name string, prices platform.Prices, cold float64) float64 {
	mean := func(d dist.Distribution) float64 {
		if d == nil {
			return 0
		}
		m, _ := d.Moments()
		return m
	}
	if name == scenarios.WasmPlatform {
		return mean(s.Wasm.Startup)
	}
	return cold * (mean(s.Container.Startup) + prices.ColdStartup*mean(s.Container.Cold))
}
