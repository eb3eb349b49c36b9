package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/scenarios"
	"faaslab/validate/thesis"
)

func reproduceCommand() *cli.Command {
	return &cli.Command{
		Name:      "reproduce",
		Usage:     "re-create the thesis' figures and check what it states",
		ArgsUsage: "[FIGURE…]",
		Description: "Simulates the experiments of the thesis and writes each of its figures, all\n" +
			"if none is named, as SVG, PNG and CSV, with an index.html; then holds its\n" +
			"statements against the simulation.\n" +
			"Figures: " + strings.Join(wrapWords(strings.Join(figureNumbers(), ", ")+".", helpWidth-13), "\n"),
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
			for _, number := range figureNumbers() {
				fmt.Fprintln(c.App.Writer, number)
			}
		},
		Action: reproduce,
	}
}

// figureNumbers are those of the thesis' figures.
func figureNumbers() (numbers []string) {
	for _, f := range thesis.Figures {
		numbers = append(numbers, f.Number)
	}
	return numbers
}

// A reproduction is what the command found.
type reproduction struct {
	out      string // empty: no figures are written
	written  []writtenFigure
	findings []thesis.Finding
	accuracy []thesis.Accuracy // with measurements: in the order of series
}

// A writtenFigure is a figure with the names of its files, but for the endings.
type writtenFigure struct {
	thesis.Figure
	name string
}

func reproduce(c *cli.Context) error {
	if c.Bool("fit") {
		return reproduceFit(c)
	}
	write, err := format(c, map[string]func(io.Writer, *reproduction) error{
		"text": writeReproductionText, "json": writeReproductionJSON, "csv": writeReproductionCSV,
	})
	if err != nil {
		return err
	}
	plan, err := planReproduction(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.App.ErrWriter, "reproducing")
	plan.options.Progress = bar.set
	began := time.Now()
	err = plan.run(c.Context)
	var accuracy []thesis.Accuracy
	if err == nil {
		accuracy, err = plan.accuracy(c.Context)
	}
	bar.finish()
	if err != nil && c.Context.Err() == nil {
		return err
	}
	r := &reproduction{out: plan.out, written: plan.written, findings: thesis.Findings(plan.curves), accuracy: accuracy}
	if plan.out != "" && len(r.written) > 0 {
		if err := writeFile(filepath.Join(plan.out, "index.html"), func(w io.Writer) error { return writeReproductionIndex(w, r) }); err != nil {
			return err
		}
	}
	if c.Context.Err() != nil {
		where := ""
		if plan.out != "" {
			where = " are in " + plan.out
		}
		return &codedError{exitInterrupted, fmt.Errorf("interrupted: %d of %d figures%s", len(r.written), len(plan.figures), where)}
	}
	var text bytes.Buffer
	if err := write(&text, r); err != nil {
		return err
	}
	if err := print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d points in %s\n", plan.points(), time.Since(began).Round(time.Millisecond))
	if plan.page != "" {
		return writeFile(plan.page, func(w io.Writer) error { return writeReproductionPage(w, r) })
	}
	return nil
}

// A reproductionPlan is what is to be simulated and drawn.
type reproductionPlan struct {
	options  thesis.Options
	out      string // empty: no figures
	page     string // empty: no page
	figures  []thesis.Figure
	series   []thesis.Series
	measured map[string]measurements // by series
	means    map[string]float64      // the service time of the series of WithService, by name

	curves  map[string]thesis.Curve
	written []writtenFigure
}

func planReproduction(c *cli.Context) (*reproductionPlan, error) {
	p := &reproductionPlan{options: thesis.DefaultOptions, out: c.String("out"), page: c.String("page"), curves: map[string]thesis.Curve{}}
	p.options.Seed, p.options.Workers = c.Uint64("seed"), c.Int("workers")
	p.options.Runs, p.options.MaxRequests = c.Int("runs"), c.Int64("max-requests")
	switch {
	case p.options.Runs < thesis.LeastRuns:
		return nil, fmt.Errorf("--runs %d: want %d or more, so that 95 %% of a further run can be told", p.options.Runs, thesis.LeastRuns)
	case p.options.MaxRequests < 1:
		return nil, fmt.Errorf("--max-requests %d: want 1 or more", p.options.MaxRequests)
	case p.page != "" && (c.Args().Present() || c.IsSet("out")):
		return nil, errors.New("--page: the page is of all figures, and shows none; leave out figures and --out")
	case p.page != "":
		p.out = ""
	case p.out == "":
		return nil, errors.New("--out: found no name; want a directory")
	}
	var err error
	if p.figures, err = chosenFigures(c.Args().Slice()); err != nil {
		return nil, err
	}
	if c.IsSet("measured") {
		if p.measured, err = readMeasuredDirectory(c.String("measured")); err != nil {
			return nil, err
		}
	}
	for flag, directory := range map[string]string{"--out " + p.out: p.out, "--page " + p.page: directoryOf(p.page)} {
		if directory == "" {
			continue
		}
		if err := prepareDirectory(directory); err != nil {
			return nil, fmt.Errorf("%s: cannot be written: %w", flag, err)
		}
	}
	p.chooseSeries(!c.Args().Present())
	return p, nil
}

func directoryOf(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Dir(path)
}

// chosenFigures returns the figures with the given numbers, in the thesis' order; all if none is given.
func chosenFigures(numbers []string) (figures []thesis.Figure, err error) {
	if len(numbers) == 0 {
		return thesis.Figures, nil
	}
	for _, n := range numbers {
		if !slices.Contains(figureNumbers(), n) {
			return nil, fmt.Errorf("no figure %q; want some of %s", n, strings.Join(figureNumbers(), ", "))
		}
	}
	for _, f := range thesis.Figures {
		if slices.Contains(numbers, f.Number) {
			figures = append(figures, f)
		}
	}
	return figures, nil
}

// chooseSeries takes the series that the figures need, those with the measured service time and those with constant service times where they
// are measured, and if all figures are wanted also those that only findings need.
func (p *reproductionPlan) chooseSeries(all bool) {
	p.means = map[string]float64{}
	needed := thesis.SeriesOf(p.figures)
	for _, s := range thesis.AllSeries() {
		if !all && !slices.Contains(needed, s.Name) {
			continue
		}
		p.series = append(p.series, s)
		if mean, ok := meanBelowCapacity(p.measured[s.Name], s); ok {
			measured := thesis.WithService(s.Function, mean)
			p.means[measured.Name] = mean
			p.series = append(p.series, measured)
		}
		if _, ok := p.measured[s.Name]; ok && s.Platform == scenarios.ContainerPlatform && s.Key == "container.keep_alive" {
			p.series = append(p.series, thesis.WithConstantService(s))
		}
	}
}

// points is how many points are simulated.
func (p *reproductionPlan) points() (n int) {
	for _, s := range p.series {
		n += len(s.Values)
	}
	return n
}

// run simulates all series and writes each figure as soon as it can be drawn.
func (p *reproductionPlan) run(ctx context.Context) error {
	return thesis.Simulate(ctx, p.series, p.options, func(c thesis.Curve) error {
		p.curves[c.Name] = c
		if p.out == "" {
			return nil
		}
		for _, f := range p.figures {
			if p.isWritten(f) || !p.complete(f) {
				continue
			}
			w := writtenFigure{f, "figure-" + f.Number}
			if err := p.write(w); err != nil {
				return err
			}
			at, _ := slices.BinarySearchFunc(p.written, w, func(a, b writtenFigure) int { return figureOrder(a.Number) - figureOrder(b.Number) })
			p.written = slices.Insert(p.written, at, w)
		}
		return nil
	})
}

// accuracy holds what was simulated against what was measured of it, series by series.
func (p *reproductionPlan) accuracy(ctx context.Context) (all []thesis.Accuracy, err error) {
	for _, s := range p.series {
		m, ok := p.measured[measuredName(s)]
		if !ok || s.Level {
			continue
		}
		a, err := thesis.Compare(ctx, p.curves[s.Name], ofThesis(m, s.Platform), p.options)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func figureOrder(number string) int { return slices.Index(figureNumbers(), number) }

func (p *reproductionPlan) isWritten(f thesis.Figure) bool {
	return slices.ContainsFunc(p.written, func(w writtenFigure) bool { return w.Number == f.Number })
}

// complete reports whether all that a figure shows has been simulated.
func (p *reproductionPlan) complete(f thesis.Figure) bool {
	for _, panel := range f.Panels {
		for _, name := range panel.Series {
			_, done := p.curves[name]
			if _, planned := p.means[name]; !done && (planned || !panel.Service) {
				return false
			}
		}
	}
	return true
}

// write writes a figure and its table.
func (p *reproductionPlan) write(f writtenFigure) error {
	path := filepath.Join(p.out, f.name)
	ch := p.chart(f.Figure)
	for _, format := range []figureFormat{svgFormat, pngFormat} {
		if err := writeFile(path+"."+string(format), func(w io.Writer) error { return ch.write(w, format) }); err != nil {
			return err
		}
	}
	return writeFile(path+".csv", func(w io.Writer) error { return writeRows(w, p.table(f.Figure)...) })
}
