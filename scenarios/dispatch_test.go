package scenarios

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim/tests"
)

var dispatchEvery200ms = []string{"run.warmup", "0s", "run.duration", "200s", "run.replications", "2", "arrivals.rate", "5/s",
	"container.dispatch.interval", "200ms", "container.dispatch.batch", "3", "container.dispatch.service", "exponential(mean=10ms)"}

// Dispatch delays the containers' requests and changes nothing else about them: arrivals, service times and
// everything of Wasm are those of the scenario without it.
func TestDispatchIsTheContainersAlone(t *testing.T) {
	log := func(pairs ...string) (r *Result, requests map[string]map[string]platform.Request) {
		requests = map[string]map[string]platform.Request{ContainerPlatform: {}, WasmPlatform: {}}
		s := load(t, "float", pairs...)
		r = simulate(t, s, Options{Log: func(name string, replication int, r platform.Request, _ bool) {
			requests[name][fmt.Sprint(replication, r.Arrival)] = r
		}})
		require.NoError(t, r.Broken)
		return r, requests
	}
	without, direct := log(dispatchEvery200ms[:8]...)
	with, delayed := log(dispatchEvery200ms...)
	assert.Equal(t, without.Platform(WasmPlatform).Metrics[0].Estimate, with.Platform(WasmPlatform).Metrics[0].Estimate)
	assert.Equal(t, direct[WasmPlatform], delayed[WasmPlatform])
	require.Len(t, delayed[ContainerPlatform], len(direct[ContainerPlatform]), "with their own arrivals")
	same, waited := 0, 0
	for at, r := range delayed[ContainerPlatform] {
		d, ok := direct[ContainerPlatform][at]
		require.True(t, ok, at)
		if r.Outcome == platform.OutcomeUnfinished || d.Outcome == platform.OutcomeUnfinished {
			continue
		}
		assert.Equal(t, r.Arrival, d.Arrival)
		assert.Less(t, r.Arrival, r.Start)
		waited++
		if r.Outcome == d.Outcome {
			assert.Equal(t, d.Completion-d.Start, r.Completion-r.Start, "its own service time")
			same++
		}
	}
	assert.Greater(t, waited, 1900)
	assert.Greater(t, same, 1000)
	c := with.Platform(ContainerPlatform)
	waiting, ok := c.Metric("waiting_time")
	require.True(t, ok)
	assert.Greater(t, waiting.Mean, 0.1)
	assert.Less(t, waiting.Mean, 0.2)
	assert.Equal(t, c.Requests, without.Platform(ContainerPlatform).Requests)
}

// A scenario with dispatch finds its warm-up and reaches its precision like any other.
func TestDispatchInSteadyState(t *testing.T) {
	tests.Slow(t)
	s := load(t, "float", "arrivals.rate", "5/s", "container.dispatch.interval", "2s", "run.precision", "5%")
	r := simulate(t, s, Options{})
	require.NoError(t, r.Broken)
	assert.Empty(t, r.Warnings)
	waiting, ok := r.Platform(ContainerPlatform).Metric("waiting_time")
	require.True(t, ok)
	assert.InDelta(t, 1, waiting.Mean, 3*waiting.HalfWidth)
}

// Its memory takes in the interval and how long the queue in front of the reader takes to empty.
func TestTheMemoryOfDispatch(t *testing.T) {
	scale := func(pairs ...string) float64 { return load(t, "float", pairs...).memory() }
	none := scale()
	assert.InDelta(t, none+30, scale("container.dispatch.interval", "30s"), 1e-9)
	assert.InDelta(t, none+0.5+0.5/(0.2928932188134524*0.2928932188134524), scale("container.dispatch.service", "constant(500ms)"), 1e-9)
	assert.InDelta(t, none+1+0.5/(0.2928932188134524*0.2928932188134524), scale("container.dispatch.interval", "1s", "container.dispatch.batch", "2"), 1e-9)
}
