package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
	"faaslab/validate"
)

// shardEnding ends the names of shards of a run or a validation in a directory.
const shardEnding = ".shard"

// aloneWithoutShard is the error of --out or --shards of a command whose results are on stdout.
func aloneWithoutShard(c *cli.Context) error {
	if c.IsSet("shards") {
		_, err := shardOf(c)
		return err
	}
	return errors.New("--out: without --shard the results are on stdout; want both, or neither")
}

// runShard simulates a shard of a scenario of many functions.
func runShard(c *cli.Context) error {
	switch {
	case !c.IsSet("shard"):
		return aloneWithoutShard(c)
	case c.String("out") == "":
		return errors.New("--shard: found no --out; want a file for the shard, or a directory for all")
	}
	for _, flag := range []string{"transient", "slots", "plot", "measured", "measured-columns", "requests", "functions", "replications", "metrics", "models", "format"} {
		if c.IsSet(flag) {
			return fmt.Errorf("--%s has no meaning for one shard; want it without, or merge's --format and --functions", flag)
		}
	}
	of, err := shardOf(c)
	if err != nil {
		return err
	}
	scenario, err := loadScenario(c)
	if err != nil {
		return err
	}
	if err := scenario.CheckShards(); err != nil {
		return err
	}
	path, err := partFile(c.String("out"), of, shardEnding)
	if err != nil {
		return err
	}
	if err := notAmong("out", path, sweep.Inputs(c.Args().First(), scenario)); err != nil {
		return err
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return fmt.Errorf("--out %s: cannot be written: %w", path, err)
	}
	file, err := sweep.NewRunShard(c.Args().First(), scenario)
	if err != nil {
		return err
	}
	if file.In(path, of) {
		fmt.Fprintf(c.App.ErrWriter, "part %d/%d is in %s already\n", of.Index, of.Of, path)
		return nil
	}
	options := simulationOptions(c)
	file.Result, err = timed(c.Context, c, options, func(o scenarios.Options) (*scenarios.ShardResult, error) {
		return scenarios.SimulateShard(c.Context, scenario, o, scenarios.Shard(of))
	}, func(r *scenarios.ShardResult) (n int64) {
		for i := range r.Observed {
			n += r.Observed[i].Arrivals
		}
		return n
	})
	if err != nil {
		return err
	}
	return outfile.Write(path, file.Write)
}

// mergeRun joins the shards of a run, and writes its results as run does.
func mergeRun(c *cli.Context, paths []string) error {
	name := "text"
	if c.IsSet("format") {
		name = c.String("format")
	}
	write, err := writerNamed(c, name, report.Writers)
	if err != nil {
		return err
	}
	functions, err := fileOf(c, "functions", nil, "out")
	if err != nil {
		return err
	}
	for _, part := range paths {
		if sweep.SameFile(part, functions) {
			return fmt.Errorf("--functions %s: that is one of the parts", functions)
		}
	}
	result, inputs, err := sweep.JoinRun(paths)
	if err != nil {
		return err
	}
	for _, flag := range []string{"out", "functions"} {
		if err := notAmong(flag, c.String(flag), inputs); err != nil {
			return err
		}
	}
	models, notes, err := report.SolveModels(result.Scenario, "", validate.QuickWork)
	if err != nil {
		return err
	}
	found := &report.Report{Result: result, Models: models, Notes: notes}
	for _, w := range found.Warnings {
		format.Warn(c.App.ErrWriter, w)
	}
	if functions != "" {
		if err := outfile.Write(functions, func(w io.Writer) error { return report.WriteFunctions(w, functions, found) }); err != nil {
			return err
		}
	}
	if err := outfile.Write(c.String("out"), func(w io.Writer) error { return write(w, found) }); err != nil {
		return err
	}
	return verdict(result)
}
