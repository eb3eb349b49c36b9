package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// writeText writes a result for a person: the answer, and the tables behind it.
func writeText(w io.Writer, r *Report) error {
	words.Title(w, r.Scenario)
	writeAnswer(w, r)
	for _, p := range r.Platforms {
		name := p.Platform
		words.Heading(w, words.PlatformLabel(name), words.DescribePlatform(r.Scenario, name), words.Prices(r.Scenario, name), describeRun(r.Result, p))
		writeTable(w, p, p.Metrics, besideOf(r, name), format.Show)
		if len(p.Metrics) == len(r.Scenario.Metrics(name)) { // else the reader looks for particular numbers
			writeFunctions(w, r.Scenario, p)
		}
	}
	if r.Difference != nil {
		first, second := r.Platforms[0], r.Platforms[1]
		same := "on the same requests"
		if _, closed := r.Scenario.Arrivals.(dist.Closed); closed {
			same = "with the same users" // when they send depends on the platform
		}
		fmt.Fprintf(w, "\n%s − %s, %s\n", words.PlatformLabel(second.Platform), words.PlatformLabel(first.Platform), same)
		var rows []scenarios.NamedEstimate
		for _, m := range second.Metrics {
			if d, ok := r.Difference[m.Name]; ok {
				m.Estimate = d
				rows = append(rows, m)
			}
		}
		writeTable(w, second, rows, nil, format.ShowDifference)
	}
	words.Notes(w, r.Notes)
	return nil
}

func describeRun(r *scenarios.Result, p *scenarios.PlatformResult) []string {
	if r.Replay != nil {
		return describeReplay(r, p)
	}
	replications := fmt.Sprintf("%d replications", r.Replications)
	if r.Replications == 1 {
		replications = "1 replication"
	}
	if r.Interrupted {
		replications = fmt.Sprintf("interrupted: %d of %d replications", r.Replications, r.Scenario.Run.Replications)
	}
	return []string{
		format.Requests(p.Requests),
		fmt.Sprintf("%s of %s after %s", replications, format.Duration(p.Span), format.Duration(r.Warmup)),
		strconv.FormatFloat(format.RoundTo(2, 100*r.Deleted), 'f', -1, 64) + " % deleted as warm-up",
	}
}

// describeReplay says how a trace was replayed, such as: 597 requests · one path, replayed whole: all 597 rows, 19m57s.
func describeReplay(r *scenarios.Result, p *scenarios.PlatformResult) []string {
	how, replay := "", r.Replay
	switch {
	case replay.OnePath && replay.Whole:
		how = "one path, replayed whole"
	case replay.OnePath:
		how = "one path, cut off"
	case r.Interrupted:
		how = fmt.Sprintf("interrupted: %d of %d replays", r.Replications, r.Scenario.Run.Replications)
	case r.Replications == 1:
		how = "1 replay"
	default:
		how = fmt.Sprintf("%d replays", r.Replications)
	}
	if !replay.OnePath && replay.Whole {
		how += " of the whole trace"
	}
	parts := []string{format.Requests(p.Requests), fmt.Sprintf("%s: %s, %s", how, replay.Used(), format.RoughDuration(r.Warmup+p.Span))}
	if r.Warmup > 0 {
		parts = append(parts, fmt.Sprintf("the first %s (%s %%) deleted as warm-up", format.Duration(r.Warmup), strconv.FormatFloat(format.TwoDigits(100*r.Deleted), 'f', -1, 64)))
	}
	return parts
}

// Impossible reports whether the counted event of a metric cannot happen on the platform, or is not
// worth a line: tables leave the metric out.
func Impossible(m platform.Metric, p *scenarios.PlatformResult) bool {
	if p == nil {
		return false
	}
	e, _ := p.Metric(m.Name)
	return m.Nothing(e.Mean, &p.Replications[0])
}

// Possible returns the metrics of events that can happen.
func Possible(metrics []scenarios.NamedEstimate, p *scenarios.PlatformResult) []scenarios.NamedEstimate {
	return slices.DeleteFunc(slices.Clone(metrics), func(m scenarios.NamedEstimate) bool { return Impossible(m.Metric, p) })
}

// rowsOf returns the metrics that have a row in a table of a platform, and the models that have a
// column.
func rowsOf(p *scenarios.PlatformResult, metrics []scenarios.NamedEstimate, models []validate.Solved) ([]scenarios.NamedEstimate, []validate.Solved) {
	if shown := Possible(metrics, p); len(shown) > 0 { // else only such metrics were asked for
		metrics = shown
	}
	// A model without any of the metrics has no column.
	models = slices.DeleteFunc(slices.Clone(models), func(model validate.Solved) bool {
		return !slices.ContainsFunc(metrics, func(m scenarios.NamedEstimate) bool { _, ok := model.Metrics[m.Name]; return ok })
	})
	return metrics, models
}

// writeTable writes one row per metric: its estimate in the words of show, aligned at the sign ±, and
// the value of each model, with its deviation from the simulation.
func writeTable(w io.Writer, p *scenarios.PlatformResult, metrics []scenarios.NamedEstimate, models []validate.Solved, show func(stats.Estimate, platform.Unit) format.Shown) {
	metrics, models = rowsOf(p, metrics, models)
	var t format.Table
	if len(models) > 0 {
		t.Keys = 1
		header := []format.Cell{format.Left(""), format.Over(3, "simulated")}
		for _, m := range models {
			header = append(header, format.Over(3, m.Label))
		}
		t.Add(header...)
	}
	for _, m := range metrics {
		e := show(m.Estimate, m.Unit)
		row := []format.Cell{format.Left(words.Label(m.Name)), format.Right(e.Mean), format.Unit(e.Unit), format.Left("")}
		if e.HalfWidth != "" {
			row[3] = format.Left("± " + e.HalfWidth)
		}
		for _, model := range models {
			row = append(row, modelCells(m, model)...)
		}
		t.Add(row...)
	}
	t.Write(w, "  ")
}

// modelCells returns the value of a metric in a model, in the unit of the estimate, and its
// deviation.
func modelCells(m scenarios.NamedEstimate, model validate.Solved) []format.Cell {
	value, ok := model.Metrics[m.Name]
	if !ok {
		return []format.Cell{format.Over(3, "")}
	}
	s := format.EstimateScale(m.Estimate, m.Unit)
	return []format.Cell{format.Right(format.Fixed(value * s.Factor)), format.Unit(s.Unit), format.Right(format.Deviation(value, m.Mean))}
}
