package traces

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/sim"
	"faaslab/sim/random"
)

// fleet is the folder of synthetic traces in the formats of the published ones, with the requests
// that an independent reader makes of them.
const fleet = "../../../../shared/specs/fleet"

func needsFleet(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(fleet); err != nil {
		t.Skip("no ", fleet)
	}
}

// A request is one of a unit, in ns.
type request struct{ at, unit, service int64 }

// requests returns all requests of a trace, those of one moment in the order of the functions.
func requests(t *testing.T, of *Trace) (all []request) {
	t.Helper()
	if next := of.Rows(); next != nil {
		for {
			q, ok, err := next()
			require.NoError(t, err)
			if !ok {
				return all
			}
			all = append(all, request{int64(q.Arrival), int64(q.Function), int64(q.Service)})
		}
	}
	for i, f := range of.Functions {
		source, err := f.Arrivals.Start(random.Stream(1, 0, random.Arrivals))
		require.NoError(t, err)
		at := int64(0)
		for {
			var gaps, services [7]int64
			n, err := source.Fill(gaps[:], services[:])
			require.NoError(t, err)
			for k := range n {
				at += gaps[k]
				all = append(all, request{at, int64(i), services[k]})
			}
			if n < len(gaps) {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b request) int {
		switch {
		case a.at != b.at:
			return int(min(max(a.at-b.at, -1), 1))
		}
		return int(a.unit - b.unit)
	})
	return all
}

func fleetRows(t *testing.T, name string) [][]string {
	data, err := os.ReadFile(filepath.Join(fleet, name))
	require.NoError(t, err)
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(name, ".gz") {
		r, err = gzip.NewReader(r)
		require.NoError(t, err)
	}
	rows, err := csv.NewReader(r).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func azure(name string) string { return filepath.Join(fleet, "traces", name) }

const azure2021File = "azure2021/AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt"

// The readers make the requests and the functions that an independent program made of the same files.
func TestTheReadersMakeTheReferenceInputs(t *testing.T) {
	needsFleet(t)
	want := map[string][]request{}
	for _, row := range fleetRows(t, "policies_input.csv.gz") {
		number := func(i int) int64 { n, _ := strconv.ParseInt(row[i], 10, 64); return n }
		want[row[0]+" "+row[1]] = append(want[row[0]+" "+row[1]], request{number(3), number(4), number(5)})
	}
	units := map[string][]string{}
	for _, row := range fleetRows(t, "policies_units.csv") {
		text := row[3] + " " + row[6]
		if row[0] == "azure2019" { // the memory of 2021 is made up
			text += " " + row[4]
		}
		units[row[0]+" "+row[1]] = append(units[row[0]+" "+row[1]], text)
	}
	for _, by := range []string{"app", "function"} {
		o := Options{ByFunction: by == "function", Spread: trace.Even, Durations: Average}
		for name, read := range map[string]func() (*Trace, error){
			"azure2019": func() (*Trace, error) { return Azure2019(azure("azure2019"), "azure2019", o) },
			"azure2021": func() (*Trace, error) { return Azure2021(azure(azure2021File), "a.txt", o) },
		} {
			got, err := read()
			require.NoError(t, err)
			assert.False(t, got.Random)
			key := name + " " + by
			require.NotEmpty(t, want[key])
			assert.True(t, slices.Equal(want[key], requests(t, got)), key)
			assert.EqualValues(t, len(want[key]), got.Requests)
			assert.EqualValues(t, want[key][len(want[key])-1].at/int64(trace.Minute), (int64(got.Last)-1)/int64(trace.Minute))
			var functions []string
			for _, f := range got.Functions {
				text := fmt.Sprint(f.Name, " ", f.Requests)
				if name == "azure2019" {
					text += fmt.Sprint(" ", f.Memory)
				}
				functions = append(functions, text)
			}
			assert.Equal(t, units[key], functions)
		}
	}
}

// Law 15: however requests are spread, a function has as many in each minute as the trace counts.
// Uniform places are uniform, by the Kolmogorov–Smirnov test at 10⁻⁴.
func TestARequestsMinuteIsThatOfTheTrace(t *testing.T) {
	needsFleet(t)
	perMinute := func(all []request) map[[2]int64]int {
		n := map[[2]int64]int{}
		for _, r := range all {
			n[[2]int64{r.unit, r.at / trace.Minute}]++
		}
		return n
	}
	want := map[[2]int64]int{}
	place := map[string]int64{}
	for day := range 2 {
		data, err := os.ReadFile(filepath.Join(azure("azure2019"), fmt.Sprintf("invocations_per_function_md.anon.d%02d.csv", day+1)))
		require.NoError(t, err)
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
			cells := strings.Split(line, ",")
			name := cells[1] + "/" + cells[2]
			if _, ok := place[name]; !ok {
				place[name] = int64(len(place))
			}
			for minute, cell := range cells[4:] {
				if n, _ := strconv.Atoi(cell); n > 0 {
					want[[2]int64{place[name], int64(day*1440 + minute)}] = n
				}
			}
		}
	}
	for _, spread := range []trace.Spread{trace.Uniform, trace.Even, trace.AtBegin} {
		got, err := Azure2019(azure("azure2019"), "", Options{ByFunction: true, Spread: spread})
		require.NoError(t, err)
		all := requests(t, got)
		assert.Equal(t, want, perMinute(all), spread)
		if spread != trace.Uniform {
			continue
		}
		places := make([]float64, len(all))
		for i, r := range all {
			places[i] = float64(r.at%trace.Minute) / float64(trace.Minute)
		}
		slices.Sort(places)
		worst := 0.0
		for i, x := range places {
			worst = max(worst, math.Abs(x-float64(i)/float64(len(places))), math.Abs(float64(i+1)/float64(len(places))-x))
		}
		// P(√n D > x) ≈ 2 exp(−2x²) = 10⁻⁴
		assert.Less(t, worst*math.Sqrt(float64(len(places))), math.Sqrt(math.Log(2e4)/2))
	}
}

// Places within a minute are independent: of a minute of n requests the gaps between ordered places
// have the mean 1/(n+1) each, the first and the last one included.
func TestUniformPlacesAreOrderStatistics(t *testing.T) {
	const n, rounds = 5, 20_000
	var s series
	for i := range int64(rounds) {
		s.add(2*i, n, -1)
	}
	u := &unit{streams: []stream{{series: s}}, slot: trace.Minute, spread: trace.Uniform}
	all := requests(t, &Trace{Functions: []Function{{Arrivals: u}}})
	require.Len(t, all, n*rounds)
	var sums [n]float64
	for i, r := range all {
		require.Equal(t, int64(i/n*2), r.at/trace.Minute)
		sums[i%n] += float64(r.at%trace.Minute) / float64(trace.Minute)
	}
	for k, sum := range sums { // Beta(k+1, n−k): mean (k+1)/(n+1), variance (k+1)(n−k)/((n+1)²(n+2))
		a, b := float64(k+1), float64(n-k)
		sd := math.Sqrt(a * b / ((n + 1) * (n + 1) * (n + 2)) / rounds)
		assert.InDelta(t, a/(n+1), sum/rounds, 4.5*sd)
	}
}

// What is drawn does not depend on how many are drawn at a time.
func TestAUnitIsDrawnInBlocksOfAnySize(t *testing.T) {
	needsFleet(t)
	got, err := Azure2019(azure("azure2019"), "", Options{})
	require.NoError(t, err)
	for _, f := range got.Functions {
		var paths [2][]int64
		for i, size := range []int{1, 300} {
			source, err := f.Arrivals.Start(random.Stream(3, 1, random.Arrivals))
			require.NoError(t, err)
			gaps, services := make([]int64, size), make([]int64, size)
			for n := size; n == size; {
				n, err = source.Fill(gaps, services)
				require.NoError(t, err)
				for k := range n {
					paths[i] = append(paths[i], gaps[k], services[k])
				}
			}
		}
		assert.Equal(t, paths[0], paths[1])
	}
}

func notes(t *Trace) string { return strings.Join(t.Notes, "\n") }

// Each defect that is planted in the files is counted and said.
func TestEveryDefectIsSaid(t *testing.T) {
	needsFleet(t)
	got, err := Azure2019(azure("azure2019"), "azure", Options{})
	require.NoError(t, err)
	for _, want := range []string{
		"azure: 32 apps with 40 functions and 18619 requests, days 1 to 2",
		"a second row of a function: the first row holds (first at function_durations_percentiles.anon.d01.csv:41)",
		"no durations of 1 function on a day when requests arrive: 2 requests have the lognormal law",
		"a second row of an app: the first row holds (first at app_memory_percentiles.anon.d01.csv:33)",
		"no memory of 1 app: it has 170MB",
		"the average duration of 1 function is 0, and its largest is not",
		"the durations of 1 function are of another number of requests",
		"the trigger of 1 function changes",
		"1 function has no request on some of the days",
	} {
		assert.Contains(t, notes(got), want)
	}
	got, err = Azure2021(azure(azure2021File), "azure.txt", Options{})
	require.NoError(t, err)
	for _, want := range []string{
		"azure.txt: 13 apps and 5000 requests", "the order is that of arrivals", "425 requests have a duration of 0, and take 1ms",
		"1 name of a function is in more than one app", "1 request arrives at the moment of the one above it", "each instance has 200MB",
	} {
		assert.Contains(t, notes(got), want)
	}
	got, err = Huawei2023(azure("huawei2023"), "huawei", Options{})
	require.NoError(t, err)
	for _, want := range []string{"huawei, the private set, day 0: ", "an empty cell: no request in that time, or no data: ", "requests_second is there, and not read", "taken for ms"} {
		assert.Contains(t, notes(got), want)
	}
	got, err = Huawei2025(azure("huawei2025"), "huawei", Options{Region: "R5"})
	require.NoError(t, err)
	for _, want := range []string{"huawei, region R5: ", "and 2500 requests", "a request without the frontend's columns: 76 times", "times are taken for those of arrivals: the trace does not say it, nor do its rows show it"} {
		assert.Contains(t, notes(got), want)
	}
}

// copyDays copies files of the trace of 2019, but for those that a function renames to nothing.
func copyDays(t *testing.T, rename func(string) string) string {
	dir := t.TempDir()
	entries, err := os.ReadDir(azure("azure2019"))
	require.NoError(t, err)
	for _, e := range entries {
		if name := rename(e.Name()); name != "" {
			data, err := os.ReadFile(filepath.Join(azure("azure2019"), e.Name()))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		}
	}
	return dir
}

func TestMissingFilesAreSaid(t *testing.T) {
	needsFleet(t)
	whole, err := Azure2019(azure("azure2019"), "", Options{})
	require.NoError(t, err)

	// A day without invocations in the middle: the days keep their distance.
	dir := copyDays(t, func(name string) string { return strings.Replace(name, "d02", "d03", 1) })
	gap, err := Azure2019(dir, dir, Options{Days: &Days{1, 4}})
	require.NoError(t, err)
	assert.Contains(t, notes(gap), "no file of invocations for days 2, 4: nothing arrives then")
	assert.Equal(t, whole.Requests, gap.Requests)
	assert.Equal(t, whole.Last+sim.Time(trace.Day), gap.Last)

	dir = copyDays(t, func(name string) string {
		if strings.HasPrefix(name, memoryFile) {
			return ""
		}
		return name
	})
	bare, err := Azure2019(dir, dir, Options{})
	require.NoError(t, err)
	assert.Contains(t, notes(bare), "no file of memory for days 1, 2")
	assert.Contains(t, notes(bare), "no memory of 32 apps: they have 170MB")
	_, err = Azure2019(dir, dir, Options{Drop: true})
	require.ErrorContains(t, err, "with missing=drop nothing is left, since 40 functions with 18619 requests on days 1 to 2 have no durations or no memory")

	dir = copyDays(t, func(name string) string {
		if strings.HasPrefix(name, durationsFile) {
			return ""
		}
		return name
	})
	bare, err = Azure2019(dir, dir, Options{})
	require.NoError(t, err)
	assert.Contains(t, notes(bare), "no file of durations for days 1, 2")
	assert.Contains(t, notes(bare), "no durations of 40 functions on a day when requests arrive: 18619 requests have")

	// Files of other formats, and of other kinds.
	for want, read := range map[string]func() error{
		"has no file of invocations of Azure's trace of 2019, and has AzureFunctions": func() error { _, err := Azure2019(azure("azure2021"), "", Options{}); return err },
		"is a file; want the folder":                              func() error { _, err := Azure2019(azure(azure2021File), "", Options{}); return err },
		"cannot be read: no such file":                            func() error { _, err := Azure2019(azure("nowhere"), "", Options{}); return err },
		"has no invocations of days 5..9; want some of days 1, 2": func() error { _, err := Azure2019(azure("azure2019"), "", Options{Days: &Days{5, 9}}); return err },
		"is a folder; want the file":                              func() error { _, err := Azure2021(azure("azure2021"), "", Options{}); return err },
		"want app, func, end_timestamp and duration": func() error {
			_, err := Azure2021(filepath.Join(azure("azure2019"), "names.csv"), "", Options{})
			return err
		},
		"private_dataset/requests_minute: cannot be read": func() error { _, err := Huawei2023(azure("huawei2025"), "", Options{}); return err },
		"want the folder of Huawei's trace of 2025":       func() error { _, err := Huawei2025(azure("huawei2023"), "", Options{Region: "R5"}); return err },
		"has no file of days 3..4; want some of day 0":    func() error { _, err := Huawei2023(azure("huawei2023"), "", Options{Days: &Days{3, 4}}); return err },
		"want whole minutes":                              func() error { _, err := Azure2019(azure("azure2019"), "", Options{From: 30e9}); return err },
		"has no request between from and to":              func() error { _, err := Azure2021(azure(azure2021File), "", Options{From: 1e18, To: 2e18}); return err },
	} {
		err := read()
		require.Error(t, err, want)
		assert.ErrorContains(t, err, want)
	}
	dir = copyDays(t, func(name string) string {
		if strings.HasPrefix(name, "names") || strings.HasPrefix(name, memoryFile) {
			return ""
		}
		return strings.NewReplacer(invocationsFile, durationsFile, durationsFile, invocationsFile).Replace(name)
	})
	_, err = Azure2019(dir, dir, Options{})
	require.ErrorContains(t, err, filepath.Join(dir, durationsFile+".anon.d01.csv")+":2: the columns are those of another file of the trace; want those of "+durationsFile)
}

// A file without rows, or cut off in its header, leaves its day without what it should have: that is said.
func TestFilesThatEndTooSoonAreSaid(t *testing.T) {
	needsFleet(t)
	dir := copyDays(t, func(name string) string { return name })
	invocations := filepath.Join(dir, invocationsFile+".anon.d01.csv")
	data, err := os.ReadFile(invocations)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(invocations, data[:3000], 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, memoryFile+".anon.d01.csv"), nil, 0o600))
	got, err := Azure2019(dir, "azure", Options{})
	require.NoError(t, err)
	assert.Equal(t, int64(9338), got.Requests, "of day 2")
	assert.Contains(t, notes(got), "nothing is in azure/"+invocationsFile+".anon.d01.csv")
	assert.Contains(t, notes(got), "nothing is in azure/"+memoryFile+".anon.d01.csv")

	// A count of 1.5 is none, and one of 1.0 is.
	lines := strings.SplitAfter(string(data), "\n")
	at := strings.Index(lines[4], ",0,")
	for cell, want := range map[string]int64{"1.0": 18620, "1.5": 18619, "-1": 18619, "1e9": 18619} {
		changed := slices.Clone(lines)
		changed[4] = lines[4][:at] + "," + cell + "," + lines[4][at+3:]
		require.NoError(t, os.WriteFile(invocations, []byte(strings.Join(changed, "")), 0o600))
		got, err := Azure2019(dir, "azure", Options{})
		require.NoError(t, err)
		assert.Equal(t, want, got.Requests, cell)
		said := "a count that is not a whole number of at most ten million: left out (first at " + invocationsFile + ".anon.d01.csv:5)"
		assert.Equal(t, cell != "1.0", strings.Contains(notes(got), said), cell)
	}

	// Rows of another table are no requests.
	region := t.TempDir()
	for to, from := range map[string]string{"per_request": "cold_start", "cold_start": "cold_start"} {
		require.NoError(t, os.MkdirAll(filepath.Join(region, to, "R5"), 0o700))
		rows, err := os.ReadFile(filepath.Join(azure("huawei2025"), "cold_start_dataset", from, "R5", "day_30.csv"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(region, to, "R5", "day_30.csv"), rows, 0o600))
	}
	_, err = Huawei2025(region, "region", Options{Region: "R5"})
	require.ErrorContains(t, err, "region has no request, and what is left out is a row that is no request (")
	require.ErrorContains(t, err, "day_30.csv:2)")
}

// Samples nest: a smaller one lies within a larger one, and has a function's very requests.
func TestSamplesNest(t *testing.T) {
	needsFleet(t)
	names := map[int][]string{}
	for _, n := range []int{1, 2, 4, 8} {
		got, err := Azure2019(azure("azure2019"), "", Options{Sample: n})
		if n == 8 && err != nil { // chance may leave none
			continue
		}
		require.NoError(t, err)
		for _, f := range got.Functions {
			names[n] = append(names[n], f.Name)
		}
	}
	assert.Len(t, names[1], 32)
	for _, n := range []int{2, 4, 8} {
		assert.Less(t, len(names[n]), len(names[n/2]))
		for _, name := range names[n] {
			assert.Contains(t, names[n/2], name)
		}
	}
	// The share of a sample: 10,000 names, one in ten, within 4.5 standard deviations.
	in := 0
	for i := range 10_000 {
		if InSample(strconv.Itoa(i), 10) {
			in++
		}
	}
	assert.InDelta(t, 1000, in, 4.5*30)
}

func TestTheBusiestAreTaken(t *testing.T) {
	needsFleet(t)
	for _, read := range []func(Options) (*Trace, error){
		func(o Options) (*Trace, error) { return Azure2019(azure("azure2019"), "", o) },
		func(o Options) (*Trace, error) { return Azure2021(azure(azure2021File), "", o) },
	} {
		all, err := read(Options{Spread: trace.Even, Durations: Average})
		require.NoError(t, err)
		few, err := read(Options{Spread: trace.Even, Durations: Average, Top: 3})
		require.NoError(t, err)
		require.Len(t, few.Functions, 3)
		var most []int64
		place := map[string]int64{}
		for i, f := range all.Functions {
			most = append(most, f.Requests)
			place[f.Name] = int64(i)
		}
		slices.Sort(most)
		slices.Reverse(most)
		assert.Equal(t, most[0]+most[1]+most[2], few.Requests)
		var want, got []request
		for _, r := range requests(t, all) {
			for _, f := range few.Functions {
				if place[f.Name] == r.unit {
					want = append(want, r)
				}
			}
		}
		for _, r := range requests(t, few) {
			r.unit = place[few.Functions[r.unit].Name]
			got = append(got, r)
		}
		assert.Equal(t, want, got)
	}
}

// From and to cut requests out, and time 0 is from.
func TestAPartOfTheTimeIsTaken(t *testing.T) {
	needsFleet(t)
	const from, to = 30 * 60 * 1e9, 3 * 3600 * 1e9
	for _, read := range []func(Options) (*Trace, error){
		func(o Options) (*Trace, error) { return Azure2019(azure("azure2019"), "", o) },
		func(o Options) (*Trace, error) { return Azure2021(azure(azure2021File), "", o) },
		func(o Options) (*Trace, error) { return Huawei2023(azure("huawei2023"), "", o) },
		func(o Options) (*Trace, error) { o.Region = "R5"; return Huawei2025(azure("huawei2025"), "", o) },
	} {
		whole, err := read(Options{Spread: trace.Even, Durations: Average})
		require.NoError(t, err)
		part, err := read(Options{Spread: trace.Even, Durations: Average, From: from, To: to})
		require.NoError(t, err)
		var want []string
		for _, r := range requests(t, whole) {
			if r.at >= from && r.at < to {
				want = append(want, fmt.Sprint(r.at-from, whole.Functions[r.unit].Name, r.service))
			}
		}
		var got []string
		for _, r := range requests(t, part) {
			got = append(got, fmt.Sprint(r.at, part.Functions[r.unit].Name, r.service))
		}
		slices.Sort(want)
		slices.Sort(got)
		assert.Equal(t, want, got)
		assert.Less(t, len(want), int(whole.Requests))
	}
}

// Beyond a number of requests the files are read again, and the requests are the same.
func TestRequestsThatAreNotHeldAreReadAgain(t *testing.T) {
	needsFleet(t)
	for _, o := range []Options{{}, {Top: 2}, {ByFunction: true, Sample: 2}} {
		for _, read := range []func(Options) (*Trace, error){
			func(o Options) (*Trace, error) { return Azure2021(azure(azure2021File), "", o) },
			func(o Options) (*Trace, error) { o.Region = "R5"; return Huawei2025(azure("huawei2025"), "", o) },
		} {
			held, err := read(o)
			require.NoError(t, err)
			want := requests(t, held)
			most := mostHeld
			mostHeld = 100
			again, err := read(o)
			mostHeld = most
			require.NoError(t, err)
			require.Nil(t, again.rows.held)
			for range 2 { // each replication
				assert.Equal(t, want, requests(t, again))
			}
			assert.Equal(t, held.Functions, again.Functions)
			assert.Equal(t, held.Requests, again.Requests)
		}
	}
}

// Several files of a region are merged by time.
func TestFilesAreMergedByTime(t *testing.T) {
	needsFleet(t)
	whole, err := Huawei2025(azure("huawei2025"), "", Options{Region: "R5"})
	require.NoError(t, err)
	dir := t.TempDir()
	for _, table := range []string{"per_request", "cold_start"} {
		names, err := filepath.Glob(filepath.Join(azure("huawei2025"), "cold_start_dataset", table, "R5", "*.csv"))
		require.NoError(t, err)
		data, err := os.ReadFile(names[0])
		require.NoError(t, err)
		lines := strings.SplitAfter(strings.TrimSpace(string(data)), "\n")
		folder := filepath.Join(dir, table, "R5")
		require.NoError(t, os.MkdirAll(folder, 0o700))
		for i := range 3 { // the rows in turn
			text := lines[0]
			for k := 1 + i; k < len(lines); k += 3 {
				text += lines[k]
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("part_%d.csv", i)), []byte(text), 0o600))
		}
	}
	parts, err := Huawei2025(dir, dir, Options{Region: "R5"})
	require.NoError(t, err)
	key := func(of *Trace) (all []string) {
		for _, r := range requests(t, of) {
			all = append(all, fmt.Sprint(r.at, of.Functions[r.unit].Name, r.service))
		}
		slices.Sort(all)
		return all
	}
	assert.Equal(t, key(whole), key(parts))
	assert.Len(t, parts.Files, 6)
}

func TestHuaweisFunctions(t *testing.T) {
	needsFleet(t)
	got, err := Huawei2023(azure("huawei2023"), "", Options{Spread: trace.Even})
	require.NoError(t, err)
	assert.False(t, got.Random)
	want := map[string]int64{}
	data, err := os.ReadFile(filepath.Join(azure("huawei2023"), "private_dataset/requests_minute/day_000.csv"))
	require.NoError(t, err)
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		for k, cell := range strings.Split(line, ",") {
			if n, _ := strconv.ParseFloat(cell, 64); i > 0 && k > 1 && n > 0 {
				want[strconv.Itoa(k-2)] += int64(n)
			}
		}
	}
	found := map[string]int64{}
	for _, f := range got.Functions {
		found[f.Name] = f.Requests
		assert.Contains(t, []int64{128, 512, 1024, 4096}, f.Memory, "of one instance, not of all")
	}
	assert.Equal(t, want, found)
	for _, r := range requests(t, got) {
		if r.service < least || r.service > 60e9 {
			t.Fatal("a service time of ", r.service)
		}
	}
	public, err := Huawei2023(azure("huawei2023"), "", Options{Public: true})
	require.NoError(t, err)
	assert.False(t, public.Serves)
	assert.Contains(t, notes(public), "container.warm is that of all functions")

	later, err := Huawei2025(azure("huawei2025"), "", Options{Region: "R5"})
	require.NoError(t, err)
	for _, f := range later.Functions {
		require.NotNil(t, f.Startup)
		mean, _ := f.Startup.Moments()
		assert.Greater(t, mean, 0.0)
		parts := strings.Split(f.Name, "-")
		assert.Equal(t, parts[len(parts)-1], strconv.FormatInt(f.Memory, 10))
	}
}

// A minute without a delay takes the mean of the function's others.
func TestDelaysThatAreMissingAreFilledIn(t *testing.T) {
	dir := t.TempDir()
	write := func(metric, text string) {
		folder := filepath.Join(dir, "private_dataset", metric)
		require.NoError(t, os.MkdirAll(folder, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "day_001.csv"), []byte(text), 0o600))
	}
	write("requests_minute", "day,time,0,1\n1,86400,3,\n1,86460,1,2.0\n")
	write("function_delay_minute", "day,time,0,1\n1,86400,100,\n1,86460,,\n")
	got, err := Huawei2023(dir, dir, Options{Spread: trace.Even})
	require.NoError(t, err)
	assert.Equal(t, []request{{10e9, 0, 100e6}, {30e9, 0, 100e6}, {50e9, 0, 100e6}, {75e9, 1, 100e6}, {90e9, 0, 100e6}, {105e9, 1, 100e6}}, requests(t, got))
	assert.Contains(t, notes(got), "no delay in the minute of 3 requests of 2 functions")
	assert.Contains(t, notes(got), "no files of memory_limit_minute and instances_minute for day 1")
	assert.Contains(t, notes(got), "no memory of 2 functions: each instance has 200MB")
	got, err = Huawei2023(dir, dir, Options{Spread: trace.Even, DelayUnit: trace.Second, Memory: 64})
	require.NoError(t, err)
	assert.EqualValues(t, 100e9, requests(t, got)[0].service)
	assert.EqualValues(t, 64, got.Functions[0].Memory)
}

// The days of Huawei's trace begin with 0, which may be taken alone.
func TestTheFirstDayAloneIsTaken(t *testing.T) {
	dir := t.TempDir()
	for _, metric := range []string{"requests_minute", "function_delay_minute"} {
		folder := filepath.Join(dir, "private_dataset", metric)
		require.NoError(t, os.MkdirAll(folder, 0o700))
		for day, text := range map[string]string{"000": "day,time,0\n0,0,1\n", "001": "day,time,0\n1,86400,2\n", "002": "day,time,0\n2,172800,4\n"} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "day_"+day+".csv"), []byte(text), 0o600))
		}
	}
	for want, days := range map[int]*Days{1: {0, 0}, 3: {0, 1}, 6: {1, 2}, 4: {2, 2}, 7: nil} {
		got, err := Huawei2023(dir, dir, Options{Days: days})
		require.NoError(t, err)
		assert.EqualValues(t, want, got.Requests, days)
	}
}

// Minutes beyond the end of their day would be among those of the next.
func TestMinutesBeyondADayAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"invocations_per_function_md.anon.d01.csv": "HashOwner,HashApp,HashFunction,Trigger,1,1445\no,a,f,http,1,1\n",
		"invocations_per_function_md.anon.d02.csv": "HashOwner,HashApp,HashFunction,Trigger,1,6\no,a,f,http,1,1\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	got, err := Azure2019(dir, dir, Options{Spread: trace.AtBegin, Durations: Average})
	require.NoError(t, err)
	var at []int64
	for _, r := range requests(t, got) {
		at = append(at, r.at/trace.Minute)
	}
	assert.Equal(t, []int64{0, 1444, 1445}, at)
	assert.Contains(t, notes(got), "a minute that is not after those above it: left out (first at invocations_per_function_md.anon.d02.csv:2)")
}

// The files of a day belong together, whichever of them are compressed.
func TestFilesOfADayMayBeCompressed(t *testing.T) {
	dir := t.TempDir()
	write := func(metric, name, text string) {
		folder := filepath.Join(dir, "private_dataset", metric)
		require.NoError(t, os.MkdirAll(folder, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	zipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.String()
	}
	write("requests_minute", "day_001.csv", "day,time,0\n1,86400,1\n")
	write("function_delay_minute", "day_001.csv.gz", zipped("day,time,0\n1,86400,70\n"))
	write("memory_limit_minute", "day_001.csv.gz", zipped("day,time,0\n1,86400,640\n"))
	write("instances_minute", "day_001.csv", "day,time,0\n1,86400,5\n")
	got, err := Huawei2023(dir, dir, Options{Spread: trace.Even})
	require.NoError(t, err)
	assert.Equal(t, []request{{30e9, 0, 70e6}}, requests(t, got))
	assert.EqualValues(t, 128, got.Functions[0].Memory)
	assert.NotContains(t, notes(got), "no file")
}

// The law of each kind of durations has the mean that it should have.
func TestDurationsHaveTheirMeans(t *testing.T) {
	points := []int64{0, 1e6, 20e6, 50e6, 200e6, 900e6, 2000e6}
	g := random.Stream(1, 0, random.Service)
	mean := func(d durations) (mean, sd float64) {
		const n = 200_000
		sum, squares := 0.0, 0.0
		for range n {
			x := float64(max(least, d.draw(&g)))
			sum += x
			squares += x * x
		}
		return sum / n, math.Sqrt((squares/n - sum/n*sum/n) / n)
	}
	got, sd := mean(durations{points: points})
	assert.InDelta(t, meanOf(points), got, 4.5*sd+float64(least)/10) // those below 1 ms are raised
	points[6] = 1000e6
	law, err := dist.NewQuantiles([]dist.QuantilePoint{{Probability: 0, Value: 0}, {Probability: 0.01, Value: 0.001}, {Probability: 0.25, Value: 0.02}, {Probability: 0.5, Value: 0.05},
		{Probability: 0.75, Value: 0.2}, {Probability: 0.99, Value: 0.9}, {Probability: 1, Value: 1}})
	require.NoError(t, err)
	want, _ := law.Moments()
	assert.InDelta(t, want*1e9, meanOf(points), 1)
	sigma := math.Sqrt(2 * math.Log(3))
	got, sd = mean(durations{mu: math.Log(0.1), sigma: sigma})
	assert.InDelta(t, 0.3e9, got, 4.5*sd)
	got, _ = mean(durations{value: 5e6})
	assert.InDelta(t, 5e6, got, 1e-3)
}
