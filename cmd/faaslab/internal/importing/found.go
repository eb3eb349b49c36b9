package importing

import (
	"math"
	"strings"
	"time"

	"faaslab/dist/trace"
	"faaslab/sim"
)

// Found is what an import found. Times are in seconds.
type Found struct {
	Format     string     `json:"format"`
	Title      string     `json:"-"` // of the format
	Recognized bool       `json:"recognized"`
	Files      []string   `json:"files"`
	Columns    []string   `json:"columns,omitempty"` // of a table, by their names or as #1, #2 …
	Lines      int64      `json:"lines"`
	Functions  []Function `json:"functions"` // the busiest
	Of         int        `json:"functions_in_all"`
	Function   string     `json:"function"` // the one that is imported
	Requests   int64      `json:"requests"`
	// Span is from the first to the last arrival; nil if the log has no times.
	Span *float64 `json:"span"`
	// Begins is the moment of the first request; empty if the log counts from a time 0 of its own.
	Begins string `json:"begins,omitempty"`
	// ColdStarts is nil if the log does not show them all.
	ColdStarts *int64     `json:"cold_starts"`
	LeftOut    []Omission `json:"left_out"`
	Notes      []string   `json:"notes"`
	Warnings   []string   `json:"warnings"`
	Memory     int32      `json:"memory_mb,omitempty"`
	MemoryUsed int32      `json:"memory_used_mb,omitempty"`
	// KeepAlive is nil if the log shows nothing of it.
	KeepAlive *KeepAlive         `json:"keep_alive"`
	Samples   []Sample           `json:"samples"`
	Measured  map[string]float64 `json:"measured"`
	Scenario  string             `json:"scenario"` // the text of its file

	measured []metric
}

// An Omission counts the lines that were left out for a reason.
type Omission struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
	File   string `json:"file"`
	Line   int64  `json:"line"`
}

// A Function is one of the functions in a log.
type Function struct {
	Name     string `json:"name"`
	Requests int64  `json:"requests"`
	// ColdStarts is nil if the log does not show them.
	ColdStarts *int64 `json:"cold_starts"`
}

// mostFunctions is how many functions are listed.
const mostFunctions = 10

// finish writes the scenario, and returns what was found.
func (p *pass) finish(recognized bool) (*Found, error) {
	c := p.collector
	found := &Found{
		Format: p.format.Name, Title: p.format.Title, Recognized: recognized, Lines: p.log.Lines,
		Requests: c.requests, Function: p.log.Functions[p.taken], LeftOut: []Omission{}, Samples: []Sample{}, Notes: append([]string{}, p.log.Notes...),
		Warnings: append([]string{}, p.log.Warnings...), Memory: c.memory.most, MemoryUsed: c.used,
	}
	for _, s := range p.sources {
		found.Files = append(found.Files, s.Name)
	}
	if p.format.Name == "csv" {
		found.Columns = trace.TableColumns(p.sources[0].head)
	}
	for _, o := range p.log.LeftOut {
		found.LeftOut = append(found.LeftOut, Omission(o))
	}
	known := c.unstarted == 0
	order := p.busiest()
	found.Of = len(order)
	for _, i := range order[:min(mostFunctions, len(order))] {
		f := Function{Name: p.log.Functions[i], Requests: p.functions[i].requests}
		if known && (!p.apart || int32(i) == p.taken) {
			f.ColdStarts = &p.functions[i].colds
		}
		found.Functions = append(found.Functions, f)
	}
	if known {
		found.ColdStarts = &c.colds
	}
	if !c.untimed {
		seconds := sim.Time(c.last).Seconds()
		found.Span = &seconds
		if p.log.Calendar {
			found.Begins = moment(c.origin)
		}
	}
	if app, _, ok := strings.Cut(found.Function, "/"); ok && p.memories[app] > 0 {
		found.note("the app of the function has %d MB, which its functions share", p.memories[app])
	}
	if p.raised > 0 {
		found.note("durations of 0, below what the trace resolves, are taken as %s: %d", sim.Time(p.format.Least), p.raised)
	}
	if c.waits.mean() > 0 {
		found.note("warm starts waited %s on average before their service, which is in the measured response times and not in the scenario", sim.FromSeconds(c.waits.mean()))
	}
	if c.memory.least < c.memory.most {
		found.note("the memory of instances was from %d to %d MB", c.memory.least, c.memory.most)
	}
	return found, p.write(found)
}

// moment writes a time since 1970.
func moment(ns int64) string {
	return time.Unix(0, ns).UTC().Format("2006-01-02 15:04:05.999999999 UTC")
}

// A metric is one that the log itself shows.
type metric struct {
	name  string
	value float64
}

// metrics returns what the log measures, in the order of the catalogue.
func (p *pass) metrics() (all []metric) {
	c := p.collector
	add := func(name string, value float64) {
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			all = append(all, metric{name, value})
		}
	}
	if c.unstarted == 0 {
		add("cold_start_probability", float64(c.colds)/float64(c.requests))
	}
	mean := c.response[0].mean()
	if len(p.profiles) > 0 {
		mean = p.meanOfProfiles()
	}
	add("response_time", mean)
	if c.served > 0 && len(p.means) == 0 {
		for _, q := range []struct {
			name string
			p    float64
		}{{"response_time_p50", 0.5}, {"response_time_p90", 0.9}, {"response_time_p95", 0.95}, {"response_time_p99", 0.99}} {
			value, _ := c.responses.Quantile(q.p)
			add(q.name, value)
		}
	}
	if c.unstarted == 0 {
		add("response_time_warm", c.response[1].mean())
		add("response_time_cold", c.response[2].mean())
	}
	if p.existing.n > 0 {
		add("instances", p.existing.mean())
	}
	if whole := sim.Time(c.finished).Seconds(); !c.untimed && whole > 0 {
		if c.served == c.requests && len(p.means) == 0 {
			add("running", c.busy[0]/whole)
			if c.unstarted == 0 {
				add("running_warm", c.busy[1]/whole)
				add("running_cold", c.busy[2]/whole)
			}
		}
		add("throughput", float64(c.requests)/whole)
	}
	return all
}

// meanOfProfiles returns the mean duration over days, s.
func (p *pass) meanOfProfiles() float64 {
	sum, weights := 0.0, 0.0
	for _, d := range p.profiles {
		if d.mean == trace.Unknown {
			return math.NaN()
		}
		sum += float64(d.mean) / 1e9 * float64(d.weight)
		weights += float64(d.weight)
	}
	return sum / weights
}

// shortName returns a function's name with its long parts, such as hashes, cut to 12 characters.
func shortName(name string) string {
	const most, kept = 40, 12
	if len(name) <= most {
		return name
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if r := []rune(part); len(r) > kept+1 {
			parts[i] = string(r[:kept]) + "…"
		}
	}
	return strings.Join(parts, "/")
}
