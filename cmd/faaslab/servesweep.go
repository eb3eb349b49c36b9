package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
)

// mostSweepPoints bounds the grid of a sweep here.
const mostSweepPoints = 200

// A sweepRequest asks for a sweep, as the command sweep does.
type sweepRequest struct {
	scenarioRequest
	Vary    []string `json:"vary"`    // KEY=VALUES, as --vary
	Models  string   `json:"models"`  // none, or empty for all that apply
	Metrics []string `json:"metrics"` // those that have a panel in the figure; empty: those of --plot
	Narrow  bool     `json:"narrow"`  // the figure of the stream has one column, for a narrow screen
	Refine  bool     `json:"refine"`  // the stream goes on: points that need more requests are simulated again
	Mark    string   `json:"mark"`    // a value of the only key to be marked in the figure; empty: none
	Format  string   `json:"format"`  // empty: a stream; else a file to save: csv, json, svg or png
}

// The first and the last line of the stream; between them there is one for each point.
type sweepHead struct {
	Points  int      `json:"points"`
	Varied  []string `json:"varied"`
	Command string   `json:"command"`
}

type sweepFoot struct {
	Figure string `json:"figure"` // an SVG
	*sweepRest
}

// sweep simulates a scenario at several values of its keys.
func (e *explorer) sweep(r sweepRequest) (func(*exchange) error, error) {
	if !slices.Contains([]string{"", "csv", "json", "svg", "png"}, r.Format) {
		return nil, fmt.Errorf("format: found %q; want csv, json, svg or png, or nothing for a stream", r.Format)
	}
	if r.Refine && r.Format != "" {
		return nil, fmt.Errorf("refine: found true with format %q; want it for a stream only", r.Format)
	}
	if err := checkModels(r.Models); err != nil {
		return nil, err
	}
	metrics, limits, err := readMetrics(r.Metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	r.Metrics = metrics.names() // each has a panel, once
	return func(x *exchange) error {
		plan, err := e.planRequestedSweep(x.ctx, r, limits)
		if err != nil {
			return err
		}
		return e.sendSweep(x, r, plan)
	}, nil
}

// planRequestedSweep reads what a request says of the grid, until ctx ends.
func (e *explorer) planRequestedSweep(ctx context.Context, r sweepRequest, limits []scenarios.Limit) (*sweepPlan, error) {
	if len(r.Vary) == 0 {
		return nil, errors.New("vary: found none; want a key and its values, such as container.keep_alive=1s..180s:20")
	}
	axes, err := scenarios.ParseAxes(ctx, "--vary", r.Vary, mostSweepPoints)
	if err != nil {
		return nil, err
	}
	plan := &sweepPlan{grid: axes, models: r.Models, limits: limits, shard: shard{0, 1}}
	if plan.text, plan.overrides, err = e.text(r.scenarioRequest); err != nil {
		return nil, err
	}
	return plan, plan.check(ctx)
}

// fitPoint fits a point of a sweep, read with an error or without, into its share of the budget.
func (e *explorer) fitPoint(s scenarios.Scenario, err error, points int) (scenarios.Scenario, error) {
	if err != nil {
		return s, err
	}
	share := e.budget
	share.requests = max(1, share.requests/int64(points))
	return share.fit(s)
}

func (e *explorer) sendSweep(x *exchange, r sweepRequest, plan *sweepPlan) error {
	n := plan.grid.Len()
	format := r.Format
	if format == "" {
		head := sweepHead{Points: n, Command: commandLine(e.sweepWords(r)...)}
		for _, a := range plan.grid {
			head.Varied = append(head.Varied, a.Key)
		}
		if err := x.send(head); err != nil {
			return err
		}
	}
	var layout sweepLayout
	var err error
	if format == "csv" {
		layout, err = newCSVLayout(plan)
	} else {
		layout, err = newJSONLayout(plan)
	}
	if err != nil {
		return err
	}
	var points []*sweepPoint
	var rows [][]byte
	if err := scenarios.Sweep(x.ctx, n,
		func(i int) (scenarios.Scenario, error) {
			s, err := plan.scenario(i)
			return e.fitPoint(s, err, n)
		},
		e.options(x), plan.solve,
		func(i int, p *sweepPoint) error {
			if errors.As(p.err, new(*scenarios.MemoryError)) {
				return p.err
			}
			row, err := layout.row(p)
			if err != nil {
				return err
			}
			points = append(points, p)
			if format == "" {
				return x.send(json.RawMessage(row))
			}
			rows = append(rows, row)
			return nil
		}); err != nil {
		return err
	}
	kind := fileKinds[format]
	switch format {
	case "csv", "json":
		return x.sendFile(kind.contentType, plan.base.Name+"-sweep"+kind.ending, func(w io.Writer) error {
			text := append(slices.Clone(layout.header()), bytes.Join(rows, []byte(layout.separator()))...)
			_, err := w.Write(append(text, layout.footer()...))
			return err
		})
	}
	marked, err := e.markedPoint(x, r, plan, points)
	if err != nil {
		return err
	}
	if format != "" {
		drawn := chartOfSweep(r, plan, points, marked)
		drawn.subtitle = plan.subtitle()
		return x.sendFile(kind.contentType, plan.base.Name+"-sweep"+kind.ending, func(w io.Writer) error { return x.draw(w, drawn, figureFormat(format)) })
	}
	if r.Refine {
		return e.refineSweep(x, r, plan, layout, points, marked)
	}
	return sendSweepFigure(x, r, plan, points, marked, nil)
}

// sendSweepFigure sends the figure of the points.
func sendSweepFigure(x *exchange, r sweepRequest, plan *sweepPlan, points []*sweepPoint, marked *sweepPoint, rest *sweepRest) error {
	drawn := chartOfSweep(r, plan, points, marked)
	drawn.narrow = r.Narrow
	var svg bytes.Buffer
	if err := x.draw(&svg, drawn, svgFormat); err != nil {
		return err
	}
	return x.send(sweepFoot{svg.String(), rest})
}

// sweepWords are the words of the equivalent command.
func (e *explorer) sweepWords(r sweepRequest) []string {
	words := append([]string{"sweep"}, e.words(r.scenarioRequest)...)
	for _, v := range r.Vary {
		words = append(words, "--vary", v)
	}
	if r.Models != "" {
		words = append(words, "--models", r.Models)
	}
	return words
}

// chartOfSweep draws the points, and marks the one that the page's controls stand at, if there is one.
func chartOfSweep(r sweepRequest, plan *sweepPlan, points []*sweepPoint, marked *sweepPoint) chart {
	plot := sweepPlot{plan: plan}
	for _, p := range points {
		plot.add(p.number, func(c sweepColumn) float64 { return c.value(p) })
	}
	var keys []string
	for _, a := range plan.grid {
		keys = append(keys, a.Key)
	}
	all := plot.points
	now := slices.IndexFunc(all, func(p chartPoint) bool { return p.values[0] == r.Mark })
	if marked == nil {
		now = -1
	} else if now < 0 && marked.err == nil {
		now = len(all)
		all = append(all, chartPoint{values: []string{r.Mark}, platforms: chartPlatforms(marked.result, marked.models)})
	}
	var metrics []string
	if len(r.Metrics) > 0 {
		metrics = r.Metrics
	}
	ch := sweepChart(plan.title(), nil, keys, all, metrics, measurements{})
	if now < 0 {
		return ch
	}
	var texts []string
	for _, p := range all {
		texts = append(texts, p.values[0])
	}
	_, at := keyAxis(keys[0], texts)
	if metrics == nil {
		metrics = platform.With(platform.Charted)
	}
	for i, metric := range metrics {
		for _, name := range scenarios.KindNames() {
			if value, ok := all[now].platforms[name].metrics[metric]; ok {
				ch.panels[i].series = append(ch.panels[i].series,
					series{name: strings.TrimSuffix(platformLabel(name), "s") + " now", kind: measured, platform: name, x: []float64{at[r.Mark]}, y: []float64{value.Mean}})
			}
		}
	}
	return ch
}

// markedPoint returns the point of the marked value, simulated unless it is one of the grid's; nil if none is marked.
func (e *explorer) markedPoint(x *exchange, r sweepRequest, plan *sweepPlan, points []*sweepPoint) (*sweepPoint, error) {
	if r.Mark == "" || len(plan.grid) != 1 {
		return nil, nil
	}
	for _, p := range points {
		if plan.grid.Point(p.number)[0].Value == r.Mark {
			return p, nil
		}
	}
	s, err := plan.text.Scenario(append(slices.Clone(plan.overrides), scenarios.Override{Key: plan.grid[0].Key, Value: r.Mark}))
	if s, err = e.fitPoint(s, err, plan.grid.Len()); err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	result, err := scenarios.Simulate(x.ctx, s, e.options(x))
	if err != nil {
		return nil, err
	}
	models, _, err := solveModels(s, "none", 0)
	if err != nil {
		return nil, err
	}
	return &sweepPoint{number: notOfTheGrid, result: result, models: models}, nil
}

// notOfTheGrid is the number of a marked point that is between those of the grid.
const notOfTheGrid = -1
