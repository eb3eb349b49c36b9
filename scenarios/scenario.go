package scenarios

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// A Scenario is what to simulate: one arrival process offered to a container
// platform, a Wasm platform, or both side by side. It has been validated when
// it was loaded; nothing downstream checks it again.
type Scenario struct {
	Name        string // one line, not empty
	Description string // one line, or empty
	Arrivals    dist.Arrivals
	Container   *platform.Containers // nil: no container platform
	Wasm        *platform.Wasm       // nil: no Wasm platform
	Pricing     *Pricing             // nil: nobody asks for costs
	Run         Run
}

// Run says how long and how often to simulate.
type Run struct {
	Seed         uint64
	Replications int      // 1 … 100,000; an interval needs two
	Warmup       sim.Time // deleted from the start of each replication, >= 0
	Duration     sim.Time // measured after it in each replication, > 0
	// DurationGiven: the user asked for this duration, so a scenario without a
	// steady state may be simulated as a transient of that length.
	DurationGiven bool
}
