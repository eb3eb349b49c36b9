package validate

import (
	"fmt"

	"faaslab/platform"
	"faaslab/scenarios"
)

// The functions and experiments of the thesis: keep-alive times at one request a second, and rates
// of the float function at a keep-alive of 60 s.
var (
	functions  = []string{"aes", "matmul", "whatlang", "image-thumbnail", "float", "chameleon"}
	keepAlives = []int{1, 3, 5, 10, 20, 30, 60, 120, 180}
	mostRate   = 11
)

// compared are the metrics in which the SMP is compared with the simulation.
var compared = []string{platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.Idle, platform.Utilization}

// smpSuite compares both variants of the SMP with their documented accuracy.
func smpSuite() (groups []group) {
	for _, function := range functions {
		for _, keepAlive := range keepAlives {
			groups = append(groups, smpGroup(function, fmt.Sprintf("%s, keep-alive %d s", function, keepAlive), "container.keep_alive", fmt.Sprintf("%ds", keepAlive)))
		}
	}
	for rate := 1; rate <= mostRate; rate++ {
		groups = append(groups, smpGroup("float", fmt.Sprintf("float at %d/s", rate), "arrivals.rate", fmt.Sprintf("%d/s", rate)))
	}
	return groups
}

// smpGroup returns the cases of a built-in function with one key changed.
func smpGroup(function, name, key, value string) group {
	s, err := scenarios.Load(function, []scenarios.Override{{Key: key, Value: value}})
	if err != nil {
		panic("validate: " + err.Error())
	}
	s.Wasm = nil
	g := group{suite: "smp", name: name, scenario: s}
	for _, m := range Models(s) {
		if m.Name != "smp" && m.Name != "smp-modified" {
			continue
		}
		solution, err := m.Solve(0)
		if err != nil {
			panic("validate: " + err.Error())
		}
		for _, metric := range compared {
			g.cases = append(g.cases, Case{Suite: "smp", Scenario: name, Platform: m.Platform, Model: m.Name, Metric: metric, Kind: Approximate,
				Expected: solution.Metrics[metric], Band: accuracyOf(m.Name, metric, s), of: metricOf(m.Platform, metric)})
		}
	}
	return g
}
