package platform

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Cores are the cores that the running instances of a platform share; an instance uses one thread
// at most. With the zero value each instance has a core of its own.
type Cores struct {
	Physical int // >= 1; 0: unlimited, and the other fields mean nothing
	Threads  int // of each core: 1 or 2; 0 stands for 1
	// Yield is the work that the second thread of a core adds to the first, 0 … 1: with 0.25, two
	// instances on one core do the work of 1.25 instances on cores of their own.
	Yield float64
	// AllCoreSpeed is the clock with all cores busy relative to the clock with one core busy, > 0; 0
	// stands for 1. Between the two the clock changes linearly with the number of busy cores. Above
	// 1, it rises with the load, as that of a processor does whose frequency governor saves power.
	AllCoreSpeed float64
	// Speeds is any other clock: that of a busy core with 1, 2, … cores busy, each > 0, relative to
	// the clock that service times are given for. The last holds for more busy cores. It is used in
	// place of AllCoreSpeed; empty: none.
	Speeds []float64
}

// Limited reports whether the cores are limited, so that instances may have to share them.
func (c Cores) Limited() bool { return c.Physical > 0 }

// Alone returns the largest number up to which any number of instances all run at speed 1, as on a
// core of their own; Unlimited if any number does.
func (c Cores) Alone() int {
	switch {
	case !c.Limited():
		return Unlimited
	case len(c.Speeds) > 0:
		for i, speed := range c.Speeds[:min(len(c.Speeds), c.Physical)] {
			if speed != 1 {
				return i
			}
		}
	case c.clocked():
		return 1
	}
	return c.Physical
}

// Even reports whether each of any number of cores runs at speed 1, and second threads add nothing: a
// core can be held by one instance alone. The cores must be limited.
func (c Cores) Even() bool {
	return c.Alone() == c.Physical && c.Rate(c.Flat()) == float64(c.Physical)
}

// clocked reports whether AllCoreSpeed makes a difference.
func (c Cores) clocked() bool {
	return c.AllCoreSpeed != 0 && c.AllCoreSpeed != 1 && c.Physical > 1 && len(c.Speeds) == 0
}

// Flat returns a number of instances from which on additional instances get no more work done. The
// cores must be limited.
func (c Cores) Flat() int {
	if c.Threads == 2 {
		return 2 * c.Physical
	}
	return c.Physical
}

// Rate returns the work that n instances together get done in a second, in seconds of one on a core
// of its own; they share it equally. The cores must be limited, and n >= 1.
//
// The first instances have a core each, each further one shares a core with another instance, and
// the clock is that of the busy cores.
func (c Cores) Rate(n int) float64 {
	busy := min(n, c.Physical)
	rate := float64(busy)
	if c.Threads == 2 {
		rate += float64(c.Yield * float64(min(n, 2*c.Physical)-busy))
	}
	switch {
	case len(c.Speeds) > 0:
		rate *= c.Speeds[min(busy, len(c.Speeds))-1]
	case c.clocked():
		// The conversions keep products from being fused with sums, which would differ
		// between processors.
		rate *= 1 - float64((1-c.AllCoreSpeed)*(float64(busy-1)/float64(c.Physical-1)))
	}
	return rate
}

// Capacity returns the work that ever more instances together get done in a second in the end, in
// seconds of one on a core of its own; +Inf with unlimited cores.
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
	switch {
	case len(c.Speeds) > 0:
		text += ", " + describeSpeeds(c.Speeds[:min(len(c.Speeds), c.Physical)])
	case c.clocked():
		text += fmt.Sprintf(", all-core speed %v", c.AllCoreSpeed)
	}
	return text
}

// describeSpeeds lists speeds; of many, the first and the last.
func describeSpeeds(speeds []float64) string {
	const listed = 6
	if len(speeds) == 1 {
		return fmt.Sprintf("speed %v", speeds[0])
	}
	var texts []string
	for i, speed := range speeds {
		switch {
		case len(speeds) <= listed || i < 2 || i == len(speeds)-1:
			texts = append(texts, strconv.FormatFloat(speed, 'g', -1, 64))
		case i == 2:
			texts = append(texts, "…")
		}
	}
	return "speeds " + strings.Join(texts, " ")
}
