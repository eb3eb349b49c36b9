package cluster

import (
	"iter"

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
	// expiries are the events of the class loop.Expiry, the first of which is the engine's timer:
	// there may be one for every pool, and they are far away.
	expiries sim.Queue
	until    sim.Time // where Run's loop stops; at the last arrival, if there is one

	requests  *merger
	functions []function
	// firsts are, by function, its first pool or, if it may have several, its first one with an
	// instance; none. Every request needs it, and hardly more of a function.
	firsts []uint32
	one    loop.Sampler
	number int64    // of the next request, in the order of arrivals
	ended  bool     // no more requests
	last   sim.Time // of a shard: the last arrival of all functions; sim.Never: there is none
	err    error

	nodes     []node
	pools     []pool                  // in the order in which they were made
	bills     []platform.FunctionBill // by pool; nil: no costs are asked for
	places    placer
	spreads   bool // a function may have pools on several nodes
	instances []instance
	clocks    []float64  // by instance, where an order of eviction asks for it: that of its node, when it became idle
	listed    []int32    // by pool: its place in the order of greedy-dual; -1: not there
	free      []uint32   // places of instances that ended
	serial    int64      // of the last instance created
	order     int64      // of the last instance that became idle
	learners  []learner  // by pool, if the policy of one learns
	anyIdle   [][]uint32 // by pool, for AnyIdle: its idle instances in any order
	histogram *Histogram // the policy of the pool made last that has a histogram

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
	waiting   loop.Line[arrival] // requests that found no room
	evict     evictor
}

// A pool holds the instances of a function on a node. Its fields are in the order of how often they
// are needed: of many pools, most are not in the processor's cache when a request comes, so that
// what every request needs is in two lines of 64 bytes. It has no pointers, so that the garbage
// collector does not read it.
type pool struct {
	newest, oldest       uint32 // idle instances, by the time at which they became idle; none
	running, idle, ready int32  // ready are those that are kept: see provisioned
	node, function       uint32
	next                 uint32   // pool of the function; none
	idleSince            sim.Time // when the last request completed; sim.Never before that
	memory               int64    // of an instance, MB
	started              int64    // requests
	began                int64    // requests started before the pool last had no instance

	busy         stats.Stays // of running instances
	response     stats.Sum
	price        float64  // of greedy-dual: what a start-up costs, s, over the memory
	keep         sim.Time // how long idle instances are kept
	expiry       sim.Time // when the pending event of an expiry comes; sim.Never
	loading, min int32

	// What the beginning and the end of an instance need.
	present                stats.Stays // of instances that do not load
	cold, expired, evicted int64       // requests, and instances

	// Instances kept ready: a stack for each set, linked by older.
	provisioned, spare uint32 // the tops; none
	spares             int32  // that are ready, or are loaded to be
	waits              int32  // requests that wait
	loads              stats.Stays
	// What is not counted by the fields above; see total.
	counts Counts

	_ [8]byte // to whole lines
}

// A learner is what a pool remembers whose policy learns, and the load that it has planned.
type learner struct {
	history History  // nil: the policy of this pool does not learn
	planned int64    // the count of starts for which a load is planned
	load    sim.Time // when the planned load begins; sim.Never
}

// An instance is a sandbox of a function, in one line.
type instance struct {
	pool         uint32
	older, newer uint32 // idle instances of the pool; none
	// place of an idle instance in its node's order of eviction
	before, after uint32
	place         uint32 // in the anyIdle of its pool
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
	c.spreads = config.Nodes > 1 && c.places.kind != Hash
	c.pools = make([]pool, 0, len(config.Functions))
	c.functions = make([]function, len(config.Functions))
	c.firsts = make([]uint32, len(config.Functions))
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
		c.begin(uint32(f), seed, replication)
	}
	var err error
	if c.requests, err = newMerger(&c.config, seed, replication); err != nil {
		return nil, err
	}
	if config.Shard != nil {
		if err := c.findEnd(seed, replication); err != nil {
			return nil, err
		}
	}
	c.lookAhead(0)
	if c.many() {
		c.expiries.Announce(c.fetchExpiries)
	}
	return c, nil
}

// begin begins a function: its pools and what is there at time 0.
func (c *Cluster) begin(f uint32, seed uint64, replication int) {
	config := &c.config.Functions[f]
	c.functions[f], c.firsts[f] = newFunction(config, f, seed, replication), none
	if !c.config.simulates(int(f)) {
		return
	}
	if config.kept() > 0 {
		for n := range uint32(len(c.nodes)) {
			if c.places.mayHold(f, n) {
				c.poolOf(f, n)
			}
		}
	}
}

// poolOf returns a function's pool on a node.
func (c *Cluster) poolOf(f, node uint32) uint32 {
	for i := range c.poolsOf(int(f)) {
		if c.pools[i].node == node {
			return i
		}
	}
	return c.makePool(f, node)
}

// poolsOf goes through the pools of a function.
func (c *Cluster) poolsOf(f int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, first := range [...]uint32{c.firsts[f], c.functions[f].empty} {
			for i := first; i != none; i = c.pools[i].next {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// makePool makes a function's pool on a node.
//
//go:noinline
func (c *Cluster) makePool(f, node uint32) uint32 {
	i := uint32(len(c.pools))
	function := &c.config.Functions[f]
	policy := c.config.keepAlive(function)
	now := c.engine.Now()
	c.pools = append(c.pools, pool{function: f, node: node, next: none, memory: function.Memory, min: int32(function.MinInstances),
		newest: none, oldest: none, provisioned: none, spare: none, expiry: sim.Never, idleSince: sim.Never,
		price: c.functions[f].cost / float64(function.Memory), keep: policy.Standard().End})
	list := &c.firsts[f]
	if c.spreads {
		list = &c.functions[f].empty
	}
	c.pools[i].next, *list = *list, i
	c.listed = append(c.listed, -1)
	if c.config.Bills {
		c.bills = append(c.bills, platform.FunctionBill{})
	}
	if c.config.Routing == AnyIdle {
		c.anyIdle = append(c.anyIdle, nil)
	}
	if h := c.beginHistory(policy); h != nil || c.learners != nil {
		if c.learners == nil {
			c.learners = make([]learner, i, cap(c.pools))
		}
		c.learners = append(c.learners, learner{history: h, load: sim.Never})
	}
	if now > 0 {
		return i // what is there from the beginning is there at time 0
	}
	for k := range function.kept() {
		c.observed.Create(0)
		c.observed.Free(0)
		at := c.create(0, i)
		c.pools[i].present.Enter(0)
		switch {
		case k < function.MinInstances:
			p := &c.pools[i]
			c.becomeIdle(0, p, &c.nodes[p.node], &c.instances[at], at, 0)
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
			c.arrive(event.Time)
		case loop.Timeout:
			c.timeout(event.Time, payload)
		default:
			c.expire(event.Time)
		}
		if loop.CheckInvariants {
			c.check(event.Time)
		}
	}
}

// arrive admits the next request.
func (c *Cluster) arrive(now sim.Time) {
	m := c.requests
	if m.next%atOnce == 0 && c.many() {
		c.fetch()
	}
	r := &m.line[m.next]
	m.next++
	r.number = c.number
	c.number++
	i := c.firsts[r.function]
	if len(c.nodes) > 1 || i == none {
		i = c.poolOf(r.function, c.places.place(c, r))
	}
	c.observed.Arrivals++
	p := &c.pools[i]
	n := &c.nodes[p.node]
	if n.waiting.Len() > 0 || !c.start(now, p, n, i, r) {
		c.turnAway(now, i, r)
	}
	if m.next < len(m.line) && c.number&255 != 0 {
		c.engine.SetTimer(loop.Arrival, m.line[m.next].at)
	} else {
		c.lookAhead(now)
	}
}

// lookAhead sets the timer of the next arrival. After the last one, or where requests cannot be
// read, it ends the loop.
//
//go:noinline
func (c *Cluster) lookAhead(now sim.Time) {
	if c.Interrupted != nil && c.err == nil {
		c.err = c.Interrupted()
	}
	more := c.requests.more()
	if more {
		c.engine.SetTimer(loop.Arrival, c.requests.line[c.requests.next].at)
	} else if c.err == nil {
		c.err = c.requests.err
	}
	if c.err != nil || !more && c.config.Shard == nil {
		c.until, c.ended = now, true
	}
}

// start begins a request on an idle instance or a new one, if it can.
func (c *Cluster) start(now sim.Time, p *pool, n *node, i uint32, r *arrival) bool {
	if p.idle == 0 && p.ready == 0 {
		return c.startCold(now, i, r)
	}
	o, at := &c.observed, p.newest
	if p.ready == 0 && c.config.Routing == MostRecent {
		c.leaveNewest(p, n)
	} else {
		at = c.choose(p, n, i)
	}
	o.Begin(now)
	o.Warm++
	x := &c.instances[at]
	x.unused, x.cold = false, false
	c.count(now, p, n, i, r)
	if c.shared != nil {
		c.shareWarm(now, i, at, r)
		return true
	}
	o.WarmService.Add(r.service)
	response := (now - r.at).Plus(r.service)
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
func (c *Cluster) tellWarm(now sim.Time, i, at uint32, r *arrival) {
	end := now.Plus(r.service)
	if c.Meter != nil {
		c.meter(at, r.service, 0)
	}
	if c.watch != nil {
		c.watch.started(i, at, r, false, end)
	}
	if c.Log != nil {
		c.log(r.number, &c.pools[i], platform.Request{Arrival: r.at, Start: now, Completion: end, Outcome: platform.OutcomeWarm,
			Instance: c.instances[at].serial, Service: r.service})
	}
}

// startCold begins a request on a new instance, if there is room for it.
//
//go:noinline
func (c *Cluster) startCold(now sim.Time, i uint32, r *arrival) bool {
	p, o := &c.pools[i], &c.observed
	if !c.makeRoom(now, p) {
		return false
	}
	if c.live >= c.MostLive {
		c.fail(now)
		return true
	}
	at := c.create(now, i)
	p.present.Enter(now)
	c.instances[at].cold = true
	o.Create(now)
	o.RunningCold.Set(now, o.RunningCold.Count()+1)
	o.Cold++
	p.cold++
	c.count(now, p, &c.nodes[p.node], i, r)
	f := &c.functions[r.function]
	startup := f.start.draw(&c.one, r.own)
	if c.shared != nil {
		c.shareCold(now, startup, i, at, r)
		return true
	}
	o.ColdWait.Add(now - r.at)
	if c.bills != nil {
		c.bills[i].Startup.Add(startup)
	}
	service := startup
	if !f.whole {
		service = r.service.Plus(startup)
		o.Startup.Add(startup)
	}
	o.ColdService.Add(service)
	response := (now - r.at).Plus(service)
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
		c.log(r.number, p, platform.Request{Arrival: r.at, Start: now, Completion: now.Plus(service), Outcome: platform.OutcomeCold,
			Instance: c.instances[at].serial, Service: service, Cold: true})
	}
	return true
}

// count counts a request that starts.
func (c *Cluster) count(now sim.Time, p *pool, n *node, i uint32, r *arrival) {
	if c.learners != nil && p.running == 0 && p.idleSince != sim.Never {
		if h := c.learners[i].history; h != nil {
			h.Idled(now - p.idleSince)
		}
	}
	p.running++
	p.busy.Enter(now)
	n.running += p.memory
	p.started++
	if now > r.at && c.shared == nil { // else it is counted with its response
		c.observed.CountWait(now - r.at)
		p.counts.Wait.Add(now - r.at)
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
