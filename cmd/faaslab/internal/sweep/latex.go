package sweep

import (
	"fmt"
	"math"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/sim/stats"
)

// A latexTable collects points and writes the tables of a sweepTable as LaTeX. All numbers of a column
// have one unit.
type latexTable struct{ sweepTable }

// Finish writes a table for each platform.
func (t *latexTable) Finish(interrupted bool) error {
	text := format.NewPage(t.w)
	report.LatexTitle(text, fmt.Sprintf("%s · seed %d", t.plan.Title(), t.plan.Base.Run.Seed))
	for _, name := range t.plan.Base.Platforms() {
		columns := t.Columns(name)
		if len(columns) == 0 {
			continue
		}
		fmt.Fprintln(text)
		points := fmt.Sprintf("%d %s", len(t.points), format.Plural(len(t.points), "point"))
		if interrupted {
			points = fmt.Sprintf("interrupted: %d of %d points", len(t.points), t.plan.Shard.Points(t.plan.Grid.Len()))
		}
		report.LatexComment(text, words.PlatformLabel(name), points)
		t.table(columns).Write(text)
	}
	return outfile.Print(t.w, text.Bytes())
}

func (t *latexTable) table(columns []Column) *format.LatexTable {
	table := new(format.LatexTable)
	for _, a := range t.plan.Grid {
		plain := true
		for _, value := range a.Values {
			plain = plain && format.IsLatexNumber(value)
		}
		if plain {
			table.Numbers(a.Key, "")
		} else {
			table.Texts(a.Key)
		}
	}
	estimates := make([][]stats.Estimate, len(columns))
	scales := make([]format.Scale, len(columns))
	for i, c := range columns {
		for _, p := range t.points {
			estimates[i] = append(estimates[i], c.estimate(p))
		}
		scales[i] = format.CommonScale(estimates[i], c.metric.Unit)
		table.Numbers(c.metric.Label(), scales[i].Unit)
	}
	for n, p := range t.points {
		var row []string
		for _, o := range t.plan.Grid.Point(p.Number) {
			row = append(row, o.Value)
		}
		for i := range columns {
			row = append(row, format.ShowIn(estimates[i][n], scales[i]).Latex())
		}
		table.Add(row...)
	}
	return table
}

// estimate returns the column's metric of a point; without a value if the point has none.
func (c Column) estimate(p *Point) stats.Estimate {
	e := stats.Estimate{Mean: math.NaN()}
	if p.Result != nil && p.Result.Platform(c.platform) != nil {
		e, _ = p.Result.Platform(c.platform).Metric(c.metric.Name)
	}
	return e
}
