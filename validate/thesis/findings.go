package thesis

import (
	"math"
	"slices"

	"faaslab/sim/stats"
)

// A statement of the thesis, and how to decide it.
type statement struct {
	where, text, quantity string
	span                  span // in which the number is if the statement holds
	unit                  Unit
	needs                 []string // series
	assumption            string
	// run: what is stated is what one run measured.
	run   bool
	value func(c curves) answer
	// why explains a verdict; a verdict that is not there explains itself.
	why map[Verdict]string
}

// A span is a range of numbers.
type span struct{ low, high float64 }

// near is how far a number may be from one that the thesis states as "about", "close to" or "nearly", relative to it.
const near = 0.1

// about is the span of what is about x.
func about(x float64) span { return span{x * (1 - near), x * (1 + near)} }

// An answer is the number that decides a statement, and a remark that belongs to it.
type answer struct {
	stats.Estimate
	run    Spread
	remark string // such as which function it is of; empty: none
}

// Findings returns a finding for each statement of the thesis whose series were simulated, in the thesis' order.
func Findings(simulated map[string]Curve) (findings []Finding) {
	for _, s := range statements() {
		if slices.ContainsFunc(s.needs, func(name string) bool { _, ok := simulated[name]; return !ok }) {
			continue
		}
		findings = append(findings, s.decide(simulated))
	}
	return findings
}

// decide holds a statement against the curves.
func (s statement) decide(c curves) Finding {
	a := s.value(c)
	f := Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Value: a.Estimate,
		RunLow: math.NaN(), RunHigh: math.NaN(), Assumption: s.assumption}
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

// statements are those of the thesis, in its order.
func statements() []statement {
	return slices.Concat(routingStatements(), tableStatements(), keepAliveStatements(), loadStatements(), tenCoreStatements(), appendixStatements())
}

// Statements returns all statements of the thesis, without verdicts. A quantity may be followed by a remark in a finding.
func Statements() (all []Finding) {
	for _, s := range statements() {
		all = append(all, Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Assumption: s.assumption})
	}
	return all
}
