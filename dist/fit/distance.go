package fit

import (
	"math"
	"slices"
	"sort"

	"faaslab/dist"
)

// distance returns the Kolmogorov–Smirnov distance of a law and ascending values: the largest
// difference, in size, of the law's distribution function and the values', at and just before each
// value. Both functions rise, so that between two values they differ by no more than their largest and
// smallest values there: where that is less than what was found before, nothing is looked at. So a
// million values take some hundred evaluations of the law.
func distance(values []float64, law dist.Distribution) float64 {
	n := float64(len(values))
	largest := 0.0
	// look compares at value i. It returns the indices of the first and the last value that equal it, and
	// the law's distribution function just before and at it.
	look := func(i int) (first, last int, before, at float64) {
		x := values[i]
		first, _ = slices.BinarySearch(values, x)
		after := sort.Search(len(values), func(k int) bool { return values[k] > x })
		before, at = law.CDF(math.Nextafter(x, math.Inf(-1))), law.CDF(x)
		largest = max(largest, math.Abs(float64(first)/n-before), math.Abs(float64(after)/n-at))
		return first, after - 1, before, at
	}
	// between compares between the values i and j, where the law is at least low and at most high.
	var between func(i, j int, low, high float64)
	between = func(i, j int, low, high float64) {
		if j-i < 2 || max(float64(j)/n-low, high-float64(i+1)/n) <= largest {
			return
		}
		first, last, before, at := look(i + (j-i)/2)
		between(i, first, low, before)
		between(last, j, at, high)
	}
	_, i, _, low := look(0)
	j, _, high, _ := look(len(values) - 1)
	between(i, j, low, high)
	return largest
}
