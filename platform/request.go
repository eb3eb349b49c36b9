package platform

import "faaslab/sim"

// A Request is the fate of one request.
type Request struct {
	Number     int64 // in the order of arrival, from 1
	Stream     int   // of a superposition, from 1; 0: the arrivals are none
	Arrival    sim.Time
	Start      sim.Time // of the service; sim.Never if it still waits; 0 if rejected or timed out
	Completion sim.Time // as Start; may lie beyond the end of the run, and is Never if not known
	// Released is when the instance can serve again, in a pool with releases (pool.Config.Release); 0 if
	// the request was not served, and in other pools, where that is the completion.
	Released sim.Time
	Outcome  Outcome
	Instance int64 // the number of its instance in the order of creation, from 1; 0: none
	// Service is Completion − Start if nothing slowed the request: for a cold start with the
	// start-up, and for a request that did not start as a warm start.
	Service sim.Time
	Cold    bool // the instance was started for it
	// Function and Node are numbers from 0, on a platform that has many.
	Function, Node int32
}

// Outcome is the fate of a request.
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
