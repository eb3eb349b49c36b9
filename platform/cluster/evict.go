package cluster

import (
	"math"
	"math/bits"

	"faaslab/sim/random"
)

// An evictor keeps the idle instances of a node in the order in which they go.
type evictor struct {
	kind Eviction
	// LRU: a list through the instances, by the time at which they became idle.
	first, last uint32
	ahead       uint32 // up to which the next victims have been fetched; none
	// GreedyDual: pools, among them all with idle instances, by a lower bound of their oldest one's
	// priority.
	pools priorities
	clock float64 // the highest priority of a victim so far
	// RandomEviction, or an Order: the idle instances in any order.
	all       []uint32
	generator random.Generator
}

func newEvictor(kind Eviction, g random.Generator) evictor {
	return evictor{kind: kind, first: none, last: none, ahead: none, generator: g}
}

// add notes an instance that becomes idle, the last of its pool.
func (e *evictor) add(c *Cluster, p *pool, i, at uint32) {
	switch x := &c.instances[at]; e.kind {
	case LRU:
		x.before, x.after = e.last, none
		if e.last == none {
			e.first = at
		} else {
			c.instances[e.last].after = at
		}
		e.last = at
	case GreedyDual:
		c.setClock(at, e.clock)
		if c.listed[i] < 0 {
			e.pools = append(e.pools, entry{})
			e.pools.up(c, len(e.pools)-1, c.entryOf(p, i))
		}
	case RandomEviction:
		x.before = uint32(len(e.all))
		e.all = append(e.all, at)
	case ownOrder:
		c.setClock(at, e.clock)
		x.before = uint32(len(e.all))
		e.all = append(e.all, at)
	}
}

// setClock notes the clock at which an instance became idle.
func (c *Cluster) setClock(at uint32, clock float64) {
	for int(at) >= len(c.clocks) {
		c.clocks = append(c.clocks, 0)
	}
	c.clocks[at] = clock
}

// lists reports whether each idle instance has a place that it must leave.
func (e *evictor) lists() bool { return e.kind != NoEviction && e.kind != GreedyDual }

// remove forgets an instance that is no longer idle, if lists.
func (e *evictor) remove(c *Cluster, at uint32) {
	x := &c.instances[at]
	switch e.kind {
	case LRU:
		if e.ahead == at {
			e.ahead = x.after
		}
		if x.before == none {
			e.first = x.after
		} else {
			c.instances[x.before].after = x.after
		}
		if x.after == none {
			e.last = x.before
		} else {
			c.instances[x.after].before = x.before
		}
	case RandomEviction, ownOrder:
		last := e.all[len(e.all)-1]
		e.all[x.before] = last
		c.instances[last].before = x.before
		e.all = e.all[:len(e.all)-1]
	}
}

// emptied is told of a pool that has no instance any more: its frequency begins anew, so that what
// was a lower bound is none.
func (e *evictor) emptied(c *Cluster, i uint32) {
	if e.kind == GreedyDual && c.listed[i] >= 0 {
		e.pools.remove(c, int(c.listed[i]))
	}
}

// victim returns the idle instance that goes first. There must be one.
func (e *evictor) victim(c *Cluster) uint32 {
	switch e.kind {
	case LRU:
		if c.many() {
			e.fetchVictims(c)
		}
		return e.first
	case RandomEviction:
		return e.all[e.generator.IntN(len(e.all))]
	case ownOrder:
		return e.least(c)
	}
	for {
		first := &e.pools[0]
		p := &c.pools[first.pool]
		if p.idle == 0 {
			e.pools.remove(c, 0)
			continue
		}
		// Clocks and frequencies only grow while a pool has instances, so that an old priority is a
		// lower bound.
		if now := c.entryOf(p, first.pool); first.before(&now) == 1 {
			e.pools.down(c, 0, now)
			continue
		}
		e.clock = max(e.clock, math.Float64frombits(first.priority))
		return p.oldest
	}
}

// priority is that of greedy-dual (Fuerst and Sharma, "FaasCache", ASPLOS 2021): the node's clock
// when the instance became idle, plus the number of requests that its function started since it
// last had no instance, times what a start-up costs in seconds, over the memory.
func (c *Cluster) priority(p *pool, at uint32) float64 {
	return c.clocks[at] + float64(float64(p.started-p.began)*p.price)
}

// An entry is the place of a pool in the order of greedy-dual: a lower bound of the priority of its
// oldest idle instance and, of equal priorities, of the order in which instances became idle.
type entry struct {
	priority uint64 // the bits of a float64, >= 0, so that they have its order
	order    uint64
	pool     uint32
}

// entryOf returns the present place of a pool that has an idle instance.
func (c *Cluster) entryOf(p *pool, i uint32) entry {
	return entry{math.Float64bits(c.priority(p, p.oldest)), uint64(c.instances[p.oldest].order), i}
}

// before returns 1 if an entry comes before another one, else 0: the processor cannot predict it.
func (a *entry) before(b *entry) uint64 {
	_, borrow := bits.Sub64(a.order, b.order, 0)
	_, borrow = bits.Sub64(a.priority, b.priority, borrow)
	return borrow
}

// priorities is a heap of pools, each node of it with up to four children: of such a heap, a path is
// half as long as of a binary one. The cluster's listed has the place of each pool, or -1.
type priorities []entry

// remove takes out the entry at a place.
func (h *priorities) remove(c *Cluster, at int) {
	order := *h
	c.listed[order[at].pool] = -1
	last := order[len(order)-1]
	*h = order[:len(order)-1]
	switch {
	case at == len(*h):
	case at > 0 && last.before(&order[(at-1)/4]) == 1:
		h.up(c, at, last)
	default:
		h.down(c, at, last)
	}
}

// up puts an entry at a place whose content is given up, or nearer to the first.
func (h *priorities) up(c *Cluster, at int, e entry) {
	order := *h
	for at > 0 {
		parent := (at - 1) / 4
		if e.before(&order[parent]) == 0 {
			break
		}
		order[at] = order[parent]
		c.listed[order[at].pool] = int32(at)
		at = parent
	}
	order[at] = e
	c.listed[e.pool] = int32(at)
}

// down puts an entry at a place whose content is given up, or farther from the first.
func (h *priorities) down(c *Cluster, at int, e entry) {
	order := *h
	for {
		child := 4*at + 1
		if child >= len(order) {
			break
		}
		least := child
		if child+4 <= len(order) {
			four := order[child : child+4]
			a := four[1].before(&four[0])
			b := 2 + four[3].before(&four[2])
			least += int(a + (b-a)*four[b&3].before(&four[a&3]))
		} else {
			for next := child + 1; next < len(order); next++ {
				least += (next - least) * int(order[next].before(&order[least]))
			}
		}
		if order[least].before(&e) == 0 {
			break
		}
		order[at] = order[least]
		c.listed[order[at].pool] = int32(at)
		if at < secondPlaces {
			c.fetchVictim(order[at].pool, at)
		}
		at = least
	}
	order[at] = e
	c.listed[e.pool] = int32(at)
}
