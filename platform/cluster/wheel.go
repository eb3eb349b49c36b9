package cluster

import (
	"math"
	"math/bits"

	"faaslab/sim"
)

// A wheel keeps members by the period of time in which each is due, and hands out the members of
// one period after the other: a hierarchical timing wheel (G. Varghese and T. Lauck, Hashed and
// hierarchical timing wheels, SOSP 1987). A slot of the lowest level is a period of 1<<shift ns; a
// slot of the next level is all 64 slots of this one. A member waits in the lowest level whose slots
// tell its period from the one that comes next, and moves down when its slot comes: so what a member
// costs does not depend on how many there are.
type wheel struct {
	shift   uint8
	coming  uint64 // the first period that may have members; all are due in it or later
	pending int    // members in slots
	slots   [levels][slotsOfLevel]uint32
	taken   [levels]uint64 // bit s: slot s has members
	dates   []date         // by member
}

// A date is when a member is due, and the next member of its slot.
type date struct {
	at   sim.Time
	next uint32 // none
}

const (
	slotBits     = 6
	slotsOfLevel = 1 << slotBits
	levels       = 11 // 11 times 6 bits are enough for any period
)

// newWheel returns a wheel at time 0 for members 0 … n-1, with none of them in it.
func newWheel(n int, shift uint8) wheel {
	w := wheel{shift: shift, dates: make([]date, n)}
	w.clear()
	return w
}

func (w *wheel) clear() {
	for l := range w.slots {
		for s := range w.slots[l] {
			w.slots[l][s] = none
		}
	}
	w.taken = [levels]uint64{}
}

// put adds a member that is due at a time, not in a period that was taken before. One that is due
// at sim.Never is forgotten.
func (w *wheel) put(member uint32, at sim.Time) {
	w.dates[member].at = at
	if at < sim.Never {
		w.pending++
		w.place(member)
	}
}

// place puts a member into its slot.
func (w *wheel) place(member uint32) {
	d := &w.dates[member]
	period := uint64(d.at) >> w.shift
	level := (bits.Len64(period^w.coming|1) - 1) / slotBits
	slot := period >> (level * slotBits) % slotsOfLevel
	d.next, w.slots[level][slot] = w.slots[level][slot], member
	w.taken[level] |= 1 << slot
}

// take removes the members of the first period that has any and appends them to a list, those put
// first before the others. It returns the end of the period; there must be members.
func (w *wheel) take(to []uint32) (due []uint32, end sim.Time) {
	for level := 0; ; level++ {
		here := w.coming >> (level * slotBits)
		left := w.taken[level] >> (here % slotsOfLevel) << (here % slotsOfLevel)
		if left == 0 {
			continue
		}
		slot := uint64(bits.TrailingZeros64(left))
		w.coming = max(w.coming, (here&^(slotsOfLevel-1)|slot)<<(level*slotBits))
		if level > 0 {
			to = w.lower(level, to)
			level = -1
			continue
		}
		begin := len(to)
		to = w.empty(0, slot, to)
		w.pending -= len(to) - begin
		w.coming++
		for level := 1; level < levels && w.coming%(1<<(level*slotBits)) == 0; level++ {
			to = w.lower(level, to)
		}
		return to, w.timeOf(w.coming)
	}
}

// lower moves the members of the present slot of a level to lower levels, with room at the end of a
// list.
func (w *wheel) lower(level int, room []uint32) []uint32 {
	begin := len(room)
	room = w.empty(level, w.coming>>(level*slotBits)%slotsOfLevel, room)
	for _, member := range room[begin:] {
		w.place(member)
	}
	return room[:begin]
}

// timeOf returns when a period begins, at most sim.Never.
func (w *wheel) timeOf(period uint64) sim.Time {
	if period > math.MaxInt64>>w.shift {
		return sim.Never
	}
	return sim.Time(period << w.shift)
}

// empty moves the members of a slot to a list, those put first first.
func (w *wheel) empty(level int, slot uint64, to []uint32) []uint32 {
	begin := len(to)
	for member := w.slots[level][slot]; member != none; member = w.dates[member].next {
		to = append(to, member)
	}
	for i, j := begin, len(to)-1; i < j; i, j = i+1, j-1 {
		to[i], to[j] = to[j], to[i]
	}
	w.slots[level][slot] = none
	w.taken[level] &^= 1 << slot
	return to
}

// reshape changes how long a period is. All members must be due at the end of the last period
// taken or later.
func (w *wheel) reshape(shift uint8) {
	end := w.timeOf(w.coming)
	var all []uint32
	for level := range levels {
		for w.taken[level] != 0 {
			all = w.empty(level, uint64(bits.TrailingZeros64(w.taken[level])), all)
		}
	}
	w.shift, w.coming = shift, uint64(end)>>shift
	for _, member := range all {
		w.place(member)
	}
}
