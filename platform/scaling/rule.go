package scaling

import (
	"math"

	"faaslab/sim"
)

// A Rule holds the numbers of a policy.
type Rule struct {
	Algorithm Algorithm
	// Target is what is to be measured of each instance, > 0: requests, requests per second, or a
	// fraction of its cores. With Tracking, less than 0.01 counts as 0.01.
	Target float64
	Every  sim.Time // between two evaluations, at its multiples, > 0
	Window int      // what the measurement is averaged over, seconds, >= 1
	// PanicWindow is the short window of Tracking, seconds, >= 1; 0: there is no panic.
	PanicWindow int
	// PanicThreshold begins panic: the instances wanted by the panic average, relative to the ready
	// ones, > 0. It means nothing without a panic window.
	PanicThreshold float64
	Weighted       bool // averages have exponentially falling weights
	// Tolerance is the largest relative distance from the target at which nothing changes, >= 0.
	Tolerance float64
	// MaxUp is how many times the present instances one evaluation may want at most, > 1, or +Inf; but
	// MaxUpFloor instances are allowed always, >= 1. What is present are the ready instances with
	// Tracking, and the replicas with Utilization.
	MaxUp      float64
	MaxUpFloor int
	// MaxDown is by what number one evaluation may divide the ready instances at most, > 1, or +Inf. Only
	// with Tracking.
	MaxDown float64
	// AverageValue says that the target is in the unit of the measurement, and not a fraction of what an
	// instance has, which would be truncated to whole per cent; Behavior, that limits are those of an
	// empty behavior block: 4 more, or twice as many, in a period. Both only with Utilization.
	AverageValue, Behavior bool
	// UpDelay and DownDelay are how long a decision for more, or for fewer, instances must hold before it
	// is followed, >= 0: the fewest of that time are gone up to, the most of that time down to. With
	// Tracking, time counts in slots of Every. With Utilization, UpDelay needs Behavior.
	UpDelay, DownDelay sim.Time
	// Activation is the least number of instances wanted if it is not none, >= 1. Only with Tracking.
	Activation int
}

// Algorithm is how a rule decides.
type Algorithm uint8

// The algorithms of Knative and of Kubernetes.
const (
	Tracking Algorithm = iota
	Utilization
)

// Knative returns the rule of a fresh installation of Knative, for a target per instance: 0.7 times
// the container concurrency, 70 if that is unlimited
// (config/core/configmaps/autoscaler.yaml of knative/serving at 98e5ef90).
func Knative(target float64) Rule {
	return Rule{
		Algorithm: Tracking, Target: target, Every: 2 * sim.Second, Window: 60,
		PanicWindow: 6, PanicThreshold: 2, MaxUp: 1000, MaxUpFloor: 1, MaxDown: 2, Activation: 1,
	}
}

// Kubernetes returns the rule of a HorizontalPodAutoscaler on CPU without a behavior block, for a target
// utilization of what an instance requests, such as 0.8 (pkg/controller/podautoscaler of
// kubernetes/kubernetes at 00067268). The window is a guess: it is how often metrics-server reads.
func Kubernetes(target float64) Rule {
	return Rule{
		Algorithm: Utilization, Target: target, Every: 15 * sim.Second, Window: 15,
		Tolerance: 0.1, MaxUp: 2, MaxUpFloor: 4, MaxDown: math.Inf(1), DownDelay: 300 * sim.Second, Activation: 1,
	}
}

// slots returns the number of slots of a delay.
func (r *Rule) slots(delay sim.Time) int64 { return int64((delay + r.Every - 1) / r.Every) }
