package autoscaler

import (
	"math"
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

func TestATournamentFindsTheSmallestKey(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 0))
		tour := tournament{stable: seed%2 == 0}
		keys, turns := map[uint32]int64{}, map[uint32]int{}
		for turn := range 500 {
			number, key := rng.Uint32N(1+uint32(turn)/3), rng.Int64N(6)
			if key == 0 {
				key = math.MaxInt64
			}
			tour.set(number, key)
			keys[number] = key
			if !tour.stable {
				turns[number] = turn
			}
			best, found := uint32(0), int64(math.MaxInt64)
			for n := range uint32(500) {
				k, ok := keys[n]
				if ok && (k < found || k == found && k < math.MaxInt64 && turns[n] < turns[best]) {
					best, found = n, k
				}
			}
			got, least := tour.best()
			require.Equal(t, found, least)
			if least < math.MaxInt64 {
				require.Equal(t, best, got, "seed %d, turn %d", seed, turn)
			}
		}
	}
}
