package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// RunChart draws the results of a run: the number of instances, response times, the fates of
// requests, and the deviations of models and measurements from the simulation. A panel without a
// metric in r is left out. m has the rows that hold for the scenario, assigned to platforms
// (measured.At, Measurements.Assign).
func RunChart(r *Report, m measured.Measurements) chart.Chart {
	ch := chart.Chart{Title: fmt.Sprintf("%s · %s", r.Scenario.Name, format.Abridged(r.Scenario.Arrivals.String()))}
	var responses, cold []chart.Series
	var deviations []chart.Panel
	for _, p := range r.Platforms {
		name := p.Platform
		ch.Subtitle = append(ch.Subtitle, PlatformHeading(r, name))
		groups := grouped(p.Replications)
		for _, m := range p.Metrics {
			if scenarios.KindOf(name).Drawn(m.Metric) {
				ch.Panels = append(ch.Panels, distributionPanel(name, m.Metric, groups, ModelsOf(name, r.Models)))
			}
		}
		if slices.ContainsFunc(p.Metrics, func(m scenarios.NamedEstimate) bool { return m.Is(platform.OfResponses) }) {
			responses = append(responses, slowerThan(name, groups))
		}
		if showsCold(namesOf(p.Metrics)) {
			if c := NewColdCurve(p); c != nil {
				cold = append(cold, c.series(chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name}))
			}
		}
		deviations = append(deviations, deviationPanel(name, p, ModelsOf(name, r.Models), m))
	}
	if cold != nil {
		ch.Panels = append(ch.Panels, coldPanel(cold))
	}
	ch.Subtitle[len(ch.Subtitle)-1] += fmt.Sprintf(" · seed %d", r.Scenario.Run.Seed)
	ch.Panels = append(ch.Panels, chart.Panel{
		Title:  "Response times",
		X:      &chart.Axis{Label: "response time t", Unit: platform.Seconds},
		Y:      chart.Axis{Label: "requests slower than t", Unit: platform.Probability, Scaling: chart.Logarithmic},
		Wide:   len(ch.Panels)%2 == 0,
		Series: responses,
	})
	ch.Panels = append(fates(r), ch.Panels...)
	ch.Panels = append(ch.Panels, deviations...)
	ch.Notes = append([]string{intervalNote(ch)}, r.Notes...)
	return ch
}

// fates returns a panel with the probabilities that requests are rejected, time out or start cold;
// none if a cold start is the only possible of these fates.
func fates(r *Report) []chart.Panel {
	result := chart.Panel{
		Title: "What becomes of requests",
		Form:  chart.Rows,
		X:     &chart.Axis{},
		Y:     chart.Axis{Label: "fraction of requests", Unit: platform.Probability, Zero: true},
	}
	refused := false
	for _, p := range r.Platforms {
		s := chart.Series{Name: words.PlatformLabel(p.Platform) + ", simulated", Platform: p.Platform}
		for _, m := range p.Metrics {
			if m.Events == nil || !(m.Mean >= 0) || Impossible(m.Metric, p) {
				continue
			}
			refused = refused || m.Mean > 0 && m.Name != platform.ColdStartProbability
			row := slices.Index(result.X.Categories, words.Label(m.Name))
			if row < 0 {
				row = len(result.X.Categories)
				result.X.Categories = append(result.X.Categories, words.Label(m.Name))
			}
			s.Add(float64(row), m.Mean, m.HalfWidth)
		}
		result.Series = append(result.Series, s)
	}
	if !refused {
		return nil
	}
	return []chart.Panel{result}
}

// PlatformHeading returns the heading of a platform's table.
func PlatformHeading(r *Report, name string) string {
	described := slices.Concat(words.DescribePlatform(r.Scenario, name), words.Prices(r.Scenario, name), describeRun(r.Result, r.Platform(name)))
	return words.PlatformLabel(name) + ": " + strings.Join(described, " · ")
}

// mostGroups is the largest number of groups of replications from which an interval of a curve is
// computed.
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

const (
	// leastShown is the probability from which on a distribution is shown, relative to its largest.
	leastShown = 2e-3
	// mostStates is how many states are shown one by one; beyond, neighbours are shown by their average.
	mostStates = 300
)

// distributionPanel shows the fraction of time at each value 0, 1, 2 … of a count, simulated and by
// models.
func distributionPanel(name string, metric platform.Metric, groups []platform.Observations, models []validate.Solved) chart.Panel {
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
	// average returns the average over the states that a bar represents, and the place of the bar.
	average := func(probability func(n int) float64, i int) float64 {
		sum := 0.0
		for n := low + i*every; n < low+(i+1)*every; n++ {
			sum += probability(n)
		}
		return sum / float64(every)
	}
	middle := func(i int) float64 { return float64(low+i*every) + float64(every-1)/2 }

	s := chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name}
	if len(p) > 0 {
		for i, e := range stats.Curve(groups, states, func(o *platform.Observations, values []float64) {
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
			s.Add(middle(i), e.Mean, e.HalfWidth)
		}
	}
	result := chart.Panel{
		Title:  strings.ToUpper(count[:1]) + words.Label(count)[1:] + ": " + words.PlatformLabel(name),
		Count:  count,
		X:      &chart.Axis{Label: "number of " + metric.Counted, Unit: platform.Count, Whole: true},
		Y:      chart.Axis{Label: "fraction of time", Unit: platform.Probability},
		Form:   chart.Distribution,
		Series: []chart.Series{s},
	}
	for _, m := range models {
		d, ok := m.Distributions[count]
		if !ok {
			continue
		}
		line := chart.Series{Name: m.Label, Kind: chart.Modelled, Platform: name}
		for i := range states {
			line.Add(middle(i), average(d.Probability, i), math.NaN())
		}
		result.Series = append(result.Series, line)
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

// responsePoints is the number of points of the distribution of response times.
const responsePoints = 60

// slowerThan returns the fraction of requests whose response takes longer than a time, for times
// from one that nearly all exceed to one that ten requests exceed.
func slowerThan(name string, groups []platform.Observations) chart.Series {
	s := chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name}
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
		return s // the response time is constant
	}
	var times []float64
	for i := range responsePoints {
		times = append(times, first*math.Pow(last/first, float64(i)/(responsePoints-1)))
	}
	for i, e := range stats.Curve(groups, len(times), func(o *platform.Observations, values []float64) {
		for i, t := range times {
			values[i] = o.Responses.FractionAbove(t)
		}
	}) {
		s.Add(times[i], e.Mean, e.HalfWidth)
	}
	return s
}

// deviationPanel shows the deviations of models and measurements from the simulation, which stands
// at 0 with its interval.
func deviationPanel(name string, p *scenarios.PlatformResult, models []validate.Solved, m measured.Measurements) chart.Panel {
	result := chart.Panel{
		Title: "Against the simulation: " + words.PlatformLabel(name),
		Form:  chart.Rows,
		X:     &chart.Axis{},
		Y:     chart.Axis{Label: "relative to the simulated value", Unit: platform.Probability, Signed: true, Limit: farOff},
	}
	s := chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name}
	lines := make([]chart.Series, len(models))
	for i, model := range models {
		lines[i] = chart.Series{Name: model.Label, Kind: chart.Modelled, Platform: name}
	}
	seen := chart.Series{Name: words.PlatformLabel(name) + ", measured", Kind: chart.Measured, Platform: name}
	for _, metric := range p.Metrics {
		size := math.Abs(metric.Mean)
		known := slices.ContainsFunc(models, func(model validate.Solved) bool { _, ok := model.Metrics[metric.Name]; return ok }) ||
			slices.ContainsFunc(m.Rows, func(row measured.Row) bool { _, ok := row.Metrics[name+"."+metric.Name]; return ok })
		if !known || !(size > 0) || Impossible(metric.Metric, p) {
			continue
		}
		row := float64(len(result.X.Categories))
		result.X.Categories = append(result.X.Categories, words.Label(metric.Name))
		s.Add(row, 0, metric.HalfWidth/size)
		for i, model := range models {
			if value, ok := model.Metrics[metric.Name]; ok {
				lines[i].Add(row, (value-metric.Mean)/size, math.NaN())
			}
		}
		for _, measured := range m.Rows {
			if value, ok := measured.Metrics[name+"."+metric.Name]; ok {
				seen.Add(row, (value-metric.Mean)/size, measured.Half(name+"."+metric.Name)/size)
			}
		}
	}
	if len(s.X) > 0 {
		result.Series = slices.Concat([]chart.Series{s}, lines, []chart.Series{seen})
	}
	return result
}
