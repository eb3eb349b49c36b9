package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
)

func compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "what if? two scenarios on the same random streams",
		ArgsUsage: "[A [B]]",
		Description: "A and B are files or built-in names (faaslab scenarios list).\n" +
			"A is float if it is left out, and B is A. The differences B − A are paired,\n" +
			"replication by replication, so that they are known better than either side.\n" +
			"For example: faaslab compare float --b container.keep_alive=10m",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "a", Usage: "override one `KEY=VALUE` of A; may be repeated"},
			&cli.StringSliceFlag{Name: "b", Usage: "override one `KEY=VALUE` of B; may be repeated"},
			&cli.StringSliceFlag{Name: "set", Aliases: []string{"s"}, Usage: "override one `KEY=VALUE` of both, such as run.duration=10h; may be repeated"},
			metricsFlag(),
			&cli.BoolFlag{Name: "percent", Usage: "show the differences relative to A, in per cent"},
			formatFlag("parquet", "latex"),
			plotFlag(),
			plotSizeFlag(),
			workersFlag("replications to run"),
		},
		BashComplete: completeScenario,
		Action:       compare,
	}
}

func compare(c *cli.Context) error {
	write, err := writerFor(c, report.ComparisonWriters)
	if err != nil {
		return err
	}
	a, b, err := loadSides(c)
	if err != nil {
		return err
	}
	shown, limits, err := metricsOfFlag(c, append(a.Platforms(), b.Platforms()...)...)
	if err != nil {
		return err
	}
	a.Limits, b.Limits = limits, limits
	plot, err := plotOf(c)
	if err != nil {
		return err
	}
	comparison, err := simulateComparison(c, a, b)
	if err != nil {
		return err
	}
	chosen := shown.OfComparison(comparison)
	if readByPeople(c) {
		comparison = chosen
	}
	err = printComparison(c, write, comparison)
	if plot != nil {
		if drawing := plot.Write(report.ChartOfComparison(chosen)); drawing != nil {
			return drawing
		}
	}
	return err
}

// loadSides reads the scenarios that the command line names.
func loadSides(c *cli.Context) (a, b scenarios.Scenario, err error) {
	if c.NArg() > 2 {
		return a, b, fmt.Errorf("found %d scenarios (%q, %q, %q …); want one or two", c.NArg(), c.Args().Get(0), c.Args().Get(1), c.Args().Get(2))
	}
	both, errBoth := scenarios.ParseOverrides("--set", c.StringSlice("set"))
	onlyA, errA := sideOverrides(c, "a")
	onlyB, errB := sideOverrides(c, "b")
	if err := errors.Join(errBoth, errA, errB); err != nil {
		return a, b, err
	}
	first := c.Args().First()
	second := first
	if c.NArg() == 2 {
		second = c.Args().Get(1)
	}
	if a, err = scenarios.Load(first, append(both[:len(both):len(both)], onlyA...)); err != nil {
		return a, b, err
	}
	if b, err = scenarios.Load(second, append(both[:len(both):len(both)], onlyB...)); err != nil {
		return a, b, err
	}
	var refused []error
	for i, side := range []scenarios.Scenario{a, b} {
		side.Run = a.Run
		if err := report.Refuse(side); err != nil {
			refused = append(refused, fmt.Errorf("%c: %w", 'A'+i, err))
		}
	}
	return a, b, errors.Join(refused...)
}

// sideOverrides returns the overrides of one side. None may set the run block, since pairing
// requires the same run block on both sides.
func sideOverrides(c *cli.Context, side string) ([]scenarios.Override, error) {
	overrides, err := scenarios.ParseOverrides("--"+side, c.StringSlice(side))
	errs := []error{err}
	for _, o := range overrides {
		if o.Key == "run" || strings.HasPrefix(o.Key, "run.") {
			errs = append(errs, fmt.Errorf("--%s %s=%s: the run block is that of both sides: the pairs are of replications with the same streams, warm-up and length; want --set %s=%s",
				side, o.Key, o.Value, o.Key, o.Value))
		}
	}
	return overrides, errors.Join(errs...)
}

// simulateComparison simulates both sides with a progress bar, and writes how fast it was.
func simulateComparison(c *cli.Context, a, b scenarios.Scenario) (*scenarios.Comparison, error) {
	new(footprintNote).Tell(c, a, b)
	return timed(c.Context, c, simulationOptions(c),
		func(o scenarios.Options) (*scenarios.Comparison, error) { return scenarios.Compare(c.Context, a, b, o) },
		func(r *scenarios.Comparison) int64 { return countRequests(r.A, r.B) })
}

// printComparison writes the comparison to stdout, all or nothing, and its warnings to stderr.
func printComparison(c *cli.Context, write func(io.Writer, *scenarios.Comparison, bool) error, r *scenarios.Comparison) error {
	for _, w := range r.Warnings {
		format.Warn(c.App.ErrWriter, w)
	}
	for _, w := range r.A.Warnings {
		side := "A"
		if slices.Contains(r.B.Warnings, w) {
			side = "A and B"
		}
		format.Warn(c.App.ErrWriter, side+": "+w)
	}
	for _, w := range r.B.Warnings {
		if !slices.Contains(r.A.Warnings, w) {
			format.Warn(c.App.ErrWriter, "B: "+w)
		}
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, r, c.Bool("percent")); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	return verdict(r.A, r.B)
}
