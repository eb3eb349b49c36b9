package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// mostShownFunctions are those that the text of a run shows.
const mostShownFunctions = 10

// mostPoints are the points of the distribution over functions in the JSON.
const mostPoints = 200

// FunctionsJSON says how cold starts are distributed over many functions.
type FunctionsJSON struct {
	Count  int `json:"count"`
	Active int `json:"active"` // with an arrival
	// ColdStartFraction has points (cold starts / arrivals, share of the active functions that do
	// not exceed it), at most 200.
	ColdStartFraction [][2]float64 `json:"cold_start_fraction"`
}

// wholeOf merges the observations of all replications.
func wholeOf(p *scenarios.PlatformResult) *platform.Observations {
	var whole platform.Observations
	for i := range p.Replications {
		whole.Merge(&p.Replications[i])
	}
	return &whole
}

// newFunctionsJSON returns the distribution over the functions of a platform; nil if it has not
// many.
func newFunctionsJSON(p *scenarios.PlatformResult) *FunctionsJSON {
	f := &wholeOf(p).Functions
	if len(f.Counts) == 0 {
		return nil
	}
	return &FunctionsJSON{Count: len(f.Counts), Active: f.Active(), ColdStartFraction: distribution(f.ColdFractions())}
}

// distribution returns points of the distribution of values in ascending order: each value with the
// share of values up to it or, of more than mostPoints, the last up to each of equal steps of the
// share.
func distribution(values []float64) [][2]float64 {
	points := [][2]float64{}
	for i, x := range values {
		if i+1 < len(values) && values[i+1] == x {
			continue
		}
		points = append(points, [2]float64{x, float64(i+1) / float64(len(values))})
	}
	if len(points) <= mostPoints {
		return points
	}
	few := [][2]float64{}
	for i, p := range points {
		step := math.Floor(p[1] * mostPoints)
		if i+1 == len(points) || step < math.Floor(points[i+1][1]*mostPoints) {
			few = append(few, p)
		}
	}
	return few[max(0, len(few)-mostPoints):]
}

// writeSpread writes how requests, cold starts and memory are distributed over functions.
func writeSpread(w io.Writer, whole *platform.Observations) {
	f := &whole.Functions
	var arrivals, memory []float64
	for i := range f.Counts {
		if n := f.Counts[i].Arrivals; n > 0 {
			running, idle, loading := f.MegabyteSeconds(i)
			arrivals, memory = append(arrivals, float64(n)), append(memory, (running+idle+loading)/whole.Span.Seconds())
		}
	}
	n := len(arrivals)
	if n < 2 {
		return
	}
	slices.Sort(arrivals)
	slices.Sort(memory)
	of := format.Counted(n, "function")
	if n < len(f.Counts) {
		of = fmt.Sprintf("the %d of %s with a request", n, format.Counted(len(f.Counts), "function"))
	}
	fmt.Fprintf(w, "\nDistribution over %s\n", of)
	t := format.Table{Keys: 1}
	t.Add(format.Left(""), format.Over(2, "least"), format.Over(2, "25 %"), format.Over(2, "50 %"), format.Over(2, "75 %"), format.Over(2, "95 %"), format.Over(2, "most"))
	for _, row := range []struct {
		name   string
		values []float64
		unit   platform.Unit
	}{{"requests", arrivals, platform.Count}, {"cold starts", f.ColdFractions(), platform.Probability}, {"memory", memory, platform.Megabytes}} {
		cells := []format.Cell{format.Left(row.name)}
		for _, p := range []float64{0, 0.25, 0.5, 0.75, 0.95, 1} {
			cells = append(cells, shown(platform.QuantileOf(row.values, p), row.unit)...)
		}
		t.Add(cells...)
	}
	t.Write(w, "  ")
}

// writeFunctions writes the distribution over functions, those whose memory costs most time, and
// what all have together.
func writeFunctions(w io.Writer, s scenarios.Scenario, p *scenarios.PlatformResult) {
	whole := wholeOf(p)
	f := &whole.Functions
	if len(f.Counts) == 0 {
		return
	}
	writeSpread(w, whole)
	functions, _ := s.Many()
	memory := func(i int) float64 {
		running, idle, loading := f.MegabyteSeconds(i)
		return running + idle + loading
	}
	order, total := make([]int, len(f.Counts)), 0.0
	for i := range order {
		order[i] = i
		total += memory(i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := memory(a), memory(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	if len(order) > mostShownFunctions {
		order = order[:mostShownFunctions]
		fmt.Fprintf(w, "\nThe %d of %d functions whose instances take most memory\n", mostShownFunctions, len(f.Counts))
	} else {
		fmt.Fprintf(w, "\nFunctions, by the memory that their instances take\n")
	}
	t := format.Table{Keys: 1}
	t.Add(format.Left(""), format.Right("requests"), format.Over(2, "cold"), format.Over(2, "response"), format.Over(2, "memory"), format.Over(2, "share"), format.Over(2, "wasted"))
	row := func(name string, arrivals, cold, served int64, response, memory, wasted float64) {
		cells := []format.Cell{format.Left(name), format.Right(format.Thousands(arrivals))}
		cells = append(cells, shown(float64(cold)/float64(arrivals), platform.Probability)...)
		cells = append(cells, shown(response/float64(served), platform.Seconds)...)
		cells = append(cells, shown(memory/whole.Span.Seconds(), platform.Megabytes)...)
		cells = append(cells, shown(memory/total, platform.Probability)...)
		t.Add(append(cells, shown(wasted/memory, platform.Probability)...)...)
	}
	for _, i := range order {
		c := &f.Counts[i]
		running, idle, loading := f.MegabyteSeconds(i)
		row(shortened(functions[i].Name), c.Arrivals, c.Cold, c.Served(), c.Response.Seconds(), running+idle+loading, idle+loading)
	}
	var all platform.FunctionCounts
	wasted := 0.0
	for i := range f.Counts {
		all.Merge(&f.Counts[i])
		_, idle, loading := f.MegabyteSeconds(i)
		wasted += idle + loading
	}
	row("all", all.Arrivals, all.Cold, all.Served(), all.Response.Seconds(), total, wasted)
	t.Write(w, "  ")
}

// longestName is the number of characters that a name has room for in a table.
const longestName = 20

// shortened leaves out the middle of a long name: names often differ at their end.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	return name[:longestName/2] + "…" + name[len(name)-longestName/2+1:]
}

// shown returns a number without an interval, and its unit, as two cells.
func shown(x float64, of platform.Unit) []format.Cell {
	e := format.Show(stats.Estimate{Mean: format.RoundTo(3, x), N: 1, HalfWidth: math.NaN()}, of)
	return []format.Cell{format.Right(e.Mean), format.Unit(e.Unit)}
}

// functionsHeader is the header of the rows of functions.
var functionsHeader = []string{"replication", "function", "app", "memory_mb", "arrivals", "warm", "cold", "rejected", "timed_out", "response_time", "waiting_time",
	"running_gb_s", "idle_gb_s", "loading_gb_s", "evicted", "expired", "unloaded", "loaded"}

// WriteFunctions writes a header and a row for each function and replication: what happened in the
// measured period. Means of no request are empty.
func WriteFunctions(w io.Writer, r *Report) error {
	rows := [][]string{functionsHeader}
	functions, _ := r.Scenario.Many()
	for _, p := range r.Platforms {
		for i := range p.Replications {
			f := &p.Replications[i].Functions
			for k := range f.Counts {
				c := &f.Counts[k]
				running, idle, loading := f.MegabyteSeconds(k)
				row := []string{strconv.Itoa(i + 1), functions[k].Name, "", strconv.FormatInt(f.Memories[k], 10)}
				for _, n := range []int64{c.Arrivals, c.Warm, c.Cold, c.Rejected, c.TimedOut} {
					row = append(row, strconv.FormatInt(n, 10))
				}
				served := float64(c.Served())
				for _, x := range []float64{c.Response.Seconds() / served, c.Wait.Seconds() / served, running / 1024, idle / 1024, loading / 1024} {
					row = append(row, format.Number(x))
				}
				for _, n := range []int64{c.Evicted, c.Expired, c.Unloaded, c.Loaded} {
					row = append(row, strconv.FormatInt(n, 10))
				}
				rows = append(rows, row)
			}
		}
	}
	return format.CSV(w, rows...)
}
