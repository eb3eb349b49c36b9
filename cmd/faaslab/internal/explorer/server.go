package explorer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/dist"
	"faaslab/scenarios"
)

// GB is the number of bytes of a GB in package scenarios, which is 1024 MB.
const GB = 1 << 30

// The times that the server waits for a client.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	// takeTimeout is the longest time that a client may take to receive a page, a file or a line of
	// a stream: a client that reads nothing would keep a core.
	takeTimeout = 15 * time.Second
	// StopTimeout is the time for answers to end when the server stops. Computations that still run
	// then end with the program.
	StopTimeout = 3 * time.Second

	largestHeader = 16 << 10
	// mostConnections is the largest number of connections accepted at once; others wait in the
	// system's queue.
	mostConnections = 2000
	// The default and the least value of --memory, in bytes.
	standardMemory = 512 << 20
	leastMemory    = 128 << 20
)

// A Server describes a service and its address.
type Server struct {
	Address string   // HOST:PORT
	Hosts   []string // names, in addition to the address, by which browsers reach it
	Budget  Budget
	Own     *ownScenario // the scenario with which the page opens; nil: none
	Execute executor
}

// An executor executes a command line, whose words start with the program's name, as a shell would,
// and returns its exit code. It writes a figure to a writer instead of its file.
type executor func(ctx context.Context, words []string, workers int, stdout, stderr, figure io.Writer) (exit int)

// Serve listens, writes the page's address to stdout, and serves until ctx ends.
func (s Server) Serve(ctx context.Context, stdout, stderr io.Writer) error {
	for _, name := range s.Hosts {
		if name == "" || strings.ContainsAny(name, ":/") {
			return fmt.Errorf("--host %s: want a name alone, such as lab.example, without a scheme or a port", name)
		}
	}
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return fmt.Errorf("--addr %s: %w; want HOST:PORT, such as 127.0.0.1:8080", s.Address, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Address)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.Address, errors.Unwrap(err))
	}
	address := listener.Addr().(*net.TCPAddr)
	names := s.Hosts
	if !address.IP.IsLoopback() {
		fmt.Fprintf(stderr, "warning: %s is not on this machine alone: whoever reaches it may simulate here\n", address)
		if net.ParseIP(host) == nil && host != "" {
			names = append(names, host)
		}
	}
	e := s.explorer(ctx, runtime.GOMAXPROCS(0))
	silent := newSilentConnections()
	server := &http.Server{
		Handler:           guard(e.handler(), hostCheck{loopback: address.IP.IsLoopback(), names: names}),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      takeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    largestHeader,
		ConnState:         silent.watch,
		ConnContext:       withConnection,
		ErrorLog:          log.New(&sparingWriter{w: stderr, every: time.Second}, "serve: ", 0),
	}
	if err := outfile.Print(stdout, []byte(pageURL(address)+"\n")); err != nil {
		listener.Close()
		return err
	}
	defer e.imports.Close()
	return serveUntil(ctx, server, limitConnections(listener.(*net.TCPListener), mostConnections), silent)
}

// explorer returns an explorer that answers the requests of the server, on a number of cores, until
// ctx ends.
func (s Server) explorer(ctx context.Context, cores int) *explorer {
	e := newExplorer(s.Budget, cores)
	e.stopping, e.own, e.execute = ctx, s.Own, s.Execute
	return e
}

// Handler answers the requests that Serve answers, on a number of cores, for a server on this
// computer with a listener of its own.
func (s Server) Handler(ctx context.Context, cores int) http.Handler {
	e := s.explorer(ctx, cores)
	context.AfterFunc(ctx, func() { e.imports.Close() })
	return guard(e.handler(), hostCheck{loopback: true})
}

// serveUntil serves until ctx ends, and returns nil soon after.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, silent *silentConnections) error {
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		// The simulations were cancelled with the context. Here the server ends the answers that
		// can be ended in time; computations that still run then end with the program.
		ctx, cancel := context.WithTimeout(context.Background(), StopTimeout)
		defer cancel()
		silent.Close()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return &exit.Error{Code: exit.IO, Err: err}
	}
	<-stopped
	return nil
}

// silentConnections are the connections without a request so far: browsers open some in advance. A
// stop would wait for each of them.
type silentConnections struct {
	mu  sync.Mutex
	all map[net.Conn]bool // nil after the stop
}

func newSilentConnections() *silentConnections {
	return &silentConnections{all: map[net.Conn]bool{}}
}

// watch is called when connections change.
func (s *silentConnections) watch(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.all, c)
	case s.all == nil:
		c.Close()
	default:
		s.all[c] = true
	}
}

// Close closes the silent connections, and any that are opened later.
func (s *silentConnections) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.all {
		c.Close()
	}
	s.all = nil
}

// pageURL returns the address of the page for a browser on this computer.
func pageURL(address *net.TCPAddr) string {
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(address.Port)) + "/"
}

// A Budget bounds the resources that one simulation may take from the server.
type Budget struct {
	Requests  int64         // of all its replications and platforms, > 0
	Instances int           // instances and waiting requests alive at once in one replication, > 0
	Time      time.Duration // of computation, > 0
	Memory    int64         // of the whole server in bytes, >= leastMemory; 0: standardMemory
}

// ofSimulations returns the part of the memory that simulations may hold, in bytes.
func (b Budget) ofSimulations() int64 { return b.Memory * 3 / 8 }

// Check returns an error for each bound outside its domain, joined.
func (b Budget) Check() error {
	var errs []error
	if b.Requests < 1 {
		errs = append(errs, fmt.Errorf("--budget-requests %d: want 1 or more", b.Requests))
	}
	if b.Instances < 1 {
		errs = append(errs, fmt.Errorf("--budget-instances %d: want 1 or more", b.Instances))
	}
	if b.Time <= 0 {
		errs = append(errs, fmt.Errorf("--budget-time %s: want more than 0s", b.Time))
	}
	if b.Memory < leastMemory {
		errs = append(errs, fmt.Errorf("--memory %s: want %s or more", scenarios.FormatMemory(float64(b.Memory)/GB), scenarios.FormatMemory(float64(leastMemory)/GB)))
	}
	return errors.Join(errs...)
}

// An explorer answers the requests of the page, and of other clients of its API.
type explorer struct {
	budget   Budget
	gate     *gate
	patience time.Duration   // how long a client may take for a line or a file, > 0
	stopping context.Context // ends when the server stops
	// Shares of budget.Memory: for the bodies of requests, and for simulations. The rest is for
	// connections, for drawing, and for the garbage between two collections.
	bodies, memory *scenarios.Memory
	imports        *imports
	own            *ownScenario // the scenario with which the page opens; nil: none
	execute        executor     // executes the commands that lessons show; nil: they are refused
}

func newExplorer(b Budget, cores int) *explorer {
	b.Memory = cmp.Or(b.Memory, standardMemory)
	return &explorer{budget: b, gate: newGate(cores, mostWaiting), patience: takeTimeout, stopping: context.Background(),
		imports: newImports(b.Time), bodies: scenarios.NewMemory(b.Memory / 8), memory: scenarios.NewMemory(b.ofSimulations())}
}

// handler routes requests. Each view of the page has a file of its own.
func (e *explorer) handler() http.Handler {
	mux := http.NewServeMux()
	routePage(mux)
	routeLessons(mux)
	mux.HandleFunc("GET /api/scenarios", e.listScenarios)
	mux.HandleFunc("GET /api/schema", sendSchema)
	mux.HandleFunc("GET /api/metrics", sendMetrics)
	mux.HandleFunc("GET /api/glossary", sendGlossary)
	mux.HandleFunc("POST /api/scenario", post(e, e.resolve))
	mux.HandleFunc("POST /api/run", post(e, e.Run))
	mux.HandleFunc("POST /api/sweep", post(e, e.Sweep))
	mux.HandleFunc("POST /api/compare", post(e, e.compare))
	mux.HandleFunc("POST /api/transient", post(e, e.transient))
	mux.HandleFunc("POST /api/model", post(e, e.model))
	mux.HandleFunc("POST /api/trace", post(e, e.watch))
	mux.HandleFunc("POST /api/command", post(e, e.command))
	mux.HandleFunc("GET /api/import", sendImportChoices)
	mux.HandleFunc("POST /api/import", e.importFiles)
	mux.HandleFunc("GET /api/import/{id}", e.sendImport)
	mux.HandleFunc("DELETE /api/import/{id}", e.forgetImport)
	mux.HandleFunc("/api/", sendNothing)
	mux.HandleFunc("/api", sendNothing)
	return mux
}

// sendNothing answers that the page does not exist.
func sendNothing(w http.ResponseWriter, r *http.Request) {
	refuseRequest(w, http.StatusNotFound, fmt.Errorf("no %s %s; see docs/api.md", r.Method, r.URL.Path))
}

// sendEmbedded sends a file that is embedded in the program; a folder is not a file.
func sendEmbedded(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	if info, err := fs.Stat(files, name); err != nil || !info.Mode().IsRegular() {
		sendNothing(w, r)
		return
	}
	http.ServeFileFS(w, r, files, name)
}

// checkUsers returns an error if more users wait for their answers than instances and requests may be
// alive: each may have a request.
func (b Budget) checkUsers(s scenarios.Scenario) error {
	if closed, ok := s.Arrivals.(dist.Closed); ok && closed.Users > b.Instances {
		return fmt.Errorf("arrivals: found %d users; want at most %d here: the command line has no such limit", closed.Users, b.Instances)
	}
	return nil
}

// fit bounds a scenario's requests by the budget, or returns why the scenario does not fit.
func (b Budget) fit(s scenarios.Scenario) (scenarios.Scenario, error) {
	if err := report.Refuse(s); err != nil {
		return s, err
	}
	if err := b.checkUsers(s); err != nil {
		return s, err
	}
	if err := s.CheckSizeWithin(b.Instances); err != nil {
		return s, err
	}
	if s.Run.Replications > mostReplications {
		return s, fmt.Errorf("run.replications: found %d; want at most %d here: the command line has no such limit", s.Run.Replications, mostReplications)
	}
	if least := s.LeastFootprint(); least > float64(b.ofSimulations()) {
		return s, &scenarios.MemoryError{Bytes: b.ofSimulations()}
	}
	if s.Run.Duration == 0 {
		s.Run.MaxRequests = min(s.Run.MaxRequests, b.Requests)
		return s, nil
	}
	length := s.Run.Duration.Seconds() + max(s.Run.Warmup, 0).Seconds()
	wanted := s.ArrivalRate() * length * float64(s.Run.Replications)
	if t, ok := s.Arrivals.(dist.Trace); ok {
		wanted = float64(t.Rows) * float64(s.Run.Replications) // at most; 0 of a file that is too large to be counted, which the time bounds
	}
	if wanted > float64(b.Requests) || math.IsNaN(wanted) {
		return s, fmt.Errorf("run.duration: %.3g requests in %d replications; want at most %.3g here: shorten run.duration, or use the command line, which has no such limit",
			wanted, s.Run.Replications, float64(b.Requests))
	}
	return s, nil
}
