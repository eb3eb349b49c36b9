package cluster

import (
	"faaslab/platform/internal/prefetch"
	"faaslab/sim"
)

// What is fetched is what events of the near future will need: the memory of many functions is not
// in the processor's cache. Which requests come next is known, and what an instance needs is found
// through its pool: so the pools of requests that come later are asked for, and then the instances
// of those that come sooner, whose pools are there by now. What completions need was asked for when
// their requests arrived. To fetch changes nothing.

const (
	// atOnce is for how many requests memory is asked for at once, a power of two. It is asked for
	// in three steps, so that each thing has the time of atOnce requests to come.
	atOnce = 8
	// Up to fewFunctions are in the processor's cache anyway.
	fewFunctions = 256
)

// many reports whether it is worth while to fetch.
func (c *Cluster) many() bool { return len(c.functions) > fewFunctions }

// fetch asks for what the next requests of the line need, at its beginning and after every atOnce of
// them.
//
//go:noinline
func (c *Cluster) fetch() {
	line := c.requests.line[c.requests.next:]
	first, second, third := split(line)
	if c.requests.next == 0 {
		c.fetchPools(first)
		c.fetchPools(second)
		c.fetchInstances(first)
	}
	c.fetchPools(third)
	c.fetchInstances(second)
	c.fetchMore(first)
}

// split returns three times atOnce elements of a list, as many as there are.
func split[T any](list []T) (first, second, third []T) {
	n := len(list)
	one, two, three := min(n, atOnce), min(n, 2*atOnce), min(n, 3*atOnce)
	return list[:one], list[one:two], list[two:three]
}

// fetchPools asks for the pools of requests.
func (c *Cluster) fetchPools(of []arrival) {
	for i := range of {
		if first := c.firsts[of[i].function]; first != none {
			p := &c.pools[first]
			prefetch.Pair(p)
			if c.learners != nil {
				prefetch.Line(&c.learners[first])
			}
		}
	}
}

// fetchInstances asks for what is found through the pools of requests.
func (c *Cluster) fetchInstances(of []arrival) {
	for i := range of {
		first := c.firsts[of[i].function]
		if first == none {
			continue
		}
		p := &c.pools[first]
		if p.newest != none {
			prefetch.Line(&c.instances[p.newest])
		} else { // probably a cold start
			prefetch.Line(&p.present)
			prefetch.Line(&c.functions[of[i].function])
		}
		if c.learners != nil {
			if h, ok := c.learners[first].history.(*histogram); ok {
				prefetch.Pair(h)
				prefetch.Pair(&h.pairs[few-1]) // what comes after the first pair
			}
		}
	}
}

// fetchMore asks for what is found through the instances.
func (c *Cluster) fetchMore(of []arrival) {
	ordered := c.nodes[0].evict.kind == LRU
	if !ordered && c.learners == nil {
		return
	}
	for i := range of {
		first := c.firsts[of[i].function]
		if first == none {
			continue
		}
		p := &c.pools[first]
		if p.newest != none && ordered {
			x := &c.instances[p.newest]
			if x.before != none {
				prefetch.Line(&c.instances[x.before])
			}
			if x.after != none {
				prefetch.Line(&c.instances[x.after])
			}
		}
		if c.learners != nil {
			if h, ok := c.learners[first].history.(*histogram); ok && h.counts != nil {
				prefetch.Line(&h.counts[h.head.bin])
				prefetch.Line(&h.counts[h.tail.bin])
			}
		}
	}
}

// fetchExpiries asks for what the next expiries need.
func (c *Cluster) fetchExpiries(soon []sim.Event) {
	for i := range soon {
		p := &c.pools[soon[i].Payload()]
		prefetch.Pair(p)
		prefetch.Line(&p.present)
	}
	for i := range soon {
		p := &c.pools[soon[i].Payload()]
		if p.oldest != none {
			prefetch.Line(&c.instances[p.oldest])
		}
	}
}

// victimsAhead is about how many of LRU's next victims are asked for.
const victimsAhead = 8

// fetchVictims asks for what LRU's next victims need, when one is chosen.
func (e *evictor) fetchVictims(c *Cluster) {
	steps := 1
	if e.ahead == none || e.ahead == e.first {
		e.ahead, steps = e.first, victimsAhead
	}
	for ; steps > 0 && e.ahead != none; steps-- {
		x := &c.instances[e.ahead]
		p := &c.pools[x.pool]
		prefetch.Pair(p)
		prefetch.Line(&p.present)
		if e.ahead = x.after; e.ahead != none {
			prefetch.Line(&c.instances[e.ahead])
		}
	}
}

// The next victims of greedy-dual are in the first places of its heap: what they need is asked for
// when they come there, to one of the second places their pools, and then to one of the first their
// instances.
const (
	firstPlaces  = 1 + 4
	secondPlaces = firstPlaces + 16
)

// fetchVictim asks for what a pool needs that comes to one of the first places.
func (c *Cluster) fetchVictim(i uint32, at int) {
	p := &c.pools[i]
	if at >= firstPlaces {
		prefetch.Pair(p)
		prefetch.Line(&p.present)
	} else if p.oldest != none {
		prefetch.Line(&c.instances[p.oldest])
	}
}
