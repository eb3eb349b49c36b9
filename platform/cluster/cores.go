package cluster

import (
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// sharedNodes is the additional state of a cluster whose running instances share the cores of their
// node. The length of a service depends there on later events, so that it is recorded when the
// service completes. Of each node it holds
//
//	running and loading instances = start-ups that wait for no core + jobs on the cores
//
// A cold start is in its start-up first, and so is an instance that is loaded. One part of the
// start-up takes no CPU, like a download: its delay does not depend on how many instances run. The
// rest of the start-up, and then the service, are jobs on the cores; a warm start is a job from the
// beginning. Of one moment, what these cores do comes before loads that begin: of the lowest node
// first and, on a node, jobs before the ends of delays.
type sharedNodes struct {
	nodes      []nodeCores
	soonest    loop.Tournament // of the nodes, by when a delay ends or a job is done
	services   []inService     // by instance
	startupCPU float64         // fraction of a start-up that takes CPU
}

// nodeCores are the cores of a node.
type nodeCores struct {
	cores  loop.SharedCores
	delays sim.Queue // start-ups that take no CPU yet, keyed by when they begin to; the instance
	due    sim.Time  // of the first job on the cores
}

// inService is the present work of an instance.
type inService struct {
	phase   phase
	request arrival // of a load: none
	started sim.Time
	ready   sim.Time // end of the start-up
	startup sim.Time // work of the start-up
	work    sim.Time // of the service that follows it
	demand  sim.Time // all its work on cores of its own
}

// phase is the stage of a service or a load.
type phase uint8

const (
	nothing  phase = iota // no service
	delayed               // the start-up takes no CPU yet
	starting              // the start-up takes CPU
	serving
)

func newSharedNodes(config *Config) *sharedNodes {
	s := &sharedNodes{nodes: make([]nodeCores, config.Nodes), startupCPU: config.StartupCPU}
	for n := range s.nodes {
		s.nodes[n] = nodeCores{cores: loop.NewSharedCores(config.Cores), due: sim.Never}
	}
	return s
}

// runShared is the loop of Run.
func (c *Cluster) runShared() error {
	for {
		event, ok := c.engine.Next(c.until)
		if !ok {
			c.ended = c.ended || c.until == c.last
			return c.err
		}
		c.handle(event)
	}
}

// awaitCores sets the timer of the first delay or job to end, after those of a node have changed.
func (c *Cluster) awaitCores(now sim.Time, node uint32) {
	n := &c.shared.nodes[node]
	n.cores.Advance(now)
	n.due = n.cores.NextCompletion(now)
	next := n.due
	if n.delays.Len() > 0 {
		next = min(next, n.delays.First().Time)
	}
	c.shared.soonest.Set(node, int64(next))
	_, soonest := c.shared.soonest.Best()
	c.engine.SetTimer(loop.Completion, sim.Time(soonest))
}

// keepService records the work of an instance.
func (s *sharedNodes) keepService(at uint32, x inService) {
	for int(at) >= len(s.services) {
		s.services = append(s.services, inService{})
	}
	s.services[at] = x
}

// shareWarm begins the service of a warm start, which has already been counted.
//
//go:noinline
func (c *Cluster) shareWarm(now sim.Time, i, at uint32, r *arrival) {
	node := c.pools[i].node
	c.observed.WarmInService++
	if c.watch != nil {
		c.watch.started(i, at, r, false, sim.Never)
	}
	c.shared.keepService(at, inService{phase: serving, request: *r, started: now, ready: now, work: r.service, demand: r.service})
	c.shared.nodes[node].cores.Join(now, r.service, at)
	c.awaitCores(now, node)
	if c.instances[at].set == spare {
		c.leaveSpare(now, i, at)
	}
}

// shareCold begins the service of a cold start, which has already been counted. drawn is of the
// function's start.
func (c *Cluster) shareCold(now, drawn sim.Time, i, at uint32, r *arrival) {
	f := &c.functions[r.function]
	c.observed.ColdInService++
	if c.watch != nil {
		c.watch.started(i, at, r, true, sim.Never)
	}
	startup, work := drawn, r.service
	if f.whole {
		startup = loop.Fraction(drawn, f.share)
		work = drawn - startup
	}
	c.startUp(now, startup, at, inService{request: *r, started: now, work: work, demand: startup.Plus(work)})
}

// startUp begins a start-up: with its part that takes no CPU, if there is one.
func (c *Cluster) startUp(now, startup sim.Time, at uint32, x inService) {
	s, node := c.shared, c.nodeOf(at)
	x.phase, x.startup = delayed, loop.Fraction(startup, s.startupCPU)
	s.keepService(at, x)
	// Even a load that takes no time is an event of its own: its end may begin the next.
	if delay := startup - x.startup; delay > 0 || c.instances[at].unused {
		s.nodes[node].delays.Push(now.Plus(delay), loop.Completion, at)
	} else {
		c.proceed(now, node, at)
	}
	c.awaitCores(now, node)
}

func (c *Cluster) nodeOf(at uint32) uint32 { return c.pools[c.instances[at].pool].node }

// proceed begins the next phase after one ends. Phases without work are skipped.
func (c *Cluster) proceed(now sim.Time, node, at uint32) {
	x := &c.shared.services[at]
	switch {
	case x.phase == delayed && x.startup > 0:
		x.phase = starting
		c.shared.nodes[node].cores.Join(now, x.startup, at)
		c.tellPhase(platform.EventStartupCPU, at, x)
	case c.instances[at].unused:
		x.phase = nothing
		c.endLoad(now, at)
	default:
		x.phase, x.ready = serving, now
		c.shared.nodes[node].cores.Join(now, x.work, at)
		c.tellPhase(platform.EventReady, at, x)
	}
}

// tellPhase tells of a part of a start-up that ends; one that begins it is told with its start.
func (c *Cluster) tellPhase(kind platform.EventKind, at uint32, x *inService) {
	if c.watch != nil && x.started < c.engine.Now() {
		c.watch.moved(kind, at, sim.Never)
	}
}

// completeShared ends the first job or delay that is due on some node.
func (c *Cluster) completeShared(now sim.Time) {
	node, _ := c.shared.soonest.Best()
	n := &c.shared.nodes[node]
	if n.due > now {
		c.proceed(now, node, n.delays.Pop().Payload())
	} else if at := n.cores.Complete(now); c.shared.services[at].phase == starting {
		c.proceed(now, node, at)
	} else {
		x := c.shared.services[at]
		c.shared.services[at].phase = nothing
		c.served(now, x, at)
		c.complete(now, at)
	}
	c.awaitCores(now, node)
}

// served records a request that completes.
func (c *Cluster) served(now sim.Time, x inService, at uint32) {
	o, i := &c.observed, &c.instances[at]
	p := &c.pools[i.pool]
	service, wait := now-x.started, x.started-x.request.at
	outcome := platform.OutcomeWarm
	if i.cold {
		outcome = platform.OutcomeCold
		o.ColdInService--
		o.ColdService.Add(service)
		o.ColdWait.Add(wait)
		o.Startup.Add(x.ready - x.started)
	} else {
		o.WarmInService--
		o.WarmService.Add(service)
	}
	o.CountWait(wait)
	p.counts.Wait.Add(wait)
	o.Responses.Add(now - x.request.at)
	p.response.Add(now - x.request.at)
	if i.set == provisioned {
		o.ProvisionedService.Add(service)
	}
	if c.bills != nil {
		b := &c.bills[i.pool]
		b.Startup.Add(x.ready - x.started)
		if i.set == provisioned {
			b.Provisioned.Add(service)
		}
	}
	if c.Meter != nil {
		c.bill(i.pool, i.set, service, x.ready-x.started)
	}
	if c.Log != nil {
		c.log(x.request.number, p, platform.Request{Arrival: x.request.at, Start: x.started, Completion: now, Outcome: outcome,
			Instance: i.serial, Service: x.demand, Cold: i.cold})
	}
}

// logUnfinished logs the requests in service.
func (s *sharedNodes) logUnfinished(c *Cluster) {
	for at, x := range s.services {
		if i := &c.instances[at]; x.phase != nothing && !i.unused {
			c.log(x.request.number, &c.pools[i.pool], platform.Request{Arrival: x.request.at, Start: x.started, Completion: sim.Never,
				Outcome: platform.OutcomeUnfinished, Instance: i.serial, Service: x.demand, Cold: i.cold})
		}
	}
}

// speed returns how fast the work of an instance progresses; 0 where it has none.
func (s *sharedNodes) speed(at, node uint32) float64 {
	if int(at) >= len(s.services) {
		return 0
	}
	switch s.services[at].phase {
	case nothing:
		return 0
	case delayed:
		return 1
	}
	_, speed := s.nodes[node].cores.Load()
	return speed
}

func (s *sharedNodes) bytes() (n int64) {
	n = loop.BytesOf(s.services) + s.soonest.Bytes() + loop.BytesOf(s.nodes)
	for i := range s.nodes {
		n += s.nodes[i].delays.Bytes() + s.nodes[i].cores.Done.Bytes()
	}
	return n
}
