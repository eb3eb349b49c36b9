package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v2"

	"faaslab/platform"
	"faaslab/sim/stats"
	"faaslab/validate/thesis"
)

// quickly are flags that make reproduce fast and rough.
var quickly = []string{"--runs", "39", "--max-requests", "1000"}

// reproduceQuickly runs the command and returns what it printed.
func reproduceQuickly(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	var out, log bytes.Buffer
	require.Zero(t, faaslab(slices.Concat([]string{"faaslab", "reproduce"}, quickly, args), &out, &log), log.String())
	return out.String()
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows
}

func TestReproduceWritesAFigureWithItsTableAndPage(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new", "figures")
	measured := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "openwhisk_float_keep_alive.csv"),
		[]byte("container.keep_alive,idle,instances\n10s,2.5,4.4\n200s,5,6.5\n"), 0o644))
	text := reproduceQuickly(t, "A.1", "--out", out, "--measured", measured)
	assert.Contains(t, text, "figure A.1")
	assert.Contains(t, text, "The published SMP has too few idle instances")
	assert.NotContains(t, text, "Spin", "only what was simulated is judged")

	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.Equal(t, []string{"figure-A.1.csv", "figure-A.1.png", "figure-A.1.svg", "index.html"}, names)

	rows := readCSV(t, filepath.Join(out, "figure-A.1.csv"))
	assert.Equal(t, []string{"panel", "container.keep_alive",
		"container.idle", "container.idle.half_width", "container.idle.run", "container.idle.run_low", "container.idle.run_high",
		"container.level-crossing.idle", "container.smp.idle", "container.smp-modified.idle", "measured.container.idle",
		"container.instances", "container.instances.half_width", "container.instances.run", "container.instances.run_low", "container.instances.run_high",
		"container.level-crossing.instances", "container.smp.instances", "container.smp-modified.instances", "measured.container.instances"}, rows[0])
	var keepAlives []string
	for _, row := range rows[1:] {
		keepAlives = append(keepAlives, row[1])
		if row[1] == "10" {
			assert.Equal(t, []string{"2.5", "4.4"}, []string{row[10], row[19]})
		}
	}
	assert.Len(t, keepAlives, len(thesis.KeepAlives)+1, "and the one that was measured alone")
	assert.Equal(t, "200", keepAlives[len(keepAlives)-1])

	image, err := os.Open(filepath.Join(out, "figure-A.1.png"))
	require.NoError(t, err)
	defer image.Close()
	_, err = png.Decode(image)
	require.NoError(t, err)
	svg, err := os.ReadFile(filepath.Join(out, "figure-A.1.svg"))
	require.NoError(t, err)
	for _, shown := range []string{"Figure A.1", "containers, single runs", "containers, measured", "SMP modified", "level-crossing"} {
		assert.Contains(t, string(svg), shown)
	}
	checkIndex(t, out)
}

// checkIndex tests that all that index.html links to is there, that it has no script, and that its figures have words.
func checkIndex(t *testing.T, directory string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(directory, "index.html"))
	require.NoError(t, err)
	links := 0
	for _, link := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(string(page), -1) {
		links++
		if id, inside := strings.CutPrefix(link[1], "#"); inside {
			assert.Contains(t, string(page), `id="`+id+`"`)
			continue
		}
		assert.FileExists(t, filepath.Join(directory, link[1]))
	}
	assert.Greater(t, links, 4)
	for _, alt := range regexp.MustCompile(`<img [^>]*>`).FindAllString(string(page), -1) {
		assert.Regexp(t, `alt="[^"]{20,}"`, alt)
	}
	assert.NotContains(t, string(page), "<script")
	assert.NotRegexp(t, `https?://`, string(page))
}

// The right-hand panels are there with measurements, and use the mean response below capacity.
func TestTheMeasuredServiceTimeHasAPanelOfItsOwn(t *testing.T) {
	slow(t)
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "spin_matmul_load.csv"),
		[]byte("arrivals.rate,response_time,instances\n1/s,0.06,0.06\n200/s,0.04,8\n400/s,9,10\n"), 0o644))
	plan := planOf(t, "4.18", "--out", out, "--measured", measured)
	require.InDelta(t, 0.05, plan.means["spin_matmul_load_measured"], 1e-12)
	require.Len(t, plan.series, 2)
	for i := range plan.series {
		plan.series[i].Values = plan.series[i].Values[:3]
	}
	require.NoError(t, plan.run(context.Background()))
	ch := plan.chart(plan.figures[0])
	require.Len(t, ch.panels, 2)
	assert.Equal(t, "mean response measured below capacity, 50ms", ch.panels[1].title)
	rows := readCSV(t, filepath.Join(out, "figure-4.18.csv"))
	assert.Len(t, rows, 1+2*(3+3), "simulated and measured at three rates each, in two panels")

	without := planOf(t, "4.18", "--out", out)
	without.series[0].Values = without.series[0].Values[:2]
	require.NoError(t, without.run(context.Background()))
	assert.Contains(t, strings.Join(without.chart(without.figures[0]).notes, " "), "--measured")
}

// planOf returns what a command line asks for.
func planOf(t *testing.T, args ...string) (plan *reproductionPlan) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	app := newApp(&stdout, &stderr)
	for _, c := range app.Commands {
		if c.Name == "reproduce" {
			c.Action = func(c *cli.Context) (err error) {
				plan, err = planReproduction(c)
				return err
			}
		}
	}
	require.NoError(t, app.Run(permute(app, slices.Concat([]string{"faaslab", "reproduce"}, quickly, args))))
	return plan
}

// What was finished before an interruption stays, each file whole.
func TestAnInterruptedReproductionKeepsItsFigures(t *testing.T) {
	slow(t)
	out := t.TempDir()
	plan := planOf(t, "A.1", "4.16", "--out", out)
	require.Len(t, plan.series, 2)
	plan.options.Workers = 1
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	plan.options.Progress = func(float64) {
		if _, err := os.Stat(filepath.Join(out, "figure-A.1.csv")); err == nil {
			stop()
		}
	}
	err := plan.run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, plan.written, 1)
	assert.FileExists(t, filepath.Join(out, plan.written[0].name+".csv"))
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}

func TestReproductionsAsJSONAndCSV(t *testing.T) {
	slow(t)
	var all struct {
		Figures  []figureJSON
		Findings []map[string]any
	}
	out := t.TempDir()
	text := reproduceQuickly(t, "A.1", "--out", out, "--format", "json")
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	require.Len(t, all.Figures, 1)
	for _, file := range all.Figures[0].Files {
		assert.FileExists(t, filepath.Join(out, file))
	}
	require.NotEmpty(t, all.Findings)
	rows, err := csv.NewReader(strings.NewReader(reproduceQuickly(t, "A.1", "--out", out, "--format", "csv", "--workers", "1"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(all.Findings)+1)
	for i, f := range all.Findings {
		assert.Equal(t, f["statement"], rows[i+1][1])
		assert.Equal(t, f["verdict"], rows[i+1][9])
	}
}

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
		assert.Equal(t, 8, strings.Count(rows[i], "|"))
		if strings.Contains(rows[i], "**not reproduced**") {
			assert.NotRegexp(t, `\*\* \| +\|$`, rows[i], "it says why")
		}
	}
	assert.NotContains(t, string(page), "NaN")
}

// What the page says is what is simulated, of the statements about one series.
func TestTheReproductionPageIsSimulated(t *testing.T) {
	slow(t)
	page, err := os.ReadFile(filepath.Join(docs, "reproduction.md"))
	require.NoError(t, err)
	curves := map[string]thesis.Curve{}
	var series []thesis.Series
	for _, s := range thesis.AllSeries() {
		if s.Name == "openwhisk_float_keep_alive" {
			series = append(series, s)
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
	m, err := readMeasuredDirectory(measuredElsewhere)
	require.NoError(t, err)
	const name = "openwhisk_float_keep_alive"
	var accuracy []thesis.Accuracy
	for _, s := range []thesis.Series{series[0], thesis.WithConstantService(series[0])} {
		if s.Constant {
			require.NoError(t, thesis.Simulate(context.Background(), []thesis.Series{s}, thesis.DefaultOptions, func(c thesis.Curve) error {
				curves[c.Name] = c
				return nil
			}))
		}
		a, err := thesis.Compare(context.Background(), curves[s.Name], ofThesis(m[name], "container"), thesis.DefaultOptions)
		require.NoError(t, err)
		accuracy = append(accuracy, a)
	}
	_, rows := accuracyTable(accuracy)
	require.Len(t, rows, 5, "the simulation, both SMPs, the level-crossing model, and the simulation with constant service times")
	for _, row := range rows {
		assert.Contains(t, string(page), "| "+strings.Join(row, " | ")+" |")
	}
}

// Errors against measurements are printed with them, in each format and on the page; what is fitted is called so, and the models, which know
// no cores, stand there once.
func TestErrorsAgainstMeasurementsAreShown(t *testing.T) {
	series := seriesNamed(t, thesis.FittedTo)
	fitted := seriesNamed(t, thesis.FittedTo+"_fitted")
	constant := thesis.WithConstantService(seriesNamed(t, "openwhisk_float_keep_alive"))
	said := []thesis.Said{{By: "simulation", Errors: thesis.Errors{"running": 0.123, "response_time": 0.5}}, {By: "SMP", Errors: thesis.Errors{"running": 0.25}}}
	r := &reproduction{accuracy: []thesis.Accuracy{{Series: series, Points: 16, Of: 17, Said: said}, {Series: fitted, Points: 17, Of: 17, Said: said},
		{Series: constant, Points: 25, Of: 25, Said: said}, {Series: series, Of: 3}}}
	columns, rows := accuracyTable(r.accuracy)
	assert.Equal(t, []string{"response time", "running"}, columns)
	assert.Equal(t, [][]string{
		{"float on OpenWhisk, load, 16 of 17 points", "simulation", "50.0 %", "12.3 %"},
		{"", "SMP", "—", "25.0 %"},
		{"float on OpenWhisk, load, 17 of 17 points", "simulation, fitted", "50.0 %", "12.3 %"},
		{"float on OpenWhisk, keep-alive, 25 of 25 points", "simulation, constant service times", "50.0 %", "12.3 %"},
	}, rows)
	for name, write := range map[string]func(io.Writer, *reproduction) error{
		"text": writeReproductionText, "index": writeReproductionIndex, "page": writeReproductionPage,
	} {
		var text bytes.Buffer
		require.NoError(t, write(&text, r))
		for _, shown := range []string{"float on OpenWhisk, load, 17 of 17 points", "simulation, fitted", "12.3 %"} {
			assert.Contains(t, text.String(), shown, name)
		}
		text.Reset()
		require.NoError(t, write(&text, &reproduction{}))
		assert.NotContains(t, text.String(), "ean absolute relative errors", name)
	}
	var text bytes.Buffer
	require.NoError(t, writeReproductionJSON(&text, r))
	assert.Contains(t, text.String(), `"by": "SMP"`)
	assert.Equal(t, 2, strings.Count(text.String(), `"constant_service_times": true`), "of both who say something")
	var title []string
	for _, name := range []string{"spin_matmul_load", "openwhisk_aes_keep_alive"} {
		title = append(title, seriesTitle(seriesNamed(t, name)))
	}
	assert.Equal(t, []string{"matmul on Spin, load", "aes on OpenWhisk, keep-alive"}, title)
	assert.Equal(t, "matmul on Spin, load, service time as measured", seriesTitle(thesis.WithService("matmul", 0.05)))
}

// A fitted curve is one line beside what was simulated without a fit, called fitted in the legend and the table, and measured points stand once.
func TestAFittedCurveIsCalledSo(t *testing.T) {
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "openwhisk_float_load.csv"), []byte("arrivals.rate,idle\n0.5/s,2.5\n"), 0o644))
	plan := planOf(t, "4.12", "--out", out, "--measured", measured)
	require.Len(t, plan.series, 2)
	for i := range plan.series {
		plan.series[i].Values = plan.series[i].Values[:2]
	}
	require.NoError(t, plan.run(context.Background()))
	count := map[string]int{}
	for _, s := range plan.chart(plan.figures[0]).panels[0].series {
		count[s.name]++
	}
	assert.Equal(t, map[string]int{"containers, single runs": 1, "containers, simulated": 1, "level-crossing": 1, "SMP": 1, "SMP modified": 1,
		"containers, measured": 1, "containers, simulated, cores fitted": 1}, count)
	rows := readCSV(t, filepath.Join(out, "figure-4.12.csv"))
	assert.Contains(t, rows[0], "container.fitted.idle")
	accuracy, err := plan.accuracy(context.Background())
	require.NoError(t, err)
	require.Len(t, accuracy, 2)
	assert.True(t, accuracy[1].Series.Fitted)
	assert.Equal(t, 1, accuracy[1].Points)
}

// Where keep-alives were measured, constant service times are held against them, too; no figure shows those, and no short run is made.
func TestConstantServiceTimesAreHeldAgainstWhatWasMeasured(t *testing.T) {
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "openwhisk_float_keep_alive.csv"), []byte("container.keep_alive,idle\n1s,0.8\n"), 0o644))
	plan := planOf(t, "A.1", "--out", out, "--measured", measured)
	require.Len(t, plan.series, 2)
	for i := range plan.series {
		plan.series[i].Values = plan.series[i].Values[:2]
	}
	require.NoError(t, plan.run(context.Background()))
	constant := plan.curves["openwhisk_float_keep_alive_constant"]
	require.Len(t, constant.Points, 2)
	assert.Nil(t, constant.Points[0].Runs)
	assert.Less(t, constant.Points[0].Steady["cold_start_probability"].Mean, 1.0)
	assert.NotEqual(t, plan.curves["openwhisk_float_keep_alive"].Points[0].Steady["idle"], constant.Points[0].Steady["idle"])
	accuracy, err := plan.accuracy(context.Background())
	require.NoError(t, err)
	require.Len(t, accuracy, 2)
	assert.True(t, accuracy[1].Series.Constant)
	assert.Contains(t, accuracy[1].Said[0].Errors, "idle")
	require.NoError(t, writeReproductionJSON(io.Discard, &reproduction{accuracy: accuracy}))
	plan = planOf(t, "4.8", "--out", out, "--measured", measured)
	assert.False(t, slices.ContainsFunc(plan.series, func(s thesis.Series) bool { return s.Constant }), "no figure of keep-alives is wanted")
	plan = planOf(t, "A.1", "--out", out)
	assert.Len(t, plan.series, 1, "nothing was measured")
}

// A measured 0 vanishes from a logarithmic axis, which is said; from another it does not.
func TestAMeasuredZeroOnALogarithmicAxis(t *testing.T) {
	points := func(scaling scaling, kind seriesKind, y ...float64) panel {
		return panel{y: axis{scaling: scaling}, series: []series{{kind: kind, x: []float64{1, 2}, y: y, low: y, high: y}}}
	}
	assert.True(t, hidesMeasured(points(logarithmic, measured, 0.1, 0)))
	assert.False(t, hidesMeasured(points(logarithmic, measured, 0.1, 0.2)))
	assert.False(t, hidesMeasured(points(linear, measured, 0.1, 0)))
	assert.False(t, hidesMeasured(points(logarithmic, modelled, 0.1, 0)))
}

// The cores that are fitted do what their threads and clock allow.
func TestTheCapacityOfTheFittedCores(t *testing.T) {
	assert.InDelta(t, 20*(1+thesis.Fitted[0])*thesis.Fitted[1], thesis.FittedCapacity(), 1e-12)
}

// measuredElsewhere holds what was measured for the thesis; it need not be there.
const measuredElsewhere = "../../../shared/reference/measured"

// Files that were measured for the thesis are read; they are no part of the project.
func TestTheThesisOwnMeasurementsAreRead(t *testing.T) {
	if _, err := os.Stat(measuredElsewhere); errors.Is(err, os.ErrNotExist) {
		t.Skip("the measurements are not here")
	}
	m, err := readMeasuredDirectory(measuredElsewhere)
	require.NoError(t, err)
	assert.Len(t, m, 4)
	mean, ok := meanBelowCapacity(m["spin_matmul_load"], seriesNamed(t, "spin_matmul_load"))
	assert.True(t, ok)
	assert.InDelta(t, 0.0384, mean, 0.0005)
	_, ok = meanBelowCapacity(m["openwhisk_float_load"], seriesNamed(t, "openwhisk_float_load"))
	assert.False(t, ok)
}

func seriesNamed(t *testing.T, name string) thesis.Series {
	for _, s := range thesis.AllSeries() {
		if s.Name == name {
			return s
		}
	}
	require.Fail(t, name)
	return thesis.Series{}
}

// A light area is drawn behind everything, and listed in the legend.
func TestSingleRunsAreAnAreaWithoutALine(t *testing.T) {
	ch := chart{title: "t", x: axis{label: "x"}, panels: []panel{{y: axis{label: "y"}, series: []series{
		{name: "line", platform: "container", x: []float64{1, 2, 3}, y: []float64{1, 2, 3}},
		{name: "runs", kind: single, platform: "container", x: []float64{1, 2, 3}, y: []float64{1, 2, 3}, low: []float64{0.5, 1, 1}, high: []float64{2, 3, 9}},
	}}}}
	p := ch.shown()[0]
	assert.False(t, p.joins(p.series[1]))
	assert.GreaterOrEqual(t, p.values().high, 9.0, "the area is within the panel")
	var image bytes.Buffer
	require.NoError(t, ch.write(&image, svgFormat))
	assert.Contains(t, image.String(), "runs")
	decoder := xml.NewDecoder(&image)
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
}
