package platform

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// Service times drawn in one pass are those of Fill, rounded, and leave the generator where Fill does.
func TestExponentialTimesAreRoundedDraws(t *testing.T) {
	for _, mean := range []float64{1e-9, 1e-3, 1.5288, 1e5, 99_999_999, 1e8, 1e300} {
		law := dist.Exponential{Mean: mean}
		seconds, times := make([]float64, 5000), make([]int64, 5000)
		a, b := random.Stream(1, 0, random.Service), random.Stream(1, 0, random.Service)
		fillTimes(law, &a, make([]float64, 5000), times)
		law.Fill(&b, seconds)
		for i, s := range seconds {
			require.Equal(t, sim.FromSeconds(s), sim.Time(times[i]), "mean %v", mean)
		}
		require.Equal(t, b, a)
	}
	require.Panics(t, func() {
		g := random.Stream(1, 0, random.Service)
		fillTimes(dist.Exponential{}, &g, make([]float64, 1), make([]int64, 1))
	})
}

// No two purposes draw from one stream: where all laws are the same, no two draws are.
func TestNoTwoPurposesShareAStream(t *testing.T) {
	second := dist.Exponential{Mean: 1}
	config := Containers{Warm: second, Startup: second, MaxInstances: Unlimited, Routing: Random, InitialRunning: 100,
		Dispatch: Dispatch{Service: second}}
	started, err := NewPool(config, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	require.NoError(t, started.Run(0)) // the first look of the reader may draw
	config.Startup, config.Cold, config.Dispatch = nil, second, Dispatch{}
	cold, err := NewPool(config, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	executors, err := NewExecutors(Wasm{Service: second, Startup: second}, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	require.NoError(t, executors.Run(10*sim.Second))
	fillTimes(second, &started.stage.generator, started.stage.seconds, started.stage.services)

	draws := map[string][]int64{
		"arrivals": started.workload.gaps[:], "services": started.workload.services[:], "dispatch": started.stage.services,
		"executors' start-ups": executors.startups, "running at time 0": nil, "start-ups": nil, "cold starts": nil, "routing": nil,
	}
	for i, end := range initialServices(t, config, 7, 3) {
		add := func(purpose string, draw sim.Time) { draws[purpose] = append(draws[purpose], int64(draw)) }
		add("running at time 0", end)
		add("start-ups", started.cold.draw(uint64(i)))
		add("cold starts", cold.cold.draw(uint64(i)))
		add("routing", sim.FromSeconds(cold.routing.Exponential()))
	}
	seen := map[int64]string{}
	for purpose, times := range draws {
		assert.GreaterOrEqual(t, len(times), 100, purpose)
		for _, draw := range times {
			if other, twice := seen[draw]; twice {
				t.Fatalf("%v was drawn for %s and for %s", sim.Time(draw), other, purpose)
			}
			seen[draw] = purpose
		}
	}
	// But arrivals and services are those of both platforms, whatever else is drawn.
	assert.Equal(t, cold.workload.gaps, executors.workload.gaps)
	assert.Equal(t, cold.workload.services, executors.workload.services)
}

// Requests are numbered through, from block to block, so that none has the draws of another.
func TestRequestsAreNumberedThrough(t *testing.T) {
	w, err := newWorkload(dist.Poisson{PerSecond: 1}, dist.Exponential{Mean: 1}, 1, 0)
	require.NoError(t, err)
	for i := range uint64(3*blockSize + 5) {
		require.Equal(t, i, w.number())
		require.Equal(t, i, w.next().number)
	}
}
