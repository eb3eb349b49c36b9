package validate

import (
	"slices"

	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/validate/model"
)

// ModelNames are the names of all models, including models that apply to few scenarios.
var ModelNames = []string{"level-crossing", "smp", "smp-modified", "sliding-maximum", "always-cold", "erlang-b", "erlang-c", "mmc-deadline",
	pollaczekKhinchine, gim1, "processor-sharing", "mmc", "mg-infinity", finiteSource, engset,
	provisionedModel, leastInstancesModel, spareModel, timeToLiveModel, kingModel, gelenbeModel, cheModel, multirateModel,
	metricScalingModel}

// MetricNames returns the names of all metrics that the model can give for some parameters: each is
// a column in a table of many scenarios. A Solution may lack some of them.
func (m Model) MetricNames() []string {
	names := slices.Clone(m.Gives)
	for _, c := range platform.Costs() {
		names = append(names, c.Name)
	}
	return names
}

// The metrics that models give.
var (
	// poolGives are the metrics that a model of a pool gives.
	poolGives = append(slices.Clone(alwaysColdCounts), platform.Utilization)
	// alwaysColdGives are the metrics that M/G/∞ gives for a pool without a keep-alive, which has
	// no warm instance.
	alwaysColdGives  = slices.Concat(alwaysColdCounts, quantilesOf(platform.ResponseTime))
	alwaysColdCounts = []string{platform.ColdStartProbability, platform.RejectionProbability, platform.ResponseTime, platform.Instances,
		platform.WarmInstances, platform.Running, platform.RunningWarm, platform.RunningCold, platform.Idle}
	// queueGives are the metrics that a queue gives for a pool.
	queueGives = slices.Concat(poolGives, []string{platform.TimeoutProbability}, waitingGives)
	// executorGives are the metrics that a model of executors gives, and executorQueueGives those
	// that a queue gives.
	executorGives      = []string{platform.ResponseTime, platform.Instances, platform.Running}
	executorQueueGives = slices.Concat(executorGives, waitingGives)
	waitingGives       = slices.Concat([]string{platform.WaitingProbability, platform.WaitingTime, platform.QueueLength},
		quantilesOf(platform.WaitingTime), quantilesOf(platform.ResponseTime))
)

// withReleasing returns the metrics that a model of a pool gives: of one with releases, the number of
// releasing instances too.
func withReleasing(c *pool.Config, gives []string) []string {
	if !c.Releases() {
		return gives
	}
	return slices.Concat(gives, []string{platform.ReleasingInstances})
}

// quantilesOf returns the names of the quantiles of a time.
func quantilesOf(time string) (names []string) {
	for _, q := range model.Quantiles {
		names = append(names, time+q.Suffix)
	}
	return names
}
