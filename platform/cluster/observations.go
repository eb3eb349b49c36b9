package cluster

import (
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// Counts are what happened to one function on one node.
type Counts struct {
	Arrivals, Warm, Cold, Rejected, TimedOut int64
	// Instances that reached their keep-alive, that made room for others, and that were unloaded
	// until a load; instances loaded ahead, and loads for which there was no room.
	Expired, Evicted, Unloaded, Loaded, LoadsSkipped int64
	Response, Wait                                   stats.Sum // of the served requests
	// Running, Idle and Loading add up the time of instances in each state.
	Running, Idle, Loading stats.Sum
}

// spend adds up the time of the instances in their present states.
func (p *pool) spend(now sim.Time) {
	span := now - p.at
	p.at = now
	p.counts.Running.AddTimes(int(p.running), span)
	p.counts.Idle.AddTimes(int(p.idle+p.ready), span)
	p.counts.Loading.AddTimes(int(p.loading), span)
}

// Observations are those of all functions together.
type Observations struct {
	platform.Observations
}

func newObservations(c *Config) Observations {
	o := platform.NewObservations(0, 0)
	o.Pool = true
	o.CanReject = c.limited()
	o.CanWait = c.limited() && c.Queue
	o.CanTimeOut = o.CanWait && c.QueueTimeout != sim.Never
	return Observations{o}
}

// Function returns the counts of a function on all nodes, and its instances alive.
func (c *Cluster) Function(f int) (counts Counts, instances int) {
	for i := c.first[f]; i != none; i = c.pools[i].next {
		p := &c.pools[i]
		p.spend(c.engine.Now())
		counts.merge(&p.counts)
		instances += int(p.alive())
	}
	return counts, instances
}

func (a *Counts) merge(b *Counts) {
	for i, n := range a.numbers() {
		*n += *b.numbers()[i]
	}
	for i, s := range a.sums() {
		s.Merge(*b.sums()[i])
	}
}

func (a *Counts) numbers() [10]*int64 {
	return [...]*int64{&a.Arrivals, &a.Warm, &a.Cold, &a.Rejected, &a.TimedOut, &a.Expired, &a.Evicted, &a.Unloaded, &a.Loaded, &a.LoadsSkipped}
}

func (a *Counts) sums() [5]*stats.Sum {
	return [...]*stats.Sum{&a.Response, &a.Wait, &a.Running, &a.Idle, &a.Loading}
}
