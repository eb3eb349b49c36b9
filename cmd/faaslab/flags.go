package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/outfile"
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
	return &cli.StringFlag{Name: "replications", Usage: "write the metrics of each replication, by itself, to `FILE`, a CSV row each"}
}

// replicationsOf returns the file that --replications names; empty if none. It returns an error if
// the file cannot be written, which is better found before a long computation.
func replicationsOf(c *cli.Context) (path string, err error) {
	if !c.IsSet("replications") {
		return "", nil
	}
	path = c.String("replications")
	if path == "" {
		return "", errors.New("--replications: found no name; want a file")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", fmt.Errorf("--replications %s: found a directory; want a file", path)
	}
	for _, other := range []string{"plot", "requests"} {
		if c.IsSet(other) && filepath.Clean(c.String(other)) == filepath.Clean(path) {
			return "", fmt.Errorf("--replications %s: that is the file of --%s, too; want another", path, other)
		}
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("--replications %s: cannot be written: %w", path, err)
	}
	return path, nil
}

func setFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "set", Aliases: []string{"s"}, Usage: "override one `KEY=VALUE` of the scenario, such as container.keep_alive=10s or arrivals.rate=3/s; may be repeated"}
}

func formatFlag() cli.Flag {
	return &cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the results: text, json or csv"}
}

func metricsFlag() cli.Flag {
	return &cli.StringFlag{Name: "metrics", Usage: "show no metrics but a `LIST`, such as response_time,container.idle,'response_time>2s', in text and figures; JSON and CSV have all", DefaultText: "all"}
}

func plotFlag() cli.Flag {
	return &cli.StringFlag{Name: "plot", Usage: "draw the results as `FILE`, which ends in .svg or .png"}
}
