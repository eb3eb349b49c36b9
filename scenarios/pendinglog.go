package scenarios

import (
	"faaslab/platform"
	"faaslab/sim"
)

// A pendingLog holds requests whose completion was announced and has not come yet. The
// simulation says when a service starts how long it will take; a trace may end before.
type pendingLog struct {
	tell    func(platform.Request)
	pending []platform.Request
	now     sim.Time
}

// flush tells all that happened up to a moment; at Never, the end, the rest is unfinished.
// A nil log does nothing.
func (l *pendingLog) flush(now sim.Time) {
	if l == nil {
		return
	}
	kept := l.pending[:0]
	for _, r := range l.pending {
		switch {
		case now == sim.Never:
			r.Outcome, r.Completion = platform.OutcomeUnfinished, sim.Never
			if r.Start > l.now {
				r.Start = sim.Never
			}
			l.tell(r)
		case r.Completion <= now:
			l.tell(r)
		default:
			kept = append(kept, r)
		}
	}
	l.pending = kept
	l.now = now
}
