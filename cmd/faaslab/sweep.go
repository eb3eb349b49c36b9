package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate"
)

func sweepCommand() *cli.Command {
	return &cli.Command{
		Name:      "sweep",
		Usage:     "simulate a scenario at many values of its keys",
		ArgsUsage: "[SCENARIO]",
		Description: "--vary container.keep_alive=1s..180s:20 takes 20 values at equal distances,\n" +
			"…:20log at equal ratios, and --vary container.routing=mru,lru those of a\n" +
			"list. Several --vary make a grid. With --out, each finished point is written\n" +
			"at once, and the same command again continues where it stopped.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "vary", Aliases: []string{"v"}, Usage: "the `KEY=VALUES` to take: FROM..TO:N, FROM..TO:Nlog, or a list; may be repeated"},
			setFlag(),
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT` of the results: text, json or csv", DefaultText: "text, or as FILE of --out ends"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the points to `FILE`, or continue it"},
			&cli.StringFlag{Name: "shard", Usage: "simulate only a part of the grid: of `I/N`, 0/4 to 3/4, every fourth point; faaslab merge joins the files", DefaultText: "0/1"},
			modelsFlag(),
			metricsFlag(),
			plotFlag(),
			measuredFlag(),
			measuredColumnsFlag(),
			workersFlag("replications to run"),
		},
		BashComplete: completeScenario,
		Action:       sweep,
	}
}

// A sweepPlan is what a sweep will do.
type sweepPlan struct {
	text      scenarios.Text
	source    string   // the file that text is, or a built-in name
	files     []string // that the notations of its values name
	overrides []scenarios.Override
	grid      scenarios.Grid
	models    string // as --models has it
	shown     metricChoice
	limits    []scenarios.Limit // that shown has
	shard     shard
	base      scenarios.Scenario // the first point that can be simulated
	columns   []sweepColumn
	id        string // of what is simulated; the same for all shards
}

// A shard is a part of a grid: the points whose number is index, modulo of.
type shard struct{ index, of int }

// points returns how many of n points are in the shard.
func (s shard) points(n int) int { return (n - s.index + s.of - 1) / s.of }

// point returns the number in the grid of the shard's i-th point.
func (s shard) point(i int) int { return i*s.of + s.index }

func parseShard(text string) (shard, error) {
	if text == "" {
		return shard{0, 1}, nil
	}
	index, of, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err != nil || err2 != nil || i < 0 || i >= n {
		return shard{}, fmt.Errorf("--shard %s: want I/N, a part of N from 0/N to N−1/N, such as 0/4", text)
	}
	return shard{i, n}, nil
}

func sweep(c *cli.Context) error {
	plan, err := planSweep(c)
	if c.Context.Err() != nil {
		return &codedError{exitInterrupted, errors.New("interrupted before any point was simulated")}
	}
	if err != nil {
		return err
	}
	plot, err := planPlot(c, plan)
	if err != nil {
		return err
	}
	var path *string // of --out
	if c.IsSet("out") {
		name := c.String("out")
		path = &name
	}
	out, err := openSweepOutput(c.App.Writer, c.String("format"), path, plan, plot)
	if err != nil {
		return err
	}
	defer out.close()
	n := plan.shard.points(plan.grid.Len())
	already := out.rows()
	if already > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%d of %d points are in %s already\n", already, n, c.String("out"))
	}
	warnings := sweepWarnings{grid: plan.grid}
	bar := newProgress(c.App.ErrWriter, "sweeping")
	began, broken, told := time.Now(), false, false
	todo := n - already
	finished := 0
	options := simulationOptions(c)
	options.Progress = bar.set
	var footprint footprintNote
	err = scenarios.Sweep(c.Context, todo,
		func(i int) (scenarios.Scenario, error) {
			s, err := plan.scenario(plan.shard.point(already + i))
			if err == nil {
				footprint.tell(c, s)
			}
			return s, err
		},
		options,
		func(i int, p scenarios.Point) *sweepPoint { return plan.solve(plan.shard.point(already+i), p) },
		func(_ int, p *sweepPoint) error {
			if errors.As(p.err, new(*scenarios.MemoryError)) {
				return p.err // there may be room for it another time
			}
			warnings.add(p)
			finished++
			broken = broken || p.broken
			if elapsed := time.Since(began); !told && elapsed > 3*time.Second {
				left := time.Duration(float64(elapsed) / float64(finished) * float64(todo-finished))
				if told = true; left > time.Minute {
					fmt.Fprintf(c.App.ErrWriter, "%d points to go, about %s\n", todo-finished, left.Round(time.Minute))
				}
			}
			plot.add(p.number, func(c sweepColumn) float64 { return c.value(p) })
			return out.add(p)
		})
	bar.finish()
	warnings.tell(c.App.ErrWriter)
	interrupted := c.Context.Err() != nil
	if err != nil && !interrupted {
		return err
	}
	if err := out.finish(interrupted); err != nil {
		return err
	}
	where := "simulated"
	if c.IsSet("out") {
		where = "in " + c.String("out")
	}
	switch {
	case interrupted:
		hint := ""
		if c.IsSet("out") {
			hint = "; the same command continues"
		}
		return &codedError{exitInterrupted, fmt.Errorf("interrupted: %d of %d points are %s%s", already+finished, n, where, hint)}
	case broken:
		return &codedError{exitCheckFailed, errors.New("an error of the simulator, see the warnings; please report it")}
	}
	fmt.Fprintf(c.App.ErrWriter, "%d points %s, %d of them now in %s\n", n, where, todo, time.Since(began).Round(time.Millisecond))
	return plot.draw()
}

// planPlot returns where the figure of a sweep goes; nil if none is asked for.
func planPlot(c *cli.Context, plan *sweepPlan) (*sweepPlot, error) {
	file, measured, err := plotOf(c)
	if err != nil || file == nil {
		return nil, err
	}
	var keys []string
	for _, a := range plan.grid {
		keys = append(keys, a.Key)
	}
	measured, err = measuredAt(loaderOf(c), plan.base, measured, keys...)
	return &sweepPlot{plan: plan, file: file, measured: measured}, err
}

// planSweep reads the command line, and every value once, before anything is simulated.
func planSweep(c *cli.Context) (*sweepPlan, error) {
	if c.NArg() > 1 {
		return nil, fmt.Errorf("found %d scenarios (%q, %q …); want one", c.NArg(), c.Args().Get(0), c.Args().Get(1))
	}
	axes, err := scenarios.ParseAxes(c.Context, "--vary", c.StringSlice("vary"), mostPoints)
	if err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		return nil, errors.New("found no --vary; want a key and its values, such as --vary container.keep_alive=1s..180s:20")
	}
	p := &sweepPlan{source: c.Args().First(), grid: axes, models: c.String("models")}
	if p.shard, err = parseShard(c.String("shard")); err != nil {
		return nil, err
	}
	if p.overrides, err = scenarios.ParseOverrides("--set", c.StringSlice("set")); err != nil {
		return nil, err
	}
	if p.text, err = scenarios.Read(c.Args().First()); err != nil {
		return nil, err
	}
	if p.shown, p.limits, err = readMetricsFlag(c); err != nil {
		return nil, err
	}
	if err := p.check(c.Context); err != nil {
		return nil, err
	}
	return p, p.shown.check(p.base.Platforms()...)
}

// mostPoints is the most points of a grid.
const mostPoints = 1_000_000_000

// check reads the values and lays the columns out. It ends with ctx, with an error.
func (p *sweepPlan) check(ctx context.Context) error {
	for _, a := range p.grid {
		if slices.ContainsFunc(p.overrides, func(o scenarios.Override) bool { return o.Key == a.Key }) {
			return fmt.Errorf("--vary %s: given by --set, too; want one of them", a.Key)
		}
	}
	if err := p.checkValues(ctx); err != nil {
		return err
	}
	return p.layOut(ctx)
}

// mostChecked is how many values of an axis are read before anything is simulated, and notations besides. Others of
// so long an axis are numbers between two that are read; one that is wrong all the same is a point without numbers.
const mostChecked = 2000

// checkValues reads the values of each axis, evenly spread if there are many, with the first values of the others.
func (p *sweepPlan) checkValues(ctx context.Context) error {
	stride := 1
	for _, a := range slices.Backward(p.grid) {
		every := (len(a.Values) + mostChecked - 1) / mostChecked
		for i, value := range a.Values {
			if i%every != 0 && i != len(a.Values)-1 && !strings.Contains(value, "(") {
				continue
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s, err := p.read(i * stride)
			if err != nil {
				return err
			}
			if i*stride == 0 || strings.Contains(value, "(") { // other values are no notations
				p.files = append(p.files, namedFiles(p.source, s)...)
			}
		}
		stride *= len(a.Values)
	}
	slices.Sort(p.files)
	p.files = slices.Compact(p.files)
	return nil
}

// read returns the scenario of a point.
func (p *sweepPlan) read(point int) (scenarios.Scenario, error) {
	s, err := p.text.Scenario(append(slices.Clone(p.overrides), p.grid.Point(point)...))
	s.Limits = p.limits
	return s, err
}

// scenario returns the scenario of a point, or why it is not simulated.
func (p *sweepPlan) scenario(point int) (scenarios.Scenario, error) {
	s, err := p.read(point)
	if err == nil {
		err = refuse(s)
	}
	return s, err
}

// mostProbed is how many points are looked at for the models that apply to them: those
// decide the columns.
const mostProbed = 2000

// layOut fixes the columns, and what the sweep is known by.
func (p *sweepPlan) layOut(ctx context.Context) error {
	n := p.grid.Len()
	var models []validate.Model
	var first error
	found := false
	for i := range min(n, mostProbed) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		point := i
		if n > mostProbed {
			point = int(float64(i) / mostProbed * float64(n)) // evenly spread
		}
		s, err := p.scenario(point)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		if !found {
			p.base, found = s, true
		}
		for _, m := range validate.Models(s) {
			if !slices.ContainsFunc(models, func(o validate.Model) bool { return o.Name == m.Name && o.Platform == m.Platform }) {
				models = append(models, m)
			}
		}
	}
	if !found {
		return first
	}
	if err := p.checkModels(models); err != nil {
		return err
	}
	p.columns = sweepColumns(p.base, models, p.models)
	resolved, err := json.Marshal(p.base)
	if err != nil {
		return err
	}
	var names []string
	for _, column := range p.columns {
		names = append(names, column.name)
	}
	known := fmt.Append(nil, version, string(resolved), p.grid, p.models, names)
	if p.files != nil {
		contents, err := fingerprint(p.files)
		if err != nil {
			return err
		}
		known = append(known, contents...)
	}
	sum := sha256.Sum256(known)
	p.id = hex.EncodeToString(sum[:6])
	return nil
}

// checkModels refuses a list that names what applies to no point.
func (p *sweepPlan) checkModels(models []validate.Model) error {
	for _, name := range p.wanted() {
		if names := modelNames(models); !slices.Contains(names, name) {
			return fmt.Errorf("--models %s: %q applies to no point of the grid%swant none or some of %s", p.models, name, didYouMean("", name, names), strings.Join(names, ", "))
		}
	}
	return nil
}

// wanted returns the models that --models names; nil if it names none.
func (p *sweepPlan) wanted() (names []string) {
	if p.models == "" || p.models == "none" {
		return nil
	}
	for _, name := range strings.Split(p.models, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// A sweepPoint is a point with all that is written of it.
type sweepPoint struct {
	number   int
	result   *scenarios.Result
	models   []solvedModel
	err      error
	warnings []string
	broken   bool
}

// solve sets the models beside a simulated point.
func (p *sweepPlan) solve(number int, point scenarios.Point) *sweepPoint {
	s := &sweepPoint{number: number, result: point.Result, err: point.Err}
	if point.Err != nil {
		s.warnings = []string{"not simulated: " + onOneLine(point.Err)}
		s.broken = errors.As(point.Err, new(*scenarios.PanicError))
		return s
	}
	s.warnings, s.broken = point.Result.Warnings, point.Result.Broken != nil
	for _, of := range point.Result.Platforms {
		// A point is its metrics: the distributions would take megabytes each.
		of.Replications, of.Distributions = []platform.Observations{of.Replications[0].Reduced()}, nil
	}
	// A model that a list names need not apply to this point.
	list := p.models
	if wanted := p.wanted(); wanted != nil {
		applicable := validate.Models(point.Result.Scenario)
		wanted = slices.DeleteFunc(wanted, func(name string) bool {
			return !slices.ContainsFunc(applicable, func(m validate.Model) bool { return m.Name == name })
		})
		if list = strings.Join(wanted, ","); list == "" {
			list = "none"
		}
	}
	models, _, err := solveModels(point.Result.Scenario, list, validate.QuickWork)
	if err != nil {
		s.warnings = append(s.warnings, err.Error())
	}
	s.models = models
	return s
}

// describe names a point by its values.
func (s *sweepPoint) describe(g scenarios.Grid) string {
	var values []string
	for _, o := range g.Point(s.number) {
		values = append(values, o.Key+"="+o.Value)
	}
	return strings.Join(values, ", ")
}

// openSweepOutput opens what the points are written to: the file at *path, or w if path is nil. An empty format is the one that the
// file's name says, or text.
func openSweepOutput(w io.Writer, format string, path *string, plan *sweepPlan, plot *sweepPlot) (sweepOutput, error) {
	if path == nil {
		if format == "" || format == "text" {
			return &sweepTable{w: w, plan: plan}, nil
		}
		layout, err := sweepLayoutFor(format, plan)
		if err != nil {
			return nil, err
		}
		return newSweepStream(w, layout)
	}
	if *path == "" {
		return nil, errors.New("--out: found no name; want a file")
	}
	if format == "" {
		format = strings.TrimPrefix(filepath.Ext(*path), ".")
		if format != "csv" && format != "json" {
			return nil, fmt.Errorf("--out %s: want a name that ends in .csv or .json, or --format csv or json", *path)
		}
	}
	if format == "text" {
		return nil, fmt.Errorf("--out %s: want --format csv or json; text is for reading only", *path)
	}
	layout, err := sweepLayoutFor(format, plan)
	if err != nil {
		return nil, err
	}
	return openSweepFile(*path, layout, plan, plot)
}

func sweepLayoutFor(format string, plan *sweepPlan) (sweepLayout, error) {
	switch format {
	case "csv":
		return newCSVLayout(plan)
	case "json":
		return newJSONLayout(plan)
	}
	return nil, fmt.Errorf("--format %s: want text, json or csv", format)
}

// A sweepOutput takes the points in their order.
type sweepOutput interface {
	rows() int // how many points of the shard it holds already
	add(*sweepPoint) error
	finish(interrupted bool) error
	close()
}
