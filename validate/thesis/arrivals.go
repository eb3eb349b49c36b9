package thesis

import (
	"math"
	"math/bits"

	"faaslab/sim"
)

// seedOfArrivals is the seed with which the thesis' scripts draw the arrivals of every experiment.
const seedOfArrivals = 204

// sent returns the moments at which the thesis' experiment sent its requests, from the start of its
// warm-up, at a rate in requests per second. Its published scripts draw with numpy's
// default_rng(204) the gaps of the warm-up, then those of the experiment, rate times seconds of
// them, each time scaled so that they add up to the seconds. The first request is sent at once, and
// each other one a gap after the one before.
//
// The scripts of the load experiment draw a warm-up, and do not send it: warmedUp is false for
// them, and the experiment begins at 0 with an empty pool.
func sent(rate float64, warmup, duration sim.Time, warmedUp bool) []sim.Time {
	g := newNumpyGenerator(seedOfArrivals)
	gaps := func(length sim.Time) []float64 {
		all := make([]float64, int(rate*length.Seconds()))
		total := 0.0
		for i := range all {
			all[i] = g.exponential()
			total += all[i]
		}
		for i := range all {
			all[i] *= length.Seconds() / total
		}
		return all
	}
	all := gaps(warmup)
	experiment := gaps(duration)
	if !warmedUp {
		all = nil
	}
	all = append(all, experiment...)
	moments := make([]sim.Time, len(all))
	at := 0.0
	for i, gap := range all {
		moments[i] = sim.FromSeconds(at)
		at += gap
	}
	return moments
}

// A numpyGenerator draws what numpy's default_rng draws from the same seed: PCG-64 with the output
// function XSL-RR (O'Neill, "PCG: A family of simple fast space-efficient statistically good
// algorithms for random number generation", 2014), and exponential variates by the ziggurat
// (Marsaglia and Tsang, "The ziggurat method for generating random variables", J. Stat. Software
// 5(8), 2000) with 256 layers.
type numpyGenerator struct {
	state, increment uint128
}

type uint128 struct{ high, low uint64 }

func (a uint128) plus(b uint128) uint128 {
	low, carry := bits.Add64(a.low, b.low, 0)
	high, _ := bits.Add64(a.high, b.high, carry)
	return uint128{high, low}
}

func (a uint128) times(b uint128) uint128 {
	high, low := bits.Mul64(a.low, b.low)
	return uint128{high + a.high*b.low + a.low*b.high, low}
}

// multiplier is that of PCG's 128-bit generators.
var multiplier = uint128{0x2360ed051fc65da4, 0x4385df649fccf645}

// newNumpyGenerator returns the generator of a seed below 2³², whose bits are spread as numpy's
// SeedSequence does: by a hash with O'Neill's constants ("Developing a seed_seq alternative",
// pcg-random.org, 2015).
func newNumpyGenerator(seed uint32) *numpyGenerator {
	constant := uint32(0x43b0d7e5)
	hash := func(x uint32) uint32 {
		x ^= constant
		constant *= 0x931e8875
		x *= constant
		return x ^ x>>16
	}
	var pool [4]uint32
	for i, x := range [4]uint32{seed} {
		pool[i] = hash(x)
	}
	for from := range pool {
		for to := range pool {
			if from != to {
				mixed := 0xca01f9dd*pool[to] - 0x4973f715*hash(pool[from])
				pool[to] = mixed ^ mixed>>16
			}
		}
	}
	constant = 0x8b51f9dd
	var words [4]uint64
	for i := range 8 {
		x := pool[i%4] ^ constant
		constant *= 0x58f38ded
		x *= constant
		x ^= x >> 16
		words[i/2] |= uint64(x) << (32 * (i % 2))
	}
	g := &numpyGenerator{increment: uint128{words[2]<<1 | words[3]>>63, words[3]<<1 | 1}}
	g.step()
	g.state = g.state.plus(uint128{words[0], words[1]})
	g.step()
	return g
}

func (g *numpyGenerator) step() { g.state = g.state.times(multiplier).plus(g.increment) }

func (g *numpyGenerator) next() uint64 {
	g.step()
	return bits.RotateLeft64(g.state.high^g.state.low, -int(g.state.high>>58))
}

// uniform returns a number in [0, 1).
func (g *numpyGenerator) uniform() float64 { return float64(g.next()>>11) / (1 << 53) }

// exponential returns a number of mean 1.
func (g *numpyGenerator) exponential() float64 {
	for {
		b := g.next() >> 3
		layer, height := b&0xff, b>>8
		x := float64(height) * layers.width[layer]
		switch {
		case height < layers.inside[layer]:
			return x
		case layer == 0:
			return tail - math.Log1p(-g.uniform())
		case (layers.density[layer-1]-layers.density[layer])*g.uniform()+layers.density[layer] < math.Exp(-x):
			return x
		}
	}
}

const (
	tail = 7.69711747013104972      // where the ziggurat's tail begins
	area = 0.0039496598225815571993 // of each of its layers
)

// layers are the tables of the ziggurat, as Marsaglia and Tsang compute them, for 53 bits.
var layers = func() (z struct {
	inside         [256]uint64 // below which a height lies under the curve
	width, density [256]float64
}) {
	const scale = 1 << 53
	at, before := tail, tail
	base := area / math.Exp(-at)
	z.inside[0] = uint64(at / base * scale)
	z.width[0], z.width[255] = base/scale, at/scale
	z.density[0], z.density[255] = 1, math.Exp(-at)
	for i := 254; i >= 1; i-- {
		at = -math.Log(area/at + math.Exp(-at))
		z.inside[i+1] = uint64(at / before * scale)
		before = at
		z.density[i], z.width[i] = math.Exp(-at), at/scale
	}
	return z
}()
