package scaling

import (
	"math"
	"slices"

	"faaslab/sim"
)

// hpa is the state of Utilization: what a HorizontalPodAutoscaler remembers.
type hpa struct {
	proposals []change // of the delays, and the replicas at the first evaluation
	ups       []change // instances added by evaluations of the last period; only with Behavior
	downs     []change // and removed
	begun     bool
}

// A change is a number of instances at a time.
type change struct {
	at    sim.Time
	count int
}

// Limits of a behavior block that leaves them out: 4 instances or 100 % in a period, whichever is more,
// up, and 100 % down.
const (
	behaviorPods    = 4
	behaviorPercent = 100
)

// utilization is what a HorizontalPodAutoscaler does with one metric. The load's stable average is the
// usage of all ready instances.
func (d *Decider) utilization(now sim.Time, load Load) (decision Decision) {
	h, r := &d.hpa, &d.rule
	replicas := load.Ready + load.Starting
	if replicas == 0 {
		return decision // it does not scale from zero
	}
	if !h.begun {
		h.begun, h.proposals = true, append(h.proposals, change{now, replicas})
	}
	decision.Raw = r.propose(load)
	h.proposals = append(h.proposals, change{now, decision.Raw})
	longest := max(r.UpDelay, r.DownDelay)
	h.proposals = slices.DeleteFunc(h.proposals, func(c change) bool { return c.at < now-longest })
	if r.Behavior {
		decision.Desired = r.behave(h, now, replicas, decision.Raw)
		decision.Undelayed, decision.Most = decision.Desired, decision.Desired
		return decision
	}
	stable := 0
	for _, c := range h.proposals {
		if c.at >= now-r.DownDelay {
			stable = max(stable, c.count)
		}
	}
	decision.Undelayed, decision.Most = stable, max(toCount(r.MaxUp*float64(replicas)), r.MaxUpFloor)
	decision.Desired = min(stable, decision.Most)
	return decision
}

// behave stabilizes and limits a proposal as an autoscaler with a behavior block does: up, to the least
// proposal of UpDelay; down, to the most of DownDelay; and by as much as a period may change.
func (r *Rule) behave(h *hpa, now sim.Time, replicas, proposal int) int {
	stable := proposal
	for _, c := range h.proposals {
		switch {
		case proposal >= replicas && c.at > now-r.UpDelay:
			stable = min(stable, c.count)
		case proposal < replicas && c.at > now-r.DownDelay:
			stable = max(stable, c.count)
		}
	}
	recent := func(changes []change) (kept []change, sum int) {
		kept = slices.DeleteFunc(changes, func(c change) bool { return c.at <= now-r.Every })
		for _, c := range kept {
			sum += c.count
		}
		return kept, sum
	}
	var added, removed int
	h.ups, added = recent(h.ups)
	h.downs, removed = recent(h.downs)
	switch {
	case stable > replicas:
		begun := replicas - added
		most := max(begun+behaviorPods, toCount(math.Ceil(float64(begun)*(1+behaviorPercent/100.0))))
		stable = min(stable, max(most, replicas))
		h.ups = append(h.ups, change{now, stable - replicas})
	case stable < replicas:
		begun := replicas + removed
		least := toCount(float64(begun) * (1 - behaviorPercent/100.0))
		stable = max(stable, min(least, replicas))
		h.downs = append(h.downs, change{now, replicas - stable})
	}
	return stable
}

// propose returns how many instances the usage of the ready ones asks for. Starting instances count as
// idle where the usage is above the target, and are left out otherwise.
func (r *Rule) propose(load Load) int {
	replicas := load.Ready + load.Starting
	if load.Ready == 0 {
		return replicas // nothing is measured
	}
	ratio := r.ratio(load.Stable, load.Ready)
	if load.Starting == 0 || ratio <= 1 {
		if math.Abs(1-ratio) <= r.Tolerance {
			return replicas
		}
		return toCount(math.Ceil(float64(ratio * float64(load.Ready))))
	}
	ratio = r.ratio(load.Stable, replicas)
	if math.Abs(1-ratio) <= r.Tolerance || ratio < 1 {
		return replicas
	}
	return max(replicas, toCount(math.Ceil(float64(ratio*float64(replicas)))))
}

// ratio returns the usage of some instances relative to their target. A utilization is truncated to
// whole per cent. Usage adds up fractions, so what lacks a billionth of a per cent to a whole one is one.
func (r *Rule) ratio(usage float64, instances int) float64 {
	if r.AverageValue {
		return usage / float64(r.Target*float64(instances))
	}
	return math.Floor(float64(100*usage/float64(instances))+1e-9) / (100 * r.Target)
}
