package platform_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// benchmark simulates requests of a platform in steady state: one operation is a
// request.
func benchmark(b *testing.B, rate float64, warmup sim.Time, s simulated) {
	b.Helper()
	require.NoError(b, s.Run(warmup))
	s.Restart()
	b.ReportAllocs()
	b.ResetTimer()
	require.NoError(b, s.Run(warmup+sim.FromSeconds(float64(b.N)/rate)))
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
	o := s.Observations()
	b.ReportMetric(o.Instances.Mean(), "instances")
}

// float is the pool of the float function, the workload with which the speed of the lower bound in
// C is compared.
func float(b *testing.B, routing pool.Routing) pool.Config {
	return pool.Config{Warm: law(b, "exponential(mean=1.5288s)"), Cold: law(b, "exponential(mean=4.1202s)"),
		KeepAlive: seconds(60), MaxInstances: platform.Unlimited, Routing: routing}
}

func BenchmarkPool(b *testing.B) {
	for _, c := range []struct {
		instances int
		rate      float64
		keepAlive float64
	}{{3, 0.35, 60}, {8, 1.8, 60}, {27, 10, 60}, {250, 140, 10}, {100_000, 65_300, 1}} {
		b.Run(fmt.Sprintf("instances=%d", c.instances), func(b *testing.B) {
			config := float(b, pool.MRU)
			config.KeepAlive = seconds(c.keepAlive)
			pool, err := pool.New(config, process(b, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 1, 0)
			require.NoError(b, err)
			benchmark(b, c.rate, seconds(10*c.keepAlive), pool)
		})
	}
}

func BenchmarkRouting(b *testing.B) {
	for _, routing := range []pool.Routing{pool.MRU, pool.LRU, pool.Newest, pool.Random} {
		b.Run(routing.String(), func(b *testing.B) {
			pool, err := pool.New(float(b, routing), process(b, "poisson(rate=10/s)"), 1, 0)
			require.NoError(b, err)
			benchmark(b, 10, seconds(600), pool)
		})
	}
}

func BenchmarkExecutors(b *testing.B) {
	service := law(b, "exponential(mean=1s)")
	for name, c := range map[string]struct {
		config executors.Config
		rate   float64
	}{
		"unlimited":         {executors.Config{Service: service}, 10},
		"sharing, load 0.5": {executors.Config{Service: service, Cores: platform.Cores{Physical: 10}}, 5},
		"sharing, load .95": {executors.Config{Service: service, Cores: platform.Cores{Physical: 10}}, 9.5},
		"fcfs, load 0.5":    {executors.Config{Service: service, Cores: platform.Cores{Physical: 10}, Discipline: executors.FCFS}, 5},
		"fcfs, load .95":    {executors.Config{Service: service, Cores: platform.Cores{Physical: 10}, Discipline: executors.FCFS}, 9.5},
	} {
		b.Run(name, func(b *testing.B) {
			e, err := executors.New(c.config, process(b, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 1, 0)
			require.NoError(b, err)
			benchmark(b, c.rate, seconds(1000), e)
		})
	}
}
