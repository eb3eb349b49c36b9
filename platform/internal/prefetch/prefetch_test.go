package prefetch

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is asked for stays as it is, up to the end of the memory: a line after it may be none.
func TestPrefetchChangesNothing(t *testing.T) {
	for _, n := range []int{1, 7, 1 << 16} {
		list := make([]byte, n)
		for i := range list {
			list[i] = byte(i)
		}
		require.Zero(t, testing.AllocsPerRun(1, func() {
			for i := range list {
				Line(&list[i])
				Pair(&list[i])
			}
		}))
		for i, b := range list {
			require.Equal(t, byte(i), b)
		}
	}
}

var sink int // so that the walk is not left out

// A walk through more memory than the caches hold, in an order that only its indices tell, with and
// without what is needed 16 steps later asked for.
func BenchmarkWalk(b *testing.B) {
	type line [64]byte
	const n = 1 << 20
	list := make([]line, n)
	order := make([]uint32, n+16)
	x := uint32(1)
	for i := range order {
		x = x*1664525 + 1013904223
		order[i] = x >> 12
	}
	for _, ahead := range []bool{false, true} {
		b.Run(map[bool]string{false: "read", true: "prefetch"}[ahead], func(b *testing.B) {
			sum := 0
			for i := range b.N {
				k := i % n
				if ahead {
					Line(&list[order[k+16]])
				}
				for range 8 { // work that depends on it
					sum = sum*31 + int(list[(int(order[k])+sum&1)%n][0])
				}
			}
			sink = sum
		})
	}
}
