package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
)

// A ColdCurve is how cold starts are distributed over many functions: points (cold starts /
// requests, share of the functions with an arrival that do not exceed it), increasing.
type ColdCurve [][2]float64

// NewColdCurve returns the curve of a platform, of all replications together; it is empty if the
// platform has not at least two functions with an arrival.
func NewColdCurve(p *scenarios.PlatformResult) ColdCurve {
	values := wholeOf(p).Functions.ColdFractions()
	if len(values) < 2 {
		return nil
	}
	return distribution(values)
}

// series returns the curve as steps from 0 to 1.
func (c ColdCurve) series(s chart.Series) chart.Series {
	before := 0.0
	add := func(x, share float64) { s.Add(x, share, math.NaN()) }
	if len(c) > 0 && c[0][0] > 0 {
		add(0, 0)
	}
	for _, point := range c {
		add(point[0], before)
		before = point[1]
		add(point[0], before)
	}
	if len(c) > 0 {
		add(1, 1)
	}
	return s
}

// coldMetrics is what the names of the metrics of the curve begin with.
const coldMetrics = "cold_start_fraction_"

// showsCold reports whether a metric of the curve is among those that are shown.
func showsCold(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, coldMetrics) })
}

// namesOf returns the names of metrics.
func namesOf(metrics []scenarios.NamedEstimate) (names []string) {
	for _, m := range metrics {
		names = append(names, m.Name)
	}
	return names
}

// coldPanel shows curves.
func coldPanel(lines []chart.Series) chart.Panel {
	return chart.Panel{
		Title:  "Cold starts over functions",
		Form:   chart.Cumulative,
		X:      &chart.Axis{Label: "cold starts / requests of a function", Unit: platform.Probability, Scaling: chart.Linear},
		Y:      chart.Axis{Label: "functions with at most that", Unit: platform.Probability, Scaling: chart.Linear, Zero: true},
		Series: lines,
	}
}

// mostCurves is the number of curves that can be told apart in a panel.
const mostCurves = 12

// coldPanelOf shows a curve for each of some points of a sweep, evenly chosen if there are many;
// false if there is none.
func coldPanelOf(keys []string, points []ChartPoint, groups []string) (panel chart.Panel, drawn, all int, ok bool) {
	points = slices.DeleteFunc(slices.Clone(points), func(p ChartPoint) bool { return p.Cold == nil })
	all = len(points)
	if all > mostCurves {
		var some []ChartPoint
		for i := range mostCurves {
			some = append(some, points[i*(all-1)/(mostCurves-1)])
		}
		points = some
	}
	var lines []chart.Series
	for i, p := range points {
		s := chart.Series{Name: words.KeyWords(keys[0]) + " " + format.Abridged(p.Values[0]), Group: i + 1}
		if len(keys) > 1 { // the colours are those of the values of the other keys
			s = pointSeries(scenarios.ContainerPlatform, keys, p, groups)
		}
		s = p.Cold.series(s)
		if len(keys) > 1 {
			s.Texts = make([]string, len(s.X))
			s.Texts[len(s.X)*(i+1)/(len(points)+1)] = format.Abridged(p.Values[0])
		}
		lines = append(lines, s)
	}
	return coldPanel(lines), len(points), all, len(points) > 0
}

// pointSeries returns an empty line of the platform and the values of a point's keys but the first.
func pointSeries(name string, keys []string, p ChartPoint, groups []string) chart.Series {
	s := chart.Series{Name: words.PlatformLabel(name) + ", simulated", Platform: name}
	if g := groupOf(keys, p.Values); g != "" {
		s.Name, s.Group = words.PlatformLabel(name)+", "+g, slices.Index(groups, g)+1
	}
	return s
}

// trade shows what fewer cold starts cost: wasted memory over the cold starts of the function at
// 75 %, as papers on keep-alive policies do. Points of one policy are joined by a line: those that
// differ in a number alone, or in the parameters of a notation. If there are several policies each has
// its own colour. False if no point has both metrics.
func trade(keys []string, points []ChartPoint, groups []string) (chart.Panel, bool) {
	panel := chart.Panel{
		Title: "Cold starts against wasted memory",
		Wide:  true,
		X:     &chart.Axis{Label: words.MetricAxis(platform.ColdStartFractionP75), Unit: words.UnitOf(platform.ColdStartFractionP75), Scaling: chart.Linear},
		Y:     chart.Axis{Label: words.MetricAxis(platform.WastedMemory), Unit: words.UnitOf(platform.WastedMemory), Scaling: chart.Linear, Zero: true},
	}
	at := map[string]int{}
	several := slices.ContainsFunc(points, func(p ChartPoint) bool { return policy(p.Values[0]) != policy(points[0].Values[0]) })
	for _, name := range scenarios.KindNames() {
		for _, p := range points {
			x, hasX := p.Platforms[name].Metrics[platform.ColdStartFractionP75]
			y, hasY := p.Platforms[name].Metrics[platform.WastedMemory]
			if !hasX || !hasY || !chart.Finite(x.Mean) || !chart.Finite(y.Mean) {
				continue
			}
			line := name + "\x00" + groupOf(keys, p.Values) + "\x00" + policy(p.Values[0])
			i, seen := at[line]
			if !seen {
				i = len(panel.Series)
				at[line] = i
				s := pointSeries(name, keys, p, groups)
				if several { // a colour for each policy, with each of the other values
					s.Name, s.Group = strings.TrimSuffix(s.Name, ", simulated")+", "+cmp.Or(policy(p.Values[0]), "fixed"), i+1
				}
				panel.Series = append(panel.Series, s)
			}
			s := &panel.Series[i]
			s.Add(x.Mean, y.Mean, y.HalfWidth)
			s.Across, s.Texts = append(s.Across, x.HalfWidth), append(s.Texts, format.Abridged(p.Values[0]))
		}
	}
	if several { // colours far apart among those of the other panels, which have a line for each point
		for i := range panel.Series {
			panel.Series[i].Group = 1 + i*(len(points)-1)/max(1, len(panel.Series)-1)
		}
	}
	return panel, len(panel.Series) > 0
}

// policy returns what a value has in common with the others of its line: the name of a notation, a
// word, or nothing if the value is a number with or without a unit, or the absence of a limit.
func policy(value string) string {
	name, _, _ := strings.Cut(value, "(")
	if name == "never" || name == "unlimited" || name != "" && unicode.IsDigit(rune(name[0])) {
		return ""
	}
	return name
}
