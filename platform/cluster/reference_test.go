package cluster

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// references is the folder of an independent simulator of keep-alive policies and what it found.
const references = "../../../shared/specs/fleet"

// A reference trace: its functions, with memory and start-ups, and its requests.
type reference struct {
	functions []Function
	requests  []Request
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(references, name))
	if os.IsNotExist(err) {
		t.Skip("no ", references)
	}
	require.NoError(t, err)
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(name, ".gz") {
		r, err = gzip.NewReader(r)
		require.NoError(t, err)
	}
	rows, err := csv.NewReader(r).ReadAll()
	require.NoError(t, err)
	return rows
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return n
}

func readReferences(t *testing.T) map[string]*reference {
	traces := map[string]*reference{}
	of := func(row []string) *reference {
		name := row[0] + " by " + row[1]
		if traces[name] == nil {
			traces[name] = &reference{}
		}
		return traces[name]
	}
	for _, row := range readCSV(t, "policies_units.csv")[1:] {
		r := of(row)
		r.functions = append(r.functions, Function{Name: row[3], Memory: number(t, row[4]), Startup: dist.Constant{Value: float64(number(t, row[5])) / 1e9}})
	}
	for _, row := range readCSV(t, "policies_input.csv.gz")[1:] {
		r := of(row)
		r.requests = append(r.requests, Request{Arrival: sim.Time(number(t, row[3])), Function: int(number(t, row[4])), Service: sim.Time(number(t, row[5]))})
	}
	return traces
}

func recorded(rows []Request) Requests {
	return func() (Request, bool, error) {
		if len(rows) == 0 {
			return Request{}, false, nil
		}
		r := rows[0]
		rows = rows[1:]
		return r, true, nil
	}
}

// keepAlives are the policies of the reference runs.
var keepAlives = map[string]KeepAlive{
	"fixed-0s": Fixed(0), "fixed-1m": Fixed(60e9), "fixed-10m": Fixed(600e9), "fixed-1h": Fixed(3600e9), "fixed-4h": Fixed(4 * 3600e9), "never": Fixed(sim.Never),
	"histogram":        NewHistogram(),
	"histogram-min10":  func() Histogram { h := NewHistogram(); h.MinSamples = 10; return h }(),
	"histogram-mean10": func() Histogram { h := NewHistogram(); h.Forecast = 10; return h }(),
	"histogram-1h":     func() Histogram { h := NewHistogram(); h.Bins = 60; return h }(),
}

// Every run of the reference simulator, event by event: the log of all requests, and the counts and
// memory integrals of every function.
func TestTheReferenceRunsAreMet(t *testing.T) {
	traces := readReferences(t)
	rows := readCSV(t, "policies_reference.csv")[1:]
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(row []string) bool { return row[7] == "total" }) + 1
		run := rows[:n]
		rows = rows[n:]
		total := run[n-1]
		t.Run(strings.Join(total[:7], ","), func(t *testing.T) {
			trace := traces[total[1]+" by "+total[2]]
			config := Config{Functions: trace.functions, Requests: recorded(trace.requests), Nodes: 1, Memory: Unlimited, MaxInstances: platform.Unlimited,
				KeepAlive: keepAlives[total[4]], Queue: total[6] == "queue", QueueTimeout: sim.Never}
			require.NotNil(t, config.KeepAlive, total[4])
			if total[3] != "unlimited" {
				config.Memory = number(t, total[3])
			}
			config.Evict = Eviction(slices.Index(evictionNames, total[5]))
			c, err := New(config, 1, 0)
			require.NoError(t, err)
			var log []LoggedRequest
			c.Log = func(r LoggedRequest) { log = append(log, r) }
			require.NoError(t, c.Run(sim.Never))
			c.check(c.Now())
			require.Equal(t, number(t, total[8]), int64(c.Now()))
			for f, row := range run[:n-1] {
				k, alive := c.Function(f)
				waiting := k.Arrivals - k.Warm - k.Cold - k.Rejected
				memory := func(s stats.Sum) int64 { return int64(s.Seconds()*1e9+0.5) * trace.functions[f].Memory }
				got := []int64{k.Arrivals, k.Warm, k.Cold, k.Rejected, waiting, k.Expired, k.Evicted, k.Unloaded, k.Loaded, k.LoadsSkipped, int64(alive),
					memory(k.Running), memory(k.Idle), memory(k.Loading)}
				for i, v := range got {
					if !assert.Equal(t, row[9+i], strconv.FormatInt(v, 10), "function %d, column %d", f, 9+i) {
						t.FailNow()
					}
				}
			}
			assert.Equal(t, total[len(total)-1], digest(log))
		})
	}
}

// digest is the hash of a log as the reference simulator writes it.
func digest(log []LoggedRequest) string {
	slices.SortFunc(log, func(a, b LoggedRequest) int { return int(a.Number - b.Number) })
	h := sha256.New()
	fmt.Fprintln(h, "number,unit,outcome,arrival_ns,start_ns,completion_ns,instance")
	for _, r := range log {
		start, completion := r.Start, r.Completion
		if r.Outcome == platform.OutcomeRejected {
			start, completion = r.Arrival, r.Arrival
		}
		fmt.Fprintf(h, "%d,%d,%s,%d,%d,%d,%d\n", r.Number, r.Function, r.Outcome, int64(r.Arrival), int64(start), int64(completion), r.Instance)
	}
	return hex.EncodeToString(h.Sum(nil))
}
