package explorer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/sim/tests"
)

// startImporting serves with a folder for temporary files of its own.
func startImporting(t *testing.T, b Budget) (server *httptest.Server, e *explorer, folder string) {
	t.Helper()
	e = newExplorer(b, 2)
	e.imports.parent = t.TempDir()
	t.Cleanup(func() { e.imports.Close() })
	return serveExplorer(t, e), e, e.imports.parent
}

// taken returns the number of imports, and of bytes that are taken.
func (i *imports) taken() (n int, bytes int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.kept), i.size
}

// later sets the clock forward.
func (i *imports) later(by time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.clock = func() time.Time { return time.Now().Add(by) }
}

// A sentFile is a file of a request.
type sentFile struct {
	name string
	text []byte
}

// sendFiles posts files and returns the status and the answer.
func sendFiles(t *testing.T, server *httptest.Server, query string, files ...sentFile) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.name)
		require.NoError(t, err)
		_, err = part.Write(f.text)
		require.NoError(t, err)
	}
	require.NoError(t, form.Close())
	response, err := http.Post(server.URL+"/api/import?"+query, form.FormDataContentType(), &body)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

// sendLog imports one file.
func sendLog(t *testing.T, server *httptest.Server, query, name string, text []byte) (answer importAnswer) {
	t.Helper()
	status, got := sendFiles(t, server, query, sentFile{name, text})
	require.Equal(t, http.StatusOK, status, got)
	var known struct {
		Import, Name, Command string
		Facts                 []importing.Fact
		Samples               []sampleWords
		Found                 *importing.Found
	}
	require.NoError(t, json.Unmarshal([]byte(got), &known))
	answer.Import, answer.Name, answer.Command, answer.Facts, answer.Samples, answer.Found = known.Import, known.Name, known.Command, known.Facts, known.Samples, known.Found
	return answer
}

// left lists the files in a folder, at any depth.
func left(t *testing.T, folder string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return err
	}))
	return names
}

// reports is a log of AWS Lambda with n requests a second apart, of which every tenth is cold.
func reports(n int) []byte {
	var text bytes.Buffer
	for i := range n {
		init := ""
		if i%10 == 0 {
			init = fmt.Sprintf("\tInit Duration: %d.00 ms", 200+i%7)
		}
		fmt.Fprintf(&text, "2026-03-01T10:%02d:%02d.000Z REPORT RequestId: 00000000-0000-0000-0000-%012d\tDuration: %d.50 ms\tBilled Duration: 100 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB%s\n",
			i/60, i%60, i, 30+i%17, init)
	}
	return text.Bytes()
}

const small = "time,duration,startup,function\n0,0.5,1,a\n1,0.4,0,a\n2,0.6,0,b\n3,0.4,0,a\nnever,1,0,a\n90,0.7,1.5,a\n"

// What is imported is what the command writes, to the byte, and what is simulated is what run finds.
func TestAnImportIsThatOfTheCommandLine(t *testing.T) {
	server, _, folder := startImporting(t, testBudget)
	answer := sendLog(t, server, "function=a", "small.csv", []byte(small))
	assert.Equal(t, "small-imported", answer.Name)
	assert.Equal(t, "faaslab import small.csv --function a --out small-imported", answer.Command)
	assert.Equal(t, []string{"time", "duration", "startup", "function"}, answer.Found.Columns)
	assert.EqualValues(t, 4, answer.Found.Requests)
	assert.Equal(t, []importing.Omission{{Reason: answer.Found.LeftOut[0].Reason, Count: 1, File: "small.csv", Line: 6}}, answer.Found.LeftOut)
	assert.Equal(t, sampleWords{"container.warm", "warm service"}, answer.Samples[0])

	here := t.TempDir()
	file, out := filepath.Join(here, "small.csv"), filepath.Join(here, "small-imported")
	require.NoError(t, os.WriteFile(file, []byte(small), 0o600))
	stdoutOf(t, "import", file, "--function", "a", "--out", out)
	response, err := http.Get(server.URL + "/api/import/" + answer.Import + ".zip")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, archive.File, len(entries))
	for _, entry := range entries {
		want, err := os.ReadFile(filepath.Join(out, entry.Name()))
		require.NoError(t, err)
		got, err := fs.ReadFile(archive, "small-imported/"+entry.Name())
		require.NoError(t, err, entry.Name())
		assert.Equal(t, string(want), string(got), entry.Name())
	}

	body := fmt.Sprintf(`"import":%q,"set":["container.keep_alive=10s"]`, answer.Import)
	flags := []string{"run", filepath.Join(out, "scenario.yaml"), "--set", "container.keep_alive=10s", "--measured", filepath.Join(out, "measured.csv")}
	for _, format := range []string{"json", "csv", "text"} {
		status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{%s,"format":%q}`, body, format))
		require.Equal(t, http.StatusOK, status, got)
		assert.Equal(t, stdoutOf(t, append(flags, "--format", format)...), got, format)
	}
	status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{%s}`, body))
	require.Equal(t, http.StatusOK, status, got)
	assert.Contains(t, got, `"command":"faaslab import small.csv --function a --out small-imported\nfaaslab run small-imported/scenario.yaml --set container.keep_alive=10s --measured small-imported/measured.csv"`)
	assert.Contains(t, got, `"measured":[{"cold_start_probability":0.5`)
	assert.Equal(t, []string{"arrivals.csv", "measured.csv", "scenario.yaml", "startup.csv", "warm.csv"}, left(t, folder), "the file that was sent is gone")
}

// The chart of a sweep marks what was measured at the value that the imported scenario has.
func TestTheChartMarksWhatWasMeasured(t *testing.T) {
	server, _, _ := startImporting(t, testBudget)
	answer := sendLog(t, server, "", "small.csv", []byte(small))
	sweep := func(key, metric string) string {
		status, got := ask(t, server.URL+"/api/sweep", fmt.Sprintf(`{"import":%q,"vary":[%q],"metrics":[%q],"set":["run.replications=2"]}`, answer.Import, key, metric))
		require.Equal(t, http.StatusOK, status, got)
		return got
	}
	assert.Contains(t, sweep("container.keep_alive=1s,100s", "response_time"), ">measured<")
	assert.NotContains(t, sweep("container.keep_alive=1s,100s", "idle"), ">measured<", "it was not measured")
	assert.NotContains(t, sweep("container.max_instances=2,4", "response_time"), ">measured<", "unlimited is not on the axis")
	for _, path := range []string{"transient", "trace", "compare"} {
		body := fmt.Sprintf(`{"import":%q,"horizon":"10s"}`, answer.Import)
		switch path {
		case "trace":
			body = fmt.Sprintf(`{"import":%q}`, answer.Import)
		case "compare":
			body = fmt.Sprintf(`{"a":{"import":%[1]q},"b":{"import":%[1]q,"set":["container.keep_alive=1s"]}}`, answer.Import)
		}
		status, got := ask(t, server.URL+"/api/"+path, body)
		require.Equal(t, http.StatusOK, status, got)
		assert.Contains(t, got, answer.Command+`\nfaaslab `, path)
		assert.Contains(t, got, "small-imported/scenario.yaml", path)
	}
}

func gzipped(t *testing.T, text []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// Files of every format are imported, compressed or not.
func TestEveryFormatIsImported(t *testing.T) {
	server, _, _ := startImporting(t, testBudget)
	assert.Equal(t, "lambda", sendLog(t, server, "", "own.log.gz", gzipped(t, reports(120))).Found.Format)
	tests.Slow(t)
	names, err := filepath.Glob("../../../../../shared/cases/formats/*")
	require.NoError(t, err)
	if len(names) == 0 {
		t.Skip("found no ../shared/cases/formats")
	}
	for _, c := range []struct{ file, format string }{
		{"lambda_report.log", "lambda"}, {"cloudwatch_export.csv", "lambda"}, {"openwhisk_activations.json", "openwhisk"},
		{"azure2019_invocations_per_function_md.anon.d01.csv", "azure2019"}, {"azure2021_invocations.csv", "azure2021"},
		{"huawei2023_requests_minute_day_000.csv", "huawei2023"}, {"huawei2025_requests.csv", "huawei2025"},
		{"hey.csv", "hey"}, {"vegeta.csv", "vegeta"}, {"k6.csv", "k6"}, {"truth.csv", "csv"},
	} {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(names[0]), c.file))
		require.NoError(t, err)
		answer := sendLog(t, server, "", c.file, text)
		assert.Equal(t, c.format, answer.Found.Format, c.file)
		status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q,"set":["run.replications=2"],"format":"json"}`, answer.Import))
		assert.Equal(t, http.StatusOK, status, "%s %s", c.file, got)
	}
}

// What cannot be imported is refused with a reason, and leaves nothing.
func TestWhatCannotBeImportedLeavesNothing(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	long := append(bytes.Repeat([]byte("x"), 10<<20), '\n')
	for _, c := range []struct {
		query   string
		files   []sentFile
		status  int
		want    string
		columns []string
	}{
		{"", nil, http.StatusBadRequest, "found no file", nil},
		{"", []sentFile{{"empty.log", nil}}, http.StatusBadRequest, "empty.log: found nothing", nil},
		{"", []sentFile{{"rubbish", []byte("what is this\n")}}, http.StatusBadRequest, "rubbish: no format is recognized", nil},
		{"", []sentFile{{"long.log", long}}, http.StatusBadRequest, "long.log: no format is recognized", nil},
		{"format=lambda", []sentFile{{"long.log", long}}, http.StatusBadRequest, "found no request in the format lambda", nil},
		{"", []sentFile{{"half.gz", gzipped(t, reports(2000))[:900]}}, http.StatusBadRequest, "half.gz:87: reading failed: the compressed data end in the middle", nil},
		{"", []sentFile{{"odd.csv", []byte("when,took\n1,2\n")}}, http.StatusBadRequest, "no format is recognized", []string{"when", "took"}},
		{"format=csv", []sentFile{{"odd.csv", []byte("when,took\n1,2\n")}}, http.StatusBadRequest, "which column is the time?", []string{"when", "took"}},
		{"format=csv&time=later", []sentFile{{"odd.csv", []byte("when,took\n1,2\n")}}, http.StatusBadRequest, "no such column", []string{"when", "took"}},
		{"function=nobody", []sentFile{{"small.csv", []byte(small)}}, http.StatusBadRequest, "the log has no request of it", []string{"time", "duration", "startup", "function"}},
		{"laws=cauchy", []sentFile{{"small.csv", []byte(small)}}, http.StatusBadRequest, "want one of empirical", nil},
		{"unit=years", []sentFile{{"small.csv", []byte(small)}}, http.StatusBadRequest, "want s, ms, us or ns", nil},
		{"out=/etc", []sentFile{{"small.csv", []byte(small)}}, http.StatusBadRequest, `found \"out\" in the address`, nil},
		{"", []sentFile{{"small.csv", []byte(small)}, {"a.log", reports(5)}}, http.StatusBadRequest, "want files of one format", nil},
	} {
		status, got := sendFiles(t, server, c.query, c.files...)
		assert.Equal(t, c.status, status, got)
		assert.Contains(t, got, c.want)
		assert.NotContains(t, got, folder)
		var answer errorJSON
		require.NoError(t, json.Unmarshal([]byte(got), &answer))
		assert.Equal(t, c.columns, answer.Columns, c.want)
		assert.Empty(t, left(t, folder), c.want)
	}
	n, bytes := e.imports.taken()
	assert.Zero(t, n)
	assert.Zero(t, bytes)
}

// Files are bounded in size before and while they come, and a server without room says so.
func TestUploadsAreBounded(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	request, err := http.NewRequest(http.MethodPost, server.URL+"/api/import", strings.NewReader("x"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	request.ContentLength = largestUpload * 2
	request.Header.Set("Expect", "100-continue") // so that the answer comes before the body
	response, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(request)
	require.NoError(t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusRequestEntityTooLarge, response.StatusCode)
	assert.Contains(t, string(text), "more than the 256MB that are read here; the command line has no such limit: faaslab import FILE --out DIR")

	sendLog(t, server, "", "small.csv", []byte(small))
	_, used := e.imports.taken()
	taken := int64(mostKept) - used - 10
	require.NoError(t, e.imports.take(taken))
	status, got := sendFiles(t, server, "", sentFile{"small.csv", []byte(small)})
	assert.Equal(t, http.StatusServiceUnavailable, status, got)
	// An import that was not used for some time makes room.
	e.imports.later(testBudget.Time + 2*leastIdle)
	e.imports.give(10 * int64(len(small)))
	second := sendLog(t, server, "", "small.csv", []byte(small))
	e.imports.give(taken - 10*int64(len(small)))
	_, err = e.imports.find(second.Import)
	assert.NoError(t, err)

	// Nor are there more imports than can be kept.
	for range mostImports {
		status, got = sendFiles(t, server, "", sentFile{"small.csv", []byte(small)})
	}
	assert.Equal(t, http.StatusServiceUnavailable, status, got)
	n, _ := e.imports.taken()
	assert.Equal(t, mostImports, n)
	assert.Len(t, left(t, folder), mostImports*5)
	e.imports.later(3 * importLifetime)
	sendLog(t, server, "", "small.csv", []byte(small))
	n, _ = e.imports.taken()
	assert.Equal(t, 1, n, "nobody used the others for long")
	assert.Len(t, left(t, folder), 5)
}

// Reading large files takes memory, which is shared with simulations.
func TestImportsShareTheMemory(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	all := e.memory.Left()
	require.True(t, e.memory.Take(all-2<<20))
	sendLog(t, server, "", "small.csv", []byte(small))
	for _, text := range [][]byte{bytes.Repeat([]byte("1,2\n"), 1<<18), gzipped(t, reports(20_000))} {
		status, got := sendFiles(t, server, "", sentFile{"large.csv", text})
		assert.Equal(t, http.StatusServiceUnavailable, status, got)
		assert.Contains(t, got, "of memory, more than is left here")
	}
	assert.Len(t, left(t, folder), 5)
	assert.EqualValues(t, 2<<20, e.memory.Left(), "all of it is given back")
}

// A client that leaves in the middle of a file leaves nothing.
func TestAnAbortedUploadLeavesNothing(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	connection, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	require.NoError(t, err)
	_, err = fmt.Fprintf(connection, "POST /api/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.log\"\r\n\r\n%s", reports(10))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(left(t, folder)) == 1 }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, connection.Close())
	require.Eventually(t, func() bool { return len(left(t, folder)) == 0 }, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool { _, bytes := e.imports.taken(); return bytes == 0 }, 10*time.Second, 5*time.Millisecond)
}

// An import is there until it is forgotten or the server stops, for several clients at once.
func TestImportsGoWithTheServer(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	var all sync.WaitGroup
	ids := make([]string, 6)
	for i := range ids {
		all.Go(func() { ids[i] = sendLog(t, server, "", "small.csv", []byte(small)).Import })
	}
	all.Wait()
	for i, id := range ids {
		for _, other := range ids[:i] {
			assert.NotEqual(t, other, id)
		}
		status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q,"set":["run.replications=2"],"format":"csv"}`, id))
		assert.Equal(t, http.StatusOK, status, got)
	}
	assert.Len(t, left(t, folder), 5*len(ids))
	request, err := http.NewRequest(http.MethodDelete, server.URL+"/api/import/"+ids[0], nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	assert.Len(t, left(t, folder), 5*(len(ids)-1))
	status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q}`, ids[0]))
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, got, "import the files again")
	require.NoError(t, e.imports.Close())
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, entries)
	status, got = sendFiles(t, server, "", sentFile{"small.csv", []byte(small)})
	assert.Equal(t, http.StatusServiceUnavailable, status, got)
}

// A scenario of an import reads the files of that import alone, and nobody names a file of this machine.
func TestAnImportReadsNoOtherFile(t *testing.T) {
	server, e, folder := startImporting(t, testBudget)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	require.NoError(t, os.WriteFile(secret, []byte("1\n2\n"), 0o600))
	first := sendLog(t, server, "", "../../../../etc/small.csv", []byte(small))
	assert.Equal(t, "faaslab import small.csv --out small-imported", first.Command, "the name of the file alone")
	second := sendLog(t, server, "", "small.csv", []byte(small))
	one, err := e.imports.find(second.Import)
	require.NoError(t, err)
	for _, file := range []string{secret, "../" + filepath.Base(one.dir) + "/warm.csv", one.dir + "/warm.csv", "x/../warm.csv", "./warm.csv", "cold.csv"} {
		status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q,"set":["container.warm=empirical(%s)"]}`, first.Import, file))
		assert.Equal(t, http.StatusBadRequest, status, file)
		assert.Contains(t, got, "files are not read here", file)
	}
	status, got := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q,"set":["container.startup=empirical(warm.csv)","run.replications=2"],"format":"csv"}`, first.Import))
	assert.Equal(t, http.StatusOK, status, got)
	for _, id := range []string{"..", "%2e%2e%2f", filepath.Base(one.dir), second.Import + "/warm.csv"} {
		response, err := http.Get(server.URL + "/api/import/" + id)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		response.Body.Close()
		assert.NotContains(t, string(text), "0.5\n", id)
		assert.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest, http.StatusOK}, response.StatusCode)
		assert.NotContains(t, string(text), folder)
	}
	status, got = ask(t, server.URL+"/api/run", fmt.Sprintf(`{"import":%q,"scenario":"float"}`, first.Import))
	assert.Equal(t, http.StatusBadRequest, status, got)
}

// Another site may not send files.
func TestOnlyThePageOfThisServerMayImport(t *testing.T) {
	server, _, folder := startImporting(t, testBudget)
	request, err := http.NewRequest(http.MethodPost, server.URL+"/api/import", strings.NewReader("--b\r\n"))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	request.Header.Set("Origin", "http://elsewhere.example")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
	status, got := ask(t, server.URL+"/api/import", `{}`)
	assert.Equal(t, http.StatusUnsupportedMediaType, status, got)
	assert.Empty(t, left(t, folder))
}

// A command names files as a shell and the command line read them.
func TestTheCommandOfAnImportIsRead(t *testing.T) {
	server, _, _ := startImporting(t, testBudget)
	for _, c := range []struct{ name, query, want string }{
		{"my log.csv", "laws=gamma", "faaslab import 'my log.csv' --laws gamma --out 'my log-imported'"},
		{"-x.csv", "", "faaslab import ./-x.csv --out x-imported"},
		{"csv", "", "faaslab import ./csv --out csv-imported"},
		{"csv", "format=csv&unit=ms", "faaslab import csv csv --unit ms --out csv-imported"},
		{".csv", "", "faaslab import .csv --out csv-imported"},
	} {
		assert.Equal(t, c.want, sendLog(t, server, c.query, c.name, []byte(small)).Command)
	}
}
