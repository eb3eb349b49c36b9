package calibrate

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim/tests"
)

// exactly is a Simulator of one function for each measurement, without chance.
type exactly struct {
	of       func(i int, values []float64) float64
	n        int
	refuse   func(values []float64) error
	settled  []Candidate
	tried    int
	interval float64 // half-width of every estimate
	stop     func()  // called at the tried candidate of number stopAt
	stopAt   int
}

func (f *exactly) Settle(_ context.Context, near Candidate) error {
	f.settled = append(f.settled, near)
	return nil
}

func (f *exactly) Simulate(ctx context.Context, candidates []Candidate, done func(int, []Estimate, error)) error {
	for c, candidate := range candidates {
		if f.tried++; f.stop != nil && f.tried == f.stopAt {
			f.stop()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var values []float64
		for _, text := range candidate {
			x, _ := scenarios.Number(text)
			values = append(values, x)
		}
		if candidate == nil {
			values = []float64{1, 1, 1}
		}
		if f.refuse != nil && f.refuse(values) != nil {
			done(c, nil, f.refuse(values))
			continue
		}
		at := make([]Estimate, f.n)
		for i := range at {
			at[i] = Estimate{Mean: f.of(i, values), HalfWidth: f.interval}
		}
		done(c, at, nil)
	}
	return nil
}

// measured returns a measurement of one metric in a row of its own.
func measuredAs(value, halfWidth float64) Measurement {
	return Measurement{Metric: "container.response_time", Value: value, HalfWidth: halfWidth}
}

func TestErrorsAreMeansOverMetricsAndRows(t *testing.T) {
	nan := math.NaN()
	measurements := []Measurement{{0, "a", 2, nan}, {1, "a", 4, nan}, {2, "a", 10, nan}, {0, "b", 5, nan}}
	e := ErrorsOf(measurements, []Estimate{{Mean: 3}, {Mean: 3}, {Mean: 10}, {Mean: 4}})
	assert.InDelta(t, (0.5+0.25+0)/3, e.Metrics["a"], 1e-12)
	assert.InDelta(t, 0.2, e.Metrics["b"], 1e-12)
	assert.InDelta(t, (0.25+0.2)/2, e.Mean, 1e-12, "each metric counts the same")
	e = ErrorsOf(measurements[:1], []Estimate{{Mean: nan}})
	assert.Equal(t, 1.0, e.Mean, "nothing was observed")
}

// A measurement known to 3 % counts 1/√(0.03² + 0.01²), one known exactly 100, one without a half-width as the
// median.
func TestMeasurementsCountByTheirHalfWidths(t *testing.T) {
	w := weights([]Measurement{{0, "a", 2, 0.06}, {1, "a", 4, 0}, {2, "a", 1, 0.03}, {0, "b", 5, math.NaN()}})
	x, exact := 1/math.Hypot(0.03, 0.01), 100.0
	sum := (x+exact+x)/3 + x
	assert.InDeltaSlice(t, []float64{x / 3 / sum, exact / 3 / sum, x / 3 / sum, x / sum}, w, 1e-12)
	assert.Equal(t, []float64{0.25, 0.25, 0.5}, weights([]Measurement{{0, "a", 1, math.NaN()}, {1, "a", 7, math.NaN()}, {1, "b", 7, math.NaN()}}))
}

// One key is found to the digits of its candidates, wherever in the range it is.
func TestOneKeyIsFound(t *testing.T) {
	for _, c := range []struct {
		vary string
		want float64
	}{
		{"container.warm.mean=1s..9s", 4.321}, {"container.warm.mean=1s..9s", 1.002}, {"container.warm.mean=1ms..9s", 0.0345},
		{"container.warm.mean=1ms..9s", 8.98}, {"container.max_instances=1..500", 137}, {"container.max_instances=3..4", 4}, {"arrivals.rate=1/m..5/s", 2.5},
	} {
		f := &exactly{n: 1, of: func(_ int, v []float64) float64 { return 2 * v[0] }}
		found, err := Calibration{Ranges: ranges(t, c.vary), Measurements: []Measurement{measuredAs(2*c.want, 0)}, Simulator: f}.Run(context.Background())
		require.NoError(t, err)
		assert.InEpsilon(t, c.want, found.Best.Values[0], 0.003, c.vary)
		assert.Less(t, found.Best.Errors.Mean, 0.003)
		require.NotNil(t, found.Region)
		assert.LessOrEqual(t, found.Region.Low[0], found.Best.Values[0])
		assert.GreaterOrEqual(t, found.Region.High[0], found.Best.Values[0])
		assert.Less(t, f.tried, 120)
		assert.Equal(t, HalfWidths, found.Region.Noise)
	}
}

func TestSeveralKeysAreFound(t *testing.T) {
	for _, texts := range [][]string{{"container.warm.mean=1s..9s", "container.max_instances=1..500"}, {"container.warm.mean=1s..9s", "container.max_instances=1..500", "arrivals.rate=1/s..5/s"}} {
		truth := []float64{3.3, 77, 2.1}[:len(texts)]
		of := func(i int, v []float64) float64 {
			sum := v[i]
			for k, x := range v[:len(truth)] {
				sum += 0.1 * float64((i+k)%2) * x / truth[k] * truth[i]
			}
			return sum
		}
		var measurements []Measurement
		for i := range truth {
			measurements = append(measurements, Measurement{i, []string{"a", "b", "c"}[i], of(i, truth), 0.01 * of(i, truth)})
		}
		f := &exactly{n: len(truth), of: of}
		found, err := Calibration{Ranges: ranges(t, texts...), Measurements: measurements, Simulator: f}.Run(context.Background())
		require.NoError(t, err)
		for k, x := range truth {
			assert.InEpsilon(t, x, found.Best.Values[k], 0.03, texts[k])
			assert.LessOrEqual(t, found.Region.Low[k], x)
			assert.GreaterOrEqual(t, found.Region.High[k], x)
			assert.Less(t, found.Region.High[k]-found.Region.Low[k], 0.3*x, "to about the half-widths of 1 %%")
		}
		assert.True(t, found.Within(found.Best))
		within := 0
		for _, trial := range found.Trials {
			if found.Within(trial) {
				within++
				assert.False(t, trial.Coarse)
			}
		}
		assert.Greater(t, within, 3)
	}
}

// The truth beyond the range is found at its end, which is said; the region of a metric that depends on nothing is the
// whole range.
func TestEndsOfTheRangeAreTold(t *testing.T) {
	f := &exactly{n: 1, of: func(_ int, v []float64) float64 { return v[0] }}
	found, err := Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(20, 0.2)}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.Equal(t, Candidate{"9s"}, found.Best.Candidate)
	assert.Equal(t, []bool{true}, found.Region.AtTo)
	assert.Equal(t, []bool{false}, found.Region.AtFrom)

	f = &exactly{n: 1, of: func(int, []float64) float64 { return 5 }}
	found, err = Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(5, 0.1)}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.Equal(t, []bool{true, true}, []bool{found.Region.AtFrom[0], found.Region.AtTo[0]})
	assert.Equal(t, Candidate{"1s"}, found.Region.From)
	assert.Equal(t, Candidate{"9s"}, found.Region.To)
}

// Of one measurement with its half-width the region is about the interval: that of values is where the error is at
// most the largest of 98 % of normal errors, 2.33/1.96 half-widths.
func TestTheRegionOfOneMeasurementIsItsInterval(t *testing.T) {
	f := &exactly{n: 1, of: func(_ int, v []float64) float64 { return v[0] }}
	found, err := Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(4, 0.2)}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.InDelta(t, 4-0.2*2.33/1.96, found.Region.Low[0], 0.03)
	assert.InDelta(t, 4+0.2*2.33/1.96, found.Region.High[0], 0.03)

	f.interval = 0.2 // the simulation is as imprecise: √2 as wide
	found, err = Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(4, 0.2)}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.InDelta(t, 4+math.Sqrt2*0.2*2.33/1.96, found.Region.High[0], 0.04)

	f.interval = 0 // nothing is known of chance
	found, err = Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(4, math.NaN())}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.Equal(t, None, found.Region.Noise)
	assert.InDelta(t, found.Region.Low[0], found.Region.High[0], 0.01)
}

func TestValuesThatCannotBeSimulatedAreNeverTheBest(t *testing.T) {
	f := &exactly{n: 1, of: func(_ int, v []float64) float64 { return v[0] }, refuse: func(v []float64) error {
		if v[0] > 4 {
			return errors.New("too much")
		}
		return nil
	}}
	c := Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(5, 0.1)}, Simulator: f}
	found, err := c.Run(context.Background())
	require.NoError(t, err)
	assert.InDelta(t, 4, found.Best.Values[0], 0.02)
	assert.LessOrEqual(t, found.Region.High[0], 4.0)
	failed := 0
	for _, trial := range found.Trials {
		if trial.Err != nil {
			failed++
			assert.ErrorContains(t, trial.Err, "too much")
			assert.False(t, found.Within(trial))
		}
	}
	assert.Positive(t, failed)

	f.refuse = func([]float64) error { return errors.New("never") }
	_, err = c.Run(context.Background())
	assert.EqualError(t, err, "no values can be simulated; at 1s: never")
}

// After an interruption, at any moment, the result is of what was tried.
func TestAnInterruptedSearchTellsWhatItKnows(t *testing.T) {
	for _, stopAt := range []int{1, 2, 10, 16, 20, 30, 40} {
		ctx, cancel := context.WithCancel(context.Background())
		f := &exactly{n: 1, of: func(_ int, v []float64) float64 { return v[0] }, stop: cancel, stopAt: stopAt}
		found, err := Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(5, 0.1)}, Simulator: f}.Run(ctx)
		cancel()
		if stopAt == 1 {
			assert.ErrorIs(t, err, context.Canceled)
			continue
		}
		require.NoError(t, err, stopAt)
		assert.True(t, found.Interrupted)
		assert.Len(t, found.Trials, stopAt-1)
		least := math.Inf(1)
		for _, trial := range found.Trials {
			if trial.Coarse == found.Best.Coarse {
				least = min(least, trial.Errors.Mean)
			}
		}
		assert.Equal(t, least, found.Best.Errors.Mean)
	}
}

// What is far from the value near which the amount of simulation was settled is settled again.
func TestTheAmountOfSimulationIsSettledNearTheBest(t *testing.T) {
	f := &exactly{n: 1}
	f.of = func(_ int, v []float64) float64 {
		if len(f.settled) == 0 {
			return v[0] + 3 // the first look is misled
		}
		return v[0]
	}
	found, err := Calibration{Ranges: ranges(t, "container.warm.mean=1s..9s"), Measurements: []Measurement{measuredAs(7, 0.1)}, Simulator: f}.Run(context.Background())
	require.NoError(t, err)
	assert.InDelta(t, 7, found.Best.Values[0], 0.01)
	assert.Len(t, f.settled, 2)
	assert.Equal(t, []string{"3.857s"}, []string(f.settled[0]))
}

func TestWhatIsNoCalibration(t *testing.T) {
	one := ranges(t, "container.warm.mean=1s..9s")
	f := &exactly{n: 1, of: func(int, []float64) float64 { return 1 }}
	for _, c := range []struct {
		Calibration
		want string
	}{
		{Calibration{Measurements: []Measurement{measuredAs(1, 0)}, Simulator: f}, "a calibration of 0 keys; want 1 to 3"},
		{Calibration{Ranges: one, Simulator: f}, "a calibration without measurements or a simulator; want both"},
		{Calibration{Ranges: one, Measurements: []Measurement{measuredAs(1, 0)}}, "a calibration without measurements or a simulator; want both"},
		{Calibration{Ranges: one, Measurements: []Measurement{measuredAs(0, 0)}, Simulator: f}, "a measurement of container.response_time of 0 ± 0; want more than 0, to which an error is relative"},
	} {
		_, err := c.Run(context.Background())
		assert.EqualError(t, err, c.want)
	}
}

// A calibration is a pure function of what it is given, whatever the number of workers, and all values see the same
// streams.
func TestACalibrationOfScenariosIsRepeatable(t *testing.T) {
	tests.Slow(t)
	var first *Calibrated
	for _, workers := range []int{1, 3} {
		c := experimentCase(t, 3, []string{"10s"}, "container.warm.mean=1s..2s")
		c.Simulator.(*Experiments).Options.Workers = workers
		found, err := c.Run(context.Background())
		require.NoError(t, err)
		if first == nil {
			first = found
			continue
		}
		assert.Equal(t, first, found)
	}
	assert.Equal(t, 8, len(first.Best.Estimates[0].Pseudo))
	require.NotNil(t, first.AsItIs)
	assert.Nil(t, first.AsItIs.Values)
}

// Without a duration, candidates are looked at coarsely at first, and then all for the time that the best needs.
func TestTheDurationIsThatWhichTheBestNeeds(t *testing.T) {
	tests.Slow(t)
	c := experimentCase(t, 3, []string{"10s"}, "container.warm.mean=1s..2s")
	e := c.Simulator.(*Experiments)
	whole := e.Scenario
	e.Scenario = func(row int, candidate Candidate) (scenarios.Scenario, error) {
		s, err := whole(row, candidate)
		s.Run.Warmup, s.Run.Duration, s.Run.Precision, s.Run.MaxRequests = scenarios.AutoWarmup, 0, 0.02, 2_000_000
		return s, err
	}
	at := func(text string) Estimate {
		trial, err := At(context.Background(), e, c.Measurements, Candidate{text})
		require.NoError(t, err)
		return trial.Estimates[1]
	}
	coarse := at("1.5s")
	require.NoError(t, e.Settle(context.Background(), Candidate{"1.5s"}))
	assert.Len(t, e.lengths, 1)
	assert.Positive(t, e.lengths[0].warmup)
	full := at("1.5s")
	assert.Less(t, full.HalfWidth, coarse.HalfWidth/1.5)
	assert.Equal(t, full, at("1.5s"))
}

func TestARowThatCannotBeSimulatedIsNamed(t *testing.T) {
	c := experimentCase(t, 3, []string{"10s"}, "container.warm.mean=1s..2s")
	e := c.Simulator.(*Experiments)
	e.Scenario = func(int, Candidate) (scenarios.Scenario, error) {
		return scenarios.Scenario{}, errors.New("row 1 is wrong")
	}
	trial, err := At(context.Background(), e, c.Measurements, Candidate{"1s"})
	require.NoError(t, err)
	assert.EqualError(t, trial.Err, "row 1 is wrong")
	assert.EqualError(t, e.Settle(context.Background(), Candidate{"1s"}), "row 1 is wrong")
	_, err = c.Run(context.Background())
	assert.EqualError(t, err, "no values can be simulated; at 1s: row 1 is wrong")
}
