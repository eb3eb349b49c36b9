package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/validate/thesis"
)

// fitWriters write what a fit found in each format.
var fitWriters = map[string]func(io.Writer, thesis.Fit) error{"text": writeFitText, "json": writeFitJSON, "csv": writeFitCSV}

// reproduceFit fits what the thesis leaves open of its machine to a measured load experiment.
func reproduceFit(c *cli.Context) error {
	write, err := format(c, fitWriters)
	if err != nil {
		return err
	}
	if c.Args().Present() || c.IsSet("out") || c.IsSet("page") || c.IsSet("max-requests") {
		return errors.New("--fit: it makes no figures and no steady states; leave out figures, --out, --page and --max-requests")
	}
	if !c.IsSet("measured") {
		return fmt.Errorf("--fit: it needs what was measured; want --measured DIR with %s.csv", thesis.FittedTo)
	}
	options := thesis.DefaultFit
	options.Seed, options.Workers = c.Uint64("seed"), c.Int("workers")
	if c.IsSet("runs") {
		options.Runs = c.Int("runs")
	}
	switch {
	case options.Runs < 1:
		return fmt.Errorf("--runs %d: want 1 or more", options.Runs)
	}
	all, err := readMeasuredDirectory(c.String("measured"))
	if err != nil {
		return err
	}
	found, ok := all[thesis.FittedTo]
	if !ok {
		return fmt.Errorf("--measured %s: found no %s.csv; want one, for --fit", c.String("measured"), thesis.FittedTo)
	}
	bar := newProgress(c.App.ErrWriter, "fitting")
	options.Progress = bar.set
	began := time.Now()
	fit, err := thesis.FitLoad(c.Context, ofThesis(found, "container"), options)
	bar.finish()
	if err != nil {
		if c.Context.Err() != nil {
			return &codedError{exitInterrupted, errors.New("interrupted: nothing is fitted yet")}
		}
		return err
	}
	var text bytes.Buffer
	if err := write(&text, fit); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d values tried in %s\n", fit.Tried, time.Since(began).Round(time.Second))
	return print(c.App.Writer, text.Bytes())
}

// ofThesis returns the rows by their only key, with the metrics of a platform.
func ofThesis(m measurements, platform string) thesis.Measured {
	rows := thesis.Measured{}
	for _, row := range m.rows {
		metrics := map[string]float64{}
		for name, v := range row.metrics {
			if bare, ok := strings.CutPrefix(name, platform+"."); ok {
				metrics[bare] = v
			}
		}
		if len(row.values) > 0 {
			rows[row.values[0]] = metrics
		}
	}
	return rows
}

func writeFitText(w io.Writer, f thesis.Fit) error {
	runs := "short runs"
	if f.Runs == 1 {
		runs = "short run"
	}
	fmt.Fprintf(w, "fitted to %s.csv, %d points, %d %s each: %d values tried for the least mean absolute relative error\n", thesis.FittedTo, f.Points, f.Runs, runs, f.Tried)
	t := &table{}
	t.add(left(""), right("fitted"), right("assumed"))
	for i, p := range thesis.Parameters {
		t.add(left(p.Key), right(shortNumber(f.Best[i])), right(shortNumber(thesis.Assumed[i])))
	}
	t.add(left("error, mean over metrics"), right(tenths(f.Errors.Mean())), right(tenths(f.Assumed.Mean())))
	for _, metric := range slices.Sorted(maps.Keys(f.Errors)) {
		t.add(left("  "+label(metric)), right(tenths(f.Errors[metric])), right(tenths(f.Assumed[metric])))
	}
	t.write(w, "  ")

	fmt.Fprintf(w, "\nhow flat it is: the error with yield (rows) and all_core_speed (columns) moved, startup_cpu %s\n", shortNumber(f.Best[2]))
	at := map[thesis.Choice]float64{}
	var yields, speeds, startups []float64
	for _, a := range f.Around {
		at[a.Choice] = a.Error
		if a.Choice[2] == f.Best[2] {
			yields, speeds = append(yields, a.Choice[0]), append(speeds, a.Choice[1])
		}
		if a.Choice[0] == f.Best[0] && a.Choice[1] == f.Best[1] {
			startups = append(startups, a.Choice[2])
		}
	}
	for _, x := range []*[]float64{&yields, &speeds, &startups} {
		slices.Sort(*x)
		*x = slices.Compact(*x)
	}
	grid := &table{}
	row := []cell{left("")}
	for _, speed := range speeds {
		row = append(row, right(shortNumber(speed)))
	}
	grid.add(row...)
	for _, yield := range yields {
		row := []cell{right(shortNumber(yield))}
		for _, speed := range speeds {
			row = append(row, right(tenths(at[thesis.Choice{yield, speed, f.Best[2]}])))
		}
		grid.add(row...)
	}
	grid.write(w, "  ")
	fmt.Fprintln(w, "\nand with startup_cpu moved alone")
	line := &table{}
	for _, startup := range startups {
		line.add(right(shortNumber(startup)), right(tenths(at[thesis.Choice{f.Best[0], f.Best[1], startup}])))
	}
	line.write(w, "  ")
	return nil
}

func shortNumber(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// tenths writes a fraction in per cent, with one decimal.
func tenths(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

func writeFitJSON(w io.Writer, f thesis.Fit) error {
	type trial struct {
		Values map[string]float64 `json:"values"`
		Error  float64            `json:"error"`
	}
	named := func(c thesis.Choice) map[string]float64 {
		values := map[string]float64{}
		for i, p := range thesis.Parameters {
			values[p.Key] = c[i]
		}
		return values
	}
	out := struct {
		Version  string             `json:"version"`
		FittedTo string             `json:"fitted_to"`
		Points   int                `json:"points"`
		Runs     int                `json:"runs"`
		Tried    int                `json:"tried"`
		Fitted   trial              `json:"fitted"`
		Errors   map[string]float64 `json:"errors"`
		Assumed  trial              `json:"assumed"`
		Around   []trial            `json:"around"`
	}{version, thesis.FittedTo, f.Points, f.Runs, f.Tried, trial{named(f.Best), f.Errors.Mean()}, f.Errors, trial{named(thesis.Assumed), f.Assumed.Mean()}, nil}
	for _, a := range f.Around {
		out.Around = append(out.Around, trial{named(a.Choice), a.Error})
	}
	return encode(w, out)
}

// writeFitCSV writes the fitted values first, then the grid around them, and the error of each.
func writeFitCSV(w io.Writer, f thesis.Fit) error {
	header := []string{}
	for _, p := range thesis.Parameters {
		header = append(header, p.Key)
	}
	rows := [][]string{append(header, "error")}
	for _, a := range append([]thesis.Trial{{Choice: f.Best, Error: f.Errors.Mean()}}, f.Around...) {
		var row []string
		for _, v := range a.Choice {
			row = append(row, number(v))
		}
		rows = append(rows, append(row, number(a.Error)))
	}
	return writeRows(w, rows...)
}
