package loop

import (
	"faaslab/platform"
	"faaslab/sim"
)

// An Occupant is the data that a witness keeps of a live instance; Instance is 0 in a free slot.
type Occupant struct {
	platform.LiveInstance
	Stream  int      // of Request
	Arrived sim.Time // of Request
	End     sim.Time // of the service after a start-up on unlimited cores
}

// A ReadyQueue holds the ends of start-ups for which the platform has no event, because they change
// nothing for it, and merges them into the platform's events.
type ReadyQueue struct {
	Ready   sim.Queue // by slot
	held    sim.Event // the platform's next event, if holding
	holding bool
}

// Next returns the next event that is not after until: an event of the engine or, if ready, the end
// of a start-up with the slot as its payload.
func (q *ReadyQueue) Next(engine *sim.Engine, until sim.Time) (event sim.Event, ready, ok bool) {
	if !q.holding {
		q.held, q.holding = engine.Next(until)
	}
	if q.Ready.Len() > 0 && q.Ready.First().Time <= until && (!q.holding || q.Ready.First().Time < q.held.Time) {
		return q.Ready.Pop(), true, true
	}
	if !q.holding || q.held.Time > until {
		return event, false, false
	}
	q.holding = false
	return q.held, false, true
}
