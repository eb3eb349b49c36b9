package explorer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate"
	"faaslab/validate/model"
)

// A runRequest asks for a simulation, as the command run does.
type runRequest struct {
	scenarioRequest
	Models string `json:"models"` // none, or empty for all that apply
	Figure bool   `json:"figure"` // send figures, too
	Narrow bool   `json:"narrow"` // figures of one column, for a narrow screen
	Format string `json:"format"` // empty: a stream; else a file to save: json, csv, text, svg, png or yaml
}

// A runStage is a line of the stream: a result or, after it, its figure.
type runStage struct {
	Stage   int             `json:"stage"` // from 1
	Of      int             `json:"of"`
	Command string          `json:"command,omitempty"` // the equivalent command line
	Result  *report.RunJSON `json:"result,omitempty"`
	// Shown describes the rows of the command's text.
	Shown   map[string]shownJSON `json:"shown,omitempty"`
	Cluster *clusterJSON         `json:"cluster,omitempty"` // of many functions
	// Figure is an SVG of the distributions of the number of instances and of the response times.
	Figure string `json:"figure,omitempty"`
}

// Run simulates a scenario and adds its models.
func (e *explorer) Run(r runRequest) (func(*exchange) error, error) {
	s, err := e.read(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	if err := checkModels(r.Models); err != nil {
		return nil, err
	}
	name := s.Name
	switch r.Format {
	case "":
		return func(x *exchange) error { return e.streamRun(x, r, s) }, nil
	case "yaml":
		return func(x *exchange) error {
			return x.sendFile("application/yaml", name+".yaml", func(w io.Writer) error { _, err := w.Write(s.YAML()); return err })
		}, nil
	case "json", "csv", "text", "svg", "png":
		return func(x *exchange) error {
			found, err := e.simulate(x, r, s)
			if err != nil {
				return err
			}
			kind := fileKinds[r.Format]
			return x.sendFile(kind.contentType, name+kind.ending, func(w io.Writer) error {
				if write, ok := report.Writers[r.Format]; ok {
					return write(w, found)
				}
				return x.Draw(w, report.RunChart(found, found.Measured), chart.Format(r.Format))
			})
		}, nil
	}
	return nil, fmt.Errorf("format: found %q; want json, csv, text, svg, png or yaml, or nothing for a stream", r.Format)
}

// fileKinds are the kinds of files that can be requested.
var fileKinds = map[string]struct{ contentType, ending string }{
	"json": {"application/json", ".json"},
	"csv":  {"text/csv; charset=utf-8", ".csv"},
	"text": {"text/plain; charset=utf-8", ".txt"},
	"svg":  {"image/svg+xml", ".svg"},
	"png":  {"image/png", ".png"},
}

// simulate does with a scenario what the command run does.
func (e *explorer) simulate(x *exchange, r runRequest, s scenarios.Scenario) (*report.Report, error) {
	found, err := e.beside(r, s)
	if err != nil {
		return nil, err
	}
	found.Result, err = scenarios.Simulate(x.ctx, s, e.Options(x))
	return &found, err
}

// beside returns what stands beside the result of a scenario: models, and what was measured.
func (e *explorer) beside(r runRequest, s scenarios.Scenario) (found report.Report, err error) {
	if found.Models, found.Notes, err = report.SolveModels(s, r.Models, validate.QuickWork); err != nil {
		return found, err
	}
	var note string
	if found.Measured, note = e.measuredFor(r.scenarioRequest, s); note != "" {
		found.Notes = append(found.Notes, note)
	}
	return found, nil
}

// runWords returns the words of the equivalent command.
func (e *explorer) runWords(r scenarioRequest, m measured.Measurements) []string {
	words := append([]string{"run"}, e.Words(r)...)
	if len(m.Rows) > 0 {
		words = append(words, "--measured", path.Join(path.Dir(words[1]), m.File))
	}
	return words
}

// streamRun sends the result, first a rough one and then refined ones.
func (e *explorer) streamRun(x *exchange, r runRequest, s scenarios.Scenario) error {
	beside, err := e.beside(r, s)
	if err != nil {
		return err
	}
	command := e.commandLine(e.runWords(r.scenarioRequest, beside.Measured), r.scenarioRequest)
	all := stages(s)
	for i, stage := range all {
		result, err := scenarios.Simulate(x.ctx, stage, e.Options(x))
		if err != nil {
			return err
		}
		if x.client.Err() != nil {
			return x.client.Err()
		}
		result.Scenario.Run = s.Run
		if i+1 < len(all) && !result.Interrupted {
			result.Warnings = nil // the last stage repeats them
		}
		with := beside
		with.Result = result
		found := &with
		out := report.NewRunJSON(found)
		if err := x.send(runStage{Stage: i + 1, Of: len(all), Command: command, Result: &out, Shown: shownOfRun(found), Cluster: newClusterJSON(s, found)}); err != nil {
			return err
		}
		if r.Figure {
			var svg bytes.Buffer
			if err := x.Draw(&svg, explorerChart(found, r.Narrow), chart.SVG); err != nil {
				return err
			}
			if err := x.send(runStage{Stage: i + 1, Of: len(all), Figure: svg.String()}); err != nil {
				return err
			}
		}
		if result.Interrupted {
			return context.DeadlineExceeded // the results are those of the finished stages
		}
	}
	return nil
}

// explorerChart draws the distributions of a run; the page shows the numbers in a table. The SMP
// gives only the distribution of the warm instances, which is drawn beside the distribution of all
// instances.
func explorerChart(r *report.Report, narrow bool) chart.Chart {
	models, some := slices.Clone(r.Models), false
	for i, m := range models {
		if warm, ok := m.Distributions[platform.WarmInstances]; ok {
			models[i].Distributions = map[string]model.Distribution{platform.Instances: warm}
			some = true
		}
	}
	ch := report.RunChart(&report.Report{Result: r.Result, Models: models, Notes: r.Notes}, measured.Measurements{})
	ch.Title, ch.Subtitle, ch.Narrow = "", nil, narrow
	ch.Panels = slices.DeleteFunc(ch.Panels, func(p chart.Panel) bool {
		return p.Form == chart.Rows || narrow && p.Count != "" && p.Count != platform.Instances
	})
	ch.Notes = ch.Notes[:1]
	if some {
		ch.Notes = append(ch.Notes, "The SMP's line is the number of warm instances: without those in a cold start.")
	}
	return ch
}
