package reproduction

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
	"faaslab/validate/thesis"
)

func TestFindingsInWords(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	f := thesis.Finding{Unit: thesis.Seconds, Value: stats.Estimate{Mean: 8.122, HalfWidth: 0.012, N: 16}, Low: 7.2, High: 8.8, RunLow: 7.98, RunHigh: 8.29,
		Assumption: "equal cores", Why: "They share."}
	assert.Equal(t, "8.122 s ± 0.012; one run: 7.98 s to 8.29 s", foundText(f))
	assert.Equal(t, "7.2 s to 8.8 s", wantedText(f))
	assert.Equal(t, "Assumes equal cores. They share.", reasonText(f))
	f = thesis.Finding{Unit: thesis.Fraction, Value: stats.Estimate{Mean: 0.25, HalfWidth: 0.01, N: 16}, Low: 0.5, High: inf, RunLow: nan, RunHigh: nan}
	assert.Equal(t, "25.0 % ± 1.0", foundText(f))
	assert.Equal(t, "more than 50 %", wantedText(f))
	f.Low, f.High = -inf, -0.1
	assert.Equal(t, "less than −10 %", wantedText(f))
	assert.Equal(t, platform.PerSecond, shownUnit(thesis.Rate))
	assert.Equal(t, "2 reproduced; 1 undecided", verdictCounts([]thesis.Finding{{Verdict: thesis.Undecided}, {Verdict: thesis.Reproduced}, {Verdict: thesis.Reproduced}}))
}

// The page has a row for every statement, in their order.
func TestTheReproductionPageHasEveryStatement(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docs, "reproduction.md"))
	require.NoError(t, err)
	var rows []string
	_, statements, found := strings.Cut(string(page), "## What the thesis states")
	require.True(t, found)
	for _, line := range strings.Split(statements, "\n") {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| the thesis says") {
			rows = append(rows, line)
		}
	}
	all := thesis.Statements()
	require.Len(t, rows, len(all))
	for i, f := range all {
		assert.True(t, strings.HasPrefix(rows[i], fmt.Sprintf("| %s | %s | %s", f.Statement, f.Where, f.Quantity)), "found %s; want %s", rows[i], f.Statement)
		assert.Equal(t, 9, strings.Count(rows[i], "|"))
		if strings.Contains(rows[i], "**not reproduced**") {
			assert.NotRegexp(t, `\*\* \| +\|$`, rows[i], "it says why")
		}
	}
	assert.NotContains(t, string(page), "NaN")
}

// For the statements about one series, the page has the simulated results.
func TestTheReproductionPageIsSimulated(t *testing.T) {
	tests.Long(t)
	page, err := os.ReadFile(filepath.Join(docs, "reproduction.md"))
	require.NoError(t, err)
	curves := map[string]thesis.Curve{}
	var series []thesis.Series
	for _, s := range thesis.AllSeries() {
		if strings.HasPrefix(s.Name, "openwhisk_float_keep_alive") {
			series = append(series, s) // and its replays
		}
	}
	require.NoError(t, thesis.Simulate(context.Background(), series, thesis.DefaultOptions, func(c thesis.Curve) error {
		curves[c.Name] = c
		return nil
	}))
	findings := thesis.Findings(curves)
	assert.GreaterOrEqual(t, len(findings), 8)
	for _, f := range findings {
		assert.Contains(t, string(page), "| "+strings.Join(findingRow(f), " | ")+" |")
	}
	if _, err := os.Stat(measuredElsewhere); errors.Is(err, os.ErrNotExist) {
		return
	}
	m, err := ReadMeasured(measuredElsewhere)
	require.NoError(t, err)
	const name = "openwhisk_float_keep_alive"
	var accuracy []thesis.Accuracy
	for _, s := range append(series, thesis.WithConstantService(series[0])) {
		if s.Constant {
			require.NoError(t, thesis.Simulate(context.Background(), []thesis.Series{s}, thesis.DefaultOptions, func(c thesis.Curve) error {
				curves[c.Name] = c
				return nil
			}))
		}
		a, err := thesis.Compare(context.Background(), curves[s.Name], RowsByKey(m[name], "container"), thesis.DefaultOptions)
		require.NoError(t, err)
		accuracy = append(accuracy, a)
	}
	_, rows := accuracyTable(accuracy)
	require.Len(t, rows, 7, "the simulation, both SMPs, the level-crossing model, the replays, and the simulation with constant service times")
	for _, row := range rows {
		assert.Contains(t, string(page), "| "+strings.Join(row, " | ")+" |")
	}
}

// Errors against measurements are printed with them, in each format and on the page; fitted series
// are marked, and the models, which know no cores, appear once.
func TestErrorsAgainstMeasurementsAreShown(t *testing.T) {
	series := seriesNamed(t, thesis.FittedTo)
	fitted := seriesNamed(t, thesis.FittedTo+"_fitted")
	constant := thesis.WithConstantService(seriesNamed(t, "openwhisk_float_keep_alive"))
	said := []thesis.Said{{By: "simulation", Errors: thesis.Errors{"running": 0.123, "response_time": 0.5}}, {By: "SMP", Errors: thesis.Errors{"running": 0.25}}}
	r := &Result{Accuracy: []thesis.Accuracy{{Series: series, Points: 16, Of: 17, Said: said}, {Series: fitted, Points: 17, Of: 17, Said: said},
		{Series: constant, Points: 25, Of: 25, Said: said}, {Series: series, Of: 3}}}
	columns, rows := accuracyTable(r.Accuracy)
	assert.Equal(t, []string{"response time", "running"}, columns)
	assert.Equal(t, [][]string{
		{"float on OpenWhisk, load, 16 of 17 points", "simulation", "50.0 %", "12.3 %"},
		{"", "SMP", "—", "25.0 %"},
		{"float on OpenWhisk, load, 17 of 17 points", "simulation, fitted", "50.0 %", "12.3 %"},
		{"float on OpenWhisk, keep-alive, 25 of 25 points", "simulation, constant service times", "50.0 %", "12.3 %"},
	}, rows)
	for name, write := range map[string]func(io.Writer, *Result) error{
		"text": WriteText, "index": WriteIndex, "page": WritePage,
	} {
		var text bytes.Buffer
		require.NoError(t, write(&text, r))
		for _, shown := range []string{"float on OpenWhisk, load, 17 of 17 points", "simulation, fitted", "12.3 %"} {
			assert.Contains(t, text.String(), shown, name)
		}
		text.Reset()
		require.NoError(t, write(&text, &Result{}))
		assert.NotContains(t, text.String(), "ean absolute relative errors", name)
	}
	var text bytes.Buffer
	require.NoError(t, WriteJSON(&text, r))
	assert.Contains(t, text.String(), `"by": "SMP"`)
	assert.Equal(t, 2, strings.Count(text.String(), `"constant_service_times": true`), "of both who say something")
	var title []string
	for _, name := range []string{"spin_matmul_load", "openwhisk_aes_keep_alive"} {
		title = append(title, seriesTitle(seriesNamed(t, name)))
	}
	assert.Equal(t, []string{"matmul on Spin, load", "aes on OpenWhisk, keep-alive"}, title)
	assert.Equal(t, "matmul on Spin, load, service time as measured", seriesTitle(thesis.WithService("matmul", 0.05)))
}

// A measured 0 vanishes from a logarithmic axis, and a note says so; it stays on other axes.
func TestAMeasuredZeroOnALogarithmicAxis(t *testing.T) {
	points := func(scaling chart.Scaling, kind chart.SeriesKind, y ...float64) chart.Panel {
		return chart.Panel{Y: chart.Axis{Scaling: scaling}, Series: []chart.Series{{Kind: kind, X: []float64{1, 2}, Y: y, Low: y, High: y}}}
	}
	assert.True(t, hidesMeasured(points(chart.Logarithmic, chart.Measured, 0.1, 0)))
	assert.False(t, hidesMeasured(points(chart.Logarithmic, chart.Measured, 0.1, 0.2)))
	assert.False(t, hidesMeasured(points(chart.Linear, chart.Measured, 0.1, 0)))
	assert.False(t, hidesMeasured(points(chart.Logarithmic, chart.Modelled, 0.1, 0)))
}

// The measurement files of the thesis can be read; they are not part of the project.
func TestTheThesisOwnMeasurementsAreRead(t *testing.T) {
	if _, err := os.Stat(measuredElsewhere); errors.Is(err, os.ErrNotExist) {
		t.Skip("the measurements are not here")
	}
	m, err := ReadMeasured(measuredElsewhere)
	require.NoError(t, err)
	assert.Len(t, m, 4)
	mean, ok := meanBelowCapacity(m["spin_matmul_load"], seriesNamed(t, "spin_matmul_load"))
	assert.True(t, ok)
	assert.InDelta(t, 0.0384, mean, 0.0005)
	_, ok = meanBelowCapacity(m["openwhisk_float_load"], seriesNamed(t, "openwhisk_float_load"))
	assert.False(t, ok)
}
