package stats

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"faaslab/sim"
)

func TestTallyAgreesWithTwoPassesAndMergesToOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, offset := range []float64{0, 1e9} { // 1e9: naive sums of squares lose everything
		var whole, left, right, empty Tally
		var values []float64
		for i := range 1000 {
			x := offset + rng.NormFloat64()
			values = append(values, x)
			whole.Add(x)
			if i < 137 {
				left.Add(x)
			} else {
				right.Add(x)
			}
		}
		left.Merge(right)
		left.Merge(empty)
		empty.Merge(left)
		for _, tally := range []Tally{whole, left, empty} {
			assert.Equal(t, 1000, tally.Count())
			assert.InEpsilon(t, stat.Mean(values, nil), tally.Mean()+1e-300, 1e-12)
			// The bound of Welford's recursion: n·ε·κ, κ = √(1 + mean²/variance)
			// (Chan, Golub and LeVeque, The American Statistician 1983).
			bound := 1000 * 0x1p-52 * math.Hypot(1, offset)
			assert.InEpsilon(t, stat.Variance(values, nil), tally.Variance(), bound)
		}
	}
	var none Tally
	assert.True(t, math.IsNaN(none.Mean()))
	none.Add(3)
	assert.Equal(t, 3.0, none.Mean())
	assert.True(t, math.IsNaN(none.Variance()))
}

// path is a step function written down: count[i] holds from at[i] to at[i+1].
type path struct {
	at    []sim.Time
	count []int
}

func randomPath(rng *rand.Rand, steps int) (p path) {
	at, count := sim.Time(0), 0
	for range steps {
		p.at, p.count = append(p.at, at), append(p.count, count)
		at += sim.Time(rng.Int64N(5)) * sim.Time(rng.Int64N(1e9)) // 0 too: several steps at once
		count = max(0, count+rng.IntN(7)-3)
	}
	p.at = append(p.at, at)
	return p
}

// spent returns the time with each count between from and to.
func (p path) spent(from, to sim.Time) map[int]sim.Time {
	spent := map[int]sim.Time{}
	for i, count := range p.count {
		if span := min(p.at[i+1], to) - max(p.at[i], from); span > 0 {
			spent[count] += span
		}
	}
	return spent
}

func TestTimeInStateAndIntegralAreThePathsOwn(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := randomPath(rng, 200)
		end := p.at[len(p.at)-1]
		cut := rng.IntN(len(p.count)-2) + 1
		from := p.at[cut]
		states, integral := NewTimeInState(0), Integral{}
		for i := 1; i < len(p.count); i++ {
			states.Set(p.at[i], p.count[i])
			integral.Set(p.at[i], p.count[i])
			if i == cut {
				states.Restart(from)
				integral.Restart(from)
			}
		}
		states.Close(end)
		integral.Close(end)
		area := 0.0
		for count, span := range p.spent(from, end) {
			area += float64(count) * span.Seconds()
			require.InDelta(t, span.Seconds()/(end-from).Seconds(), states.Probabilities()[count], 1e-15)
		}
		require.Equal(t, end-from, states.Total(), "the time in all states adds up to the period")
		require.Equal(t, end-from, integral.Total())
		require.InEpsilon(t, area/(end-from).Seconds(), states.Mean(), 1e-12)
		require.InEpsilon(t, states.Mean(), integral.Mean(), 1e-15)
		states.Close(end)
		require.Equal(t, end-from, states.Total(), "closing twice counts nothing twice")
	}
}

func quantile(h *Histogram, p float64) float64 {
	value, _ := h.Quantile(p)
	return value
}

func TestNothingObservedIsNaN(t *testing.T) {
	states, integral, histogram := NewTimeInState(3), Integral{}, Histogram{}
	assert.True(t, math.IsNaN(states.Mean()))
	assert.Nil(t, states.Probabilities())
	assert.True(t, math.IsNaN(integral.Mean()))
	assert.True(t, math.IsNaN(quantile(&histogram, 0.5)))
	assert.True(t, math.IsNaN(histogram.FractionAbove(1)))
}

// Merging the observations of two periods, in either order, must equal observing both in
// one pass, to the last bit, and subtracting one must leave the other.
func TestMergingEqualsOnePassAndSubtractingUndoesIt(t *testing.T) {
	type observed struct {
		states    TimeInState
		integral  Integral
		histogram Histogram
		sum       Sum
	}
	observe := func(rng *rand.Rand, o *observed, at sim.Time) (end sim.Time) {
		for range 300 {
			at += sim.Time(rng.Int64N(1 << rng.IntN(50)))
			count := rng.IntN(40)
			o.states.Set(at, count)
			o.integral.Set(at, count)
			v := sim.Time(rng.Int64N(1 << rng.IntN(62)))
			o.histogram.Add(v)
			o.sum.Add(v)
		}
		o.states.Set(at, 0) // where the other period begins
		o.integral.Set(at, 0)
		return at
	}
	numbers := func(o *observed) []any {
		return []any{o.states.Probabilities(), o.states.Mean(), o.states.Total(), o.integral.Mean(), o.integral.Total(),
			o.sum, o.histogram.Count(), quantile(&o.histogram, 0.01), quantile(&o.histogram, 0.5), quantile(&o.histogram, 0.999),
			o.histogram.FractionAbove(1e-3), o.histogram.FractionAbove(10)}
	}
	fresh := func() *observed { return &observed{states: NewTimeInState(0)} }
	for seed := range uint64(30) {
		a, b, onePass := fresh(), fresh(), fresh()
		observe(rand.New(rand.NewPCG(seed, 0)), a, 0)
		observe(rand.New(rand.NewPCG(seed, 1)), b, 0)

		end := observe(rand.New(rand.NewPCG(seed, 0)), onePass, 0)
		observe(rand.New(rand.NewPCG(seed, 1)), onePass, end)

		merge := func(parts ...*observed) *observed {
			m := &observed{}
			for _, p := range parts {
				m.states.Merge(p.states)
				m.integral.Merge(p.integral)
				m.histogram.Merge(&p.histogram)
				m.sum.Merge(p.sum)
			}
			return m
		}
		require.Equal(t, numbers(onePass), numbers(merge(a, b)), "seed %d", seed)
		require.Equal(t, numbers(onePass), numbers(merge(b, a)), "seed %d", seed)

		rest := merge(a, b)
		rest.states.Subtract(b.states)
		rest.integral.Subtract(b.integral)
		rest.histogram.Subtract(&b.histogram)
		rest.sum.Subtract(b.sum)
		require.Equal(t, a.sum, rest.sum)
		require.Equal(t, a.states.Probabilities(), rest.states.Probabilities())
		require.Equal(t, a.integral.Mean(), rest.integral.Mean())
		require.Equal(t, a.histogram.Count(), rest.histogram.Count())
		// The range stays as wide as both; inside it the bins are a's again.
		require.InEpsilon(t, quantile(&a.histogram, 0.5)+1e-12, quantile(&rest.histogram, 0.5)+1e-12, RelativeError)
	}
}

// A reduced observation has the mean and the total of the whole observation to the last bit, alone
// or merged with others, reduced or not.
func TestReducedTimeInStateKeepsTheMean(t *testing.T) {
	observe := func(seed uint64) TimeInState {
		rng := rand.New(rand.NewPCG(seed, 2))
		states := NewTimeInState(0)
		at := sim.Time(0)
		for range 200 {
			at += sim.Time(rng.Int64N(1e9))
			states.Set(at, rng.IntN(1000))
		}
		states.Close(at + 1)
		return states
	}
	a, b := observe(1), observe(2)
	var whole, mixed TimeInState
	whole.Merge(a)
	whole.Merge(b)
	mixed.Merge(a.Reduced())
	mixed.Merge(b)
	assert.Equal(t, whole.Mean(), mixed.Mean())
	assert.Equal(t, whole.Total(), mixed.Total())
	mixed.Subtract(b.Reduced())
	assert.Equal(t, a.Mean(), mixed.Mean())
	assert.Equal(t, a.Total(), mixed.Total())
	mixed.Restart(0)
	assert.Zero(t, mixed.Total())
}

func TestSumsAreExactBeyond64Bits(t *testing.T) {
	var s, twice Sum
	for range 1000 {
		s.Add(sim.Never)
	}
	twice.AddTimes(1000, sim.Never)
	assert.Equal(t, twice, s)
	assert.InEpsilon(t, 1000*float64(math.MaxInt64)/1e9, s.Seconds(), 1e-15)
	s.Subtract(twice)
	assert.Equal(t, Sum{}, s)
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

func TestNothingIsAllocatedPerObservation(t *testing.T) {
	states, integral, histogram, sum := NewTimeInState(10), Integral{}, Histogram{}, Sum{}
	histogram.Add(1e9)
	at, occupancy := sim.Time(0), NewOccupancy(0, 0)
	occupancy.Create(0)
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		at += 7
		occupancy.Free(at)
		occupancy.Expire(at)
		occupancy.Create(at)
		states.Set(at, int(at%10))
		integral.Set(at, int(at%10))
		histogram.Add(1e9 + at)
		sum.Add(at)
	}))
}

func TestTheIntervalIsStudents(t *testing.T) {
	var tally Tally
	for _, x := range []float64{1, 2, 3, 4} {
		tally.Add(x)
	}
	e := tally.Estimate()
	assert.Equal(t, 2.5, e.Mean)
	assert.Equal(t, 4, e.N)
	// t(0.975, 3) = 3.182446 from tables, standard deviation √(5/3).
	assert.InDelta(t, 3.182446*math.Sqrt(5.0/3)/2, e.HalfWidth, 1e-6)
}

// Upper limits at 97.5 % of the mean of few events, from the table of Garwood (Biometrika 1936).
func TestFewEventsHaveTheirExactLimit(t *testing.T) {
	for events, upper := range map[int64]float64{0: 3.689, 1: 5.572, 2: 7.225, 5: 11.668, 10: 18.390, 20: 30.888} {
		assert.InDelta(t, upper-float64(events), 1000*RareHalfWidth(events, 1000), 5e-4, "%d events", events)
	}
	assert.InDelta(t, 3.689, Unseen, 5e-4)
	assert.Equal(t, 0.5, RareHalfWidth(1, 2), "no probability is above 1")
	assert.Zero(t, RareHalfWidth(3, 2))
}

func TestPseudoValuesOfAMeanAreTheValues(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5}
	var without []float64
	for i := range values {
		rest := slices.Delete(slices.Clone(values), i, i+1)
		without = append(without, stat.Mean(rest, nil))
	}
	assert.InDeltaSlice(t, values, PseudoValues(stat.Mean(values, nil), without), 1e-12)
}

// The interval of a ratio must cover it in 95 % of all experiments, though its
// parts are skewed and correlated. False alarms: 4 standard deviations of the count.
func TestTheJackknifeIntervalCoversARatio(t *testing.T) {
	const replications, repeats = 16, 4000
	rng := rand.New(rand.NewPCG(3, 0))
	covered := 0.0
	for range repeats {
		var x, y [replications]float64
		sumX, sumY := 0.0, 0.0
		for i := range x {
			for range 20 {
				e := rng.ExpFloat64()
				y[i] += e
				x[i] += 2*e + rng.NormFloat64() // E[x]/E[y] = 2
			}
			sumX, sumY = sumX+x[i], sumY+y[i]
		}
		var without []float64
		for i := range x {
			without = append(without, (sumX-x[i])/(sumY-y[i]))
		}
		whole := sumX / sumY
		e := Jackknife(whole, PseudoValues(whole, without))
		assert.Equal(t, whole, e.Mean)
		if math.Abs(e.Mean-2) <= e.HalfWidth {
			covered++
		}
	}
	assert.InDelta(t, 0.95, covered/repeats, 4*math.Sqrt(0.95*0.05/repeats))
}

func TestWhatDoesNotExistIsNull(t *testing.T) {
	text, err := json.Marshal([]Estimate{
		Jackknife(math.NaN(), PseudoValues(math.NaN(), []float64{1, 2})),
		Jackknife(5, PseudoValues(5, []float64{1, math.NaN()})),
		Jackknife(5, PseudoValues(5, []float64{5, 5})),
	})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"mean":null,"half_width":null},{"mean":5,"half_width":null},{"mean":5,"half_width":0}]`, string(text))
}

func BenchmarkEstimators(b *testing.B) {
	values := make([]sim.Time, 4096)
	rng := rand.New(rand.NewPCG(1, 0))
	for i := range values {
		values[i] = sim.Time(rng.ExpFloat64() * 1e9)
	}
	run := func(name string, observe func(i int, v sim.Time)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				observe(i, values[i&4095])
			}
		})
	}
	states, integral, histogram, sum, tally := NewTimeInState(64), Integral{}, Histogram{}, Sum{}, Tally{}
	occupancy := NewOccupancy(64, 0)
	at := sim.Time(0)
	run("time in state", func(i int, v sim.Time) { at++; states.Set(at, i&63) })
	run("occupancy", func(i int, v sim.Time) {
		at++
		if i&64 == 0 {
			occupancy.Begin(at)
		} else {
			occupancy.Free(at)
		}
	})
	at = 0
	run("integral", func(i int, v sim.Time) { at++; integral.Set(at, i&63) })
	run("histogram", func(i int, v sim.Time) { histogram.Add(v) })
	run("sum", func(i int, v sim.Time) { sum.Add(v) })
	run("tally", func(i int, v sim.Time) { tally.Add(float64(v)) })
}

// The definition, computed the slow way.
func TestMSER5MinimisesTheVarianceOfTheMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 50 {
		y := make([]float64, 20+rng.IntN(300))
		for i := range y {
			y[i] = 5*math.Exp(-float64(i)/30) + rng.NormFloat64()
		}
		n := len(y) / 5
		batches := make([]float64, n)
		for k := range batches {
			batches[k] = stat.Mean(y[5*k:5*k+5], nil)
		}
		best, least := 0, math.Inf(1)
		for d := 0; d <= n/2; d++ {
			rest := batches[d:]
			mean := stat.Mean(rest, nil)
			squares := 0.0
			for _, b := range rest {
				squares += (b - mean) * (b - mean)
			}
			if v := squares / float64(len(rest)*len(rest)); v < least {
				best, least = d, v
			}
		}
		deleted, found := MSER5(y)
		assert.Equal(t, 5*best, deleted)
		assert.Equal(t, best < n/2, found)
	}
}

func TestMSER5AtTheEndsOfItsRange(t *testing.T) {
	deleted, found := MSER5(nil)
	assert.Zero(t, deleted)
	assert.False(t, found)

	constant := slices.Repeat([]float64{3}, 100)
	deleted, found = MSER5(constant)
	assert.Zero(t, deleted, "nothing need be deleted")
	assert.True(t, found)

	step := slices.Concat(slices.Repeat([]float64{0}, 40), slices.Repeat([]float64{1}, 160))
	deleted, found = MSER5(step)
	assert.Equal(t, 40, deleted)
	assert.True(t, found)

	trend := make([]float64, 200)
	for i := range trend {
		trend[i] = float64(i)
	}
	_, found = MSER5(trend)
	assert.False(t, found, "no end is seen")
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
