package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// LatexComment writes what a table of LaTeX is about, which the text has above it, as a comment. A
// table follows.
func LatexComment(w io.Writer, parts ...string) {
	for _, line := range strings.Split(strings.Join(parts, " · "), "\n") {
		fmt.Fprintf(w, "%% %s\n", line)
	}
}

// LatexTitle writes the first lines of a file with tables.
func LatexTitle(w io.Writer, title string) {
	LatexComment(w, title)
	LatexComment(w, "faaslab "+words.Version+": intervals of 95 %; in the preamble: "+format.LatexPackages)
}

// writeLatex writes the tables of writeText, without deviations, as LaTeX.
func writeLatex(w io.Writer, r *Report) error {
	LatexTitle(w, fmt.Sprintf("%s · %s · seed %d", r.Scenario.Name, format.Abridged(r.Scenario.Arrivals.String()), r.Scenario.Run.Seed))
	for _, p := range r.Platforms {
		name := p.Platform
		fmt.Fprintln(w)
		LatexComment(w, slices.Concat([]string{words.PlatformLabel(name)}, words.DescribePlatform(r.Scenario, name), words.Prices(r.Scenario, name), describeRun(r.Result, p))...)
		metrics, models := rowsOf(p, p.Metrics, besideOf(r, name))
		var t format.LatexTable
		t.Texts("")
		t.Units()
		t.Numbers("simulated", "")
		for _, m := range models {
			t.Numbers(m.Label, "")
		}
		for _, m := range metrics {
			shown := format.Show(m.Estimate, m.Unit)
			row := []string{words.Label(m.Name), shown.Unit, shown.Latex()}
			for _, model := range models {
				cell := ""
				if value, ok := model.Metrics[m.Name]; ok {
					cell = format.LatexNumber(format.Fixed(value * format.EstimateScale(m.Estimate, m.Unit).Factor))
				}
				row = append(row, cell)
			}
			t.Add(row...)
		}
		t.Write(w)
	}
	if r.Difference == nil {
		return nil
	}
	first, second := r.Platforms[0], r.Platforms[1]
	head := words.PlatformLabel(second.Platform) + " − " + words.PlatformLabel(first.Platform)
	fmt.Fprintln(w)
	LatexComment(w, head)
	var differences []scenarios.NamedEstimate
	for _, m := range second.Metrics {
		if d, ok := r.Difference[m.Name]; ok {
			m.Estimate = d
			differences = append(differences, m)
		}
	}
	differences, _ = rowsOf(second, differences, nil)
	var t format.LatexTable
	t.Texts("")
	t.Units()
	t.Numbers(head, "")
	for _, d := range differences {
		shown := format.ShowDifference(d.Estimate, d.Unit)
		t.Add(words.Label(d.Name), shown.Unit, shown.Latex())
	}
	t.Write(w)
	return nil
}

// writeComparisonLatex writes the tables of writeComparisonText as LaTeX. The numbers of a row have
// the unit of the largest.
func writeComparisonLatex(w io.Writer, c *scenarios.Comparison, percent bool) error {
	title := c.A.Scenario.Name
	if c.B.Scenario.Name != title {
		title = "A " + title + " · B " + c.B.Scenario.Name
	}
	LatexTitle(w, fmt.Sprintf("%s · seed %d, the same random streams", title, c.A.Scenario.Run.Seed))
	for _, change := range scenarios.Changes(c.A.Scenario, c.B.Scenario) {
		LatexComment(w, fmt.Sprintf("%s: %s → %s", change.Key, format.Abridged(change.A), format.Abridged(change.B)))
	}
	for _, p := range scenarios.Kinds() {
		if _, both := c.Differences[p.Name]; !both || c.Same(p.Name) {
			continue
		}
		fmt.Fprintln(w)
		LatexComment(w, slices.Concat([]string{p.Label}, describeRun(c.A, c.A.Platform(p.Name)))...)
		head, unit := "B − A", ""
		if percent {
			head, unit = "(B − A)/A", "%"
		}
		var t format.LatexTable
		t.Texts("")
		t.Units()
		t.Numbers("A", "")
		t.Numbers("B", "")
		t.Numbers(head, unit)
		t.Texts("")
		for _, d := range ComparedRows(c, p.Name) {
			scale := format.CommonScale([]stats.Estimate{d.A, d.B}, d.Unit)
			difference := format.ShowIn(d.Difference, scale)
			if percent {
				difference = format.Show(d.Relative, platform.Probability)
			}
			mark := ""
			if d.Significant {
				mark = "*"
			}
			t.Add(words.Label(d.Name), scale.Unit, format.ShowIn(d.A, scale).Latex(), format.ShowIn(d.B, scale).Latex(), difference.Latex(), mark)
		}
		t.Write(w)
	}
	return nil
}
