package trace

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const k6JSON = `{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"http_req_duration"}
{"metric":"http_req_duration","type":"Point","data":{"time":"2023-11-14T22:13:22.60863+00:00","value":1826,"tags":{"name":"http://localhost/f","status":"200"}}}
{"metric":"http_reqs","type":"Point","data":{"time":"2023-11-14T22:13:22.60863Z","value":1,"tags":{"name":"http://localhost/f","status":"200"}}}
{"metric":"http_req_duration","type":"Point","data":{"time":"2023-11-14T22:13:23Z","value":5,"tags":{"name":"http://localhost/f","status":"503"}}}
`

// A read names what a file has: rows, and lines left out by reason.
func read(t *testing.T, format, name, text string, o Options) ([]Row, *Log) {
	var log Log
	rows, err := readAll(&log, format, name, []byte(text), o)
	require.NoError(t, err)
	return rows, &log
}

func TestJSONOfLoadGenerators(t *testing.T) {
	rows, log := read(t, "k6", "log", k6JSON, Options{})
	require.Len(t, rows, 1)
	assert.Equal(t, 1700000000782630*Microsecond, rows[0].Time)
	assert.Equal(t, 1826*Millisecond, rows[0].Service)
	assert.Equal(t, []Omission{{otherMetric, 2, "log", 1}, {failedRequest, 1, "log", 4}}, log.LeftOut)
	f, ok := Recognize([]byte(k6JSON))
	assert.True(t, ok && f.Name == "k6")

	const vegeta = `{"attack":"","seq":0,"code":200,"timestamp":"2023-11-14T22:13:20.782629888Z","latency":1825999999,"error":"","body":"aGVsbG8=","method":"GET","url":"http://localhost/f"}
{"attack":"","seq":1,"code":0,"timestamp":"2023-11-14T22:13:21Z","latency":5,"error":"connection refused","url":"http://localhost/f"}
`
	rows, log = read(t, "vegeta", "log", vegeta, Options{})
	require.Len(t, rows, 1)
	assert.EqualValues(t, 1700000000782629888, rows[0].Time)
	assert.EqualValues(t, 1825999999, rows[0].Service)
	assert.Equal(t, []Omission{{failedRequest, 1, "log", 2}}, log.LeftOut)
	f, ok = Recognize([]byte(vegeta))
	assert.True(t, ok && f.Name == "vegeta")
}

func TestOpenWhisk(t *testing.T) {
	record := func(fields string) string { return `{"activationId":"1","name":"f","annotations":[],` + fields + "}\n" }
	rows, log := read(t, "openwhisk", "log", "ok: got activation 1\n"+
		`{"activationId":"1","name":"f","start":1700000010000,"end":1700000010500,"annotations":[{"key":"waitTime","value":10}]}`+"\n"+
		`{"activationId":"2","name":"f","start":1700000020000,"end":1700000020500,"annotations":[{"key":"waitTime","value":3010},{"key":"limits","value":{"memory":256}}]}`+"\n"+
		record(`"start":1700000000000,"end":0`)+record(`"start":1700000000000,"end":1699999999000`)+record(`"start":"x","end":1`)+
		`{"activationId":"3","name":"s","start":1700000000000,"end":1700000000001,"annotations":[{"key":"kind","value":"sequence"}]}`+"\n"+
		`{"activationId":"4","name":"f","start":1700000000000,"end":1700000000001,"annotations":[{"key":"initTime","value":20}]}`+"\n{}\n", Options{})
	require.Len(t, rows, 2)
	assert.Equal(t, 1700000010*Second, rows[0].Time, "the way to the pool is behind the request")
	assert.Equal(t, 1700000017*Second, rows[1].Time, "a wait for a container is not")
	assert.Equal(t, 3*Second, rows[1].Wait)
	assert.EqualValues(t, 256, rows[1].Memory)
	assert.Equal(t, []Omission{{notJSON, 2, "log", 1}, {"an activation without an end", 1, "log", 4}, {endBefore, 1, "log", 5},
		{"a sequence, which has no container of its own", 1, "log", 7}, {"an initTime longer than the activation", 1, "log", 8}, {otherJSON, 1, "log", 9}}, log.LeftOut)
}

// All functions of the public traces are read, with the defects that they have.
func TestTheTracesOfManyFunctions(t *testing.T) {
	traces := filepath.Join(shared, "specs/fleet/traces")
	total := func(format string, o Options, files ...string) (rows []Row, log *Log) {
		log = new(Log)
		for _, file := range files {
			text := sample(t, filepath.Join("../../specs/fleet/traces", file))
			more, err := readAll(log, format, filepath.Join(traces, file), text, o)
			require.NoError(t, err)
			rows = append(rows, more...)
		}
		return rows, log
	}
	requests := func(rows []Row) (n int64) {
		for _, r := range rows {
			switch r.Kind {
			case Request:
				n++
			case Count:
				n += r.Count
			}
		}
		return n
	}
	rows, _ := total("azure2019", Options{}, "azure2019/invocations_per_function_md.anon.d01.csv")
	assert.EqualValues(t, 9281, requests(rows))
	assert.Less(t, rows[len(rows)-1].Time, Day)
	rows, log := total("azure2019", Options{}, "azure2019/invocations_per_function_md.anon.d02.csv", "azure2019/function_durations_percentiles.anon.d01.csv", "azure2019/app_memory_percentiles.anon.d01.csv")
	assert.EqualValues(t, 9338, requests(rows))
	assert.GreaterOrEqual(t, rows[0].Time, Day, "the second day follows the first")
	require.Len(t, log.LeftOut, 2)
	assert.Equal(t, "a second row of a function", log.LeftOut[0].Reason)
	assert.EqualValues(t, 1, log.LeftOut[0].Count)
	assert.Equal(t, "a second row of an app", log.LeftOut[1].Reason)
	assert.EqualValues(t, 1, log.LeftOut[1].Count)

	rows, log = total("azure2021", Options{}, "azure2021/AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt")
	assert.Len(t, rows, 5000)
	assert.Len(t, log.Functions, 26, "an id is unique within its app only")
	zeros := 0
	for i, r := range rows {
		if r.Service == 0 {
			zeros++
		}
		if i > 0 {
			assert.GreaterOrEqual(t, r.Time, rows[i-1].Time, "rows are in the order of arrivals, exactly")
		}
	}
	assert.Equal(t, 425, zeros)

	rows, log = total("huawei2023", Options{}, "huawei2023/private_dataset/requests_minute/day_000.csv")
	minutes := requests(rows)
	assert.Positive(t, minutes)
	assert.Len(t, log.Functions, 20)
	rows, _ = total("huawei2023", Options{}, "huawei2023/private_dataset/function_delay_minute/day_000.csv")
	assert.Equal(t, MeanDuration, rows[0].Kind)
	assert.Equal(t, 108*Millisecond+520*Microsecond, rows[0].Service)
	rows, _ = total("huawei2023", Options{}, "huawei2023/private_dataset/instances_minute/day_000.csv")
	assert.Equal(t, Instances, rows[0].Kind)
	var none Log
	_, err := readAll(&none, "huawei2023", "cpu_limit_minute/day_000.csv", []byte("day,time,0\n0,0,0.45\n"), Options{})
	assert.ErrorContains(t, err, "the numbers are cpu_limit, and an import reads requests_minute")

	rows, log = total("huawei2025", Options{}, "huawei2025/cold_start_dataset/per_request/R5/day_30_part_000.csv")
	assert.Len(t, rows, 2500)
	assert.Len(t, log.Functions, 25)
	assert.Equal(t, "981---470---pool23-400-256", log.Functions[0])
	assert.EqualValues(t, 256, rows[0].Memory)
	assert.False(t, rows[0].AtEnd)
	starts, _ := total("huawei2025", Options{}, "huawei2025/cold_start_dataset/cold_start/R5/day_30.csv")
	assert.Len(t, starts, 2080)
	assert.Equal(t, ColdStart, starts[0].Kind)
	assert.Equal(t, rows[0].Request, starts[0].Request)
	rows, _ = total("huawei2025", Options{Times: AtEnd}, "huawei2025/cold_start_dataset/per_request/R5/day_30_part_000.csv")
	assert.True(t, rows[0].AtEnd)
}

// Columns may be in another order, as where a program sorted their names as texts.
func TestMinutesComeInOrder(t *testing.T) {
	rows, _ := read(t, "azure2019", "invocations.anon.d01.csv", "HashApp,HashFunction,1,10,2,Trigger\na,f,3,5,4,http\n", Options{})
	require.Len(t, rows, 3)
	for i, want := range []struct{ minute, count int64 }{{0, 3}, {1, 4}, {9, 5}} {
		assert.Equal(t, want.minute*Minute, rows[i].Time)
		assert.Equal(t, want.count, rows[i].Count)
	}
	var log Log
	_, err := readAll(&log, "azure2019", "d.csv", []byte("HashApp,HashFunction,1,2,2\na,f,3,5,4\n"), Options{})
	assert.EqualError(t, err, "d.csv:1: found two columns of the minute 2; want each minute once")
	rows, _ = read(t, "azure2019", "d.csv", "HashApp,HashFunction,1,2,3,2", Options{})
	assert.Empty(t, rows, "a header that is cut off")
}

func TestTablesOfManyKinds(t *testing.T) {
	for _, c := range []struct {
		text         string
		o            Options
		time, length int64
	}{
		{"5,2\n", Options{}, 5 * Second, 2 * Second},
		{"5\n", Options{}, 5 * Second, Unknown},
		{"5,2,9\n", Options{}, 5 * Second, 2 * Second},
		{"5000,2\n", Options{Unit: Millisecond}, 5 * Second, 2 * Millisecond},
		{"timestamp_ms,latency_us\n5000,2\n", Options{}, 5 * Second, 2 * Microsecond},
		{"Timestamp [ms],Duration (s)\n5000,2\n", Options{}, 5 * Second, 2 * Second},
		{"a,startTime,durationMs\nx,5,2\n", Options{}, 5 * Second, 2 * Millisecond},
		{"a;b,when,long\nx,5,2\n", Options{Columns: Columns{Time: "when", Duration: "#3"}}, 5 * Second, 2 * Second},
		{"end_time,duration\n5,2\n", Options{}, 3 * Second, 2 * Second},
		{"time,duration\n5,2\n", Options{Times: AtEnd}, 3 * Second, 2 * Second},
		{"\ufefftime,duration\r\n5,2\r\n", Options{}, 5 * Second, 2 * Second},
		{"time,duration\n1700000005,2\n", Options{Unit: Millisecond}, 1700000005 * Second, 2 * Millisecond},
		{"time,duration\n1700000005000000,2\n", Options{}, 1700000005 * Second, 2 * Second},
		{"time,duration\n2023-11-14T22:13:25+00:00,2\n", Options{}, 1700000005 * Second, 2 * Second},
		{"time,duration\n14/Nov/2023:22:13:25 +0000,2\n", Options{}, 1700000005 * Second, 2 * Second},
		{"@timestamp,@requestId,@duration\n2023-11-14 22:13:25.250,x,250\n", Options{}, 1700000005 * Second, 250 * Millisecond}, // CloudWatch
		{"@timestamp,@duration,@initDuration\n2023-11-14 22:13:25.750,250,500\n", Options{}, 1700000005 * Second, 250 * Millisecond},
		{"@timestamp,@duration\n2023-11-14 22:13:25,250\n", Options{Times: AtStart}, 1700000005 * Second, 250 * Millisecond},
	} {
		rows, _ := read(t, "csv", "log", c.text, c.o)
		require.Len(t, rows, 1, c.text)
		assert.Equal(t, c.time, rows[0].Time, c.text)
		assert.Equal(t, c.length, rows[0].Service, c.text)
	}
	_, log := read(t, "csv", "log", "Timestamp [ms],Invocations\n0,37\n", Options{})
	assert.Contains(t, strings.Join(log.Warnings, " "), "the column Invocations may count requests, and a row is read as one request")
}

// Durations that are not read are not passed over in silence.
func TestATableOfStartsAndEndsIsWarnedOf(t *testing.T) {
	_, log := read(t, "csv", "log", "start,end\n5,7\n", Options{})
	assert.Equal(t, []string{"the column end may be completions, and is not read: want a column of durations"}, log.Warnings)
	_, log = read(t, "csv", "log", "start,end,duration\n5,7,2\n", Options{})
	assert.Empty(t, log.Warnings)
}

// rfc3339 agrees with package time.
func TestMomentsAreThoseOfPackageTime(t *testing.T) {
	for _, text := range []string{"1970-01-01T00:00:00Z", "2000-02-29T23:59:59.999999999Z", "2023-11-14T22:13:20.5+05:30", "2024-12-31T00:00:00.123456-11:00", "2100-03-01T12:00:00Z", "2199-12-31T23:59:59Z"} {
		want, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(t, err)
		got, ok := rfc3339([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want.UnixNano(), got, text)
	}
	for _, text := range []string{"2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20+0530", "2023/11/14T22:13:20Z", "2023-11-14T22:1x:20Z"} {
		_, ok := rfc3339([]byte(text))
		assert.False(t, ok, text)
	}
}

func TestRequestsOfACountAreSpread(t *testing.T) {
	assert.Equal(t, []int64{10 * Second, 30 * Second, 50 * Second}, Even.Times(nil, 0, Minute, 3, nil))
	assert.Equal(t, []int64{Minute, Minute + 20*Second, Minute + 40*Second}, AtBegin.Times(nil, Minute, Minute, 3, nil))
	_, err := ParseSpread("evenly")
	assert.EqualError(t, err, "found evenly; want one of uniform, even, start")
}
