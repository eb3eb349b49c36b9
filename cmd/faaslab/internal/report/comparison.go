package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/tables"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// writeComparisonText writes the settings that differ, and a table for each platform that both
// sides have. With percent the differences are relative to A.
func writeComparisonText(w io.Writer, c *scenarios.Comparison, percent bool) error {
	writeChanges(w, c)
	rows, marked := 0, false
	for _, p := range scenarios.Kinds() {
		_, both := c.Differences[p.Name]
		switch {
		case !both:
			continue
		case c.Same(p.Name):
			words.Heading(w, p.Label, []string{"the same on both sides"})
			continue
		}
		words.Heading(w, p.Label, describeRun(c.A, c.A.Platform(p.Name)))
		t := format.Table{Keys: 1}
		header := "B − A"
		if percent {
			header = "(B − A)/A"
		}
		t.Add(format.Left(""), format.Over(3, "A"), format.Over(3, "B"), format.Over(3, header))
		for _, d := range ComparedRows(c, p.Name) {
			difference := format.ShowDifference(d.Difference, d.Unit)
			if percent {
				difference = format.Show(d.Relative, platform.Probability)
			}
			row := []format.Cell{format.Left(words.Label(d.Name))}
			for _, e := range []format.Shown{format.Show(d.A, d.Unit), format.Show(d.B, d.Unit), difference} {
				row = append(row, e.Cells()...)
			}
			mark := ""
			if d.Significant {
				mark, marked = "*", true
			}
			t.Add(append(row, format.Unit(mark))...)
			rows++
		}
		t.Write(w, "  ")
	}
	if rows > 0 {
		fmt.Fprintln(w)
		format.Paragraph(w, "", "  ", ComparisonNote(c, rows, marked))
	}
	if answer := scalingAnswer(c); answer != "" {
		fmt.Fprintln(w)
		format.Paragraph(w, "", "  ", answer)
	}
	words.Notes(w, comparisonNotes(c))
	return nil
}

// comparisonNotes returns the notes on both scenarios, with the side that they are about.
func comparisonNotes(c *scenarios.Comparison) (notes []string) {
	a, b := c.A.Scenario.Notes(), c.B.Scenario.Notes()
	for _, note := range a {
		side := "A"
		if slices.Contains(b, note) {
			side = "A and B"
		}
		notes = append(notes, side+": "+note)
	}
	for _, note := range b {
		if !slices.Contains(a, note) {
			notes = append(notes, "B: "+note)
		}
	}
	return notes
}

// scalingAnswer says what an autoscaler on one side alone does to the tail of the responses, and to the
// instances that are paid for without a request; empty: there is none, or both have one.
func scalingAnswer(c *scenarios.Comparison) string {
	const name = scenarios.ContainerPlatform
	if (c.A.Scenario.Serving.Scaling != nil) == (c.B.Scenario.Serving.Scaling != nil) || c.A.Replications < 2 || c.Same(name) {
		return ""
	}
	var parts []string
	for _, part := range []struct{ metric, what string }{{platform.ResponseTimeP95, "95 % of the responses take at most"}, {platform.ResponseTimeP99, "99 % at most"}, {platform.Idle, "idle instances are"}, {platform.Instances, "and all instances"}} {
		i := slices.IndexFunc(c.Differences[name], func(d scenarios.Difference) bool { return d.Name == part.metric })
		if i < 0 {
			continue
		}
		d := c.Differences[name][i]
		a, b := format.Show(d.A, d.Unit), format.Show(d.B, d.Unit)
		text := fmt.Sprintf("%s %s in place of %s", part.what, format.WithUnit(b.Mean, b.Unit), format.WithUnit(a.Mean, a.Unit))
		switch change := d.Relative.Mean; {
		case !d.Significant:
			text += " (which may be chance)"
		case change > 0:
			text += fmt.Sprintf(" (%.2g %% more)", 100*change)
		case change < 0:
			text += fmt.Sprintf(" (%.2g %% less)", -100*change)
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return ""
	}
	return "B compared with A: " + strings.Join(parts, ", ") + "."
}

// ComparedRows returns the differences of a platform that the table shows. It has no row where both
// sides are the same; metrics that are impossible on both sides are left out, unless only such
// metrics were asked for.
func ComparedRows(c *scenarios.Comparison, name string) []scenarios.Difference {
	if c.Same(name) {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(c.Differences[name]), func(d scenarios.Difference) bool {
		return Impossible(d.Metric, c.A.Platform(name)) && Impossible(d.Metric, c.B.Platform(name))
	})
	if len(kept) == 0 {
		return c.Differences[name]
	}
	return kept
}

// ComparisonNote explains the marks of a comparison with the given number of rows.
func ComparisonNote(c *scenarios.Comparison, rows int, marked bool) string {
	if c.A.Replications == 1 {
		return "one replication of each: the differences are those of this one path, without an interval that would say what is significant"
	}
	if !marked {
		return "no difference is significant: every 95 % interval of B − A includes 0"
	}
	return fmt.Sprintf("* significant: the 95 %% interval of B − A excludes 0; by chance alone that happens to 5 %% of metrics that do not differ, of %d to %.2g",
		rows, float64(rows)*(1-stats.Confidence))
}

// writeChanges writes the common settings of both sides, and the settings that differ.
func writeChanges(w io.Writer, c *scenarios.Comparison) {
	a, b := c.A.Scenario, c.B.Scenario
	title := a.Name
	if b.Name != a.Name {
		title = fmt.Sprintf("A %s · B %s", a.Name, b.Name)
	}
	if a.Arrivals.String() == b.Arrivals.String() {
		title += " · " + format.Abridged(a.Arrivals.String())
	}
	format.Paragraph(w, "", "  ", fmt.Sprintf("%s · seed %d, the same random streams", title, a.Run.Seed))
	changes := slices.DeleteFunc(scenarios.Changes(a, b), func(c scenarios.Change) bool { return c.Key == "name" }) // stands above
	keys := 0
	for _, change := range changes {
		keys = max(keys, format.Width(change.Key))
	}
	for _, change := range changes {
		format.ParagraphBehind(w, fmt.Sprintf("  %-*s  ", keys, change.Key), "  ",
			cmp.Or(format.Abridged(change.A), format.Missing)+" → "+cmp.Or(format.Abridged(change.B), format.Missing))
	}
}

// ComparisonJSON is the JSON of a comparison, as the manual documents it.
type ComparisonJSON struct {
	A          RunJSON                              `json:"a"`
	B          RunJSON                              `json:"b"`
	Difference map[string]map[string]differenceJSON `json:"difference"`
	// Percent is set if requested.
	Percent  map[string]map[string]differenceJSON `json:"difference_percent,omitempty"`
	Warnings []string                             `json:"warnings"`
}

type differenceJSON struct {
	Mean        *float64 `json:"mean"`
	HalfWidth   *float64 `json:"half_width"`
	Significant bool     `json:"significant"`
}

// writeComparisonJSON writes one line of JSON.
func writeComparisonJSON(w io.Writer, c *scenarios.Comparison, percent bool) error {
	return format.JSON(w, NewComparisonJSON(c, percent))
}

// NewComparisonJSON returns a comparison as JSON has it: both sides, and their differences.
func NewComparisonJSON(c *scenarios.Comparison, percent bool) ComparisonJSON {
	out := ComparisonJSON{
		A: NewRunJSON(&Report{Result: c.A, Notes: c.A.Scenario.Notes()}), B: NewRunJSON(&Report{Result: c.B, Notes: c.B.Scenario.Notes()}),
		Difference: map[string]map[string]differenceJSON{}, Warnings: c.Warnings,
	}
	if out.Warnings == nil {
		out.Warnings = []string{}
	}
	if percent {
		out.Percent = map[string]map[string]differenceJSON{}
	}
	for name, differences := range c.Differences {
		absolute, relative := map[string]differenceJSON{}, map[string]differenceJSON{}
		for _, d := range differences {
			absolute[d.Name] = differenceJSON{format.Finite(d.Difference.Mean), format.Finite(d.Difference.HalfWidth), d.Significant}
			relative[d.Name] = differenceJSON{format.Finite(100 * d.Relative.Mean), format.Finite(100 * d.Relative.HalfWidth), d.Significant}
		}
		out.Difference[name] = absolute
		if percent {
			out.Percent[name] = relative
		}
	}
	return out
}

// writeComparisonCSV writes a header and one row per platform and metric. A value that does not
// exist is empty.
func writeComparisonCSV(w io.Writer, c *scenarios.Comparison, percent bool) error {
	return format.CSV(w, comparisonCSV(c, percent)...)
}

// writeComparisonParquet writes the rows of writeComparisonCSV as Parquet.
func writeComparisonParquet(w io.Writer, c *scenarios.Comparison, percent bool) error {
	return tables.FromRows(w, comparisonCSV(c, percent), map[string]tables.Type{"platform": tables.Text, "metric": tables.Text, "significant": tables.Truth})
}

func comparisonCSV(c *scenarios.Comparison, percent bool) [][]string {
	header := []string{"platform", "metric", "a", "a.half_width", "b", "b.half_width", "difference", "difference.half_width"}
	if percent {
		header = append(header, "difference.percent", "difference.percent.half_width")
	}
	rows := [][]string{append(header, "significant")}
	for _, name := range scenarios.KindNames() {
		for _, d := range c.Differences[name] {
			row := []string{name, d.Name}
			for _, e := range []stats.Estimate{d.A, d.B, d.Difference} {
				row = append(row, format.Number(e.Mean), format.Number(e.HalfWidth))
			}
			if percent {
				row = append(row, format.Number(100*d.Relative.Mean), format.Number(100*d.Relative.HalfWidth))
			}
			rows = append(rows, append(row, strconv.FormatBool(d.Significant)))
		}
	}
	return rows
}
