package scaling

import (
	"math"

	"faaslab/sim"
)

// SmallestTarget is the least target of an instance that Knative, and so Tracking, takes.
const SmallestTarget = 0.01

// A Decider makes the decisions of a rule, in the order of time. It holds
//
//	in panic, no decision is below an earlier one of the same panic
type Decider struct {
	rule       Rule
	panicSince sim.Time // the last evaluation over the threshold; sim.Never outside panic
	panicMost  int      // of the decisions in this panic

	up, down extremes // of decisions in the slots of the delays
	last     int      // decision
	any      bool     // there was one

	hpa hpa // of Utilization
}

// A Load is what an evaluation knows of a service.
type Load struct {
	Stable, Panic float64 // averages of the measurement of all instances together
	Ready         int     // instances that can serve
	Starting      int     // instances that cannot serve yet
	ByCores       bool    // Stable is what the use of cores is worth, which asks for more than the metric
}

// A Decision is what an evaluation wants, with its reasons.
type Decision struct {
	Desired int // instances, >= 0
	// Raw is what the stable average asks for, and RawPanic what the panic average does, before limits,
	// panic and delays; RawPanic is 0 without a panic window.
	Raw, RawPanic int
	// Least and Most are the limits of this evaluation, and Undelayed is what was wanted within them, in
	// panic no less than before in it. The delays make Desired of it. With Utilization, Undelayed is Raw
	// after the delays, which come before the limits there; only Most limits.
	Least, Most, Undelayed int
	// Over says that the panic average is over the threshold; Panicking that there is panic, which
	// lasts for a window after the last evaluation that was over.
	Over, Panicking bool
}

// An Evaluation is a decision, with what it is based on.
type Evaluation struct {
	Time sim.Time
	Load
	Decision
}

// NewDecider returns the decider of a rule before its first decision, at a time at which instances are
// ready. With two or more, Knative begins in panic.
func NewDecider(rule Rule, ready int, now sim.Time) Decider {
	d := Decider{rule: rule, panicSince: sim.Never}
	if rule.PanicWindow > 0 && ready > 1 {
		d.panicSince, d.panicMost = now, ready
	}
	d.up = extremes{slots: rule.slots(rule.UpDelay), least: true}
	d.down = extremes{slots: rule.slots(rule.DownDelay)}
	return d
}

// Decide returns the next decision.
func (d *Decider) Decide(now sim.Time, load Load) Decision {
	if d.rule.Algorithm == Utilization {
		return d.utilization(now, load)
	}
	return d.tracking(now, load)
}

// tracking limits what both averages ask for, then looks for panic, then at the delays.
func (d *Decider) tracking(now sim.Time, load Load) (decision Decision) {
	r := &d.rule
	ready, target := max(1, load.Ready), math.Max(r.Target, SmallestTarget)
	most := max(toCount(math.Ceil(float64(r.MaxUp*float64(ready)))), r.MaxUpFloor)
	least := toCount(math.Floor(float64(ready) / r.MaxDown))
	stable, short := toCount(math.Ceil(load.Stable/target)), toCount(math.Ceil(load.Panic/target))
	decision.Raw, decision.Least, decision.Most = stable, least, most
	if r.Tolerance > 0 && load.Ready > 0 && math.Abs(load.Stable/(target*float64(ready))-1) <= r.Tolerance {
		stable = ready
	}
	desired := r.activated(stable, min(max(stable, least), most))
	if r.PanicWindow > 0 {
		decision.RawPanic = short
		decision.Over = float64(short)/float64(ready) >= r.PanicThreshold
		if decision.Over {
			d.panicSince = now
		} else if d.panicSince != sim.Never && d.panicSince+sim.Time(r.Window)*sim.Second < now {
			d.panicSince, d.panicMost = sim.Never, 0
		}
		if decision.Panicking = d.panicSince != sim.Never; decision.Panicking {
			d.panicMost = max(d.panicMost, desired, r.activated(short, min(max(short, least), most)))
			desired = d.panicMost
		}
	}
	decision.Undelayed = desired
	decision.Desired = d.delayed(now, desired)
	return decision
}

// activated returns a number of instances, at least Activation if any is wanted.
func (r *Rule) activated(wanted, limited int) int {
	if wanted > 0 && r.Activation > 1 {
		return max(limited, r.Activation)
	}
	return limited
}

// delayed returns what is followed after a decision: no more than the least of the last UpDelay, and no
// less than the most of the last DownDelay, this decision included.
func (d *Decider) delayed(now sim.Time, desired int) int {
	slot := int64(now / d.rule.Every)
	up, down := desired, desired
	if d.up.slots > 0 {
		up = d.up.add(slot, desired)
	}
	if d.down.slots > 0 {
		down = d.down.add(slot, desired)
	}
	if !d.any {
		d.any, d.last = true, desired
	}
	d.last = min(max(d.last, up), down)
	return d.last
}

// Rest notes that all evaluations up to now, the last one then, decided for no instance: a service at
// rest needs no evaluations.
func (d *Decider) Rest(now sim.Time) {
	if d.rule.Algorithm == Tracking {
		d.delayed(now, 0)
	}
}

// toCount returns a number of instances, 0 … MaxInt32.
func toCount(x float64) int { return int(math.Min(math.Max(x, 0), math.MaxInt32)) }

// extremes keeps the largest, or the least, decision of the last slots: a queue in which each entry is
// followed only by smaller, or only by larger, ones.
type extremes struct {
	slots   int64 // 0: none is kept
	least   bool
	entries []extreme
}

type extreme struct {
	slot  int64
	count int
}

// add adds a decision in a slot that is not before the last one, and returns the extreme of the slots up
// to it.
func (e *extremes) add(slot int64, count int) int {
	n := len(e.entries)
	for n > 0 && (e.entries[n-1].count == count || (e.entries[n-1].count > count) == e.least) {
		n--
	}
	e.entries = append(e.entries[:n], extreme{slot, count})
	gone := 0
	for slot-e.entries[gone].slot >= e.slots {
		gone++
	}
	if gone > 0 {
		e.entries = e.entries[:copy(e.entries, e.entries[gone:])]
	}
	return e.entries[0].count
}
