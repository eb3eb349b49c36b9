package sim

import (
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
		var fast Queue[uint32]
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
				require.Equal(t, want.payload, got.Payload)
			}
			require.Equal(t, len(slow.events), fast.Len())
		}
	}
}

func TestEngineOrdersSimultaneousEventsByClassThenSequence(t *testing.T) {
	e := NewEngine[uint32]()
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
		got = append(got, seen{ev.Time, ev.Class(), ev.Payload})
	}
	assert.Equal(t, []seen{{5, 2, 4}, {10, 0, 1}, {10, 0, 2}, {10, 1, 0}, {10, 2, 3}, {10, 3, 0}}, got)
}

func TestEngineStopsAtUntilAndContinues(t *testing.T) {
	e := NewEngine[uint32]()
	e.Schedule(10, 0, 7)
	e.Schedule(Never, 0, 8)
	_, ok := e.Next(9)
	assert.False(t, ok)
	assert.Equal(t, Time(9), e.Now())
	ev, ok := e.Next(10)
	assert.True(t, ok, "an event at until itself is handed out")
	assert.Equal(t, uint32(7), ev.Payload)
	_, ok = e.Next(Never)
	assert.False(t, ok, "an event at Never does not happen")
	assert.Equal(t, 1, e.Pending())
}

func TestEngineRefusesThePast(t *testing.T) {
	e := NewEngine[uint32]()
	e.Next(100)
	assert.Panics(t, func() { e.Schedule(99, 0, 0) })
	assert.Panics(t, func() { e.SetTimer(1, 99) })
}

func TestNothingIsAllocatedPerEvent(t *testing.T) {
	e := NewEngine[uint32]()
	for i := range uint32(100) {
		e.Schedule(Time(i), 0, i)
	}
	e.SetTimer(1, 50)
	step := func() {
		ev, _ := e.Next(Never)
		if ev.Class() == 1 {
			e.SetTimer(1, ev.Time+7)
			return
		}
		e.Schedule(ev.Time+100, 0, ev.Payload)
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
