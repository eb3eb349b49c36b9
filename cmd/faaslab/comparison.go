package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// writeComparisonText writes what differs, and a table for each platform that both sides have.
// With percent the differences are relative to A.
func writeComparisonText(w io.Writer, c *scenarios.Comparison, percent bool) error {
	writeChanges(w, c)
	rows, marked := 0, false
	for _, p := range scenarios.Kinds() {
		_, both := c.Differences[p.Name]
		switch {
		case !both:
			continue
		case c.Same(p.Name):
			writeHeading(w, p.Label, []string{"the same on both sides"})
			continue
		}
		writeHeading(w, p.Label, describeRun(c.A, c.A.Platform(p.Name)))
		t := table{keys: 1}
		header := "B − A"
		if percent {
			header = "(B − A)/A"
		}
		t.add(left(""), over(3, "A"), over(3, "B"), over(3, header))
		for _, d := range comparedRows(c, p.Name) {
			difference := show(d.Difference, d.Unit)
			if d.Unit == platform.Probability && difference.unit != "" {
				difference.unit = "pp"
			}
			if percent {
				difference = show(d.Relative, platform.Probability)
			}
			row := []cell{left(label(d.Name))}
			for _, e := range []shown{show(d.A, d.Unit), show(d.B, d.Unit), difference} {
				row = append(row, e.cells()...)
			}
			mark := ""
			if d.Significant {
				mark, marked = "*", true
			}
			t.add(append(row, unit(mark))...)
			rows++
		}
		t.write(w, "  ")
	}
	if rows > 0 {
		fmt.Fprintln(w)
		writeParagraph(w, "", "  ", comparisonNote(c, rows, marked))
	}
	return nil
}

// comparedRows are the differences of a platform that the table shows: of what cannot happen on either side only what alone
// was asked for, and none where both sides are the same.
func comparedRows(c *scenarios.Comparison, name string) []scenarios.Difference {
	if c.Same(name) {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(c.Differences[name]), func(d scenarios.Difference) bool {
		return impossible(d.Metric, c.A.Platform(name)) && impossible(d.Metric, c.B.Platform(name))
	})
	if len(kept) == 0 {
		return c.Differences[name]
	}
	return kept
}

// comparisonNote says what the marks of a comparison with so many rows mean.
func comparisonNote(c *scenarios.Comparison, rows int, marked bool) string {
	if c.A.Replications == 1 {
		return "one replication of each: the differences are those of this one path, without an interval that would say what is significant"
	}
	if !marked {
		return "no difference is significant: every 95 % interval of B − A includes 0"
	}
	return fmt.Sprintf("* significant: the 95 %% interval of B − A excludes 0; by chance alone that happens to 5 %% of metrics that do not differ, of %d to %.2g",
		rows, float64(rows)*(1-stats.Confidence))
}

// cells returns the estimate's three columns.
func (s shown) cells() []cell {
	halfWidth := ""
	if s.halfWidth != "" {
		halfWidth = "± " + s.halfWidth
	}
	return []cell{right(s.mean), unit(s.unit), left(halfWidth)}
}

// writeChanges writes what both sides have in common, and what differs.
func writeChanges(w io.Writer, c *scenarios.Comparison) {
	a, b := c.A.Scenario, c.B.Scenario
	title := a.Name
	if b.Name != a.Name {
		title = fmt.Sprintf("A %s · B %s", a.Name, b.Name)
	}
	if a.Arrivals.String() == b.Arrivals.String() {
		title += " · " + abridged(a.Arrivals.String())
	}
	writeParagraph(w, "", "  ", fmt.Sprintf("%s · seed %d, the same random streams", title, a.Run.Seed))
	var t table
	for _, change := range scenarios.Changes(a, b) {
		if change.Key == "name" {
			continue // stands above
		}
		t.add(left(change.Key), left(cmp.Or(abridged(change.A), missing)+" → "+cmp.Or(abridged(change.B), missing)))
	}
	t.write(w, "  ")
}

// The JSON of a comparison, as the manual documents it.
type comparisonJSON struct {
	A          runJSON                              `json:"a"`
	B          runJSON                              `json:"b"`
	Difference map[string]map[string]differenceJSON `json:"difference"`
	// Percent is there if asked for.
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
	return encode(w, newComparisonJSON(c, percent))
}

func newComparisonJSON(c *scenarios.Comparison, percent bool) comparisonJSON {
	out := comparisonJSON{
		A: newRunJSON(&report{Result: c.A}), B: newRunJSON(&report{Result: c.B}),
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
			absolute[d.Name] = differenceJSON{finite(d.Difference.Mean), finite(d.Difference.HalfWidth), d.Significant}
			relative[d.Name] = differenceJSON{finite(100 * d.Relative.Mean), finite(100 * d.Relative.HalfWidth), d.Significant}
		}
		out.Difference[name] = absolute
		if percent {
			out.Percent[name] = relative
		}
	}
	return out
}

// writeComparisonCSV writes a header and one row a platform and metric. A value that does not exist is empty.
func writeComparisonCSV(w io.Writer, c *scenarios.Comparison, percent bool) error {
	header := []string{"platform", "metric", "a", "a.half_width", "b", "b.half_width", "difference", "difference.half_width"}
	if percent {
		header = append(header, "difference.percent", "difference.percent.half_width")
	}
	rows := [][]string{append(header, "significant")}
	for _, name := range scenarios.KindNames() {
		for _, d := range c.Differences[name] {
			row := []string{name, d.Name}
			for _, e := range []stats.Estimate{d.A, d.B, d.Difference} {
				row = append(row, number(e.Mean), number(e.HalfWidth))
			}
			if percent {
				row = append(row, number(100*d.Relative.Mean), number(100*d.Relative.HalfWidth))
			}
			rows = append(rows, append(row, strconv.FormatBool(d.Significant)))
		}
	}
	return writeRows(w, rows...)
}
