package thesis

import (
	"math"

	"faaslab/sim/stats"
)

// A Verdict says whether the simulation finds what the thesis states.
type Verdict string

// The verdicts. A statement is undecided where the interval leaves both open.
const (
	Reproduced    Verdict = "reproduced"
	Assuming      Verdict = "reproduced, with an assumption"
	NotReproduced Verdict = "not reproduced"
	Undecided     Verdict = "undecided"
)

// A Finding is a statement of the thesis with what the simulation says of it.
type Finding struct {
	Where     string // section and figure
	Statement string // in our words
	// Quantity is the number that decides; the statement holds if it is from Low to High, either of which
	// may be infinite.
	Quantity  string
	Low, High float64
	Unit      Unit
	Value     stats.Estimate
	// RunLow and RunHigh hold 95 % of single short runs, where the statement is about what one of them
	// measured; else NaN.
	RunLow, RunHigh float64
	Verdict         Verdict
	// Assumption is what the verdict rests on beside exponential service; empty: nothing.
	Assumption string
	Why        string // what explains the verdict
}

// A Unit is what a finding's numbers count.
type Unit uint8

// The units: ratios and numbers of instances have none.
const (
	Plain Unit = iota
	Fraction
	Seconds
	Rate
)

// judge holds an interval against what a statement says: that the value lies from low to high.
func judge(e stats.Estimate, low, high float64, assumption string) Verdict {
	return judgeRange(e.Mean-e.HalfWidth, e.Mean+e.HalfWidth, low, high, assumption)
}

// judgeRange reaches a verdict on a value that is from least to most.
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

// judgeRun holds what one run measured, given from low to high as it was rounded, against the range in
// which 95 % of such runs lie: it may be one of them, or not.
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

// derive returns a function of estimates. Its half-width adds up what each of them may change: the
// estimates come from the same random numbers, so nothing is known of how their errors go together, and this is the most.
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
