package main

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"faaslab/scenarios"
)

// writeCSV writes a header and one row. A value that does not exist is empty.
func writeCSV(w io.Writer, r *scenarios.Result) error {
	var header, row []string
	for _, name := range []string{scenarios.ContainerPlatform, scenarios.WasmPlatform} {
		p := r.Platforms[name]
		if p == nil {
			continue
		}
		for _, m := range p.Metrics {
			header = append(header, name+"."+m.Name, name+"."+m.Name+".half_width")
			row = append(row, cell(m.Mean), cell(m.HalfWidth))
		}
	}
	out := csv.NewWriter(w)
	if err := out.WriteAll([][]string{header, row}); err != nil {
		return err
	}
	return out.Error()
}

// cell writes a number with all its digits.
func cell(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
