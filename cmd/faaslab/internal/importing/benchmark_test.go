package importing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
)

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }

// BenchmarkImport imports half a million lines of a log, with the fits.
func BenchmarkImport(b *testing.B) {
	for _, c := range []struct {
		format string
		header string
		line   func(i int) string
	}{
		{"lambda", "", func(i int) string {
			return fmt.Sprintf("2023-11-14T22:%02d:%02d.%03dZ 2023/11/14/[$LATEST]0123456789abcdef0123456789ab%04x REPORT RequestId: 3a63cea6-0000-4000-8000-%012x\tDuration: %d.25 ms\tBilled Duration: %d ms\tMemory Size: 512 MB\tMax Memory Used: 74 MB\t\n",
				i/60000%60, i/1000%60, i%1000, i%100, i, i%50, i%50+1)
		}},
		{"csv", "time,duration,cold\n", func(i int) string {
			return fmt.Sprintf("%d.%03d,0.%04d,%v\n", 1700000000+i/1000, i%1000, i%1000, i%100 == 0)
		}},
	} {
		b.Run(c.format, func(b *testing.B) {
			const lines = 500_000
			var text bytes.Buffer
			text.WriteString(c.header)
			for i := range lines {
				text.WriteString(c.line(i))
			}
			in := Input{Name: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil }}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Import(context.Background(), []Input{in}, Options{Format: c.format, Create: func(string) (io.WriteCloser, error) { return discard{}, nil }}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
		})
	}
}
