package loop

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALineIsADoubleEndedQueue(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var l Line[int]
		var want []int
		for i := range 2000 {
			// It grows for a while and shrinks for a while, from one end more than from the other.
			switch kind := rng.IntN(100); {
			case len(want) == 0 || kind < 60-40*(i/500%2):
				l.PushBack(i)
				want = append(want, i)
			case kind%10 < int(seed%10):
				require.Equal(t, want[0], l.PopFront())
				want = want[1:]
			default:
				require.Equal(t, want[len(want)-1], l.PopBack())
				want = want[:len(want)-1]
			}
			require.Equal(t, len(want), l.Len())
			if len(want) > 0 {
				require.Equal(t, want[0], *l.Front())
				k := rng.IntN(len(want))
				require.Equal(t, want[k], *l.At(k))
			}
		}
		require.LessOrEqual(t, len(l.items), 4096, "room that items left is used again")
	}
}
