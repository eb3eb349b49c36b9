package validate

import (
	"slices"

	"faaslab/platform"
	"faaslab/validate/model"
)

// ModelNames are the names of all models, those that apply to few scenarios too.
var ModelNames = []string{"level-crossing", "smp", "smp-modified", "sliding-maximum", "always-cold", "erlang-b", "erlang-c", "mmc-deadline",
	pollaczekKhinchine, gim1, "processor-sharing", "mmc", "mg-infinity"}

// MetricNames returns the names of all metrics that the model can give, whatever the
// parameters: a column each in a table of many scenarios. A Solution may lack some of them.
func (m Model) MetricNames() []string {
	names := slices.Clone(m.Gives)
	for _, c := range platform.Costs() {
		names = append(names, c.Name)
	}
	return names
}

// What models give.
var (
	// poolGives is what a model of a pool gives.
	poolGives = append(slices.Clone(alwaysColdCounts), platform.Utilization)
	// alwaysColdGives is what M/G/∞ gives of a pool without a keep-alive, in which no instance is
	// warm.
	alwaysColdGives  = slices.Concat(alwaysColdCounts, quantilesOf(platform.ResponseTime))
	alwaysColdCounts = []string{platform.ColdStartProbability, platform.RejectionProbability, platform.ResponseTime, platform.Instances,
		platform.WarmInstances, platform.Running, platform.RunningWarm, platform.RunningCold, platform.Idle}
	// queueGives is what a queue gives of a pool.
	queueGives = slices.Concat(poolGives, []string{platform.TimeoutProbability}, waitingGives)
	// executorGives is what a model of executors gives, and executorQueueGives that of a queue.
	executorGives      = []string{platform.ResponseTime, platform.Instances, platform.Running}
	executorQueueGives = slices.Concat(executorGives, waitingGives)
	waitingGives       = slices.Concat([]string{platform.WaitingProbability, platform.WaitingTime, platform.QueueLength},
		quantilesOf(platform.WaitingTime), quantilesOf(platform.ResponseTime))
)

// quantilesOf returns the names of the quantiles of a time.
func quantilesOf(time string) (names []string) {
	for _, q := range model.Quantiles {
		names = append(names, time+q.Suffix)
	}
	return names
}
