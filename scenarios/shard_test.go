package scenarios

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
)

// Law 10: functions that do not share memory do not know of each other, so the shards of a scenario
// join to the whole, written and read back.
func TestShardsJoinToTheWhole(t *testing.T) {
	const functions = `functions:
  a: {arrivals: poisson(rate=2/s), warm: exponential(mean=80ms), startup: constant(600ms), memory: 256MB, min_instances: 1}
  b: {arrivals: poisson(rate=1/m), warm: constant(2s), startup: exponential(mean=3s), memory: 1GB, keep_alive: 5m}
  c: {arrivals: poisson(rate=5/m), warm: lognormal(mean=2s, cv=2), startup: constant(1s), memory: 512MB, keep_alive: histogram(range=1h)}
  d: {arrivals: constant(rate=3/m), warm: constant(1s), startup: constant(1s), memory: 300MB, spare: 1}
  e: {arrivals: poisson(rate=1/s), warm: exponential(mean=1s), startup: constant(1s), memory: 300MB}
`
	for name, c := range map[string]struct {
		text string
		of   int
	}{
		"functions on unlimited nodes": {functions + "nodes: {}\ncontainer: {}\nrun: {warmup: 10m, duration: 1h, replications: 3}\n", 3},
		"more shards than functions":   {functions + "nodes: {}\ncontainer: {}\nrun: {warmup: 0s, duration: 10m, replications: 2}\n", 8},
		"nodes":                        {functions + "nodes: {count: 4, memory: 2GB}\ncontainer: {evict: random, when_full: queue, queue_timeout: 5s}\nrun: {warmup: 10m, duration: 1h, replications: 2}\n", 2},
		"many nodes":                   {"workload: zipf(functions=200, rate=20/s, warm=exponential(mean=200ms), memory=128MB)\nnodes: {count: 10, memory: 512MB}\ncontainer: {startup: constant(1s), keep_alive: never, evict: greedy-dual}\nrun: {warmup: 1m, duration: 5m, replications: 2}\n", 3},
		"a trace by function":          {"workload: azure2019(azure2019, by=function, to=1d, from=1h)\nnodes: {}\ncontainer: {startup: exponential(mean=1s)}\nrun: {replications: 2}\n", 4},
		"a trace by node":              {"workload: azure2019(azure2019, durations=average)\nnodes: {count: 3, memory: 900MB}\ncontainer: {startup: constant(1s), keep_alive: histogram(range=4h)}\nrun: {replications: 2, warmup: 2h}\n", 2},
		"a trace cut off":              {"workload: azure2019(azure2019, spread=even, durations=average)\nnodes: {count: 3, memory: 900MB}\ncontainer: {startup: constant(1s)}\nrun: {replications: 2, warmup: 2h, duration: 5h}\n", 3},
		"single requests":              {"workload: azure2021(azure2021/AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt)\nnodes: {count: 5, memory: 1GB}\ncontainer: {startup: exponential(mean=1s)}\nrun: {replications: 2}\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := "."
			if c.text[0] == 'w' && c.text[10] == 'a' {
				dir = needsTraces(t)
			}
			s, err := Parse("whole.yaml", dir, []byte(c.text), nil)
			require.NoError(t, err)
			want, err := Simulate(context.Background(), s, Options{})
			require.NoError(t, err)
			var parts []*ShardResult
			for i := range c.of {
				part, err := SimulateShard(context.Background(), s, Options{}, Shard{i, c.of})
				require.NoError(t, err)
				var file bytes.Buffer
				require.NoError(t, gob.NewEncoder(&file).Encode(part))
				var read ShardResult
				require.NoError(t, gob.NewDecoder(&file).Decode(&read))
				parts = append(parts, &read)
			}
			slices.Reverse(parts)
			got, err := JoinShards(s, parts)
			require.NoError(t, err)
			require.NoError(t, got.Broken)
			assert.ElementsMatch(t, append(want.Warnings, "container: the largest memory of all instances at one time is not known from parts"), got.Warnings)
			assert.Equal(t, want.Replay, got.Replay)
			assert.Equal(t, want.Replications, got.Replications)
			assert.Equal(t, want.Duration, got.Duration)
			assert.Equal(t, want.Deleted, got.Deleted)
			assert.Equal(t, want.Platforms[0].Requests, got.Platforms[0].Requests)
			assert.Equal(t, want.Platforms[0].Span, got.Platforms[0].Span)
			for i, m := range want.Platforms[0].Metrics {
				other := got.Platforms[0].Metrics[i]
				if m.Name == platform.MemoryPeak {
					assert.True(t, math.IsNaN(other.Mean), "the parts may have had theirs at different times")
					continue
				}
				assert.Equal(t, fmt.Sprint(m.Name, m.Estimate, m.Pseudo), fmt.Sprint(other.Name, other.Estimate, other.Pseudo))
			}
			for i := range want.Platforms[0].Replications {
				whole, joined := &want.Platforms[0].Replications[i].Functions, &got.Platforms[0].Replications[i].Functions
				assert.Equal(t, whole.Counts, joined.Counts)
				assert.Equal(t, whole.Memories, joined.Memories)
				assert.Equal(t, whole.Live.Mean(), joined.Live.Mean())
			}
		})
	}
}

func TestWhatShardsNeedIsSaid(t *testing.T) {
	const many = "workload: zipf(functions=20, rate=20/s, warm=exponential(mean=200ms), memory=128MB)\n"
	for text, want := range map[string]string{
		"arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), cold: constant(2s)}\nrun: {duration: 1h, warmup: 0s}\n": "the scenario has one function",
		many + "nodes: {count: 2, placement: home}\ncontainer: {startup: constant(1s)}\nrun: {duration: 1h, warmup: 0s}\n":    "nodes.placement: with home the nodes depend on one another; want hash",
		many + "nodes: {memory: 1GB}\ncontainer: {startup: constant(1s)}\nrun: {duration: 1h, warmup: 0s}\n":                  "all functions share one node",
		many + "nodes: {}\ncontainer: {startup: constant(1s)}\nrun: {warmup: 0s}\n":                                           "want run.duration, or a trace",
		many + "nodes: {}\ncontainer: {startup: constant(1s)}\nrun: {duration: 1h}\n":                                         "run.warmup: auto is found from the whole",
		many + "nodes: {}\ncontainer: {startup: constant(1s), routing: random}\nrun: {duration: 1h, warmup: 0s}\n":            "container.routing: random draws for all functions in turn",
	} {
		s, err := Parse("s.yaml", "", []byte(text), nil)
		require.NoError(t, err)
		_, err = SimulateShard(context.Background(), s, Options{}, Shard{0, 2})
		assert.ErrorContains(t, err, want)
	}
	s, err := Parse("s.yaml", "", []byte(many+"nodes: {}\ncontainer: {startup: constant(1s)}\nrun: {duration: 1m, warmup: 0s, replications: 2}\n"), nil)
	require.NoError(t, err)
	part := func(i, of int) *ShardResult {
		p, err := SimulateShard(context.Background(), s, Options{}, Shard{i, of})
		require.NoError(t, err)
		return p
	}
	first := part(0, 2)
	for want, parts := range map[string][]*ShardResult{
		"no shards":                                     nil,
		"shards are missing: 1/2":                       {first},
		"shard 0/2 is there twice":                      {first, first},
		"shards 0/2 and 1/3 are of different divisions": {first, part(1, 3)},
	} {
		_, err := JoinShards(s, parts)
		assert.ErrorContains(t, err, want)
	}
	s.Run.Replications = 3
	_, err = JoinShards(s, []*ShardResult{first, part(1, 2)})
	assert.ErrorContains(t, err, "shard 0/2 has 2 replications, and the scenario 3")
}

// assertShardsJoin asserts that two shards of a scenario have the metrics of the whole.
func assertShardsJoin(t *testing.T, s Scenario, metrics ...string) {
	t.Helper()
	whole, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	var parts []*ShardResult
	for i := range 2 {
		part, err := SimulateShard(context.Background(), s, Options{}, Shard{Index: i, Of: 2})
		require.NoError(t, err)
		parts = append(parts, part)
	}
	joined, err := JoinShards(s, parts)
	require.NoError(t, err)
	for _, name := range metrics {
		a, _ := whole.Platforms[0].Metric(name)
		b, _ := joined.Platforms[0].Metric(name)
		assert.Equal(t, a.Mean, b.Mean, name)
	}
}
