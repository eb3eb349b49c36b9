package explorer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/scenarios"
)

// largestBody is the largest size of the body of a request in bytes.
const largestBody = 64 << 10

// mostReplications is the largest number of replications of a simulation for the page: the state of
// each is kept.
const mostReplications = 256

// A scenarioRequest names a scenario in the way that the command line does.
type scenarioRequest struct {
	Scenario string   `json:"scenario"`  // a built-in name; float if it and file are empty
	File     string   `json:"file"`      // the text of a scenario file, instead
	FileName string   `json:"file_name"` // the name of that file in errors and commands
	Import   string   `json:"import"`    // the id of an import, instead
	Set      []string `json:"set"`       // KEY=VALUE, as --set
}

// An apiError is the error of a refused request, with its status.
type apiError struct {
	status int
	err    error
}

// Error returns the text of the error inside.
func (e *apiError) Error() string { return e.err.Error() }

// Unwrap returns the error inside.
func (e *apiError) Unwrap() error { return e.err }

// An exchange is a request that is being answered.
type exchange struct {
	ctx      context.Context // ends when the client leaves, the time is spent, or the server stops
	client   context.Context // ends when the client leaves or the server stops
	workers  int
	patience time.Duration // how long the client may take for each line, > 0
	// giveWay lets waiting requests have the core, and then waits for another one; workers may
	// change.
	giveWay func() error

	// mu is held while a line or a file is sent.
	mu    sync.Mutex
	w     http.ResponseWriter
	begun bool // the first line and the status have been sent
	ended bool // no more may be sent
}

// send sends one line of JSON at once.
func (x *exchange) send(line any) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.write(line); err != nil {
		return err
	}
	return http.NewResponseController(x.w).Flush()
}

// await restarts the time that the client has to take the next line: the computation before it was
// not the client's delay.
func (x *exchange) await() {
	http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(x.patience))
}

// queue adds one line of JSON, to be sent together with the lines that follow.
func (x *exchange) queue(line any) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.write(line)
}

// write writes a line; x.mu is held.
func (x *exchange) write(line any) error {
	if !x.begun {
		x.begun = true
		x.w.Header().Set("Content-Type", "application/x-ndjson")
	}
	x.await()
	return format.JSON(x.w, line)
}

// sendFile sends a file to be saved under a name, as a whole or not at all.
func (x *exchange) sendFile(contentType, name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.begun, x.ended = true, true
	x.await()
	x.w.Header().Set("Content-Type", contentType)
	x.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, err := x.w.Write(text.Bytes())
	return err
}

// Draw draws a chart, until the exchange ends. The result of a simulation whose time was spent is
// drawn all the same.
func (x *exchange) Draw(w io.Writer, ch chart.Chart, format chart.Format) error {
	ch.Interrupted = x.ctx.Err
	if x.ctx.Err() != nil {
		ch.Interrupted = x.client.Err
	}
	return ch.Write(w, format)
}

// refuse answers with only an error, if nothing has been sent yet.
func (x *exchange) refuse(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.begun, x.ended = true, true
	x.await()
	if errors.Is(err, errBusy) {
		x.w.Header().Set("Retry-After", "2")
	}
	refuseRequest(x.w, statusOf(err), err)
}

// post answers requests with a JSON body of type R. plan checks the request without delay, or
// refuses it; post then runs the function that plan returns.
func post[R any](e *explorer, plan func(R) (func(*exchange) error, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var text []byte
		e.serve(w, r, func() (release func(), err error) {
			text, release, err = e.readBody(w, r)
			return release, err
		}, func(x *exchange) error {
			var body R
			if err := decodeBody(text, &body); err != nil {
				return err
			}
			answer, err := plan(body)
			if err != nil {
				return err
			}
			return answer(x)
		})
	}
}

// serve answers a request. All requests that compute use it: nothing but the body, which read reads,
// is looked at before a core is free, and from then on the time is limited, the memory is counted,
// and the request ends if its client leaves. What read holds is released at the end.
func (e *explorer) serve(w http.ResponseWriter, r *http.Request, read func() (release func(), err error), answer func(*exchange) error) {
	w.Header().Set("Cache-Control", "no-store")
	x := &exchange{w: w, patience: e.patience}
	release, err := read()
	defer release()
	if err != nil {
		x.refuse(err)
		return
	}
	client, end := e.attend(x, r)
	defer end()
	cores, leave, err := e.gate.enter(client)
	if err != nil {
		if !errors.Is(err, errBusy) {
			err = errStopped
		}
		x.refuse(err)
		return
	}
	defer func() { leave() }()
	ctx, cancel := context.WithTimeout(client, e.budget.Time)
	defer cancel()
	x.ctx, x.client, x.workers = ctx, client, cores
	x.giveWay = func() (err error) {
		if !e.gate.crowded() {
			return nil
		}
		leave()
		leave = func() {}
		if x.workers, leave, err = e.gate.enter(ctx); err != nil {
			leave = func() {}
		}
		return err
	}
	err = answer(x)
	switch {
	case err == nil:
		return
	case client.Err() != nil:
		err = errStopped // or the client has left
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("the time that a simulation has here, %s, was spent: there is no more than what came before; the command line has no such limit", e.budget.Time)
	}
	err = reportPanic(r, err)
	if x.begun {
		x.send(newErrorJSON(err))
		return
	}
	x.refuse(err)
}

// reportPanic writes to the server's log where a simulation panicked; the client only learns that
// it did.
func reportPanic(r *http.Request, err error) error {
	var panicked *scenarios.PanicError
	if !errors.As(err, &panicked) {
		return err
	}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.ErrorLog != nil {
		server.ErrorLog.Printf("%v\n%s", err, panicked.Stack)
	}
	return fmt.Errorf("an error of the simulator, please report it: %w", err)
}

// errStopped is the error for a client that still listens after its request was cancelled.
var errStopped = &apiError{http.StatusServiceUnavailable, errors.New("the server was stopped")}

type errorJSON struct {
	Error    string        `json:"error"`
	Reason   string        `json:"reason,omitempty"`   // the error without its advice, if it has advice
	Advice   string        `json:"advice,omitempty"`   // what to do about it
	Problems []problemJSON `json:"problems,omitempty"` // the problems of the scenario, if they are the error
	Columns  []string      `json:"columns,omitempty"`  // of a table that could not be imported
}

func newErrorJSON(err error) errorJSON {
	e := errorJSON{Error: err.Error(), Problems: problemsIn(err)}
	if table := new(importing.TableError); errors.As(err, &table) {
		e.Columns = table.Columns
	}
	if reason, advice := format.ReasonAndAdvice(err); advice != "" {
		e.Reason, e.Advice = reason, advice
	}
	return e
}

// A problemJSON is one problem of a scenario.
type problemJSON struct {
	Key  string `json:"key"`            // its path; empty: the whole scenario
	Line int    `json:"line,omitempty"` // of the file, from 1; 0: an override
	Text string `json:"text"`           // without the place
}

// problemsIn lists the problems of a scenario that an error joins.
func problemsIn(err error) (all []problemJSON) {
	switch e := err.(type) {
	case *scenarios.Problem:
		return []problemJSON{{e.Key, e.Line, e.Err.Error()}}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			all = append(all, problemsIn(one)...)
		}
	case interface{ Unwrap() error }:
		return problemsIn(e.Unwrap())
	}
	return all
}

// statusOf returns an error's status: the status of bad input unless the error has its own.
func statusOf(err error) int {
	var a *apiError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &a):
		return a.status
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errBusy):
		return http.StatusServiceUnavailable
	case errors.As(err, new(*scenarios.PanicError)):
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// refuseRequest answers with an error.
func refuseRequest(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	format.JSON(w, newErrorJSON(err))
}

// readBody reads the body of a request, within a bound on the bodies of all clients together.
// release returns its memory.
func (e *explorer) readBody(w http.ResponseWriter, r *http.Request) (text []byte, release func(), err error) {
	taken := int64(0)
	release = func() { e.bodies.Give(taken) }
	// The page of another site cannot send this type without a preflight request, which is never
	// granted.
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, release, &apiError{http.StatusUnsupportedMediaType, fmt.Errorf("found Content-Type %q; want application/json", r.Header.Get("Content-Type"))}
	}
	// Stopping the server does not wait for the rest of a body.
	cancelled := context.AfterFunc(r.Context(), func() { http.NewResponseController(w).SetReadDeadline(time.Now()) })
	defer cancelled()
	body := http.MaxBytesReader(w, r.Body, largestBody)
	part := make([]byte, 1024)
	for {
		n, err := body.Read(part)
		if !e.bodies.Take(int64(n)) {
			return nil, release, errBusy
		}
		taken += int64(n)
		text = append(text, part[:n]...)
		switch {
		case err == io.EOF:
			return text, release, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, release, errLateBody
		case err != nil:
			return nil, release, fmt.Errorf("the request's body: %w", err)
		}
	}
}

var errLateBody = &apiError{http.StatusRequestTimeout, errors.New("the rest of the request's body did not come in time")}

// decodeBody reads a body, which must be one JSON object without unknown names.
func decodeBody(text []byte, into any) error {
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) { // a decoder accepts it for any type
		return errors.New("the request's body: found a JSON null; see docs/api.md for what is wanted")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var wrongType *json.UnmarshalTypeError
	switch err := decoder.Decode(into); {
	case err == nil:
	case err == io.EOF:
		return errors.New("the request's body is empty; want one JSON object")
	case errors.As(err, &wrongType):
		return fmt.Errorf("the request's body: found a JSON %s%s; see docs/api.md for what is wanted", wrongType.Value, inField(wrongType.Field))
	default:
		return fmt.Errorf("the request's body: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("the request's body: found more after the JSON object; want one object")
	}
	return nil
}

// inField names a field of a body, if the name is one of a field.
func inField(name string) string {
	if name == "" {
		return ""
	}
	return " as " + strings.TrimPrefix(name, "scenarioRequest.") // the API has no field scenarioRequest
}

// mostOverrides is the largest number of overrides: there are fewer keys, and each override is read
// for each point of a sweep.
const mostOverrides = 200

// Text returns a scenario's text and overrides. The scenario reads no file of this computer, except
// files that the server's own scenario file names.
func (e *explorer) Text(r scenarioRequest) (scenarios.Text, []scenarios.Override, error) {
	if len(r.Set) > mostOverrides {
		return scenarios.Text{}, nil, fmt.Errorf("set: found %d; want at most %d", len(r.Set), mostOverrides)
	}
	overrides, err := scenarios.ParseOverrides("--set", r.Set)
	if err != nil {
		return scenarios.Text{}, nil, err
	}
	if r.Import != "" {
		if r.Scenario != "" || r.File != "" {
			return scenarios.Text{}, nil, errors.New("found import with a scenario or a file; want one of them")
		}
		one, err := e.imports.find(r.Import)
		if err != nil {
			return scenarios.Text{}, nil, err
		}
		return one.text, overrides, nil
	}
	if r.File != "" {
		if r.Scenario != "" {
			return scenarios.Text{}, nil, errors.New("found scenario and file; want one of them: a built-in name, or the text of a file")
		}
		if r.FileName != "" && !isFileName(r.FileName) {
			return scenarios.Text{}, nil, fmt.Errorf("file_name: found %q; want the name of a file alone, at most %d characters", r.FileName, longestFileName)
		}
		return scenarios.Sealed(cmp.Or(r.FileName, uploadedName), []byte(r.File)), overrides, nil
	}
	if e.own != nil && r.Scenario == e.own.name {
		text, err := e.own.Text()
		return text, overrides, err
	}
	name := r.Scenario
	if name == "" {
		name = scenarios.DefaultName
	}
	source, err := scenarios.Source(name)
	if err != nil {
		return scenarios.Text{}, nil, err
	}
	return scenarios.Sealed(name, source), overrides, nil
}

// source returns the file in whose folder the files of a scenario are.
func (e *explorer) source(r scenarioRequest) string {
	if one, err := e.imports.find(r.Import); err == nil {
		return filepath.Join(one.dir, importing.ScenarioFile)
	}
	if e.own != nil && r.Scenario == e.own.name {
		return e.own.ref
	}
	return ""
}

// uploadedName is the name, in errors and commands, of a scenario file that was sent without a
// name.
const uploadedName = "scenario.yaml"

// longestFileName is the largest number of characters in the name of an uploaded file.
const longestFileName = 100

func isFileName(name string) bool {
	return len([]rune(name)) <= longestFileName && !strings.HasPrefix(name, "-") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || !unicode.IsPrint(r) })
}

// Words returns the words that name a scenario on a command line.
func (e *explorer) Words(r scenarioRequest) []string {
	words := []string{r.Scenario}
	switch {
	case r.Import != "":
		if one, err := e.imports.find(r.Import); err == nil {
			words[0] = one.answer.Name + "/" + importing.ScenarioFile
		}
	case r.File != "":
		words[0] = cmp.Or(r.FileName, uploadedName)
	case e.own != nil && r.Scenario == e.own.name:
		words[0] = e.own.ref
	case r.Scenario == "":
		words[0] = scenarios.DefaultName
	}
	for _, s := range r.Set {
		words = append(words, "--set", s)
	}
	return words
}

// checkModels refuses a list that names models, since a model requested by name may take any time.
func checkModels(list string) error {
	if list != "" && list != "none" {
		return fmt.Errorf("models: found %q; want none, or nothing for all that apply and take less than 0.1 s", list)
	}
	return nil
}

// read returns the scenario, if the budget allows its simulation.
func (e *explorer) read(r scenarioRequest, more ...scenarios.Override) (scenarios.Scenario, error) {
	text, overrides, err := e.Text(r)
	if err != nil {
		return scenarios.Scenario{}, err
	}
	s, err := text.Scenario(append(overrides, more...))
	if err != nil {
		return s, err
	}
	return e.budget.fit(s)
}

// Options returns the options of a simulation in an exchange.
func (e *explorer) Options(x *exchange) scenarios.Options {
	return scenarios.Options{Workers: x.workers, MostLive: e.budget.Instances, Memory: e.memory}
}

// stages returns the scenario in the precisions in which it is shown: first a wide interval at
// once, then refined to the precision of the scenario. A scenario of fixed length has one stage.
func stages(s scenarios.Scenario) (all []scenarios.Scenario) {
	if s.Run.Duration > 0 {
		return []scenarios.Scenario{s}
	}
	for _, stage := range []struct {
		precision float64
		requests  int64
	}{{0.08, 150_000}, {0.02, 2_000_000}} {
		if s.Run.Precision < stage.precision && s.Run.MaxRequests > stage.requests {
			rough := s
			rough.Run.Precision, rough.Run.MaxRequests = stage.precision, stage.requests
			all = append(all, rough)
		}
	}
	return append(all, s)
}

func sendSchema(w http.ResponseWriter, r *http.Request) {
	schema := scenarios.Schema()
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(schema)))
	w.Write(schema)
}
