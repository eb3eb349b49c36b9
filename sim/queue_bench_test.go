package sim

import (
	"fmt"
	"testing"

	"faaslab/sim/random"
)

// BenchmarkQueue holds the queue at a fixed depth: each operation pops the
// first event and pushes one an exponential time later.
func BenchmarkQueue(b *testing.B) {
	for _, depth := range []int{4, 32, 256, 4 << 10, 128 << 10} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			g := random.Stream(1, 0, "benchmark")
			gaps := make([]float64, 1<<12)
			g.Exponentials(gaps, 1e9)
			var q Queue[uint32]
			for i := range depth {
				q.Push(Time(gaps[i&(len(gaps)-1)]), 0, uint32(i))
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				e := q.Pop()
				q.Push(e.Time+Time(gaps[i&(len(gaps)-1)]), 0, e.Payload)
				i++
			}
		})
	}
}
