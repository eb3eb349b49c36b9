package cluster

import (
	"fmt"

	"faaslab/sim/random"
)

// Placement chooses the node of a request when it arrives.
type Placement uint8

// The placements.
//
// Hash sends all requests of a function to one node, whatever is there.
//
// Home is OpenWhisk's: from the node that Hash would take, in steps that depend on the function, the
// first whose running instances leave room for one more, idle ones not considered; any node if there
// is none.
//
// FirstFit takes the first node with an idle instance of the function; else the first with free
// memory; else the first where evictions make room; else the first of least running memory.
//
// LeastLoaded takes, among the nodes with an idle instance of the function, else among those with
// room, evictions counted, else among all, that of least running memory, the first of several.
//
// RoundRobin sends a function's requests to the nodes in turn, the first to the node that Hash would take: else
// the first nodes would have most of the functions that are rarely asked for. RandomNode sends them to any, each
// with the same probability.
const (
	Hash Placement = iota
	Home
	FirstFit
	LeastLoaded
	RoundRobin
	RandomNode
)

var placementNames = []string{"hash", "home", "first-fit", "least-loaded", "round-robin", "random"}

// String returns the name used in scenario files.
func (p Placement) String() string { return placementNames[p] }

// A placer places requests on nodes.
type placer struct {
	kind  Placement
	nodes int
	steps []uint32 // of Home
	any   random.Family
	one   random.Generator // here so that it does not escape at every draw
}

func newPlacer(config *Config, seed uint64, replication int) placer {
	p := placer{kind: config.placement(), nodes: config.Nodes, any: random.NewFamily(seed, replication, placement)}
	for x := uint32(1); x <= uint32(config.Nodes); x++ {
		coprime := divisor(x, uint32(config.Nodes)) == 1
		for _, y := range p.steps {
			coprime = coprime && divisor(x, y) == 1
		}
		if coprime {
			p.steps = append(p.steps, x)
		}
	}
	return p
}

// placement is the purpose of the draws of RandomNode.
const placement random.Purpose = "placement"

// divisor returns the greatest common divisor.
func divisor(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// hash spreads functions, so that neighbouring ones are not neighbours: the finalizer of SplitMix64.
func hash(function uint32) uint64 {
	z := uint64(function) + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// home returns the node of a function by Hash.
func (p *placer) home(function uint32) uint32 { return uint32(hash(function) % uint64(p.nodes)) }

// mayHold reports whether requests of a function may go to a node.
func (p *placer) mayHold(function, node uint32) bool {
	return p.kind != Hash || node == p.home(function)
}

// place returns the node of a request.
func (p *placer) place(c *Cluster, r *arrival) uint32 {
	if p.nodes == 1 {
		return 0
	}
	switch p.kind {
	case Home:
		return p.fromHome(c, r)
	case FirstFit:
		return p.firstFit(c, r.function)
	case LeastLoaded:
		return p.leastLoaded(c, r.function)
	case RoundRobin:
		return uint32((uint64(p.home(r.function)) + r.own) % uint64(p.nodes))
	case RandomNode:
		return p.random(r)
	case ownPlace:
		return p.own(c, r)
	}
	return p.home(r.function)
}

// own returns the node that the configuration's own placement chooses.
//
//go:noinline
func (p *placer) own(c *Cluster, r *arrival) uint32 {
	node := c.config.Place.Place(Arrival{int(r.function), r.own, c.config.Functions[r.function].Memory}, Nodes{c})
	if node < 0 || node >= p.nodes {
		panic(fmt.Sprintf("cluster: the placement %v chose node %d of %d", c.config.Place, node, p.nodes))
	}
	return uint32(node)
}

// random returns any node, the same for a request whatever else happens.
func (p *placer) random(r *arrival) uint32 {
	p.one = p.any.Member(uint64(r.number))
	return uint32(p.one.IntN(p.nodes))
}

func (p *placer) fromHome(c *Cluster, r *arrival) uint32 {
	h, memory := hash(r.function), c.config.Functions[r.function].Memory
	at, step := uint32(h%uint64(p.nodes)), p.steps[h%uint64(len(p.steps))]
	for range p.nodes {
		if c.nodes[at].running+memory <= c.config.Memory {
			return at
		}
		at = (at + step) % uint32(p.nodes)
	}
	return p.random(r)
}

func (p *placer) firstFit(c *Cluster, function uint32) uint32 {
	idle := none
	for i := c.firsts[function]; i != none; i = c.pools[i].next {
		if q := &c.pools[i]; q.idle+q.ready > 0 {
			idle = min(idle, q.node)
		}
	}
	if idle != none {
		return idle
	}
	memory := c.config.Functions[function].Memory
	for i := range c.nodes {
		if c.roomOn(i, memory, false) {
			return uint32(i)
		}
	}
	for i := range c.nodes {
		if c.roomOn(i, memory, true) {
			return uint32(i)
		}
	}
	return c.leastRunning(func(int) bool { return true })
}

func (p *placer) leastLoaded(c *Cluster, function uint32) uint32 {
	best := none
	for i := c.firsts[function]; i != none; i = c.pools[i].next {
		if q := &c.pools[i]; q.idle+q.ready > 0 {
			if best == none || c.nodes[q.node].running < c.nodes[best].running || c.nodes[q.node].running == c.nodes[best].running && q.node < best {
				best = q.node
			}
		}
	}
	if best != none {
		return best
	}
	memory := c.config.Functions[function].Memory
	if best = c.leastRunning(func(i int) bool { return c.roomOn(i, memory, true) }); best != none {
		return best
	}
	return c.leastRunning(func(int) bool { return true })
}

// leastRunning returns the first node of least running memory among some; none if there are none.
func (c *Cluster) leastRunning(among func(int) bool) uint32 {
	best := none
	for i := range c.nodes {
		if among(i) && (best == none || c.nodes[i].running < c.nodes[best].running) {
			best = uint32(i)
		}
	}
	return best
}

// roomOn reports whether a node has room for an instance, with evictions or without.
func (c *Cluster) roomOn(i int, memory int64, evictions bool) bool {
	n := &c.nodes[i]
	used, instances := n.used, n.instances
	if evictions && c.config.Evict != NoEviction {
		used, instances = used-n.idle, instances-n.idleCount
	}
	return used+memory <= c.config.Memory && instances < c.config.MaxInstances
}
