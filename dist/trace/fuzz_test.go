package trace

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fuzzReader holds a reader to what it promises, whatever the file: it ends, its rows are within their
// domains, and they do not depend on how the bytes arrive.
func fuzzReader(f *testing.F, format, name string, o Options, seeds []string, more ...string) {
	const most = 3000 // bytes of a sample
	for _, seed := range seeds {
		if text, err := os.ReadFile(filepath.Join(shared, "cases/formats", seed)); err == nil {
			f.Add(text[:min(most, len(text))])
		}
	}
	for _, seed := range more {
		f.Add([]byte(seed))
	}
	found, err := FindFormat(format)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text []byte) {
		var log, again Log
		rows, err := readAll(&log, format, name, text, o)
		for _, row := range rows {
			require.Less(t, int(row.Function), len(log.Functions))
			require.True(t, row.Service == Unknown || 0 <= row.Service && row.Service <= longest, row)
			require.True(t, row.Startup == Unknown || 0 <= row.Startup && row.Startup <= 2*longest, row)
			require.True(t, row.Wait == Unknown || 0 <= row.Wait && row.Wait <= longest, row)
			require.True(t, row.Time == Unknown || -3*longest <= row.Time && row.Time < 1<<62+1<<61, row)
			require.True(t, row.Start != Cold || row.Kind != Request || row.Startup != Unknown || format == "csv")
			require.True(t, row.Kind != Count || row.Count > 0 && row.Width > 0, row)
			require.Positive(t, row.Line)
			require.LessOrEqual(t, row.Line, log.Lines)
		}
		for _, o := range log.LeftOut {
			require.Positive(t, o.Count)
			require.Positive(t, o.Line)
			require.LessOrEqual(t, o.Line, log.Lines)
		}
		r := again.Read(found, name, iotest.OneByteReader(bytes.NewReader(text)), o)
		for i := 0; ; i++ {
			var row Row
			if e := r.Next(&row); e != nil {
				require.Equal(t, len(rows), i)
				if err != nil {
					require.EqualError(t, e, err.Error())
				}
				break
			}
			require.Less(t, i, len(rows))
			require.Equal(t, rows[i], row)
		}
		assert.Equal(t, log.LeftOut, again.LeftOut)
		assert.Equal(t, log.Functions, again.Functions)
		Recognize(text)
	})
}

func FuzzLambda(f *testing.F) {
	fuzzReader(f, "lambda", "log", Options{}, []string{"lambda_report.log", "cloudwatch_export.csv"}, lambdaForms...)
}

func FuzzOpenWhisk(f *testing.F) {
	fuzzReader(f, "openwhisk", "log", Options{}, []string{"openwhisk_activations.json"},
		`[{"activationId":"1","name":"f","start":1700000000000,"end":1700000000100,"annotations":[{"key":"waitTime","value":3}]}]`)
}

func FuzzAzure2019(f *testing.F) {
	fuzzReader(f, "azure2019", "x.d02.csv", Options{}, []string{"azure2019_invocations_per_function_md.anon.d01.csv", "azure2019_function_durations_percentiles.anon.d01.csv"},
		"HashOwner,HashApp,HashFunction,Trigger,1,2,3\na,b,c,http,3,0,5.0\n", "HashOwner,HashApp,SampleCount,AverageAllocatedMb\na,b,10,120\na,b,10,130\n",
		"HashApp,HashFunction,Average,Count,percentile_Average_0,percentile_Average_100\na,b,5,10,1,9\n")
}

func FuzzAzure2021(f *testing.F) {
	fuzzReader(f, "azure2021", "log", Options{}, []string{"azure2021_invocations.csv"}, "app,func,end_timestamp,duration\na,b,1e-05,0\n")
}

func FuzzHuawei2023(f *testing.F) {
	fuzzReader(f, "huawei2023", "requests_second/day_000.csv", Options{}, []string{"huawei2023_requests_minute_day_000.csv"}, "day,time,0,1\n0,0,816.0,\n0,60,,3\n")
}

func FuzzHuawei2023Delays(f *testing.F) {
	fuzzReader(f, "huawei2023", "function_delay_minute/day_000.csv", Options{Unit: Microsecond}, nil, "day,time,0,1\n0,0,81.5,\n0,60,,3\n")
}

func FuzzHuawei2025(f *testing.F) {
	fuzzReader(f, "huawei2025", "log", Options{}, []string{"huawei2025_requests.csv", "huawei2025_cold_start.csv"})
}

func FuzzHey(f *testing.F) { fuzzReader(f, "hey", "log", Options{}, []string{"hey.csv"}) }

func FuzzVegeta(f *testing.F) {
	fuzzReader(f, "vegeta", "log", Options{}, []string{"vegeta.csv"},
		`{"attack":"","seq":0,"code":200,"timestamp":"2023-11-14T22:13:20.782629888Z","latency":1825999999,"bytes_out":0,"bytes_in":5,"error":"","body":"aGVsbG8=","method":"GET","url":"http://localhost/f","headers":null}`+"\n")
}

func FuzzK6(f *testing.F) {
	fuzzReader(f, "k6", "log", Options{}, []string{"k6.csv"}, k6JSON)
}

func FuzzCSV(f *testing.F) {
	fuzzReader(f, "csv", "log", Options{}, []string{"truth.csv", "faasnet_alibaba.csv", "opendc_faas_0.csv", "../cw_epoch.csv"},
		"time,durationMs,cold\n2023-11-14T22:13:20Z,5,true\n2023-11-14 22:13:21,\"5\",no\n", "end,duration\n3,1\n")
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 4})
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Decompress(bytes.NewReader(text))
		if err != nil {
			assert.NotEmpty(t, Explain(err))
			return
		}
		buffer := make([]byte, 4096)
		for range 1000 {
			if _, err := r.Read(buffer); err != nil {
				break
			}
		}
		_ = r.Close()
	})
}
