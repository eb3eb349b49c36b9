package cluster

import (
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// fetch reads what events of the near future will need: the memory of many functions is not in the
// processor's cache, and reads that do not depend on each other wait for it together. So each loop
// reads, for all events, what the loop before found the way to. It changes nothing.
//
//go:noinline
func (c *Cluster) fetch(soon []sim.Event) {
	seen := uint32(0)
	for i := range soon {
		switch p := soon[i].Payload(); soon[i].Class() {
		case loop.Arrival:
			seen += c.functions[p>>1].first
		case loop.Expiry:
			seen += c.pools[p].oldest + uint32(c.pools[p].expiry)
		case loop.Completion:
			if p&3 != loads {
				seen += c.instances[p>>2].pool
			}
		}
	}
	for i := range soon {
		switch p := soon[i].Payload(); soon[i].Class() {
		case loop.Arrival:
			f := &c.functions[p>>1]
			if int(f.cursor) < len(f.block) {
				seen += uint32(f.block[f.cursor].gap)
			}
			if f.first != none {
				seen += c.pools[f.first].newest + uint32(c.pools[f.first].expiry)
			}
		case loop.Expiry:
			if at := c.pools[p].oldest; at != none {
				seen += c.instances[at].pool
			}
		case loop.Completion:
			if p&3 != loads {
				q := &c.pools[c.instances[p>>2].pool]
				seen += q.newest + uint32(q.expiry)
			}
		}
	}
	for i := range soon {
		if soon[i].Class() == loop.Arrival {
			if first := c.functions[soon[i].Payload()>>1].first; first != none {
				if at := c.pools[first].newest; at != none {
					seen += c.instances[at].pool
				}
			}
		}
	}
	c.fetched = seen
}
