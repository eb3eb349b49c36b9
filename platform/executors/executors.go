package executors

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// ready is the class of the end of an executor's start-up. The other classes are the classes of the
// pool.
const ready = loop.Timeout

// Executors is the running simulation of a WebAssembly platform. It holds
//
//	0 <= executors with a core <= min(executors past their start-up, cores)   first come, first served
//	an executor waits for a core only while all cores are held                first come, first served
//	0 <= executors past their start-up <= executors
type Executors struct {
	config   Config
	workload *loop.Workload

	startups  []int64 // block of start-up times in ns; nil if there is no start-up
	seconds   []float64
	startup   random.Generator
	unlimited bool
	fcfs      bool

	// The engine queues the ends of start-ups and, unless cores are shared,
	// completions. The arrival, and the next completion on shared cores, are timers.
	engine sim.Engine
	until  sim.Time // where Run's loop stops; at the last arrival, if there is one
	wanted sim.Time // the time up to which Run was asked to go

	// Executors in their start-up or on shared cores are numbered from 0; the numbers of executors
	// that are gone are used again.
	executors []executor
	free      []uint32

	busy    int // cores held, first come, first served
	waiting loop.Line[executor]
	shared  loop.SharedCores

	observed platform.Observations
	from     sim.Time

	// MostLive executors may be alive at once, > 0; one more ends Run with an error.
	MostLive int
	// Log, if set, is called with each request when its fate is known.
	Log func(platform.Request)
	// Interrupted, if set, is called about every 256 requests; its error ends Run.
	Interrupted func() error
	// Meter, if set, measures the time that the user is billed. It is called where requests are
	// logged, so that the loop checks once for both.
	Meter *platform.Meter
}

// executor is the data of an executor about its request.
type executor struct {
	arrived sim.Time
	started sim.Time // end of the start-up
	service sim.Time
	id      loop.ID // of its request
}

// serial returns the number of the executor, which is that of its request in this run, from 1.
func (x executor) serial() int64 { return int64(x.id.Number()) + 1 }

// New returns the simulation of a Wasm platform at time 0, in one replication of the streams that
// belong to a seed. It returns an error if a trace cannot be read.
func New(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*Executors, error) {
	w, err := loop.NewWorkload(arrivals, config.Service, seed, replication)
	if err != nil {
		return nil, err
	}
	e := &Executors{
		config:    config,
		workload:  w,
		unlimited: !config.Cores.Limited(),
		fcfs:      config.Discipline == FCFS,
		engine:    sim.NewEngine(),
		observed:  platform.NewObservations(0, 0),
		MostLive:  platform.MostLive,
	}
	if !e.unlimited {
		e.shared = loop.NewSharedCores(config.Cores)
	}
	if config.Startup != nil && config.Startup != (dist.Distribution)(dist.Constant{}) {
		e.startups, e.seconds = make([]int64, loop.BlockSize), make([]float64, loop.BlockSize)
		e.startup = random.Stream(seed, replication, random.Startup)
	}
	e.observed.CanWait = e.fcfs && !e.unlimited && loop.MostPresent(arrivals) > config.Cores.Physical
	e.observed.Outlook.Service = platform.LawMean(config.Service)
	e.scheduleArrival(0)
	return e, nil
}

// Limit makes the executors also count how many responses and how many waits are longer than each
// of the given times. It is called at time 0, if at all.
func (e *Executors) Limit(responses, waits []sim.Time) { e.observed.Limit(responses, waits) }

// Now returns the time up to which the platform has been simulated.
func (e *Executors) Now() sim.Time { return e.engine.Now() }

// Ended reports whether a trace has ended and none of its requests is left: Run stops at the last
// response.
func (e *Executors) Ended() bool { return e.workload.Over(e.observed.Present()) }

// Arrived returns the number of arrivals since time 0 and the time of the last; all reports whether
// there will be no more.
func (e *Executors) Arrived() (requests int64, last sim.Time, all bool) {
	return int64(e.workload.ID().Number()), e.until, e.workload.Ended()
}

// Run simulates up to a moment, inclusive, or to the last response of a trace. It returns an error
// if the trace cannot be read further, or if more than e.MostLive executors would be alive.
func (e *Executors) Run(until sim.Time) error {
	if e.wanted = until; e.workload.Ended() {
		return e.drain()
	}
	e.until, e.workload.Interrupted, e.Log = min(until, sim.Never-1), e.Interrupted, e.workload.Listen(e.Meter.With(e.Log))
	for { // a History has the switch once more, in handle
		event, ok := e.engine.Next(e.until)
		if !ok {
			return e.drain()
		}
		switch event.Class() {
		case loop.Completion:
			e.complete(event.Time)
		case loop.Arrival:
			e.arrive(event.Time)
		case ready:
			x := e.executors[event.Payload()]
			e.free = append(e.free, event.Payload())
			e.begin(event.Time, x)
		}
		if loop.CheckInvariants {
			e.check(event.Time)
		}
	}
}

// drain is Run after the last arrival; before it there is nothing to do.
//
//go:noinline
func (e *Executors) drain() error {
	for e.workload.Ended() {
		event, ok := e.engine.Next(e.workload.Horizon(e.wanted, e.engine.Now(), e.observed.Present()))
		if !ok {
			break
		}
		e.handle(event)
	}
	return e.workload.Err
}

// arrive starts an executor for the next request.
func (e *Executors) arrive(now sim.Time) {
	o := &e.observed
	if o.Instances.Count() >= e.MostLive {
		e.workload.Fail(loop.TooManyLive(e.MostLive))
		e.until = now
		return
	}
	startup := e.nextStartup()
	r := e.workload.Next()
	e.scheduleArrival(now)
	o.Arrivals++
	o.Instances.Set(now, o.Instances.Count()+1)
	x := executor{now, now.Plus(startup), r.Service, r.ID}
	switch {
	case e.unlimited:
		// Nothing delays it: its completion is certain.
		e.served(x, x.started, x.started.Plus(x.service))
		e.engine.Schedule(x.started.Plus(x.service), loop.Completion, 0)
	case startup > 0:
		e.engine.Schedule(x.started, ready, e.keep(x))
	default:
		e.begin(now, x)
	}
}

// nextStartup returns the start-up time of the next request.
func (e *Executors) nextStartup() sim.Time {
	if e.startups == nil {
		return 0
	}
	i := e.workload.ID().Number() % loop.BlockSize
	if i == 0 {
		loop.FillTimes(e.config.Startup, &e.startup, e.seconds, e.startups)
	}
	return sim.Time(e.startups[i])
}

func (e *Executors) scheduleArrival(now sim.Time) {
	gap, ok := e.workload.Gap()
	if !ok {
		e.until = now
		return
	}
	e.engine.SetTimer(loop.Arrival, now.Plus(gap))
}

// begin lets an executor compete for the cores after its start-up.
func (e *Executors) begin(now sim.Time, x executor) {
	switch {
	case !e.fcfs:
		e.shared.Join(now, x.service, e.keep(x))
		e.engine.SetTimer(loop.Completion, e.shared.NextCompletion(now))
	case e.busy < e.config.Cores.Physical:
		e.busy++
		e.hold(now, x)
	default:
		e.waiting.PushBack(x)
		e.observed.Waiting.Set(now, e.waiting.Len())
	}
}

// hold gives an executor a core of its own until it completes.
func (e *Executors) hold(now sim.Time, x executor) {
	e.served(x, now, now.Plus(x.service))
	e.engine.Schedule(now.Plus(x.service), loop.Completion, 0)
}

// complete ends the executor whose service is done; its core goes to the executor that has waited
// longest.
func (e *Executors) complete(now sim.Time) {
	o := &e.observed
	o.Completed++
	o.Instances.Set(now, o.Instances.Count()-1)
	switch {
	case e.unlimited:
	case !e.fcfs:
		number := e.shared.Complete(now)
		e.free = append(e.free, number)
		x := e.executors[number]
		e.served(x, x.started, now)
		e.engine.SetTimer(loop.Completion, e.shared.NextCompletion(now))
	case e.waiting.Len() > 0:
		x := e.waiting.PopFront()
		o.Waiting.Set(now, e.waiting.Len())
		e.hold(now, x)
	default:
		e.busy--
	}
}

// served counts a request whose completion is certain. Its service began at start, after its wait
// for a core.
func (e *Executors) served(x executor, start, completion sim.Time) {
	o := &e.observed
	o.Warm++
	o.CountWait(start - x.started)
	o.WarmService.Add(completion - x.arrived - (start - x.started))
	o.Responses.Add(completion - x.arrived)
	if e.startups != nil {
		o.Startup.Add(x.started - x.arrived)
	}
	if e.Log != nil {
		e.tell(x, start, completion)
	}
}

// tell passes a request whose completion is certain to the log and to the meter. If users wait for
// their answers, its user thinks from the completion on.
//
//go:noinline
func (e *Executors) tell(x executor, start, completion sim.Time) {
	e.Log(platform.Request{Number: x.serial(), Stream: x.id.Stream(), Arrival: x.arrived, Start: start, Completion: completion, Outcome: platform.OutcomeWarm,
		Instance: x.serial(), Service: x.service, Cold: false})
	e.Meter.Meter(&e.observed, completion-x.arrived-(start-x.started), x.started-x.arrived)
	if next, sooner := e.workload.Answer(x.id, completion); sooner {
		e.engine.SetTimer(loop.Arrival, next)
	}
}

// keep remembers an executor and returns its number.
func (e *Executors) keep(x executor) uint32 {
	if n := len(e.free); n > 0 {
		number := e.free[n-1]
		e.free = e.free[:n-1]
		e.executors[number] = x
		return number
	}
	e.executors = append(e.executors, x)
	return uint32(len(e.executors) - 1)
}

// Restart forgets all observations and observes from now on: it ends the warm-up.
func (e *Executors) Restart() {
	e.from = e.engine.Now()
	e.observed.Restart(e.from)
}

// Observations returns the observations since the last Restart, or since time 0. Every executor
// counts as running, in its start-up and while it waits for a core too.
func (e *Executors) Observations() platform.Observations {
	o := e.observed.Between(e.from, e.engine.Now())
	o.Running = o.Instances.Clone()
	return o
}

// Occupancy returns the integral of the number of executors since the last Restart, or since time
// 0, in seconds, including executors that wait for a core.
func (e *Executors) Occupancy() float64 { return e.observed.Area(e.engine.Now()) }

// LogUnfinished logs the requests whose completion is not certain yet. Requests in service on a
// core of their own were logged at their start, with the time of their completion.
func (e *Executors) LogUnfinished() {
	if e.Log == nil {
		return
	}
	unfinished := func(x executor, start sim.Time) {
		e.Log(platform.Request{Number: x.serial(), Stream: x.id.Stream(), Arrival: x.arrived, Start: start, Completion: sim.Never, Outcome: platform.OutcomeUnfinished,
			Instance: x.serial(), Service: x.service})
	}
	gone := make([]bool, len(e.executors))
	for _, number := range e.free {
		gone[number] = true
	}
	for number, x := range e.executors {
		if !gone[number] {
			unfinished(x, x.started)
		}
	}
	for i := range e.waiting.Len() {
		unfinished(*e.waiting.At(i), sim.Never)
	}
}
