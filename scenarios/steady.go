package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
)

// An UnsteadyError says why a platform of a scenario has no steady state: what
// is measured depends on how long it is measured.
type UnsteadyError struct {
	Platform string  // the name of its kind
	Load     float64 // offered load, arrival rate × mean service time, in instances or cores; may be +Inf. Of a dispatch stage, arrivals per second
	Capacity float64 // instances, or cores of the speed of one that is busy alone, or requests per second; +Inf where there is no bound
	reason   string
}

// Error returns the reason with its numbers.
func (e *UnsteadyError) Error() string { return e.Platform + " has no steady state: " + e.reason }

// CheckPrecision returns an error if the run is to go on until a precision that it can never know. It
// concerns what is simulated until then, not a transient, a trace, or a run of a fixed duration.
func (s Scenario) CheckPrecision() error {
	if s.Run.Replications == 1 && s.Run.Duration == 0 && s.Run.Precision > 0 && !s.replays() {
		return errors.New("run.replications: one replication has no interval, so no precision; want 2 or more, or run.duration")
	}
	return nil
}

// CheckSteadyState returns an *UnsteadyError for each platform that cannot have
// a steady state, joined; nil if all may have one. It compares means. A trace, which ends, is
// replayed and not measured in a steady state: it objects to none.
func (s Scenario) CheckSteadyState() error {
	if s.replays() {
		return nil
	}
	var errs []error
	for _, k := range kinds {
		if k.unsteady != nil && k.has(&s) {
			errs = append(errs, k.unsteady(s))
		}
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

// work describes limited cores and, where they are not plain, what all of them do together.
func work(c platform.Cores) string {
	if all := c.Capacity(); all != float64(c.Physical) {
		return fmt.Sprintf("the %.4g that %s do together", all, c)
	}
	return c.String()
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
