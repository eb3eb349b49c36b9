package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/validate/thesis"
)

// chart draws a figure of the thesis.
func (p *reproductionPlan) chart(f thesis.Figure) chart {
	ch := chart{title: "Figure " + f.Number + ": " + f.Caption}
	var hollow, spread bool
	for _, panel := range f.Panels {
		unit := platform.Seconds
		if panel.Key == "arrivals.rate" {
			unit = platform.PerSecond
		}
		ch.x = axis{label: keyWords(panel.Key), unit: unit, scaling: logarithmic}
		if unit == platform.PerSecond { // as in the thesis
			ch.x.scaling = linear
		}
		drawn := p.panel(panel)
		if drawn.title != "" && panel.Service {
			drawn.title += ", " + dist.FormatDuration(roundedTo(p.means[panel.Series[0]], 3))
		}
		for _, s := range drawn.series {
			hollow = hollow || slices.Contains(s.hollow, true)
			spread = spread || s.kind == single
		}
		ch.panels = append(ch.panels, drawn)
	}
	alike(ch)
	ch.notes = append(ch.notes, "Lines with narrow bands: the simulated steady state and its 95 % interval.")
	if spread {
		ch.notes = append(ch.notes, "Light areas: where 95 % of single runs lie that are as short as the thesis'. What was measured within them may differ from the line by chance.")
	}
	if hollow {
		ch.notes = append(ch.notes, "Hollow marks on a full line: there is no steady state; the mean of those short runs.")
	}
	if slices.ContainsFunc(ch.shown(), hidesMeasured) {
		ch.notes = append(ch.notes, "A measured 0 is not shown on a logarithmic axis.")
	}
	if slices.ContainsFunc(f.Panels, func(panel thesis.Panel) bool {
		return panel.Service && p.means[panel.Series[0]] == 0
	}) {
		ch.notes = append(ch.notes, fmt.Sprintf("The right-hand panel of the thesis uses the mean response that was measured: --measured, with %s.csv.", f.Panels[0].Series[0]))
	}
	return ch
}

// alike gives panels of the same metric the same kind of y axis: logarithmic if one of them wants it.
func alike(ch chart) {
	logs := map[string]bool{}
	for _, p := range ch.shown() {
		logs[p.y.label] = logs[p.y.label] || p.values().log
	}
	for i := range ch.panels {
		if logs[ch.panels[i].y.label] {
			ch.panels[i].y.scaling = logarithmic
		}
	}
}

// hidesMeasured reports whether something that was measured cannot be shown, because it is 0 and the axis logarithmic.
func hidesMeasured(p panel) bool {
	return p.values().log && slices.ContainsFunc(p.series, func(s series) bool {
		return s.kind == measured && slices.ContainsFunc(s.y, func(y float64) bool { return y <= 0 })
	})
}

// roundedTo rounds to a number of significant digits.
func roundedTo(x float64, digits int) float64 {
	scale := math.Pow10(digits - 1 - int(math.Floor(math.Log10(math.Abs(x)))))
	return math.Round(x*scale) / scale
}

// panel draws one panel; it is empty where its series were not simulated.
func (p *reproductionPlan) panel(of thesis.Panel) panel {
	drawn := panel{title: of.Title, y: axis{label: metricAxis(of.Metric), unit: unitOf(of.Metric)}}
	if of.Metric == thesis.InInstance {
		drawn.y = axis{label: "mean time in an instance", unit: platform.Seconds}
	}
	switch {
	case of.Log:
		drawn.y.scaling = logarithmic
	case of.Linear:
		drawn.y.scaling = linear
	}
	xs := p.positions(of)
	for _, name := range of.Series {
		c, ok := p.curves[name]
		if !ok {
			continue
		}
		drawn.series = append(drawn.series, curveSeries(c, of.Metric, xs)...)
		if m, ok := p.measured[measuredName(c.Series)]; ok && !c.Fitted {
			drawn.series = append(drawn.series, measuredSeries(c.Series, m, cmp.Or(of.Measured, of.Metric))...)
		}
	}
	return drawn
}

// measuredName is the series that was measured where s is one of WithService or WithConstantService, or fitted to it.
func measuredName(s thesis.Series) string {
	name := s.Name
	for _, variant := range []string{"_measured", "_fitted", "_constant"} {
		name = strings.TrimSuffix(name, variant)
	}
	return name
}

// positions are the values of x of a panel's series but the level ones, which hold for all of them.
func (p *reproductionPlan) positions(panel thesis.Panel) (xs []float64) {
	for _, name := range panel.Series {
		if c, ok := p.curves[name]; ok && !c.Level {
			for _, point := range c.Points {
				xs = append(xs, point.At)
			}
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// curveSeries are the lines of a curve: single runs, steady state, models. A level one stands at all xs. A fitted one is drawn as models are,
// beside what was simulated without a fit.
func curveSeries(c thesis.Curve, metric string, xs []float64) []series {
	label := platformLabel(c.Platform)
	run := series{name: label + ", single runs", kind: single, platform: c.Platform}
	line := series{name: label + ", simulated", platform: c.Platform}
	var models []series
	add := func(x float64, point thesis.Point) {
		if spread, ok := point.Runs[metric]; ok {
			run.x, run.y = append(run.x, x), append(run.y, spread.Mean.Mean)
			run.low, run.high = append(run.low, spread.Low), append(run.high, spread.High)
		}
		e, unsteady := shownEstimate(point, metric)
		line.add(x, e.Mean, e.HalfWidth)
		line.hollow = append(line.hollow, unsteady)
		for _, m := range point.Models {
			value, ok := m.Metrics[metric]
			if !ok {
				continue
			}
			i := slices.IndexFunc(models, func(s series) bool { return s.name == m.Label })
			if i < 0 {
				i = len(models)
				models = append(models, series{name: m.Label, kind: modelled, platform: c.Platform})
			}
			models[i].add(x, value, math.NaN())
		}
	}
	if c.Level {
		for _, x := range xs {
			add(x, c.Points[0])
		}
	} else {
		for _, point := range c.Points {
			add(point.At, point)
		}
	}
	if c.Fitted {
		fitted := series{name: label + ", simulated, cores fitted", kind: modelled, platform: c.Platform}
		for i, x := range line.x {
			fitted.add(x, line.y[i], math.NaN())
		}
		return []series{fitted}
	}
	return append([]series{run, line}, models...)
}

// shownEstimate is the steady state of a metric or, if the point has none, the mean of its runs.
func shownEstimate(p thesis.Point, metric string) (e stats.Estimate, unsteady bool) {
	if p.Steady != nil {
		if e, ok := p.Steady[metric]; ok {
			return e, false
		}
		return stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}, false
	}
	return p.Runs[metric].Mean, true
}

// measuredSeries are the measured points of a metric.
func measuredSeries(s thesis.Series, m measurements, metric string) []series {
	points := series{name: platformLabel(s.Platform) + ", measured", kind: measured, platform: s.Platform}
	for _, row := range m.rows {
		if v, ok := row.value(s.Platform, metric); ok && len(row.values) > 0 {
			x, _ := keyNumber(row.values[0]) // it was read before
			points.add(x, v, math.NaN())
		}
	}
	if len(points.x) == 0 {
		return nil
	}
	return []series{points}
}

// table returns what a figure shows as rows: panel, key, and the numbers of each metric.
func (p *reproductionPlan) table(f thesis.Figure) [][]string {
	key := f.Panels[0].Key
	t := &figureTable{header: []string{"panel", key}}
	for _, panel := range f.Panels {
		t.panel = panel.Title
		xs := p.positions(panel)
		for _, name := range panel.Series {
			c, ok := p.curves[name]
			if !ok {
				continue
			}
			for _, x := range xs {
				i := 0
				if !c.Level {
					if i = slices.IndexFunc(c.Points, func(point thesis.Point) bool { return point.At == x }); i < 0 {
						continue
					}
				}
				if c.Fitted {
					e, _ := shownEstimate(c.Points[i], panel.Metric)
					t.set(x, c.Platform+".fitted."+panel.Metric, e.Mean)
					continue
				}
				t.point(x, c.Platform, panel.Metric, c.Points[i])
			}
			if m, ok := p.measured[measuredName(c.Series)]; ok && !c.Fitted {
				for _, s := range measuredSeries(c.Series, m, cmp.Or(panel.Measured, panel.Metric)) {
					for i, x := range s.x {
						t.set(x, "measured."+c.Platform+"."+cmp.Or(panel.Measured, panel.Metric), s.y[i])
					}
				}
			}
		}
	}
	return t.rows()
}

// A figureTable collects numbers by panel, place and column.
type figureTable struct {
	header []string
	panel  string
	order  []tablePlace
	cells  map[tablePlace]map[string]string
}

// A tablePlace is a row: the title of a panel, and a value of its key.
type tablePlace struct {
	panel string
	x     float64
}

func (t *figureTable) point(x float64, platform, metric string, p thesis.Point) {
	name := platform + "." + metric
	if p.Steady != nil {
		t.set(x, name, p.Steady[metric].Mean)
		t.set(x, name+".half_width", p.Steady[metric].HalfWidth)
	} else {
		t.set(x, name, math.NaN())
		t.set(x, name+".half_width", math.NaN())
	}
	spread := p.Runs[metric]
	t.set(x, name+".run", spread.Mean.Mean)
	t.set(x, name+".run_low", spread.Low)
	t.set(x, name+".run_high", spread.High)
	for _, m := range p.Models {
		if v, ok := m.Metrics[metric]; ok {
			t.set(x, platform+"."+m.Name+"."+metric, v)
		}
	}
}

func (t *figureTable) set(x float64, column string, value float64) {
	at := tablePlace{t.panel, x}
	if t.cells == nil {
		t.cells = map[tablePlace]map[string]string{}
	}
	if t.cells[at] == nil {
		t.cells[at] = map[string]string{}
		t.order = append(t.order, at)
	}
	if !slices.Contains(t.header, column) {
		t.header = append(t.header, column)
	}
	t.cells[at][column] = number(value)
}

// rows returns the header and the rows, panel by panel in the order in which they came, by the key within.
func (t *figureTable) rows() [][]string {
	var panels []string
	for _, at := range t.order {
		if !slices.Contains(panels, at.panel) {
			panels = append(panels, at.panel)
		}
	}
	slices.SortStableFunc(t.order, func(a, b tablePlace) int {
		if a.panel != b.panel {
			return slices.Index(panels, a.panel) - slices.Index(panels, b.panel)
		}
		return cmp.Compare(a.x, b.x)
	})
	rows := [][]string{t.header}
	for _, at := range t.order {
		row := []string{at.panel, number(at.x)}
		for _, column := range t.header[2:] {
			row = append(row, t.cells[at][column])
		}
		rows = append(rows, row)
	}
	return rows
}
