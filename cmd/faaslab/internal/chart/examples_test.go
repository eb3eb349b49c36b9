package chart_test

import (
	"fmt"
	"math"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

func init() { chart.Examples = exampleCharts }

// exampleCharts are charts of every kind, with numbers that are easy to get wrong.
func exampleCharts() map[string]chart.Chart {
	sweep := func(keys []string, values [][]string, models []string, f func(i int) float64) []report.ChartPoint {
		var points []report.ChartPoint
		for i, v := range values {
			x := f(i)
			c := report.ChartPlatform{Metrics: map[string]stats.Estimate{
				"cold_start_probability": {Mean: 0.6 * math.Exp(-x/8), HalfWidth: 0.06 * math.Exp(-x/12), N: 16},
				"rejection_probability":  {Mean: 0, HalfWidth: 1e-5, N: 16},
				"response_time":          {Mean: 1.5 + 2.6*math.Exp(-x/8), HalfWidth: 0.05, N: 16},
				"instances":              {Mean: 3 + 2*math.Log1p(x), HalfWidth: 0.15, N: 16},
				"running":                {Mean: 1.6, HalfWidth: 0.03, N: 16},
				"idle":                   {Mean: 2 * math.Log1p(x), HalfWidth: 0.1, N: 16},
			}}
			for k, m := range models {
				metrics := map[string]float64{}
				for name, e := range c.Metrics {
					metrics[name] = e.Mean * (1 + 0.06*float64(k)*float64(1-2*(k%2)))
				}
				metrics["rejection_probability"] = 1e-40
				c.Models = append(c.Models, report.ChartModel{Label: m, Metrics: metrics})
			}
			w := report.ChartPlatform{Metrics: map[string]stats.Estimate{
				"response_time": {Mean: 4.9, HalfWidth: 0.08, N: 16}, "instances": {Mean: 4.9, HalfWidth: 0.1, N: 16}, "running": {Mean: 4.9, HalfWidth: 0.1, N: 16},
			}, Models: []report.ChartModel{{Label: "M/G/∞", Metrics: map[string]float64{"response_time": 4.876, "instances": 4.876, "running": 4.876}}}}
			points = append(points, report.ChartPoint{Values: v, Platforms: map[string]report.ChartPlatform{scenarios.ContainerPlatform: c, scenarios.WasmPlatform: w}})
		}
		return points
	}
	one := func(format string, values ...any) (all [][]string) {
		for _, v := range values {
			all = append(all, []string{fmt.Sprintf(format, v)})
		}
		return all
	}
	var many [][]string
	for i := range 60 {
		many = append(many, []string{fmt.Sprintf("%gs", 1+float64(i)*2)})
	}
	var crossed [][]string
	for _, rate := range []string{"0.5/s", "1/s", "5/s"} {
		for _, keep := range []string{"1s", "10s", "60s", "300s", "1800s"} {
			crossed = append(crossed, []string{keep, rate})
		}
	}
	subtitle := []string{"keep-alive 1s … 1800s · at most 110, reject · MRU · 8 points of 16 replications of 20m after 10m, seed 1"}
	title := "float · poisson(rate=1/s)"
	measuredFile, _ := measured.Parse("m.csv", []byte("container.keep_alive,cold_start_probability,response_time,instances\n3s,0.28,2.38,3.88\n10s,0.1,1.9,4.2\n120s,0.01,1.6,9\n"), "")
	three := []string{"level-crossing", "SMP", "SMP modified"}
	charts := map[string]chart.Chart{
		"sweep-few": report.SweepChart(title, subtitle, []string{"container.keep_alive"},
			sweep(nil, one("%s", "1s", "3s", "10s", "30s", "60s", "300s", "1800s"), three, func(i int) float64 { return []float64{1, 3, 10, 30, 60, 80, 100}[i] }), nil,
			measuredFile.Assign([]string{"container", "wasm"})),
		"sweep-many": report.SweepChart(title, subtitle, []string{"container.keep_alive"},
			sweep(nil, many, three, func(i int) float64 { return float64(i) }), nil, measured.Measurements{}),
		"sweep-one": report.SweepChart(title, subtitle, []string{"arrivals.rate"},
			sweep(nil, one("%s", "1/s"), three[:2], func(i int) float64 { return 10 }), nil, measured.Measurements{}),
		"sweep-six-models": report.SweepChart("a scenario with a name so long that nobody would write it, but that somebody will, and it goes on · mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])", subtitle, []string{"arrivals.rate"},
			sweep(nil, one("%s", "0.01/s", "0.02/s", "0.03/s", "0.05/s", "0.08/s", "0.1/s"),
				append(three, "a model with a long name for whatever reason", "the fifth", "the sixth model <of> all & more"), func(i int) float64 { return float64(i) }), nil, measured.Measurements{}),
		"sweep-categories": report.SweepChart(title, subtitle, []string{"container.routing"},
			sweep(nil, one("%s", "mru", "newest", "lru", "random"), three, func(i int) float64 { return float64(i) }), nil, measured.Measurements{}),
		"sweep-laws": report.SweepChart(title, subtitle, []string{"container.warm"},
			sweep(nil, one("%s", "constant(1s)", "exponential(mean=1s)", "lognormal(mean=1s, cv=1.5)", "hyperexponential(mean=1s, cv=3)", "mixture(0.9: exponential(mean=1s), 0.1: constant(9s))"), three[1:], func(i int) float64 { return float64(i) }), nil, measured.Measurements{}),
		"sweep-two-keys": report.SweepChart(title, subtitle, []string{"container.keep_alive", "arrivals.rate"},
			sweep(nil, crossed, three, func(i int) float64 { return float64(i%5*3 + i/5) }), nil, measured.Measurements{}),
		"nothing": report.SweepChart(title, subtitle, []string{"arrivals.rate"}, nil, nil, measured.Measurements{}),
	}
	var tiny []report.ChartPoint
	for i := range 9 {
		x := math.Pow(10, float64(i)/2)
		p := math.Pow(10, -float64(i)*0.8)
		if i >= 7 {
			p = 0
		}
		e := stats.Estimate{Mean: p, HalfWidth: p/5 + 2e-6, N: 16}
		t := stats.Estimate{Mean: 3e-5 * (1 + x/100), HalfWidth: 1e-6, N: 16}
		if i == 4 {
			t.Mean, t.HalfWidth = math.NaN(), math.NaN()
		}
		tiny = append(tiny, report.ChartPoint{Values: []string{fmt.Sprintf("%g", math.Round(x))}, Platforms: map[string]report.ChartPlatform{scenarios.ContainerPlatform: {
			Metrics: map[string]stats.Estimate{"cold_start_probability": e, "response_time": t, "waiting_time": {Mean: 1e4 * x, HalfWidth: 3e3 * x}, "instances": {Mean: 123456 * x, HalfWidth: math.NaN()}},
			Models:  []report.ChartModel{{Label: "level-crossing", Metrics: map[string]float64{"cold_start_probability": math.Pow(10, -float64(i)*0.81), "instances": 123000 * x}}}}}})
	}
	charts["sweep-tiny"] = report.SweepChart("tiny and huge", nil, []string{"container.max_instances"}, tiny, nil, measured.Measurements{})

	var differences []report.ChartDifference
	for i, m := range []string{"cold_start_probability", "response_time", "response_time_p95", "response_time_p99", "instances", "running", "idle", "instance_lifetime"} {
		difference := stats.Estimate{Mean: 0.2 * float64(i-3), HalfWidth: 0.1 + 0.05*float64(i%3), N: 16}
		relative := stats.Estimate{Mean: difference.Mean / 1.5, HalfWidth: difference.HalfWidth, N: 16}
		differences = append(differences, report.ChartDifference{Platform: scenarios.ContainerPlatform, Metric: m, A: 1.5, Difference: difference, Relative: relative})
	}
	differences = append(differences, report.ChartDifference{Platform: scenarios.WasmPlatform, Metric: "response_time", A: 2, Difference: stats.Estimate{Mean: 7, HalfWidth: 0.1, N: 16}, Relative: stats.Estimate{Mean: 3.5, HalfWidth: 0.05, N: 16}},
		report.ChartDifference{Platform: scenarios.WasmPlatform, Metric: "rejection_probability", A: 0, Difference: stats.Estimate{Mean: 1, HalfWidth: 0.1, N: 16}, Relative: stats.Estimate{Mean: math.Inf(1), HalfWidth: math.NaN(), N: 16}})
	charts["compare"] = report.ComparisonChart("float: keep-alive 10s against 60s", []string{"B: container.keep_alive=10s · A: container.keep_alive=60s"}, "A", "B", differences)

	var paths []report.ChartPath
	for k, name := range scenarios.KindNames() {
		for _, metric := range []string{"instances", "running", "cold_start_probability", "response_time"} {
			if name == scenarios.WasmPlatform && metric == "cold_start_probability" {
				continue
			}
			path := report.ChartPath{Platform: name, Metric: metric}
			for i := range 120 {
				t := float64(i) * 10
				e := stats.Estimate{Mean: (5 + float64(k)) * (1 - math.Exp(-t/200)) * (1 + 0.1*math.Sin(t/40)), HalfWidth: 0.2 + 0.1*math.Sin(t/15), N: 16}
				if metric == "cold_start_probability" {
					e = stats.Estimate{Mean: math.Exp(-t / 150), HalfWidth: 0.04 * math.Exp(-t/300)}
				}
				path.Times, path.Values = append(path.Times, t), append(path.Values, e)
			}
			paths = append(paths, path)
		}
	}
	charts["transient"] = report.TransientChart("float · poisson(rate=1/s) · from empty", []string{"20 m, in slots of 10 s · 200 replications · seed 1"}, paths)
	charts["transient-one"] = report.TransientChart("float · from empty", nil, paths[:1])
	return charts
}
