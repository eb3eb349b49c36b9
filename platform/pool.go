package platform

import (
	"fmt"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// The classes of events, in the order in which simultaneous ones happen: a
// freed instance serves an arrival of the same moment, and so does one at the
// very end of its keep-alive; a waiting request is served at its very deadline.
const (
	completion sim.Class = iota
	arrival
	timeout
	expiry
)

// A Pool is the running simulation of a container platform. It holds
//
//	0 <= running cold <= running <= instances = running + idle <= MaxInstances
//	a request waits only while no instance is idle and instances = MaxInstances
//	an idle instance has been idle for at most KeepAlive
type Pool struct {
	config   Containers
	workload *workload
	cold     sampler // of Cold, or of Startup
	routing  random.Generator

	// The engine queues completions; arrival, timeout and expiry are timers. A
	// completion's payload is the instance, doubled, plus 1 for a cold start. On shared
	// cores the next completion is a timer, too.
	engine sim.Engine
	until  sim.Time // where the loop of Run stops; at the last arrival, if there is one
	wanted sim.Time // up to where Run was asked to go

	// Instances are numbered from 0 as long as there are more than ever before;
	// the numbers of expired ones are used again.
	created []sim.Time // by instance
	serials []int64    // by instance: the how-manieth of the run it is, from 1
	free    []uint32   // numbers to use again
	serial  int64      // of the last instance created

	// Idle instances: MRU and LRU keep them in the order in which they became
	// idle, the others in an idleSet.
	ordered bool
	idle    line[idler]
	set     idleSet

	waiting line[waiting]
	stage   *stage // in front of the pool; nil: none

	shared *poolCores // nil: a core for every instance

	observed Observations
	from     sim.Time // where the observed period began

	// MostLive instances and waiting requests may be alive at once, > 0; one more ends Run with an error.
	MostLive int
	// Log, if set, is told each request when its fate is known.
	Log func(Request)
	// Interrupted, if set, is asked about every 256 requests; its error ends Run.
	Interrupted func() error
	// Meter, if set, measures what the user is billed. It is consulted where requests are told to the log, so
	// that the loop asks once for both.
	Meter *Meter
}

// waiting is a request that found the pool full.
type waiting struct {
	arrived sim.Time
	service sim.Time
}

// NewPool returns the simulation of a container platform at time 0, in one replication of
// the streams that belong to a seed. The error is of a trace that cannot be read.
func NewPool(config Containers, arrivals dist.Arrivals, seed uint64, replication int) (*Pool, error) {
	w, err := newWorkload(arrivals, config.Warm, seed, replication)
	if err != nil {
		return nil, err
	}
	p := &Pool{
		config:   config,
		workload: w,
		cold:     sampler{law: config.Cold, family: random.NewFamily(seed, replication, random.Cold)},
		routing:  random.Stream(seed, replication, random.Routing),
		engine:   sim.NewEngine(),
		ordered:  config.Routing == MRU || config.Routing == LRU,
		set:      newIdleSet(),
		observed: newObservations(config.InitialIdle, config.InitialRunning),
		MostLive: MostLive,
	}
	capped := config.MaxInstances != Unlimited
	p.observed.pool = true
	p.observed.outlook = outlookOf(&config)
	p.observed.CanReject = capped && config.WhenFull == Reject
	p.stage = newStage(config.Dispatch, seed, replication)
	p.observed.CanWait = capped && config.WhenFull == Queue || p.stage != nil
	p.observed.CanTimeOut = p.observed.CanWait && config.WhenFull == Queue && config.QueueTimeout != sim.Never
	if config.Cold == nil {
		p.cold = sampler{law: config.Startup, family: random.NewFamily(seed, replication, random.Startup)}
	}
	if config.Routing == Newest {
		p.set.serials = &p.serials
	}
	for range config.InitialIdle {
		p.pushIdle(0, p.create(0))
	}
	if config.InitialIdle > 0 {
		p.engine.SetTimer(expiry, config.KeepAlive)
	}
	// Members of a family of their own: the requests that arrive keep their numbers, and
	// so does each of these if there are more of them.
	if config.Cores.Limited() {
		p.shared = newPoolCores(config)
		p.observed.startups = true
	}
	left := sampler{law: config.Warm, family: random.NewFamily(seed, replication, random.Initial)}
	for i := range config.InitialRunning {
		if work := left.draw(uint64(i)); p.shared == nil {
			p.engine.Schedule(work, completion, p.create(0)<<1)
		} else {
			p.runInitially(work, p.create(0))
		}
	}
	if p.stage != nil {
		p.scheduleStage(0)
	} else {
		p.scheduleArrival(0)
	}
	return p, nil
}

// Limit makes the pool count, besides, how many responses and how many waits are longer than each of
// some times. It is called at time 0, if at all.
func (p *Pool) Limit(responses, waits []sim.Time) { p.observed.limit(responses, waits) }

// Now returns the time up to which the pool has been simulated.
func (p *Pool) Now() sim.Time { return p.engine.Now() }

// Ended reports whether a trace has ended and none of its requests is left: Run goes no
// further than the last response.
func (p *Pool) Ended() bool { return p.workload.over(p.observed.present()) }

// Arrived returns how many requests have arrived since time 0 and, if there will be no more, true and
// when the last of them did.
func (p *Pool) Arrived() (requests int64, last sim.Time, all bool) {
	return int64(p.workload.number()), p.until, p.workload.ended()
}

// Run simulates up to a moment, itself included, or to the last response of a
// trace. The error is of a trace that cannot be read on, or
// that more than p.MostLive instances and waiting requests would be alive.
func (p *Pool) Run(until sim.Time) error {
	if p.wanted = until; p.workload.ended() {
		return p.drain()
	}
	p.until, p.workload.interrupted, p.Log = min(until, sim.Never-1), p.Interrupted, p.Meter.with(p.Log)
	for { // a History has the switch once more, in handle
		event, ok := p.engine.Next(p.until)
		if !ok {
			return p.drain()
		}
		switch event.Class() {
		case completion:
			if p.shared != nil {
				p.completeShared(event.Time)
				break
			}
			p.complete(event.Time, event.Payload()>>1, event.Payload()&1 == 1)
		case arrival:
			p.arrive(event.Time)
		case timeout:
			p.timeout(event.Time)
		case expiry:
			p.expire(event.Time)
		}
		if checkInvariants {
			p.check(event.Time)
		}
	}
}

// drain is Run after the last arrival; before it there is nothing to do.
//
//go:noinline
func (p *Pool) drain() error {
	for p.workload.ended() {
		event, ok := p.engine.Next(p.workload.horizon(p.wanted, p.engine.Now(), p.observed.present()))
		if !ok {
			break
		}
		p.handle(event)
	}
	return p.workload.err
}

// arrive admits the next request, or the next that passed the stage: an idle instance serves,
// else a new one, else it is rejected or waits.
//
//go:noinline
func (p *Pool) arrive(now sim.Time) {
	o, r, arrived := &p.observed, request{}, now
	if p.stage != nil {
		d, ok := p.dispatch(now)
		if !ok {
			return
		}
		r, arrived = d.request, d.arrived
	} else {
		r = p.workload.next()
		p.scheduleArrival(now)
		o.Arrivals++
	}
	switch {
	case o.Idle.Count() > 0:
		instance := p.takeIdle()
		o.Begin(now)
		p.startWarm(now, arrived, r.service, instance)
	case o.Instances.Count() < p.config.MaxInstances:
		if o.Instances.Count() >= p.MostLive {
			p.fail(now)
			return
		}
		o.Create(now)
		o.RunningCold.Set(now, o.RunningCold.Count()+1)
		p.startCold(now, arrived, r, p.create(now))
	case p.config.WhenFull == Reject:
		o.Rejected++
		p.log(Request{Arrival: arrived, Outcome: OutcomeRejected, Service: r.service})
	default:
		if o.Instances.Count()+p.waiting.len() >= p.MostLive {
			p.fail(now)
			return
		}
		p.waiting.pushBack(waiting{arrived, r.service})
		o.Waiting.Set(now, p.queued())
		if p.waiting.len() == 1 {
			p.engine.SetTimer(timeout, arrived.Plus(p.config.QueueTimeout))
		}
	}
}

// fail ends the run: too many are alive.
func (p *Pool) fail(now sim.Time) {
	p.workload.fail(tooManyLive(p.MostLive))
	p.until = now
}

// tooManyLive is the error of a platform on which more would be alive.
type tooManyLive int

// Error says how many may be.
func (most tooManyLive) Error() string {
	return fmt.Sprintf("more than %d instances and waiting requests would be alive at once", int(most))
}

// scheduleArrival sets the timer of the next arrival or, after the last, the end of the loop.
func (p *Pool) scheduleArrival(now sim.Time) {
	gap, ok := p.workload.gap()
	if !ok {
		p.until = now
		return
	}
	p.engine.SetTimer(arrival, now.Plus(gap))
}

// startWarm begins a request's service on an instance that has served before.
func (p *Pool) startWarm(now, arrived, service sim.Time, instance uint32) {
	o := &p.observed
	o.Warm++
	if p.shared != nil {
		p.shareWarm(now, arrived, service, instance)
		return
	}
	o.WarmService.Add(service)
	o.Responses.Add((now - arrived).Plus(service))
	if p.Log != nil {
		p.tellWarm(now, arrived, service, instance)
	}
	p.engine.Schedule(now.Plus(service), completion, instance<<1)
}

// startCold begins a request's service on an instance started for it.
//
//go:noinline
func (p *Pool) startCold(now, arrived sim.Time, r request, instance uint32) {
	service := p.cold.draw(r.number)
	o := &p.observed
	o.Cold++
	if p.shared != nil {
		p.shareCold(now, arrived, service, r, instance)
		return
	}
	startup := service
	if p.config.Cold == nil {
		o.Startup.Add(service)
		service = service.Plus(r.service)
	}
	if p.Meter != nil {
		if p.config.Cold != nil {
			startup = fraction(service, p.Meter.ColdStartup)
		}
		p.Meter.meter(o, service, startup)
	}
	o.ColdService.Add(service)
	o.Responses.Add((now - arrived).Plus(service))
	p.engine.Schedule(now.Plus(service), completion, instance<<1|1)
	if p.Log != nil {
		p.log(Request{arrived, now, now.Plus(service), OutcomeCold, p.serials[instance], service, true})
	}
}

// complete frees an instance: the request that has waited longest takes it, else
// it is idle.
func (p *Pool) complete(now sim.Time, instance uint32, cold bool) {
	o := &p.observed
	o.Completed++
	if cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	if p.waiting.len() > 0 {
		w := p.waiting.popFront()
		o.Waiting.Set(now, p.queued())
		if p.shared == nil {
			o.waited(now - w.arrived)
		}
		p.startWarm(now, w.arrived, w.service, instance)
		return
	}
	o.Free(now)
	p.pushIdle(now, instance)
}

// timeout turns away the request that has waited longest, if its time is up: the
// timer is not reset when the request it was set for is served.
func (p *Pool) timeout(now sim.Time) {
	if p.queued() > 0 && p.oldestQueued().Plus(p.config.QueueTimeout) == now {
		arrived, service := p.oldestQueued(), sim.Time(0)
		if p.waiting.len() > 0 {
			service = p.waiting.popFront().service
		} else {
			service = p.stage.oldest().service
			p.stage.timedOut++
		}
		o := &p.observed
		o.TimedOut++
		o.Waiting.Set(now, p.queued())
		p.log(Request{Arrival: arrived, Outcome: OutcomeTimedOut, Service: service})
	}
	if p.queued() > 0 {
		p.engine.SetTimer(timeout, p.oldestQueued().Plus(p.config.QueueTimeout))
	}
}

// expire ends the instance that has been idle longest, if its keep-alive is over:
// one timer serves the pool, and it is not reset when the instance it was set
// for is used.
func (p *Pool) expire(now sim.Time) {
	o := &p.observed
	if o.Idle.Count() == 0 {
		return
	}
	if p.oldestIdle().since.Plus(p.config.KeepAlive) == now {
		instance := p.takeOldestIdle()
		o.Expired++
		o.Lifetime.Add(now - p.created[instance])
		o.Expire(now)
		p.free = append(p.free, instance)
		if o.Idle.Count() == 0 {
			return
		}
	}
	p.engine.SetTimer(expiry, p.oldestIdle().since.Plus(p.config.KeepAlive))
}

// create returns the number of a new instance.
func (p *Pool) create(now sim.Time) uint32 {
	p.serial++
	if n := len(p.free); n > 0 {
		instance := p.free[n-1]
		p.free = p.free[:n-1]
		p.created[instance], p.serials[instance] = now, p.serial
		return instance
	}
	p.created = append(p.created, now)
	p.serials = append(p.serials, p.serial)
	return uint32(len(p.created) - 1)
}

// pushIdle keeps an instance that becomes idle, of which there is one more now.
func (p *Pool) pushIdle(now sim.Time, instance uint32) {
	i := idler{now, instance}
	if p.observed.Idle.Count() == 1 {
		p.engine.SetTimer(expiry, now.Plus(p.config.KeepAlive))
	}
	if p.ordered {
		p.idle.pushBack(i)
	} else {
		p.set.push(i)
	}
}

// takeIdle removes the idle instance that serves next; there is one.
func (p *Pool) takeIdle() uint32 {
	switch p.config.Routing {
	case MRU:
		return p.idle.popBack().instance
	case LRU:
		return p.idle.popFront().instance
	case Newest:
		return p.set.takeNewest()
	default:
		return p.set.takeAny(&p.routing)
	}
}

// oldestIdle returns the instance that has been idle longest; there is one.
func (p *Pool) oldestIdle() idler {
	if p.ordered {
		return *p.idle.front()
	}
	return p.set.oldest()
}

func (p *Pool) takeOldestIdle() uint32 {
	if p.ordered {
		return p.idle.popFront().instance
	}
	return p.set.remove(p.set.head)
}

// Restart forgets all observations and observes from now on: it ends the warm-up.
func (p *Pool) Restart() {
	p.from = p.engine.Now()
	p.observed.restart(p.from)
}

// Observations returns what was observed since the last Restart, or since time 0.
func (p *Pool) Observations() Observations {
	return p.observed.close(p.from, p.engine.Now())
}

// Occupancy returns the integral of the number of instances and waiting requests since the
// last Restart, or since time 0, in seconds. It counts running instances once more where their number
// is what settles: on shared cores, and in a pool that is full from time 0 and stays so.
func (p *Pool) Occupancy() float64 {
	area := p.observed.occupancy(p.engine.Now())
	c := &p.config
	if p.shared != nil || c.staysFull() {
		area += p.observed.Running.Area()
	}
	return area
}

// LogUnfinished tells the log of the requests that still wait and, on shared cores, of
// those in service. Those on a core of their own were told with the time of their completion.
func (p *Pool) LogUnfinished() {
	if p.shared != nil {
		p.shared.logUnfinished(p)
	}
	for i := range p.waiting.len() {
		w := p.waiting.at(i)
		p.log(Request{Arrival: w.arrived, Start: sim.Never, Completion: sim.Never, Outcome: OutcomeUnfinished, Service: w.service})
	}
	p.stage.logUnfinished(p.log)
}

// tellWarm tells the log, and the meter, of a warm start that nothing slows.
//
//go:noinline
func (p *Pool) tellWarm(now, arrived, service sim.Time, instance uint32) {
	p.log(Request{arrived, now, now.Plus(service), OutcomeWarm, p.serials[instance], service, false})
	p.Meter.meter(&p.observed, service, 0)
}

func (p *Pool) log(r Request) {
	if p.Log != nil {
		p.Log(r)
	}
}
