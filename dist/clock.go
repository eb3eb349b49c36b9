package dist

// A clock turns gaps that are real numbers into gaps of whole nanoseconds. It rounds the moments of
// arrival, not the gaps, so errors never add up: the sum of the whole gaps stays within a
// nanosecond of the sum of the real ones.
type clock struct {
	now int64 // where the present block began: the last arrival of the block before, in ns
	// Of the present block: the last arrival after now, as a real number and rounded down to whole
	// nanoseconds, and the number of arrivals. Blocks do not depend on how many gaps are asked for
	// at a time, so neither do the roundings.
	at    float64
	last  int64
	count int // < blockSize
}

// newClock returns a clock at time 0. Beginning half a nanosecond late makes
// rounding down a rounding to the nearest.
func newClock() clock { return clock{at: 0.5} }

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
func (c *clock) advance(gaps []int64, block []float64) (n int) {
	for len(block) > 0 {
		part := block[:min(len(block), blockSize-c.count)]
		done := c.advanceBlock(gaps[:len(part)], part)
		n += done
		if done < len(part) {
			break
		}
		gaps, block = gaps[len(part):], block[len(part):]
	}
	return n
}

// advanceBlock is advance within the present block.
func (c *clock) advanceBlock(gaps []int64, block []float64) int {
	gaps = gaps[:len(block)]
	// Moments are counted from the last arrival of the previous block, which keeps them small and
	// the fraction precise.
	at, last := c.at, c.last
	for i, gap := range block {
		at += gap
		whole := int64(at)
		gaps[i] = whole - last
		last = whole
	}
	if !(at+float64(c.now) < 1<<63) {
		return c.finish(gaps, block)
	}
	c.at, c.last = at, last
	if c.count += len(block); c.count == blockSize {
		c.begin()
	}
	return len(block)
}

// begin begins a block at the last arrival.
func (c *clock) begin() {
	c.now += c.last
	c.at -= float64(c.last)
	c.last, c.count = 0, 0
}

// finish does the work of advance for the block in which virtual time ends.
func (c *clock) finish(gaps []int64, block []float64) int {
	for i, gap := range block {
		c.begin()
		at := c.at + gap
		if !(at+float64(c.now) < 1<<63) {
			c.now, c.at = 1<<63-1, 0 // any later arrival is beyond the end, too
			return i
		}
		c.at, c.last = at, int64(at)
		gaps[i] = c.last
	}
	return len(block)
}
