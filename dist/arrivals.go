package dist

import "faaslab/sim/random"

// Arrivals is the law of an arrival process. Its implementations are plain comparable values, like
// distributions.
type Arrivals interface {
	// Rate returns the long-run mean of arrivals per second; NaN if it is not known in advance, as
	// for a trace and for closed users.
	Rate() float64
	// Pattern returns how the law changes with time. A process that wraps another has the Pattern
	// of the other.
	Pattern() Pattern
	// Start begins a sample path at time 0 that draws from g. It fails for a trace that cannot be
	// opened, and for a Closed, which has no path without a platform.
	Start(g random.Generator) (Source, error)
	// String returns the notation, which ParseArrivals reads back to an equal value.
	String() string
}

// A Pattern says how the law of an arrival process changes with time. The zero value describes
// arrivals whose law does not change, and which forget their past within some gaps.
type Pattern struct {
	Period     float64 // seconds after which the rate repeats; 0: the rate has no period
	LastChange float64 // seconds at which the rate changes for the last time; 0: never
	// Memory is the time for which a path remembers its state, in seconds.
	Memory float64
}

// A Source is one sample path of an arrival process. It ends with virtual time, after 292 years, if
// not before.
type Source interface {
	// Fill writes the times between successive arrivals, in nanoseconds (>= 0; the first counts
	// from time 0), into gaps and returns the number written. Fewer than len(gaps) means that the
	// process has ended. If the process also fixes each request's service time, as a trace may,
	// Fill writes it, in nanoseconds, to services, which must be as long as gaps; otherwise
	// services is left alone and may be nil.
	Fill(gaps, services []int64) (n int, err error)
}

// blockSize is the number of gaps that a source draws at a time. Two kilobytes stay in the
// first-level cache, and the cost of a call is spread thin.
const blockSize = 256
