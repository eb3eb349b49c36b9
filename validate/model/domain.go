package model

import (
	"errors"
	"fmt"
	"math"
)

// Unlimited is the MaxInstances of a pool without a cap, and the MaxPresent of cores that reject no
// request.
const Unlimited = 0

// Rates and durations are accepted between these two magnitudes. They are far beyond any platform,
// and close enough to 1 that no product or quotient of a few parameters can overflow.
const (
	smallest = 1e-12
	largest  = 1e12
)

// mostStates bounds the length of a distribution, and so the memory and the time of every model
// whose cost is linear in it.
const mostStates = 10_000_000

// A DomainError says that a parameter lies outside the domain of a model. The functions of this
// package return it instead of NaN, joined with others when several parameters are wrong.
type DomainError struct {
	Parameter string // the parameter in words: "arrival rate"
	Value     string // the value found, with its unit
	Accepted  string // the accepted values
}

// Error names the parameter, the value found and the accepted values.
func (e *DomainError) Error() string {
	return fmt.Sprintf("model: %s is %s; accepted: %s", e.Parameter, e.Value, e.Accepted)
}

// domain collects the errors of one set of parameters, so that all are reported together.
type domain struct {
	errs []error
}

func (d *domain) fail(parameter, value, accepted string) {
	d.errs = append(d.errs, &DomainError{parameter, value, accepted})
}

func (d *domain) err() error {
	return errors.Join(d.errs...)
}

func (d *domain) magnitude(parameter, unit string, value float64) {
	if !(value >= smallest && value <= largest) {
		d.fail(parameter, fmt.Sprint(value, unit), "1e-12 to 1e+12"+unit)
	}
}

func (d *domain) rate(parameter string, perSecond float64) {
	d.magnitude(parameter, "/s", perSecond)
}

func (d *domain) duration(parameter string, seconds float64) {
	d.magnitude(parameter, " s", seconds)
}

// timeout accepts 0 (at once) and +Inf (never) besides every duration.
func (d *domain) timeout(parameter string, seconds float64) {
	if seconds != 0 && !math.IsInf(seconds, 1) && !(seconds >= smallest && seconds <= largest) {
		d.fail(parameter, fmt.Sprint(seconds, " s"), "0, 1e-12 to 1e+12 s, +Inf")
	}
}

func (d *domain) load(parameter string, load float64) {
	if !(load >= 0 && load <= largest) {
		d.fail(parameter, fmt.Sprint(load), "0 to 1e+12")
	}
}

func (d *domain) count(parameter string, n, least int) {
	if n < least || n > mostStates {
		d.fail(parameter, fmt.Sprint(n), fmt.Sprintf("%d to %d", least, mostStates))
	}
}
