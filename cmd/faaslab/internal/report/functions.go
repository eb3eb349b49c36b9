package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/tables"
	"faaslab/platform"
	"faaslab/platform/cluster"
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
func newFunctionsJSON(s scenarios.Scenario, p *scenarios.PlatformResult) *FunctionsJSON {
	f := &wholeOf(p).Functions
	if _, many := s.Many(); !many || len(f.Counts) == 0 {
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
	if !s.HasMany() || len(f.Counts) == 0 {
		return
	}
	writeSpread(w, whole)
	rows, all := costliest(s, whole, mostShownFunctions)
	if len(rows) < len(f.Counts) {
		fmt.Fprintf(w, "\nThe %d of %d functions whose instances take most memory\n", len(rows), len(f.Counts))
	} else {
		fmt.Fprintf(w, "\nFunctions, by the memory that their instances take\n")
	}
	t := format.Table{Keys: 1}
	head := []format.Cell{format.Left(""), format.Right("requests"), format.Over(2, "cold"), format.Over(2, "response"), format.Over(2, "memory"), format.Over(2, "share"), format.Over(2, "wasted")}
	prices := s.Prices(scenarios.ContainerPlatform)
	if prices.User != nil {
		head = append(head, format.Over(2, "user cost"))
	}
	if prices.Provider != nil {
		head = append(head, format.Over(2, "provider cost"))
	}
	t.Add(head...)
	for _, row := range append(rows, all) {
		cells := []format.Cell{format.Left(format.ShortName(row.Name)), format.Right(format.Thousands(row.Requests))}
		cells = append(cells, shown(row.Cold, platform.Probability)...)
		cells = append(cells, shown(row.Response, platform.Seconds)...)
		cells = append(cells, shown(row.Memory, platform.Megabytes)...)
		cells = append(cells, shown(row.Memory/all.Memory, platform.Probability)...)
		cells = append(cells, shown(row.Wasted, platform.Probability)...)
		if prices.User != nil {
			cells = append(cells, shown(row.UserCost, platform.PerMonth)...)
		}
		if prices.Provider != nil {
			cells = append(cells, shown(row.ProviderCost, platform.PerMonth)...)
		}
		t.Add(cells...)
	}
	t.Write(w, "  ")
}

// A FunctionRow says what one function, or all together, did in the measured periods of all
// replications. What has no value is NaN.
type FunctionRow struct {
	Name               string
	Instance           int64 // memory of an instance, MB; 0: of all
	Requests, Rejected int64
	Cold               float64 // cold starts / requests
	Response           float64 // of the served requests, seconds
	Memory             float64 // of its instances, averaged over time, MB
	Wasted             float64 // share of that memory that is idle or loading
	// What it costs in a month.
	UserCost, ProviderCost float64
}

// Costliest returns the functions of a platform whose instances take most memory, the first of them
// first, and all of its functions as one.
func Costliest(s scenarios.Scenario, p *scenarios.PlatformResult, most int) (rows []FunctionRow, all FunctionRow) {
	return costliest(s, wholeOf(p), most)
}

// costliest returns the functions that Costliest returns, of merged observations.
func costliest(s scenarios.Scenario, whole *platform.Observations, most int) (rows []FunctionRow, all FunctionRow) {
	f := &whole.Functions
	functions, _ := s.Many()
	prices, months := s.Prices(scenarios.ContainerPlatform), whole.Span.Seconds()/platform.Month
	row := func(name string, instance int64, c *platform.FunctionCounts, running, idle, loading float64) FunctionRow {
		memory := running + idle + loading
		return FunctionRow{Name: name, Instance: instance, Requests: c.Arrivals, Rejected: c.Rejected + c.TimedOut, Cold: float64(c.Cold) / float64(c.Arrivals),
			Response: c.Response.Seconds() / float64(c.Served()), Memory: memory / whole.Span.Seconds(), Wasted: (idle + loading) / memory}
	}
	var counts platform.FunctionCounts
	var running, idle, loading, user, provider float64
	for i := range f.Counts {
		r, k, l := f.MegabyteSeconds(i)
		one := row(functions[i].Name, f.Memories[i], &f.Counts[i], r, k, l)
		one.UserCost, one.ProviderCost = prices.CostOfFunction(whole, i)
		one.UserCost, one.ProviderCost = one.UserCost/months, one.ProviderCost/months
		// Of two that take the same, the first comes first.
		if at := sort.Search(len(rows), func(k int) bool { return cmp.Less(rows[k].Memory, one.Memory) }); at < most {
			rows = slices.Insert(rows[:min(len(rows), most-1)], at, one)
		}
		counts.Merge(&f.Counts[i])
		running, idle, loading = running+r, idle+k, loading+l
		user, provider = user+one.UserCost, provider+one.ProviderCost
	}
	all = row("all", 0, &counts, running, idle, loading)
	all.UserCost, all.ProviderCost = user, provider
	return rows, all
}

// A NodeJSON is the memory of a node in MB, averaged over time, by the state of the instances that
// take it.
type NodeJSON struct {
	Node    int     `json:"node"`      // from 0
	Memory  *int64  `json:"memory_mb"` // null: unlimited
	Running float64 `json:"running_mb"`
	Idle    float64 `json:"idle_mb"`
	Loading float64 `json:"loading_mb"`
}

// newNodesJSON returns the nodes of a platform; nil if it has none.
func newNodesJSON(s scenarios.Scenario, p *scenarios.PlatformResult) (nodes []NodeJSON) {
	if !s.HasMany() { // a pool that keeps instances ready is simulated on a node, too
		return nil
	}
	whole := wholeOf(p)
	for i, n := range whole.Functions.Nodes {
		span := whole.Span.Seconds()
		one := NodeJSON{Node: i, Running: n.Running.Seconds() / span, Idle: n.Idle.Seconds() / span, Loading: n.Loading.Seconds() / span}
		if memory := s.Nodes.Memory; memory != 0 && memory != cluster.Unlimited {
			one.Memory = &memory
		}
		nodes = append(nodes, one)
	}
	return nodes
}

// shown returns a number without an interval, and its unit, as two cells.
func shown(x float64, of platform.Unit) []format.Cell {
	e := format.Show(stats.Estimate{Mean: format.RoundTo(3, x), N: 1, HalfWidth: math.NaN()}, of)
	return []format.Cell{format.Right(e.Mean), format.Unit(e.Unit)}
}

// functionsHeader is the header of the rows of functions.
var functionsHeader = []string{"replication", "function", "app", "memory_mb", "arrivals", "warm", "cold", "rejected", "timed_out", "response_time", "waiting_time",
	"running_gb_s", "idle_gb_s", "loading_gb_s", "evicted", "expired", "unloaded", "loaded"}

// functionsTypes are the types of its columns that hold no real numbers.
var functionsTypes = map[string]tables.Type{"replication": tables.Whole, "function": tables.Text, "app": tables.Text, "memory_mb": tables.Whole, "arrivals": tables.Whole,
	"warm": tables.Whole, "cold": tables.Whole, "rejected": tables.Whole, "timed_out": tables.Whole, "evicted": tables.Whole, "expired": tables.Whole,
	"unloaded": tables.Whole, "loaded": tables.Whole}

// WriteFunctions writes a header and a row for each function and replication: what happened in the
// measured period and, where prices are known, what it cost. Means of no request are empty. A path that
// ends in .parquet makes it Parquet, and any other CSV.
func WriteFunctions(w io.Writer, path string, r *Report) error {
	var columns []tables.Column
	for _, name := range r.functionsColumns() {
		of, ok := functionsTypes[name]
		if !ok {
			of = tables.Real
		}
		columns = append(columns, tables.Column{Name: name, Type: of})
	}
	return writeRows(w, path, columns, r.eachFunction)
}

// writeRows writes a table of rows: as Parquet if the path ends in .parquet, else as CSV.
func writeRows(w io.Writer, path string, columns []tables.Column, each func(add func(row []string) error) error) error {
	if tables.IsParquet(path) {
		table := tables.NewWriter(w, columns)
		if err := each(table.AddRow); err != nil {
			return err
		}
		return table.Close()
	}
	table := csv.NewWriter(w)
	var header []string
	for _, c := range columns {
		header = append(header, c.Name)
	}
	if err := table.Write(header); err != nil {
		return err
	}
	if err := each(table.Write); err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

// functionsColumns are the names of the columns of rows of functions.
func (r *Report) functionsColumns() []string {
	header := slices.Clone(functionsHeader)
	costs := r.Scenario.Prices(scenarios.ContainerPlatform)
	if costs.User != nil {
		header = append(header, "user_cost")
	}
	if costs.Provider != nil {
		header = append(header, "provider_cost")
	}
	return header
}

// eachFunction hands over the row of each function in each replication.
func (r *Report) eachFunction(add func(row []string) error) error {
	costs := r.Scenario.Prices(scenarios.ContainerPlatform)
	functions, _ := r.Scenario.Many()
	for _, p := range r.Platforms {
		for i := range p.Replications {
			f := &p.Replications[i].Functions
			for k := range f.Counts {
				c := &f.Counts[k]
				running, idle, loading := f.MegabyteSeconds(k)
				row := []string{strconv.Itoa(i + 1), functions[k].Name, functions[k].App, strconv.FormatInt(f.Memories[k], 10)}
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
				user, provider := costs.CostOfFunction(&p.Replications[i], k)
				if costs.User != nil {
					row = append(row, format.Number(user))
				}
				if costs.Provider != nil {
					row = append(row, format.Number(provider))
				}
				if err := add(row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
