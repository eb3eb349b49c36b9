package cluster

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A stream is a function's requests. It depends on the function's index, and on nothing else of the
// cluster: other functions do not change it.
type stream struct {
	source    dist.Source // nil: the function has only recorded requests
	service   dist.Distribution
	generator random.Generator // of the services
	start     loop.Sampler
	gaps      []int64 // blocks of the next requests
	services  []int64
	cursor    int
	filled    int
	number    uint64  // of the function's next request
	cost      float64 // mean start-up, s
	err       error
}

// functions is the purpose of the seeds of a cluster's functions. The first has the seed itself, so
// that a cluster of one function sees the requests of a pool.
const functions random.Purpose = "functions"

// loadDraws is where the draws for loads begin in a function's family of start-ups; those of
// requests have the request's number.
const loadDraws = uint64(1) << 63

// newStream begins the requests of a function.
func newStream(f *Function, index uint32, seed uint64, replication int) (stream, error) {
	if index > 0 {
		seed = random.NewFamily(seed, 0, functions).Seed(uint64(index))
	}
	s := stream{
		service:   f.Warm,
		generator: random.Stream(seed, replication, random.Service),
		start:     loop.Sampler{Law: f.Startup, Family: random.NewFamily(seed, replication, random.Startup)},
		cost:      platform.LawMean(f.Startup),
	}
	if f.Arrivals == nil {
		return s, nil
	}
	source, err := f.Arrivals.Start(random.Stream(seed, replication, random.Arrivals))
	if err != nil {
		return s, err
	}
	s.source = source
	s.refill()
	return s, s.err
}

// gap returns the time between the arrivals of the previous and the next request. ok is false when
// there is none.
func (s *stream) gap() (gap sim.Time, ok bool) {
	if s.cursor >= s.filled {
		return 0, false
	}
	return sim.Time(s.gaps[s.cursor]), true
}

// next hands out the next request's service time. There must be one.
func (s *stream) next() sim.Time {
	service := sim.Time(s.services[s.cursor])
	s.cursor++
	s.number++
	if s.cursor == len(s.gaps) {
		s.refill()
	}
	return service
}

//go:noinline
func (s *stream) refill() {
	if s.source == nil {
		return
	}
	if s.gaps == nil {
		// As many as a pool of one function draws at once: what is drawn, and how it is rounded, may
		// depend on that.
		s.gaps, s.services = make([]int64, loop.BlockSize), make([]int64, loop.BlockSize)
	}
	filled, err := s.source.Fill(s.gaps, s.services)
	if err != nil {
		s.err, s.filled = err, 0
		return
	}
	s.cursor, s.filled = 0, filled
	if s.service != nil {
		var seconds [loop.BlockSize]float64
		loop.FillTimes(s.service, &s.generator, seconds[:len(s.gaps)], s.services)
	}
}
