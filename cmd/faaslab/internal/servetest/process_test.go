package servetest

import (
	"bufio"
	"bytes"
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

	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/sim/tests"
)

// endless is a simulation that takes longer than any test, except its first stage, which is
// immediate.
const endless = `{"scenario":"float","set":["container.keep_alive=10s","run.precision=0.01%","run.max_requests=1e12"]}`

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
	response, err := http.Post(url+"api/model", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	began := time.Now()
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	assert.NoError(t, server.Wait())
	assert.Less(t, time.Since(began), explorer.StopTimeout/2)
}

func TestServeWarnsWhenOthersReachIt(t *testing.T) {
	tests.Slow(t)
	server := exec.Command(program, "serve", "--addr", ":0")
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

// The whole process keeps within --memory, whatever is allowed and requested at once.
func TestTheServerKeepsWithinItsMemory(t *testing.T) {
	tests.Long(t)
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
