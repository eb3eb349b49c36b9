package explorer

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// connectionKey is the key of the net.Conn in a request's context.
type connectionKey struct{}

// withConnection keeps a connection in the context of its requests.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, c)
}

// The times before the server asks whether a silent client still listens. The first is longer than
// most answers take. The second is short, since the second write fails if the client reset the
// connection after the first. Each later one is twice as long as the one before.
const (
	firstDoubt  = time.Second
	secondDoubt = 250 * time.Millisecond
	laterDoubt  = 4 * time.Second
)

// attend returns a context that ends when the client of a request leaves, or when the server stops;
// end must be called before the request's handler returns.
//
// A client that has closed its side of the connection may be gone, or may have sent everything and
// wait for the answer. To find out, the server sends bytes that clients ignore: an interim response
// (RFC 9110, section 15.2) or, within a stream, a space before the next line. A client that is gone
// resets the connection, and the next such write fails.
func (e *explorer) attend(x *exchange, r *http.Request) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	attended := context.AfterFunc(r.Context(), func() {
		defer cancel()
		connection, ok := r.Context().Value(connectionKey{}).(net.Conn)
		if !ok || !r.ProtoAtLeast(1, 1) {
			return // a client of HTTP/1.0 knows no interim response
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

// listens writes bytes that clients ignore, and reports whether the write succeeded.
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
