package dist

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A trace with moments of the calendar instead of seconds from the start is refused; the error
// names the form of the moments and the remedy.
func TestATraceOfMomentsIsRefused(t *testing.T) {
	const moment, remedy = "2023-11-14 22:13:20.782 UTC", "; faaslab import csv t.csv --out DIR makes a scenario of it"
	for rows, want := range map[string]string{
		"1700000000.782,1\n":                       `t.csv:1: the arrival time "1700000000.782" is the moment ` + moment + `, as seconds since 1970, and those of a trace count from its start` + remedy,
		"1700000000782\n":                          moment + ", as milliseconds since 1970, and those of a trace count from its start" + remedy,
		"1700000000782000,1\n":                     moment + ", as microseconds since 1970, and those of a trace count from its start" + remedy,
		"1700000000782000000,1\n":                  moment + ", as nanoseconds since 1970, and those of a trace count from its start" + remedy,
		" 1.700000000782e9 ,1\n":                   moment + ", as seconds",
		"time,duration\n\n":                        "t.csv:2: an empty row",
		"time,duration\n1700000000.782,1\n":        "t.csv:2: the arrival time",
		"# exported\n\"1700000000.782\",\"1\"\n":   `t.csv:2: the arrival time "1700000000.782" is the moment ` + moment,
		"2023-11-14T22:13:20.782Z,1\n":             moment + ", as a date, and those of a trace count from its start" + remedy,
		"2023-11-14T23:13:20.782+01:00,1\n":        moment + ", as a date",
		"\"2023-11-14 22:13:20.782\"\n":            moment + ", as a date",
		"2023-11-14 22:13:20.782 UTC,1\n":          moment + ", as a date",
		"2023-11-14 23:13:20.782+01,1\n":           moment + ", as a date",
		"2023-11-14T23:13:20.782+01,1\n":           moment + ", as a date",
		"2023-11-14 23:13:20.782 +01:00,1\n":       moment + ", as a date",
		"14/Nov/2023:22:13:20 +0000,1\n":           "2023-11-14 22:13:20 UTC, as a date",
		"2023-11-14,1\n":                           "2023-11-14 00:00:00 UTC, as a date",
		"631152000\n":                              "1990-01-01 00:00:00 UTC, as seconds",
		"tomorrow,1\n2023-11-14T22:13:20.782Z,1\n": "t.csv:2: the arrival time",
	} {
		_, _, err := readTrace(rows)
		assert.ErrorContains(t, err, want, rows)
	}
	for rows, want := range map[string][]int64{ // years are not moments, and later rows are not checked for moments
		"631151999\n631152000\n": {631151999e9, 631152000e9},
		"9e9,1\n":                {9e18},
		"0\n1700000000\n":        {0, 1700000000e9},
	} {
		arrivals, _, err := readTrace(rows)
		require.NoError(t, err, rows)
		assert.Equal(t, want, arrivals, rows)
	}
}

// All rows are read with the notation, so every path that begins can reach its end.
func TestATraceIsCheckedWhole(t *testing.T) {
	dir := t.TempDir()
	write := func(rows string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "t.csv"), []byte(rows), 0o600))
	}
	var sorted []byte
	for range 1000 {
		sorted = append(sorted, "1,1\n"...)
	}
	for rows, want := range map[string]string{
		"2,1\n1,1\n":                      "t.csv:1002: the arrival time 1s is before the one above it, 2s; rows must be in order",
		"2\n":                             "t.csv:1001: the number of columns is 1, and that of the rows before 2",
		"9300000000,1\n":                  "t.csv:1001: the arrival time is beyond 292 years",
		"2,1\n2,one\n":                    "t.csv:1002: the service time is",
		"2,1\n" + string(make([]byte, 9)): "t.csv:1002: ",
	} {
		write(string(sorted) + rows)
		_, err := Parser{Dir: dir}.ParseArrivals("trace(t.csv)")
		assert.ErrorContains(t, err, want)
	}

	write("start,took\n" + string(sorted) + "7.5,1\n")
	parser := Parser{Dir: dir}.Remembering()
	a, err := parser.ParseArrivals("trace(t.csv)")
	require.NoError(t, err)
	assert.Equal(t, Trace{File: "t.csv", Dir: dir, Rows: 1001, Last: 7.5e9, Header: `"start,took"`}, a)
	write("0,1\n")
	again, err := parser.ParseArrivals("trace(t.csv)")
	require.NoError(t, err)
	assert.Equal(t, a, again, "it is read once")

	// Rows fill blocks exactly, or one fewer, or one more.
	for _, n := range []int{1, blockSize - 1, blockSize, blockSize + 1} {
		write(string(sorted[:4*n]))
		a, err := Parser{Dir: dir}.ParseArrivals("trace(t.csv)")
		require.NoError(t, err)
		assert.EqualValues(t, n, a.(Trace).Rows)
	}
}

// A large file is not read twice: only its first row is checked in advance.
func TestALargeTraceIsReadAsItGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	require.NoError(t, os.WriteFile(path, []byte("start\n3\n2\n"), 0o600))
	require.NoError(t, os.Truncate(path, mostChecked+1)) // a hole, which takes no room
	a, err := ParseArrivals("trace(" + path + ")")
	require.NoError(t, err)
	assert.Equal(t, Trace{File: path, Header: `"start"`}, a)
	require.NoError(t, os.Truncate(path, mostChecked))
	_, err = ParseArrivals("trace(" + path + ")")
	assert.ErrorContains(t, err, "t.csv:3: the arrival time 2s is before the one above it, 3s")
}
