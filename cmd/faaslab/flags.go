package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
)

// Flags that several commands have.

func modelsFlag() cli.Flag {
	return &cli.StringFlag{Name: "models", Usage: "analytical models to show, a `LIST` such as smp,level-crossing, or none", DefaultText: "all that apply"}
}

func measuredFlag() cli.Flag {
	return &cli.StringFlag{Name: "measured", Usage: "show what was measured elsewhere beside the simulation, and in the --plot: a CSV `FILE` with columns named as keys, for what was varied, and as metrics, with half-widths as response_time.half_width"}
}

func measuredColumnsFlag() cli.Flag {
	return &cli.StringFlag{Name: "measured-columns", Usage: "take no columns of --measured but a `LIST` of them, in any order: NAME, or NAME=COLUMN where the file names it otherwise, such as response_time=rt or response_time=#3; known takes those with names as above"}
}

func replicationsFlag() cli.Flag {
	return &cli.StringFlag{Name: "replications", Usage: "write the metrics of each replication, by itself, to `FILE`, a row each: CSV, or Parquet if it ends in .parquet"}
}

func functionsFlag() cli.Flag {
	return &cli.StringFlag{Name: "functions", Usage: "of a scenario with many functions, write what happened to each to `FILE`, a row for each and every replication: CSV, or Parquet if it ends in .parquet"}
}

// functionsOf returns the file that --functions names; empty if none.
func functionsOf(c *cli.Context, s scenarios.Scenario) (path string, err error) {
	if _, many := s.Many(); c.IsSet("functions") && !many {
		return "", errors.New("--functions: the scenario has one function; want one with a block functions, or a workload")
	}
	return fileOf(c, "functions", sweep.Inputs(c.Args().First(), s), "plot", "measured", "requests", "replications")
}

// replicationsOf returns the file that --replications names; empty if none.
func replicationsOf(c *cli.Context, s scenarios.Scenario) (path string, err error) {
	return fileOf(c, "replications", sweep.Inputs(c.Args().First(), s), "plot", "measured", "requests")
}

// fileOf returns the file that a flag names; empty if none. It returns an error if the file cannot
// be written, which is better found before a long computation, or is an input or that of another flag.
func fileOf(c *cli.Context, flag string, inputs []string, others ...string) (path string, err error) {
	if !c.IsSet(flag) {
		return "", nil
	}
	path = c.String(flag)
	if path == "" {
		return "", fmt.Errorf("--%s: found no name; want a file", flag)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", fmt.Errorf("--%s %s: found a directory; want a file", flag, path)
	}
	if err := notAmong(flag, path, inputs); err != nil {
		return "", err
	}
	if err := notOf(c, flag, path, others...); err != nil {
		return "", err
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("--%s %s: cannot be written: %w", flag, path, err)
	}
	return path, nil
}

// notAmong returns an error if the file of a flag, which will be written, is an input of the scenario.
func notAmong(flag, path string, inputs []string) error {
	for _, input := range inputs {
		if sweep.SameFile(input, path) {
			return fmt.Errorf("--%s %s: that is the file that the scenario comes from", flag, path)
		}
	}
	return nil
}

// notOf returns an error if the file of a flag, which will be written, is that of another flag.
func notOf(c *cli.Context, flag, path string, others ...string) error {
	for _, other := range others {
		if c.IsSet(other) && (filepath.Clean(c.String(other)) == filepath.Clean(path) || sweep.SameFile(c.String(other), path)) {
			return fmt.Errorf("--%s %s: that is the file of --%s, too; want another", flag, path, other)
		}
	}
	return nil
}

func setFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "set", Aliases: []string{"s"}, Usage: "override one `KEY=VALUE` of the scenario, such as container.keep_alive=10s or arrivals.rate=3/s; may be repeated"}
}

// formatFlag is --format of a command that has some formats more than others.
func formatFlag(more ...string) cli.Flag {
	names := append([]string{"text", "json", "csv"}, more...)
	last := len(names) - 1
	return &cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the results: " + strings.Join(names[:last], ", ") + " or " + names[last]}
}

func metricsFlag() cli.Flag {
	return &cli.StringFlag{Name: "metrics", Usage: "show no metrics but a `LIST`, such as response_time,container.idle,'response_time>2s', in text, LaTeX and figures; JSON, CSV and Parquet have all", DefaultText: "all"}
}

func plotFlag() cli.Flag {
	return &cli.StringFlag{Name: "plot", Usage: "draw the results as `FILE`, which ends in .svg, .png or .pdf"}
}

func plotSizeFlag() cli.Flag {
	return &cli.StringFlag{Name: "plot-size", Usage: "draw --plot for a paper: at a width, such as 84mm of a column, or a `SIZE` such as 84mmx60mm, without a title"}
}
