package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

func transientFlag() cli.Flag {
	return &cli.StringFlag{Name: "transient", Usage: "show the first `DURATION` from the initial state, without warm-up, as functions of time, instead of the steady state"}
}

// transientWriters writes a transient in each format; the choice of metrics is the text's.
var transientWriters = map[string]func(io.Writer, *scenarios.TransientResult, metricChoice) error{
	"text": writeTransientText,
	"json": writeTransientJSON,
	"csv":  writeTransientCSV,
}

// runTransient is run with --transient.
func runTransient(c *cli.Context) error {
	write, err := format(c, transientWriters)
	if err != nil {
		return err
	}
	horizon, err := transientHorizon(c)
	if err != nil {
		return err
	}
	scenario, err := loadScenario(c)
	if err != nil {
		return err
	}
	shown, limits, err := metricsOfFlag(c, scenario.Platforms()...)
	if err != nil {
		return err
	}
	scenario.Limits = limits
	for _, name := range shown.names() {
		if !slices.ContainsFunc(scenario.Platforms(), func(p string) bool {
			return slices.ContainsFunc(scenario.TransientMetrics(p), func(m platform.Metric) bool { return m.Name == name })
		}) {
			return fmt.Errorf("--metrics: found %s, which has no value in each slot of a transient; want other metrics than instance_lifetime and the quantiles but response_time_p95, or leave out --transient", name)
		}
	}
	plot, _, err := plotOf(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.App.ErrWriter, "simulating")
	began := time.Now()
	result, err := scenarios.Transient(c.Context, scenario, scenarios.TransientOptions{Horizon: horizon, Workers: c.Int("workers"), Progress: bar.set})
	bar.finish()
	switch {
	case err != nil && c.Context.Err() != nil:
		return &codedError{exitInterrupted, errors.New("interrupted before any replication was finished: there is nothing to show")}
	case errors.As(err, new(*fs.PathError)):
		return &codedError{exitIO, err}
	case err != nil:
		return err
	}
	requests := int64(0)
	for _, p := range result.Platforms {
		requests += p.Requests
	}
	fmt.Fprintf(c.App.ErrWriter, "%s simulated in %s\n", countOfRequests(requests), time.Since(began).Round(time.Millisecond))
	err = printTransient(c, write, result, shown)
	if plot != nil {
		if drawing := plot.write(chartOfTransient(result, shown)); drawing != nil {
			return drawing
		}
	}
	return err
}

func chartOfTransient(r *scenarios.TransientResult, shown metricChoice) chart {
	var paths []chartPath
	var subtitle []string
	metrics := shown.names()
	if shown == nil {
		metrics = transientMetrics(r.Scenario)
	}
	drawn := map[string]bool{} // platforms
	coarse, merged := r, slotsForProbabilities(r, metrics, shown)
	if merged > 1 {
		coarse = r.Merged(merged)
	}
	someCoarse := false
	for _, metric := range metrics {
		for _, name := range r.Scenario.Platforms() {
			if shown == nil && !slices.Contains(scenarios.KindOf(name).Transient(), metric) {
				continue
			}
			m, ok := r.Platform(name).Metric(metric)
			of := r
			if ok && m.OfRequests() {
				of = coarse
				m, _ = of.Platform(name).Metric(metric)
			}
			if ok && shown.has(name, metric) {
				paths = append(paths, chartPath{platform: name, metric: metric, times: of.Times, values: m.Estimates})
				drawn[name] = true
				someCoarse = someCoarse || of != r
			}
		}
	}
	for _, name := range r.Scenario.Platforms() {
		if drawn[name] {
			subtitle = append(subtitle, platformLabel(name)+": "+strings.Join(append(describePlatform(r.Scenario, name), r.Scenario.Initial(name)), " · "))
		}
	}
	subtitle = append(subtitle, fmt.Sprintf("%s · seed %d", describeReplications(r), r.Scenario.Run.Seed))
	ch := transientChart(fmt.Sprintf("%s · %s", r.Scenario.Name, abridged(r.Scenario.Arrivals.String())), subtitle, paths)
	if someCoarse {
		slot := r.Horizon / sim.Time(len(r.Times))
		ch.notes = append(ch.notes, fmt.Sprintf("Averages over slots of %s, those of requests (probabilities, times) over %s, since few events are in one.",
			describeMoment(slot, slot), describeMoment(slot*sim.Time(merged), slot)))
	}
	return ch
}

// transientMetrics are the metrics of the figure, unless others are chosen, each where a platform has it.
func transientMetrics(s scenarios.Scenario) (names []string) {
	for _, m := range platform.Catalogue {
		if slices.ContainsFunc(s.Platforms(), func(p string) bool { return slices.Contains(scenarios.KindOf(p).Transient(), m.Name) }) {
			names = append(names, m.Name)
		}
	}
	place := func(name string) int { m, _ := platform.Find(name); return m.Place }
	slices.SortFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

// mostMerged is how many slots are drawn as one at most.
const mostMerged = 6

// slotsForProbabilities returns how many slots to draw as one, so that typical probabilities are larger than their half-widths, if
// mostMerged are enough for that.
func slotsForProbabilities(r *scenarios.TransientResult, metrics []string, shown metricChoice) int {
	for _, n := range []int{1, 2, 3} {
		enough, merged := true, r
		if n > 1 {
			merged = r.Merged(n)
		}
		for _, name := range r.Scenario.Platforms() {
			for _, metric := range metrics {
				m, ok := merged.Platform(name).Metric(metric)
				if !ok || !shown.has(name, metric) || m.Unit != platform.Probability || !m.OfRequests() {
					continue
				}
				known := 0
				for _, e := range m.Estimates {
					if e.HalfWidth <= e.Mean {
						known++
					}
				}
				enough = enough && 2*known > len(m.Estimates)
			}
		}
		if enough {
			return n
		}
	}
	return mostMerged
}

// transientHorizon returns the duration of --transient, beside which no flag stands that it
// has no use for.
func transientHorizon(c *cli.Context) (sim.Time, error) {
	text := c.String("transient")
	switch models := c.String("models"); {
	case c.IsSet("requests"):
		return 0, fmt.Errorf("--requests %s: a transient writes no request log; leave out --transient or --requests", c.String("requests"))
	case c.IsSet("replications"):
		return 0, fmt.Errorf("--replications %s: the values of replications are those of the steady state; leave out --transient or --replications", c.String("replications"))
	case c.IsSet("measured"):
		return 0, errors.New("--measured: what was measured is of the steady state; leave out --transient or --measured")
	case models != "" && models != "none":
		return 0, fmt.Errorf("--models %s: the models are of the steady state, and a transient is shown without them; leave out --transient or --models", models)
	}
	horizon, err := durationOf(c, "transient")
	if err == nil && (horizon == 0 || horizon == sim.Never) {
		err = fmt.Errorf("--transient %s: want a duration such as 10m, more than 0s and less than 292 years", text)
	}
	return horizon, err
}

// durationOf reads the duration that a flag was given, 0s included.
func durationOf(c *cli.Context, flag string) (sim.Time, error) {
	text := c.String(flag)
	seconds, err := dist.ParseDuration(text)
	if wrong := new(dist.SyntaxError); errors.As(err, &wrong) {
		return 0, fmt.Errorf("--%s %s: %s", flag, text, wrong.Message)
	}
	if err != nil {
		return 0, fmt.Errorf("--%s %s: %w", flag, text, err)
	}
	return sim.FromSeconds(seconds), nil
}

// printTransient writes a transient to stdout, all or nothing, and its warnings to stderr.
func printTransient(c *cli.Context, write func(io.Writer, *scenarios.TransientResult, metricChoice) error, r *scenarios.TransientResult, shown metricChoice) error {
	for _, w := range r.Warnings {
		warn(c.App.ErrWriter, w)
	}
	text := newPage(c.App.Writer)
	if err := write(text, r, shown); err != nil {
		return err
	}
	if err := print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	switch {
	case r.Interrupted:
		return &codedError{exitInterrupted, errors.New("")}
	case r.Broken != nil:
		return &codedError{exitCheckFailed, errors.New("")}
	}
	return nil
}

// transientLines is how many lines of time the text has at most.
const transientLines = 20

// writeTransientText writes a table a platform, its slots merged into some lines.
func writeTransientText(w io.Writer, r *scenarios.TransientResult, chosen metricChoice) error {
	writeTitle(w, r.Scenario)
	finer := ""
	if n := (len(r.Times) + transientLines - 1) / transientLines; n > 1 {
		finer = fmt.Sprintf(" (in %d finer slots: --format csv or json)", len(r.Times))
		r = r.Merged(n)
	}
	slot := r.Horizon / sim.Time(len(r.Times))
	writeParagraph(w, "", "  ", fmt.Sprintf("the first %s, averages over slots of %s%s", describeSpan(r.Horizon), describeMoment(slot, slot), finer))
	for _, p := range r.Platforms {
		name := p.Platform
		columns := scenarios.KindOf(name).Transient()
		if chosen != nil {
			columns = chosen.names()
		}
		var shown []scenarios.MetricTransient
		header := []cell{right("time")}
		for _, column := range columns {
			if m, ok := p.Metric(column); ok && chosen.has(name, column) {
				shown = append(shown, m)
				header = append(header, over(3, label(column)))
			}
		}
		if len(shown) == 0 {
			continue
		}
		writeHeading(w, platformLabel(name), describePlatform(r.Scenario, name), []string{r.Scenario.Initial(name), countOfRequests(p.Requests), describeReplications(r)})
		t := table{keys: 1}
		t.add(header...)
		for i := range r.Times {
			row := []cell{right(describeMoment(sim.FromSeconds(r.Times[i]), slot))}
			for _, m := range shown {
				row = append(row, estimateCells(m.Estimates[i], m.Unit)...)
			}
			t.add(row...)
		}
		t.write(w, "  ")
	}
	return nil
}

// estimateCells returns an estimate, aligned at the sign ±.
func estimateCells(e stats.Estimate, u platform.Unit) []cell {
	s := show(e, u)
	cells := []cell{right(s.mean), unit(s.unit), left("")}
	if s.halfWidth != "" {
		cells[2] = left("± " + s.halfWidth)
	}
	return cells
}

func describeReplications(r *scenarios.TransientResult) string {
	switch {
	case r.Interrupted:
		return fmt.Sprintf("interrupted: %d of %d replications", r.Replications, r.Scenario.Run.Replications)
	case r.Replications == 1:
		return "1 replication"
	}
	return fmt.Sprintf("%d replications", r.Replications)
}

// describeMoment writes a time to a hundredth of a slot or finer, as 1m2.5s.
func describeMoment(t, slot sim.Time) string {
	digit := sim.Time(1)
	for digit*1000 <= slot {
		digit *= 10
	}
	return describeSpan((t + digit/2) / digit * digit)
}

// The JSON of a transient, as the manual documents it.
type transientJSON struct {
	Scenario  scenarios.Scenario               `json:"scenario"`
	Horizon   float64                          `json:"horizon"` // seconds
	Times     []float64                        `json:"times"`   // seconds
	Platforms map[string]transientPlatformJSON `json:"platforms"`
	Run       transientRunJSON                 `json:"run"`
	Warnings  []string                         `json:"warnings"`
}

type transientPlatformJSON struct {
	Requests int64                 `json:"requests"`
	Metrics  map[string]seriesJSON `json:"metrics"`
}

// seriesJSON has a value a slot, null where there is none.
type seriesJSON struct {
	Mean      []*float64 `json:"mean"`
	HalfWidth []*float64 `json:"half_width"`
}

type transientRunJSON struct {
	Version      string `json:"version"`
	Seed         uint64 `json:"seed"`
	Replications int    `json:"replications"`
}

// writeTransientJSON writes one line of JSON.
func writeTransientJSON(w io.Writer, r *scenarios.TransientResult, _ metricChoice) error {
	return encode(w, newTransientJSON(r))
}

func newTransientJSON(r *scenarios.TransientResult) transientJSON {
	out := transientJSON{
		Scenario:  r.Scenario,
		Horizon:   r.Horizon.Seconds(),
		Times:     r.Times,
		Platforms: map[string]transientPlatformJSON{},
		Run:       transientRunJSON{version, r.Scenario.Run.Seed, r.Replications},
		Warnings:  append([]string{}, r.Warnings...),
	}
	for _, p := range r.Platforms {
		name := p.Platform
		series := map[string]seriesJSON{}
		for _, m := range p.Metrics {
			var s seriesJSON
			for _, e := range m.Estimates {
				s.Mean = append(s.Mean, finite(e.Mean))
				s.HalfWidth = append(s.HalfWidth, finite(e.HalfWidth))
			}
			series[m.Name] = s
		}
		out.Platforms[name] = transientPlatformJSON{p.Requests, series}
	}
	return out
}

// writeTransientCSV writes a header and a row a slot. A value that does not exist is empty.
func writeTransientCSV(w io.Writer, r *scenarios.TransientResult, _ metricChoice) error {
	header := []string{"time"}
	rows := make([][]string, len(r.Times))
	for i, at := range r.Times {
		rows[i] = []string{number(at)}
	}
	for _, name := range r.Scenario.Platforms() {
		for _, m := range r.Platform(name).Metrics {
			header = append(header, name+"."+m.Name, name+"."+m.Name+".half_width")
			for i, e := range m.Estimates {
				rows[i] = append(rows[i], number(e.Mean), number(e.HalfWidth))
			}
		}
	}
	return writeRows(w, append([][]string{header}, rows...)...)
}
