package platform

import "faaslab/sim"

// A Request is the fate of one request.
type Request struct {
	Arrival    sim.Time
	Start      sim.Time // of the service; unless rejected, timed out or still waiting
	Completion sim.Time // as Start; may lie beyond the end of the run
	Outcome    Outcome
	Instance   int64 // the how-manieth of its platform it was, from 1; 0: none
}

// Outcome is what became of a request.
type Outcome uint8

// The outcomes. On a Wasm platform every served request is Warm.
const (
	OutcomeWarm Outcome = iota
	OutcomeCold
	OutcomeRejected
	OutcomeTimedOut
	OutcomeUnfinished // still waiting or in service at the end
)

// String returns the name used in the request log.
func (o Outcome) String() string {
	return [...]string{"warm", "cold", "rejected", "timed out", "unfinished"}[o]
}
