package platform

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
)

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
	fillTimes(second, &started.stage.generator, started.stage.seconds, started.stage.services)
	var served []Request // by executors, in the order of their arrivals
	wasm, err := NewExecutors(Wasm{Service: second, Startup: second}, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	wasm.Log = func(r Request) { served = append(served, r) }
	require.NoError(t, wasm.Run(400*sim.Second))
	slices.SortFunc(served, func(a, b Request) int { return cmp.Compare(a.Arrival, b.Arrival) })

	draws := map[string][]int64{
		"arrivals": started.workload.gaps[:], "services": started.workload.services[:], "dispatch": started.stage.services,
		"executors' start-ups": nil, "running at time 0": nil, "start-ups": nil, "cold starts": nil, "routing": nil,
	}
	add := func(purpose string, draw sim.Time) { draws[purpose] = append(draws[purpose], int64(draw)) }
	for i, end := range initialServices(t, config, 7, 3) {
		add("running at time 0", end)
		add("start-ups", started.cold.draw(uint64(i)))
		add("cold starts", cold.cold.draw(uint64(i)))
		add("routing", sim.FromSeconds(cold.routing.Exponential()))
		add("executors' start-ups", served[i].Completion-served[i].Arrival-served[i].Service)
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
	arrival := sim.Time(0)
	for i, r := range served[:100] {
		arrival += sim.Time(cold.workload.gaps[i])
		require.Equal(t, arrival, r.Arrival, "request %d", i)
		require.Equal(t, sim.Time(cold.workload.services[i]), r.Service, "request %d", i)
	}
}

// initialServices returns when each instance that runs at time 0, in the order of their numbers, is freed.
func initialServices(t *testing.T, config Containers, seed uint64, replication int) []sim.Time {
	later, err := dist.ParseArrivals("steps(rates=[0/s, 1/s], at=[10000d])")
	require.NoError(t, err)
	pool, err := NewPool(config, later, seed, replication)
	require.NoError(t, err)
	ends := make([]sim.Time, config.InitialRunning)
	for range config.InitialRunning {
		event, ok := pool.engine.Next(sim.Never - 1)
		require.True(t, ok)
		ends[event.Payload()>>1] = event.Time
	}
	return ends
}
