package sim

import (
	"math"
	"math/bits"
	"slices"
)

// Class ranks events that happen at the same moment: the lower class first.
type Class uint8

// Classes is the number of classes that exist, 0 to Classes-1.
const Classes = 4

// An Event is something that happens at a moment. It is a small value; with a
// Payload of four bytes, and no pointer in it, it takes sixteen.
type Event[P any] struct {
	Time Time
	// order holds the class in its top bits and, below them, the sequence
	// number: one comparison decides between events of the same moment.
	order   uint32
	Payload P
}

const (
	sequenceBits = 30
	sequenceMask = 1<<sequenceBits - 1
)

// Class returns the event's class.
func (e Event[P]) Class() Class { return Class(e.order >> sequenceBits) }

// A Queue holds pending events in the order (time, class, sequence): of events of
// the same moment and class the one pushed first comes first. The zero value is
// an empty queue.
//
// The nearest events are a sorted list: finding a place in two dozen by looking at one after
// another is faster than any heap, since it branches as foreseen but once. When there are more,
// those that are not so near lie unsorted on a calendar (R. Brown, Calendar queues: a fast O(1)
// priority queue implementation for the simulation event set problem, CACM 31 (10), 1988), whose
// days are as long as it takes to pop a few events; each day is sorted when it comes.
// What is beyond the calendar waits, in no order, for the next one. So an event costs about the same
// however many are pending, unless thousands are pushed to the very moment at which thousands are pending.
//
//	events of near < limit <= events of days < start + length of the calendar <= events of far
//	near is empty only if the queue is
type Queue[P any] struct {
	near     []Event[P] // near[i] is after near[i+1]
	sequence uint32     // of the next push, <= sequenceMask

	// dated: there is a calendar; else all events are near, and nothing below means anything.
	dated bool
	shift uint8  // a day lasts 1<<shift ns
	start uint64 // when the first day begins, ns
	limit uint64 // when day today begins
	today int    // of the first day that has not come
	days  []uint32
	// A day is a list of notes: days[d] is the first one, note.next the one after; 0 is none, and so is
	// notes[0]. Those that are not in use are a list, too.
	notes  []note[P]
	unused uint32
	dates  int // notes in use
	far    []Event[P]

	begun  uint32 // sequence when the calendar began
	length int    // Len then
}

type note[P any] struct {
	event Event[P]
	next  uint32
}

const (
	// A sorted list longer than mostNear becomes a calendar, which ends with fewer than
	// leastDated events: about there they are equally fast.
	mostNear   = 32
	leastDated = 12
	// eventsPerDay to twice as many are wanted: so few are sorted faster than the days are turned.
	eventsPerDay = 8
	// mostPassed is how many near events a push passes before the days are made shorter.
	mostPassed = 48
	// fewestDays of a calendar; it has at least one for two events.
	fewestDays = 32
)

// Len returns the number of pending events.
func (q *Queue[P]) Len() int { return len(q.near) + q.dates + len(q.far) }

// First returns the first event without removing it. It panics when the queue
// is empty.
func (q *Queue[P]) First() Event[P] { return *q.first() }

func (q *Queue[P]) first() *Event[P] { return &q.near[len(q.near)-1] }

// Push adds an event; 0 <= class < Classes.
func (q *Queue[P]) Push(at Time, class Class, payload P) {
	if q.sequence > sequenceMask {
		q.renumber()
	}
	e := Event[P]{at, uint32(class)<<sequenceBits | q.sequence, payload}
	q.sequence++
	if q.dated && uint64(at) >= q.limit {
		q.date(e)
		return
	}
	q.near = append(q.near, e)
	s := q.near
	i := len(s) - 1
	for i > 0 && (s[i-1].Time < at || s[i-1].Time == at && s[i-1].order < e.order) {
		s[i] = s[i-1]
		i--
	}
	s[i] = e
	if len(s)-i > mostPassed || !q.dated && len(s) > mostNear {
		q.crowded()
	}
}

// Pop removes and returns the first event. It panics when the queue is empty.
func (q *Queue[P]) Pop() Event[P] {
	last := len(q.near) - 1
	first := q.near[last]
	q.near = q.near[:last]
	if last == 0 && q.dated {
		q.turn()
	}
	return first
}

// date writes an event, not before limit, on its day or, beyond the calendar, among the far ones.
func (q *Queue[P]) date(e Event[P]) {
	day := (uint64(e.Time) - q.start) >> q.shift
	if day >= uint64(len(q.days)) {
		q.far = append(q.far, e)
		return
	}
	i := q.unused
	if i == 0 {
		i = uint32(len(q.notes))
		q.notes = append(q.notes, note[P]{})
	} else {
		q.unused = q.notes[i].next
	}
	q.notes[i] = note[P]{e, q.days[day]}
	q.days[day] = i
	q.dates++
}

// turn makes the events of the next day that has any the near ones; none is near.
func (q *Queue[P]) turn() {
	if q.Len() < leastDated {
		q.end()
		return
	}
	if q.dates == 0 {
		// The time in which events were popped since the calendar began tells how dense they are.
		first := slices.MinFunc(q.far, compare)
		popped := int64(q.sequence-q.begun) + int64(q.length-q.Len())
		q.begin((uint64(first.Time) - q.start) / uint64(max(1, popped)))
		return
	}
	for q.days[q.today] == 0 {
		q.today++
	}
	q.near = q.tearOff(q.near)
	q.limit = q.start + uint64(q.today)<<q.shift
	q.sortNear()
}

// tearOff appends the events of today to a list; today is then the next day.
func (q *Queue[P]) tearOff(to []Event[P]) []Event[P] {
	for i := q.days[q.today]; i != 0; {
		n := &q.notes[i]
		to = append(to, n.event)
		q.dates--
		n.next, q.unused, i = q.unused, i, n.next
	}
	q.days[q.today] = 0
	q.today++
	return to
}

// sortNear sorts the near events, the first to the end. Few are sorted by insertion.
func (q *Queue[P]) sortNear() {
	s := q.near
	if len(s) > mostNear {
		slices.SortFunc(s, func(a, b Event[P]) int { return compare(b, a) })
		return
	}
	for i := 1; i < len(s); i++ {
		e := s[i]
		j := i
		for j > 0 && before(&s[j-1], &e) != 0 {
			s[j] = s[j-1]
			j--
		}
		s[j] = e
	}
}

// crowded makes the days shorter, if that helps: too many events are near.
func (q *Queue[P]) crowded() {
	gap := uint64(q.near[0].Time-q.near[len(q.near)-1].Time) / uint64(len(q.near))
	if !q.dated || gap < 1<<q.shift/eventsPerDay/2 && q.shift > 0 {
		q.begin(gap)
	}
}

// begin begins a calendar with the first of all events, which follow one another in about
// gap ns at first.
func (q *Queue[P]) begin(gap uint64) {
	q.gather()
	n := max(fewestDays, 1<<bits.Len(uint(len(q.far)/2)))
	if cap(q.days) < n {
		q.days = make([]uint32, n)
	}
	q.days = q.days[:n]
	if len(q.notes) == 0 {
		q.notes = make([]note[P], 1, len(q.far)+1)
	}
	// The last day ends before 2⁶³ + 2⁶² ns.
	q.shift = uint8(min(bits.Len64(min(gap, math.MaxInt64/eventsPerDay)*eventsPerDay), 62-bits.Len(uint(n))))
	q.start = uint64(slices.MinFunc(q.far, compare).Time)
	q.dated, q.today, q.limit = true, 0, q.start
	q.begun, q.length = q.sequence, len(q.far)
	all := q.far
	q.far = q.far[:0] // what is kept there has been read
	for _, e := range all {
		q.date(e)
	}
	q.turn()
}

// end gives the calendar up: all events are near.
func (q *Queue[P]) end() {
	q.gather()
	q.dated = false
	q.near, q.far = append(q.near, q.far...), q.far[:0]
	q.sortNear()
}

// gather puts all events among the far ones.
func (q *Queue[P]) gather() {
	for q.dates > 0 {
		q.far = q.tearOff(q.far)
	}
	q.far = append(q.far, q.near...)
	q.near = q.near[:0]
}

// compare returns -1 if a comes before b, else 1; 0 if they are the same.
func compare[P any](a, b Event[P]) int { return int(before(&b, &a)) - int(before(&a, &b)) }

// before returns 1 if a comes before b, else 0. That times differ is foreseen by the
// processor, so what takes time is one subtraction and its borrow. Times are never negative.
func before[P any](a, b *Event[P]) uint64 {
	x, y := uint64(a.Time), uint64(b.Time)
	if x == y {
		x, y = uint64(a.order), uint64(b.order)
	}
	_, borrow := bits.Sub64(x, y, 0)
	return borrow
}

// renumber gives the pending events the sequence numbers 0, 1, 2 … in their
// present order, when the numbers have run out: once in 2³⁰ events.
func (q *Queue[P]) renumber() {
	if q.Len() > sequenceMask {
		panic("sim: more than 2³⁰ events pending")
	}
	if q.dated {
		q.end()
	}
	for i := range q.near {
		e := &q.near[len(q.near)-1-i]
		e.order = e.order&^sequenceMask | uint32(i)
	}
	q.sequence = uint32(len(q.near))
}
