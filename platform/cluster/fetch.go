package cluster

import "faaslab/sim"

// atOnce is for how many events memory is read at once, a power of two.
const atOnce = 32

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
	for _, p := range expiries[:e] {
		seen += c.pools[p].oldest + uint32(c.pools[p].expiry)
	}
	for _, i := range arrivals[:a] {
		f := &c.functions[i]
		if int(f.cursor) < len(f.block) {
			seen += uint32(f.block[f.cursor].gap)
		}
		if f.first != none {
			p := &c.pools[f.first]
			seen += p.newest + uint32(p.expiry)
			if c.learns {
				seen += uint32(p.planned)
			}
		}
	}
	for _, p := range expiries[:e] {
		if at := c.pools[p].oldest; at != none {
			seen += c.instances[at].pool
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
	c.fetched = seen
}
