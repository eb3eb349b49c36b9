package autoscaler

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/platform/scaling"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Fleet is the running simulation of a platform. It holds
//
//	instances = starting + ready + draining, and starting + ready <= MaxInstances
//	0 <= requests of an instance <= Concurrency, and a draining instance has one
//	free = ready instances with a free place
//	a request waits only while free = 0
//
// The fate of a request is told (tell) as soon as it is certain: without cores of instances at its start.
type Fleet struct {
	config   Config
	workload *loop.Workload
	startup  loop.Sampler // by the number of the instance
	engine   sim.Engine   // its queue has completions and ends of start-ups, with the slot as payload
	until    sim.Time     // where Run's loop stops; at the last arrival, if there is one
	wanted   sim.Time     // the time up to which Run was asked to go

	instances []instance // by slot
	slots     []uint32   // to use again
	serial    int64      // of the last instance created
	live      int        // starting and ready instances

	stands    []uint32 // ready instances: their slots, by the place where they stand; none: nobody stands there
	vacant    places   // among stands
	open      places   // where those stand that have a free place
	free      int      // how many these are
	routing   Routing
	turn      uint32 // of RoundRobin
	loads     loop.Tournament
	generator random.Generator // of routing
	starting  list             // in the order of their starts

	waiting   loop.Line[waiting]
	timeoutAt sim.Time // when to look for requests that have waited too long

	scaler *scaler // nil: on demand
	demand demand
	cores  *ownCores // nil: each request has a core of its own

	observed platform.Observations
	from     sim.Time // where the observed period began

	// MostLive instances and waiting requests may be alive at once, > 0; one more ends Run with an error.
	MostLive int
	// Log, if set, is called with each request when its fate is known.
	Log func(platform.Request)
	// Interrupted, if set, is called about every 256 requests; its error ends Run.
	Interrupted func() error
	// Meter, if set, measures the time that the user is billed.
	Meter *platform.Meter
	// Evaluated, if set, is called with each decision before it is carried out.
	Evaluated func(scaling.Evaluation)
	// watch, if set, is called with what happens beside completions, if Log is set.
	watch func(happening)
}

// The classes of events, in the order in which simultaneous ones happen.
const (
	completes sim.Class = iota
	becomesReady
	arrives
	looks // what else is to be done at a moment, one thing after another
)

// waiting is a request that found no free place.
type waiting struct {
	loop.Request
	arrived sim.Time
}

// New returns the simulation of a platform at time 0, in one replication of the streams that belong to a
// seed. It returns an error if a trace cannot be read.
func New(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*Fleet, error) {
	w, err := loop.NewWorkload(arrivals, config.Warm, seed, replication)
	if err != nil {
		return nil, err
	}
	f := &Fleet{
		config:    config,
		workload:  w,
		startup:   loop.Sampler{Law: config.Startup, Family: random.NewFamily(seed, replication, random.Startup)},
		engine:    sim.NewEngine(),
		routing:   config.Routing.Of(config.Concurrency),
		generator: random.Stream(seed, replication, random.Routing),
		starting:  newList(),
		timeoutAt: sim.Never,
		demand:    newDemand(),
		observed:  config.observations(),
		MostLive:  platform.MostLive,
	}
	if config.InstanceCores > 0 {
		f.cores = newOwnCores(config.InstanceCores)
	}
	if config.Scaling != nil {
		f.scaler = newScaler(&config)
	}
	for range config.initial() {
		slot := f.newInstance(0)
		f.live++
		f.stand(slot, 0)
	}
	f.setLook()
	f.scheduleArrival(0)
	return f, nil
}

// Limit makes the fleet also count how many responses and how many waits are longer than each of the
// given times. It is called at time 0, if at all.
func (f *Fleet) Limit(responses, waits []sim.Time) { f.observed.Limit(responses, waits) }

// Now returns the time up to which the fleet has been simulated.
func (f *Fleet) Now() sim.Time { return f.engine.Now() }

// Ended reports whether a trace has ended and none of its requests is left: Run stops at the last
// response.
func (f *Fleet) Ended() bool { return f.workload.Over(f.observed.Present()) }

// Arrived returns the number of arrivals since time 0 and the time of the last; all reports whether
// there will be no more.
func (f *Fleet) Arrived() (requests int64, last sim.Time, all bool) {
	return int64(f.workload.ID().Number()), f.until, f.workload.Ended()
}

// Run simulates up to a moment, inclusive, or to the last response of a trace. It returns an error if
// the trace cannot be read further, or if more than f.MostLive instances and waiting requests would be
// alive.
func (f *Fleet) Run(until sim.Time) error {
	if f.wanted = until; f.workload.Ended() {
		return f.drain()
	}
	f.until, f.workload.Interrupted, f.Log = min(until, sim.Never-1), f.Interrupted, f.workload.Listen(f.Meter.With(f.Log))
	for {
		event, ok := f.engine.Next(f.until)
		if !ok {
			return f.drain()
		}
		switch event.Class() {
		case completes:
			if f.cores != nil {
				f.completeOnCores(event.Time)
				break
			}
			f.complete(event.Time, event.Payload())
		case becomesReady:
			f.becomeReady(event.Time, event.Payload())
		case arrives:
			f.arrive(event.Time)
		default:
			f.look(event.Time)
		}
		if loop.CheckInvariants {
			f.check(event.Time)
		}
	}
}

// drain is Run after the last arrival; before it there is nothing to do.
//
//go:noinline
func (f *Fleet) drain() error {
	for f.workload.Ended() {
		event, ok := f.engine.Next(f.workload.Horizon(f.wanted, f.engine.Now(), f.observed.Present()))
		if !ok {
			break
		}
		f.handle(event)
	}
	return f.workload.Err
}

// handle lets an event of the engine happen. It repeats the switch of Run, since a call for each
// event would take time there.
func (f *Fleet) handle(event sim.Event) {
	switch event.Class() {
	case completes:
		if f.cores != nil {
			f.completeOnCores(event.Time)
		} else {
			f.complete(event.Time, event.Payload())
		}
	case becomesReady:
		f.becomeReady(event.Time, event.Payload())
	case arrives:
		f.arrive(event.Time)
	default:
		f.look(event.Time)
	}
	if loop.CheckInvariants {
		f.check(event.Time)
	}
}

// arrive admits the next request: it begins at an instance with a free place, or waits.
//
//go:noinline
func (f *Fleet) arrive(now sim.Time) {
	r := f.workload.Next()
	f.scheduleArrival(now)
	o := &f.observed
	o.Arrivals++
	o.Scaling.Enter(now)
	woken := false
	if s := f.scaler; s != nil {
		s.arrived++
		if !s.counted {
			woken = true
			f.wake(now)
		}
	}
	if f.free > 0 {
		f.begin(now, now, r, f.route())
	} else {
		f.hold(now, r)
	}
	if woken {
		if f.scaler.desired == 0 {
			f.demandOne(now)
		}
		f.setLook()
	}
}

// hold lets a request wait that found no free place or, where requests start instances, finds another
// fate for it.
//
//go:noinline
func (f *Fleet) hold(now sim.Time, r loop.Request) {
	if (f.scaler == nil || f.config.Scaling.StartForRequests) && !f.startFor(now, r) {
		return
	}
	f.wait(now, r)
}

// wait lets a request wait.
func (f *Fleet) wait(now sim.Time, r loop.Request) {
	o := &f.observed
	f.waiting.PushBack(waiting{r, now})
	o.Waiting.Set(now, f.waiting.Len())
	f.happens(happening{kind: platform.EventQueued, id: r.ID, arrived: now})
	if o.Instances.Count()+f.waiting.Len() > f.MostLive {
		f.Fail(now)
		return
	}
	if f.waiting.Len() == 1 && f.config.QueueTimeout != sim.Never {
		f.timeoutAt = now.Plus(f.config.QueueTimeout)
		f.setLook()
	}
}

// Fail ends the run because too many are alive.
func (f *Fleet) Fail(now sim.Time) {
	f.workload.Fail(loop.TooManyLive(f.MostLive))
	f.until = now
}

// scheduleArrival sets the timer of the next arrival or, after the last, the end of the loop.
func (f *Fleet) scheduleArrival(now sim.Time) {
	gap, ok := f.workload.Gap()
	if !ok {
		f.until = now
		return
	}
	f.engine.SetTimer(arrives, now.Plus(gap))
}

// begin begins a request at a ready instance with a free place.
func (f *Fleet) begin(now, arrived sim.Time, r loop.Request, slot uint32) {
	f.occupy(now, slot)
	i := &f.instances[slot]
	if f.cores != nil || i.readyAt > arrived || f.Log != nil {
		f.beginOtherwise(now, arrived, r, slot)
		return
	}
	o, service := &f.observed, r.Service
	o.Warm++
	o.WarmService.Add(service)
	o.CountWait(now - arrived)
	o.Responses.Add((now - arrived).Plus(service))
	f.engine.Schedule(now.Plus(service), completes, slot)
}

// beginOtherwise is begin for a request that shares cores, has felt a start-up, or is logged.
//
//go:noinline
func (f *Fleet) beginOtherwise(now, arrived sim.Time, r loop.Request, slot uint32) {
	i := &f.instances[slot]
	f.serve(now, arrived, r, slot, i.readyAt > arrived, 0)
}

// serve begins a request that has a place: after delay, which is the rest of a start-up that the request
// is bound to.
func (f *Fleet) serve(now, arrived sim.Time, r loop.Request, slot uint32, cold bool, delay sim.Time) {
	o := &f.observed
	if cold {
		o.Cold++
	} else {
		o.Warm++
	}
	if f.watch != nil {
		f.watchBegin(now, arrived, r, slot, cold, delay)
	}
	if f.cores != nil {
		f.join(now, arrived, r, slot, cold, delay)
		return
	}
	service := delay.Plus(r.Service)
	end := now.Plus(service)
	f.engine.Schedule(end, completes, slot)
	f.count(arrived, now, end, delay, cold)
	if f.Log != nil {
		f.tell(r.ID, end, platform.Request{Arrival: arrived, Start: now, Completion: end, Outcome: outcome(cold), Instance: f.instances[slot].serial, Service: service, Cold: cold})
		f.Meter.Meter(o, service, delay)
	}
}

// count counts the times of a request whose completion is certain.
func (f *Fleet) count(arrived, started, end, delay sim.Time, cold bool) {
	o := &f.observed
	if cold {
		o.ColdService.Add(end - started)
		o.ColdWait.Add(started - arrived)
		o.Startup.Add(delay)
	} else {
		o.WarmService.Add(end - started)
	}
	o.CountWait(started - arrived)
	o.Responses.Add(end - arrived)
}

func outcome(cold bool) platform.Outcome {
	if cold {
		return platform.OutcomeCold
	}
	return platform.OutcomeWarm
}

// dispatch lets waiting requests begin while there is a free place.
func (f *Fleet) dispatch(now sim.Time) {
	for f.free > 0 && f.waiting.Len() > 0 {
		w := f.waiting.PopFront()
		f.observed.Waiting.Set(now, f.waiting.Len())
		f.begin(now, w.arrived, w.Request, f.route())
	}
}

// complete ends a request of an instance.
func (f *Fleet) complete(now sim.Time, slot uint32) {
	f.observed.Completed++
	f.observed.Scaling.Leave(now)
	f.vacate(now, slot)
	if f.waiting.Len() > 0 {
		f.dispatch(now)
	}
}

// timeout turns away the request that has waited longest, if its time is up: timeoutAt is not reset when
// the request for which it was set begins.
func (f *Fleet) timeout(now sim.Time) {
	f.timeoutAt = sim.Never
	if f.waiting.Len() == 0 {
		return
	}
	if f.waiting.Front().arrived.Plus(f.config.QueueTimeout) == now {
		w := f.waiting.PopFront()
		o := &f.observed
		o.TimedOut++
		o.Waiting.Set(now, f.waiting.Len())
		o.Scaling.Leave(now)
		f.happens(happening{kind: platform.EventTimedOut, id: w.ID, arrived: w.arrived})
		f.tell(w.ID, now, platform.Request{Arrival: w.arrived, Outcome: platform.OutcomeTimedOut, Service: w.Service})
	}
	if f.waiting.Len() > 0 {
		f.timeoutAt = f.waiting.Front().arrived.Plus(f.config.QueueTimeout)
	}
}

// look does the first thing that is due now, and sets the timer for the next, which may be due now as
// well.
//
//go:noinline
func (f *Fleet) look(now sim.Time) {
	s, d := f.scaler, &f.demand
	switch {
	case f.timeoutAt == now:
		f.timeout(now)
	case s != nil && s.reportAt == now:
		f.report(now)
	case s != nil && s.evaluateAt == now:
		s.evaluateAt = now.Plus(s.rule.Every)
		s.evaluatedTo = now
		f.evaluate(now)
		f.rest(now)
	case s != nil && s.removeAt == now:
		f.removeLast(now)
	case d.startAt == now:
		f.startHeld(now)
	case d.expireAt == now:
		f.expire(now)
	}
	f.setLook()
}

// setLook sets the timer for the first thing that is to be done.
func (f *Fleet) setLook() {
	at := min(f.timeoutAt, f.demand.startAt, f.demand.expireAt)
	if s := f.scaler; s != nil {
		at = min(at, s.reportAt, s.evaluateAt, s.removeAt)
	}
	f.engine.SetTimer(looks, at)
}

// Restart forgets all observations and observes from now on: it ends the warm-up.
func (f *Fleet) Restart() {
	f.catchUp(f.engine.Now())
	f.from = f.engine.Now()
	f.observed.Restart(f.from)
}

// Observations returns the observations since the last Restart, or since time 0.
func (f *Fleet) Observations() platform.Observations {
	f.catchUp(f.engine.Now())
	return f.observed.Between(f.from, f.engine.Now())
}

// Occupancy returns the integral of the number of instances and of requests since the last Restart, or
// since time 0, in seconds.
func (f *Fleet) Occupancy() float64 {
	now := f.engine.Now()
	f.observed.Scaling.Close(now)
	f.observed.Occupancy.Close(now)
	return f.observed.Instances.Area() + f.observed.Scaling.Present.Area()
}

// Counts returns the present instances. Those that start are not among the idle ones.
func (f *Fleet) Counts() platform.Counts {
	o := &f.observed
	idle := o.Idle.Count()
	for slot := f.starting.first; slot != none; slot = f.instances[slot].after {
		if f.instances[slot].held == 0 {
			idle--
		}
	}
	return platform.Counts{Instances: o.Instances.Count(), Running: o.Running.Count(), Idle: idle, Waiting: f.waiting.Len(),
		Starting: o.Scaling.Starting.Count(), Draining: o.Scaling.Draining.Count()}
}

// Bytes returns the memory of the fleet in bytes, except for some kilobytes.
func (f *Fleet) Bytes() int64 {
	n := loop.FixedBytes + f.engine.Bytes() + f.observed.Bytes() + f.waiting.Bytes() + f.workload.Bytes()
	n += loop.BytesOf(f.instances) + loop.BytesOf(f.slots) + loop.BytesOf(f.stands) + f.loads.Bytes()
	n += loop.BytesOf(f.open.words) + loop.BytesOf(f.vacant.words)
	if f.cores != nil {
		n += f.cores.bytes()
	}
	return n
}

// LogUnfinished logs the requests that still wait and, on cores of instances, the requests in service.
func (f *Fleet) LogUnfinished() {
	if f.cores != nil {
		f.cores.logUnfinished(f)
	}
	for i := range f.waiting.Len() {
		w := f.waiting.At(i)
		f.tell(w.ID, sim.Never, platform.Request{Arrival: w.arrived, Start: sim.Never, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Service: w.Service})
	}
}

// tell passes a request whose fate is known to the log. If users wait for their answers, its user thinks
// from the moment of the answer on, which may be yet to come; Never: there is none up to the end.
func (f *Fleet) tell(id loop.ID, answered sim.Time, r platform.Request) {
	if f.Log == nil {
		return
	}
	r.Number, r.Stream = int64(id.Number())+1, id.Stream()
	f.Log(r)
	if next, sooner := f.workload.Answer(id, answered); sooner {
		f.engine.SetTimer(arrives, next)
	}
}
