package sim

import (
	"container/heap"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// After any pushes and pops, the queue has the order of a heap. Three bytes are a step: the
// operation, its number of repetitions, and the spread of events as a power of two; the times
// themselves are random.
func FuzzQueue(f *testing.F) {
	f.Add(uint32(0), []byte{0, 200, 30, 1, 255, 0, 2, 255, 62})
	f.Add(uint32(100), []byte{0, 255, 40, 3, 90, 3, 2, 255, 40, 3, 90, 3, 1, 250, 0, 2, 99, 10})
	f.Add(uint32(300), []byte{4, 255, 63, 0, 255, 10, 2, 255, 10, 5, 100, 0, 1, 255, 0})
	f.Add(uint32(3000), []byte{3, 255, 0, 3, 255, 0, 3, 255, 0, 3, 255, 0, 3, 255, 0, 0, 255, 2, 1, 255, 0, 2, 255, 1, 3, 255, 0, 3, 255, 0, 3, 255, 0})
	f.Add(uint32(4999), []byte{0, 255, 40, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 1, 1, 99, 0, 5, 255, 20, 0, 255, 0, 2, 255, 0, 2, 255, 30})
	f.Fuzz(func(t *testing.T, beforeRenumber uint32, steps []byte) {
		rng := rand.New(rand.NewPCG(uint64(beforeRenumber), uint64(len(steps))))
		var fast Queue
		var slow pending
		fast.sequence = sequenceMask - beforeRenumber%5000
		now, sequence := Time(0), 0
		push := func(at Time) {
			class := Class(rng.IntN(Classes))
			fast.Push(at, class, uint32(sequence))
			heap.Push(&slow, naiveEvent{at, class, sequence, uint32(sequence)})
			sequence++
		}
		pop := func() {
			if len(slow) == 0 {
				return
			}
			first := fast.First()
			want, got := heap.Pop(&slow).(naiveEvent), fast.Pop()
			if first != got || want != (naiveEvent{got.Time, got.Class(), want.sequence, got.Payload()}) {
				t.Fatalf("first %v, popped %v, expected %v", first, got, want)
			}
			now = got.Time
		}
		for ; len(steps) >= 3 && sequence < 20_000; steps = steps[3:] {
			count, spread := int(steps[1]), Time(uint64(1)<<min(steps[2]%64, 63)-1)
			later := func() Time { return now.Plus(Time(rng.Uint64()) & spread) }
			same := later()
			for range count {
				switch steps[0] % 6 {
				case 0: // more
					push(later())
				case 1: // fewer
					pop()
				case 2: // pop one, push one
					pop()
					push(later())
				case 3: // a burst
					push(same)
				case 4: // near the end of time
					push(max(now, Never-(Time(rng.Uint64())&spread)))
				case 5: // a popped time may come again, or an earlier one
					push(Time(rng.Uint64()) & spread)
				}
			}
			require.Equal(t, len(slow), fast.Len())
		}
		for len(slow) > 0 {
			pop()
		}
		require.Zero(t, fast.Len())
	})
}
