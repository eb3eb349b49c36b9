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
	// Cold, in the place of Startup, is the whole service time of a cold start. A load then takes
	// the part of it that is start-up (platform.ColdStartup), for which Warm must be set.
	Cold dist.Distribution
	// KeepAlive decides how long idle instances stay. Nil: Config.KeepAlive.
	KeepAlive KeepAlive
	// MinInstances do not expire: an idle instance stays while the function has at most so many on
	// its node. So many are idle at time 0. >= 0.
	MinInstances int
	// Provisioned instances are a set of their own on each node: they serve first, and neither
	// expire nor are evicted. >= 0.
	Provisioned int
	// Spare instances are ready beside those that serve. When one is taken, another is loaded; a
	// request that finds none starts its own. >= 0.
	Spare int
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
	Routing      Routing
	// Cores of a node are shared by all instances that run or start up on it; idle instances take
	// none.
	Cores platform.Cores
	// StartupCPU is the fraction of a start-up that takes CPU, 0 … 1, where cores are limited: the
	// rest is a delay before it.
	StartupCPU float64

	// Place, if set, takes the place of Placement.
	Place Place

	// Bills adds up, function by function, what costs depend on.
	Bills bool

	KeepAlive KeepAlive // of functions without one of their own
	Evict     Eviction
	// Order, if set, takes the place of Evict.
	Order Order
	// Queue: a request that finds no room waits. Otherwise it is rejected.
	Queue bool
	// QueueTimeout is the longest wait of a request if there is a Queue, > 0, or sim.Never.
	QueueTimeout sim.Time

	// Shard, if set, says which functions are simulated; of the others nothing is observed. What
	// they do must have no effect on these: they have other nodes, or the nodes no bounds.
	Shard *Shard
}

// A Shard is a part of a cluster's functions.
type Shard struct {
	Mine func(function int) bool
	// LastRow is the arrival of the last of Config.Requests, of all functions; 0 without any.
	LastRow sim.Time
}

// Unlimited is the memory of a node without a limit.
const Unlimited = int64(1) << 62

// Routing chooses the idle instance of a pool that serves a request.
type Routing uint8

// The routings: the instance that became idle last, the instance created last, the one that became
// idle first, or any, each with the same probability.
const (
	MostRecent Routing = iota
	Newest
	LeastRecent
	AnyIdle
)

var routingNames = []string{"mru", "newest", "lru", "random"}

// String returns the name used in scenario files.
func (r Routing) String() string { return routingNames[r] }

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

// Used is what instances take of a node.
type Used struct {
	Memory    int64 // MB
	Instances int
}

// Kept returns what is on each node at time 0. It must fit there.
func (c *Config) Kept() []Used {
	nodes := make([]Used, c.Nodes)
	places := placer{kind: c.placement(), nodes: c.Nodes}
	for f := range c.Functions {
		function := &c.Functions[f]
		kept := function.kept()
		if kept == 0 || !c.simulates(f) {
			continue // most functions of many, on many nodes
		}
		for n := range nodes {
			if places.mayHold(uint32(f), uint32(n)) {
				nodes[n].Memory += int64(kept) * function.Memory
				nodes[n].Instances += kept
			}
		}
	}
	return nodes
}

// Home returns the node to which Hash sends all requests of a function.
func (c *Config) Home(function int) int {
	places := placer{nodes: c.Nodes}
	return int(places.home(uint32(function)))
}

// Hashes reports whether each function has one node, its home.
func (c *Config) Hashes() bool { return c.placement() == Hash }

// placement returns the kind of the placement.
func (c *Config) placement() Placement {
	if c.Place != nil {
		return ownPlace
	}
	return c.Placement
}

// holders returns the number of nodes where a function may be.
func (c *Config) holders(function uint32) int {
	if c.placement() == Hash {
		return 1
	}
	return c.Nodes
}

// kept returns the number of instances at time 0, on each node where the function may be.
func (f *Function) kept() int { return f.MinInstances + f.Provisioned + f.Spare }

// simulates reports whether a function is one of the shard, if there is one.
func (c *Config) simulates(f int) bool { return c.Shard == nil || c.Shard.Mine(f) }

// limited reports whether a request may find no room.
func (c *Config) limited() bool {
	return c.Memory != Unlimited || c.MaxInstances != platform.Unlimited
}
