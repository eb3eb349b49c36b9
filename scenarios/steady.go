package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// An UnsteadyError says why a platform of a scenario has no steady state: what
// is measured depends on how long it is measured.
type UnsteadyError struct {
	Platform string  // container or wasm
	Load     float64 // offered load, arrival rate × mean service time, in instances or cores; may be +Inf. Of a dispatch stage, arrivals per second
	Capacity float64 // instances, or cores of the speed of one that is busy alone, or requests per second; +Inf where there is no bound
	reason   string
}

// Error returns the reason with its numbers.
func (e *UnsteadyError) Error() string { return e.Platform + " has no steady state: " + e.reason }

// CheckPrecision returns an error if the run is to go on until a precision that it can never know. It
// concerns what is simulated until then, not a transient, a trace, or a run of a fixed duration.
func (s Scenario) CheckPrecision() error {
	if _, trace := s.Arrivals.(dist.Trace); s.Run.Replications == 1 && s.Run.Duration == 0 && s.Run.Precision > 0 && !trace {
		return errors.New("run.replications: one replication has no interval, so no precision; want 2 or more, or run.duration")
	}
	return nil
}

// CheckSteadyState returns an *UnsteadyError for each platform that cannot have
// a steady state, joined; nil if all may have one. It compares means. A trace, which ends, is
// replayed and not measured in a steady state: it objects to none.
func (s Scenario) CheckSteadyState() error {
	if _, ok := s.replays(); ok {
		return nil
	}
	var errs []error
	if c := s.Container; c != nil {
		errs = append(errs, s.containerUnsteady(c))
	}
	if w := s.Wasm; w != nil {
		errs = append(errs, s.wasmUnsteady(w))
	}
	return errors.Join(errs...)
}

// Steady reports whether one platform of the result may have a steady state.
func (r *Result) Steady(name string) bool {
	joined, ok := r.Unsteady.(interface{ Unwrap() []error })
	return !ok || !slices.ContainsFunc(joined.Unwrap(), func(err error) bool {
		var unsteady *UnsteadyError
		return errors.As(err, &unsteady) && unsteady.Platform == name
	})
}

func (s Scenario) containerUnsteady(c *platform.Containers) error {
	rate, service := s.Arrivals.Rate(), mean(c.Warm)
	if c.KeepAlive == 0 && c.MaxInstances == platform.Unlimited {
		service = coldWork(c) // every start is cold
	}
	e := &UnsteadyError{Platform: "container", Load: rate * service, Capacity: capacity(c.MaxInstances)}
	passes := c.Dispatch.Capacity()
	if c.Cores.Limited() {
		e.Capacity = min(e.Capacity, c.Cores.Rate(min(c.MaxInstances, c.Cores.Flat())))
	}
	switch {
	case rate >= passes:
		e.Load, e.Capacity = rate, passes
		why, instead := bottleneck(c.Dispatch)
		e.reason = fmt.Sprintf("arrivals of %s are not below the %.4g/s that dispatch can pass, %s, so its queue only grows; want a lower rate%s",
			dist.FormatRate(rate), passes, why, instead)
	case c.KeepAlive == sim.Never && c.MaxInstances == platform.Unlimited:
		e.reason = "with keep_alive: never and max_instances: unlimited the instances only grow; " +
			"want a duration for keep_alive or a number for max_instances"
	case c.Cores.Limited() && c.MaxInstances == platform.Unlimited && e.Load >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below %s, so the instances only grow in number; "+
			"want a lower rate or service time, more cores, or a number for max_instances", product(rate, service), work(c.Cores))
	case c.WhenFull == platform.Queue && c.QueueTimeout == sim.Never && c.MaxInstances != platform.Unlimited &&
		e.Load >= e.Capacity && e.Load < capacity(c.MaxInstances):
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g that %d instances on %s do together, so the queue only grows; "+
			"want a lower rate or service time, more cores or a duration for queue_timeout",
			product(rate, service), e.Capacity, c.MaxInstances, c.Cores)
	case c.WhenFull == platform.Queue && c.QueueTimeout == sim.Never && e.Load >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below %s, so the queue only grows; "+
			"want a lower rate or service time, more max_instances or a duration for queue_timeout",
			product(rate, service), instances(c.MaxInstances))
	default:
		return nil
	}
	return e
}

func (s Scenario) wasmUnsteady(w *platform.Wasm) error {
	rate, service := s.Arrivals.Rate(), mean(w.Service)
	e := &UnsteadyError{Platform: "wasm", Load: rate * service, Capacity: w.Cores.Capacity()}
	if !w.Cores.Limited() || !(e.Load >= e.Capacity) {
		return nil
	}
	e.reason = fmt.Sprintf("offered load %s is not below %s, so the executors only grow in number; "+
		"want a lower rate or service time, or more cores", product(rate, service), work(w.Cores))
	return e
}

// coldWork returns the mean CPU time of a cold start in seconds; NaN if it is not known.
func coldWork(c *platform.Containers) float64 {
	startup, service := mean(c.Startup), mean(c.Warm)
	if c.Cold != nil {
		startup = 0
		if c.Warm != nil {
			startup = mean(c.Cold) * platform.ColdStartup(c.Warm, c.Cold)
		}
		service = mean(c.Cold) - startup
	}
	if !c.Cores.Limited() {
		return startup + service
	}
	return startup*c.StartupCPU + service
}

// work describes limited cores and, where they are not plain, what all of them do together.
func work(c platform.Cores) string {
	if all := c.Capacity(); all != float64(c.Physical) {
		return fmt.Sprintf("the %.4g that %s do together", all, c)
	}
	return c.String()
}

// bottleneck spells out the capacity of a dispatch stage, which has one, and what would raise it.
func bottleneck(d platform.Dispatch) (why, instead string) {
	reader := d
	reader.Interval = 0
	switch {
	case d.Capacity() < reader.Capacity():
		return fmt.Sprintf("batch / interval = %d / %s", d.Batch, formatTime(d.Interval)), ", a larger dispatch.batch or a shorter dispatch.interval"
	case d.PerBatch == 0 || d.Batch == platform.Unlimited:
		return "1 / service = 1 / " + dist.FormatDuration(mean(d.Service)), " or a shorter dispatch.service"
	case d.Service == nil:
		return fmt.Sprintf("batch / per_batch = %d / %s", d.Batch, formatTime(d.PerBatch)), ", a larger dispatch.batch or a shorter dispatch.per_batch"
	}
	return fmt.Sprintf("1 / (service + per_batch / batch) = 1 / (%s + %s / %d)", dist.FormatDuration(mean(d.Service)), formatTime(d.PerBatch), d.Batch),
		", a shorter dispatch.service or dispatch.per_batch, or a larger dispatch.batch"
}

// mean returns the mean of a distribution in seconds; NaN, which compares with
// nothing, if there is none.
func mean(d dist.Distribution) float64 {
	if d == nil {
		return math.NaN()
	}
	m, _ := d.Moments()
	return m
}

// instances counts them in words.
func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

// capacity returns a number of instances, +Inf for unlimited.
func capacity(n int) float64 {
	if n == platform.Unlimited {
		return math.Inf(1)
	}
	return float64(n)
}

// product spells out an offered load: 12.23 = 8/s × 1.5288s.
func product(rate, service float64) string {
	return fmt.Sprintf("%.4g = %s × %s", rate*service, dist.FormatRate(rate), dist.FormatDuration(service))
}
