package explorer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

// serveExplorer serves an explorer as the command does, with the connections in the contexts of
// requests.
func serveExplorer(t *testing.T, e *explorer) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(guard(e.handler(), hostCheck{loopback: true}))
	server.Config.ConnContext = withConnection
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// dial opens a connection to a server and sends a request.
func dial(t *testing.T, server *httptest.Server, request string) *net.TCPConn {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { connection.Close() })
	_, err = io.WriteString(connection, request)
	require.NoError(t, err)
	return connection.(*net.TCPConn)
}

func (g *gate) state() (free, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.free, len(g.waiting)
}

// A list has each metric once, and a figure has a panel for each; the length of a list of overrides
// is bounded.
func TestListsOfRequestsAreBounded(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 2)
	const rest = `"vary":["container.keep_alive=1s,2s"],"set":["run.duration=1m","run.warmup=0s"],"format":"png"`
	status, once := ask(t, server.URL+"/api/sweep", `{"metrics":["running"],`+rest+`}`)
	require.Equal(t, http.StatusOK, status, once)
	status, often := ask(t, server.URL+"/api/sweep", `{"metrics":["running"`+strings.Repeat(`,"running"`, 5000)+`],`+rest+`}`)
	require.Equal(t, http.StatusOK, status)
	assert.True(t, once == often, "another figure where a metric is named 5,001 times")

	for path, also := range map[string]string{"run": "", "model": "", "trace": "", "sweep": `"vary":["container.keep_alive=1s,2s"],`} {
		status, answer := ask(t, server.URL+"/api/"+path, "{"+also+`"set":["run.seed=1"`+strings.Repeat(`,"run.seed=1"`, mostOverrides)+`]}`)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, answer, "set: found 201; want at most 200", path)
	}
}

// Planning waits for a core as simulating does: if none is free, the server does not look at the
// request.
func TestPlanningIsBehindTheGate(t *testing.T) {
	e := newExplorer(testBudget, 1)
	e.gate.most = 0
	server := serveExplorer(t, e)
	_, leave, err := e.gate.enter(context.Background())
	require.NoError(t, err)
	const million = `{"vary":["container.keep_alive=1s..1h:1000000"]}`
	for _, path := range []string{"run", "sweep", "compare", "model", "trace"} {
		status, answer := ask(t, server.URL+"/api/"+path, million)
		assert.Equal(t, http.StatusServiceUnavailable, status, "%s: %s", path, answer)
	}
	leave()
	status, answer := ask(t, server.URL+"/api/sweep", million)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "the grid has more than 200 points")
	_, answer = ask(t, server.URL+"/api/sweep", `{"vary":["container.max_instances=1..5:1000"],"set":["run.duration=1s"]}`)
	assert.Contains(t, answer, `"points":5,`, "whole numbers, of which there are but 5")
}

// The client's time to take an answer begins with the answer, not with the request.
func TestARefusalAfterALongWaitIsHeard(t *testing.T) {
	e := newExplorer(testBudget, 1)
	server := httptest.NewUnstartedServer(e.handler())
	server.Config.WriteTimeout = 50 * time.Millisecond
	server.Start()
	defer server.Close()
	for _, body := range []string{`{"vary":["container.keep_alive=1s..2s:1000"]}`, `{"vary":["x=1"]}`, `null`} {
		_, leave, err := e.gate.enter(context.Background())
		require.NoError(t, err)
		time.AfterFunc(4*server.Config.WriteTimeout, leave)
		status, answer := ask(t, server.URL+"/api/sweep", body)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, answer, `"error"`)
	}
}

// A client may close its side after its request and wait: here it waits for a core, and the server
// checks meanwhile whether it is still there.
func TestAClientThatClosesItsSideIsAnswered(t *testing.T) {
	e := newExplorer(testBudget, 1)
	server := serveExplorer(t, e)
	_, leave, err := e.gate.enter(context.Background())
	require.NoError(t, err)
	connection := dial(t, server, asPost("/api/model", "{}"))
	require.NoError(t, connection.CloseWrite())
	answer := bufio.NewReader(connection)
	line, err := answer.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, waiting := e.gate.state()
	assert.Equal(t, 1, waiting)
	leave()
	_, err = answer.ReadString('\n')
	require.NoError(t, err)
	response, err := http.ReadResponse(answer, nil)
	for err == nil && response.StatusCode == http.StatusContinue {
		response, err = http.ReadResponse(answer, nil)
	}
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode)
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, stdoutOf(t, "model", "float", "--format", "json"), string(text))
}

// The same holds within a stream, whose lines stay JSON.
func TestAStreamGoesOnForAClientThatClosedItsSide(t *testing.T) {
	e := newExplorer(Budget{Requests: 1e12, Instances: 10_000, Time: 3 * time.Second}, 1)
	server := serveExplorer(t, e)
	connection := dial(t, server, asPost("/api/run", endless))
	answer := bufio.NewReader(connection)
	response, err := http.ReadResponse(answer, nil)
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, connection.CloseWrite())
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	last := ""
	for lines.Scan() {
		last = lines.Text()
		assert.True(t, json.Valid([]byte(last)), last)
	}
	require.NoError(t, lines.Err())
	assert.Contains(t, last, "was spent", "the stream came to its own end")
}

// A client that is gone ends its request, before and after the first line of the answer.
func TestAClientThatLeavesEndsItsRequest(t *testing.T) {
	e := newExplorer(Budget{Requests: 1e12, Instances: 10_000, Time: 5 * time.Minute}, 1)
	server := serveExplorer(t, e)
	for _, body := range []string{strings.TrimSuffix(endless, "}") + `,"format":"csv"}`, endless} {
		connection := dial(t, server, asPost("/api/run", body))
		require.Eventually(t, func() bool { free, _ := e.gate.state(); return free == 0 }, 10*time.Second, time.Millisecond)
		if body == endless {
			_, err := http.ReadResponse(bufio.NewReader(connection), nil)
			require.NoError(t, err)
		}
		require.NoError(t, connection.Close())
		assert.Eventually(t, func() bool { free, _ := e.gate.state(); return free == 1 }, 20*time.Second, 10*time.Millisecond)
	}
}

func TestWhatIsNotThereIsSaidInJSON(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 1)
	for _, path := range []string{"/secret", "/%ff%fe", "/page.css/", "/lessons/figures/", "/lessons/figures", "/lessons/figures/nothing.svg",
		"/lessons/figures/%ff", "/lessons/", "/api", "/api/", "/api/run", "/api/lessons/nothing", "/api/lessons/%ff", "/index.html/x"} {
		response, err := http.Get(server.URL + path)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		response.Body.Close()
		assert.Equal(t, http.StatusNotFound, response.StatusCode, path)
		assert.Equal(t, "application/json", response.Header.Get("Content-Type"), path)
		var refused errorJSON
		require.NoError(t, json.Unmarshal(text, &refused), "%s: %s", path, text)
		assert.NotEmpty(t, refused.Error, path)
	}
	// Bytes that no Go client would send.
	connection := dial(t, server, "GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusNotFound, response.StatusCode)
}

// Together, simulations hold no more than their part of the memory, and give it back.
func TestSimulationsShareTheMemory(t *testing.T) {
	tests.Slow(t)
	e := newExplorer(Budget{Requests: 1e9, Instances: 100_000, Time: time.Minute, Memory: leastMemory}, 1)
	server := serveExplorer(t, e)
	all := e.memory.Left()
	const many = `"container.warm=exponential(mean=1s)","wasm.service=constant(1ms)","container.keep_alive=0s","container.max_instances=unlimited","run.warmup=0s"`
	status, answer := ask(t, server.URL+"/api/run", `{"set":["arrivals.rate=60000/s","run.replications=60","run.duration=1s",`+many+`]}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "more than 48 MB of memory would be needed")

	// A burst does not show in the mean: it is found when it happens.
	const short = `"container.warm=constant(10ms)","container.cold=constant(10ms)","container.keep_alive=0s",` +
		`"container.max_instances=unlimited","wasm.service=constant(10ms)","run.warmup=0s"`
	const burst = `"arrivals=batch(poisson(rate=0.01/s), size=90000)","run.replications=80","run.duration=300s"`
	for _, path := range []string{"run", "sweep"} {
		_, answer = ask(t, server.URL+"/api/"+path, map[string]string{
			"run": `{"set":[` + burst + "," + short + `]}`, "sweep": `{"vary":["run.seed=1,2"],"set":[` + burst + "," + short + `]}`}[path])
		assert.Contains(t, answer, "more than 48 MB of memory would be needed", path)
	}
	_, answer = ask(t, server.URL+"/api/run", `{"set":["arrivals=batch(poisson(rate=0.01/s), size=900000)","run.duration=1000s",`+short+`]}`)
	assert.Contains(t, answer, "more than 100000 instances and waiting requests would be alive at once")
	_, answer = ask(t, server.URL+"/api/trace", `{"set":["arrivals=batch(poisson(rate=1/s), size=900000)",`+short+`],"from":"1h"}`)
	assert.Contains(t, answer, "more than 100000 instances and waiting requests would be alive at once")
	assert.Equal(t, all, e.memory.Left())

	// The bodies of requests give back their memory, too.
	require.True(t, e.bodies.Take(e.bodies.Left()-1))
	response, err := http.Post(server.URL+"/api/model", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	assert.NotEmpty(t, response.Header.Get("Retry-After"))
	assert.EqualValues(t, 1, e.bodies.Left())
}

// A computation that ignores the stop does not delay it.
func TestAStopWaitsForNobodyForLong(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	silent := newSilentConnections()
	forever, entered := make(chan struct{}), make(chan struct{})
	defer close(forever)
	server := &http.Server{ConnState: silent.watch, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-forever
	})}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serveUntil(ctx, server, listener, silent) }()
	go http.Get("http://" + listener.Addr().String())
	<-entered
	began := time.Now()
	stop()
	assert.NoError(t, <-ended)
	assert.Less(t, time.Since(began), 5*time.Second)
}

func TestConnectionsAreBounded(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := limitConnections(tcp.(*net.TCPListener), 1)
	accepted := make(chan net.Conn, 2)
	closed := make(chan error, 1)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				closed <- err
				return
			}
			accepted <- c
		}
	}()
	for range 2 {
		c, err := net.Dial("tcp", tcp.Addr().String())
		require.NoError(t, err)
		defer c.Close()
	}
	first := <-accepted
	select {
	case <-accepted:
		t.Fatal("two connections where one may be")
	case <-time.After(50 * time.Millisecond):
	}
	require.NoError(t, first.Close())
	require.ErrorIs(t, first.Close(), net.ErrClosed) // it has returned its place exactly once
	<-accepted
	require.NoError(t, listener.Close())
	assert.ErrorIs(t, <-closed, net.ErrClosed, "a listener that is closed waits for no place")
}

func TestTheServerTellsOfTroubleNowAndThen(t *testing.T) {
	var text bytes.Buffer
	w := &sparingWriter{w: &text, every: 50 * time.Millisecond}
	for range 4 {
		fmt.Fprintln(w, "serve: too many open files")
	}
	assert.Equal(t, "serve: too many open files\n", text.String())
	time.Sleep(w.every)
	fmt.Fprintln(w, "serve: too many open files")
	assert.Equal(t, "serve: too many open files\nserve: too many open files (and 3 messages before)\n", text.String())
}
