package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
)

func sweepCommand() *cli.Command {
	return &cli.Command{
		Name:      "sweep",
		Usage:     "simulate a scenario at many values of its keys",
		ArgsUsage: "[SCENARIO]",
		Description: "--vary container.keep_alive=1s..180s:20 takes 20 values at equal distances,\n" +
			"…:20log at equal ratios, and --vary container.routing=mru,lru those of a\n" +
			"list. Several --vary make a grid. With --out, each finished point is written\n" +
			"at once, and the same command again continues where it stopped.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "vary", Aliases: []string{"v"}, Usage: "the `KEY=VALUES` to take: FROM..TO:N, FROM..TO:Nlog, or a list; may be repeated"},
			setFlag(),
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT` of the results: text, json, csv, parquet or latex", DefaultText: "text, or as FILE of --out ends"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the points to `FILE`, or continue it"},
			modelsFlag(),
			metricsFlag(),
			plotFlag(),
			plotSizeFlag(),
			measuredFlag(),
			measuredColumnsFlag(),
			workersFlag("replications to run"),
		}, shardFlags("the grid, every N-th point")...),
		BashComplete: completeScenario,
		Action:       sweepGrid,
	}
}

func sweepGrid(c *cli.Context) error {
	plan, err := planSweep(c)
	if c.Context.Err() != nil {
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any point was simulated")}
	}
	if err != nil {
		return err
	}
	plot, err := planPlot(c, plan)
	if err != nil {
		return err
	}
	plan.Drawn = plot != nil
	var path *string // the path of --out
	if c.IsSet("out") {
		name := c.String("out")
		if c.IsSet("shard") {
			ending := ".csv"
			if c.String("format") == "json" {
				ending = ".json"
			}
			if name, err = partFile(name, plan.Shard, ending); err != nil {
				return err
			}
		}
		path = &name
	}
	out, err := sweep.Open(c.App.Writer, c.String("format"), path, plan, plot)
	if err != nil {
		return err
	}
	defer out.Close()
	n := plan.Shard.Points(plan.Grid.Len())
	already := out.Rows()
	if already > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%d of %d points are in %s already\n", already, n, *path)
	}
	warnings := sweep.Warnings{Grid: plan.Grid}
	bar := newProgress(c.App.ErrWriter, "sweeping")
	began, broken, told := time.Now(), false, false
	todo := n - already
	finished := 0
	options := simulationOptions(c)
	options.Progress = bar.set
	var footprint footprintNote
	err = scenarios.Sweep(c.Context, todo,
		func(i int) (scenarios.Scenario, error) {
			s, err := plan.Scenario(plan.Shard.Point(already + i))
			if err == nil {
				footprint.Tell(c, s)
			}
			return s, err
		},
		options,
		func(i int, p scenarios.Point) *sweep.Point { return plan.Solve(plan.Shard.Point(already+i), p) },
		func(_ int, p *sweep.Point) error {
			if errors.As(p.Err, new(*scenarios.MemoryError)) {
				return p.Err // there may be space for it at another time
			}
			warnings.Add(p)
			finished++
			broken = broken || p.Broken
			if elapsed := time.Since(began); !told && elapsed > 3*time.Second {
				left := time.Duration(float64(elapsed) / float64(finished) * float64(todo-finished))
				if told = true; left > time.Minute {
					fmt.Fprintf(c.App.ErrWriter, "%d points to go, about %s\n", todo-finished, left.Round(time.Minute))
				}
			}
			plot.Add(p.Number, p.Cold, func(c sweep.Column) float64 { return c.Value(p) })
			return out.Add(p)
		})
	bar.Finish()
	warnings.Tell(c.App.ErrWriter)
	interrupted := c.Context.Err() != nil
	if err != nil && !interrupted {
		return err
	}
	if err := out.Finish(interrupted); err != nil {
		return err
	}
	where := "simulated"
	if path != nil {
		where = "in " + *path
	}
	switch {
	case interrupted:
		hint := ""
		if path != nil {
			hint = "; the same command continues"
		}
		return &exit.Error{Code: exit.Interrupted, Err: fmt.Errorf("interrupted: %d of %d points are %s%s", already+finished, n, where, hint)}
	case broken:
		return &exit.Error{Code: exit.CheckFailed, Err: errors.New("an error of the simulator, see the warnings; please report it")}
	}
	fmt.Fprintf(c.App.ErrWriter, "%d %s %s, %d of them now in %s\n", n, format.Plural(n, "point"), where, todo, time.Since(began).Round(time.Millisecond))
	return plot.Draw()
}

// planPlot returns the figure of a sweep; nil if none is requested.
func planPlot(c *cli.Context, plan *sweep.Plan) (*sweep.Plot, error) {
	file, err := plotOf(c)
	if err != nil {
		return nil, err
	}
	if file == nil {
		if c.IsSet("measured") {
			return nil, errors.New("--measured: its values are shown in the figure of a sweep only; add --plot FILE.svg")
		}
		return nil, nil
	}
	observed, err := measurementsOf(c)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, a := range plan.Grid {
		keys = append(keys, a.Key)
	}
	observed, err = measured.At(loaderOf(c), plan.Base, observed, keys...)
	return &sweep.Plot{Plan: plan, File: file, Measured: observed}, err
}

// planSweep reads the command line, and checks every value before anything is simulated.
func planSweep(c *cli.Context) (*sweep.Plan, error) {
	if c.NArg() > 1 {
		return nil, fmt.Errorf("found %d scenarios (%q, %q …); want one", c.NArg(), c.Args().Get(0), c.Args().Get(1))
	}
	axes, err := scenarios.ParseAxes(c.Context, "--vary", c.StringSlice("vary"), sweep.MostPoints)
	if err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		return nil, errors.New("found no --vary; want a key and its values, such as --vary container.keep_alive=1s..180s:20")
	}
	p := &sweep.Plan{Source: c.Args().First(), Grid: axes, Models: c.String("models")}
	if p.Shard, err = shardOf(c); err != nil {
		return nil, err
	}
	if p.Overrides, err = scenarios.ParseOverrides("--set", c.StringSlice("set")); err != nil {
		return nil, err
	}
	if p.Text, err = scenarios.Read(c.Args().First()); err != nil {
		return nil, err
	}
	if p.Shown, p.Limits, err = readMetricsFlag(c); err != nil {
		return nil, err
	}
	if err := p.Check(c.Context); err != nil {
		return nil, err
	}
	return p, p.Shown.Check(p.Base.Platforms()...)
}
