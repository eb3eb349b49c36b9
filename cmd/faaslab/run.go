package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
	"faaslab/validate"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "simulate one scenario",
		ArgsUsage: "[SCENARIO]",
		Description: "SCENARIO is a file or a built-in name (faaslab scenarios list); float if\n" +
			"there is none.\n" +
			"Every number comes with its 95 % confidence interval over the replications.",
		Flags: append([]cli.Flag{
			setFlag(),
			formatFlag("parquet", "latex"),
			modelsFlag(),
			metricsFlag(),
			transientFlag(),
			slotsFlag(),
			plotFlag(),
			plotSizeFlag(),
			measuredFlag(),
			measuredColumnsFlag(),
			&cli.StringFlag{Name: "requests", Usage: "write the fate of every request to `FILE`, a row each: CSV, or Parquet if it ends in .parquet; the replications then run one after another"},
			functionsFlag(),
			replicationsFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the part of --shard to `FILE`, or into a directory"},
			workersFlag("replications to run"),
		}, shardFlags("many functions, every N-th node or, where memory is unlimited, function")...),
		BashComplete: completeScenario,
		Action:       run,
	}
}

// writerFor returns the writer of the chosen format.
func writerFor[W any](c *cli.Context, writers map[string]W) (W, error) {
	return writerNamed(c, c.String("format"), writers)
}

// readByPeople reports whether the format is one that shows the metrics of --metrics alone.
func readByPeople(c *cli.Context) bool {
	return c.String("format") == "text" || c.String("format") == "latex"
}

// formats are the names of all formats, in the order in which errors list them.
var formats = []string{"text", "json", "csv", "parquet", "latex"}

// writerNamed returns the writer of a format.
func writerNamed[W any](c *cli.Context, name string, writers map[string]W) (W, error) {
	write, ok := writers[name]
	if !ok {
		known := slices.DeleteFunc(slices.Clone(formats), func(format string) bool { _, ok := writers[format]; return !ok })
		last := len(known) - 1
		return write, fmt.Errorf("--format %s: want %s or %s", name, strings.Join(known[:last], ", "), known[last])
	}
	if name == "parquet" && format.OnTerminal(c.App.Writer) {
		return write, errors.New("--format parquet: its bytes are not for a terminal; want > FILE, or a pipe")
	}
	return write, nil
}

func run(c *cli.Context) error {
	if c.IsSet("shard") || c.IsSet("shards") || c.IsSet("out") {
		return runShard(c)
	}
	if c.IsSet("transient") {
		return runTransient(c)
	}
	if _, err := slotsOf(c); err != nil {
		return err
	}
	write, err := writerFor(c, report.Writers)
	if err != nil {
		return err
	}
	scenario, err := loadScenario(c)
	if err != nil {
		return err
	}
	if err := report.Refuse(scenario); err != nil {
		return err
	}
	shown, limits, err := metricsOfFlag(c, scenario.Platforms()...)
	if err != nil {
		return err
	}
	scenario.Limits = limits
	plot, err := plotOf(c)
	if err != nil {
		return err
	}
	observed, err := measurementsOf(c)
	if err != nil {
		return err
	}
	if observed, err = measured.At(loaderOf(c), scenario, observed); err != nil {
		return err
	}
	replications, err := replicationsOf(c, scenario)
	if err != nil {
		return err
	}
	functions, err := functionsOf(c, scenario)
	if err != nil {
		return err
	}
	models, notes, err := report.SolveModels(scenario, c.String("models"), validate.QuickWork)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(c.Context)
	defer cancel(nil)
	options := simulationOptions(c)
	new(footprintNote).Tell(c, scenario)
	var log *report.RequestLog
	if c.IsSet("requests") {
		path := c.String("requests")
		if err := notAmong("requests", path, sweep.Inputs(c.Args().First(), scenario)); err != nil {
			return err
		}
		if err := notOf(c, "requests", path, "plot", "measured"); err != nil {
			return err
		}
		if log, err = report.CreateRequestLog(path, scenario, cancel); err != nil {
			return err
		}
		defer log.Abandon()
		options.Log = log.Write
	}
	result, err := simulate(ctx, c, scenario, options)
	interrupted := err != nil && c.Context.Err() != nil || err == nil && result.Interrupted
	if log != nil && (err == nil || interrupted) {
		if closing := log.Close(interrupted); closing != nil {
			return closing
		}
	}
	if err != nil {
		return err
	}
	found := &report.Report{Result: result, Models: models, Measured: observed, Notes: notes}
	if replications != "" {
		if err := outfile.Write(replications, func(w io.Writer) error { return report.WriteReplications(w, replications, found) }); err != nil {
			return err
		}
	}
	if functions != "" {
		if err := outfile.Write(functions, func(w io.Writer) error { return report.WriteFunctions(w, functions, found) }); err != nil {
			return err
		}
	}
	chosen := shown.Of(found)
	if readByPeople(c) {
		found = chosen
	}
	err = printReport(c, write, found)
	if plot != nil {
		if drawing := plot.Write(report.RunChart(chosen, observed)); drawing != nil {
			return drawing
		}
	}
	return err
}

// loadScenario reads the scenario that the command line names, with overrides in addition to those
// of --set.
func loadScenario(c *cli.Context, more ...scenarios.Override) (scenarios.Scenario, error) {
	if c.NArg() > 1 {
		return scenarios.Scenario{}, fmt.Errorf("found %d scenarios (%q, %q …); want one", c.NArg(), c.Args().Get(0), c.Args().Get(1))
	}
	overrides, err := scenarios.ParseOverrides("--set", c.StringSlice("set"))
	if err != nil {
		return scenarios.Scenario{}, err
	}
	return scenarios.Load(c.Args().First(), append(overrides, more...))
}

// loaderOf returns a loader of the scenario that the command line names.
func loaderOf(c *cli.Context) measured.Loader {
	return func(more ...scenarios.Override) (scenarios.Scenario, error) { return loadScenario(c, more...) }
}

// simulate runs the scenario with a progress bar, and writes how fast it was.
func simulate(ctx context.Context, c *cli.Context, s scenarios.Scenario, o scenarios.Options) (*scenarios.Result, error) {
	return timed(ctx, c, o, func(o scenarios.Options) (*scenarios.Result, error) { return scenarios.Simulate(ctx, s, o) },
		func(r *scenarios.Result) int64 { return countRequests(r) })
}

// timed runs a simulation with a progress bar, writes how fast it was, and gives errors their exit
// codes. requests counts the requests of a result.
func timed[R any](ctx context.Context, c *cli.Context, o scenarios.Options, simulate func(scenarios.Options) (R, error), requests func(R) int64) (result R, err error) {
	var none R
	bar := newProgress(c.App.ErrWriter, "simulating")
	o.Progress = bar.set
	began := time.Now()
	result, err = simulate(o)
	bar.Finish()
	elapsed := time.Since(began)
	var coded *exit.Error
	switch {
	case errors.As(context.Cause(ctx), &coded):
		return none, coded // the log could not be written
	case err != nil && ctx.Err() != nil:
		return none, &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any replication was finished: there is nothing to show")}
	case errors.As(err, new(*fs.PathError)):
		return none, &exit.Error{Code: exit.IO, Err: err}
	case err != nil:
		return none, err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s measured in %s\n", format.Requests(requests(result)), elapsed.Round(time.Millisecond))
	return result, nil
}

// countRequests counts the requests of all results and platforms.
func countRequests(results ...*scenarios.Result) (n int64) {
	for _, r := range results {
		for _, p := range r.Platforms {
			n += p.Requests
		}
	}
	return n
}

// printReport writes the report to stdout, all or nothing, and its warnings to stderr.
func printReport(c *cli.Context, write func(io.Writer, *report.Report) error, r *report.Report) error {
	for _, w := range r.Warnings {
		format.Warn(c.App.ErrWriter, w)
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, r); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	return verdict(r.Result)
}

// verdict returns an error without a text whose exit code says how the simulations ended.
func verdict(results ...*scenarios.Result) error {
	code := 0
	for _, r := range results {
		switch {
		case r.Interrupted:
			code = exit.Interrupted
		case r.Broken != nil && code == 0:
			code = exit.CheckFailed
		}
	}
	if code == 0 {
		return nil
	}
	return &exit.Error{Code: code, Err: errors.New("")}
}
