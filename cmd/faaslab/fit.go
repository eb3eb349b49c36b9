package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/fitting"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/scenarios"
	"faaslab/scenarios/calibrate"
)

func fitCommand() *cli.Command {
	return &cli.Command{
		Name:      "fit",
		Usage:     "find the values nearest to what was measured",
		ArgsUsage: "[SCENARIO]",
		Description: "faaslab fit float --vary container.warm.mean=500ms..5s --measured FILE finds\n" +
			"the mean service time with which the simulation is nearest to what was\n" +
			"measured, and the region of values that chance does not tell from it. Up to\n" +
			"three --vary are fitted together. Each row of FILE, which is CSV, has metrics\n" +
			"and may set keys.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "vary", Aliases: []string{"v"}, Usage: "the `KEY=FROM..TO` to find a value of; may be repeated"},
			&cli.StringFlag{Name: "measured", Aliases: []string{"m"}, Usage: "what was measured: a CSV `FILE` with columns named as keys, which a row sets, and as metrics, with half-widths as response_time.half_width"},
			measuredColumnsFlag(),
			&cli.StringFlag{Name: "metrics", Usage: "fit no metrics but a `LIST` of those measured, such as response_time,container.idle", DefaultText: "all"},
			&cli.StringFlag{Name: "holdout", Usage: "fit without some rows, and show the error there: a share of them such as 30%, or the `NAME` in a column function"},
			setFlag(),
			formatFlag(),
			plotFlag(),
			plotSizeFlag(),
			workersFlag("replications to run"),
		},
		BashComplete: completeScenario,
		Action:       fit,
	}
}

func fit(c *cli.Context) error {
	write, err := writerFor(c, fitting.Writers)
	if err != nil {
		return err
	}
	plan, err := planFit(c)
	if err != nil {
		return err
	}
	plot, err := plotOf(c)
	if err != nil {
		return err
	}
	if plot != nil && filepath.Clean(plot.Path) == filepath.Clean(plan.Measured.File) {
		return fmt.Errorf("--plot %s: that is the file of --measured, too; want another", plot.Path)
	}
	bar := newProgress(c.App.ErrWriter, "fitting")
	began := time.Now()
	found, err := plan.Run(c.Context, simulationOptions(c), bar.set)
	bar.Finish()
	switch {
	case errors.As(err, new(*calibrate.BrokenError)):
		return &exit.Error{Code: exit.CheckFailed, Err: fmt.Errorf("an error of the simulator, please report it: %w", err)}
	case err != nil && c.Context.Err() != nil:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any value was tried: there is nothing to show")}
	case err != nil:
		return fmt.Errorf("--vary: %w", err)
	}
	for _, warning := range plan.Warnings {
		format.Warn(c.App.ErrWriter, warning)
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, found); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d values tried in %s\n", len(found.Trials), time.Since(began).Round(time.Millisecond))
	if plot != nil {
		if err := plot.Write(found.Chart()); err != nil {
			return err
		}
	}
	if found.Interrupted {
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: the results are of the values tried before")}
	}
	return nil
}

// planFit reads the command line.
func planFit(c *cli.Context) (*fitting.Plan, error) {
	if c.NArg() > 1 {
		return nil, fmt.Errorf("found %d scenarios (%q, %q …); want one", c.NArg(), c.Args().Get(0), c.Args().Get(1))
	}
	p := &fitting.Plan{File: c.Args().First(), HoldOut: c.String("holdout")}
	for _, text := range c.StringSlice("vary") {
		r, err := scenarios.ParseRange("--vary", text)
		if err != nil {
			return nil, err
		}
		p.Ranges = append(p.Ranges, r)
	}
	if len(p.Ranges) == 0 {
		return nil, errors.New("found no --vary; want a key and its range, such as --vary container.warm.mean=100ms..10s")
	}
	if !c.IsSet("measured") {
		return nil, errors.New("found no --measured; want a CSV file with what was measured, a column for each metric")
	}
	var err error
	if p.Overrides, err = scenarios.ParseOverrides("--set", c.StringSlice("set")); err != nil {
		return nil, err
	}
	text, err := scenarios.Read(c.Args().First())
	if err != nil {
		return nil, err
	}
	p.Load = func(more ...scenarios.Override) (scenarios.Scenario, error) {
		return text.Scenario(slices.Concat(p.Overrides, more))
	}
	if p.Measured, err = measured.Read(c.String("measured"), c.String("measured-columns")); err != nil {
		return nil, err
	}
	var limits []scenarios.Limit
	if p.Metrics, limits, err = readMetricsFlag(c); err != nil {
		return nil, err
	}
	if len(limits) > 0 {
		return nil, fmt.Errorf("--metrics: found %s; a file of measurements has no such column", limits[0].Name)
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	new(footprintNote).Tell(c, p.Base)
	return p, nil
}
