package dist

import "faaslab/sim/random"

// Arrivals is the law of an arrival process. Its implementations are plain
// comparable values, like distributions.
type Arrivals interface {
	// Rate returns the long-run mean of arrivals per second; NaN where it is
	// not known beforehand, as for a trace.
	Rate() float64
	// Pattern returns how the law changes with time. What wraps another process passes on the other's.
	Pattern() Pattern
	// Start begins a sample path at time 0 that draws from g. The error is of
	// a trace that cannot be opened.
	Start(g random.Generator) (Source, error)
	// String returns the notation, which ParseArrivals reads back to an equal value.
	String() string
}

// A Pattern says how the law of an arrival process changes with time. The zero value is that of
// arrivals whose law does not, and which forget their past within some gaps.
type Pattern struct {
	Period     float64 // after which the rate repeats, seconds; 0: it has none
	LastChange float64 // when the rate changes for the last time, seconds; 0: never
	// Memory is how long a path remembers the state that it was in, seconds.
	Memory float64
}

// A Source is one sample path of an arrival process. It ends where virtual time
// does, after 292 years, if not before.
type Source interface {
	// Fill writes the times between successive arrivals, in nanoseconds
	// (>= 0; the first counts from time 0), into gaps and returns how many it
	// wrote. Fewer than len(gaps) means that the process has ended.
	// If the process also fixes each request's service time (a trace may),
	// Fill writes it to services, in nanoseconds, which is then as long as
	// gaps; otherwise services is left alone and may be nil.
	Fill(gaps, services []int64) (n int, err error)
}

// blockSize is how many gaps a source draws at a time. Two kilobytes stay in
// the first-level cache, and the cost of a call is spread thin.
const blockSize = 256
