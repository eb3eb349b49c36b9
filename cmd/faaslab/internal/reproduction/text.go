package reproduction

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
	texttemplate "text/template"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/validate/thesis"
)

// thesisVerdicts are the verdicts in the order of summaries.
var thesisVerdicts = []thesis.Verdict{thesis.Reproduced, thesis.Assuming, thesis.NotReproduced, thesis.Undecided}

// shownUnit is the unit in which a finding's numbers are written.
func shownUnit(u thesis.Unit) platform.Unit {
	switch u {
	case thesis.Fraction:
		return platform.Probability
	case thesis.Seconds:
		return platform.Seconds
	case thesis.Rate:
		return platform.PerSecond
	}
	return platform.Count
}

// foundText writes the simulated value of a finding with its interval or, where one run is judged,
// the range of such runs.
func foundText(f thesis.Finding) string {
	s := format.Show(f.Value, shownUnit(f.Unit))
	text := s.Mean
	if s.Unit != "" {
		text += " " + s.Unit
	}
	if s.HalfWidth != "" {
		text += " ± " + s.HalfWidth
	}
	if !math.IsNaN(f.RunLow) {
		text += "; one run: " + bound(f.RunLow, f) + " to " + bound(f.RunHigh, f)
	}
	return text
}

// replayedText writes the value in the replay; empty where nothing is replayed.
func replayedText(f thesis.Finding) string {
	if math.IsNaN(f.Replayed) {
		return ""
	}
	return bound(f.Replayed, f)
}

// wantedText writes the value that the statement claims.
func wantedText(f thesis.Finding) string {
	switch {
	case math.IsInf(f.High, 1):
		return "more than " + bound(f.Low, f)
	case math.IsInf(f.Low, -1):
		return "less than " + bound(f.High, f)
	case f.Low == f.High:
		return bound(f.Low, f)
	}
	return bound(f.Low, f) + " to " + bound(f.High, f)
}

// bound writes a number in the unit in which the finding's value is shown.
func bound(x float64, f thesis.Finding) string {
	scale := format.EstimateScale(f.Value, shownUnit(f.Unit))
	text := format.Minus(fmt.Sprintf("%.3g", x*scale.Factor))
	if scale.Unit != "" {
		text += " " + scale.Unit
	}
	return text
}

// reasonText returns the assumption of the verdict and its explanation.
func reasonText(f thesis.Finding) string {
	var parts []string
	if f.Assumption != "" {
		parts = append(parts, "Assumes "+f.Assumption+".")
	}
	if f.Why != "" {
		parts = append(parts, f.Why)
	}
	return strings.Join(parts, " ")
}

// verdictCounts counts the verdicts: 20 reproduced, 3 not reproduced.
func verdictCounts(findings []thesis.Finding) string {
	var parts []string
	for _, v := range thesisVerdicts {
		n := 0
		for _, f := range findings {
			if f.Verdict == v {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, "; ")
}

// WriteText writes what was reproduced, statement by statement.
func WriteText(w io.Writer, r *Result) error {
	if r.Out != "" {
		t := &format.Table{}
		for _, f := range r.Written {
			t.Add(format.Left(f.words()), format.Left(f.Caption), format.Left(f.Name+".svg .png .csv"))
		}
		fmt.Fprintf(w, "in %s, see index.html\n", r.Out)
		t.Write(w, "  ")
	}
	if len(r.Accuracy) > 0 {
		fmt.Fprintln(w, "\nmean absolute relative errors against what was measured")
		columns, rows := accuracyTable(r.Accuracy)
		t := &format.Table{}
		for _, row := range append([][]string{append([]string{"", ""}, columns...)}, rows...) {
			var cells []format.Cell
			for k, text := range row {
				if k < 2 {
					cells = append(cells, format.Left(text))
				} else {
					cells = append(cells, format.Right(text))
				}
			}
			t.Add(cells...)
		}
		t.Write(w, "  ")
	}
	if len(r.Findings) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%d statements of the thesis: %s\n", len(r.Findings), verdictCounts(r.Findings))
	for _, f := range r.Findings {
		fmt.Fprintf(w, "  %s: %s (%s)\n    %s: %s; stated: %s\n", f.Verdict, f.Statement, f.Where, f.Quantity, foundText(f), wantedText(f))
		if text := replayedText(f); text != "" {
			fmt.Fprintf(w, "    replayed: %s\n", text)
		}
	}
	return nil
}

// accuracyTable has a row for each series and each prediction of it, and a column for each measured
// metric. The first column of a row is empty where it repeats the row above.
func accuracyTable(all []thesis.Accuracy) (metrics []string, rows [][]string) {
	for _, name := range []string{platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.Idle, platform.Running, platform.RunningWarm, platform.RunningCold} {
		if slices.ContainsFunc(all, func(a thesis.Accuracy) bool {
			return len(a.Said) > 0 && !math.IsNaN(errorOf(a.Said[0], name))
		}) {
			metrics = append(metrics, name)
		}
	}
	for _, a := range all {
		title := fmt.Sprintf("%s, %d of %d points", seriesTitle(a.Series), a.Points, a.Of)
		for _, said := range a.Said {
			row := []string{title, said.By}
			switch {
			case (a.Series.Fitted || a.Series.Constant || a.Series.Replayed) && said.By != "simulation":
				continue // the models know neither cores nor constant times: they belong to the series itself
			case a.Series.Replayed && strings.HasSuffix(a.Series.Name, "_release"):
				row[1] = "own arrivals, busy " + dist.FormatDuration(thesis.Release.Seconds()) + " longer"
			case a.Series.Replayed:
				row[1] = "own arrivals, replayed"
			case a.Series.Clocked && !slices.Contains([]string{"simulation", "processor sharing"}, said.By):
				continue // the others know no cores
			case a.Series.Clocked:
				row[1] += ", rising clock"
			case a.Series.Fitted:
				row[1] += ", fitted"
			case a.Series.Constant:
				row[1] += ", constant service times"
			}
			for _, name := range metrics {
				text := format.Missing
				if e := errorOf(said, name); !math.IsNaN(e) {
					text = tenths(e)
				}
				row = append(row, text)
			}
			rows = append(rows, row)
		}
	}
	for i := len(rows) - 1; i > 0; i-- {
		if rows[i][0] == rows[i-1][0] {
			rows[i][0] = ""
		}
	}
	for i := range metrics {
		metrics[i] = words.Label(metrics[i])
	}
	return metrics, rows
}

// simulationError returns the error of the simulation of a series, as text.
func simulationError(all []thesis.Accuracy, series, metric string) string {
	for _, a := range all {
		if a.Series.Name == series && len(a.Said) > 0 {
			return tenths(errorOf(a.Said[0], metric))
		}
	}
	return format.Missing
}

// errorOf returns the error of a metric; NaN if there is none.
func errorOf(s thesis.Said, metric string) float64 {
	if e, ok := s.Errors[metric]; ok {
		return e
	}
	return math.NaN()
}

// seriesTitle describes a series in words.
func seriesTitle(s thesis.Series) string {
	platform, experiment := "OpenWhisk", "load"
	if s.Platform == "wasm" {
		platform = "Spin"
	}
	if s.Key == "container.keep_alive" {
		experiment = "keep-alive"
	}
	title := fmt.Sprintf("%s on %s, %s", s.Function, platform, experiment)
	if strings.HasSuffix(s.Name, "_measured") {
		title += ", service time as measured"
	}
	return title
}

// A findingJSON is a finding in JSON.
type findingJSON struct {
	Where      string         `json:"where"`
	Statement  string         `json:"statement"`
	Quantity   string         `json:"quantity"`
	Low        *float64       `json:"low"`
	High       *float64       `json:"high"`
	Value      stats.Estimate `json:"value"`
	RunLow     *float64       `json:"run_low"`
	RunHigh    *float64       `json:"run_high"`
	Replayed   *float64       `json:"replayed"`
	Verdict    thesis.Verdict `json:"verdict"`
	Assumption string         `json:"assumption"`
	Why        string         `json:"why"`
}

// A FigureJSON is a written figure in JSON.
type FigureJSON struct {
	Figure  string   `json:"figure"`
	Caption string   `json:"caption"`
	Files   []string `json:"files"`
}

// An errorsJSON has, in JSON, the errors of one prediction of a series against the measurements.
type errorsJSON struct {
	Series   string             `json:"series"`
	Points   int                `json:"points"`
	By       string             `json:"by"`
	Fitted   bool               `json:"fitted,omitempty"`
	Constant bool               `json:"constant_service_times,omitempty"`
	Replayed bool               `json:"replayed,omitempty"`
	Clocked  bool               `json:"rising_clock,omitempty"`
	Errors   map[string]float64 `json:"errors"`
}

func errorsOf(accuracy []thesis.Accuracy) (all []errorsJSON) {
	for _, a := range accuracy {
		for _, said := range a.Said {
			all = append(all, errorsJSON{a.Series.Name, a.Points, said.By, a.Series.Fitted, a.Series.Constant, a.Series.Replayed, a.Series.Clocked, said.Errors})
		}
	}
	return all
}

// WriteJSON writes the results of a reproduction as JSON.
func WriteJSON(w io.Writer, r *Result) error {
	all := struct {
		Version  string        `json:"version"`
		Figures  []FigureJSON  `json:"figures"`
		Findings []findingJSON `json:"findings"`
		Errors   []errorsJSON  `json:"errors,omitempty"`
	}{words.Version, []FigureJSON{}, []findingJSON{}, errorsOf(r.Accuracy)}
	for _, f := range r.Written {
		all.Figures = append(all.Figures, FigureJSON{f.Number, f.Caption, []string{f.Name + ".svg", f.Name + ".png", f.Name + ".csv"}})
	}
	for _, f := range r.Findings {
		all.Findings = append(all.Findings, findingJSON{f.Where, f.Statement, f.Quantity, format.Finite(f.Low), format.Finite(f.High), f.Value,
			format.Finite(f.RunLow), format.Finite(f.RunHigh), format.Finite(f.Replayed), f.Verdict, f.Assumption, f.Why})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

// WriteCSV writes a row a statement.
func WriteCSV(w io.Writer, r *Result) error {
	rows := [][]string{{"where", "statement", "quantity", "low", "high", "value", "half_width", "run_low", "run_high", "verdict", "assumption", "why", "replayed"}}
	for _, f := range r.Findings {
		rows = append(rows, []string{f.Where, f.Statement, f.Quantity, format.Number(f.Low), format.Number(f.High), format.Number(f.Value.Mean), format.Number(f.Value.HalfWidth),
			format.Number(f.RunLow), format.Number(f.RunHigh), string(f.Verdict), f.Assumption, f.Why, format.Number(f.Replayed)})
	}
	return format.CSV(w, rows...)
}

//go:embed reproductionindex.html
var reproductionIndex string

// WriteIndex writes the page beside the figures. It has no script and loads nothing but the
// figures.
func WriteIndex(w io.Writer, r *Result) error {
	var figures, policies []figure
	for _, f := range r.Written {
		if f.ofThesis() {
			figures = append(figures, f)
		} else {
			policies = append(policies, f)
		}
	}
	t, err := template.New("index").Funcs(template.FuncMap{
		"found": foundText, "replayed": replayedText, "wanted": wantedText, "reason": reasonText, "counts": verdictCounts,
	}).Parse(reproductionIndex)
	if err != nil {
		return err
	}
	shown := map[string]any{"Figures": figures, "Policies": policies, "Synthetic": syntheticNote, "Findings": r.Findings, "Version": words.Version}
	if len(r.Accuracy) > 0 {
		columns, rows := accuracyTable(r.Accuracy)
		shown["Accuracy"] = map[string]any{"Columns": columns, "Rows": rows, "Width": len(columns) + 1}
	}
	return t.Execute(w, shown)
}

// altText describes a figure in words.
func altText(f thesis.Figure) string {
	var panels []string
	for _, p := range f.Panels {
		what := p.Title
		if what == "" {
			what = words.MetricAxis(p.Metric)
		}
		if !slices.Contains(panels, what) {
			panels = append(panels, what)
		}
	}
	return fmt.Sprintf("%s over the %s: %s", f.Caption, words.KeyWords(f.Panels[0].Key), strings.Join(panels, ", "))
}

//go:embed reproductionpage.md
var reproductionPage string

// WritePage writes docs/reproduction.md.
func WritePage(w io.Writer, r *Result) error {
	findings := r.Findings
	policies, err := policiesSection(r.Studies)
	if err != nil {
		return err
	}
	page, err := texttemplate.New("reproduction").Funcs(texttemplate.FuncMap{
		"counts": func() string { return verdictCounts(findings) },
		"number": func() int { return len(findings) },
		"findings": func() string {
			t := format.TextTable{Heads: []string{"the thesis says", "section", "number that decides", "stated", "simulated", "replayed", "verdict", "why"}}
			for _, f := range findings {
				t.Rows = append(t.Rows, findingRow(f))
			}
			return leftTable(t)
		},
		"accuracy":       func() string { return accuracyMarkdown(r.Accuracy) },
		"fitted":         func() string { return choiceText(thesis.Fitted) },
		"fittedCapacity": func() string { return shortNumber(thesis.FittedCapacity()) },
		"assumed":        func() string { return choiceText(thesis.Assumed) },
		"dispatch":       func() string { return thesis.DispatchWords },
		"options":        func() thesis.Options { return thesis.DefaultOptions },
		"release":        func() string { return dist.FormatDuration(thesis.Release.Seconds()) },
		"slow":           func() string { return dist.FormatDuration(thesis.SlowCore.Seconds()) },
		"clock":          func() string { return shortNumber(thesis.RisingClock) },
		"policies":       func() string { return policies },
		"error":          func(series, metric string) string { return simulationError(r.Accuracy, series, metric) },
	}).Parse(reproductionPage)
	if err != nil {
		return err
	}
	return page.Execute(w, nil)
}

// choiceText writes the fitted parameters as keys and values.
func choiceText(c thesis.Choice) string {
	var parts []string
	for i, p := range thesis.Parameters {
		parts = append(parts, fmt.Sprintf("`%s` %s", p.Key, shortNumber(c[i])))
	}
	return strings.Join(parts, ", ")
}

// accuracyMarkdown returns the table of errors with a row for each prediction; empty without
// measurements.
func accuracyMarkdown(all []thesis.Accuracy) string {
	if len(all) == 0 {
		return ""
	}
	columns, rows := accuracyTable(all)
	return leftTable(format.TextTable{Heads: append([]string{"measured", "against"}, columns...), Rows: rows})
}

// findingRow returns a finding's row of the page.
func findingRow(f thesis.Finding) []string {
	return []string{f.Statement, f.Where, f.Quantity, wantedText(f), foundText(f), replayedText(f), "**" + string(f.Verdict) + "**", reasonText(f)}
}

// leftTable writes a table of words as markdown.
func leftTable(t format.TextTable) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(t.Heads, " | "), strings.Repeat("---|", len(t.Heads)))
	for _, row := range t.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}
