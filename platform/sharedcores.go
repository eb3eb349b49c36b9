package platform

import (
	"math"

	"faaslab/sim"
)

// sharedCores is processor sharing: n executors on N cores progress at the speed
// min(1, N/n) each. All progress alike, so one clock serves them all: it counts
// the service that an executor has received since the clock began, and an executor
// that joins at clock time V with service S is done at V + S, whoever else comes
// and goes. Each event costs one heap operation and no visit to the other executors.
//
// The clock is in whole nanoseconds, as time is, and a fraction carried along, so
// that it does not drift: an executor's own service is exact to a nanosecond.
type sharedCores struct {
	cores    int
	done     sim.Queue[uint32] // keyed by the clock's time of completion; the executor's number
	clock    sim.Time
	fraction float64  // of a nanosecond, in [0, 1)
	at       sim.Time // to which the clock has been advanced
}

// advance moves the clock to a moment.
func (s *sharedCores) advance(now sim.Time) {
	elapsed := now - s.at
	s.at = now
	n := s.done.Len()
	switch {
	case n == 0:
	case n <= s.cores:
		s.clock += elapsed
	default:
		// The conversion keeps the product from being fused with the sum, which
		// would differ between processors.
		progress := s.fraction + float64(float64(elapsed)*float64(s.cores)/float64(n))
		whole := math.Floor(progress)
		s.clock += sim.Time(whole)
		s.fraction = progress - whole
	}
}

// join adds an executor that needs the given service.
func (s *sharedCores) join(now, service sim.Time, number uint32) {
	s.advance(now)
	start := s.clock
	if s.fraction >= 0.5 {
		start++
	}
	s.done.Push(start.Plus(service), completion, number)
}

// complete removes the executor that is done first, at the time that
// nextCompletion gave, and returns its number.
func (s *sharedCores) complete(now sim.Time) uint32 {
	s.advance(now)
	return s.done.Pop().Payload
}

// nextCompletion returns when the first executor is done if none joins before;
// Never if there is none. The clock must have been advanced to now.
func (s *sharedCores) nextCompletion(now sim.Time) sim.Time {
	n := s.done.Len()
	if n == 0 {
		return sim.Never
	}
	left := s.done.First().Time - s.clock
	if left <= 0 {
		return now
	}
	if n <= s.cores {
		return now.Plus(left)
	}
	span := math.Ceil((float64(left) - s.fraction) * float64(n) / float64(s.cores))
	if span >= math.MaxInt64 {
		return sim.Never
	}
	return now.Plus(sim.Time(span))
}
