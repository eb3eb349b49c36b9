//go:build js && wasm

// Command simulator is the simulator of a static site: the handlers of faaslab serve, which answer
// requests that the page sends to a Web Worker instead of a server. It sets the function
// faaslabAnswer of the worker, calls the function faaslabReady, and stays.
package main

import (
	"bytes"
	"context"
	"net/http"
	"runtime/debug"
	"syscall/js"
	"time"

	"faaslab/cmd/faaslab/internal/explorer"
)

// budget is what one simulation may take from the browser.
var budget = explorer.Budget{Requests: 20_000_000, Instances: 100_000, Time: time.Minute, Memory: 512 << 20}

func main() {
	debug.SetMemoryLimit(budget.Memory * 3 / 4) // the rest is for what the runtime needs beside its heap
	handler := explorer.Server{Budget: budget}.Handler(context.Background(), 1)
	// faaslabAnswer(method, path, headers, body, status, chunk, end) answers a request: headers is an object of
	// texts, and body a Uint8Array or null. It calls status(code, headers) once, chunk(Uint8Array)
	// for each part, and end(text) with what went wrong, empty if nothing did. It returns a function
	// that cancels the request.
	js.Global().Set("faaslabAnswer", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		ctx, cancel := context.WithCancel(context.Background())
		request, err := newRequest(ctx, arguments[0].String(), arguments[1].String(), arguments[2], arguments[3])
		w := &responseWriter{header: http.Header{}, status: arguments[4], chunk: arguments[5]}
		if err != nil {
			arguments[6].Invoke(err.Error())
			cancel()
			return js.Null()
		}
		var stop js.Func
		stop = js.FuncOf(func(js.Value, []js.Value) any {
			cancel()
			return nil
		})
		go func() { // this function must not wait: the events of the worker would wait, too
			defer stop.Release()
			defer cancel()
			arguments[6].Invoke(answer(handler, w, request))
		}()
		return stop
	}))
	js.Global().Call("faaslabReady")
	select {}
}

func newRequest(ctx context.Context, method, path string, headers, body js.Value) (*http.Request, error) {
	var text []byte
	if !body.IsNull() {
		text = make([]byte, body.Length())
		js.CopyBytesToGo(text, body)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost/"+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	names := js.Global().Get("Object").Call("keys", headers)
	for i := range names.Length() {
		r.Header.Set(names.Index(i).String(), headers.Get(names.Index(i).String()).String())
	}
	return r, nil
}

// answer answers a request, and returns what went wrong.
func answer(handler http.Handler, w *responseWriter, r *http.Request) (trouble string) {
	defer func() {
		switch panicked := recover(); {
		case panicked == nil:
		case panicked == http.ErrAbortHandler:
			trouble = "the answer was cut off"
		default:
			println("panic:", string(debug.Stack()))
			trouble = "an error of the simulator, please report it"
		}
	}()
	handler.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	w.Flush()
	return ""
}

// A responseWriter gives an answer to the worker.
type responseWriter struct {
	header        http.Header
	status, chunk js.Value // functions
	begun         bool
	waiting       bytes.Buffer // not yet given
}

var _ http.Flusher = (*responseWriter)(nil)

// largestChunk is the number of bytes that are given at once, whether or not they are flushed.
const largestChunk = 64 << 10

// Header returns the header, which the first byte sends.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader sends the status, the first time.
func (w *responseWriter) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	headers := js.Global().Get("Object").New()
	for name := range w.header {
		headers.Set(name, w.header.Get(name))
	}
	w.status.Invoke(status, headers)
}

// Write adds to the answer.
func (w *responseWriter) Write(text []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.waiting.Write(text)
	if w.waiting.Len() >= largestChunk {
		w.Flush()
	}
	return len(text), nil
}

// Flush gives what was written to the worker.
func (w *responseWriter) Flush() {
	if w.waiting.Len() == 0 {
		return
	}
	part := js.Global().Get("Uint8Array").New(w.waiting.Len())
	js.CopyBytesToJS(part, w.waiting.Bytes())
	w.waiting.Reset()
	w.chunk.Invoke(part)
}

// SetReadDeadline does nothing: the body is there.
func (w *responseWriter) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: the page takes what it is given.
func (w *responseWriter) SetWriteDeadline(time.Time) error { return nil }
