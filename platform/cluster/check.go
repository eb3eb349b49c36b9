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
	live := 0
	for i := range c.nodes {
		n := &c.nodes[i]
		var used, idle int64
		instances, idleCount := 0, 0
		for f := range c.config.Functions {
			if c.oneNode && int(c.place(uint32(f))) != i {
				continue
			}
			p := &c.pools[c.poolOf(uint32(f), uint32(i))]
			alive := int(p.running + p.loading + p.idle)
			used += int64(alive) * p.memory
			idle += int64(p.idle) * p.memory
			instances += alive
			idleCount += int(p.idle)
			k := p.counts
			if int64(alive) != int64(p.min)+k.Cold+k.Loaded-k.Expired-k.Evicted-k.Unloaded {
				wrong("initial + cold + loaded = expired + evicted + unloaded + alive", c.config.Functions[f].Name, k, alive)
			}
			if p.oldest != none && p.keep != sim.Never && c.instances[p.oldest].since.Plus(p.keep) < now && alive > int(p.min) {
				wrong("an idle instance outlived its keep-alive", c.config.Functions[f].Name)
			}
		}
		if used != n.used || idle != n.idle || instances != n.instances || idleCount != n.idleCount {
			wrong("sums of a node", i, used, n.used, idle, n.idle, instances, n.instances)
		}
		if used > c.config.Memory || instances > c.config.MaxInstances {
			wrong("too much on a node", i, used, instances)
		}
		live += instances + n.waiting.Len()
	}
	if live != c.live {
		wrong("alive", live, c.live)
	}
}
