package report

import (
	"io"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// RunJSON is the JSON of a run, as the manual documents it.
type RunJSON struct {
	Scenario   scenarios.Scenario        `json:"scenario"`
	Platforms  map[string]PlatformJSON   `json:"platforms"`
	Difference map[string]stats.Estimate `json:"difference,omitempty"`
	Run        runInfo                   `json:"run"`
	Warnings   []string                  `json:"warnings"`
	Notes      []string                  `json:"notes,omitempty"`
}

// A PlatformJSON has the results of a platform: estimates by metric, models, measurements and distributions.
type PlatformJSON struct {
	Requests      int64                         `json:"requests"`
	Metrics       map[string]stats.Estimate     `json:"metrics"`
	Models        map[string]map[string]float64 `json:"models,omitempty"`
	Measured      []map[string]float64          `json:"measured,omitempty"` // a row of --measured each
	Distributions map[string]any                `json:"distributions"`
	Functions     *FunctionsJSON                `json:"functions,omitempty"` // of a platform that has many
	Nodes         []NodeJSON                    `json:"nodes,omitempty"`     // those that the functions share
}

type runInfo struct {
	Version      string   `json:"version"`
	Seed         uint64   `json:"seed"`
	Replications int      `json:"replications"`
	Warmup       float64  `json:"warmup"`   // seconds, of each replication
	Duration     float64  `json:"duration"` // seconds of measurement of each replication, after the warm-up
	Deleted      float64  `json:"deleted"`
	Precision    *float64 `json:"precision"`

	Trace *replayJSON `json:"trace,omitempty"`
}

// replayJSON says how much of a trace was simulated.
type replayJSON struct {
	File    string   `json:"file"`
	Rows    int64    `json:"rows"`
	Of      *int64   `json:"of"` // null: not known
	Whole   bool     `json:"whole"`
	Last    *float64 `json:"last"` // arrival in seconds; null unless whole
	OnePath bool     `json:"one_path"`
	Header  string   `json:"header,omitempty"`
}

func newReplayJSON(r *scenarios.Replay) *replayJSON {
	if r == nil {
		return nil
	}
	out := &replayJSON{File: r.File, Rows: r.Rows, Whole: r.Whole, OnePath: r.OnePath, Header: r.Header}
	if r.Of > 0 {
		out.Of = &r.Of
	}
	if r.Whole {
		last := r.Last.Seconds()
		out.Last = &last
	}
	return out
}

func newRunInfo(r *scenarios.Result) runInfo {
	return runInfo{words.Version, r.Scenario.Run.Seed, r.Replications, r.Warmup.Seconds(), r.Duration.Seconds(), r.Deleted, format.Finite(r.Precision), newReplayJSON(r.Replay)}
}

// writeJSON writes one line of JSON.
func writeJSON(w io.Writer, r *Report) error { return format.JSON(w, NewRunJSON(r)) }

// NewRunJSON returns the report of a run as JSON has it.
func NewRunJSON(r *Report) RunJSON {
	out := RunJSON{
		Scenario:   r.Scenario,
		Platforms:  map[string]PlatformJSON{},
		Difference: r.Difference,
		Run:        newRunInfo(r.Result),
		Warnings:   r.Warnings,
		Notes:      r.Notes,
	}
	if out.Warnings == nil {
		out.Warnings = []string{}
	}
	for _, p := range r.Platforms {
		name := p.Platform
		result := platformJSON(r.Scenario, p, map[string]stats.Estimate{}, ModelsOf(name, r.Models))
		for _, row := range measuredOf(r, name) {
			result.Measured = append(result.Measured, row.Metrics)
		}
		for _, m := range p.Metrics {
			result.Metrics[m.Name] = m.Estimate
		}
		out.Platforms[name] = result
	}
	return out
}

// platformJSON returns the results of a platform. Its distributions are the fractions of time with
// 0, 1, 2 … of what is counted and, of many functions, how cold starts are distributed over them.
func platformJSON(s scenarios.Scenario, p *scenarios.PlatformResult, metrics map[string]stats.Estimate, models []validate.Solved) PlatformJSON {
	out := PlatformJSON{p.Requests, metrics, ModelsJSON(models), nil, map[string]any{}, newFunctionsJSON(s, p), newNodesJSON(s, p)}
	for count, probabilities := range p.Distributions {
		out.Distributions[count] = probabilities
	}
	if out.Functions != nil {
		out.Distributions["cold_start_fraction"] = out.Functions.ColdStartFraction
	}
	return out
}

// ModelsJSON returns the metrics of models, by the names of the models.
func ModelsJSON(models []validate.Solved) map[string]map[string]float64 {
	named := map[string]map[string]float64{}
	for _, m := range models {
		named[m.Name] = m.Metrics
	}
	return named
}
