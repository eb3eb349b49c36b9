package cluster

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A function is what the cluster holds of one: its requests and its pools. Its requests depend on
// its index, and on nothing else of the cluster: other functions do not change them. What every
// request needs is in the first line of 64 bytes.
type function struct {
	block  []drawn // the next requests
	cursor int32
	filled int32
	number uint64      // of the next request
	first  uint32      // its first pool or, if it may have several, its first one with an instance; none
	alive  int32       // instances on all nodes
	source dist.Source // nil: it has only recorded requests

	service   dist.Distribution
	generator random.Generator // of the services
	blockwise bool             // blocks of a fixed size; see refill
	whole     bool             // start gives the whole services of cold starts
	share     float64          // of what start gives, that is start-up
	start     sampler          // of start-ups or, with whole, of the services of cold starts
	cost      float64          // mean start-up, s
	empty     uint32           // of several pools, the first one without an instance; none

	_ [28]byte // to whole lines
}

// A sampler is a [loop.Sampler] that shares its generator with others.
type sampler struct {
	law    dist.Distribution
	family random.Family
}

// draw returns the time of a request, the same whenever it is asked for.
func (s *sampler) draw(scratch *scratch, request uint64) sim.Time {
	scratch.one.Law, scratch.one.Family = s.law, s.family
	return scratch.one.Draw(request)
}

// functions is the purpose of the seeds of a cluster's functions. The first has the seed itself, so
// that a cluster of one function sees the requests of a pool.
const functions random.Purpose = "functions"

// loadDraws is where the draws for loads begin in a function's family of start-ups; those of
// requests have the request's number.
const loadDraws = uint64(1) << 63

// seedOf returns the seed of a function.
func seedOf(seed uint64, index uint32) uint64 {
	if index > 0 {
		return random.NewFamily(seed, 0, functions).Seed(uint64(index))
	}
	return seed
}

// begin begins the requests of a function.
func (s *function) begin(f *Function, index uint32, seed uint64, replication int, scratch *scratch) error {
	seed = seedOf(seed, index)
	s.service = f.Warm
	s.generator = random.Stream(seed, replication, random.Service)
	s.start = sampler{f.Startup, random.NewFamily(seed, replication, random.Startup)}
	s.share = 1
	s.cost = f.startup()
	if f.Cold != nil {
		s.start, s.whole = sampler{f.Cold, random.NewFamily(seed, replication, random.Cold)}, true
		s.share = f.share()
	}
	if f.Arrivals == nil {
		return nil
	}
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

// startup returns the mean time by which a cold start is longer than a warm one, in seconds.
func (f *Function) startup() float64 {
	if f.Cold != nil {
		return platform.LawMean(f.Cold) * f.share()
	}
	return platform.LawMean(f.Startup)
}

// share returns the part of Cold that is start-up; 0 if nothing tells it.
func (f *Function) share() float64 {
	if f.Warm == nil {
		return 0
	}
	return platform.ColdStartup(f.Warm, f.Cold)
}

// load returns how long a load takes, the same whenever it is asked for.
func (s *function) load(scratch *scratch, number int64) sim.Time {
	return loop.Fraction(s.start.draw(scratch, loadDraws+uint64(number)), s.share)
}

// gap returns the time between the arrivals of the previous and the next request. ok is false when
// there is none.
func (s *function) gap() (gap sim.Time, ok bool) {
	if s.cursor >= s.filled {
		return 0, false
	}
	return sim.Time(s.block[s.cursor].gap), true
}

// next hands out the next request's service time. There must be one. After the last of the block,
// refill must be called.
func (s *function) next() sim.Time {
	service := sim.Time(s.block[s.cursor].service)
	s.cursor++
	s.number++
	return service
}

// drawn is a request that has been drawn: ns before its arrival, and its service in ns.
type drawn struct{ gap, service int64 }

// scratch is what blocks and single times are drawn into, one for all functions.
type scratch struct {
	gaps, services [loop.BlockSize]int64
	seconds        [loop.BlockSize]float64
	one            loop.Sampler
}

const (
	firstBlock = 4
	// mostBlock is the largest block of a function that may have blocks of any size.
	mostBlock = 64
)

// refill draws the next block. It begins small and doubles: most functions of many are rarely asked
// for. What some laws draw depends on the size of the blocks: they have those of a pool.
func (s *function) refill(scratch *scratch) error {
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
