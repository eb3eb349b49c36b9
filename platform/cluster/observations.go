package cluster

import (
	"math"

	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// Counts are what happened to one function on one node.
type Counts = platform.FunctionCounts

// total returns the counts of a pool up to now.
func (p *pool) total(now sim.Time) Counts {
	c := p.counts
	c.Cold, c.Expired, c.Evicted = p.cold, p.expired, p.evicted
	c.Warm = p.started - c.Cold
	c.Arrivals = p.started + c.Rejected + c.TimedOut + int64(p.waits)
	c.Running, c.Idle, c.Loading = p.busy.Until(now, int(p.running)), p.present.Until(now, int(p.running+p.idle+p.ready)), p.loads.Until(now, int(p.loading))
	c.Idle.Subtract(c.Running)
	c.Response = p.response
	return c
}

func newObservations(c *Config) platform.Observations {
	o := platform.NewObservations(0, 0)
	o.Pool = true
	o.CanReject = c.limited() && !c.Queue
	o.CanWait = c.limited() && c.Queue
	o.CanTimeOut = o.CanWait && c.QueueTimeout != sim.Never
	o.Outlook = c.outlook()
	f := &o.Functions
	f.CanEvict = c.limited() && c.Evict != NoEviction
	f.Memories = make([]int64, len(c.Functions))
	for i := range c.Functions {
		function := &c.Functions[i]
		f.Memories[i] = function.Memory
		// One that no node has room for is rejected even where others wait.
		o.CanReject = o.CanReject || function.Memory > c.Memory
		if policy := c.keepAlive(function); policy.Begin() != nil {
			f.CanUnload, f.CanLoad = true, true
		}
		f.CanLoad = f.CanLoad || function.Spare > 0
		if c.simulates(i) {
			f.Provisioned += function.Provisioned * c.holders(uint32(i))
		}
	}
	return o
}

// keepAlive returns the policy of a function.
func (c *Config) keepAlive(f *Function) KeepAlive {
	if f.KeepAlive != nil {
		return f.KeepAlive
	}
	return c.KeepAlive
}

// outlook returns what may happen to some function: of times the longest.
func (c *Config) outlook() (o platform.Outlook) {
	for i := range c.Functions {
		f := &c.Functions[i]
		keep := c.keepAlive(f)
		end := keep.Standard().End
		idle := end.Seconds()
		if end == sim.Never || keep.Begin() != nil || f.MinInstances+f.Provisioned+f.Spare > 0 {
			idle = math.Inf(1)
		}
		o.Cold = true
		o.Warm = o.Warm || idle > 0 || c.limited() && c.Queue
		o.Idle = max(o.Idle, idle)
		cold := platform.LawMean(f.Cold)
		if f.Cold == nil {
			cold = platform.LawMean(f.Startup) + platform.LawMean(f.Warm)
		}
		o.Service = math.Max(o.Service, cold)
	}
	return o
}

// Function returns the counts of a function on all nodes since time 0, and its instances alive.
func (c *Cluster) Function(f int) (counts Counts, instances int) {
	for i := range c.poolsOf(f) {
		p := &c.pools[i]
		total := p.total(c.engine.Now())
		if c.shared != nil {
			total.InService = int64(p.running)
		}
		counts.Merge(&total)
		instances += int(p.alive())
	}
	return counts, instances
}

// Limit makes the cluster also count how many responses and how many waits are longer than each of
// the given times. It is called at time 0, if at all.
func (c *Cluster) Limit(responses, waits []sim.Time) { c.observed.Limit(responses, waits) }

// Ended reports whether there are no more requests.
func (c *Cluster) Ended() bool { return c.ended }

// Arrived returns the number of arrivals since time 0 and the time of the last; all reports whether
// there will be no more.
func (c *Cluster) Arrived() (requests int64, last sim.Time, all bool) {
	return c.number, c.until, c.ended
}

// Restart forgets all observations and observes from now on: it ends the warm-up.
func (c *Cluster) Restart() {
	c.from = c.engine.Now()
	c.observed.Restart(c.from)
	c.observed.Functions.Peak = c.used
	c.before = make([]Counts, len(c.config.Functions))
	for f := range c.before {
		c.before[f], _ = c.Function(f)
	}
	c.nodesBefore = c.memories()
	c.billsBefore = c.functionBills()
}

// memories returns the memory of each node since time 0.
func (c *Cluster) memories() []platform.NodeMemory {
	nodes := make([]platform.NodeMemory, len(c.nodes))
	for i := range c.pools {
		p := &c.pools[i]
		total := p.total(c.engine.Now())
		nodes[p.node].Add(p.memory, &total)
	}
	return nodes
}

// functionBills returns the bills of the functions since time 0; nil if no costs are asked for.
func (c *Cluster) functionBills() []platform.FunctionBill {
	if !c.config.Bills {
		return nil
	}
	bills := make([]platform.FunctionBill, len(c.config.Functions))
	for f := range bills {
		for i := range c.poolsOf(f) {
			bills[f].Merge(&c.bills[i])
		}
		if c.config.simulates(f) {
			bills[f].There.AddTimes(c.config.Functions[f].Provisioned*c.config.holders(uint32(f)), c.engine.Now())
		}
	}
	return bills
}

// Observations returns the observations since the last Restart, or since time 0.
func (c *Cluster) Observations() platform.Observations {
	o := c.observed.Between(c.from, c.engine.Now())
	o.Functions.Counts = make([]Counts, len(c.config.Functions))
	for f := range o.Functions.Counts {
		counts, _ := c.Function(f)
		if c.before != nil {
			counts.Subtract(&c.before[f])
		}
		o.Functions.Counts[f] = counts
	}
	o.Functions.Bills = c.functionBills()
	for f := range c.billsBefore {
		o.Functions.Bills[f].Subtract(&c.billsBefore[f])
	}
	o.Functions.Nodes = c.memories()
	for i, before := range c.nodesBefore {
		o.Functions.Nodes[i].Subtract(before)
	}
	return o
}

// Counts returns the present instances.
func (c *Cluster) Counts() platform.Counts {
	o := &c.observed
	return platform.Counts{Instances: o.Instances.Count(), Running: o.Running.Count(), RunningCold: o.RunningCold.Count(), Idle: o.Idle.Count(), Waiting: o.Waiting.Count()}
}

// Occupancy returns the integral of the number of instances and waiting requests since the last
// Restart, or since time 0, in seconds. On shared cores, where only their number settles, it counts
// running instances twice.
func (c *Cluster) Occupancy() float64 {
	area := c.observed.Area(c.engine.Now())
	if c.shared != nil {
		area += c.observed.Running.Area()
	}
	return area
}

// LogUnfinished logs the requests that still wait and, on shared cores, the requests in service.
// Requests on a core of their own were logged at their start, with the time of their completion.
func (c *Cluster) LogUnfinished() {
	if c.Log == nil {
		return
	}
	if c.shared != nil {
		c.shared.logUnfinished(c)
	}
	for i := range c.nodes {
		line := &c.nodes[i].waiting
		for k := range line.Len() {
			r := line.At(k)
			c.log(r.number, &c.pools[c.poolOf(r.function, uint32(i))],
				platform.Request{Arrival: r.at, Start: sim.Never, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Service: r.service})
		}
	}
}

// Bytes returns the memory of the cluster in bytes, except for some kilobytes. Arrays never shrink,
// so it is the memory of the largest number of instances and requests that were alive at once.
func (c *Cluster) Bytes() int64 {
	n := loop.FixedBytes + c.engine.Bytes() + c.expiries.Bytes() + c.observed.Bytes() + c.requests.bytes()
	n += loop.BytesOf(c.instances) + loop.BytesOf(c.clocks) + loop.BytesOf(c.free) + loop.BytesOf(c.pools) + loop.BytesOf(c.listed) +
		loop.BytesOf(c.functions) + loop.BytesOf(c.before) + loop.BytesOf(c.bills) + loop.BytesOf(c.billsBefore)
	n += loop.BytesOf(c.anyIdle) + loop.BytesOf(c.learners)
	for _, all := range c.anyIdle {
		n += loop.BytesOf(all)
	}
	for i := range c.learners {
		if h, ok := c.learners[i].history.(*histogram); ok {
			n += histogramBytes + loop.BytesOf(h.counts) + loop.BytesOf(h.last)
		}
	}
	if c.shared != nil {
		n += c.shared.bytes()
	}
	for i := range c.nodes {
		n += c.nodes[i].waiting.Bytes() + loop.BytesOf(c.nodes[i].evict.pools) + loop.BytesOf(c.nodes[i].evict.all)
	}
	return n
}
