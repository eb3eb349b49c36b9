package cluster

import (
	"fmt"

	"faaslab/sim"
)

// check panics unless the cluster's invariants hold after an event.
func (c *Cluster) check(now sim.Time) {
	wrong := func(what string, numbers ...any) {
		panic(fmt.Sprintf("platform: cluster at %v: %s: %v", now, what, numbers))
	}
	nodes := make([]node, len(c.nodes))
	for i := range c.pools {
		p := &c.pools[i]
		f := &c.config.Functions[p.function]
		n := &nodes[p.node]
		if k := &p.counts; k.Unused > k.Loaded {
			wrong("more unused loads than loads", f.Name, *k)
		}
		c.checkIdle(p, wrong)
		n.used += int64(p.alive()) * p.memory
		n.running += int64(p.running) * p.memory
		n.idle += int64(p.idle) * p.memory
		n.instances += int(p.alive())
		n.idleCount += int(p.idle)
		k := p.counts
		if int64(p.alive()) != int64(f.kept())+p.cold+k.Loaded-p.expired-p.evicted-k.Unloaded {
			wrong("kept + cold + loaded = expired + evicted + unloaded + alive", f.Name, p.cold, p.expired, p.evicted, k, p.alive())
		}
		if p.oldest != none && p.keep != sim.Never && c.instances[p.oldest].since.Plus(p.keep) < now && p.expiry > now && p.alive() > p.min {
			wrong("an idle instance outlived its keep-alive", f.Name)
		}
	}
	if c.shared != nil {
		c.checkCores(wrong)
	}
	live, used, functions := 0, int64(0), 0
	for i := range c.functions {
		with := 0 // pools with an instance
		for p := range c.poolsOf(i) {
			with += int(min(c.pools[p].alive(), 1))
		}
		functions += min(with, 1)
		if c.spreads {
			listed := 0
			for p := c.firsts[i]; p != none; p = c.pools[p].next {
				listed++
			}
			if live := int(c.functions[i].live); live != with || listed != with {
				wrong("pools of a function that have instances", i, with, live, listed)
			}
		}
	}
	for i := range nodes {
		n, has := &nodes[i], &c.nodes[i]
		if n.used != has.used || n.running != has.running || n.idle != has.idle || n.instances != has.instances || n.idleCount != has.idleCount {
			wrong("sums of a node", i, *n, *has)
		}
		if n.used > c.config.Memory || n.instances > c.config.MaxInstances {
			wrong("too much on a node", i, n.used, n.instances)
		}
		live += n.instances + has.waiting.Len()
		used += n.used
	}
	if live != c.live {
		wrong("alive", live, c.live)
	}
	if f := &c.observed.Functions; used != c.used || used > f.Peak || functions != f.Live.Count() {
		wrong("memory of all, its peak, and functions with an instance", used, c.used, f.Peak, functions, f.Live.Count())
	}
}

// checkIdle checks the lists of a pool's instances without a request.
func (c *Cluster) checkIdle(p *pool, wrong func(what string, numbers ...any)) {
	n, newer, order := int32(0), uint32(none), int64(0)
	for at := p.oldest; at != none; at = c.instances[at].newer {
		x := &c.instances[at]
		if n++; x.older != newer || x.order <= order || x.set != onDemand || n > p.idle {
			wrong("idle instances in the order in which they became idle", n, x.order, order)
		}
		newer, order = at, x.order
	}
	if n != p.idle || newer != p.newest {
		wrong("as many idle instances as are in their list", n, p.idle)
	}
	ready := int32(0)
	for _, top := range []uint32{p.provisioned, p.spare} {
		for at := top; at != none; at = c.instances[at].older {
			ready++
		}
	}
	if ready != p.ready {
		wrong("as many instances kept ready as are on their stacks", ready, p.ready)
	}
}

// checkCores checks that each instance that runs or loads has work on its node's cores, or waits for
// none.
func (c *Cluster) checkCores(wrong func(what string, numbers ...any)) {
	work := make([]int, len(c.nodes))
	answers := int64(0)
	for at, x := range c.shared.services {
		if x.phase == nothing {
			continue
		}
		work[c.nodeOf(uint32(at))]++
		if !c.instances[at].unused {
			answers++
		}
	}
	busy := make([]int, len(c.nodes))
	for i := range c.pools {
		busy[c.pools[i].node] += int(c.pools[i].running + c.pools[i].loading)
	}
	for i := range c.shared.nodes {
		n := &c.shared.nodes[i]
		if n.cores.Done.Len()+n.delays.Len() != work[i] || work[i] != busy[i] {
			wrong("jobs and delays, services and loads, running and loading", i, n.cores.Done.Len(), n.delays.Len(), work[i], busy[i])
		}
	}
	if o := &c.observed; answers != o.WarmInService+o.ColdInService {
		wrong("requests in service", answers, o.WarmInService, o.ColdInService)
	}
}
