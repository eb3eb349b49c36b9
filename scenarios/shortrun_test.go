package scenarios

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

func shortRunsOf(t testing.TB, s Scenario, name string, o ShortRunOptions) []ShortRun {
	t.Helper()
	runs, err := ShortRuns(context.Background(), s, name, o)
	require.NoError(t, err)
	require.Len(t, runs, o.Replications)
	return runs
}

// estimateRuns returns the mean of a metric over runs.
func estimateRuns(runs []ShortRun, metric string) stats.Estimate {
	var tally stats.Tally
	for _, run := range runs {
		tally.Add(run[metric])
	}
	return tally.Estimate()
}

// ShortRuns after a warm-up are without bias: their means are those of the steady state.
func TestShortRunsAgreeOnAverageWithTheSteadyState(t *testing.T) {
	tests.Slow(t)
	s, err := Load("float", []Override{{Key: "container.keep_alive", Value: "10s"}})
	require.NoError(t, err)
	steady, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	for _, name := range s.Platforms() {
		runs := shortRunsOf(t, s, name, ShortRunOptions{Warmup: 300 * sim.Second, Duration: 1200 * sim.Second, Every: 2 * sim.Second, Replications: 400})
		metrics := []string{"instances", "running", "response_time"}
		if name == ContainerPlatform {
			metrics = append(metrics, "idle", "running_cold", "running_warm", "cold_start_probability")
		}
		for _, metric := range metrics {
			e := estimateRuns(runs, metric)
			want, ok := steady.Platform(name).Metric(metric)
			require.True(t, ok)
			// Four half-widths of 95 % intervals: a false alarm in some 10¹⁴ metrics.
			assert.InDelta(t, want.Mean, e.Mean, 4*math.Hypot(e.HalfWidth, want.HalfWidth), "%s %s", name, metric)
		}
	}
}

// A count that is looked at now and then varies more than its time average: for executors that live
// much shorter than the time between two looks, as independent samples do (Bernoulli, nearly).
func TestSamplesVaryAsIndependentLooksDo(t *testing.T) {
	tests.Slow(t)
	s, err := Load("aes", nil)
	require.NoError(t, err)
	runs := shortRunsOf(t, s, WasmPlatform, ShortRunOptions{Duration: 1200 * sim.Second, Every: sim.Second, Replications: 2000})
	var tally stats.Tally
	for _, run := range runs {
		tally.Add(run["instances"])
	}
	load := 0.0308 // Poisson: mean and variance
	assert.InEpsilon(t, load/1200, tally.Variance(), 4*math.Sqrt(2.0/2000)+0.002)
}

// Beyond capacity the response times of a short run are those of all requests that were sent, those too that
// come back long after it: by Little's law over the whole time.
func TestShortRunsWaitForEveryRequest(t *testing.T) {
	s, err := Load("float", []Override{{Key: "arrivals.rate", Value: "2/s"}, {Key: "wasm.service.mean", Value: "1s"}, {Key: "wasm.cores", Value: "1"}})
	require.NoError(t, err)
	duration := 600.0
	runs := shortRunsOf(t, s, WasmPlatform, ShortRunOptions{Duration: sim.FromSeconds(duration), Every: sim.Second, Replications: 40})
	e := estimateRuns(runs, "response_time")
	// As a fluid: N(t) = t up to 600 s, and then a drain at one a second; ∫N = 600²/2 + 600²/2, of 1200 requests.
	assert.InEpsilon(t, 300, e.Mean, 0.05+e.HalfWidth/300)
	assert.InEpsilon(t, 2, estimateRuns(runs, "throughput").Mean, 0.02, "all are served")
	again := shortRunsOf(t, s, WasmPlatform, ShortRunOptions{Duration: sim.FromSeconds(duration), Every: sim.Second, Replications: 2})
	assert.Equal(t, runs[:2], again, "a pure function of scenario and options")
}

func TestShortRunsRefuseWhatTheyCannotDo(t *testing.T) {
	s, err := Load("bursty", nil)
	require.NoError(t, err)
	_, err = ShortRuns(context.Background(), s, WasmPlatform, ShortRunOptions{Duration: sim.Second, Every: sim.Second, Replications: 1})
	assert.ErrorContains(t, err, "a short run sends Poisson arrivals, found mmpp(")
	s, err = Load("float", nil)
	require.NoError(t, err)
	_, err = ShortRuns(context.Background(), s, WasmPlatform, ShortRunOptions{Duration: sim.Second, Replications: 1})
	assert.ErrorContains(t, err, "want more than nothing")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err = ShortRuns(ctx, s, WasmPlatform, ShortRunOptions{Duration: 60 * sim.Second, Every: sim.Second, Replications: 1})
	assert.ErrorIs(t, err, context.Canceled)
}

// Where more requests time out than arrive, since others waited before the warm-up ended, their share is one
// of those that leave.
func TestNoMoreThanAllTimeOutInAShortRun(t *testing.T) {
	s := load(t, "aes", "arrivals.rate", "40/s", "container.when_full", "queue", "container.queue_timeout", "20s", "container.dispatch.service", "constant(50ms)")
	for _, run := range shortRunsOf(t, s, ContainerPlatform, ShortRunOptions{Warmup: 100 * sim.Second, Duration: 100 * sim.Second, Every: sim.Second, Replications: 3}) {
		assert.Equal(t, 1.0, run["timeout_probability"])
	}
	s = load(t, "aes", "arrivals.rate", "40/s", "container.when_full", "queue", "container.queue_timeout", "60s", "container.dispatch.service", "constant(50ms)")
	for _, run := range shortRunsOf(t, s, ContainerPlatform, ShortRunOptions{Duration: 200 * sim.Second, Every: sim.Second, Replications: 3}) {
		// Those that arrive up to 60 s find at most a minute's work before them: 2400 of 8000.
		assert.InDelta(t, 0.7, run["timeout_probability"], 0.03)
	}
}
