package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// writeText writes the tables that a person reads.
func writeText(w io.Writer, r *scenarios.Result) error {
	s := r.Scenario
	fmt.Fprintf(w, "%s · %s · seed %d\n", s.Name, s.Arrivals, s.Run.Seed)
	if c := s.Container; c != nil {
		p := r.Platforms[scenarios.ContainerPlatform]
		fmt.Fprintf(w, "\n%s  %s\n", "containers", strings.Join(append(describeContainers(c), describeRun(r, p)...), " · "))
		writeTable(w, p.Metrics)
	}
	if x := s.Wasm; x != nil {
		p := r.Platforms[scenarios.WasmPlatform]
		fmt.Fprintf(w, "\n%s  %s\n", "Wasm", strings.Join(append(describeWasm(x), describeRun(r, p)...), " · "))
		writeTable(w, p.Metrics)
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
		writeTable(w, rows)
	}
	return nil
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
	return parts
}

func describeWasm(x *platform.Wasm) []string {
	switch {
	case x.Cores == platform.Unlimited:
		return []string{"unlimited cores"}
	case x.Cores == 1:
		return []string{"1 core, " + x.Discipline.String()}
	}
	return []string{fmt.Sprintf("%d cores, %s", x.Cores, x.Discipline)}
}

func describeRun(r *scenarios.Result, p *scenarios.PlatformResult) []string {
	replications := fmt.Sprintf("%d replications", r.Replications)
	if r.Replications == 1 {
		replications = "1 replication"
	}
	if r.Interrupted {
		replications = fmt.Sprintf("interrupted: %d of %d replications", r.Replications, r.Scenario.Run.Replications)
	}
	return []string{
		thousands(p.Requests) + " requests",
		fmt.Sprintf("%s of %s after %s", replications, describeSpan(p.Span), describeSpan(r.Scenario.Run.Warmup)),
	}
}

// describeSpan writes 20m and not 20m0s.
func describeSpan(t sim.Time) string {
	text := t.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// quiet are the metrics that are left out of tables where they are nothing but 0: what
// they count cannot happen there.
var quiet = map[string]bool{"rejection_probability": true, "timeout_probability": true, "waiting_time": true}

// writeTable writes one row a metric: its name, and its estimate aligned at the sign ±.
func writeTable(w io.Writer, metrics []scenarios.NamedEstimate) {
	type row struct {
		label string
		shown
	}
	var rows []row
	label, mean, unit := 0, 0, 0
	for _, m := range metrics {
		if quiet[m.Name] && m.Estimate == (stats.Estimate{N: m.N}) {
			continue
		}
		r := row{strings.ReplaceAll(m.Name, "_", " "), show(m.Estimate, m.Unit)}
		label = max(label, utf8.RuneCountInString(r.label))
		mean = max(mean, utf8.RuneCountInString(r.mean))
		unit = max(unit, utf8.RuneCountInString(r.unit))
		rows = append(rows, r)
	}
	for _, r := range rows {
		line := fmt.Sprintf("  %-*s  %*s %-*s", label, r.label, mean, r.mean, unit, r.unit)
		if r.halfWidth != "" {
			line += "  ± " + r.halfWidth
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}
