package scenarios

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// Where there is little memory, replications begin anew in each round, and the result is the same; where there is too
// little, that is the error. All is given back.
func TestAResultDoesNotDependOnTheMemory(t *testing.T) {
	tests.Long(t)
	s, err := Load("float", []Override{{Key: "arrivals.rate", Value: "300/s"}, {Key: "container.max_instances", Value: "unlimited"},
		{Key: "run.precision", Value: "3%"}, {Key: "run.replications", Value: "6"}, {Key: "run.max_requests", Value: "500000"}})
	require.NoError(t, err)
	want, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	most := NewMemory(1 << 30)
	_, err = Simulate(context.Background(), s, Options{Memory: most})
	require.NoError(t, err)
	assert.EqualValues(t, 1<<30, most.Left())

	var got *Result
	for bytes := int64(500 << 10); got == nil; bytes += bytes / 4 { // up to what just suffices
		little := NewMemory(bytes)
		if got, err = Simulate(context.Background(), s, Options{Memory: little, Workers: 1}); err != nil {
			require.ErrorAs(t, err, new(*MemoryError))
		}
		assert.Equal(t, bytes, little.Left())
	}
	for _, p := range want.Platforms {
		name := p.Platform
		for _, m := range p.Metrics {
			e, _ := got.Platform(name).Metric(m.Name)
			assert.Equal(t, fmt.Sprint(m.Estimate), fmt.Sprint(e), "%s.%s", name, m.Name)
		}
	}

	less := NewMemory(200 << 10)
	_, err = Simulate(context.Background(), s, Options{Memory: less})
	var tooLittle *MemoryError
	require.ErrorAs(t, err, &tooLittle)
	assert.EqualValues(t, 200<<10, tooLittle.Bytes)
	assert.EqualValues(t, 200<<10, less.Left())
}

// A burst is bounded when it comes, and not when somebody looks the next time.
func TestMostLiveHoldsAtOnce(t *testing.T) {
	for _, set := range [][]Override{
		{{Key: "container.max_instances", Value: "unlimited"}},
		{{Key: "container.max_instances", Value: "1"}, {Key: "container.when_full", Value: "queue"}},
		{{Key: "wasm.cores", Value: "8"}},
	} {
		s, err := Load("float", append(set, Override{Key: "arrivals", Value: "batch(poisson(rate=0.01/s), size=5000)"}, Override{Key: "run.duration", Value: "1000s"},
			Override{Key: "run.warmup", Value: "0s"}, Override{Key: "run.replications", Value: "2"}))
		require.NoError(t, err)
		if s.Container.MaxInstances == platform.Unlimited || s.Container.WhenFull == pool.Queue {
			s.Wasm = nil
		} else {
			s.Container = nil
		}
		_, err = Simulate(context.Background(), s, Options{MostLive: 4999})
		assert.ErrorContains(t, err, "more than 4999 instances and waiting requests would be alive at once")
		_, err = Simulate(context.Background(), s, Options{MostLive: 50_000})
		assert.NoError(t, err)
	}
}

// What a platform says that it takes is what it takes, and about what the estimate says.
func TestTheBytesOfAPlatform(t *testing.T) {
	const many = "100000/s"
	for name, set := range map[string][]Override{
		"mru":       {{Key: "container.routing", Value: "mru"}},
		"random":    {{Key: "container.routing", Value: "random"}},
		"release":   {{Key: "container.release", Value: "exponential(mean=500ms)"}},
		"newest":    {{Key: "container.routing", Value: "newest"}},
		"cores":     {{Key: "container.cores", Value: "200000"}, {Key: "wasm.cores", Value: "200000"}},
		"queues":    {{Key: "container.max_instances", Value: "50000"}, {Key: "container.when_full", Value: "queue"}, {Key: "wasm.cores", Value: "50000"}, {Key: "wasm.discipline", Value: "fcfs"}},
		"start-ups": {{Key: "wasm.startup", Value: "constant(500ms)"}},
	} {
		s, err := Load("float", append([]Override{{Key: "arrivals.rate", Value: many}, {Key: "container.max_instances", Value: "unlimited"},
			{Key: "container.warm", Value: "exponential(mean=2s)"}, {Key: "wasm.service", Value: "exponential(mean=2s)"}}, set...))
		require.NoError(t, err, name)
		for _, of := range s.Platforms() {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			run, err := s.start(context.Background(), of, 0, 0, nil)
			require.NoError(t, err)
			require.NoError(t, run.Run(sim.Second))
			runtime.GC()
			runtime.ReadMemStats(&after)
			took := float64(after.HeapAlloc) - float64(before.HeapAlloc)
			assert.InEpsilon(t, took, float64(run.Bytes()), 0.1, "%s: %s", name, of)
			counts := run.Counts()
			perLive := float64(KindOf(of).bytes)
			assert.InDelta(t, 1, took/float64(counts.Instances+counts.Waiting)/perLive, 0.7, "%s: %s", name, of)
			o := run.Observations()
			assert.Less(t, o.Bytes(), run.Bytes())
		}
	}
}

// All replications are held at once where another round may follow, and observed twice.
func TestTheFootprintCountsAllReplications(t *testing.T) {
	instance := float64(KindOf(ContainerPlatform).bytes)
	load := func(run ...Override) Scenario {
		s, err := Load("float", append(run, Override{Key: "arrivals.rate", Value: "1000000/s"}, Override{Key: "container.max_instances", Value: "unlimited"},
			Override{Key: "container.warm", Value: "constant(1s)"}))
		require.NoError(t, err)
		s.Wasm = nil
		return s
	}
	s := load(Override{Key: "run.replications", Value: "16"})
	assert.InEpsilon(t, 1e6*(16*instance+2*16*bytesObserved), s.Footprint(2), 0.1)
	assert.InEpsilon(t, 1e6*(instance+2*16*bytesObserved), s.LeastFootprint(), 0.1)
	fixed := load(Override{Key: "run.replications", Value: "16"}, Override{Key: "run.duration", Value: "10s"})
	assert.InEpsilon(t, 1e6*(2*instance+16*bytesObserved), fixed.Footprint(2), 0.1)
	many := load(Override{Key: "run.replications", Value: "1000"})
	assert.InEpsilon(t, 1e6*(2*instance+2*1000*bytesObserved), many.Footprint(2), 0.1)
}
