package cluster

import "faaslab/sim"

// What is fetched is what events of the near future will need: the memory of many functions is not
// in the processor's cache, and reads that do not depend on each other wait for it together. So each
// loop reads, for all events, what the loop before found the way to. What completions need was read
// when their requests arrived. To fetch changes nothing.

const (
	// atOnce is for how many events memory is read at once, a power of two.
	atOnce = 32
	// Up to fewFunctions are in the processor's cache anyway.
	fewFunctions = 256
)

// many reports whether it is worth while to fetch.
func (c *Cluster) many() bool { return len(c.functions) > fewFunctions }

// fetch reads what the next requests need.
//
//go:noinline
func (c *Cluster) fetch(soon []arrival) {
	seen := uint32(0)
	starts := 0 // of instances, probably
	for i := range soon {
		first := c.firsts[soon[i].function]
		if first == none {
			continue
		}
		p := &c.pools[first]
		seen += p.newest + uint32(p.expiry)
		if c.learns {
			seen += uint32(p.planned) + uint32(p.loading)
		}
		if p.newest == none {
			seen += uint32(p.loading) + c.functions[soon[i].function].empty
			starts++
		}
	}
	for i := range soon {
		first := c.firsts[soon[i].function]
		if first == none {
			continue
		}
		p := &c.pools[first]
		if at := p.newest; at != none {
			seen += c.instances[at].pool
		}
		if c.learns {
			if h, ok := p.history.(*histogram); ok {
				seen += uint32(h.n) + h.pairs[0].count
			}
		}
	}
	if starts > 0 && len(c.nodes) == 1 {
		seen += c.nodes[0].evict.fetch(c, starts)
	}
	c.fetched = seen
}

// fetchExpiries reads what the next expiries need.
func (c *Cluster) fetchExpiries(soon []sim.Event) {
	seen := uint32(0)
	for i := range soon {
		p := &c.pools[soon[i].Payload()]
		seen += p.oldest + uint32(p.expiry) + uint32(p.loading)
	}
	for i := range soon {
		p := &c.pools[soon[i].Payload()]
		if p.oldest != none {
			seen += c.instances[p.oldest].pool
		}
	}
	c.fetched = seen
}

// fetch reads what the next victims need.
func (e *evictor) fetch(c *Cluster, victims int) (seen uint32) {
	switch e.kind {
	case LRU:
		for at := e.first; at != none && victims > 0; victims-- {
			x := &c.instances[at]
			p := &c.pools[x.pool]
			seen += p.newest + uint32(p.expiry) + uint32(p.loading)
			at = x.after
		}
	case GreedyDual:
		// The first victims are near the root.
		for i := range e.pools[:min(len(e.pools), victims)] {
			p := &c.pools[e.pools[i].pool]
			seen += p.newest + uint32(p.expiry) + uint32(p.loading)
			if p.oldest != none {
				seen += c.instances[p.oldest].pool
			}
		}
	}
	return seen
}
