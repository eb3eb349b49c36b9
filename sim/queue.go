package sim

import (
	"math"
	"math/bits"
	"slices"
	"sort"
	"unsafe"
)

// Class ranks events that happen at the same moment: the lower class comes first.
type Class uint8

// Classes is the number of classes: 0 to Classes-1.
const Classes = 4

// An Event happens at a moment of virtual time.
type Event struct {
	Time Time
	// key holds, from its top bits down, the class, the sequence number and the payload, so one
	// comparison orders two events of the same moment.
	key uint64
}

const (
	classShift    = 62
	sequenceShift = 32
	sequenceMask  = 1<<(classShift-sequenceShift) - 1
)

// Class returns the event's class.
func (e Event) Class() Class { return Class(e.key >> classShift) }

// Payload returns the number that was pushed with the event; the simulation defines its meaning.
func (e Event) Payload() uint32 { return uint32(e.key) }

// A Queue holds pending events in the order (time, class, sequence): at the same moment and class,
// the event pushed first comes first. The zero value is an empty queue.
//
// The nearest events form a sorted list. In a few dozen events, a linear search for a place is
// faster than any heap, since only its last branch is mispredicted. When there are more events, the
// less near ones lie unsorted on a calendar (R. Brown, Calendar queues: a fast O(1) priority queue
// implementation for the simulation event set problem, CACM 31 (10), 1988). A day of the calendar
// lasts as long as it takes to pop a few events, and is sorted when it comes. Events beyond the
// calendar wait, unsorted, for the next calendar. So the cost of an event hardly depends on the
// number of pending events, unless thousands are pushed to the very moment at which thousands are
// pending.
//
//	near events < limit <= events of days < start + length of the calendar <= events of far
//	the near list is empty only if the queue is empty
type Queue struct {
	// times and keys hold the n near events; the first event is at n-1.
	times    []Time
	keys     []uint64 // as long as times
	n        int
	sequence uint32 // of the next push, <= sequenceMask + 1

	// crowd is not 0 while too many events are near. Then limit is the time of the last near event,
	// so later events go to late, and crowd keeps the usual limit.
	crowd uint64
	late  []Event

	// dated: there is a calendar. Otherwise all events are near, and limit is the only field below
	// that is valid.
	dated bool
	shift uint8  // a day lasts 1<<shift ns
	limit uint64 // when day today begins, ns; without a calendar, after Never
	start uint64 // when the first day begins, ns
	today int    // the first day that has not come
	days  []uint32
	// A day is a linked list of notes: days[d] is its first note, note.next the following one, and
	// 0 ends the list (notes[0] is not used). Unused notes form a linked list, too.
	notes  []note
	unused uint32
	dates  int // notes in use
	far    []Event

	begun  uint32  // sequence when the calendar began
	length int     // Len when the calendar began
	day    []Event // buffer of turn, empty between calls

	announce func(day []Event) // nil: nobody is told of a day that comes
}

type note struct {
	event Event
	next  uint32
}

const (
	// A sorted list of more than mostNear events becomes a calendar; a calendar of fewer than
	// leastDated events ends. Between the two numbers, list and calendar are about equally fast.
	mostNear   = 64
	leastDated = 24
	// A day should hold eventsPerDay to 2*eventsPerDay events: sorting this few takes less time
	// than turning the days.
	eventsPerDay = 8
	// With mostToday near events, the days are made shorter.
	mostToday = 64
	// Moving movesPerDate near events takes about as long as dating one event.
	movesPerDate = 64
	// With mostSorted near events, events after them go to late.
	mostSorted = 256
	// A calendar has at least fewestDays days, and one day for every two events.
	fewestDays = 32
	// Up to fewToSort events, insertion sorts faster than slices.SortFunc.
	fewToSort = 32
)

// Len returns the number of pending events.
func (q *Queue) Len() int { return q.n + len(q.late) + q.dates + len(q.far) }

// Bytes returns the memory of the queue's arrays, in bytes.
func (q *Queue) Bytes() int64 {
	const of = int64(unsafe.Sizeof(Event{}))
	return 8*int64(cap(q.times)+cap(q.keys)) + 4*int64(cap(q.days)) + int64(unsafe.Sizeof(note{}))*int64(cap(q.notes)) +
		of*int64(cap(q.late)+cap(q.far)+cap(q.day))
}

// Announce calls a function with events that come soon, in any order, some of them before others
// that were pushed later: where many are pending, most are announced. So a simulation can bring what
// it knows of them into the processor's cache, for all at once. The function must not keep the
// events, or change the queue.
func (q *Queue) Announce(function func(soon []Event)) { q.announce = function }

// First returns the first event without removing it. It panics when the queue
// is empty.
func (q *Queue) First() Event { return q.near(q.n - 1) }

// near returns the near event at index i, 0 <= i < n.
func (q *Queue) near(i int) Event { return Event{q.times[i], q.keys[i]} }

// key returns the key of an event.
func key(class Class, sequence, payload uint32) uint64 {
	return uint64(class)<<classShift | uint64(sequence)<<sequenceShift | uint64(payload)
}

// Push adds an event at a time >= 0, Never included; 0 <= class < Classes. Push panics when the
// time is negative or 2³⁰ events are pending.
func (q *Queue) Push(at Time, class Class, payload uint32) {
	times, i := q.times, q.n
	if uint(i) >= uint(len(times)) || uint64(at) >= q.limit || q.sequence > sequenceMask {
		q.pushElsewhere(at, class, payload)
		return
	}
	keys := q.keys[:len(times)]
	key := key(class, q.sequence, payload)
	q.sequence++
	q.n++
	for i > 0 && (times[i-1] < at || times[i-1] == at && keys[i-1] < key) {
		times[i], keys[i] = times[i-1], keys[i-1]
		i--
	}
	times[i], keys[i] = at, key
}

// pushElsewhere pushes an event that is not near, or that lacks room or a sequence number.
//
//go:noinline
func (q *Queue) pushElsewhere(at Time, class Class, payload uint32) {
	switch {
	case q.sequence > sequenceMask:
		q.renumber()
	case q.dated && uint64(at) >= max(q.limit, q.crowd) && at >= 0:
		q.date(Event{at, key(class, q.sequence, payload)})
		q.sequence++
		return
	case at < 0:
		panic("sim: an event before time 0")
	case uint64(at) >= q.limit && q.crowd > 0:
		e, last := Event{at, key(class, q.sequence, payload)}, q.near(0)
		if q.sequence++; before(&last, &e) == 1 {
			q.late = append(q.late, e)
		} else { // at the time of the last near event, but of a lower class
			q.insert(e)
		}
		return
	default:
		q.makeRoom()
	}
	q.Push(at, class, payload)
}

// Pop removes and returns the first event. It panics when the queue is empty.
func (q *Queue) Pop() Event {
	first := q.First()
	q.n--
	if q.n == 0 {
		q.turn()
	}
	return first
}

// insert adds an event to the near list, even beyond limit.
func (q *Queue) insert(e Event) {
	if q.n == len(q.times) {
		q.setRoom(2 * q.n)
	}
	i := sort.Search(q.n, func(i int) bool {
		near := q.near(i)
		return before(&near, &e) == 1
	})
	copy(q.times[i+1:q.n+1], q.times[i:q.n])
	copy(q.keys[i+1:q.n+1], q.keys[i:q.n])
	q.times[i], q.keys[i] = e.Time, e.key
	q.n++
}

// makeRoom makes room for another near event, or moves near events elsewhere.
func (q *Queue) makeRoom() {
	switch {
	case !q.dated && q.n < mostNear:
		q.limit = 1 << 63
		q.setRoom(mostNear)
		return
	case !q.dated || q.shift > 0 && q.affords():
		gap := uint64(q.times[0]-q.times[q.n-1]) / uint64(q.n)
		if !q.dated || gap < 1<<q.shift/eventsPerDay/2 {
			q.begin(gap)
			return
		}
	}
	if q.crowd == 0 && q.n >= mostSorted {
		q.beginCrowd()
		return
	}
	q.setRoom(2 * q.n)
}

// beginCrowd sends events after all near events to late from now on.
func (q *Queue) beginCrowd() { q.limit, q.crowd = uint64(q.times[0]), q.limit }

// endCrowd moves the late events to the near list, which must be empty; it reports whether there
// were any.
func (q *Queue) endCrowd() bool {
	late := q.late
	q.limit, q.crowd, q.late = q.crowd, 0, late[:0]
	if len(late) == 0 {
		return false
	}
	q.setNear(late, max(mostToday, 2*len(late)))
	return true
}

// affords reports whether a new calendar, which takes time for every pending event, costs no more
// than the work done since the present one began: pushes to it, or moves of near events to make
// room. Without this check, every burst of events to one moment would cost a calendar.
func (q *Queue) affords() bool {
	pushed := int(q.sequence - q.begun)
	return 2*pushed >= q.Len() || q.n*q.n >= movesPerDate*q.Len()
}

// setRoom sets the length of times and keys to room, which must be at least n.
func (q *Queue) setRoom(room int) {
	q.times = slices.Grow(q.times[:q.n], room-q.n)[:room]
	q.keys = slices.Grow(q.keys[:q.n], room-q.n)[:room]
}

// date writes an event, not before limit, on its day or, beyond the calendar, into far.
func (q *Queue) date(e Event) {
	day := (uint64(e.Time) - q.start) >> q.shift
	if day >= uint64(len(q.days)) {
		q.far = append(q.far, e)
		return
	}
	i := q.unused
	if i == 0 {
		i = uint32(len(q.notes))
		q.notes = append(q.notes, note{})
	} else {
		q.unused = q.notes[i].next
	}
	q.notes[i] = note{e, q.days[day]}
	q.days[day] = i
	q.dates++
}

// turn fills the empty near list: from late, or from the next day that has events.
//
//go:noinline
func (q *Queue) turn() {
	if q.crowd > 0 && q.endCrowd() || !q.dated {
		return
	}
	if q.Len() < leastDated {
		q.end()
		return
	}
	if q.dates == 0 {
		// Events popped since the calendar began, over that time, give the density of events.
		first := slices.MinFunc(q.far, compare)
		popped := int64(q.sequence-q.begun) + int64(q.length-q.Len())
		q.begin((uint64(first.Time) - q.start) / uint64(max(1, popped)))
		return
	}
	for q.days[q.today] == 0 {
		q.today++
	}
	day := q.tearOff(q.day)
	q.day = day[:0]
	q.limit = q.start + uint64(q.today)<<q.shift
	q.setNear(day, max(mostToday, 2*len(day)))
	if q.announce != nil {
		q.announce(day)
	}
}

// tearOff appends the events of today to a list and moves today to the next day.
func (q *Queue) tearOff(to []Event) []Event {
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

// setNear replaces the near events by the given ones and sorts them, few by insertion.
func (q *Queue) setNear(events []Event, room int) {
	q.setRoom(room)
	q.n = len(events)
	if len(events) > fewToSort {
		slices.SortFunc(events, func(a, b Event) int { return compare(b, a) })
	}
	times, keys := q.times, q.keys[:len(q.times)]
	for n, e := range events {
		i := n
		for i > 0 && (times[i-1] < e.Time || times[i-1] == e.Time && keys[i-1] < e.key) {
			times[i], keys[i] = times[i-1], keys[i-1]
			i--
		}
		times[i], keys[i] = e.Time, e.key
	}
	if q.n >= mostSorted {
		q.beginCrowd()
	}
}

// begin begins a calendar at the first of all pending events. The first events follow one another
// about gap ns apart.
func (q *Queue) begin(gap uint64) {
	q.gather()
	n := max(fewestDays, 1<<bits.Len(uint(len(q.far)/2)))
	if cap(q.days) < n {
		q.days = make([]uint32, n)
	}
	q.days = q.days[:n]
	if len(q.notes) == 0 {
		q.notes = make([]note, 1, len(q.far)+1)
	}
	// The last day ends before 2⁶³ + 2⁶² ns.
	q.shift = uint8(min(bits.Len64(min(gap, math.MaxInt64/eventsPerDay)*eventsPerDay), 62-bits.Len(uint(n))))
	q.start = uint64(slices.MinFunc(q.far, compare).Time)
	q.dated, q.today, q.limit = true, 0, q.start
	q.begun, q.length = q.sequence, len(q.far)
	all := q.far
	q.far = q.far[:0] // q.date appends to far only entries that the loop has read
	for _, e := range all {
		q.date(e)
	}
	q.turn()
}

// end gives the calendar up: all events become near.
func (q *Queue) end() {
	q.gather()
	q.dated, q.limit = false, 1<<63
	q.setNear(q.far, max(mostNear, len(q.far)))
	q.far = q.far[:0]
}

// gather moves all events to far.
func (q *Queue) gather() {
	for q.dates > 0 {
		q.far = q.tearOff(q.far)
	}
	for i := range q.n {
		q.far = append(q.far, q.near(i))
	}
	q.far = append(q.far, q.late...)
	q.n, q.late, q.crowd = 0, q.late[:0], 0
}

// compare returns -1 if a comes before b, 1 if b comes before a, and 0 if they are the same.
func compare(a, b Event) int { return int(before(&b, &a)) - int(before(&a, &b)) }

// before returns 1 if a comes before b, else 0. The processor predicts that the times differ, so
// the cost is one subtraction and its borrow. Times are never negative.
func before(a, b *Event) uint64 {
	x, y := uint64(a.Time), uint64(b.Time)
	if x == y {
		x, y = a.key, b.key
	}
	_, borrow := bits.Sub64(x, y, 0)
	return borrow
}

// renumber gives the pending events the sequence numbers 0, 1, 2 … in their present order, when the
// numbers have run out: once in 2³⁰ events.
func (q *Queue) renumber() {
	if q.Len() > sequenceMask {
		panic("sim: more than 2³⁰ events pending")
	}
	if q.dated || len(q.late) > 0 {
		q.end()
	}
	for i := range q.n {
		key := &q.keys[q.n-1-i]
		*key = *key&^(sequenceMask<<sequenceShift) | uint64(i)<<sequenceShift
	}
	q.sequence = uint32(q.n)
}
