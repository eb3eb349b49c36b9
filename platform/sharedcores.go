package platform

import (
	"math"

	"faaslab/sim"
)

// sharedCores is processor sharing: n jobs on the same cores progress at the speed
// Cores.Rate(n)/n each, min(1, N/n) on N plain cores. All progress alike, so one clock
// serves them all: it counts the work that a job has had done since the clock began, and
// a job that joins at clock time V with work S is done at V + S, whoever else comes
// and goes. Each event costs one heap operation and no visit to the other jobs.
//
// The clock is in whole nanoseconds, as time is, and a fraction carried along, so
// that it does not drift: a job's own work is exact to a nanosecond.
type sharedCores struct {
	cores    Cores
	alone    int       // cores.Alone(): up to so many jobs the clock is that of time
	flat     int       // cores.Flat()
	flatRate float64   // cores.Rate(flat)
	done     sim.Queue // keyed by the clock's time of completion; the job's number
	clock    sim.Time
	fraction float64  // of a nanosecond, in [0, 1)
	at       sim.Time // to which the clock has been advanced
}

// newSharedCores returns limited cores without a job.
func newSharedCores(c Cores) sharedCores {
	return sharedCores{cores: c, alone: c.Alone(), flat: c.Flat(), flatRate: c.Rate(c.Flat())}
}

// rate returns the work that n jobs get done in a second.
func (s *sharedCores) rate(n int) float64 {
	if n >= s.flat {
		return s.flatRate
	}
	return s.cores.Rate(n)
}

// advance moves the clock to a moment.
func (s *sharedCores) advance(now sim.Time) {
	elapsed := now - s.at
	s.at = now
	n := s.done.Len()
	switch {
	case n == 0:
	case n <= s.alone:
		s.clock += elapsed
	default:
		// The conversion keeps the product from being fused with the sum, which
		// would differ between processors.
		progress := s.fraction + float64(float64(elapsed)*s.rate(n)/float64(n))
		whole := math.Floor(progress)
		s.clock += sim.Time(whole)
		s.fraction = progress - whole
	}
}

// join adds a job that needs the given work.
func (s *sharedCores) join(now, work sim.Time, number uint32) {
	s.advance(now)
	start := s.clock
	if s.fraction >= 0.5 {
		start++
	}
	s.done.Push(start.Plus(work), completion, number)
}

// complete removes the job that is done first, at the time that
// nextCompletion gave, and returns its number.
func (s *sharedCores) complete(now sim.Time) uint32 {
	s.advance(now)
	return s.done.Pop().Payload()
}

// nextCompletion returns when the first job is done if none joins before;
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
	if n <= s.alone {
		return now.Plus(left)
	}
	span := math.Ceil((float64(left) - s.fraction) * float64(n) / s.rate(n))
	if span >= math.MaxInt64 {
		return sim.Never
	}
	return now.Plus(sim.Time(span))
}

// load returns the number of jobs, and how fast each progresses; 1 if there are none.
func (s *sharedCores) load() (jobs int, speed float64) {
	n := s.done.Len()
	if n <= s.alone {
		return n, 1
	}
	return n, s.rate(n) / float64(n)
}
