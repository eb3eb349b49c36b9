package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

// ComparisonWriters write a comparison, by format.
var ComparisonWriters = map[string]func(w io.Writer, c *scenarios.Comparison, percent bool) error{
	"text":    writeComparisonText,
	"json":    writeComparisonJSON,
	"csv":     writeComparisonCSV,
	"parquet": writeComparisonParquet,
	"latex":   writeComparisonLatex,
}

// ChartOfComparison draws the differences of the platforms that differ between the sides.
func ChartOfComparison(r *scenarios.Comparison) chart.Chart {
	var differences []ChartDifference
	for _, name := range scenarios.KindNames() {
		if r.Same(name) {
			continue
		}
		for _, d := range r.Differences[name] {
			differences = append(differences, ChartDifference{Platform: name, Metric: d.Name, A: d.A.Mean, Difference: d.Difference, Relative: d.Relative})
		}
	}
	title := r.A.Scenario.Name
	if r.B.Scenario.Name != title {
		title = fmt.Sprintf("A: %s, B: %s", title, r.B.Scenario.Name)
	}
	var subtitle []string
	for _, change := range scenarios.Changes(r.A.Scenario, r.B.Scenario) {
		if change.Key != "name" && change.Key != "description" {
			subtitle = append(subtitle, fmt.Sprintf("%s: %s → %s", change.Key, cmp.Or(format.Abridged(change.A), format.Missing), cmp.Or(format.Abridged(change.B), format.Missing)))
		}
	}
	subtitle = append(subtitle, fmt.Sprintf("%d replications of both sides on the same random streams · seed %d", r.A.Replications, r.A.Scenario.Run.Seed))
	ch := ComparisonChart(title, subtitle, "A", "B", differences)
	var cold []chart.Series
	for _, name := range scenarios.KindNames() {
		if r.Same(name) || !slices.ContainsFunc(r.Differences[name], func(d scenarios.Difference) bool { return strings.HasPrefix(d.Name, coldMetrics) }) {
			continue
		}
		for i, side := range []*scenarios.Result{r.A, r.B} {
			if p := side.Platform(name); p != nil {
				cold = append(cold, NewColdCurve(p).series(chart.Series{Name: string(rune('A' + i)), Group: i + 1}))
			}
		}
	}
	if cold != nil {
		p := coldPanel(cold)
		p.Wide = true
		ch.Panels = append([]chart.Panel{p}, ch.Panels...)
	}
	return ch
}
