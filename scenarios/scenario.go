package scenarios

import (
	"faaslab/dist"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// A Scenario is what to simulate: one arrival process offered to one platform, or to
// several side by side, such as containers and Wasm. Default, Parse and Load return scenarios
// that can be simulated; of others Check tells what is wrong.
type Scenario struct {
	Name        string // one line, not empty
	Description string // one line, or empty
	Arrivals    dist.Arrivals
	Container   *pool.Config      // nil: no container platform
	Wasm        *executors.Config // nil: no Wasm platform
	Others      map[string]any    // the configurations of other kinds of platforms, by name (InOthers)
	Pricing     *Pricing          // nil: nobody asks for costs
	Run         Run
	Limits      []Limit // metrics asked for beside those of the platforms, each once; no part of a scenario file
}

// Run says how long and how often to simulate: for a Duration, which may be that of a
// transient, or, where that is 0, until the steady state is known to a Precision.
type Run struct {
	Seed         uint64
	Replications int      // 1 … 100,000; an interval needs two
	Warmup       sim.Time // deleted from the start of each replication, >= 0, or AutoWarmup
	Duration     sim.Time // measured after it in each replication, > 0; 0: as long as Precision needs
	// Precision is the relative half-width that the interval of every headline metric has in
	// the end, 0.0001 … 1, unless MaxRequests are spent before; 0 where Duration is given. Of probabilities
	// below 1 % less is enough: half-widths of 0.0001, and of a tenth of one that was seen.
	Precision float64
	// MaxRequests are measured at most, all replications together, 1 … 10¹⁵; 0 where Duration is given.
	MaxRequests int64
}

// Fixed returns the run with a warm-up and a duration, in place of a precision.
func (r Run) Fixed(warmup, duration sim.Time) Run {
	r.Warmup, r.Duration = warmup, duration
	r.Precision, r.MaxRequests = 0, 0
	return r
}

// AutoWarmup is the Warmup that is found by simulating: where MSER-5 sees the transient end.
const AutoWarmup sim.Time = -1
