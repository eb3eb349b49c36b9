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
		n.used += int64(p.alive()) * p.memory
		n.running += int64(p.running) * p.memory
		n.idle += int64(p.idle) * p.memory
		n.instances += int(p.alive())
		n.idleCount += int(p.idle)
		k := p.counts
		if int64(p.alive()) != int64(f.kept())+k.Cold+k.Loaded-k.Expired-k.Evicted-k.Unloaded {
			wrong("kept + cold + loaded = expired + evicted + unloaded + alive", f.Name, k, p.alive())
		}
		if p.oldest != none && p.keep != sim.Never && c.instances[p.oldest].since.Plus(p.keep) < now && p.expiry > now && p.alive() > p.min {
			wrong("an idle instance outlived its keep-alive", f.Name)
		}
	}
	live := 0
	for i := range nodes {
		n, has := &nodes[i], &c.nodes[i]
		if n.used != has.used || n.running != has.running || n.idle != has.idle || n.instances != has.instances || n.idleCount != has.idleCount {
			wrong("sums of a node", i, *n, *has)
		}
		if n.used > c.config.Memory || n.instances > c.config.MaxInstances {
			wrong("too much on a node", i, n.used, n.instances)
		}
		live += n.instances + has.waiting.Len()
	}
	if live != c.live {
		wrong("alive", live, c.live)
	}
}
