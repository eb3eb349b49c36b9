package loop

import "math"

// A Tournament finds the smallest of many keys that change one at a time, in logarithmic time. Of equal
// keys the one of the lowest number is the smallest or, in turns, the one that was set first. The zero
// value has no keys.
type Tournament struct {
	Turns    bool
	turns    []int64 // by number: when the key was set, in turns
	turn     int64
	winners  []winner // of the contests: 1 is the root, the winners of 2 k and 2 k + 1 play for k; at last the numbers themselves
	contests int      // a power of two
}

// A winner is a number with its key. Of numbers that take no part, no two have the same key, so that
// equal keys are rare.
type winner struct {
	key    int64
	number uint32
}

// absent returns the key of a number that takes no part.
func absent(number uint32) int64 { return math.MaxInt64 - int64(number) }

// Set sets the key of a number, >= 0; math.MaxInt64 takes it out.
func (t *Tournament) Set(number uint32, key int64) {
	if int(number) >= t.contests {
		t.grow(int(number))
	}
	if t.Turns {
		t.turn++
		t.turns[number] = t.turn
	}
	if key == math.MaxInt64 {
		key = absent(number)
	}
	k, winners, best := t.contests+int(number), t.winners, winner{key, number}
	winners[k] = best
	for k > 1 {
		other := winners[k^1]
		if d := other.key - best.key; d != 0 {
			// Which side wins is hard to predict, so that the better one is taken without a jump.
			smaller := d >> 63 // all bits set, or none
			best.key += d & smaller
			best.number ^= (best.number ^ other.number) & uint32(smaller)
		} else {
			best = t.first(best, other)
		}
		k >>= 1
		winners[k] = best
	}
}

// first returns which of two winners with the same key wins.
//
//go:noinline
func (t *Tournament) first(a, b winner) winner {
	if b.number < a.number {
		a, b = b, a
	}
	if t.Turns && t.turns[b.number] < t.turns[a.number] {
		return b
	}
	return a
}

// grow makes room for a number.
//
//go:noinline
func (t *Tournament) grow(number int) {
	n := max(t.contests, 2)
	for n <= number {
		n *= 2
	}
	if t.Turns {
		t.turns = append(t.turns, make([]int64, n-len(t.turns))...)
	}
	before := t.winners[t.contests:]
	t.winners = make([]winner, 2*n)
	for i := range uint32(n) {
		t.winners[n+int(i)] = winner{absent(i), i}
	}
	copy(t.winners[n:], before)
	t.contests = n
	for k := n - 1; k > 0; k-- {
		a, b := t.winners[2*k], t.winners[2*k+1]
		switch {
		case a.key == b.key:
			a = t.first(a, b)
		case b.key < a.key:
			a = b
		}
		t.winners[k] = a
	}
}

// Best returns the number with the smallest key, and the key; math.MaxInt64 if none takes part.
func (t *Tournament) Best() (number uint32, key int64) {
	if t.contests == 0 {
		return 0, math.MaxInt64
	}
	w := t.winners[1]
	if w.key > math.MaxInt64-int64(t.contests) {
		return w.number, math.MaxInt64
	}
	return w.number, w.key
}

// Bytes returns the memory of the arrays, in bytes.
func (t *Tournament) Bytes() int64 { return BytesOf(t.turns) + BytesOf(t.winners) }
