package trustpage

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/validate/trust"
)

// A Result is the result of the command validate trust.
type Result struct {
	Map  *trust.Map
	Laws []trust.LawShift // nil: not simulated
	// Scaling sets the model of an autoscaler beside its simulation; nil: not simulated.
	Scaling []trust.ScalingPoint
}

// WritePage writes the page, its figures and its tables, all from the numbers in the tables.
func WritePage(page string, r Result) error {
	var points, laws, scaling bytes.Buffer
	if err := errors.Join(WriteCSV(&points, r), writeLawsCSV(&laws, r.Laws), writeScalingCSV(&scaling, r.Scaling)); err != nil {
		return err
	}
	r, err := read(&points, &laws, &scaling)
	if err != nil {
		return err
	}
	if err := WriteFiles(FiguresBeside(page), r, chart.SVG); err != nil {
		return err
	}
	return outfile.Write(page, func(w io.Writer) error { return writePage(w, r) })
}

// FiguresBeside returns the directory of a page's figures.
func FiguresBeside(page string) string {
	if page == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(page), "figures")
}

// SpreadOver returns at most n values, evenly spread from the first to the last; n >= 2.
func SpreadOver[V any](values []V, n int) []V {
	if n >= len(values) {
		return values
	}
	chosen := make([]V, n)
	for i := range chosen {
		chosen[i] = values[i*(len(values)-1)/(n-1)]
	}
	return chosen
}

// WriteFiles writes the tables and the figures to a directory.
func WriteFiles(directory string, r Result, formats ...chart.Format) error {
	if err := outfile.Write(filepath.Join(directory, "trust.csv"), func(w io.Writer) error { return WriteCSV(w, r) }); err != nil {
		return err
	}
	if r.Laws != nil {
		if err := outfile.Write(filepath.Join(directory, "trust-distributions.csv"), func(w io.Writer) error { return writeLawsCSV(w, r.Laws) }); err != nil {
			return err
		}
	}
	if r.Scaling != nil {
		if err := outfile.Write(filepath.Join(directory, "trust-scaling.csv"), func(w io.Writer) error { return writeScalingCSV(w, r.Scaling) }); err != nil {
			return err
		}
	}
	for _, figure := range figures() {
		for _, format := range formats {
			path := filepath.Join(directory, figure.name+"."+string(format))
			if err := outfile.Write(path, func(w io.Writer) error { return figure.Write(w, r.Map, format) }); err != nil {
				return err
			}
		}
	}
	return nil
}
