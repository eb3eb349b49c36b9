package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/validate"
)

// trustCommand maps where the SMP can be trusted. It is a subcommand of validate.
func trustCommand() *cli.Command {
	return &cli.Command{
		Name:  "trust",
		Usage: "map the error of both SMPs against the exact model",
		Description: "Compares every metric over a grid of loads, keep-alives and ratios of cold to\n" +
			"warm service, and simulates service times that are not exponential. Takes\n" +
			"about a minute.\n" +
			"docs/trust.md explains the result.",
		Flags: []cli.Flag{
			formatFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write trust.csv, trust-distributions.csv and the heat maps (SVG and PNG) to `DIR`"},
			&cli.StringFlag{Name: "page", Usage: "write the page of the documentation to `FILE`, and its figures and tables to figures/ beside it"},
			&cli.IntFlag{Name: "points", Usage: "take at most `N` values of each parameter of the grid, and N pools to simulate", DefaultText: "all"},
			&cli.IntFlag{Name: "cold-starts", Value: validate.TrustColdStarts, Usage: "cold starts to simulate, `N` for each pool and law: four times as many halve the intervals; 0 simulates nothing"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "`SEED` of the simulations"},
			workersFlag("computations to run"),
		},
		Action: trust,
	}
}

// trustResult is what the command shows.
type trustResult struct {
	Map  *validate.TrustMap
	Laws []validate.LawShift // nil: not simulated
}

func trust(c *cli.Context) error {
	write, err := format(c, map[string]func(io.Writer, trustResult) error{
		"text": writeTrustText, "json": writeTrustJSON, "csv": writeTrustCSV,
	})
	page := c.String("page")
	switch {
	case err != nil:
		return err
	case c.Lineage()[1].NumFlags() > 0:
		return errors.New("validate trust has options of its own: they stand after it")
	case c.Args().Present():
		return fmt.Errorf("validate trust takes no argument, found %q", c.Args().First())
	case c.IsSet("points") && c.Int("points") < 2:
		return fmt.Errorf("--points %d: want 2 or more", c.Int("points"))
	case c.Int("cold-starts") < 0:
		return fmt.Errorf("--cold-starts %d: want 1 or more, or 0 to simulate nothing", c.Int("cold-starts"))
	case page != "" && (c.IsSet("points") || c.Int("cold-starts") == 0):
		return errors.New("--page: the page shows the whole grid and the simulations; leave out --points and --cold-starts 0")
	}
	for _, d := range []struct{ flag, directory string }{
		{"--out " + c.String("out"), c.String("out")},
		{"--page " + page, figuresBeside(page)},
	} {
		if d.directory == "" {
			continue
		}
		if err := prepareDirectory(d.directory); err != nil {
			return fmt.Errorf("%s: cannot be written: %w", d.flag, err)
		}
	}
	result, err := computeTrust(c.Context, c)
	if err != nil {
		if c.Context.Err() != nil {
			return &codedError{exitInterrupted, errors.New("interrupted: there is nothing to show")}
		}
		return err
	}
	text := newPage(c.App.Writer)
	if err := write(text, result); err != nil {
		return err
	}
	if err := print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	if out := c.String("out"); out != "" {
		if err := writeTrustFiles(out, result, svgFormat, pngFormat); err != nil {
			return err
		}
	}
	if page != "" {
		return writeTrustPageFiles(page, result)
	}
	return nil
}

// writeTrustPageFiles writes the page, its figures and its tables. All show what the tables say.
func writeTrustPageFiles(page string, r trustResult) error {
	var points, laws bytes.Buffer
	if err := errors.Join(writeTrustCSV(&points, r), writeLawsCSV(&laws, r.Laws)); err != nil {
		return err
	}
	r, err := readTrust(&points, &laws)
	if err != nil {
		return err
	}
	if err := writeTrustFiles(figuresBeside(page), r, svgFormat); err != nil {
		return err
	}
	return writeFile(page, func(w io.Writer) error { return writeTrustPage(w, r) })
}

// figuresBeside returns the directory of a page's figures.
func figuresBeside(page string) string {
	if page == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(page), "figures")
}

// computeTrust computes the map, and then simulates.
func computeTrust(ctx context.Context, c *cli.Context) (result trustResult, err error) {
	var grid validate.TrustOptions
	laws := validate.LawOptions{ColdStarts: c.Int("cold-starts"), Seed: c.Uint64("seed"), Points: validate.TrustLawPoints}
	if n := c.Int("points"); n > 0 {
		grid.Loads = spreadOver(validate.TrustLoads, n)
		grid.KeepAlives = spreadOver(validate.TrustKeepAlives, n)
		grid.Ratios = spreadOver(validate.TrustRatios, n)
		laws.Points = spreadOver(validate.TrustLawPoints, n)
	}
	grid.Workers, laws.Workers = c.Int("workers"), c.Int("workers")

	began := time.Now()
	bar := newProgress(c.App.ErrWriter, "solving")
	grid.Progress = bar.set
	result.Map, err = validate.Trust(ctx, grid)
	bar.finish()
	if err != nil || laws.ColdStarts == 0 {
		return result, err
	}
	solved := time.Since(began)
	bar = newProgress(c.App.ErrWriter, "simulating")
	laws.Progress = bar.set
	result.Laws, err = validate.TrustLaws(ctx, laws)
	bar.finish()
	fmt.Fprintf(c.App.ErrWriter, "%d points solved in %s, %d pools simulated in %s\n", len(result.Map.Points)-result.Map.LeftOut(),
		solved.Round(time.Millisecond), len(result.Laws), (time.Since(began) - solved).Round(time.Millisecond))
	return result, err
}

// spreadOver returns n values at most, evenly spread from the first to the last; n >= 2.
func spreadOver[V any](values []V, n int) []V {
	if n >= len(values) {
		return values
	}
	chosen := make([]V, n)
	for i := range chosen {
		chosen[i] = values[i*(len(values)-1)/(n-1)]
	}
	return chosen
}

// writeTrustFiles writes the tables and the figures to a directory.
func writeTrustFiles(directory string, r trustResult, formats ...figureFormat) error {
	if err := writeFile(filepath.Join(directory, "trust.csv"), func(w io.Writer) error { return writeTrustCSV(w, r) }); err != nil {
		return err
	}
	if r.Laws != nil {
		if err := writeFile(filepath.Join(directory, "trust-distributions.csv"), func(w io.Writer) error { return writeLawsCSV(w, r.Laws) }); err != nil {
			return err
		}
	}
	for _, figure := range trustFigures() {
		for _, format := range formats {
			path := filepath.Join(directory, figure.name+"."+string(format))
			if err := writeFile(path, func(w io.Writer) error { return figure.write(w, r.Map, format) }); err != nil {
				return err
			}
		}
	}
	return nil
}
