package autoscaler

import (
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/platform/scaling"
	"faaslab/sim"
)

// A happening is what happens to an instance or a request besides completions: one event of the engine
// may bring several.
type happening struct {
	kind       platform.EventKind
	slot       uint32 // of the instance, if the kind has one
	instance   int64
	until      sim.Time // EventLaunched: when the instance is ready; of a request that begins: when it completes
	id         loop.ID  // of the request, if the kind has one
	arrived    sim.Time
	cold       bool
	evaluation *scaling.Evaluation
}

// happens tells the watcher, if there is one.
func (f *Fleet) happens(h happening) {
	if f.watch != nil {
		f.watch(h)
	}
}

// watchBegin tells that a request begins at an instance.
func (f *Fleet) watchBegin(now, arrived sim.Time, r loop.Request, slot uint32, cold bool, delay sim.Time) {
	kind := platform.EventServed
	switch {
	case delay > 0:
		kind = platform.EventColdStart
	case arrived == now:
		kind = platform.EventWarmStart
	}
	f.watch(happening{kind: kind, slot: slot, id: r.ID, arrived: arrived, cold: cold})
}

// A witness looks at a fleet while it runs. It keeps what it has told, since one event of the engine may
// bring several happenings: the State between two of them is not that of the fleet. It holds
//
//	when all is told, its instances and waiting requests are those of the fleet
type witness struct {
	fleet   *Fleet
	members []member // by slot
	queue   loop.Line[happening]
	waiting []platform.QueuedRequest
	totals  platform.Totals
	at      sim.Time // of the last event
}

// A member is a live instance; its number is 0 in a free slot.
type member struct {
	platform.LiveInstance
	held []heldRequest // in the order in which they came
}

type heldRequest struct {
	id      loop.ID
	arrived sim.Time
	end     sim.Time // Never: not known
}

// NewHistory returns the history of the fleet that New returns for the same arguments.
func NewHistory(config Config, arrivals dist.Arrivals, seed uint64, replication int) (*platform.History, error) {
	f, err := New(config, arrivals, seed, replication)
	if err != nil {
		return nil, err
	}
	w := &witness{fleet: f}
	for slot := range f.instances {
		w.join(uint32(slot), f.instances[slot].serial, platform.StateIdle, sim.Never)
	}
	f.watch = func(h happening) {
		switch h.kind {
		case platform.EventQueued, platform.EventTimedOut, platform.EventRejected, platform.EventEvaluated:
		default:
			h.instance = f.instances[h.slot].serial
		}
		w.queue.PushBack(h)
	}
	// A fleet without a log does not tell where requests begin; their ends are those of the log.
	f.Log = func(r platform.Request) {
		if n := w.queue.Len(); n > 0 && r.Completion < sim.Never && r.Outcome <= platform.OutcomeCold && f.cores == nil {
			w.queue.At(n - 1).until = r.Completion
		}
	}
	f.Evaluated = func(e scaling.Evaluation) {
		w.queue.PushBack(happening{kind: platform.EventEvaluated, evaluation: &e})
	}
	return platform.NewHistory(w), nil
}

// join adds an instance.
func (w *witness) join(slot uint32, serial int64, state platform.InstanceState, until sim.Time) {
	for int(slot) >= len(w.members) {
		w.members = append(w.members, member{})
	}
	w.members[slot] = member{LiveInstance: platform.LiveInstance{Instance: serial, Slot: int(slot), State: state, Created: w.at, Since: w.at, Until: until}}
	w.totals.Instances++
	if state == platform.StateStarting {
		w.totals.Starting++
	} else {
		w.totals.Idle++
	}
}

// Next tells the next happening of the last event or, if all are told, lets the next event happen.
func (w *witness) Next(until sim.Time, _ bool, interrupted func() error) (e platform.Event, told, ok bool, err error) {
	if w.queue.Len() == 0 {
		f := w.fleet
		if f.workload.Interrupted = interrupted; f.workload.Ended() {
			until = f.workload.Horizon(until, w.at, f.observed.Present())
		} else {
			until = min(until, sim.Never-1)
		}
		event, ok := f.engine.Next(until)
		if !ok {
			return e, false, false, f.workload.Err
		}
		w.at = event.Time
		if event.Class() == completes {
			w.queue.PushBack(w.completing(event))
		}
		before := f.observed.Arrivals
		f.handle(event)
		if f.workload.Err != nil {
			return e, false, true, f.workload.Err
		}
		w.totals.Requests += f.observed.Arrivals - before
		if w.queue.Len() == 0 {
			return e, false, true, nil
		}
	}
	e = w.tell(w.queue.PopFront())
	e.Time = w.at
	return e, true, true, nil
}

// completing returns the completion that an event of the engine is.
func (w *witness) completing(event sim.Event) happening {
	f, h := w.fleet, happening{kind: platform.EventCompleted, slot: event.Payload()}
	if c := f.cores; c != nil {
		h.slot, _ = c.due.Best()
		h.id = c.jobs[c.by[h.slot].Done.First().Payload()].id
	} else {
		held := w.members[h.slot].held
		h.id = held[slices.IndexFunc(held, func(r heldRequest) bool { return r.end == event.Time })].id
	}
	h.instance = w.members[h.slot].Instance
	return h
}

// tell carries a happening out in what the witness knows, and returns the event.
func (w *witness) tell(h happening) (e platform.Event) {
	e.Kind, e.Evaluation = h.kind, h.evaluation
	t := &w.totals
	switch h.kind {
	case platform.EventEvaluated:
		return e
	case platform.EventLaunched:
		w.join(h.slot, h.instance, platform.StateStarting, h.until)
		e.Instance, e.Slot, e.State, e.Since = h.instance, int(h.slot), platform.StateStarting, w.at
		return e
	case platform.EventQueued, platform.EventTimedOut, platform.EventRejected:
		e.Request, e.Stream, e.Arrived, e.Since = int64(h.id.Number())+1, h.id.Stream(), h.arrived, w.at
		switch h.kind {
		case platform.EventQueued:
			w.waiting = append(w.waiting, platform.QueuedRequest{Request: e.Request, Arrived: h.arrived})
			t.Waiting++
		case platform.EventTimedOut:
			w.unqueue(e.Request)
			t.TimedOut++
		default:
			t.Rejected++
		}
		return e
	}
	m := &w.members[h.slot]
	e.Instance, e.Slot, e.Before, e.Since = m.Instance, m.Slot, m.State, m.Since
	state := m.State
	switch h.kind {
	case platform.EventReady:
		t.Starting--
		m.Until = sim.Never
		state = platform.StateIdle
		if len(m.held) > 0 {
			state = platform.StateRunning
		} else {
			t.Idle++
		}
	case platform.EventWarmStart, platform.EventColdStart, platform.EventServed:
		e.Request, e.Stream, e.Arrived = int64(h.id.Number())+1, h.id.Stream(), h.arrived
		if w.unqueue(e.Request) && e.Kind == platform.EventWarmStart {
			e.Kind = platform.EventServed // it waited for an instance that took no time to start
		}
		if w.fleet.cores != nil {
			h.until = sim.Never
		}
		if len(m.held) == 0 {
			t.Running++
			if m.State != platform.StateStarting {
				t.Idle--
			}
		}
		m.held = append(m.held, heldRequest{h.id, h.arrived, h.until})
		if m.State == platform.StateIdle {
			state = platform.StateRunning
		}
		if h.cold {
			t.Cold++
		} else {
			t.Warm++
		}
	case platform.EventCompleted:
		k := slices.IndexFunc(m.held, func(r heldRequest) bool { return r.id == h.id })
		e.Completed, e.CompletedArrived, e.Stream = int64(h.id.Number())+1, m.held[k].arrived, h.id.Stream()
		m.held = slices.Delete(m.held, k, k+1)
		t.Completed++
		if len(m.held) == 0 {
			t.Running--
			if m.State != platform.StateStarting {
				t.Idle++
			}
			if m.State == platform.StateRunning {
				state = platform.StateIdle
			}
		}
	case platform.EventDraining:
		t.Draining++
		state = platform.StateDraining
	default: // it is gone
		t.Expired++
		t.Instances--
		switch m.State {
		case platform.StateStarting:
			t.Starting--
		case platform.StateDraining:
			t.Draining--
			t.Idle--
		default:
			t.Idle--
		}
		*m = member{}
		return e
	}
	if e.State = state; state != m.State {
		m.State, m.Since = state, w.at
	}
	if m.Held, m.Request = len(m.held), 0; m.Held > 0 {
		m.Request = int64(m.held[0].id.Number()) + 1
	}
	return e
}

// unqueue takes a request out of those that wait, if it does.
func (w *witness) unqueue(request int64) bool {
	k := slices.IndexFunc(w.waiting, func(q platform.QueuedRequest) bool { return q.Request == request })
	if k < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, k, k+1)
	w.totals.Waiting--
	return true
}

func (w *witness) State() platform.State {
	s := platform.State{Time: w.at, Totals: w.totals, Speed: 1, Queue: slices.Clone(w.waiting)}
	for slot := range w.members {
		m := &w.members[slot]
		if m.Instance == 0 {
			continue
		}
		i := m.LiveInstance
		held := make([]int64, len(m.held))
		for k, r := range m.held {
			held[k] = int64(r.id.Number()) + 1
		}
		s.Requests = append(s.Requests, held)
		if n := len(m.held); n > 0 && m.State != platform.StateStarting {
			i.Speed = 1
			if g := w.fleet.config.InstanceCores; g > 0 {
				i.Speed = min(1, g/float64(n))
			}
		}
		s.Instances = append(s.Instances, i)
	}
	return s
}

func (w *witness) Totals() platform.Totals { return w.totals }

func (w *witness) Observations() platform.Observations { return w.fleet.Observations() }

func (w *witness) Ended() bool { return w.queue.Len() == 0 && w.fleet.Ended() }

func (w *witness) Bound(mostLive int) { w.fleet.MostLive = mostLive }

var _ platform.Witness = (*witness)(nil)
