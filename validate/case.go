package validate

import (
	"context"
	"fmt"
	"math"

	"faaslab/platform"
	"faaslab/scenarios"
)

// Kind is the property that a case must show to hold.
type Kind string

// The kinds of cases.
const (
	Exact       Kind = "exact"       // the law must agree with the simulation statistically
	Approximate Kind = "approximate" // the deviation must be as documented
	Identity    Kind = "identity"    // it holds on every path; if not, the simulator is wrong
)

// A Case is a metric of a scenario, and its value in theory.
type Case struct {
	Suite    string
	Scenario string // a name, unique in the suite
	Platform string // the name of its kind
	Model    string // the name of the Model, or of the law, that gives the value
	Metric   string
	Kind     Kind
	Expected float64
	// Detect is, for an exact case, the relative deviation that the case would detect with
	// probability Power.
	Detect float64
	// Band is, for an approximate case, the documented range of the model's relative deviation from
	// the simulation.
	Band Band

	// of returns the metric of the observations; nil for an identity.
	of func(*platform.Observations) float64
	// resolution is the relative error of Expected that comes from the model.
	resolution float64
}

// A Band is a range of relative deviations (model − simulation)/simulation.
type Band struct{ Low, High float64 }

// String returns the band in per cent.
func (b Band) String() string { return fmt.Sprintf("%+.0f … %+.0f %%", 100*b.Low, 100*b.High) }

// A group is the cases of one scenario, all checked with one simulation.
type group struct {
	suite    string
	name     string
	scenario scenarios.Scenario
	cases    []Case
	// path, if set, checks a law on a sample path of the scenario.
	path func(context.Context, scenarios.Scenario) error
	law  string // that path checks; empty: the sliding maximum
	// short keeps the scenario's own replications and duration instead of planning them.
	short bool
}

// probability returns the metric for the fraction of time with n instances, or with n running.
func probability(count string, n int) (name string, of func(*platform.Observations) float64) {
	return fmt.Sprintf("P(%s = %d)", count, n), func(o *platform.Observations) float64 {
		states := o.Instances
		if count == platform.Running {
			states = o.Running
		}
		return at(states.Probabilities(), n)
	}
}

// at returns the probability of n; 0 beyond the last one.
func at(p []float64, n int) float64 {
	if n < len(p) {
		return p[n]
	}
	return 0
}

// metricOf returns the metric of a platform with a name.
func metricOf(platformName, metric string) func(*platform.Observations) float64 {
	for _, m := range scenarios.KindOf(platformName).AllMetrics() {
		if m.Name == metric {
			return m.Of
		}
	}
	panic("validate: no metric " + metric)
}

// Deviation returns the relative deviation of a model's value from a simulated one.
func Deviation(model, simulated float64) float64 { return (model - simulated) / math.Abs(simulated) }
