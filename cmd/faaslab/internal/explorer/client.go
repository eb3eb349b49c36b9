package explorer

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// connectionKey is the key of a request's context under which its net.Conn is.
type connectionKey struct{}

// withConnection keeps a connection in the context of its requests.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, c)
}

// How long the server waits before it asks whether a client that says no more still listens: for the first time, when
// most are answered; soon after, since the second question is answered by what came of the first; and later, each time
// for twice as long.
const (
	firstDoubt  = time.Second
	secondDoubt = 250 * time.Millisecond
	laterDoubt  = 4 * time.Second
)

// attend returns a context that ends when the client of a request leaves, or the server stops; end must be called
// before the request's handler returns.
//
// A client that has closed its side of the connection may be gone, or may only have said all that it will and wait for
// the answer. To tell, it is sent what no client minds: an interim response (RFC 9110, section 15.2) or, within a
// stream, a space before the next line. One that is gone resets the connection, and the next such write fails.
func (e *explorer) attend(x *exchange, r *http.Request) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	attended := context.AfterFunc(r.Context(), func() {
		defer cancel()
		connection, ok := r.Context().Value(connectionKey{}).(net.Conn)
		if !ok || !r.ProtoAtLeast(1, 1) {
			return // one of HTTP/1.0 knows no interim response
		}
		doubt := firstDoubt
		for asked := 0; ; asked++ {
			select {
			case <-ctx.Done():
				return
			case <-e.stopping.Done():
				return
			case <-time.After(doubt):
			}
			if !x.listens(connection) {
				return
			}
			switch asked {
			case 0:
				doubt = secondDoubt
			case 1:
				doubt = laterDoubt
			default:
				doubt *= 2
			}
		}
	})
	return ctx, func() {
		attended()
		x.mu.Lock()
		defer x.mu.Unlock()
		x.ended = true
		cancel()
	}
}

// listens writes what no client minds, and reports whether that could be written.
func (x *exchange) listens(connection net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		return true
	}
	x.await()
	if !x.begun {
		_, err := io.WriteString(connection, "HTTP/1.1 100 Continue\r\n\r\n")
		return err == nil
	}
	if _, err := io.WriteString(x.w, " "); err != nil {
		return false
	}
	return http.NewResponseController(x.w).Flush() == nil
}
