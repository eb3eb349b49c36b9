package scenarios

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

func TestALimitIsNamedAsItIsMeant(t *testing.T) {
	for text, want := range map[string]Limit{
		"response_time>2s":         {"response_time>2s", "response_time", 2 * sim.Second, false},
		" response_time > 1m30s  ": {"response_time>1m30s", "response_time", 90 * sim.Second, false},
		"waiting_time≤500ms":       {"waiting_time<=500ms", "waiting_time", sim.Second / 2, true},
		"waiting_time <= 0s":       {"waiting_time<=0s", "waiting_time", 0, true},
	} {
		l, err := ParseLimit(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, l, text)
		again, err := ParseLimit(l.Name)
		require.NoError(t, err, text)
		assert.Equal(t, l, again)
	}
}

// What is asked for beside the metrics is counted beside them: all others stay what they are, to the last digit.
func TestLimitsChangeNothingElse(t *testing.T) {
	tests.Slow(t)
	without := load(t, "overload", "run.duration", "30s", "run.replications", "4")
	with := without
	for _, name := range []string{"waiting_time>1s", "response_time<=2s", "waiting_time>0s"} {
		l, err := ParseLimit(name)
		require.NoError(t, err)
		with.Limits = append(with.Limits, l)
	}
	a, b := simulate(t, without, Options{}).Platform(ContainerPlatform), simulate(t, with, Options{}).Platform(ContainerPlatform)
	require.Len(t, b.Metrics, len(a.Metrics)+3)
	for i, m := range a.Metrics {
		assert.Equal(t, fmt.Sprint(m.Estimate), fmt.Sprint(b.Metrics[i].Estimate), m.Name) // NaN is NaN
	}
	wait, _ := b.Metric("waiting_time>0s")
	probability, _ := b.Metric("waiting_probability")
	assert.Equal(t, probability, wait)

	// Two sides and the slots of a transient have them as well.
	other := with
	c, err := Compare(context.Background(), with, other, Options{})
	require.NoError(t, err)
	assert.Equal(t, "waiting_time>0s", c.Differences[ContainerPlatform][len(b.Metrics)-1].Name)
	tr, err := Transient(context.Background(), with, TransientOptions{Horizon: 30 * sim.Second, Points: 5})
	require.NoError(t, err)
	some := 0.0
	slots, ok := tr.Platform(ContainerPlatform).Metric("waiting_time>0s")
	require.True(t, ok)
	probabilities, _ := tr.Platform(ContainerPlatform).Metric("waiting_probability")
	for i, e := range slots.Estimates {
		assert.Equal(t, probabilities.Estimates[i].Mean, e.Mean)
		some += e.Mean
	}
	assert.Positive(t, some)
}

// The half-width that is enough for a metric at a precision: see run.precision in the manual.
func TestWhatIsPreciseEnough(t *testing.T) {
	const wait = "waiting_probability"
	for name, c := range map[string]struct {
		metric              string
		mean, waits         float64
		precision, enough   float64
		coarse, never, skip bool
	}{
		"a mean":                                       {"response_time", 2, 0, 0.01, 0.02, false, false, false},
		"a probability of 40 %":                        {wait, 0.4, 0.4, 0.01, 0.004, false, false, false},
		"a probability of 1 %":                         {wait, 0.01, 0.01, 0.01, 1e-4, false, false, false},
		"one of 0.5 %: the absolute bound":             {wait, 0.005, 0.005, 0.01, 1e-4, false, false, false},
		"one of 0.04 %: a tenth":                       {"cold_start_probability", 4e-4, 0, 0.01, 4e-5, false, false, false},
		"one of 0.04 % where a half is asked for":      {"cold_start_probability", 4e-4, 0, 0.5, 2e-4, false, false, false},
		"one of 0.04 % where a thousandth is":          {"cold_start_probability", 4e-4, 0, 1e-3, 4e-5, false, false, false},
		"one of 0.04 % at a first look":                {"cold_start_probability", 4e-4, 0, 0.05, 1e-4, true, false, false},
		"one that was never seen":                      {"timeout_probability", 0, 0, 0.01, 1e-4, false, false, false},
		"one that cannot be":                           {"timeout_probability", 0, 0, 0.01, 0, false, true, true},
		"the wait where many wait":                     {"waiting_time", 3, 0.5, 0.01, 0.03, false, false, false},
		"the wait where 0.5 % do":                      {"waiting_time", 3, 0.005, 0.01, 0.06, false, false, false},
		"the queue where one in a million waits":       {"queue", 3, 1e-6, 0.01, 0.3, false, false, false},
		"the queue where all that wait time out":       {"queue", 3, 0, 0.01, 0.3, false, false, false},
		"a quantile, which the precision is not about": {"waiting_time_p99", 3, 0.5, 0.01, 0, false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var metrics []NamedEstimate
			for _, m := range KindOf(ContainerPlatform).Metrics() {
				e := stats.Estimate{}
				switch {
				case m.Name == c.metric && !c.never:
					e = stats.Estimate{Mean: c.mean, HalfWidth: 1, N: 16}
				case m.Name == wait:
					e = stats.Estimate{Mean: c.waits, N: 16}
				}
				metrics = append(metrics, NamedEstimate{m, platform.Estimated{Estimate: e}})
			}
			found := false
			for _, j := range judge(metrics, c.coarse) {
				if j.Name == c.metric {
					found = true
					assert.InEpsilon(t, 1/c.enough, j.excess(c.precision), 1e-12)
				}
			}
			assert.Equal(t, !c.skip, found)
		})
	}
	assert.True(t, math.IsInf(judged{NamedEstimate: NamedEstimate{Estimated: platform.Estimated{Estimate: stats.Estimate{Mean: 1, HalfWidth: math.NaN()}}}}.excess(0.01), 1))
}

// A run goes on until a rare event is known to a tenth, and until waiting is known.
func TestARunGoesOnUntilRareEventsAndWaitsAreKnown(t *testing.T) {
	tests.Slow(t)
	rare := simulate(t, load(t, "float", "container.keep_alive", "20s", "container.routing", "lru", "run.precision", "5%"), Options{})
	cold, _ := rare.Platform(ContainerPlatform).Metric("cold_start_probability")
	assert.InDelta(t, 2.7e-4, cold.Mean, 5e-5)
	assert.LessOrEqual(t, cold.HalfWidth, 0.1*cold.Mean)
	assert.Empty(t, rare.Warnings)
	assert.LessOrEqual(t, rare.Precision, 0.05, "of the others")

	queue := simulate(t, load(t, "erlang-c", "run.precision", "3%"), Options{})
	for _, name := range []string{"waiting_probability", "waiting_time", "queue"} {
		e, ok := queue.Platform(ContainerPlatform).Metric(name)
		require.True(t, ok)
		assert.Positive(t, e.Mean, name)
		assert.LessOrEqual(t, e.HalfWidth, 0.03*e.Mean, name)
	}
}
