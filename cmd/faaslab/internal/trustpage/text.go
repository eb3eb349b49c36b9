package trustpage

import (
	"fmt"
	"io"
	"math"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/validate/model"
	"faaslab/validate/trust"
)

// tolerances are the deviations by which a variant is judged.
var tolerances = []float64{0.01, 0.05, 0.20}

// trustRows are the metrics that tables show. Running deviates as the response time does, and
// running cold as the cold start probability does (trust.Metrics).
var trustRows = []string{platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.WarmInstances, platform.RunningWarm, platform.Idle, platform.Utilization}

// A loadBand is a range of loads for which one rule is given.
type loadBand struct {
	words       string
	least, most float64
}

var loadBands = []loadBand{{"load to 0.1", 0, 0.1}, {"0.2 to 1", 0.11, 1}, {"2 and more", 1.1, math.Inf(1)}}

// contains reports whether a load is in the band.
func (b loadBand) contains(load float64) bool { return load >= b.least && load <= b.most }

// leastArrivals is the λτ from which on rules in cold service times are given.
const leastArrivals = 10

func variantLabel(v model.Variant) string {
	if v == model.Modified {
		return "SMP modified"
	}
	return "SMP"
}

// WriteText writes the summary that a person reads.
func WriteText(w io.Writer, r Result) error {
	m := r.Map
	format.Paragraph(w, "", "  ", "Both SMPs against the exact level-crossing model · no cap · Poisson arrivals, exponential service")
	format.Paragraph(w, "", "  ", describeGrid(m))
	tables := []format.TextTable{withinTable(m), firstOutTable(m), firstOutTable(m, platform.ColdStartProbability)}
	for _, variant := range trust.Variants {
		tables = append(tables, fromTable(m, variant))
	}
	tables = append(tables, beyondTable(m), closerTable(m))
	if r.Laws != nil {
		tables = append(tables, lawsTable(r.Laws))
	}
	if r.Scaling != nil {
		tables = append(tables, scalingTable(r.Scaling))
	}
	for _, t := range tables {
		t.Text(w)
	}
	fmt.Fprintln(w)
	format.Paragraph(w, "", "  ", "Running deviates as the response time does, running cold as the cold start probability (Little's law).")
	return nil
}

// describeGrid says which pools the map covers.
func describeGrid(m *trust.Map) string {
	axis := func(values []float64, name string) string {
		return fmt.Sprintf("%d %s %s … %s", len(values), name, format.Significant(values[0]), format.Significant(values[len(values)-1]))
	}
	return fmt.Sprintf("%s × %s × %s: %d points, %d of them without an exact value",
		axis(m.Loads, "loads λE[S_w]"), axis(m.KeepAlives, "keep-alives λτ"), axis(m.Ratios, "ratios E[S_c]/E[S_w]"), len(m.Points), m.LeftOut())
}

// withinTable shows how much of the grid is within each tolerance.
func withinTable(m *trust.Map) format.TextTable {
	t := format.TextTable{Title: "Points of the grid within 1 %, 5 % and 20 %, and the worst deviation", Heads: []string{""}}
	for _, variant := range trust.Variants {
		t.Heads = append(t.Heads, variantLabel(variant)+": 1 %", "5 %", "20 %", "worst")
	}
	for _, metric := range trustRows {
		row := []string{words.Label(metric)}
		for _, variant := range trust.Variants {
			for _, tolerance := range tolerances {
				row = append(row, format.Percent(m.Within(variant, metric, tolerance)))
			}
			worst, _ := m.Worst(variant, metric)
			row = append(row, format.SignedPercent(worst)+" %")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// firstOutTable shows which metric becomes wrong first as keep-alives shorten, without the excepted
// metrics.
func firstOutTable(m *trust.Map, except ...string) format.TextTable {
	t := format.TextTable{
		Title: "The first metric to leave a tolerance as the keep-alive shortens, in % of the loads and ratios (in brackets: at the longest already)",
		Heads: []string{""},
	}
	for _, metric := range except {
		t.Title = "The same, apart from the " + words.Label(metric)
	}
	var outs []map[string]trust.FirstOut
	for _, variant := range trust.Variants {
		for _, tolerance := range tolerances {
			head := format.Percent(tolerance)
			if tolerance == tolerances[0] {
				head = variantLabel(variant) + ": " + head
			}
			t.Heads = append(t.Heads, head)
			of := map[string]trust.FirstOut{}
			for _, o := range m.FirstOut(variant, tolerance, except...) {
				of[o.Metric] = o
			}
			outs = append(outs, of)
		}
	}
	for _, metric := range trustRows {
		row, any := []string{words.Label(metric)}, false
		for _, of := range outs {
			o, ok := of[metric]
			any = any || ok
			if ok {
				row = append(row, fmt.Sprintf("%.0f (%.0f)", 100*o.Share, 100*o.AtLongest))
			} else {
				row = append(row, format.Missing)
			}
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// fromTable shows the keep-alives from which on a variant can be trusted.
func fromTable(m *trust.Map, variant model.Variant) format.TextTable {
	t := format.TextTable{
		Title: variantLabel(variant) + ": the keep-alive λτ from which on the deviation stays within 1 / 5 / 20 %, by ratio of cold to warm service (— not on the grid)",
		Heads: []string{""},
	}
	for _, ratio := range m.Ratios {
		t.Heads = append(t.Heads, "ratio "+format.Significant(ratio))
	}
	for _, metric := range trustRows {
		for _, band := range loadBands {
			if !containsAny(m.Loads, band) {
				continue
			}
			row := []string{words.Label(metric) + ", " + band.words}
			for ratio := range m.Ratios {
				var from []string
				for _, tolerance := range tolerances {
					keepAlive, ok := m.From(variant, metric, tolerance, ratio, band.least, band.most)
					if ok {
						from = append(from, format.Significant(keepAlive))
					} else {
						from = append(from, format.Missing)
					}
				}
				row = append(row, strings.Join(from, " / "))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func containsAny(loads []float64, band loadBand) bool {
	for _, load := range loads {
		if band.contains(load) {
			return true
		}
	}
	return false
}

// mostColdServices is the longest keep-alive, in cold service times, for a rule; beyond it too
// little of the grid is left.
const mostColdServices = 100

// beyondTable shows the keep-alives, in cold service times, beyond which a variant can be trusted.
func beyondTable(m *trust.Map) format.TextTable {
	t := format.TextTable{
		Title: fmt.Sprintf("At all loads and ratios, where λτ ≥ %d: the deviation is within 1, 5 or 20 %% if the keep-alive τ/E[S_c] is more than (— %d is not enough)", leastArrivals, mostColdServices),
		Heads: []string{""},
	}
	for _, variant := range trust.Variants {
		t.Heads = append(t.Heads, variantLabel(variant)+": 1 %", "5 %", "20 %")
	}
	for _, metric := range trustRows {
		row := []string{words.Label(metric)}
		for _, variant := range trust.Variants {
			for _, tolerance := range tolerances {
				if beyond := m.Beyond(variant, metric, tolerance, leastArrivals); beyond > mostColdServices {
					row = append(row, format.Missing)
				} else {
					row = append(row, fmt.Sprintf("%.3g", beyond))
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// closerTable compares the two variants where the keep-alive is long.
func closerTable(m *trust.Map) format.TextTable {
	t := format.TextTable{
		Title: fmt.Sprintf("Where the keep-alive is long (λτ ≥ %d and τ ≥ %d E[S_c]): deviations, least … median … most, and how often the modified SMP is closer",
			trust.LongArrivals, trust.LongColdServices),
		Heads: []string{"", "SMP", "SMP modified", "modified is closer"},
	}
	for _, metric := range trustRows {
		for _, band := range loadBands {
			s := m.Spread(metric, func(p trust.Point) bool { return p.Long() && band.contains(p.Load) })
			if s.Points == 0 {
				continue
			}
			row := []string{words.Label(metric) + ", " + band.words}
			for i := range trust.Variants {
				row = append(row, fmt.Sprintf("%s … %s … %s %%", format.SignedPercent(s.Least[i]), format.SignedPercent(s.Median[i]), format.SignedPercent(s.Most[i])))
			}
			t.Rows = append(t.Rows, append(row, format.Percent(s.ModifiedCloser)))
		}
	}
	return t
}

// lawsTable shows how far other service laws move the true values, beside the deviations of both
// SMPs.
func lawsTable(laws []trust.LawShift) format.TextTable {
	t := format.TextTable{
		Title: "Service that is not exponential: by how many % the simulated pool differs from the exact one with exponential service (95 % interval),\n" +
			"beside the deviations of the SMPs",
		Heads: []string{"load, λτ, ratio"},
	}
	var names []string
	byPoint := map[string]map[string]trust.LawShift{}
	var points []string
	for _, l := range laws {
		point := fmt.Sprintf("%s, %s, %s", format.Significant(l.Point.Load), format.Significant(l.Point.KeepAlive), format.Significant(l.Point.Ratio))
		if byPoint[point] == nil {
			byPoint[point] = map[string]trust.LawShift{}
			points = append(points, point)
		}
		if len(points) == 1 {
			names = append(names, l.Law)
		}
		byPoint[point][l.Law] = l
	}
	t.Heads = append(append(t.Heads, names...), variantLabel(model.Original), variantLabel(model.Modified))
	for _, metric := range []string{platform.ColdStartProbability, platform.Instances, platform.Idle} {
		for _, point := range points {
			row := []string{point + ": " + words.Label(metric)}
			for _, name := range names {
				row = append(row, shiftPercent(byPoint[point][name].Shift[metric]))
			}
			for _, variant := range variantNames() {
				row = append(row, format.SignedPercent(byPoint[point][names[0]].Point.Deviation[variant][metric]))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// shiftPercent writes a shift and its half-width in per cent.
func shiftPercent(e stats.Estimate) string {
	return fmt.Sprintf("%s ± %.1f", format.SignedPercent(e.Mean), 100*e.HalfWidth)
}

// scalingTable shows the deviation of the model of an autoscaler by load and target, in brackets where it has doubts.
func scalingTable(points []trust.ScalingPoint) format.TextTable {
	t := format.TextTable{
		Title: "The model of an autoscaler: by how many % its instances deviate from the simulated ones (95 % interval), in brackets where it has doubts itself",
		Heads: []string{"load"},
	}
	row := map[float64][]string{}
	var loads []float64
	last := 0.0
	for _, p := range points {
		if p.Target != last {
			last = p.Target
			t.Heads = append(t.Heads, "target "+format.Significant(p.Target))
		}
		cell := shiftPercent(p.Deviation)
		if p.Doubted {
			cell = "(" + cell + ")"
		}
		if row[p.Load] == nil {
			loads = append(loads, p.Load)
			row[p.Load] = []string{format.Significant(p.Load)}
		}
		row[p.Load] = append(row[p.Load], cell)
	}
	for _, load := range loads {
		t.Rows = append(t.Rows, row[load])
	}
	return t
}
