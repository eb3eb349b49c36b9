package explorer

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
)

const twoNodes = "name: two\nfunctions:\n  a: {arrivals: poisson(rate=2/s), warm: constant(1s), memory: 1GB}\n  b: {arrivals: poisson(rate=1/m), warm: constant(1s), memory: 2GB, keep_alive: 1h}\n" +
	"nodes: {count: 2, memory: 4GB}\ncontainer: {startup: constant(1s)}\nrun: {warmup: 10m, duration: 30m, replications: 2}\n"

// A choice has the value that a scenario has when it is chosen: by it the page knows which one is.
func TestChoicesOfPoliciesAreWrittenAsInScenarios(t *testing.T) {
	text := scenarios.Sealed("two.yaml", []byte(twoNodes))
	s, err := text.Scenario(nil)
	require.NoError(t, err)
	policies := policiesOf(s, 1)
	require.Len(t, policies, 3)
	assert.Equal(t, "1 function with a keep-alive of its own.", policies[0].Note)
	for _, p := range policies {
		for _, c := range p.Choices {
			chosen, err := text.Scenario([]scenarios.Override{{Key: p.Key, Value: c.Value, Flag: "--set"}})
			require.NoError(t, err)
			encoded, err := json.Marshal(chosen)
			require.NoError(t, err)
			var blocks map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(encoded, &blocks))
			block, key, _ := strings.Cut(p.Key, ".")
			var values map[string]any
			require.NoError(t, json.Unmarshal(blocks[block], &values))
			assert.Equal(t, c.Value, values[key], p.Key)
			assert.NotEmpty(t, c.Text)
		}
	}
	s.Nodes.Count, s.Nodes.Memory = 1, 0
	policies = policiesOf(s, 0)
	require.Len(t, policies, 1, "on one node without bounds nothing is placed or evicted")
	for _, c := range policies[0].Choices {
		assert.NotEqual(t, "never", c.Value)
	}
}

func TestARunOfManyFunctionsHasTheirTableAndTheNodes(t *testing.T) {
	lines := postLines(t, "run", `{"file":`+quoted(twoNodes)+`}`)
	var line struct {
		Result struct {
			Platforms map[string]struct {
				Nodes []map[string]float64
			}
		}
		Cluster clusterJSON
	}
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	assert.Equal(t, 2, line.Cluster.Of)
	require.Len(t, line.Cluster.Rows, 2)
	require.Len(t, line.Cluster.Rows[0], len(line.Cluster.Columns))
	assert.Equal(t, "a", line.Cluster.Rows[0][0])
	nodes := line.Result.Platforms[scenarios.ContainerPlatform].Nodes
	require.Len(t, nodes, 2)
	for i, n := range nodes {
		assert.Equal(t, float64(i), n["node"])
		assert.Equal(t, 4096.0, n["memory_mb"])
		assert.LessOrEqual(t, n["running_mb"]+n["idle_mb"]+n["loading_mb"], 4096.0)
	}
	memory := 0.0
	for _, row := range line.Cluster.Rows {
		memory += row[6].(float64)
	}
	assert.InEpsilon(t, memory, nodes[0]["running_mb"]+nodes[0]["idle_mb"]+nodes[1]["running_mb"]+nodes[1]["idle_mb"], 1e-9)
	assert.NotContains(t, postLines(t, "run", `{"scenario":"float","set":["run.duration=1m","run.warmup=0s"]}`)[0], `"cluster"`)

	columns := len(line.Cluster.Columns)
	lines = postLines(t, "run", `{"file":`+quoted(twoNodes)+`,"set":["pricing.preset=aws-lambda","pricing.provider_cold_start=0.1"]}`)
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	require.Len(t, line.Cluster.Columns, columns+2)
	for _, row := range line.Cluster.Rows {
		require.Len(t, row, columns+2)
		assert.Positive(t, row[columns])
		assert.Positive(t, row[columns+1])
	}
}

func TestANodeIsWatched(t *testing.T) {
	lines := postLines(t, "trace", `{"file":`+quoted(twoNodes)+`,"node":1,"events":40,"changes":true}`)
	assert.Contains(t, lines[0], `--node 1`)
	for _, line := range lines[1 : len(lines)-1] {
		assert.Contains(t, line, `"node":1,`)
		assert.Contains(t, line, `"nodes":[{"node":1,"memory_mb":4096,`)
	}
	for body, want := range map[string]string{
		`"node":2`:       `node: found 2; want 0 to 1`,
		`"function":"c"`: `function: the scenario has no function \"c\"; want one of a, b`,
	} {
		assert.Contains(t, strings.Join(postLines(t, "trace", `{"file":`+quoted(twoNodes)+`,`+body+`}`), ""), want)
	}
}

// postLines returns the lines of the answer to a request.
func postLines(t *testing.T, path, body string) []string {
	server, _ := startExplorer(t, testBudget, 2)
	_, answer := ask(t, server.URL+"/api/"+path, body)
	return strings.Split(strings.TrimSpace(answer), "\n")
}

func quoted(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}
