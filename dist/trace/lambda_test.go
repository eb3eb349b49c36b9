package trace

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	reported = "REPORT RequestId: 3a63cea6\tDuration: 136.00 ms\tBilled Duration: 136 ms\tMemory Size: 512 MB\tMax Memory Used: 74 MB\tInit Duration: 1690.00 ms\t"
	platform = `{"time":"2023-11-14T22:13:22.608Z","type":"platform.report","record":{"requestId":"3a63cea6","metrics":{"durationMs":136.0,"billedDurationMs":136,"memorySizeMB":512,"maxMemoryUsedMB":74,"initDurationMs":1690},"status":"success"}}`
)

// lambdaForms are one request in all forms in which its line comes; the last is without a time.
var lambdaForms = []string{
	"2023-11-14T22:13:22.608Z " + reported + "\n",
	"2023-11-14T22:13:22.608000+00:00 2023/11/14/[$LATEST]8a3f START RequestId: 3a63cea6 Version: $LATEST\n" +
		"2023-11-14T22:13:22.608000+00:00 2023/11/14/[$LATEST]8a3f " + reported + "\n" +
		"2023-11-14T22:13:22.608000+00:00 2023/11/14/[$LATEST]8a3f END RequestId: 3a63cea6\n",
	"2023/11/14/[$LATEST]8a3f 2023-11-14T22:13:22.608000 " + reported + "\n",
	"2023-11-14 22:13:22.608 " + reported + "\n",
	"1700000002608\t" + reported,
	strings.ReplaceAll("2023-11-14T23:13:22.608+01:00\t"+reported, "\t", " "),
	"timestamp,message\n1700000002608,\"" + reported + "\n\"\n",
	"@timestamp,@message,@logStream,@log\n2023-11-14 22:13:22.608,\"" + reported + "\n\",2023/11/14/[$LATEST]8a3f,1234:/aws/lambda/f\n",
	"timestamp,message\n1700000002608,\"" + strings.ReplaceAll(platform, `"`, `""`) + "\"\n",
	platform + "\n",
	`{"level":"INFO","message":"REPORT RequestId: of the function itself"}` + "\n" + platform + "\n",
	"2023-11-14T22:13:22.608Z " + platform + "\n",
	"{\n    \"events\": [\n        {\n            \"logStreamName\": \"2023/11/14/[$LATEST]8a3f\",\n            \"timestamp\": 1700000002608,\n            \"message\": \"" +
		strings.ReplaceAll(reported, "\t", `\t`) + "\\n\",\n            \"eventId\": \"1\"\n        }\n    ],\n    \"searchedLogStreams\": []\n}\n",
	`{"events":[{"timestamp":1700000002608,"message":"` + strings.ReplaceAll(reported, "\t", `\t`) + `\n"}],"nextToken":"x"}`,
	`[{"@timestamp":"2023-11-14 22:13:22.608","@message":"` + strings.ReplaceAll(reported, "\t", `\t`) + `"},` + platform + `]`,
	reported + "\n",
}

// A request is read from each form in which its line comes.
func TestTheFormsOfLambdasLog(t *testing.T) {
	for i, form := range lambdaForms {
		f, ok := Recognize([]byte(form))
		assert.True(t, ok && f.Name == "lambda", "%s is recognized as %s", form, f.Name)
		var log Log
		rows, err := readAll(&log, "lambda", "log", []byte(form), Options{})
		require.NoError(t, err, form)
		require.NotEmpty(t, rows, form)
		row := rows[0]
		assert.Equal(t, 136*Millisecond, row.Service, form)
		assert.Equal(t, 1690*Millisecond, row.Startup, form)
		assert.Equal(t, Cold, row.Start, form)
		assert.EqualValues(t, 512, row.Memory, form)
		assert.EqualValues(t, 74, row.MemoryUsed, form)
		if i == len(lambdaForms)-1 {
			assert.EqualValues(t, Unknown, row.Time)
		} else {
			assert.Equal(t, 1700000000782*Millisecond, row.Time, form)
			assert.True(t, log.Calendar)
		}
		assert.Equal(t, strings.Contains(form, "8a3f"), row.Instance != 0, form)
		assert.Equal(t, strings.Contains(form, "/aws/lambda/f"), log.Functions[row.Function] == "f", form)
	}
}

// A start from a snapshot is cold, and its restoration is the start-up.
func TestARestoreIsAStartUp(t *testing.T) {
	var log Log
	rows, err := readAll(&log, "lambda", "log", []byte("2023-11-14T22:13:22Z REPORT RequestId: a\tDuration: 10.00 ms\tBilled Duration: 300 ms\tMemory Size: 512 MB\tMax Memory Used: 74 MB\tRestore Duration: 250.50 ms\tBilled Restore Duration: 200 ms\t\n"), Options{})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, 250*Millisecond+500*Microsecond, rows[0].Startup)
	assert.Equal(t, 10*Millisecond, rows[0].Service)
}

// Lines that are cut off, or not what they should be, are left out without losing those behind them.
func TestWhatIsLeftOutOfLambdasLog(t *testing.T) {
	const good = "1700000002608,\"REPORT RequestId: b\tDuration: 1.00 ms\t\n\"\n"
	for _, c := range []struct {
		text string
		want []Omission
		rows int
	}{
		{"timestamp,message\n" + good + "1700000002609,\"REPORT RequestId: c\tDurat\n" + good + good, []Omission{{unequalQuotes, 1, "log", 4}}, 3},
		{"timestamp,message\n" + good + "1700000002609,\"REPORT RequestId: c\tDuration: 1", []Omission{{cutOff, 1, "log", 4}}, 1},
		{"timestamp,message\n" + good + "1700000002609\n" + good, []Omission{{fewCells, 1, "log", 4}}, 2},
		{"2023-11-14T22:13:22Z REPORT RequestId: a\tDuration: 10.00 s\n2023-11-14T22:13:22Z REPORT RequestId: a\tDuration: -10.00 ms\n2023-11-14T22:13:22Z REPORT RequestId: a\tDur", []Omission{{notMilliseconds, 1, "log", 1}, {negative, 1, "log", 2}, {noReport, 1, "log", 3}}, 0},
		{"2023-11-14T22:13:22Z REPORT RequestId: a\tDuration: 10.00 ms\nREPORT RequestId: a\tDuration: 10.00 ms\n\xff\xfe\x00", []Omission{{untimedReport, 1, "log", 2}, {otherLine, 1, "log", 3}}, 1},
		{platform + "\n" + platform[:60] + "\n" + platform, []Omission{{otherLine, 0, "", 0}}, 2},
		{strings.Repeat("x", 10<<20) + "\n2023-11-14T22:13:22Z " + reported, []Omission{{tooLong, 1, "log", 1}}, 1},
		{`{"events":[` + `{"timestamp":1700000002608,"message":"REPORT RequestId: b\tDuration: 1.00 ms"},{"timestamp":17000000`, []Omission{{cutOff, 1, "log", 1}}, 1},
		{"{\n\"a\": \"" + strings.Repeat("y", 2<<20) + "\"\n}\n" + `{"timestamp":1700000002608,"message":"REPORT RequestId: b\tDuration: 1.00 ms"}`, nil, 1},
	} {
		var log Log
		rows, err := readAll(&log, "lambda", "log", []byte(c.text), Options{})
		require.NoError(t, err)
		name := c.text[:min(len(c.text), 120)]
		assert.Len(t, rows, c.rows, name)
		if c.want != nil && c.want[0].Count > 0 {
			assert.Equal(t, c.want, log.LeftOut, name)
		} else {
			assert.NotEmpty(t, log.LeftOut, name)
		}
	}
}
