package cluster

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A function is what the cluster holds of one, in one line of 64 bytes: its pools, and the law of its
// start-ups.
type function struct {
	empty uint32  // of several pools, the first one without an instance; none
	live  int32   // if it may have several pools, those with an instance
	whole bool    // start gives the whole services of cold starts
	share float64 // of what start gives, that is start-up
	cost  float64 // mean start-up, s
	start sampler // of start-ups or, with whole, of the services of cold starts
}

// A sampler is a [loop.Sampler] that shares its generator with others.
type sampler struct {
	law    dist.Distribution
	family random.Family
	always sim.Time // of a constant law; else sim.Never
}

func newSampler(law dist.Distribution, family random.Family) sampler {
	if c, ok := law.(dist.Constant); ok {
		return sampler{law, family, sim.FromSeconds(c.Value)}
	}
	return sampler{law, family, sim.Never}
}

// draw returns the time of a request, the same whenever it is asked for.
func (s *sampler) draw(one *loop.Sampler, request uint64) sim.Time {
	if s.always < sim.Never {
		return s.always
	}
	one.Law, one.Family = s.law, s.family
	return one.Draw(request)
}

// newFunction returns a function without pools.
func newFunction(f *Function, index uint32, seed uint64, replication int) function {
	seed = seedOf(seed, index)
	r := function{empty: none, share: 1, cost: f.startup(), start: newSampler(f.Startup, random.NewFamily(seed, replication, random.Startup))}
	if f.Cold != nil {
		r.start, r.whole, r.share = newSampler(f.Cold, random.NewFamily(seed, replication, random.Cold)), true, f.share()
	}
	return r
}

// loadDraws is where the draws for loads begin in a function's family of start-ups; those of
// requests have the request's number.
const loadDraws = uint64(1) << 63

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
func (f *function) load(one *loop.Sampler, number int64) sim.Time {
	return loop.Fraction(f.start.draw(one, loadDraws+uint64(number)), f.share)
}
