package main

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// writeCSV writes a header and one row. A value that does not exist is empty.
func writeCSV(w io.Writer, r *report) error {
	var header, row []string
	for _, p := range r.Platforms {
		name := p.Platform
		for _, m := range p.Metrics {
			header = append(header, name+"."+m.Name, name+"."+m.Name+".half_width")
			row = append(row, number(m.Mean), number(m.HalfWidth))
		}
		modelHeader, modelRow := modelColumns(name, of(name, r.models))
		header, row = append(header, modelHeader...), append(row, modelRow...)
	}
	return writeRows(w, header, row)
}

// modelColumns returns a column for each metric of each model, in the order of the platform's
// table of metrics.
func modelColumns(name string, models []solvedModel) (header, row []string) {
	for _, model := range models {
		for _, m := range metricsOf(name) {
			if value, ok := model.Metrics[m.Name]; ok {
				header = append(header, name+"."+model.Name+"."+m.Name)
				row = append(row, number(value))
			}
		}
	}
	return header, row
}

func writeRows(w io.Writer, rows ...[]string) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

// number writes a number with all its digits.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
