package platform

import (
	"math"

	"faaslab/dist"
)

// Unlimited is a number of instances without a bound.
const Unlimited = math.MaxInt

// MostLive is the number of instances and waiting requests that one platform may have alive at
// once. With it, a run without a bound of its own ends with an error before it takes the machine's
// memory.
const MostLive = 10_000_000

// ColdStartup returns the fraction of a cold start's service that is its start-up, where one law
// gives the whole service: the part by which it exceeds a warm service on average.
func ColdStartup(warm, cold dist.Distribution) float64 {
	w, _ := warm.Moments()
	c, _ := cold.Moments()
	if !(w < c) {
		return 0
	}
	return 1 - w/c
}
