package stats

import (
	"math/bits"

	"faaslab/sim"
)

// Stays adds up the time that is spent in a state, exactly and in 128 bits like a Sum, for a
// count of those who are in it. It is told when one enters or leaves, and keeps the sum of the
// moments at which some left, less that of the moments at which some entered: so nothing else is
// needed while the count stays the same. The zero value has no one in the state.
type Stays struct{ sum Sum }

// Enter is told that one enters the state, at a time >= 0.
func (s *Stays) Enter(at sim.Time) {
	var borrow uint64
	s.sum.lo, borrow = bits.Sub64(s.sum.lo, uint64(at), 0)
	s.sum.hi -= borrow
}

// Leave is told that one leaves the state, not before it entered.
func (s *Stays) Leave(at sim.Time) { s.sum.Add(at) }

// Until returns the time up to a moment that is not before the last change, when n are in the state.
func (s *Stays) Until(at sim.Time, n int) Sum {
	t := s.sum
	t.AddTimes(n, at)
	return t
}
