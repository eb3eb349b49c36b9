package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// measure runs with a thousandth of the page's requests, and a floor of one second.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
	t.Chdir("../..")
	floor := filepath.Join(t.TempDir(), "floor")
	require.NoError(t, os.WriteFile(floor, []byte("#!/bin/sh\necho '{\"wall\":1.0}'\n"), 0o777))

	all := clusters // with a hundredth of the functions
	defer func() { clusters = all }()
	clusters = nil
	for _, c := range all {
		few := *c
		few.functions = max(10, c.functions/100)
		clusters = append(clusters, &few)
	}

	var page bytes.Buffer
	require.NoError(t, measure(&page, 1, 20_000, floor, func() []string { return []string{"it is quick"} }))

	require.Regexp(t, `\| container, 27 instances \| [0-9.]+ \| [0-9]+ \| 0\.0 \| [0-9]+\.[0-9]{2} \|`, page.String())
	require.Regexp(t, `\| 100 \| 1 \| histogram \| [0-9.]+ \| [0-9.]+ \| [0-9]+ \| [0-9,]+ \|`, page.String())
	require.Regexp(t, `\| 10 \| 10 \| keep-alive 10m, first-fit \|`, page.String())
	require.Contains(t, page.String(), "`faaslab site`: it is quick.")
	require.Regexp(t, `A trace of 100,000 rows is read and simulated at [0-9.]+ million rows/s`, page.String())
}

func TestADayIsMeasured(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
	t.Chdir("../..")
	var page bytes.Buffer
	require.NoError(t, measureDay(&page, 100, 20_000))
	require.Regexp(t, `a synthetic day of 100 functions and (19|20),[0-9]{3} requests`, page.String())
	for _, p := range dayPolicies {
		require.Regexp(t, `\| `+p.name+` \| [0-9]+ \| [0-9.]+ \| [0-9]+ \|`, page.String())
	}
}

func TestMeasureNamesWhatFails(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
	t.Chdir("../..")
	require.ErrorContains(t, measure(&bytes.Buffer{}, 1, 20_000, "no-such-program", nil), "no-such-program")
}
