package explorer

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A transientRequest asks for the beginning of a scenario, as the command run --transient does.
type transientRequest struct {
	scenarioRequest
	Horizon string   `json:"horizon"` // a duration, from time 0
	Metrics []string `json:"metrics"` // metrics that have a panel in the figure; empty: those of --plot
	Narrow  bool     `json:"narrow"`  // a figure of one column, for a narrow screen
	Format  string   `json:"format"`  // empty: one line; else a file to save: json, csv, text, svg or png
}

// A transientAnswer is the line of the answer.
type transientAnswer struct {
	Command string               `json:"command"`
	Result  report.TransientJSON `json:"result"`
	Shown   map[string]shownJSON `json:"shown"`
	Figure  string               `json:"figure"` // an SVG
}

// transient simulates a scenario from its initial state up to a horizon.
func (e *explorer) transient(r transientRequest) (func(*exchange) error, error) {
	if r.Format != "" && fileKinds[r.Format].ending == "" {
		return nil, fmt.Errorf("format: found %q; want json, csv, text, svg or png, or nothing for a line", r.Format)
	}
	seconds, err := dist.ParseDuration(r.Horizon)
	if err != nil || seconds <= 0 {
		return nil, fmt.Errorf("horizon: found %q; want a duration such as 10m, more than 0s and less than 292 years", r.Horizon)
	}
	horizon := sim.FromSeconds(seconds)
	text, overrides, err := e.Text(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	s, err := text.Scenario(overrides)
	if err != nil {
		return nil, err
	}
	for _, metric := range r.Metrics {
		if !words.SomeHas(scenarios.KindNames(), metric) {
			return nil, fmt.Errorf("metrics: found %q, which no platform has", metric)
		}
	}
	bounded := s
	bounded.Run = s.Run.Fixed(0, horizon)
	if _, err := e.budget.fit(bounded); err != nil {
		return nil, err
	}
	return func(x *exchange) error { return e.sendTransient(x, r, s, horizon) }, nil
}

func (e *explorer) sendTransient(x *exchange, r transientRequest, s scenarios.Scenario, horizon sim.Time) error {
	found, err := scenarios.Transient(x.ctx, s, scenarios.TransientOptions{Horizon: horizon, Workers: x.workers})
	switch {
	case err != nil:
		return err
	case x.client.Err() != nil:
		return x.client.Err()
	case found.Interrupted:
		return context.DeadlineExceeded
	}
	drawn := report.ChartOfTransient(found, r.Metrics)
	kind := fileKinds[r.Format]
	if write, ok := report.TransientWriters[r.Format]; ok {
		return x.sendFile(kind.contentType, s.Name+"-transient"+kind.ending, func(w io.Writer) error { return write(w, found, r.Metrics) })
	}
	if r.Format != "" {
		return x.sendFile(kind.contentType, s.Name+"-transient"+kind.ending, func(w io.Writer) error { return drawn.Write(w, chart.Format(r.Format)) })
	}
	drawn.Title, drawn.Subtitle, drawn.Narrow = "", nil, r.Narrow
	var svg bytes.Buffer
	if err := drawn.Write(&svg, chart.SVG); err != nil {
		return err
	}
	words := append(append([]string{"run"}, e.Words(r.scenarioRequest)...), "--transient", r.Horizon)
	return x.send(transientAnswer{e.commandLine(words, r.scenarioRequest), report.NewTransientJSON(found), shownOfTransient(found), svg.String()})
}
