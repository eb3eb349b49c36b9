package dist

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/random"
	"faaslab/sim/tests"
)

// lawCases is the table of the law-suite. A new distribution joins it with an oracle of its own.
var lawCases = []struct {
	notation string
	oracle   oracle
	heavy    bool // the eighth moment is huge, so a sample variance says nothing
}{
	{"constant(60ms)", constantOracle(0.06), false},
	{"constant(0s)", constantOracle(0), false},
	{"exponential(mean=1.5288s)", gonum(distuv.Exponential{Rate: 1 / 1.5288}), false},
	{"exponential(mean=1ns)", gonum(distuv.Exponential{Rate: 1e9}), false},
	{"erlang(k=1, mean=1s)", gammaOracle(1, 1), false},
	{"erlang(k=3, mean=1s)", gammaOracle(3, 3), false},
	{"erlang(k=4, mean=200ms)", gammaOracle(4, 20), false},
	{"erlang(k=5, mean=1s)", gammaOracle(5, 5), false},
	{"erlang(k=500, mean=1s)", gammaOracle(500, 500), false},
	{"gamma(mean=1s, cv=0.01)", gammaOracle(1e4, 1e4), false},
	{"gamma(mean=1s, cv=0.5)", gammaOracle(4, 4), false},
	{"gamma(mean=3s, cv=0.9)", gammaOracle(1/0.81, 1/0.81/3), false},
	{"gamma(mean=1s, cv=1)", gammaOracle(1, 1), false},
	{"gamma(mean=1s, cv=1.1)", gammaOracle(1/1.21, 1/1.21), false},
	{"gamma(mean=1s, cv=2)", gammaOracle(0.25, 0.25), false},
	{"gamma(mean=1s, cv=10)", gammaOracle(0.01, 0.01), true},
	{"lognormal(mean=1s, cv=0.1)", lognormalOracle(1, 0.1), false},
	{"lognormal(mean=70ms, cv=0.5)", lognormalOracle(0.07, 0.5), false},
	{"lognormal(mean=1s, cv=1.5)", lognormalOracle(1, 1.5), true},
	{"lognormal(mean=1s, cv=100)", lognormalOracle(1, 100), true},
	{"weibull(shape=0.1, mean=1s)", weibullOracle(0.1, 1), true},
	{"weibull(shape=0.7, mean=1s)", weibullOracle(0.7, 1), false},
	{"weibull(shape=1, mean=2s)", weibullOracle(1, 2), false},
	{"weibull(shape=3, mean=1s)", weibullOracle(3, 1), false},
	{"weibull(shape=100, mean=1s)", weibullOracle(100, 1), false},
	{"pareto(shape=1.001, mean=1s)", paretoOracle(1.001, 1), true},
	{"pareto(shape=2, mean=1s)", paretoOracle(2, 1), true},
	{"pareto(shape=2.5, mean=1s)", paretoOracle(2.5, 1), true},
	{"pareto(shape=20, mean=1s)", paretoOracle(20, 1), false},
	{"hyperexponential(mean=1s, cv=1)", gonum(distuv.Exponential{Rate: 1}), false},
	{"hyperexponential(mean=1s, cv=3)", hyperOracle(1, 3), false},
	{"hyperexponential(mean=10m, cv=30)", hyperOracle(600, 30), true},
	{"uniform(0s, 1s)", gonum(distuv.Uniform{Min: 0, Max: 1}), false},
	{"uniform(10ms, 50ms)", gonum(distuv.Uniform{Min: 0.01, Max: 0.05}), false},
	{"normal(mean=1s, sd=0.1s)", truncatedOracle(1, 0.1), false},
	{"normal(mean=1s, sd=1s)", truncatedOracle(1, 1), false},
	{"normal(mean=0s, sd=1s)", truncatedOracle(0, 1), false},
	{"normal(mean=1s, sd=30s)", truncatedOracle(1, 30), false},
	{"quantiles(0: 1ms, 0.5: 20ms, 0.99: 300ms, 1: 2s)", quantilesOracle(0, 0.001, 0.5, 0.02, 0.99, 0.3, 1, 2), false},
	{"quantiles(0: 0s, 0.25: 0s, 0.5: 10ms, 0.9: 10ms, 0.901: 1s, 1: 1s)", quantilesOracle(0, 0, 0.25, 0, 0.5, 0.01, 0.9, 0.01, 0.901, 1, 1, 1), false},
	{"quantiles(0: 3s, 1: 3s)", constantOracle(3), false},
	{"shifted(20ms, exponential(mean=5ms))", shiftedOracle(0.02, gonum(distuv.Exponential{Rate: 200})), false},
	{"shifted(1s, shifted(0s, constant(1s)))", constantOracle(2), false},
	{"mixture(1: constant(1s))", constantOracle(1), false},
	{"mixture(0.9: exponential(mean=60ms), 0.1: uniform(1s, 2s))",
		mixtureOracle([]float64{0.9, 0.1}, gonum(distuv.Exponential{Rate: 1 / 0.06}), gonum(distuv.Uniform{Min: 1, Max: 2})), false},
	{"mixture(0.5: constant(1s), 0.25: gamma(mean=1s, cv=2), 0.25: mixture(0.5: constant(0s), 0.5: constant(3s)))",
		mixtureOracle([]float64{0.5, 0.25, 0.125, 0.125}, constantOracle(1), gammaOracle(0.25, 0.25), constantOracle(0), constantOracle(3)), false},
	{"empirical(durations.csv)", mixtureOracle(slices.Repeat([]float64{1. / 12}, 12),
		constantOracle(0.047), constantOracle(0.049), constantOracle(0.0501), constantOracle(0.052), constantOracle(0.052), constantOracle(0.052),
		constantOracle(0.055), constantOracle(0.058), constantOracle(0.061), constantOracle(0.066), constantOracle(0.12), constantOracle(1.35)), false},
}

var testFiles = Parser{Dir: "testdata"}

// each runs a test for every law of the table.
func each(t *testing.T, test func(t *testing.T, d Distribution, o oracle, heavy bool)) {
	for _, c := range lawCases {
		t.Run(c.notation, func(t *testing.T) {
			d, err := testFiles.Parse(c.notation)
			require.NoError(t, err)
			test(t, d, c.oracle, c.heavy)
		})
	}
}

// probabilities reach into both tails.
var probabilities = []float64{1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9}

func TestMomentsAreThoseOfTheOracle(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, o oracle, _ bool) {
		mean, variance := d.Moments()
		assert.InDelta(t, o.mean, mean, 1e-9*o.mean)
		if math.IsInf(o.variance, 1) {
			assert.Equal(t, o.variance, variance)
		} else {
			// Cancellation in gonum and in the sums allows no better.
			assert.InDelta(t, o.variance, variance, 1e-9*(o.variance+1e-4*o.mean*o.mean))
		}
	})
}

func TestCDFIsThatOfTheOracle(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, o oracle, _ bool) {
		for _, p := range probabilities {
			x := d.Quantile(p)
			for _, x := range []float64{x * 0.999, x * 1.001} { // beside the atoms
				want := o.cdf(x)
				// 1e-9 relative in the lower tail; a sum of terms of size 1 cannot be more exact
				// than 1e-14 absolute.
				assert.InDelta(t, want, d.CDF(x), 1e-9*want+1e-14, "x = %g", x)
			}
		}
		assert.Zero(t, d.CDF(-1))
		assert.Equal(t, 1.0, d.CDF(math.Inf(1)))
	})
}

func TestQuantileIsTheSmallestPointThatReachesP(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		last := d.Quantile(0)
		assert.GreaterOrEqual(t, last, 0.0)
		for _, p := range probabilities {
			x := d.Quantile(p)
			assert.GreaterOrEqual(t, x, last, "quantiles rise with p")
			last = x
			if x < 1e-300 {
				continue // the law's own underflow
			}
			// One rounding of x may be a large part of its distance to the lower end of the
			// support.
			slack := 1e-12*p + 1e-11*(1-p)*p
			assert.GreaterOrEqual(t, d.CDF(x*(1+4e-16)), p-slack, "p = %g, x = %g", p, x)
			if d.CDF(x*(1-1e-6)) > p+slack {
				assert.Fail(t, "a smaller point reaches p", "p = %g, x = %g", p, x)
			}
		}
		assert.GreaterOrEqual(t, d.Quantile(1), last)
		for _, p := range []float64{-1, 1.5, math.NaN()} {
			assert.Panics(t, func() { d.Quantile(p) })
		}
	})
}

// draws per law; a standard error is then at most about 1 %.
const draws = 50_000

func sample(d Distribution, n int) []float64 {
	g := random.Stream(1, 0, random.Service)
	x := make([]float64, n)
	for rest := x; len(rest) > 0; rest = rest[min(256, len(rest)):] {
		d.Fill(&g, rest[:min(256, len(rest))])
	}
	return x
}

// The seed is fixed. For a random seed, each comparison of a correct sampler would fail with a
// probability of about 1 in a million (5 standard errors, and the quantile of Kolmogorov's law), so
// the suite with less than 1 in 5,000.
func TestDrawsHaveTheMomentsAndTheCDF(t *testing.T) {
	tests.Slow(t)
	const standardErrors = 5
	kolmogorov := math.Sqrt(math.Log(2/1e-6)/2) / math.Sqrt(draws) // leading term of Kolmogorov's series
	each(t, func(t *testing.T, d Distribution, o oracle, heavy bool) {
		x := sample(d, draws)
		var sum, squares, fourths float64
		for _, v := range x {
			require.True(t, v >= 0 && v <= math.MaxFloat64, "a draw of %g", v)
			sum += v
		}
		mean := sum / draws
		for _, v := range x {
			square := (v - mean) * (v - mean)
			squares += square
			fourths += square * square
		}
		variance := squares / (draws - 1)
		if !heavy {
			assert.InDelta(t, o.mean, mean, standardErrors*math.Sqrt(variance/draws)+1e-12*mean)
			spread := math.Sqrt(math.Max(0, fourths/draws-variance*variance) / draws)
			assert.InDelta(t, o.variance, variance, standardErrors*spread+1e-12*mean*mean)
		}

		slices.Sort(x)
		var distance float64
		for from := 0; from < draws; {
			to := from
			for to < draws && x[to] == x[from] {
				to++
			}
			below := d.CDF(math.Nextafter(x[from], -1)) // P(X < x), needed at atoms
			distance = max(distance, math.Abs(float64(to)/draws-d.CDF(x[from])), math.Abs(float64(from)/draws-below))
			from = to
		}
		assert.Less(t, distance, kolmogorov)
	})
}

// Slightly wrong constants in the gamma sampler would hardly show in a thousand draws; four million
// draws show a mean that is 0.2 % off. At a shape of 1, its d is 2/3. False alarms: 5 standard
// errors.
func TestTheGammaSamplerIsExactToTheDigits(t *testing.T) {
	const n = 4_000_000
	for _, shape := range []float64{1, 1.5} {
		g := random.Stream(1, 0, random.Service)
		block := make([]float64, n)
		fillGamma(&g, block, shape, 1)
		sum, distance := 0.0, 0.0
		for _, v := range block {
			sum += v
		}
		assert.InDelta(t, shape, sum/n, 5*math.Sqrt(shape/n), "mean of shape %v", shape)
		for _, at := range []float64{0.5, 1, 2} {
			below := 0
			for _, v := range block {
				if v <= at {
					below++
				}
			}
			distance = max(distance, math.Abs(float64(below)/n-gammaCDF(shape, at)))
		}
		assert.Less(t, distance, 5*0.5/math.Sqrt(n), "CDF of shape %v", shape)
	}
}

// The position of a draw in its block is independent of its part: of two draws from different
// parts, each is first equally often, at 5 standard errors.
func TestTheDrawsOfAMixtureAreInNoOrder(t *testing.T) {
	law := Mixture{Parts: [MaxParts]Part{{0.5, Constant{1}}, {0.5, Constant{2}}}}
	g := random.Stream(1, 0, random.Service)
	first, different := 0, 0.0
	for range 10_000 {
		var block [2]float64
		if law.Fill(&g, block[:]); block[0] != block[1] {
			different++
			first += int(block[0]) - 1
		}
	}
	assert.InDelta(t, 5000, different, 5*50)
	assert.InDelta(t, different/2, float64(first), 5*math.Sqrt(different)/2)
}

// A draw is the quantile of a uniform draw of the same stream, and no larger than the largest value.
func TestTheDrawsOfQuantilesAreQuantilesOfUniformDraws(t *testing.T) {
	var points []QuantilePoint
	for i := range MaxPoints {
		p := float64(i) / (MaxPoints - 1)
		points = append(points, QuantilePoint{p, 0.1 + math.Floor(p*40)*p})
	}
	law, err := NewQuantiles(points)
	require.NoError(t, err)
	a, b := random.Stream(3, 0, random.Service), random.Stream(3, 0, random.Service)
	block := make([]float64, 20_000)
	law.Fill(&a, block)
	for _, x := range block {
		u := b.Float64()
		require.InDelta(t, law.Quantile(u), x, 1e-12)
		require.LessOrEqual(t, x, law.Quantile(1))
	}
	assert.Equal(t, a, b, "one uniform draw each")
}

func TestDrawsDoNotDependOnWhoHoldsTheGenerator(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		a, b := random.Stream(7, 0, random.Service), random.Stream(7, 0, random.Service)
		first, again := make([]float64, 256), make([]float64, 256)
		for range 3 { // the generator moves on between blocks
			d.Fill(&a, first)
			d.Fill(&b, again)
			assert.Equal(t, first, again)
		}
		if _, variance := d.Moments(); variance > 0 {
			d.Fill(&b, again)
			assert.NotEqual(t, first, again)
		}
	})
}

// Multiplying every duration in a notation by 4 multiplies every draw and every quantile by 4. A
// power of 2 makes this almost free of rounding.
func TestScalingTheDurationsScalesTheLaw(t *testing.T) {
	const factor = 4
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		if _, inFile := d.(Empirical); inFile {
			t.Skip("the durations are in a file")
		}
		scaled, err := Parse(scaleAll(t, d.String(), factor))
		require.NoError(t, err)
		mean, variance := d.Moments()
		scaledMean, scaledVariance := scaled.Moments()
		assert.InDelta(t, mean*factor, scaledMean, 1e-12*scaledMean)
		if !math.IsInf(variance, 1) {
			assert.InDelta(t, variance*factor*factor, scaledVariance, 1e-9*scaledVariance)
		}
		x, y := sample(d, 512), sample(scaled, 512)
		for i := range x {
			require.InDelta(t, x[i]*factor, y[i], 1e-12*y[i])
		}
		for _, p := range probabilities {
			assert.InDelta(t, d.Quantile(p)*factor, scaled.Quantile(p), 1e-8*scaled.Quantile(p))
		}
	})
}

// scaleAll multiplies every duration of a notation.
func scaleAll(t *testing.T, notation string, factor float64) string {
	settings, err := parameters(notation)
	require.NoError(t, err)
	for i := len(settings) - 1; i >= 0; i-- { // from the end, so that offsets stay right
		if at := settings[i]; at.kind == duration {
			seconds, err := ParseDuration(at.term.text)
			require.NoError(t, err)
			notation, err = at.replace(notation, FormatDuration(seconds*factor))
			require.NoError(t, err)
		}
	}
	return notation
}

func TestDistributionsReadBackFromTheirNotation(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		again, err := testFiles.Parse(d.String())
		require.NoError(t, err)
		assert.True(t, d == again, "%v and %v", d, again)
	})
}

func TestFillAllocatesNothing(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		g := random.Stream(1, 0, random.Service)
		block := make([]float64, 256)
		assert.Zero(t, testing.AllocsPerRun(20, func() { d.Fill(&g, block) }))
	})
}

func TestFillPanicsOnFieldsOutsideTheirDomain(t *testing.T) {
	nan := math.NaN()
	for _, d := range []Distribution{
		Constant{-1}, Exponential{}, Exponential{-1}, Exponential{nan}, Erlang{0, 1}, Gamma{1, 0}, Gamma{0, 1},
		Lognormal{1, -1}, Weibull{0, 1}, Pareto{1, 1}, Hyperexponential{1, 0.5}, Uniform{2, 1}, Uniform{-1, 1},
		Normal{-1, 1}, Normal{1, 0}, Quantiles{}, Shifted{-1, Constant{1}}, Mixture{}, Mixture{[MaxParts]Part{{0, Constant{1}}}},
	} {
		g := random.Stream(1, 0, random.Service)
		assert.Panics(t, func() { d.Fill(&g, make([]float64, 1)) }, "%#v", d)
	}
}
