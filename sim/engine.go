package sim

// An Engine holds the clock and the future events of one simulation. A class that may have many
// pending events uses the queue. A class with at most one pending event, such as the next arrival,
// uses its timer: each class has one timer, outside the queue, which can be set again at will.
//
// The simulation pulls: it asks for the Next event and acts on it.
type Engine struct {
	queue Queue
	// timers[c] is the time at which the timer of class c goes off; Never while it is off.
	timers [Classes]Time
	// soonest is the class of the first timer to go off, at alarm. Both are out of date while
	// changed is set.
	soonest Class
	changed bool
	alarm   Time
	now     Time
}

// NewEngine returns an engine at time 0 with nothing pending.
func NewEngine() Engine {
	return Engine{timers: [Classes]Time{Never, Never, Never, Never}, alarm: Never}
}

// Now returns the time of the last event, or the time at which the last Next stopped.
func (e *Engine) Now() Time { return e.now }

// Pending returns the number of events in the queue; timers are not counted.
func (e *Engine) Pending() int { return e.queue.Len() }

// Bytes returns the memory of the queue's arrays, in bytes.
func (e *Engine) Bytes() int64 { return e.queue.Bytes() }

// Schedule adds an event at a time not before Now. An event at Never does not happen.
func (e *Engine) Schedule(at Time, class Class, payload uint32) {
	if at < e.now {
		panic("sim: an event scheduled in the past")
	}
	e.queue.Push(at, class, payload)
}

// SetTimer sets or resets the timer of a class to a time not before Now; Never switches the timer
// off.
func (e *Engine) SetTimer(class Class, at Time) {
	if at < e.now {
		panic("sim: a timer set to the past")
	}
	e.timers[class] = at
	e.changed = true
}

// wind finds the first timer to go off; of several at one moment, the lowest class.
func (e *Engine) wind() {
	// Written out, this takes half the time of a loop.
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

// Next removes the first event at or before until (until < Never), moves the clock to it and
// returns it. If there is none, Next moves the clock to until and returns false; a later until
// continues the simulation. A timer's event has payload 0, and its timer is off.
//
// Events of one moment come in the order of their classes; events of one class come in the order in
// which they were scheduled.
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
			// This is q.Pop by hand: q.Pop is too long to be inlined.
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
