package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/cmd/faaslab/internal/tables"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "join the parts of a sweep, a run or a validation",
		ArgsUsage: "DIR|PART…",
		Description: "DIR holds the parts, other files are left out. The parts may come in any\n" +
			"order. The result is the same bytes as that of the whole sweep, or of the\n" +
			"whole run or validation in the chosen format. The parts of a run do not know\n" +
			"what all nodes have at once: memory_peak is missing then and, in the JSON,\n" +
			"the distributions of the numbers of instances. If parts are missing, they\n" +
			"are named, and nothing is written.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the whole to `FILE`"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "of a run or a validation: text, json or csv; of a run also parquet or latex", DefaultText: "text"},
			&cli.BoolFlag{Name: "all", Usage: "of a validation, show every case, not the worst of each kind only"},
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
		return errors.New("found no parts; want their directory, or the files that sweep, run or validate wrote with --shard")
	}
	paths, kind, err := partsOf(c)
	if err != nil {
		return err
	}
	if c.IsSet("all") && kind != sweep.PartOfAValidation {
		return errors.New("--all is for the shards of a validation; want it without")
	}
	switch kind {
	case sweep.PartOfARun:
		return mergeRun(c, paths)
	case sweep.PartOfAValidation:
		return mergeValidation(c, paths)
	}
	if c.IsSet("format") || c.IsSet("functions") {
		return errors.New("--format and --functions are for the shards of a run; want them without, for those of a sweep")
	}
	return mergeSweep(c, paths)
}

// partsOf returns the files that are to be joined, and what they are parts of. Of a directory, these
// are the files that begin as parts do, but for the files that are written.
func partsOf(c *cli.Context) (paths []string, kind sweep.Kind, err error) {
	first := ""
	add := func(path string, of sweep.Kind) error {
		if first == "" {
			first, kind = path, of
		}
		if of != kind && of != sweep.NoPart && kind != sweep.NoPart {
			return fmt.Errorf("%s is a part of a %s, and %s of a %s; want parts of one", first, kind, path, of)
		}
		paths = append(paths, path)
		return nil
	}
	for _, path := range c.Args().Slice() {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			if sweep.SameFile(path, c.String("out")) {
				return nil, kind, fmt.Errorf("--out %s: that is one of the parts", path)
			}
			of, err := sweep.KindOf(path)
			if err == nil {
				err = add(path, of)
			}
			if err != nil {
				return nil, kind, err
			}
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, kind, fmt.Errorf("%s: cannot be read: %w", path, outfile.WithoutPath(err))
		}
		var others []string
		before := len(paths)
		for _, e := range entries {
			file := filepath.Join(path, e.Name())
			if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") ||
				sweep.SameFile(file, c.String("out")) || sweep.SameFile(file, c.String("functions")) {
				continue
			}
			of, err := sweep.KindOf(file)
			switch {
			case err != nil:
				return nil, kind, err
			case of == sweep.NoPart:
				others = append(others, e.Name())
				continue
			}
			if err := add(file, of); err != nil {
				return nil, kind, err
			}
		}
		if len(paths) == before {
			return nil, kind, fmt.Errorf("%s: found no parts in this directory; want files that sweep, run or validate wrote with --shard", path)
		}
		if others != nil {
			fmt.Fprintf(c.App.ErrWriter, "no parts, and left out: %s\n", strings.Join(others, ", "))
		}
	}
	return paths, kind, nil
}

// mergeSweep joins the parts of a sweep.
func mergeSweep(c *cli.Context, paths []string) error {
	var parts []*sweep.Part
	defer func() {
		for _, p := range parts {
			_ = p.File.Close() // only read
		}
	}()
	for _, path := range paths {
		p, err := sweep.OpenPart(path)
		if err != nil {
			return err
		}
		if p.Empty() { // its part of the grid may have none
			_ = p.File.Close() // only read
			continue
		}
		parts = append(parts, p)
		if p.Json != parts[0].Json {
			return fmt.Errorf("%s and %s are not of the same format; want all parts as CSV, or all as JSON", parts[0].Path, path)
		}
		if first := parts[0]; p.Sweep != first.Sweep || p.Of != first.Of || !bytes.Equal(p.Header, first.Header) {
			return fmt.Errorf("%s is a part of another sweep than %s", path, first.Path)
		}
	}
	if parts == nil {
		return fmt.Errorf("%s holds no point, nor do the other parts; finish their sweep", paths[0])
	}
	toParquet := tables.IsParquet(c.String("out"))
	if toParquet && !parts[0].Json {
		return outfile.Write(c.String("out"), func(w io.Writer) error {
			return sweep.ToParquet(w, func(w io.Writer) error { return sweep.Merge(w, parts) })
		})
	}
	const csvFile, jsonFile = ".csv", ".json"
	holds, other := csvFile, jsonFile
	if parts[0].Json {
		holds, other = jsonFile, csvFile
	}
	if toParquet || strings.EqualFold(filepath.Ext(c.String("out")), other) {
		return fmt.Errorf("--out %s: the parts are %s files, and the whole will be one; want a name that ends in %s", c.String("out"), holds, holds)
	}
	return outfile.Write(c.String("out"), func(w io.Writer) error { return sweep.Merge(w, parts) })
}
