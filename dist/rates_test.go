package dist

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/random"
)

// A table with and without a period has the arrivals of the steps with the same rates: both are the
// same inversion of the integral of the rate.
func TestRatesAreTheStepsOfTheirRows(t *testing.T) {
	for rates, steps := range map[string]string{
		"rates(rates.csv, every=10s)":                         "steps(rates=[2/s, 0/s, 1.5/s, 3/s], at=[10s, 20s, 30s])",
		"rates(rates.csv, every=10s, period=40s)":             "steps(rates=[2/s, 0/s, 1.5/s, 3/s], at=[10s, 20s, 30s], period=40s)",
		"rates(requests-per-minute.csv, every=1m, period=5m)": "steps(rates=[60/m, 12.5/m, 0/s, 4/s, 0/s], at=[1m, 2m, 3m, 4m], period=5m)",
	} {
		a, err := testFiles.ParseArrivals(rates)
		require.NoError(t, err)
		b, err := testFiles.ParseArrivals(steps)
		require.NoError(t, err)
		assert.InEpsilon(t, b.Rate(), a.Rate(), 1e-12)
		assert.Equal(t, b.Pattern(), a.Pattern())
		assert.Equal(t, gapsOf(t, steps, 7, 5000), gapsOf(t, rates, 7, 5000), rates)
	}
}

// Levels that repeat are a Poisson process in the time scale of the integral of the rate
// (Kolmogorov–Smirnov at 1 in a million), over many periods, with more or fewer than one arrival in
// each; none comes in a level of rate 0.
func TestLevelsThatRepeatAreAPoissonProcessInTheirOwnTime(t *testing.T) {
	const n = 50_000
	for _, c := range []struct {
		notation string
		levels   []Level
		period   float64
	}{
		{"steps(rates=[4/s, 40/s, 0/s], at=[2s, 2.5s], period=3s)", []Level{{0, 4}, {2, 40}, {2.5, 0}}, 3},
		{"steps(rates=[0/s, 30/m], at=[100ms], period=700ms)", []Level{{0, 0}, {0.1, 0.5}}, 0.7},
		{"rates(rates.csv, every=100ms, period=400ms)", []Level{{0, 2}, {0.1, 0}, {0.2, 1.5}, {0.3, 3}}, 0.4},
		{"rates(rates.csv, every=1h, period=4h)", []Level{{0, 2}, {3600, 0}, {7200, 1.5}, {10800, 3}}, 14400},
	} {
		within := func(at float64) (area float64) {
			for i, l := range c.levels {
				end := at
				if i+1 < len(c.levels) {
					end = min(end, c.levels[i+1].From)
				}
				area += l.PerSecond * max(0, end-l.From)
			}
			return area
		}
		gaps := make([]float64, 0, n)
		last := 0.0
		for _, ns := range moments(gapsOf(t, c.notation, 1, n)) {
			periods, at := math.Modf(float64(ns) / 1e9 / c.period)
			at *= c.period
			for i, l := range c.levels {
				end := c.period
				if i+1 < len(c.levels) {
					end = c.levels[i+1].From
				}
				if l.PerSecond == 0 {
					require.False(t, at > l.From+1e-6 && at < end-1e-6, "%s: an arrival at %g in a level of rate 0", c.notation, at)
				}
			}
			area := periods*within(c.period) + within(at)
			gaps = append(gaps, area-last)
			last = area
		}
		slices.Sort(gaps)
		var distance float64
		for i, gap := range gaps {
			p := -math.Expm1(-gap)
			distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
		}
		assert.Less(t, distance, math.Sqrt(math.Log(2/1e-6)/2)/math.Sqrt(n), c.notation)
	}
}

// A year by the minute is one table: every hour of the year gets its requests, in each of several
// years.
func TestAYearOfMinutesIsATable(t *testing.T) {
	const minutes, perHour = 525_600, 60
	dir := t.TempDir()
	text := []byte("requests\n")
	expected := make([]float64, minutes/perHour)
	for i := range minutes {
		requests := math.Round(2 * (1.5 + math.Sin(2*math.Pi*float64(i)/1440)) * (1 + float64(i)/minutes))
		text = fmt.Appendf(text, "%g\n", requests)
		expected[i/perHour] += requests
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "year.csv"), text, 0o600))
	a, err := Parser{Dir: dir}.ParseArrivals("rates(year.csv, every=1m, period=365d)")
	require.NoError(t, err)
	assert.Equal(t, Pattern{Period: 365 * 86400}, a.Pattern())
	var total float64
	for _, n := range expected {
		total += n
	}
	assert.InEpsilon(t, total/365/86400, a.Rate(), 1e-9)

	const years = 3
	source, err := a.Start(random.Stream(1, 0, random.Arrivals))
	require.NoError(t, err)
	var counts [years][minutes / perHour]float64
	gaps := make([]int64, 4096)
	for at := int64(0); at < years*minutes*60e9; {
		_, err := source.Fill(gaps, nil)
		require.NoError(t, err)
		for _, gap := range gaps {
			at += gap
			if year := at / (minutes * 60e9); year < years {
				counts[year][at%(minutes*60e9)/(perHour*60e9)]++
			}
		}
	}
	for year := range counts {
		var chi float64
		for hour, n := range counts[year] {
			chi += (n - expected[hour]) * (n - expected[hour]) / expected[hour]
		}
		p := distuv.ChiSquared{K: minutes / perHour}.Survival(chi)
		assert.Greater(t, p, 1e-6, "year %d", year)
		assert.Less(t, p, 1-1e-6, "year %d", year)
	}
}

func TestATableOfRatesIsReadStrictly(t *testing.T) {
	const row = "; a row is a rate, such as 3/s or 90/m; below a first line rate (per second) or requests (in each interval), it may be a plain number"
	for text, want := range map[string]string{
		"":                         "t.csv: holds no rows" + row,
		"rate\n":                   "t.csv: holds no rows" + row,
		"rate\n1\n":                "t.csv: holds one row, and one rate is a Poisson process: write poisson(rate=…), or give two rows or more",
		"1\n2\n":                   `t.csv:1: "1" has no unit` + row,
		"1/s\n2\n":                 `t.csv:2: "2" has no unit` + row,
		"# comment\nrps\n\n1\n2\n": `t.csv:2: the first line is "rps"; want rate (numbers per second) or requests (numbers in each interval)`,
		"rate\n1\n\n2\n":           "t.csv:3: an empty row" + row,
		"rate\n1\n  \n":            "t.csv:3: an empty row" + row,
		"time,rate\n1,2\n":         `t.csv:1: the first line is "time,rate"; want rate (numbers per second) or requests (numbers in each interval)`,
		"rate\n1,2\n":              "t.csv:2: 2 columns" + row,
		"rate\n1\n-2\n":            `t.csv:3: the number is negative: "-2"`,
		"rate\n1\n-2/s\n":          `t.csv:3: "-2/s" is negative; a rate is at least 0/s`,
		"rate\n1\nNaN\n":           `t.csv:3: the row is "NaN"` + row,
		"rate\n1\n2 3\n":           `t.csv:3: "2 3" has no slash and unit after its number; a rate is a number, a slash and a unit, ms s m h or d, such as 10/s or 0.5/m`,
		"rate\n1\n2/y\n":           `t.csv:3: "y" is not a unit of a rate; a rate is a number, a slash and a unit, ms s m h or d, such as 10/s or 0.5/m`,
		"rate\n1\n1e999\n":         `t.csv:3: 1e999/s is above 1e7/s, too fast for a clock that counts nanoseconds`,
		"requests\n1\n1e10\n":      `t.csv:3: 1e10 requests in 60s are above 1e7/s, too fast for a clock that counts nanoseconds`,
		"requests\n1\n2/s\n":       `t.csv:3: the row is "2/s"` + row,
		"requests\n1\n0x10\n":      `t.csv:3: the row is "0x10"` + row,
	} {
		_, err := readRates(newRows("t.csv", strings.NewReader(text)), 60)
		assert.EqualError(t, err, want, "%q", text)
	}
	for text, want := range map[string][]float64{
		"\ufeffRate\r\n1\r\n 2.5 \r\n3e0":         {1, 2.5, 3},
		"\"rate\"\n0\n# a comment\n90/m\n":        {0, 1.5},
		"3/s\n0/s\n":                              {3, 0},
		"requests\n60\n0.6\n":                     {1, 0.01},
		"# Requests per minute\nRequests\n6\n12 ": {0.1, 0.2},
	} {
		got, err := readRates(newRows("t.csv", strings.NewReader(text)), 60)
		require.NoError(t, err, "%q", text)
		assert.Equal(t, want, got, "%q", text)
	}
}

func TestTablesOfRatesAreEqualWhenTheirContentsAre(t *testing.T) {
	dir := t.TempDir()
	read := func(text, notation string) Arrivals {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "r.csv"), []byte(text), 0o600))
		a, err := Parser{Dir: dir}.ParseArrivals(notation)
		require.NoError(t, err)
		return a
	}
	a := read("rate\n1\n2\n", "rates(r.csv, every=1m)")
	assert.True(t, a == read("1/s\n120/m\n", "rates(r.csv, every=60s)"))
	assert.False(t, a == read("rate\n1\n3\n", "rates(r.csv, every=1m)"))
	assert.False(t, a == read("rate\n1\n2\n", "rates(r.csv, every=1m, period=2m)"))
	for period, want := range map[string]string{
		"0.30000000000000004s": "", "0.3s": "",
		"0.3000001s": "the period is 300.0001ms, and the 3 rows of r.csv, 100ms each, are 300ms; want period=300ms, or no period",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "r.csv"), []byte("rate\n1\n2\n0\n"), 0o600))
		_, err := Parser{Dir: dir}.ParseArrivals("rates(r.csv, every=0.1s, period=" + period + ")")
		if want == "" {
			assert.NoError(t, err, period)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
	_, err := Parser{Dir: dir, NoFiles: true}.ParseArrivals("rates(r.csv, every=0.1s, period=0.3s)")
	assert.EqualError(t, err, "r.csv: files are not read here; want a law without one")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "r.csv"), []byte("rate\n0\n0\n"), 0o600))
	_, err = Parser{Dir: dir}.ParseArrivals("rates(r.csv, every=0.1s, period=0.2s)")
	assert.ErrorContains(t, err, "the mean rate is 0/s; it must be at least once in 292 years")
}

// A parser that remembers reads a file once; what counts in it mean depends on the interval.
func TestAFileIsReadOnceByAParserThatRemembers(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("r.csv", "requests\n60\n120\n")
	write("e.csv", "1\n2\n")
	parser := Parser{Dir: dir}.Remembering()
	first, err := parser.ParseArrivals("rates(r.csv, every=1m)")
	require.NoError(t, err)
	measured, err := parser.Parse("empirical(e.csv)")
	require.NoError(t, err)
	write("r.csv", "requests\n600\n600\n")
	write("e.csv", "3\n")
	again, err := parser.ParseArrivals("rates(r.csv, every=1m)")
	require.NoError(t, err)
	assert.True(t, first == again)
	hourly, err := parser.ParseArrivals("rates(r.csv, every=1h)")
	require.NoError(t, err)
	assert.Equal(t, 600/3600., hourly.Rate(), "read now")
	sample, err := parser.Parse("empirical(e.csv)")
	require.NoError(t, err)
	assert.True(t, measured == sample)
}
