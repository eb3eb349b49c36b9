package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// runChart draws what a run found: how many instances there are, how long responses take, what becomes of requests, and how far models and
// what was measured are from the simulation. What r has no metric of has no panel. m has the rows that hold for the scenario, and whose they are (measurements.at, assign).
func runChart(r *report, m measurements) chart {
	ch := chart{title: fmt.Sprintf("%s · %s", r.Scenario.Name, abridged(r.Scenario.Arrivals.String()))}
	var responses []series
	var deviations []panel
	for _, p := range r.Platforms {
		name := p.Platform
		ch.subtitle = append(ch.subtitle, describeRunOf(r, name))
		groups := grouped(p.Replications)
		for _, m := range p.Metrics {
			if scenarios.KindOf(name).Drawn(m.Metric) {
				ch.panels = append(ch.panels, distributionPanel(name, m.Metric, groups, of(name, r.models)))
			}
		}
		if slices.ContainsFunc(p.Metrics, func(m scenarios.NamedEstimate) bool { return m.Is(platform.OfResponses) }) {
			responses = append(responses, slowerThan(name, groups))
		}
		deviations = append(deviations, deviationPanel(name, p, of(name, r.models), m))
	}
	ch.subtitle[len(ch.subtitle)-1] += fmt.Sprintf(" · seed %d", r.Scenario.Run.Seed)
	ch.panels = append(ch.panels, panel{
		title:  "Response times",
		x:      &axis{label: "response time t", unit: platform.Seconds},
		y:      axis{label: "requests slower than t", unit: platform.Probability, scaling: logarithmic},
		wide:   len(ch.panels)%2 == 0,
		series: responses,
	})
	ch.panels = append(fates(r), ch.panels...)
	ch.panels = append(ch.panels, deviations...)
	ch.notes = append([]string{intervalNote(ch)}, r.notes...)
	return ch
}

// fates shows how probable it is that requests are rejected, time out or start cold, unless that last is all that becomes of them.
func fates(r *report) []panel {
	result := panel{
		title: "What becomes of requests",
		form:  rows,
		x:     &axis{},
		y:     axis{label: "fraction of requests", unit: platform.Probability, zero: true},
	}
	refused := false
	for _, p := range r.Platforms {
		s := series{name: platformLabel(p.Platform) + ", simulated", platform: p.Platform}
		for _, m := range p.Metrics {
			if m.Events == nil || !(m.Mean >= 0) || impossible(m.Metric, p) {
				continue
			}
			refused = refused || m.Mean > 0 && m.Name != platform.ColdStartProbability
			row := slices.Index(result.x.categories, label(m.Name))
			if row < 0 {
				row = len(result.x.categories)
				result.x.categories = append(result.x.categories, label(m.Name))
			}
			s.add(float64(row), m.Mean, m.HalfWidth)
		}
		result.series = append(result.series, s)
	}
	if !refused {
		return nil
	}
	return []panel{result}
}

// describeRunOf is the heading of a platform's table.
func describeRunOf(r *report, name string) string {
	described := slices.Concat(describePlatform(r.Scenario, name), describePrices(r.Scenario, name), describeRun(r.Result, r.Platform(name)))
	return platformLabel(name) + ": " + strings.Join(described, " · ")
}

// mostGroups bounds how many groups of replications an interval of a curve is computed from.
const mostGroups = 32

// grouped merges replications into at most mostGroups groups of nearly the same size.
func grouped(replications []platform.Observations) []platform.Observations {
	n := min(len(replications), mostGroups)
	groups := make([]platform.Observations, n)
	for i := range replications {
		g := i * n / len(replications)
		groups[g].Merge(&replications[i])
	}
	return groups
}

// curve returns estimates of several numbers at once, of returns length of them, with the intervals of the groups'
// pseudo-values, as those of metrics are computed.
func curve(groups []platform.Observations, length int, of func(o *platform.Observations, values []float64)) []stats.Estimate {
	var whole platform.Observations
	for i := range groups {
		whole.Merge(&groups[i])
	}
	values := make([]float64, length)
	of(&whole, values)
	without := make([][]float64, length) // by number and group left out
	left := make([]float64, length)
	for g := range groups {
		whole.Subtract(&groups[g])
		clear(left)
		of(&whole, left)
		whole.Merge(&groups[g])
		for i, v := range left {
			without[i] = append(without[i], v)
		}
	}
	estimates := make([]stats.Estimate, length)
	for i := range estimates {
		estimates[i] = stats.Jackknife(values[i], stats.PseudoValues(values[i], without[i]))
	}
	return estimates
}

const (
	// leastShown is the probability from which on a distribution is shown, relative to its largest.
	leastShown = 2e-3
	// mostStates is how many states are shown one by one; beyond, neighbours are shown by their average.
	mostStates = 300
)

// distributionPanel shows the fraction of time with 0, 1, 2 … of something, with the same of models.
func distributionPanel(name string, metric platform.Metric, groups []platform.Observations, models []solvedModel) panel {
	count := metric.Name
	var whole platform.Observations
	for i := range groups {
		whole.Merge(&groups[i])
	}
	p := metric.States(&whole).Probabilities()
	low, high := shownStates(len(p), func(n int) float64 { return p[n] })
	for _, m := range models {
		if d, ok := m.Distributions[count]; ok && len(p) > 0 {
			l, h := shownStates(max(len(d.Mass), len(p)), d.Probability)
			low, high = min(low, l), max(high, min(h, 3*high+10))
		}
	}
	every := max(1, (high-low+mostStates)/mostStates)
	states := (high - low + every) / every
	// The average over the states that a bar stands for, and where it stands.
	average := func(probability func(n int) float64, i int) float64 {
		sum := 0.0
		for n := low + i*every; n < low+(i+1)*every; n++ {
			sum += probability(n)
		}
		return sum / float64(every)
	}
	middle := func(i int) float64 { return float64(low+i*every) + float64(every-1)/2 }

	s := series{name: platformLabel(name) + ", simulated", platform: name}
	if len(p) > 0 {
		for i, e := range curve(groups, states, func(o *platform.Observations, values []float64) {
			p := metric.States(o).Probabilities()
			for i := range values {
				values[i] = average(func(n int) float64 {
					if n < len(p) {
						return p[n]
					}
					return 0
				}, i)
			}
		}) {
			s.add(middle(i), e.Mean, e.HalfWidth)
		}
	}
	result := panel{
		title:  strings.ToUpper(count[:1]) + label(count)[1:] + ": " + platformLabel(name),
		count:  count,
		x:      &axis{label: "number of " + metric.Counted, unit: platform.Count, whole: true},
		y:      axis{label: "fraction of time", unit: platform.Probability},
		form:   distribution,
		series: []series{s},
	}
	for _, m := range models {
		d, ok := m.Distributions[count]
		if !ok {
			continue
		}
		line := series{name: m.Label, kind: modelled, platform: name}
		for i := range states {
			line.add(middle(i), average(d.Probability, i), math.NaN())
		}
		result.series = append(result.series, line)
	}
	return result
}

// shownStates returns the first and the last of n states that are likely enough to be shown.
func shownStates(n int, probability func(int) float64) (low, high int) {
	largest := 0.0
	for i := range n {
		largest = max(largest, probability(i))
	}
	low, high = n-1, 0
	for i := range n {
		if probability(i) >= leastShown*largest {
			low, high = min(low, i), max(high, i)
		}
	}
	if low <= 5 { // near 0: show it
		low = 0
	}
	return max(low, 0), high
}

// responsePoints is how many points of the distribution of response times are drawn.
const responsePoints = 60

// slowerThan returns the fraction of requests whose response takes longer, from where nearly all do to where
// ten do.
func slowerThan(name string, groups []platform.Observations) series {
	s := series{name: platformLabel(name) + ", simulated", platform: name}
	var all stats.Histogram
	for i := range groups {
		all.Merge(&groups[i].Responses)
	}
	if all.Count() == 0 {
		return s
	}
	first, _ := all.Quantile(0.01)
	last, _ := all.Quantile(1 - math.Max(1e-5, math.Min(0.5, 10/float64(all.Count()))))
	if first <= 0 || last <= first {
		return s // always the same
	}
	var times []float64
	for i := range responsePoints {
		times = append(times, first*math.Pow(last/first, float64(i)/(responsePoints-1)))
	}
	for i, e := range curve(groups, len(times), func(o *platform.Observations, values []float64) {
		for i, t := range times {
			values[i] = o.Responses.FractionAbove(t)
		}
	}) {
		s.add(times[i], e.Mean, e.HalfWidth)
	}
	return s
}

// deviationPanel shows how far models, and what was measured, are from the simulation, which stands at 0 with its interval.
func deviationPanel(name string, p *scenarios.PlatformResult, models []solvedModel, m measurements) panel {
	result := panel{
		title: "Against the simulation: " + platformLabel(name),
		form:  rows,
		x:     &axis{},
		y:     axis{label: "relative to the simulated value", unit: platform.Probability, signed: true, limit: farOff},
	}
	s := series{name: platformLabel(name) + ", simulated", platform: name}
	lines := make([]series, len(models))
	for i, model := range models {
		lines[i] = series{name: model.Label, kind: modelled, platform: name}
	}
	seen := series{name: platformLabel(name) + ", measured", kind: measured, platform: name}
	for _, metric := range p.Metrics {
		size := math.Abs(metric.Mean)
		known := slices.ContainsFunc(models, func(model solvedModel) bool { _, ok := model.Metrics[metric.Name]; return ok }) ||
			slices.ContainsFunc(m.rows, func(row measuredRow) bool { _, ok := row.metrics[name+"."+metric.Name]; return ok })
		if !known || !(size > 0) || impossible(metric.Metric, p) {
			continue
		}
		row := float64(len(result.x.categories))
		result.x.categories = append(result.x.categories, label(metric.Name))
		s.add(row, 0, metric.HalfWidth/size)
		for i, model := range models {
			if value, ok := model.Metrics[metric.Name]; ok {
				lines[i].add(row, (value-metric.Mean)/size, math.NaN())
			}
		}
		for _, measured := range m.rows {
			if value, ok := measured.metrics[name+"."+metric.Name]; ok {
				seen.add(row, (value-metric.Mean)/size, measured.half(name+"."+metric.Name)/size)
			}
		}
	}
	if len(s.x) > 0 {
		result.series = slices.Concat([]series{s}, lines, []series{seen})
	}
	return result
}
