package validate

import (
	"faaslab/scenarios"
	"faaslab/validate/model"
)

// ModelNames are the names of all models, those that apply to few scenarios too.
var ModelNames = []string{"level-crossing", "smp", "smp-modified", "sliding-maximum", "always-cold", "erlang-b", "erlang-c", "mmc-deadline",
	pollaczekKhinchine, gim1, "processor-sharing", "mmc", "mg-infinity"}

// MetricNames returns the names of all metrics that the model can give, whatever the
// parameters: a column each in a table of many scenarios. A Solution may lack some of them.
func (m Model) MetricNames() []string {
	names := []string{"response_time", "instances", "running"}
	if m.Platform != scenarios.WasmPlatform {
		names = []string{"cold_start_probability", "rejection_probability", "response_time", "instances", "warm_instances",
			"running", "running_warm", "running_cold", "idle"}
		if m.Name != "always-cold" {
			names = append(names, "utilization")
		}
	}
	switch m.Name {
	case "always-cold", "erlang-b", "mg-infinity":
		names = append(names, quantileNames("response_time")...)
	case "erlang-c", "mmc-deadline", "pollaczek-khinchine", "gi-m-1", "mmc":
		if m.Platform != scenarios.WasmPlatform {
			names = append(names, "timeout_probability")
		}
		names = append(names, "waiting_probability", "waiting_time", "queue")
		names = append(names, quantileNames("waiting_time")...)
		names = append(names, quantileNames("response_time")...)
	}
	return append(names, costNames()...)
}

func quantileNames(time string) (names []string) {
	for _, q := range model.Quantiles {
		names = append(names, time+q.Suffix)
	}
	return names
}

func costNames() (names []string) {
	for _, m := range scenarios.CostMetrics {
		names = append(names, m.Name)
	}
	return names
}
