package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/explorer"
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

// endless is a simulation that takes longer than any test, except its first stage, which is
// immediate.
const endless = `{"scenario":"float","set":["container.keep_alive=10s","run.precision=0.01%","run.max_requests=1e12"]}`
