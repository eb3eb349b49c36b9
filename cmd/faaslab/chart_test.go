package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// examples are charts of every kind, with numbers that are easy to get wrong.
func examples() map[string]chart {
	sweep := func(keys []string, values [][]string, models []string, f func(i int) float64) []chartPoint {
		var points []chartPoint
		for i, v := range values {
			x := f(i)
			c := chartPlatform{metrics: map[string]stats.Estimate{
				"cold_start_probability": {Mean: 0.6 * math.Exp(-x/8), HalfWidth: 0.06 * math.Exp(-x/12), N: 16},
				"rejection_probability":  {Mean: 0, HalfWidth: 1e-5, N: 16},
				"response_time":          {Mean: 1.5 + 2.6*math.Exp(-x/8), HalfWidth: 0.05, N: 16},
				"instances":              {Mean: 3 + 2*math.Log1p(x), HalfWidth: 0.15, N: 16},
				"running":                {Mean: 1.6, HalfWidth: 0.03, N: 16},
				"idle":                   {Mean: 2 * math.Log1p(x), HalfWidth: 0.1, N: 16},
			}}
			for k, m := range models {
				metrics := map[string]float64{}
				for name, e := range c.metrics {
					metrics[name] = e.Mean * (1 + 0.06*float64(k)*float64(1-2*(k%2)))
				}
				metrics["rejection_probability"] = 1e-40
				c.models = append(c.models, chartModel{m, metrics})
			}
			w := chartPlatform{metrics: map[string]stats.Estimate{
				"response_time": {Mean: 4.9, HalfWidth: 0.08, N: 16}, "instances": {Mean: 4.9, HalfWidth: 0.1, N: 16}, "running": {Mean: 4.9, HalfWidth: 0.1, N: 16},
			}, models: []chartModel{{"M/G/∞", map[string]float64{"response_time": 4.876, "instances": 4.876, "running": 4.876}}}}
			points = append(points, chartPoint{v, map[string]chartPlatform{scenarios.ContainerPlatform: c, scenarios.WasmPlatform: w}})
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
	measuredFile, _ := parseMeasured("m.csv", []byte("container.keep_alive,cold_start_probability,response_time,instances\n3s,0.28,2.38,3.88\n10s,0.1,1.9,4.2\n120s,0.01,1.6,9\n"), "")
	three := []string{"level-crossing", "SMP", "SMP modified"}
	charts := map[string]chart{
		"sweep-few": sweepChart(title, subtitle, []string{"container.keep_alive"},
			sweep(nil, one("%s", "1s", "3s", "10s", "30s", "60s", "300s", "1800s"), three, func(i int) float64 { return []float64{1, 3, 10, 30, 60, 80, 100}[i] }), nil,
			measuredFile.assign([]string{"container", "wasm"})),
		"sweep-many": sweepChart(title, subtitle, []string{"container.keep_alive"},
			sweep(nil, many, three, func(i int) float64 { return float64(i) }), nil, measurements{}),
		"sweep-one": sweepChart(title, subtitle, []string{"arrivals.rate"},
			sweep(nil, one("%s", "1/s"), three[:2], func(i int) float64 { return 10 }), nil, measurements{}),
		"sweep-six-models": sweepChart("a scenario with a name so long that nobody would write it, but that somebody will, and it goes on · mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])", subtitle, []string{"arrivals.rate"},
			sweep(nil, one("%s", "0.01/s", "0.02/s", "0.03/s", "0.05/s", "0.08/s", "0.1/s"),
				append(three, "a model with a long name for whatever reason", "the fifth", "the sixth model <of> all & more"), func(i int) float64 { return float64(i) }), nil, measurements{}),
		"sweep-categories": sweepChart(title, subtitle, []string{"container.routing"},
			sweep(nil, one("%s", "mru", "newest", "lru", "random"), three, func(i int) float64 { return float64(i) }), nil, measurements{}),
		"sweep-laws": sweepChart(title, subtitle, []string{"container.warm"},
			sweep(nil, one("%s", "constant(1s)", "exponential(mean=1s)", "lognormal(mean=1s, cv=1.5)", "hyperexponential(mean=1s, cv=3)", "mixture(0.9: exponential(mean=1s), 0.1: constant(9s))"), three[1:], func(i int) float64 { return float64(i) }), nil, measurements{}),
		"sweep-two-keys": sweepChart(title, subtitle, []string{"container.keep_alive", "arrivals.rate"},
			sweep(nil, crossed, three, func(i int) float64 { return float64(i%5*3 + i/5) }), nil, measurements{}),
		"nothing": sweepChart(title, subtitle, []string{"arrivals.rate"}, nil, nil, measurements{}),
	}
	var tiny []chartPoint
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
		tiny = append(tiny, chartPoint{[]string{fmt.Sprintf("%g", math.Round(x))}, map[string]chartPlatform{scenarios.ContainerPlatform: {
			metrics: map[string]stats.Estimate{"cold_start_probability": e, "response_time": t, "waiting_time": {Mean: 1e4 * x, HalfWidth: 3e3 * x}, "instances": {Mean: 123456 * x, HalfWidth: math.NaN()}},
			models:  []chartModel{{"level-crossing", map[string]float64{"cold_start_probability": math.Pow(10, -float64(i)*0.81), "instances": 123000 * x}}}}}})
	}
	charts["sweep-tiny"] = sweepChart("tiny and huge", nil, []string{"container.max_instances"}, tiny, nil, measurements{})

	var differences []chartDifference
	for i, m := range []string{"cold_start_probability", "response_time", "response_time_p95", "response_time_p99", "instances", "running", "idle", "instance_lifetime"} {
		difference := stats.Estimate{Mean: 0.2 * float64(i-3), HalfWidth: 0.1 + 0.05*float64(i%3), N: 16}
		relative := stats.Estimate{Mean: difference.Mean / 1.5, HalfWidth: difference.HalfWidth, N: 16}
		differences = append(differences, chartDifference{scenarios.ContainerPlatform, m, 1.5, difference, relative})
	}
	differences = append(differences, chartDifference{scenarios.WasmPlatform, "response_time", 2, stats.Estimate{Mean: 7, HalfWidth: 0.1, N: 16}, stats.Estimate{Mean: 3.5, HalfWidth: 0.05, N: 16}},
		chartDifference{scenarios.WasmPlatform, "rejection_probability", 0, stats.Estimate{Mean: 1, HalfWidth: 0.1, N: 16}, stats.Estimate{Mean: math.Inf(1), HalfWidth: math.NaN(), N: 16}})
	charts["compare"] = compareChart("float: keep-alive 10s against 60s", []string{"B: container.keep_alive=10s · A: container.keep_alive=60s"}, "A", "B", differences)

	var paths []chartPath
	for k, name := range scenarios.KindNames() {
		for _, metric := range []string{"instances", "running", "cold_start_probability", "response_time"} {
			if name == scenarios.WasmPlatform && metric == "cold_start_probability" {
				continue
			}
			path := chartPath{platform: name, metric: metric}
			for i := range 120 {
				t := float64(i) * 10
				e := stats.Estimate{Mean: (5 + float64(k)) * (1 - math.Exp(-t/200)) * (1 + 0.1*math.Sin(t/40)), HalfWidth: 0.2 + 0.1*math.Sin(t/15), N: 16}
				if metric == "cold_start_probability" {
					e = stats.Estimate{Mean: math.Exp(-t / 150), HalfWidth: 0.04 * math.Exp(-t/300)}
				}
				path.times, path.values = append(path.times, t), append(path.values, e)
			}
			paths = append(paths, path)
		}
	}
	charts["transient"] = transientChart("float · poisson(rate=1/s) · from empty", []string{"20 m, in slots of 10 s · 200 replications · seed 1"}, paths)
	charts["transient-one"] = transientChart("float · from empty", nil, paths[:1])
	return charts
}

// Every chart is drawn in both formats: well-formed, with all its words, without a number that is none, and twice the same.
// KEEP_FIGURES=DIR keeps the images, to be looked at.
func TestChartsOfEveryKind(t *testing.T) {
	slow(t)
	directory := os.Getenv("KEEP_FIGURES")
	if directory == "" {
		directory = t.TempDir()
	}
	for name, ch := range examples() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(directory, name+".png")
			require.NoError(t, (&plotFile{path: path, format: pngFormat}).write(ch))
			file, err := os.Open(path)
			require.NoError(t, err)
			defer file.Close()
			decoded, err := png.Decode(file)
			require.NoError(t, err)
			assert.Greater(t, decoded.Bounds().Dx(), 900)

			var vector, again bytes.Buffer
			require.NoError(t, ch.write(&vector, svgFormat))
			require.NoError(t, ch.write(&again, svgFormat))
			assert.Equal(t, vector.String(), again.String())
			assert.NotContains(t, vector.String(), "NaN")
			assert.NotContains(t, vector.String(), "Inf")
			words := strings.Join(wordsOf(t, &vector), "\n")
			for _, p := range ch.layout().panels {
				assert.Contains(t, words, p.title)
				assert.Contains(t, words, p.across.title())
				assert.Contains(t, words, p.up.title())
			}
			for _, e := range legendOf(ch.shown()) {
				assert.Contains(t, words, e.series.name)
			}
			if name == "nothing" {
				assert.Contains(t, words, "There is nothing to show.")
			}
		})
	}
}

// wordsOf returns the texts of an SVG, which must be well-formed.
func wordsOf(t *testing.T, svg io.Reader) (words []string) {
	decoder := xml.NewDecoder(svg)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return words
		}
		require.NoError(t, err)
		if text, ok := token.(xml.CharData); ok {
			words = append(words, string(text))
		}
	}
}

// describe writes what the panels of a chart are, a line each: axes, first and last tick, and the series with their points.
func describe(ch chart) string {
	var b strings.Builder
	for _, p := range ch.layout().panels {
		for i, r := range []ruler{p.across, p.up} {
			if i > 0 {
				b.WriteString(" | ")
			}
			fmt.Fprintf(&b, "%s", r.title())
			if r.log {
				b.WriteString(" log")
			}
			fmt.Fprintf(&b, " %s…%s", r.ticks[0].text, r.ticks[len(r.ticks)-1].text)
		}
		for _, s := range p.series {
			fmt.Fprintf(&b, " | %s %d", s.name, len(s.x))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The structure of some charts: which panels there are, on what axes, with which series of how many points.
func TestTheStructureOfCharts(t *testing.T) {
	charts := examples()
	for name, want := range map[string]string{
		"sweep-few": `
keep-alive (s) log 1…1000 | cold start probability (%) log 0.001…10 | containers, simulated 7 | level-crossing 7 | SMP 7 | SMP modified 7 | containers, measured 3
keep-alive (s) log 1…1000 | mean response time (s) 0…5 | containers, simulated 7 | level-crossing 7 | SMP 7 | SMP modified 7 | containers, measured 3 | Wasm, simulated 7 | M/G/∞ 7
keep-alive (s) log 1…1000 | mean instances 0…14 | containers, simulated 7 | level-crossing 7 | SMP 7 | SMP modified 7 | containers, measured 3 | Wasm, simulated 7 | M/G/∞ 7
keep-alive (s) log 1…1000 | mean running instances 0…5 | containers, simulated 7 | level-crossing 7 | SMP 7 | SMP modified 7 | Wasm, simulated 7 | M/G/∞ 7
keep-alive (s) log 1…1000 | mean idle instances 0…10 | containers, simulated 7 | level-crossing 7 | SMP 7 | SMP modified 7
`,
		"sweep-tiny": `
cap on instances log 1…10000 | cold start probability (%) log 0.001…100 | containers, simulated 9 | level-crossing 9
cap on instances log 1…10000 | mean response time (µs) log 50…2000 | containers, simulated 9
cap on instances log 1…10000 | mean waiting time (h) log 3…30000 | containers, simulated 9
cap on instances log 1…10000 | mean instances log 100 k…1 G | containers, simulated 9 | level-crossing 9
`,
		"sweep-two-keys": `
keep-alive (s) log 1…1000 | cold start probability (%) 0…60 | containers, arrival rate 0.5/s 5 | containers, arrival rate 1/s 5 | containers, arrival rate 5/s 5
keep-alive (s) log 1…1000 | mean response time (s) 0…5 | containers, arrival rate 0.5/s 5 | containers, arrival rate 1/s 5 | containers, arrival rate 5/s 5 | Wasm, arrival rate 0.5/s 5 | Wasm, arrival rate 1/s 5 | Wasm, arrival rate 5/s 5
keep-alive (s) log 1…1000 | mean instances 0…8 | containers, arrival rate 0.5/s 5 | containers, arrival rate 1/s 5 | containers, arrival rate 5/s 5 | Wasm, arrival rate 0.5/s 5 | Wasm, arrival rate 1/s 5 | Wasm, arrival rate 5/s 5
keep-alive (s) log 1…1000 | mean running instances 0…5 | containers, arrival rate 0.5/s 5 | containers, arrival rate 1/s 5 | containers, arrival rate 5/s 5 | Wasm, arrival rate 0.5/s 5 | Wasm, arrival rate 1/s 5 | Wasm, arrival rate 5/s 5
keep-alive (s) log 1…1000 | mean idle instances 0…5 | containers, arrival rate 0.5/s 5 | containers, arrival rate 1/s 5 | containers, arrival rate 5/s 5
`,
		"compare": `
 cold start probability of containers…response time of Wasm | (B − A) / A (%) −40…+80 | containers 8 | Wasm 1
`,
		"transient": `
time (min) 0…20 | mean instances 0…7 | containers, simulated 120 | Wasm, simulated 120
time (min) 0…20 | mean running instances 0…7 | containers, simulated 120 | Wasm, simulated 120
time (min) 0…20 | cold start probability (%) log 0.01…100 | containers, simulated 120
time (min) 0…20 | mean response time (s) 0…7 | containers, simulated 120 | Wasm, simulated 120
`,
		"sweep-one": `
arrival rate 1/s…1/s | cold start probability (%) 15…20 | containers, simulated 1 | level-crossing 1 | SMP 1
arrival rate 1/s…1/s | mean response time (s) 0…5 | containers, simulated 1 | level-crossing 1 | SMP 1 | Wasm, simulated 1 | M/G/∞ 1
arrival rate 1/s…1/s | mean instances 5.0…8.0 | containers, simulated 1 | level-crossing 1 | SMP 1 | Wasm, simulated 1 | M/G/∞ 1
arrival rate 1/s…1/s | mean running instances 0…5 | containers, simulated 1 | level-crossing 1 | SMP 1 | Wasm, simulated 1 | M/G/∞ 1
arrival rate 1/s…1/s | mean idle instances 4.5…4.9 | containers, simulated 1 | level-crossing 1 | SMP 1
`,
	} {
		assert.Equal(t, strings.TrimPrefix(want, "\n"), describe(charts[name]), name)
	}
}

// Texts that are too long are wrapped, cut, or left to another row of the legend; none is wider than the chart.
func TestLongTextsStayWithinTheChart(t *testing.T) {
	ch := examples()["sweep-six-models"]
	ch.title = strings.Repeat("unbroken", 40)
	ch.panels[0].series[1].name = strings.Repeat("long name ", 40)
	l := ch.layout()
	inner := l.width - 2*chartMargin
	for _, line := range l.title {
		assert.LessOrEqual(t, lettering(titleSize, ink).Width(line), inner)
	}
	assert.Greater(t, len(l.legend), 2)
	for _, row := range l.legend {
		width := vg.Length(0)
		for _, e := range row {
			width += e.width()
		}
		assert.LessOrEqual(t, width, inner+16.01)
	}
	style := lettering(9, ink)
	for _, line := range wrap(style, "one · two three four · five", style.Width("two three four")+1) {
		assert.Contains(t, []string{"one", "two three four", "five"}, line)
	}
}

// Values that are the same but for rounding, or that differ in their last digits, have an axis, too.
func TestPanelsOfOneValue(t *testing.T) {
	for _, y := range []float64{0.5, 1e-300, 1e300, 60} {
		for _, up := range []float64{0, 1e-16, 1e-12, 1e-6} {
			for _, form := range []panelForm{curves, distribution} {
				s := series{name: "a", platform: scenarios.ContainerPlatform}
				s.add(3, y, math.NaN())
				s.add(3*(1+up), y*(1+up), y*up)
				ch := chart{x: axis{label: "x", scaling: logarithmic}, panels: []panel{{form: form, y: axis{label: "y", unit: platform.Seconds}, series: []series{s}}}}
				for _, p := range ch.layout().panels {
					assert.Less(t, p.across.low, p.across.high)
					assert.Less(t, p.up.low, p.up.high)
					assert.NotEmpty(t, p.up.ticks, "%v %v %v", y, up, form)
				}
				var svg bytes.Buffer
				require.NoError(t, ch.write(&svg, svgFormat))
				assert.NotContains(t, svg.String(), "NaN")
			}
		}
	}
}

// Bars stand on 0, and the number of instances is not negative.
func TestDistributionsBeginAtZero(t *testing.T) {
	for _, n := range []float64{0, 1, 110} {
		s := series{name: "a", platform: scenarios.ContainerPlatform}
		s.add(n, 1, 0)
		l := chart{panels: []panel{{form: distribution, x: &axis{label: "number of instances", unit: platform.Count}, y: axis{label: "y"}, series: []series{s}}}}.layout()
		assert.Zero(t, l.panels[0].up.low)
		assert.GreaterOrEqual(t, l.panels[0].across.low, -0.5)
	}
}

// Each model has a look of its own, the same in every chart.
// Blue and orange are containers and Wasm, in the page and in all figures.
func TestBlueAndOrangeAreThePlatforms(t *testing.T) {
	platforms := []color.Color{
		looks{}.of(series{platform: scenarios.ContainerPlatform}).ink,
		looks{}.of(series{platform: scenarios.WasmPlatform}).ink,
	}
	assert.Equal(t, []color.Color{blue, vermillion}, platforms)
	for _, other := range slices.Concat(modelLooks, groupLooks) {
		r, g, b, _ := other.ink.RGBA()
		assert.False(t, b > r*3/2 && b > g, "%v is blue", other.ink)
		assert.False(t, r > g*5/4 && g > b*2, "%v is orange", other.ink)
	}
}

func TestModelsLookAlikeInEveryChart(t *testing.T) {
	named := func(names ...string) (p panel) {
		for _, n := range names {
			p.series = append(p.series, series{name: n, kind: modelled})
		}
		return p
	}
	l := newLooks([]panel{named("Erlang B", "SMP modified", "M/M/c", "SMP", "M/G/∞", "processor sharing", "level-crossing", "another")})
	seen := map[string]bool{}
	for _, name := range []string{"Erlang B", "SMP modified", "M/M/c", "SMP", "M/G/∞", "processor sharing", "level-crossing", "another"} {
		look := fmt.Sprint(l.of(series{name: name, kind: modelled}))
		assert.False(t, seen[look], name)
		seen[look] = true
	}
	assert.Equal(t, l.of(series{name: "SMP", kind: modelled}), newLooks([]panel{named("SMP")}).of(series{name: "SMP", kind: modelled}))
}

// A figure that cannot be written ends the program with the code of a failed write.
func TestPlotThatCannotBeWritten(t *testing.T) {
	coded := new(codedError)
	require.ErrorAs(t, (&plotFile{path: filepath.Join(t.TempDir(), "gone", "plot.svg"), format: svgFormat}).write(chart{}), &coded)
	assert.Equal(t, exitIO, coded.code)
}

// A narrow chart has all its panels, one below the other and none outside.
func TestANarrowChartIsOneColumn(t *testing.T) {
	ch := chart{narrow: true}
	for _, title := range []string{"one", "two", "three", "four"} {
		ch.panels = append(ch.panels, panel{title: title, series: []series{{name: "s", x: []float64{1, 2}, y: []float64{1, 2}}}})
	}
	l := ch.layout()
	require.Len(t, l.panels, 4)
	for i, p := range l.panels {
		assert.Equal(t, l.panels[0].left, p.left)
		assert.LessOrEqual(t, p.left+p.width, l.width)
		if i > 0 {
			assert.Less(t, p.bottom+p.height, l.panels[i-1].bottom)
		}
	}
}

// A drawing has an end in size and, where it is interrupted, in time.
func TestDrawingIsBounded(t *testing.T) {
	p := panel{y: axis{label: "y"}, series: []series{{name: "a", x: []float64{0, 1}, y: []float64{1, 2}}}}
	ch := chart{panels: slices.Repeat([]panel{p}, mostPanels+1)}
	assert.ErrorContains(t, ch.write(io.Discard, svgFormat), "101 panels; want at most 100")
	ch.panels = ch.panels[:mostPanels]
	var image bytes.Buffer
	assert.ErrorContains(t, ch.write(&image, pngFormat), "million pixels; want at most 16 million")
	assert.NoError(t, ch.write(io.Discard, svgFormat))
	drawn := 0
	ch.interrupted = func() error {
		if drawn++; drawn > 2 {
			return context.Canceled
		}
		return nil
	}
	assert.ErrorIs(t, ch.write(&image, svgFormat), context.Canceled)
	assert.Equal(t, 3, drawn)
	assert.Zero(t, image.Len())

	// A text that is too long for its place is cut in a time that does not grow with its square.
	long := strings.Repeat("long ", 20_000)
	short := cut(lettering(tickSize, ink), long, longestCategory)
	assert.LessOrEqual(t, lettering(tickSize, ink).Width(short), longestCategory)
	assert.Greater(t, lettering(tickSize, ink).Width(short+"m"), longestCategory-tickSize)
}

// metricNamed returns a metric of the catalogue.
func metricNamed(name string) platform.Metric {
	m, _ := platform.Find(name)
	return m
}
