package sweep

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

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate"
)

// A Plan describes a sweep before it is simulated.
type Plan struct {
	Text      scenarios.Text
	Source    string   // the file of the text, or a built-in name
	files     []string // the files that the notations of its values name
	Overrides []scenarios.Override
	Grid      scenarios.Grid
	Models    string // the value of --models
	Shown     report.MetricChoice
	Limits    []scenarios.Limit // the limits among the shown metrics
	Drawn     bool              // points keep what a figure needs beside their metrics
	Shard     Shard
	Base      scenarios.Scenario // the first point that can be simulated
	columns   []Column
	id        string // of the simulated grid; the same for all shards
}

// A Shard is a part of a grid: the points whose number modulo Of is Index.
type Shard struct{ Index, Of int }

// Points returns how many of n points are in the shard.
func (s Shard) Points(n int) int { return (n - s.Index + s.Of - 1) / s.Of }

// Point returns the number in the grid of the shard's i-th point.
func (s Shard) Point(i int) int { return i*s.Of + s.Index }

// FileName returns a name for the file of the shard, without an ending: part-03-of-12. The names of
// all shards sort by their index.
func (s Shard) FileName() string {
	return fmt.Sprintf("part-%0*d-of-%d", len(strconv.Itoa(s.Of-1)), s.Index, s.Of)
}

// ParseShard reads I/N; an empty text is the whole grid.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{0, 1}, nil
	}
	index, of, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err != nil || err2 != nil || i < 0 || i >= n {
		return Shard{}, fmt.Errorf("--shard %s: want I/N, a part of N from 0/N to N−1/N, such as 0/4, or auto", text)
	}
	return Shard{i, n}, nil
}

// MostPoints is the largest number of points of a grid.
const MostPoints = 1_000_000_000

// Check reads the values and determines the columns. It stops with an error when ctx ends.
func (p *Plan) Check(ctx context.Context) error {
	for _, a := range p.Grid {
		if slices.ContainsFunc(p.Overrides, func(o scenarios.Override) bool { return o.Key == a.Key }) {
			return fmt.Errorf("--vary %s: given by --set, too; want one of them", a.Key)
		}
	}
	if err := p.CheckValues(ctx); err != nil {
		return err
	}
	return p.LayOut(ctx)
}

// mostChecked is the largest number of values of an axis that are read before the simulation, in
// addition to notations. The other values of so long an axis lie between two values that are read;
// if one of them is wrong all the same, its point has no numbers.
const mostChecked = 2000

// CheckValues reads the values of each axis, evenly spread if there are many, with the first values
// of the other axes.
func (p *Plan) CheckValues(ctx context.Context) error {
	stride := 1
	for _, a := range slices.Backward(p.Grid) {
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
			if i*stride == 0 || strings.Contains(value, "(") { // values without "(" are no notations
				p.files = append(p.files, namedFiles(p.Source, s)...)
			}
		}
		stride *= len(a.Values)
	}
	slices.Sort(p.files)
	p.files = slices.Compact(p.files)
	return nil
}

// read returns the scenario of a point.
func (p *Plan) read(point int) (scenarios.Scenario, error) {
	s, err := p.Text.Scenario(append(slices.Clone(p.Overrides), p.Grid.Point(point)...))
	s.Limits = p.Limits
	return s, err
}

// Scenario returns the scenario of a point, or why it is not simulated.
func (p *Plan) Scenario(point int) (scenarios.Scenario, error) {
	s, err := p.read(point)
	if err == nil {
		err = report.Refuse(s)
	}
	return s, err
}

// mostProbed is the largest number of points that are checked for the models that apply to them,
// which decide the columns.
const mostProbed = 2000

// LayOut determines the columns and the identity of the sweep.
func (p *Plan) LayOut(ctx context.Context) error {
	n := p.Grid.Len()
	var models []validate.Model
	metrics := map[string][]platform.Metric{} // by platform, of all points
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
		s, err := p.Scenario(point)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		if !found {
			p.Base, found = s, true
		}
		for _, name := range s.Platforms() {
			metrics[name] = join(metrics[name], s.Metrics(name))
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
	p.columns = sweepColumns(p.Base, metrics, models, p.Models)
	resolved, err := json.Marshal(p.Base)
	if err != nil {
		return err
	}
	var names []string
	for _, column := range p.columns {
		names = append(names, column.name)
	}
	known := fmt.Append(nil, words.Version, string(resolved), p.Grid, p.Models, names)
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

// join returns metrics with those of others that they lack, each after the one that it follows there.
func join(metrics, others []platform.Metric) []platform.Metric {
	for i, m := range others {
		named := func(name string) func(platform.Metric) bool {
			return func(o platform.Metric) bool { return o.Name == name }
		}
		if slices.ContainsFunc(metrics, named(m.Name)) {
			continue
		}
		at := 0
		if i > 0 {
			at = 1 + slices.IndexFunc(metrics, named(others[i-1].Name))
		}
		metrics = slices.Insert(metrics, at, m)
	}
	return metrics
}

// checkModels refuses a list with a model that applies to no point.
func (p *Plan) checkModels(models []validate.Model) error {
	for _, name := range p.wanted() {
		if names := validate.NamesOf(models); !slices.Contains(names, name) {
			return fmt.Errorf("--models %s: %q applies to no point of the grid%swant none or some of %s", p.Models, name, words.DidYouMean("", name, names), strings.Join(names, ", "))
		}
	}
	return nil
}

// wanted returns the models that --models names; nil if it names none.
func (p *Plan) wanted() (names []string) {
	if p.Models == "" || p.Models == "none" {
		return nil
	}
	for _, name := range strings.Split(p.Models, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// A Point is a point with everything that is written about it.
type Point struct {
	Number   int
	Result   *scenarios.Result
	Models   []validate.Solved
	Err      error
	warnings []string
	Broken   bool
	Cold     report.ColdCurve // of many functions, if Plan.Drawn
}

// Solve adds the models to a simulated point.
func (p *Plan) Solve(number int, point scenarios.Point) *Point {
	s := &Point{Number: number, Result: point.Result, Err: point.Err}
	if point.Err != nil {
		s.warnings = []string{"not simulated: " + format.OnOneLine(point.Err)}
		s.Broken = errors.As(point.Err, new(*scenarios.PanicError))
		return s
	}
	s.warnings, s.Broken = slices.Concat(point.Result.Warnings, point.Result.Scenario.Notes()), point.Result.Broken != nil
	for _, of := range point.Result.Platforms {
		if p.Drawn {
			s.Cold = report.NewColdCurve(of)
		}
		// Only the metrics of a point are kept: the distributions would take megabytes each.
		of.Replications, of.Distributions = []platform.Observations{of.Replications[0].Reduced()}, nil
	}
	// A model in a list need not apply to this point.
	list := p.Models
	if wanted := p.wanted(); wanted != nil {
		applicable := validate.Models(point.Result.Scenario)
		wanted = slices.DeleteFunc(wanted, func(name string) bool {
			return !slices.ContainsFunc(applicable, func(m validate.Model) bool { return m.Name == name })
		})
		if list = strings.Join(wanted, ","); list == "" {
			list = "none"
		}
	}
	models, _, err := report.SolveModels(point.Result.Scenario, list, validate.QuickWork)
	if err != nil {
		s.warnings = append(s.warnings, err.Error())
	}
	s.Models = models
	return s
}

// describe names a point by its values.
func (s *Point) describe(g scenarios.Grid) string {
	var values []string
	for _, o := range g.Point(s.Number) {
		values = append(values, o.Key+"="+o.Value)
	}
	return strings.Join(values, ", ")
}

// Open opens the output for the points: the file at *path, or w if path is nil. If the format is
// empty, the file's name determines it, and it is text otherwise.
func Open(w io.Writer, format string, path *string, plan *Plan, plot *Plot) (Output, error) {
	if path == nil {
		if format == "" || format == "text" {
			return &sweepTable{w: w, plan: plan}, nil
		}
		if format == "latex" {
			return &latexTable{sweepTable{w: w, plan: plan}}, nil
		}
		if format == "parquet" {
			layout, err := NewCSVLayout(plan)
			if err != nil {
				return nil, err
			}
			return newParquetStream(w, layout)
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
		if format != "csv" && format != "json" && format != "parquet" {
			return nil, fmt.Errorf("--out %s: want a name that ends in .csv, .json or .parquet, or --format csv or json", *path)
		}
	}
	if format == "parquet" {
		layout, err := NewCSVLayout(plan)
		if err != nil {
			return nil, err
		}
		points, err := openSweepFile(strings.TrimSuffix(*path, filepath.Ext(*path))+".csv", layout, plan, plot)
		if err != nil {
			return nil, err
		}
		return &parquetFile{points, *path}, nil
	}
	if format == "text" || format == "latex" {
		return nil, fmt.Errorf("--out %s: want --format csv, json or parquet; %s is for reading only", *path, format)
	}
	layout, err := sweepLayoutFor(format, plan)
	if err != nil {
		return nil, err
	}
	return openSweepFile(*path, layout, plan, plot)
}

func sweepLayoutFor(format string, plan *Plan) (Layout, error) {
	switch format {
	case "csv":
		return NewCSVLayout(plan)
	case "json":
		return NewJSONLayout(plan)
	}
	return nil, fmt.Errorf("--format %s: want text, json, csv, parquet or latex", format)
}

// An Output takes the points in order.
type Output interface {
	Rows() int // the number of points of the shard that it holds already
	Add(*Point) error
	Finish(interrupted bool) error
	Close()
}

// Subtitle describes the varied keys, and the length of each simulation.
func (p *Plan) Subtitle() []string {
	var parts []string
	for _, a := range p.Grid {
		parts = append(parts, fmt.Sprintf("%s: %d %s", a.Key, len(a.Values), format.Plural(len(a.Values), "value")))
	}
	parts = append(parts, fmt.Sprintf("%d replications", p.Base.Run.Replications), fmt.Sprintf("seed %d", p.Base.Run.Seed))
	return []string{strings.Join(parts, " · ")}
}

// Title names the swept scenario and, unless they are varied, its arrivals.
func (p *Plan) Title() string {
	varied := make([]string, len(p.Grid))
	for i, a := range p.Grid {
		varied[i] = a.Key
	}
	return words.NameAndArrivals(p.Base, varied...)
}
