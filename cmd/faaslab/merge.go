package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "join the parts of a sweep that --shard cut up",
		ArgsUsage: "PART…",
		Description: "The parts may come in any order. The result is the same bytes as that\n" +
			"of the whole sweep.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the whole to `FILE`"},
		},
		Action: merge,
	}
}

func merge(c *cli.Context) error {
	switch {
	case c.String("out") == "":
		return errors.New("found no --out; want a file for the whole")
	case c.NArg() == 0:
		return errors.New("found no parts; want the files that sweep --shard wrote")
	}
	var parts []*sweepPart
	defer func() {
		for _, p := range parts {
			_ = p.file.Close() // only read
		}
	}()
	for _, path := range c.Args().Slice() {
		if same(path, c.String("out")) {
			return fmt.Errorf("--out %s: that is one of the parts", path)
		}
		p, err := openSweepPart(path)
		if err != nil {
			return err
		}
		parts = append(parts, p)
		if p.json != parts[0].json {
			return fmt.Errorf("%s and %s are not of the same format; want all parts as CSV, or all as JSON", parts[0].path, path)
		}
		if first := parts[0]; p.sweep != first.sweep || p.of != first.of || !bytes.Equal(p.header, first.header) {
			return fmt.Errorf("%s is a part of another sweep than %s", path, first.path)
		}
	}
	const csvFile, jsonFile = ".csv", ".json"
	holds, other := csvFile, jsonFile
	if parts[0].json {
		holds, other = jsonFile, csvFile
	}
	if strings.EqualFold(filepath.Ext(c.String("out")), other) {
		return fmt.Errorf("--out %s: the parts are %s files, and the whole will be one; want a name that ends in %s", c.String("out"), holds, holds)
	}
	return writeFile(c.String("out"), func(w io.Writer) error { return join(w, parts) })
}

// same reports whether two paths are of one file.
func same(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// join writes the points of all parts in their order; all must be there, once.
func join(w io.Writer, parts []*sweepPart) error {
	if _, err := w.Write(parts[0].header); err != nil {
		return err
	}
	const mostNamed = 10
	var lost []string
	missing := 0
	for point := range parts[0].of {
		var from *sweepPart
		for _, p := range parts {
			if p.row == nil || p.number != point {
				continue
			}
			if from != nil {
				return badInput(fmt.Errorf("point %d is in %s and in %s", point, from.path, p.path))
			}
			from = p
		}
		if from == nil {
			if missing++; missing <= mostNamed {
				lost = append(lost, strconv.Itoa(point))
			}
			continue
		}
		if point > 0 {
			if _, err := io.WriteString(w, from.separator); err != nil {
				return err
			}
		}
		if _, err := w.Write(from.row); err != nil {
			return err
		}
		if err := from.next(); err != nil {
			return badInput(err)
		}
	}
	if missing > 0 {
		if missing > mostNamed {
			lost = append(lost, "…")
		}
		return badInput(fmt.Errorf("%d of %d points are in no part: %s", missing, parts[0].of, strings.Join(lost, ", ")))
	}
	_, err := io.WriteString(w, parts[0].footer)
	return err
}

// badInput marks an error as one of the parts, not of writing.
func badInput(err error) error { return &codedError{exitBadInput, err} }

// A sweepPart is a file of points that is being read.
type sweepPart struct {
	path      string
	file      *os.File
	rows      *bufio.Reader
	json      bool
	header    []byte
	separator string
	footer    string
	sweep     string // which sweep it is of
	of        int    // points the whole has

	row    []byte // the next; nil at the end
	number int    // of the next or the last; it grows from row to row
	count  int    // rows read
}

func openSweepPart(path string) (*sweepPart, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w; want a file that sweep --shard wrote", path, withoutPath(err))
	}
	p := &sweepPart{path: path, file: file, rows: bufio.NewReaderSize(file, 1<<16)}
	if p.header, err = p.rows.ReadBytes('\n'); err != nil {
		return nil, p.foreign()
	}
	if otherVersion(p.header) {
		return nil, fmt.Errorf("%s: was written by another version of faaslab; want that one to merge it", path)
	}
	if p.json = p.header[0] == '{'; p.json {
		p.separator, p.footer = ",\n", "\n]}\n"
		p.sweep, _, _ = strings.Cut(strings.TrimPrefix(string(p.header), `{"sweep":"`), `"`)
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.row == nil {
		return nil, fmt.Errorf("%s holds no point; leave it out, or finish its sweep", path)
	}
	return p, nil
}

func (p *sweepPart) foreign() error {
	return fmt.Errorf("%s: is no finished file of points; want one that sweep --shard wrote, as CSV or JSON", p.path)
}

// next reads the next row.
func (p *sweepPart) next() error {
	p.row = nil
	line, err := p.rows.ReadBytes('\n')
	if err == io.EOF && len(line) == 0 && !p.json {
		return nil
	}
	if err != nil {
		return p.foreign()
	}
	var number, of int
	var ok bool
	sweep := p.sweep
	if p.json {
		if string(line) == "]}\n" {
			if _, err := p.rows.ReadByte(); err != io.EOF {
				return p.foreign()
			}
			return nil
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte(","))
		number, of, ok = jsonPoint(line)
	} else {
		number, of, sweep, ok = csvPoint(line)
	}
	switch sound := p.json && soundJSON(line) || !p.json && soundCSV(line); {
	case !ok:
		return p.foreign()
	case !sound:
		return fmt.Errorf("%s: line %d, point %d, is not as it was written; simulate this part again", p.path, p.count+2, number)
	}
	if p.count > 0 && (sweep != p.sweep || of != p.of) {
		return fmt.Errorf("%s: row %d is of another sweep than those before it", p.path, p.count+1)
	}
	if p.count > 0 && number <= p.number {
		return fmt.Errorf("%s: point %d is there twice, or out of order", p.path, number)
	}
	p.row, p.number, p.sweep, p.of = line, number, sweep, of
	p.count++
	return nil
}
