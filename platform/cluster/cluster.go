package cluster

import (
	"fmt"
	"slices"

	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Cluster is the running simulation of a cluster. Of each node it holds
//
//	used memory = Σ memory of instances ≤ Memory
//	instances = running + loading + idle ≤ MaxInstances
//	a request waits only while there is no room for its node's first waiting one
type Cluster struct {
	config Config
	engine sim.Engine
	until  sim.Time // where Run's loop stops; at the last arrival, if there is one

	streams  []stream
	scratch  scratch
	next     sim.Queue // the next arrival of each function that has one: the time, and the function
	due      []uint32  // functions with an arrival at the time of the timer, in order, after the first
	recorded Request   // the next recorded request
	rows     bool      // there is one
	number   int64     // of the next request, in the order of arrivals
	ended    bool      // no more requests
	last     sim.Time  // of a shard: the last arrival of all functions; sim.Never: there is none
	err      error

	nodes     []node
	pools     []pool   // in the order in which they were made
	first     []uint32 // by function: its first pool; none
	places    placer
	instances []instance
	free      []uint32 // places of instances that ended
	serial    int64    // of the last instance created
	order     int64    // of the last instance that became idle

	routing  random.Generator
	observed platform.Observations
	from     sim.Time
	before   []Counts // by function, up to from; nil: from is time 0
	// nodesBefore is the memory by node, up to from; nil: from is time 0.
	nodesBefore []platform.NodeMemory

	used  int64   // memory of all instances, MB
	alive []int32 // by function: its instances on all nodes

	// Log, if set, is called with each request when its fate is known.
	Log func(LoggedRequest)
	// Meter, if set, measures the time that the user is billed.
	Meter *platform.Meter
	// Interrupted, if set, is called about every 256 requests; its error ends Run.
	Interrupted func() error
	// MostLive instances and waiting requests may be alive at once, > 0; one more ends Run with an error.
	MostLive int
	live     int
	watch    *clusterWitness // told what happens; nil: nobody watches
}

// A LoggedRequest is the fate of one request of a function.
type LoggedRequest struct {
	Number int64 // in the order of arrivals, from 0
	platform.Request
}

// A node is a machine with memory.
type node struct {
	used      int64 // MB
	running   int64 // memory of running instances, MB
	instances int
	idle      int64 // memory of idle instances that may be evicted, MB
	idleCount int
	waiting   loop.Line[waiting]
	evict     evictor
}

// waiting is a request that found no room.
type waiting struct {
	number   int64  // among all
	own      uint64 // among those of its function
	arrived  sim.Time
	service  sim.Time
	function uint32
}

// A pool holds the instances of a function on a node.
type pool struct {
	function, node uint32
	next           uint32 // of the function; none
	memory         int64
	min            int32
	// Instances kept ready: a stack for each set, linked by older, and all that are on them.
	provisioned, spare uint32 // the tops; none
	ready              int32
	spares             int32 // that are ready, or are loaded to be
	running            int32
	loading            int32
	idle               int32
	newest, oldest     uint32   // idle instances, by the time at which they became idle; none
	all                []uint32 // idle instances in any order, for AnyIdle
	started            uint32   // counts starts of requests
	planned            uint32   // the count of starts for which a load is planned
	frequency          int64    // requests started since the pool last had no instance
	load               sim.Time // when the planned load begins; sim.Never
	expiry             sim.Time // when the pending event of an expiry comes; sim.Never
	keep               sim.Time // how long idle instances are kept
	idleSince          sim.Time // when the last running request completed; sim.Never before that
	history            History
	entry              entry // in the order of greedy-dual
	counts             Counts
	at                 sim.Time // up to which counts' times are added up
}

// An instance is a sandbox of a function.
type instance struct {
	pool         uint32
	set          set
	place        uint32 // in the all of its pool
	older, newer uint32 // idle instances of the pool; none
	// place of an idle instance in its node's order of eviction
	before, after uint32
	cold          bool // of the request in service
	unused        bool // loaded ahead, and no request has come since
	since         sim.Time
	created       sim.Time
	serial        int64
	order         int64   // in which instances became idle
	clock         float64 // of its node, when it became idle
}

const none = ^uint32(0)

// A set says under which rule an instance lives.
type set uint8

// On demand, an instance lives under the keep-alive and may be evicted. A provisioned one does not
// end. A spare one waits for its first request, and is on demand from then on.
const (
	onDemand set = iota
	provisioned
	spare
)

// Kinds of events of the class loop.Completion, in the two low bits of the payload; the others are
// an instance or, of a load, a pool.
const (
	completes = iota
	loads
	ready
)

// New returns the simulation of a cluster at time 0, in one replication of the streams that belong
// to a seed. It returns an error if a trace cannot be read.
func New(config Config, seed uint64, replication int) (*Cluster, error) {
	if config.Order != nil {
		config.Evict = ownOrder
	}
	c := &Cluster{
		config:   config,
		engine:   sim.NewEngine(),
		nodes:    make([]node, config.Nodes),
		observed: newObservations(&config),
		routing:  random.Stream(seed, replication, random.Routing),
		MostLive: platform.MostLive,
		last:     sim.Never,
	}
	c.places = newPlacer(&config, seed, replication)
	c.pools = make([]pool, 0, len(config.Functions))
	c.first = make([]uint32, len(config.Functions))
	c.alive = make([]int32, len(config.Functions))
	for i := range c.nodes {
		c.nodes[i].evict = newEvictor(c.config.Evict, random.NewFamily(seed, replication, random.Routing).Member(uint64(i)))
	}
	c.streams = make([]stream, len(config.Functions))
	for f := range config.Functions {
		if err := c.begin(uint32(f), seed, replication); err != nil {
			return nil, err
		}
	}
	if config.Requests != nil {
		c.readRow()
	}
	if config.Shard != nil {
		if err := c.findEnd(seed, replication); err != nil {
			return nil, err
		}
	}
	c.scheduleArrival(0)
	return c, c.err
}

// begin begins a function: its streams, its pools and what is there at time 0.
func (c *Cluster) begin(f uint32, seed uint64, replication int) error {
	function := &c.config.Functions[f]
	c.first[f] = none
	if !c.config.simulates(int(f)) {
		return nil
	}
	s, err := newStream(function, f, seed, replication, &c.scratch)
	if err != nil {
		return fmt.Errorf("function %s: %w", function.Name, err)
	}
	c.streams[f] = s
	if gap, ok := c.streams[f].gap(); ok {
		c.next.Push(gap, loop.Arrival, f)
	} else if err := c.streams[f].err; err != nil {
		return fmt.Errorf("function %s: %w", function.Name, err)
	}
	if function.kept() > 0 {
		for n := range uint32(len(c.nodes)) {
			if c.places.mayHold(f, n) {
				c.poolOf(f, n)
			}
		}
	}
	return nil
}

// poolOf returns a function's pool on a node.
func (c *Cluster) poolOf(f, node uint32) uint32 {
	last := &c.first[f]
	for *last != none {
		p := &c.pools[*last]
		if p.node == node {
			return *last
		}
		last = &p.next
	}
	i := uint32(len(c.pools))
	*last = i
	function := &c.config.Functions[f]
	policy := c.config.keepAlive(function)
	now := c.engine.Now()
	c.pools = append(c.pools, pool{function: f, node: node, next: none, memory: function.Memory, min: int32(function.MinInstances),
		newest: none, oldest: none, provisioned: none, spare: none, load: sim.Never, expiry: sim.Never, idleSince: sim.Never, entry: entry{at: -1}, at: now,
		keep: policy.Standard().End, history: policy.Begin()})
	if now > 0 {
		return i // what is there from the beginning is there at time 0
	}
	for k := range function.kept() {
		c.observed.Create(0)
		c.observed.Free(0)
		at := c.create(0, i)
		switch {
		case k < function.MinInstances:
			c.becomeIdle(0, i, at, 0)
		case k < function.MinInstances+function.Provisioned:
			c.instances[at].set = provisioned
			c.keep(i, at)
		default:
			c.instances[at].set = spare
			c.pools[i].spares++
			c.keep(i, at)
		}
	}
	return i
}

// Now returns the time up to which the cluster has been simulated.
func (c *Cluster) Now() sim.Time { return c.engine.Now() }

// Run simulates up to a moment, inclusive, or to the last arrival. It returns an error if a trace
// cannot be read further, or if more than c.MostLive instances and waiting requests would be alive.
func (c *Cluster) Run(until sim.Time) error {
	if c.ended {
		return c.err
	}
	c.until = min(until, c.last, sim.Never-1)
	for {
		event, ok := c.engine.Next(c.until)
		if !ok {
			c.ended = c.ended || c.until == c.last
			return c.err
		}
		payload := event.Payload()
		switch event.Class() {
		case loop.Completion:
			switch payload & 3 {
			case completes:
				c.complete(event.Time, payload>>2)
			case loads:
				c.beginLoad(event.Time, payload>>2)
			default:
				c.endLoad(event.Time, payload>>2)
			}
		case loop.Arrival:
			c.arrive(event.Time)
		case loop.Timeout:
			c.timeout(event.Time, payload)
		default:
			c.expire(event.Time, payload)
		}
		if loop.CheckInvariants {
			c.check(event.Time)
		}
	}
}

// arrive admits the next request.
func (c *Cluster) arrive(now sim.Time) {
	r := c.take(now)
	i := c.poolOf(r.function, c.places.place(c, &r))
	c.scheduleArrival(now)
	c.observed.Arrivals++
	p := &c.pools[i]
	p.counts.Arrivals++
	n := &c.nodes[p.node]
	if n.waiting.Len() == 0 && c.start(now, i, r) {
		return
	}
	if c.config.Queue && p.memory <= c.config.Memory {
		if c.live >= c.MostLive {
			c.fail(now)
			return
		}
		c.live++
		n.waiting.PushBack(r)
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

// start begins a request on an idle instance or a new one, if it can.
func (c *Cluster) start(now sim.Time, i uint32, r waiting) bool {
	p, o := &c.pools[i], &c.observed
	var at uint32
	cold := p.idle == 0 && p.ready == 0
	switch {
	case cold:
		if !c.makeRoom(now, p) {
			return false
		}
		if c.live >= c.MostLive {
			c.fail(now)
			return true
		}
		p.spend(now)
		at = c.create(now, i)
		o.Create(now)
		o.RunningCold.Set(now, o.RunningCold.Count()+1)
		o.Cold++
		p.counts.Cold++
	default:
		p.spend(now)
		at = c.choose(p)
		o.Begin(now)
		o.Warm++
		p.counts.Warm++
		c.instances[at].unused = false
	}
	if p.running == 0 && p.history != nil && p.idleSince != sim.Never {
		p.history.Idled(now - p.idleSince)
	}
	p.running++
	c.nodes[p.node].running += p.memory
	p.started++
	p.frequency++
	service, startup := r.service, sim.Time(0)
	if cold {
		s := &c.streams[r.function]
		startup = s.start.Draw(r.own)
		if s.whole {
			service = startup
		} else {
			service = service.Plus(startup)
			o.Startup.Add(startup)
		}
		o.ColdService.Add(service)
	} else {
		o.WarmService.Add(service)
	}
	c.instances[at].cold = cold
	o.CountWait(now - r.arrived)
	response := (now - r.arrived).Plus(service)
	o.Responses.Add(response)
	p.counts.Response.Add(response)
	p.counts.Wait.Add(now - r.arrived)
	c.engine.Schedule(now.Plus(service), loop.Completion, at<<2) // completes is 0
	if c.Meter != nil {
		c.meter(at, service, startup)
	}
	if c.watch != nil {
		c.watch.started(i, at, r, cold, now.Plus(service))
	}
	switch c.instances[at].set {
	case provisioned:
		o.ProvisionedService.Add(service)
	case spare:
		c.instances[at].set = onDemand
		p.spares--
		c.replace(now, i)
	}
	if c.Log != nil {
		outcome := platform.OutcomeWarm
		if cold {
			outcome = platform.OutcomeCold
		}
		c.log(r.number, p, platform.Request{Arrival: r.arrived, Start: now, Completion: now.Plus(service), Outcome: outcome,
			Instance: c.instances[at].serial, Service: service, Cold: cold})
	}
	return true
}

// meter tells the meter of a served request.
//
//go:noinline
func (c *Cluster) meter(at uint32, service, startup sim.Time) {
	x := &c.instances[at]
	if x.cold && c.streams[c.pools[x.pool].function].whole {
		startup = loop.Fraction(service, c.Meter.ColdStartup)
	}
	if x.set == provisioned {
		c.Meter.MeterProvisioned(&c.observed, service)
		return
	}
	c.Meter.Meter(&c.observed, service, startup)
}

// complete ends a service: the instance becomes idle, or is unloaded with the others of its pool.
func (c *Cluster) complete(now sim.Time, at uint32) {
	i := c.instances[at].pool
	p, o := &c.pools[i], &c.observed
	p.spend(now)
	p.running--
	c.nodes[p.node].running -= p.memory
	o.Completed++
	if c.instances[at].cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	o.Free(now)
	if c.watch != nil {
		c.watch.completes(now, at)
	}
	if p.running == 0 {
		p.idleSince = now
		if p.history != nil {
			if w := p.history.Windows(); w.Load > 0 && c.instances[at].set == onDemand && p.min == 0 {
				c.unload(now, i, at, w)
				c.drain(now, p.node)
				return
			} else if w.End != p.keep {
				p.keep = w.End
				p.expiry = sim.Never // the pending event finds nothing to do if it comes too early
			}
		}
	}
	if c.instances[at].set == provisioned {
		c.keep(i, at)
		c.awaitExpiry(now, i) // that of the others, where it comes sooner now
	} else {
		c.becomeIdle(now, i, at, now)
	}
	c.drain(now, p.node)
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

// choose takes the instance without a request that serves one: a provisioned one, else an idle one,
// else a spare one.
func (c *Cluster) choose(p *pool) uint32 {
	top := &p.provisioned
	switch {
	case p.provisioned != none:
	case p.idle > 0:
		at := c.route(p)
		c.leaveIdle(p, at)
		return at
	default:
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
	for p.idle > 0 {
		oldest := p.oldest
		if c.watch != nil {
			c.watch.moved(platform.EventUnloaded, oldest, 0)
		}
		c.leaveIdle(p, oldest)
		c.observed.Expire(now)
		c.end(now, p, oldest)
		p.counts.Unloaded++
	}
	if c.watch != nil {
		c.watch.moved(platform.EventUnloaded, at, 0)
	}
	c.observed.Expire(now)
	c.end(now, p, at)
	p.counts.Unloaded++
	p.load, p.planned = now.Plus(w.Load), p.started
	c.engine.Schedule(p.load, loop.Completion, i<<2|loads)
}

// beginLoad begins to load an instance ahead of the next request, if there is room without an
// eviction, and unless a request has started since it was planned.
func (c *Cluster) beginLoad(now sim.Time, i uint32) {
	p := &c.pools[i]
	if p.load != now || p.planned != p.started {
		return
	}
	p.load = sim.Never
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
	p.spend(now)
	p.loading++
	p.counts.Loaded++
	at := c.create(now, i)
	c.observed.Create(now)
	c.observed.Free(now)
	startup := c.streams[p.function].load(p.counts.Loaded)
	c.instances[at].set, c.instances[at].unused = of, true
	c.instances[at].since = sim.Time(p.planned) // kept until the instance is ready
	if c.watch != nil {
		c.watch.moved(platform.EventLoading, at, now.Plus(startup))
	}
	c.engine.Schedule(now.Plus(startup), loop.Completion, at<<2|ready)
	return true
}

// endLoad makes a loaded instance idle, or keeps it ready.
func (c *Cluster) endLoad(now sim.Time, at uint32) {
	i := c.instances[at].pool
	p := &c.pools[i]
	p.spend(now)
	p.loading--
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
	c.becomeIdle(now, i, at, since)
	c.drain(now, p.node)
}

// route chooses the idle instance that serves a request.
func (c *Cluster) route(p *pool) uint32 {
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
		if len(p.all) == 1 && c.nodes[p.node].waiting.Len() > 0 {
			return p.all[0] // just freed for a waiting request: there is no choice, as in a pool
		}
		return p.all[c.routing.IntN(len(p.all))]
	}
	return p.newest
}

// becomeIdle adds an instance to the idle ones of its pool and of its node.
func (c *Cluster) becomeIdle(now sim.Time, i, at uint32, since sim.Time) {
	p, x := &c.pools[i], &c.instances[at]
	n := &c.nodes[p.node]
	c.order++
	x.order, x.since, x.older, x.newer = c.order, since, p.newest, none
	if p.newest == none {
		p.oldest = at
	} else {
		c.instances[p.newest].newer = at
	}
	p.newest = at
	if c.config.Routing == AnyIdle {
		x.place = uint32(len(p.all))
		p.all = append(p.all, at)
	}
	p.idle++
	n.idle += p.memory
	n.idleCount++
	n.evict.add(c, i, at)
	c.awaitExpiry(now, i)
}

// leaveIdle removes an instance from the idle ones.
func (c *Cluster) leaveIdle(p *pool, at uint32) {
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
		last := p.all[len(p.all)-1]
		p.all[x.place] = last
		c.instances[last].place = x.place
		p.all = p.all[:len(p.all)-1]
	}
	p.idle--
	n := &c.nodes[p.node]
	n.idle -= p.memory
	n.idleCount--
	n.evict.remove(c, at)
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
	c.engine.Schedule(at, loop.Expiry, i)
}

// expire ends the idle instances of a pool whose time is over.
func (c *Cluster) expire(now sim.Time, i uint32) {
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
		p.spend(now)
		at := p.oldest
		if c.watch != nil {
			c.watch.moved(platform.EventExpired, at, 0)
		}
		c.leaveIdle(p, at)
		c.observed.Expire(now)
		c.observed.Expired++
		c.observed.Lifetime.Add(now - c.instances[at].created)
		c.end(now, p, at)
		p.counts.Expired++
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
		q.spend(now)
		if c.watch != nil {
			c.watch.evicted(at, p)
		}
		c.leaveIdle(q, at)
		c.observed.Expire(now)
		c.end(now, q, at)
		q.counts.Evicted++
	}
	return true
}

// alive returns the number of the pool's instances.
func (p *pool) alive() int32 { return p.running + p.loading + p.idle + p.ready }

// create makes an instance that is neither running nor idle yet.
func (c *Cluster) create(now sim.Time, i uint32) uint32 {
	p := &c.pools[i]
	n := &c.nodes[p.node]
	n.used += p.memory
	n.instances++
	c.live++
	c.serial++
	f := &c.observed.Functions
	c.used += p.memory
	f.Peak = max(f.Peak, c.used)
	if c.alive[p.function]++; c.alive[p.function] == 1 {
		f.Live.Set(now, f.Live.Count()+1)
	}
	x := instance{pool: i, older: none, newer: none, created: now, serial: c.serial}
	if last := len(c.free) - 1; last >= 0 {
		at := c.free[last]
		c.free = c.free[:last]
		c.instances[at] = x
		return at
	}
	c.instances = append(c.instances, x)
	return uint32(len(c.instances) - 1)
}

// end ends an instance that is neither running nor idle any more.
func (c *Cluster) end(now sim.Time, p *pool, at uint32) {
	n := &c.nodes[p.node]
	n.used -= p.memory
	n.instances--
	c.live--
	c.free = append(c.free, at)
	c.used -= p.memory
	if c.alive[p.function]--; c.alive[p.function] == 0 {
		c.observed.Functions.Live.Set(now, c.observed.Functions.Live.Count()-1)
	}
	if c.instances[at].unused {
		p.counts.Unused++
	}
	if p.alive() == 0 {
		p.frequency = 0
		n.evict.emptied(c, p)
	}
}

// drain starts waiting requests of a node while there is room for the first.
func (c *Cluster) drain(now sim.Time, node uint32) {
	n := &c.nodes[node]
	if n.waiting.Len() == 0 {
		return
	}
	for n.waiting.Len() > 0 {
		r := *n.waiting.Front()
		if !c.start(now, c.poolOf(r.function, node), r) {
			break
		}
		n.waiting.PopFront()
		c.live--
		c.observed.Waiting.Set(now, c.observed.Waiting.Count()-1)
	}
}

// awaitTimeout schedules the event at which a node's first waiting request may give up.
func (c *Cluster) awaitTimeout(node uint32, now sim.Time) {
	if c.config.QueueTimeout == sim.Never {
		return
	}
	first := c.nodes[node].waiting.Front().arrived
	c.engine.Schedule(max(now, first.Plus(c.config.QueueTimeout)), loop.Timeout, node)
}

// timeout turns away the waiting requests of a node whose time is up.
func (c *Cluster) timeout(now sim.Time, node uint32) {
	n := &c.nodes[node]
	for n.waiting.Len() > 0 && n.waiting.Front().arrived.Plus(c.config.QueueTimeout) <= now {
		r := n.waiting.PopFront()
		i := c.poolOf(r.function, node)
		p := &c.pools[i]
		p.counts.TimedOut++
		if c.watch != nil {
			c.watch.turnedAway(platform.EventTimedOut, i, r)
		}
		c.live--
		c.observed.TimedOut++
		c.observed.Waiting.Set(now, c.observed.Waiting.Count()-1)
		if c.Log != nil {
			c.log(r.number, p, platform.Request{Arrival: r.arrived, Outcome: platform.OutcomeTimedOut, Service: r.service})
		}
	}
	c.drain(now, node)
	if n.waiting.Len() > 0 {
		c.awaitTimeout(node, now)
	}
}

// log tells the fate of a request.
func (c *Cluster) log(number int64, p *pool, r platform.Request) {
	r.Function, r.Node, r.Number = int32(p.function), int32(p.node), number+1
	c.Log(LoggedRequest{number, r})
}

// fail ends the run because too many are alive.
func (c *Cluster) fail(now sim.Time) {
	c.err = loop.TooManyLive(c.MostLive)
	c.until, c.ended = now, true
}

// take removes the next request, whose moment has come, and returns it. Of several functions with
// requests at that moment, the first comes first, and of its requests the recorded one comes last.
func (c *Cluster) take(now sim.Time) waiting {
	r := waiting{number: c.number, arrived: now}
	c.number++
	if c.rows && c.recorded.Arrival == now && (len(c.due) == 0 || uint32(c.recorded.Function) < c.due[0]) {
		r.function, r.service = uint32(c.recorded.Function), c.recorded.Service
		s := &c.streams[r.function]
		r.own = s.number
		s.number++
		c.readRow()
		return r
	}
	r.function = c.due[0]
	c.due = c.due[1:]
	s := &c.streams[r.function]
	r.own = s.number
	r.service = s.next(&c.scratch)
	if gap, ok := s.gap(); !ok {
		if s.err != nil {
			c.err = fmt.Errorf("function %s: %w", c.config.Functions[r.function].Name, s.err)
		}
	} else if gap == 0 {
		c.due = slices.Insert(c.due, 0, r.function)
	} else {
		c.next.Push(now.Plus(gap), loop.Arrival, r.function)
	}
	return r
}

// readRow reads the next recorded request.
func (c *Cluster) readRow() {
	for c.rows = true; c.rows; {
		c.recorded, c.rows, c.err = c.config.Requests()
		if c.err != nil {
			c.rows = false
		}
		if !c.rows || c.config.simulates(c.recorded.Function) {
			return
		}
	}
}

// scheduleArrival sets the timer of the next arrival or, after the last, the end of the loop.
func (c *Cluster) scheduleArrival(now sim.Time) {
	if c.number&255 == 255 && c.Interrupted != nil && c.err == nil {
		c.err = c.Interrupted()
	}
	switch {
	case c.err != nil:
		c.until, c.ended = now, true
	case len(c.due) > 0:
		c.engine.SetTimer(loop.Arrival, now)
	default:
		c.scheduleLater(now)
	}
}

// scheduleLater sets the timer of the next arrival where no other function has one now.
func (c *Cluster) scheduleLater(now sim.Time) {
	at := sim.Never
	if c.next.Len() > 0 {
		at = c.next.First().Time
	}
	if c.rows && c.recorded.Arrival < at {
		c.engine.SetTimer(loop.Arrival, c.recorded.Arrival)
		return
	}
	if at == sim.Never {
		if c.config.Shard == nil {
			c.until, c.ended = now, true
		}
		return
	}
	c.due = append(c.due[:0], c.next.Pop().Payload())
	if c.next.Len() > 0 && c.next.First().Time == at {
		c.collect(at)
	}
	c.engine.SetTimer(loop.Arrival, at)
}

// collect adds the other functions with an arrival at a time, in order.
//
//go:noinline
func (c *Cluster) collect(at sim.Time) {
	for c.next.Len() > 0 && c.next.First().Time == at {
		c.due = append(c.due, c.next.Pop().Payload())
	}
	slices.Sort(c.due)
}
