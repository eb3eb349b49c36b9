package pool

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Config describes a container platform: the pool of one function, which
// scales with each request. An idle instance serves; else a new one
// starts, if fewer than MaxInstances exist, idle ones included; else the request
// is rejected or waits.
type Config struct {
	// Warm is the service time of a warm start. Nil: the arrival process fixes
	// each request's service time (a trace with two columns).
	Warm dist.Distribution
	// Cold is the service time of a cold start, start-up included. Exactly one
	// of Cold and Startup is set.
	Cold dist.Distribution
	// Startup is added to the request's own warm service time on a cold start.
	Startup dist.Distribution
	// KeepAlive is how long an instance may be idle before it expires; 0 and
	// sim.Never included.
	KeepAlive sim.Time
	// MaxInstances is the most instances at once, >= 1, or Unlimited.
	MaxInstances int
	WhenFull     WhenFull
	// QueueTimeout is how long a request waits at most if WhenFull is Queue, counted from its
	// arrival, in the dispatch stage and for an instance; > 0, or sim.Never. A request whose time is
	// up leaves unserved. If WhenFull is Reject it is sim.Never, and 0 stands for that.
	QueueTimeout sim.Time
	Routing      Routing
	// Cores are shared by all running instances; those that are idle take none.
	Cores platform.Cores
	// StartupCPU is the fraction of a cold start's start-up that takes CPU, 0 … 1, where
	// cores are limited: the rest is a delay before it. What of Cold is start-up, ColdStartup says.
	StartupCPU float64
	Dispatch   Dispatch // what requests pass before they reach the pool
	// InitialIdle instances are idle, freshly so, at time 0, and InitialRunning serve a
	// request; both >= 0, their sum <= MaxInstances. What is left of such a service has the
	// law Warm, which is given if there are any: for exponential service that is exact.
	// These requests arrived before time 0: they are present at the start and complete, and
	// are neither arrivals nor starts, nor have they a response time.
	InitialIdle    int
	InitialRunning int
}

// WhenFull says what becomes of a request that finds all MaxInstances busy.
type WhenFull uint8

// A full pool turns a request away, or lets it wait, first come, first served.
const (
	Reject WhenFull = iota
	Queue
)

// Routing says which of several idle instances serves a request.
type Routing uint8

// The routings: the instance that became idle last, the one created last, the
// one that became idle first, or any, each with the same probability.
const (
	MRU Routing = iota
	Newest
	LRU
	Random
)

// staysFull reports that the pool is full from time 0 on, whatever happens: no instance is ever started.
func (c *Config) staysFull() bool {
	return c.KeepAlive == sim.Never && c.InitialIdle+c.InitialRunning == c.MaxInstances
}

var (
	whenFullNames = []string{"reject", "queue"}
	routingNames  = []string{"mru", "newest", "lru", "random"}
)

// String returns the name used in scenario files.
func (w WhenFull) String() string { return whenFullNames[w] }

// String returns the name used in scenario files.
func (r Routing) String() string { return routingNames[r] }
