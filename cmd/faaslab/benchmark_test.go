package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCommand runs the whole command, from its arguments to its table: 16 replications of an hour
// of the float function at 10/s on containers, some 670,000 requests with the warm-up.
func BenchmarkCommand(b *testing.B) {
	args := []string{"faaslab", "run", "float", "--models", "none", "--workers", "1",
		"--set", "arrivals.rate=10/s", "--set", "run.duration=1h"}
	b.ReportAllocs()
	for b.Loop() {
		require.Zero(b, faaslab(args, io.Discard, io.Discard))
	}
	const requests = 2 * 16 * 4200 * 10 // on two platforms, in 70 minutes
	b.ReportMetric(requests*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
}
