package reproduction

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// A PolicyFigure shows the shape of a published picture, on synthetic functions.
type PolicyFigure struct {
	figure
	study func(seed uint64) *policyStudy
	chart func(*policyStudy) []chart.Panel
}

// policyFigures are those beside the thesis' figures.
var policyFigures = []PolicyFigure{
	{figure{
		Number:  "histogram",
		Caption: "Fixed keep-alives and the hybrid histogram on a synthetic workload: cold starts of the function at 75 % against wasted memory",
		See:     "The shape of a figure of Shahrad et al., Serverless in the Wild, USENIX ATC 2020. Better is further down and to the left. Between the points with a text are 45 and 90 min, and 2 and 3 h.",
		Alt:     "Wasted memory over the cold starts of the function at 75 %, for fixed keep-alives of 10 minutes to for ever and for histograms with ranges of 1 to 4 hours",
		Name:    "figure-histogram",
	}, keepAliveStudy, keepAlivePanels},
	{figure{
		Number:  "greedy-dual",
		Caption: "Greedy-dual, least recently used and 10 minutes on a synthetic workload, over the memory of the node",
		See:     "The shape of figures of Fuerst and Sharma, FaasCache, ASPLOS 2021. Up to 16 GB, the line of 10 minutes lies beneath that of least recently used.",
		Alt:     "Cold starts, and what start-ups add to the mean service time, over the memory of the node, for greedy-dual, least recently used and a keep-alive of 10 minutes",
		Name:    "figure-greedy-dual",
	}, memoryStudy, memoryPanels},
}

// syntheticNote says what the functions are.
var syntheticNote = fmt.Sprintf("Synthetic: %d functions that the program draws; a quarter are asked for by a timer, half at random, a quarter in bursts. No trace of a platform.", syntheticFunctions)

// Chart draws the figure.
func (f PolicyFigure) Chart(s *policyStudy) chart.Chart {
	return chart.Chart{
		Title:  f.Caption,
		Panels: f.chart(s),
		Notes:  []string{syntheticNote, fmt.Sprintf("Bands and whiskers: 95 %% confidence intervals, of %d replications.", policyReplications), f.See},
	}
}

// series returns a line of a study.
func (s *policyStudy) series(line string, value func(policyPoint) (x float64, y stats.Estimate)) chart.Series {
	drawn := chart.Series{Name: line, Group: 1 + slices.Index(s.lines(), line)}
	for _, p := range s.points {
		if p.Line == line {
			x, y := value(p)
			drawn.Add(x, y.Mean, y.HalfWidth)
		}
	}
	return drawn
}

// crowded are points whose texts have no room in the figure; its note names them.
var crowded = []string{"45 min", "90 min", "2 h", "3 h"}

// keepAlivePanels has a panel with a line of each kind of policy.
func keepAlivePanels(s *policyStudy) []chart.Panel {
	panel := chart.Panel{
		Wide: true,
		X:    &chart.Axis{Label: "cold starts of the function at 75 %", Unit: platform.Probability, Scaling: chart.Linear, Zero: true},
		Y:    chart.Axis{Label: "wasted memory / that of 10 min", Unit: platform.Probability, Scaling: chart.Linear, Zero: true},
	}
	for _, line := range s.lines() {
		drawn := s.series(line, func(p policyPoint) (float64, stats.Estimate) { return p.P75.Mean, p.Waste })
		for _, p := range s.points {
			if p.Line == line {
				text := p.At
				if slices.Contains(crowded, text) {
					text = ""
				}
				drawn.Across, drawn.Texts = append(drawn.Across, p.P75.HalfWidth), append(drawn.Texts, text)
			}
		}
		panel.Series = append(panel.Series, drawn)
	}
	return []chart.Panel{panel}
}

// memoryPanels has two panels over the memory of the node.
func memoryPanels(s *policyStudy) (panels []chart.Panel) {
	x := chart.Axis{Label: "memory of the node, GB", Unit: platform.Count, Scaling: chart.Logarithmic}
	for _, y := range []struct {
		label string
		value func(policyPoint) stats.Estimate
	}{
		{"cold start probability", func(p policyPoint) stats.Estimate { return p.Cold }},
		{"start-ups / services, in time", func(p policyPoint) stats.Estimate { return p.Slower }},
	} {
		panel := chart.Panel{X: &x, Y: chart.Axis{Label: y.label, Unit: platform.Probability, Scaling: chart.Linear, Zero: true}}
		for _, line := range s.lines() {
			panel.Series = append(panel.Series, s.series(line, func(p policyPoint) (float64, stats.Estimate) { return p.Memory, y.value(p) }))
		}
		panels = append(panels, panel)
	}
	return panels
}

// table returns the numbers of a study as rows.
func (s *policyStudy) table() [][]string {
	rows := [][]string{{"policy", "value", "node_gb"}}
	for _, name := range []string{"cold_start_fraction_p75", "cold_start_probability", "always_cold", "wasted_memory", "startups_per_service"} {
		rows[0] = append(rows[0], name, name+".half_width")
	}
	for _, p := range s.points {
		memory := p.Memory
		if memory == 0 {
			memory = math.NaN()
		}
		row := []string{p.Line, p.At, format.Number(memory)}
		for _, e := range []stats.Estimate{p.P75, p.Cold, p.Always, p.Waste, p.Slower} {
			row = append(row, format.Number(e.Mean), format.Number(e.HalfWidth))
		}
		rows = append(rows, row)
	}
	return rows
}

// runPolicies simulates the chosen figures of policies, and writes each as soon as it is there.
func (p *Plan) runPolicies(ctx context.Context) error {
	all, done := p.Points(), p.seriesPoints()
	for _, f := range p.Policies {
		s := f.study(p.Options.Seed)
		o := scenarios.Options{Workers: p.Options.Workers}
		if p.Options.Progress != nil {
			o.Progress = func(part float64) { p.Options.Progress((float64(done) + part*float64(len(s.points))) / float64(all)) }
		}
		if err := s.run(ctx, o); err != nil {
			return err
		}
		done += len(s.points)
		p.Studies[f.Number] = s
		if p.Out == "" {
			continue
		}
		if err := f.write(filepath.Join(p.Out, f.Name), s); err != nil {
			return err
		}
		p.written(f.figure)
	}
	return nil
}

// write writes a figure and its table to files of that name.
func (f PolicyFigure) write(path string, s *policyStudy) error {
	if err := writeChart(path, f.Chart(s)); err != nil {
		return err
	}
	return outfile.Write(path+".csv", func(w io.Writer) error { return format.CSV(w, s.table()...) })
}

//go:embed policiespage.md
var policiesPage string

// policiesHeading begins the section of the page; the next heading of its level ends it.
const policiesHeading = "## Two published pictures, on a synthetic workload\n"

// policiesSection returns the section of the page about the figures of policies; empty where they were
// not simulated.
func policiesSection(studies Studies) (string, error) {
	if len(studies) == 0 {
		return "", nil
	}
	point := func(figure, line, at string) (policyPoint, error) {
		for _, p := range studies[figure].points {
			if p.Line == line && p.At == at {
				return p, nil
			}
		}
		return policyPoint{}, fmt.Errorf("no point %s of %s in %s", at, line, figure)
	}
	section, err := texttemplate.New("policies").Funcs(texttemplate.FuncMap{
		"heading": func() string { return policiesHeading },
		"p75": func(figure, line, at string) (string, error) {
			p, err := point(figure, line, at)
			return percent(p.P75.Mean), err
		},
		"cold": func(figure, line, at string) (string, error) {
			p, err := point(figure, line, at)
			return percent(p.Cold.Mean), err
		},
		"waste": func(figure, line, at string) (string, error) {
			p, err := point(figure, line, at)
			return percent(p.Waste.Mean), err
		},
		"slower": func(figure, line, at string) (string, error) {
			p, err := point(figure, line, at)
			return percent(p.Slower.Mean), err
		},
		"functions":    func() int { return syntheticFunctions },
		"replications": func() int { return policyReplications },
		"keepAlives":   func() string { return leftTable(keepAliveTable(studies["histogram"])) },
		"memories":     func() string { return leftTable(memoryTable(studies["greedy-dual"])) },
		"alt": func(number string) string {
			return policyFigures[slices.IndexFunc(policyFigures, func(f PolicyFigure) bool { return f.Number == number })].Alt
		},
	}).Parse(policiesPage)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = section.Execute(&text, nil)
	return text.String(), err
}

// percent writes a fraction.
func percent(x float64) string {
	if x < 0.1 {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// shownPercent writes an estimated fraction with its half-width.
func shownPercent(e stats.Estimate) string {
	shown := format.Show(e, platform.Probability)
	return shown.Mean + " % ± " + shown.HalfWidth
}

// keepAliveTable has a row for each policy.
func keepAliveTable(s *policyStudy) format.TextTable {
	t := format.TextTable{Heads: []string{"policy", "", "cold, function at 75 %", "cold, of all requests", "functions always cold", "wasted memory / that of 10 min"}}
	for _, p := range s.points {
		t.Rows = append(t.Rows, []string{p.Line, p.At, shownPercent(p.P75), shownPercent(p.Cold), shownPercent(p.Always), shownPercent(p.Waste)})
	}
	return t
}

// memoryTable has a row for each memory of the node, and two columns for each policy.
func memoryTable(s *policyStudy) format.TextTable {
	t := format.TextTable{Heads: []string{"node"}}
	rows := map[string][]string{}
	var order []string
	for _, line := range s.lines() {
		t.Heads = append(t.Heads, line+": cold", "start-ups / services")
	}
	for _, p := range s.points {
		if rows[p.At] == nil {
			rows[p.At] = []string{p.At}
			order = append(order, p.At)
		}
		rows[p.At] = append(rows[p.At], shownPercent(p.Cold), shownPercent(p.Slower))
	}
	for _, at := range order {
		t.Rows = append(t.Rows, rows[at])
	}
	return t
}

// WritePolicyFigures writes the figures that the page shows.
func WritePolicyFigures(directory string, studies Studies) error {
	for _, f := range policyFigures {
		path := filepath.Join(directory, "reproduction-"+f.Number+".svg")
		if err := outfile.Write(path, func(w io.Writer) error { return f.Chart(studies[f.Number]).Write(w, chart.SVG) }); err != nil {
			return err
		}
	}
	return nil
}
