package platform

import "faaslab/sim"

// An executorWitness looks at executors before and after each event.
type executorWitness struct {
	executors *Executors
	members   []occupant // by slot
	free      []uint32   // slots
	slots     map[int64]uint32
	// ends are the completions that are certain, in the order of the engine, which does not
	// tell whose they are; the slot. On shared cores there are none.
	ends    sim.Queue
	waiting line[int64] // the executors that wait for a core
	ready   readyQueue  // of start-ups on unlimited cores
	at      sim.Time    // of the last event

	logged Request // by the event that is being handled, if any
	logs   bool
}

func newExecutorWitness(e *Executors) *executorWitness {
	w := &executorWitness{executors: e, slots: map[int64]uint32{}}
	e.Log = func(r Request) { w.logged, w.logs = r, true }
	return w
}

// handle lets an event of the engine happen. It is one turn of Run, where it is written
// out, since a call for each event would take time there. After the last arrival Run calls it.
func (e *Executors) handle(event sim.Event) {
	switch event.Class() {
	case completion:
		e.complete(event.Time)
	case arrival:
		e.arrive(event.Time)
	case ready:
		x := e.executors[event.Payload()]
		e.free = append(e.free, event.Payload())
		e.begin(event.Time, x)
	}
	if checkInvariants {
		e.check(event.Time)
	}
}

func (w *executorWitness) next(until sim.Time, _ bool, interrupted func() error) (e Event, told, ok bool, err error) {
	x := w.executors
	if x.workload.interrupted = interrupted; x.workload.ended() {
		until = x.workload.horizon(until, w.at, x.observed.present())
	} else {
		until = min(until, sim.Never-1)
	}
	event, begins, ok := w.ready.next(&x.engine, until)
	if !ok {
		return e, false, false, x.workload.err
	}
	w.at, w.logs = event.Time, false
	switch {
	case begins:
		e = w.of(EventReady, event.Payload())
		w.runs(event.Payload(), event.Time, w.members[event.Payload()].end)
	case event.Class() == completion:
		e = w.completes(event)
	case event.Class() == arrival:
		if e, err = w.arrives(event); err != nil {
			return e, false, true, err
		}
	default:
		e = w.startsUp(event)
	}
	e.Time = event.Time
	if m := &w.members[e.Slot]; m.Instance == e.Instance {
		e.State = m.State
	}
	return e, true, true, nil
}

// of returns an event of an executor that will not be what it is.
func (w *executorWitness) of(kind EventKind, slot uint32) Event {
	m := &w.members[slot]
	return Event{Kind: kind, Request: m.Request, Arrived: m.arrived, Instance: m.Instance, Slot: m.Slot, Before: m.State, Since: m.Since}
}

// runs notes that an executor begins its service.
func (w *executorWitness) runs(slot uint32, now, until sim.Time) {
	m := &w.members[slot]
	m.State, m.Since, m.Until = StateRunning, now, until
}

// end notes when an executor will end.
func (w *executorWitness) end(slot uint32, at sim.Time) { w.ends.Push(at, completion, slot) }

func (w *executorWitness) arrives(event sim.Event) (Event, error) {
	x, now := w.executors, event.Time
	number, waiting := int64(x.workload.number())+1, x.waiting.len()
	place := len(x.executors) // of the executor, if it is kept
	if n := len(x.free); n > 0 {
		place = int(x.free[n-1])
	}
	x.handle(event)
	if err, tooMany := x.workload.err.(tooManyLive); tooMany {
		return Event{}, err
	}
	slot := uint32(len(w.members))
	if n := len(w.free); n > 0 {
		slot, w.free = w.free[n-1], w.free[:n-1]
	} else {
		w.members = append(w.members, occupant{})
	}
	m := &w.members[slot]
	*m = occupant{LiveInstance: LiveInstance{Instance: number, Slot: int(slot), State: StateRunning, Created: now, Since: now, Until: sim.Never, Request: number}, arrived: now}
	w.slots[number] = slot
	e := Event{Kind: EventStarted, Request: number, Arrived: now, Instance: number, Slot: int(slot), Since: now}
	switch {
	case w.logs: // it has a core of its own
		m.Until = w.logged.Completion
		w.end(slot, m.Until)
		if w.logged.Start > now {
			m.State, m.Until, m.end = StateStarting, w.logged.Start, w.logged.Completion
		}
		if now < w.logged.Start && w.logged.Start < w.logged.Completion {
			w.ready.ready.Push(w.logged.Start, 0, slot)
		}
	case x.waiting.len() > waiting:
		w.waits(m)
		e.Kind = EventQueued
	case place < len(x.executors) && x.executors[place].serial == number && x.executors[place].started > now:
		m.State, m.Until = StateStarting, x.executors[place].started
	}
	return e, nil
}

// waits notes that an executor begins to wait for a core.
func (w *executorWitness) waits(m *occupant) {
	m.State, m.Since, m.Until = StateWaiting, w.at, sim.Never
	w.waiting.pushBack(m.Instance)
}

// startsUp is the end of a start-up.
func (w *executorWitness) startsUp(event sim.Event) Event {
	x := w.executors
	slot := w.slots[x.executors[event.Payload()].serial]
	waiting := x.waiting.len()
	w.executors.handle(event)
	e := w.of(EventReady, slot)
	switch {
	case x.waiting.len() > waiting:
		w.waits(&w.members[slot])
		e.Kind = EventQueued
	case w.logs:
		w.runs(slot, event.Time, w.logged.Completion)
		w.end(slot, w.logged.Completion)
	default:
		w.runs(slot, event.Time, sim.Never)
	}
	return e
}

func (w *executorWitness) completes(event sim.Event) Event {
	x := w.executors
	w.executors.handle(event)
	var slot uint32
	queued := false
	if sharing := !x.unlimited && !x.fcfs; sharing {
		slot = w.slots[w.logged.Instance]
	} else {
		slot, queued = w.ends.Pop().Payload(), w.logs
	}
	e := w.of(EventCompleted, slot)
	e.Completed, e.CompletedArrived = e.Request, e.Arrived
	delete(w.slots, e.Instance)
	w.members[slot], w.free = occupant{}, append(w.free, slot)
	if queued {
		next := w.slots[w.waiting.popFront()]
		ended := e
		e = w.of(EventDequeued, next)
		e.Completed, e.CompletedArrived, e.Released = ended.Completed, ended.CompletedArrived, ended.Instance
		w.runs(next, event.Time, w.logged.Completion)
		w.end(next, w.logged.Completion)
	}
	return e
}

func (w *executorWitness) totals() Totals {
	o := &w.executors.observed
	return Totals{Requests: o.Arrivals, Completed: o.Completed, Counts: w.executors.Counts()}
}

func (w *executorWitness) state() State {
	x := w.executors
	s := State{Time: w.at, Totals: w.totals(), Speed: 1}
	switch {
	case x.unlimited:
	case x.fcfs:
		s.OnCores = x.busy
	default:
		s.OnCores, s.Speed = x.shared.load()
	}
	for _, m := range w.members {
		if m.Instance == 0 {
			continue
		}
		if m.State == StateRunning {
			m.Speed = s.Speed
		}
		s.Instances = append(s.Instances, m.LiveInstance)
	}
	for i := range w.waiting.len() {
		number := *w.waiting.at(i)
		s.Queue = append(s.Queue, QueuedRequest{Request: number, Arrived: w.members[w.slots[number]].arrived})
	}
	return s
}

func (w *executorWitness) observations() Observations { return w.executors.Observations() }

func (w *executorWitness) bound(mostLive int) { w.executors.MostLive = mostLive }

func (w *executorWitness) ended() bool { return w.executors.Ended() }

var _ witness = (*executorWitness)(nil)
