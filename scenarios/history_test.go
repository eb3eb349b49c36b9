package scenarios

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
)

// What is told of a replication of a built-in scenario adds up to what Simulate observes in it.
func TestAHistoryAddsUpToAReplicationOfTheSimulation(t *testing.T) {
	for _, b := range List() {
		s, err := Load(b.Name, []Override{{Key: "run.warmup", Value: "0s"}, {Key: "run.duration", Value: "2m"}, {Key: "run.replications", Value: "2"}})
		require.NoError(t, err)
		result, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		for _, p := range result.Platforms {
			name := p.Platform
			for replication, want := range p.Replications {
				history, err := s.History(name, replication)
				require.NoError(t, err)
				n := map[platform.EventKind]int64{}
				for {
					e, ok, err := history.Next(2 * 60 * sim.Second)
					require.NoError(t, err)
					if !ok {
						break
					}
					n[e.Kind]++
				}
				assert.Equal(t, want, history.Observations(), "%s, %s", b.Name, name)
				assert.Equal(t, want.Completed, n[platform.EventCompleted]+n[platform.EventDequeued])
				if s.Scaled() {
					// A request that waited may have felt a start-up or not, and who drains is gone with its last request.
					assert.Equal(t, want.Warm+want.Cold, n[platform.EventWarmStart]+n[platform.EventColdStart]+n[platform.EventServed], b.Name)
					assert.Equal(t, want.Scaling.Started, n[platform.EventLaunched], b.Name)
					assert.Equal(t, want.Scaling.Evaluated, n[platform.EventEvaluated], b.Name)
				} else if name == ContainerPlatform {
					assert.Equal(t, want.Warm, n[platform.EventWarmStart]+n[platform.EventDequeued], b.Name)
					assert.Equal(t, want.Cold, n[platform.EventColdStart])
					assert.Equal(t, want.Rejected, n[platform.EventRejected])
					assert.Equal(t, want.TimedOut, n[platform.EventTimedOut])
					assert.Equal(t, want.Expired, n[platform.EventExpired])
				} else {
					assert.Equal(t, want.Arrivals, n[platform.EventStarted]+n[platform.EventQueued])
				}
			}
		}
	}
}

func TestAHistoryIsOfAPlatformOfTheScenario(t *testing.T) {
	s, err := Load("erlang-b", nil)
	require.NoError(t, err)
	_, err = s.History(WasmPlatform, 0)
	require.EqualError(t, err, `no platform "wasm" in the scenario; want container`)
}

// A trace of many functions is watched to its last response: the requests are those that a
// replication simulates.
func TestATraceOfManyFunctionsIsWatched(t *testing.T) {
	for _, workload := range []string{"azure2021(azure2021/AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt)", "azure2019(azure2019, durations=average)"} {
		s, err := Parse("watched.yaml", needsTraces(t), []byte("workload: "+workload+"\nnodes: {count: 3, memory: 900MB}\ncontainer: {startup: constant(1s)}\nrun: {replications: 1}\n"), nil)
		require.NoError(t, err)
		result, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		h, err := s.History(ContainerPlatform, 0)
		require.NoError(t, err)
		require.NoError(t, h.Skip(sim.Never))
		got, want := h.Totals(), &result.Platforms[0].Replications[0]
		assert.Equal(t, []int64{want.Arrivals, want.Warm, want.Cold, want.Rejected, want.Arrivals - want.Rejected}, []int64{got.Requests, got.Warm, got.Cold, got.Rejected, got.Completed}, workload)
		assert.Positive(t, got.Evicted, workload)
		assert.True(t, h.Ended())
	}
}
