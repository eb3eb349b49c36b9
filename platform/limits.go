package platform

import (
	"math"

	"faaslab/dist"
)

// Unlimited stands for a number of instances without a bound.
const Unlimited = math.MaxInt

// MostLive is the number of instances and waiting requests that one platform
// may have alive at once, so that a run without a bound of its own ends with an
// error and not by taking the machine's memory.
const MostLive = 10_000_000

// ColdStartup returns the fraction of a cold start's service that is its start-up where one law
// gives the whole of it: what it takes longer than a warm one on average.
func ColdStartup(warm, cold dist.Distribution) float64 {
	w, _ := warm.Moments()
	c, _ := cold.Moments()
	if !(w < c) {
		return 0
	}
	return 1 - w/c
}
