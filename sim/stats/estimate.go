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

// Estimate returns the mean of the tally with its Student-t interval, which is exact if the values
// are independent and normal.
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

// PseudoValues returns the jackknife's pseudo-values of a statistic, one a replication. They are
// about independent, and their spread is the statistic's own even where it is no mean (a ratio, a
// quantile). whole is the statistic of all replications together, without[i] the statistic of all
// but the i-th. For a mean, the pseudo-values are the replications' own values (Miller, "The
// jackknife: a review", Biometrika 1974). PseudoValues returns nil if the statistic does not exist
// without one of the replications.
func PseudoValues(whole float64, without []float64) []float64 {
	n := float64(len(without))
	pseudo := make([]float64, 0, len(without))
	for _, w := range without {
		value := whole
		if w != whole { // a statistic that no replication changes comes out exact
			value += (n - 1) * (whole - w)
		}
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return nil
		}
		pseudo = append(pseudo, value)
	}
	return pseudo
}

// Jackknife returns a statistic of all replications together with the Student-t interval of its
// pseudo-values. Its bias of order 1/n is not corrected, so means add up and quantiles are in
// order.
func Jackknife(whole float64, pseudo []float64) Estimate {
	var t Tally
	for _, v := range pseudo {
		t.Add(v)
	}
	e := t.Estimate()
	e.Mean = whole
	return e
}

// Unseen is the upper limit of the expected number of events where none was seen, at the confidence
// of all intervals: −ln 0.025, by the exact interval.
var Unseen = -math.Log((1 - Confidence) / 2)

// RareHalfWidth returns the least half-width of a probability that was seen as few events in many
// independent trials: the distance from the ratio to the upper limit of the exact interval (Clopper
// and Pearson, Biometrika 1934; here with Poisson counts, Garwood 1936). For no event in n trials
// it is 3.7/n. The spread over replications misses events too rare to be seen in most of them.
func RareHalfWidth(events, trials int64) float64 {
	upper := distuv.ChiSquared{K: 2*float64(events) + 2}.Quantile((1+Confidence)/2) / 2
	return min(1, upper/float64(trials)) - min(1, float64(events)/float64(trials))
}

// MarshalJSON writes {"mean": …, "half_width": …}; a value that does not exist is null.
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
