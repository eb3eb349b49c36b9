package loop

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATournamentFindsTheSmallestKey(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 0))
		tour := Tournament{Turns: seed%2 == 0}
		keys, turns := map[uint32]int64{}, map[uint32]int{}
		for turn := range 500 {
			number, key := rng.Uint32N(1+uint32(turn)/3), rng.Int64N(6)
			if key == 0 {
				key = math.MaxInt64
			}
			tour.Set(number, key)
			keys[number] = key
			if tour.Turns {
				turns[number] = turn
			}
			best, found := uint32(0), int64(math.MaxInt64)
			for n := range uint32(500) {
				k, ok := keys[n]
				if ok && (k < found || k == found && k < math.MaxInt64 && turns[n] < turns[best]) {
					best, found = n, k
				}
			}
			got, least := tour.Best()
			require.Equal(t, found, least)
			if least < math.MaxInt64 {
				require.Equal(t, best, got, "seed %d, turn %d", seed, turn)
			}
		}
	}
}
