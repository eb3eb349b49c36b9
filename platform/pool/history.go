package pool

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// A poolWitness looks at a pool before and after each event.
type poolWitness struct {
	pool    *Pool
	members []loop.Occupant // by the pool's number of the instance, which is its slot
	ready   loop.ReadyQueue // start-ups that have a law of their own, on cores of their own
	at      sim.Time        // of the last event

	logged platform.Request // the request that the current event logged, if any
	logs   bool
}

func newPoolWitness(p *Pool) *poolWitness {
	w := &poolWitness{pool: p, members: make([]loop.Occupant, len(p.created))}
	for slot := range w.members {
		m := loop.Occupant{LiveInstance: platform.LiveInstance{Instance: p.serials[slot], Slot: slot, State: platform.StateWarm, Until: sim.Never}}
		if slot < p.config.InitialIdle {
			m.State, m.Until = platform.StateIdle, p.config.KeepAlive
		}
		w.members[slot] = m
	}
	p.Log = func(r platform.Request) { w.logged, w.logs = r, true }
	return w
}

// handle lets an event of the engine happen. It repeats the switch of Run, since a call for each
// event would take time there. Run calls handle after the last arrival.
func (p *Pool) handle(event sim.Event) {
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

func (w *poolWitness) Next(until sim.Time, quiet bool, interrupted func() error) (e platform.Event, told, ok bool, err error) {
	p := w.pool
	if p.workload.Interrupted = interrupted; p.workload.Ended() {
		until = p.workload.Horizon(until, w.at, p.observed.Present())
	} else {
		until = min(until, sim.Never-1)
	}
	event, ready, ok := w.ready.Next(&p.engine, until)
	if !ok {
		return e, false, false, p.workload.Err
	}
	w.at, w.logs = event.Time, false
	switch {
	case ready:
		e, told = w.begins(event.Payload()), true
	case event.Class() == loop.Completion && event.Payload()&releaseEnds != 0:
		e, told = w.freed(event, event.Payload()&^releaseEnds)
	case event.Class() == loop.Completion && p.shared != nil && p.shared.due > event.Time:
		e, told = w.startup(event, p.shared.delays.First().Payload())
	case event.Class() == loop.Completion && p.shared != nil && p.shared.services[p.shared.cores.Done.First().Payload()].phase == starting:
		e, told = w.startup(event, p.shared.cores.Done.First().Payload())
	case event.Class() == loop.Completion && p.shared != nil:
		e, told = w.completes(event, p.shared.cores.Done.First().Payload())
	case event.Class() == loop.Completion:
		e, told = w.completes(event, event.Payload()>>1)
	case event.Class() == loop.Arrival:
		e, told, err = w.arrives(event, quiet)
	case event.Class() == loop.Timeout:
		e, told = w.timesOut(event)
	default:
		e, told = w.expires(event)
	}
	e.Time = event.Time
	return e, told, true, err
}

// of returns an event of an instance, from its data before the event changes them.
func (w *poolWitness) of(kind platform.EventKind, slot uint32) platform.Event {
	m := &w.members[slot]
	return platform.Event{Kind: kind, Request: m.Request, Stream: m.Stream, Arrived: m.Arrived, Instance: m.Instance, Slot: m.Slot,
		Before: m.State, State: m.State, Since: m.Since}
}

// begins returns the end of a start-up for which the pool has no event.
func (w *poolWitness) begins(slot uint32) platform.Event { return w.of(platform.EventReady, slot) }

// startup returns the end of a part of a start-up on shared cores.
func (w *poolWitness) startup(event sim.Event, slot uint32) (platform.Event, bool) {
	w.pool.handle(event)
	kind := platform.EventReady
	if w.pool.shared.services[slot].phase == starting {
		kind = platform.EventStartupCPU
	}
	return w.of(kind, slot), true
}

func (w *poolWitness) completes(event sim.Event, slot uint32) (platform.Event, bool) {
	p, now := w.pool, event.Time
	next := w.longest()
	w.pool.handle(event)
	e, m := w.of(platform.EventCompleted, slot), &w.members[slot]
	e.Completed, e.CompletedArrived = m.Request, m.Arrived
	switch {
	case p.releases != nil:
		m.State, m.Since, m.Until = platform.StateReleasing, now, p.releases.end(now, slot)
		m.Request, m.Stream, m.Arrived = 0, 0, 0
	case next.request == 0:
		m.State, m.Since, m.Until = platform.StateIdle, now, now.Plus(p.config.KeepAlive)
		m.Request, m.Stream, m.Arrived = 0, 0, 0
	default:
		e.Kind, e.Request, e.Stream, e.Arrived = platform.EventDequeued, next.request, next.stream, next.arrived
		m.State, m.Since, m.Until = platform.StateWarm, now, w.completion()
		m.Request, m.Stream, m.Arrived = next.request, next.stream, next.arrived
	}
	e.State = m.State
	return e, true
}

// freed returns the end of a release.
func (w *poolWitness) freed(event sim.Event, slot uint32) (platform.Event, bool) {
	p, now := w.pool, event.Time
	next := w.longest()
	w.pool.handle(event)
	e, m := w.of(platform.EventFreed, slot), &w.members[slot]
	m.State, m.Since, m.Until = platform.StateIdle, now, now.Plus(p.config.KeepAlive)
	if next.request > 0 {
		e.Request, e.Stream, e.Arrived = next.request, next.stream, next.arrived
		m.State, m.Until = platform.StateWarm, w.completion()
		m.Request, m.Stream, m.Arrived = next.request, next.stream, next.arrived
	}
	e.State = m.State
	return e, true
}

// A queued request waits for an instance.
type queued struct {
	request int64 // its number, from 1; 0: there is none
	stream  int
	arrived sim.Time
}

// longest returns the request that has waited longest for an instance.
func (w *poolWitness) longest() queued {
	if w.pool.waiting.Len() == 0 {
		return queued{}
	}
	front := w.pool.waiting.Front()
	return queued{int64(front.Number()) + 1, front.Stream(), front.arrived}
}

// completion returns when the service that just began will end; Never where that depends on later
// events.
func (w *poolWitness) completion() sim.Time {
	if w.pool.shared == nil && w.logs {
		return w.logged.Completion
	}
	return sim.Never
}

func (w *poolWitness) arrives(event sim.Event, quiet bool) (e platform.Event, told bool, err error) {
	p, now := w.pool, event.Time
	o := &p.observed
	// The request that the pool is offered, unless it only joins the stage's queue or the
	// stage offers none.
	id, arrived, service := p.workload.ID(), now, sim.Time(0)
	offered, joins, inStage := true, false, 0
	if s := p.stage; s == nil {
		service = sim.Time(p.workload.Services[p.workload.Cursor])
	} else if inStage = s.queue.Len(); s.Next <= s.reader {
		joins = true
	} else {
		front := s.queue.Front()
		id, arrived, service, offered = front.ID, front.arrived, front.Service, s.timedOut == 0
	}
	number := int64(id.Number()) + 1
	e = platform.Event{Request: number, Stream: id.Stream(), Arrived: arrived, Since: now}
	var slot uint32
	switch {
	case !offered || joins:
	case p.idle.len() > 0:
		slot = p.idle.peek()
		if e = w.of(platform.EventWarmStart, slot); !quiet {
			e.Found = w.Idle()
		}
		e.Request, e.Stream, e.Arrived = number, id.Stream(), arrived
	case len(p.free) > 0:
		slot = p.free[len(p.free)-1]
	default:
		slot = uint32(len(p.created))
	}
	warm, cold, rejected, queue := o.Warm, o.Cold, o.Rejected, p.waiting.Len()
	p.handle(event)
	if err, tooMany := p.workload.Err.(loop.TooManyLive); tooMany {
		return e, false, err
	}
	switch {
	case joins:
		e.Kind = platform.EventArrived
		return e, true, nil
	case p.stage != nil && (!offered || p.stage.queue.Len() == inStage):
		return e, false, nil // a look, or one that had timed out
	case o.Rejected > rejected:
		e.Kind = platform.EventRejected
		return e, true, nil
	case p.waiting.Len() > queue:
		e.Kind = platform.EventQueued
		return e, true, nil
	case o.Warm > warm:
		m := &w.members[slot]
		m.State, m.Since, m.Until = platform.StateWarm, now, w.completion()
		m.Request, m.Stream, m.Arrived = e.Request, e.Stream, arrived
	case o.Cold > cold:
		if int(slot) == len(w.members) {
			w.members = append(w.members, loop.Occupant{})
		}
		w.members[slot] = loop.Occupant{LiveInstance: platform.LiveInstance{Instance: p.serial, Slot: int(slot), State: platform.StateCold, Created: now, Since: now,
			Until: w.completion(), Request: e.Request}, Stream: e.Stream, Arrived: arrived}
		e.Kind, e.Instance, e.Slot = platform.EventColdStart, p.serial, int(slot)
		if p.config.Cold == nil && p.shared == nil {
			if startup := w.logged.Completion - service; startup > now && startup < w.logged.Completion {
				w.ready.Ready.Push(startup, 0, slot)
			}
		}
	}
	e.State = w.members[slot].State
	return e, true, nil
}

func (w *poolWitness) timesOut(event sim.Event) (e platform.Event, told bool) {
	p := w.pool
	timedOut := p.observed.TimedOut
	e = platform.Event{Kind: platform.EventTimedOut, Since: event.Time}
	next := w.longest()
	if e.Request, e.Stream, e.Arrived = next.request, next.stream, next.arrived; e.Request == 0 && p.queued() > 0 {
		oldest := p.stage.oldest()
		e.Request, e.Stream, e.Arrived = int64(oldest.Number())+1, oldest.Stream(), oldest.arrived
	}
	w.pool.handle(event)
	return e, p.observed.TimedOut > timedOut
}

func (w *poolWitness) expires(event sim.Event) (e platform.Event, told bool) {
	p := w.pool
	expired := p.observed.Expired
	if p.idle.len() > 0 {
		e = w.of(platform.EventExpired, p.idle.oldest().instance)
	}
	w.pool.handle(event)
	if p.observed.Expired == expired {
		return e, false
	}
	e.State = platform.StateGone
	w.members[e.Slot] = loop.Occupant{}
	return e, true
}

// Idle returns the idle instances in the order in which they became idle.
func (w *poolWitness) Idle() (all []platform.IdleInstance) {
	p := w.pool
	for i := range p.idle.all() {
		all = append(all, platform.IdleInstance{Instance: p.serials[i.instance], Since: i.since})
	}
	return all
}

func (w *poolWitness) Totals() platform.Totals {
	o := &w.pool.observed
	return platform.Totals{Requests: o.Arrivals, Warm: o.Warm, Cold: o.Cold, Rejected: o.Rejected, TimedOut: o.TimedOut,
		Completed: o.Completed, Expired: o.Expired, Counts: w.pool.Counts()}
}

func (w *poolWitness) State() platform.State {
	p := w.pool
	s := platform.State{Time: w.at, Totals: w.Totals(), Speed: 1}
	if p.shared != nil {
		s.OnCores, s.Speed = p.shared.cores.Load()
	}
	for _, m := range w.members {
		switch {
		case m.Instance == 0:
			continue
		case m.State == platform.StateIdle || m.State == platform.StateReleasing:
		case p.shared == nil:
			m.Speed = 1
		case p.shared.services[m.Slot].phase != delayed:
			m.Speed = s.Speed
		}
		s.Instances = append(s.Instances, m.LiveInstance)
	}
	for i := range p.waiting.Len() {
		r := p.waiting.At(i)
		s.Queue = append(s.Queue, platform.QueuedRequest{Request: int64(r.Number()) + 1, Arrived: r.arrived})
	}
	if p.stage != nil {
		for i := p.stage.timedOut; i < p.stage.queue.Len(); i++ {
			r := p.stage.queue.At(i)
			s.Queue = append(s.Queue, platform.QueuedRequest{Request: int64(r.Number()) + 1, Arrived: r.arrived, InDispatch: true})
		}
	}
	return s
}

func (w *poolWitness) Observations() platform.Observations { return w.pool.Observations() }

func (w *poolWitness) Bound(mostLive int) { w.pool.MostLive = mostLive }

func (w *poolWitness) Ended() bool { return w.pool.Ended() }

var _ platform.Witness = (*poolWitness)(nil)

// NewHistory returns the history of the pool that New returns for the same arguments.
func NewHistory(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*platform.History, error) {
	pool, err := New(config, arrivals, seed, replication)
	if err != nil {
		return nil, err
	}
	return platform.NewHistory(newPoolWitness(pool)), nil
}
