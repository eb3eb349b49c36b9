package thesis

import (
	"math"
	"slices"

	"faaslab/sim/stats"
)

// A statement is a statement of the thesis with the rule that decides it.
type statement struct {
	where, text, quantity string
	span                  span // contains the number if the statement holds
	unit                  Unit
	needs                 []string // names of series
	assumption            string
	// run: the statement is about the measurement of one run.
	run   bool
	value func(c curves) answer
	// why explains a verdict; other verdicts explain themselves.
	why map[Verdict]string
}

// A span is a range of numbers.
type span struct{ low, high float64 }

// near is the relative distance within which a number is "about", "close to" or "nearly" a number
// of the thesis.
const near = 0.1

// about returns the span of numbers about x.
func about(x float64) span { return span{x * (1 - near), x * (1 + near)} }

// An answer is the number that decides a statement, with a remark.
type answer struct {
	stats.Estimate
	run    Spread
	remark string // such as the function concerned; empty: none
}

// Findings returns a finding for each statement of the thesis whose series were simulated, in the
// thesis' order.
func Findings(simulated map[string]Curve) (findings []Finding) {
	for _, s := range statements() {
		if slices.ContainsFunc(s.needs, func(name string) bool { _, ok := simulated[name]; return !ok }) {
			continue
		}
		findings = append(findings, s.decide(simulated))
	}
	return findings
}

// decide compares a statement with the curves.
func (s statement) decide(c curves) Finding {
	a := s.value(c)
	f := Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Value: a.Estimate,
		RunLow: math.NaN(), RunHigh: math.NaN(), Replayed: math.NaN(), Assumption: s.assumption}
	if replayed, ok := c.replays(s.needs); ok {
		f.Replayed = s.value(replayed).Mean
	}
	if a.remark != "" {
		f.Quantity += " (" + a.remark + ")"
	}
	if s.run {
		f.RunLow, f.RunHigh = a.run.Low, a.run.High
		f.Verdict = judgeRun(a.run.Low, a.run.High, s.span.low, s.span.high, s.assumption)
	} else {
		f.Verdict = judge(a.Estimate, s.span.low, s.span.high, s.assumption)
	}
	f.Why = s.why[f.Verdict]
	return f
}

// statements returns the statements of the thesis, in its order.
func statements() []statement {
	return slices.Concat(routingStatements(), tableStatements(), keepAliveStatements(), loadStatements(), tenCoreStatements(), appendixStatements())
}

// Statements returns all statements of the thesis, without verdicts. In a finding, a remark may
// follow the quantity.
func Statements() (all []Finding) {
	for _, s := range statements() {
		all = append(all, Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Assumption: s.assumption})
	}
	return all
}
