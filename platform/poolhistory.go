package platform

import (
	"faaslab/sim"
)

// A poolWitness looks at a pool before and after each event.
type poolWitness struct {
	pool    *Pool
	members []occupant  // by the pool's number of the instance, which is its slot
	waiting line[int64] // the numbers of the requests in Pool.waiting
	ready   readyQueue  // of start-ups that have a law of their own, on cores of their own
	at      sim.Time    // of the last event

	logged Request // by the event that is being handled, if any
	logs   bool
}

func newPoolWitness(p *Pool) *poolWitness {
	w := &poolWitness{pool: p, members: make([]occupant, len(p.created))}
	for slot := range w.members {
		m := occupant{LiveInstance: LiveInstance{Instance: p.serials[slot], Slot: slot, State: StateWarm, Until: sim.Never}}
		if slot < p.config.InitialIdle {
			m.State, m.Until = StateIdle, p.config.KeepAlive
		}
		w.members[slot] = m
	}
	p.Log = func(r Request) { w.logged, w.logs = r, true }
	return w
}

// handle lets an event of the engine happen. It is one turn of Run, where it is written
// out, since a call for each event would take time there. After the last arrival Run calls it.
func (p *Pool) handle(event sim.Event) {
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

func (w *poolWitness) next(until sim.Time, quiet bool, interrupted func() error) (e Event, told, ok bool, err error) {
	p := w.pool
	if p.workload.interrupted = interrupted; p.workload.ended() {
		until = p.workload.horizon(until, w.at, p.observed.present())
	} else {
		until = min(until, sim.Never-1)
	}
	event, ready, ok := w.ready.next(&p.engine, until)
	if !ok {
		return e, false, false, p.workload.err
	}
	w.at, w.logs = event.Time, false
	switch {
	case ready:
		e, told = w.begins(event.Payload()), true
	case event.Class() == completion && p.shared != nil && p.shared.due > event.Time:
		e, told = w.startup(event, p.shared.delays.First().Payload())
	case event.Class() == completion && p.shared != nil && p.shared.services[p.shared.cores.done.First().Payload()].phase == starting:
		e, told = w.startup(event, p.shared.cores.done.First().Payload())
	case event.Class() == completion && p.shared != nil:
		e, told = w.completes(event, p.shared.cores.done.First().Payload())
	case event.Class() == completion:
		e, told = w.completes(event, event.Payload()>>1)
	case event.Class() == arrival:
		e, told, err = w.arrives(event, quiet)
	case event.Class() == timeout:
		e, told = w.timesOut(event)
	default:
		e, told = w.expires(event)
	}
	e.Time = event.Time
	return e, told, true, err
}

// of returns an event of an instance that will not be what it is.
func (w *poolWitness) of(kind EventKind, slot uint32) Event {
	m := &w.members[slot]
	return Event{Kind: kind, Request: m.Request, Arrived: m.arrived, Instance: m.Instance, Slot: m.Slot,
		Before: m.State, State: m.State, Since: m.Since}
}

// begins is the end of a start-up that the pool has no event for.
func (w *poolWitness) begins(slot uint32) Event { return w.of(EventReady, slot) }

// startup is the end of a part of a start-up on shared cores.
func (w *poolWitness) startup(event sim.Event, slot uint32) (Event, bool) {
	w.pool.handle(event)
	kind := EventReady
	if w.pool.shared.services[slot].phase == starting {
		kind = EventStartupCPU
	}
	return w.of(kind, slot), true
}

func (w *poolWitness) completes(event sim.Event, slot uint32) (Event, bool) {
	p, now := w.pool, event.Time
	queued := p.waiting.len() > 0
	arrived := sim.Time(0)
	if queued {
		arrived = p.waiting.front().arrived
	}
	w.pool.handle(event)
	e, m := w.of(EventCompleted, slot), &w.members[slot]
	e.Completed, e.CompletedArrived = m.Request, m.arrived
	if !queued {
		m.State, m.Since, m.Until, m.Request, m.arrived = StateIdle, now, now.Plus(p.config.KeepAlive), 0, 0
	} else {
		e.Kind, e.Request, e.Arrived = EventDequeued, w.waiting.popFront(), arrived
		m.State, m.Since, m.Until, m.Request, m.arrived = StateWarm, now, w.completion(), e.Request, arrived
	}
	e.State = m.State
	return e, true
}

// completion returns when the service that just began will end; Never where that depends on
// what comes.
func (w *poolWitness) completion() sim.Time {
	if w.pool.shared == nil && w.logs {
		return w.logged.Completion
	}
	return sim.Never
}

func (w *poolWitness) arrives(event sim.Event, quiet bool) (e Event, told bool, err error) {
	p, now := w.pool, event.Time
	o := &p.observed
	// The request that the pool is offered, unless it only joins the stage's queue or the
	// stage offers none.
	number, arrived, service := p.workload.number(), now, sim.Time(0)
	offered, joins, inStage := true, false, 0
	if s := p.stage; s == nil {
		service = sim.Time(p.workload.services[p.workload.cursor])
	} else if inStage = s.queue.len(); s.next <= s.reader {
		joins = true
	} else {
		front := s.queue.front()
		number, arrived, service, offered = front.number, front.arrived, front.service, s.timedOut == 0
	}
	e = Event{Request: int64(number) + 1, Arrived: arrived, Since: now}
	var slot uint32
	switch {
	case !offered || joins:
	case o.Idle.Count() > 0:
		slot = p.nextIdle()
		if e = w.of(EventWarmStart, slot); !quiet {
			e.Found = w.idle()
		}
		e.Request, e.Arrived = int64(number)+1, arrived
	case len(p.free) > 0:
		slot = p.free[len(p.free)-1]
	default:
		slot = uint32(len(p.created))
	}
	warm, cold, rejected, queue := o.Warm, o.Cold, o.Rejected, p.waiting.len()
	p.handle(event)
	if err, tooMany := p.workload.err.(tooManyLive); tooMany {
		return e, false, err
	}
	switch {
	case joins:
		e.Kind = EventArrived
		return e, true, nil
	case p.stage != nil && (!offered || p.stage.queue.len() == inStage):
		return e, false, nil // a look, or one that had timed out
	case o.Rejected > rejected:
		e.Kind = EventRejected
		return e, true, nil
	case p.waiting.len() > queue:
		e.Kind = EventQueued
		w.waiting.pushBack(e.Request)
		return e, true, nil
	case o.Warm > warm:
		m := &w.members[slot]
		m.State, m.Since, m.Until, m.Request, m.arrived = StateWarm, now, w.completion(), e.Request, arrived
	case o.Cold > cold:
		if int(slot) == len(w.members) {
			w.members = append(w.members, occupant{})
		}
		w.members[slot] = occupant{LiveInstance: LiveInstance{Instance: p.serial, Slot: int(slot), State: StateCold, Created: now, Since: now,
			Until: w.completion(), Request: e.Request}, arrived: arrived}
		e.Kind, e.Instance, e.Slot = EventColdStart, p.serial, int(slot)
		if p.config.Cold == nil && p.shared == nil {
			if startup := w.logged.Completion - service; startup > now && startup < w.logged.Completion {
				w.ready.ready.Push(startup, 0, slot)
			}
		}
	}
	e.State = w.members[slot].State
	return e, true, nil
}

func (w *poolWitness) timesOut(event sim.Event) (e Event, told bool) {
	p := w.pool
	timedOut, queue := p.observed.TimedOut, p.waiting.len()
	e = Event{Kind: EventTimedOut, Since: event.Time}
	switch {
	case queue > 0:
		e.Request, e.Arrived = *w.waiting.front(), p.waiting.front().arrived
	case p.queued() > 0:
		e.Request, e.Arrived = int64(p.stage.oldest().number)+1, p.stage.oldest().arrived
	}
	w.pool.handle(event)
	if p.waiting.len() < queue {
		w.waiting.popFront()
	}
	return e, p.observed.TimedOut > timedOut
}

func (w *poolWitness) expires(event sim.Event) (e Event, told bool) {
	p := w.pool
	expired := p.observed.Expired
	if p.observed.Idle.Count() > 0 {
		e = w.of(EventExpired, p.oldestIdle().instance)
	}
	w.pool.handle(event)
	if p.observed.Expired == expired {
		return e, false
	}
	e.State = StateGone
	w.members[e.Slot] = occupant{}
	return e, true
}

// nextIdle returns the idle instance that takeIdle would take; there is one.
func (p *Pool) nextIdle() uint32 {
	switch p.config.Routing {
	case MRU:
		return p.idle.at(p.idle.len() - 1).instance
	case LRU:
		return p.idle.front().instance
	case Newest:
		return p.set.array[0]
	default:
		routing := p.routing // a copy, which draws the same number
		return p.set.array[routing.IntN(len(p.set.array))]
	}
}

// idle returns the idle instances in the order in which they became idle.
func (w *poolWitness) idle() (all []IdleInstance) {
	p := w.pool
	tell := func(i idler) { all = append(all, IdleInstance{p.serials[i.instance], i.since}) }
	if p.ordered {
		for i := range p.idle.len() {
			tell(*p.idle.at(i))
		}
		return all
	}
	for i := p.set.head; i != none; i = p.set.links[i].next {
		tell(idler{p.set.links[i].since, i})
	}
	return all
}

func (w *poolWitness) totals() Totals {
	o := &w.pool.observed
	return Totals{Requests: o.Arrivals, Warm: o.Warm, Cold: o.Cold, Rejected: o.Rejected, TimedOut: o.TimedOut,
		Completed: o.Completed, Expired: o.Expired, Counts: w.pool.Counts()}
}

func (w *poolWitness) state() State {
	p := w.pool
	s := State{Time: w.at, Totals: w.totals(), Speed: 1}
	if p.shared != nil {
		s.OnCores, s.Speed = p.shared.cores.load()
	}
	for _, m := range w.members {
		switch {
		case m.Instance == 0:
			continue
		case m.State == StateIdle:
		case p.shared == nil:
			m.Speed = 1
		case p.shared.services[m.Slot].phase != delayed:
			m.Speed = s.Speed
		}
		s.Instances = append(s.Instances, m.LiveInstance)
	}
	for i := range p.waiting.len() {
		s.Queue = append(s.Queue, QueuedRequest{Request: *w.waiting.at(i), Arrived: p.waiting.at(i).arrived})
	}
	if p.stage != nil {
		for i := p.stage.timedOut; i < p.stage.queue.len(); i++ {
			r := p.stage.queue.at(i)
			s.Queue = append(s.Queue, QueuedRequest{int64(r.number) + 1, r.arrived, true})
		}
	}
	return s
}

func (w *poolWitness) observations() Observations { return w.pool.Observations() }

func (w *poolWitness) bound(mostLive int) { w.pool.MostLive = mostLive }

func (w *poolWitness) ended() bool { return w.pool.Ended() }

var _ witness = (*poolWitness)(nil)
