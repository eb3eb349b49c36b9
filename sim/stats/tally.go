package stats

import "math"

// A Tally collects values and computes their count, mean and variance. It is numerically stable for
// values that differ little (Welford, Technometrics 1962). The zero value is empty.
type Tally struct {
	n    int
	mean float64
	// squares is the sum of squared distances to the mean.
	squares float64
}

// Add adds a value.
func (t *Tally) Add(x float64) {
	t.n++
	d := x - t.mean
	t.mean += d / float64(t.n)
	t.squares += d * (x - t.mean)
}

// Merge adds all values of other (Chan, Golub and LeVeque, COMPSTAT 1982).
func (t *Tally) Merge(other Tally) {
	if other.n == 0 {
		return
	}
	n := t.n + other.n
	d := other.mean - t.mean
	t.mean += d * float64(other.n) / float64(n)
	t.squares += other.squares + d*d*float64(t.n)*float64(other.n)/float64(n)
	t.n = n
}

// Count returns the number of values.
func (t Tally) Count() int { return t.n }

// Mean returns the mean of the values; NaN if there are none.
func (t Tally) Mean() float64 {
	if t.n == 0 {
		return math.NaN()
	}
	return t.mean
}

// Variance returns the unbiased sample variance; NaN with fewer than two values.
func (t Tally) Variance() float64 {
	if t.n < 2 {
		return math.NaN()
	}
	return t.squares / float64(t.n-1)
}
