package explorer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
)

// A compareRequest asks how two scenarios differ on the same random streams, as the command compare does.
type compareRequest struct {
	A      scenarioRequest `json:"a"` // its run block is used for both
	B      scenarioRequest `json:"b"`
	Narrow bool            `json:"narrow"` // the figure of the stream suits a narrow screen
	Format string          `json:"format"` // empty: a stream; else a file to save: json, csv, text, svg or png
}

// A compareStage is a line of the stream.
type compareStage struct {
	Stage   int                   `json:"stage"` // from 1
	Of      int                   `json:"of"`
	Command string                `json:"command,omitempty"`
	Result  report.ComparisonJSON `json:"result"`
	// Shown describes the rows of the command's text, and Note is the text below it.
	Shown  map[string]shownJSON `json:"shown"`
	Note   string               `json:"note"`
	Figure string               `json:"figure"` // an SVG: the differences relative to A
}

// compare simulates two scenarios on the same streams.
func (e *explorer) compare(r compareRequest) (func(*exchange) error, error) {
	if r.Format != "" && fileKinds[r.Format].ending == "" {
		return nil, fmt.Errorf("format: found %q; want json, csv, text, svg or png, or nothing for a stream", r.Format)
	}
	a, errA := e.read(r.A)
	b, errB := e.read(r.B)
	if err := errors.Join(about("a", errA), about("b", errB)); err != nil {
		return nil, err
	}
	b.Run = a.Run
	if b, errB = e.budget.fit(b); errB != nil {
		return nil, about("b", errB)
	}
	return func(x *exchange) error { return e.sendComparison(x, r, a, b) }, nil
}

// about adds the side to an error.
func about(side string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", side, err)
	}
	return err
}

func (e *explorer) sendComparison(x *exchange, r compareRequest, a, b scenarios.Scenario) error {
	all := stages(a)
	if r.Format != "" {
		all = all[len(all)-1:]
	}
	for i, stage := range all {
		sideA, sideB := a, b
		sideA.Run, sideB.Run = stage.Run, stage.Run
		found, err := scenarios.Compare(x.ctx, sideA, sideB, e.Options(x))
		if err != nil {
			return err
		}
		if x.client.Err() != nil {
			return x.client.Err()
		}
		drawn := report.ChartOfComparison(found)
		if r.Format != "" {
			kind := fileKinds[r.Format]
			return x.sendFile(kind.contentType, a.Name+"-compared"+kind.ending, func(w io.Writer) error {
				if write, ok := report.ComparisonWriters[r.Format]; ok {
					return write(w, found, false)
				}
				return x.Draw(w, drawn, chart.Format(r.Format))
			})
		}
		if i+1 < len(all) && !found.A.Interrupted {
			found.Warnings, found.A.Warnings, found.B.Warnings = nil, nil, nil // the last stage repeats them
		}
		line := compareStage{Stage: i + 1, Of: len(all), Command: e.compareCommandLine(r), Result: report.NewComparisonJSON(found, false), Shown: shownOfComparison(found)}
		rows, marked := 0, false
		for name := range line.Shown {
			for _, d := range report.ComparedRows(found, name) {
				rows, marked = rows+1, marked || d.Significant
			}
		}
		line.Note = report.ComparisonNote(found, rows, marked)
		drawn.Narrow = r.Narrow
		var svg bytes.Buffer
		if err := x.Draw(&svg, drawn, chart.SVG); err != nil {
			return err
		}
		line.Figure = svg.String()
		if err := x.send(line); err != nil {
			return err
		}
		if found.A.Interrupted {
			return context.DeadlineExceeded // the results are those of the finished stages
		}
	}
	return nil
}

// compareCommandLine returns the equivalent command. The run block of A is used for both.
func (e *explorer) compareCommandLine(r compareRequest) string {
	words := []string{"compare", e.Words(r.A)[0]}
	if b := e.Words(r.B)[0]; b != words[1] {
		words = append(words, b)
	}
	isRun := func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "run.") }
	for _, s := range r.A.Set {
		if isRun(s) {
			words = append(words, "--set", s)
		} else if slices.Contains(r.B.Set, s) {
			words = append(words, "--set", s)
		} else {
			words = append(words, "--a", s)
		}
	}
	for _, s := range r.B.Set {
		if !isRun(s) && !slices.Contains(r.A.Set, s) {
			words = append(words, "--b", s)
		}
	}
	return e.commandLine(words, r.A, r.B)
}
