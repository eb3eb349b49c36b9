package autoscaler

import "math"

// A tournament finds the smallest of many keys that change one at a time, in logarithmic time. Of equal
// keys the one set first is the smallest or, if the tournament is stable, the one of the lowest number.
type tournament struct {
	stable   bool
	keys     []int64 // by number; math.MaxInt64: not taking part
	turns    []int64 // by number: when the key was set
	turn     int64
	winners  []uint32 // the winners of pairs: 1 is the root, 2 k and 2 k + 1 play for k
	contests int      // the number of leaves, a power of two
}

// set sets the key of a number; math.MaxInt64 takes it out.
func (t *tournament) set(number uint32, key int64) {
	if int(number) >= t.contests {
		t.grow(int(number))
	}
	t.keys[number] = key
	if !t.stable {
		t.turn++
		t.turns[number] = t.turn
	}
	for k := (t.contests + int(number)) >> 1; k > 0; k >>= 1 {
		before, winner := t.winners[k], t.play(t.winners[2*k], t.winners[2*k+1])
		if winner == before && winner != number {
			return // another one wins as before, and so do those above
		}
		t.winners[k] = winner
	}
}

// play returns which of two numbers has the smaller key; a is the lower number.
func (t *tournament) play(a, b uint32) uint32 {
	if t.keys[b] < t.keys[a] || t.keys[b] == t.keys[a] && t.turns[b] < t.turns[a] {
		return b
	}
	return a
}

// grow makes room for a number.
//
//go:noinline
func (t *tournament) grow(number int) {
	n := max(t.contests, 2)
	for n <= number {
		n *= 2
	}
	for len(t.keys) < n {
		t.keys, t.turns = append(t.keys, math.MaxInt64), append(t.turns, 0)
	}
	t.contests, t.winners = n, make([]uint32, 2*n)
	for i := range n {
		t.winners[n+i] = uint32(i)
	}
	for k := n - 1; k > 0; k-- {
		t.winners[k] = t.play(t.winners[2*k], t.winners[2*k+1])
	}
}

// best returns the number with the smallest key, and the key; math.MaxInt64 if none takes part.
func (t *tournament) best() (number uint32, key int64) {
	if t.contests == 0 {
		return 0, math.MaxInt64
	}
	number = t.winners[1]
	return number, t.keys[number]
}
