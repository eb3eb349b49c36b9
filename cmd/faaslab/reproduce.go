package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/reproduction"
	"faaslab/validate/thesis"
)

func reproduceCommand() *cli.Command {
	return &cli.Command{
		Name:      "reproduce",
		Usage:     "re-create the thesis' figures and check what it states",
		ArgsUsage: "[FIGURE…]",
		Description: "Simulates the experiments of the thesis and writes each of its figures, all\n" +
			"if none is named, as SVG, PNG and CSV, with an index.html; then holds its\n" +
			"statements against the simulation. histogram and greedy-dual compare keep-\n" +
			"alive policies as two papers do, on a synthetic workload.\n" +
			"Figures: " + strings.Join(format.Wrap(strings.Join(reproduction.FigureNumbers(), ", ")+".", helpWidth-13), "\n"),
		Flags: []cli.Flag{
			formatFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Value: "reproduction", Usage: "write the figures to `DIR`"},
			&cli.StringFlag{Name: "measured", Usage: "show what was measured, too: CSV files in `DIR`, named openwhisk_float_load.csv and so on"},
			&cli.StringFlag{Name: "page", Usage: "write the page of the documentation to `FILE`, instead of the figures; with --measured also how far from it all are"},
			&cli.BoolFlag{Name: "fit", Usage: "instead of the figures, fit what the thesis leaves open of its cores to openwhisk_float_load.csv of --measured"},
			&cli.IntFlag{Name: "runs", Value: thesis.DefaultOptions.Runs, Usage: fmt.Sprintf("how many times to make each short run, `N`, at least %d", thesis.LeastRuns)},
			&cli.Int64Flag{Name: "max-requests", Value: thesis.DefaultOptions.MaxRequests, Usage: "requests to simulate for a steady state at most, `N`"},
			&cli.Uint64Flag{Name: "seed", Value: thesis.DefaultOptions.Seed, Usage: "`SEED` of the simulations"},
			workersFlag("points to simulate"),
		},
		BashComplete: func(c *cli.Context) {
			cli.DefaultCompleteWithFlags(c.Command)(c)
			for _, number := range reproduction.FigureNumbers() {
				fmt.Fprintln(c.App.Writer, number)
			}
		},
		Action: reproduce,
	}
}

func reproduce(c *cli.Context) error {
	if c.Bool("fit") {
		return reproduceFit(c)
	}
	write, err := writerFor(c, map[string]func(io.Writer, *reproduction.Result) error{
		"text": reproduction.WriteText, "json": reproduction.WriteJSON, "csv": reproduction.WriteCSV,
	})
	if err != nil {
		return err
	}
	plan, err := planReproduction(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.App.ErrWriter, "reproducing")
	plan.Options.Progress = bar.set
	began := time.Now()
	err = plan.Run(c.Context)
	var accuracy []thesis.Accuracy
	if err == nil {
		accuracy, err = plan.Accuracy(c.Context)
	}
	bar.Finish()
	if err != nil && c.Context.Err() == nil {
		return err
	}
	r := &reproduction.Result{Out: plan.Out, Written: plan.Written, Findings: thesis.Findings(plan.Curves), Accuracy: accuracy, Studies: plan.Studies}
	if plan.Out != "" && len(r.Written) > 0 {
		if err := outfile.Write(filepath.Join(plan.Out, "index.html"), func(w io.Writer) error { return reproduction.WriteIndex(w, r) }); err != nil {
			return err
		}
	}
	if c.Context.Err() != nil {
		where := ""
		if plan.Out != "" {
			where = " are in " + plan.Out
		}
		return &exit.Error{Code: exit.Interrupted, Err: fmt.Errorf("interrupted: %d of %d figures%s", len(r.Written), len(plan.Figures)+len(plan.Policies), where)}
	}
	var text bytes.Buffer
	if err := write(&text, r); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d points in %s\n", plan.Points(), time.Since(began).Round(time.Millisecond))
	if plan.Page != "" {
		if err := reproduction.WritePolicyFigures(figuresOf(plan.Page), r.Studies); err != nil {
			return err
		}
		return outfile.Write(plan.Page, func(w io.Writer) error { return reproduction.WritePage(w, r) })
	}
	return nil
}

func planReproduction(c *cli.Context) (*reproduction.Plan, error) {
	p := &reproduction.Plan{Options: thesis.DefaultOptions, Out: c.String("out"), Page: c.String("page"), Curves: map[string]thesis.Curve{}, Studies: reproduction.Studies{}}
	p.Options.Seed, p.Options.Workers = c.Uint64("seed"), c.Int("workers")
	p.Options.Runs, p.Options.MaxRequests = c.Int("runs"), c.Int64("max-requests")
	switch {
	case p.Options.Runs < thesis.LeastRuns:
		return nil, fmt.Errorf("--runs %d: want %d or more, so that 95 %% of a further run can be told", p.Options.Runs, thesis.LeastRuns)
	case p.Options.MaxRequests < 1:
		return nil, fmt.Errorf("--max-requests %d: want 1 or more", p.Options.MaxRequests)
	case p.Page != "" && (c.Args().Present() || c.IsSet("out")):
		return nil, errors.New("--page: the page is of all figures, and shows none; leave out figures and --out")
	case p.Page != "":
		p.Out = ""
	case p.Out == "":
		return nil, errors.New("--out: found no name; want a directory")
	}
	var err error
	if p.Figures, p.Policies, err = reproduction.Figures(c.Args().Slice()); err != nil {
		return nil, err
	}
	if c.IsSet("measured") {
		if p.Measured, err = reproduction.ReadMeasured(c.String("measured")); err != nil {
			return nil, err
		}
	}
	for flag, directory := range map[string]string{"--out " + p.Out: p.Out, "--page " + p.Page: figuresOf(p.Page)} {
		if directory == "" {
			continue
		}
		if err := outfile.PrepareDirectory(directory); err != nil {
			return nil, fmt.Errorf("%s: cannot be written: %w", flag, err)
		}
	}
	p.ChooseSeries(!c.Args().Present())
	return p, nil
}

// figuresOf returns the directory of the figures of a page.
func figuresOf(page string) string {
	if page == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(page), "figures")
}
