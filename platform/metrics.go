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
	// Resolution, if set, returns how far the metric may be from that of the
	// very values behind the observations; its interval is that much wider.
	Resolution func(*Observations) float64
	// Events, if set, returns what a probability is the ratio of: events, and the
	// trials in which each could have happened; 0 trials if none could.
	Events func(*Observations) (events, trials int64)
}

// Unit says what a metric's number counts.
type Unit uint8

// The units.
const (
	Probability Unit = iota // a fraction of requests, or of instances
	Seconds
	Count      // a time average of a number of instances
	PerSecond  // a rate
	PerMillion // money per million served requests
	PerMonth   // money per month
)

// ContainerMetrics are the metrics of a container platform, in the order in
// which they are shown.
var ContainerMetrics = []Metric{
	{Name: "cold_start_probability", Doc: "cold starts / arrivals", Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(o.Cold, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.Cold, o.Arrivals }},
	{Name: "rejection_probability", Doc: "rejected / arrivals", Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(o.Rejected, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.Rejected, o.possible(o.CanReject) }},
	{Name: "timeout_probability", Doc: "timed out / arrivals", Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(o.TimedOut, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.TimedOut, o.possible(o.CanTimeOut) }},
	{Name: "response_time", Doc: "arrival to completion, of served requests", Unit: Seconds, Of: responseTime},
	quantile("response_time_p50", 0.50),
	quantile("response_time_p90", 0.90),
	quantile("response_time_p95", 0.95),
	quantile("response_time_p99", 0.99),
	{Name: "response_time_warm", Doc: "response time of warm starts", Unit: Seconds,
		Of: func(o *Observations) float64 {
			return (o.WarmService.Seconds() + o.Wait.Seconds() - o.ColdWait.Seconds()) / float64(o.ServedWarm())
		}},
	{Name: "response_time_cold", Doc: "response time of cold starts", Unit: Seconds,
		Of: func(o *Observations) float64 {
			return (o.ColdService.Seconds() + o.ColdWait.Seconds()) / float64(o.ServedCold())
		}},
	waitingTime,
	instances,
	{Name: "warm_instances", Doc: "instances that are past their start: idle or running warm", Unit: Count,
		Of: func(o *Observations) float64 { return o.Instances.Mean() - o.RunningCold.Mean() }},
	running,
	{Name: "running_warm", Doc: "instances serving a warm start", Unit: Count,
		Of: func(o *Observations) float64 { return o.Running.Mean() - o.RunningCold.Mean() }},
	{Name: "running_cold", Doc: "instances serving the request they were started for", Unit: Count,
		Of: func(o *Observations) float64 { return o.RunningCold.Mean() }},
	{Name: "idle", Doc: "instances without a request", Unit: Count,
		Of: func(o *Observations) float64 { return o.Idle.Mean() }},
	{Name: "utilization", Doc: "running warm / warm instances", Unit: Probability,
		Of: func(o *Observations) float64 {
			cold := o.RunningCold.Mean()
			return (o.Running.Mean() - cold) / (o.Instances.Mean() - cold)
		}},
	{Name: "instance_lifetime", Doc: "creation to expiry, by Little's law: instances / rate of cold starts", Unit: Seconds,
		Of: func(o *Observations) float64 {
			// The lives that end in the period are too short on average: those that
			// do not are the long ones.
			if o.Expired == 0 {
				return math.NaN()
			}
			return o.Instances.Mean() * o.Span.Seconds() / float64(o.Cold)
		}},
	throughput,
}

// WasmMetrics are the metrics of a Wasm platform, in the order in which they are shown.
var WasmMetrics = []Metric{
	{Name: "response_time", Doc: "arrival to completion", Unit: Seconds, Of: responseTime},
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
	waitingTime = Metric{Name: "waiting_time", Doc: "arrival to start of service, of served requests", Unit: Seconds,
		Of: func(o *Observations) float64 { return o.Wait.Seconds() / float64(o.Served()) }}
	instances = Metric{Name: "instances", Doc: "instances alive", Unit: Count,
		Of: func(o *Observations) float64 { return o.Instances.Mean() }}
	running = Metric{Name: "running", Doc: "instances with a request", Unit: Count,
		Of: func(o *Observations) float64 { return o.Running.Mean() }}
	throughput = Metric{Name: "throughput", Doc: "completions per second", Unit: PerSecond,
		Of: func(o *Observations) float64 { return float64(o.Completed) / o.Span.Seconds() }}
)

func responseTime(o *Observations) float64 {
	total := o.WarmService.Seconds() + o.ColdService.Seconds() + o.Wait.Seconds()
	return total / float64(o.Served())
}

func quantile(name string, p float64) Metric {
	return Metric{
		Name: name, Doc: "quantile of the response time", Unit: Seconds,
		Of: func(o *Observations) float64 {
			value, _ := o.Responses.Quantile(p)
			return value
		},
		Resolution: func(o *Observations) float64 {
			_, width := o.Responses.Quantile(p)
			return width
		},
	}
}

func ratio(count, of int64) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(count) / float64(of)
}

// fewEvents is the number of events, or of trials without one, below which their spread over
// replications is no guide to how probable they are.
const fewEvents = 20

// An Estimated metric is its estimate and the pseudo-value that each replication
// contributes to it, for paired differences (stats.PseudoValues).
type Estimated struct {
	stats.Estimate
	Pseudo []float64
	// Resolution is the part of the half-width that is the metric's own (Metric.Resolution).
	Resolution float64
	// Rare is the half-width that a probability has at least because few events, or all but few, were
	// seen (stats.RareHalfWidth); 0 where they were enough, or impossible.
	Rare float64
}

// Estimate returns the estimates of metrics over replications of one platform, in
// the order of metrics.
func Estimate(metrics []Metric, replications []Observations) []Estimated {
	var whole Observations
	for i := range replications {
		whole.Merge(&replications[i])
	}
	without := make([][]float64, len(metrics)) // by metric and replication left out
	for i := range replications {
		whole.Subtract(&replications[i])
		for m, metric := range metrics {
			without[m] = append(without[m], metric.Of(&whole))
		}
		whole.Merge(&replications[i])
	}
	estimates := make([]Estimated, len(metrics))
	for m, metric := range metrics {
		value := metric.Of(&whole)
		pseudo := stats.PseudoValues(value, without[m])
		e := Estimated{Estimate: stats.Jackknife(value, pseudo), Pseudo: pseudo}
		if metric.Resolution != nil {
			e.Resolution = metric.Resolution(&whole)
			e.HalfWidth += e.Resolution
		}
		if metric.Events != nil {
			events, trials := metric.Events(&whole)
			// More events than trials may be there: of requests that arrived before the period.
			if rare := max(min(events, trials-events), 0); trials > 0 && rare < fewEvents {
				e.Rare = stats.RareHalfWidth(rare, trials)
				e.HalfWidth = max(e.HalfWidth, e.Rare)
			}
		}
		estimates[m] = e
	}
	return estimates
}
