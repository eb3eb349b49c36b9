package trace

import (
	"fmt"
	"io"

	"faaslab/dist"
)

// LookAhead is how many rows an Order holds back: a row may be that many places behind where its
// time belongs.
const LookAhead = 1_000_000

// An Order puts requests into the order of their times, and those of one time into the order in which
// they came. It holds at most LookAhead of them, 64 bytes each, without Request, Line and AtEnd. The
// zero value is ready.
//
// Logs are nearly in order: a row belongs a few places before the end. So an Order is a ring that is
// kept sorted by moving later rows up. Rows that belong further back go to a heap beside it.
type Order struct {
	ring       []ordered // a circular buffer, its length a power of two
	head, size int
	strays     []ordered // a heap
	sequence   uint64
	last       int64 // time of the row that Take returned last
	taken      bool
}

// An ordered row holds what a request has.
type ordered struct {
	time, wait, startup, service int64
	instance                     uint64
	sequence                     uint64 // in which it came
	function, memory, used       int32
	start                        Start
}

func (a *ordered) before(b *ordered) bool {
	return a.time < b.time || a.time == b.time && a.sequence < b.sequence
}

func (a *ordered) row() Row {
	return Row{Time: a.time, Wait: a.wait, Startup: a.startup, Service: a.service, Instance: a.instance,
		Function: a.function, Memory: a.memory, MemoryUsed: a.used, Start: a.start}
}

// mostMoves is how many places a row is moved in the ring.
const mostMoves = 64

// Full reports whether a row must be taken before the next one is added.
func (o *Order) Full() bool { return o.size+len(o.strays) >= LookAhead }

// Add adds a row with a time. The error is that of a row that is too far out of order: a row with a
// later time has been taken.
func (o *Order) Add(row *Row, file string) error {
	if o.taken && row.Time < o.last {
		return &dist.RowError{File: file, Line: int(row.Line), Message: fmt.Sprintf("the time is %s before that of a row more than %d rows above it; sort the file by time",
			dist.FormatDuration(float64(o.last-row.Time)/1e9), LookAhead)}
	}
	o.sequence++
	added := ordered{row.Time, row.Wait, row.Startup, row.Service, row.Instance, o.sequence, row.Function, row.Memory, row.MemoryUsed, row.Start}
	if o.size == len(o.ring) {
		o.grow()
	}
	mask := len(o.ring) - 1
	at := o.size
	for moves := 0; at > 0; moves++ {
		previous := &o.ring[(o.head+at-1)&mask]
		if previous.time <= row.Time {
			break
		}
		if moves == mostMoves {
			at = -1
			break
		}
		at--
	}
	if at < 0 {
		o.stray(added)
		return nil
	}
	for i := o.size; i > at; i-- {
		o.ring[(o.head+i)&mask] = o.ring[(o.head+i-1)&mask]
	}
	o.ring[(o.head+at)&mask] = added
	o.size++
	return nil
}

func (o *Order) grow() {
	larger := make([]ordered, max(1024, 2*len(o.ring)))
	for i := range o.size {
		larger[i] = o.ring[(o.head+i)&(len(o.ring)-1)]
	}
	o.ring, o.head = larger, 0
}

// stray pushes a row onto the heap.
func (o *Order) stray(r ordered) {
	o.strays = append(o.strays, r)
	i := len(o.strays) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !r.before(&o.strays[parent]) {
			break
		}
		o.strays[i] = o.strays[parent]
		i = parent
	}
	o.strays[i] = r
}

// pop removes the first row of the heap.
func (o *Order) pop() ordered {
	first, n := o.strays[0], len(o.strays)-1
	moved := o.strays[n]
	o.strays = o.strays[:n]
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && o.strays[child+1].before(&o.strays[child]) {
			child++
		}
		if !o.strays[child].before(&moved) {
			break
		}
		o.strays[i] = o.strays[child]
		i = child
	}
	if n > 0 {
		o.strays[i] = moved
	}
	return first
}

// Take removes the row with the earliest time; io.EOF if there is none.
func (o *Order) Take(row *Row) error {
	switch {
	case o.size == 0 && len(o.strays) == 0:
		return io.EOF
	case o.size > 0 && (len(o.strays) == 0 || o.ring[o.head].before(&o.strays[0])):
		*row = o.ring[o.head].row()
		o.head = (o.head + 1) & (len(o.ring) - 1)
		o.size--
	default:
		first := o.pop()
		*row = first.row()
	}
	o.last, o.taken = row.Time, true
	return nil
}
