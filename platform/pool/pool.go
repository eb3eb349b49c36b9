package pool

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Pool is the running simulation of a container platform. It holds
//
//	0 <= running cold <= running <= instances = running + idle <= MaxInstances
//	0 <= releasing <= idle
//	a request waits only while all instances are running or releasing, and instances = MaxInstances
//	an instance that is idle and not releasing has been so for at most KeepAlive
//
// The fate of a request is told (tell) as soon as it is certain: without shared cores at its start.
type Pool struct {
	config   Config
	workload *loop.Workload
	cold     loop.Sampler // of Cold, or of Startup

	// The engine queues completions and ends of releases; arrival, timeout and expiry are timers. The
	// payload of a completion is twice the instance's number, plus 1 for a cold start. On shared
	// cores the next completion is a timer, too.
	engine sim.Engine
	until  sim.Time // where Run's loop stops; at the last arrival, if there is one
	wanted sim.Time // the time up to which Run was asked to go

	// Instances are numbered from 0. A number above all others is given out only if no expired
	// instance has left one to use again.
	created []sim.Time // by instance
	serials []int64    // by instance: its creation number in this run, from 1
	free    []uint32   // numbers to use again
	serial  int64      // of the last instance created

	idle idlers

	waiting loop.Line[waiting]
	stage   *stage // in front of the pool; nil: no stage

	shared   *poolCores // nil: each instance has a core of its own
	releases *releases  // nil: an instance is free with its response
	apart    bool       // one of both is not nil: completions go another way

	observed platform.Observations
	from     sim.Time // where the observed period began

	// MostLive instances and waiting requests may be alive at once, > 0; one more ends Run with an error.
	MostLive int
	// Log, if set, is called with each request when its fate is known.
	Log func(platform.Request)
	// Interrupted, if set, is called about every 256 requests; its error ends Run.
	Interrupted func() error
	// Meter, if set, measures the time that the user is billed. It is called where requests are
	// logged, so that the loop checks once for both.
	Meter *platform.Meter
}

// waiting is a request that found the pool full.
type waiting struct {
	loop.Request
	arrived sim.Time
}

// New returns the simulation of a container platform at time 0, in one replication of the streams
// that belong to a seed. It returns an error if a trace cannot be read.
func New(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*Pool, error) {
	w, err := loop.NewWorkload(arrivals, config.Warm, seed, replication)
	if err != nil {
		return nil, err
	}
	p := &Pool{
		config:   config,
		workload: w,
		cold:     loop.Sampler{Law: config.Cold, Family: random.NewFamily(seed, replication, random.Cold)},
		engine:   sim.NewEngine(),
		idle:     newIdlers(config.Routing, random.Stream(seed, replication, random.Routing)),
		observed: platform.NewObservations(config.InitialIdle, config.InitialRunning),
		MostLive: platform.MostLive,
	}
	// Few users leave the cap alone, unless instances are busy without any of them.
	capped := config.MaxInstances != platform.Unlimited &&
		(config.Releases() || loop.MostPresent(arrivals) > config.MaxInstances-config.InitialRunning)
	p.observed.Pool = true
	p.observed.Outlook = outlookOf(&config)
	p.observed.CanReject = capped && config.WhenFull == Reject
	p.stage = newStage(config.Dispatch, seed, replication)
	p.observed.CanRelease = config.Releases()
	p.observed.CanWait = capped && config.WhenFull == Queue || p.stage != nil
	p.observed.CanTimeOut = p.observed.CanWait && config.WhenFull == Queue && config.QueueTimeout != sim.Never
	if config.Cold == nil {
		p.cold = loop.Sampler{Law: config.Startup, Family: random.NewFamily(seed, replication, random.Startup)}
	}
	if config.Routing == Newest {
		p.idle.set.serials = &p.serials
	}
	for range config.InitialIdle {
		p.idle.put(idler{0, p.create(0)})
	}
	if config.InitialIdle > 0 {
		p.engine.SetTimer(loop.Expiry, config.KeepAlive)
	}
	// Members of a family of their own: the requests that arrive keep their numbers, and
	// so does each of these if there are more of them.
	if config.Cores.Limited() {
		p.shared = newPoolCores(config)
		p.observed.Startups = true
	}
	p.releases = newReleases(config, seed, replication)
	p.apart = p.shared != nil || p.releases != nil
	left := loop.Sampler{Law: config.Warm, Family: random.NewFamily(seed, replication, random.Initial)}
	for i := range config.InitialRunning {
		work, instance := left.Draw(uint64(i)), p.create(0)
		p.releases.serves(instance, ^uint64(i)) // no number of a request that arrives
		if p.shared == nil {
			p.engine.Schedule(work, loop.Completion, instance<<1)
		} else {
			p.runInitially(work, instance)
		}
	}
	if p.stage != nil {
		p.scheduleStage(0)
	} else {
		p.scheduleArrival(0)
	}
	return p, nil
}

// Limit makes the pool also count how many responses and how many waits are longer than each of the
// given times. It is called at time 0, if at all.
func (p *Pool) Limit(responses, waits []sim.Time) { p.observed.Limit(responses, waits) }

// Now returns the time up to which the pool has been simulated.
func (p *Pool) Now() sim.Time { return p.engine.Now() }

// Ended reports whether a trace has ended and none of its requests is left: Run stops at the last
// response.
func (p *Pool) Ended() bool { return p.workload.Over(p.observed.Present()) }

// Arrived returns the number of arrivals since time 0 and the time of the last; all reports whether
// there will be no more.
func (p *Pool) Arrived() (requests int64, last sim.Time, all bool) {
	return int64(p.workload.ID().Number()), p.until, p.workload.Ended()
}

// Run simulates up to a moment, inclusive, or to the last response of a trace. It returns an error
// if the trace cannot be read further, or if more than p.MostLive instances and waiting requests
// would be alive.
func (p *Pool) Run(until sim.Time) error {
	if p.wanted = until; p.workload.Ended() {
		return p.drain()
	}
	p.until, p.workload.Interrupted, p.Log = min(until, sim.Never-1), p.Interrupted, p.releases.with(p.workload.Listen(p.Meter.With(p.Log)))
	for { // a History has the switch once more, in handle
		event, ok := p.engine.Next(p.until)
		if !ok {
			return p.drain()
		}
		switch event.Class() {
		case loop.Completion:
			if p.apart {
				p.completeApart(event)
				break
			}
			p.complete(event.Time, event.Payload()>>1, event.Payload()&1 == 1)
		case loop.Arrival:
			p.arrive(event.Time)
		case loop.Timeout:
			p.timeout(event.Time)
		case loop.Expiry:
			p.expire(event.Time)
		}
		if loop.CheckInvariants {
			p.check(event.Time)
		}
	}
}

// drain is Run after the last arrival; before it there is nothing to do.
//
//go:noinline
func (p *Pool) drain() error {
	for p.workload.Ended() {
		event, ok := p.engine.Next(p.workload.Horizon(p.wanted, p.engine.Now(), p.observed.Present()))
		if !ok {
			break
		}
		p.handle(event)
	}
	return p.workload.Err
}

// arrive admits the next request, or the next that passed the stage. An idle instance serves it; if
// none is idle, a new instance does; if none can be started, the request is rejected or waits.
//
//go:noinline
func (p *Pool) arrive(now sim.Time) {
	o, r, arrived := &p.observed, loop.Request{}, now
	if p.stage != nil {
		d, ok := p.dispatch(now)
		if !ok {
			return
		}
		r, arrived = d.Request, d.arrived
	} else {
		r = p.workload.Next()
		p.scheduleArrival(now)
		o.Arrivals++
	}
	switch {
	case o.Idle.Count() > o.Releasing.Count():
		instance := p.idle.take()
		o.Begin(now)
		p.startWarm(now, arrived, r, instance)
	case o.Instances.Count() < p.config.MaxInstances:
		if o.Instances.Count() >= p.MostLive {
			p.Fail(now)
			return
		}
		o.Create(now)
		o.RunningCold.Set(now, o.RunningCold.Count()+1)
		p.startCold(now, arrived, r, p.create(now))
	case p.config.WhenFull == Reject:
		o.Rejected++
		p.tell(r.ID, now, platform.Request{Arrival: arrived, Outcome: platform.OutcomeRejected, Service: r.Service})
	default:
		if o.Instances.Count()+p.waiting.Len() >= p.MostLive {
			p.Fail(now)
			return
		}
		p.waiting.PushBack(waiting{r, arrived})
		o.Waiting.Set(now, p.queued())
		if p.waiting.Len() == 1 {
			p.engine.SetTimer(loop.Timeout, arrived.Plus(p.config.QueueTimeout))
		}
	}
}

// Fail ends the run because too many are alive.
func (p *Pool) Fail(now sim.Time) {
	p.workload.Fail(loop.TooManyLive(p.MostLive))
	p.until = now
}

// scheduleArrival sets the timer of the next arrival or, after the last, the end of the loop.
func (p *Pool) scheduleArrival(now sim.Time) {
	gap, ok := p.workload.Gap()
	if !ok {
		p.until = now
		return
	}
	p.engine.SetTimer(loop.Arrival, now.Plus(gap))
}

// startWarm begins a request's service on an instance that has served before.
func (p *Pool) startWarm(now, arrived sim.Time, r loop.Request, instance uint32) {
	o, service := &p.observed, r.Service
	o.Warm++
	if p.shared != nil {
		p.shareWarm(now, arrived, r, instance)
		return
	}
	o.WarmService.Add(service)
	o.Responses.Add((now - arrived).Plus(service))
	if p.Log != nil {
		p.tellWarm(now, arrived, r, instance)
	}
	p.engine.Schedule(now.Plus(service), loop.Completion, instance<<1)
}

// startCold begins a request's service on an instance started for it.
//
//go:noinline
func (p *Pool) startCold(now, arrived sim.Time, r loop.Request, instance uint32) {
	service := p.cold.Draw(r.Number())
	o := &p.observed
	o.Cold++
	p.releases.serves(instance, r.Number())
	if p.shared != nil {
		p.shareCold(now, arrived, service, r, instance)
		return
	}
	startup := service
	if p.config.Cold == nil {
		o.Startup.Add(service)
		service = service.Plus(r.Service)
	}
	if p.Meter != nil {
		if p.config.Cold != nil {
			startup = loop.Fraction(service, p.Meter.ColdStartup)
		}
		p.Meter.Meter(o, service, startup)
	}
	o.ColdService.Add(service)
	o.Responses.Add((now - arrived).Plus(service))
	p.engine.Schedule(now.Plus(service), loop.Completion, instance<<1|1)
	if p.Log != nil {
		p.tell(r.ID, now.Plus(service), platform.Request{Arrival: arrived, Start: now, Completion: now.Plus(service), Released: p.releases.end(now.Plus(service), instance), Outcome: platform.OutcomeCold, Instance: p.serials[instance], Service: service, Cold: true})
	}
}

// complete frees an instance: it serves the request that has waited longest or, if none waits, is
// idle.
func (p *Pool) complete(now sim.Time, instance uint32, cold bool) {
	o := &p.observed
	o.Completed++
	if cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	if p.waiting.Len() > 0 {
		p.serveWaiting(now, instance)
		return
	}
	o.Free(now)
	if o.Idle.Count() == 1 {
		p.engine.SetTimer(loop.Expiry, now.Plus(p.config.KeepAlive))
	}
	p.idle.put(idler{now, instance})
}

// serveWaiting lets an instance serve the request that has waited longest for one; there is one.
func (p *Pool) serveWaiting(now sim.Time, instance uint32) {
	o, w := &p.observed, p.waiting.PopFront()
	o.Waiting.Set(now, p.queued())
	if p.shared == nil {
		o.CountWait(now - w.arrived)
	}
	p.startWarm(now, w.arrived, w.Request, instance)
}

// timeout turns away the request that has waited longest, if its time is up: the timer is not reset
// when the request for which it was set is served.
func (p *Pool) timeout(now sim.Time) {
	if p.queued() > 0 && p.oldestQueued().Plus(p.config.QueueTimeout) == now {
		arrived, r := p.oldestQueued(), loop.Request{}
		if p.waiting.Len() > 0 {
			r = p.waiting.PopFront().Request
		} else {
			r = p.stage.oldest().Request
			p.stage.timedOut++
		}
		o := &p.observed
		o.TimedOut++
		o.Waiting.Set(now, p.queued())
		p.tell(r.ID, now, platform.Request{Arrival: arrived, Outcome: platform.OutcomeTimedOut, Service: r.Service})
	}
	if p.queued() > 0 {
		p.engine.SetTimer(loop.Timeout, p.oldestQueued().Plus(p.config.QueueTimeout))
	}
}

// expire ends the instance that has been idle longest, if its keep-alive is over: one timer serves
// the pool, and it is not reset when the instance for which it was set is used.
func (p *Pool) expire(now sim.Time) {
	o := &p.observed
	if p.idle.len() == 0 {
		return
	}
	if p.idle.oldest().since.Plus(p.config.KeepAlive) == now {
		instance := p.idle.takeOldest()
		o.Expired++
		o.Lifetime.Add(now - p.created[instance])
		o.Expire(now)
		p.free = append(p.free, instance)
		if p.idle.len() == 0 {
			return
		}
	}
	p.engine.SetTimer(loop.Expiry, p.idle.oldest().since.Plus(p.config.KeepAlive))
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

// Restart forgets all observations and observes from now on: it ends the warm-up.
func (p *Pool) Restart() {
	p.from = p.engine.Now()
	p.observed.Restart(p.from)
}

// Observations returns the observations since the last Restart, or since time 0.
func (p *Pool) Observations() platform.Observations {
	return p.observed.Between(p.from, p.engine.Now())
}

// Occupancy returns the integral of the number of instances and waiting requests since the last
// Restart, or since time 0, in seconds. It counts running instances twice where only their number
// settles: on shared cores, and in a pool that is full from time 0 on and stays so.
func (p *Pool) Occupancy() float64 {
	area := p.observed.Area(p.engine.Now())
	c := &p.config
	if p.shared != nil || c.staysFull() {
		area += p.observed.Running.Area()
	}
	return area
}

// LogUnfinished logs the requests that still wait and, on shared cores, the requests in service.
// Requests on a core of their own were logged at their start, with the time of their completion.
func (p *Pool) LogUnfinished() {
	if p.shared != nil {
		p.shared.logUnfinished(p)
	}
	for i := range p.waiting.Len() {
		w := p.waiting.At(i)
		p.tell(w.ID, sim.Never, platform.Request{Arrival: w.arrived, Start: sim.Never, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Service: w.Service})
	}
	for i := range p.stage.live() {
		r := *p.stage.queue.At(p.stage.timedOut + i)
		p.tell(r.ID, sim.Never, platform.Request{Arrival: r.arrived, Start: sim.Never, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Service: r.Service})
	}
}

// tellWarm tells of a warm start that nothing slows, and passes it to the meter and to the releases.
//
//go:noinline
func (p *Pool) tellWarm(now, arrived sim.Time, r loop.Request, instance uint32) {
	p.releases.serves(instance, r.Number())
	end := now.Plus(r.Service)
	p.tell(r.ID, end, platform.Request{Arrival: arrived, Start: now, Completion: end, Released: p.releases.end(end, instance), Outcome: platform.OutcomeWarm, Instance: p.serials[instance], Service: r.Service, Cold: false})
	p.Meter.Meter(&p.observed, r.Service, 0)
}

// tell passes a request whose fate is known to the log. If users wait for their answers, its user
// thinks from the moment of the answer on; Never: there is none up to the end.
func (p *Pool) tell(id loop.ID, answered sim.Time, r platform.Request) {
	if p.Log == nil {
		return
	}
	r.Number, r.Stream = int64(id.Number())+1, id.Stream()
	p.Log(r)
	if next, sooner := p.workload.Answer(id, answered); sooner {
		p.setArrival(next)
	}
}

// setArrival sets the timer for the next arrival, which is the first to come.
func (p *Pool) setArrival(at sim.Time) {
	if p.stage != nil {
		p.stage.Next = at
		at = min(at, p.stage.reader)
	}
	p.engine.SetTimer(loop.Arrival, at)
}
