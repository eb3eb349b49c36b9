package dist

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/random"
)

// A labelled arrival is one of a superposition.
type labelled struct {
	at      int64
	service int64
	stream  uint8
}

// labelledOf returns the first n arrivals of a superposition, or all if it ends before, requested in
// uneven portions.
func labelledOf(t *testing.T, parser Parser, notation string, seed uint64, n int) (all []labelled) {
	a, err := parser.ParseArrivals(notation)
	require.NoError(t, err)
	source, err := a.Start(random.Stream(seed, 0, random.Arrivals))
	require.NoError(t, err)
	path, ok := source.(StreamSource)
	require.True(t, ok)
	now := int64(0)
	for portion := 1; len(all) < n; portion = (portion*5 + 3) % 1000 {
		gaps, services, streams := make([]int64, min(portion, n-len(all))), make([]int64, portion), make([]uint8, portion)
		got, err := path.FillStreams(gaps, services, streams)
		require.NoError(t, err)
		for i := range got {
			now += gaps[i]
			all = append(all, labelled{now, services[i], streams[i]})
		}
		if got < len(gaps) {
			got, err := path.FillStreams(make([]int64, 5), services, streams)
			require.NoError(t, err)
			require.Zero(t, got, "it goes on after its end")
			return all
		}
	}
	return all
}

// of returns the moments of one stream.
func of(all []labelled, stream uint8) (at []int64) {
	for _, a := range all {
		if a.stream == stream {
			at = append(at, a.at)
		}
	}
	return at
}

// The first stream is what it is alone; a stream more, and other streams, change no arrival of a
// stream; Fill has the gaps of FillStreams.
func TestStreamsDoNotDisturbEachOther(t *testing.T) {
	const n = 20_000
	const a, b, c = "renewal(lognormal(mean=1s, cv=2))", "poisson(rate=2/s)", "batch(mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s]), size=3)"
	two := labelledOf(t, testFiles, "superpose("+a+", "+b+")", 3, n)
	three := labelledOf(t, testFiles, "superpose("+a+", "+b+", "+c+")", 3, n)
	other := labelledOf(t, testFiles, "superpose(constant(rate=5/s), "+b+")", 3, n)
	alone := moments(gapsOf(t, a, 3, n))
	for k, pair := range [][2][]int64{{of(two, 1), alone}, {of(three, 1), alone}, {of(two, 2), of(three, 2)}, {of(two, 2), of(other, 2)}} {
		both := min(len(pair[0]), len(pair[1]))
		require.Greater(t, both, 500)
		for i := range both {
			require.InDelta(t, pair[0][i], pair[1][i], 1, "pair %d, arrival %d; rounding depends on the lengths of blocks", k, i)
		}
	}
	assert.NotEqual(t, of(three, 2)[:100], moments(gapsOf(t, b, 3, 100)), "another generator than that of the first stream")
	times := func(all []labelled) (at []int64) {
		for _, a := range all {
			at = append(at, a.at)
		}
		return at
	}
	assert.Equal(t, times(three), moments(gapsOf(t, "superpose("+a+", "+b+", "+c+")", 3, n)))
}

// Within a superposition each generator is another one, also where the first stream is a
// superposition itself.
func TestNestedStreamsHaveGeneratorsOfTheirOwn(t *testing.T) {
	const p = "poisson(rate=1/s)"
	all := labelledOf(t, testFiles, "superpose(superpose("+p+", "+p+"), "+p+", superpose("+p+", "+p+"))", 3, 20_000)
	seen := map[int64]int{}
	for _, a := range all {
		if a.at < 1000e9 {
			seen[a.at]++
		}
	}
	for at, times := range seen {
		require.Equal(t, 1, times, "two arrivals at %d ns", at)
	}
	assert.Equal(t, []uint8{1, 2, 3}, slices.Compact(slices.Sorted(func(yield func(uint8) bool) {
		for _, a := range all {
			if !yield(a.stream) {
				return
			}
		}
	})), "the streams within a stream are not told apart")
}

// Poisson streams together are a Poisson process of the sum of their rates (gaps by
// Kolmogorov–Smirnov at 1 in a million), and the counts of each stream are Poisson and independent
// of those of the others: mean, variance and covariance at 5 standard errors.
func TestPoissonStreamsAreAPoissonProcess(t *testing.T) {
	const n, paths, window = 50_000, 20_000, 2.0
	gaps := gapsOf(t, "superpose(poisson(rate=1/s), poisson(rate=2/s), poisson(rate=30/m))", 1, n)
	slices.Sort(gaps)
	var distance float64
	for i, gap := range gaps {
		p := -math.Expm1(-3.5 * float64(gap) / 1e9)
		distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
	}
	assert.Less(t, distance, math.Sqrt(math.Log(2/1e-6)/2)/math.Sqrt(n))

	a, err := ParseArrivals("superpose(poisson(rate=1/s), poisson(rate=2/s), poisson(rate=30/m))")
	require.NoError(t, err)
	means := []float64{1 * window, 2 * window, 0.5 * window}
	var sum, squares, products [3]float64
	for i := range paths {
		source, err := a.Start(random.Stream(1, i, random.Arrivals))
		require.NoError(t, err)
		gaps, streams := make([]int64, 64), make([]uint8, 64)
		_, err = source.(StreamSource).FillStreams(gaps, nil, streams)
		require.NoError(t, err)
		var count [3]float64
		at := int64(0)
		for k, gap := range gaps {
			if at += gap; at < window*1e9 {
				count[streams[k]-1]++
			}
		}
		require.Greater(t, at, int64(window*1e9))
		for s, c := range count {
			next := (s + 1) % 3
			sum[s] += c
			squares[s] += (c - means[s]) * (c - means[s])
			products[s] += (c - means[s]) * (count[next] - means[next])
		}
	}
	for s, mean := range means {
		assert.InDelta(t, paths*mean, sum[s], 5*math.Sqrt(paths*mean), "stream %d", s+1)
		assert.InDelta(t, paths, squares[s]/mean, 5*math.Sqrt(paths*(2+1/mean)), "stream %d", s+1)
		assert.InDelta(t, 0, products[s], 5*math.Sqrt(paths*mean*means[(s+1)%3]), "streams %d and the next", s+1)
	}
}

// Each arrival of a superposition belongs to a stream with the probability of its rate,
// independently of when it comes.
func TestStreamsAreThinnedIndependently(t *testing.T) {
	const n = 50_000
	all := labelledOf(t, testFiles, "superpose(poisson(rate=3/s), poisson(rate=1/s))", 5, n)
	// Chi-square of independence, at 1 in a million: short and long gaps, and the stream before.
	var table [4][2]float64
	for i := 1; i < n; i++ {
		row := int(all[i-1].stream-1) * 2
		if float64(all[i].at-all[i-1].at) > math.Ln2/4*1e9 { // the median
			row++
		}
		table[row][all[i].stream-1]++
	}
	var chi float64
	for row := range table {
		total := table[row][0] + table[row][1]
		require.Greater(t, total, 1000.)
		for stream, p := range []float64{0.75, 0.25} {
			chi += (table[row][stream] - p*total) * (table[row][stream] - p*total) / (p * total)
		}
	}
	assert.Greater(t, distuv.ChiSquared{K: 4}.Survival(chi), 1e-6)
}

func TestSimultaneousArrivalsComeInTheOrderOfTheirStreams(t *testing.T) {
	all := labelledOf(t, testFiles, "superpose(constant(rate=1/s), constant(rate=2/s), batch(constant(rate=1/s), size=2))", 1, 10)
	assert.Equal(t, []labelled{{0.5e9, 0, 2}, {1e9, 0, 1}, {1e9, 0, 2}, {1e9, 0, 3}, {1e9, 0, 3},
		{1.5e9, 0, 2}, {2e9, 0, 1}, {2e9, 0, 2}, {2e9, 0, 3}, {2e9, 0, 3}}, all)
}

func TestABatchKeepsTheStreamOfItsArrival(t *testing.T) {
	all := labelledOf(t, testFiles, "batch(superpose(constant(rate=1/s), constant(rate=2/s)), size=300)", 1, 900)
	for i, a := range all {
		require.Equal(t, labelled{[]int64{0.5e9, 1e9, 1e9}[i/300], 0, []uint8{2, 1, 2}[i/300]}, a)
	}
	a, err := ParseArrivals("batch(superpose(constant(rate=1/s), constant(rate=2/s)), size=300)")
	require.NoError(t, err)
	assert.Equal(t, 2, Streams(a))
	assert.Zero(t, Streams(Batch{Poisson{1}, 2}))
}

// With traces the process ends with the last row of the longest, whatever the other streams have.
func TestASuperpositionEndsWithItsLongestTrace(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "short.csv"), []byte("0\n1.5\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "long.csv"), []byte("1\n3\n3\n"), 0o600))
	parser := Parser{Dir: dir}
	assert.Equal(t, []labelled{{0, 0, 2}, {1e9, 0, 1}, {1e9, 0, 3}, {1.5e9, 0, 2}, {2e9, 0, 1}, {3e9, 0, 1}, {3e9, 0, 3}, {3e9, 0, 3}},
		labelledOf(t, parser, "superpose(constant(rate=1/s), trace(short.csv), trace(long.csv))", 1, 100))
	assert.Equal(t, []labelled{{0, 0, 1}, {1e9, 0, 2}, {1.5e9, 0, 1}},
		labelledOf(t, parser, "superpose(trace(short.csv), constant(rate=1/s))", 1, 100))
	a, err := parser.ParseArrivals("superpose(constant(rate=1/s), superpose(trace(long.csv), trace(short.csv)))")
	require.NoError(t, err)
	assert.True(t, Finite(a))
	assert.Equal(t, []string{"long.csv", "short.csv"}, []string{Traces(a)[0].File, Traces(a)[1].File})
	assert.Equal(t, []string{"long.csv", "short.csv"}, Files(a))
	assert.True(t, math.IsNaN(a.Rate()))
	assert.False(t, Finite(Batch{Poisson{1}, 2}))
}

// Blocks end anywhere in traces of any length, and each trace is read to its end.
func TestStreamsOfAnyLengthAreMerged(t *testing.T) {
	dir := t.TempDir()
	for _, rows := range []int{1, 255, 256, 257, 1000} {
		var text []byte
		var want []labelled
		for i := range rows {
			text = fmt.Appendf(text, "%d.5,%d\n", i, i%7)
			want = append(want, labelled{int64(i)*1e9 + 5e8, int64(i%7) * 1e9, 1}, labelled{int64(i)*1e9 + 5e8, int64(i%7) * 1e9, 2})
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "t.csv"), text, 0o600))
		assert.Equal(t, want, labelledOf(t, Parser{Dir: dir}, "superpose(trace(t.csv), trace(t.csv))", 1, 3000), "%d rows", rows)
	}
}

// Service times come from the traces if every stream is a trace that has them.
func TestServicesOfAllStreamsOrOfNone(t *testing.T) {
	for notation, want := range map[string]bool{
		"superpose(trace(requests.csv), trace(requests.csv))":                                 true,
		"superpose(trace(requests.csv), superpose(trace(requests.csv), trace(requests.csv)))": true,
		"superpose(trace(requests.csv), trace(arrivals.csv))":                                 false,
		"superpose(trace(requests.csv), poisson(rate=1/s))":                                   false,
		"batch(poisson(rate=1/s), size=2)":                                                    false,
	} {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err)
		has, err := HasServices(a)
		require.NoError(t, err)
		assert.Equal(t, want, has, notation)
		if Streams(a) > 0 {
			first := slices.IndexFunc(labelledOf(t, testFiles, notation, 1, 100), func(a labelled) bool { return a.service > 0 })
			assert.Equal(t, want, first >= 0, notation)
		}
	}
	_, err := HasServices(Superpose{Streams: [MaxStreams]Arrivals{Trace{File: "gone.csv"}, Trace{File: "gone.csv"}}})
	assert.ErrorContains(t, err, "gone.csv")
	_, err = Superpose{Streams: [MaxStreams]Arrivals{Poisson{1}, Trace{File: "gone.csv"}}}.Start(random.Stream(1, 0, random.Arrivals))
	assert.ErrorContains(t, err, "gone.csv")
}

// An error in a row of a trace that was not read in advance comes with the arrival after which it
// stands.
func TestABrokenRowEndsASuperposition(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.csv"), []byte("1\n2\nx\n"), 0o600))
	source, err := Superpose{Streams: [MaxStreams]Arrivals{Regular{1}, Trace{File: "t.csv", Dir: dir}}}.Start(random.Stream(1, 0, random.Arrivals))
	require.NoError(t, err)
	_, err = source.Fill(make([]int64, 100), nil)
	assert.ErrorContains(t, err, `t.csv:3: the arrival time is "x"`)
}
