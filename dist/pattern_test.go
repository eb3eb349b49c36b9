package dist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process that wraps another changes with time as the other does: every pair of a wrapping and a
// wrapped process in the notation.
func TestWhatWrapsArrivalsPassesOnTheirPattern(t *testing.T) {
	patterns := map[string]Pattern{
		"mmpp":  {Memory: 65},
		"daily": {Period: 86_400},
		"steps": {LastChange: 300},
		"rates": {Period: 240},
	}
	// notationOf returns a notation of a law whose files exist.
	notationOf := func(of law) string {
		return strings.NewReplacer("rates(file.csv, every=1m, period=24h)", "rates(rates.csv, every=1m, period=4m)",
			"file.csv", "arrivals.csv").Replace(of.example)
	}
	// wrappers have a process in them, %s.
	wrappers := map[string]string{
		"batch":     "batch(%s, size=5)",
		"superpose": "superpose(%s, poisson(rate=1/s))",
	}
	for _, l := range processLaws {
		wraps := slices.ContainsFunc(l.parameters, func(p parameter) bool { return p.kind == process || p.kind == processes })
		require.Equal(t, wraps, wrappers[l.name] != "", "%s: want how it wraps another process here, if it does", l.name)
	}
	pairs, refused := 0, map[string]string{}
	for _, of := range processLaws {
		plain, err := testFiles.ParseArrivals(notationOf(of))
		require.NoError(t, err)
		assert.Equal(t, patterns[of.name], plain.Pattern(), "%s: want its pattern here, if it has one", of.name)
		for name, wrapper := range wrappers {
			notation := fmt.Sprintf(wrapper, plain)
			wrapped, err := testFiles.ParseArrivals(notation)
			if err != nil {
				refused[name+" of "+of.name] = strings.Split(err.Error(), ":")[0]
				continue
			}
			assert.Equal(t, notation, wrapped.String())
			assert.Equal(t, plain.Pattern(), wrapped.Pattern(), notation)
			assert.Equal(t, Finite(plain), Finite(wrapped), notation)
			if name == "superpose" {
				assert.InDelta(t, plain.Rate()+1, wrapped.Rate(), 1e-12, notation)
			}
			if !Finite(plain) {
				gaps := gapsOf(t, notation, 1, 2000)
				assert.Positive(t, moments(gaps)[1999])
			}
			pairs++
		}
	}
	assert.Equal(t, map[string]string{
		"batch of trace": "a trace cannot be batched", "batch of closed": "users who wait for their answers (closed) are a process of their own",
		"superpose of closed": "users who wait for their answers (closed) are a process of their own",
	}, refused)
	assert.Equal(t, len(processLaws)*len(wrappers), pairs+len(refused))
}

func TestASuperpositionHasThePatternsOfItsStreams(t *testing.T) {
	day, halfDay := "daily(mean=1/s, peak=2, period=24h)", "daily(mean=1/s, peak=2, period=12h)"
	for notation, want := range map[string]Pattern{
		"superpose(" + day + ", " + halfDay + ")": {Period: 86_400},
		"superpose(" + halfDay + ", " + day + ")": {Period: 86_400},
		"superpose(daily(mean=1/s, peak=2, period=40s), steps(rates=[1/s, 2/s], at=[10s], period=60s), rates(rates.csv, every=250ms, period=1s))": {Period: 120},
		"superpose(steps(rates=[1/s, 2/s], at=[10s]), rates(rates.csv, every=1m), mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s]))":                   {LastChange: 180, Memory: 65},
		"superpose(batch(" + day + ", size=2), superpose(poisson(rate=1/s), steps(rates=[1/s, 2/s], at=[10s])))":                                  {Period: 86_400, LastChange: 10},
		"superpose(daily(mean=1/s, peak=2, period=0.1s), daily(mean=1/s, peak=2, period=0.3s))":                                                   {Period: 0.3},
	} {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err)
		assert.Equal(t, want, a.Pattern(), notation)
	}
}
