package cluster

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// A Function is what requests are for: it has instances of its own. Functions that share instances,
// as those of an app do on some platforms, are one Function.
type Function struct {
	Name   string
	Memory int64 // of an instance, MB of 2²⁰ bytes, > 0
	// Arrivals are the function's own requests. Nil: it has only those of Config.Requests.
	Arrivals dist.Arrivals
	// Warm is the service time of a warm start. Nil: the arrivals fix each request's service time.
	Warm dist.Distribution
	// Startup is added to the service time on a cold start, and is how long a load takes.
	Startup dist.Distribution
	// KeepAlive decides how long idle instances stay. Nil: Config.KeepAlive.
	KeepAlive KeepAlive
	// MinInstances do not expire: an idle instance stays while the function has at most so many on
	// its node. So many are idle at time 0. >= 0.
	MinInstances int
}

// A Request is one row of a recorded stream of requests for many functions.
type Request struct {
	Arrival  sim.Time // not before the row above
	Function int
	Service  sim.Time
}

// Requests hands out recorded requests in the order of their arrivals; ok is false after the last.
type Requests func() (r Request, ok bool, err error)

// Config describes a cluster.
type Config struct {
	Functions []Function
	// Requests, if set, are recorded requests, besides each function's own Arrivals.
	Requests Requests

	Nodes int // >= 1
	// Memory of a node, MB, > 0, or Unlimited.
	Memory int64
	// MaxInstances is the largest number of instances on a node, >= 1, or platform.Unlimited.
	MaxInstances int
	Placement    Placement

	KeepAlive KeepAlive // of functions without one of their own
	Evict     Eviction
	// Queue: a request that finds no room waits. Otherwise it is rejected.
	Queue bool
	// QueueTimeout is the longest wait of a request if there is a Queue, > 0, or sim.Never.
	QueueTimeout sim.Time
}

// Unlimited is the memory of a node without a limit.
const Unlimited = int64(1) << 62

// Eviction chooses the idle instance that makes room for another.
type Eviction uint8

// The orders of eviction: the instance that has been idle longest; that of least priority by
// greedy-dual (see priority); any, each with the same probability; and none, so that only idle
// memory that expires makes room.
const (
	LRU Eviction = iota
	GreedyDual
	RandomEviction
	NoEviction
)

var evictionNames = []string{"lru", "greedy-dual", "random", "none"}

// String returns the name used in scenario files.
func (e Eviction) String() string { return evictionNames[e] }

// Placement chooses the node of a request when it arrives.
type Placement uint8

// The placements. Hash sends all requests of a function to one node.
const (
	Hash Placement = iota
)

var placementNames = []string{"hash"}

// String returns the name used in scenario files.
func (p Placement) String() string { return placementNames[p] }

// place returns the node of a function's requests.
func (c *Cluster) place(function uint32) uint32 {
	if len(c.nodes) == 1 {
		return 0
	}
	// The finalizer of SplitMix64, so that neighbouring functions are not neighbours.
	z := uint64(function) + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return uint32((z ^ z>>31) % uint64(len(c.nodes)))
}

// limited reports whether a request may find no room.
func (c *Config) limited() bool {
	return c.Memory != Unlimited || c.MaxInstances != platform.Unlimited
}
