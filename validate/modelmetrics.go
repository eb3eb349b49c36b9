package validate

import "faaslab/scenarios"

// ModelNames are the names of all models, those that apply to few scenarios too.
var ModelNames = []string{"level-crossing", "smp", "smp-modified", "sliding-maximum", "always-cold", "erlang-b", "erlang-c", "mmc-deadline",
	"processor-sharing", "mmc", "mg-infinity"}

// MetricNames returns the names of all metrics that the model can give, whatever the
// parameters: a column each in a table of many scenarios. A Solution may lack some of them.
func (m Model) MetricNames() []string {
	if m.Platform == scenarios.WasmPlatform {
		names := []string{"response_time", "instances", "running"}
		if m.Name == "mmc" {
			names = append(names, "waiting_time")
		}
		return append(names, costNames()...)
	}
	names := []string{"cold_start_probability", "rejection_probability", "response_time", "instances", "warm_instances",
		"running", "running_warm", "running_cold", "idle"}
	if m.Name != "always-cold" {
		names = append(names, "utilization")
	}
	if m.Name == "erlang-c" || m.Name == "mmc-deadline" {
		names = append(names, "timeout_probability", "waiting_time")
	}
	return append(names, costNames()...)
}

func costNames() (names []string) {
	for _, m := range scenarios.CostMetrics {
		names = append(names, m.Name)
	}
	return names
}
