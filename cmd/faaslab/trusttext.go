package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/validate"
	"faaslab/validate/model"
)

// The tolerances that a variant is judged by.
var tolerances = []float64{0.01, 0.05, 0.20}

// trustRows are the metrics that tables show. Running deviates as the response time does, and
// running cold as the cold start probability (validate.TrustMetrics).
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

// percent writes a fraction in per cent.
func percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }

// A textTable is a title, the heads of columns and rows; the first column is
// aligned to the left, the others to the right.
type textTable struct {
	title string
	heads []string
	rows  [][]string
}

// text writes the table with aligned columns.
func (t textTable) text(w io.Writer) {
	aligned := table{keys: 1}
	for _, row := range append([][]string{t.heads}, t.rows...) {
		cells := []cell{left(row[0])}
		named := false // a head such as "SMP: 1 %" is of those after it, too
		for i, text := range row[1:] {
			of := strings.Contains(t.heads[i+1], ": ")
			named = named || of
			cells = append(cells, cell{text: text, right: true, joined: named && !of})
		}
		aligned.add(cells...)
	}
	fmt.Fprintln(w)
	for _, line := range strings.Split(t.title, "\n") {
		writeParagraph(w, "", "  ", line)
	}
	aligned.write(w, "  ")
}

// markdown returns the table without its title.
func (t textTable) markdown() string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.heads)
	rule := []string{"---"}
	for range t.heads[1:] {
		rule = append(rule, "---:")
	}
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	return strings.TrimRight(b.String(), "\n")
}

// writeTrustText writes the summary that a person reads.
func writeTrustText(w io.Writer, r trustResult) error {
	m := r.Map
	writeParagraph(w, "", "  ", "Both SMPs against the exact level-crossing model · no cap · Poisson arrivals, exponential service")
	writeParagraph(w, "", "  ", describeGrid(m))
	tables := []textTable{withinTable(m), firstOutTable(m), firstOutTable(m, platform.ColdStartProbability)}
	for _, variant := range validate.TrustVariants {
		tables = append(tables, fromTable(m, variant))
	}
	tables = append(tables, beyondTable(m), closerTable(m))
	if r.Laws != nil {
		tables = append(tables, lawsTable(r.Laws))
	}
	for _, t := range tables {
		t.text(w)
	}
	fmt.Fprintln(w)
	writeParagraph(w, "", "  ", "Running deviates as the response time does, running cold as the cold start probability (Little's law).")
	return nil
}

// describeGrid says what the map covers.
func describeGrid(m *validate.TrustMap) string {
	axis := func(values []float64, name string) string {
		return fmt.Sprintf("%d %s %s … %s", len(values), name, significant(values[0]), significant(values[len(values)-1]))
	}
	return fmt.Sprintf("%s × %s × %s: %d points, %d of them without an exact value",
		axis(m.Loads, "loads λE[S_w]"), axis(m.KeepAlives, "keep-alives λτ"), axis(m.Ratios, "ratios E[S_c]/E[S_w]"), len(m.Points), m.LeftOut())
}

// withinTable shows how much of the grid is within each tolerance.
func withinTable(m *validate.TrustMap) textTable {
	t := textTable{title: "Points of the grid within 1 %, 5 % and 20 %, and the worst deviation", heads: []string{""}}
	for _, variant := range validate.TrustVariants {
		t.heads = append(t.heads, variantLabel(variant)+": 1 %", "5 %", "20 %", "worst")
	}
	for _, metric := range trustRows {
		row := []string{label(metric)}
		for _, variant := range validate.TrustVariants {
			for _, tolerance := range tolerances {
				row = append(row, percent(m.Within(variant, metric, tolerance)))
			}
			worst, _ := m.Worst(variant, metric)
			row = append(row, signedPercent(worst)+" %")
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// firstOutTable shows which metric suffers first as keep-alives shorten, apart from those excepted.
func firstOutTable(m *validate.TrustMap, except ...string) textTable {
	t := textTable{
		title: "The first metric to leave a tolerance as the keep-alive shortens, in % of the loads and ratios (in brackets: at the longest already)",
		heads: []string{""},
	}
	for _, metric := range except {
		t.title = "The same, apart from the " + label(metric)
	}
	var outs []map[string]validate.FirstOut
	for _, variant := range validate.TrustVariants {
		for _, tolerance := range tolerances {
			head := percent(tolerance)
			if tolerance == tolerances[0] {
				head = variantLabel(variant) + ": " + head
			}
			t.heads = append(t.heads, head)
			of := map[string]validate.FirstOut{}
			for _, o := range m.FirstOut(variant, tolerance, except...) {
				of[o.Metric] = o
			}
			outs = append(outs, of)
		}
	}
	for _, metric := range trustRows {
		row, any := []string{label(metric)}, false
		for _, of := range outs {
			o, ok := of[metric]
			any = any || ok
			if ok {
				row = append(row, fmt.Sprintf("%.0f (%.0f)", 100*o.Share, 100*o.AtLongest))
			} else {
				row = append(row, missing)
			}
		}
		if any {
			t.rows = append(t.rows, row)
		}
	}
	return t
}

// fromTable shows the keep-alives from which on a variant can be trusted.
func fromTable(m *validate.TrustMap, variant model.Variant) textTable {
	t := textTable{
		title: variantLabel(variant) + ": the keep-alive λτ from which on the deviation stays within 1 / 5 / 20 %, by ratio of cold to warm service (— not on the grid)",
		heads: []string{""},
	}
	for _, ratio := range m.Ratios {
		t.heads = append(t.heads, "ratio "+significant(ratio))
	}
	for _, metric := range trustRows {
		for _, band := range loadBands {
			if !containsAny(m.Loads, band) {
				continue
			}
			row := []string{label(metric) + ", " + band.words}
			for ratio := range m.Ratios {
				var from []string
				for _, tolerance := range tolerances {
					keepAlive, ok := m.From(variant, metric, tolerance, ratio, band.least, band.most)
					if ok {
						from = append(from, significant(keepAlive))
					} else {
						from = append(from, missing)
					}
				}
				row = append(row, strings.Join(from, " / "))
			}
			t.rows = append(t.rows, row)
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

// mostColdServices is the longest keep-alive in cold service times that is a rule; beyond
// it too little of the grid is left.
const mostColdServices = 100

// beyondTable shows the keep-alives in cold service times beyond which a variant
// can be trusted.
func beyondTable(m *validate.TrustMap) textTable {
	t := textTable{
		title: fmt.Sprintf("At all loads and ratios, where λτ ≥ %d: the deviation is within 1, 5 or 20 %% if the keep-alive τ/E[S_c] is more than (— %d is not enough)", leastArrivals, mostColdServices),
		heads: []string{""},
	}
	for _, variant := range validate.TrustVariants {
		t.heads = append(t.heads, variantLabel(variant)+": 1 %", "5 %", "20 %")
	}
	for _, metric := range trustRows {
		row := []string{label(metric)}
		for _, variant := range validate.TrustVariants {
			for _, tolerance := range tolerances {
				if beyond := m.Beyond(variant, metric, tolerance, leastArrivals); beyond > mostColdServices {
					row = append(row, missing)
				} else {
					row = append(row, fmt.Sprintf("%.3g", beyond))
				}
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// closerTable compares the two variants where the keep-alive is long.
func closerTable(m *validate.TrustMap) textTable {
	t := textTable{
		title: fmt.Sprintf("Where the keep-alive is long (λτ ≥ %d and τ ≥ %d E[S_c]): deviations, least … median … most, and how often the modified SMP is closer",
			validate.LongArrivals, validate.LongColdServices),
		heads: []string{"", "SMP", "SMP modified", "modified is closer"},
	}
	for _, metric := range trustRows {
		for _, band := range loadBands {
			s := m.Spread(metric, func(p validate.TrustPoint) bool { return p.Long() && band.contains(p.Load) })
			if s.Points == 0 {
				continue
			}
			row := []string{label(metric) + ", " + band.words}
			for i := range validate.TrustVariants {
				row = append(row, fmt.Sprintf("%s … %s … %s %%", signedPercent(s.Least[i]), signedPercent(s.Median[i]), signedPercent(s.Most[i])))
			}
			t.rows = append(t.rows, append(row, percent(s.ModifiedCloser)))
		}
	}
	return t
}

// lawsTable shows how far other service laws move the truth, beside both SMPs' deviations.
func lawsTable(laws []validate.LawShift) textTable {
	t := textTable{
		title: "Service that is not exponential: by how many % the simulated pool differs from the exact one with exponential service (95 % interval),\n" +
			"beside the deviations of the SMPs",
		heads: []string{"load, λτ, ratio"},
	}
	var names []string
	byPoint := map[string]map[string]validate.LawShift{}
	var points []string
	for _, l := range laws {
		point := fmt.Sprintf("%s, %s, %s", significant(l.Point.Load), significant(l.Point.KeepAlive), significant(l.Point.Ratio))
		if byPoint[point] == nil {
			byPoint[point] = map[string]validate.LawShift{}
			points = append(points, point)
		}
		if len(points) == 1 {
			names = append(names, l.Law)
		}
		byPoint[point][l.Law] = l
	}
	t.heads = append(append(t.heads, names...), variantLabel(model.Original), variantLabel(model.Modified))
	for _, metric := range []string{platform.ColdStartProbability, platform.Instances, platform.Idle} {
		for _, point := range points {
			row := []string{point + ": " + label(metric)}
			for _, name := range names {
				row = append(row, shiftPercent(byPoint[point][name].Shift[metric]))
			}
			for _, variant := range variantNames() {
				row = append(row, signedPercent(byPoint[point][names[0]].Point.Deviation[variant][metric]))
			}
			t.rows = append(t.rows, row)
		}
	}
	return t
}

// shiftPercent writes a shift and its half-width in per cent.
func shiftPercent(e stats.Estimate) string {
	return fmt.Sprintf("%s ± %.1f", signedPercent(e.Mean), 100*e.HalfWidth)
}
