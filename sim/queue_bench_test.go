package sim

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"faaslab/sim/random"
)

// BenchmarkQueue holds the queue at a fixed depth: each operation pops the
// first event and pushes one an exponential time later.
func BenchmarkQueue(b *testing.B) {
	for _, depth := range []int{4, 16, 32, 40, 48, 64, 256, 1024, 4 << 10, 128 << 10} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			g := random.Stream(1, 0, "benchmark")
			gaps := make([]float64, 1<<18)
			g.Exponentials(gaps, 1e9)
			var q Queue
			for i := range depth {
				q.Push(Time(gaps[i&(len(gaps)-1)]), 0, uint32(i))
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				e := q.Pop()
				q.Push(e.Time+Time(gaps[i&(len(gaps)-1)]), 0, e.Payload())
				i++
			}
		})
	}
}

// BenchmarkQueueSpread shows that no spread of 4096 pending events makes an event cost much more
// than the usual one.
func BenchmarkQueueSpread(b *testing.B) {
	for name, gap := range gaps {
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 0))
			spread := make([]Time, 1<<16)
			for i := range spread {
				spread[i] = gap(i, rng.Float64())
			}
			var q Queue
			for i := range 4096 {
				q.Push(spread[i], 0, uint32(i))
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				e := q.Pop()
				q.Push(e.Time.Plus(spread[i&(len(spread)-1)])%Never, 0, e.Payload())
				i++
			}
		})
	}
}
