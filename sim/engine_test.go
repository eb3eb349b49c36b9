package sim

import (
	"cmp"
	"container/heap"
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// naive is a queue written for clarity: a slice, sorted after every push.
type naive struct {
	events   []naiveEvent
	sequence int
}

type naiveEvent struct {
	time     Time
	class    Class
	sequence int
	payload  uint32
}

func (n *naive) push(at Time, class Class, payload uint32) {
	n.events = append(n.events, naiveEvent{at, class, n.sequence, payload})
	n.sequence++
	sort.Slice(n.events, func(i, j int) bool {
		a, b := n.events[i], n.events[j]
		if a.time != b.time {
			return a.time < b.time
		}
		if a.class != b.class {
			return a.class < b.class
		}
		return a.sequence < b.sequence
	})
}

func (n *naive) pop() naiveEvent {
	first := n.events[0]
	n.events = n.events[1:]
	return first
}

func TestQueueAgreesWithASortedSliceThroughTiesAndRenumbering(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var fast Queue
		var slow naive
		// Every third run begins just before the sequence numbers run out.
		if seed%3 == 0 {
			fast.sequence = sequenceMask - uint32(rng.IntN(300))
		}
		span := []int64{1, 5, 1 << 40}[rng.IntN(3)] // 1: every time is a tie
		for step := range uint32(600) {
			if fast.Len() == 0 || rng.IntN(5) < 3-int(step/300) {
				at, class := Time(rng.Int64N(span)), Class(rng.IntN(Classes))
				fast.Push(at, class, step)
				slow.push(at, class, step)
			} else {
				first := fast.First()
				got, want := fast.Pop(), slow.pop()
				require.Equal(t, first, got)
				require.Equal(t, want.time, got.Time, "seed %d step %d", seed, step)
				require.Equal(t, want.class, got.Class())
				require.Equal(t, want.payload, got.Payload())
			}
			require.Equal(t, len(slow.events), fast.Len())
		}
	}
}

// pending is a heap of container/heap; the queue must pop in the same order.
type pending []naiveEvent

func (p pending) Len() int { return len(p) }
func (p pending) Less(i, j int) bool {
	a, b := p[i], p[j]
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.class, b.class), cmp.Compare(a.sequence, b.sequence)) < 0
}
func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)   { *p = append(*p, x.(naiveEvent)) }
func (p *pending) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// gaps are ways to spread pending events, from a random number in [0, 1), including some that suit
// a calendar badly.
var gaps = map[string]func(step int, u float64) Time{
	"exponential":               func(_ int, u float64) Time { return FromSeconds(-math.Log(1 - u)) },
	"constant":                  func(int, float64) Time { return Second },
	"all at once":               func(int, float64) Time { return 0 },
	"in batches":                func(step int, _ float64) Time { return Time(step/500%7) * Second },
	"of infinite mean":          func(_ int, u float64) Time { return FromSeconds(math.Min(1e-3*math.Pow(1-u, -2), 1e6)) },
	"nanoseconds and days":      func(_ int, u float64) Time { return Time(1 + int64(u*10)%2*int64(24*3600*Second)) },
	"denser and denser":         func(step int, u float64) Time { return FromSeconds(u * math.Pow(2, -float64(step)/500)) },
	"now dense, now sparse":     func(step int, u float64) Time { return FromSeconds(u * math.Pow(1e6, float64(step/1000%2))) },
	"never, for every tenth":    func(_ int, u float64) Time { return []Time{FromSeconds(u), Never}[int(u*10)/9] },
	"always the next to happen": func(_ int, u float64) Time { return Time(u * 3) },
}

func TestQueueAgreesWithAHeapHoweverEventsAreSpread(t *testing.T) {
	for name, gap := range gaps {
		// The sequence numbers run out repeatedly, with few events, a calendar or late events; or
		// never.
		for _, c := range []struct{ size, numbers int }{{40, 0}, {3000, 0}, {400, 300}, {3000, 700}} {
			size := c.size
			rng := rand.New(rand.NewPCG(1, uint64(size)))
			var fast Queue
			var slow pending
			now, sequence := Time(0), 0
			push := func(step int) {
				at, class := now.Plus(gap(step, rng.Float64())), Class(rng.IntN(Classes))
				fast.Push(at, class, uint32(sequence))
				heap.Push(&slow, naiveEvent{at, class, sequence, uint32(sequence)})
				sequence++
			}
			for step := range 6 * size {
				if c.numbers > 0 && step%c.numbers == 0 {
					fast.sequence = sequenceMask - uint32(rng.IntN(100)) // above the numbers of all pending events
				}
				// The queue grows, keeps its size, shrinks to nothing, and does so once more.
				for n := range 3 {
					if fill := step % (3 * size) / size; fill == 0 && n < 2 || fill == 1 && n == 0 {
						push(step)
					}
				}
				if len(slow) == 0 {
					break
				}
				want := heap.Pop(&slow).(naiveEvent)
				got := fast.Pop()
				require.Equal(t, want, naiveEvent{got.Time, got.Class(), want.sequence, got.Payload()}, "%s, %d, step %d", name, size, step)
				now = got.Time
				require.Equal(t, len(slow), fast.Len())
			}
			for len(slow) > 0 {
				require.Equal(t, heap.Pop(&slow).(naiveEvent).payload, fast.Pop().Payload(), name)
			}
			require.Zero(t, fast.Len())
		}
	}
}

func TestEngineOrdersSimultaneousEventsByClassThenSequence(t *testing.T) {
	e := NewEngine()
	e.SetTimer(3, 10)
	e.Schedule(10, 0, 1)
	e.Schedule(10, 0, 2)
	e.SetTimer(1, 10)
	e.Schedule(10, 2, 3)
	e.Schedule(5, 2, 4)
	e.SetTimer(1, 10) // again: replaces, does not add
	type seen struct {
		Time    Time
		Class   Class
		Payload uint32
	}
	var got []seen
	for {
		ev, ok := e.Next(10)
		if !ok {
			break
		}
		got = append(got, seen{ev.Time, ev.Class(), ev.Payload()})
	}
	assert.Equal(t, []seen{{5, 2, 4}, {10, 0, 1}, {10, 0, 2}, {10, 1, 0}, {10, 2, 3}, {10, 3, 0}}, got)
}

// Timers of one moment go off in the order of their classes, whatever order they were set in.
func TestTimersOfOneMomentAreInOrder(t *testing.T) {
	for first := range Class(Classes) {
		for second := range Class(Classes) {
			e := NewEngine()
			e.SetTimer(first, 10)
			e.SetTimer(second, 10)
			e.SetTimer(second, 10)
			want := []Class{min(first, second), max(first, second)}
			if first == second {
				want = want[:1]
			}
			for _, class := range want {
				event, ok := e.Next(10)
				assert.True(t, ok)
				assert.Equal(t, class, event.Class())
			}
			_, ok := e.Next(10)
			assert.False(t, ok)
		}
	}
}

func TestEngineStopsAtUntilAndContinues(t *testing.T) {
	e := NewEngine()
	e.Schedule(10, 0, 7)
	e.Schedule(Never, 0, 8)
	_, ok := e.Next(9)
	assert.False(t, ok)
	assert.Equal(t, Time(9), e.Now())
	ev, ok := e.Next(10)
	assert.True(t, ok, "an event at until itself is handed out")
	assert.Equal(t, uint32(7), ev.Payload())
	_, ok = e.Next(Never - 1)
	assert.False(t, ok, "an event at Never does not happen")
	assert.Equal(t, 1, e.Pending())
}

func TestEngineRefusesThePast(t *testing.T) {
	e := NewEngine()
	e.Next(100)
	assert.Panics(t, func() { e.Schedule(99, 0, 0) })
	assert.Panics(t, func() { e.SetTimer(1, 99) })
}

func TestAQueueRefusesWhatItCannotDoAndStaysWhole(t *testing.T) {
	var q Queue
	assert.Panics(t, func() { q.Pop() })
	assert.Panics(t, func() { q.First() })
	assert.Panics(t, func() { q.Push(-1, 0, 0) })
	for i := range Time(1000) { // enough for a calendar
		q.Push(Never-i, 0, 0)
	}
	assert.Panics(t, func() { q.Push(math.MinInt64, 0, 0) })
	assert.Equal(t, 1000, q.Len())
	assert.Equal(t, Never-999, q.Pop().Time)
}

func TestNothingIsAllocatedPerEvent(t *testing.T) {
	e := NewEngine()
	for i := range uint32(100) {
		e.Schedule(Time(i), 0, i)
	}
	e.SetTimer(1, 50)
	step := func() {
		ev, _ := e.Next(Never - 1)
		if ev.Class() == 1 {
			e.SetTimer(1, ev.Time+7)
			return
		}
		e.Schedule(ev.Time+100, 0, ev.Payload())
	}
	step() // the queue may grow by one here
	assert.Zero(t, testing.AllocsPerRun(10_000, step))
}

func TestTimesRoundToNanosecondsAndSaturate(t *testing.T) {
	assert.Equal(t, Time(1_528_800_000), FromSeconds(1.5288))
	assert.Equal(t, Never, FromSeconds(1e300))
	assert.Equal(t, Never, FromSeconds(Never.Seconds()))
	assert.Equal(t, Time(0), FromSeconds(0.4e-9))
	assert.Panics(t, func() { FromSeconds(-1e-9) })
	assert.Equal(t, 1.5, Time(1.5e9).Seconds())
	assert.Equal(t, "1m30s", (90 * Second).String())
	assert.Equal(t, "never", Never.String())
}

// A new calendar takes time for every pending event, so each must serve many events, even if bursts
// are pushed to the same near moment, again and again, while many more events are pending.
func TestBurstsDoNotCostACalendarEach(t *testing.T) {
	const pending, burst, events = 20_000, 100, 100_000
	rng := rand.New(rand.NewPCG(1, 0))
	var q Queue
	later := func(now Time) Time { return now + Time(rng.Int64N(int64(100*Second))) }
	for range pending {
		q.Push(later(0), 0, 0)
	}
	calendars, last := 0, q.begun
	for range events {
		e := q.Pop()
		if e.Payload() == 0 {
			q.Push(later(e.Time), 0, 0)
			if rng.IntN(burst) == 0 {
				for range burst {
					q.Push(e.Time+1000, 0, 1)
				}
			}
		}
		if q.begun != last {
			calendars, last = calendars+1, q.begun
		}
	}
	assert.Less(t, calendars, 3*events/pending)
}

// Thousands of events of one moment are not sorted in one by one, which would take quadratic time.
func TestManyEventsOfOneMomentAreNotSortedIn(t *testing.T) {
	var q Queue
	for i := range uint32(10_000) {
		q.Push(Second, 0, i)
	}
	assert.Less(t, q.n, 1000)
	for i := range uint32(10_000) {
		assert.Equal(t, i, q.Pop().Payload())
	}
}
