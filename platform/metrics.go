package platform

import (
	"math"
	"strings"

	"faaslab/sim/stats"
)

// A Metric is a number that describes a platform, with all that the program knows about the metric:
// every list of metrics elsewhere is a filter of the Catalogue.
type Metric struct {
	Name  string
	Words string // beside an axis: mean response time; empty: Label
	Doc   string // the explanation, in a few words
	Unit  Unit
	Roles Roles
	// Traits are the traits that a platform must have; 0: every platform has the metric.
	Traits Traits
	// Lacks are traits of which a platform may have none.
	Lacks Traits
	// Place is the position in the table and the figure of a transient, from 1; 0: neither shows
	// it.
	Place int

	// Of computes the metric from the observations; NaN where they do not determine it. Ratios are
	// ratios of totals, so observations of replications must be merged first, not their metrics.
	Of func(*Observations) float64
	// Cost, set in place of Of, returns the Of of a metric that needs prices; nil where the prices
	// do not determine it.
	Cost func(Prices) func(*Observations) float64
	// Resolution, if set, returns how far the metric may be from its value for the unrounded times
	// behind the observations; the metric's interval is that much wider.
	Resolution func(*Observations) float64
	// Quantile, if set, returns the spans and the probability p such that the metric is their
	// p-quantile; its interval is then one of order statistics (stats.EstimateQuantile).
	Quantile func(*Observations) (spans *stats.Histogram, p float64)
	// Unseen, if set, returns the least half-width that the metric has where it is 0 because no
	// event that contributes to it was seen; 0 where no such event can happen.
	Unseen func(*Observations) float64
	// Events, if set, returns the two counts whose ratio is the probability: events, and the trials
	// in which each could have happened; 0 trials if none could.
	Events func(*Observations) (events, trials int64)

	// Possible, if set, reports whether the metric can differ from 0 in the observed configuration.
	// Texts and figures leave out a metric that cannot.
	Possible func(*Observations) bool
	// Least is the value up to which texts and figures also leave the metric out.
	Least float64
	// States, set for the mean of a count, returns the time spent at each value of the count;
	// Counted names the things counted.
	States  func(*Observations) *stats.TimeInState
	Counted string
	// Count, set for the mean of a count, returns the present value of the count.
	Count func(Counts) int
	// times, set for the mean of a time, describes the times: Beyond gives the fraction beyond a
	// limit.
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

// Is reports whether a metric has all the given roles.
func (m Metric) Is(r Roles) bool { return m.Roles&r == r }

// OfRequests reports whether the metric averages over requests rather than over time.
func (m Metric) OfRequests() bool {
	return m.Unit == Seconds || m.Unit == Probability && !m.Is(TimeAverage)
}

// Nothing reports whether an estimate of the metric is not worth a line: the counted events cannot
// happen in the observed configuration, or the estimate does not exceed Least.
func (m Metric) Nothing(mean float64, o *Observations) bool {
	return m.Possible != nil && !m.Possible(o) || m.Least > 0 && !(mean > m.Least)
}

// Roles say where a metric is used in addition to the table of a run, which has all metrics.
type Roles uint16

// The roles.
const (
	Headline    Roles = 1 << iota // the precision of a run is judged by it
	Tabled                        // a column in the table of a sweep
	Charted                       // a panel in the figure of a sweep, where it is not 0 throughout
	PerSlot                       // a value in each slot of a transient
	Measurable                    // an experimenter computes it from the requests of a short run
	Distributed                   // models give the distribution of the count whose mean it is
	TimeAverage                   // a fraction of instances, averaged over time
	OfResponses                   // it is read from the response times
)

// Traits are properties that some platforms have and others do not.
type Traits uint8

// Pooled platforms keep instances beyond a request and bound their number: they have cold starts,
// idle instances, and rejected requests. On Releasing ones an instance is busy for a time after each
// response. Those with Keeping load instances ahead of requests, or keep some ready, and those with
// Many have many functions, whose instances have memory. On Scaled ones instances start, are ready and
// drain, and serve several requests at once.
const (
	Pooled Traits = 1 << iota
	Releasing
	Many
	Keeping
	Scaled
)

// Unit says what a metric's number measures.
type Unit uint8

// The units.
const (
	Probability Unit = iota // a fraction of requests, or of instances
	Seconds
	Count      // a time average of a number of instances, or of requests
	PerSecond  // a rate
	PerMillion // money per million served requests
	PerMonth   // money per month
	Megabytes  // MB of 2²⁰ bytes
	// GBSecondsPerMillion is memory × time per million served requests; a GB is 1024 MB.
	GBSecondsPerMillion
	PerThousand // events per 1,000 arrivals
)

// String returns the name of a unit in JSON.
func (u Unit) String() string {
	return [...]string{"probability", "seconds", "count", "per_second", "per_million", "per_month", "megabytes", "gb_seconds_per_million", "per_thousand"}[u]
}

// fewEvents is the number of events, or of trials without an event, below which the spread over
// replications does not show how probable the event is.
const fewEvents = 20

// An Estimated metric is its estimate and the pseudo-value that each replication
// contributes to it, for paired differences (stats.PseudoValues).
type Estimated struct {
	stats.Estimate
	Pseudo []float64
	// Resolution is the part of the half-width that comes from Metric.Resolution.
	Resolution float64
	// Jumps says that the metric does not move in proportion to the pseudo-values; differences then
	// use the interval of half-width Joint (stats.QuantileEstimate).
	Jumps bool
	Joint float64
	// Rare is the least half-width of a probability of which few events, or few trials without the
	// event, were seen (stats.RareHalfWidth), or of another metric for which no event was seen
	// (Metric.Unseen). It is 0 where enough events were seen, or none can happen.
	Rare float64
}

// Estimate returns the estimates of metrics over replications of one platform, in the order of
// metrics.
func Estimate(metrics []Metric, replications []Observations) []Estimated {
	var whole Observations
	whole.Functions.remembers = true
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
