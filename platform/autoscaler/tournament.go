package autoscaler

import "math"

// A tournament finds the smallest of many keys that change one at a time, in logarithmic time. Of equal
// keys the one set first is the smallest or, if the tournament is stable, the one of the lowest number.
type tournament struct {
	stable   bool
	turns    []int64 // by number: when the key was set
	turn     int64
	winners  []winner // of the contests: 1 is the root, the winners of 2 k and 2 k + 1 play for k; at last the numbers themselves
	contests int      // a power of two
}

// A winner is a number with its key; math.MaxInt64: it does not take part.
type winner struct {
	key    int64
	number uint32
}

// set sets the key of a number; math.MaxInt64 takes it out.
func (t *tournament) set(number uint32, key int64) {
	if int(number) >= t.contests {
		t.grow(int(number))
	}
	if !t.stable {
		t.turn++
		t.turns[number] = t.turn
	}
	k, winners := t.contests+int(number), t.winners
	best := winner{key, number}
	winners[k] = best
	for ; k > 1; k >>= 1 {
		// Which side wins is hard to predict, so that the better one is taken without a jump.
		other := winners[k^1]
		switch {
		case other.key == best.key && best.key < math.MaxInt64:
			best = t.first(best, other)
		default:
			if other.key < best.key {
				best.number = other.number
			}
			best.key = min(best.key, other.key)
		}
		if best.number != number && winners[k>>1] == best {
			return // another wins as before: nothing changes above
		}
		winners[k>>1] = best
	}
}

// first returns which of two winners with the same key wins.
func (t *tournament) first(a, b winner) winner {
	if b.number < a.number {
		a, b = b, a
	}
	if t.turns[b.number] < t.turns[a.number] {
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
	for len(t.turns) < n {
		t.turns = append(t.turns, 0)
	}
	before := t.winners[t.contests:]
	t.winners = make([]winner, 2*n)
	for i := range n {
		t.winners[n+i] = winner{math.MaxInt64, uint32(i)}
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

// best returns the number with the smallest key, and the key; math.MaxInt64 if none takes part.
func (t *tournament) best() (number uint32, key int64) {
	if t.contests == 0 {
		return 0, math.MaxInt64
	}
	return t.winners[1].number, t.winners[1].key
}
