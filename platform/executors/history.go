package executors

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// An executorWitness looks at executors before and after each event.
type executorWitness struct {
	executors *Executors
	members   []loop.Occupant // by slot
	free      []uint32        // slots
	slots     map[int64]uint32
	// ends are the certain completions in the order of the engine, with the slot, because the
	// engine does not say which executor a completion belongs to. On shared cores there are none.
	ends    sim.Queue
	waiting loop.Line[int64] // the executors that wait for a core
	ready   loop.ReadyQueue  // of start-ups on unlimited cores
	at      sim.Time         // of the last event

	logged platform.Request // the request that the current event logged, if any
	logs   bool
}

func newExecutorWitness(e *Executors) *executorWitness {
	w := &executorWitness{executors: e, slots: map[int64]uint32{}}
	e.Log = func(r platform.Request) { w.logged, w.logs = r, true }
	return w
}

// handle lets an event of the engine happen. It repeats the switch of Run, since a call for each
// event would take time there. Run calls handle after the last arrival.
func (e *Executors) handle(event sim.Event) {
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

func (w *executorWitness) Next(until sim.Time, _ bool, interrupted func() error) (e platform.Event, told, ok bool, err error) {
	x := w.executors
	if x.workload.Interrupted = interrupted; x.workload.Ended() {
		until = x.workload.Horizon(until, w.at, x.observed.Present())
	} else {
		until = min(until, sim.Never-1)
	}
	event, begins, ok := w.ready.Next(&x.engine, until)
	if !ok {
		return e, false, false, x.workload.Err
	}
	w.at, w.logs = event.Time, false
	switch {
	case begins:
		e = w.of(platform.EventReady, event.Payload())
		w.runs(event.Payload(), event.Time, w.members[event.Payload()].End)
	case event.Class() == loop.Completion:
		e = w.completes(event)
	case event.Class() == loop.Arrival:
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

// of returns an event of an executor, from its data before the event changes them.
func (w *executorWitness) of(kind platform.EventKind, slot uint32) platform.Event {
	m := &w.members[slot]
	return platform.Event{Kind: kind, Request: m.Request, Stream: m.Stream, Arrived: m.Arrived, Instance: m.Instance, Slot: m.Slot, Before: m.State, Since: m.Since}
}

// runs records that an executor begins its service.
func (w *executorWitness) runs(slot uint32, now, until sim.Time) {
	m := &w.members[slot]
	m.State, m.Since, m.Until = platform.StateRunning, now, until
}

// End records when an executor will end.
func (w *executorWitness) End(slot uint32, at sim.Time) { w.ends.Push(at, loop.Completion, slot) }

func (w *executorWitness) arrives(event sim.Event) (platform.Event, error) {
	x, now := w.executors, event.Time
	id, waiting := x.workload.ID(), x.waiting.Len()
	number := int64(id.Number()) + 1
	place := len(x.executors) // of the executor, if it is kept
	if n := len(x.free); n > 0 {
		place = int(x.free[n-1])
	}
	x.handle(event)
	if err, tooMany := x.workload.Err.(loop.TooManyLive); tooMany {
		return platform.Event{}, err
	}
	slot := uint32(len(w.members))
	if n := len(w.free); n > 0 {
		slot, w.free = w.free[n-1], w.free[:n-1]
	} else {
		w.members = append(w.members, loop.Occupant{})
	}
	m := &w.members[slot]
	*m = loop.Occupant{LiveInstance: platform.LiveInstance{Instance: number, Slot: int(slot), State: platform.StateRunning, Created: now, Since: now, Until: sim.Never, Request: number}, Stream: id.Stream(), Arrived: now}
	w.slots[number] = slot
	e := platform.Event{Kind: platform.EventStarted, Request: number, Stream: id.Stream(), Arrived: now, Instance: number, Slot: int(slot), Since: now}
	switch {
	case w.logs: // it has a core of its own
		m.Until = w.logged.Completion
		w.End(slot, m.Until)
		if w.logged.Start > now {
			m.State, m.Until, m.End = platform.StateStarting, w.logged.Start, w.logged.Completion
		}
		if now < w.logged.Start && w.logged.Start < w.logged.Completion {
			w.ready.Ready.Push(w.logged.Start, 0, slot)
		}
	case x.waiting.Len() > waiting:
		w.waits(m)
		e.Kind = platform.EventQueued
	case place < len(x.executors) && x.executors[place].serial() == number && x.executors[place].started > now:
		m.State, m.Until = platform.StateStarting, x.executors[place].started
	}
	return e, nil
}

// waits records that an executor begins to wait for a core.
func (w *executorWitness) waits(m *loop.Occupant) {
	m.State, m.Since, m.Until = platform.StateWaiting, w.at, sim.Never
	w.waiting.PushBack(m.Instance)
}

// startsUp returns the event at the end of a start-up.
func (w *executorWitness) startsUp(event sim.Event) platform.Event {
	x := w.executors
	slot := w.slots[x.executors[event.Payload()].serial()]
	waiting := x.waiting.Len()
	w.executors.handle(event)
	e := w.of(platform.EventReady, slot)
	switch {
	case x.waiting.Len() > waiting:
		w.waits(&w.members[slot])
		e.Kind = platform.EventQueued
	case w.logs:
		w.runs(slot, event.Time, w.logged.Completion)
		w.End(slot, w.logged.Completion)
	default:
		w.runs(slot, event.Time, sim.Never)
	}
	return e
}

func (w *executorWitness) completes(event sim.Event) platform.Event {
	x := w.executors
	w.executors.handle(event)
	var slot uint32
	queued := false
	if sharing := !x.unlimited && !x.fcfs; sharing {
		slot = w.slots[w.logged.Instance]
	} else {
		slot, queued = w.ends.Pop().Payload(), w.logs
	}
	e := w.of(platform.EventCompleted, slot)
	e.Completed, e.CompletedArrived = e.Request, e.Arrived
	delete(w.slots, e.Instance)
	w.members[slot], w.free = loop.Occupant{}, append(w.free, slot)
	if queued {
		next := w.slots[w.waiting.PopFront()]
		ended := e
		e = w.of(platform.EventDequeued, next)
		e.Completed, e.CompletedArrived, e.Released = ended.Completed, ended.CompletedArrived, ended.Instance
		w.runs(next, event.Time, w.logged.Completion)
		w.End(next, w.logged.Completion)
	}
	return e
}

func (w *executorWitness) Totals() platform.Totals {
	o := &w.executors.observed
	return platform.Totals{Requests: o.Arrivals, Completed: o.Completed, Counts: w.executors.Counts()}
}

func (w *executorWitness) State() platform.State {
	x := w.executors
	s := platform.State{Time: w.at, Totals: w.Totals(), Speed: 1}
	switch {
	case x.unlimited:
	case x.fcfs:
		s.OnCores = x.busy
	default:
		s.OnCores, s.Speed = x.shared.Load()
	}
	for _, m := range w.members {
		if m.Instance == 0 {
			continue
		}
		if m.State == platform.StateRunning {
			m.Speed = s.Speed
		}
		s.Instances = append(s.Instances, m.LiveInstance)
	}
	for i := range w.waiting.Len() {
		number := *w.waiting.At(i)
		s.Queue = append(s.Queue, platform.QueuedRequest{Request: number, Arrived: w.members[w.slots[number]].Arrived})
	}
	return s
}

func (w *executorWitness) Observations() platform.Observations { return w.executors.Observations() }

func (w *executorWitness) Bound(mostLive int) { w.executors.MostLive = mostLive }

func (w *executorWitness) Ended() bool { return w.executors.Ended() }

var _ platform.Witness = (*executorWitness)(nil)

// NewHistory returns the history of the executors that New returns for the same arguments.
func NewHistory(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*platform.History, error) {
	executors, err := New(config, arrivals, seed, replication)
	if err != nil {
		return nil, err
	}
	return platform.NewHistory(newExecutorWitness(executors)), nil
}
