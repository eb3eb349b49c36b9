package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/sim/tests"
)

var testBudget = explorer.Budget{Requests: 20_000_000, Instances: 10_000, Time: 2 * time.Minute}

// startExplorer serves with a budget, on two cores, as faaslab serve does behind its listener.
func startExplorer(t *testing.T, b explorer.Budget) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(explorer.Server{Budget: b, Execute: executeShown}.Handler(context.Background(), 2))
	t.Cleanup(server.Close)
	return server
}

// ask posts a body and returns the status and the answer.
func ask(t *testing.T, url, body string) (int, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

func TestServeRefusesWhatItCannotServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for _, c := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"float", "whatlang"}, "found 2 scenarios"},
		{[]string{"flot"}, "did you mean float?"},
		{[]string{"--addr", "nowhere"}, "want HOST:PORT"},
		{[]string{"--host", "http://lab.example:80"}, "want a name alone"},
		{[]string{"--addr", taken.Addr().String()}, "in use"},
		{[]string{"--memory", "lots"}, "--memory lots: want a size such as 512MB"},
		{[]string{"--memory", "100MB"}, "--memory 100MB: want 128MB or more"},
		{[]string{"--budget-requests", "0", "--budget-instances", "-1", "--budget-time", "0s"}, "--budget-instances -1: want 1 or more"},
	} {
		var out, errOut bytes.Buffer
		assert.Equal(t, exit.BadInput, faaslab(append([]string{"faaslab", "serve"}, c.arguments...), &out, &errOut), c.arguments)
		assert.Contains(t, errOut.String(), c.want)
		assert.Empty(t, out.String())
	}
}

// Each request that docs/api.md shows is answered, by a stream with the lines that it describes.
func TestTheDocumentedRequestsAreAnswered(t *testing.T) {
	tests.Slow(t)
	server := startExplorer(t, testBudget)
	text, err := os.ReadFile("../../docs/api.md")
	require.NoError(t, err)
	shown := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```json\nPOST (/api/[a-z]+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		shown[block[1]] = true
		status, answer := ask(t, server.URL+block[1], block[2])
		require.Equal(t, http.StatusOK, status, "%s %s", block[1], answer)
		for line := range strings.Lines(answer) {
			require.True(t, json.Valid([]byte(line)), block[1])
			assert.NotContains(t, line, `"error"`, block[1])
		}
	}
	assert.Len(t, shown, 8)
	for _, address := range []string{"/api/scenarios", "/api/schema", "/api/glossary", "/api/lessons", "/api/lessons/little", "/api/import", "/lessons/figures/little.svg"} {
		response, err := http.Get(server.URL + address)
		require.NoError(t, err)
		response.Body.Close()
		assert.Equal(t, http.StatusOK, response.StatusCode, address)
	}
}
