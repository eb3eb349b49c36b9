package loop

import "faaslab/sim"

// The classes of events, in the order in which simultaneous ones happen: a
// freed instance serves an arrival of the same moment, and so does one at the
// very end of its keep-alive; a waiting request is served at its very deadline.
const (
	Completion sim.Class = iota
	Arrival
	Timeout
	Expiry
)
