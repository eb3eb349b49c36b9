package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// writeText writes what a person reads: the answer, and the tables behind it.
func writeText(w io.Writer, r *report) error {
	writeTitle(w, r.Scenario)
	writeAnswer(w, r)
	for _, p := range r.Platforms {
		name := p.Platform
		writeHeading(w, platformLabel(name), describePlatform(r.Scenario, name), describePrices(r.Scenario, name), describeRun(r.Result, p))
		writeTable(w, p, p.Metrics, of(name, r.models))
	}
	if r.Difference != nil {
		first, second := r.Platforms[0], r.Platforms[1]
		fmt.Fprintf(w, "\n%s − %s, on the same requests\n", platformLabel(second.Platform), platformLabel(first.Platform))
		var rows []scenarios.NamedEstimate
		for _, m := range second.Metrics {
			if d, ok := r.Difference[m.Name]; ok {
				m.Estimate = d
				rows = append(rows, m)
			}
		}
		writeTable(w, second, rows, nil)
	}
	writeNotes(w, r.notes)
	return nil
}

// writeTitle writes what is simulated.
func writeTitle(w io.Writer, s scenarios.Scenario) {
	writeParagraph(w, "", "  ", fmt.Sprintf("%s · %s · seed %d", s.Name, abridged(s.Arrivals.String()), s.Run.Seed))
}

// writeHeading writes the line above a platform's table.
func writeHeading(w io.Writer, platform string, parts ...[]string) {
	head := platform + "  "
	fmt.Fprintln(w)
	writeParagraph(w, "", strings.Repeat(" ", width(head)), head+strings.Join(slices.Concat(parts...), " · "))
}

// writeNotes writes what is to be said of the models, a line each.
func writeNotes(w io.Writer, notes []string) {
	for i, note := range notes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		writeParagraph(w, "", "  ", note)
	}
}

// describePlatform says how a platform is configured.
func describePlatform(s scenarios.Scenario, name string) []string {
	return s.Describe(name, describeSpan)
}

// describePrices says what costs are of: nothing without a pricing block.
func describePrices(s scenarios.Scenario, name string) []string {
	if s.Pricing == nil {
		return nil
	}
	text := scenarios.FormatMemory(s.Memory(name))
	if list := s.ListPrices(); list != nil {
		text += " at the prices of " + list.Name
	}
	if s.Pricing.Currency != "" {
		text += ", in " + s.Pricing.Currency
	}
	return []string{text}
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
		countOfRequests(p.Requests),
		fmt.Sprintf("%s of %s after %s", replications, describeSpan(p.Span), describeSpan(r.Warmup)),
		strconv.FormatFloat(roundTo(2, 100*r.Deleted), 'f', -1, 64) + " % deleted as warm-up",
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
	parts := []string{countOfRequests(p.Requests), fmt.Sprintf("%s: %s, %s", how, replay.Used(), describeRoughly(r.Warmup+p.Span))}
	if r.Warmup > 0 {
		parts = append(parts, fmt.Sprintf("the first %s (%s %%) deleted as warm-up", describeSpan(r.Warmup), strconv.FormatFloat(twoDigits(100*r.Deleted), 'f', -1, 64)))
	}
	return parts
}

// describeRoughly writes a span with its four leading digits.
func describeRoughly(t sim.Time) string {
	digit := sim.Time(1)
	for t/digit >= 10_000 {
		digit *= 10
	}
	return describeSpan(t / digit * digit)
}

// twoDigits rounds to two significant digits.
func twoDigits(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64)
	return rounded
}

// describeSpan writes 20m and not 20m0s, and many hours as days.
func describeSpan(t sim.Time) string {
	if days := t.Seconds() / 86400; days >= 4 && t != sim.Never {
		return significant(days) + "d"
	}
	text := t.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// impossible reports whether what a metric counts cannot happen on the platform, or is not worth a line: then it is left
// out of tables.
func impossible(m platform.Metric, p *scenarios.PlatformResult) bool {
	if p == nil {
		return false
	}
	e, _ := p.Metric(m.Name)
	return m.Nothing(e.Mean, &p.Replications[0])
}

// possible are the metrics of what can happen.
func possible(metrics []scenarios.NamedEstimate, p *scenarios.PlatformResult) []scenarios.NamedEstimate {
	return slices.DeleteFunc(slices.Clone(metrics), func(m scenarios.NamedEstimate) bool { return impossible(m.Metric, p) })
}

// writeTable writes one row a metric: its estimate, aligned at the sign ±, and
// what each model says, with its deviation from the simulation.
func writeTable(w io.Writer, p *scenarios.PlatformResult, metrics []scenarios.NamedEstimate, models []solvedModel) {
	if shown := possible(metrics, p); len(shown) > 0 { // else these alone are what was asked for
		metrics = shown
	}
	// A model that says nothing of the metrics has no column.
	models = slices.DeleteFunc(slices.Clone(models), func(model solvedModel) bool {
		return !slices.ContainsFunc(metrics, func(m scenarios.NamedEstimate) bool { _, ok := model.Metrics[m.Name]; return ok })
	})
	var t table
	if len(models) > 0 {
		t.keys = 1
		header := []cell{left(""), over(3, "simulated")}
		for _, m := range models {
			header = append(header, over(3, m.Label))
		}
		t.add(header...)
	}
	for _, m := range metrics {
		e := show(m.Estimate, m.Unit)
		row := []cell{left(label(m.Name)), right(e.mean), unit(e.unit), left("")}
		if e.halfWidth != "" {
			row[3] = left("± " + e.halfWidth)
		}
		for _, model := range models {
			row = append(row, modelCells(m, model)...)
		}
		t.add(row...)
	}
	t.write(w, "  ")
}

// modelCells returns what a model says of a metric, in the unit of the estimate, and by
// how much that differs.
func modelCells(m scenarios.NamedEstimate, model solvedModel) []cell {
	value, ok := model.Metrics[m.Name]
	if !ok {
		return []cell{over(3, "")}
	}
	s := estimateScale(m.Estimate, m.Unit)
	return []cell{right(fixed(value * s.factor)), unit(s.unit), right(deviation(value, m.Mean))}
}
