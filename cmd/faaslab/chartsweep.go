package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// The charts of sweep, compare and transient, from plain numbers.

// A chartPoint is one point of a sweep.
type chartPoint struct {
	values    []string                 // of the varied keys, in their order, as in a scenario file
	platforms map[string]chartPlatform // by name
}

// A chartPlatform is what was found for one platform.
type chartPlatform struct {
	metrics map[string]stats.Estimate
	models  []chartModel // in the order of tables
}

// A chartModel is what a model says.
type chartModel struct {
	label   string
	metrics map[string]float64
}

// chartPlatforms returns the numbers of a result and of the models beside it.
func chartPlatforms(r *scenarios.Result, models []solvedModel) map[string]chartPlatform {
	platforms := map[string]chartPlatform{}
	for _, p := range r.Platforms {
		name := p.Platform
		numbers := chartPlatform{metrics: map[string]stats.Estimate{}}
		for _, m := range p.Metrics {
			numbers.metrics[m.Name] = m.Estimate
		}
		for _, m := range of(name, models) {
			numbers.models = append(numbers.models, chartModel{m.Label, m.Metrics})
		}
		platforms[name] = numbers
	}
	return platforms
}

// sweepChart draws metrics over the first key, a panel each. A second key, if there is one, gives a line for each of
// its values, and the models are left out. metrics are the metrics that have a panel, those with the role platform.Charted if nil.
// The points may stand in any order. m is what was measured, or the zero value.
func sweepChart(title string, subtitle []string, keys []string, points []chartPoint, metrics []string, m measurements) chart {
	if metrics == nil {
		metrics = platform.With(platform.Charted)
	}
	var texts []string
	for _, p := range points {
		texts = append(texts, p.values[0])
	}
	column := slices.Index(m.keys, keys[0])
	if column >= 0 {
		for _, r := range m.rows {
			texts = append(texts, r.values[column])
		}
	}
	x, at := keyAxis(keys[0], texts)
	ch := chart{title: title, subtitle: subtitle, x: x}
	groups := []string{""}
	if len(keys) > 1 {
		groups = nil
		for _, p := range points {
			if g := groupOf(keys, p.values); !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b chartPoint) int { return cmp.Compare(at[a.values[0]], at[b.values[0]]) })
	for _, metric := range metrics {
		p := panel{y: axis{label: metricAxis(metric), unit: unitOf(metric)}}
		for _, name := range scenarios.KindNames() {
			for g, group := range groups {
				number := 0
				if len(keys) > 1 {
					number = g + 1
				}
				p.series = append(p.series, sweptSeries(name, metric, keys, group, number, points, at)...)
			}
			if column >= 0 {
				p.series = append(p.series, m.series(name, metric, column, at)...)
			}
		}
		if column >= 0 {
			p.series = append(p.series, m.series("", metric, column, at)...)
		}
		ch.panels = append(ch.panels, p)
	}
	ch.notes = []string{intervalNote(ch)}
	return ch
}

// sweptSeries returns the simulated line of one platform and, unless the lines are those of a second key, its models'.
func sweptSeries(name, metric string, keys []string, group string, number int, points []chartPoint, at map[string]float64) []series {
	line := series{name: platformLabel(name) + ", simulated", platform: name, group: number}
	if group != "" {
		line.name = platformLabel(name) + ", " + group
	}
	var models []series
	for _, point := range points {
		p, ok := point.platforms[name]
		if !ok || groupOf(keys, point.values) != group {
			continue
		}
		x := at[point.values[0]]
		if e, ok := p.metrics[metric]; ok {
			line.add(x, e.Mean, e.HalfWidth)
		}
		if group != "" {
			continue
		}
		for _, m := range p.models {
			value, ok := m.metrics[metric]
			if !ok {
				continue
			}
			i := slices.IndexFunc(models, func(s series) bool { return s.name == m.label })
			if i < 0 {
				i = len(models)
				models = append(models, series{name: m.label, kind: modelled, platform: name})
			}
			models[i].add(x, value, math.NaN())
		}
	}
	return append([]series{line}, models...)
}

// groupOf names the values of the keys but the first: keep-alive 10s.
func groupOf(keys, values []string) string {
	var parts []string
	for i := 1; i < len(keys); i++ {
		parts = append(parts, keyWords(keys[i])+" "+values[i])
	}
	return strings.Join(parts, ", ")
}

// keyAxis returns the axis of a key for values as scenario files have them, and where each stands on it: numbers if all are
// durations, or rates, or plain numbers; else categories in the order in which they are first. A single value is a category, too.
func keyAxis(key string, texts []string) (axis, map[string]float64) {
	label := keyWords(key)
	if distinct := slices.Compact(slices.Sorted(slices.Values(texts))); len(distinct) == 1 {
		return axis{label: label, categories: distinct}, map[string]float64{distinct[0]: 0}
	}
	for _, kind := range []struct {
		unit  platform.Unit
		parse func(string) (float64, error)
	}{
		{platform.Count, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }},
		{platform.Seconds, dist.ParseDuration},
		{platform.PerSecond, dist.ParseRate},
	} {
		if key == "run.seed" {
			break // a name, not a number
		}
		at := map[string]float64{}
		for _, text := range texts {
			if v, err := kind.parse(text); err == nil && finiteNumber(v) {
				at[text] = v
			}
		}
		if !slices.ContainsFunc(texts, func(text string) bool { _, ok := at[text]; return !ok }) {
			return axis{label: label, unit: kind.unit}, at
		}
	}
	a, at := axis{label: label}, map[string]float64{}
	for _, text := range texts {
		if _, seen := at[text]; !seen {
			at[text] = float64(len(a.categories))
			a.categories = append(a.categories, text)
		}
	}
	return a, at
}

// intervalNote explains what of a chart is not in its legend.
func intervalNote(ch chart) string {
	has := map[seriesKind]bool{}
	bands, whiskers := false, false
	for _, p := range ch.shown() {
		for _, s := range p.series {
			has[s.kind] = true
			if s.kind == measured {
				whiskers = whiskers || slices.ContainsFunc(s.low, finiteNumber)
				continue
			}
			bands = bands || slices.ContainsFunc(s.low, finiteNumber)
		}
	}
	var parts []string
	if bands {
		parts = append(parts, "Bands and whiskers: 95 % confidence intervals of the simulation.")
	}
	if has[modelled] {
		parts = append(parts, "Dashed lines and open marks: analytical models.")
	}
	if whiskers {
		parts = append(parts, "Whiskers of what was measured: its half-widths.")
	}
	return strings.Join(parts, " ")
}

// A chartDifference is how a metric of B differs from that of A.
type chartDifference struct {
	platform   string // the name of its kind; empty: of none, as Wasm − containers
	metric     string
	a          float64        // the metric of A
	difference stats.Estimate // B − A, paired
	relative   stats.Estimate // (B − A)/A, whose interval has A's own uncertainty too
}

// farOff is the relative difference beyond which a chart shows the number in place of a point.
const farOff = 1.5

// compareChart draws differences relative to A, with their intervals. Those that the interval tells from 0 are filled.
// Metrics that are 0 in A have no relative difference: a note names them.
func compareChart(title string, subtitle []string, a, b string, differences []chartDifference) chart {
	ch := chart{title: title, subtitle: subtitle, notes: []string{
		fmt.Sprintf("Whiskers: 95 %% confidence intervals of the paired differences. Filled: that of %s − %s does not contain 0.", b, a)}}
	p := panel{form: rows, x: &axis{}, y: axis{label: fmt.Sprintf("(%s − %s) / %s", b, a, a), unit: platform.Probability, signed: true, limit: farOff}}
	several := slices.ContainsFunc(differences, func(d chartDifference) bool { return d.platform != differences[0].platform })
	lines := map[string]*series{}
	for _, name := range append([]string{""}, scenarios.KindNames()...) {
		lines[name] = &series{name: platformLabel(name), platform: name}
	}
	lines[""].name = "difference"
	var nothing []string
	for _, d := range differences {
		row := label(d.metric)
		if several && d.platform != "" {
			row += " of " + platformLabel(d.platform)
		}
		if d.a == 0 && d.difference.Mean != 0 {
			nothing = append(nothing, row)
		}
		if !finiteNumber(d.relative.Mean) || d.a == 0 {
			continue
		}
		line := lines[d.platform]
		line.add(float64(len(p.x.categories)), d.relative.Mean, d.relative.HalfWidth)
		line.hollow = append(line.hollow, !(d.difference.HalfWidth < math.Abs(d.difference.Mean)))
		p.x.categories = append(p.x.categories, row)
	}
	for _, name := range append([]string{""}, scenarios.KindNames()...) {
		p.series = append(p.series, *lines[name])
	}
	if nothing != nil {
		ch.notes = append(ch.notes, fmt.Sprintf("0 in %s, so without a relative difference: %s.", a, strings.Join(nothing, ", ")))
	}
	ch.panels = []panel{p}
	return ch
}

// A chartPath is how a metric of one platform goes on in time.
type chartPath struct {
	platform string
	metric   string
	times    []float64 // seconds, increasing
	values   []stats.Estimate
	group    string // of several paths of one metric: the name of this one; usually empty
}

// transientChart draws metrics over time, a panel each.
func transientChart(title string, subtitle []string, paths []chartPath) chart {
	ch := chart{title: title, subtitle: subtitle, x: axis{label: "time", unit: platform.Seconds, scaling: linear}}
	var groups []string
	for _, path := range paths {
		if path.group != "" && !slices.Contains(groups, path.group) {
			groups = append(groups, path.group)
		}
	}
	panels := map[string]int{}
	for _, path := range paths {
		i, seen := panels[path.metric]
		if !seen {
			i = len(ch.panels)
			panels[path.metric] = i
			ch.panels = append(ch.panels, panel{y: axis{label: metricAxis(path.metric), unit: unitOf(path.metric)}})
		}
		s := series{name: platformLabel(path.platform) + ", simulated", platform: path.platform, group: slices.Index(groups, path.group) + 1}
		if path.group != "" {
			s.name = platformLabel(path.platform) + ", " + path.group
		}
		for k, t := range path.times {
			s.add(t, path.values[k].Mean, path.values[k].HalfWidth)
		}
		ch.panels[i].series = append(ch.panels[i].series, s)
	}
	ch.notes = []string{intervalNote(ch)}
	return ch
}
