package explorer

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
)

// Each problem of a scenario has its key, and the line of a file, so that the page can show it
// there.
func TestARefusalNamesTheKeyAndTheLine(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 1)
	for body, want := range map[string][]problemJSON{
		`{"set":["container.max_instances=1,000"]}`: {{Key: "container.max_instances", Text: `found "1,000"; want a whole number from 1 to 1000000000, or unlimited`}},
		`{"set":["container.max_instances=1.000","arrivals.rate=fast","nonsense"]}`: {
			{Key: "nonsense", Text: "want key=value, such as container.keep_alive=10s"},
		},
		`{"file":"arrivals: poisson(rate=1/s)\nwasm:\n  servise: constant(1s)\n","file_name":"mine.yaml"}`: {
			{Line: 2, Key: "wasm.service", Text: "missing; want a distribution such as exponential(mean=1.5s)"},
			{Line: 3, Key: "wasm.servise", Text: "unknown key; did you mean wasm.service? wasm takes service, startup, cores and discipline"},
		},
		`{"file":"arrivals: [","file_name":"mine.yaml"}`: nil,
		`{"scenario":"nothing"}`:                         nil,
	} {
		status, answer := ask(t, server.URL+"/api/scenario", body)
		require.Equal(t, http.StatusBadRequest, status)
		var found errorJSON
		require.NoError(t, json.Unmarshal([]byte(answer), &found))
		if strings.Contains(body, "[\",") {
			require.Len(t, found.Problems, 1)
			assert.Equal(t, 1, found.Problems[0].Line)
			assert.Contains(t, found.Error, "mine.yaml:1: ")
			continue
		}
		assert.Equal(t, want, found.Problems, body)
	}
	status, answer := ask(t, server.URL+"/api/scenario", `{"file":"x","file_name":"../x.yaml"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "want the name of a file alone")
}

// The server's own scenario may name files; no override makes it read other files.
func TestTheServersOwnScenarioReadsItsOwnFilesOnly(t *testing.T) {
	folder := t.TempDir()
	mine := filepath.Join(folder, "mine.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "times.csv"), []byte("0.5\n1.5\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret.csv"), []byte("7\n8\n"), 0o600))
	write := func(service string) {
		require.NoError(t, os.WriteFile(mine, []byte("description: mine\narrivals: poisson(rate=1/s)\nwasm:\n  service: "+service+"\n"), 0o600))
	}
	write("empirical(times.csv)")
	e := newExplorer(testBudget, 1)
	var err error
	e.own, err = openOwn(mine)
	require.NoError(t, err)
	server := httptest.NewServer(e.handler())
	t.Cleanup(server.Close)
	list := func() (listed struct {
		Default   string
		Scenarios []listedScenario
	}) {
		response, err := http.Get(server.URL + "/api/scenarios")
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		text = []byte(strings.ReplaceAll(string(text), `"scenario":{`, `"resolved":{`)) // not compared here
		require.NoError(t, json.Unmarshal(text, &listed))
		return listed
	}
	listed := list()
	assert.Equal(t, "mine.yaml", listed.Default)
	assert.Equal(t, "mine", listed.Scenarios[0].Description)
	assert.True(t, listed.Scenarios[0].Own)
	assert.Len(t, listed.Scenarios, 1+len(scenarios.List()))

	const own = `{"scenario":"mine.yaml","set":["run.precision=10%%","run.max_requests=20000"%s],"models":"none"}`
	status, answer := ask(t, server.URL+"/api/run", fmt.Sprintf(own, ""))
	require.Equal(t, http.StatusOK, status, answer)
	assert.Contains(t, answer, `"command":"faaslab run `+mine)
	status, answer = ask(t, server.URL+"/api/run", fmt.Sprintf(own, `,"wasm.service=empirical(secret.csv)"`))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "files are not read here")

	status, answer = ask(t, server.URL+"/api/sweep", `{"scenario":"mine.yaml","vary":["arrivals.rate=1/s,2/s"],"metrics":["instances"],"set":["run.precision=10%","run.max_requests=20000"],"models":"none"}`)
	require.Equal(t, http.StatusOK, status, answer)
	assert.Contains(t, answer, `"point":"1/2"`, "whatever the working directory is")

	write("empirical(secret.csv)") // edited meanwhile
	assert.Contains(t, list().Scenarios[0].Error, "files are not read here")
	write("exponential(mean=1s)")
	status, answer = ask(t, server.URL+"/api/scenario", `{"scenario":"mine.yaml"}`)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, answer, "exponential(mean=1s)", "it is read anew")
}

// The server's own scenario may name the folder of a trace; no override makes it read another one.
func TestTheServersOwnScenarioReadsItsTrace(t *testing.T) {
	folder := t.TempDir()
	mine := filepath.Join(folder, "mine.yaml")
	require.NoError(t, os.WriteFile(mine, []byte("workload: azure2019(azure)\nnodes: {memory: 1GB}\ncontainer: {keep_alive: 10m, startup: constant(1s)}\n"), 0o600))
	head, row := "HashOwner,HashApp,HashFunction,Trigger", "o,a,f,timer"
	for minute := range 1440 {
		head += fmt.Sprintf(",%d", minute+1)
		row += ",1"
	}
	for _, name := range []string{"azure", "secret"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, "invocations_per_function_md.anon.d01.csv"), []byte(head+"\n"+row+"\n"), 0o600))
	}
	e := newExplorer(testBudget, 1)
	var err error
	e.own, err = openOwn(mine)
	require.NoError(t, err)
	server := httptest.NewServer(e.handler())
	t.Cleanup(server.Close)
	status, answer := ask(t, server.URL+"/api/run", `{"scenario":"mine.yaml"}`)
	require.Equal(t, http.StatusOK, status, answer)
	assert.Contains(t, answer, "all 1440 requests of azure2019(azure)")
	status, answer = ask(t, server.URL+"/api/run", `{"scenario":"mine.yaml","set":["workload=azure2019(secret)"]}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "files are not read here")
}

// The glossary has every metric and every model that the page may show, and none of its texts is
// missing.
func TestTheGlossaryExplainsAllThatIsShown(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 1)
	response, err := http.Get(server.URL + "/api/glossary")
	require.NoError(t, err)
	defer response.Body.Close()
	var found glossaryJSON
	require.NoError(t, json.NewDecoder(response.Body).Decode(&found))
	names := map[string]bool{}
	for _, m := range found.Metrics {
		names[m.Name] = true
		assert.NotEmpty(t, m.Text, m.Name)
		assert.NotEmpty(t, m.Unit, m.Name)
	}
	for _, name := range words.Measurable() {
		if !strings.Contains(name, ".") {
			assert.True(t, names[name], name)
		}
	}
	explained := map[string]bool{}
	for _, term := range found.Terms {
		assert.False(t, explained[term.Term], term.Term)
		explained[term.Term] = true
	}
	for _, b := range scenarios.List() {
		s, err := scenarios.Load(b.Name, nil)
		require.NoError(t, err)
		models, _, err := report.SolveModels(s, "", 1)
		require.NoError(t, err)
		for _, m := range models {
			assert.True(t, explained[m.Label], m.Label)
		}
	}
}
