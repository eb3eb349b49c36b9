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
)

// examples are charts of every kind, as the commands draw them.
var examples func() map[string]chart

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
