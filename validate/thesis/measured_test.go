package thesis

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim/tests"
	"faaslab/validate"
)

// measured reads measurements from elsewhere, which are not part of the project: rows of texts by
// column name. Without them the test is skipped.
func measured(t *testing.T, name string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open("../../../shared/reference/measured/" + name)
	if err != nil {
		t.Skip("the measured numbers are not here: ", err)
	}
	defer file.Close()
	table, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	for _, fields := range table[1:] {
		row := map[string]string{}
		for i, name := range table[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// float on OpenWhisk at 25 keep-alives: the mean absolute relative errors against the measurements
// of the thesis' author. Nothing is fitted: the input is the thesis' table 4.1. Constant service
// times fit the instances better than exponential ones, as expected of a function that always does
// the same work.
func TestFloatAgainstTheMeasuredKeepAlives(t *testing.T) {
	tests.Slow(t)
	rows := measured(t, "openwhisk_float_keep_alive.csv")
	require.Len(t, rows, 25)
	metrics := []string{"cold_start_probability", "response_time", "instances", "idle"}
	errors := map[string]map[string]float64{} // by source and metric
	note := func(who, metric string, value float64, row map[string]string) {
		truth, err := strconv.ParseFloat(row[metric], 64)
		require.NoError(t, err)
		if errors[who] == nil {
			errors[who] = map[string]float64{}
		}
		errors[who][metric] += math.Abs(value/truth-1) / float64(len(rows))
	}
	for law, overrides := range map[string][]scenarios.Override{
		"exponential": nil,
		"constant":    {{Key: "container.warm", Value: "constant(1.5288s)"}, {Key: "container.cold", Value: "constant(4.1202s)"}},
	} {
		for _, row := range rows {
			s, err := scenarios.Load("float", append([]scenarios.Override{
				{Key: "container.keep_alive", Value: row["container.keep_alive"]}, {Key: "run.precision", Value: "2%"}}, overrides...))
			require.NoError(t, err)
			s.Wasm = nil
			r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
			require.NoError(t, err)
			for _, metric := range metrics {
				e, _ := r.Platform(scenarios.ContainerPlatform).Metric(metric)
				note(law, metric, e.Mean, row)
			}
			if law != "exponential" {
				continue
			}
			for _, m := range validate.Models(s) {
				solution, err := m.Solve(0)
				require.NoError(t, err)
				for _, metric := range metrics {
					note(m.Name, metric, solution.Metrics[metric], row)
				}
			}
		}
	}
	for who, of := range errors {
		t.Logf("%-14s cold start probability %4.1f %%, response time %4.1f %%, instances %4.1f %%, idle %4.1f %%", who,
			100*of["cold_start_probability"], 100*of["response_time"], 100*of["instances"], 100*of["idle"])
	}
	for _, law := range []string{"exponential", "constant"} {
		assert.Less(t, errors[law]["cold_start_probability"], 0.10, law)
		assert.Less(t, errors[law]["instances"], 0.03, law)
		assert.Less(t, errors[law]["idle"], 0.03, law)
	}
	for _, metric := range []string{"instances", "idle"} {
		assert.Less(t, errors["constant"][metric], 0.7*errors["exponential"][metric], "constant service times fit better: %s", metric)
	}
	for _, smp := range []string{"smp", "smp-modified"} {
		assert.InDelta(t, 0.34, errors[smp]["cold_start_probability"], 0.005, "as was found elsewhere: %s", smp)
		assert.Greater(t, errors[smp]["idle"], 0.1, smp)
	}
}
