package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
)

// withSketch returns a context in which the commands write the figure of --plot to w, and not to a
// file.
func withSketch(ctx context.Context, w io.Writer) context.Context {
	return context.WithValue(ctx, sketchKey{}, w)
}

type sketchKey struct{}

// plotOf returns the figure that --plot requests; nil if it requests none. It returns an error if the
// file cannot be written, which is better found before a long computation.
func plotOf(c *cli.Context) (*chart.File, error) {
	if !c.IsSet("plot") {
		if c.IsSet("plot-size") {
			return nil, errors.New("--plot-size: found no --plot; want the file of the figure")
		}
		return nil, nil
	}
	p := &chart.File{Path: c.String("plot")}
	p.Format = chart.Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(p.Path), ".")))
	if p.Format != chart.SVG && p.Format != chart.PNG && p.Format != chart.PDF {
		return nil, fmt.Errorf("--plot %s: want a file that ends in .svg, .png or .pdf", p.Path)
	}
	if c.IsSet("plot-size") {
		var err error
		if p.Size, err = chart.ParseSize(c.String("plot-size")); err != nil {
			return nil, fmt.Errorf("--plot-size %w", err)
		}
	}
	if p.Sketch, _ = c.Context.Value(sketchKey{}).(io.Writer); p.Sketch == nil {
		if err := checkPlotFile(p.Path); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// measurementsOf returns the measurements of --measured; none if it is not given.
func measurementsOf(c *cli.Context) (measured.Measurements, error) {
	switch {
	case !c.IsSet("measured") && c.IsSet("measured-columns"):
		return measured.Measurements{}, errors.New("--measured-columns: found no --measured; want the file whose columns they are")
	case !c.IsSet("measured"):
		return measured.Measurements{}, nil
	}
	return measured.Read(c.String("measured"), c.String("measured-columns"))
}

// checkPlotFile returns an error unless a file with that name can be written.
func checkPlotFile(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("--plot %s: found a directory; want a file", path)
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return fmt.Errorf("--plot %s: cannot be written: %w", path, err)
	}
	return nil
}
