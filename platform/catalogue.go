package platform

import (
	"fmt"
	"math"
	"slices"

	"faaslab/sim"
	"faaslab/sim/stats"
)

// The names of metrics, the same in all commands and files.
const (
	ColdStartProbability  = "cold_start_probability"
	RejectionProbability  = "rejection_probability"
	TimeoutProbability    = "timeout_probability"
	ResponseTime          = "response_time"
	ResponseTimeP50       = "response_time_p50"
	ResponseTimeP90       = "response_time_p90"
	ResponseTimeP95       = "response_time_p95"
	ResponseTimeP99       = "response_time_p99"
	ResponseTimeWarm      = "response_time_warm"
	ResponseTimeCold      = "response_time_cold"
	WaitingProbability    = "waiting_probability"
	WaitingTime           = "waiting_time"
	WaitingTimeP50        = "waiting_time_p50"
	WaitingTimeP90        = "waiting_time_p90"
	WaitingTimeP95        = "waiting_time_p95"
	WaitingTimeP99        = "waiting_time_p99"
	QueueLength           = "queue"
	Instances             = "instances"
	WarmInstances         = "warm_instances"
	Running               = "running"
	RunningWarm           = "running_warm"
	RunningCold           = "running_cold"
	Idle                  = "idle"
	ReleasingInstances    = "releasing"
	Utilization           = "utilization"
	InstanceLifetime      = "instance_lifetime"
	Throughput            = "throughput"
	UnfinishedProbability = "unfinished_probability"
	ColdStartFractionP50  = "cold_start_fraction_p50"
	ColdStartFractionP75  = "cold_start_fraction_p75"
	ColdStartFractionP90  = "cold_start_fraction_p90"
	ColdStartFractionP95  = "cold_start_fraction_p95"
	AlwaysCold            = "always_cold"
	Memory                = "memory"
	MemoryRunning         = "memory_running"
	MemoryIdle            = "memory_idle"
	MemoryLoading         = "memory_loading"
	MemoryPeak            = "memory_peak"
	WastedMemory          = "wasted_memory"
	WastedShare           = "wasted_share"
	Evictions             = "evictions"
	Expirations           = "expirations"
	Unloads               = "unloads"
	Loads                 = "loads"
	LoadSkips             = "load_skips"
	UnusedLoads           = "unused_loads"
	ActiveFunctions       = "functions"
	LiveFunctions         = "live_functions"
	Ready                 = "ready"
	Starting              = "starting"
	Draining              = "draining"
	InService             = "in_service"
	Desired               = "desired"
	Panic                 = "panic"
	Starts                = "starts"
	UnderProvisioned      = "under_provisioned"
	OverProvisioned       = "over_provisioned"
	Lacking               = "lacking"
	Surplus               = "surplus"
	UserCost              = "user_cost"
	UserCostMonth         = "user_cost_month"
	ProviderCost          = "provider_cost"
	ProviderCostMonth     = "provider_cost_month"
)

// Unfinished is the largest fraction of the arrivals that may wait or be in service at the end
// without a warning.
const Unfinished = 0.01

// Catalogue lists all metrics in the order in which they are shown, the costs last. Only tests
// change it.
var Catalogue = slices.Concat([]Metric{
	{Name: ColdStartProbability, Doc: "cold starts / arrivals", Unit: Probability,
		Roles: Headline | Tabled | Charted | PerSlot | Measurable, Traits: Pooled, Place: 4,
		Of:     func(o *Observations) float64 { return ratio(o.Cold, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.Cold, o.Arrivals }},
	{Name: RejectionProbability, Doc: "rejected / arrivals", Unit: Probability,
		Roles: Headline | Tabled | Charted | PerSlot | Measurable, Traits: Pooled, Possible: canReject,
		Of:     func(o *Observations) float64 { return ratio(o.Rejected, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.Rejected, possible(o.Arrivals, o.CanReject) }},
	{Name: TimeoutProbability, Doc: "timed out / arrivals", Unit: Probability,
		Roles: Headline | Tabled | Charted | PerSlot | Measurable, Traits: Pooled, Possible: canTimeOut,
		Of:     func(o *Observations) float64 { return ratio(o.TimedOut, o.Arrivals) },
		Events: func(o *Observations) (int64, int64) { return o.TimedOut, possible(o.Arrivals, o.CanTimeOut) }},
	{Name: ResponseTime, Words: "mean response time", Doc: "arrival to completion, of served requests", Unit: Seconds,
		Roles: Headline | Tabled | Charted | PerSlot | Measurable | OfResponses, Place: 5, times: &responses, Of: responseTime},
	quantile(ResponseTimeP50, 0.50, &responses, OfResponses, 0),
	quantile(ResponseTimeP90, 0.90, &responses, OfResponses, 0),
	quantile(ResponseTimeP95, 0.95, &responses, Charted|PerSlot|OfResponses, 6), // PerSlot: the others would be read from a handful of responses
	quantile(ResponseTimeP99, 0.99, &responses, OfResponses, 0),
	{Name: ResponseTimeWarm, Doc: "response time of warm starts", Unit: Seconds, Roles: PerSlot | OfResponses, Traits: Pooled,
		Of: func(o *Observations) float64 {
			return (o.WarmService.Seconds() + o.Wait.Seconds() - o.ColdWait.Seconds()) / float64(o.ServedWarm())
		}},
	{Name: ResponseTimeCold, Doc: "response time of cold starts", Unit: Seconds, Roles: PerSlot | OfResponses, Traits: Pooled,
		Of: func(o *Observations) float64 {
			return (o.ColdService.Seconds() + o.ColdWait.Seconds()) / float64(o.ServedCold())
		}},
	{Name: WaitingProbability, Doc: "served requests that began later than they arrived / served requests", Unit: Probability,
		Roles: Headline | Tabled | Charted | PerSlot, Possible: canWait,
		Of:     func(o *Observations) float64 { return ratio(o.Waited, o.Served()) },
		Events: func(o *Observations) (int64, int64) { return o.Waited, possible(o.Served(), o.CanWait) }},
	{Name: WaitingTime, Words: "mean waiting time", Doc: "arrival to start of service, of served requests", Unit: Seconds,
		Roles: Headline | Tabled | Charted | PerSlot | Measurable, Possible: canWait, times: &waits, Unseen: unseenWait,
		Of: func(o *Observations) float64 { return o.Wait.Seconds() / float64(o.Served()) }},
	quantile(WaitingTimeP50, 0.50, &waits, 0, 0),
	quantile(WaitingTimeP90, 0.90, &waits, 0, 0),
	quantile(WaitingTimeP95, 0.95, &waits, Charted, 0),
	quantile(WaitingTimeP99, 0.99, &waits, 0, 0),
	{Name: QueueLength, Words: "mean number of requests waiting", Doc: "requests waiting", Unit: Count,
		Roles: Headline | Charted | PerSlot, Possible: canWait, Unseen: unseenQueue,
		Of: func(o *Observations) float64 { return o.Waiting.Mean() }},
	{Name: Instances, Words: "mean instances", Doc: "instances alive", Unit: Count,
		Roles: Headline | Tabled | Charted | PerSlot | Distributed, Place: 3, Counted: "instances", Unseen: unseenInstances,
		States: func(o *Observations) *stats.TimeInState { return &o.Instances },
		Count:  func(c Counts) int { return c.Instances },
		Of:     func(o *Observations) float64 { return o.Instances.Mean() }},
	{Name: WarmInstances, Words: "mean warm instances", Doc: "instances that are past their start: idle or running warm", Unit: Count,
		Roles: PerSlot | Distributed, Traits: Pooled, Unseen: unseenInstances,
		Of: func(o *Observations) float64 {
			if s := o.Scaling; s != nil {
				return o.Instances.Mean() - s.Starting.Mean()
			}
			return o.Instances.Mean() - o.RunningCold.Mean()
		}},
	{Name: Running, Words: "mean running instances", Doc: "instances with a request", Unit: Count,
		Roles: Headline | Tabled | Charted | PerSlot | Distributed, Place: 1, Counted: "running instances", Unseen: unseenRunning,
		States: func(o *Observations) *stats.TimeInState { return &o.Running },
		Count:  func(c Counts) int { return c.Running },
		Of:     func(o *Observations) float64 { return o.Running.Mean() }},
	{Name: RunningWarm, Words: "mean instances running warm", Doc: "instances serving a warm start", Unit: Count,
		Roles: PerSlot, Traits: Pooled, Lacks: Scaled, Unseen: unseenWarm,
		Count: func(c Counts) int { return c.Running - c.RunningCold },
		Of:    func(o *Observations) float64 { return o.Running.Mean() - o.RunningCold.Mean() }},
	{Name: RunningCold, Words: "mean instances running cold", Doc: "instances serving the request they were started for", Unit: Count,
		Roles: PerSlot, Traits: Pooled, Lacks: Scaled, Unseen: unseenCold,
		Count: func(c Counts) int { return c.RunningCold },
		Of:    func(o *Observations) float64 { return o.RunningCold.Mean() }},
	{Name: Idle, Words: "mean idle instances", Doc: "instances without a request", Unit: Count,
		Roles: Headline | Tabled | Charted | PerSlot, Traits: Pooled, Place: 2, Counted: "idle instances", Unseen: unseenIdle,
		States: func(o *Observations) *stats.TimeInState { return &o.Idle },
		Count:  func(c Counts) int { return c.Instances - c.Running },
		Of:     func(o *Observations) float64 { return o.Idle.Mean() }},
	{Name: ReleasingInstances, Words: "mean releasing instances", Doc: "idle instances that cannot serve yet: they are busy for a time after each response", Unit: Count,
		Roles: Tabled | Charted | PerSlot, Traits: Pooled | Releasing, Possible: canRelease, Unseen: unseenReleasing,
		Count: func(c Counts) int { return c.Releasing },
		Of:    func(o *Observations) float64 { return o.Releasing.Mean() }},
	{Name: Utilization, Doc: "running warm / warm instances", Unit: Probability,
		Roles: Charted | PerSlot | TimeAverage, Traits: Pooled, Unseen: unseenUtilization,
		Of: func(o *Observations) float64 {
			if s := o.Scaling; s != nil {
				if s.Places == Unlimited {
					return math.NaN()
				}
				return s.inService(o) / (float64(s.Places) * s.Ready.Mean())
			}
			cold := o.RunningCold.Mean()
			return (o.Running.Mean() - cold) / (o.Instances.Mean() - cold)
		}},
	// Little's law gives the lifetime in steady state only, so that a slot has none.
	{Name: InstanceLifetime, Doc: "creation to end, by Little's law: instances / rate of cold starts", Unit: Seconds, Traits: Pooled,
		Of: func(o *Observations) float64 {
			// The lives that end in the period are too short on average: those that
			// do not are the long ones. Provisioned instances do not end.
			if o.Expired+o.Functions.total(func(c *FunctionCounts) int64 { return c.Unloaded + c.Evicted }) == 0 {
				return math.NaN()
			}
			if s := o.Scaling; s != nil {
				return o.Instances.Mean() * o.Span.Seconds() / float64(s.Started)
			}
			created := o.Cold + o.Functions.total(func(c *FunctionCounts) int64 { return c.Loaded })
			return (o.Instances.Mean()*o.Span.Seconds() - o.Provisioned.Seconds()) / float64(created)
		}},
	{Name: Throughput, Doc: "completions per second", Unit: PerSecond, Roles: PerSlot | Measurable, Unseen: unseenCompletions,
		Of: func(o *Observations) float64 { return float64(o.Completed) / o.Span.Seconds() }},
	// Where more requests are left over than arrive in the period, it is above 1. Something is at
	// the end of every slot.
	{Name: UnfinishedProbability, Doc: "waiting or in service at the end / arrivals", Unit: Probability, Least: Unfinished,
		Of: func(o *Observations) float64 { return ratio(o.PresentAtEnd, o.Arrivals) }},
}, functionMetrics(), scalingMetrics(), []Metric{
	{Name: UserCost, Words: "user cost per million requests", Doc: "what a million served requests cost the user", Unit: PerMillion,
		Roles: Tabled | Charted | PerSlot, Cost: Prices.user},
	{Name: UserCostMonth, Words: "user cost per month", Doc: "what the requests served in a month cost the user", Unit: PerMonth,
		Roles: PerSlot, Cost: func(p Prices) func(*Observations) float64 { return perMonth(p.user()) }},
	{Name: ProviderCost, Words: "provider cost per million requests", Doc: "what a million served requests cost the provider", Unit: PerMillion,
		Roles: Tabled | Charted | PerSlot, Cost: Prices.provider},
	{Name: ProviderCostMonth, Words: "provider cost per month", Doc: "what the requests served in a month cost the provider", Unit: PerMonth,
		Roles: PerSlot, Cost: func(p Prices) func(*Observations) float64 { return perMonth(p.provider()) }},
})

func canReject(o *Observations) bool  { return o.CanReject }
func canTimeOut(o *Observations) bool { return o.CanTimeOut }
func canWait(o *Observations) bool    { return o.CanWait }
func canRelease(o *Observations) bool { return o.CanRelease }

// MetricsOf returns the metrics that a platform with the given traits has without prices.
func MetricsOf(t Traits) (metrics []Metric) {
	for _, m := range Catalogue {
		if m.Of != nil && t&m.Traits == m.Traits && t&m.Lacks == 0 {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// MetricsOfSome returns the metrics without prices of which some platform with the given traits, and
// any of the others, has each.
func MetricsOfSome(t, others Traits) (metrics []Metric) {
	for _, m := range Catalogue {
		if m.Of != nil && (t|others)&m.Traits == m.Traits && t&m.Lacks == 0 {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// Costs returns the metrics that need prices, for their names and labels; Prices.Metrics returns
// the metrics that can be computed.
func Costs() (metrics []Metric) {
	for _, m := range Catalogue {
		if m.Cost != nil {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// With returns the names of the metrics that have all the given roles, in the order of the
// catalogue.
func With(r Roles) (names []string) {
	for _, m := range Catalogue {
		if m.Is(r) {
			names = append(names, m.Name)
		}
	}
	return names
}

// Find returns the metric of the catalogue with a name; false if there is none.
func Find(name string) (Metric, bool) {
	i := slices.IndexFunc(Catalogue, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{Name: name}, false
	}
	return Catalogue[i], true
}

func responseTime(o *Observations) float64 {
	total := o.WarmService.Seconds() + o.ColdService.Seconds() + o.Wait.Seconds()
	return total / float64(o.Served())
}

// times are the times of requests that a quantile or a fraction describes.
type times struct {
	what     string
	of       func(*Observations) *stats.Histogram
	possible func(*Observations) bool // reports whether a time can differ from 0; nil: it can
}

func (t *times) can(o *Observations) bool { return t.possible == nil || t.possible(o) }

var (
	responses = times{"response time", func(o *Observations) *stats.Histogram { return &o.Responses }, nil}
	waits     = times{"waiting time", func(o *Observations) *stats.Histogram { return &o.Waits }, canWait}
)

func quantile(name string, p float64, t *times, r Roles, place int) Metric {
	return Metric{
		Name: name, Words: fmt.Sprintf("%s, %gth percentile", t.what, 100*p), Doc: "quantile of the " + t.what, Unit: Seconds,
		Roles: r, Place: place, Possible: t.possible,
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

// Limited returns the names of the metrics for which Beyond gives the fraction of requests beyond a
// limit.
func Limited() (names []string) {
	for _, m := range Catalogue {
		if m.times != nil {
			names = append(names, m.Name)
		}
	}
	return names
}

// Beyond returns the fraction of served requests whose time, either ResponseTime or WaitingTime, is
// longer than a limit or, with atMost, is not longer. The platform must have been given the limit
// (Limit).
func Beyond(of, name string, limit sim.Time, atMost bool) Metric {
	metric, _ := Find(of)
	t := metric.times
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
	return Metric{Name: name, Doc: doc, Unit: Probability, Roles: PerSlot | metric.Roles&OfResponses, Possible: t.possible,
		Of:     func(o *Observations) float64 { return ratio(count(o), o.Served()) },
		Events: func(o *Observations) (int64, int64) { return count(o), possible(o.Served(), t.can(o)) }}
}

func ratio(count, of int64) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(count) / float64(of)
}
