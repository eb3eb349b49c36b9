package reproduction

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/sim/stats"
	"faaslab/validate/thesis"
)

// alike gives panels of the same metric the same kind of y axis: logarithmic if one of them needs
// it.
func alike(ch chart.Chart) {
	logs := map[string]bool{}
	for _, p := range ch.Shown() {
		logs[p.Y.Label] = logs[p.Y.Label] || p.Values().Log
	}
	for i := range ch.Panels {
		if logs[ch.Panels[i].Y.Label] {
			ch.Panels[i].Y.Scaling = chart.Logarithmic
		}
	}
}

// hidesMeasured reports whether a measured value cannot be shown, because it is 0 and the axis is
// logarithmic.
func hidesMeasured(p chart.Panel) bool {
	return p.Values().Log && slices.ContainsFunc(p.Series, func(s chart.Series) bool {
		return s.Kind == chart.Measured && slices.ContainsFunc(s.Y, func(y float64) bool { return y <= 0 })
	})
}

// roundedTo rounds to a number of significant digits.
func roundedTo(x float64, digits int) float64 {
	scale := math.Pow10(digits - 1 - int(math.Floor(math.Log10(math.Abs(x)))))
	return math.Round(x*scale) / scale
}

// measuredName returns the name of the measured series from which s, a series of WithService or
// WithConstantService or a fitted one, was derived.
func measuredName(s thesis.Series) string {
	name := s.Name
	for _, variant := range []string{"_measured", "_fitted", "_constant", "_clock", "_release", "_replayed"} {
		name = strings.TrimSuffix(name, variant)
	}
	return name
}

// variantOf says what a series simulates that a figure shows beside the series itself; empty for
// the series itself.
func variantOf(s thesis.Series) string {
	switch {
	case s.Fitted:
		return "simulated, cores fitted"
	case s.Replayed:
		return "own arrivals, replayed"
	case s.Clocked:
		return "simulated, rising clock"
	}
	return ""
}

// curveSeries returns the lines of a curve: single runs, steady state, models. A level curve has
// the same value at all xs. A variant is drawn as models are, beside the curve of the series
// itself.
func curveSeries(c thesis.Curve, metric string, xs []float64) []chart.Series {
	label := words.PlatformLabel(c.Platform)
	run := chart.Series{Name: label + ", single runs", Kind: chart.Single, Platform: c.Platform}
	line := chart.Series{Name: label + ", simulated", Platform: c.Platform}
	var models []chart.Series
	add := func(x float64, point thesis.Point) {
		if spread, ok := point.Runs[metric]; ok {
			run.X, run.Y = append(run.X, x), append(run.Y, spread.Mean.Mean)
			run.Low, run.High = append(run.Low, spread.Low), append(run.High, spread.High)
		}
		e, unsteady := shownEstimate(point, metric)
		line.Add(x, e.Mean, e.HalfWidth)
		line.Hollow = append(line.Hollow, unsteady)
		for _, m := range point.Models {
			value, ok := m.Metrics[metric]
			if !ok {
				continue
			}
			i := slices.IndexFunc(models, func(s chart.Series) bool { return s.Name == m.Label })
			if i < 0 {
				i = len(models)
				models = append(models, chart.Series{Name: m.Label, Kind: chart.Modelled, Platform: c.Platform})
			}
			models[i].Add(x, value, math.NaN())
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
	if variant := variantOf(c.Series); variant != "" {
		varied := chart.Series{Name: label + ", " + variant, Kind: chart.Modelled, Platform: c.Platform}
		for i, x := range line.X {
			varied.Add(x, line.Y[i], math.NaN())
		}
		return []chart.Series{varied}
	}
	return append([]chart.Series{run, line}, models...)
}

// shownEstimate returns the steady state of a metric or, if the point has none, the mean of its
// runs.
func shownEstimate(p thesis.Point, metric string) (e stats.Estimate, unsteady bool) {
	if p.Steady != nil {
		if e, ok := p.Steady[metric]; ok {
			return e, false
		}
		return stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}, false
	}
	return p.Runs[metric].Mean, true
}

// measuredSeries returns the measured points of a metric.
func measuredSeries(s thesis.Series, m measured.Measurements, metric string) []chart.Series {
	points := chart.Series{Name: words.PlatformLabel(s.Platform) + ", measured", Kind: chart.Measured, Platform: s.Platform}
	for _, row := range m.Rows {
		if v, ok := row.Value(s.Platform, metric); ok && len(row.Values) > 0 {
			x, _ := keyNumber(row.Values[0]) // ReadMeasured has checked it
			points.Add(x, v, math.NaN())
		}
	}
	if len(points.X) == 0 {
		return nil
	}
	return []chart.Series{points}
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

func (t *figureTable) Point(x float64, platform, metric string, p thesis.Point) {
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
	t.cells[at][column] = format.Number(value)
}

// Rows returns the header and the rows: panels in the order in which they were added, and rows by
// key within a panel.
func (t *figureTable) Rows() [][]string {
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
		row := []string{at.panel, format.Number(at.x)}
		for _, column := range t.header[2:] {
			row = append(row, t.cells[at][column])
		}
		rows = append(rows, row)
	}
	return rows
}
