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

var processCases = []string{
	"poisson(rate=1/s)",
	"poisson(rate=10000000/s)",
	"constant(rate=3/s)",
	"renewal(gamma(mean=1s, cv=2))",
	"renewal(mixture(0.5: constant(1s), 0.5: erlang(k=2, mean=1s)))",
	"mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])",
	"mmpp(rates=[0/s, 7/m, 100/s], sojourns=[1s, 60s, 100ms])",
	"daily(mean=2/s, peak=3, period=24h)",
	"daily(mean=2/s, peak=1, period=60s)",
	"daily(mean=1/m, peak=30, period=2m)",
	"steps(rates=[1/s, 5/s], at=[5m])",
	"steps(rates=[0/s, 7/s, 0/s, 2/s], at=[100ms, 10s, 60s])",
	"steps(rates=[0/s, 3/s, 1/s, 0/s], at=[5s, 30s, 59s], period=60s)",
	"rates(rates.csv, every=10s)",
	"rates(rates.csv, every=15s, period=60s)",
	"rates(requests-per-minute.csv, every=60s, period=5m)",
	"superpose(poisson(rate=1/s), constant(rate=7/m))",
	"superpose(daily(mean=2/s, peak=3, period=20s), steps(rates=[1/s, 3/s], at=[10s], period=30s), renewal(gamma(mean=1s, cv=2)))",
	"superpose(superpose(poisson(rate=1/s), poisson(rate=2/s)), batch(poisson(rate=1/s), size=2))",
	"batch(superpose(poisson(rate=1/s), poisson(rate=3/s)), size=3)",
	"batch(poisson(rate=1/s), size=5)",
	"batch(steps(rates=[3/s, 0.5/s], at=[20s]), size=4)",
	"batch(batch(constant(rate=1/m), size=2), size=300)",
}

// gapsOf returns the first n gaps of a process, requested in uneven portions.
func gapsOf(t *testing.T, notation string, seed uint64, n int) []int64 {
	a, err := testFiles.ParseArrivals(notation)
	require.NoError(t, err)
	source, err := a.Start(random.Stream(seed, 0, random.Arrivals))
	require.NoError(t, err)
	gaps := make([]int64, n)
	for at, portion := 0, 1; at < n; at, portion = at+portion, (portion*5+3)%1000 {
		portion = min(portion, n-at)
		got, err := source.Fill(gaps[at:at+portion], nil)
		require.NoError(t, err)
		require.Equal(t, portion, got)
	}
	return gaps
}

// moments returns the moments of arrival, in ns.
func moments(gaps []int64) []int64 {
	at := slices.Clone(gaps)
	for i := range at[1:] {
		at[i+1] += at[i]
	}
	return at
}

func TestProcessesReadBackFromTheirNotation(t *testing.T) {
	for _, notation := range append(processCases, "trace(arrivals.csv)", "trace(requests.csv)", "superpose(trace(arrivals.csv), poisson(rate=1/s))",
		"closed(users=50, think=exponential(mean=1s))") {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err)
		assert.Equal(t, notation, a.String())
		again, err := testFiles.ParseArrivals(a.String())
		require.NoError(t, err)
		assert.True(t, a == again, notation)
	}
}

func TestSourcesAllocateNothing(t *testing.T) {
	for _, notation := range processCases {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err)
		source, err := a.Start(random.Stream(1, 0, random.Arrivals))
		require.NoError(t, err)
		gaps := make([]int64, 256)
		assert.Zero(t, testing.AllocsPerRun(20, func() { _, err = source.Fill(gaps, nil) }), notation)
	}
}

// The count of arrivals in equal windows has the mean rate·window. The windows are long enough that
// their counts are almost independent, and the tolerance is 5 standard errors estimated from them:
// for a random seed, each process would fail with probability below 1e-5 (Student's t with 63
// degrees of freedom).
func TestTheRateHoldsOverALongPath(t *testing.T) {
	for _, notation := range processCases {
		t.Run(notation, func(t *testing.T) {
			const n, windows = 300_000, 64
			a, err := testFiles.ParseArrivals(notation)
			require.NoError(t, err)
			at := moments(gapsOf(t, notation, 1, n))
			width := float64(at[n-1]) / 1e9 / windows
			if period := a.Pattern().Period; width > period && period > 0 {
				width = math.Floor(width/period) * period // the same phase in each window
			} else if period > 0 {
				t.Skip("a period outlasts the window; the chi-square test covers it")
			}
			if b, ok := a.(Batch); ok {
				width -= math.Mod(width, 60) // whole batches of the regular case
				require.Greater(t, b.Size, 1)
			}
			var counts [windows]float64
			for _, ns := range at {
				if w := int((float64(ns)/1e9 - 1e-9) / width); w >= 0 && w < windows {
					counts[w]++
				}
			}
			var sum, squares float64
			for _, c := range counts {
				sum += c
			}
			mean := sum / windows
			for _, c := range counts {
				squares += (c - mean) * (c - mean)
			}
			assert.InDelta(t, a.Rate()*width, mean, 5*math.Sqrt(squares/(windows-1)/windows)+1)
		})
	}
}

// By Kolmogorov–Smirnov at 1 in a million.
func TestGapsOfPoissonAndRenewalHaveTheirLaw(t *testing.T) {
	const n = 50_000
	for notation, law := range map[string]Distribution{
		"poisson(rate=4/s)":                                      Exponential{0.25},
		"daily(mean=4/s, peak=1, period=60s)":                    Exponential{0.25},
		"mmpp(rates=[4/s, 4/s, 4/s], sojourns=[1s, 100ms, 60s])": Exponential{0.25},
		"mmpp(rates=[4/s, 4/s], sojourns=[50ms, 100ms])":         Exponential{0.25}, // most gaps span several states
		"renewal(lognormal(mean=1s, cv=1.5))":                    Lognormal{1, 1.5},
		"renewal(erlang(k=2, mean=1m))":                          Erlang{2, 60},
	} {
		gaps := gapsOf(t, notation, 1, n)
		slices.Sort(gaps)
		var distance float64
		for i, gap := range gaps {
			p := law.CDF(float64(gap) / 1e9)
			distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
		}
		assert.Less(t, distance, math.Sqrt(math.Log(2/1e-6)/2)/math.Sqrt(n), notation)
	}
}

// The k-th arrival is at k/rate, rounded, also after a billion arrivals.
func TestRegularArrivalsNeverDrift(t *testing.T) {
	for rate, want := range map[string]func(k int64) int64{
		"3/s":   func(k int64) int64 { return int64(math.Round(float64(k%3)*1e9/3)) + k/3*1e9 },
		"0.1/s": func(k int64) int64 { return k * 1e10 },
		"7/ms":  func(k int64) int64 { return int64(math.Round(float64(k%7)*1e6/7)) + k/7*1e6 },
		"1/m":   func(k int64) int64 { return k * 6e10 },
	} {
		at := moments(gapsOf(t, "constant(rate="+rate+")", 1, 100_000))
		for i, ns := range at {
			require.Equal(t, want(int64(i+1)), ns, "%s, arrival %d", rate, i+1)
		}
	}
	// Further out by arithmetic: each of a billion gaps is whole + rest/denom.
	source, err := Regular{3}.Start(random.Generator{})
	require.NoError(t, err)
	p := source.(*regularPath)
	assert.Equal(t, [3]uint64{333333333, 1, 3}, [3]uint64{uint64(p.whole), p.rest, p.denom})
}

func TestRoundingToNanosecondsDoesNotDrift(t *testing.T) {
	// 1/3 s is no whole number of nanoseconds; rounding each gap would lose
	// 0.33 ns each time.
	const n = 3_000_000
	at := moments(gapsOf(t, "renewal(constant(333.3333333333333ms))", 1, n))
	assert.InDelta(t, n/3*1e9, at[n-1], 2)
	// A rate near the clock's resolution keeps its mean, too: 5 standard errors.
	at = moments(gapsOf(t, "poisson(rate=1e7/s)", 1, n))
	assert.InEpsilon(t, n*100., at[n-1], 5/math.Sqrt(n))
}

func TestAPathEndsWhereVirtualTimeDoes(t *testing.T) {
	tests.Slow(t)
	for _, notation := range []string{
		"poisson(rate=1/d)", "constant(rate=1/d)", "renewal(lognormal(mean=1d, cv=3))",
		"mmpp(rates=[0/s, 1/d], sojourns=[1d, 1d])", "daily(mean=1/d, peak=3, period=1d)", "steps(rates=[0/s, 1/d], at=[1d])", "batch(poisson(rate=1/d), size=3)",
		"superpose(poisson(rate=1/d), constant(rate=1/d))", "steps(rates=[0/s, 1/d], at=[1d], period=3d)", "rates(requests-per-minute.csv, every=2000d, period=10000d)",
	} {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err, notation)
		source, err := a.Start(random.Stream(1, 0, random.Arrivals))
		require.NoError(t, err)
		gaps := make([]int64, 1_000_000) // 292 years are 106,751 days
		n, err := source.Fill(gaps, nil)
		require.NoError(t, err)
		assert.Less(t, n, len(gaps), notation)
		for _, ns := range moments(gaps[:n]) {
			require.GreaterOrEqual(t, ns, int64(0), "an overflow")
		}
		n, err = source.Fill(gaps, nil)
		require.NoError(t, err)
		assert.Zero(t, n, "%s goes on after its end", notation)
	}
}

func TestBatchesArriveTogether(t *testing.T) {
	inner := gapsOf(t, "poisson(rate=1/s)", 3, 1000)
	for i, gap := range gapsOf(t, "batch(poisson(rate=1/s), size=5)", 3, 5000) {
		if i%5 == 0 {
			require.Equal(t, inner[i/5], gap)
		} else {
			require.Zero(t, gap)
		}
	}
}

// The index of dispersion of a two-state MMPP's counts in a window w (Heffes and
// Lucantoni, IEEE JSAC 1986): with switching rates a and b out of the states
// of rates λ and μ,
//
//	1 + 2ab(λ−μ)²/((a+b)²(λb+μa)) · (1 − (1−exp(−(a+b)w))/((a+b)w)).
//
// Mean and variance of the counts of independent paths are compared at 5
// standard errors each; the first also shows that a path starts stationary.
func TestMMPPHasItsIndexOfDispersion(t *testing.T) {
	const paths = 20_000
	const a, b, lambda, mu = 1 / 6., 1 / 2., 2.0, 20.0
	m := MMPP{States: [MaxStates]State{{lambda, 1 / a}, {mu, 1 / b}}}
	for _, window := range []float64{0.5, 3, 12} {
		var count [paths]float64
		gaps := make([]int64, 64)
		for i := range count {
			source, err := m.Start(random.Stream(1, i, random.Arrivals))
			require.NoError(t, err)
			for left := int64(window * 1e9); left >= 0; {
				n, err := source.Fill(gaps, nil)
				require.NoError(t, err)
				for _, gap := range gaps[:n] {
					if left -= gap; left < 0 {
						break
					}
					count[i]++
				}
			}
		}
		var sum, squares, fourths float64
		for _, c := range count {
			sum += c
		}
		for _, c := range count {
			d2 := (c - sum/paths) * (c - sum/paths)
			squares += d2
			fourths += d2 * d2
		}
		mean, variance := sum/paths, squares/(paths-1)
		wantMean := (lambda*b + mu*a) / (a + b) * window
		s := (a + b) * window
		index := 1 + 2*a*b*(lambda-mu)*(lambda-mu)/((a+b)*(a+b)*(lambda*b+mu*a))*(1-(1-math.Exp(-s))/s)
		assert.InDelta(t, wantMean, mean, 5*math.Sqrt(variance/paths))
		assert.InDelta(t, wantMean*index, variance, 5*math.Sqrt((fourths/paths-variance*variance)/paths), "window %g", window)
	}
}

// Chi-square over bins of the phase against the integral of the rate, at 1 in
// a million a case. The integral is a fine trapezoidal sum of the formula in
// Daily's documentation, with I₀ by its power series (Abramowitz and Stegun, 9.6.10).
func TestDailyCountsFollowTheRate(t *testing.T) {
	for _, d := range []Daily{{2, 3, 600}, {100, 1.2, 60}, {0.01, 10, 60}, {50, 30, 30}, {5, 100, 10}} {
		const n, bins, steps = 200_000, 48, 400
		kappa := concentration(d.Peak)
		scaled := math.Exp(-kappa) // exp(−κ)I₀(κ), term by term in the exponent
		for k := 1.0; k < 3000; k++ {
			lg, _ := math.Lgamma(k + 1)
			scaled += math.Exp(2*(k*math.Log(kappa/2)-lg) - kappa)
		}
		assert.InEpsilon(t, d.Peak, 1/scaled, 1e-10, "κ of %v", d)

		var expected, counts [bins]float64
		for i := range bins * steps {
			x := (float64(i) + 0.5) / (bins * steps)
			expected[i/steps] += math.Exp(kappa*(math.Cos(2*math.Pi*(x-0.5))-1)) / scaled / (bins * steps) * n
		}
		for _, ns := range moments(gapsOf(t, d.String(), 1, n)) {
			counts[int(math.Mod(float64(ns)/1e9, d.Period)/d.Period*bins)]++
		}
		// Bins of fewer than 10 expected arrivals are pooled. The last period is cut short; with
		// many periods, its effect is lost in the noise.
		var chi, pooledWant, pooledGot float64
		degrees := -1.0
		for i := range counts {
			if expected[i] < 10 {
				pooledWant, pooledGot = pooledWant+expected[i], pooledGot+counts[i]
				continue
			}
			chi += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i]
			degrees++
		}
		if pooledWant > 10 {
			chi += (pooledGot - pooledWant) * (pooledGot - pooledWant) / pooledWant
			degrees++
		}
		p := distuv.ChiSquared{K: degrees}.Survival(chi)
		assert.Greater(t, p, 1e-6, "%v: chi-square %g at %g degrees", d, chi, degrees)
	}
}

// A Steps is a Poisson process of rate 1 in the time scale of the integral of its rate, wherever
// the levels begin (Kolmogorov–Smirnov at 1 in a million), and no request arrives in a level of
// rate 0.
func TestStepsAreAPoissonProcessInItsOwnTime(t *testing.T) {
	const n = 50_000
	for notation, levels := range map[string][]Level{
		"steps(rates=[4/s, 40/s], at=[1h])":                              {{0, 4}, {3600, 40}},
		"steps(rates=[100/s, 0/s, 1/s], at=[250s, 300s])":                {{0, 100}, {250, 0}, {300, 1}},
		"steps(rates=[0/s, 2/s, 3/s, 0.1/s], at=[1500ms, 700s, 10000s])": {{0, 0}, {1.5, 2}, {700, 3}, {10000, 0.1}},
	} {
		integral := func(at float64) (area float64) {
			for i, l := range levels {
				end := at
				if i+1 < len(levels) {
					end = min(end, levels[i+1].From)
				}
				area += l.PerSecond * max(0, end-l.From)
			}
			return area
		}
		gaps := make([]float64, 0, n)
		last, later := 0.0, 0
		for _, ns := range moments(gapsOf(t, notation, 1, n)) {
			at := float64(ns) / 1e9
			for i, l := range levels {
				if l.PerSecond == 0 && at > l.From+1e-9 {
					require.Greater(t, at, levels[i+1].From-1e-9, notation)
				}
			}
			if at > levels[len(levels)-1].From {
				later++
			}
			area := integral(at)
			gaps = append(gaps, area-last)
			last = area
		}
		require.Greater(t, later, 1000, "%s: the last level is seen, too", notation)
		require.Less(t, later, n-1000, "%s: and so are those before", notation)
		slices.Sort(gaps)
		var distance float64
		for i, gap := range gaps {
			p := -math.Expm1(-gap)
			distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
		}
		assert.Less(t, distance, math.Sqrt(math.Log(2/1e-6)/2)/math.Sqrt(n), notation)
	}
}

// The counts in windows are independent and Poisson: within a level, across a change of level, and
// across several. Over independent paths, the sum of the counts in a window is Poisson, too; the
// sum of (count − mean)²/mean has mean paths and variance paths·(2 + 1/mean); and the covariance of
// neighbours is 0. Each is compared at 5 standard errors.
func TestStepsHaveExactPoissonCounts(t *testing.T) {
	const paths = 20_000
	a, err := ParseArrivals("steps(rates=[2/s, 9/s, 0/s, 1/s], at=[3s, 5s, 6s])")
	require.NoError(t, err)
	edges := []float64{0, 1, 2.5, 3, 4, 5.5, 6, 8}
	means := []float64{2, 3, 1, 9, 9, 0, 2}
	counts := make([][]float64, len(means))
	gaps := make([]int64, 16)
	for i := range paths {
		source, err := a.Start(random.Stream(1, i, random.Arrivals))
		require.NoError(t, err)
		for w := range counts {
			counts[w] = append(counts[w], 0)
		}
		for at, end := int64(0), int64(edges[len(edges)-1]*1e9); at < end; {
			_, err := source.Fill(gaps, nil)
			require.NoError(t, err)
			for _, gap := range gaps {
				at += gap
				for w := range means {
					if s := float64(at) / 1e9; s >= edges[w] && s < edges[w+1] {
						counts[w][i]++
					}
				}
			}
		}
	}
	for w, mean := range means {
		var sum, dispersion, covariance float64
		for i, c := range counts[w] {
			sum += c
			dispersion += (c - mean) * (c - mean)
			if w > 0 {
				covariance += (c - mean) * (counts[w-1][i] - means[w-1])
			}
		}
		if mean == 0 {
			assert.Zero(t, sum)
			continue
		}
		assert.InDelta(t, paths*mean, sum, 5*math.Sqrt(paths*mean), "window %d", w)
		assert.InDelta(t, paths, dispersion/mean, 5*math.Sqrt(paths*(2+1/mean)), "window %d", w)
		if w > 0 {
			assert.InDelta(t, 0, covariance, 5*math.Sqrt(paths*mean*means[w-1])+1e-9, "windows %d and %d", w-1, w)
		}
	}
}

// Each arrival takes one draw: two paths of one seed have the same draws even if their first levels
// differ, so corresponding arrivals come at equal integrals of the rate.
func TestStepsOfOneSeedStayAligned(t *testing.T) {
	low := moments(gapsOf(t, "steps(rates=[1/s, 1/s], at=[100s])", 5, 1000))
	high := moments(gapsOf(t, "steps(rates=[1/s, 4/s], at=[100s])", 5, 1000))
	for i, ns := range low {
		want := ns
		if ns > 100e9 {
			want = 100e9 + (ns-100e9)/4
		}
		require.InDelta(t, want, high[i], 2)
	}
}

// Each minute of a day has as many arrivals as its rate says; the notation of the day reads back to
// an equal value.
func TestStepsMayBeTheMinutesOfADay(t *testing.T) {
	const minutes = 1440
	levels := make([]Level, minutes)
	for i := range levels {
		levels[i] = Level{From: 60 * float64(i), PerSecond: 2 + math.Sin(2*math.Pi*float64(i)/minutes)}
	}
	steps, err := NewSteps(levels)
	require.NoError(t, err)
	assert.Equal(t, levels, steps.Levels())
	assert.Equal(t, levels[minutes-1].PerSecond, steps.Rate())
	assert.Equal(t, 60.0*(minutes-1), steps.Pattern().LastChange)
	again, err := ParseArrivals(steps.String())
	require.NoError(t, err)
	assert.True(t, again == Arrivals(steps), "the notation reads back to an equal value")

	var chi float64
	counts := make([]float64, minutes)
	const days = 20
	for seed := range uint64(days) {
		for _, ns := range moments(gapsOf(t, steps.String(), seed, 190_000)) {
			if minute := ns / 60e9; minute < minutes {
				counts[minute]++
			}
		}
	}
	for i, n := range counts {
		expected := 60 * days * levels[i].PerSecond
		chi += (n - expected) * (n - expected) / expected
	}
	p := distuv.ChiSquared{K: minutes}.Survival(chi)
	assert.Greater(t, p, 1e-6)

	_, err = NewSteps([]Level{{From: 1, PerSecond: 1}, {From: 2, PerSecond: 1}})
	assert.ErrorContains(t, err, "begins at time 0, not at 1s")
	_, err = NewSteps(levels[:1])
	assert.ErrorContains(t, err, "poisson(rate=…)")
}
