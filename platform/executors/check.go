package executors

import (
	"fmt"

	"faaslab/sim"
)

// check panics unless the executors' invariants hold after an event.
func (e *Executors) check(now sim.Time) {
	alive := e.observed.Instances.Count()
	uncertain := alive // whose completion depends on others
	switch {
	case e.unlimited:
		uncertain = 0
	case e.fcfs:
		uncertain = alive - e.busy
	}
	switch {
	case e.busy < 0 || !e.unlimited && e.busy > e.config.Cores.Physical || e.shared.Done.Len() > alive:
	case e.waiting.Len() > 0 && e.busy < e.config.Cores.Physical:
	case e.shared.Clock < 0 || e.shared.Fraction < 0 || e.shared.Fraction >= 1:
	case !e.workload.Sound(uncertain):
	case alive < e.busy+e.waiting.Len()+e.shared.Done.Len():
	default:
		return
	}
	panic(fmt.Sprintf("platform: executors at %v: alive %d, busy %d, waiting %d, sharing %d, clock %d + %v",
		now, alive, e.busy, e.waiting.Len(), e.shared.Done.Len(), e.shared.Clock, e.shared.Fraction))
}
