package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

func quantile(h *Histogram, p float64) float64 {
	value, _ := h.Quantile(p)
	return value
}

func TestQuantilesAreWithinTheirStatedError(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() sim.Time{
		"exponential":     func() sim.Time { return sim.Time(rng.ExpFloat64() * 1.5e9) },
		"heavy-tailed":    func() sim.Time { return sim.FromSeconds(math.Exp(3 * rng.NormFloat64())) },
		"whole nanos":     func() sim.Time { return sim.Time(rng.IntN(3000)) },
		"two far apart":   func() sim.Time { return []sim.Time{5, sim.Never - 1}[rng.IntN(2)] },
		"always the same": func() sim.Time { return 60_000_000 },
	} {
		t.Run(name, func(t *testing.T) {
			var h Histogram
			var values []sim.Time
			for range 20_001 {
				v := draw()
				h.Add(v)
				values = append(values, v)
			}
			slices.Sort(values)
			for _, p := range []float64{0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.9999, 1} {
				rank := p * float64(len(values))
				exact := values[max(int(math.Ceil(rank)), 1)-1].Seconds()
				value, width := h.Quantile(p)
				assert.InDelta(t, exact, value, width+0.5e-9, "p = %v", p)
				assert.LessOrEqual(t, width, exact*RelativeError+0.5e-9, "p = %v", p)
			}
			x := values[len(values)*3/4].Seconds()
			slower := 0
			near := 0 // values too near to x for the bin to tell them apart
			for _, v := range values {
				if v.Seconds() > x {
					slower++
				}
				if math.Abs(v.Seconds()-x) <= x*RelativeError {
					near++
				}
			}
			assert.InDelta(t, float64(slower)/20_001, h.FractionAbove(x), float64(near)/20_001)
			assert.Equal(t, 0.0, h.FractionAbove(1e12))
			assert.Equal(t, 1.0, h.FractionAbove(-1))
		})
	}
	assert.LessOrEqual(t, RelativeError, 0.001)
}

// Quantile and FractionAbove both take spans as spread evenly within a bin, so each is the inverse
// of the other.
func TestTheFractionAboveIsTheInverseOfTheQuantile(t *testing.T) {
	var h Histogram
	h.Add(3000)
	h.AddTimes(8, 4096) // in the bin from 4096 to 4100 ns
	h.Add(9000)
	for ns, want := range map[float64]float64{4096: 0.9, 4097: 0.7, 4098: 0.5, 4099: 0.3, 4100: 0.1} {
		assert.InDelta(t, want, h.FractionAbove(ns/1e9), 1e-9, "%v ns", ns)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		h.Add(sim.Time(rng.ExpFloat64() * 1.5e9))
	}
	for p := 0.01; p < 1; p += 0.0137 { // never a whole rank, where the next bin may be as good
		x, _ := h.Quantile(p)
		assert.InDelta(t, 1-p, h.FractionAbove(x), 1e-9, "p = %v", p)
	}
}

// Merging a compact copy equals merging the histogram, also after a Subtract, which leaves the
// recorded range wider than the values.
func TestCompactCopiesAreMergedAsTheHistogramIs(t *testing.T) {
	compact := func(h *Histogram) *Histogram {
		c := h.Compact()
		return &c
	}
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var wide, narrow, whole Histogram
		for range 1 + rng.IntN(50) {
			wide.Add(sim.Time(rng.Int64N(1 << rng.IntN(62))))
			narrow.Add(sim.Time(1_000_000 + rng.Int64N(1_000_000)))
		}
		whole.Merge(compact(&wide))
		whole.Merge(compact(&narrow))
		whole.Subtract(compact(&wide))
		for range 3 { // copies of copies
			var again Histogram
			again.Merge(compact(&whole))
			require.Equal(t, narrow.Count(), again.Count())
			for _, p := range []float64{0.1, 0.5, 0.9} {
				require.InEpsilon(t, quantile(&narrow, p), quantile(&again, p), RelativeError, "seed %d", seed)
			}
			whole = again
		}
		narrow.Clear()
		empty := narrow.Compact()
		require.Zero(t, empty.Count())
	}
}

func TestConstantResponsesHaveExactQuantiles(t *testing.T) {
	var h Histogram
	for range 10 {
		h.Add(60_000_000)
	}
	assert.Equal(t, 0.06, quantile(&h, 0.99))
	assert.Equal(t, 0.06, quantile(&h, 0.5))
}

func TestBinsAreContiguousAndNarrow(t *testing.T) {
	for _, v := range []sim.Time{0, 1, 1023, 1024, 2047, 2048, 2049, 4095, 4096, 1e9, math.MaxInt64} {
		bin := binOf(v)
		assert.LessOrEqual(t, lowest(bin), float64(v))
		assert.GreaterOrEqual(t, lowest(bin+1), float64(v))
		assert.LessOrEqual(t, lowest(bin+1)-lowest(bin), max(1, float64(v)*RelativeError))
		if v > 0 {
			assert.LessOrEqual(t, bin-binOf(v-1), 1)
		}
	}
}

// The p-quantile of n values is the first value with a fraction p of the values up to it: at a
// whole rank, the value of this rank and not the next.
func TestAQuantileAtAWholeRankIsTheValueOfThatRank(t *testing.T) {
	var h Histogram
	for _, v := range []sim.Time{10, 20, 30, 40} {
		h.Add(v)
	}
	for p, want := range map[float64]float64{0.25: 10, 0.5: 20, 0.75: 30, 1: 40, 0.26: 20, 0.51: 30} {
		assert.InDelta(t, want*1e-9, quantile(&h, p), 1e-15, "p = %v", p)
		assert.Equal(t, binOf(sim.Time(want)), h.binAt(4*p))
	}
}

// Spans longer than a limit are counted to the nanosecond, and a span equal to the limit is not
// longer: also in copies, and after merging, subtracting and clearing.
func TestWhatIsLongerThanALimitIsCountedExactly(t *testing.T) {
	limits := []sim.Time{1_000_000_000, 0, 1_000_000_001, 1_000_000_000}
	rng := rand.New(rand.NewPCG(5, 6))
	draw := func() sim.Time {
		return []sim.Time{0, 999_999_999, 1_000_000_000, 1_000_000_001, 1_000_500_000}[rng.IntN(5)]
	}
	above := func(values []sim.Time, limit sim.Time) (n int64) {
		for _, v := range values {
			if v > limit {
				n++
			}
		}
		return n
	}
	var h, other, whole Histogram
	h.Limit(limits...)
	other.Limit(limits...)
	var values, others []sim.Time
	for range 1000 { // some of them are not in bins yet
		v, w := draw(), draw()
		h.Add(v)
		other.Add(w)
		values, others = append(values, v), append(others, w)
	}
	h.AddTimes(7, 1_000_000_001)
	values = append(values, slices.Repeat([]sim.Time{1_000_000_001}, 7)...)
	both := slices.Concat(values, others)
	compact, counted := h.Compact(), h.Counted()
	whole.Merge(&compact)
	whole.Merge(&other)
	for _, limit := range limits {
		assert.Equal(t, above(values, limit), h.Above(limit))
		assert.Equal(t, above(values, limit), compact.Above(limit))
		assert.Equal(t, above(values, limit), counted.Above(limit))
		assert.Equal(t, above(both, limit), whole.Above(limit))
	}
	assert.Zero(t, counted.Count())
	whole.Subtract(&compact)
	h.Clear()
	for _, limit := range limits {
		assert.Equal(t, above(others, limit), whole.Above(limit))
		assert.Zero(t, h.Above(limit), "nothing is left")
		assert.Equal(t, above(values, limit), compact.Above(limit), "a copy is independent")
		assert.Equal(t, above(values, limit), counted.Above(limit))
	}
	assert.Panics(t, func() { h.Above(2) }, "nobody asked")
	assert.Panics(t, func() { other.Limit(2) }, "it is too late")
	assert.Panics(t, func() { whole.Merge(&Histogram{}) }, "which has other limits")
}

// AddTimes(n, v) equals n times Add(v).
func TestManySpansAreCountedAtOnce(t *testing.T) {
	for name, v := range map[string]sim.Time{"0": 0, "the least": 5, "the most": sim.Never - 1, "the same": 3_000_000} {
		var one, many Histogram
		for range 300 {
			one.Add(3_000_000)
			many.Add(3_000_000)
		}
		bare := many.Compact()
		for range 200 {
			one.Add(v)
		}
		many.AddTimes(200, v)
		many.AddTimes(0, 7)
		bare.AddTimes(200, v)
		var only Histogram
		only.AddTimes(500, v)
		for _, p := range []float64{0, 0.3, 0.5, 0.7, 1} {
			assert.Equal(t, quantile(&one, p), quantile(&many, p), "%s, p = %v", name, p)
			assert.Equal(t, quantile(&one, p), quantile(&bare, p), "%s, compact, p = %v", name, p)
			assert.Equal(t, v.Seconds(), quantile(&only, p))
		}
		assert.Equal(t, int64(500), many.Count())
		assert.Equal(t, int64(500), bare.Count())
	}
}
