package explorer

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// policy lets the page use only resources from this server, and figures from blobs that the page
// itself makes.
const policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// A hostCheck has the names by which the server is reached. If a page of another site makes its own
// name point here (DNS rebinding), its requests have that name.
type hostCheck struct {
	loopback bool     // the server is reached only from this computer
	names    []string // other names of the server, without ports
}

// allows reports whether a request's Host is one of the server's.
func (h hostCheck) allows(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") || slices.ContainsFunc(h.names, func(name string) bool { return strings.EqualFold(name, host) }) {
		return true
	}
	// Unlike a name, an IP address cannot be rebound by DNS.
	ip := net.ParseIP(host)
	return ip != nil && (!h.loopback || ip.IsLoopback())
}

// guard accepts requests from the page, not from other sites, and only for this host.
func guard(next http.Handler, hosts hostCheck) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuseRequest(w, http.StatusForbidden, fmt.Errorf("a request of another site (Origin %q); only the page of this server may ask", r.Header.Get("Origin")))
	}))
	checked := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !hosts.allows(r.Host) {
			refuseRequest(w, http.StatusForbidden, fmt.Errorf("the host %q is not this server's; a name that is can be given by serve --host", r.Host))
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// limitConnections returns a listener that accepts at most a number of connections at once: others
// wait until one is closed.
func limitConnections(l *net.TCPListener, most int) net.Listener {
	return &limitedListener{TCPListener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

type limitedListener struct {
	*net.TCPListener
	places chan struct{} // one for each connection
	once   sync.Once
	closed chan struct{}
}

// Accept waits for a place, and for a connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.AcceptTCP()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placedConnection{TCPConn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close closes the listener; connections stay.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.TCPListener.Close()
}

// A placedConnection returns its place when it is closed.
type placedConnection struct {
	*net.TCPConn
	leave func()
}

// Close closes the connection.
func (c *placedConnection) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}

// A sparingWriter writes a message once in a while, and counts the others: when the process runs
// out of files, the server would log two hundred messages a second.
type sparingWriter struct {
	w     io.Writer
	every time.Duration

	mu      sync.Mutex
	last    time.Time
	skipped int
}

// Write writes a message, or counts it.
func (s *sparingWriter) Write(message []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Sub(s.last) < s.every {
		s.skipped++
		return len(message), nil
	}
	if s.skipped > 0 {
		message = fmt.Appendf(nil, "%s (and %d messages before)\n", bytes.TrimRight(message, "\n"), s.skipped)
	}
	s.last, s.skipped = now, 0
	if _, err := s.w.Write(message); err != nil {
		return 0, err
	}
	return len(message), nil
}
