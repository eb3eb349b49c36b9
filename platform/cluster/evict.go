package cluster

import "faaslab/sim/random"

// An evictor keeps the idle instances of a node in the order in which they go.
type evictor struct {
	kind Eviction
	// LRU: a list through the instances, by the time at which they became idle.
	first, last uint32
	// GreedyDual: the pools with idle instances, by a lower bound of their oldest one's priority.
	pools priorities
	clock float64 // the highest priority of a victim so far
	// RandomEviction, or an Order: the idle instances in any order.
	all       []uint32
	generator random.Generator
}

func newEvictor(kind Eviction, g random.Generator) evictor {
	return evictor{kind: kind, first: none, last: none, generator: g}
}

// add notes an instance that becomes idle, the last of its pool.
func (e *evictor) add(c *Cluster, i, at uint32) {
	x := &c.instances[at]
	switch e.kind {
	case LRU:
		x.before, x.after = e.last, none
		if e.last == none {
			e.first = at
		} else {
			c.instances[e.last].after = at
		}
		e.last = at
	case GreedyDual:
		x.clock = e.clock
		if p := &c.pools[i]; p.entry.at < 0 {
			p.entry = c.entryOf(p)
			e.pools.push(c, i)
		}
	case RandomEviction, ownOrder:
		x.clock = e.clock
		x.before = uint32(len(e.all))
		e.all = append(e.all, at)
	}
}

// remove forgets an instance that is no longer idle.
func (e *evictor) remove(c *Cluster, at uint32) {
	x := &c.instances[at]
	switch e.kind {
	case LRU:
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
func (e *evictor) emptied(c *Cluster, p *pool) {
	if e.kind == GreedyDual && p.entry.at >= 0 {
		e.pools.remove(c, p.entry.at)
	}
}

// victim returns the idle instance that goes first. There must be one.
func (e *evictor) victim(c *Cluster) uint32 {
	switch e.kind {
	case LRU:
		return e.first
	case RandomEviction:
		return e.all[e.generator.IntN(len(e.all))]
	case ownOrder:
		return e.least(c)
	}
	for {
		p := &c.pools[e.pools[0]]
		if p.idle == 0 {
			e.pools.remove(c, 0)
			continue
		}
		// Clocks and frequencies only grow while a pool has instances, so that an old priority is a
		// lower bound.
		if now := c.entryOf(p); p.entry.before(&now) {
			p.entry = now
			e.pools.down(c, 0)
			continue
		}
		e.clock = max(e.clock, p.entry.priority)
		return p.oldest
	}
}

// priority is that of greedy-dual (Fuerst and Sharma, "FaasCache", ASPLOS 2021): the node's clock
// when the instance became idle, plus the number of requests that its function started since it
// last had no instance, times what a start-up costs in seconds, over the memory.
func (c *Cluster) priority(p *pool, at uint32) float64 {
	cost := c.streams[p.function].cost / float64(p.memory)
	return c.instances[at].clock + float64(float64(p.frequency)*cost)
}

// An entry is the place of a pool in the order of greedy-dual: a lower bound of the priority of its
// oldest idle instance and, of equal priorities, of the order in which instances became idle.
type entry struct {
	at       int32 // in the heap; -1: not there
	priority float64
	order    int64
}

// entryOf returns the present place of a pool that has an idle instance.
func (c *Cluster) entryOf(p *pool) entry {
	return entry{p.entry.at, c.priority(p, p.oldest), c.instances[p.oldest].order}
}

func (a *entry) before(b *entry) bool {
	return a.priority < b.priority || a.priority == b.priority && a.order < b.order
}

// priorities is a binary heap of pools by their entries.
type priorities []uint32

// push adds a pool.
func (h *priorities) push(c *Cluster, i uint32) {
	*h = append(*h, i)
	h.up(c, len(*h)-1)
}

// remove takes out the pool at a place.
func (h *priorities) remove(c *Cluster, at int32) {
	order := *h
	c.pools[order[at]].entry.at = -1
	last := order[len(order)-1]
	*h = order[:len(order)-1]
	if int(at) < len(*h) {
		order[at] = last
		h.up(c, int(at))
		h.down(c, int(c.pools[last].entry.at))
	}
}

// up and down restore the heap around one place.
func (h *priorities) up(c *Cluster, at int) {
	order := *h
	i := order[at]
	for at > 0 {
		parent := (at - 1) / 2
		if !c.pools[i].entry.before(&c.pools[order[parent]].entry) {
			break
		}
		h.put(c, at, order[parent])
		at = parent
	}
	h.put(c, at, i)
}

func (h *priorities) down(c *Cluster, at int) {
	order := *h
	i := order[at]
	for {
		child := 2*at + 1
		if child >= len(order) {
			break
		}
		if child+1 < len(order) && c.pools[order[child+1]].entry.before(&c.pools[order[child]].entry) {
			child++
		}
		if !c.pools[order[child]].entry.before(&c.pools[i].entry) {
			break
		}
		h.put(c, at, order[child])
		at = child
	}
	h.put(c, at, i)
}

func (h *priorities) put(c *Cluster, at int, i uint32) {
	(*h)[at] = i
	c.pools[i].entry.at = int32(at)
}
