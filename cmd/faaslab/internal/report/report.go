package report

import (
	"fmt"
	"io"

	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/validate"
)

// Writers write a result, by format.
var Writers = map[string]func(io.Writer, *Report) error{
	"text":    writeText,
	"json":    writeJSON,
	"csv":     writeCSV,
	"parquet": writeParquet,
	"latex":   writeLatex,
}

// A Report is a result with the models and measurements beside it.
type Report struct {
	*scenarios.Result
	Models []validate.Solved
	// Measured has the rows that hold for the scenario, assigned to platforms (measured.At).
	Measured measured.Measurements
	Notes    []string
}

// besideOf returns what stands beside the simulation of a platform, in the form of a model: the
// measurements, and the models.
func besideOf(r *Report, name string) []validate.Solved {
	return append(measuredOf(r, name), ModelsOf(name, r.Models)...)
}

// measuredOf returns the rows of measurements that have a metric of a platform.
func measuredOf(r *Report, name string) (rows []validate.Solved) {
	for _, row := range r.Measured.Rows {
		var m validate.Solved
		m.Platform, m.Metrics = name, map[string]float64{}
		for _, metric := range words.MetricsOf(name) {
			if value, ok := row.Value(name, metric.Name); ok {
				m.Metrics[metric.Name] = value
			}
		}
		if len(m.Metrics) == 0 {
			continue
		}
		m.Name, m.Label = "measured", "measured"
		if len(rows) > 0 { // the file has several rows with these settings
			m.Name, m.Label = fmt.Sprintf("measured-%d", row.Line), fmt.Sprintf("measured, line %d", row.Line)
		}
		rows = append(rows, m)
	}
	return rows
}
