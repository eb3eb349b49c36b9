package cluster

import "faaslab/sim"

// An Order is an eviction of one's own: Config.Order. The built-in ones are an [Eviction].
type Order interface {
	// Priority returns how much an idle instance is worth. The one of least priority makes room for
	// another, of several the one that has been idle longest. It is asked of every idle instance of
	// the node, whenever one has to go.
	Priority(x Candidate) float64
}

// A Candidate is an idle instance that may have to go.
type Candidate struct {
	Function int      // its place in Config.Functions
	Memory   int64    // MB
	Idle     sim.Time // how long it has been idle
	Requests int64    // that its function started on the node since it last had no instance there
	Startup  float64  // mean time by which a cold start of its function is longer, s
	// Clock is the priority of the last instance that had to go before this one became idle, the
	// highest so far; 0 before the first.
	Clock float64
}

// A Place is a placement of one's own: Config.Place. The built-in ones are a [Placement].
type Place interface {
	// Place returns the node of a request, 0 <= node < nodes.Len().
	Place(r Arrival, nodes Nodes) int
}

// An Arrival is a request that is to be placed.
type Arrival struct {
	Function int    // its place in Config.Functions
	Number   uint64 // of the request, among those of its function, from 0
	Memory   int64  // of an instance, MB
}

// Nodes are what a placement sees of the cluster.
type Nodes struct{ c *Cluster }

// Len returns the number of nodes.
func (n Nodes) Len() int { return len(n.c.nodes) }

// Home returns the node that Hash takes for a function.
func (n Nodes) Home(function int) int { return int(n.c.places.home(uint32(function))) }

// Running returns the memory of the running instances of a node, MB.
func (n Nodes) Running(node int) int64 { return n.c.nodes[node].running }

// Used returns the memory of all instances of a node, MB.
func (n Nodes) Used(node int) int64 { return n.c.nodes[node].used }

// Waiting returns the number of requests that wait on a node.
func (n Nodes) Waiting(node int) int { return n.c.nodes[node].waiting.Len() }

// Idle returns the number of instances of a function on a node that could serve a request at once.
func (n Nodes) Idle(function, node int) int {
	for i := n.c.firsts[function]; i != none; i = n.c.pools[i].next {
		if p := &n.c.pools[i]; int(p.node) == node {
			return int(p.idle + p.ready)
		}
	}
	return 0
}

// Room reports whether a node has room for one more instance, with evictions or without.
func (n Nodes) Room(node int, memory int64, evictions bool) bool {
	return n.c.roomOn(node, memory, evictions)
}

// ownOrder and ownPlace stand for an Order and a Place among the built-in kinds.
const (
	ownOrder Eviction  = NoEviction + 1
	ownPlace Placement = RandomNode + 1
)

// least returns the idle instance of least priority by the order of the configuration, among those
// that are idle, of which there must be one.
//
//go:noinline
func (e *evictor) least(c *Cluster) uint32 {
	best, priority := none, 0.0
	for _, at := range e.all {
		x := &c.instances[at]
		p := &c.pools[x.pool]
		worth := c.config.Order.Priority(Candidate{Function: int(p.function), Memory: p.memory, Idle: c.engine.Now() - x.since, Requests: p.started - p.began,
			Startup: c.functions[p.function].cost, Clock: c.clocks[at]})
		if best == none || worth < priority || worth == priority && x.order < c.instances[best].order {
			best, priority = at, worth
		}
	}
	e.clock = max(e.clock, priority)
	return best
}
