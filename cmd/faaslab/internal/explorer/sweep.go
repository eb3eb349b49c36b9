package explorer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
)

// mostSweepPoints is the largest number of points of a sweep for the page.
const mostSweepPoints = 200

// A sweepRequest asks for a sweep, as the command sweep does.
type sweepRequest struct {
	scenarioRequest
	Vary    []string `json:"vary"`    // KEY=VALUES, as --vary
	Models  string   `json:"models"`  // none, or empty for all that apply
	Metrics []string `json:"metrics"` // metrics that have a panel in the figure; empty: those of --plot
	Narrow  bool     `json:"narrow"`  // the figure of the stream has one column, for a narrow screen
	Refine  bool     `json:"refine"`  // the stream goes on: points that need more requests are simulated again
	Mark    string   `json:"mark"`    // a value of the only key to mark in the figure; empty: none
	Format  string   `json:"format"`  // empty: a stream; else a file to save: csv, json, svg or png
}

// A sweepHead is the first line of the stream, and a sweepFoot the last; between them there is one
// line for each point.
type sweepHead struct {
	Points  int      `json:"points"`
	Varied  []string `json:"varied"`
	Command string   `json:"command"`
}

type sweepFoot struct {
	Figure string `json:"figure"` // an SVG
	*sweepRest
}

// Sweep simulates a scenario at several values of its keys.
func (e *explorer) Sweep(r sweepRequest) (func(*exchange) error, error) {
	if !slices.Contains([]string{"", "csv", "json", "svg", "png"}, r.Format) {
		return nil, fmt.Errorf("format: found %q; want csv, json, svg or png, or nothing for a stream", r.Format)
	}
	if r.Refine && r.Format != "" {
		return nil, fmt.Errorf("refine: found true with format %q; want it for a stream only", r.Format)
	}
	if err := checkModels(r.Models); err != nil {
		return nil, err
	}
	metrics, limits, err := report.ReadMetrics(r.Metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	r.Metrics = metrics.Names() // each has exactly one panel
	return func(x *exchange) error {
		plan, err := e.planRequestedSweep(x.ctx, r, limits)
		if err != nil {
			return err
		}
		return e.sendSweep(x, r, plan)
	}, nil
}

// planRequestedSweep reads the grid of a request, until ctx ends.
func (e *explorer) planRequestedSweep(ctx context.Context, r sweepRequest, limits []scenarios.Limit) (*sweep.Plan, error) {
	if len(r.Vary) == 0 {
		return nil, errors.New("vary: found none; want a key and its values, such as container.keep_alive=1s..180s:20")
	}
	axes, err := scenarios.ParseAxes(ctx, "--vary", r.Vary, mostSweepPoints)
	if err != nil {
		return nil, err
	}
	plan := &sweep.Plan{Source: e.source(r.scenarioRequest), Grid: axes, Models: r.Models, Limits: limits, Shard: sweep.Shard{Index: 0, Of: 1}}
	if plan.Text, plan.Overrides, err = e.Text(r.scenarioRequest); err != nil {
		return nil, err
	}
	return plan, plan.Check(ctx)
}

// fitPoint fits a point of a sweep into its share of the budget, unless reading the point gave an
// error.
func (e *explorer) fitPoint(s scenarios.Scenario, err error, points int) (scenarios.Scenario, error) {
	if err != nil {
		return s, err
	}
	share := e.budget
	share.Requests = max(1, share.Requests/int64(points))
	return share.fit(s)
}

func (e *explorer) sendSweep(x *exchange, r sweepRequest, plan *sweep.Plan) error {
	n := plan.Grid.Len()
	encoding := r.Format
	if encoding == "" {
		head := sweepHead{Points: n, Command: e.commandLine(e.sweepWords(r), r.scenarioRequest)}
		for _, a := range plan.Grid {
			head.Varied = append(head.Varied, a.Key)
		}
		if err := x.send(head); err != nil {
			return err
		}
	}
	var layout sweep.Layout
	var err error
	if encoding == "csv" {
		layout, err = sweep.NewCSVLayout(plan)
	} else {
		layout, err = sweep.NewJSONLayout(plan)
	}
	if err != nil {
		return err
	}
	var points []*sweep.Point
	var rows [][]byte
	if err := scenarios.Sweep(x.ctx, n,
		func(i int) (scenarios.Scenario, error) {
			s, err := plan.Scenario(i)
			return e.fitPoint(s, err, n)
		},
		e.Options(x), plan.Solve,
		func(i int, p *sweep.Point) error {
			if errors.As(p.Err, new(*scenarios.MemoryError)) {
				return p.Err
			}
			row, err := layout.Row(p)
			if err != nil {
				return err
			}
			points = append(points, p)
			if encoding == "" {
				return x.send(json.RawMessage(row))
			}
			rows = append(rows, row)
			return nil
		}); err != nil {
		return err
	}
	kind := fileKinds[encoding]
	switch encoding {
	case "csv", "json":
		return x.sendFile(kind.contentType, plan.Base.Name+"-sweep"+kind.ending, func(w io.Writer) error {
			text := append(slices.Clone(layout.Header()), bytes.Join(rows, []byte(layout.Separator()))...)
			_, err := w.Write(append(text, layout.Footer()...))
			return err
		})
	}
	marked, err := e.markedPoint(x, r, plan, points)
	if err != nil {
		return err
	}
	if encoding != "" {
		drawn := e.chartOfSweep(r, plan, points, marked)
		drawn.Subtitle = plan.Subtitle()
		return x.sendFile(kind.contentType, plan.Base.Name+"-sweep"+kind.ending, func(w io.Writer) error { return x.Draw(w, drawn, chart.Format(encoding)) })
	}
	if r.Refine {
		return e.refineSweep(x, r, plan, layout, points, marked)
	}
	return e.sendSweepFigure(x, r, plan, points, marked, nil)
}

// sendSweepFigure sends the figure of the points.
func (e *explorer) sendSweepFigure(x *exchange, r sweepRequest, plan *sweep.Plan, points []*sweep.Point, marked *sweep.Point, rest *sweepRest) error {
	drawn := e.chartOfSweep(r, plan, points, marked)
	drawn.Narrow = r.Narrow
	var svg bytes.Buffer
	if err := x.Draw(&svg, drawn, chart.SVG); err != nil {
		return err
	}
	return x.send(sweepFoot{svg.String(), rest})
}

// sweepWords returns the words of the equivalent command.
func (e *explorer) sweepWords(r sweepRequest) []string {
	words := append([]string{"sweep"}, e.Words(r.scenarioRequest)...)
	for _, v := range r.Vary {
		words = append(words, "--vary", v)
	}
	if r.Models != "" {
		words = append(words, "--models", r.Models)
	}
	return words
}

// chartOfSweep draws the points, and marks the point at which the page's controls stand, if there
// is one.
func (e *explorer) chartOfSweep(r sweepRequest, plan *sweep.Plan, points []*sweep.Point, marked *sweep.Point) chart.Chart {
	plot := sweep.Plot{Plan: plan}
	for _, p := range points {
		plot.Add(p.Number, p.Cold, func(c sweep.Column) float64 { return c.Value(p) })
	}
	var keys []string
	for _, a := range plan.Grid {
		keys = append(keys, a.Key)
	}
	all := plot.Points
	now := slices.IndexFunc(all, func(p report.ChartPoint) bool { return p.Values[0] == r.Mark })
	if marked == nil {
		now = -1
	} else if now < 0 && marked.Err == nil {
		now = len(all)
		all = append(all, report.ChartPoint{Values: []string{r.Mark}, Platforms: report.ChartPlatforms(marked.Result, marked.Models)})
	}
	var metrics []string
	if len(r.Metrics) > 0 {
		metrics = r.Metrics
	}
	var texts []string
	for _, p := range all {
		texts = append(texts, p.Values[0])
	}
	ch := report.SweepChart(plan.Title(), nil, keys, all, metrics, e.measuredOver(r.scenarioRequest, keys[0], texts))
	if now < 0 {
		return ch
	}
	_, at := report.KeyAxis(keys[0], texts)
	if metrics == nil {
		metrics = platform.With(platform.Charted)
	}
	for i, metric := range metrics {
		for _, name := range scenarios.KindNames() {
			if value, ok := all[now].Platforms[name].Metrics[metric]; ok {
				of := &ch.Panels[len(ch.Panels)-len(metrics)+i] // other panels come first
				of.Series = append(of.Series,
					chart.Series{Name: strings.TrimSuffix(words.PlatformLabel(name), "s") + " now", Kind: chart.Measured, Platform: name, X: []float64{at[r.Mark]}, Y: []float64{value.Mean}})
			}
		}
	}
	return ch
}

// markedPoint returns the point of the marked value, simulated unless it belongs to the grid; nil
// if no value is marked.
func (e *explorer) markedPoint(x *exchange, r sweepRequest, plan *sweep.Plan, points []*sweep.Point) (*sweep.Point, error) {
	if r.Mark == "" || len(plan.Grid) != 1 {
		return nil, nil
	}
	for _, p := range points {
		if plan.Grid.Point(p.Number)[0].Value == r.Mark {
			return p, nil
		}
	}
	s, err := plan.Text.Scenario(append(slices.Clone(plan.Overrides), scenarios.Override{Key: plan.Grid[0].Key, Value: r.Mark}))
	if s, err = e.fitPoint(s, err, plan.Grid.Len()); err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	result, err := scenarios.Simulate(x.ctx, s, e.Options(x))
	if err != nil {
		return nil, err
	}
	models, _, err := report.SolveModels(s, "none", 0)
	if err != nil {
		return nil, err
	}
	return &sweep.Point{Number: notOfTheGrid, Result: result, Models: models}, nil
}

// notOfTheGrid is the number of a marked point between the points of the grid.
const notOfTheGrid = -1
