package reproduction

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim/tests"
	"faaslab/validate/thesis"
)

// section returns the section about policies of the page, with what is before and behind it.
func section(t *testing.T) (before, section, behind string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(docs, "reproduction.md"))
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(page), policiesHeading)
	require.True(t, found)
	section, behind, found = strings.Cut(rest, "\n## ")
	require.True(t, found)
	return before, policiesHeading + section + "\n", "## " + behind
}

// The section of the page and its figures are what is simulated. UPDATE_PAGES=1 rewrites them alone.
func TestThePoliciesOfThePageAreSimulated(t *testing.T) {
	if os.Getenv("UPDATE_PAGES") == "" && os.Getenv("LONG_TESTS") == "" {
		t.Skip("simulates for ten seconds; LONG_TESTS=1 runs it, and UPDATE_PAGES=1 rewrites the section")
	}
	p := &Plan{Options: thesis.DefaultOptions, Policies: policyFigures, Studies: Studies{}}
	require.NoError(t, p.Run(context.Background()))
	made, err := policiesSection(p.Studies)
	require.NoError(t, err)
	figures := filepath.Join(docs, "figures")
	before, written, behind := section(t)
	if os.Getenv("UPDATE_PAGES") != "" {
		require.NoError(t, WritePolicyFigures(figures, p.Studies))
		require.NoError(t, os.WriteFile(filepath.Join(docs, "reproduction.md"), []byte(before+made+behind), 0o644))
		return
	}
	assert.Equal(t, made, written)
	again := t.TempDir()
	require.NoError(t, WritePolicyFigures(again, p.Studies))
	for _, f := range policyFigures {
		name := "reproduction-" + f.Number + ".svg"
		drawn, err := os.ReadFile(filepath.Join(again, name))
		require.NoError(t, err)
		committed, err := os.ReadFile(filepath.Join(figures, name))
		require.NoError(t, err)
		assert.True(t, string(drawn) == string(committed), name)
	}
}

// only leaves the points with some values in a study; the first is its reference.
func (s *policyStudy) only(at ...string) *policyStudy {
	some := &policyStudy{}
	for i, p := range s.points {
		if slices.Contains(at, p.At) {
			some.add(p, s.scenarios[i])
		}
	}
	return some
}

// Some rows of the page are simulated always, and what the page says of the shapes holds.
func TestTheShapeOfThePolicies(t *testing.T) {
	tests.Slow(t)
	_, page, _ := section(t)
	keep := keepAliveStudy(1).only("10 min", "4 h")
	require.NoError(t, keep.run(context.Background(), scenarios.Options{}))
	for _, row := range keepAliveTable(keep).Rows {
		assert.Contains(t, page, "| "+strings.Join(row, " | ")+" |")
	}
	assert.Equal(t, 1.0, keep.points[0].Waste.Mean, "the reference")
	assert.Less(t, keep.points[1].P75.Mean, keep.points[0].P75.Mean/5)

	memory := memoryStudy(1).only("6 GB", "24 GB")
	require.NoError(t, memory.run(context.Background(), scenarios.Options{}))
	for _, row := range memoryTable(memory).Rows {
		assert.Contains(t, page, "| "+strings.Join(row, " | ")+" |")
	}
	lru, dual := memory.points[2:4], memory.points[4:]
	assert.Less(t, dual[0].Slower.Mean+dual[0].Slower.HalfWidth, lru[0].Slower.Mean-lru[0].Slower.HalfWidth, "where memory is short")
	assert.Greater(t, dual[1].Cold.Mean-dual[1].Cold.HalfWidth, lru[1].Cold.Mean+lru[1].Cold.HalfWidth, "where it is not")
}

// The functions are of their kinds, and within the bounds that the page gives.
func TestTheSyntheticFunctions(t *testing.T) {
	kinds := map[string]int{}
	for _, f := range synthetic() {
		kind, _, _ := strings.Cut(f.Name, "-")
		kinds[kind]++
		assert.True(t, f.Memory >= 64 && f.Memory <= 1024, "%v", f)
		gap := 1 / f.Arrivals.Rate()
		assert.True(t, gap >= leastGap-1e-9 && gap <= mostGap+1e-6, "%s: a mean gap of %v s", f.Name, gap)
		service, _ := f.Warm.Moments()
		assert.LessOrEqual(t, service, mostService)
	}
	assert.Equal(t, map[string]int{"timer": 50, "random": 100, "bursts": 50}, kinds)
	assert.Equal(t, synthetic(), synthetic())
}

// Nothing but their figures is simulated where they alone are wanted.
func TestThePoliciesAlone(t *testing.T) {
	figures, policies, err := Figures([]string{"greedy-dual"})
	require.NoError(t, err)
	assert.Empty(t, figures)
	require.Len(t, policies, 1)
	p := &Plan{Options: thesis.DefaultOptions, Figures: figures, Policies: policies}
	p.ChooseSeries(false)
	assert.Empty(t, p.Series)
	assert.Equal(t, 24, p.Points())
}

// The figures of policies are told apart from those of the thesis, and are said to be synthetic.
func TestTheFiguresOfPoliciesAreSaidToBeSynthetic(t *testing.T) {
	r := &Result{Out: "figures", Written: []figure{{Number: "4.1", Caption: "A caption", Alt: "An alt", Name: "figure-4.1"}}}
	for _, f := range policyFigures {
		r.Written = append(r.Written, f.figure)
		assert.Contains(t, f.Caption, "synthetic")
		assert.Contains(t, f.Chart(f.study(1)).Notes, syntheticNote)
	}
	var index, text bytes.Buffer
	require.NoError(t, WriteIndex(&index, r))
	thesisPart, policies, found := strings.Cut(index.String(), `<h2 id="policies">`)
	require.True(t, found)
	assert.Contains(t, thesisPart, "<strong>Figure 4.1.</strong>")
	for _, f := range policyFigures {
		assert.Contains(t, thesisPart, `<a href="#figure-`+f.Number+`">`)
		assert.Contains(t, policies, `<img src="`+f.Name+`.svg" alt="`+f.Alt+`"`)
		assert.NotContains(t, thesisPart, f.Name+".svg")
	}
	assert.Contains(t, policies, syntheticNote)
	require.NoError(t, WriteText(&text, r))
	assert.Contains(t, text.String(), "\n  figure 4.1   A caption")
	assert.Contains(t, text.String(), "\n  histogram    Fixed keep-alives")
	index.Reset()
	require.NoError(t, WriteIndex(&index, &Result{Written: r.Written[:1]}))
	assert.NotContains(t, index.String(), "synthetic")
}
