//go:build unix

package autoscaler

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// simulated is what a fleet and a pool have in common.
type simulated interface {
	Run(until sim.Time) error
	Restart()
	Observations() platform.Observations
}

// benchmark simulates requests in steady state, an operation is one. It reports millions of requests per
// second of CPU.
func benchmark(b *testing.B, rate, warmup float64, s simulated) {
	b.Helper()
	require.NoError(b, s.Run(seconds(warmup)))
	s.Restart()
	b.ReportAllocs()
	b.ResetTimer()
	used := processorTime()
	require.NoError(b, s.Run(seconds(warmup+float64(b.N)/rate)))
	used = processorTime() - used
	b.StopTimer()
	b.ReportMetric(float64(b.N)/used.Seconds()/1e6, "M/cpu-s")
	o := s.Observations()
	b.ReportMetric(o.Instances.Mean(), "instances")
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}

// The pool of 27 instances is what the others are compared with.
func BenchmarkFleet(b *testing.B) {
	b.Run("pool of 27", func(b *testing.B) {
		p, err := pool.New(pool.Config{Warm: law(b, "exponential(mean=1.5288s)"), Cold: law(b, "exponential(mean=4.1202s)"), KeepAlive: seconds(60), MaxInstances: platform.Unlimited},
			dist.Poisson{PerSecond: 10}, 1, 0)
		require.NoError(b, err)
		benchmark(b, 10, 600, p)
	})
	for _, c := range []struct {
		name        string
		concurrency int
		rate        float64
		cores       float64
		routing     Routing
	}{
		{"C=1", 1, 12, 0, ByConcurrency}, {"C=1 random", 1, 12, 0, Random}, {"C=1 least-loaded", 1, 12, 0, LeastLoaded},
		{"C=10", 10, 120, 0, ByConcurrency}, {"C=10 least-loaded", 10, 120, 0, LeastLoaded},
		{"C=unlimited", platform.Unlimited, 120, 0, ByConcurrency}, {"C=10 of one core", 10, 6, 1, ByConcurrency}, {"C=1 of 3000", 1, 1400, 0, ByConcurrency},
	} {
		b.Run(c.name, func(b *testing.B) {
			config := knative(c.concurrency, 0.7*float64(min(c.concurrency, 10)))
			config.Routing, config.InstanceCores = c.routing, c.cores
			config.Warm, config.Startup = law(b, "exponential(mean=1.5288s)"), law(b, "constant(3s)")
			if c.cores > 0 {
				config.Scaling.Rule.Target = 0.42
			}
			f, err := New(config, process(b, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 1, 0)
			require.NoError(b, err)
			benchmark(b, c.rate, 300, f)
		})
	}
}

func TestNothingIsAllocatedPerRequest(t *testing.T) {
	tests.Slow(t)
	for _, cores := range []float64{0, 1} {
		for _, routing := range []Routing{First, RoundRobin, TwoChoices, LeastLoaded, Random} {
			config := knative(10, 1)
			config.Routing, config.InstanceCores = routing, cores
			config.Warm, config.Startup = law(t, "exponential(mean=200ms)"), law(t, "constant(3s)")
			f, err := New(config, dist.Poisson{PerSecond: 10}, 1, 0)
			require.NoError(t, err)
			require.NoError(t, f.Run(20_000*sim.Second))
			allocations := testing.AllocsPerRun(5, func() { require.NoError(t, f.Run(f.Now()+1000*sim.Second)) })
			require.LessOrEqual(t, allocations, 20.0, "%v, per 10,000 requests: arrays that grow", routing)
		}
	}
}
