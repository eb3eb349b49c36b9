package platform

import (
	"math"

	"faaslab/sim/stats"
)

// A Metric is a number that describes a platform in steady state.
type Metric struct {
	Name string
	Doc  string // what it is, in a few words
	Unit Unit
	// Of returns the metric of the observations; NaN where they do not have it.
	// Ratios are of totals, so observations must be merged first, not their metrics.
	Of func(*Observations) float64
}

// Unit says what a metric's number counts.
type Unit uint8

// The units.
const (
	Probability Unit = iota // a fraction of requests, or of instances
	Seconds
	Count     // a time average of a number of instances
	PerSecond // a rate
)

// ContainerMetrics are the metrics of a container platform, in the order in
// which they are shown.
var ContainerMetrics = []Metric{
	{"cold_start_probability", "cold starts / arrivals", Probability,
		func(o *Observations) float64 { return ratio(o.Cold, o.Arrivals) }},
	{"rejection_probability", "rejected / arrivals", Probability,
		func(o *Observations) float64 { return ratio(o.Rejected, o.Arrivals) }},
	{"timeout_probability", "timed out / arrivals", Probability,
		func(o *Observations) float64 { return ratio(o.TimedOut, o.Arrivals) }},
	{"response_time", "arrival to completion, of served requests", Seconds, responseTime},
	quantile("response_time_p50", 0.50),
	quantile("response_time_p90", 0.90),
	quantile("response_time_p95", 0.95),
	quantile("response_time_p99", 0.99),
	{"response_time_warm", "response time of warm starts", Seconds,
		func(o *Observations) float64 { return (o.WarmService.Seconds() + o.Wait.Seconds()) / float64(o.Warm) }},
	{"response_time_cold", "response time of cold starts", Seconds,
		func(o *Observations) float64 { return o.ColdService.Seconds() / float64(o.Cold) }},
	waitingTime,
	instances,
	{"warm_instances", "instances that are past their start: idle or running warm", Count,
		func(o *Observations) float64 { return o.Instances.Mean() - o.RunningCold.Mean() }},
	running,
	{"running_warm", "instances serving a warm start", Count,
		func(o *Observations) float64 { return o.Running.Mean() - o.RunningCold.Mean() }},
	{"running_cold", "instances serving the request they were started for", Count,
		func(o *Observations) float64 { return o.RunningCold.Mean() }},
	{"idle", "instances without a request", Count,
		func(o *Observations) float64 { return o.Idle.Mean() }},
	{"utilization", "running warm / warm instances", Probability,
		func(o *Observations) float64 {
			cold := o.RunningCold.Mean()
			return (o.Running.Mean() - cold) / (o.Instances.Mean() - cold)
		}},
	{"instance_lifetime", "creation to expiry, of expired instances", Seconds,
		func(o *Observations) float64 { return o.Lifetime.Seconds() / float64(o.Expired) }},
	throughput,
}

// WasmMetrics are the metrics of a Wasm platform, in the order in which they are shown.
var WasmMetrics = []Metric{
	{"response_time", "arrival to completion", Seconds, responseTime},
	quantile("response_time_p50", 0.50),
	quantile("response_time_p90", 0.90),
	quantile("response_time_p95", 0.95),
	quantile("response_time_p99", 0.99),
	waitingTime,
	instances,
	running,
	throughput,
}

var (
	waitingTime = Metric{"waiting_time", "arrival to start of service, of served requests", Seconds,
		func(o *Observations) float64 { return o.Wait.Seconds() / float64(o.Served()) }}
	instances = Metric{"instances", "instances alive", Count,
		func(o *Observations) float64 { return o.Instances.Mean() }}
	running = Metric{"running", "instances with a request", Count,
		func(o *Observations) float64 { return o.Running.Mean() }}
	throughput = Metric{"throughput", "completions per second", PerSecond,
		func(o *Observations) float64 { return float64(o.Completed) / o.Span.Seconds() }}
)

func responseTime(o *Observations) float64 {
	total := o.WarmService.Seconds() + o.ColdService.Seconds() + o.Wait.Seconds()
	return total / float64(o.Served())
}

func quantile(name string, p float64) Metric {
	return Metric{name, "quantile of the response time", Seconds,
		func(o *Observations) float64 { return o.Responses.Quantile(p) }}
}

func ratio(count, of int64) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(count) / float64(of)
}

// Estimate returns the estimates of metrics over replications of one platform,
// in the order of metrics: each metric of all replications together, with an
// interval from what each of them contributes (stats.Jackknife). The pseudo-values
// themselves are returned too, by metric, for paired differences.
func Estimate(metrics []Metric, replications []Observations) ([]stats.Estimate, [][]float64) {
	var whole Observations
	for i := range replications {
		whole.Merge(&replications[i])
	}
	without := make([][]float64, len(metrics)) // by metric and replication left out
	for i := range replications {
		rest := whole.Clone()
		rest.Subtract(&replications[i])
		for m, metric := range metrics {
			without[m] = append(without[m], metric.Of(&rest))
		}
	}
	estimates := make([]stats.Estimate, len(metrics))
	pseudo := make([][]float64, len(metrics))
	for m, metric := range metrics {
		pseudo[m] = stats.PseudoValues(metric.Of(&whole), without[m])
		estimates[m] = stats.EstimateOf(pseudo[m])
	}
	return estimates, pseudo
}
