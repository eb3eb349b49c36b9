package cluster

import (
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// turnAway lets a request wait, or rejects it.
//
//go:noinline
func (c *Cluster) turnAway(now sim.Time, i uint32, r *arrival) {
	p := &c.pools[i]
	n := &c.nodes[p.node]
	if c.config.Queue && p.memory <= c.config.Memory {
		if c.live >= c.MostLive {
			c.fail(now)
			return
		}
		c.live++
		p.waits++
		n.waiting.PushBack(*r)
		c.observed.Waiting.Set(now, c.observed.Waiting.Count()+1)
		if n.waiting.Len() == 1 {
			c.awaitTimeout(p.node, now)
		}
		if c.watch != nil {
			c.watch.turnedAway(platform.EventQueued, i, r)
		}
		return
	}
	if c.watch != nil {
		c.watch.turnedAway(platform.EventRejected, i, r)
	}
	p.counts.Rejected++
	c.observed.Rejected++
	if c.Log != nil {
		c.log(r.number, p, platform.Request{Arrival: now, Outcome: platform.OutcomeRejected, Service: r.service})
	}
}

// drain starts waiting requests of a node while there is room for the first.
func (c *Cluster) drain(now sim.Time, node uint32) {
	n := &c.nodes[node]
	if n.waiting.Len() == 0 {
		return
	}
	for n.waiting.Len() > 0 {
		r := n.waiting.Front()
		i := c.poolOf(r.function, node)
		p := &c.pools[i]
		if !c.start(now, p, n, i, r) {
			break
		}
		n.waiting.PopFront()
		p.waits--
		c.live--
		c.observed.Waiting.Set(now, c.observed.Waiting.Count()-1)
	}
}

// awaitTimeout schedules the event at which a node's first waiting request may give up.
func (c *Cluster) awaitTimeout(node uint32, now sim.Time) {
	if c.config.QueueTimeout == sim.Never {
		return
	}
	first := c.nodes[node].waiting.Front().at
	c.engine.Schedule(max(now, first.Plus(c.config.QueueTimeout)), loop.Timeout, node)
}

// timeout turns away the waiting requests of a node whose time is up.
func (c *Cluster) timeout(now sim.Time, node uint32) {
	n := &c.nodes[node]
	for n.waiting.Len() > 0 && n.waiting.Front().at.Plus(c.config.QueueTimeout) <= now {
		r := n.waiting.PopFront()
		i := c.poolOf(r.function, node)
		p := &c.pools[i]
		p.counts.TimedOut++
		p.waits--
		if c.watch != nil {
			c.watch.turnedAway(platform.EventTimedOut, i, &r)
		}
		c.live--
		c.observed.TimedOut++
		c.observed.Waiting.Set(now, c.observed.Waiting.Count()-1)
		if c.Log != nil {
			c.log(r.number, p, platform.Request{Arrival: r.at, Outcome: platform.OutcomeTimedOut, Service: r.service})
		}
	}
	c.drain(now, node)
	if n.waiting.Len() > 0 {
		c.awaitTimeout(node, now)
	}
}
