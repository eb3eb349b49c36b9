package pool

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Config describes a container platform: the pool of one function, which scales with each request.
// An idle instance serves the request. If none is idle, a new instance starts, provided that fewer
// than MaxInstances exist, idle instances included. Otherwise the request is rejected or waits.
type Config struct {
	// Warm is the service time of a warm start. Nil: the arrival process fixes
	// each request's service time (a trace with two columns).
	Warm dist.Distribution
	// Cold is the service time of a cold start, start-up included. Exactly one
	// of Cold and Startup is set.
	Cold dist.Distribution
	// Startup is added to the request's own warm service time on a cold start.
	Startup dist.Distribution
	// Release is how long an instance is busy after each response, before it serves the next waiting
	// request or is idle: it hands back its logs, say, and reports itself free. A release takes no
	// CPU and is no part of the response, and the keep-alive begins at its end. Nil: no time.
	Release dist.Distribution
	// KeepAlive is how long an instance may be idle before it expires, 0 … sim.Never.
	KeepAlive sim.Time
	// MaxInstances is the largest number of instances at once, >= 1, or Unlimited.
	MaxInstances int
	WhenFull     WhenFull
	// QueueTimeout is the longest wait of a request if WhenFull is Queue, counted from its arrival,
	// in the dispatch stage and for an instance; > 0, or sim.Never. A request that has waited this
	// long leaves unserved. If WhenFull is Reject it is sim.Never, and 0 stands for that.
	QueueTimeout sim.Time
	Routing      Routing
	// Cores are shared by all running instances; idle instances take none.
	Cores platform.Cores
	// StartupCPU is the fraction of a cold start's start-up that takes CPU, 0 … 1, where cores are
	// limited: the rest is a delay before it. platform.ColdStartup returns the start-up share of
	// Cold.
	StartupCPU float64
	Dispatch   Dispatch // the stage that requests pass before they reach the pool
	// InitialIdle instances are idle at time 0, and became idle at that moment; InitialRunning
	// instances serve a request; both >= 0, their sum <= MaxInstances. The remaining time of such a
	// service has the law Warm, which must be set if there are any: this is exact for exponential
	// service. These requests arrived before time 0: they are present at the start and complete,
	// but are neither arrivals nor starts, and have no response time.
	InitialIdle    int
	InitialRunning int
}

// WhenFull is the fate of a request that finds all MaxInstances busy.
type WhenFull uint8

// A full pool rejects a request, or lets it wait, first come, first served.
const (
	Reject WhenFull = iota
	Queue
)

// Routing chooses the idle instance that serves a request.
type Routing uint8

// The routings: the instance that became idle last, the instance created last, the instance that
// became idle first, or any, each with the same probability.
const (
	MRU Routing = iota
	Newest
	LRU
	Random
)

// Releases reports whether instances are busy for a time after their responses.
func (c *Config) Releases() bool { return c.MeanRelease() > 0 }

// MeanRelease returns the mean of Release in seconds; 0 where it takes no time.
func (c *Config) MeanRelease() float64 {
	if c.Release == nil {
		return 0
	}
	return platform.LawMean(c.Release)
}

// staysFull reports whether the pool is full from time 0 on, and always: no instance is ever
// started.
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
