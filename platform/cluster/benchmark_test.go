package cluster

import (
	"fmt"
	"math"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// busyZipf returns n functions with rates in proportion to 1/i, of 100 requests a second in all.
func busyZipf(n int) []Function {
	total := 0.0
	for i := range n {
		total += 1 / float64(i+1)
	}
	all := make([]Function, n)
	for i := range all {
		all[i] = Function{Name: fmt.Sprint(i), Memory: 128, Arrivals: dist.Poisson{PerSecond: 100 / total / float64(i+1)},
			Warm: dist.Exponential{Mean: 0.3}, Startup: dist.Constant{Value: 1}}
	}
	return all
}

// Millions of requests a second, by the number of functions and the policy. All instances that are
// used within ten minutes are the memory of which some take 30 %.
func BenchmarkCluster(b *testing.B) {
	for _, c := range []struct {
		functions int
		policy    string
	}{{1, "fixed"}, {100, "fixed"}, {10_000, "fixed"}, {10_000, "lru"}, {10_000, "greedy-dual"}, {10_000, "histogram"}, {100_000, "fixed"}, {100_000, "greedy-dual"}} {
		b.Run(fmt.Sprintf("%s of %d", c.policy, c.functions), func(b *testing.B) {
			config := Config{Functions: busyZipf(c.functions), Nodes: 1, Memory: Unlimited, MaxInstances: platform.Unlimited, KeepAlive: Fixed(600e9), QueueTimeout: sim.Never}
			switch c.policy {
			case "lru", "greedy-dual":
				config.KeepAlive = Fixed(sim.Never)
				config.Memory = int64(128 * 0.3 * math.Min(float64(c.functions), 10_000))
				if c.policy == "greedy-dual" {
					config.Evict = GreedyDual
				}
			case "histogram":
				config.KeepAlive = NewHistogram()
			}
			cluster, err := New(config, 1, 0)
			require.NoError(b, err)
			require.NoError(b, cluster.Run(seconds(1800)))
			begun := cluster.observed.Arrivals
			b.ReportAllocs()
			b.ResetTimer()
			used := processorTime()
			require.NoError(b, cluster.Run(cluster.Now()+sim.FromSeconds(float64(b.N)/100)))
			b.StopTimer()
			used = processorTime() - used
			b.ReportMetric(float64(cluster.observed.Arrivals-begun)/used.Seconds()/1e6, "M/cpu-s")
		})
	}
}

// processorTime returns the time that the process has used: on a busy machine, less uncertain than
// that on the clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}
