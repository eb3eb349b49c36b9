package random

import (
	"math"
	"math/bits"
)

// A Generator produces pseudo-random numbers by xoshiro256++ (Blackman and Vigna, "Scrambled linear
// pseudorandom number generators", ACM TOMS 2021): 256 bits of state, period 2²⁵⁶−1. The zero value
// is not usable: generators come from Stream or a Family. Copying a generator forks it: both copies
// then produce the same numbers. A loop that fills a block works on a local copy, whose state stays
// in registers, and writes it back.
type Generator struct{ s0, s1, s2, s3 uint64 }

// Uint64 returns 64 uniform bits.
func (g *Generator) Uint64() uint64 {
	r := bits.RotateLeft64(g.s0+g.s3, 23) + g.s0
	t := g.s1 << 17
	g.s2 ^= g.s0
	g.s3 ^= g.s1
	g.s1 ^= g.s2
	g.s0 ^= g.s3
	g.s2 ^= t
	g.s3 = bits.RotateLeft64(g.s3, 45)
	return r
}

// Float64 returns a uniform number in [0, 1), a multiple of 2⁻⁵³.
func (g *Generator) Float64() float64 { return place(g.Uint64()) * 0x1p-53 }

// Open returns a uniform number in (0, 1), never 0 or 1: safe as the argument of a logarithm or of
// a quantile function.
func (g *Generator) Open() float64 { return (float64(int64(g.Uint64()>>12)) + 0.5) * 0x1p-52 }

// place returns the high 53 bits of a draw as a number. Converting a signed integer takes one
// instruction; converting an unsigned one takes a branch and five.
func place(u uint64) float64 { return float64(int64(u >> 11)) }

// IntN returns a uniform integer in [0, n) without bias (Lemire, "Fast random
// integer generation in an interval", ACM TOMACS 2019). It panics if n <= 0.
func (g *Generator) IntN(n int) int {
	if n <= 0 {
		panic("random: IntN of a number below 1")
	}
	hi, lo := bits.Mul64(g.Uint64(), uint64(n))
	if lo < uint64(n) {
		for threshold := -uint64(n) % uint64(n); lo < threshold; {
			hi, lo = bits.Mul64(g.Uint64(), uint64(n))
		}
	}
	return int(hi)
}

// Exponential returns an exponential variate of mean 1.
func (g *Generator) Exponential() float64 {
	u := g.Uint64()
	i := u & 255
	if u>>11 < exponentialTable.keep[i] {
		return place(u) * exponentialTable.width[i]
	}
	return g.exponentialEdge(u)
}

// Exponentials fills block with independent exponential variates of the given mean. Inlined in
// another package, it would let block escape.
//
//go:noinline
func (g *Generator) Exponentials(block []float64, mean float64) { exponentials(g, block, mean, 1, 0) }

// ExponentialTimes fills block with independent exponential variates of a mean in seconds, rounded
// to whole nanoseconds, half up. Fifty times the mean must be within the range of Time.
func (g *Generator) ExponentialTimes(block []int64, mean float64) {
	exponentials(g, block, mean, 1e9, 0.5)
}

// exponentials fills block with (x × mean) × scale + shift for exponential variates x of mean 1.
// Uint64 is written out in the loop, and local variables hold the state: so it stays in registers,
// and a draw takes half the time.
//
//go:noinline
func exponentials[T float64 | int64](g *Generator, block []T, mean, scale, shift float64) {
	s0, s1, s2, s3 := g.s0, g.s1, g.s2, g.s3
	table := &exponentialTable
	for k := range block {
		u := bits.RotateLeft64(s0+s3, 23) + s0
		t := s1 << 17
		s2 ^= s0
		s3 ^= s1
		s1 ^= s2
		s0 ^= s3
		s2 ^= t
		s3 = bits.RotateLeft64(s3, 45)

		i := u & 255
		x := place(u) * table.width[i]
		if u>>11 >= table.keep[i] {
			*g = Generator{s0, s1, s2, s3}
			x = g.exponentialEdge(u)
			s0, s1, s2, s3 = g.s0, g.s1, g.s2, g.s3
		}
		// The conversion stops machines that could from fusing the product with the sum.
		block[k] = T(float64(x*mean*scale) + shift)
	}
	*g = Generator{s0, s1, s2, s3}
}

// exponentialEdge finishes the draws outside the ziggurat's rectangles, about 1 % of all. u holds
// the bits of such a draw.
//
//go:noinline
func (g *Generator) exponentialEdge(u uint64) float64 {
	t := &exponentialTable
	for {
		i := u & 255
		x := place(u) * t.width[i]
		if u>>11 < t.keep[i] {
			return x
		}
		if i == 0 {
			// The tail of an exponential is exponential again.
			return exponentialEdge - math.Log(g.Open())
		}
		if t.density[i]+g.Float64()*(t.density[i-1]-t.density[i]) < math.Exp(-x) {
			return x
		}
		u = g.Uint64()
	}
}

// Normal returns a standard normal variate.
func (g *Generator) Normal() float64 {
	t := &normalTable
	for {
		u := g.Uint64()
		i := u & 255
		sign := float64(int64(u&256)>>7) - 1 // bit 8: −1 or +1
		x := place(u) * t.width[i]
		if u>>11 < t.keep[i] {
			return sign * x
		}
		if i == 0 {
			// Marsaglia, "Generating a variable from the tail of the
			// normal distribution", Technometrics 1964.
			for {
				a := -math.Log(g.Open()) / normalEdge
				b := -math.Log(g.Open())
				if b+b > a*a {
					return sign * (normalEdge + a)
				}
			}
		}
		if t.density[i]+g.Float64()*(t.density[i-1]-t.density[i]) < math.Exp(-0.5*x*x) {
			return sign * x
		}
	}
}
