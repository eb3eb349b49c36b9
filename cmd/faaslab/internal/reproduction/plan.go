package reproduction

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate/thesis"
)

// FigureNumbers returns the numbers of the thesis' figures, and the names of those of policies.
func FigureNumbers() (numbers []string) {
	for _, f := range thesis.Figures {
		numbers = append(numbers, f.Number)
	}
	for _, f := range policyFigures {
		numbers = append(numbers, f.Number)
	}
	return numbers
}

// A Result is the result of the command reproduce.
type Result struct {
	Out      string // empty: no figures are written
	Written  []figure
	Findings []thesis.Finding
	Accuracy []thesis.Accuracy // in the order of series; nil without measurements
	Studies  Studies           // for the page
}

// Studies are the simulated comparisons of policies, by the number of their figure.
type Studies map[string]*policyStudy

// A figure is what is said of a figure, with the name of its files without the endings.
type figure struct {
	Number, Caption, See, Alt, Name string
}

// words names a figure: figure 4.1, and those of policies by their name.
func (f figure) words() string {
	if f.ofThesis() {
		return "figure " + f.Number
	}
	return f.Number
}

// ofThesis reports whether a figure is one of the thesis.
func (f figure) ofThesis() bool {
	return slices.ContainsFunc(thesis.Figures, func(t thesis.Figure) bool { return t.Number == f.Number })
}

// A Plan says what to simulate and to draw.
type Plan struct {
	Options  thesis.Options
	Out      string // empty: no figures
	Page     string // empty: no page
	Figures  []thesis.Figure
	Policies []PolicyFigure
	Series   []thesis.Series
	Measured map[string]measured.Measurements // by series
	Means    map[string]float64               // the service time of the series of WithService, by name

	Curves  map[string]thesis.Curve
	Studies Studies
	Written []figure
}

// Figures returns the figures with the given numbers, in the order of FigureNumbers; all if none is given.
func Figures(numbers []string) (figures []thesis.Figure, policies []PolicyFigure, err error) {
	if len(numbers) == 0 {
		return thesis.Figures, policyFigures, nil
	}
	for _, n := range numbers {
		if !slices.Contains(FigureNumbers(), n) {
			return nil, nil, fmt.Errorf("no figure %q; want some of %s", n, strings.Join(FigureNumbers(), ", "))
		}
	}
	for _, f := range thesis.Figures {
		if slices.Contains(numbers, f.Number) {
			figures = append(figures, f)
		}
	}
	for _, f := range policyFigures {
		if slices.Contains(numbers, f.Number) {
			policies = append(policies, f)
		}
	}
	return figures, policies, nil
}

// ChooseSeries chooses the series that the figures need, including series with the measured service
// time, and series with constant service times where they are measured; if all figures are wanted,
// also the series that only findings need.
func (p *Plan) ChooseSeries(all bool) {
	p.Means = map[string]float64{}
	needed := thesis.SeriesOf(p.Figures)
	for _, s := range thesis.AllSeries() {
		if !all && !slices.Contains(needed, s.Name) {
			continue
		}
		p.Series = append(p.Series, s)
		if mean, ok := meanBelowCapacity(p.Measured[s.Name], s); ok {
			measured := thesis.WithService(s.Function, mean)
			p.Means[measured.Name] = mean
			p.Series = append(p.Series, measured)
		}
		if _, ok := p.Measured[s.Name]; ok && s.Platform == scenarios.ContainerPlatform && s.Key == "container.keep_alive" {
			p.Series = append(p.Series, thesis.WithConstantService(s))
		}
	}
}

// Points returns the number of points to simulate.
func (p *Plan) Points() (n int) {
	for _, f := range p.Policies {
		n += len(f.study(p.Options.Seed).points)
	}
	return n + p.seriesPoints()
}

// seriesPoints returns the number of points of the thesis' series.
func (p *Plan) seriesPoints() (n int) {
	for _, s := range p.Series {
		n += len(s.Values)
	}
	return n
}

// Run simulates all series and policies, and writes each figure as soon as it can be drawn.
func (p *Plan) Run(ctx context.Context) error {
	o, part := p.Options, float64(p.seriesPoints())/float64(p.Points())
	if o.Progress != nil {
		o.Progress = func(done float64) { p.Options.Progress(done * part) }
	}
	if err := p.runSeries(ctx, o); err != nil {
		return err
	}
	return p.runPolicies(ctx)
}

func (p *Plan) runSeries(ctx context.Context, o thesis.Options) error {
	return thesis.Simulate(ctx, p.Series, o, func(c thesis.Curve) error {
		p.Curves[c.Name] = c
		if p.Out == "" {
			return nil
		}
		for _, f := range p.Figures {
			if p.isWritten(f) || !p.complete(f) {
				continue
			}
			if err := p.Write(f); err != nil {
				return err
			}
			p.written(figure{f.Number, f.Caption, f.See, altText(f), "figure-" + f.Number})
		}
		return nil
	})
}

// written notes a figure whose files are there, in its order.
func (p *Plan) written(f figure) {
	at, _ := slices.BinarySearchFunc(p.Written, f, func(a, b figure) int { return figureOrder(a.Number) - figureOrder(b.Number) })
	p.Written = slices.Insert(p.Written, at, f)
}

// Accuracy compares simulated with measured values, series by series.
func (p *Plan) Accuracy(ctx context.Context) (all []thesis.Accuracy, err error) {
	for _, s := range p.Series {
		m, ok := p.Measured[measuredName(s)]
		if !ok || s.Level {
			continue
		}
		a, err := thesis.Compare(ctx, p.Curves[s.Name], RowsByKey(m, s.Platform), p.Options)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func figureOrder(number string) int { return slices.Index(FigureNumbers(), number) }

func (p *Plan) isWritten(f thesis.Figure) bool {
	return slices.ContainsFunc(p.Written, func(w figure) bool { return w.Number == f.Number })
}

// complete reports whether everything that a figure shows has been simulated.
func (p *Plan) complete(f thesis.Figure) bool {
	for _, panel := range f.Panels {
		for _, name := range panel.Series {
			_, done := p.Curves[name]
			if _, planned := p.Means[name]; !done && (planned || !panel.Service) {
				return false
			}
		}
	}
	return true
}

// Write writes a figure and its table.
func (p *Plan) Write(f thesis.Figure) error {
	path := filepath.Join(p.Out, "figure-"+f.Number)
	if err := writeChart(path, p.Chart(f)); err != nil {
		return err
	}
	return outfile.Write(path+".csv", func(w io.Writer) error { return format.CSV(w, p.table(f)...) })
}

// writeChart writes a chart in each format, to files of that name.
func writeChart(path string, ch chart.Chart) error {
	for _, format := range []chart.Format{chart.SVG, chart.PNG} {
		if err := outfile.Write(path+"."+string(format), func(w io.Writer) error { return ch.Write(w, format) }); err != nil {
			return err
		}
	}
	return nil
}

// Chart draws a figure of the thesis.
func (p *Plan) Chart(f thesis.Figure) chart.Chart {
	ch := chart.Chart{Title: "Figure " + f.Number + ": " + f.Caption}
	var hollow, spread bool
	for _, panel := range f.Panels {
		unit := platform.Seconds
		if panel.Key == "arrivals.rate" {
			unit = platform.PerSecond
		}
		ch.X = chart.Axis{Label: words.KeyWords(panel.Key), Unit: unit, Scaling: chart.Logarithmic}
		if unit == platform.PerSecond { // as in the thesis
			ch.X.Scaling = chart.Linear
		}
		drawn := p.panel(panel)
		if drawn.Title != "" && panel.Service {
			drawn.Title += ", " + dist.FormatDuration(roundedTo(p.Means[panel.Series[0]], 3))
		}
		for _, s := range drawn.Series {
			hollow = hollow || slices.Contains(s.Hollow, true)
			spread = spread || s.Kind == chart.Single
		}
		ch.Panels = append(ch.Panels, drawn)
	}
	alike(ch)
	ch.Notes = append(ch.Notes, "Lines with narrow bands: the simulated steady state and its 95 % interval.")
	if spread {
		ch.Notes = append(ch.Notes, "Light areas: where 95 % of single runs lie that are as short as the thesis'. What was measured within them may differ from the line by chance.")
	}
	if hollow {
		ch.Notes = append(ch.Notes, "Hollow marks on a full line: there is no steady state; the mean of those short runs.")
	}
	ch.Notes = append(ch.Notes, p.variantNotes(f)...)
	if slices.ContainsFunc(ch.Shown(), hidesMeasured) {
		ch.Notes = append(ch.Notes, "A measured 0 is not shown on a logarithmic axis.")
	}
	if slices.ContainsFunc(f.Panels, func(panel thesis.Panel) bool {
		return panel.Service && p.Means[panel.Series[0]] == 0
	}) {
		ch.Notes = append(ch.Notes, fmt.Sprintf("The right-hand panel of the thesis uses the mean response that was measured: --measured, with %s.csv.", f.Panels[0].Series[0]))
	}
	return ch
}

// variantNotes say of the variants in a figure what was found from measurements.
func (p *Plan) variantNotes(f thesis.Figure) (notes []string) {
	shows := func(is func(thesis.Curve) bool) bool {
		return slices.ContainsFunc(f.Panels, func(panel thesis.Panel) bool {
			return slices.ContainsFunc(panel.Series, func(name string) bool { c, ok := p.Curves[name]; return ok && is(c) })
		})
	}
	if shows(func(c thesis.Curve) bool { return c.Replayed }) {
		notes = append(notes, fmt.Sprintf("Replayed: one run with constant service times; instances are busy for %s after a response, which was found from %s over the keep-alive.",
			dist.FormatDuration(thesis.Release.Seconds()), strings.Join(thesis.ReleaseFrom, " and ")))
	}
	if shows(func(c thesis.Curve) bool { return c.Clocked }) {
		notes = append(notes, fmt.Sprintf("Rising clock: a core is %s times as fast with ten busy as with one, which was found from matmul, with its service time on a slow core.", shortNumber(thesis.RisingClock)))
	}
	return notes
}

// panel draws one panel; it is empty if its series were not simulated.
func (p *Plan) panel(of thesis.Panel) chart.Panel {
	drawn := chart.Panel{Title: of.Title, Y: chart.Axis{Label: words.MetricAxis(of.Metric), Unit: words.UnitOf(of.Metric)}}
	if of.Metric == thesis.InInstance {
		drawn.Y = chart.Axis{Label: "mean time in an instance", Unit: platform.Seconds}
	}
	switch {
	case of.Log:
		drawn.Y.Scaling = chart.Logarithmic
	case of.Linear:
		drawn.Y.Scaling = chart.Linear
	}
	xs := p.positions(of)
	for _, name := range of.Series {
		c, ok := p.Curves[name]
		if !ok {
			continue
		}
		drawn.Series = append(drawn.Series, curveSeries(c, of.Metric, xs)...)
		if m, ok := p.Measured[measuredName(c.Series)]; ok && variantOf(c.Series) == "" {
			drawn.Series = append(drawn.Series, measuredSeries(c.Series, m, cmp.Or(of.Measured, of.Metric))...)
		}
	}
	return drawn
}

// positions returns the x values of a panel's series, except level series, which hold for all x.
func (p *Plan) positions(panel thesis.Panel) (xs []float64) {
	for _, name := range panel.Series {
		if c, ok := p.Curves[name]; ok && !c.Level {
			for _, point := range c.Points {
				xs = append(xs, point.At)
			}
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// variantColumn names the column of a variant; see variantOf.
func variantColumn(s thesis.Series) string {
	switch {
	case s.Fitted:
		return "fitted"
	case s.Replayed:
		return "replayed"
	case s.Clocked:
		return "clocked"
	}
	return ""
}

// table returns the numbers of a figure as rows: panel, key, and each metric.
func (p *Plan) table(f thesis.Figure) [][]string {
	key := f.Panels[0].Key
	t := &figureTable{header: []string{"panel", key}}
	for _, panel := range f.Panels {
		t.panel = panel.Title
		xs := p.positions(panel)
		for _, name := range panel.Series {
			c, ok := p.Curves[name]
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
				if kind := variantColumn(c.Series); kind != "" {
					e, _ := shownEstimate(c.Points[i], panel.Metric)
					t.set(x, c.Platform+"."+kind+"."+panel.Metric, e.Mean)
					continue
				}
				t.Point(x, c.Platform, panel.Metric, c.Points[i])
			}
			if m, ok := p.Measured[measuredName(c.Series)]; ok && variantOf(c.Series) == "" {
				for _, s := range measuredSeries(c.Series, m, cmp.Or(panel.Measured, panel.Metric)) {
					for i, x := range s.X {
						t.set(x, "measured."+c.Platform+"."+cmp.Or(panel.Measured, panel.Metric), s.Y[i])
					}
				}
			}
		}
	}
	return t.Rows()
}
