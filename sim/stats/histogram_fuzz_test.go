package stats

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// After any operations on histograms and their copies, in any order, each histogram holds the bins
// of its own spans, and no copy shares anything with its original. Two bytes are a step: the
// operation, and which two of three histograms it applies to.
func FuzzHistogram(f *testing.F) {
	f.Add([]byte{0, 0, 3, 1, 0, 1, 3, 2, 0, 0, 6, 0})
	f.Add([]byte{0, 0, 3, 1, 5, 1, 0, 1, 6, 1, 1, 4, 2, 4, 4, 0})
	f.Add([]byte{0, 0, 0, 0, 1, 1, 3, 5, 0, 5, 2, 5, 3, 9, 6, 9})
	f.Add([]byte{0, 0, 7, 1, 0, 0, 7, 1, 7, 1, 8, 1, 7, 5, 8, 5, 3, 9, 7, 9, 1, 9}) // gathered in compact ones
	f.Add([]byte{8, 0, 8, 1, 7, 1, 7, 1, 3, 5, 7, 5, 2, 5, 4, 0, 7, 0, 7, 0})
	f.Fuzz(func(t *testing.T, steps []byte) {
		rng := rand.New(rand.NewPCG(uint64(len(steps)), 4))
		var histograms [3]Histogram
		var counts [3]map[int]int64 // by bin
		for i := range counts {
			counts[i] = map[int]int64{}
		}
		count := func(to, from map[int]int64, sign int64) {
			for bin, n := range from {
				if to[bin] += sign * n; to[bin] == 0 {
					delete(to, bin)
				}
			}
		}
		for ; len(steps) >= 2; steps = steps[2:] {
			i, j := int(steps[1])%3, int(steps[1])/3%3
			h, other := &histograms[i], &histograms[j]
			switch steps[0] % 9 {
			case 0:
				for range 1 + rng.IntN(300) {
					v := sim.Time(rng.Int64N(1 << rng.IntN(62)))
					h.Add(v)
					counts[i][binOf(v)]++
				}
			case 1:
				if i != j {
					h.Merge(other)
					count(counts[i], counts[j], 1)
				}
			case 2:
				if i != j {
					h.Merge(other)
					h.Subtract(other)
				}
			case 3:
				histograms[i] = other.Compact()
				copied := map[int]int64{}
				count(copied, counts[j], 1)
				counts[i] = copied
			case 4:
				h.Quantile(0.5)
			case 5:
				h.Clear()
				clear(counts[i])
			case 6:
				h.FractionAbove(rng.Float64())
			case 7:
				if i != j {
					h.Gather(other)
					count(counts[i], counts[j], 1)
				}
			case 8: // sometimes more spans than one entry holds, or than entries are kept for
				n, v := rng.Int64N(1<<rng.IntN(30)), sim.Time(rng.Int64N(1<<rng.IntN(62)))
				h.AddTimes(n, v)
				if n > 0 {
					counts[i][binOf(v)] += n
				}
			}
		}
		for i := range histograms {
			// Read a copy, so that the others do not change.
			c := histograms[i].Compact()
			c.expand()
			total, seen := int64(0), map[int]int64{}
			for at, n := range c.bins {
				if total += n; n != 0 {
					seen[c.base+at] = n
				}
			}
			require.Equal(t, counts[i], seen)
			require.Equal(t, total, histograms[i].Count())
		}
	})
}
