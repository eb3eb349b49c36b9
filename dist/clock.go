package dist

// A clock turns gaps that are real numbers into gaps of whole nanoseconds. It rounds the moments of
// arrival, not the gaps, so errors never add up: the sum of the whole gaps stays within a
// nanosecond of the sum of the real ones.
type clock struct {
	now      int64   // the last arrival, in ns
	fraction float64 // the part of a nanosecond by which now was rounded down, in [0, 1)
}

// newClock returns a clock at time 0. Beginning half a nanosecond late makes
// rounding down a rounding to the nearest.
func newClock() clock { return clock{fraction: 0.5} }

// fill replaces gaps by rounded draws. draw fills block with gaps in nanoseconds, at most
// len(block) at a time. fill returns the number of arrivals before the end of virtual time.
func (c *clock) fill(gaps []int64, block []float64, draw func(block []float64)) (n int) {
	for n < len(gaps) {
		part := block[:min(len(block), len(gaps)-n)]
		draw(part)
		done := c.advance(gaps[n:], part)
		n += done
		if done < len(part) {
			break
		}
	}
	return n
}

// advance writes to gaps the whole gaps for the real gaps in block, in ns, and returns the number
// of arrivals before the end of virtual time at 2⁶³ ns.
func (c *clock) advance(gaps []int64, block []float64) int {
	gaps = gaps[:len(block)]
	// Moments are counted from the last arrival of the previous block, which keeps them small and
	// the fraction precise.
	var last int64
	at := c.fraction
	for i, gap := range block {
		at += gap
		whole := int64(at)
		gaps[i] = whole - last
		last = whole
	}
	if !(at+float64(c.now) < 1<<63) {
		return c.finish(gaps, block)
	}
	c.now += last
	c.fraction = at - float64(last)
	return len(block)
}

// finish does the work of advance for the block in which virtual time ends.
func (c *clock) finish(gaps []int64, block []float64) int {
	for i, gap := range block {
		at := c.fraction + gap
		if !(at+float64(c.now) < 1<<63) {
			c.now, c.fraction = 1<<63-1, 0 // any later arrival is beyond the end, too
			return i
		}
		gaps[i] = int64(at)
		c.now += gaps[i]
		c.fraction = at - float64(gaps[i])
	}
	return len(block)
}
