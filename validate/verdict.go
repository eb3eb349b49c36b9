package validate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/stats"
)

// FamilyAlpha is the probability that a run fails although the simulator is correct and the models
// are as accurate as documented, for any number of cases.
const FamilyAlpha = 0.01

// enoughPower is the probability with which an exact case must find its deviation.
const enoughPower = 0.99

// A Verdict is the outcome of a case's simulation.
type Verdict struct {
	Case
	Simulated stats.Estimate
	// P is, for an exact case, the probability of a difference at least as large if the law holds;
	// for an approximate case, the probability of a deviation as far outside its band if the truth
	// is at the band's edge, and 1 inside the band; for an identity, 1 or 0.
	P float64
	// Power is, for an exact case, the probability of finding the law broken if the truth is off by
	// Case.Detect; otherwise NaN.
	Power float64
	// Deviation is, for an approximate case, the model's relative deviation from the simulation,
	// with its interval.
	Deviation stats.Estimate
	Outcome   Outcome
	// Detail describes the failure of an identity.
	Detail string
}

// Outcome is the verdict in a word.
type Outcome string

// The outcomes: a law holds or is broken; a model is as accurate as documented, or not; a law was
// tested with too little work to be believed.
const (
	Holds        Outcome = "holds"
	Broken       Outcome = "broken"
	Within       Outcome = "within"
	Outside      Outcome = "outside"
	Underpowered Outcome = "underpowered"
)

// Failed reports whether the verdict fails the run.
func (v Verdict) Failed() bool {
	return v.Outcome == Broken || v.Outcome == Outside || v.Outcome == Underpowered
}

// standardError returns the standard error of an estimate with a Student-t interval.
func standardError(e stats.Estimate) float64 { return e.HalfWidth / criticalT(1-stats.Confidence, e.N) }

// criticalT returns the two-sided critical value of Student's t for n values.
func criticalT(alpha float64, n int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - alpha/2)
}

// testExact returns the p-value of a simulated value, given the expected value and its uncertainty.
func testExact(e stats.Estimate, expected, uncertain float64) float64 {
	difference := max(0, math.Abs(e.Mean-expected)-uncertain)
	se := standardError(e)
	if !(se > 0) { // no replication differs: the value is equal, up to rounding, or wrong
		if difference <= 1e-9*math.Abs(expected) {
			return 1
		}
		return 0
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(e.N - 1)}.Survival(difference/se)
}

// A tTest is the two-sided Student t-test at one level for one number of values.
type tTest struct {
	critical float64
	// spreads are quantiles, evenly spaced in probability, of the estimated standard deviation over
	// the true one: the root of a chi-squared variate over its degrees of freedom.
	spreads [200]float64
}

func newTTest(alpha float64, n int) *tTest {
	t := &tTest{critical: criticalT(alpha, n)}
	variance := distuv.ChiSquared{K: float64(n - 1)}
	for i := range t.spreads {
		t.spreads[i] = math.Sqrt(variance.Quantile((float64(i)+0.5)/float64(len(t.spreads))) / float64(n-1))
	}
	return t
}

// power returns the probability of finding a true deviation of the given number of standard errors:
// the probability that a noncentral t exceeds the critical value, integrated over the spread.
func (t *tTest) power(deviation float64) float64 {
	if math.IsInf(deviation, 1) {
		return 1
	}
	found := 0.0
	for _, spread := range t.spreads {
		found += distuv.UnitNormal.CDF(deviation-t.critical*spread) + distuv.UnitNormal.CDF(-deviation-t.critical*spread)
	}
	return found / float64(len(t.spreads))
}

// found returns the smallest deviation, in standard errors, that the test finds with enough power.
func (t *tTest) found() float64 {
	low, high := 0.0, 100.0
	for range 50 {
		if middle := (low + high) / 2; t.power(middle) < enoughPower {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// testBand returns the p-value of a deviation that should lie in a band: one-sided, against the
// nearer edge.
func testBand(deviation stats.Estimate, band Band) float64 {
	outside := max(band.Low-deviation.Mean, deviation.Mean-band.High)
	se := standardError(deviation)
	switch {
	case outside <= 0:
		return 1
	case !(se > 0): // no interval, or none needed
		return 0
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(deviation.N - 1)}.Survival(outside / se)
}

// holm marks the failed cases, so that the probability of any false failure is at most FamilyAlpha
// (Holm, Scandinavian Journal of Statistics 1979): the least p-value is compared with α/m, the next
// with α/(m−1), until one is larger.
func holm(verdicts []Verdict) {
	var tested []*Verdict
	for i := range verdicts {
		if verdicts[i].Kind != Identity {
			tested = append(tested, &verdicts[i])
		}
	}
	slices.SortStableFunc(tested, func(a, b *Verdict) int {
		switch {
		case a.P < b.P:
			return -1
		case a.P > b.P:
			return 1
		}
		return 0
	})
	broken := true
	for i, v := range tested {
		broken = broken && v.P <= FamilyAlpha/float64(len(tested)-i)
		switch {
		case broken && v.Kind == Approximate:
			v.Outcome = Outside
		case broken:
			v.Outcome = Broken
		case v.Kind == Approximate:
			v.Outcome = Within
		case v.Power < enoughPower:
			v.Outcome = Underpowered
		default:
			v.Outcome = Holds
		}
	}
}
