package cluster

import (
	"math"
	"math/bits"

	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// A wheel keeps dates by the period of time in which each is, and hands out those of one period
// after the other: a hierarchical timing wheel (G. Varghese and T. Lauck, Hashed and hierarchical
// timing wheels, SOSP 1987). A slot of the lowest level is a period of 1<<shift ns; a slot of the
// next level is all 64 slots of this one. A date waits in the lowest level whose slots tell its
// period from the one that comes next, and moves down when its slot comes: so what a date costs does
// not depend on how many there are.
type wheel struct {
	shift   uint8
	coming  uint64 // the first period that may have dates; all are in it or later
	pending int    // dates in slots
	slots   [levels][slotsOfLevel]uint32
	taken   [levels]uint64 // bit s: slot s has dates
	// The dates of a slot are in a linked list of leaves: slots has the first one, and 0 ends the list
	// (leaves[0] is not used). Unused leaves form a linked list, too.
	leaves []leaf
	unused uint32
	buffer []date // of lower, empty between calls
}

// A date is when a member has something to do.
type date struct {
	at     sim.Time
	member uint32
}

// A leaf has some dates of a slot.
type leaf struct {
	dates [15]date
	n     uint32 // of them are used
	next  uint32
}

const (
	slotBits     = 6
	slotsOfLevel = 1 << slotBits
	levels       = 11 // 11 times 6 bits are enough for any period
)

// put adds a date, not in a period that was taken before. One at sim.Never is forgotten.
func (w *wheel) put(d date) {
	if d.at < sim.Never {
		w.pending++
		w.place(d)
	}
}

// place puts a date into its slot.
func (w *wheel) place(d date) {
	period := uint64(d.at) >> (w.shift & 63)
	level := uint(bits.Len64(period^w.coming|1)-1) / slotBits
	slot := period >> (level * slotBits & 63) % slotsOfLevel
	i := w.slots[level][slot]
	if i == 0 || w.leaves[i].n == uint32(len(leaf{}.dates)) {
		i = w.newLeaf(i)
		w.slots[level][slot] = i
	}
	l := &w.leaves[i]
	l.dates[l.n] = d
	l.n++
	w.taken[level] |= 1 << slot
}

// newLeaf returns an empty leaf before another one.
func (w *wheel) newLeaf(next uint32) uint32 {
	i := w.unused
	if i == 0 {
		i = uint32(max(1, len(w.leaves)))
		w.leaves = append(w.leaves, make([]leaf, int(i)+1-len(w.leaves))...)
	} else {
		w.unused = w.leaves[i].next
	}
	w.leaves[i].n, w.leaves[i].next = 0, next
	return i
}

// take moves the dates of the first period that has any to the end of a list, and returns the list
// and the end of the period. There must be dates.
func (w *wheel) take(to []date) (dates []date, end sim.Time) {
	for level := 0; ; level++ {
		here := w.coming >> (level * slotBits)
		left := w.taken[level] >> (here % slotsOfLevel) << (here % slotsOfLevel)
		if left == 0 {
			continue
		}
		slot := uint64(bits.TrailingZeros64(left))
		w.coming = (here&^(slotsOfLevel-1) | slot) << (level * slotBits)
		if level > 0 {
			w.lower(level)
			level = -1
			continue
		}
		to = w.empty(0, slot, to)
		w.coming++
		w.pending -= len(to)
		for level := 1; level < levels && w.coming%(1<<(level*slotBits)) == 0; level++ {
			w.lower(level)
		}
		return to, w.timeOf(w.coming)
	}
}

// lower moves the dates of the present slot of a level to lower levels.
func (w *wheel) lower(level int) {
	w.buffer = w.empty(level, w.coming>>(level*slotBits)%slotsOfLevel, w.buffer[:0])
	for _, d := range w.buffer {
		w.place(d)
	}
}

// empty moves the dates of a slot to the end of a list.
func (w *wheel) empty(level int, slot uint64, to []date) []date {
	for i := w.slots[level][slot]; i != 0; {
		l := &w.leaves[i]
		to = append(to, l.dates[:l.n]...)
		l.next, w.unused, i = w.unused, i, l.next
	}
	w.slots[level][slot] = 0
	w.taken[level] &^= 1 << slot
	return to
}

// timeOf returns when a period begins, at most sim.Never.
func (w *wheel) timeOf(period uint64) sim.Time {
	if period > math.MaxInt64>>w.shift {
		return sim.Never
	}
	return sim.Time(period << w.shift)
}

// reshape changes how long a period is. All dates must be at the end of the last period taken or
// later.
func (w *wheel) reshape(shift uint8) {
	end := w.timeOf(w.coming)
	all := make([]date, 0, w.pending)
	for level := range levels {
		for w.taken[level] != 0 {
			all = w.empty(level, uint64(bits.TrailingZeros64(w.taken[level])), all)
		}
	}
	w.shift, w.coming = shift, uint64(end)>>shift
	for _, d := range all {
		w.place(d)
	}
}

// bytes returns the memory of the wheel's arrays.
func (w *wheel) bytes() int64 { return loop.BytesOf(w.leaves) + loop.BytesOf(w.buffer) }
