package cluster

import (
	"faaslab/dist"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A stream is the requests of a function. They depend on its index, and on nothing else of the
// cluster: other functions do not change them. What every request needs is in the first line of 64
// bytes.
type stream struct {
	block     []drawn // the next requests
	cursor    int32
	filled    int32
	number    uint64      // of the next request
	source    dist.Source // nil: it has only recorded requests
	blockwise bool        // blocks of a fixed size; see refill

	service   dist.Distribution
	generator random.Generator // of the services

	_ [16]byte // to whole lines
}

// functions is the purpose of the seeds of a cluster's functions. The first has the seed itself, so
// that a cluster of one function sees the requests of a pool.
const functions random.Purpose = "functions"

// seedOf returns the seed of a function.
func seedOf(seed uint64, index uint32) uint64 {
	if index > 0 {
		return random.NewFamily(seed, 0, functions).Seed(uint64(index))
	}
	return seed
}

// begin begins the requests of a function.
func (s *stream) begin(f *Function, index uint32, seed uint64, replication int, scratch *scratch) error {
	if f.Arrivals == nil {
		return nil
	}
	seed = seedOf(seed, index)
	s.service = f.Warm
	s.generator = random.Stream(seed, replication, random.Service)
	source, err := f.Arrivals.Start(random.Stream(seed, replication, random.Arrivals))
	if err != nil {
		return err
	}
	_, steady := f.Arrivals.(dist.Poisson)
	if a, ok := f.Arrivals.(sequential); ok {
		steady = a.Sequential()
	}
	s.source, s.blockwise = source, !steady || f.Warm != nil && !dist.Sequential(f.Warm)
	return s.refill(scratch)
}

// sequential is implemented by arrivals of other packages that may say that successive draws are the
// same however many are drawn at a time.
type sequential interface{ Sequential() bool }

// A Finite process of arrivals knows the last one of the path that Start begins with the same
// generator, ns; false: there is none.
type Finite interface {
	LastArrival(g random.Generator) (at int64, ok bool)
}

// findEnd finds when a shard ends: at the last arrival of all functions, as the whole would.
func (c *Cluster) findEnd(seed uint64, replication int) error {
	last := c.config.Shard.LastRow
	for i := range c.config.Functions {
		switch a := c.config.Functions[i].Arrivals.(type) {
		case nil:
		case Finite:
			at, ok := a.LastArrival(random.Stream(seedOf(seed, uint32(i)), replication, random.Arrivals))
			if ok {
				last = max(last, sim.Time(at))
			}
		default:
			return nil // goes on
		}
	}
	c.last = last
	return nil
}

// gap returns the time between the arrivals of the previous and the next request; sim.Never: there
// is none.
func (s *stream) gap() sim.Time {
	if s.cursor >= s.filled {
		return sim.Never
	}
	return sim.Time(s.block[s.cursor].gap)
}

// drawn is a request that has been drawn: ns before its arrival, and its service in ns.
type drawn struct{ gap, service int64 }

// scratch is what blocks are drawn into, one for all functions.
type scratch struct {
	gaps, services [loop.BlockSize]int64
	seconds        [loop.BlockSize]float64
}

const (
	firstBlock = 4
	// mostBlock is the largest block of a function that may have blocks of any size.
	mostBlock = 32
)

// refill draws the next block. It begins small and doubles: most functions of many are rarely asked
// for. What some laws draw depends on the size of the blocks: they have those of a pool.
func (s *stream) refill(scratch *scratch) error {
	if s.source == nil {
		return nil
	}
	switch n := len(s.block); {
	case s.blockwise && n == 0:
		s.block = make([]drawn, loop.BlockSize)
	case !s.blockwise && n < mostBlock:
		s.block = make([]drawn, max(firstBlock, 2*n))
	}
	gaps, services := scratch.gaps[:len(s.block)], scratch.services[:len(s.block)]
	filled, err := s.source.Fill(gaps, services)
	if err != nil {
		s.filled = 0
		return err
	}
	s.cursor, s.filled = 0, int32(filled)
	if s.service != nil {
		loop.FillTimes(s.service, &s.generator, scratch.seconds[:len(s.block)], services)
	}
	for i := range s.block {
		s.block[i] = drawn{gaps[i], services[i]}
	}
	return nil
}
