package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/scenarios"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "the explorer: a page to change, watch and learn",
		ArgsUsage: "[SCENARIO]",
		Description: "Prints the address of the page and serves it, and the JSON API that it uses\n" +
			"(docs/api.md), until it is stopped. The page opens with SCENARIO, a file or a\n" +
			"built-in name, or with float. It listens on this machine alone unless --addr\n" +
			"says otherwise.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:0", Usage: "listen on `HOST:PORT`; port 0 is any that is free"},
			&cli.StringSliceFlag{Name: "host", Usage: "a `NAME` by which browsers reach the server, where --addr is not on this machine alone; may be repeated"},
			&cli.Int64Flag{Name: "budget-requests", Value: 20_000_000, Usage: "the most requests, `N`, of one simulation"},
			&cli.IntFlag{Name: "budget-instances", Value: 100_000, Usage: "the most instances and waiting requests, `N`, alive at once in one replication"},
			&cli.DurationFlag{Name: "budget-time", Value: 30 * time.Second, Usage: "the longest `TIME` that one simulation computes"},
			&cli.StringFlag{Name: "memory", Value: "512MB", Usage: "the most memory of the server, `SIZE`, whatever it computes"},
		},
		BashComplete: completeScenario,
		Action:       serve,
	}
}

// How long the server waits for a client.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	// takeTimeout is how long a client may take to receive a page, a file or a line of a stream: one that reads nothing
	// would keep a core.
	takeTimeout = 15 * time.Second
	// stopTimeout is how long a stop waits for answers to be ended. What then still computes ends with the program.
	stopTimeout = 3 * time.Second

	largestHeader = 16 << 10
	// mostConnections at once are accepted; others wait in the system's queue.
	mostConnections = 2000
	// What --memory is, and must be at least, in bytes.
	standardMemory = 512 << 20
	leastMemory    = 128 << 20
)

// serve serves until it is interrupted, which is how it ends well.
func serve(c *cli.Context) error {
	own, err := serveArgument(c.Args().Slice())
	if err != nil {
		return err
	}
	memory, err := parseMemoryFlag(c.String("memory"))
	if err != nil {
		return err
	}
	s := server{
		address: c.String("addr"),
		hosts:   c.StringSlice("host"),
		budget:  budget{requests: c.Int64("budget-requests"), instances: c.Int("budget-instances"), time: c.Duration("budget-time"), memory: memory},
		own:     own,
		execute: executeShown,
	}
	if err := s.budget.check(); err != nil {
		return err
	}
	keepWithin(memory)
	return s.serve(c.Context, c.App.Writer, c.App.ErrWriter)
}

// executeShown executes a command that a lesson shows, with so many workers at once, and with its figure written to a writer.
func executeShown(ctx context.Context, words []string, workers int, stdout, stderr, figure io.Writer) (exit int) {
	if c := findCommand(newApp(nil, nil).Commands, words[1]); takesValue(c.Flags, "--workers") {
		words = append(words, "--workers", strconv.Itoa(workers)) // its results do not depend on them
	}
	return execute(withSketch(ctx, figure), words, stdout, stderr)
}

// A server is what to serve, and where.
type server struct {
	address string   // HOST:PORT
	hosts   []string // names by which browsers reach it beside the address
	budget  budget
	own     *ownScenario // which the page opens with; nil: none
	execute executor
}

// An executor executes a command line, its words from the program's name on, as it would be executed in a shell, and returns its
// exit code. A figure goes to a writer in place of its file.
type executor func(ctx context.Context, words []string, workers int, stdout, stderr, figure io.Writer) (exit int)

// serve listens, writes the page's address to stdout, and serves until ctx ends.
func (s server) serve(ctx context.Context, stdout, stderr io.Writer) error {
	for _, name := range s.hosts {
		if name == "" || strings.ContainsAny(name, ":/") {
			return fmt.Errorf("--host %s: want a name alone, such as lab.example, without a scheme or a port", name)
		}
	}
	host, _, err := net.SplitHostPort(s.address)
	if err != nil {
		return fmt.Errorf("--addr %s: %w; want HOST:PORT, such as 127.0.0.1:8080", s.address, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.address, errors.Unwrap(err))
	}
	address := listener.Addr().(*net.TCPAddr)
	names := s.hosts
	if !address.IP.IsLoopback() {
		fmt.Fprintf(stderr, "warning: %s is not on this machine alone: whoever reaches it may simulate here\n", address)
		if net.ParseIP(host) == nil && host != "" {
			names = append(names, host)
		}
	}
	e := newExplorer(s.budget, runtime.GOMAXPROCS(0))
	e.stopping, e.own, e.execute = ctx, s.own, s.execute
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
	if err := print(stdout, []byte(pageURL(address)+"\n")); err != nil {
		listener.Close()
		return err
	}
	return serveUntil(ctx, server, limitConnections(listener.(*net.TCPListener), mostConnections), silent)
}

// serveUntil serves until ctx ends, and returns soon after: nil then.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, silent *silentConnections) error {
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		// The simulations have been cancelled with the context: what is left is to tell the clients, those that can be
		// told in time. Whatever still computes then ends with the program.
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		silent.close()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return &codedError{exitIO, err}
	}
	<-stopped
	return nil
}

// silentConnections are those on which no request has come yet: browsers open some in advance. A stop would wait for
// each of them.
type silentConnections struct {
	mu  sync.Mutex
	all map[net.Conn]bool // nil after the stop
}

func newSilentConnections() *silentConnections {
	return &silentConnections{all: map[net.Conn]bool{}}
}

// watch is told how connections change.
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

// close closes them, and those that still come.
func (s *silentConnections) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.all {
		c.Close()
	}
	s.all = nil
}

// pageURL is where a browser on this machine finds the page.
func pageURL(address *net.TCPAddr) string {
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(address.Port)) + "/"
}

// A budget bounds what one simulation may take from the server.
type budget struct {
	requests  int64         // of all its replications and platforms' streams, > 0
	instances int           // and waiting requests, alive at once in one replication, > 0
	time      time.Duration // to compute, > 0
	memory    int64         // of the whole server in bytes, >= leastMemory; 0: standardMemory
}

// ofSimulations is the part of the memory that simulations may hold, in bytes.
func (b budget) ofSimulations() int64 { return b.memory * 3 / 8 }

func (b budget) check() error {
	var errs []error
	if b.requests < 1 {
		errs = append(errs, fmt.Errorf("--budget-requests %d: want 1 or more", b.requests))
	}
	if b.instances < 1 {
		errs = append(errs, fmt.Errorf("--budget-instances %d: want 1 or more", b.instances))
	}
	if b.time <= 0 {
		errs = append(errs, fmt.Errorf("--budget-time %s: want more than 0s", b.time))
	}
	if b.memory < leastMemory {
		errs = append(errs, fmt.Errorf("--memory %s: want %s or more", scenarios.FormatMemory(float64(b.memory)/bytesOfGB), scenarios.FormatMemory(float64(leastMemory)/bytesOfGB)))
	}
	return errors.Join(errs...)
}

// An explorer answers the requests of the page, and of anyone who speaks its API.
type explorer struct {
	budget   budget
	gate     *gate
	patience time.Duration   // with a client that takes a line or a file, > 0
	stopping context.Context // ends when the server stops
	// Shares of budget.memory: what requests are read into, and what simulations hold. The rest is for connections, for
	// drawing, and for the garbage between two collections.
	bodies, memory *scenarios.Memory
	own            *ownScenario // which the page opens with; nil: none
	execute        executor     // of the commands that lessons show; nil: they are refused
}

func newExplorer(b budget, cores int) *explorer {
	b.memory = cmp.Or(b.memory, standardMemory)
	return &explorer{budget: b, gate: newGate(cores, mostWaiting), patience: takeTimeout, stopping: context.Background(),
		bodies: scenarios.NewMemory(b.memory / 8), memory: scenarios.NewMemory(b.ofSimulations())}
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
	mux.HandleFunc("POST /api/run", post(e, e.run))
	mux.HandleFunc("POST /api/sweep", post(e, e.sweep))
	mux.HandleFunc("POST /api/compare", post(e, e.compare))
	mux.HandleFunc("POST /api/transient", post(e, e.transient))
	mux.HandleFunc("POST /api/model", post(e, e.model))
	mux.HandleFunc("POST /api/trace", post(e, e.watch))
	mux.HandleFunc("POST /api/command", post(e, e.command))
	mux.HandleFunc("/api/", sendNothing)
	mux.HandleFunc("/api", sendNothing)
	return mux
}

// sendNothing answers that there is no such thing.
func sendNothing(w http.ResponseWriter, r *http.Request) {
	refuseRequest(w, http.StatusNotFound, fmt.Errorf("no %s %s; see docs/api.md", r.Method, r.URL.Path))
}

// sendEmbedded sends a file that is in the program; a folder is no file.
func sendEmbedded(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	if info, err := fs.Stat(files, name); err != nil || !info.Mode().IsRegular() {
		sendNothing(w, r)
		return
	}
	http.ServeFileFS(w, r, files, name)
}

// commandLine writes a command that does the same in a shell.
func commandLine(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if w == "" || strings.ContainsFunc(w, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/=%+@", r)
		}) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return "faaslab " + strings.Join(quoted, " ")
}
