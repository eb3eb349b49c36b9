package scenarios

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/sim"
)

// The pool of one function, simulated as a cluster of one, has the numbers of the pool to the last
// bit: with either law of cold starts, with rounded bills, and when a trace fixes the services.
func TestAPolicyThatKeepsAsThePoolDoesHasItsNumbers(t *testing.T) {
	for name, overrides := range map[string][]Override{
		"cold":    {set("container.cold", "exponential(mean=3s)")},
		"startup": {set("container.startup", "lognormal(mean=2s, cv=1)"), set("container.max_instances", "4"), set("container.when_full", "queue"), set("container.queue_timeout", "3s")},
		"billed": {set("container.cold", "lognormal(mean=3s, cv=1)"), set("pricing.preset", "azure-functions"), set("pricing.container_memory", "300MB"), set("pricing.provider_running_gb_second", "2"),
			set("pricing.provider_idle_gb_second", "1"), set("pricing.provider_cold_start", "0.1")},
	} {
		overrides = append(overrides, set("run.duration", "20m"), set("run.replications", "3"), set("container.keep_alive", "7s"))
		s := twoParsed(t, "arrivals: poisson(rate=1/s)\ncontainer: {warm: exponential(mean=1500ms)}\n", overrides...)
		want, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err, name)
		s.Keeping.Policy = cluster.Fixed(7 * sim.Second)
		require.True(t, s.Keeps())
		got, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err, name)
		require.NoError(t, got.Broken)
		assert.Equal(t, want.Warmup, got.Warmup)
		for _, m := range want.Platforms[0].Metrics {
			e, ok := got.Platforms[0].Metric(m.Name)
			require.True(t, ok, m.Name)
			assert.Equal(t, asJSON(t, m.Estimate), asJSON(t, e), "%s, %s", name, m.Name)
		}
	}
}

// A user pays for provisioned instances all the time, less for executions on them, and as ever for what
// spills over; each execution is rounded by itself.
func TestWhatProvisionedInstancesCost(t *testing.T) {
	for _, step := range []string{"0s", "100ms"} {
		s := twoParsed(t, "arrivals: poisson(rate=2/s)\ncontainer: {warm: exponential(mean=1500ms), cold: constant(4s), keep_alive: 0s, max_instances: unlimited, provisioned: 3}\n"+
			"pricing: {gb_second: 7, million_requests: 5, provisioned_gb_second: 2, provisioned_execution_gb_second: 3, second: 1, container_memory: 512MB, billing_step: "+step+"}\n"+
			"run: {duration: 20m, warmup: 0s, replications: 1}\n")
		var onDemand, provisioned, served float64
		bill := func(t sim.Time) float64 {
			if step == "100ms" {
				return math.Ceil(t.Seconds()*10-1e-9) / 10
			}
			return t.Seconds()
		}
		r, err := Simulate(context.Background(), s, Options{Log: func(_ string, _ int, r platform.Request, _ bool) {
			served++
			if r.Cold {
				onDemand += bill(r.Service)
			} else {
				provisioned += bill(r.Service)
			}
		}})
		require.NoError(t, err)
		cost, _ := r.Platforms[0].Metric(platform.UserCost)
		// 0.5 GB: 4.5 a second on demand, 2.5 on a provisioned instance, and 1 for each of three.
		assert.InEpsilon(t, 5+1e6*(4.5*onDemand+2.5*provisioned+3*1200)/served, cost.Mean, 1e-9, step)
		lifetime, _ := r.Platforms[0].Metric(platform.InstanceLifetime)
		assert.InEpsilon(t, 4, lifetime.Mean, 0.02, "of the instances that end")
	}
}

func TestWhatIsWrongWithAPoolThatKeepsInstances(t *testing.T) {
	const base = "arrivals: poisson(rate=1/s)\ncontainer:\n  warm: constant(1s)\n  cold: constant(2s)\n"
	for text, want := range map[string]string{
		"  spare: 1\n  release: constant(1s)\n":                              "two.yaml:6: container.release: does not go together with spare yet; want no release",
		"  min_instances: 1\n  dispatch: {interval: 1s}\n":                   "container.dispatch: does not go together with min_instances yet; want no dispatch",
		"  keep_alive: histogram()\n  initial: {idle: 1}\n":                  "container.initial: does not go together with keep_alive yet",
		"  provisioned: 100\n  spare: 11\n":                                  "two.yaml:5: container.provisioned: provisioned and spare take 111 instances, more than max_instances, 110",
		"  min_instances: 111\n":                                             "two.yaml:5: container.min_instances: takes 111 instances, more than max_instances, 110",
		"  evict: lru\n":                                                     "two.yaml:5: container.evict: needs functions",
		"  provisioned: -1\n":                                                "two.yaml:5: container.provisioned: found \"-1\"; want a whole number",
		"  provisioned: 1\npricing: {gb_second: 1, container_memory: 1GB}\n": "pricing.provisioned_gb_second: missing, and there are provisioned instances",
		"pricing: {provisioned_gb_second: 1, provider_cold_start: 1, container_memory: 1GB}\n": "pricing.provisioned_gb_second: has no effect without what the user pays",
	} {
		_, err := Parse("two.yaml", "", []byte(base+text), nil)
		assert.ErrorContains(t, err, want, text)
	}
	_, err := Parse("two.yaml", "", []byte("arrivals: closed(users=3, think=constant(1s))\ncontainer: {warm: constant(1s), cold: constant(2s), spare: 1}\n"), nil)
	assert.ErrorContains(t, err, "arrivals: does not go together with spare yet; want other arrivals")
	s := twoParsed(t, base+"  provisioned: 2\n  keep_alive: histogram(range=1h)\n", set("container.keep_alive.range", "2h"))
	assert.Equal(t, s, twoParsed(t, string(s.YAML())))
	assert.Equal(t, 120, s.Keeping.Policy.(cluster.Histogram).Bins)
	assert.Equal(t, "from 2 idle", s.Initial(ContainerPlatform))
	assert.ErrorContains(t, twoParsed(t, base+"  provisioned: 2\n  keep_alive: never\n  max_instances: unlimited\n").CheckSteadyState(), "only grow")
}

// What is told of a pool that keeps instances, or learns, adds up to what is simulated; it is told as a
// pool, without functions and nodes.
func TestAHistoryOfAPoolThatKeepsInstancesAddsUp(t *testing.T) {
	for _, keys := range []string{"provisioned: 2, spare: 1, keep_alive: 5s", "min_instances: 2, cores: 2, startup_cpu: 0.5, keep_alive: 5s", "keep_alive: 'histogram(range=2m, bin=1s, cv=0)'"} {
		s := twoParsed(t, "arrivals: renewal(normal(mean=20s, sd=12s))\ncontainer: {warm: exponential(mean=5s), startup: constant(4s), max_instances: 4, "+keys+"}\nrun: {duration: 2h, warmup: 0s, replications: 2}\n")
		result, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		want := result.Platforms[0].Replications[1]
		history, err := s.History(ContainerPlatform, 1)
		require.NoError(t, err)
		seen := map[platform.EventKind]int64{}
		for {
			e, ok, err := history.Next(7200 * sim.Second)
			require.NoError(t, err)
			if !ok {
				break
			}
			seen[e.Kind]++
			require.Empty(t, e.Function)
			require.Zero(t, e.Memory)
			state := history.State()
			require.Empty(t, state.Nodes)
			for _, i := range state.Instances {
				require.Empty(t, i.Function)
			}
		}
		require.Equal(t, want, history.Observations(), keys)
		k := want.Functions.Counts[0]
		require.Equal(t, []int64{want.Completed, k.Warm, k.Cold, k.Expired, k.Loaded, k.Unloaded},
			[]int64{seen[platform.EventCompleted], seen[platform.EventWarmStart], seen[platform.EventColdStart], seen[platform.EventExpired], seen[platform.EventLoading], seen[platform.EventUnloaded]}, keys)
		require.Positive(t, k.Loaded+k.Expired)
	}
}
