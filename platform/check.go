package platform

import (
	"fmt"

	"faaslab/sim"
)

// check panics unless the pool's invariants hold after an event.
func (p *Pool) check(now sim.Time) {
	o := &p.observed
	idle, running, instances := o.Idle.Count(), o.Running.Count(), o.Instances.Count()
	held := p.set.len()
	if p.ordered {
		held = p.idle.len()
	}
	switch {
	case o.RunningCold.Count() < 0 || o.RunningCold.Count() > running || idle < 0:
	case instances != running+idle || instances > p.config.MaxInstances || idle != held:
	case p.shared == nil && running != p.engine.Pending():
	case p.shared != nil && !p.shared.holds(running):
	case p.waiting.len() > 0 && (idle > 0 || instances < p.config.MaxInstances):
	case o.Waiting.Count() != p.queued() || !p.stage.sound():
	case idle > 0 && p.oldestIdle().since.Plus(p.config.KeepAlive) < now:
	default:
		return
	}
	panic(fmt.Sprintf("platform: pool at %v: instances %d, running %d (%d cold), idle %d (%d held), pending %d, waiting %d",
		now, instances, running, o.RunningCold.Count(), idle, held, p.engine.Pending(), p.waiting.len()))
}

// holds reports whether the invariants of shared cores hold.
func (s *poolCores) holds(running int) bool {
	c := &s.cores
	return running == c.done.Len()+s.delays.Len() && c.clock >= 0 && c.fraction >= 0 && c.fraction < 1
}

// sound reports whether the stage's invariants hold; no stage is sound.
func (s *stage) sound() bool {
	if s == nil {
		return true
	}
	n := s.queue.len()
	return s.timedOut >= 0 && s.timedOut <= n && s.taken >= 0 && s.taken <= n && (n > 0) == (s.reader != sim.Never)
}

// check panics unless the executors' invariants hold after an event.
func (e *Executors) check(now sim.Time) {
	alive := e.observed.Instances.Count()
	switch {
	case e.busy < 0 || !e.unlimited && e.busy > e.config.Cores.Physical || e.shared.done.Len() > alive:
	case e.waiting.len() > 0 && e.busy < e.config.Cores.Physical:
	case e.shared.clock < 0 || e.shared.fraction < 0 || e.shared.fraction >= 1:
	case alive < e.busy+e.waiting.len()+e.shared.done.Len():
	default:
		return
	}
	panic(fmt.Sprintf("platform: executors at %v: alive %d, busy %d, waiting %d, sharing %d, clock %d + %v",
		now, alive, e.busy, e.waiting.len(), e.shared.done.Len(), e.shared.clock, e.shared.fraction))
}
