package autoscaler

import (
	"fmt"

	"faaslab/sim"
)

// check panics unless the fleet's invariants hold after an event.
func (f *Fleet) check(now sim.Time) {
	s, o := f.observed.Scaling, &f.observed
	counts := map[state]int{}
	held, serving, openPlaces, running := 0, 0, 0, 0
	sound := true
	for slot := range f.instances {
		i := &f.instances[slot]
		counts[i.state]++
		held += i.held
		if i.held > 0 {
			running++
		}
		if i.state == ready || i.state == draining {
			serving += i.held
		}
		sound = sound && i.held >= 0 && i.held <= f.config.Concurrency
		switch i.state {
		case ready:
			sound = sound && f.stands[i.place] == uint32(slot)
			if i.held < f.config.Concurrency {
				openPlaces++
			}
		case draining:
			sound = sound && i.held > 0
		case gone, dismissed:
			sound = sound && i.held == 0
		}
	}
	pending := counts[starting] + counts[dismissed]
	if f.cores == nil {
		pending += held
	}
	r := f.scaler
	switch {
	case !sound || running != o.Running.Count():
	case counts[starting] != s.Starting.Count() || counts[ready] != s.Ready.Count() || counts[draining] != s.Draining.Count():
	case counts[starting]+counts[ready]+counts[draining] != o.Instances.Count():
	case f.live != counts[starting]+counts[ready] || f.live > f.config.MaxInstances || f.live < f.config.MinInstances:
	case openPlaces != f.free || f.free < 0 || f.waiting.Len() > 0 && f.free > 0:
	case s.Present.Count() != held+f.waiting.Len() || o.Waiting.Count() != f.waiting.Len():
	case pending != f.engine.Pending():
	case f.cores != nil && int(o.WarmInService+o.ColdInService) != held:
	case !f.workload.Sound(f.waiting.Len() + int(o.WarmInService+o.ColdInService)):
	case r != nil && r.desired != 0 && (r.inactiveSince != sim.Never || r.removeAt != sim.Never):
	case r != nil && r.reportAt == sim.Never && (f.live > 0 || s.Present.Count() > 0):
	case r == nil && f.waiting.Len() > 0 && f.live < f.config.MaxInstances && f.demand.startAt == sim.Never && f.needsInstance():
	default:
		return
	}
	panic(fmt.Sprintf("platform: fleet at %v: %d instances, %v by state, %d live, %d requests held, %d free, pending %d, waiting %d, present %d",
		now, o.Instances.Count(), counts, f.live, held, f.free, f.engine.Pending(), f.waiting.Len(), s.Present.Count()))
}
