package pool

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// No two purposes draw from one stream: even if all laws are the same, no two draws are.
func TestNoTwoPurposesShareAStream(t *testing.T) {
	second := dist.Exponential{Mean: 1}
	config := Config{Warm: second, Startup: second, MaxInstances: platform.Unlimited, Routing: Random, InitialRunning: 100,
		Dispatch: Dispatch{Service: second}}
	started, err := New(config, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	require.NoError(t, started.Run(0)) // the first look of the reader may draw
	config.Startup, config.Cold, config.Dispatch = nil, second, Dispatch{}
	cold, err := New(config, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	loop.FillTimes(second, &started.stage.generator, started.stage.seconds, started.stage.services)
	var served []platform.Request // by executors, in the order of their arrivals
	wasm, err := executors.New(executors.Config{Service: second, Startup: second}, dist.Poisson{PerSecond: 1}, 7, 3)
	require.NoError(t, err)
	wasm.Log = func(r platform.Request) { served = append(served, r) }
	require.NoError(t, wasm.Run(400*sim.Second))
	slices.SortFunc(served, func(a, b platform.Request) int { return cmp.Compare(a.Arrival, b.Arrival) })

	draws := map[string][]int64{
		"arrivals": started.workload.Gaps[:], "services": started.workload.Services[:], "dispatch": started.stage.services,
		"executors' start-ups": nil, "running at time 0": nil, "start-ups": nil, "cold starts": nil, "routing": nil,
	}
	add := func(purpose string, draw sim.Time) { draws[purpose] = append(draws[purpose], int64(draw)) }
	for i, end := range initialServices(t, config, 7, 3) {
		add("running at time 0", end)
		add("start-ups", started.cold.Draw(uint64(i)))
		add("cold starts", cold.cold.Draw(uint64(i)))
		add("routing", sim.FromSeconds(cold.idle.generator.Exponential()))
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
		arrival += sim.Time(cold.workload.Gaps[i])
		require.Equal(t, arrival, r.Arrival, "request %d", i)
		require.Equal(t, sim.Time(cold.workload.Services[i]), r.Service, "request %d", i)
	}
}

// Requests that run at time 0 draw from a stream of their own: the arrivals and services of later
// requests are the same with and without them, and the first of many requests that run at time 0
// has the service that it has alone.
func TestWhatRunsAtTimeZeroShiftsNoOtherDraws(t *testing.T) {
	log := func(running int) (requests []platform.Request, first sim.Time) {
		warm, err := dist.Parse("lognormal(mean=1s, cv=2)")
		require.NoError(t, err)
		config := Config{Warm: warm, Startup: dist.Exponential{Mean: 2},
			KeepAlive: 0, MaxInstances: platform.Unlimited, InitialRunning: running} // no keep-alive: none serves another
		pool, err := New(config, dist.Poisson{PerSecond: 3}, 9, 4)
		require.NoError(t, err)
		pool.Log = func(r platform.Request) {
			r.Instance = 0
			requests = append(requests, r)
		}
		require.NoError(t, pool.Run(200*sim.Second))
		o := pool.Observations()
		require.NoError(t, o.Check())
		assert.Equal(t, o.Arrivals, o.Cold, "they are no arrivals, and warm nobody")
		assert.Equal(t, int64(len(requests)), o.Responses.Count())
		assert.Equal(t, int64(running), o.PresentAtStart)
		if running > 0 {
			return requests, initialServices(t, config, 9, 4)[0]
		}
		return requests, 0
	}
	without, _ := log(0)
	one, alone := log(1)
	many, among := log(40)
	require.Greater(t, len(without), 400)
	assert.Equal(t, without, one)
	assert.Equal(t, without, many)
	assert.Equal(t, alone, among)
}

// initialServices returns when each instance that runs at time 0, in the order of their numbers, is freed.
func initialServices(t *testing.T, config Config, seed uint64, replication int) []sim.Time {
	later, err := dist.ParseArrivals("steps(rates=[0/s, 1/s], at=[10000d])")
	require.NoError(t, err)
	pool, err := New(config, later, seed, replication)
	require.NoError(t, err)
	ends := make([]sim.Time, config.InitialRunning)
	for range config.InitialRunning {
		event, ok := pool.engine.Next(sim.Never - 1)
		require.True(t, ok)
		ends[event.Payload()>>1] = event.Time
	}
	return ends
}
