package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/trustpage"
	"faaslab/validate/trust"
)

// trustCommand is the subcommand of validate that maps where the SMP can be trusted.
func trustCommand() *cli.Command {
	return &cli.Command{
		Name:  "trust",
		Usage: "map the errors of the SMPs and of metric-scaling",
		Description: "Compares every metric over a grid of loads, keep-alives and ratios of cold to\n" +
			"warm service, and simulates service times that are not exponential, and\n" +
			"autoscalers over loads and targets. Takes about a minute.\n" +
			"docs/trust.md explains the result.",
		Flags: []cli.Flag{
			formatFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write trust.csv, trust-distributions.csv, trust-scaling.csv and the heat maps (SVG and PNG) to `DIR`"},
			&cli.StringFlag{Name: "page", Usage: "write the page of the documentation to `FILE`, and its figures and tables to figures/ beside it"},
			&cli.IntFlag{Name: "points", Usage: "take at most `N` values of each parameter of the grid, and N pools to simulate", DefaultText: "all"},
			&cli.IntFlag{Name: "cold-starts", Value: trust.ColdStarts, Usage: "cold starts to simulate, `N` for each pool and law: four times as many halve the intervals; 0 simulates nothing"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`SEED` of the simulations"},
			workersFlag("computations to run"),
		},
		Action: writeTrust,
	}
}

func writeTrust(c *cli.Context) error {
	write, err := writerFor(c, map[string]func(io.Writer, trustpage.Result) error{
		"text": trustpage.WriteText, "json": trustpage.WriteJSON, "csv": trustpage.WriteCSV,
	})
	page := c.String("page")
	switch {
	case err != nil:
		return err
	case c.Lineage()[1].NumFlags() > 0:
		return errors.New("validate trust has options of its own: they stand after it")
	case c.Args().Present():
		return fmt.Errorf("validate trust takes no argument, found %q", c.Args().First())
	case c.IsSet("points") && c.Int("points") < 2:
		return fmt.Errorf("--points %d: want 2 or more", c.Int("points"))
	case c.Int("cold-starts") < 0:
		return fmt.Errorf("--cold-starts %d: want 1 or more, or 0 to simulate nothing", c.Int("cold-starts"))
	case page != "" && (c.IsSet("points") || c.Int("cold-starts") == 0):
		return errors.New("--page: the page shows the whole grid and the simulations; leave out --points and --cold-starts 0")
	}
	for _, d := range []struct{ flag, directory string }{
		{"--out " + c.String("out"), c.String("out")},
		{"--page " + page, trustpage.FiguresBeside(page)},
	} {
		if d.directory == "" {
			continue
		}
		if err := outfile.PrepareDirectory(d.directory); err != nil {
			return fmt.Errorf("%s: cannot be written: %w", d.flag, err)
		}
	}
	result, err := computeTrust(c.Context, c)
	if err != nil {
		if c.Context.Err() != nil {
			return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: there is nothing to show")}
		}
		return err
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, result); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	if out := c.String("out"); out != "" {
		if err := trustpage.WriteFiles(out, result, chart.SVG, chart.PNG); err != nil {
			return err
		}
	}
	if page != "" {
		return trustpage.WritePage(page, result)
	}
	return nil
}

// computeTrust computes the map, and then runs its simulations.
func computeTrust(ctx context.Context, c *cli.Context) (result trustpage.Result, err error) {
	var grid trust.Options
	laws := trust.LawOptions{ColdStarts: c.Int("cold-starts"), Seed: c.Uint64("seed"), Points: trust.LawPoints}
	if n := c.Int("points"); n > 0 {
		grid.Loads = trustpage.SpreadOver(trust.Loads, n)
		grid.KeepAlives = trustpage.SpreadOver(trust.KeepAlives, n)
		grid.Ratios = trustpage.SpreadOver(trust.Ratios, n)
		laws.Points = trustpage.SpreadOver(trust.LawPoints, n)
	}
	grid.Workers, laws.Workers = c.Int("workers"), c.Int("workers")

	began := time.Now()
	bar := newProgress(c.App.ErrWriter, "solving")
	grid.Progress = bar.set
	result.Map, err = trust.Solve(ctx, grid)
	bar.Finish()
	if err != nil || laws.ColdStarts == 0 {
		return result, err
	}
	solved := time.Since(began)
	bar = newProgress(c.App.ErrWriter, "simulating")
	laws.Progress = bar.set
	if result.Laws, err = trust.SimulateLaws(ctx, laws); err == nil {
		scaling := trust.ScalingOptions{Seed: laws.Seed, Workers: laws.Workers}
		if n := c.Int("points"); n > 0 {
			scaling.Loads, scaling.Targets = trustpage.SpreadOver(trust.ScalingLoads, n), trustpage.SpreadOver(trust.ScalingTargets, n)
		}
		result.Scaling, err = trust.SimulateScaling(ctx, scaling)
	}
	bar.Finish()
	fmt.Fprintf(c.App.ErrWriter, "%d points solved in %s, %d pools simulated in %s\n", len(result.Map.Points)-result.Map.LeftOut(),
		solved.Round(time.Millisecond), len(result.Laws), (time.Since(began) - solved).Round(time.Millisecond))
	return result, err
}
