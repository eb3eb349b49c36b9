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
	if c := r.Scenario.Container; c != nil {
		p := r.Platforms[scenarios.ContainerPlatform]
		writeHeading(w, "containers", describeContainers(c), describePrices(r.Scenario, scenarios.ContainerPlatform), describeRun(r.Result, p))
		writeTable(w, p, p.Metrics, of(scenarios.ContainerPlatform, r.models))
	}
	if x := r.Scenario.Wasm; x != nil {
		p := r.Platforms[scenarios.WasmPlatform]
		writeHeading(w, "Wasm", describeWasm(x), describePrices(r.Scenario, scenarios.WasmPlatform), describeRun(r.Result, p))
		writeTable(w, p, p.Metrics, of(scenarios.WasmPlatform, r.models))
	}
	if r.Difference != nil {
		fmt.Fprintf(w, "\nWasm − containers, on the same requests\n")
		var rows []scenarios.NamedEstimate
		for _, m := range r.Platforms[scenarios.WasmPlatform].Metrics {
			if d, ok := r.Difference[m.Name]; ok {
				m.Estimate = d
				rows = append(rows, m)
			}
		}
		writeTable(w, r.Platforms[scenarios.WasmPlatform], rows, nil)
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

func describeContainers(c *platform.Containers) (parts []string) {
	parts = append(parts, "keep-alive "+describeSpan(c.KeepAlive))
	switch {
	case c.MaxInstances == platform.Unlimited:
		parts = append(parts, "no cap")
	case c.WhenFull == platform.Reject:
		parts = append(parts, fmt.Sprintf("at most %d, reject", c.MaxInstances))
	case c.QueueTimeout == sim.Never:
		parts = append(parts, fmt.Sprintf("at most %d, queue", c.MaxInstances))
	default:
		parts = append(parts, fmt.Sprintf("at most %d, queue %v", c.MaxInstances, describeSpan(c.QueueTimeout)))
	}
	switch c.Routing {
	case platform.MRU, platform.LRU:
		parts = append(parts, strings.ToUpper(c.Routing.String()))
	default:
		parts = append(parts, c.Routing.String())
	}
	if c.Cores.Limited() {
		parts = append(parts, c.Cores.String()+", shared")
	}
	if c.Dispatch.Exists() {
		parts = append(parts, describeDispatch(c.Dispatch))
	}
	return parts
}

// describeDispatch writes such as: dispatch every 10ms, at most 100, 20ms a batch, constant(1ms) each, together.
func describeDispatch(d platform.Dispatch) string {
	var parts []string
	if d.Interval > 0 {
		parts = append(parts, "every "+describeSpan(d.Interval))
	}
	if d.InBatches() && d.Batch != platform.Unlimited {
		parts = append(parts, fmt.Sprintf("at most %d", d.Batch))
	}
	if d.PerBatch > 0 {
		parts = append(parts, describeSpan(d.PerBatch)+" a batch")
	}
	if d.Service != nil {
		parts = append(parts, fmt.Sprintf("%v each", d.Service))
	}
	if d.HandOver == platform.Together {
		parts = append(parts, d.HandOver.String())
	}
	return "dispatch " + strings.Join(parts, ", ")
}

func describeWasm(x *platform.Wasm) []string {
	if !x.Cores.Limited() {
		return []string{x.Cores.String()}
	}
	return []string{x.Cores.String() + ", " + x.Discipline.String()}
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
func impossible(metric string, p *scenarios.PlatformResult) bool {
	if p == nil {
		return false
	}
	o := p.Replications[0]
	switch metric {
	case "unfinished_probability": // which there is always a little of
		e, _ := p.Metric(metric)
		return !(e.Mean > scenarios.Unfinished)
	case "rejection_probability":
		return !o.CanReject
	case "timeout_probability":
		return !o.CanTimeOut
	}
	return !o.CanWait && waits(metric)
}

// waits reports whether a metric is about requests that wait.
func waits(metric string) bool { return metric == "queue" || strings.HasPrefix(metric, "waiting_") }

// possible are the metrics of what can happen.
func possible(metrics []scenarios.NamedEstimate, p *scenarios.PlatformResult) []scenarios.NamedEstimate {
	return slices.DeleteFunc(slices.Clone(metrics), func(m scenarios.NamedEstimate) bool { return impossible(m.Name, p) })
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

// label returns the name of a metric in words.
func label(metric string) string { return strings.ReplaceAll(metric, "_", " ") }
