package autoscaler

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlacesAreASet(t *testing.T) {
	for seed := range uint64(10) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var s places
		var want []uint32 // in order
		most := uint32([]int{5, 64, 300, 20_000}[rng.IntN(4)])
		for range 1000 {
			i := rng.Uint32N(most)
			at, found := slices.BinarySearch(want, i)
			switch {
			case !found && (len(want) == 0 || rng.IntN(3) > 0):
				s.add(i)
				want = slices.Insert(want, at, i)
			case len(want) > 0:
				i = want[rng.IntN(len(want))]
				s.remove(i)
				at, _ = slices.BinarySearch(want, i)
				want = slices.Delete(want, at, at+1)
			}
			if len(want) == 0 {
				require.Equal(t, none, s.first())
				continue
			}
			require.Equal(t, want[0], s.first())
			k := rng.IntN(len(want))
			require.Equal(t, want[k], s.nth(k))
			from := rng.Uint32N(most + 200)
			at, _ = slices.BinarySearch(want, from)
			require.Equal(t, want[at%len(want)], s.from(from), "from %d", from)
		}
	}
}
