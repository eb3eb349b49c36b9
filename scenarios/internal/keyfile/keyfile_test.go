package keyfile

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

func TestATimeReadsBack(t *testing.T) {
	for _, at := range []sim.Time{0, 1, sim.Second / 1000, 90 * sim.Second, 365 * Day * sim.Second, sim.Never} {
		text := FormatTime(at)
		if at == sim.Never {
			assert.Equal(t, Never, text)
			continue
		}
		again, err := ParseTime(text)
		require.NoError(t, err, text)
		assert.Equal(t, at, again, text)
	}
	for text, want := range map[string]string{
		"293y": "", "5": "", "200000d": `"200000d" is beyond 292 years, where virtual time ends`,
	} {
		_, err := ParseTime(text)
		require.Error(t, err, text)
		if want != "" {
			assert.EqualError(t, err, want)
		}
	}
}

func TestAWholeNumberMayHaveAnExponent(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "20e6": 20_000_000, "1.5e3": 1500, "18446744073709551615": math.MaxUint64} {
		n, ok := ParseWhole(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{"", "-1", "1.000", "1.5e0", "1e20", "0x10", "1_000", "inf"} {
		_, ok := ParseWhole(text)
		assert.False(t, ok, text)
	}
}

func TestNotationsWithColonsAreQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"warm: mixture(0.9: constant(1s), 0.1: constant(2s))\nname: x": "warm: 'mixture(0.9: constant(1s), 0.1: constant(2s))'\nname: x",
		"warm: constant(1s)":                       "warm: constant(1s)",
		"warm: mixture(0.9: constant(1s) # no end": "warm: mixture(0.9: constant(1s) # no end",
	} {
		quoted, changed := quoteNotations([]byte(text))
		assert.Equal(t, want, string(quoted))
		assert.Equal(t, want != text, changed)
	}
}

func TestNotationsInFlowBlocksAreQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"a: {warm: lognormal(mean=80ms, cv=1.5), n: 3}":                    "a: {warm: 'lognormal(mean=80ms, cv=1.5)', n: 3}",
		"a: {warm: mixture(0.9: constant(1s), 0.1: erlang(k=4, mean=1s))}": "a: {warm: 'mixture(0.9: constant(1s), 0.1: erlang(k=4, mean=1s))'}",
		"a: {arrivals: mmpp(rates=[1/s, 2/s], sojourns=[1s, 2s])}":         "a: {arrivals: 'mmpp(rates=[1/s, 2/s], sojourns=[1s, 2s])'}",
		"a: {arrivals: trace('x, y.csv')}":                                 "a: {arrivals: 'trace(''x, y.csv'')'}",
		"{a: {\n  b: f(1, 2), # g(1, 2)\n  c: [f(1, 2), 3]}}":              "{a: {\n  b: 'f(1, 2)', # g(1, 2)\n  c: ['f(1, 2)', 3]}}",
		"- {b: f(1, 2)}\n- - [f(1, 2)]":                                    "- {b: 'f(1, 2)'}\n- - ['f(1, 2)']",
		"'a b': {c: f(1, 2)}\nd: {e: f(1, 2)}":                             "'a b': {c: 'f(1, 2)'}\nd: {e: 'f(1, 2)'}",
		"a: {b: 'it''s {f(1, 2)', c: f(1, 2)}":                             "a: {b: 'it''s {f(1, 2)', c: 'f(1, 2)'}",
		`a: {b: "\"{f(1, 2)", c: f(1, 2)}`:                                 `a: {b: "\"{f(1, 2)", c: 'f(1, 2)'}`,
		// These stay as they are.
		"a: {b: f(1), c: 'f(1, 2)', d: \"f(1, 2)\"}": "",
		"a: {b: f(1, 2}":                             "",
		"a: {b: f(1,\n  2)}":                         "",
		"a: f(1, 2)":                                 "",
		"a: some {b: f(1, 2)}":                       "",
		"# a: {b: f(1, 2)}":                          "",
		"a: \"x\" # {b: f(1, 2)}":                    "",
		"a: >-\n  {b: f(1, 2)}\n\n  [f(1, 2)]\nc: 1": "",
		"":      "",
		"{":     "",
		"a: {'": "",
	} {
		if want == "" {
			want = text
		}
		assert.Equal(t, want, string(quoteFlow([]byte(text))), text)
	}
}

func FuzzQuoteFlow(f *testing.F) {
	f.Add("a: {warm: lognormal(mean=80ms, cv=1.5), n: 3} # x\nb: >\n  text {\n")
	f.Fuzz(func(t *testing.T, text string) {
		quoted := string(quoteFlow([]byte(text)))
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(quoted, "\n"), "lines keep their numbers")
		assert.Equal(t, strings.ReplaceAll(text, "'", ""), strings.ReplaceAll(quoted, "'", ""), "only quotes are added")
	})
}

func TestProblemsStandInTheOrderOfTheirLines(t *testing.T) {
	var all Problems
	require.NoError(t, all.Join())
	all.Add(Place{Text: "--set a=1"}, "third")
	all.Add(LineOf("x.yaml", 5), "second")
	all.Add(LineOf("x.yaml", 2).Key("a.b"), "first %w", errors.ErrUnsupported)
	err := all.Join()
	require.EqualError(t, err, "x.yaml:2: a.b: first unsupported operation\nx.yaml:5: second\n--set a=1: third")
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	var first *Problem
	require.ErrorAs(t, err, &first)
	assert.Equal(t, "a.b", first.Key)
	assert.Equal(t, 2, first.Line)
}

func TestWordsAreFitForATerminal(t *testing.T) {
	assert.Equal(t, "a, b or c", List([]string{"a", "b", "c"}, "or"))
	assert.Equal(t, "a", List([]string{"a"}, "or"))
	assert.Empty(t, List(nil, "or"))
	assert.Equal(t, "a\uFFFDb", Legible("a\x1bb"))
	assert.Equal(t, `"a\x1bb"`, Quoted("a\x1bb"))
	long := make([]rune, 100)
	for i := range long {
		long[i] = 'x'
	}
	assert.Len(t, []rune(Clip(string(long))), 61)
}

func TestTheNearestNameIsASlip(t *testing.T) {
	names := []string{"alpha", "beta", "gamma"}
	assert.Equal(t, 1, Nearest("bate", 2, names))
	assert.Equal(t, -1, Nearest("delta!!", 2, names))
	assert.Equal(t, 0, Nearest("alpha", 0, names))
}

func TestDomainsHoldTheirEnds(t *testing.T) {
	assert.True(t, Spans{OrNever: true}.Has(sim.Never))
	assert.False(t, Spans{}.Has(sim.Never))
	assert.False(t, Spans{Least: 1}.Has(0))
	few := Wholes{Least: 1, Most: 3, OrUnlimited: true}
	for n, want := range map[int64]bool{-1: false, 0: false, 1: true, 3: true, 4: false, Unbounded: true} {
		assert.Equal(t, want, few.Has(n), n)
	}
	assert.False(t, few.HasNumber(Unbounded), "a file calls it unlimited")
	assert.Equal(t, "a whole number from 1 to 3, or unlimited", few.Accepts())
	assert.False(t, Proportions{}.Has(math.NaN()))
	assert.True(t, Proportions{Least: 0.5}.Has(0.5))
	assert.False(t, Lines{}.Has(" "))
	assert.False(t, Lines{}.Has("a\nb"))
}
