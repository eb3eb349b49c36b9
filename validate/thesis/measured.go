package thesis

import (
	"maps"
	"math"
	"slices"
)

// Measured is what was measured of a series: metrics by the value of its key.
type Measured map[string]map[string]float64

// values returns those of the key in ascending order.
func (m Measured) values() []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		switch x, y := numberOf(a), numberOf(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// Errors are mean absolute relative errors by metric.
type Errors map[string]float64

// Mean returns the mean over metrics.
func (e Errors) Mean() float64 {
	if len(e) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, metric := range slices.Sorted(maps.Keys(e)) { // in one order: sums of floats depend on it
		sum += e[metric]
	}
	return sum / float64(len(e))
}

// errors returns how far what is said of each metric is from what was measured. It leaves out points of which nothing is said
// (NaN), and those where 0 was measured, to which nothing is relative.
func (m Measured) errors(said func(value, metric string) float64) Errors {
	sums, counts := Errors{}, map[string]int{}
	for _, value := range m.values() {
		for metric, truth := range m[value] {
			if e := math.Abs(said(value, metric)/truth - 1); truth != 0 && !math.IsNaN(e) {
				sums[metric] += e
				counts[metric]++
			}
		}
	}
	for metric, n := range counts {
		sums[metric] /= float64(n)
	}
	return sums
}
