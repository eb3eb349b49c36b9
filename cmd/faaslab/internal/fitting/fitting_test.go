package fitting

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/scenarios"
	"faaslab/scenarios/calibrate"
)

// planned returns the plan of a fit of some keys to a file.
func planned(t *testing.T, text, holdOut string, vary ...string) *Plan {
	t.Helper()
	m, err := measured.Parse("m.csv", []byte(text), "")
	require.NoError(t, err)
	p := &Plan{Measured: m, HoldOut: holdOut, Load: func(o ...scenarios.Override) (scenarios.Scenario, error) { return scenarios.Load("float", o) }}
	for _, text := range vary {
		r, err := scenarios.ParseRange("--vary", text)
		require.NoError(t, err)
		p.Ranges = append(p.Ranges, r)
	}
	require.NoError(t, p.Check())
	return p
}

const tenRows = "container.keep_alive,container.idle,container.idle.half_width\n1s,1,0.1\n2s,2,\n3s,3,0.3\n4s,4,\n5s,5,\n6s,6,\n7s,7,\n8s,8,\n9s,9,\n10s,10,\n"

// A share of the rows is held out at random, the same with the same seed, rounded up; the others are fitted.
func TestAShareOfTheRowsIsHeldOut(t *testing.T) {
	lines := func(p *Plan) (fitted, held []int) {
		for _, row := range p.Fitted.Rows {
			fitted = append(fitted, row.Line)
		}
		for _, row := range p.Held.Rows {
			held = append(held, row.Line)
		}
		return fitted, held
	}
	fitted, held := lines(planned(t, tenRows, "25%", "container.warm.mean=1s..2s"))
	assert.Len(t, held, 3)
	assert.ElementsMatch(t, []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, append(fitted, held...))
	_, again := lines(planned(t, tenRows, "0.25", "container.warm.mean=1s..2s"))
	assert.Equal(t, held, again)
	p := planned(t, tenRows, "", "container.warm.mean=1s..2s")
	assert.Equal(t, calibrate.Measurement{Row: 2, Metric: "container.idle", Value: 3, HalfWidth: 0.3}, p.Fitted.Measurements[2])
	assert.True(t, math.IsNaN(p.Fitted.Measurements[1].HalfWidth))
	assert.Empty(t, p.Held.Rows)
}

// found returns a result as a search would have it, of the measurements of rows that are fitted.
func found(t *testing.T, p *Plan) *Found {
	t.Helper()
	trial := func(value float64, scale float64, coarse bool) *calibrate.Trial {
		var at []calibrate.Estimate
		for _, m := range p.Fitted.Measurements {
			at = append(at, calibrate.Estimate{Mean: scale * m.Value, HalfWidth: 0.1})
		}
		t := &calibrate.Trial{Estimates: at, Errors: calibrate.ErrorsOf(p.Fitted.Measurements, at), Coarse: coarse}
		for _, r := range p.Ranges {
			t.Candidate, t.Values = append(t.Candidate, r.Text(value)), append(t.Values, value)
		}
		return t
	}
	best := trial(1.5, 1.02, false)
	impossible := trial(2, 1, false)
	impossible.Err = errors.New("no steady state\nat all")
	f := &Found{Plan: p, Calibrated: &calibrate.Calibrated{Best: best, AsItIs: trial(1.1, 0.8, false),
		Trials: []*calibrate.Trial{trial(1, 1.5, true), trial(1.4, 1.1, true), trial(1.45, 0.97, false), best, impossible, trial(1.9, 1.3, true)}}}
	n := len(p.Ranges)
	f.Region = &calibrate.Region{Excess: 0.03, Chance: 0.05, AtFrom: make([]bool, n), AtTo: make([]bool, n)}
	for range p.Ranges {
		f.Region.Low, f.Region.High = append(f.Region.Low, 1.4), append(f.Region.High, 1.6)
		f.Region.From, f.Region.To = append(f.Region.From, "1.4s"), append(f.Region.To, "1.6s")
	}
	return f
}

func TestTheTextSaysWhatTheRegionRestsOn(t *testing.T) {
	f := found(t, planned(t, tenRows, "", "container.warm.mean=1s..2s"))
	notes := func() string { return strings.Join(f.notes(), "\n") }
	assert.Contains(t, notes(), "whose error is up to 3.0 pp above the least")
	assert.Contains(t, notes(), "Chance alone leaves an error of up to 5.0 %: nothing in these measurements contradicts the simulation.")
	f.Region.Chance = 0.01
	assert.Contains(t, notes(), "The rest is what the simulation misses")
	f.Region.Noise = calibrate.Residuals
	assert.Contains(t, notes(), "what remains of the error is taken for their chance")
	f.Region.Noise = calibrate.None
	assert.Contains(t, notes(), "too few to tell their chance")
	assert.NotContains(t, notes(), "end of the range")
	f.Region.AtTo[0] = true
	assert.Contains(t, notes(), "The region reaches the end of the range of container.warm.mean, 2s, and may go on beyond.")
	f.Region.Low[0], f.Region.High[0] = 1, 2
	assert.Contains(t, notes(), "nearly all of the range of container.warm.mean")
	f.Best.Values[0] = 1
	assert.Contains(t, notes(), "The least error is at the end of the range of container.warm.mean, 1s: try values beyond.")
	assert.NotContains(t, notes(), "nearer")
	f.AsItIs.Errors.Mean = 0.001
	assert.Contains(t, notes(), "The scenario's own values are nearer than all that were tried")
}

func TestAnInterruptedFitHasNoRegion(t *testing.T) {
	f := found(t, planned(t, tenRows, "20%", "container.warm.mean=1s..2s"))
	f.Region, f.AsItIs, f.Interrupted = nil, nil, true
	var text bytes.Buffer
	require.NoError(t, writeText(&text, f))
	assert.Contains(t, text.String(), "container.warm.mean = 1.5s  (interrupted: the best so far)")
	assert.Contains(t, text.String(), "held out, 2 rows      —         —")
	text.Reset()
	require.NoError(t, writeJSON(&text, f))
	var out foundJSON
	require.NoError(t, json.Unmarshal(text.Bytes(), &out))
	assert.Nil(t, out.Region)
	assert.True(t, out.Interrupted)
	assert.Len(t, out.Rows, 10)
	text.Reset()
	require.NoError(t, writeCSV(&text, f))
	assert.Equal(t, 7, strings.Count(text.String(), "\n"))
	assert.Contains(t, text.String(), "\n2s,,,false,false,false\n", "a value that cannot be simulated has no error")
	assert.Equal(t, "no steady state; at all", out.Tried[4].Reason)
}

// Of one key the figure is a line through what was simulated in full, with coarse values beside it; of several, marks. The
// region is an area.
func TestTheFigureShowsErrorsAndTheRegion(t *testing.T) {
	f := found(t, planned(t, tenRows, "", "container.warm.mean=1s..2s"))
	ch := f.Chart()
	require.Len(t, ch.Panels, 1)
	series := ch.Panels[0].Series
	assert.Equal(t, []float64{1.4, 1.6}, series[0].X)
	assert.Equal(t, chart.Single, series[0].Kind)
	assert.Equal(t, []float64{1, 1.4, 1.45, 1.5, 1.9}, series[1].X)
	assert.InDeltaSlice(t, []float64{0.5, 0.1, 0.03, 0.02, 0.3}, series[1].Y, 1e-12)
	var svg bytes.Buffer
	require.NoError(t, ch.Write(&svg, chart.SVG))
	assert.Contains(t, svg.String(), "mean warm service time (s)")

	ch = found(t, planned(t, tenRows, "", "container.warm.mean=1s..2s", "container.cold.mean=1s..2s")).Chart()
	require.Len(t, ch.Panels, 2)
	assert.Equal(t, chart.Measured, ch.Panels[1].Series[1].Kind)
	assert.NotContains(t, ch.Panels[1].Series[1].Y, 0.5, "far above the least")
}

func TestErrorsHaveTwoDigits(t *testing.T) {
	for x, want := range map[float64]string{0: "0 %", 0.5: "50 %", 1.234: "123 %", 0.0123: "1.2 %", 0.00123: "0.12 %", 0.0999: "10.0 %", math.NaN(): "NaN %"} {
		assert.Equal(t, want, percent(x))
	}
}
