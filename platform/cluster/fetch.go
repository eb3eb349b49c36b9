package cluster

import (
	"math"

	"faaslab/sim"
)

const (
	// atOnce is for how many events memory is read at once, a power of two.
	atOnce = 32
	// Up to fewFunctions are in the processor's cache anyway.
	fewFunctions = 256
)

// fetch reads what events of the near future will need: the memory of many functions is not in the
// processor's cache, and reads that do not depend on each other wait for it together. So each loop
// reads, for all events, what the loop before found the way to. What completions need was read when
// their requests arrived. It changes nothing.
//
//go:noinline
func (c *Cluster) fetch(soon []sim.Event) {
	// Sorted without a branch: which class comes next is not predictable.
	soon = soon[max(0, len(soon)-atOnce):]
	var arrivals, expiries [atOnce]uint32
	a, e := 0, 0 // < atOnce where they are indices
	for i := range soon {
		class, payload := int(soon[i].Class()), soon[i].Payload()
		arrivals[a%atOnce], expiries[e%atOnce] = payload>>1, payload
		a += class & 1 &^ (class >> 1) // loop.Arrival is 1
		e += class & (class >> 1)      // loop.Expiry is 3
	}
	seen := uint32(0)
	for _, f := range arrivals[:a] {
		seen += c.functions[f].first
	}
	for _, i := range expiries[:e] {
		p := &c.pools[i]
		seen += p.oldest + uint32(p.expiry) + uint32(p.loading)
	}
	starts := 0 // of instances, probably
	for _, i := range arrivals[:a] {
		f := &c.functions[i]
		if int(f.cursor) < len(f.block) {
			seen += uint32(f.block[f.cursor].gap)
		}
		if f.first == none {
			continue
		}
		p := &c.pools[f.first]
		seen += p.newest + uint32(p.expiry)
		if c.learns {
			seen += uint32(p.planned) + uint32(p.loading)
		}
		if p.newest == none {
			seen += uint32(p.loading) + uint32(math.Float64bits(f.share)) + uint32(math.Float64bits(f.cost))
			starts++
		}
	}
	for _, i := range expiries[:e] {
		p := &c.pools[i]
		if p.oldest != none {
			seen += c.instances[p.oldest].pool + c.functions[p.function].first
		}
	}
	for _, f := range arrivals[:a] {
		if first := c.functions[f].first; first != none {
			p := &c.pools[first]
			if at := p.newest; at != none {
				seen += c.instances[at].pool
			}
			if h, ok := p.history.(*histogram); c.learns && ok {
				seen += uint32(h.n) + h.pairs[0].count
			}
		}
	}
	if starts > 0 && len(c.nodes) == 1 {
		seen += c.nodes[0].evict.fetch(c, starts)
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
			seen += p.newest + uint32(p.expiry) + uint32(p.loading) + c.functions[p.function].first
			at = x.after
		}
	case GreedyDual:
		// The first victims are near the root.
		for i := range e.pools[:min(len(e.pools), 4*victims)] {
			p := &c.pools[e.pools[i].pool]
			seen += p.newest + uint32(p.expiry) + uint32(p.loading) + c.functions[p.function].first
			if p.oldest != none {
				seen += c.instances[p.oldest].pool
			}
		}
	}
	return seen
}
