package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/reproduction"
	"faaslab/sim/tests"
	"faaslab/validate/thesis"
)

// quickly are flags that make reproduce fast and rough.
var quickly = []string{"--runs", "39", "--max-requests", "1000"}

// reproduceQuickly runs the command and returns its output.
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
	tests.Slow(t)
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

// checkIndex tests that all links of index.html lead to files, that it has no script, and that its
// figures have words.
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

// With measurements, the right-hand panels exist and use the mean response below capacity.
func TestTheMeasuredServiceTimeHasAPanelOfItsOwn(t *testing.T) {
	tests.Slow(t)
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "spin_matmul_load.csv"),
		[]byte("arrivals.rate,response_time,instances\n1/s,0.06,0.06\n200/s,0.04,8\n400/s,9,10\n"), 0o644))
	plan := planOf(t, "4.18", "--out", out, "--measured", measured)
	require.InDelta(t, 0.05, plan.Means["spin_matmul_load_measured"], 1e-12)
	require.Len(t, plan.Series, 3)
	for i := range plan.Series {
		plan.Series[i].Values = plan.Series[i].Values[:3]
	}
	require.NoError(t, plan.Run(context.Background()))
	ch := plan.Chart(plan.Figures[0])
	require.Len(t, ch.Panels, 2)
	assert.Equal(t, "mean response measured below capacity, 50ms", ch.Panels[1].Title)
	rows := readCSV(t, filepath.Join(out, "figure-4.18.csv"))
	assert.Len(t, rows, 1+2*(3+3)+3, "simulated and measured at three rates each, in two panels, and simulated with the clock in one")

	without := planOf(t, "4.18", "--out", out)
	for i := range without.Series {
		without.Series[i].Values = without.Series[i].Values[:2]
	}
	require.NoError(t, without.Run(context.Background()))
	assert.Contains(t, strings.Join(without.Chart(without.Figures[0]).Notes, " "), "--measured")
}

// planOf returns the plan of a command line.
func planOf(t *testing.T, args ...string) (plan *reproduction.Plan) {
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

// Figures finished before an interruption stay, each file complete.
func TestAnInterruptedReproductionKeepsItsFigures(t *testing.T) {
	tests.Slow(t)
	out := t.TempDir()
	plan := planOf(t, "A.1", "4.16", "--out", out)
	require.Len(t, plan.Series, 3)
	plan.Options.Workers = 1
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	plan.Options.Progress = func(float64) {
		if _, err := os.Stat(filepath.Join(out, "figure-A.1.csv")); err == nil {
			stop()
		}
	}
	err := plan.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, plan.Written, 1)
	assert.FileExists(t, filepath.Join(out, plan.Written[0].Name+".csv"))
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}

func TestReproductionsAsJSONAndCSV(t *testing.T) {
	tests.Slow(t)
	var all struct {
		Figures  []reproduction.FigureJSON
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

// A fitted curve is one line beside the simulation without a fit, called fitted in the legend and
// the table, and measured points appear once.
func TestAFittedCurveIsCalledSo(t *testing.T) {
	tests.Slow(t)
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "openwhisk_float_load.csv"), []byte("arrivals.rate,idle\n0.5/s,2.5\n"), 0o644))
	plan := planOf(t, "4.12", "--out", out, "--measured", measured)
	require.Len(t, plan.Series, 3)
	for i := range plan.Series {
		plan.Series[i].Values = plan.Series[i].Values[:2]
	}
	require.NoError(t, plan.Run(context.Background()))
	count := map[string]int{}
	for _, s := range plan.Chart(plan.Figures[0]).Panels[0].Series {
		count[s.Name]++
	}
	assert.Equal(t, map[string]int{"containers, single runs": 1, "containers, simulated": 1, "level-crossing": 1, "SMP": 1, "SMP modified": 1,
		"containers, measured": 1, "containers, own arrivals, replayed": 1, "containers, simulated, cores fitted": 1}, count)
	rows := readCSV(t, filepath.Join(out, "figure-4.12.csv"))
	assert.Contains(t, rows[0], "container.fitted.idle")
	accuracy, err := plan.Accuracy(context.Background())
	require.NoError(t, err)
	require.Len(t, accuracy, 3)
	assert.True(t, accuracy[1].Series.Replayed)
	assert.True(t, accuracy[2].Series.Fitted)
	assert.Equal(t, 1, accuracy[2].Points)
}

// Where keep-alives were measured, constant service times are compared with them, too; no figure
// shows these, and they have no short runs.
func TestConstantServiceTimesAreHeldAgainstWhatWasMeasured(t *testing.T) {
	tests.Slow(t)
	out, measured := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(measured, "openwhisk_float_keep_alive.csv"), []byte("container.keep_alive,idle\n1s,0.8\n"), 0o644))
	plan := planOf(t, "A.1", "--out", out, "--measured", measured)
	require.Len(t, plan.Series, 2)
	for i := range plan.Series {
		plan.Series[i].Values = plan.Series[i].Values[:2]
	}
	require.NoError(t, plan.Run(context.Background()))
	constant := plan.Curves["openwhisk_float_keep_alive_constant"]
	require.Len(t, constant.Points, 2)
	assert.Nil(t, constant.Points[0].Runs)
	assert.Less(t, constant.Points[0].Steady["cold_start_probability"].Mean, 1.0)
	assert.NotEqual(t, plan.Curves["openwhisk_float_keep_alive"].Points[0].Steady["idle"], constant.Points[0].Steady["idle"])
	accuracy, err := plan.Accuracy(context.Background())
	require.NoError(t, err)
	require.Len(t, accuracy, 2)
	assert.True(t, accuracy[1].Series.Constant)
	assert.Contains(t, accuracy[1].Said[0].Errors, "idle")
	require.NoError(t, reproduction.WriteJSON(io.Discard, &reproduction.Result{Accuracy: accuracy}))
	plan = planOf(t, "4.8", "--out", out, "--measured", measured)
	assert.False(t, slices.ContainsFunc(plan.Series, func(s thesis.Series) bool { return s.Constant }), "no figure of keep-alives is wanted")
	plan = planOf(t, "A.1", "--out", out)
	assert.Len(t, plan.Series, 1, "nothing was measured")
}

// The fitted cores have the capacity that their threads and clock allow.
func TestTheCapacityOfTheFittedCores(t *testing.T) {
	assert.InDelta(t, 20*(1+thesis.Fitted[0])*thesis.Fitted[1], thesis.FittedCapacity(), 1e-12)
}
