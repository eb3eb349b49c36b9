package thesis

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim/tests"
)

// What is found from the measurements is what the constants say, and as near as the documentation
// says.
func TestTheCalibrationIsFoundFromTheMeasurements(t *testing.T) {
	tests.Long(t)
	all := map[string]Measured{}
	for _, name := range []string{openwhisk("aes"), openwhisk("float"), FittedTo, ClockFrom} {
		all[name] = readMeasurements(t, name)
	}
	release, errors, err := FindRelease(context.Background(), all)
	require.NoError(t, err)
	assert.Equal(t, Release, release)
	for _, f := range ReleaseFrom {
		assert.Less(t, errors[f][platform.Instances], 0.05, f)
	}
	service, speed, found, constant, err := FindClock(all[ClockFrom])
	require.NoError(t, err)
	assert.Equal(t, SlowCore, service)
	assert.InDelta(t, RisingClock, speed, 1e-9)
	assert.InDelta(t, 0.036, found, 0.0005, "as docs/reproduction.md says")
	assert.InDelta(t, 0.28, constant, 0.005)

	// float, replayed without anything found.
	for _, s := range AllSeries() {
		switch s.Name {
		case openwhisk("float") + "_replayed":
			e, err := s.replayErrors(context.Background(), all[openwhisk("float")])
			require.NoError(t, err)
			assert.Less(t, e[platform.ColdStartProbability], 0.05)
			assert.Less(t, e[platform.Instances], 0.03)
		case FittedTo + "_replayed":
			few := Measured{}
			for _, rate := range []string{"1/s", "2/s", "3/s", "4/s", "5/s"} {
				few[rate] = all[FittedTo][rate]
			}
			e, err := s.replayErrors(context.Background(), few)
			require.NoError(t, err)
			assert.InDelta(t, 0.15, e[platform.ColdStartProbability], 0.005, "as docs/reproduction.md says")
		}
	}
}

// readMeasurements reads the measurements of a series.
func readMeasurements(t *testing.T, series string) Measured {
	t.Helper()
	m := Measured{}
	for _, row := range measured(t, series+".csv") {
		at := row["container.keep_alive"] + row["arrivals.rate"]
		m[at] = map[string]float64{}
		for name, text := range row {
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				m[at][name] = v
			}
		}
	}
	return m
}
