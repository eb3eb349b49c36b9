package explorer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim/random"
	"faaslab/sim/tests"
)

var testBudget = Budget{Requests: 20_000_000, Instances: 10_000, Time: 2 * time.Minute}

// startExplorer serves with a budget, as the command does behind its listener.
func startExplorer(t *testing.T, b Budget, cores int) (*httptest.Server, *explorer) {
	t.Helper()
	e := newExplorer(b, cores)
	server := httptest.NewServer(guard(e.handler(), hostCheck{loopback: true}))
	t.Cleanup(server.Close)
	return server, e
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

// The saved files are, to the byte, the output of the command line: the page computes no numbers of
// its own.
func TestTheServerAnswersAsTheCommandLineDoes(t *testing.T) {
	tests.Slow(t)
	server, _ := startExplorer(t, testBudget, 2)
	const rough = `"set":["container.keep_alive=20s","run.warmup=1m","run.duration=10m"]`
	flags := []string{"--set", "container.keep_alive=20s", "--set", "run.warmup=1m", "--set", "run.duration=10m"}
	for _, c := range []struct {
		path, body string
		command    []string
	}{
		{"run", `{"scenario":"float",` + rough + `,"format":"json"}`, append([]string{"run", "float", "--format", "json"}, flags...)},
		{"run", `{"scenario":"float",` + rough + `,"format":"csv"}`, append([]string{"run", "float", "--format", "csv"}, flags...)},
		{"run", `{"scenario":"float",` + rough + `,"format":"text"}`, append([]string{"run", "float"}, flags...)},
		{"run", `{"scenario":"float",` + rough + `,"format":"yaml"}`, append([]string{"scenarios", "show", "float"}, flags...)},
		{"sweep", `{"scenario":"float","vary":["container.routing=mru,lru"],"set":["run.warmup=1m","run.duration=10m"],"format":"csv"}`,
			[]string{"sweep", "float", "--vary", "container.routing=mru,lru", "--set", "run.warmup=1m", "--set", "run.duration=10m", "--format", "csv"}},
		{"sweep", `{"scenario":"float","vary":["container.routing=mru,lru"],"set":["run.precision=5%","run.max_requests=200000"],"format":"json"}`,
			[]string{"sweep", "float", "--vary", "container.routing=mru,lru", "--set", "run.precision=5%", "--set", "run.max_requests=200000", "--format", "json"}},
		{"compare", `{"a":{"set":["run.warmup=1m","run.duration=10m"]},"b":{"set":["container.keep_alive=10s"]},"format":"json"}`,
			[]string{"compare", "float", "--set", "run.warmup=1m", "--set", "run.duration=10m", "--b", "container.keep_alive=10s", "--format", "json"}},
		{"compare", `{"a":{"set":["run.warmup=1m","run.duration=10m"]},"b":{"set":["container.keep_alive=10s"]},"format":"csv"}`,
			[]string{"compare", "float", "--set", "run.warmup=1m", "--set", "run.duration=10m", "--b", "container.keep_alive=10s", "--format", "csv"}},
		{"transient", `{"scenario":"float",` + rough + `,"horizon":"3m","format":"csv"}`, append([]string{"run", "float", "--transient", "3m", "--format", "csv"}, flags...)},
		{"transient", `{"scenario":"float",` + rough + `,"horizon":"3m","format":"json"}`, append([]string{"run", "float", "--transient", "3m", "--format", "json"}, flags...)},
		{"transient", `{"scenario":"float",` + rough + `,"horizon":"3m","format":"text"}`, append([]string{"run", "float", "--transient", "3m"}, flags...)},
		{"model", `{"scenario":"erlang-b"}`, []string{"model", "erlang-b", "--format", "json"}},
	} {
		status, answer := ask(t, server.URL+"/api/"+c.path, c.body)
		require.Equal(t, http.StatusOK, status, answer)
		assert.Equal(t, stdoutOf(t, c.command...), answer, "%s %s", c.path, c.body)
	}
}

// The last line of a stream has the result of the command that it names.
func TestAStreamEndsWithWhatTheCommandFinds(t *testing.T) {
	tests.Slow(t)
	server, _ := startExplorer(t, testBudget, 2)
	status, answer := ask(t, server.URL+"/api/run", `{"scenario":"float","set":["arrivals=poisson(rate=2/s)","run.precision=1.5%"],"figure":true}`)
	require.Equal(t, http.StatusOK, status, answer)
	var last runStage
	stages, figures := 0, 0
	for line := range strings.Lines(answer) {
		var stage struct {
			Stage, Of       int
			Command, Figure string
			Result          json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(line), &stage))
		if stage.Figure != "" {
			figures++
			assert.Contains(t, stage.Figure, "<svg")
			continue
		}
		stages++
		assert.Equal(t, stages, stage.Stage)
		last.Of, last.Command = stage.Of, stage.Command
		if stage.Stage == stage.Of {
			assert.JSONEq(t, stdoutOf(t, "run", "float", "--set", "arrivals=poisson(rate=2/s)", "--set", "run.precision=1.5%", "--format", "json"), string(stage.Result))
		}
	}
	assert.Equal(t, 3, stages)
	assert.Equal(t, 3, last.Of)
	assert.Equal(t, 3, figures)
	assert.Equal(t, "faaslab run float --set 'arrivals=poisson(rate=2/s)' --set run.precision=1.5%", last.Command)
}

// The figure of a run shows the instances beside those of the SMP, and a figure for a narrow screen
// is narrow.
func TestTheFiguresOfThePage(t *testing.T) {
	tests.Slow(t)
	server, _ := startExplorer(t, testBudget, 2)
	const rough = `"set":["run.precision=5%"]`
	for _, c := range []struct{ path, body string }{
		{"run", `{"figure":true,` + rough},
		{"sweep", `{"vary":["container.keep_alive=10s,60s"],"metrics":["instances","idle"],` + rough},
		{"compare", `{"a":{` + rough + `},"b":{"set":["container.keep_alive=10s"]}`},
	} {
		width := func(narrow string) int {
			status, answer := ask(t, server.URL+"/api/"+c.path, c.body+narrow+"}")
			require.Equal(t, http.StatusOK, status, answer)
			found := regexp.MustCompile(`viewBox=\\"0 0 (\d+) `).FindStringSubmatch(answer)
			require.NotNil(t, found)
			n, err := strconv.Atoi(found[1])
			require.NoError(t, err)
			return n
		}
		wide, narrow := width(""), width(`,"narrow":true`)
		assert.EqualValues(t, []int{int(chart.ChartWidth), int(chart.ScreenWidth)}, []int{wide, narrow}, c.path)
	}
	_, answer := ask(t, server.URL+"/api/run", `{"figure":true,"narrow":true,`+rough+`}`)
	assert.Contains(t, answer, ">SMP<")
	assert.Contains(t, answer, "number of warm instances")
}

func TestTheServerRefusesWithTheTextsOfTheCommandLine(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 2)
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"run", `{"set":["container.keep_alive=soon"]}`, 400, "--set container.keep_alive=soon"},
		{"run", `{"set":["container.keepalive=1s"]}`, 400, "did you mean container.keep_alive"},
		{"run", `{"scenario":"flaot"}`, 400, "float"},
		{"run", `{"scenario":"/etc/passwd"}`, 400, "built-in"},
		{"run", `{"scenario":"../../README.md"}`, 400, "built-in"},
		{"run", `{"file":"arrivals: poisson(rate=1/s)\nwasm: {service: empirical(/etc/passwd)}"}`, 400, "files are not read here"},
		{"run", `{"file":"x: [","scenario":"float"}`, 400, "want one of them"},
		{"run", `{"sets":[]}`, 400, `unknown field "sets"`},
		{"run", `{} {}`, 400, "want one object"},
		{"run", `{`, 400, "unexpected EOF"},
		{"run", ``, 400, "is empty; want one JSON object"},
		{"run", `[]`, 400, "found a JSON array; see"},
		{"run", `null`, 400, "found a JSON null; see"},
		{"compare", ` null `, 400, "found a JSON null; see"},
		{"run", `{"set":"container.keep_alive=1s"}`, 400, "found a JSON string as set; see"},
		{"run", `{"format":"pdf"}`, 400, "want json, csv"},
		{"run", `{"models":"level-crossing"}`, 400, "want none"},
		{"run", `{"set":["arrivals.rate=1000/s","wasm.cores=1"]}`, 400, "steady state"},
		{"run", `{"set":["run.replications=100000"]}`, 400, "at most 256 here"},
		{"run", `{"set":["run.duration=1000h"]}`, 400, "shorten run.duration"},
		{"run", `{"set":["container.max_instances=unlimited","arrivals.rate=1e6/s"]}`, 400, "more than the 10000 that are accepted"},
		{"sweep", `{}`, 400, "found none"},
		{"sweep", `{"vary":["container.keep_alive=1s..2s:1000"]}`, 400, "more than 200 points"},
		{"sweep", `{"vary":["container.keep_alive=1s,2s"],"metrics":["speed"]}`, 400, "want cold_start_probability, "},
		{"sweep", `{"vary":["container.keep_alive=1s,2s"],"metrics":["waiting_time>"]}`, 400, "the fraction of served requests above a time"},
		{"sweep", `{"vary":["container.keep_alive=1s,2s"],"set":["container.keep_alive=1s"]}`, 400, "given by --set, too"},
		{"compare", `{"a":{"set":["x=1"]},"b":{"set":["y=1"]}}`, 400, "b: "},
		{"trace", `{"events":100000}`, 400, "want 1 to 5000"},
		{"trace", `{"from":"soon"}`, 400, "want a duration"},
		{"trace", `{"set":["arrivals=closed(users=1000000, think=exponential(mean=1s))"]}`, 400, "arrivals: found 1000000 users; want at most "},
		{"run", `{"set":["arrivals=closed(users=1000000, think=exponential(mean=1s))"]}`, 400, "arrivals: found 1000000 users; want at most "},
		{"trace", `{"scenario":"wasm-10-cores","platform":"container"}`, 400, "want one that the scenario has"},
		{"nothing", `{}`, 404, "docs/api.md"},
		{"run", `{"file":"` + strings.Repeat("#", largestBody) + `"}`, 413, "too large"},
	} {
		status, answer := ask(t, server.URL+"/api/"+c.path, c.body)
		assert.Equal(t, c.status, status, "%s %.80s: %s", c.path, c.body, answer)
		var refused errorJSON
		require.NoError(t, json.Unmarshal([]byte(answer), &refused), answer)
		assert.Contains(t, refused.Error, c.want, "%s %.80s", c.path, c.body)
		assert.NotContains(t, refused.Error, "root:")
	}
}

func TestOnlyThePageOfThisServerMayAsk(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 2)
	host := strings.TrimPrefix(server.URL, "http://")
	_, port, err := net.SplitHostPort(host)
	require.NoError(t, err)
	for _, c := range []struct {
		name, method, path, host string
		header                   map[string]string
		status                   int
	}{
		{"the page", "GET", "/", host, nil, 200},
		{"by its other name", "GET", "/", "localhost:" + port, nil, 200},
		{"a name that was made to point here", "GET", "/", "evil.example:" + port, nil, 403},
		{"the same for the API", "GET", "/api/scenarios", "evil.example", nil, 403},
		{"another address", "GET", "/", "192.0.2.1", nil, 403},
		{"the page asks", "POST", "/api/model", host, map[string]string{"Origin": server.URL, "Sec-Fetch-Site": "same-origin"}, 200},
		{"a program asks", "POST", "/api/model", host, nil, 200},
		{"another site asks", "POST", "/api/model", host, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		{"another site asks by an old browser", "POST", "/api/model", host, map[string]string{"Origin": "https://evil.example"}, 403},
		{"another port asks", "POST", "/api/model", host, map[string]string{"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"}, 403},
		{"a form of another site", "POST", "/api/model", host, map[string]string{"Content-Type": "text/plain"}, 415},
		{"a page is not posted to", "POST", "/index.html", host, nil, 405},
		{"no such file", "GET", "/secret", host, nil, 404},
		{"no file above the page", "GET", "/../serve.go", host, nil, 404},
	} {
		request, err := http.NewRequest(c.method, server.URL+c.path, strings.NewReader("{}"))
		require.NoError(t, err)
		request.Host = c.host
		request.Header.Set("Content-Type", "application/json")
		for name, value := range c.header {
			request.Header.Set(name, value)
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		response.Body.Close()
		assert.Equal(t, c.status, response.StatusCode, c.name)
		policy := response.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'self'", c.name)
		assert.NotContains(t, policy, "unsafe", c.name)
		assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), c.name)
	}
	assert.True(t, hostCheck{names: []string{"lab.example"}}.allows("Lab.example:80"))
	assert.True(t, hostCheck{}.allows("192.0.2.1:80"))
	assert.True(t, hostCheck{loopback: true}.allows("[::1]:80"))
	assert.False(t, hostCheck{}.allows("evil.example"))
}

// The page loads nothing from another host: its files name other hosts only in links.
func TestThePageNamesNoOtherHost(t *testing.T) {
	files, err := pageFiles.ReadDir("page")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := pageFiles.ReadFile("page/" + f.Name())
		require.NoError(t, err)
		for _, url := range regexp.MustCompile(`https?://[^\s"'<>]+`).FindAllString(string(text), -1) {
			assert.Equal(t, "http://www.w3.org/2000/svg", url, f.Name())
		}
		assert.NotContains(t, string(text), "style=", f.Name())
		assert.NotRegexp(t, `\bon[a-z]+="`, string(text), f.Name())
	}
}

func TestTooManySimulationsAreTurnedAway(t *testing.T) {
	g := newGate(2, 2)
	cores, leave, err := g.enter(context.Background())
	require.NoError(t, err)
	assert.Equal(t, 1, cores, "half of what is free, and the core it needs")
	_, leaveToo, err := g.enter(context.Background())
	require.NoError(t, err)

	type turn struct {
		leave func()
		err   error
	}
	turns := make(chan turn, 2)
	gone, cancel := context.WithCancel(context.Background())
	for _, ctx := range []context.Context{gone, context.Background()} {
		go func() {
			_, leave, err := g.enter(ctx)
			turns <- turn{leave, err}
		}()
		require.Eventually(t, func() bool { g.mu.Lock(); defer g.mu.Unlock(); return len(g.waiting) > 0 }, time.Second, time.Millisecond)
	}
	require.Eventually(t, func() bool { g.mu.Lock(); defer g.mu.Unlock(); return len(g.waiting) == 2 }, time.Second, time.Millisecond)
	_, _, err = g.enter(context.Background())
	assert.ErrorIs(t, err, errBusy)

	cancel() // one waiting simulation leaves
	assert.ErrorIs(t, (<-turns).err, context.Canceled)
	leave() // the turn of the other
	second := <-turns
	require.NoError(t, second.err)
	leave() // has an effect only once
	second.leave()
	leaveToo()
	assert.Equal(t, 2, g.free)
	assert.Equal(t, 3, func() int { cores, _, _ := newGate(5, 0).enter(context.Background()); return cores }())
}

// endless is a simulation that takes longer than any test, and has a first stage that takes none.
const endless = `{"scenario":"float","set":["container.keep_alive=10s","run.precision=0.01%","run.max_requests=1e12"]}`

func TestAFullQueueIsSaid(t *testing.T) {
	server, e := startExplorer(t, Budget{Requests: 1e12, Instances: 10_000, Time: time.Minute}, 1)
	e.gate.most = 1
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 2 { // one runs, the other waits
		go func() {
			request, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/api/run", strings.NewReader(endless))
			request.Header.Set("Content-Type", "application/json")
			if response, err := http.DefaultClient.Do(request); err == nil {
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}()
	}
	require.Eventually(t, func() bool { e.gate.mu.Lock(); defer e.gate.mu.Unlock(); return len(e.gate.waiting) == 1 }, 5*time.Second, time.Millisecond)
	response, err := http.Post(server.URL+"/api/run", "application/json", strings.NewReader(`{}`))
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	assert.NotEmpty(t, response.Header.Get("Retry-After"))
	text, _ := io.ReadAll(response.Body)
	assert.Contains(t, string(text), "too many simulations")

	// A simulation ends when its client leaves: the core is free again.
	cancel()
	require.Eventually(t, func() bool { e.gate.mu.Lock(); defer e.gate.mu.Unlock(); return e.gate.free == 1 }, 5*time.Second, time.Millisecond)
}

func TestASimulationKeepsToItsTime(t *testing.T) {
	// The time suffices for the first stage, even on a busy computer and under the race detector.
	server, e := startExplorer(t, Budget{Requests: 1e12, Instances: 10_000, Time: time.Second}, 1)
	status, answer := ask(t, server.URL+"/api/run", endless)
	require.Equal(t, http.StatusOK, status, answer)
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	assert.Contains(t, lines[len(lines)-1], "was spent: there is no more than what came before")
	assert.Contains(t, answer, `"stage":1`)
	assert.Equal(t, 1, e.gate.free)

	status, answer = ask(t, server.URL+"/api/trace", `{"set":["arrivals.rate=1000/s"],"from":"100d"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, answer, "was spent")
}

// A client that does not read its answer loses its core, and a client that sends nothing or half of
// a body does not delay the stop.
func TestAClientThatDoesNotReadLosesItsCore(t *testing.T) {
	e := newExplorer(testBudget, 1)
	e.patience = 100 * time.Millisecond
	server := httptest.NewServer(e.handler())
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer connection.Close()
	require.NoError(t, connection.(*net.TCPConn).SetReadBuffer(4096))
	fmt.Fprint(connection, asPost("/api/trace", `{"set":["arrivals.rate=100/s"],"events":5000}`))
	taken := func() bool { e.gate.mu.Lock(); defer e.gate.mu.Unlock(); return e.gate.free == 0 }
	require.Eventually(t, taken, 5*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return !taken() }, 10*time.Second, 10*time.Millisecond)
}

// asPost returns a request as sent over the connection.
func asPost(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

// Requests that wait for a core when the server stops get an answer.
func TestAStopIsToldToThoseThatWait(t *testing.T) {
	e := newExplorer(testBudget, 1)
	_, leave, err := e.gate.enter(context.Background())
	require.NoError(t, err)
	defer leave()
	ctx, stop := context.WithCancelCause(context.Background())
	request := httptest.NewRequestWithContext(ctx, "POST", "/api/run", strings.NewReader("{}"))
	request.Header.Set("Content-Type", "application/json")
	stop(errors.New("terminated signal received"))
	answer := httptest.NewRecorder()
	e.handler().ServeHTTP(answer, request)
	assert.Equal(t, http.StatusServiceUnavailable, answer.Code)
	assert.JSONEq(t, `{"error":"the server was stopped"}`, answer.Body.String())
}

func TestACommandLineSurvivesAShell(t *testing.T) {
	for _, words := range [][]string{{"run", "a b", "it's", "", "$(x)", "--set", "arrivals=poisson(rate=1/s)", "50%", "a*"}} {
		script := strings.Replace(format.CommandLine(words...), "faaslab", `printf '%s\n'`, 1)
		out, err := exec.Command("sh", "-c", script).Output()
		require.NoError(t, err)
		assert.Equal(t, strings.Join(words, "\n")+"\n", string(out), fmt.Sprint(words))
	}
}

// brittle is a law that panics when it draws.
type brittle struct{ dist.Exponential }

func (brittle) Fill(*random.Generator, []float64) { panic("out of numbers") }

// A panic in a simulation ends the request with an error, and the server's log has the stack.
func TestAPanicOfASimulationDoesNotEndTheServer(t *testing.T) {
	e := newExplorer(testBudget, 1)
	s := scenarios.Default()
	s.Container.Warm = brittle{dist.Exponential{Mean: 1}}
	plan := func(struct{}) (func(*exchange) error, error) {
		return func(x *exchange) error {
			_, err := scenarios.Simulate(x.ctx, s, e.Options(x))
			return err
		}, nil
	}
	var logged bytes.Buffer
	server := httptest.NewUnstartedServer(post(e, plan))
	server.Config.ErrorLog = log.New(&logged, "", 0)
	server.Start()
	defer server.Close()
	for range 2 { // the core is free again
		status, answer := ask(t, server.URL, "{}")
		assert.Equal(t, http.StatusInternalServerError, status)
		assert.Regexp(t, `^{"error":"an error of the simulator, please report it: container, replication \d+: panic: out of numbers"}\s*$`, answer)
	}
	server.Close()
	assert.Contains(t, logged.String(), "brittle.Fill")
}

func TestAnAnswerHasReasonAndAdviceApart(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 1)
	status, answer := ask(t, server.URL+"/api/run", `{"scenario":"float","set":["wasm.cores=4"]}`)
	assert.Equal(t, http.StatusBadRequest, status)
	var refused errorJSON
	require.NoError(t, json.Unmarshal([]byte(answer), &refused))
	assert.Equal(t, refused.Error, refused.Reason+"\n"+refused.Advice)
	assert.Regexp(t, "^wasm has no steady state: .*more cores$", refused.Reason)
	assert.Equal(t, "To simulate the transient, say for how long: --set run.duration=20m", refused.Advice)
}
