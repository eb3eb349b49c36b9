package sim

import (
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
// Few events are a sorted list, the first at the end: finding a place in two dozen
// by looking at one after another is faster than any heap, since it branches as
// foreseen but once. More are a 4-ary heap that moves a hole instead of
// swapping. Between the two the queue changes rarely, and then pays for a sort.
type Queue[P any] struct {
	// sorted: events[i] is after events[i+1]; else it is not after its children
	// events[4i+1] … events[4i+4].
	events   []Event[P]
	heap     bool
	sequence uint32 // of the next push, <= sequenceMask
}

// A sorted list longer than mostSorted becomes a heap, a heap shorter than
// leastHeap a sorted list. BenchmarkQueue shows where they are equally fast.
const (
	mostSorted = 24
	leastHeap  = 12
)

// Len returns the number of pending events.
func (q *Queue[P]) Len() int { return len(q.events) }

// First returns the first event without removing it. It panics when the queue
// is empty.
func (q *Queue[P]) First() Event[P] { return *q.first() }

func (q *Queue[P]) first() *Event[P] {
	if q.heap {
		return &q.events[0]
	}
	return &q.events[len(q.events)-1]
}

// Push adds an event; 0 <= class < Classes.
func (q *Queue[P]) Push(at Time, class Class, payload P) {
	if q.sequence > sequenceMask {
		q.renumber()
	}
	e := Event[P]{at, uint32(class)<<sequenceBits | q.sequence, payload}
	q.sequence++
	q.events = append(q.events, e)
	if q.heap {
		q.rise(len(q.events)-1, e)
		return
	}
	s := q.events
	i := len(s) - 1
	for i > 0 && (s[i-1].Time < at || s[i-1].Time == at && s[i-1].order < e.order) {
		s[i] = s[i-1]
		i--
	}
	s[i] = e
	if len(s) > mostSorted {
		slices.Reverse(s) // from first to last: that is a heap
		q.heap = true
	}
}

// Pop removes and returns the first event. It panics when the queue is empty.
func (q *Queue[P]) Pop() Event[P] {
	last := len(q.events) - 1
	if !q.heap {
		first := q.events[last]
		q.events = q.events[:last]
		return first
	}
	h := q.events
	first, e := h[0], h[last]
	q.events = h[:last]
	q.rise(q.sink(), e)
	if last < leastHeap {
		q.sort()
		slices.Reverse(q.events)
		q.heap = false
	}
	return first
}

// sort sorts the events from first to last.
func (q *Queue[P]) sort() {
	slices.SortFunc(q.events, func(a, b Event[P]) int { return int(before(&b, &a)) - int(before(&a, &b)) })
}

// rise puts e into the hole at i, after moving the hole up to where e belongs.
func (q *Queue[P]) rise(i int, e Event[P]) {
	h := q.events
	for i > 0 {
		parent := (i - 1) >> 2
		if before(&e, &h[parent]) == 0 {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// sink moves the hole at the root down to a leaf and returns where it ends. The
// event to fill it comes from the bottom and mostly belongs there, so it is not
// compared on the way down (Wegener's bottom-up heapsort, 1993). The
// least of four children is found without a branch: which one it is cannot be
// predicted, and a mispredicted branch costs more than the whole comparison.
func (q *Queue[P]) sink() int {
	h := q.events
	i := 0
	for {
		child := 4*i + 1
		if child+3 < len(h) {
			c := h[child : child+4 : child+4]
			a := before(&c[1], &c[0])
			b := 2 + before(&c[3], &c[2])
			b ^= (a ^ b) & (before(&c[b&3], &c[a&3]) - 1)
			h[i] = c[b&3]
			i = child + int(b)
			continue
		}
		if child >= len(h) {
			return i
		}
		least := child
		for k := child + 1; k < len(h); k++ {
			if before(&h[k], &h[least]) != 0 {
				least = k
			}
		}
		h[i] = h[least]
		i = least
	}
}

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
	if len(q.events) > sequenceMask {
		panic("sim: more than 2³⁰ events pending")
	}
	q.sort()
	for i := range q.events {
		q.events[i].order = q.events[i].order&^sequenceMask | uint32(i)
	}
	q.sequence = uint32(len(q.events))
	if !q.heap {
		slices.Reverse(q.events)
	}
}
