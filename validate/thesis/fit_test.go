package thesis

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios/calibrate"
	"faaslab/sim/tests"
)

// simulatedAs returns the measurements at some rates if a choice were the truth: the same short
// runs as in a fit.
func simulatedAs(t *testing.T, truth Choice, o FitOptions, rates ...string) Measured {
	m := Measured{}
	for _, rate := range rates {
		m[rate] = map[string]float64{"running": 1} // any, so that there is a tuner
	}
	s, err := newTuner(m, o)
	require.NoError(t, err)
	run := s.series.Run
	run.Replications = o.Runs
	for _, rate := range rates {
		runs, err := s.point(context.Background(), rate, truth.candidate(), run)
		require.NoError(t, err)
		for _, metric := range []string{"response_time", "running", "instances", "idle", "running_cold"} {
			m[rate][metric] = estimate(runs, metric).Mean
		}
	}
	return m
}

// errorsAt returns the errors of a choice with all runs.
func errorsAt(t *testing.T, m Measured, o FitOptions, c Choice) Errors {
	s, err := newTuner(m, o)
	require.NoError(t, err)
	require.NoError(t, s.Settle(context.Background(), nil))
	trial, err := calibrate.At(context.Background(), s, s.measurements, c.candidate())
	require.NoError(t, err)
	return trial.Errors.Metrics
}

// A fit finds a truth that the parameters can express, from far away and with noisy numbers, though
// not to the last digit: the error of the truth is 0, and the error of the result is far below the
// error of the assumed values.
func TestAFitFindsWhatWasSimulated(t *testing.T) {
	tests.Slow(t)
	o := FitOptions{Seed: 4, Runs: 2}
	truth := Choice{0.4, 0.7, 0.5}
	m := simulatedAs(t, truth, o, "4/s", "8/s", "10/s", "11/s")
	exact := errorsAt(t, m, o, truth)
	assert.Len(t, exact, 5)
	assert.InDelta(t, 0, exact.Mean(), 1e-12)

	o.Flatness = true
	fit, err := FitLoad(context.Background(), m, o)
	require.NoError(t, err)
	assert.Less(t, fit.Errors.Mean(), fit.Assumed.Mean()/4)
	assert.InDelta(t, truth[1], fit.Best[1], 0.05)
	i := slices.IndexFunc(fit.Around, func(around Trial) bool { return around.Choice == fit.Best })
	require.GreaterOrEqual(t, i, 0)
	assert.InDelta(t, fit.Errors.Mean(), fit.Around[i].Error, 1e-12)
	assert.Equal(t, 4, fit.Points)
	require.NotNil(t, fit.Region)
	for k, x := range truth {
		assert.LessOrEqual(t, fit.Region.Low[k], x, Parameters[k].Key)
		assert.GreaterOrEqual(t, fit.Region.High[k], x, Parameters[k].Key)
	}
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
	assert.Equal(t, Choice{0.19, 0.83, 0.91}, Choice{0.29, 0.78, 0.91}.moved(-0.1, 0.05, 0), "without the errors of sums")
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

// The fitted values are where the documented command, faaslab reproduce --fit, ends: no step from there
// is better. The way there from the coarse grid takes minutes; TestAFitFindsWhatWasSimulated checks
// the search.
func TestNoStepFromTheFittedValuesIsBetter(t *testing.T) {
	tests.Long(t)
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
	errorsOf := func(c Choice) Errors { return errorsAt(t, m, DefaultFit, c) }
	fitted := errorsOf(Fitted)
	const a, b = 0.01, 0.05 // to startup_cpu the error is less sensitive
	for _, by := range [][3]float64{{a, 0, 0}, {-a, 0, 0}, {0, a, 0}, {0, -a, 0}, {a, -a, 0}, {-a, a, 0}, {0, 0, b}, {0, 0, -b}} {
		if c := Fitted.moved(by[:]...); c != Fitted {
			assert.GreaterOrEqual(t, errorsOf(c).Mean(), fitted.Mean(), c)
		}
	}
	assert.Less(t, fitted.Mean(), 0.9*errorsOf(Assumed).Mean())
	assert.Less(t, fitted["response_time"], 0.07)
	assert.Less(t, fitted["instances"], 0.08)
}
