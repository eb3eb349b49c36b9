package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

func transientFlag() cli.Flag {
	return &cli.StringFlag{Name: "transient", Usage: "show the first `DURATION` from the initial state, without warm-up, as functions of time, instead of the steady state"}
}

func slotsFlag() cli.Flag {
	return &cli.IntFlag{Name: "slots", Usage: "cut the duration of --transient into `N` slots: with fewer, each has more requests and a narrower interval", DefaultText: "120, or as many as are of whole evaluations"}
}

// slotsOf returns the number of --slots; 0 where the flag is not given.
func slotsOf(c *cli.Context) (int, error) {
	switch n := c.Int("slots"); {
	case !c.IsSet("slots"):
		return 0, nil
	case !c.IsSet("transient"):
		return 0, fmt.Errorf("--slots %d: found no --transient; want the duration that is cut into slots, such as --transient 10m", n)
	case n < 1 || n > scenarios.MostPoints:
		return 0, fmt.Errorf("--slots %d: want 1 to %d", n, scenarios.MostPoints)
	default:
		return n, nil
	}
}

// runTransient is the command run with --transient.
func runTransient(c *cli.Context) error {
	write, err := writerFor(c, report.TransientWriters)
	if err != nil {
		return err
	}
	horizon, err := transientHorizon(c)
	if err != nil {
		return err
	}
	slots, err := slotsOf(c)
	if err != nil {
		return err
	}
	scenario, err := loadScenario(c)
	if err != nil {
		return err
	}
	shown, limits, err := metricsOfFlag(c, scenario.Platforms()...)
	if err != nil {
		return err
	}
	scenario.Limits = limits
	for _, name := range shown.Names() {
		if !slices.ContainsFunc(scenario.Platforms(), func(p string) bool {
			return slices.ContainsFunc(scenario.TransientMetrics(p), func(m platform.Metric) bool { return m.Name == name })
		}) {
			return fmt.Errorf("--metrics: found %s, which has no value in each slot of a transient; want other metrics than instance_lifetime and the quantiles but response_time_p95, or leave out --transient", name)
		}
	}
	plot, err := plotOf(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.App.ErrWriter, "simulating")
	began := time.Now()
	result, err := scenarios.Transient(c.Context, scenario, scenarios.TransientOptions{Horizon: horizon, Points: slots, Workers: c.Int("workers"), Progress: bar.set})
	bar.Finish()
	switch {
	case err != nil && c.Context.Err() != nil:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any replication was finished: there is nothing to show")}
	case errors.As(err, new(*fs.PathError)):
		return &exit.Error{Code: exit.IO, Err: err}
	case err != nil:
		return err
	}
	requests := int64(0)
	for _, p := range result.Platforms {
		requests += p.Requests
	}
	fmt.Fprintf(c.App.ErrWriter, "%s simulated in %s\n", format.Requests(requests), time.Since(began).Round(time.Millisecond))
	err = printTransient(c, write, result, shown)
	if plot != nil {
		if drawing := plot.Write(report.ChartOfTransient(result, shown)); drawing != nil {
			return drawing
		}
	}
	return err
}

// transientHorizon returns the duration of --transient, and refuses flags that have no effect with
// it.
func transientHorizon(c *cli.Context) (sim.Time, error) {
	text := c.String("transient")
	switch models := c.String("models"); {
	case c.IsSet("requests"):
		return 0, fmt.Errorf("--requests %s: a transient writes no request log; leave out --transient or --requests", c.String("requests"))
	case c.IsSet("functions"):
		return 0, fmt.Errorf("--functions %s: what happens to functions is that of a whole run; leave out --transient or --functions", c.String("functions"))
	case c.IsSet("replications"):
		return 0, fmt.Errorf("--replications %s: the values of replications are those of the steady state; leave out --transient or --replications", c.String("replications"))
	case c.IsSet("measured"):
		return 0, errors.New("--measured: what was measured is of the steady state; leave out --transient or --measured")
	case models != "" && models != "none":
		return 0, fmt.Errorf("--models %s: the models are of the steady state, and a transient is shown without them; leave out --transient or --models", models)
	}
	horizon, err := durationOf(c, "transient")
	if err == nil && (horizon == 0 || horizon == sim.Never) {
		err = fmt.Errorf("--transient %s: want a duration such as 10m, more than 0s and less than 292 years", text)
	}
	return horizon, err
}

// durationOf returns the duration that a flag was given, 0s included.
func durationOf(c *cli.Context, flag string) (sim.Time, error) {
	text := c.String(flag)
	seconds, err := dist.ParseDuration(text)
	if wrong := new(dist.SyntaxError); errors.As(err, &wrong) {
		return 0, fmt.Errorf("--%s %s: %s", flag, text, wrong.Message)
	}
	if err != nil {
		return 0, fmt.Errorf("--%s %s: %w", flag, text, err)
	}
	return sim.FromSeconds(seconds), nil
}

// printTransient writes a transient to stdout, all or nothing, and its warnings to stderr.
func printTransient(c *cli.Context, write func(io.Writer, *scenarios.TransientResult, report.MetricChoice) error, r *scenarios.TransientResult, shown report.MetricChoice) error {
	for _, w := range r.Warnings {
		format.Warn(c.App.ErrWriter, w)
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, r, shown); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	switch {
	case r.Interrupted:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("")}
	case r.Broken != nil:
		return &exit.Error{Code: exit.CheckFailed, Err: errors.New("")}
	}
	return nil
}
