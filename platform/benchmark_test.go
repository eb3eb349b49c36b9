package platform

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// benchmark simulates requests of a platform in steady state: one operation is a
// request.
func benchmark(b *testing.B, rate float64, s simulated) {
	b.Helper()
	require.NoError(b, s.Run(seconds(1000)))
	s.Restart()
	b.ReportAllocs()
	b.ResetTimer()
	require.NoError(b, s.Run(seconds(1000)+sim.FromSeconds(float64(b.N)/rate)))
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
}

// The pool of the float function: 3 instances at 0.3/s, 8 at 2/s, 27 at 10/s, 250 at 130/s.
func BenchmarkPool(b *testing.B) {
	for _, c := range []struct {
		instances int
		rate      float64
		keepAlive float64
	}{{3, 0.4, 60}, {8, 2, 60}, {27, 10, 60}, {250, 145, 10}, {100_000, 65_000, 10}} {
		b.Run(fmt.Sprintf("instances=%d", c.instances), func(b *testing.B) {
			config := Containers{Warm: law(b, "exponential(mean=1.5288s)"), Cold: law(b, "exponential(mean=4.1202s)"),
				KeepAlive: seconds(c.keepAlive), MaxInstances: Unlimited}
			if c.instances == 100_000 {
				b.Skip("see BenchmarkLargePool")
			}
			pool, err := NewPool(config, process(b, fmt.Sprintf("poisson(rate=%v/s)", c.rate)), 1, 0)
			require.NoError(b, err)
			benchmark(b, c.rate, pool)
			b.ReportMetric(float64(pool.observed.Instances.Mean()), "instances")
		})
	}
}
