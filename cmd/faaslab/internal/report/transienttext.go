package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// TransientWriters write a transient, by format; the choice of metrics is for the text.
var TransientWriters = map[string]func(io.Writer, *scenarios.TransientResult, MetricChoice) error{
	"text": writeTransientText,
	"json": writeTransientJSON,
	"csv":  writeTransientCSV,
}

// ChartOfTransient returns the figure of a transient: a panel a metric, over time.
func ChartOfTransient(r *scenarios.TransientResult, shown MetricChoice) chart.Chart {
	var paths []ChartPath
	var subtitle []string
	metrics := shown.Names()
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
			if shown == nil && !slices.Contains(scenarios.KindOf(name).TransientOf(r.Scenario), metric) {
				continue
			}
			m, ok := r.Platform(name).Metric(metric)
			of := r
			if ok && m.OfRequests() {
				of = coarse
				m, _ = of.Platform(name).Metric(metric)
			}
			if ok && shown.Has(name, metric) {
				paths = append(paths, ChartPath{Platform: name, Metric: metric, Times: of.Times, Values: m.Estimates})
				drawn[name] = true
				someCoarse = someCoarse || of != r
			}
		}
	}
	for _, name := range r.Scenario.Platforms() {
		if drawn[name] {
			subtitle = append(subtitle, words.PlatformLabel(name)+": "+strings.Join(append(words.DescribePlatform(r.Scenario, name), r.Scenario.Initial(name)), " · "))
		}
	}
	subtitle = append(subtitle, fmt.Sprintf("%s · seed %d", describeReplications(r), r.Scenario.Run.Seed))
	ch := TransientChart(fmt.Sprintf("%s · %s", r.Scenario.Name, format.Abridged(r.Scenario.Arrivals.String())), subtitle, paths)
	if someCoarse {
		slot := r.Horizon / sim.Time(len(r.Times))
		ch.Notes = append(ch.Notes, fmt.Sprintf("Averages over slots of %s, those of requests (probabilities, times) over %s, since few events are in one.",
			format.Moment(slot, slot), format.Moment(slot*sim.Time(merged), slot)))
	}
	return ch
}

// transientMetrics returns the metrics of the figure if none are chosen; each is one that a
// platform of the scenario has.
func transientMetrics(s scenarios.Scenario) (names []string) {
	for _, m := range platform.Catalogue {
		if slices.ContainsFunc(s.Platforms(), func(p string) bool { return slices.Contains(scenarios.KindOf(p).TransientOf(s), m.Name) }) {
			names = append(names, m.Name)
		}
	}
	place := func(name string) int { m, _ := platform.Find(name); return m.Place }
	slices.SortFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

// mostMerged is the largest number of slots that are drawn as one.
const mostMerged = 6

// slotsForProbabilities returns how many slots to draw as one so that typical probabilities exceed
// their half-widths, if mostMerged suffices for that.
func slotsForProbabilities(r *scenarios.TransientResult, metrics []string, shown MetricChoice) int {
	for _, n := range []int{1, 2, 3} {
		enough, merged := true, r
		if n > 1 {
			merged = r.Merged(n)
		}
		for _, name := range r.Scenario.Platforms() {
			for _, metric := range metrics {
				m, ok := merged.Platform(name).Metric(metric)
				if !ok || !shown.Has(name, metric) || m.Unit != platform.Probability || !m.OfRequests() {
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

// transientLines is the largest number of times in the text.
const transientLines = 20

// writeTransientText writes a table per platform, with its slots merged into a few lines.
func writeTransientText(w io.Writer, r *scenarios.TransientResult, chosen MetricChoice) error {
	words.Title(w, r.Scenario)
	finer := ""
	if n := (len(r.Times) + transientLines - 1) / transientLines; n > 1 {
		finer = fmt.Sprintf(" (in %d finer slots: --format csv or json)", len(r.Times))
		r = r.Merged(n)
	}
	slot := r.Horizon / sim.Time(len(r.Times))
	format.Paragraph(w, "", "  ", fmt.Sprintf("the first %s, averages over slots of %s%s", format.Duration(r.Horizon), format.Moment(slot, slot), finer))
	for _, p := range r.Platforms {
		name := p.Platform
		columns := scenarios.KindOf(name).TransientOf(r.Scenario)
		if chosen != nil {
			columns = chosen.Names()
		}
		var shown []scenarios.MetricTransient
		header := []format.Cell{format.Right("time")}
		for _, column := range columns {
			if m, ok := p.Metric(column); ok && chosen.Has(name, column) {
				shown = append(shown, m)
				header = append(header, format.Over(3, words.Label(column)))
			}
		}
		if len(shown) == 0 {
			continue
		}
		words.Heading(w, words.PlatformLabel(name), words.DescribePlatform(r.Scenario, name), []string{r.Scenario.Initial(name), format.Requests(p.Requests), describeReplications(r)})
		t := format.Table{Keys: 1}
		t.Add(header...)
		for i := range r.Times {
			row := []format.Cell{format.Right(format.Moment(sim.FromSeconds(r.Times[i]), slot))}
			for _, m := range shown {
				row = append(row, format.EstimateCells(m.Estimates[i], m.Unit)...)
			}
			t.Add(row...)
		}
		t.Write(w, "  ")
	}
	words.Notes(w, r.Scenario.Notes())
	return nil
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

// TransientJSON is the JSON of a transient, as the manual documents it.
type TransientJSON struct {
	Scenario  scenarios.Scenario               `json:"scenario"`
	Horizon   float64                          `json:"horizon"` // seconds
	Times     []float64                        `json:"times"`   // seconds
	Platforms map[string]transientPlatformJSON `json:"platforms"`
	Run       transientRunJSON                 `json:"run"`
	Warnings  []string                         `json:"warnings"`
	Notes     []string                         `json:"notes,omitempty"`
}

type transientPlatformJSON struct {
	Requests int64                 `json:"requests"`
	Metrics  map[string]seriesJSON `json:"metrics"`
}

// seriesJSON has a value per slot, null where there is none.
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
func writeTransientJSON(w io.Writer, r *scenarios.TransientResult, _ MetricChoice) error {
	return format.JSON(w, NewTransientJSON(r))
}

// NewTransientJSON returns a transient as JSON has it: estimates by metric and slot of time.
func NewTransientJSON(r *scenarios.TransientResult) TransientJSON {
	out := TransientJSON{
		Scenario:  r.Scenario,
		Horizon:   r.Horizon.Seconds(),
		Times:     r.Times,
		Platforms: map[string]transientPlatformJSON{},
		Run:       transientRunJSON{words.Version, r.Scenario.Run.Seed, r.Replications},
		Warnings:  append([]string{}, r.Warnings...),
		Notes:     r.Scenario.Notes(),
	}
	for _, p := range r.Platforms {
		name := p.Platform
		series := map[string]seriesJSON{}
		for _, m := range p.Metrics {
			var s seriesJSON
			for _, e := range m.Estimates {
				s.Mean = append(s.Mean, format.Finite(e.Mean))
				s.HalfWidth = append(s.HalfWidth, format.Finite(e.HalfWidth))
			}
			series[m.Name] = s
		}
		out.Platforms[name] = transientPlatformJSON{p.Requests, series}
	}
	return out
}

// writeTransientCSV writes a header and a row per slot. A value that does not exist is empty.
func writeTransientCSV(w io.Writer, r *scenarios.TransientResult, _ MetricChoice) error {
	header := []string{"time"}
	rows := make([][]string, len(r.Times))
	for i, at := range r.Times {
		rows[i] = []string{format.Number(at)}
	}
	for _, name := range r.Scenario.Platforms() {
		for _, m := range r.Platform(name).Metrics {
			header = append(header, name+"."+m.Name, name+"."+m.Name+".half_width")
			for i, e := range m.Estimates {
				rows[i] = append(rows[i], format.Number(e.Mean), format.Number(e.HalfWidth))
			}
		}
	}
	return format.CSV(w, append([][]string{header}, rows...)...)
}
