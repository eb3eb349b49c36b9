package report

import (
	"io"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/tables"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/validate"
)

// writeCSV writes a header and one row. A value that does not exist is empty.
func writeCSV(w io.Writer, r *Report) error { return format.CSV(w, csvOf(r)...) }

// writeParquet writes the row of writeCSV as Parquet.
func writeParquet(w io.Writer, r *Report) error { return tables.FromRows(w, csvOf(r), nil) }

func csvOf(r *Report) [][]string {
	var header, row []string
	for _, p := range r.Platforms {
		name := p.Platform
		for _, m := range p.Metrics {
			header = append(header, name+"."+m.Name, name+"."+m.Name+".half_width")
			row = append(row, format.Number(m.Mean), format.Number(m.HalfWidth))
		}
		modelHeader, modelRow := modelColumns(name, besideOf(r, name))
		header, row = append(header, modelHeader...), append(row, modelRow...)
	}
	return [][]string{header, row}
}

// modelColumns returns a column for each metric of each model, in the order of the platform's
// table of metrics.
func modelColumns(name string, models []validate.Solved) (header, row []string) {
	for _, model := range models {
		for _, m := range words.MetricsOf(name) {
			if value, ok := model.Metrics[m.Name]; ok {
				header = append(header, name+"."+model.Name+"."+m.Name)
				row = append(row, format.Number(value))
			}
		}
	}
	return header, row
}
