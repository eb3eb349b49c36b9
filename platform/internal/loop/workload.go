package loop

import (
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// BlockSize is how many requests' random numbers are drawn at once: enough to
// make the interface call for a block cost nothing per request, few enough to
// stay in the first-level cache.
const BlockSize = 256

// A Workload is the stream of requests: when each arrives and how long it needs. A request's
// numbers do not depend on its fate, so that two platforms with the same seed serve the same
// requests.
type Workload struct {
	source    dist.Source
	single    *single           // instead of source: one request at a time; nil: in blocks
	service   dist.Distribution // nil: the source fixes the service times
	generator random.Generator

	Interrupted func() error // nil: never
	Err         error        // why the stream ended early; nil: it did not

	// finite says that the arrivals end with a trace, and the simulation with the last response.
	// Other arrivals go on as long as virtual time does.
	finite bool
	looks  int // at horizon

	first    ID  // of the block's first request
	Cursor   int // of the next request; cursor < filled, or the stream has ended
	filled   int
	Gaps     [BlockSize]int64 // ns before the request's arrival
	Services [BlockSize]int64 // ns
	seconds  [BlockSize]float64
}

// An ID tells a request of a replication from the others: its number, counted from 0, in the low 56
// bits, and above them its stream.
type ID uint64

const streamShift = 56

// Number returns the number of the request, in the order of arrival, from 0.
func (id ID) Number() uint64 { return uint64(id) & (1<<streamShift - 1) }

// Stream returns the stream of a superposition, from 1; 0 if the arrivals are none.
func (id ID) Stream() int { return int(id >> streamShift) }

// A Request is one invocation, as the workload hands it out.
type Request struct {
	ID
	Service sim.Time
}

// NewWorkload returns the workload of one replication, before its first request.
func NewWorkload(arrivals dist.Arrivals, service dist.Distribution, seed uint64, replication int) (*Workload, error) {
	w := &Workload{service: service, generator: random.Stream(seed, replication, random.Service), finite: dist.Finite(arrivals)}
	var err error
	if closed, ok := arrivals.(dist.Closed); ok {
		w.single = &single{users: newUsers(closed, seed, replication)}
	} else if w.source, err = arrivals.Start(random.Stream(seed, replication, random.Arrivals)); err != nil {
		return nil, err
	} else if dist.Streams(arrivals) > 0 {
		w.single = &single{source: w.source.(dist.StreamSource)}
	}
	w.refill()
	return w, w.Err
}

// Gap returns the time between the arrivals of the previous and the next request.
// ok is false when there is none.
func (w *Workload) Gap() (gap sim.Time, ok bool) {
	return sim.Time(w.Gaps[w.Cursor&(BlockSize-1)]), !w.Ended()
}

// ID returns the identity of the next request. If there is none, its number is that of all requests.
func (w *Workload) ID() ID { return w.first + ID(w.Cursor) }

// Next hands out the next request, which must exist. The stream may end with it, also by a failure.
func (w *Workload) Next() Request {
	r := Request{w.ID(), sim.Time(w.Services[w.Cursor])}
	w.Cursor++
	if w.Cursor == BlockSize {
		w.first += BlockSize
		w.refill()
	}
	return r
}

//go:noinline
func (w *Workload) refill() {
	if w.single != nil {
		w.refillSingle()
		return
	}
	if w.stopped() {
		return
	}
	filled, err := w.source.Fill(w.Gaps[:], w.Services[:])
	if err != nil {
		w.Fail(fmt.Errorf("arrivals: %w", err))
		return
	}
	w.Cursor, w.filled = 0, filled
	if w.service != nil {
		FillTimes(w.service, &w.generator, w.seconds[:], w.Services[:])
	}
}

// stopped asks Interrupted whether to go on; if not, it ends the stream.
func (w *Workload) stopped() bool {
	if w.Interrupted != nil {
		if err := w.Interrupted(); err != nil {
			w.Fail(err)
			return true
		}
	}
	return false
}

// Fail ends the stream.
func (w *Workload) Fail(err error) { w.Err, w.Cursor, w.filled = err, 0, 0 }

// Ended reports whether there is no next request.
func (w *Workload) Ended() bool { return w.Cursor >= w.filled }

// Over reports whether nothing more happens while the given number of requests is present: a trace
// has had its last response, or the stream has failed.
func (w *Workload) Over(present int64) bool {
	return w.Ended() && (w.Err != nil || w.finite && present == 0)
}

// Horizon returns the time up to which events happen after the last arrival, at most until, while
// the given number of requests is present: if all is over, the time of the last event, so that all
// events of that moment happen. It asks Interrupted whether to go on.
func (w *Workload) Horizon(until, last sim.Time, present int64) sim.Time {
	if w.looks++; w.looks%BlockSize == 0 && w.Interrupted != nil && w.Err == nil {
		if err := w.Interrupted(); err != nil {
			w.Fail(err)
		}
	}
	if w.Over(present) {
		return min(until, last)
	}
	return min(until, sim.Never-1)
}

// FillTimes draws a block of durations, rounded to nanoseconds.
func FillTimes(d dist.Distribution, g *random.Generator, seconds []float64, times []int64) {
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

// A Sampler draws single durations for draws that only some requests need: the duration of request
// i comes from the i-th member of the family.
type Sampler struct {
	Law       dist.Distribution
	Family    random.Family
	generator random.Generator // here so that it does not escape at every draw
	one       [1]float64
}

// Draw returns the time of a request, the same whenever it is asked for.
func (s *Sampler) Draw(request uint64) sim.Time {
	s.generator = s.Family.Member(request)
	s.Law.Fill(&s.generator, s.one[:])
	return sim.FromSeconds(s.one[0])
}

// Fraction returns a part of a time, in whole nanoseconds; 0 <= part <= 1.
func Fraction(t sim.Time, part float64) sim.Time {
	if part == 1 {
		return t
	}
	return sim.Time(math.Round(float64(t) * part))
}
