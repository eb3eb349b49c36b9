package stats

import (
	"math"
	"math/rand/v2"
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
