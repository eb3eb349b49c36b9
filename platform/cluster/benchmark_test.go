//go:build unix

package cluster

import (
	"fmt"
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
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

// A busyCase is a cluster of functions that are asked for by Zipf's law.
type busyCase struct {
	functions, nodes int
	policy           string
}

// String names the case.
func (c busyCase) String() string {
	if c.nodes > 1 {
		return fmt.Sprintf("%s of %d on %d nodes", c.policy, c.functions, c.nodes)
	}
	return fmt.Sprintf("%s of %d", c.policy, c.functions)
}

// config is without pressure under a fixed keep-alive and the histogram. All instances that are used
// within ten minutes are the memory of which the others take 30 %.
func (c busyCase) config() Config {
	config := Config{Functions: busyZipf(c.functions), Nodes: c.nodes, Memory: Unlimited, MaxInstances: platform.Unlimited, KeepAlive: Fixed(600e9), QueueTimeout: sim.Never}
	switch c.policy {
	case "first-fit":
		config.Placement, config.Memory = FirstFit, int64(128*c.functions/c.nodes)
	case "lru", "greedy-dual":
		config.KeepAlive = Fixed(sim.Never)
		config.Memory = int64(128 * 0.3 * math.Min(float64(c.functions), 10_000))
		if c.policy == "greedy-dual" {
			config.Evict = GreedyDual
		}
	case "histogram":
		config.KeepAlive = NewHistogram()
	}
	return config
}

// busy returns the cluster after half an hour, and its memory in bytes.
func (c busyCase) busy(t require.TestingT) (cluster *Cluster, bytes uint64) {
	config := c.config()
	before := heapInUse()
	cluster, err := New(config, 1, 0)
	require.NoError(t, err)
	require.NoError(t, cluster.Run(seconds(1800)))
	return cluster, heapInUse() - before
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Millions of requests a second, by the number of functions and the policy. The sizes on ten and on
// a hundred nodes are those of a benchmark of dslab-faas.
func BenchmarkCluster(b *testing.B) {
	for _, c := range []busyCase{{1, 1, "fixed"}, {100, 1, "fixed"}, {10_000, 1, "fixed"}, {10_000, 1, "lru"}, {10_000, 1, "greedy-dual"},
		{10_000, 1, "histogram"}, {100_000, 1, "fixed"}, {100_000, 1, "greedy-dual"},
		{1_000, 10, "fixed"}, {1_000, 10, "first-fit"}, {10_000, 100, "fixed"}, {10_000, 100, "first-fit"}} {
		b.Run(c.String(), func(b *testing.B) {
			cluster, bytes := c.busy(b)
			begun := cluster.observed.Arrivals
			b.ReportAllocs()
			b.ResetTimer()
			used := processorTime()
			require.NoError(b, cluster.Run(cluster.Now()+sim.FromSeconds(float64(b.N)/100)))
			b.StopTimer()
			used = processorTime() - used
			b.ReportMetric(float64(cluster.observed.Arrivals-begun)/used.Seconds()/1e6, "M/cpu-s")
			b.ReportMetric(float64(bytes)/float64(c.functions), "B/function")
		})
	}
}

// The memory of a function is bounded, and a request takes none.
func TestTheMemoryOfFunctionsAndRequests(t *testing.T) {
	if loop.CheckInvariants {
		t.Skip("a check of 10,000 functions after every event takes minutes")
	}
	for _, policy := range []string{"fixed", "lru", "greedy-dual", "histogram"} {
		c := busyCase{10_000, 1, policy}
		_, bytes := c.busy(t)
		require.Less(t, bytes/uint64(c.functions), uint64(2048), c.String())
	}
	for _, policy := range []string{"fixed", "lru", "greedy-dual", "histogram"} {
		c := busyCase{20, 1, policy}
		cluster, _ := c.busy(t)
		until := cluster.Now()
		require.Zero(t, testing.AllocsPerRun(10, func() {
			until += seconds(100)
			require.NoError(t, cluster.Run(until))
		}), c.String())
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
