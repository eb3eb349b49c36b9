package thesis

import (
	"maps"
	"math"
	"slices"
)

// Measured holds the measurements of a series: metrics by the value of its key.
type Measured map[string]map[string]float64

// values returns the values of the key in ascending order.
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

// Errors holds mean absolute relative errors by metric.
type Errors map[string]float64

// Mean returns the mean over metrics.
func (e Errors) Mean() float64 {
	if len(e) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, metric := range slices.Sorted(maps.Keys(e)) { // in a fixed order, on which a sum of floats depends
		sum += e[metric]
	}
	return sum / float64(len(e))
}

// errors returns the mean absolute relative error of each metric against the measurements. It
// leaves out points at which said is NaN, and points at which 0 was measured, to which no error is
// relative.
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
