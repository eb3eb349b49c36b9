package dist

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/random"
)

// readTrace returns all rows in the text of a trace file, as arrival times instead of gaps.
func readTrace(text string) (arrivals, services []int64, err error) {
	path := &tracePath{rows: newRows("t.csv", strings.NewReader(text))}
	gaps, served := make([]int64, 3), make([]int64, 3)
	for {
		n, err := path.Fill(gaps, served)
		arrivals = append(arrivals, gaps[:n]...)
		if path.columns == 2 {
			services = append(services, served[:n]...)
		}
		if err != nil || n < len(gaps) {
			if len(arrivals) > 0 {
				arrivals = moments(arrivals)
			}
			return arrivals, services, err
		}
	}
}

func TestTracesComeOutExactly(t *testing.T) {
	arrivals, services, err := readTrace("\ufeffarrival,service\r\n# a comment\r\n" +
		"0,0\r\n0.0000000014,1\r\n0.0000000015,.5\n1,1e-3\n 1.5 ,\t2.\n+2,1\n123456789.123456789,5E2\n9223372036,9223372036")
	require.NoError(t, err)
	assert.Equal(t, []int64{0, 1, 2, 1e9, 1.5e9, 2e9, 123456789123456789, 9223372036e9}, arrivals)
	assert.Equal(t, []int64{0, 1e9, 0.5e9, 1e6, 2e9, 1e9, 500e9, 9223372036e9}, services)
}

func TestATraceIsOpenedBesideItsScenario(t *testing.T) {
	for file, services := range map[string]bool{"arrivals.csv": false, "requests.csv": true} {
		a, err := testFiles.ParseArrivals("trace(" + file + ")")
		require.NoError(t, err)
		has, err := a.(Trace).HasServices()
		require.NoError(t, err)
		assert.Equal(t, services, has)
		assert.True(t, a.Rate() != a.Rate(), "the rate of a trace is NaN")
		source, err := a.Start(random.Generator{})
		require.NoError(t, err)
		gaps, served := make([]int64, 9), make([]int64, 9)
		n, err := source.Fill(gaps, served)
		require.NoError(t, err)
		if services {
			assert.Equal(t, []int64{0.5e9, 0.25e9, 1.25e9}, gaps[:n])
			assert.Equal(t, []int64{0.1e9, 2e9, 1}, served[:n])
		} else {
			assert.Equal(t, []int64{0, 0.25e9, 0, 750000001, 2499999999}, gaps[:n])
			assert.Equal(t, make([]int64, 9), served, "left alone")
		}
	}
}

func TestBadRowsAreRefusedWithTheirLine(t *testing.T) {
	const row = "; a row is an arrival time, or an arrival time, a comma and a service time, in seconds"
	for text, want := range map[string]string{
		"":                        "t.csv: holds no rows" + row,
		"arrival\n":               "t.csv: holds no rows" + row,
		"# only\n":                "t.csv: holds no rows" + row,
		"1\n\n2\n":                "t.csv:2: an empty row" + row,
		"2\n1\n":                  "t.csv:2: the arrival time 1s is before the one above it, 2s; rows must be in order",
		"-1\n":                    `t.csv:1: the arrival time is negative: "-1"`,
		"1,-1\n":                  `t.csv:1: the service time is negative: "-1"`,
		"NaN\n":                   `t.csv:1: the arrival time is "NaN"; a decimal number of seconds is expected`,
		"Inf\n":                   `t.csv:1: the arrival time is "Inf"; a decimal number of seconds is expected`,
		"1\nx\n":                  `t.csv:2: the arrival time is "x"; a decimal number of seconds is expected`,
		"1.2.3\n":                 `t.csv:1: the arrival time is "1.2.3"; a decimal number of seconds is expected`,
		"a,b\nc,d\n":              `t.csv:2: the arrival time is "c"; a decimal number of seconds is expected`,
		"1,\n":                    "t.csv:1: the service time is empty; a number of seconds is expected",
		",1\n":                    "t.csv:1: the arrival time is empty; a number of seconds is expected",
		"1,2,3\n":                 "t.csv:1: 3 columns" + row,
		"1,2\n3\n":                "t.csv:2: the number of columns is 1, and that of the rows before 2",
		"1\n3,4\n":                "t.csv:2: the number of columns is 2, and that of the rows before 1",
		"9223372037\n":            `t.csv:1: the arrival time is beyond 292 years, where virtual time ends: "9223372037"`,
		"1e300\n":                 `t.csv:1: the arrival time is beyond 292 years, where virtual time ends: "1e300"`,
		"1e999999999\n":           "t.csv:1: the arrival time is an exponent of 999999999; at most 400 either way is accepted",
		"\x1f\x8b\b\x00":          "t.csv:1: compressed by gzip; want a CSV file in plain text",
		"(\xb5/\xfd\x04":          "t.csv:1: compressed by zstd; want a CSV file in plain text",
		"\xff\xfe0\x00\n\x00":     "t.csv:1: text in UTF-16; want a CSV file in plain text",
		"\"t\"\n2\n\"3\"\n":       `t.csv:3: the arrival time is ""3""; a decimal number of seconds is expected`,
		strings.Repeat("1", 5000): "t.csv:1: a line longer than 4096 bytes; a row holds one or two numbers",
	} {
		_, _, err := readTrace(text)
		assert.EqualError(t, err, want, "%.20q", text)
	}
}

// endless is a line that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	e.read += len(p)
	return len(p), nil
}

func TestALineOfAGigabyteIsNotReadIntoMemory(t *testing.T) {
	var line endless
	_, err := (&tracePath{rows: newRows("t.csv", io.LimitReader(&line, 1<<30))}).Fill(make([]int64, 1), nil)
	assert.EqualError(t, err, "t.csv:1: a line longer than 4096 bytes; a row holds one or two numbers")
	assert.LessOrEqual(t, line.read, 64<<10)
}

func TestReadingATraceAllocatesNothingPerRow(t *testing.T) {
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, "%d.%06d,0.25\n", i/7, i)
	}
	path := &tracePath{rows: newRows("t.csv", strings.NewReader(text.String()))}
	gaps, services := make([]int64, 256), make([]int64, 256)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = path.Fill(gaps[:1], services) }))
}

func TestAnEmpiricalFileIsReadStrictly(t *testing.T) {
	const row = "; a row is one duration in seconds"
	for text, want := range map[string]string{
		"":            "t.csv: holds no rows" + row,
		"1\n\n":       "t.csv:2: an empty row" + row,
		"1,2\n":       "t.csv:1: 2 columns" + row,
		"s\n1\n-2\n":  `t.csv:3: the duration is negative: "-2"`,
		"1\nNaN\n":    `t.csv:2: the duration is "NaN"; a decimal number of seconds is expected`,
		"1\n1e10\n":   `t.csv:2: the duration is beyond 292 years, where virtual time ends: "1e10"`,
		"1\n2 3\n":    `t.csv:2: the duration is "2 3"; a decimal number of seconds is expected`,
		"# x\nhead\n": "t.csv: holds no rows" + row,
	} {
		_, err := measured(newRows("t.csv", strings.NewReader(text)))
		assert.EqualError(t, err, want, "%q", text)
	}
}

func TestEmpiricalLawsAreEqualWhenTheirContentsAre(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) Distribution {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "d.csv"), []byte(text), 0o600))
		d, err := Parser{Dir: dir}.Parse("empirical(d.csv)")
		require.NoError(t, err)
		return d
	}
	assert.True(t, write("1\n2\n") == write("2\n1\n"))
	assert.False(t, write("1\n2\n") == write("1\n3\n"))
}
