package autoscaler

import "math/bits"

// places is a set of small numbers, 0, 1, 2 …: the places at which ready instances stand. Words hold 64
// of them each, and a bit of the summary says whether a word has any.
type places struct {
	words, summary []uint64
}

// add adds a number.
func (s *places) add(i uint32) {
	w := i >> 6
	if w >= uint32(len(s.words)) {
		s.grow(w)
	}
	s.words[w] |= 1 << (i & 63)
	s.summary[w>>6] |= 1 << (w & 63)
}

//go:noinline
func (s *places) grow(w uint32) {
	for w >= uint32(len(s.words)) {
		s.words = append(s.words, 0)
	}
	for w>>6 >= uint32(len(s.summary)) {
		s.summary = append(s.summary, 0)
	}
}

// remove removes a number of the set.
func (s *places) remove(i uint32) {
	w := i >> 6
	s.words[w] &^= 1 << (i & 63)
	if s.words[w] == 0 {
		s.summary[w>>6] &^= 1 << (w & 63)
	}
}

// first returns the smallest number; none if there is none.
func (s *places) first() uint32 {
	for k, x := range s.summary {
		if x != 0 {
			w := uint32(k)<<6 | uint32(bits.TrailingZeros64(x))
			return w<<6 | uint32(bits.TrailingZeros64(s.words[w]))
		}
	}
	return none
}

// from returns the smallest number that is at least i or, if there is none, the smallest of all; the set
// is not empty.
func (s *places) from(i uint32) uint32 {
	w := i >> 6
	if w >= uint32(len(s.words)) {
		return s.first()
	}
	if x := s.words[w] >> (i & 63); x != 0 {
		return i + uint32(bits.TrailingZeros64(x))
	}
	for w++; w < uint32(len(s.words)); w++ {
		if w&63 == 0 && s.summary[w>>6] == 0 {
			w += 63
			continue
		}
		if x := s.words[w]; x != 0 {
			return w<<6 | uint32(bits.TrailingZeros64(x))
		}
	}
	return s.first()
}

// nth returns the k-th smallest number, from 0; there are more than k.
func (s *places) nth(k int) uint32 {
	for w, x := range s.words {
		n := bits.OnesCount64(x)
		if k < n {
			for ; k > 0; k-- {
				x &= x - 1
			}
			return uint32(w)<<6 | uint32(bits.TrailingZeros64(x))
		}
		k -= n
	}
	return none
}
