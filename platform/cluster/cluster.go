package cluster

import (
	"fmt"

	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/stats"
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

	functions []function
	scratch   scratch
	recorded  Request  // the next recorded request
	coming    int      // pending arrivals: of each function its next request, and the recorded one
	number    int64    // of the next request, in the order of arrivals
	ended     bool     // no more requests
	last      sim.Time // of a shard: the last arrival of all functions; sim.Never: there is none
	err       error

	nodes     []node
	pools     []pool                  // in the order in which they were made
	bills     []platform.FunctionBill // by pool; nil: no costs are asked for
	places    placer
	instances []instance
	clocks    []float64  // by instance, where an order of eviction asks for it: that of its node, when it became idle
	listed    []int32    // by pool: its place in the order of greedy-dual; -1: not there
	free      []uint32   // places of instances that ended
	serial    int64      // of the last instance created
	order     int64      // of the last instance that became idle
	learns    bool       // some pool has a history
	histogram *Histogram // the policy of the pool made last that has a histogram
	fetched   uint32     // by fetch; it has no meaning

	shared *sharedNodes // nil: each instance has a core of its own

	routing  random.Generator
	observed platform.Observations
	from     sim.Time
	before   []Counts // by function, up to from; nil: from is time 0
	// billsBefore are the bills by function, up to from.
	billsBefore []platform.FunctionBill
	// nodesBefore is the memory by node, up to from; nil: from is time 0.
	nodesBefore []platform.NodeMemory

	used int64 // memory of all instances, MB

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
	told     bool            // one of Log, Meter and watch is not nil
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

// A pool holds the instances of a function on a node. Its fields are in the order of how often they
// are needed: of many pools, most are not in the processor's cache when a request comes, so that
// what every request needs is in two lines of 64 bytes.
type pool struct {
	newest, oldest       uint32 // idle instances, by the time at which they became idle; none
	running, idle, ready int32  // ready are those that are kept: see provisioned
	node, function       uint32
	next                 uint32   // pool of the function; none
	at                   sim.Time // up to which busy and idleness are added up
	idleSince            sim.Time // when the last running request completed; sim.Never before that
	started              int64    // requests
	memory               int64    // of an instance, MB

	busy, idleness stats.Sum // the time of running and of idle instances
	response       stats.Sum
	keep           sim.Time // how long idle instances are kept
	expiry         sim.Time // when the pending event of an expiry comes; sim.Never

	history History
	planned int64    // the count of starts for which a load is planned
	load    sim.Time // when the planned load begins; sim.Never

	began int64   // requests started before the pool last had no instance
	price float64 // of greedy-dual: what a start-up costs, s, over the memory

	// Instances kept ready: a stack for each set, linked by older.
	provisioned, spare uint32 // the tops; none
	spares             int32  // that are ready, or are loaded to be
	min                int32
	loading            int32
	waits              int32    // requests that wait
	loadedAt           sim.Time // up to which the time of loading instances is added up
	all                []uint32 // idle instances in any order, for AnyIdle
	// What is not counted by the fields above; see total.
	counts Counts

	_ [40]byte // to whole lines
}

// An instance is a sandbox of a function, in one line.
type instance struct {
	pool         uint32
	older, newer uint32 // idle instances of the pool; none
	// place of an idle instance in its node's order of eviction
	before, after uint32
	place         uint32 // in the all of its pool
	set           set
	cold          bool // of the request in service
	unused        bool // loaded ahead, and no request has come since
	since         sim.Time
	created       sim.Time
	serial        int64
	order         int64 // in which instances became idle
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
	c.functions = make([]function, len(config.Functions))
	evict := config.Evict
	if !config.limited() {
		evict = NoEviction // there is always room
	}
	if config.Cores.Limited() {
		c.shared = newSharedNodes(&c.config)
		c.observed.Startups = true
	}
	for i := range c.nodes {
		c.nodes[i].evict = newEvictor(evict, random.NewFamily(seed, replication, random.Routing).Member(uint64(i)))
	}
	for f := range config.Functions {
		if err := c.begin(uint32(f), seed, replication); err != nil {
			return nil, err
		}
	}
	if config.Requests != nil {
		c.readRow()
	}
	if c.err != nil {
		return nil, c.err
	}
	if config.Shard != nil {
		if err := c.findEnd(seed, replication); err != nil {
			return nil, err
		}
	}
	c.lookAhead(0)
	c.engine.Announce(c.fetch)
	return c, nil
}

// begin begins a function: its streams, its pools and what is there at time 0.
func (c *Cluster) begin(f uint32, seed uint64, replication int) error {
	config := &c.config.Functions[f]
	c.functions[f] = function{first: none}
	if !c.config.simulates(int(f)) {
		return nil
	}
	if err := c.functions[f].begin(config, f, seed, replication, &c.scratch); err != nil {
		return fmt.Errorf("function %s: %w", config.Name, err)
	}
	c.scheduleOwn(0, f)
	if config.kept() > 0 {
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
	last := &c.functions[f].first
	for *last != none {
		p := &c.pools[*last]
		if p.node == node {
			return *last
		}
		last = &p.next
	}
	i := uint32(len(c.pools))
	*last = i
	c.makePool(f, node)
	return i
}

// makePool makes a function's pool on a node.
//
//go:noinline
func (c *Cluster) makePool(f, node uint32) {
	i := uint32(len(c.pools))
	function := &c.config.Functions[f]
	policy := c.config.keepAlive(function)
	now := c.engine.Now()
	c.pools = append(c.pools, pool{function: f, node: node, next: none, memory: function.Memory, min: int32(function.MinInstances),
		newest: none, oldest: none, provisioned: none, spare: none, load: sim.Never, expiry: sim.Never, idleSince: sim.Never, at: now,
		price: c.functions[f].cost / float64(function.Memory), keep: policy.Standard().End, history: c.beginHistory(policy)})
	c.listed = append(c.listed, -1)
	if c.config.Bills {
		c.bills = append(c.bills, platform.FunctionBill{})
	}
	c.learns = c.learns || c.pools[i].history != nil
	if now > 0 {
		return // what is there from the beginning is there at time 0
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
	c.told = c.Meter != nil || c.watch != nil || c.Log != nil
	if c.shared != nil {
		return c.runShared()
	}
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
			c.arrive(event.Time, payload)
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
func (c *Cluster) arrive(now sim.Time, payload uint32) {
	r := c.take(now, payload)
	c.lookAhead(now)
	i := c.functions[r.function].first
	if len(c.nodes) > 1 || i == none {
		i = c.poolOf(r.function, c.places.place(c, &r))
	}
	c.observed.Arrivals++
	p := &c.pools[i]
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
		p.waits++
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
	if p.idle == 0 && p.ready == 0 {
		return c.startCold(now, i, r)
	}
	p.spend(now)
	at := c.choose(p)
	o.Begin(now)
	o.Warm++
	x := &c.instances[at]
	x.unused, x.cold = false, false
	c.count(now, p, r)
	if c.shared != nil {
		c.shareWarm(now, i, at, r)
		return true
	}
	o.WarmService.Add(r.service)
	response := (now - r.arrived).Plus(r.service)
	o.Responses.Add(response)
	p.response.Add(response)
	c.engine.Schedule(now.Plus(r.service), loop.Completion, at<<2) // completes is 0
	if c.told {
		c.tellWarm(now, i, at, r)
	}
	if x.set != onDemand {
		c.leaveKept(now, i, at, r.service)
	}
	return true
}

// tellWarm tells of a warm start, before an instance may be loaded in the place of its own.
//
//go:noinline
func (c *Cluster) tellWarm(now sim.Time, i, at uint32, r waiting) {
	end := now.Plus(r.service)
	if c.Meter != nil {
		c.meter(at, r.service, 0)
	}
	if c.watch != nil {
		c.watch.started(i, at, r, false, end)
	}
	if c.Log != nil {
		c.log(r.number, &c.pools[i], platform.Request{Arrival: r.arrived, Start: now, Completion: end, Outcome: platform.OutcomeWarm,
			Instance: c.instances[at].serial, Service: r.service})
	}
}

// startCold begins a request on a new instance, if there is room for it.
//
//go:noinline
func (c *Cluster) startCold(now sim.Time, i uint32, r waiting) bool {
	p, o := &c.pools[i], &c.observed
	if !c.makeRoom(now, p) {
		return false
	}
	if c.live >= c.MostLive {
		c.fail(now)
		return true
	}
	p.spend(now)
	at := c.create(now, i)
	c.instances[at].cold = true
	o.Create(now)
	o.RunningCold.Set(now, o.RunningCold.Count()+1)
	o.Cold++
	p.counts.Cold++
	c.count(now, p, r)
	f := &c.functions[r.function]
	startup := f.start.draw(&c.scratch, r.own)
	if c.shared != nil {
		c.shareCold(now, startup, i, at, r)
		return true
	}
	o.ColdWait.Add(now - r.arrived)
	if c.bills != nil {
		c.bills[i].Startup.Add(startup)
	}
	service := startup
	if !f.whole {
		service = r.service.Plus(startup)
		o.Startup.Add(startup)
	}
	o.ColdService.Add(service)
	response := (now - r.arrived).Plus(service)
	o.Responses.Add(response)
	p.response.Add(response)
	c.engine.Schedule(now.Plus(service), loop.Completion, at<<2) // completes is 0
	if c.Meter != nil {
		c.meter(at, service, startup)
	}
	if c.watch != nil {
		c.watch.started(i, at, r, true, now.Plus(service))
	}
	if c.Log != nil {
		c.log(r.number, p, platform.Request{Arrival: r.arrived, Start: now, Completion: now.Plus(service), Outcome: platform.OutcomeCold,
			Instance: c.instances[at].serial, Service: service, Cold: true})
	}
	return true
}

// count counts a request that starts.
func (c *Cluster) count(now sim.Time, p *pool, r waiting) {
	if p.running == 0 && c.learns && p.history != nil && p.idleSince != sim.Never {
		p.history.Idled(now - p.idleSince)
	}
	p.running++
	c.nodes[p.node].running += p.memory
	p.started++
	if now > r.arrived && c.shared == nil { // else it is counted with its response
		c.observed.CountWait(now - r.arrived)
		p.counts.Wait.Add(now - r.arrived)
	}
}

// leaveKept counts the service on a provisioned instance, and replaces a spare one.
//
//go:noinline
func (c *Cluster) leaveKept(now sim.Time, i, at uint32, service sim.Time) {
	if c.instances[at].set == provisioned {
		c.observed.ProvisionedService.Add(service)
		if c.bills != nil {
			c.bills[i].Provisioned.Add(service)
		}
		return
	}
	c.leaveSpare(now, i, at)
}

// leaveSpare replaces a spare instance that serves its first request.
func (c *Cluster) leaveSpare(now sim.Time, i, at uint32) {
	c.instances[at].set = onDemand
	c.pools[i].spares--
	c.replace(now, i)
}

// meter tells the meter of a served request.
//
//go:noinline
func (c *Cluster) meter(at uint32, service, startup sim.Time) {
	x := &c.instances[at]
	if x.cold && c.functions[c.pools[x.pool].function].whole {
		startup = loop.Fraction(service, c.Meter.ColdStartup)
	}
	c.bill(x.pool, x.set, service, startup)
}

// bill tells the meter of a served request, and notes what its function is billed.
func (c *Cluster) bill(i uint32, of set, service, startup sim.Time) {
	if of == provisioned {
		billed := c.Meter.MeterProvisioned(&c.observed, service)
		if c.bills != nil {
			c.bills[i].ProvisionedBilled.Add(billed)
		}
		return
	}
	billed := c.Meter.Meter(&c.observed, service, startup)
	if c.bills != nil {
		c.bills[i].Billed.Add(billed)
	}
}

// complete ends a service: the instance becomes idle, or is unloaded with the others of its pool.
func (c *Cluster) complete(now sim.Time, at uint32) {
	x := &c.instances[at]
	i := x.pool
	p, o := &c.pools[i], &c.observed
	p.spend(now)
	p.running--
	c.nodes[p.node].running -= p.memory
	o.Completed++
	if x.cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	o.Free(now)
	if c.watch != nil {
		c.watch.completes(now, at)
	}
	if p.running == 0 {
		p.idleSince = now
		if c.learns && p.history != nil {
			if w := p.history.Windows(); w.Load > 0 && x.set == onDemand && p.min == 0 {
				c.unload(now, i, at, w)
				c.drain(now, p.node)
				return
			} else if w.End != p.keep {
				p.keep = w.End
				p.expiry = sim.Never // the pending event finds nothing to do if it comes too early
			}
		}
	}
	if x.set == provisioned {
		c.keep(i, at)
		c.awaitExpiry(now, i) // that of the others, where it comes sooner now
	} else {
		c.becomeIdle(now, i, at, now)
	}
	if c.nodes[p.node].waiting.Len() > 0 {
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

// choose takes the instance without a request that serves one: a provisioned one, else an idle one,
// else a spare one.
func (c *Cluster) choose(p *pool) uint32 {
	if p.ready > 0 && (p.provisioned != none || p.idle == 0) {
		return c.chooseKept(p)
	}
	at := p.newest
	if c.config.Routing != MostRecent {
		at = c.route(p)
	}
	c.leaveIdle(p, at)
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
	p.spendLoading(now)
	p.loading++
	p.counts.Loaded++
	at := c.create(now, i)
	c.observed.Create(now)
	c.observed.Free(now)
	startup := c.functions[p.function].load(&c.scratch, p.counts.Loaded)
	c.instances[at].set, c.instances[at].unused = of, true
	c.instances[at].since = sim.Time(p.planned) // kept until the instance is ready
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
	p.spend(now)
	p.spendLoading(now)
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
	if n.evict.kind != NoEviction {
		n.evict.add(c, p, i, at)
	}
	// Without a history, the event that is pending comes first: the oldest is idle longest, and the
	// keep-alive does not change.
	if p.keep != sim.Never && (p.expiry == sim.Never || c.learns) {
		c.awaitExpiry(now, i)
	}
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
	if n.evict.kind != NoEviction {
		n.evict.remove(c, x)
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
	if c.functions[p.function].alive++; c.functions[p.function].alive == 1 {
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
	if c.functions[p.function].alive--; c.functions[p.function].alive == 0 {
		c.observed.Functions.Live.Set(now, c.observed.Functions.Live.Count()-1)
	}
	if c.instances[at].unused {
		p.counts.Unused++
	}
	if p.alive() == 0 {
		p.began = p.started
		n.evict.emptied(c, c.instances[at].pool)
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
		c.pools[c.poolOf(r.function, node)].waits--
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
		p.waits--
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

// take returns the request of an arrival, whose moment has come. The event's payload is twice the
// function and, for the recorded request, plus 1: so of one moment, requests come in the order of
// functions, and of a function the recorded one comes last.
func (c *Cluster) take(now sim.Time, payload uint32) waiting {
	r := waiting{number: c.number, arrived: now, function: payload >> 1}
	c.number++
	c.coming--
	f := &c.functions[r.function]
	r.own = f.number
	if payload&1 != 0 {
		f.number++
		r.service = c.recorded.Service
		c.readRow()
		return r
	}
	r.service = f.next()
	if f.cursor == int32(len(f.block)) {
		c.refill(r.function)
	}
	c.scheduleOwn(now, r.function)
	return r
}

// refill draws a function's next requests.
//
//go:noinline
func (c *Cluster) refill(f uint32) {
	if err := c.functions[f].refill(&c.scratch); err != nil {
		c.err = fmt.Errorf("function %s: %w", c.config.Functions[f].Name, err)
	}
}

// scheduleOwn schedules the arrival of a function's next own request, if there is one.
func (c *Cluster) scheduleOwn(now sim.Time, f uint32) {
	if gap, ok := c.functions[f].gap(); ok {
		c.schedule(now.Plus(gap), f<<1)
	}
}

// schedule schedules an arrival.
func (c *Cluster) schedule(at sim.Time, payload uint32) {
	if at < sim.Never {
		c.coming++
		c.engine.ScheduleInOrder(at, loop.Arrival, payload)
	}
}

// readRow reads the next recorded request, and schedules it.
func (c *Cluster) readRow() {
	for {
		r, ok, err := c.config.Requests()
		if err != nil {
			c.err = err
			return
		}
		if !ok {
			return
		}
		if c.config.simulates(r.Function) {
			c.recorded = r
			c.schedule(r.Arrival, uint32(r.Function)<<1|1)
			return
		}
	}
}

// lookAhead ends the loop after the last arrival, or where the requests cannot be read.
func (c *Cluster) lookAhead(now sim.Time) {
	if c.number&255 == 255 && c.Interrupted != nil && c.err == nil {
		c.err = c.Interrupted()
	}
	if c.err != nil || c.coming == 0 && c.config.Shard == nil {
		c.until, c.ended = now, true
	}
}
