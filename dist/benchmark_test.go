package dist

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim/random"
)

// BenchmarkFill measures each sampler in blocks of the size that the platforms draw; ns/draw is the
// figure to look at.
func BenchmarkFill(b *testing.B) {
	for _, notation := range []string{
		"constant(60ms)",
		"exponential(mean=1s)",
		"erlang(k=2, mean=1s)",
		"erlang(k=4, mean=1s)",
		"erlang(k=5, mean=1s)",
		"gamma(mean=1s, cv=0.5)",
		"gamma(mean=1s, cv=2)",
		"lognormal(mean=1s, cv=1.5)",
		"weibull(shape=0.7, mean=1s)",
		"pareto(shape=2.5, mean=1s)",
		"hyperexponential(mean=1s, cv=3)",
		"uniform(10ms, 50ms)",
		"normal(mean=1s, sd=0.1s)",
		"quantiles(0: 1ms, 0.01: 2ms, 0.25: 10ms, 0.5: 20ms, 0.75: 50ms, 0.99: 300ms, 1: 2s)",
		"empirical(durations.csv)",
		"shifted(20ms, exponential(mean=5ms))",
		"mixture(0.9: exponential(mean=1s), 0.1: exponential(mean=9s))",
	} {
		b.Run(notation, func(b *testing.B) {
			d, err := Parser{Dir: "testdata"}.Parse(notation)
			require.NoError(b, err)
			g := random.Stream(1, 0, random.Service)
			block := make([]float64, 256)
			b.ReportAllocs()
			for b.Loop() {
				d.Fill(&g, block)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(block)), "ns/draw")
		})
	}
}

// BenchmarkSource measures the gaps of each arrival process.
func BenchmarkSource(b *testing.B) {
	for _, notation := range []string{
		"poisson(rate=1/s)",
		"constant(rate=3/s)",
		"renewal(gamma(mean=1s, cv=2))",
		"mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])",
		"daily(mean=2/s, peak=3, period=24h)",
		"daily(mean=2/s, peak=100, period=24h)",
		"daily(mean=1/d, peak=3, period=1h)",
		"steps(rates=[1/s, 5/s], at=[5m])",
		"steps(rates=[1/s, 5/s], at=[5m], period=10m)",
		"rates(rates.csv, every=1m, period=4m)",
		"superpose(poisson(rate=1/s), poisson(rate=5/s))",
		"batch(poisson(rate=1/s), size=5)",
	} {
		b.Run(notation, func(b *testing.B) {
			a, err := Parser{Dir: "testdata"}.ParseArrivals(notation)
			require.NoError(b, err)
			source, err := a.Start(random.Stream(1, 0, random.Arrivals))
			require.NoError(b, err)
			gaps := make([]int64, 256)
			b.ReportAllocs()
			for b.Loop() {
				if n, _ := source.Fill(gaps, nil); n < len(gaps) { // 292 years are over
					b.StopTimer()
					source, _ = a.Start(random.Stream(1, b.N, random.Arrivals))
					b.StartTimer()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(gaps)), "ns/gap")
		})
	}
}

// BenchmarkTrace measures the reading of rows, with microsecond times as in the public traces, from
// a file in the page cache.
func BenchmarkTrace(b *testing.B) {
	const rows = 1_000_000
	for _, columns := range []int{1, 2} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			name := filepath.Join(b.TempDir(), "trace.csv")
			file, err := os.Create(name)
			require.NoError(b, err)
			w := bufio.NewWriter(file)
			for i := range rows {
				fmt.Fprintf(w, "%d.%06d", i/10, i%10*100_000+i%100_000)
				if columns == 2 {
					fmt.Fprintf(w, ",0.%06d", i)
				}
				fmt.Fprintln(w)
			}
			require.NoError(b, w.Flush())
			require.NoError(b, file.Close())
			gaps, services := make([]int64, 256), make([]int64, 256)
			b.ReportAllocs()
			for b.Loop() {
				source, err := Trace{File: name}.Start(random.Generator{})
				require.NoError(b, err)
				read := 0
				for {
					n, err := source.Fill(gaps, services)
					require.NoError(b, err)
					read += n
					if n < len(gaps) {
						break
					}
				}
				require.Equal(b, rows, read)
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
