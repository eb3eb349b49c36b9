package stats

import (
	"encoding/json"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence is the level of every interval.
const Confidence = 0.95

// An Estimate is a mean with its confidence interval Mean ± HalfWidth.
type Estimate struct {
	Mean      float64 // NaN: nothing was observed
	HalfWidth float64 // NaN: fewer than two replications observed it
	N         int     // replications that contributed
}

// Estimate returns the mean of the tally with its Student-t interval, which is
// exact if the values are independent and normal.
func (t Tally) Estimate() Estimate {
	return Estimate{t.Mean(), studentT(t.n) * math.Sqrt(t.Variance()/float64(t.n)), t.n}
}

// studentT returns the two-sided quantile of Student's t for n values.
func studentT(n int) float64 {
	if n < 2 {
		return math.NaN()
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + Confidence) / 2)
}

// PseudoValues returns the jackknife's pseudo-values of a statistic, one a
// replication: independent contributions whose mean estimates the statistic.
// whole is the statistic of all replications together, without[i] that of all
// but the i-th. For a mean they are the replications' own values; for a ratio or a
// quantile their mean has a bias of order 1/n² instead of 1/n (Miller, "The
// jackknife: a review", Biometrika 1974). Where the statistic does not exist
// without one of the replications, whole is the only pseudo-value, and there is no interval.
func PseudoValues(whole float64, without []float64) []float64 {
	n := float64(len(without))
	pseudo := make([]float64, 0, len(without))
	for _, w := range without {
		value := whole
		if w != whole { // what no replication changes comes out exact
			value += (n - 1) * (whole - w)
		}
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return []float64{whole}
		}
		pseudo = append(pseudo, value)
	}
	return pseudo
}

// EstimateOf returns the mean of independent values, with its interval. A single
// NaN is an estimate of nothing.
func EstimateOf(values []float64) Estimate {
	var t Tally
	for _, v := range values {
		t.Add(v)
	}
	return t.Estimate()
}

// MarshalJSON writes {"mean": …, "half_width": …}, with null for what does not exist.
func (e Estimate) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Mean      *float64 `json:"mean"`
		HalfWidth *float64 `json:"half_width"`
	}{existing(e.Mean), existing(e.HalfWidth)})
}

func existing(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
