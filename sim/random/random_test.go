package random

import (
	"fmt"
	"math"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The statistical tests have fixed seeds; for a random seed, each would fail by chance with
// probability alpha.
const alpha = 1e-4

func TestUint64IsXoshiro256PlusPlus(t *testing.T) {
	// The outputs of the authors' C code from the state 1, 2, 3, 4.
	g := Generator{1, 2, 3, 4}
	for i, want := range []uint64{41943041, 58720359, 3588806011781223, 3591011842654386,
		9228616714210784205, 9973669472204895162, 14011001112246962877, 12406186145184390807,
		15849039046786891736, 10450023813501588000} {
		assert.Equal(t, want, g.Uint64(), "output %d", i)
	}
}

func TestMixIsTheFinalizerOfSplitMix64(t *testing.T) {
	// The first outputs of SplitMix64 from the state 1234567, as published with it.
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		increments := uint64(i + 1)
		assert.Equal(t, want, mix(1234567+goldenGamma*increments))
	}
}

func TestStreamsAreAFunctionOfTheirNameAndNothingElse(t *testing.T) {
	a, b := Stream(7, 3, Arrivals), Stream(7, 3, Arrivals)
	for range 100 {
		require.Equal(t, a.Uint64(), b.Uint64())
	}
	seen := map[uint64]string{}
	note := func(g Generator, name string) {
		first := g.Uint64()
		require.Empty(t, seen[first], "%s begins like another stream", name)
		seen[first] = name
	}
	for seed := range uint64(50) {
		for replication := range 50 {
			for _, purpose := range []Purpose{Arrivals, Service, Cold, Startup, Routing} {
				name := fmt.Sprint(seed, replication, purpose)
				note(Stream(seed, replication, purpose), name)
				note(NewFamily(seed, replication, purpose).Member(0), "family "+name)
			}
		}
	}
}

// Neighbouring names must give unrelated numbers: the correlation of two
// independent streams is about normal with standard deviation 1/√n.
func TestNeighbouringStreamsAreUncorrelated(t *testing.T) {
	const n = 100_000
	draw := func(g Generator) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = g.Float64()
		}
		return x
	}
	members := make([]float64, n)
	family := NewFamily(1, 0, Cold)
	for i := range members {
		g := family.Member(uint64(i))
		members[i] = g.Float64()
	}
	base := draw(Stream(1, 0, Arrivals))
	limit := distuv.UnitNormal.Quantile(1-alpha/2) / math.Sqrt(n)
	for name, x := range map[string][]float64{
		"next seed":        draw(Stream(2, 0, Arrivals)),
		"next replication": draw(Stream(1, 1, Arrivals)),
		"other purpose":    draw(Stream(1, 0, Service)),
		"family":           members,
	} {
		assert.Less(t, math.Abs(stat.Correlation(base, x, nil)), limit, name)
	}
	assert.Less(t, math.Abs(stat.Correlation(members[1:], members[:n-1], nil)), limit, "successive members of a family")
	assertKolmogorov(t, members, distuv.UnitUniform.CDF)
}

func TestVariatesFollowTheirLaws(t *testing.T) {
	const n = 1_000_000
	block := make([]float64, n)
	g := Stream(1, 0, "test")
	g.Exponentials(block, 2.5)
	assertKolmogorov(t, block, distuv.Exponential{Rate: 1 / 2.5}.CDF)
	for name, law := range map[string]struct {
		draw func() float64
		cdf  func(float64) float64
	}{
		"uniform":      {g.Float64, distuv.UnitUniform.CDF},
		"open uniform": {g.Open, distuv.UnitUniform.CDF},
		"exponential":  {g.Exponential, distuv.Exponential{Rate: 1}.CDF},
		"normal":       {g.Normal, distuv.UnitNormal.CDF},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range block {
				block[i] = law.draw()
			}
			assertKolmogorov(t, block, law.cdf)
		})
	}
}

// Different code draws beyond the ziggurats' last layer: one exponential in 2,200 exceeds 7.7, one
// normal in 3,800 exceeds 3.65.
func TestTailsAreAsHeavyAsTheyShouldBe(t *testing.T) {
	const n = 20_000_000
	g := Stream(2, 0, "tail")
	count := map[string]float64{}
	block := make([]float64, 1000)
	for range n / len(block) {
		g.Exponentials(block, 1)
		for _, x := range block {
			if x > exponentialEdge {
				count["exponential"]++
			}
			if x > exponentialEdge+2 {
				count["far exponential"]++
			}
			if z := g.Normal(); z > normalEdge {
				count["normal"]++
			} else if z < -normalEdge {
				count["negative normal"]++
			}
		}
	}
	for name, p := range map[string]float64{
		"exponential":     math.Exp(-exponentialEdge),
		"far exponential": math.Exp(-exponentialEdge - 2),
		"normal":          distuv.UnitNormal.Survival(normalEdge),
		"negative normal": distuv.UnitNormal.Survival(normalEdge),
	} {
		z := (count[name] - n*p) / math.Sqrt(n*p)
		assert.Less(t, math.Abs(z), distuv.UnitNormal.Quantile(1-alpha/2), "%s: %v of %v expected", name, count[name], n*p)
	}
}

func TestExponentialsEqualSingleDraws(t *testing.T) {
	a, b := Stream(3, 0, "a"), Stream(3, 0, "a")
	block := make([]float64, 10_000)
	a.Exponentials(block, 1)
	for _, x := range block {
		require.Equal(t, b.Exponential(), x)
	}
	require.Equal(t, a, b)
}

func TestIntNIsUniformAndRefusesAnEmptyRange(t *testing.T) {
	g := Stream(4, 0, "ints")
	for _, n := range []int{1, 2, 3, 7, 1000} {
		const draws = 200_000
		counts := make([]float64, n)
		for range draws {
			counts[g.IntN(n)]++
		}
		chi := 0.0
		for _, c := range counts {
			d := c - float64(draws)/float64(n)
			chi += d * d * float64(n) / draws
		}
		if n > 1 {
			assert.Less(t, chi, distuv.ChiSquared{K: float64(n - 1)}.Quantile(1-alpha), "n = %d", n)
		}
	}
	// A range so large that rejection matters: 2⁶⁴ is 8/3 of it, and without
	// rejection every third number would come in 2 of 8 draws.
	third := 0.0
	for range 100_000 {
		if g.IntN(3<<61)%3 == 2 {
			third++
		}
	}
	assert.Less(t, math.Abs(third/100_000-1.0/3), distuv.UnitNormal.Quantile(1-alpha/2)*math.Sqrt(2.0/9/100_000))
	assert.Panics(t, func() { g.IntN(0) })
}

func TestOpenNeverReachesItsEnds(t *testing.T) {
	// Its smallest and largest values, from bits that are all 0 and all 1.
	assert.Positive(t, 0.5*0x1p-52)
	assert.Less(t, (float64(uint64(math.MaxUint64)>>12)+0.5)*0x1p-52, 1.0)
}

// assertKolmogorov tests a sample against a law at the false-alarm rate alpha,
// by the asymptotic distribution of the Kolmogorov statistic.
func assertKolmogorov(t *testing.T, sample []float64, cdf func(float64) float64) {
	t.Helper()
	x := append([]float64(nil), sample...)
	sort.Float64s(x)
	n := float64(len(x))
	d := 0.0
	for i, v := range x {
		f := cdf(v)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	assert.Less(t, d, math.Sqrt(-math.Log(alpha/2)/2/n))
}

func BenchmarkGenerator(b *testing.B) {
	g := Stream(1, 0, "benchmark")
	block := make([]float64, 256)
	perDraw := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(block)), "ns/draw")
	}
	b.Run("exponentials", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Exponentials(block, 1)
		}
		perDraw(b)
	})
	for name, draw := range map[string]func() float64{"float64": g.Float64, "normal": g.Normal} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range block {
					block[i] = draw()
				}
			}
			perDraw(b)
		})
	}
	b.Run("family", func(b *testing.B) {
		family := NewFamily(1, 0, Cold)
		b.ReportAllocs()
		for i := uint64(0); b.Loop(); i++ {
			member := family.Member(i)
			block[0] = member.Float64()
		}
	})
}
