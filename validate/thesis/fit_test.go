package thesis

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seriesOf returns a series by its name.
func seriesOf(t *testing.T, name string) Series {
	t.Helper()
	for _, s := range AllSeries() {
		if s.Name == name {
			return s
		}
	}
	require.Fail(t, "no series", name)
	return Series{}
}

// simulatedAs returns the measurements at some rates if a choice were the truth: the same short
// runs as in a fit.
func simulatedAs(t *testing.T, truth Choice, o FitOptions, rates ...string) Measured {
	m := Measured{}
	for _, rate := range rates {
		m[rate] = map[string]float64{}
	}
	s := tuner{series: seriesOf(t, FittedTo), measured: m, options: o}
	run := s.series.Run
	run.Replications = o.Runs
	for _, rate := range rates {
		means, err := s.point(context.Background(), rate, truth, run)
		require.NoError(t, err)
		for _, metric := range []string{"response_time", "running", "instances", "idle", "running_cold"} {
			m[rate][metric] = means[metric]
		}
	}
	return m
}

// A fit finds a truth that the parameters can express, from far away and with noisy numbers, though
// not to the last digit: the error of the truth is 0, and the error of the result is far below the
// error of the assumed values.
func TestAFitFindsWhatWasSimulated(t *testing.T) {
	slow(t)
	o := FitOptions{Seed: 4, Runs: 2}
	truth := Choice{0.4, 0.7, 0.5}
	m := simulatedAs(t, truth, o, "4/s", "8/s", "10/s", "11/s")
	exact, err := tuner{seriesOf(t, FittedTo), m, o}.errors(context.Background(), truth)
	require.NoError(t, err)
	assert.Len(t, exact, 5)
	assert.Zero(t, exact.Mean())

	o.Flatness = true
	fit, err := FitLoad(context.Background(), m, o)
	require.NoError(t, err)
	assert.Less(t, fit.Errors.Mean(), fit.Assumed.Mean()/4)
	assert.InDelta(t, truth[1], fit.Best[1], 0.05)
	assert.Contains(t, fit.Around, Trial{fit.Best, fit.Errors.Mean()})
	assert.Equal(t, 4, fit.Points)
	for _, c := range fit.Best.neighbours(steps[len(steps)-1]) {
		e, err := tuner{seriesOf(t, FittedTo), m, o}.errors(context.Background(), c)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, e.Mean(), fit.Errors.Mean(), "no neighbour is better: %v", c)
	}
	o.Workers = 1
	again, err := FitLoad(context.Background(), m, o)
	require.NoError(t, err)
	assert.Equal(t, fit, again, "whatever the number of workers")
}

func TestWhatStopsAFit(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := FitLoad(ctx, Measured{"1/s": {"running": 1}}, FitOptions{Runs: 1})
	assert.ErrorIs(t, err, context.Canceled)
	_, err = FitLoad(context.Background(), Measured{"nonsense": {"running": 1}}, FitOptions{Runs: 1})
	assert.ErrorContains(t, err, "openwhisk_float_load at nonsense")
	_, err = FitLoad(context.Background(), Measured{"1/s": {"response_time_p50": 1, "running": 0}}, FitOptions{Runs: 1})
	assert.ErrorContains(t, err, "openwhisk_float_load: nothing was measured")
}

func TestChoicesStayWhereTheyMayBe(t *testing.T) {
	assert.Equal(t, Choice{0, 0.9, 1}, Choice{0.01, 0.9, 0.9}.moved(-0.02, 0, 0.2))
	assert.NotContains(t, Choice{0, 0.5, 1}.neighbours(steps[0]), Choice{0, 0.5, 1}, "it is no neighbour of itself")
	assert.Contains(t, Choice{0.2, 0.8, 1}.neighbours(steps[0]), Choice{0.24, 0.76, 1})
	for _, c := range slices.Concat(around(Choice{0.05, 0.97, 0.8}), coarseGrid(), Choice{0.02, 1, 0.1}.neighbours(steps[0])) {
		for i, p := range Parameters {
			assert.GreaterOrEqual(t, c[i], p.Low)
			assert.LessOrEqual(t, c[i], p.High)
		}
	}
	assert.Contains(t, around(Choice{0.29, 0.78, 0.91}), Choice{0.19, 0.83, 0.91}, "without the errors of sums")
}

func TestErrorsAgainstMeasurements(t *testing.T) {
	m := Measured{"1/s": {"running": 2, "idle": 0}, "10/s": {"running": 4, "idle": 5}, "2/s": {"running": 8}}
	assert.Equal(t, []string{"1/s", "2/s", "10/s"}, m.values())
	said := map[string]float64{"1/s": 3, "2/s": none.Mean, "10/s": 3}
	e := m.errors(func(value, metric string) float64 { return said[value] })
	assert.InDelta(t, (0.5+0.25)/2, e["running"], 1e-12, "of 2/s nothing is said")
	assert.InDelta(t, 0.4, e["idle"], 1e-12, "nothing is relative to 0")
	assert.InDelta(t, (0.375+0.4)/2, e.Mean(), 1e-12)
	assert.NotEqual(t, Errors{}.Mean(), Errors{}.Mean(), "NaN")
}

// Points measured between the values of a curve are simulated; points without a steady state are
// left out.
func TestComparingWithMeasurements(t *testing.T) {
	o := Options{Seed: 1, MaxRequests: 200_000, Precision: 0.02}
	series := small
	series.Values = []string{"0.1/s"}
	var curve Curve
	require.NoError(t, Simulate(context.Background(), []Series{series}, o, func(c Curve) error { curve = c; return nil }))
	assert.Nil(t, curve.Points[0].Runs, "none were asked for")
	truth := func(rate float64) map[string]float64 { // M/M/1
		response := 4.876 / (1 - rate*4.876)
		return map[string]float64{"response_time": response, "running": rate * response / 2}
	}
	a, err := Compare(context.Background(), curve, Measured{"6/m": truth(0.1), "0.05/s": truth(0.05), "0.15/s": truth(0.15), "0.3/s": truth(0.1)}, o)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 4}, []int{a.Points, a.Of})
	by := map[string]Errors{}
	for _, said := range a.Said {
		by[said.By] = said.Errors
	}
	assert.Less(t, by["simulation"]["response_time"], 0.05)
	assert.InDelta(t, 1, by["simulation"]["running"], 0.1, "twice what was said to be measured")
	assert.InDelta(t, 0, by["processor sharing"]["response_time"], 1e-9)
	assert.InDelta(t, (1-(1-0.1*4.876)+0.05*4.876+0.15*4.876)/3, by["M/G/∞"]["response_time"], 1e-6)
	assert.Len(t, curve.Points, 1, "the curve is as it was")

	a, err = Compare(context.Background(), curve, Measured{"0.3/s": truth(0.1)}, o)
	require.NoError(t, err)
	assert.Empty(t, a.Said)
}

// The fitted values are where the documented command, faaslab reproduce --fit, ends: no step of its
// last size is better. The way there from the coarse grid takes minutes;
// TestAFitFindsWhatWasSimulated checks the search.
func TestNoStepFromTheFittedValuesIsBetter(t *testing.T) {
	slow(t)
	m := Measured{}
	for _, row := range measured(t, FittedTo+".csv") {
		metrics := map[string]float64{}
		for name, text := range row {
			if v, err := strconv.ParseFloat(text, 64); err == nil && name != "arrivals.rate" {
				metrics[name] = v
			}
		}
		m[row["arrivals.rate"]] = metrics
	}
	tuner := tuner{seriesOf(t, FittedTo), m, DefaultFit}
	errorsOf := func(c Choice) Errors {
		e, err := tuner.errors(context.Background(), c)
		require.NoError(t, err)
		return e
	}
	fitted := errorsOf(Fitted)
	for _, c := range Fitted.neighbours(steps[len(steps)-1]) {
		assert.GreaterOrEqual(t, errorsOf(c).Mean(), fitted.Mean(), c)
	}
	assert.Less(t, fitted.Mean(), 0.9*errorsOf(Assumed).Mean())
	assert.Less(t, fitted["response_time"], 0.07)
	assert.Less(t, fitted["instances"], 0.08)
}
