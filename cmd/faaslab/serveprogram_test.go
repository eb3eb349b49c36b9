package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/explorer"
)

// startServer starts faaslab serve and returns the address that it prints. The server is stopped
// gracefully with the test.
func startServer(t *testing.T, arguments ...string) (*exec.Cmd, string) {
	t.Helper()
	server := exec.Command("faaslab", append([]string{"serve"}, arguments...)...)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		if server.ProcessState == nil {
			server.Process.Signal(syscall.SIGTERM)
			assert.NoError(t, server.Wait(), "the server stops well")
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return server, strings.TrimSpace(line)
}

func TestServeStopsWell(t *testing.T) {
	server, url := startServer(t)
	response, err := http.Post(url+"api/run", "application/json", strings.NewReader(endless))
	require.NoError(t, err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	require.True(t, lines.Scan())
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	assert.NoError(t, lines.Err(), "the stream is ended, not torn")
	assert.Equal(t, `{"error":"the server was stopped"}`, last)
	assert.NoError(t, server.Wait(), "a stop is how it ends well")
}

func TestAStopDoesNotWaitForClientsThatSendNothing(t *testing.T) {
	server, url := startServer(t)
	for _, said := range []string{"", "POST /api/run HTT", "POST /api/run HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat(" ", 100)} {
		connection, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
		require.NoError(t, err)
		defer connection.Close()
		_, err = io.WriteString(connection, said)
		require.NoError(t, err)
	}
	// When this connection is answered, the earlier ones have been accepted, too.
	status, _ := ask(t, url+"api/model", "{}")
	require.Equal(t, http.StatusOK, status)
	began := time.Now()
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	assert.NoError(t, server.Wait())
	assert.Less(t, time.Since(began), explorer.StopTimeout/2)
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

func TestServeWarnsWhenOthersReachIt(t *testing.T) {
	server := exec.Command("faaslab", "serve", "--addr", ":0")
	var warned bytes.Buffer
	server.Stderr = &warned
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/\n$`, line)
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	require.NoError(t, server.Wait())
	assert.Contains(t, warned.String(), "not on this machine alone")
}

// Each request that docs/api.md shows is answered, by a stream with the lines that it describes.
func TestTheDocumentedRequestsAreAnswered(t *testing.T) {
	slow(t)
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

// The whole process keeps within --memory, whatever is allowed and requested at once.
func TestTheServerKeepsWithinItsMemory(t *testing.T) {
	long(t)
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc here")
	}
	const most = 256 // MB
	server, url := startServer(t, "--memory", fmt.Sprint(most, "MB"), "--budget-time", "5s")
	const many = `"container.warm=exponential(mean=1s)","wasm.service=exponential(mean=1s)","container.max_instances=unlimited","container.keep_alive=1s"`
	var all sync.WaitGroup
	for _, c := range []struct{ path, body string }{
		{"run", `{"set":["arrivals.rate=40000/s","run.replications=256",` + many + `]}`},
		{"run", `{"set":["arrivals.rate=30000/s","run.replications=40",` + many + `],"format":"png"}`},
		{"run", `{"set":["container.warm=pareto(shape=1.05, mean=1s)","wasm.service=pareto(shape=1.05, mean=1s)","run.replications=256"],"format":"json"}`},
		{"sweep", `{"vary":["container.keep_alive=1s..2s:200"],"set":["arrivals.rate=30000/s",` + many + `],"format":"json"}`},
		{"trace", `{"set":["arrivals.rate=40000/s",` + many + `],"from":"3s","events":5000}`},
	} {
		for range 2 {
			all.Go(func() {
				response, err := http.Post(url+"api/"+c.path, "application/json", strings.NewReader(c.body))
				if assert.NoError(t, err) {
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
			})
		}
	}
	all.Wait()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", server.Process.Pid))
	require.NoError(t, err)
	highest := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, highest)
	kilobytes, err := strconv.Atoi(string(highest[1]))
	require.NoError(t, err)
	assert.Less(t, kilobytes, most<<10)
}
