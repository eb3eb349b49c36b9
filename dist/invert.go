package dist

import "math"

// invert returns the smallest float64 x >= 0 for which reached(x) holds; reached must be false
// below some point and true from there on. invert bisects the bit patterns of the non-negative
// numbers, which are in the order of the numbers: 63 steps for any law, atoms and tails alike, and
// no starting bracket to get wrong. A law inverted in this way has unbounded support, so p = 1
// gives +Inf.
func invert(p float64, reached func(x float64) bool) float64 {
	if p == 0 {
		return 0
	}
	if p == 1 {
		return math.Inf(1)
	}
	lo, hi := uint64(0), math.Float64bits(math.MaxFloat64)
	for lo < hi {
		middle := lo + (hi-lo)/2
		if reached(math.Float64frombits(middle)) {
			hi = middle
		} else {
			lo = middle + 1
		}
	}
	return math.Float64frombits(lo)
}
