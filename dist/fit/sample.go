package fit

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A sample is what the fits need of measured durations.
type sample struct {
	values      []float64 // seconds, ascending
	n           float64   // number of values, ≥ 1
	least, most float64   // seconds
	mean        float64   // seconds; 0 if all values are
	cv2         float64   // variance of the values as the whole population / mean²
	// logs are ln(value/mean), ascending; nil if the least value is 0. Relative to the mean, sums of them
	// keep their digits where all values are much the same.
	logs    []float64
	meanLog float64 // of logs, ≤ 0; 0 if there are none
}

// newSample sorts a copy of durations, at least one.
func newSample(durations []float64) *sample {
	s := &sample{values: slices.Clone(durations), n: float64(len(durations))}
	slices.Sort(s.values) // a NaN comes first
	s.least, s.most = s.values[0], s.values[len(s.values)-1]
	if !(s.least >= 0 && s.most <= math.MaxFloat64) {
		panic("fit: a duration that is negative, NaN or infinite")
	}
	if s.mean = stat.Mean(s.values, nil); s.mean == 0 {
		return s
	}
	for _, x := range s.values {
		deviation := x/s.mean - 1
		s.cv2 += deviation * deviation / s.n
	}
	if s.least/s.mean > 0 {
		s.logs = make([]float64, len(s.values))
		for i, x := range s.values {
			s.logs[i] = math.Log(x / s.mean)
		}
		s.meanLog = stat.Mean(s.logs, nil)
	}
	return s
}

// root returns where a function changes its sign between low and high, to the last digits: it is
// not positive at low, not negative at high, and continuous between.
func root(low, high float64, f func(x float64) float64) float64 {
	for range 200 { // more halvings than a float64 has digits
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
