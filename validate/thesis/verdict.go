package thesis

import (
	"math"

	"faaslab/sim/stats"
)

// A Verdict says whether the simulation confirms a statement of the thesis.
type Verdict string

// The verdicts. A statement is undecided if the interval leaves both answers open.
const (
	Reproduced    Verdict = "reproduced"
	Assuming      Verdict = "reproduced, with an assumption"
	NotReproduced Verdict = "not reproduced"
	Undecided     Verdict = "undecided"
)

// A Finding is a statement of the thesis with the answer of the simulation.
type Finding struct {
	Where     string // section and figure
	Statement string // in our words
	// Quantity is the number that decides; the statement holds if the number lies from Low to High,
	// which may be infinite.
	Quantity  string
	Low, High float64
	Unit      Unit
	Value     stats.Estimate
	// RunLow and RunHigh hold 95 % of single short runs, if the statement is about the measurement
	// of one; otherwise NaN.
	RunLow, RunHigh float64
	Verdict         Verdict
	// Replayed is the number in the replay of the thesis' experiments, where they are replayed; NaN
	// elsewhere. It has no part in the verdict.
	Replayed float64
	// Assumption is the basis of the verdict besides exponential service; empty: none.
	Assumption string
	Why        string // explains the verdict
}

// A Unit is the unit of a finding's numbers.
type Unit uint8

// The units: ratios and numbers of instances have none.
const (
	Plain Unit = iota
	Fraction
	Seconds
	Rate
)

// judge compares an interval with a statement: that the value lies from low to high.
func judge(e stats.Estimate, low, high float64, assumption string) Verdict {
	return judgeRange(e.Mean-e.HalfWidth, e.Mean+e.HalfWidth, low, high, assumption)
}

// judgeRange reaches a verdict on a value between least and most.
func judgeRange(least, most, low, high float64, assumption string) Verdict {
	switch {
	case math.IsNaN(least) || math.IsNaN(most):
		return Undecided
	case most < low || least > high:
		return NotReproduced
	case least < low || most > high:
		return Undecided
	case assumption != "":
		return Assuming
	}
	return Reproduced
}

// judgeRun compares the measurement of one run, rounded to a range from low to high, with the range
// in which 95 % of such runs lie: the run may be one of them, or not.
func judgeRun(runLow, runHigh, low, high float64, assumption string) Verdict {
	switch {
	case math.IsNaN(runLow) || math.IsNaN(runHigh):
		return Undecided
	case high < runLow || low > runHigh:
		return NotReproduced
	case assumption != "":
		return Assuming
	}
	return Reproduced
}

// derive returns a function of estimates. Its half-width adds up the change that each estimate may
// cause. The estimates share random numbers, so the correlation of their errors is unknown; the sum
// is the largest possible error.
func derive(f func(v []float64) float64, estimates ...stats.Estimate) stats.Estimate {
	values := make([]float64, len(estimates))
	n := math.MaxInt
	for i, e := range estimates {
		values[i] = e.Mean
		n = min(n, e.N)
	}
	result := stats.Estimate{Mean: f(values), N: n}
	for i, e := range estimates {
		change := 0.0
		for _, half := range []float64{-e.HalfWidth, e.HalfWidth} {
			values[i] = e.Mean + half
			change = math.Max(change, math.Abs(f(values)-result.Mean)) // NaN stays
		}
		values[i] = e.Mean
		result.HalfWidth += change
	}
	return result
}
