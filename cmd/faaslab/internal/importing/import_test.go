package importing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/dist/trace"
	"faaslab/scenarios"
	"faaslab/sim"
)

const formats = "../../../../../shared/cases/formats"

// samples returns inputs of files in shared/cases/formats.
func samples(t testing.TB, names ...string) (all []Input) {
	for _, name := range names {
		path := filepath.Join(formats, name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("../shared is not there")
		}
		all = append(all, File(path, nil))
	}
	return all
}

// text returns an input with some contents.
func text(name, contents string) Input {
	return Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(contents)), nil }}
}

// once returns an input that can be read once.
func once(in Input) Input {
	in.Once = true
	return in
}

// imported imports into memory.
func imported(t testing.TB, o Options, inputs ...Input) (*Found, Memory) {
	files := Memory{}
	o.Create = files.Create
	found, err := Import(context.Background(), inputs, o)
	require.NoError(t, err)
	return found, files
}

// refused returns the error of an import.
func refused(t testing.TB, o Options, inputs ...Input) error {
	_, err := Import(context.Background(), inputs, o)
	require.Error(t, err)
	return err
}

// scenarioOf loads the scenario of an import from a directory, with measurements that hold for it.
func scenarioOf(t testing.TB, files Memory) (scenarios.Scenario, measured.Row) {
	dir := t.TempDir()
	for name, contents := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), contents, 0o600))
	}
	load := func(more ...scenarios.Override) (scenarios.Scenario, error) {
		return scenarios.Load(filepath.Join(dir, ScenarioFile), more)
	}
	s, err := load()
	require.NoError(t, err)
	m, err := measured.Read(filepath.Join(dir, MeasuredFile), "")
	require.NoError(t, err)
	m, err = measured.At(load, s, m)
	require.NoError(t, err)
	require.Len(t, m.Rows, 1)
	return s, m.Rows[0]
}

// Each sample becomes a scenario that runs as it is, and the simulation comes near what the log
// measured: the cold starts of its keep-alive, 60 s, and everything else.
func TestTheScenarioOfASampleRunsAndComesNearTheLog(t *testing.T) {
	for _, c := range []struct {
		files    []string
		function string
		requests int64
		colds    int64 // in the log; -1: not shown
	}{
		{[]string{"lambda_report.log"}, "", 597, 14},
		{[]string{"cloudwatch_export.csv"}, "", 597, 14},
		{[]string{"openwhisk_activations.json"}, "f", 60, 6},
		{[]string{"azure2019_invocations_per_function_md.anon.d01.csv", "azure2019_function_durations_percentiles.anon.d01.csv"}, "252f10c8", 597, -1},
		{[]string{"azure2021_invocations.csv"}, "ca97", 597, -1},
		{[]string{"huawei2023_requests_minute_day_000.csv"}, "0", 597, -1},
		{[]string{"huawei2025_requests.csv", "huawei2025_cold_start.csv"}, "10", 597, 14},
		{[]string{"hey.csv"}, "", 597, -1},
		{[]string{"vegeta.csv"}, "http://localhost/f", 597, -1},
		{[]string{"k6.csv"}, "", 597, -1},
		{[]string{"truth.csv"}, "", 597, 14},
		{[]string{"../a21_unsorted.csv"}, "", 597, -1},
		{[]string{"../cw_epoch.csv"}, "", 597, -1},
		{[]string{"faasnet_alibaba.csv"}, "func-1", 14, -1},
		{[]string{"opendc_faas_0.csv"}, "", 20, -1},
	} {
		t.Run(c.files[0], func(t *testing.T) {
			found, files := imported(t, Options{Function: c.function}, samples(t, c.files...)...)
			assert.True(t, found.Recognized)
			assert.Equal(t, c.requests, found.Requests)
			if c.colds < 0 {
				assert.Nil(t, found.ColdStarts)
			} else {
				assert.Equal(t, c.colds, *found.ColdStarts)
			}
			s, log := scenarioOf(t, files)
			untimed := found.Span == nil
			assert.Equal(t, untimed, files[ArrivalsFile] == nil, "a log without times has none")
			if untimed {
				assert.Contains(t, strings.Join(found.Warnings, " "), "has no times")
				assert.NotContains(t, found.Measured, "running")
				return
			}
			assert.Equal(t, c.requests, int64(bytes.Count(files[ArrivalsFile], []byte("\n"))))
			assert.True(t, bytes.HasPrefix(files[ArrivalsFile], []byte("0\n")), "the first request is at 0")
			s.Container.KeepAlive = 60e9
			result, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
			require.NoError(t, err)
			p := result.Platforms[0]
			cold, _ := p.Metric("cold_start_probability")
			if found.Span != nil && c.requests == 597 && c.files[0] != "huawei2023_requests_minute_day_000.csv" {
				assert.InDelta(t, 14, 597*cold.Mean, 4, "cold starts") // without start-ups there are fewer
			}
			for _, metric := range []string{"throughput", "running", "response_time"} {
				if want, ok := log.Value("container", metric); ok && len(found.Samples) > 0 {
					e, _ := p.Metric(metric)
					assert.InEpsilon(t, want, e.Mean, 0.1, metric)
				}
			}
		})
	}
}

// The samples whose starts are known show the keep-alive that they were made with, 60 s.
func TestTheKeepAliveIsFoundInALog(t *testing.T) {
	for _, names := range [][]string{{"cloudwatch_export.csv"}, {"openwhisk_activations.json"}, {"truth.csv"}, {"huawei2025_requests.csv", "huawei2025_cold_start.csv"}} {
		found, files := imported(t, Options{}, samples(t, names...)...)
		require.NotNil(t, found.KeepAlive, names)
		assert.LessOrEqual(t, *found.KeepAlive.From, 60.0)
		assert.Greater(t, *found.KeepAlive.To, 60.0)
		assert.Contains(t, string(files[ScenarioFile]), "  keep_alive: 60s\n")
	}
}

// poolLog simulates a pool by scanning a list, and writes a table of what happened.
func poolLog(keepAlive, startup float64, mru bool, instances bool) string {
	g := rand.New(rand.NewPCG(7, 8))
	type instance struct {
		id   int
		free float64 // idle from
	}
	var pool []instance
	var b strings.Builder
	b.WriteString("time,duration,startup")
	if instances {
		b.WriteString(",instance")
	}
	b.WriteString("\n")
	at, ids := 0.0, 0
	for range 4000 {
		at += g.ExpFloat64() * 20
		service := g.ExpFloat64() * 5
		best := -1
		for i, in := range pool {
			if in.free <= at && at-in.free <= keepAlive && (best < 0 || mru == (in.free > pool[best].free)) {
				best = i
			}
		}
		started := ""
		id := 0
		if best < 0 {
			ids++
			id = ids
			service += startup
			started = fmt.Sprintf("%.9f", startup)
			pool = append(pool, instance{ids, at + service})
			service -= startup
		} else {
			id = pool[best].id
			pool[best].free = at + service
		}
		fmt.Fprintf(&b, "%.9f,%.9f,%s", at, service, started)
		if instances {
			fmt.Fprintf(&b, ",%d", id)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTheBoundsOfTheKeepAliveHoldTheTrueOne(t *testing.T) {
	for _, keepAlive := range []float64{5, 30, 77, 200} {
		for _, c := range []struct{ mru, instances bool }{{true, false}, {true, true}, {false, true}} {
			found, _ := imported(t, Options{Format: "csv"}, text("pool.csv", poolLog(keepAlive, 2, c.mru, c.instances)))
			name := fmt.Sprint(keepAlive, c)
			require.NotNil(t, found.KeepAlive, name)
			require.NotNil(t, found.KeepAlive.From, name)
			assert.Zero(t, found.KeepAlive.Contradicting, name)
			assert.LessOrEqual(t, *found.KeepAlive.From, keepAlive, name)
			if found.KeepAlive.To != nil {
				assert.Greater(t, *found.KeepAlive.To, keepAlive, name)
				assert.Less(t, *found.KeepAlive.To, 1.3*keepAlive, name)
			}
		}
	}
}

// A log with random keep-alives contradicts itself; the estimate is where the fewest starts do.
func TestAKeepAliveIsFoundAmongContradictions(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	b.WriteString("time,duration,cold\n0,1,yes\n")
	at := 0.0
	for range 3000 { // one request at a time; the keep-alive is between 50 and 70 s
		gap := g.Float64() * 120
		at += 1 + gap
		fmt.Fprintf(&b, "%.6f,1,%v\n", at, gap > 50+20*g.Float64())
	}
	found, _ := imported(t, Options{}, text("t.csv", b.String()))
	require.NotNil(t, found.KeepAlive)
	assert.Positive(t, found.KeepAlive.Contradicting)
	assert.Greater(t, *found.KeepAlive.From, 55.0)
	assert.Less(t, *found.KeepAlive.To, 65.0)
}

const two = "time,duration,cold,function\n0,1,yes,a\n1,1,yes,b\n2,1,no,b\n3,1,no,b\n4.5,1,no,ab\n"

func TestTheFunctionIsTheBusiestOrTheOneAskedFor(t *testing.T) {
	for _, c := range []struct {
		asked, want string
		requests    int64
	}{{"", "b", 3}, {"b", "b", 3}, {"a", "a", 1}, {"ab", "ab", 1}, {"function=ab", "ab", 1}, {"function", "b", 3}, {"cold=no", "no", 3}} {
		found, files := imported(t, Options{Function: c.asked}, text("t.csv", two))
		assert.Equal(t, c.want, found.Function, c.asked)
		assert.Equal(t, c.requests, found.Requests, c.asked)
		assert.EqualValues(t, c.requests, bytes.Count(files[ArrivalsFile], []byte("\n")), c.asked)
	}
	found, _ := imported(t, Options{}, text("t.csv", two))
	assert.Equal(t, 3, found.Of)
	colds := int64(1)
	assert.Equal(t, Function{"b", 3, &colds}, found.Functions[0])
	assert.ErrorContains(t, refused(t, Options{Function: "c"}, text("t.csv", two)), "--function c: the log has no request of it; want one of b, a, ab")
	assert.ErrorContains(t, refused(t, Options{Function: "x"}, text("t.csv", "time,function\n1,xa\n2,xb\n")), "--function x: several functions fit; want one of xa, xb")
	// What can be read once only must say which function.
	assert.ErrorContains(t, refused(t, Options{}, once(text("t.csv", two))), "want --function with the whole name of one of b, a, ab")
	found, _ = imported(t, Options{Function: "a"}, once(text("t.csv", two)))
	assert.EqualValues(t, 1, found.Requests)
	found, _ = imported(t, Options{}, once(text("t.csv", "time,function\n1,a\n2,a\n")))
	assert.EqualValues(t, 2, found.Requests)
}

// Files are merged by time, in whatever order they are given and however they overlap.
func TestSeveralFilesAreOneLog(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(formats, "truth.csv"))
	if err != nil {
		t.Skip("../shared is not there")
	}
	found, want := imported(t, Options{}, text("truth.csv", string(whole)))
	lines := strings.SplitAfter(strings.TrimSuffix(string(whole), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	parts := []string{lines[0], lines[0], lines[0], lines[0]}
	for i, line := range lines[1:] {
		part := i % 3 // three that overlap in the first half, one in the second
		if i > 300 {
			part = 3
		}
		parts[part] += line
	}
	several, got := imported(t, Options{}, text("d", parts[3]), text("c", parts[2]), text("a", parts[0]), text("b", parts[1]), text("empty", lines[0]))
	assert.Equal(t, string(want[ArrivalsFile]), string(got[ArrivalsFile]))
	assert.Equal(t, string(want[MeasuredFile]), string(got[MeasuredFile]))
	assert.Equal(t, found.Lines+4, several.Lines)
	assert.Equal(t, found.LeftOut, several.LeftOut)
}

// A scenario has a name that it may have, whatever the names in the log and of the file are.
func TestAnyNameBecomesThatOfAScenario(t *testing.T) {
	for _, c := range []struct{ file, function, want string }{
		{"a\nb.log", "", "a?b"},
		{"log", "a\tb", "a?b"},
		{"log", "null", "null"},
		{"log", strings.Repeat("é/", 300), strings.Repeat("é/", 100) + "…"},
	} {
		rows := "time,function,duration\n0," + c.function + ",1\n1," + c.function + ",1\n"
		_, files := imported(t, Options{}, text(c.file, rows))
		s, _ := scenarioOf(t, files)
		assert.Equal(t, c.want, s.Name)
	}
}

// Arrivals are in order, so that the scenario runs, where counts of one minute come twice.
func TestCountsOfOneMinuteOverlap(t *testing.T) {
	rows := func(rows ...string) Input {
		header := "HashOwner,HashApp,HashFunction,Trigger,1,2\n"
		return text("invocations_per_function_md.anon.d01.csv", header+strings.Join(rows, "\n")+"\n")
	}
	for _, spread := range []trace.Spread{trace.Uniform, trace.Even, trace.AtBegin} {
		found, files := imported(t, Options{Spread: spread}, rows("o,a,f,http,20,3"), rows("o,a,f,http,30,2"))
		assert.EqualValues(t, 55, found.Requests)
		assert.EqualValues(t, 55, bytes.Count(files[ArrivalsFile], []byte("\n")))
		s, _ := scenarioOf(t, files)
		_, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
		assert.NoError(t, err, spread)
	}
	// Of two rows of a function in one file, the first holds, as where many functions are simulated.
	found, _ := imported(t, Options{}, rows("o,a,f,http,20,3", "o,a,f,timer,30,2"))
	assert.EqualValues(t, 23, found.Requests)
	require.Len(t, found.LeftOut, 1)
	assert.Equal(t, "a second row of invocations of a function on a day", found.LeftOut[0].Reason)
}

func compressed(t testing.TB, how, contents string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if how == "zst" {
		var err error
		w, err = zstd.NewWriter(&b)
		require.NoError(t, err)
	}
	_, err := io.WriteString(w, contents)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestCompressedFilesAreRead(t *testing.T) {
	log := poolLog(30, 1, true, true)
	_, want := imported(t, Options{}, text("log", log))
	for _, how := range []string{"gz", "zst"} {
		whole := string(compressed(t, how, log))
		_, got := imported(t, Options{}, text("log", whole))
		assert.Equal(t, want[ArrivalsFile], got[ArrivalsFile])
		_, got = imported(t, Options{}, once(text("log", whole+string(compressed(t, how, "1e6,1,,\n")))))
		assert.Equal(t, bytes.Count(want[ArrivalsFile], []byte("\n"))+1, bytes.Count(got[ArrivalsFile], []byte("\n")), "two parts of a file are its contents")

		err := refused(t, Options{Format: "csv"}, text("log."+how, whole[:len(whole)/2]))
		assert.ErrorContains(t, err, "log."+how+":")
		assert.ErrorContains(t, err, "reading failed: the compressed data end in the middle, so the file is incomplete")
		err = refused(t, Options{}, text("log."+how, whole[:5]))
		assert.ErrorContains(t, err, "log."+how+": reading failed: the compressed data")
		damaged := []byte(whole)
		damaged[len(damaged)/2] ^= 0x55
		err = refused(t, Options{Format: "csv"}, text("log."+how, string(damaged)))
		assert.ErrorContains(t, err, "reading failed: ")
	}
}

func TestBadInputIsRefusedWithWhatItIs(t *testing.T) {
	for _, c := range []struct {
		o    Options
		file string
		want string
	}{
		{Options{}, "", "log: found nothing; want a log or a trace"},
		{Options{}, "\n\n \n", "log: found nothing; want a log or a trace"},
		{Options{Format: "csv"}, "", "log: found no request in the format csv, nor anything else"},
		{Options{Format: "csv"}, "time,duration\n", "log: found no request in the format csv, nor anything else"},
		{Options{}, "\x00\x01\x02", "log: no format is recognized; want one of lambda, "},
		{Options{}, "a,b\n1,2\n", "log: no format is recognized; want one of lambda, "},
		{Options{}, "a;time\n1;2\n", "log: no format is recognized; want one of lambda, openwhisk, azure2019, azure2021, huawei2023, huawei2025, hey, vegeta, k6, csv before the file; between the columns of a table, want commas, not semicolons"},
		{Options{Format: "csv"}, "a\ttime\n1\t2\n", `log:1: the columns are separated by tabs: "a?time"; want commas, and points in numbers`},
		{Options{}, "0|1\n", `log:1: the columns are separated by bars: "0|1"; want commas, and points in numbers`},
		{Options{}, "\xff\xfet\x00", "log: is text in UTF-16, as > of PowerShell writes it; want UTF-8"},
		{Options{}, "time,duration\n,1\n14.11.2023,1\n", `log: found no request in the format csv, but left out 2 lines (the time is not one, first in line 2); the first that is no time is ""; want a date`},
		{Options{}, "time\n14.11.2023 22:13\n", `; the first that is no time is "14.11.2023 22:13"; want a date such as 2023-11-14T22:13:20.5Z, or a number such as 1700000000.5`},
		{Options{}, "HashApp,HashFunction,percentile_Average_0,percentile_Average_100\na,f,1,2\n", "log: found no request in the format azure2019, only quantiles of durations; want the file of requests beside it"},
		{Options{}, "HashApp,HashFunction,percentile_Average_0,percentile_Average_100\na,f,2,1\n", "log: found no request in the format azure2019, but left out 1 line (quantiles that do not increase"},
		{Options{Format: "cvs"}, "1,2\n", `no format "cvs"; want one of lambda`},
		{Options{Format: "lambda"}, "response-time,DNS+dialup,offset\n1,0,1\n", "log looks like hey (results of hey): faaslab import hey log"},
		{Options{Format: "k6"}, "response-time,DNS+dialup,offset\n1,0,1\n", "want those of k6 run --out csv, with metric_name, timestamp and metric_value\nlog looks like hey"},
		{Options{Laws: "normla"}, "1,2\n", "--laws normla: want one of empirical, quantiles, constant"},
		{Options{Columns: trace.Columns{Time: "t"}}, "time,duration\n1,2\n", "log:1: --time t: no such column; want one of time, duration, or #1 for the first"},
		{Options{Format: "csv"}, "a,b\n1,2\n", "log:1: which column is the time? Want --time with one of a, b"},
		{Options{}, "time,duration\n1,-2\nx,1\n", "log: found no request in the format csv, but left out 1 line (a negative duration, first in line 2); 1 line (the time is not one, first in line 3)"},
		{Options{Format: "huawei2023"}, "day,time,0\n0,0,1\n", ""},
	} {
		_, err := Import(context.Background(), []Input{text("log", c.file)}, c.o)
		if c.want == "" {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorContains(t, err, c.want, c.file)
	}
	assert.ErrorContains(t, refused(t, Options{Format: "k6"}, text("my log", "response-time,offset\n1,1\n")), "my log looks like csv (a table): faaslab import csv 'my log'")
	assert.ErrorContains(t, refused(t, Options{}, text("a", "time,duration\n1,1\n"), text("b", `{"activationId":"1"}`)), "a is of the format csv, and b of openwhisk; want files of one format")
	assert.ErrorContains(t, refused(t, Options{}, text("a", "time,duration\n1,1\n"), text("b", "time,duration\n1700000000,1\n")), "want files that count time alike")
}

// What is wrong in single lines is left out, counted by its reason.
func TestWrongLinesAreLeftOut(t *testing.T) {
	log := "time,duration,cold\n" +
		"1700000000,1,no\n" +
		"1700000001,-1,no\n" +
		"1700000002,one,no\n" +
		"1700000003000,1,no\n" +
		"\n" +
		"1700000004\n" +
		"1700000005,1,perhaps\n" +
		"1700000005,2,yes\n" +
		strings.Repeat("x", 10<<20) + "\n" +
		"2023-11-14T22:13:20Z,1,no\n" +
		"1699999990,\"1\",no\n" + // a clock that jumps back
		"17000000"
	found, files := imported(t, Options{}, text("log", log))
	assert.EqualValues(t, 3, found.Requests)
	assert.Equal(t, "0\n10\n15\n", string(files[ArrivalsFile]))
	assert.Equal(t, []Omission{
		{"a negative duration", 1, "log", 3},
		{"the duration is not a number", 1, "log", 4},
		{"the time is in another unit than those before it", 2, "log", 5},
		{"an empty line", 1, "log", 6},
		{"fewer columns than the header has", 2, "log", 7},
		{"the cold column is neither yes nor no", 1, "log", 8},
		{"a line longer than 1 MiB", 1, "log", 10},
	}, found.LeftOut)
	assert.Equal(t, "2023-11-14 22:13:10 UTC", found.Begins)
}

// Cold starts whose start-up is within their duration become the law of cold services.
func TestColdServicesThatIncludeTheStartUp(t *testing.T) {
	found, files := imported(t, Options{}, text("t.csv", "time,duration,cold\n0,3,true\n5,1,false\n10,2,false\n"))
	assert.Equal(t, "3\n", string(files[ColdFile]))
	assert.Equal(t, "1\n2\n", string(files[WarmFile]))
	assert.Equal(t, 2.0, found.Measured["response_time"])
	assert.Equal(t, 3.0, found.Measured["response_time_cold"])
	s, _ := scenarioOf(t, files)
	assert.Equal(t, "empirical(cold.csv)", s.Container.Cold.String())
}

func TestTheScenarioSaysTheLawThatIsAskedFor(t *testing.T) {
	log := poolLog(30, 1, true, true)
	for _, law := range Laws() {
		found, files := imported(t, Options{Laws: law}, text("log", log))
		s, _ := scenarioOf(t, files)
		warm := s.Container.Warm.String()
		switch law {
		case "empirical":
			assert.Equal(t, "empirical(warm.csv)", warm)
		case "constant": // has no fit
			assert.Contains(t, strings.Join(found.Warnings, " "), "warm: constant has no fit")
		case "pareto", "uniform", "normal", "shifted", "lognormal": // whose mean differs, or that have no fit
			assert.NotEmpty(t, warm)
		default:
			assert.True(t, strings.HasPrefix(warm, law+"("), warm)
			assert.NotContains(t, files, WarmFile)
			mean, _ := s.Container.Warm.Moments()
			assert.InEpsilon(t, 5, mean, 0.1, warm)
		}
		assert.Equal(t, found.Samples[0].Taken, warm)
	}
}

// More values than a sample keeps: it is of all of them, and says so.
func TestALargeSampleIsARandomPart(t *testing.T) {
	r := newReservoir(1)
	const n = 5 * MostKept
	for i := range int64(n) {
		r.add(i * 1000)
	}
	assert.Len(t, r.values, MostKept)
	mean, cv := r.moments()
	assert.InEpsilon(t, (n-1)/2.0*1e-6, mean, 1e-9)
	assert.InEpsilon(t, 1/math.Sqrt(3), cv, 1e-5)
	kept := slices.Sorted(slices.Values(r.values))
	worst := 0.0 // Kolmogorov-Smirnov; its 99.9 % point is 1.95/√n
	for i, v := range kept {
		worst = max(worst, math.Abs(float64(v)/1000/n-float64(i)/MostKept))
	}
	assert.Less(t, worst, 1.95/math.Sqrt(MostKept))
}

func TestSecondsAreWrittenExactly(t *testing.T) {
	for ns, want := range map[int64]string{0: "0", 1: "0.000000001", 1_500_000_000: "1.5", 12_000_000_000: "12", 9_000_000_010: "9.00000001"} {
		assert.Equal(t, want, string(appendSeconds(nil, ns)))
	}
}

// A full disk and an interruption leave no directory.
func TestADirectoryIsCompleteOrAbsent(t *testing.T) {
	log := text("log", poolLog(30, 1, true, true))
	dir := filepath.Join(t.TempDir(), "out")
	into := func(ctx context.Context, replace bool, in Input, o Options) error {
		d, err := outfile.NewDirectory(dir, replace, Files())
		if err != nil {
			return err
		}
		defer d.Abandon()
		o.Create = d.Create
		if _, err := Import(ctx, []Input{in}, o); err != nil {
			return err
		}
		return d.Commit()
	}
	ctx, cancel := context.WithCancel(context.Background())
	interrupting := Input{Name: "log", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(&cancelling{strings.NewReader(poolLog(30, 1, true, true)), cancel, 100_000}), nil
	}}
	err := into(ctx, false, interrupting, Options{Format: "csv"})
	coded := new(exit.Error)
	require.ErrorAs(t, err, &coded)
	assert.Equal(t, exit.Interrupted, coded.Code)
	assert.EqualError(t, err, "interrupted: nothing was written")
	entries, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	assert.Empty(t, entries)

	require.NoError(t, into(context.Background(), false, log, Options{}))
	before, err := os.ReadFile(filepath.Join(dir, ArrivalsFile))
	require.NoError(t, err)
	assert.ErrorContains(t, into(context.Background(), false, log, Options{}), "there is a scenario.yaml already; --force replaces the directory")
	require.NoError(t, into(context.Background(), true, text("log", "time,duration\n1,2\n"), Options{}))
	after, err := os.ReadFile(filepath.Join(dir, ArrivalsFile))
	require.NoError(t, err)
	assert.NotEqual(t, before, after)
	assert.NoFileExists(t, filepath.Join(dir, StartupFile), "the directory is replaced whole")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	assert.ErrorContains(t, into(context.Background(), true, log, Options{}), "the directory has files of its own, such as notes.txt")

	full := errors.New("no space left on device")
	_, err = Import(context.Background(), []Input{log}, Options{Create: func(name string) (io.WriteCloser, error) { return failing{full}, nil }})
	assert.ErrorIs(t, err, full)
}

// cancelling ends a context after some bytes.
type cancelling struct {
	io.Reader
	cancel func()
	left   int
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= n; c.left < 0 {
		c.cancel()
	}
	return n, err
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error              { return nil }

// What is found is JSON, whatever the log holds.
func TestWhatIsFoundIsJSON(t *testing.T) {
	found, files := imported(t, Options{}, text("log", "time,duration,function\n0,0,\"f\x01\xff: #\u2028\"\n0,0,\"f\x01\xff: #\u2028\"\n"))
	encoded, err := json.Marshal(found)
	require.NoError(t, err)
	assert.True(t, json.Valid(encoded))
	_, _ = scenarioOf(t, files)
	var page bytes.Buffer
	found.Text(&page)
	assert.Contains(t, page.String(), "2 in 0s, all at once on average")
}

// The README's and the manual's words on functions: what names one.
func TestWhatNamesAFunction(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       int
	}{{"a", "a", 3}, {"", "", 3}, {"b", "a/b", 2}, {"10", "10---134---pool24-600-512", 2}, {"12", "ab/123", 1}, {"ab/1", "ab/123", 1}, {"3", "ab/123", 0}, {"a…/12…", "ab/123", 1}, {"b/12", "ab/123", 0}} {
		assert.Equal(t, c.want, matching(c.text, c.name), c)
	}
}

// What is found fits 80 columns, and has all that a file gets.
func TestWhatIsFoundFitsATerminal(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 4)
	log := "time,duration,startup,function\n"
	for i := range 200 {
		log += fmt.Sprintf("%d.%d,0.%03d,%s,%s/%s%d\n", 1700000000+7*i, i, i*i%977, []string{"", "1.5"}[i%2], long, long, i%3)
	}
	found, _ := imported(t, Options{}, text(strings.Repeat("a-long-name-", 8)+".csv", log+"1,2,3,4\n5\n"), text("other.csv", "time,duration,startup,function\n"))
	var wide bytes.Buffer
	found.Text(&wide)
	narrow := format.Page{Columns: 80}
	found.Text(&narrow)
	count := map[string]int{}
	for line := range strings.Lines(narrow.String()) {
		if fields := strings.Fields(line); len(fields) > 1 { // a word may be longer
			assert.LessOrEqual(t, format.Width(strings.TrimSuffix(line, "\n")), 80, line)
		}
		for _, word := range strings.Fields(line) {
			count[word]++
		}
	}
	for _, word := range strings.Fields(wide.String()) {
		if word != "·" {
			assert.Positive(t, count[word], word)
		}
	}
}

func TestTheKeepAliveOfAScenarioIsARoundOne(t *testing.T) {
	const s = 1_000_000_000
	for _, c := range []struct {
		from, to, standard int64 // s
		want               sim.Time
	}{{52, 61, 600, 60 * s}, {52, 601, 600, 600 * s}, {61, 399, 600, 300 * s}, {0, 2, 600, s}, {52, 53, 600, 52 * s}, {95, 103, 600, 100 * s}} {
		assert.Equal(t, c.want, roundest(c.from*s, c.to*s, sim.Time(c.standard*s)), c)
	}
	assert.EqualValues(t, 600*s, roundest(52*s, math.MaxInt64, 600*s), "long enough")
	assert.EqualValues(t, 900*s, roundest(700*s, math.MaxInt64, 600*s), "the shortest that is")
	assert.EqualValues(t, 92_000*s, roundest(91_500*s, math.MaxInt64, 600*s))
}

// Whatever the log holds, its scenario loads, and what was measured holds for it.
func FuzzImport(f *testing.F) {
	f.Add("csv", two)
	f.Add("csv", "time,duration,startup\n0,1,\n5,1,2\n")
	f.Add("lambda", "2023-11-14T22:13:22Z REPORT RequestId: a\tDuration: 10.00 ms\tMemory Size: 512 MB\tInit Duration: 250.50 ms\t\n")
	f.Add("azure2019", "HashApp,HashFunction,1,2\na,b,3,1\n")
	f.Add("azure2019", "HashApp,HashFunction,Average,Count,percentile_Average_0,percentile_Average_100\na,b,5,10,1,9\n")
	f.Add("huawei2023", "day,time,0,1\n0,0,3,\n0,60,,2\n")
	f.Add("vegeta", "1700000000782629888,200,1825999999,0,5,,,,0,GET,http://localhost/f: #,\n")
	f.Fuzz(func(t *testing.T, format, log string) {
		if bytes.Count([]byte(log), []byte("9")) > 20 { // counts of millions take long
			return
		}
		files := Memory{}
		found, err := Import(context.Background(), []Input{text("log", log)}, Options{Format: format, Create: files.Create})
		if err != nil {
			return
		}
		var page bytes.Buffer
		found.Text(&page)
		dir := t.TempDir()
		for name, contents := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), contents, 0o600))
		}
		_, err = scenarios.Load(filepath.Join(dir, ScenarioFile), nil)
		require.NoError(t, err, found.Scenario)
		if contents, ok := files[MeasuredFile]; ok {
			_, err := measured.Parse(MeasuredFile, contents, "")
			require.NoError(t, err)
		}
	})
}
