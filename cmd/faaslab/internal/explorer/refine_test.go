package explorer

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A sweepLine is any line of the stream of a sweep.
type sweepLine struct {
	Points      int             `json:"points"`
	Point       string          `json:"point"`
	Platforms   json.RawMessage `json:"platforms"`
	Warnings    []string        `json:"warnings"`
	Figure      string          `json:"figure"`
	Stage       int             `json:"stage"`
	Short       int             `json:"short"`
	Last        bool            `json:"last"`
	Again       int             `json:"again"`
	MaxRequests int64           `json:"max_requests"`
	Command     string          `json:"command"`
	Error       string          `json:"error"`
}

// roughSweep has so few requests that none of its points is precise at first.
const roughSweep = `{"scenario":"float","vary":["container.keep_alive=10s,60s"],"metrics":["instances"],"mark":"30s","refine":true,` +
	`"set":["run.precision=4%","run.max_requests=10000"]}`

// Points that are too wide are simulated again until they are not; each has the result of its
// stage's command.
func TestASweepRefinesItself(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 2)
	status, answer := ask(t, server.URL+"/api/sweep", roughSweep)
	require.Equal(t, http.StatusOK, status, answer)
	points := map[string]sweepLine{} // by name, the last of each
	commands := map[string]string{}  // the command with its result
	stages, again, command := 0, 0, ""
	var last sweepLine
	for text := range strings.Lines(answer) {
		require.False(t, last.Last, "after the last line: %s", text)
		var line sweepLine
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		switch {
		case line.Points > 0:
			command = line.Command
		case line.Point != "":
			if again--; stages > 0 {
				assert.GreaterOrEqual(t, again, 0)
			}
			points[line.Point], commands[line.Point] = line, command
		case line.Figure != "":
			stages++
			assert.Equal(t, stages, line.Stage)
			assert.Contains(t, line.Figure, "<svg")
			last = line
		default:
			assert.Equal(t, stages+1, line.Stage)
			assert.Equal(t, last.Short, line.Again)
			again, command = line.Again, line.Command
		}
	}
	assert.True(t, last.Last)
	assert.Zero(t, last.Short)
	assert.Greater(t, stages, 1)
	require.Len(t, points, 2)
	for name, p := range points {
		assert.Empty(t, p.Warnings)
		assert.Contains(t, commands[name], "--set run.max_requests=")
		var found struct{ Points []sweepLine }
		words := strings.Fields(strings.ReplaceAll(commands[name], "'", ""))
		require.NoError(t, json.Unmarshal([]byte(stdoutOf(t, append(words[1:], "--format", "json")...)), &found))
		for _, f := range found.Points {
			if f.Point == name {
				assert.JSONEq(t, string(f.Platforms), string(p.Platforms), commands[name])
			}
		}
	}
}

// A stream ends when its budget is spent, as it does when its goal is reached.
func TestARefiningSweepKeepsToItsBudget(t *testing.T) {
	server, _ := startExplorer(t, Budget{Requests: 200_000, Instances: 10_000, Time: time.Minute}, 2)
	status, answer := ask(t, server.URL+"/api/sweep", strings.Replace(roughSweep, "4%", "0.01%", 1))
	require.Equal(t, http.StatusOK, status, answer)
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	var last sweepLine
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	assert.True(t, last.Last)
	assert.Equal(t, 2, last.Short)
	for _, text := range lines {
		var line sweepLine
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		assert.LessOrEqual(t, line.MaxRequests, int64(100_000))
	}

	server, _ = startExplorer(t, Budget{Requests: 2_000_000_000, Instances: 10_000, Time: 3 * time.Second}, 2)
	status, answer = ask(t, server.URL+"/api/sweep", strings.Replace(roughSweep, "4%", "0.01%", 1))
	require.Equal(t, http.StatusOK, status, answer)
	lines = strings.Split(strings.TrimSpace(answer), "\n")
	last = sweepLine{}
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	assert.True(t, last.Last, "the time was spent: what came before is the answer")
	assert.Empty(t, last.Error)
}

// If there is only one core, a sweep that refines itself lets others go first.
func TestARefiningSweepGivesWay(t *testing.T) {
	server, _ := startExplorer(t, Budget{Requests: 2_000_000_000, Instances: 10_000, Time: time.Minute}, 1)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/api/sweep", strings.NewReader(strings.Replace(roughSweep, "4%", "0.01%", 1)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (line sweepLine) {
		require.True(t, lines.Scan(), lines.Err())
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		return line
	}
	for next().Again == 0 {
	}
	status, answer := ask(t, server.URL+"/api/run", `{"set":["run.precision=20%","run.max_requests=10000"],"models":"none"}`)
	require.Equal(t, http.StatusOK, status, answer)
	for range 3 {
		line := next()
		assert.Empty(t, line.Error)
		assert.False(t, line.Last, "the sweep goes on after the run")
	}
}
