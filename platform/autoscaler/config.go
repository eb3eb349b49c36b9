package autoscaler

import (
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/scaling"
	"faaslab/sim"
)

// Config describes a platform of one function.
type Config struct {
	// Warm is the time of each request in service, or its CPU time on a core of its own if InstanceCores
	// are limited. Nil: the arrival process fixes it (a trace with two columns).
	Warm dist.Distribution
	// Startup is how long after its start an instance is ready.
	Startup dist.Distribution
	// Concurrency is how many requests an instance serves at once, >= 1, or platform.Unlimited.
	Concurrency int
	// InstanceCores are the cores of each instance, > 0, which its requests share equally: n of them
	// progress at the speed min(1, InstanceCores/n) each. 0: each request has a core of its own.
	InstanceCores float64
	// MinInstances are never removed, >= 0; so many are ready at time 0. MaxInstances is the largest
	// number of starting and ready instances, >= max(1, MinInstances), or platform.Unlimited.
	MinInstances, MaxInstances int
	// InitialReady instances are ready at time 0, 0 … MaxInstances; MinInstances if that is more.
	InitialReady int
	Routing      Routing
	// QueueTimeout is the longest wait of a request, counted from its arrival; > 0, or sim.Never.
	QueueTimeout sim.Time

	// Scaling decides about the number of instances. Nil: each request does.
	Scaling *Scaling
	OnDemand
}

// Scaling is an autoscaler that measures the load.
type Scaling struct {
	Metric Metric
	Rule   scaling.Rule
	// CPUTarget is, besides the target of Metric, a share of the cores of an instance, > 0, which needs
	// InstanceCores: what asks for more instances counts. 0: none. Metric is not CPU then.
	CPUTarget float64
	// Retention is how long the last instances stay after the decision for none, >= 0.
	Retention sim.Time
	// EndsIdle says that no decision is for none: all instances go when there was no request for the
	// Retention, whatever is decided. With MinInstances above 0 it means nothing.
	EndsIdle bool
	// StartForRequests starts an instance between evaluations, too, when more requests wait than the
	// starting instances have places, within StartRate. Binding is Late then.
	StartForRequests bool
}

// OnDemand says how requests start instances, where there is no Scaling, or where it lets them: then only
// StartRate means something.
type OnDemand struct {
	// KeepAlive is how long an instance may be without a request before it expires, 0 … sim.Never.
	KeepAlive sim.Time
	Binding   Binding
	// Reject turns away a request that finds no place, where no instance can be started and no starting
	// instance has a place left. Otherwise it waits.
	Reject bool
	// StartRate bounds how many instances are started.
	StartRate StartRate
}

// StartRate is a rate of starts: Starts of them may come at once, and as many in each time Per; both
// > 0, and Starts times Per, in nanoseconds, below 2⁶². What is not used is not saved up beyond Starts.
// The zero value bounds nothing.
type StartRate struct {
	Starts int64
	Per    sim.Time
}

// Metric is what an autoscaler measures.
type Metric uint8

// The metrics: the requests present, waiting ones included; arrivals per second; and the share of the
// cores of ready instances that is in use, which needs InstanceCores. Without an instance nothing is
// measured of the last one, so that a request that finds none starts one; as it does with
// [faaslab/platform/scaling.Utilization], which does not scale from zero.
const (
	Concurrency Metric = iota
	Requests
	CPU
)

// Binding says which instance serves a request that found none with a free place.
type Binding uint8

// Late: the request waits for the first place that becomes free, at an instance that is ready or starts.
// Early: it takes a place at an instance that starts, and begins when that one is ready.
const (
	Late Binding = iota
	Early
)

// Routing chooses among the ready instances with a free place.
type Routing uint8

// The routings. ByConcurrency is Knative's: TwoChoices where concurrency is unlimited, First up to 3,
// else RoundRobin (pkg/activator/net of knative/serving at 98e5ef90). First is that which became ready
// first; on demand, an instance takes the place of one that expired. RoundRobin is the next after the
// last chosen one. TwoChoices is the one with fewer requests of two that are drawn, or either if they
// have equally many. LeastLoaded has the fewest requests, and is the first of those. Random is any, each
// with the same probability.
const (
	ByConcurrency Routing = iota
	First
	RoundRobin
	TwoChoices
	LeastLoaded
	Random
)

var (
	metricNames  = []string{"concurrency", "rps", "cpu"}
	bindingNames = []string{"late", "early"}
	routingNames = []string{"by-concurrency", "first", "round-robin", "two-choices", "least-loaded", "random"}
)

// String returns the name used in scenario files.
func (m Metric) String() string { return metricNames[m] }

// String returns the name used in scenario files.
func (b Binding) String() string { return bindingNames[b] }

// String returns the name used in scenario files.
func (r Routing) String() string { return routingNames[r] }

// Of returns the routing that is used with a concurrency.
func (r Routing) Of(concurrency int) Routing {
	switch {
	case r != ByConcurrency:
		return r
	case concurrency == platform.Unlimited:
		return TwoChoices
	case concurrency <= 3:
		return First
	}
	return RoundRobin
}

// Capacity returns the load, arrivals per second times mean service, that all instances can serve at most:
// a queue without a timeout only grows at more. +Inf: any.
func (c *Config) Capacity() float64 {
	each := float64(c.Concurrency)
	if c.InstanceCores > 0 {
		each = math.Min(each, c.InstanceCores)
	}
	if c.MaxInstances == platform.Unlimited || each == float64(platform.Unlimited) {
		return math.Inf(1)
	}
	return each * float64(c.MaxInstances)
}

// initial returns the number of instances that are ready at time 0.
func (c *Config) initial() int { return max(c.InitialReady, c.MinInstances) }

// early reports whether requests are bound to instances that start.
func (c *Config) early() bool { return c.Scaling == nil && c.Binding == Early }

// rejects reports whether requests may be turned away.
func (c *Config) rejects() bool { return c.Scaling == nil && c.Reject }

// canFill reports whether a request may find neither a place nor a new instance.
func (c *Config) canFill() bool {
	return c.Concurrency != platform.Unlimited && c.MaxInstances != platform.Unlimited || c.StartRate.Starts > 0
}

// observations begins the observations.
func (c *Config) observations() platform.Observations {
	o := platform.NewObservations(c.initial(), 0)
	o.Pool, o.Startups = true, true
	o.Scaling = platform.NewScaling(c.Concurrency, 0) // each stands up
	if c.Scaling != nil {
		o.Scaling.Evaluates, o.Scaling.CanPanic = true, c.Scaling.Rule.PanicWindow > 0
	}
	o.CanReject = c.rejects() && c.canFill()
	o.CanWait = !c.early() || !c.Reject && c.canFill()
	o.CanTimeOut = o.CanWait && c.QueueTimeout != sim.Never
	idle := math.Inf(1)
	if c.Scaling == nil && c.KeepAlive != sim.Never {
		idle = c.KeepAlive.Seconds()
	}
	startup := platform.LawMean(c.Startup)
	o.Outlook = platform.Outlook{Cold: true, Warm: true, Service: platform.LawMean(c.Warm) + startup, Idle: idle}
	return o
}
