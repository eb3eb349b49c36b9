package pool

import (
	"fmt"

	"faaslab/sim"
)

// check panics unless the pool's invariants hold after an event.
func (p *Pool) check(now sim.Time) {
	o := &p.observed
	idle, running, instances := o.Idle.Count(), o.Running.Count(), o.Instances.Count()
	releasing, held := o.Releasing.Count(), p.idle.len()
	queued := running + releasing // events
	if p.shared != nil {
		queued = releasing
	}
	switch {
	case o.RunningCold.Count() < 0 || o.RunningCold.Count() > running || idle < 0:
	case instances != running+idle || instances > p.config.MaxInstances || releasing < 0 || idle != held+releasing:
	case queued != p.engine.Pending() || releasing > 0 && p.releases == nil:
	case p.shared != nil && !p.shared.holds(running):
	case p.waiting.Len() > 0 && (held > 0 || instances < p.config.MaxInstances):
	case o.Waiting.Count() != p.queued() || !p.stage.sound():
	case !p.workload.Sound(p.queued() + int(o.WarmInService+o.ColdInService)):
	case held > 0 && p.idle.oldest().since.Plus(p.config.KeepAlive) < now:
	default:
		return
	}
	panic(fmt.Sprintf("platform: pool at %v: instances %d, running %d (%d cold), idle %d (%d held, %d releasing), pending %d, waiting %d",
		now, instances, running, o.RunningCold.Count(), idle, held, releasing, p.engine.Pending(), p.waiting.Len()))
}

// holds reports whether the invariants of shared cores hold.
func (s *poolCores) holds(running int) bool {
	c := &s.cores
	return running == c.Done.Len()+s.delays.Len() && c.Clock >= 0 && c.Fraction >= 0 && c.Fraction < 1
}

// sound reports whether the stage's invariants hold; no stage is sound.
func (s *stage) sound() bool {
	if s == nil {
		return true
	}
	n := s.queue.Len()
	return s.timedOut >= 0 && s.timedOut <= n && s.taken >= 0 && s.taken <= n && (n > 0) == (s.reader != sim.Never)
}
