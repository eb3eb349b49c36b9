package trustpage

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"text/template"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate/model"
	"faaslab/validate/trust"
)

// The page of the documentation: its words are the template's, its numbers are computed.

//go:embed trustpage.md
var trustPage string

// thesisFunctions are the functions of the thesis' table 4.1, which are built in.
var thesisFunctions = []string{"aes", "chameleon", "float", "image-thumbnail", "matmul", "whatlang"}

// thesisRates are the smallest and the largest rate of the thesis' experiments, in requests per
// second.
var thesisRates = []float64{1, 11}

// writePage writes docs/trust.md.
func writePage(w io.Writer, r Result) error {
	functions, loads, ratios, err := functionsTable()
	if err != nil {
		return err
	}
	m := r.Map
	page, err := template.New("trust").Funcs(template.FuncMap{
		"grid":      func() string { return describeGrid(m) },
		"leftOut":   m.LeftOut,
		"error":     func() string { return fmt.Sprintf("%.0e", m.Error()) },
		"within":    func() string { return withinTable(m).Markdown() },
		"firstOut":  func() string { return firstOutTable(m).Markdown() },
		"secondOut": func() string { return firstOutTable(m, platform.ColdStartProbability).Markdown() },
		"from":      func(variant int) string { return fromTable(m, model.Variant(variant)).Markdown() },
		"beyond":    func() string { return beyondTable(m).Markdown() },
		"closer":    func() string { return closerTable(m).Markdown() },
		"laws":      func() string { return lawsTable(r.Laws).Markdown() },
		"functions": func() string { return functions.Markdown() },
		"scaling":   func() string { return scalingTable(r.Scaling).Markdown() },
		"trustedScaling": func() string {
			trusted, worst, doubted := 0, 0.0, 0.0
			for _, p := range r.Scaling {
				if p.Doubted {
					doubted = max(doubted, math.Abs(p.Deviation.Mean))
					continue
				}
				trusted++
				worst = max(worst, math.Abs(p.Deviation.Mean))
			}
			return fmt.Sprintf("The model has no doubts at %d of the %d points, and is at most %.2f %% off there; where it has some, it is up to %.0f %% off", trusted, len(r.Scaling), 100*worst, 100*doubted)
		},

		"share": func(variant int, metric string, tolerance float64) string {
			return format.Percent(m.Within(model.Variant(variant), metric, tolerance))
		},
		"worst": func(variant int, metric string) string {
			worst, at := m.Worst(model.Variant(variant), metric)
			return fmt.Sprintf("%s %% (load %s, λτ = %s, ratio %s)", format.SignedPercent(worst), format.Significant(at.Load), format.Significant(at.KeepAlive), format.Significant(at.Ratio))
		},
		"first": func(variant int, tolerance float64) string {
			return describeFirst(m.FirstOut(model.Variant(variant), tolerance)[0])
		},
		"second": func(variant int, tolerance float64) string {
			return describeFirst(m.FirstOut(model.Variant(variant), tolerance, platform.ColdStartProbability)[0])
		},
		"longest": func() string { return format.Significant(m.KeepAlives[len(m.KeepAlives)-1]) },
		"atLongest": func(variant int, metric string) string {
			longest := m.KeepAlives[len(m.KeepAlives)-1]
			s := m.Spread(metric, func(p trust.Point) bool { return p.KeepAlive == longest })
			return fmt.Sprintf("%s to %s %%", format.SignedPercent(s.Least[variant]), format.SignedPercent(s.Most[variant]))
		},
		"coldServices": func(variant int, metric string, tolerance float64) string {
			return fmt.Sprintf("%.3g", m.Beyond(model.Variant(variant), metric, tolerance, leastArrivals))
		},
		"leastArrivals":    func() int { return leastArrivals },
		"mostColdServices": func() int { return mostColdServices },
		"longArrivals":     func() int { return trust.LongArrivals },
		"longColdServices": func() int { return trust.LongColdServices },
		"thesisRatios":     func() string { return fmt.Sprintf("%.2g to %.3g", slices.Min(ratios), slices.Max(ratios)) },
		"thesisLoads": func() string {
			return fmt.Sprintf("%.2g to %.2g", slices.Min(loads)*slices.Min(thesisRates), slices.Max(loads)*slices.Max(thesisRates))
		},
		"longSpread": func(variant int, metric string, band int) string {
			s := longSpread(m, metric, band)
			return fmt.Sprintf("%s to %s %%", format.SignedPercent(s.Least[variant]), format.SignedPercent(s.Most[variant]))
		},
		"longSize": func(variant int, metric string, band int) string {
			return fmt.Sprintf("%.1f %%", 100*longSpread(m, metric, band).MedianSize[variant])
		},
		"longCloser": func(metric string, band int) string {
			return format.Percent(longSpread(m, metric, band).ModifiedCloser)
		},
		"allCloser": func(metric string) string {
			return format.Percent(m.Spread(metric, func(trust.Point) bool { return true }).ModifiedCloser)
		},
		"largestShift": func(metric string, long bool) string { return largestShift(r.Laws, metric, long) },
		"largestHalfWidth": func(metrics ...string) string {
			largest := 0.0
			for _, l := range r.Laws {
				for _, metric := range metrics {
					largest = max(largest, l.Shift[metric].HalfWidth)
				}
			}
			return fmt.Sprintf("%.1f %%", 100*largest)
		},
		"simulatedRequests": func() string {
			n := int64(0)
			for _, l := range r.Laws {
				n += l.Requests
			}
			return format.Thousands(n)
		},
		"figure": func(i int) string {
			f := figures()[i]
			return fmt.Sprintf("![%s: by how many per cent its %s differs from the exact value, over load and keep-alive](figures/%s.svg)",
				variantLabel(f.variant), words.MetricNoun(f.metric), f.name)
		},
	}).Parse(trustPage)
	if err != nil {
		return err
	}
	return page.Execute(w, nil)
}

// longSpread summarizes one band of loads where the keep-alive is long.
func longSpread(m *trust.Map, metric string, band int) trust.Spread {
	return m.Spread(metric, func(p trust.Point) bool { return p.Long() && loadBands[band].contains(p.Load) })
}

func describeFirst(o trust.FirstOut) string {
	return fmt.Sprintf("the %s at %s", words.MetricNoun(o.Metric), format.Percent(o.Share))
}

// largestShift returns the largest shift over all laws, or over pools whose keep-alive is long.
func largestShift(laws []trust.LawShift, metric string, long bool) string {
	var largest trust.LawShift
	for _, l := range laws {
		if (!long || l.Point.Long()) && math.Abs(l.Shift[metric].Mean) >= math.Abs(largest.Shift[metric].Mean) {
			largest = l
		}
	}
	return fmt.Sprintf("%s %% (%s; load %s, λτ = %s, ratio %s)", shiftPercent(largest.Shift[metric]), largest.Law,
		format.Significant(largest.Point.Load), format.Significant(largest.Point.KeepAlive), format.Significant(largest.Point.Ratio))
}

// functionsTable shows the deviations for the functions of the thesis, by keep-alive in seconds,
// and returns their loads and ratios.
func functionsTable() (t format.TextTable, loads, ratios []float64, err error) {
	keepAlives := []float64{10, 60, 180}
	metrics := []string{platform.ColdStartProbability, platform.Instances, platform.Idle}
	t = format.TextTable{
		Title: "The functions of the thesis at one request a second",
		Heads: []string{"function", "load", "ratio", "metric"},
	}
	for _, variant := range trust.Variants {
		for _, keepAlive := range keepAlives {
			t.Heads = append(t.Heads, fmt.Sprintf("%s, %s s", variantLabel(variant), format.Significant(keepAlive)))
		}
	}
	for _, name := range thesisFunctions {
		s, err := scenarios.Load(name, nil)
		if err != nil {
			return t, nil, nil, err
		}
		warm, okWarm := s.Container.Warm.(dist.Exponential)
		cold, okCold := s.Container.Cold.(dist.Exponential)
		if !okWarm || !okCold || s.Arrivals.Rate() != 1 {
			return t, nil, nil, fmt.Errorf("the built-in %s is not exponential at one request a second", name)
		}
		loads, ratios = append(loads, warm.Mean), append(ratios, cold.Mean/warm.Mean)
		m, err := trust.Solve(context.Background(), trust.Options{
			Loads: []float64{warm.Mean}, KeepAlives: keepAlives, Ratios: []float64{cold.Mean / warm.Mean},
		})
		if err != nil {
			return t, nil, nil, err
		}
		for i, metric := range metrics {
			row := []string{"", "", "", words.Label(metric)}
			if i == 0 {
				row = []string{name, format.Significant(warm.Mean), fmt.Sprintf("%.3g", cold.Mean/warm.Mean), words.Label(metric)}
			}
			for _, variant := range variantNames() {
				for k := range keepAlives {
					row = append(row, format.SignedPercent(m.At(0, 0, k).Deviation[variant][metric])+" %")
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, loads, ratios, nil
}
