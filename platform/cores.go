package platform

import (
	"fmt"
	"math"
)

// Cores are the cores that the running instances of a platform share; an instance uses one thread
// at most. With the zero value each instance has a core of its own.
type Cores struct {
	Physical int // >= 1; 0: unlimited, and the other fields mean nothing
	Threads  int // of each core: 1 or 2; 0 stands for 1
	// Yield is the work that the second thread of a core adds to the first, 0 … 1: with 0.25, two
	// instances on one core do the work of 1.25 instances on cores of their own.
	Yield float64
	// AllCoreSpeed is the clock with all cores busy relative to the clock with one core busy, in
	// (0, 1]; 0 stands for 1. Between the two the clock falls linearly with the number of busy
	// cores.
	AllCoreSpeed float64
}

// Limited reports whether the cores are limited, so that instances may have to share them.
func (c Cores) Limited() bool { return c.Physical > 0 }

// Alone returns the largest number of instances that all run as fast as one alone; Unlimited if any
// number does.
func (c Cores) Alone() int {
	switch {
	case !c.Limited():
		return Unlimited
	case c.AllCoreSpeed > 0 && c.AllCoreSpeed < 1 && c.Physical > 1:
		return 1
	}
	return c.Physical
}

// Flat returns a number of instances from which on additional instances get no more work done. The
// cores must be limited.
func (c Cores) Flat() int {
	if c.Threads == 2 {
		return 2 * c.Physical
	}
	return c.Physical
}

// Rate returns the work that n instances together get done in a second, in seconds of one alone;
// they share it equally. The cores must be limited.
//
// The first instances have a core each, each further one shares a core with another instance, and
// the clock is that of the busy cores.
func (c Cores) Rate(n int) float64 {
	busy := min(n, c.Physical)
	rate := float64(busy)
	if c.Threads == 2 {
		rate += float64(c.Yield * float64(min(n, 2*c.Physical)-busy))
	}
	if c.Alone() < c.Physical {
		// The conversions keep products from being fused with sums, which would differ
		// between processors.
		rate *= 1 - float64((1-c.AllCoreSpeed)*(float64(busy-1)/float64(c.Physical-1)))
	}
	return rate
}

// Capacity returns the most work that any number of instances together get done in a second, in
// seconds of one alone; +Inf with unlimited cores.
func (c Cores) Capacity() float64 {
	if !c.Limited() {
		return math.Inf(1)
	}
	return c.Rate(c.Flat())
}

// String describes the cores in a few words.
func (c Cores) String() string {
	var text string
	switch c.Physical {
	case 0:
		return "unlimited cores"
	case 1:
		text = "1 core"
	default:
		text = fmt.Sprintf("%d cores", c.Physical)
	}
	if c.Threads == 2 {
		text += fmt.Sprintf(" with 2 threads, yield %v", c.Yield)
	}
	if c.Alone() < c.Physical {
		text += fmt.Sprintf(", all-core speed %v", c.AllCoreSpeed)
	}
	return text
}
