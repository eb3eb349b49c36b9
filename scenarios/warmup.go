package scenarios

import (
	"context"
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/stats"
)

const (
	// pilotScales is how many times the scale on which the platforms forget a first round lasts.
	pilotScales = 40
	// fewestScales is how many of them it lasts even where that costs more requests than
	// pilotShare of those that may be measured.
	fewestScales = 2
	pilotShare   = 0.25
	// forgetScales are deleted where the load changes periodically.
	forgetScales = 10
	// pilotSlots are the time slots of a pilot whose means MSER-5 sees.
	pilotSlots = 500
	// pilotDoublings is how often a pilot that does not show the end of the transient is
	// doubled, while it costs no more requests than may be measured.
	pilotDoublings = 3
)

// usualRequests bounds what a pilot simulates where the scenario has no run.max_requests, and leastRequests
// what it may in any case: how soon the platforms forget does not depend on how much is measured after it.
const (
	usualRequests = 20_000_000
	leastRequests = 1_000_000
)

// A transient is what a pilot found: how long it lasts.
type transient struct {
	length sim.Time
	// unseen is the length of the pilot that did not show its end; 0 if it was seen.
	unseen sim.Time
}

// findTransient simulates all scenarios from time 0 on and returns where MSER-5 sees the
// end of the transient in the number of instances and waiting requests, averaged over the
// replications: of all platforms the latest.
func (st *study) findTransient(ctx context.Context) (transient, error) {
	if st.period > 0 {
		// The load itself changes, so MSER-5 would see no steady state. What is
		// measured is whole periods, at whatever phase they begin.
		return transient{length: min(handy(sim.FromSeconds(forgetScales*st.memory())), st.longest()/4)}, nil
	}
	span := st.pilotSpan()
	for doubling := 0; ; doubling++ {
		length, found, err := st.pilot(ctx, span)
		if err != nil {
			return transient{}, err
		}
		switch {
		case found:
			return transient{length: length}, nil
		case doubling == pilotDoublings || 2*span > st.longest()/2 || st.requests(2*span) > st.budget():
			return transient{length: length, unseen: span}, nil
		}
		span *= 2
	}
}

// pilot simulates a span from time 0 and returns the end of the transient in it.
func (st *study) pilot(ctx context.Context, span sim.Time) (length sim.Time, found bool, err error) {
	slot := max(span/pilotSlots, 1)
	parts := st.parts()
	parts = parts[:st.width()*st.pilotReplications()]
	occupancy := make([][]float64, len(parts)) // by part and slot: the mean
	err = st.each(ctx, parts, func(p *part) error {
		run, err := st.start(ctx, p, nil)
		if err != nil {
			return err
		}
		defer st.charge(p, 0)
		before := 0.0
		for at := slot; at <= slot*pilotSlots; at += slot {
			if err := st.advance(p, run, at, nil); err != nil {
				return err
			}
			if run.Ended() {
				break
			}
			after := run.Occupancy()
			occupancy[p.index] = append(occupancy[p.index], (after-before)/slot.Seconds())
			before = after
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	found, length = true, st.lastStep()
	for _, group := range st.groups(parts) {
		slots := pilotSlots
		for _, p := range group {
			slots = min(slots, len(occupancy[p.index]))
		}
		mean := make([]float64, slots)
		for _, p := range group {
			for k := range mean {
				mean[k] += occupancy[p.index][k] / float64(len(group))
			}
		}
		deleted, seen := stats.MSER5(mean)
		length = max(length, sim.Time(deleted)*slot)
		found = found && (seen || slots < pilotSlots) // a trace that ends will not be longer
	}
	return length, found, nil
}

// pilotSpan is how long a first round lasts.
func (st *study) pilotSpan() sim.Time {
	scale := st.memory()
	span := pilotScales * scale
	if perSecond := st.requests(sim.Second); perSecond > 0 {
		span = min(span, max(st.budget()*pilotShare/perSecond, fewestScales*scale))
	}
	return min(handy(max(sim.FromSeconds(span), pilotSlots)), st.longest()/4)
}

// pilotReplications is how many replications a pilot averages over: all, unless their requests would be
// more than its share even in the shortest. Where so many arrive, few will do.
func (st *study) pilotReplications() int {
	perSecond := st.rate()
	if perSecond == 0 {
		return st.run.Replications
	}
	affordable := st.budget() * pilotShare / (perSecond * fewestScales * st.memory())
	return int(min(float64(st.run.Replications), max(1, affordable)))
}

// requests is how many requests arrive in a span, in all replications of a pilot together; 0 if that is not known.
func (st *study) requests(span sim.Time) float64 {
	return st.rate() * span.Seconds() * float64(st.pilotReplications())
}

// rate is the highest arrival rate of the scenarios, 1/s; 0 if none is known.
func (st *study) rate() (rate float64) {
	for _, s := range st.scenarios {
		if r := s.ArrivalRate(); !math.IsNaN(r) && !math.IsInf(r, 1) {
			rate = max(rate, r)
		}
	}
	return rate
}

// budget is how many requests a pilot and what follows it may take.
func (st *study) budget() float64 {
	if st.run.MaxRequests > 0 {
		return float64(max(st.run.MaxRequests, leastRequests))
	}
	return usualRequests
}

// memory is the longest of the scenarios' scales.
func (st *study) memory() (scale float64) {
	for _, s := range st.scenarios {
		scale = max(scale, s.memory())
	}
	return scale
}

// memory is the scale in seconds on which the platforms forget how they began, from
// means: how long instances serve and are kept, how long a queue takes to empty (for many servers
// about E[S]/(c(1−√ρ)²); Newell, "Applications of Queueing Theory", 1982), how long the arrivals stay as they are.
func (s Scenario) memory() float64 {
	scale := 0.0
	rate := s.ArrivalRate()
	if !math.IsNaN(rate) {
		scale += 10 / rate
	}
	pattern := s.Arrivals.Pattern()
	scale += pattern.Memory + pattern.LastChange + s.backlog()
	queue := func(service, servers float64) float64 {
		load := rate * service / servers
		if !(load < 1) {
			return 0
		}
		return service / (servers * math.Pow(1-math.Sqrt(load), 2))
	}
	for _, k := range kinds {
		if k.lasting == nil || !k.has(&s) {
			continue
		}
		for _, seconds := range k.lasting(s, queue) {
			scale += seconds
		}
	}
	return scale
}

// commonPeriod returns the least span that holds whole periods of the arrivals of all scenarios, 0 if
// they have none; sim.Never if it is beyond virtual time.
func commonPeriod(scenarios []Scenario) (common sim.Time) {
	for _, s := range scenarios {
		common = commonMultiple(common, sim.FromSeconds(s.Arrivals.Pattern().Period))
	}
	return common
}

// commonMultiple returns the least common multiple of two periods, of which 0 is none; sim.Never if
// it is beyond virtual time.
func commonMultiple(a, b sim.Time) sim.Time {
	switch {
	case a == sim.Never || b == sim.Never:
		return sim.Never
	case b == 0:
		return a
	case a == 0:
		return b
	}
	times := b / divisor(a, b)
	if a > sim.Never/times {
		return sim.Never
	}
	return a * times
}

// divisor returns the greatest common divisor, by Euclid.
func divisor(a, b sim.Time) sim.Time {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// checkPeriods returns an error where scenarios with different periods are to be measured over whole ones of
// each, and so much cannot be measured: their difference would be that of parts of periods.
func (st *study) checkPeriods() error {
	if st.run.Duration > 0 || st.period <= st.mostSpan() {
		return nil
	}
	var periods []string
	for _, s := range st.scenarios {
		if p := s.Arrivals.Pattern().Period; p > 0 && !slices.Contains(periods, dist.FormatDuration(p)) {
			periods = append(periods, dist.FormatDuration(p))
		}
	}
	switch {
	case len(periods) < 2:
		return nil
	case st.period >= st.longest():
		return fmt.Errorf("the arrivals' periods of %s have no common multiple that virtual time holds for each of %d replications; want periods of which one is a multiple of the other",
			keyfile.List(periods, "and"), st.run.Replications)
	}
	return fmt.Errorf("the arrivals' periods of %s are all whole after %s only, which run.max_requests=%d do not reach; want %.0f of them, or periods of which one is a multiple of the other",
		keyfile.List(periods, "and"), keyfile.FormatTime(st.period), st.run.MaxRequests, math.Ceil(st.rate()*st.period.Seconds()*float64(st.run.Replications)))
}

// lastStep is when the arrivals of a scenario change for the last time, or the first backlog of closed users is worked
// off: a steady state comes after it, whether or not MSER-5 sees a change there.
func (st *study) lastStep() (last sim.Time) {
	for _, s := range st.scenarios {
		last = max(last, sim.FromSeconds(s.Arrivals.Pattern().LastChange), sim.FromSeconds(s.backlog()))
	}
	return min(last, st.longest()/2)
}

// known returns a time, 0 where it is not known or infinite.
func known(seconds float64) float64 {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return 0
	}
	return seconds
}
