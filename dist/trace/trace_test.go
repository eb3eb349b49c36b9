package trace

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shared is the folder of cases and specifications, beside the project.
const shared = "../../../shared"

// sample opens a file of shared/cases/formats.
func sample(t testing.TB, name string) []byte {
	text, err := os.ReadFile(filepath.Join(shared, "cases/formats", name))
	if err != nil {
		t.Skip("../shared is not there")
	}
	return text
}

// A truth is a request of truth.csv; ns.
type truth struct {
	arrival, service, startup int64 // startup: Unknown if warm
	instance                  string
}

func truths(t testing.TB) (all []truth) {
	rows, err := csv.NewReader(bytes.NewReader(sample(t, "truth.csv"))).ReadAll()
	require.NoError(t, err)
	for _, r := range rows[1:] {
		one := truth{startup: Unknown, instance: r[4]}
		var ok [3]bool
		one.arrival, ok[0] = span([]byte(r[0]), Second)
		one.service, ok[1] = span([]byte(r[1]), Second)
		if ok[2] = true; r[2] != "" {
			one.startup, ok[2] = span([]byte(r[2]), Second)
		}
		require.Equal(t, [3]bool{true, true, true}, ok)
		all = append(all, one)
	}
	return all
}

// readAll reads all rows of a file.
func readAll(log *Log, format, name string, text []byte, o Options) (rows []Row, err error) {
	f, err := FindFormat(format)
	if err != nil {
		return nil, err
	}
	r := log.Read(f, name, bytes.NewReader(text), o)
	for {
		var row Row
		if err := r.Next(&row); err == io.EOF {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// Every sample was made from the same requests, and says so up to its resolution.
func TestEverySampleHasTheRequestsThatItWasMadeFrom(t *testing.T) {
	const epoch = 1_700_000_000 * Second
	for _, c := range []struct {
		format, file string
		options      Options
		origin       int64
		startups     int64
		times        int64 // resolution of arrivals; -1: none
		durations    int64
		cold         bool // whether cold starts are known
		latency      bool // durations include the start-up
		requests     int
	}{
		{format: "lambda", file: "lambda_report.log", times: -1, durations: 0, cold: true, requests: 597},
		{format: "lambda", file: "cloudwatch_export.csv", origin: epoch, times: Millisecond, cold: true, requests: 597},
		{format: "openwhisk", file: "openwhisk_activations.json", origin: epoch, times: Millisecond, startups: Millisecond, cold: true, requests: 60},
		{format: "azure2021", file: "azure2021_invocations.csv", requests: 597},
		{format: "hey", file: "hey.csv", times: Millisecond / 10, durations: Millisecond / 10, latency: true, requests: 597},
		{format: "vegeta", file: "vegeta.csv", origin: epoch, times: 300, durations: 2, latency: true, requests: 597},
		{format: "k6", file: "k6.csv", origin: epoch, times: Second, latency: true, requests: 597},
		{format: "csv", file: "truth.csv", cold: true, requests: 597},
		{format: "csv", file: "../a21.csv", requests: 597},
		{format: "csv", file: "../a21_unsorted.csv", requests: 597},
		{format: "csv", file: "../cw_epoch.csv", origin: epoch, times: Millisecond, requests: 597},
		{format: "huawei2025", file: "huawei2025_requests.csv", origin: 2592000 * Second, times: Millisecond, requests: 597},
	} {
		t.Run(c.file, func(t *testing.T) {
			text := sample(t, c.file)
			found, ok := Recognize(text[:min(len(text), 4096)])
			assert.True(t, ok)
			assert.Equal(t, c.format, found.Name, "recognized")
			var log Log
			rows, err := readAll(&log, c.format, c.file, text, c.options)
			require.NoError(t, err)
			require.Len(t, rows, c.requests)
			want := truths(t)
			if c.format == "openwhisk" {
				want = want[:60]
			}
			colds := map[uint64]int64{} // of Huawei's second table, by request
			if c.format == "huawei2025" {
				starts, err := readAll(&log, c.format, "cold", sample(t, "huawei2025_cold_start.csv"), c.options)
				require.NoError(t, err)
				for _, s := range starts {
					colds[s.Request] = s.Startup
				}
				assert.Len(t, colds, 14)
				for i := range rows {
					assert.True(t, rows[i].AtEnd)
					if startup, ok := colds[rows[i].Request]; ok {
						rows[i].addStartup(startup)
					}
					rows[i].Time -= rows[i].Response()
				}
			}
			byTime := func(a, b Row) int { return cmp.Compare(a.Time, b.Time) }
			slices.SortStableFunc(rows, byTime)
			if c.times >= 0 {
				for i, row := range rows {
					assert.InDelta(t, want[i].arrival, row.Time-c.origin, float64(c.times), "row %d", i)
				}
			}
			if c.times < 0 || c.times == Second { // the order of arrivals is not known
				slices.SortFunc(rows, func(a, b Row) int {
					return cmp.Or(cmp.Compare(a.Response(), b.Response()), cmp.Compare(a.Service, b.Service))
				})
				slices.SortFunc(want, func(a, b truth) int {
					return cmp.Or(cmp.Compare(a.response(), b.response()), cmp.Compare(a.service, b.service))
				})
			}
			cold, instances := 0, map[string]uint64{}
			for i, row := range rows {
				w := want[i]
				if c.latency {
					assert.InDelta(t, w.response(), row.Service, float64(c.durations), "row %d", i)
				} else {
					assert.InDelta(t, w.service, row.Service, float64(c.durations), "row %d", i)
				}
				if c.cold {
					assert.InDelta(t, w.startup, row.Startup, float64(c.startups), "row %d", i)
				}
				if row.Start == Cold {
					cold++
				}
				if row.Instance != 0 {
					if known, ok := instances[w.instance]; ok {
						assert.Equal(t, known, row.Instance)
					}
					instances[w.instance] = row.Instance
				}
			}
			switch {
			case c.format == "openwhisk":
				assert.Equal(t, 6, cold)
			case c.cold || c.format == "huawei2025":
				assert.Equal(t, 14, cold)
			default:
				assert.Zero(t, cold)
			}
		})
	}
}

func (w truth) response() int64 {
	if w.startup == Unknown {
		return w.service
	}
	return w.service + w.startup
}

// The traces of counts have as many requests as they were made from, minute by minute.
func TestCountsHaveTheRequestsThatTheyWereMadeFrom(t *testing.T) {
	minutes := map[int64]int64{}
	for _, w := range truths(t) {
		minutes[w.arrival/Minute*Minute]++
	}
	for _, c := range []struct{ format, file, function string }{
		{"azure2019", "azure2019_invocations_per_function_md.anon.d01.csv", ""},
		{"huawei2023", "huawei2023_requests_minute_day_000.csv", "0"},
	} {
		var log Log
		rows, err := readAll(&log, c.format, c.file, sample(t, c.file), Options{})
		require.NoError(t, err)
		found := map[int64]int64{}
		for _, row := range rows {
			assert.Equal(t, Count, row.Kind)
			assert.Equal(t, int64(Minute), row.Width)
			if c.function == "" || log.Functions[row.Function] == c.function {
				found[row.Time] += row.Count
			}
		}
		assert.Equal(t, minutes, found, c.format)
	}
	var log Log
	const durations = "azure2019_function_durations_percentiles.anon.d01.csv"
	f, err := FindFormat("azure2019")
	require.NoError(t, err)
	r := log.Read(f, durations, bytes.NewReader(sample(t, durations)), Options{})
	var row Row
	require.NoError(t, r.Next(&row))
	assert.Equal(t, Quantiles, row.Kind)
	assert.Equal(t, 778*Millisecond, row.Service)
	assert.Equal(t, []Quantile{{0, 30 * Millisecond}, {0.01, 92 * Millisecond}, {0.25, 321 * Millisecond}, {0.5, 569 * Millisecond},
		{0.75, 939 * Millisecond}, {0.99, 3923 * Millisecond}, {1, 6580 * Millisecond}}, r.Quantiles())
	assert.Equal(t, io.EOF, r.Next(&row))
}

// An Order returns what a stable sort returns, or says that it cannot.
func TestAnOrderIsAStableSort(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	for _, spread := range []int64{0, 1, 10, 1000, 1_000_000} {
		var order Order
		var rows, got []Row
		for i := range int64(5000) {
			row := Row{Time: i + g.Int64N(spread+1), Service: i}
			rows = append(rows, row)
			require.NoError(t, order.Add(&row, "f"))
		}
		slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Time, b.Time) })
		for {
			var row Row
			if order.Take(&row) == io.EOF {
				break
			}
			got = append(got, row)
		}
		require.Equal(t, rows, got, spread)
	}
}

func TestARowTooFarOutOfOrderIsRefused(t *testing.T) {
	var order Order
	for i := range int64(LookAhead + 1) {
		for order.Full() {
			var row Row
			require.NoError(t, order.Take(&row))
		}
		require.NoError(t, order.Add(&Row{Time: 1000 + i, Line: i + 1}, "log"))
	}
	err := order.Add(&Row{Time: 999, Line: LookAhead + 2}, "log")
	assert.EqualError(t, err, fmt.Sprintf("log:%d: the time is 1ns before that of a row more than %d rows above it; sort the file by time", LookAhead+2, LookAhead))
	assert.NoError(t, order.Add(&Row{Time: 1001, Line: LookAhead + 3}, "log"), "as far back as the look-ahead goes")
}

func TestNumbersAreRoundedToNanoseconds(t *testing.T) {
	for _, c := range []struct {
		text string
		unit int64
		want int64
	}{
		{"1.5", Second, 1_500_000_000}, {"0.0000000005", Second, 1}, {"0.00000000049", Second, 0}, {"-0.25", Millisecond, -250_000},
		{"1209599.6986942244", Second, 1209599_698694224}, {"1e-05", Second, 10_000}, {"1.7e9", Second, 1_700_000_000_000_000_000},
		{" 12 ", Nanosecond, 12}, {"816.0", 1, 816}, {".5", Millisecond, 500_000}, {"9223372035", Second, 9_223_372_035_000_000_000},
	} {
		got, ok := span([]byte(c.text), c.unit)
		assert.True(t, ok, c.text)
		assert.Equal(t, c.want, got, c.text)
	}
	for _, text := range []string{"", "-", ".", "1s", "0x1p4", "1/2", "NaN", "inf", "1e999999999", "99999999999", "1_000", "1.2.3", strings.Repeat("1", 100)} {
		_, ok := span([]byte(text), Second)
		assert.False(t, ok, text)
	}
}

func TestTheColumnsOfATable(t *testing.T) {
	for _, c := range []struct {
		head string
		want []string
	}{
		{"when,took\r\n1,2\r\n", []string{"when", "took"}},
		{"\ufeff\"when\", took", []string{"when", "took"}},
		{"\n\n1,2,3\n", []string{"#1", "#2", "#3"}},
		{"when\n1\n", nil},
		{`{"a":1,"b":2}`, nil},
		{"a,b\x00", nil},
		{"", nil},
	} {
		assert.Equal(t, c.want, TableColumns([]byte(c.head)), "%q", c.head)
	}
	assert.Len(t, TableColumns(bytes.Repeat([]byte("1,"), 10_000)), 200)
}
