package cluster

import (
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// complete ends a service: the instance becomes idle, or is unloaded with the others of its pool.
func (c *Cluster) complete(now sim.Time, at uint32) {
	x := &c.instances[at]
	i := x.pool
	p, o := &c.pools[i], &c.observed
	n := &c.nodes[p.node]
	p.busy.Leave(now)
	p.running--
	p.idleSince = now
	n.running -= p.memory
	o.Completed++
	if x.cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	o.Free(now)
	if c.watch != nil {
		c.watch.completes(now, at)
	}
	if c.learners != nil && p.running == 0 && c.learners[i].history != nil {
		if w := c.learners[i].history.Windows(); w.Load > 0 && x.set == onDemand && p.min == 0 {
			c.unload(now, i, at, w)
			c.drain(now, p.node)
			return
		} else if w.End != p.keep {
			p.keep = w.End
			p.expiry = sim.Never // the pending event finds nothing to do if it comes too early
		}
	}
	if x.set == provisioned {
		c.keep(i, at)
		c.awaitExpiry(now, i) // that of the others, where it comes sooner now
	} else {
		c.becomeIdle(now, p, n, x, at, now)
	}
	if n.waiting.Len() > 0 {
		c.drain(now, p.node)
	}
}

// keep adds an instance to those of its pool that are kept ready.
func (c *Cluster) keep(i, at uint32) {
	p, x := &c.pools[i], &c.instances[at]
	top := &p.provisioned
	if x.set == spare {
		top = &p.spare
	}
	x.older, *top = *top, at
	p.ready++
}

// leaveNewest is leaveIdle for the newest, which is the most frequent case.
func (c *Cluster) leaveNewest(p *pool, n *node) {
	at, oldest := p.newest, p.oldest
	x := &c.instances[at]
	older := x.older // or, without a jump, the instance itself
	if older == none {
		older = at
	}
	if x.older == none {
		oldest = none
	}
	c.instances[older].newer = none
	p.oldest = oldest
	if n.evict.lists() {
		n.evict.remove(c, at)
	}
	p.newest = x.older
	p.idle--
	n.idle -= p.memory
	n.idleCount--
}

// choose takes the instance without a request that serves one: a provisioned one, else an idle one,
// else a spare one.
//
//go:noinline
func (c *Cluster) choose(p *pool, n *node, i uint32) uint32 {
	if p.ready > 0 && (p.provisioned != none || p.idle == 0) {
		return c.chooseKept(p)
	}
	at := p.newest
	if c.config.Routing != MostRecent {
		at = c.route(p, i)
	}
	c.leaveIdle(p, n, at)
	return at
}

// chooseKept takes a provisioned instance, else a spare one.
//
//go:noinline
func (c *Cluster) chooseKept(p *pool) uint32 {
	top := &p.provisioned
	if *top == none {
		top = &p.spare
	}
	at := *top
	*top = c.instances[at].older
	p.ready--
	return at
}

// replace loads spare instances in the place of those that have been taken.
func (c *Cluster) replace(now sim.Time, i uint32) {
	f := c.pools[i].function
	for int(c.pools[i].spares) < c.config.Functions[f].Spare && c.startLoad(now, i, spare) {
		c.pools[i].spares++
	}
}

// unload ends all idle instances of a pool, and one that completes, and plans the load of one.
func (c *Cluster) unload(now sim.Time, i, at uint32, w Windows) {
	p := &c.pools[i]
	p.keep = w.End
	p.running++ // the one that completes is there while the others end
	for p.idle > 0 {
		oldest := p.oldest
		if c.watch != nil {
			c.watch.moved(platform.EventUnloaded, oldest, 0)
		}
		c.leaveIdle(p, &c.nodes[p.node], oldest)
		c.observed.Expire(now)
		c.end(now, p, oldest)
		p.counts.Unloaded++
	}
	p.running--
	if c.watch != nil {
		c.watch.moved(platform.EventUnloaded, at, 0)
	}
	c.observed.Expire(now)
	c.end(now, p, at)
	p.counts.Unloaded++
	l := &c.learners[i]
	l.load, l.planned = now.Plus(w.Load), p.started
	c.engine.Schedule(l.load, loop.Completion, i<<2|loads)
}

// beginLoad begins to load an instance ahead of the next request, if there is room without an
// eviction, and unless a request has started since it was planned.
func (c *Cluster) beginLoad(now sim.Time, i uint32) {
	l := &c.learners[i]
	if l.load != now || l.planned != c.pools[i].started {
		return
	}
	l.load = sim.Never
	c.startLoad(now, i, onDemand)
}

// startLoad loads an instance of a set, if there is room without an eviction, and reports whether
// there is.
func (c *Cluster) startLoad(now sim.Time, i uint32, of set) bool {
	p := &c.pools[i]
	if !c.fits(p) || c.live >= c.MostLive {
		p.counts.LoadsSkipped++
		if c.watch != nil {
			c.watch.skipped(i)
		}
		return false
	}
	p.counts.Loaded++
	at := c.create(now, i)
	p.loading++
	p.loads.Enter(now)
	c.observed.Create(now)
	c.observed.Free(now)
	startup := c.functions[p.function].load(&c.one, p.counts.Loaded)
	c.instances[at].set, c.instances[at].unused = of, true
	if of == onDemand {
		c.instances[at].since = sim.Time(c.learners[i].planned) // kept until the instance is ready
	}
	if c.watch != nil {
		c.watch.moved(platform.EventLoading, at, now.Plus(startup))
	}
	if c.shared != nil {
		c.startUp(now, startup, at, inService{started: now})
		return true
	}
	c.engine.Schedule(now.Plus(startup), loop.Completion, at<<2|ready)
	return true
}

// endLoad makes a loaded instance idle, or keeps it ready.
func (c *Cluster) endLoad(now sim.Time, at uint32) {
	i := c.instances[at].pool
	p := &c.pools[i]
	p.loads.Leave(now)
	p.loading--
	p.present.Enter(now)
	if c.instances[at].set == spare {
		if c.watch != nil {
			c.watch.moved(platform.EventLoaded, at, sim.Never)
		}
		c.keep(i, at)
		c.drain(now, p.node)
		return
	}
	// Its time counts from the beginning of the idle period that it was loaded for.
	since := now
	if c.instances[at].since == sim.Time(p.started) {
		since = p.idleSince
	}
	if c.watch != nil {
		c.watch.moved(platform.EventLoaded, at, c.watch.idleUntil(at, since, 1))
	}
	c.becomeIdle(now, p, &c.nodes[p.node], &c.instances[at], at, since)
	c.drain(now, p.node)
}

// route chooses the idle instance that serves a request.
func (c *Cluster) route(p *pool, i uint32) uint32 {
	switch c.config.Routing {
	case LeastRecent:
		return p.oldest
	case Newest:
		best := p.newest
		for at := best; at != none; at = c.instances[at].older {
			if c.instances[at].serial > c.instances[best].serial {
				best = at
			}
		}
		return best
	case AnyIdle:
		all := c.anyIdle[i]
		if len(all) == 1 && c.nodes[p.node].waiting.Len() > 0 {
			return all[0] // just freed for a waiting request: there is no choice, as in a pool
		}
		return all[c.routing.IntN(len(all))]
	}
	return p.newest
}

// becomeIdle adds an instance to the idle ones of its pool and of its node.
func (c *Cluster) becomeIdle(now sim.Time, p *pool, n *node, x *instance, at uint32, since sim.Time) {
	c.order++
	// Whether another is idle is hard to predict, so that there is no jump: with none, the instance is
	// the newer one of itself for a moment.
	older, oldest := p.newest, p.oldest
	if older == none {
		older = at
	}
	if p.newest == none {
		oldest = at
	}
	c.instances[older].newer = at
	x.order, x.since, x.older, x.newer = c.order, since, p.newest, none
	p.newest, p.oldest = at, oldest
	if c.config.Routing == AnyIdle {
		all := &c.anyIdle[x.pool]
		x.place = uint32(len(*all))
		*all = append(*all, at)
	}
	p.idle++
	n.idle += p.memory
	n.idleCount++
	if n.evict.kind != NoEviction {
		n.evict.add(c, p, x.pool, at)
	}
	// Without a history, the event that is pending comes first: the oldest is idle longest, and the
	// keep-alive does not change.
	if p.keep != sim.Never && (p.expiry == sim.Never || c.learners != nil) {
		c.awaitExpiry(now, x.pool)
	}
}

// leaveIdle removes an instance from the idle ones.
func (c *Cluster) leaveIdle(p *pool, n *node, at uint32) {
	x := &c.instances[at]
	if x.older == none {
		p.oldest = x.newer
	} else {
		c.instances[x.older].newer = x.newer
	}
	if x.newer == none {
		p.newest = x.older
	} else {
		c.instances[x.newer].older = x.older
	}
	if c.config.Routing == AnyIdle {
		all := c.anyIdle[x.pool]
		last := all[len(all)-1]
		all[x.place] = last
		c.instances[last].place = x.place
		c.anyIdle[x.pool] = all[:len(all)-1]
	}
	p.idle--
	n.idle -= p.memory
	n.idleCount--
	if n.evict.lists() {
		n.evict.remove(c, at)
	}
}

// awaitExpiry schedules the event at which the pool's oldest idle instance may expire, if none
// comes before.
func (c *Cluster) awaitExpiry(now sim.Time, i uint32) {
	p := &c.pools[i]
	if p.oldest == none || p.keep == sim.Never {
		return
	}
	at := max(now, c.instances[p.oldest].since.Plus(p.keep))
	if at >= p.expiry {
		return
	}
	p.expiry = at
	c.expiries.Push(at, loop.Expiry, i)
	c.engine.SetTimer(loop.Expiry, c.expiries.First().Time)
}

// expire ends the idle instances of the pool whose time is over.
func (c *Cluster) expire(now sim.Time) {
	i := c.expiries.Pop().Payload()
	next := sim.Never
	if c.expiries.Len() > 0 {
		next = c.expiries.First().Time
	}
	c.engine.SetTimer(loop.Expiry, next)
	p := &c.pools[i]
	if p.expiry != now {
		return
	}
	p.expiry = sim.Never
	gone := false
	for p.oldest != none && p.keep != sim.Never && c.instances[p.oldest].since.Plus(p.keep) <= now {
		if p.alive() <= p.min {
			break // until another becomes idle
		}
		at := p.oldest
		if c.watch != nil {
			c.watch.moved(platform.EventExpired, at, 0)
		}
		c.leaveIdle(p, &c.nodes[p.node], at)
		c.observed.Expire(now)
		c.observed.Expired++
		c.observed.Lifetime.Add(now - c.instances[at].created)
		c.end(now, p, at)
		p.expired++
		gone = true
	}
	if p.oldest != none && c.instances[p.oldest].since.Plus(p.keep) > now {
		c.awaitExpiry(now, i)
	}
	if gone {
		c.drain(now, p.node)
	}
}

// fits reports whether a node has room for one more instance of a pool.
func (c *Cluster) fits(p *pool) bool {
	n := &c.nodes[p.node]
	return n.used+p.memory <= c.config.Memory && n.instances < c.config.MaxInstances
}

// makeRoom evicts idle instances until there is room for one more of a pool, or none if all of them
// were not enough.
func (c *Cluster) makeRoom(now sim.Time, p *pool) bool {
	if c.fits(p) {
		return true
	}
	n := &c.nodes[p.node]
	if c.config.Evict == NoEviction || n.used-n.idle+p.memory > c.config.Memory || n.instances-n.idleCount >= c.config.MaxInstances {
		return false
	}
	for !c.fits(p) {
		at := n.evict.victim(c)
		q := &c.pools[c.instances[at].pool]
		if c.watch != nil {
			c.watch.evicted(at, p)
		}
		c.leaveIdle(q, n, at)
		c.observed.Expire(now)
		c.end(now, q, at)
		q.evicted++
	}
	return true
}

// alive returns the number of the pool's instances.
func (p *pool) alive() int32 { return p.running + p.loading + p.idle + p.ready }

// create makes an instance that is neither running nor idle yet.
func (c *Cluster) create(now sim.Time, i uint32) uint32 {
	p := &c.pools[i]
	if p.alive() == 0 {
		c.beginLive(now, i, p.function)
	}
	n := &c.nodes[p.node]
	n.used += p.memory
	n.instances++
	c.live++
	c.serial++
	f := &c.observed.Functions
	c.used += p.memory
	f.Peak = max(f.Peak, c.used)
	at := uint32(len(c.instances))
	if last := len(c.free) - 1; last >= 0 {
		at = c.free[last]
		c.free = c.free[:last]
	} else {
		c.instances = append(c.instances, instance{})
	}
	c.instances[at] = instance{pool: i, older: none, newer: none, created: now, serial: c.serial}
	return at
}

// end ends an instance that is neither running nor idle any more.
func (c *Cluster) end(now sim.Time, p *pool, at uint32) {
	n := &c.nodes[p.node]
	p.present.Leave(now)
	n.used -= p.memory
	n.instances--
	c.live--
	c.free = append(c.free, at)
	c.used -= p.memory
	if c.instances[at].unused {
		p.counts.Unused++
	}
	if p.alive() == 0 {
		p.began = p.started
		n.evict.emptied(c, c.instances[at].pool)
		c.endLive(now, c.instances[at].pool, p.function)
	}
}

// beginLive is told of a pool that gets its first instance.
func (c *Cluster) beginLive(now sim.Time, i, f uint32) {
	if c.spreads {
		c.move(i, &c.functions[f].empty, &c.firsts[f])
		if c.functions[f].live++; c.functions[f].live > 1 {
			return
		}
	}
	c.observed.Functions.Live.Set(now, c.observed.Functions.Live.Count()+1)
}

// endLive is told of a pool that loses its last instance.
func (c *Cluster) endLive(now sim.Time, i, f uint32) {
	if c.spreads {
		c.move(i, &c.firsts[f], &c.functions[f].empty)
		if c.functions[f].live--; c.functions[f].live > 0 {
			return
		}
	}
	c.observed.Functions.Live.Set(now, c.observed.Functions.Live.Count()-1)
}

// move moves a pool from one list of its function to the other: placements look for idle instances, so that they
// need not pass by pools that have none.
//
//go:noinline
func (c *Cluster) move(i uint32, from, to *uint32) {
	for *from != i {
		from = &c.pools[*from].next
	}
	p := &c.pools[i]
	*from, p.next, *to = p.next, *to, i
}
