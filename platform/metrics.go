package platform

import (
	"math"

	"faaslab/sim"
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
	// Quantile, if set, returns of which spans the metric is which quantile; its interval is one of
	// order statistics then (stats.EstimateQuantile).
	Quantile func(*Observations) (spans *stats.Histogram, p float64)
	// Unseen, if set, returns the half-width that the metric has at least where it is 0, because none
	// of what it is a mean of was seen: 0 where that cannot be.
	Unseen func(*Observations) float64
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
	Count      // a time average of a number of instances, or of requests
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
		Events: func(o *Observations) (int64, int64) { return o.Rejected, possible(o.Arrivals, o.CanReject) }},
	{Name: "timeout_probability", Doc: "timed out / arrivals", Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(o.TimedOut, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.TimedOut, possible(o.Arrivals, o.CanTimeOut) }},
	{Name: "response_time", Doc: "arrival to completion, of served requests", Unit: Seconds, Of: responseTime},
	quantile("response_time_p50", 0.50, responses),
	quantile("response_time_p90", 0.90, responses),
	quantile("response_time_p95", 0.95, responses),
	quantile("response_time_p99", 0.99, responses),
	{Name: "response_time_warm", Doc: "response time of warm starts", Unit: Seconds,
		Of: func(o *Observations) float64 {
			return (o.WarmService.Seconds() + o.Wait.Seconds() - o.ColdWait.Seconds()) / float64(o.ServedWarm())
		}},
	{Name: "response_time_cold", Doc: "response time of cold starts", Unit: Seconds,
		Of: func(o *Observations) float64 {
			return (o.ColdService.Seconds() + o.ColdWait.Seconds()) / float64(o.ServedCold())
		}},
	waitingProbability,
	waitingTime,
	quantile("waiting_time_p50", 0.50, waits),
	quantile("waiting_time_p90", 0.90, waits),
	quantile("waiting_time_p95", 0.95, waits),
	quantile("waiting_time_p99", 0.99, waits),
	queue,
	instances,
	{Name: "warm_instances", Doc: "instances that are past their start: idle or running warm", Unit: Count,
		Unseen: unseenInstances,
		Of:     func(o *Observations) float64 { return o.Instances.Mean() - o.RunningCold.Mean() }},
	running,
	{Name: "running_warm", Doc: "instances serving a warm start", Unit: Count,
		Unseen: unseenWarm,
		Of:     func(o *Observations) float64 { return o.Running.Mean() - o.RunningCold.Mean() }},
	{Name: "running_cold", Doc: "instances serving the request they were started for", Unit: Count,
		Unseen: unseenCold,
		Of:     func(o *Observations) float64 { return o.RunningCold.Mean() }},
	{Name: "idle", Doc: "instances without a request", Unit: Count,
		Unseen: unseenIdle,
		Of:     func(o *Observations) float64 { return o.Idle.Mean() }},
	{Name: "utilization", Doc: "running warm / warm instances", Unit: Probability,
		Unseen: unseenUtilization,
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
	unfinished,
}

// WasmMetrics are the metrics of a Wasm platform, in the order in which they are shown.
var WasmMetrics = []Metric{
	{Name: "response_time", Doc: "arrival to completion", Unit: Seconds, Of: responseTime},
	quantile("response_time_p50", 0.50, responses),
	quantile("response_time_p90", 0.90, responses),
	quantile("response_time_p95", 0.95, responses),
	quantile("response_time_p99", 0.99, responses),
	waitingProbability,
	waitingTime,
	quantile("waiting_time_p50", 0.50, waits),
	quantile("waiting_time_p90", 0.90, waits),
	quantile("waiting_time_p95", 0.95, waits),
	quantile("waiting_time_p99", 0.99, waits),
	queue,
	instances,
	running,
	throughput,
	unfinished,
}

var (
	waitingProbability = Metric{Name: "waiting_probability", Doc: "served requests that began later than they arrived / served requests", Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(o.Waited, o.Served()) },
		Events: func(o *Observations) (int64, int64) { return o.Waited, possible(o.Served(), o.CanWait) }}
	waitingTime = Metric{Name: "waiting_time", Doc: "arrival to start of service, of served requests", Unit: Seconds,
		Unseen: unseenWait,
		Of:     func(o *Observations) float64 { return o.Wait.Seconds() / float64(o.Served()) }}
	queue = Metric{Name: "queue", Doc: "requests waiting", Unit: Count,
		Unseen: unseenQueue,
		Of:     func(o *Observations) float64 { return o.Waiting.Mean() }}
	instances = Metric{Name: "instances", Doc: "instances alive", Unit: Count,
		Unseen: unseenInstances,
		Of:     func(o *Observations) float64 { return o.Instances.Mean() }}
	running = Metric{Name: "running", Doc: "instances with a request", Unit: Count,
		Unseen: unseenRunning,
		Of:     func(o *Observations) float64 { return o.Running.Mean() }}
	throughput = Metric{Name: "throughput", Doc: "completions per second", Unit: PerSecond,
		Unseen: unseenCompletions,
		Of:     func(o *Observations) float64 { return float64(o.Completed) / o.Span.Seconds() }}
	// Where more requests are left over than arrive in the period, it is above 1.
	unfinished = Metric{Name: "unfinished_probability", Doc: "waiting or in service at the end / arrivals", Unit: Probability,
		Of: func(o *Observations) float64 { return ratio(o.PresentAtEnd, o.Arrivals) }}
)

func responseTime(o *Observations) float64 {
	total := o.WarmService.Seconds() + o.ColdService.Seconds() + o.Wait.Seconds()
	return total / float64(o.Served())
}

// The times of requests that quantiles and fractions are of.
type times struct {
	what string
	of   func(*Observations) *stats.Histogram
	can  func(*Observations) bool // reports whether they can be anything but 0
}

var (
	responses = times{"response time", func(o *Observations) *stats.Histogram { return &o.Responses }, func(*Observations) bool { return true }}
	waits     = times{"waiting time", func(o *Observations) *stats.Histogram { return &o.Waits }, func(o *Observations) bool { return o.CanWait }}
)

func quantile(name string, p float64, t times) Metric {
	return Metric{
		Name: name, Doc: "quantile of the " + t.what, Unit: Seconds,
		Of: func(o *Observations) float64 {
			value, _ := t.of(o).Quantile(p)
			return value
		},
		Resolution: func(o *Observations) float64 {
			_, width := t.of(o).Quantile(p)
			return width
		},
		Quantile: func(o *Observations) (*stats.Histogram, float64) { return t.of(o), p },
	}
}

// ResponseAbove returns the fraction of served requests whose response time is longer than a limit that the platform
// was told of (Limit), or, with atMost, is not.
func ResponseAbove(name string, limit sim.Time, atMost bool) Metric {
	return beyond(name, limit, atMost, responses)
}

// WaitAbove returns that of those whose waiting time is longer.
func WaitAbove(name string, limit sim.Time, atMost bool) Metric {
	return beyond(name, limit, atMost, waits)
}

func beyond(name string, limit sim.Time, atMost bool, t times) Metric {
	count := func(o *Observations) int64 {
		above := t.of(o).Above(limit)
		if atMost {
			return o.Served() - above
		}
		return above
	}
	doc := "served requests whose " + t.what + " is longer / served requests"
	if atMost {
		doc = "served requests whose " + t.what + " is not longer / served requests"
	}
	return Metric{Name: name, Doc: doc, Unit: Probability,
		Of:     func(o *Observations) float64 { return ratio(count(o), o.Served()) },
		Events: func(o *Observations) (int64, int64) { return count(o), possible(o.Served(), t.can(o)) }}
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
	// Jumps is that the metric does not move in proportion to the pseudo-values; the interval of half-width
	// Joint is for differences then (stats.QuantileEstimate).
	Jumps bool
	Joint float64
	// Rare is the half-width that a probability has at least because few events, or all but few, were
	// seen (stats.RareHalfWidth), and another metric because none was (Metric.Unseen); 0 where they were enough, or impossible.
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
			if metric.Quantile == nil {
				without[m] = append(without[m], metric.Of(&whole))
			}
		}
		whole.Merge(&replications[i])
	}
	estimates := make([]Estimated, len(metrics))
	for m, metric := range metrics {
		if metric.Quantile != nil {
			estimates[m] = estimateQuantile(metric, &whole, replications)
			continue
		}
		value := metric.Of(&whole)
		pseudo := stats.PseudoValues(value, without[m])
		e := Estimated{Estimate: stats.Jackknife(value, pseudo), Pseudo: pseudo}
		if len(replications) == 1 && !math.IsNaN(value) {
			e.N = 1 // without an interval, which nothing is missing from
		}
		if metric.Resolution != nil {
			e.Resolution = metric.Resolution(&whole)
			e.HalfWidth += e.Resolution
		}
		if metric.Unseen != nil && value == 0 {
			if e.Rare = metric.Unseen(&whole); math.IsInf(e.Rare, 1) {
				e.Rare = math.NaN()
			}
			e.HalfWidth = max(e.HalfWidth, e.Rare)
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

// estimateQuantile estimates a metric that is a quantile.
func estimateQuantile(metric Metric, whole *Observations, replications []Observations) Estimated {
	spans := make([]*stats.Histogram, len(replications))
	for i := range replications {
		spans[i], _ = metric.Quantile(&replications[i])
	}
	all, p := metric.Quantile(whole)
	q := stats.EstimateQuantile(all, spans, p)
	return Estimated{Estimate: q.Estimate, Pseudo: q.Pseudo, Resolution: q.Resolution, Jumps: q.Jumps, Joint: q.Joint}
}
