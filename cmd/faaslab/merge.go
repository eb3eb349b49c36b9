package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "join the parts of a sweep, or of a run, that --shard cut up",
		ArgsUsage: "PART…",
		Description: "The parts may come in any order. The result is the same bytes as that\n" +
			"of the whole sweep, or of the whole run in the chosen format; the JSON of a\n" +
			"run then has no distributions of the numbers of instances.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the whole to `FILE`"},
			&cli.StringFlag{Name: "format", Usage: "of a run: text, json or csv", DefaultText: "text"},
			functionsFlag(),
		},
		Action: merge,
	}
}

func merge(c *cli.Context) error {
	switch {
	case c.String("out") == "":
		return errors.New("found no --out; want a file for the whole")
	case c.NArg() == 0:
		return errors.New("found no parts; want the files that sweep --shard or run --shard wrote")
	case sweep.IsRunShard(c.Args().First()):
		return mergeRun(c)
	case c.IsSet("format") || c.IsSet("functions"):
		return errors.New("--format and --functions are for the shards of a run; want them without, for those of a sweep")
	}
	var parts []*sweep.Part
	defer func() {
		for _, p := range parts {
			_ = p.File.Close() // only read
		}
	}()
	for _, path := range c.Args().Slice() {
		if sweep.SameFile(path, c.String("out")) {
			return fmt.Errorf("--out %s: that is one of the parts", path)
		}
		p, err := sweep.OpenPart(path)
		if err != nil {
			return err
		}
		parts = append(parts, p)
		if p.Json != parts[0].Json {
			return fmt.Errorf("%s and %s are not of the same format; want all parts as CSV, or all as JSON", parts[0].Path, path)
		}
		if first := parts[0]; p.Sweep != first.Sweep || p.Of != first.Of || !bytes.Equal(p.Header, first.Header) {
			return fmt.Errorf("%s is a part of another sweep than %s", path, first.Path)
		}
	}
	const csvFile, jsonFile = ".csv", ".json"
	holds, other := csvFile, jsonFile
	if parts[0].Json {
		holds, other = jsonFile, csvFile
	}
	if strings.EqualFold(filepath.Ext(c.String("out")), other) {
		return fmt.Errorf("--out %s: the parts are %s files, and the whole will be one; want a name that ends in %s", c.String("out"), holds, holds)
	}
	return outfile.Write(c.String("out"), func(w io.Writer) error { return sweep.Merge(w, parts) })
}
