package loop

import (
	"math"

	"faaslab/platform"
	"faaslab/sim"
)

// SharedCores is processor sharing: each of n jobs on the same cores progresses at the speed
// Cores.Rate(n)/n, which is min(1, N/n) on N plain cores. All jobs progress alike, so one clock
// serves them all: it counts the work that a job has had done since the clock began, and a job that
// joins at clock time V with work S is done at V + S, whichever other jobs come and go. Each event
// costs one heap operation and no visit to the other jobs.
//
// The clock counts whole nanoseconds, as time does, and carries a fraction along, so that it does
// not drift: a job's own work is exact to a nanosecond. Where cores are faster than the one that work
// is given for, the clock runs ahead of time, and is set back before it ends.
type SharedCores struct {
	cores    platform.Cores
	alone    int       // cores.Alone(): up to this many jobs the clock runs as time does
	flat     int       // cores.Flat()
	flatRate float64   // cores.Rate(flat)
	rates    []float64 // cores.Rate of so many jobs, as far as tabled
	Done     sim.Queue // the numbers of the jobs, keyed by the clock's time of their completion
	Clock    sim.Time
	Fraction float64  // of a nanosecond, in [0, 1)
	at       sim.Time // the time to which the clock has been advanced
}

const (
	tabled    = 256           // of rates, at most
	mostClock = sim.Never / 2 // half of the clock's range: the rest is for work
)

// NewSharedCores returns limited cores without a job.
func NewSharedCores(c platform.Cores) SharedCores {
	s := SharedCores{cores: c, alone: c.Alone(), flat: c.Flat(), flatRate: c.Rate(c.Flat())}
	s.rates = make([]float64, min(s.flat, tabled))
	for n := 1; n < len(s.rates); n++ {
		s.rates[n] = c.Rate(n)
	}
	return s
}

// rate returns the work that n jobs together get done in a second.
func (s *SharedCores) rate(n int) float64 {
	switch {
	case n >= s.flat:
		return s.flatRate
	case n < len(s.rates):
		return s.rates[n]
	}
	return s.cores.Rate(n)
}

// Advance moves the clock to a moment.
func (s *SharedCores) Advance(now sim.Time) {
	elapsed := now - s.at
	s.at = now
	n := s.Done.Len()
	switch {
	case n == 0:
	case n <= s.alone:
		s.Clock += elapsed
	default:
		// The conversion keeps the product from being fused with the sum, which
		// would differ between processors.
		progress := s.Fraction + float64(float64(elapsed)*s.rate(n)/float64(n))
		whole := math.Floor(progress)
		s.Clock += sim.Time(whole)
		s.Fraction = progress - whole
	}
}

// Join adds a job with the given work.
func (s *SharedCores) Join(now, work sim.Time, number uint32) {
	s.Advance(now)
	if s.Clock > mostClock {
		s.setBack()
	}
	start := s.Clock
	if s.Fraction >= 0.5 {
		start++
	}
	s.Done.Push(start.Plus(work), Completion, number)
}

// setBack sets the clock back to 0. It changes nothing for the jobs.
//
//go:noinline
func (s *SharedCores) setBack() {
	jobs := make([]sim.Event, 0, s.Done.Len())
	for s.Done.Len() > 0 {
		jobs = append(jobs, s.Done.Pop())
	}
	for _, job := range jobs {
		s.Done.Push(max(job.Time-s.Clock, 0), Completion, job.Payload())
	}
	s.Clock = 0
}

// Complete removes the job that is done first, at the time that NextCompletion returned, and
// returns its number.
func (s *SharedCores) Complete(now sim.Time) uint32 {
	s.Advance(now)
	return s.Done.Pop().Payload()
}

// NextCompletion returns when the first job is done if none joins before; Never if there is no job.
// The clock must have been advanced to now.
func (s *SharedCores) NextCompletion(now sim.Time) sim.Time {
	n := s.Done.Len()
	if n == 0 {
		return sim.Never
	}
	left := s.Done.First().Time - s.Clock
	if left <= 0 {
		return now
	}
	if n <= s.alone {
		return now.Plus(left)
	}
	span := math.Ceil((float64(left) - s.Fraction) * float64(n) / s.rate(n))
	if span >= math.MaxInt64 {
		return sim.Never
	}
	return now.Plus(sim.Time(span))
}

// Load returns the number of jobs, and how fast each progresses; 1 if there are none.
func (s *SharedCores) Load() (jobs int, speed float64) {
	n := s.Done.Len()
	if n <= s.alone {
		return n, 1
	}
	return n, s.rate(n) / float64(n)
}
