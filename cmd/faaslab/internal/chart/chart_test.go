package chart

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

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/tests"
)

// Examples are charts of every kind, as the commands draw them.
var Examples func() map[string]Chart

// Every chart is drawn in both formats: well-formed, with all its words, without NaN or infinite
// numbers, and the same twice. KEEP_FIGURES=DIR keeps the images, to be looked at.
func TestChartsOfEveryKind(t *testing.T) {
	tests.Slow(t)
	directory := os.Getenv("KEEP_FIGURES")
	if directory == "" {
		directory = t.TempDir()
	}
	for name, ch := range Examples() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(directory, name+".png")
			require.NoError(t, (&File{Path: path, Format: PNG}).Write(ch))
			file, err := os.Open(path)
			require.NoError(t, err)
			defer file.Close()
			decoded, err := png.Decode(file)
			require.NoError(t, err)
			assert.Greater(t, decoded.Bounds().Dx(), 900)

			var vector, again bytes.Buffer
			require.NoError(t, ch.Write(&vector, SVG))
			require.NoError(t, ch.Write(&again, SVG))
			assert.Equal(t, vector.String(), again.String())
			assert.NotContains(t, vector.String(), "NaN")
			assert.NotContains(t, vector.String(), "Inf")
			words := strings.Join(wordsOf(t, &vector), "\n")
			for _, p := range ch.layout(0).panels {
				assert.Contains(t, words, p.Title)
				assert.Contains(t, words, p.across.Title())
				assert.Contains(t, words, p.up.Title())
			}
			for _, e := range legendOf(ch.Shown()) {
				assert.Contains(t, words, e.series.Name)
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

// describe writes the panels of a chart, a line each: axes, first and last tick, and the series
// with their points.
func describe(ch Chart) string {
	var b strings.Builder
	for _, p := range ch.layout(0).panels {
		for i, r := range []ruler{p.across, p.up} {
			if i > 0 {
				b.WriteString(" | ")
			}
			fmt.Fprintf(&b, "%s", r.Title())
			if r.Log {
				b.WriteString(" log")
			}
			fmt.Fprintf(&b, " %s…%s", r.ticks[0].text, r.ticks[len(r.ticks)-1].text)
		}
		for _, s := range p.Series {
			fmt.Fprintf(&b, " | %s %d", s.Name, len(s.X))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The structure of some charts: their panels, axes and series, and the numbers of points.
func TestTheStructureOfCharts(t *testing.T) {
	charts := Examples()
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
	ch := Examples()["sweep-six-models"]
	ch.Title = strings.Repeat("unbroken", 40)
	ch.Panels[0].Series[1].Name = strings.Repeat("long name ", 40)
	l := ch.layout(0)
	inner := l.width - 2*chartMargin
	for _, line := range l.title {
		assert.LessOrEqual(t, Lettering(titleSize, Ink).Width(line), inner)
	}
	assert.Greater(t, len(l.legend), 2)
	for _, row := range l.legend {
		width := vg.Length(0)
		for _, e := range row {
			width += e.width()
		}
		assert.LessOrEqual(t, width, inner+16.01)
	}
	style := Lettering(9, Ink)
	for _, line := range wrap(style, "one · two three four · five", style.Width("two three four")+1) {
		assert.Contains(t, []string{"one", "two three four", "five"}, line)
	}
}

// Values that are equal except for rounding, or that differ in their last digits, have an axis,
// too.
func TestPanelsOfOneValue(t *testing.T) {
	for _, y := range []float64{0.5, 1e-300, 1e300, 60} {
		for _, up := range []float64{0, 1e-16, 1e-12, 1e-6} {
			for _, form := range []panelForm{curves, Distribution} {
				s := Series{Name: "a", Platform: scenarios.ContainerPlatform}
				s.Add(3, y, math.NaN())
				s.Add(3*(1+up), y*(1+up), y*up)
				ch := Chart{X: Axis{Label: "x", Scaling: Logarithmic}, Panels: []Panel{{Form: form, Y: Axis{Label: "y", Unit: platform.Seconds}, Series: []Series{s}}}}
				for _, p := range ch.layout(0).panels {
					assert.Less(t, p.across.Low, p.across.high)
					assert.Less(t, p.up.Low, p.up.high)
					assert.NotEmpty(t, p.up.ticks, "%v %v %v", y, up, form)
				}
				var svg bytes.Buffer
				require.NoError(t, ch.Write(&svg, SVG))
				assert.NotContains(t, svg.String(), "NaN")
			}
		}
	}
}

// Bars stand on 0, and the number of instances is not negative.
func TestDistributionsBeginAtZero(t *testing.T) {
	for _, n := range []float64{0, 1, 110} {
		s := Series{Name: "a", Platform: scenarios.ContainerPlatform}
		s.Add(n, 1, 0)
		l := Chart{Panels: []Panel{{Form: Distribution, X: &Axis{Label: "number of instances", Unit: platform.Count}, Y: Axis{Label: "y"}, Series: []Series{s}}}}.layout(0)
		assert.Zero(t, l.panels[0].up.Low)
		assert.GreaterOrEqual(t, l.panels[0].across.Low, -0.5)
	}
}

// Each model has a look of its own, the same in every chart. Blue stands for containers and orange
// for Wasm, in the page and in all figures.
func TestBlueAndOrangeAreThePlatforms(t *testing.T) {
	platforms := []color.Color{
		looks{}.Of(Series{Platform: scenarios.ContainerPlatform}).ink,
		looks{}.Of(Series{Platform: scenarios.WasmPlatform}).ink,
	}
	assert.Equal(t, []color.Color{blue, vermillion}, platforms)
	for _, other := range slices.Concat(modelLooks, groupLooks) {
		r, g, b, _ := other.ink.RGBA()
		assert.False(t, b > r*3/2 && b > g, "%v is blue", other.ink)
		assert.False(t, r > g*5/4 && g > b*2, "%v is orange", other.ink)
	}
}

func TestModelsLookAlikeInEveryChart(t *testing.T) {
	named := func(names ...string) (p Panel) {
		for _, n := range names {
			p.Series = append(p.Series, Series{Name: n, Kind: Modelled})
		}
		return p
	}
	l := newLooks([]Panel{named("Erlang B", "SMP modified", "M/M/c", "SMP", "M/G/∞", "processor sharing", "level-crossing", "another")})
	seen := map[string]bool{}
	for _, name := range []string{"Erlang B", "SMP modified", "M/M/c", "SMP", "M/G/∞", "processor sharing", "level-crossing", "another"} {
		look := fmt.Sprint(l.Of(Series{Name: name, Kind: Modelled}))
		assert.False(t, seen[look], name)
		seen[look] = true
	}
	assert.Equal(t, l.Of(Series{Name: "SMP", Kind: Modelled}), newLooks([]Panel{named("SMP")}).Of(Series{Name: "SMP", Kind: Modelled}))
}

// A figure that cannot be written ends the program with the code of a failed write.
func TestPlotThatCannotBeWritten(t *testing.T) {
	coded := new(exit.Error)
	require.ErrorAs(t, (&File{Path: filepath.Join(t.TempDir(), "gone", "plot.svg"), Format: SVG}).Write(Chart{}), &coded)
	assert.Equal(t, exit.IO, coded.Code)
}

// A narrow chart has all its panels, one below the other and none outside.
func TestANarrowChartIsOneColumn(t *testing.T) {
	ch := Chart{Narrow: true}
	for _, title := range []string{"one", "two", "three", "four"} {
		ch.Panels = append(ch.Panels, Panel{Title: title, Series: []Series{{Name: "s", X: []float64{1, 2}, Y: []float64{1, 2}}}})
	}
	l := ch.layout(0)
	require.Len(t, l.panels, 4)
	for i, p := range l.panels {
		assert.Equal(t, l.panels[0].left, p.left)
		assert.LessOrEqual(t, p.left+p.width, l.width)
		if i > 0 {
			assert.Less(t, p.bottom+p.height, l.panels[i-1].bottom)
		}
	}
}

// A drawing is bounded in size and, if it is interrupted, in time.
func TestDrawingIsBounded(t *testing.T) {
	p := Panel{Y: Axis{Label: "y"}, Series: []Series{{Name: "a", X: []float64{0, 1}, Y: []float64{1, 2}}}}
	ch := Chart{Panels: slices.Repeat([]Panel{p}, mostPanels+1)}
	assert.ErrorContains(t, ch.Write(io.Discard, SVG), "101 panels; want at most 100")
	ch.Panels = ch.Panels[:mostPanels]
	var image bytes.Buffer
	assert.ErrorContains(t, ch.Write(&image, PNG), "million pixels; want at most 16 million")
	assert.NoError(t, ch.Write(io.Discard, SVG))
	drawn := 0
	ch.Interrupted = func() error {
		if drawn++; drawn > 2 {
			return context.Canceled
		}
		return nil
	}
	assert.ErrorIs(t, ch.Write(&image, SVG), context.Canceled)
	assert.Equal(t, 3, drawn)
	assert.Zero(t, image.Len())

	// A text that is too long for its place is cut in less than quadratic time.
	long := strings.Repeat("long ", 20_000)
	short := cut(Lettering(tickSize, Ink), long, longestCategory)
	assert.LessOrEqual(t, Lettering(tickSize, Ink).Width(short), longestCategory)
	assert.Greater(t, Lettering(tickSize, Ink).Width(short+"m"), longestCategory-tickSize)
}

// A light area is drawn behind everything, and listed in the legend.
func TestSingleRunsAreAnAreaWithoutALine(t *testing.T) {
	ch := Chart{Title: "t", X: Axis{Label: "x"}, Panels: []Panel{{Y: Axis{Label: "y"}, Series: []Series{
		{Name: "line", Platform: "container", X: []float64{1, 2, 3}, Y: []float64{1, 2, 3}},
		{Name: "runs", Kind: Single, Platform: "container", X: []float64{1, 2, 3}, Y: []float64{1, 2, 3}, Low: []float64{0.5, 1, 1}, High: []float64{2, 3, 9}},
	}}}}
	p := ch.Shown()[0]
	assert.False(t, p.joins(p.Series[1]))
	assert.GreaterOrEqual(t, p.Values().high, 9.0, "the area is within the panel")
	var image bytes.Buffer
	require.NoError(t, ch.Write(&image, SVG))
	assert.Contains(t, image.String(), "runs")
	decoder := xml.NewDecoder(&image)
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
}
