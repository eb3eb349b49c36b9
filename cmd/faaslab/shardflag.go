package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/arrayjob"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
)

// shardFlags are the flags of a command that simulates a part of a whole. what is the part I/N of.
func shardFlags(what string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "shard", Usage: "simulate only a part of " + what + ", `I/N`, 0/4 to 3/4, or auto: that of this task of an array job; faaslab merge joins the parts", DefaultText: "all"},
		&cli.IntFlag{Name: "shards", Usage: "with --shard auto: there are `N` parts, and the task's number is that of its part; Kubernetes and PBS do not tell N", DefaultText: "as many as tasks"},
	}
}

// shardOf returns the part that --shard names; all if it names none.
func shardOf(c *cli.Context) (sweep.Shard, error) {
	const auto = "auto"
	switch {
	case c.IsSet("shards") && c.String("shard") != auto:
		return sweep.Shard{}, errors.New("--shards: says of how many parts --shard auto takes one; want it with that, or --shard I/N alone")
	case c.String("shard") != auto:
		return sweep.ParseShard(c.String("shard"))
	case c.IsSet("shards") && c.Int("shards") < 1:
		return sweep.Shard{}, fmt.Errorf("--shards %d: want 1 or more", c.Int("shards"))
	}
	task, err := arrayjob.Find(os.LookupEnv, c.Int("shards"))
	if err != nil {
		return sweep.Shard{}, fmt.Errorf("--shard auto: %w", err)
	}
	fmt.Fprintf(c.App.ErrWriter, "part %d/%d, from %s\n", task.Index, task.Of, task.From)
	return sweep.Shard{Index: task.Index, Of: task.Of}, nil
}

// partFile returns the file of --out for a part: that, or one in it if it is a directory, which is
// made where the name ends as one. ending is that of the file in the directory.
func partFile(path string, shard sweep.Shard, ending string) (string, error) {
	if path == "" {
		return "", errors.New("--out: found no name; want a file, or a directory for all parts")
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
	case strings.HasSuffix(path, string(filepath.Separator)) || strings.HasSuffix(path, "/"):
		if err := os.MkdirAll(path, 0o755); err != nil {
			return "", fmt.Errorf("--out %s: cannot be made: %w", path, outfile.WithoutPath(err))
		}
	default:
		return path, nil
	}
	return filepath.Join(path, shard.FileName()+ending), nil
}
