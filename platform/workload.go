package platform

import (
	"fmt"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// blockSize is how many requests' random numbers are drawn at once: enough to
// make the interface call for a block cost nothing per request, few enough to
// stay in the first-level cache.
const blockSize = 256

// A workload is the stream of requests: when each arrives and how long it
// needs. A request's numbers are its own, whatever becomes of it, so that two
// platforms with the same seed serve the same requests.
type workload struct {
	source    dist.Source
	service   dist.Distribution // nil: the source fixes the service times
	generator random.Generator

	interrupted func() error // nil: never
	err         error        // why the stream ended before its time; nil: it did not

	// finite is that the stream is a trace, with whose last response the simulation is over. Others go
	// on for as long as virtual time does, and then only their arrivals end.
	finite bool
	looks  int // at horizon

	first    uint64 // number of the block's first request; they are counted from 0
	cursor   int    // of the next request; cursor < filled, or the stream has ended
	filled   int
	gaps     [blockSize]int64 // ns before the request's arrival
	services [blockSize]int64 // ns
	seconds  [blockSize]float64
}

// A request is one invocation, as the workload hands it out.
type request struct {
	number  uint64
	service sim.Time
}

func newWorkload(arrivals dist.Arrivals, service dist.Distribution, seed uint64, replication int) (*workload, error) {
	source, err := arrivals.Start(random.Stream(seed, replication, random.Arrivals))
	if err != nil {
		return nil, err
	}
	_, finite := arrivals.(dist.Trace)
	w := &workload{source: source, service: service, generator: random.Stream(seed, replication, random.Service), finite: finite}
	w.refill()
	return w, w.err
}

// gap returns the time between the arrivals of the previous and the next request.
// ok is false when there is none.
func (w *workload) gap() (gap sim.Time, ok bool) {
	return sim.Time(w.gaps[w.cursor&(blockSize-1)]), !w.ended()
}

// number returns that of the next request.
func (w *workload) number() uint64 { return w.first + uint64(w.cursor) }

// next hands out the next request, which must exist. The stream may end with it, by a failure too.
func (w *workload) next() request {
	r := request{w.number(), sim.Time(w.services[w.cursor])}
	w.cursor++
	if w.cursor == blockSize {
		w.first += blockSize
		w.refill()
	}
	return r
}

//go:noinline
func (w *workload) refill() {
	if w.interrupted != nil {
		if err := w.interrupted(); err != nil {
			w.fail(err)
			return
		}
	}
	filled, err := w.source.Fill(w.gaps[:], w.services[:])
	if err != nil {
		w.fail(fmt.Errorf("arrivals: %w", err))
		return
	}
	w.cursor, w.filled = 0, filled
	if w.service != nil {
		fillTimes(w.service, &w.generator, w.seconds[:], w.services[:])
	}
}

// fail ends the stream.
func (w *workload) fail(err error) { w.err, w.cursor, w.filled = err, 0, 0 }

// ended reports whether there is no next request.
func (w *workload) ended() bool { return w.cursor >= w.filled }

// over reports whether nothing more happens, with so many requests present: the last response of a trace
// is out, or the stream has failed.
func (w *workload) over(present int64) bool {
	return w.ended() && (w.err != nil || w.finite && present == 0)
}

// horizon returns up to when events happen, of those up to until, after the last arrival, with so many
// requests present: if all is over, up to the last event, so that all of its moment do. It asks whether to go on.
func (w *workload) horizon(until, last sim.Time, present int64) sim.Time {
	if w.looks++; w.looks%blockSize == 0 && w.interrupted != nil && w.err == nil {
		if err := w.interrupted(); err != nil {
			w.fail(err)
		}
	}
	if w.over(present) {
		return min(until, last)
	}
	return min(until, sim.Never-1)
}

// fillTimes draws a block of durations, rounded to nanoseconds.
func fillTimes(d dist.Distribution, g *random.Generator, seconds []float64, times []int64) {
	// What most scenarios draw needs no second pass, with the same results.
	if e, ok := d.(dist.Exponential); ok && e.Mean > 0 && e.Mean < 1e8 {
		g.ExponentialTimes(times, e.Mean)
		return
	}
	d.Fill(g, seconds)
	for i, s := range seconds {
		times[i] = int64(sim.FromSeconds(s))
	}
}

// A sampler draws single durations, for draws that only some requests need:
// request i's comes from the i-th member of the family.
type sampler struct {
	law       dist.Distribution
	family    random.Family
	generator random.Generator // here so that it does not escape at every draw
	one       [1]float64
}

func (s *sampler) draw(request uint64) sim.Time {
	s.generator = s.family.Member(request)
	s.law.Fill(&s.generator, s.one[:])
	return sim.FromSeconds(s.one[0])
}
