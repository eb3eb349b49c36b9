package dist

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An accepted notation reads back to the same value, and nothing panics, including the writing of
// errors.
func FuzzParse(f *testing.F) {
	for _, c := range lawCases {
		f.Add(c.notation)
	}
	f.Add(`empirical("a\x00.csv")`)
	f.Add("mixture(0.5: f(x), =, [1s, 2s])")
	f.Fuzz(func(t *testing.T, notation string) {
		parser := Parser{unopened: true}
		d, err := parser.Parse(notation)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		again, err := parser.Parse(d.String())
		require.NoError(t, err)
		require.True(t, d == again, "%v and %v", d, again)
		for _, path := range Parameters(notation) {
			require.NotEmpty(t, path)
		}
	})
}

func FuzzParseArrivals(f *testing.F) {
	for _, notation := range processCases {
		f.Add(notation)
	}
	f.Add("trace(a b.csv)")
	f.Add("rates(a b.csv, every=1m, period=24h)")
	f.Add("closed(users=50, think=shifted(1s, exponential(mean=1s)))")
	f.Add("superpose(trace(a.csv), batch(poisson(rate=1/s), size=2), x=1)")
	f.Fuzz(func(t *testing.T, notation string) {
		parser := Parser{unopened: true}
		a, err := parser.ParseArrivals(notation)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		again, err := parser.ParseArrivals(a.String())
		require.NoError(t, err)
		require.True(t, a == again, "%v and %v", a, again)
		for _, path := range Parameters(notation) {
			require.NotEmpty(t, path)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"1.5288s", "60ms", "1m30s", "1e-9h", "-1s", "3µs", "1e400d", "NaN", ".e5s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seconds, err := ParseDuration(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.True(t, seconds >= 0 && seconds <= maxDuration)
		again, err := ParseDuration(FormatDuration(seconds))
		require.NoError(t, err)
		require.Equal(t, seconds, again)
	})
}

func FuzzParseRate(f *testing.F) {
	for _, text := range []string{"1/s", "10/ms", "1e3/s", "1/m", "7/d", "-1/s", "1/us"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		perSecond, err := ParseRate(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		again, err := ParseRate(FormatRate(perSecond))
		require.NoError(t, err)
		require.Equal(t, perSecond, again)
	})
}

// The arrivals of a trace are in order and not negative, whatever the file holds.
func FuzzTrace(f *testing.F) {
	for _, text := range []string{"1\n2\n", "a,b\r\n1,2\r\n", "#\n0.5e1,1", "1\n\n", "9223372036.999999999\n", "1,2,3\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		arrivals, services, err := readTrace(text)
		require.True(t, slices.IsSorted(arrivals))
		for _, ns := range append(arrivals, services...) {
			require.GreaterOrEqual(t, ns, int64(0))
		}
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NotEmpty(t, arrivals)
	})
}

// The rates of a table are finite and not negative, and at least two, whatever the file holds.
func FuzzRates(f *testing.F) {
	for _, text := range []string{"rate\n1\n2\n", "requests\r\n1\r\n2", "#\n90/m\n3/s", "rate\n1\n\n", "rate\n1e7\n1e8\n", "requests\n1,2\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rates, err := readRates(newRows("t.csv", strings.NewReader(text)), 60)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.GreaterOrEqual(t, len(rates), 2)
		for _, x := range rates {
			require.True(t, x >= 0 && x <= maxRate)
		}
	})
}
