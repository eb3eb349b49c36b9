package platform

import (
	"math"
	"strings"

	"faaslab/sim/stats"
)

// A Metric is a number that describes a platform, with all that the rest of the program knows of
// it: every list of metrics elsewhere is a filter of the Catalogue.
type Metric struct {
	Name  string
	Words string // beside an axis: mean response time; empty: Label
	Doc   string // the explanation, in a few words
	Unit  Unit
	Roles Roles
	// Traits are those that a platform must have; 0: every platform has the metric.
	Traits Traits
	// Place is the position in the table and the figure of a transient, from 1; 0: neither shows
	// it.
	Place int

	// Of returns the metric of the observations; NaN where they do not have it.
	// Ratios are of totals, so observations must be merged first, not their metrics.
	Of func(*Observations) float64
	// Cost, set in place of Of, returns the Of of a metric that needs prices; nil where these do
	// not give it.
	Cost func(Prices) func(*Observations) float64
	// Resolution, if set, returns how far the metric may be from that of the
	// very values behind the observations; its interval is that much wider.
	Resolution func(*Observations) float64
	// Quantile, if set, returns of which spans the metric is which quantile; its interval is one of
	// order statistics then (stats.EstimateQuantile).
	Quantile func(*Observations) (spans *stats.Histogram, p float64)
	// Unseen, if set, returns the half-width that the metric has at least where it is 0, because
	// none of what it is a mean of was seen: 0 where that cannot be.
	Unseen func(*Observations) float64
	// Events, if set, returns what a probability is the ratio of: events, and the
	// trials in which each could have happened; 0 trials if none could.
	Events func(*Observations) (events, trials int64)

	// Possible, if set, reports whether the metric can differ from 0 in the observed configuration.
	// Texts and figures leave out a metric that cannot.
	Possible func(*Observations) bool
	// Least is the value up to which texts and figures leave the metric out, too.
	Least float64
	// States, of the mean of a count, returns the time with each value of it; Counted names what is
	// counted.
	States  func(*Observations) *stats.TimeInState
	Counted string
	// Count, of the mean of a count, returns its present value.
	Count func(Counts) int
	// times, of the mean of a time, are the times: the fraction beyond a limit can be asked for
	// (Beyond).
	times *times
}

// Label returns the short name of a metric for the head of a row or a column: response time p95.
func (m Metric) Label() string { return strings.ReplaceAll(m.Name, "_", " ") }

// Axis returns the name of a metric beside an axis: response time, 95th percentile.
func (m Metric) Axis() string {
	if m.Words != "" {
		return m.Words
	}
	return m.Label()
}

// Is reports whether a metric has all of some roles.
func (m Metric) Is(r Roles) bool { return m.Roles&r == r }

// OfRequests reports whether the metric averages over requests, and not over time.
func (m Metric) OfRequests() bool {
	return m.Unit == Seconds || m.Unit == Probability && !m.Is(TimeAverage)
}

// Nothing reports whether an estimate of the metric is not worth a line: what the metric counts
// cannot happen in the observed configuration, or is not more than Least.
func (m Metric) Nothing(mean float64, o *Observations) bool {
	return m.Possible != nil && !m.Possible(o) || m.Least > 0 && !(mean > m.Least)
}

// Roles say where a metric is used, beside the table of a run, which has all.
type Roles uint16

// The roles.
const (
	Headline    Roles = 1 << iota // the precision of a run is judged by it
	Tabled                        // a column in the table of a sweep
	Charted                       // a panel in the figure of a sweep, where it is not 0 throughout
	PerSlot                       // a value in each slot of a transient
	Measurable                    // an experimenter computes it from the requests of a short run
	Distributed                   // models give the distribution of the count that it is the mean of
	TimeAverage                   // a fraction of instances, averaged over time
	OfResponses                   // it is read from the response times
)

// Traits are what some kinds of platform have and others have not.
type Traits uint8

// Pooled platforms keep instances beyond a request, and bound their number: there are cold starts,
// idle instances, and requests that are turned away.
const Pooled Traits = 1 << iota

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

// String returns the name of a unit in JSON.
func (u Unit) String() string {
	return [...]string{"probability", "seconds", "count", "per_second", "per_million", "per_month"}[u]
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
	// Jumps is that the metric does not move in proportion to the pseudo-values; the interval of
	// half-width Joint is for differences then (stats.QuantileEstimate).
	Jumps bool
	Joint float64
	// Rare is the half-width that a probability has at least because few events, or all but few,
	// were seen (stats.RareHalfWidth), and another metric because none was (Metric.Unseen); 0 where
	// they were enough, or impossible.
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
