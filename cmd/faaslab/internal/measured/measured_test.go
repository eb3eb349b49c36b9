package measured

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/scenarios"
)

func TestMeasuredFile(t *testing.T) {
	m, err := Parse("m.csv", []byte("\ufeff# from a testbed\ncontainer.keep_alive, arrivals.rate,cold_start_probability,wasm.response_time\n\n10s,1/s,0.1,\n60s,2/s,,4.5\n"), "")
	require.NoError(t, err)
	assert.Equal(t, Measurements{File: "m.csv", Keys: []string{"container.keep_alive", "arrivals.rate"}, Rows: []Row{
		{4, []string{"10s", "1/s"}, map[string]float64{"cold_start_probability": 0.1}, map[string]float64{}, ""},
		{5, []string{"60s", "2/s"}, map[string]float64{"wasm.response_time": 4.5}, map[string]float64{}, ""},
	}}, m)
}

func TestMeasuredFileErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "m.csv: found nothing; want a header and rows",
		"response_time\n":                     "m.csv: found no row below the header",
		"container.keep_alive\n1s\n":          "m.csv:1: found no metric; want at least one column such as response_time",
		"responce_time\n1\n":                  `m.csv:1: unknown column "responce_time"; did you mean response_time?`,
		"container.keepalive,idle\n1s,1\n":    `m.csv:1: unknown column "container.keepalive"; did you mean container.keep_alive?`,
		"wasm.idle\n1\n":                      `m.csv:1: unknown column "wasm.idle"`,
		"idle,arrivals.rate\n1,1/s\n":         "m.csv:1: found the key arrivals.rate after the metric idle; want the keys first",
		"idle,idle\n1,1\n":                    `m.csv:1: found two columns "idle"; want each once`,
		"arrivals.rate,idle\n1/s,1\n2/s\n":    "m.csv:3: found another number of cells than the header has",
		"arrivals.rate,idle\n,1\n":            "m.csv:2: arrivals.rate: found nothing; want a value as in a scenario file",
		"idle\nNaN\n":                         `m.csv:2: idle: found "NaN"; want a number, 0 or more`,
		"idle\n-1\n":                          `m.csv:2: idle: found "-1"`,
		"idle\n1s\n":                          `m.csv:2: idle: found "1s"`,
		"cold_start_probability\n1.44\n":      `m.csv:2: cold_start_probability: found "1.44"; want a fraction from 0 to 1, such as 0.02 for 2 %`,
		"container.utilization\n27\n":         `m.csv:2: container.utilization: found "27"; want a fraction from 0 to 1`,
		"idle\n\"1\n":                         "m.csv:2: extraneous or missing",
		strings.Repeat("x", 300) + ",idle\n1": "unknown column",
	} {
		_, err := Parse("m.csv", []byte(text), "")
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
	}
	_, err := Read(t.TempDir(), "")
	assert.ErrorContains(t, err, "found a directory; want a CSV file")
	_, err = Read(filepath.Join(t.TempDir(), "none.csv"), "")
	assert.ErrorContains(t, err, "cannot be read: no such file or directory")
}

func FuzzParseMeasured(f *testing.F) {
	f.Add("container.keep_alive,response_time\n1s,2\n")
	f.Add("wasm.instances\n1\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse("m.csv", []byte(text), "")
		if err != nil {
			assert.True(t, strings.HasPrefix(err.Error(), "m.csv:"), err)
			return
		}
		for _, row := range m.Rows {
			assert.Len(t, row.Values, len(m.Keys))
			for _, v := range row.Metrics {
				assert.True(t, chart.Finite(v))
			}
		}
	})
}

func TestMeasuredMetricsGoToTheirPlatform(t *testing.T) {
	both, wasm := []string{"container", "wasm"}, []string{"wasm"}
	for _, c := range []struct {
		header    string
		platforms []string
		want      []string
	}{
		{"response_time", wasm, []string{"wasm.response_time"}},
		{"response_time", both, []string{"response_time"}},
		{"response_time,idle", both, []string{"container.response_time", "container.idle"}},
		{"response_time,wasm.response_time,idle", both, []string{"container.response_time", "wasm.response_time", "container.idle"}},
		{"container.keep_alive,response_time", both, []string{"container.response_time"}},
		{"wasm.cores,response_time", both, []string{"wasm.response_time"}},
	} {
		cells := strings.Repeat(",1", strings.Count(c.header, ","))
		m, err := Parse("m.csv", []byte(c.header+"\n1"+cells+"\n"), "")
		require.NoError(t, err)
		for _, name := range c.want {
			assert.Contains(t, m.Assign(c.platforms).Rows[0].Metrics, name, c.header)
		}
		assert.Len(t, m.Assign(c.platforms).Rows[0].Metrics, len(c.want), c.header)
	}
}

// A row holds for a scenario if setting its values changes nothing, however they are written; varied keys do not count.
func TestMeasuredRowsOfAScenario(t *testing.T) {
	m, err := Parse("m.csv", []byte("container.keep_alive,arrivals.rate,idle\n1m,1/s,1\n60s,60/m,2\n60s,2/s,3\n10s,1/s,4\n"), "")
	require.NoError(t, err)
	load := func(o ...scenarios.Override) (scenarios.Scenario, error) { return scenarios.Load("float", o) }
	lines := func(m Measurements) (lines []int) {
		for _, row := range m.Rows {
			lines = append(lines, row.Line)
		}
		return lines
	}
	own, err := m.at(load)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3}, lines(own))
	varied, err := m.at(load, "container.keep_alive")
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3, 5}, lines(varied))

	m.Rows[1].Values[0] = "60"
	_, err = m.at(load, "container.keep_alive")
	assert.ErrorContains(t, err, "--measured m.csv:3: container.keep_alive=60")
}

// The measurements on a real OpenWhisk and a real Spin are read unchanged.
func TestMeasurementsOfTheThesis(t *testing.T) {
	files, err := filepath.Glob("../../../../../shared/reference/measured/[os]*.csv") // openwhisk_… and spin_…
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("../shared is not there")
	}
	for _, file := range files {
		m, err := Read(file, "")
		require.NoError(t, err)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Len(t, m.Rows, strings.Count(string(text), "\n")-1, file)
		assert.Len(t, m.Keys, 1, file)
		for _, row := range m.Rows {
			assert.Contains(t, row.Metrics, "response_time")
		}
	}
}

// A published table has columns that are no metrics, names of its own, and errors; it is shown
// unchanged.
func TestMeasuredColumns(t *testing.T) {
	const table = ",lambda,p_cold,se,response_time,response_time.half_width,comment\n1,1/s,0.1,0.02,2,0.5,first\n2,2/s,0.2,,3,,\n"
	m, err := Parse("m.csv", []byte(table), "cold_start_probability=p_cold,cold_start_probability.half_width=se, arrivals.rate=#2")
	require.NoError(t, err)
	assert.Equal(t, Measurements{File: "m.csv", Keys: []string{"arrivals.rate"}, Rows: []Row{
		{2, []string{"1/s"}, map[string]float64{"cold_start_probability": 0.1}, map[string]float64{"cold_start_probability": 0.02}, ""},
		{3, []string{"2/s"}, map[string]float64{"cold_start_probability": 0.2}, map[string]float64{}, ""},
	}}, m)
	m, err = Parse("m.csv", []byte(table), "known")
	require.NoError(t, err)
	assert.Equal(t, Measurements{File: "m.csv", Rows: []Row{
		{2, nil, map[string]float64{"response_time": 2}, map[string]float64{"response_time": 0.5}, ""},
		{3, nil, map[string]float64{"response_time": 3}, map[string]float64{}, ""},
	}}, m)
	m = m.Assign([]string{"wasm"})
	assert.Equal(t, map[string]float64{"wasm.response_time": 0.5}, m.Rows[0].halves)

	for _, c := range []struct{ text, columns, want string }{
		{table, "", `unknown column ""; want keys of the scenario file such as container.keep_alive, and then metrics such as response_time or wasm.response_time; --measured-columns leaves columns out, and renames them`},
		{table, "response_time=rt", `--measured-columns: m.csv has no column "rt"`},
		{table, "response_time=#9", `--measured-columns: m.csv has no column "#9"`},
		{table, "response=p_cold", `m.csv:1: unknown column "response"`},
		{table, "response_time,response_time=p_cold", `m.csv:1: found two columns "response_time"; want each once`},
		{"response_time.half_width\n1\n", "", "m.csv:1: found response_time.half_width, but no column response_time; want both"},
		{"a,b\n1,2\n", "known", "m.csv:1: found no metric; want at least one column such as response_time"},
		{"idle,idle.half_width\n1,-2\n", "", `m.csv:2: idle.half_width: found "-2"; want a number, 0 or more`},
	} {
		_, err := Parse("m.csv", []byte(c.text), c.columns)
		assert.ErrorContains(t, err, c.want)
	}
}

// A column may say what was measured; then it is neither a key nor a metric, wherever it stands.
func TestRowsMayHaveLabels(t *testing.T) {
	m, err := Parse("m.csv", []byte("container.keep_alive,idle,function\n1m,1,aes\n60s,2,float\n"), "")
	require.NoError(t, err)
	assert.Equal(t, "function", m.Label)
	assert.Equal(t, []string{"container.keep_alive"}, m.Keys)
	assert.Equal(t, []string{"aes", "float"}, []string{m.Rows[0].Label, m.Rows[1].Label})
	assert.Equal(t, map[string]float64{"idle": 2}, m.Rows[1].Metrics)
	load := func(o ...scenarios.Override) (scenarios.Scenario, error) { return scenarios.Load("float", o) }
	_, err = At(load, scenarios.Default(), m)
	assert.ErrorContains(t, err, "--measured m.csv: found a column function, which only fit reads")
	m, err = Everywhere(load, m)
	require.NoError(t, err)
	assert.Equal(t, "aes", m.Rows[0].Label)
	m, err = Parse("m.csv", []byte("what,response_time,function\n1,1,aes\n"), "scenario=what, response_time")
	require.NoError(t, err)
	assert.Equal(t, "scenario", m.Label)
	assert.Equal(t, "1", m.Rows[0].Label)
}

// Each row sets its own keys, and is wrong where its scenario is.
func TestEveryRowHasItsOwnScenario(t *testing.T) {
	load := func(o ...scenarios.Override) (scenarios.Scenario, error) { return scenarios.Load("float", o) }
	for text, want := range map[string]string{
		"container.keep_alive,idle\n1m,1\n10,2\n": "--measured m.csv:3: container.keep_alive=10",
		"arrivals.rate,response_time\n1/s,1\n":    "--measured m.csv: of which platform is response_time?",
		"container.keep_alive,wasm.idle\n1m,1\n":  "unknown column",
	} {
		m, err := Parse("m.csv", []byte(text), "")
		if err == nil {
			_, err = Everywhere(load, m)
		}
		assert.ErrorContains(t, err, want)
	}
	m, err := Parse("m.csv", []byte("container.keep_alive,response_time,response_time.half_width\n1m,1,0.1\n10s,2,0.2\n"), "")
	require.NoError(t, err)
	m, err = Everywhere(load, m)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"container.response_time": 2}, m.Rows[1].Metrics)
	assert.Equal(t, 0.2, m.Rows[1].Half("container.response_time"))
	assert.Equal(t, []scenarios.Override{{Key: "container.keep_alive", Value: "10s", Flag: "--measured m.csv:3:"}}, m.Settings(m.Rows[1]))
}
