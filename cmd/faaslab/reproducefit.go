package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/reproduction"
	"faaslab/validate/thesis"
)

// reproduceFit fits the parameters of the thesis' machine that the thesis does not state to a
// measured load experiment.
func reproduceFit(c *cli.Context) error {
	write, err := writerFor(c, reproduction.FitWriters)
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
	all, err := reproduction.ReadMeasured(c.String("measured"))
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
	fit, err := thesis.FitLoad(c.Context, reproduction.RowsByKey(found, "container"), options)
	bar.Finish()
	if err != nil {
		if c.Context.Err() != nil {
			return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: nothing is fitted yet")}
		}
		return err
	}
	var text bytes.Buffer
	if err := write(&text, fit); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d values tried in %s\n", fit.Tried, time.Since(began).Round(time.Second))
	return outfile.Print(c.App.Writer, text.Bytes())
}
