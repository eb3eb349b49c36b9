package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// The charts of sweep, compare and transient, from plain numbers.

// A ChartPoint is one point of a sweep.
type ChartPoint struct {
	Values    []string                 // of the varied keys, in their order, as in a scenario file
	Platforms map[string]ChartPlatform // by name
	Cold      ColdCurve                // of a scenario of many functions; empty: not known
}

// A ChartPlatform has the results of one platform.
type ChartPlatform struct {
	Metrics map[string]stats.Estimate
	Models  []ChartModel // in the order of tables
}

// A ChartModel has the results of a model.
type ChartModel struct {
	Label   string
	Metrics map[string]float64
}

// ChartPlatforms returns the numbers of a result and of the models beside it.
func ChartPlatforms(r *scenarios.Result, models []validate.Solved) map[string]ChartPlatform {
	platforms := map[string]ChartPlatform{}
	for _, p := range r.Platforms {
		name := p.Platform
		numbers := ChartPlatform{Metrics: map[string]stats.Estimate{}}
		for _, m := range p.Metrics {
			numbers.Metrics[m.Name] = m.Estimate
		}
		for _, m := range ModelsOf(name, models) {
			numbers.Models = append(numbers.Models, ChartModel{m.Label, m.Metrics})
		}
		platforms[name] = numbers
	}
	return platforms
}

// SweepChart draws metrics over the first key, a panel each. If there is a second key, each of its
// values has a line, and the models are left out. metrics are the metrics that have a panel; nil:
// the metrics with the role platform.Charted. The points may be in any order. m has the
// measurements, or is the zero value.
func SweepChart(title string, subtitle []string, keys []string, points []ChartPoint, metrics []string, m measured.Measurements) chart.Chart {
	if metrics == nil {
		metrics = platform.With(platform.Charted)
	}
	var texts []string
	for _, p := range points {
		texts = append(texts, p.Values[0])
	}
	column := slices.Index(m.Keys, keys[0])
	if column >= 0 {
		for _, r := range m.Rows {
			texts = append(texts, r.Values[column])
		}
	}
	x, at := KeyAxis(keys[0], texts)
	ch := chart.Chart{Title: title, Subtitle: subtitle, X: x}
	groups := []string{""}
	if len(keys) > 1 {
		groups = nil
		for _, p := range points {
			if g := groupOf(keys, p.Values); !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b ChartPoint) int { return cmp.Compare(at[a.Values[0]], at[b.Values[0]]) })
	if slices.Contains(metrics, platform.ColdStartFractionP75) && slices.Contains(metrics, platform.WastedMemory) {
		if p, ok := trade(keys, points, groups); ok {
			ch.Panels = append(ch.Panels, p)
		}
	}
	note := ""
	if showsCold(metrics) {
		if p, drawn, all, ok := coldPanelOf(keys, points, groups); ok {
			p.Wide = true
			ch.Panels = append(ch.Panels, p)
			if drawn < len(points) {
				note = fmt.Sprintf("Cold starts over functions: %d of %d points.", drawn, len(points))
			}
			if all < len(points) {
				note += " The distributions of the points that an earlier call simulated are not known any more."
			}
		}
	}
	for _, metric := range metrics {
		p := chart.Panel{Y: chart.Axis{Label: words.MetricAxis(metric), Unit: words.UnitOf(metric)}}
		for _, name := range scenarios.KindNames() {
			for g, group := range groups {
				number := 0
				if len(keys) > 1 {
					number = g + 1
				}
				p.Series = append(p.Series, sweptSeries(name, metric, keys, group, number, points, at)...)
			}
			if column >= 0 {
				p.Series = append(p.Series, m.Series(name, metric, column, at)...)
			}
		}
		if column >= 0 {
			p.Series = append(p.Series, m.Series("", metric, column, at)...)
		}
		ch.Panels = append(ch.Panels, p)
	}
	ch.Notes = []string{intervalNote(ch)}
	if note != "" {
		ch.Notes = append(ch.Notes, note)
	}
	return ch
}

// sweptSeries returns the simulated line of one platform and, unless each line belongs to a value
// of a second key, the lines of its models.
func sweptSeries(name, metric string, keys []string, group string, number int, points []ChartPoint, at map[string]float64) []chart.Series {
	line := chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name, Group: number}
	if group != "" {
		line.Name = words.PlatformLabel(name) + ", " + group
	}
	var models []chart.Series
	for _, point := range points {
		p, ok := point.Platforms[name]
		if !ok || groupOf(keys, point.Values) != group {
			continue
		}
		x := at[point.Values[0]]
		if e, ok := p.Metrics[metric]; ok {
			line.Add(x, e.Mean, e.HalfWidth)
		}
		if group != "" {
			continue
		}
		for _, m := range p.Models {
			value, ok := m.Metrics[metric]
			if !ok {
				continue
			}
			i := slices.IndexFunc(models, func(s chart.Series) bool { return s.Name == m.Label })
			if i < 0 {
				i = len(models)
				models = append(models, chart.Series{Name: m.Label, Kind: chart.Modelled, Platform: name})
			}
			models[i].Add(x, value, math.NaN())
		}
	}
	return append([]chart.Series{line}, models...)
}

// groupOf names the values of all keys except the first: keep-alive 10s.
func groupOf(keys, values []string) string {
	var parts []string
	for i := 1; i < len(keys); i++ {
		parts = append(parts, words.KeyWords(keys[i])+" "+values[i])
	}
	return strings.Join(parts, ", ")
}

// KeyAxis returns the axis of a key for values in the notation of scenario files, and the place of
// each on it: numbers if all are durations, rates, memory sizes, percentages or plain numbers; else categories
// in the order in which they first appear. A single value is a category, too.
func KeyAxis(key string, texts []string) (chart.Axis, map[string]float64) {
	label := words.KeyWords(key)
	if distinct := slices.Compact(slices.Sorted(slices.Values(texts))); len(distinct) == 1 {
		return chart.Axis{Label: label, Categories: distinct}, map[string]float64{distinct[0]: 0}
	}
	for _, kind := range []struct {
		unit  platform.Unit
		parse func(string) (x float64, ok bool)
	}{
		{platform.Count, parsed(func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })},
		{platform.Seconds, parsed(dist.ParseDuration)},
		{platform.PerSecond, parsed(dist.ParseRate)},
		{platform.Megabytes, scenarios.ParseMegabytes},
		{platform.Probability, func(s string) (float64, bool) {
			x, ok := scenarios.Number(s)
			return x, ok && strings.HasSuffix(strings.TrimSpace(s), "%")
		}},
	} {
		if key == "run.seed" {
			break // a name, not a number
		}
		at := map[string]float64{}
		for _, text := range texts {
			if v, ok := kind.parse(text); ok && chart.Finite(v) {
				at[text] = v
			}
		}
		if !slices.ContainsFunc(texts, func(text string) bool { _, ok := at[text]; return !ok }) {
			return chart.Axis{Label: label, Unit: kind.unit}, at
		}
	}
	a, at := chart.Axis{Label: label}, map[string]float64{}
	for _, text := range texts {
		if _, seen := at[text]; !seen {
			at[text] = float64(len(a.Categories))
			a.Categories = append(a.Categories, text)
		}
	}
	return a, at
}

// parsed makes a reader say whether it could read.
func parsed(read func(string) (float64, error)) func(string) (float64, bool) {
	return func(text string) (float64, bool) {
		x, err := read(text)
		return x, err == nil
	}
}

// intervalNote explains the parts of a chart that are not in its legend.
func intervalNote(ch chart.Chart) string {
	has := map[chart.SeriesKind]bool{}
	bands, whiskers := false, false
	for _, p := range ch.Shown() {
		for _, s := range p.Series {
			has[s.Kind] = true
			if s.Kind == chart.Measured {
				whiskers = whiskers || slices.ContainsFunc(s.Low, chart.Finite)
				continue
			}
			bands = bands || slices.ContainsFunc(s.Low, chart.Finite)
		}
	}
	var parts []string
	if bands {
		parts = append(parts, "Bands and whiskers: 95 % confidence intervals of the simulation.")
	}
	if has[chart.Modelled] {
		parts = append(parts, "Dashed lines and open marks: analytical models.")
	}
	if whiskers {
		parts = append(parts, "Whiskers of what was measured: its half-widths.")
	}
	return strings.Join(parts, " ")
}

// A ChartDifference is the difference of a metric between A and B.
type ChartDifference struct {
	Platform   string // the name of its kind; empty for a comparison of two kinds, as Wasm − containers
	Metric     string
	A          float64        // the metric of A
	Difference stats.Estimate // B − A, paired
	Relative   stats.Estimate // (B − A)/A, with an interval that includes the uncertainty of A
}

// farOff is the relative difference beyond which a chart shows the number instead of a point.
const farOff = 1.5

// ComparisonChart draws differences relative to A, with their intervals. Differences whose interval
// excludes 0 are filled. Metrics that are 0 in A have no relative difference: a note names them.
func ComparisonChart(title string, subtitle []string, a, b string, differences []ChartDifference) chart.Chart {
	ch := chart.Chart{Title: title, Subtitle: subtitle, Notes: []string{
		fmt.Sprintf("Whiskers: 95 %% confidence intervals of the paired differences. Filled: that of %s − %s does not contain 0.", b, a)}}
	p := chart.Panel{Form: chart.Rows, X: &chart.Axis{}, Y: chart.Axis{Label: fmt.Sprintf("(%s − %s) / %s", b, a, a), Unit: platform.Probability, Signed: true, Limit: farOff}}
	several := slices.ContainsFunc(differences, func(d ChartDifference) bool { return d.Platform != differences[0].Platform })
	lines := map[string]*chart.Series{}
	for _, name := range append([]string{""}, scenarios.KindNames()...) {
		lines[name] = &chart.Series{Name: words.PlatformLabel(name), Platform: name}
	}
	lines[""].Name = "difference"
	var nothing []string
	for _, d := range differences {
		row := words.Label(d.Metric)
		if several && d.Platform != "" {
			row += " of " + words.PlatformLabel(d.Platform)
		}
		if d.A == 0 && d.Difference.Mean != 0 {
			nothing = append(nothing, row)
		}
		if !chart.Finite(d.Relative.Mean) || d.A == 0 {
			continue
		}
		line := lines[d.Platform]
		line.Add(float64(len(p.X.Categories)), d.Relative.Mean, d.Relative.HalfWidth)
		line.Hollow = append(line.Hollow, !(d.Difference.HalfWidth < math.Abs(d.Difference.Mean)))
		p.X.Categories = append(p.X.Categories, row)
	}
	for _, name := range append([]string{""}, scenarios.KindNames()...) {
		p.Series = append(p.Series, *lines[name])
	}
	if nothing != nil {
		ch.Notes = append(ch.Notes, fmt.Sprintf("0 in %s, so without a relative difference: %s.", a, strings.Join(nothing, ", ")))
	}
	ch.Panels = []chart.Panel{p}
	return ch
}

// A ChartPath is a metric of one platform over time.
type ChartPath struct {
	Platform string
	Metric   string
	Times    []float64 // seconds, increasing
	Values   []stats.Estimate
	group    string // the name of this path if a metric has several; usually empty
}

// TransientChart draws metrics over time, a panel each.
func TransientChart(title string, subtitle []string, paths []ChartPath) chart.Chart {
	ch := chart.Chart{Title: title, Subtitle: subtitle, X: chart.Axis{Label: "time", Unit: platform.Seconds, Scaling: chart.Linear}}
	var groups []string
	for _, path := range paths {
		if path.group != "" && !slices.Contains(groups, path.group) {
			groups = append(groups, path.group)
		}
	}
	panels := map[string]int{}
	for _, path := range paths {
		i, seen := panels[path.Metric]
		if !seen {
			i = len(ch.Panels)
			panels[path.Metric] = i
			ch.Panels = append(ch.Panels, chart.Panel{Y: chart.Axis{Label: words.MetricAxis(path.Metric), Unit: words.UnitOf(path.Metric)}})
		}
		s := chart.Series{Name: words.PlatformLabel(path.Platform) + ", simulated", Platform: path.Platform, Group: slices.Index(groups, path.group) + 1}
		if path.group != "" {
			s.Name = words.PlatformLabel(path.Platform) + ", " + path.group
		}
		for k, t := range path.Times {
			s.Add(t, path.Values[k].Mean, path.Values[k].HalfWidth)
		}
		ch.Panels[i].Series = append(ch.Panels[i].Series, s)
	}
	ch.Notes = []string{intervalNote(ch)}
	return ch
}
