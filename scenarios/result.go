package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// A Result is what simulating a scenario found.
type Result struct {
	Scenario Scenario
	// Platforms are the results in the order in which they are shown; only the platforms of the scenario.
	Platforms []*PlatformResult
	// Difference holds the second platform − the first for the metrics that both have, paired
	// by replication, since both see the same requests; nil unless two were simulated.
	Difference map[string]stats.Estimate
	// Replications is how many were finished; fewer than asked for if Interrupted.
	Replications int
	Interrupted  bool
	Replay       *Replay // what of a trace was simulated; nil if the arrivals are none
	// Each replication was measured for Duration after its Warmup; of a trace that is replayed whole, up to the
	// last response, the longest was.
	Warmup   sim.Time
	Duration sim.Time
	// Deleted is the fraction of the simulated time that was warm-up.
	Deleted float64
	// Precision is the largest relative half-width of the headline metrics, of those that the
	// run's precision is about; NaN if one has no interval.
	Precision float64
	// Short is that more requests would tell more: max_requests ended before the precision was reached or the end of
	// the transient was seen, and there is a steady state.
	Short    bool
	Unsteady error // why there is no steady state, as CheckSteadyState has it; nil if there may be one
	Warnings []string
	// Broken is not nil if an identity that holds on every path does not: then the
	// simulator has an error, and the result is worth nothing.
	Broken error
}

// A PlatformResult is what was found for one platform.
type PlatformResult struct {
	Platform string   // the name of its kind
	Requests int64    // that arrived in the measured periods, all replications together
	Span     sim.Time // length of a measured period, on average
	// Metrics are the platform's, in the order of its table (Scenario.Metrics).
	Metrics []NamedEstimate
	// Distributions are the fractions of time with 0, 1, 2 … instances, by name.
	Distributions map[string][]float64
	// Replications are the observations that all of it was computed from.
	Replications []platform.Observations
}

// A NamedEstimate is a metric with its value.
type NamedEstimate struct {
	platform.Metric
	platform.Estimated
}

// joined reports whether a platform's observations were joined from parts of its functions.
func (r *Result) joined(name string) bool {
	return slices.ContainsFunc(r.Platform(name).Replications, func(o platform.Observations) bool { return o.Functions.Counts != nil && o.Functions.Periods == 0 })
}

// Metric returns an estimate by the metric's name; false if the platform has no such metric.
func (p *PlatformResult) Metric(name string) (stats.Estimate, bool) {
	for _, m := range p.Metrics {
		if m.Name == name {
			return m.Estimate, true
		}
	}
	return stats.Estimate{}, false
}

// Platform returns the result of one platform by its name, nil if there is none.
func (r *Result) Platform(name string) *PlatformResult {
	for _, p := range r.Platforms {
		if p.Platform == name {
			return p
		}
	}
	return nil
}

// newResult computes the result of a scenario from the observations of its platforms in a span.
func newResult(s Scenario, st *study, span sim.Time, observed map[string][]platform.Observations, replay *Replay, unsteady error) *Result {
	r := &Result{
		Scenario:     s,
		Replications: st.run.Replications,
		Replay:       replay,
		Warmup:       st.run.Warmup,
		Duration:     span,
		Deleted:      float64(st.run.Warmup) / float64(max(st.run.Warmup+span, 1)),
	}
	for _, name := range s.Platforms() {
		if p := observed[name]; p != nil {
			r.Platforms = append(r.Platforms, newPlatformResult(name, s.Metrics(name), p))
		}
	}
	if len(r.Platforms) == 2 {
		r.Difference = difference(r.Platforms[1], r.Platforms[0])
	}
	for _, name := range s.Platforms() {
		for i := range observed[name] {
			if err := observed[name][i].Check(); err != nil && r.Broken == nil {
				r.Broken = fmt.Errorf("%s, replication %d: %w", name, i+1, err)
			}
		}
	}
	r.Precision = r.precision(st.options.coarse)
	r.Short = s.Run.Duration == 0 && replay == nil && unsteady == nil && (st.transient.unseen > 0 || r.imprecise(st.options.coarse) != nil)
	r.Unsteady = unsteady
	r.Warnings = r.warnings(st)
	return r
}

// interrupt labels the result as that of a simulation of so many replications that did not come to its end.
func (r *Result) interrupt(replications int) {
	r.Interrupted = true
	what := fmt.Sprintf("%d of %d replications were finished, and the results are of these", r.Replications, replications)
	if r.Replications == replications {
		what = "the results are of the last round that was finished"
	}
	r.Warnings = append([]string{"interrupted: " + what}, r.Warnings...)
}

func newPlatformResult(name string, metrics []platform.Metric, replications []platform.Observations) *PlatformResult {
	p := &PlatformResult{Platform: name, Replications: replications, Metrics: named(metrics, replications), Distributions: map[string][]float64{}}
	var whole platform.Observations
	for i := range replications {
		whole.Merge(&replications[i])
	}
	p.Requests = whole.Arrivals
	p.Span = whole.Span / sim.Time(len(replications))
	for _, m := range metrics {
		if m.States == nil {
			continue
		}
		if probabilities := m.States(&whole).Probabilities(); probabilities != nil { // those of joined shards are not known
			p.Distributions[m.Name] = probabilities
		}
	}
	return p
}

// named returns the estimates of metrics, in their order.
func named(metrics []platform.Metric, observed []platform.Observations) (estimates []NamedEstimate) {
	for i, e := range platform.Estimate(metrics, observed) {
		estimates = append(estimates, NamedEstimate{metrics[i], e})
	}
	return estimates
}

// difference returns a − b for every metric that both have an estimate of.
func difference(a, b *PlatformResult) map[string]stats.Estimate {
	d := map[string]stats.Estimate{}
	for _, m := range a.Metrics {
		j := slices.IndexFunc(b.Metrics, func(other NamedEstimate) bool { return other.Name == m.Name })
		if j < 0 {
			continue
		}
		d[m.Name] = m.minus(b.Metrics[j])
	}
	return d
}

// minus returns the difference of a metric in two simulations of the same streams, with the
// interval of the differences of their pseudo-values, replication by replication.
//
// Where few events give a probability it is at least as wide as the exact intervals of both
// together, as of independent sides. Pairing could make it wider only if the events of one side
// kept those of the other away; but the covariance of two events is at least minus the product
// of their probabilities, which is nothing beside their variances where both are rare.
//
// Where one side is a quantile at a gap, what the replications contribute does not tell which side of it
// either is on: then the interval is as wide as both together, whatever they have in common.
func (m NamedEstimate) minus(other NamedEstimate) stats.Estimate {
	var paired []float64
	if len(m.Pseudo) == len(other.Pseudo) {
		for k, value := range m.Pseudo {
			paired = append(paired, value-other.Pseudo[k])
		}
	}
	e := stats.Jackknife(m.Mean-other.Mean, paired)
	if m.N == 1 && other.N == 1 {
		e.N = 1
	}
	if m.unpaired(other) {
		e.HalfWidth = m.Joint + other.Joint
		return e
	}
	e.HalfWidth = max(e.HalfWidth+(m.Estimated.Resolution+other.Estimated.Resolution), math.Hypot(m.Rare, other.Rare))
	return e
}

// unpaired reports whether differences of the pseudo-values say nothing of that of the metric: where either
// jumps, unless the replications are the same on both sides.
func (m NamedEstimate) unpaired(other NamedEstimate) bool {
	return (m.Jumps || other.Jumps) && !slices.Equal(m.Pseudo, other.Pseudo)
}

const (
	// enoughAbsolute is the half-width at which a probability is precise enough, whatever the precision asked for,
	// unless that is more than enoughRelative of what was seen.
	enoughAbsolute = 1e-4
	enoughRelative = 0.1
)

// nothing reports that the metric is 0 and cannot be else, or is a mean of what was never seen: no relative width would
// be narrow enough.
func (m NamedEstimate) nothing() bool { return m.Mean == 0 && (m.HalfWidth == 0 || m.Unseen != nil) }

// A judged metric is a headline metric with the half-width that is enough for it whatever the precision.
type judged struct {
	NamedEstimate
	enough float64
}

// judge returns the headline metrics, but for those that are 0 and cannot be else. For a probability below 1 % a lesser
// precision is enough, and so it is for the mean wait, and the mean queue, of which the few that wait make as
// much as of the probability to wait.
func judge(metrics []NamedEstimate, coarse bool) (all []judged) {
	enough := func(p float64) float64 { // relative to a probability that was seen
		if coarse {
			return enoughAbsolute / p
		}
		return min(enoughAbsolute/p, enoughRelative)
	}
	seldom := 0.0 // relative precision that is enough where requests wait
	for _, m := range metrics {
		if m.Name == platform.WaitingProbability {
			seldom = enough(m.Mean)
		}
	}
	for _, m := range metrics {
		j := judged{NamedEstimate: m}
		switch {
		case !m.Is(platform.Headline) || m.nothing():
			continue
		case m.Unit == platform.Probability && m.Mean == 0:
			j.enough = enoughAbsolute
		case m.Unit == platform.Probability:
			j.enough = m.Mean * enough(m.Mean)
		case m.Name == platform.WaitingTime || m.Name == platform.QueueLength:
			j.enough = m.Mean * seldom
		}
		all = append(all, j)
	}
	return all
}

// excess returns by what factor the half-width is larger than a precision allows; +Inf if there is none.
func (j judged) excess(precision float64) float64 {
	if excess := j.HalfWidth / max(precision*math.Abs(j.Mean), j.enough); !math.IsNaN(excess) {
		return excess
	}
	return math.Inf(1)
}

// mostDeleted is the fraction of the simulated time that may be warm-up without a warning.
const mostDeleted = 0.9

// growthFor returns by what factor the measured time must grow for every headline metric to
// reach a precision; up to 1 if all have.
func growthFor(metrics []platform.Metric, observed []platform.Observations, precision float64, coarse bool) (growth float64) {
	metrics = slices.DeleteFunc(slices.Clone(metrics), func(m platform.Metric) bool { return !m.Is(platform.Headline) })
	for _, j := range judge(named(metrics, observed), coarse) {
		excess := j.excess(precision)
		growth = max(growth, excess*excess)
	}
	return growth
}

// precision returns the largest relative half-width of the headline metrics of which a lesser one is not enough.
func (r *Result) precision(coarse bool) float64 {
	worst := 0.0
	for _, p := range r.Platforms {
		for _, j := range judge(p.Metrics, coarse) {
			if relative := j.HalfWidth / math.Abs(j.Mean); !(j.HalfWidth <= j.enough) && !(relative <= worst) {
				worst = relative
			}
		}
	}
	return worst
}

// imprecise names the metrics that did not reach the precision that was asked for.
func (r *Result) imprecise(coarse bool) (names []string) {
	for _, name := range r.Scenario.Platforms() {
		for _, j := range judge(r.Platform(name).Metrics, coarse) {
			if j.excess(r.Scenario.Run.Precision) > 1 {
				names = append(names, fmt.Sprintf("%s %s %s", name, j.Name, j.width()))
			}
		}
	}
	return names
}

// width is the half-width in words, relative to the metric; of a probability that is 0 as it is.
func (m NamedEstimate) width() string {
	percent, of := 100*m.HalfWidth/math.Abs(m.Mean), ""
	if m.Mean == 0 {
		percent, of = 100*m.HalfWidth, "0 "
	}
	switch {
	case math.IsNaN(percent):
		return "without an interval"
	case percent >= 99.5:
		return fmt.Sprintf("%s± %.0f %%", of, percent)
	}
	return fmt.Sprintf("%s± %.2g %%", of, percent)
}

// unfinished warns of requests that the end of a replication cut off, where its length was given.
func (r *Result) unfinished() (w []string) {
	for _, name := range r.Scenario.Platforms() {
		e, _ := r.Platform(name).Metric(platform.UnfinishedProbability)
		if e.Mean > platform.Unfinished && (r.Scenario.Run.Duration > 0 || r.Replay != nil) {
			w = append(w, fmt.Sprintf("%s: the requests unfinished at the end, waiting or in service, are %.3g %% of the measured arrivals: what they have still to wait is in no response time", name, 100*e.Mean))
		}
	}
	return w
}

func (r *Result) warnings(st *study) (w []string) {
	if r.Broken != nil {
		w = append(w, fmt.Sprintf("an error of the simulator, please report it: %v", r.Broken))
	}
	if r.Unsteady != nil {
		w = append(w, strings.ReplaceAll(r.Unsteady.Error(), "\n", "; ")+"; the results describe a transient of this length")
	}
	if st.transient.unseen > 0 {
		w = append(w, fmt.Sprintf("no end of the transient was seen in the first %v: what was deleted, %v, may be too little; want a run.warmup", st.transient.unseen, st.run.Warmup))
	}
	for _, p := range r.Platforms {
		if k := KindOf(p.Platform); k.warnings != nil {
			w = append(w, k.warnings(r, p)...)
		}
	}
	if names := r.imprecise(st.options.coarse); !st.cut && r.Scenario.Run.Duration == 0 && r.Replay == nil && names != nil {
		within := fmt.Sprintf("run.max_requests=%d", r.Scenario.Run.MaxRequests)
		if r.Warmup+r.Duration >= st.longest() {
			within = "the 292 years of virtual time, which all replications share"
		}
		w = append(w, fmt.Sprintf("the precision of %s was not reached within %s: %s", formatPercent(r.Scenario.Run.Precision), within, strings.Join(names, ", ")))
	}
	if r.Deleted > mostDeleted && r.Scenario.Run.Duration == 0 && r.Scenario.Run.Warmup == AutoWarmup && r.Replay == nil {
		w = append(w, fmt.Sprintf("run.max_requests=%d leave %s for each of %d replications, after a warm-up of %s: fewer replications would tell more for the same work",
			r.Scenario.Run.MaxRequests, keyfile.FormatTime(r.Duration), r.Replications, keyfile.FormatTime(r.Warmup)))
	}
	if period := st.period; !st.cut && period > 0 && r.Scenario.Run.Duration == 0 && r.Duration%period != 0 {
		w = append(w, fmt.Sprintf("run.max_requests=%d end before the arrivals' period of %v does: the averages are of a part of it", r.Scenario.Run.MaxRequests, period))
	}
	if r.Replay != nil {
		w = append(w, r.Replay.String())
	}
	for _, name := range r.Scenario.Platforms() {
		if r.Replay != nil && r.Replications > 1 && r.Scenario.fixed(name) {
			w = append(w, fmt.Sprintf("%s: nothing is random there, so that all its replications are the same, and their intervals say nothing", name))
		}
	}
	w = append(w, r.Scenario.workloadWarnings()...)
	w = append(w, r.unfinished()...)
	if slices.ContainsFunc(dist.Traces(r.Scenario.Arrivals), func(t dist.Trace) bool { return fixesService(t) }) {
		var given []string
		for _, k := range kinds {
			if k.has(&r.Scenario) && k.Service != "" && table.Find(k.Service).Write(&r.Scenario) != "" {
				given = append(given, k.Service)
			}
		}
		if given != nil {
			w = append(w, fmt.Sprintf("the trace's service times are not used where the scenario gives %s", strings.Join(given, " and ")))
		}
	}
	if r.Replications == 1 && (r.Replay == nil || !r.Replay.OnePath) {
		w = append(w, "one replication gives no interval: raise run.replications")
	}
	for _, name := range r.Scenario.Platforms() {
		var none, few, bare []string
		for _, m := range r.Platform(name).Metrics {
			switch {
			case m.Name == platform.MemoryPeak && r.joined(name):
				w = append(w, name+": the largest memory of all instances at one time is not known from parts")
			case math.IsNaN(m.Mean) || math.IsInf(m.Mean, 0):
				none = append(none, m.Name)
			case math.IsNaN(m.HalfWidth) && r.Replications > 1 && m.Quantile != nil:
				few = append(few, m.Name)
			case math.IsNaN(m.HalfWidth) && r.Replications > 1:
				bare = append(bare, m.Name)
			}
		}
		if none != nil {
			w = append(w, fmt.Sprintf("%s: nothing was observed that would give %s", name, strings.Join(none, ", ")))
		}
		if few != nil {
			w = append(w, fmt.Sprintf("%s: too few requests, or too alike within a replication, for an interval of %s: nothing shows how much larger it may be", name, strings.Join(few, ", ")))
		}
		if bare != nil {
			w = append(w, fmt.Sprintf("%s: too few replications observed %s for an interval", name, strings.Join(bare, ", ")))
		}
	}
	return w
}
