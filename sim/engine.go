package sim

// An Engine is the clock of one simulation and what is still to happen in it.
// Events of which many may be pending are in a Queue; those of which at
// most one is pending, such as the next arrival, are timers: one a class, kept
// outside the queue, and set again at will. A class uses the one or the other.
//
// The simulation pulls: it asks for the Next event and acts on it.
type Engine struct {
	queue Queue
	// timers[c] is when the timer of class c goes off; Never when it is not set.
	timers [Classes]Time
	// soonest is the class of the timer that goes off first, at alarm, unless a
	// timer has changed since they were found.
	soonest Class
	changed bool
	alarm   Time
	now     Time
}

// NewEngine returns an engine at time 0 with nothing pending.
func NewEngine() Engine {
	return Engine{timers: [Classes]Time{Never, Never, Never, Never}, alarm: Never}
}

// Now returns the time of the last event, or where the last Next stopped.
func (e *Engine) Now() Time { return e.now }

// Pending returns the number of events in the queue, timers not counted.
func (e *Engine) Pending() int { return e.queue.Len() }

// Bytes is the memory of the queue's arrays.
func (e *Engine) Bytes() int64 { return e.queue.Bytes() }

// Schedule adds an event at a time not before Now. An event at Never does not
// happen.
func (e *Engine) Schedule(at Time, class Class, payload uint32) {
	if at < e.now {
		panic("sim: an event scheduled in the past")
	}
	e.queue.Push(at, class, payload)
}

// SetTimer sets the timer of a class to a time not before Now, in place of
// what it was set to; Never switches it off.
func (e *Engine) SetTimer(class Class, at Time) {
	if at < e.now {
		panic("sim: a timer set to the past")
	}
	e.timers[class] = at
	e.changed = true
}

// wind finds the timer that goes off first, the lowest class of several.
func (e *Engine) wind() {
	// Written out, it takes half the time of a loop.
	class, at := Class(0), e.timers[0]
	if e.timers[1] < at {
		class, at = 1, e.timers[1]
	}
	if e.timers[2] < at {
		class, at = 2, e.timers[2]
	}
	if e.timers[3] < at {
		class, at = 3, e.timers[3]
	}
	e.soonest, e.alarm, e.changed = class, at, false
}

// Next removes the first event that is not after until, which is before Never, moves the clock to it
// and returns it. If there is none, it moves the clock to until and returns
// false; the simulation may be continued by a later until. A timer's event has
// the zero payload, and its timer is off.
//
// Events of one moment come in the order of their classes; those of one class
// in the order in which they were scheduled.
func (e *Engine) Next(until Time) (Event, bool) {
	if e.changed {
		e.wind()
	}
	at := e.alarm
	q := &e.queue
	if last := q.n - 1; last >= 0 {
		first := q.times[last]
		if first < at || first == at && q.near(last).Class() < e.soonest {
			if first > until {
				e.now = max(e.now, until)
				return Event{}, false
			}
			e.now = first
			// This is q.Pop, which is too long to be inlined.
			event := q.near(last)
			q.n = last
			if last == 0 {
				q.turn()
			}
			return event, true
		}
	}
	if at > until {
		e.now = max(e.now, until)
		return Event{}, false
	}
	class := e.soonest
	e.now = at
	e.timers[class] = Never
	e.changed = true
	return Event{at, uint64(class) << classShift}, true
}
