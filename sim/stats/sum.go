package stats

import (
	"math/bits"

	"faaslab/sim"
)

// A Sum adds up spans of time exactly, in 128 bits: in a day, 100,000 instances together live more
// than 292 years. The zero value is 0.
type Sum struct{ hi, lo uint64 }

// Add adds a span, >= 0.
func (s *Sum) Add(span sim.Time) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, uint64(span), 0)
	s.hi += carry
}

// AddTimes adds a span n times; both >= 0.
func (s *Sum) AddTimes(n int, span sim.Time) {
	hi, lo := bits.Mul64(uint64(n), uint64(span))
	s.Merge(Sum{hi, lo})
}

// Merge adds all that other added up.
func (s *Sum) Merge(other Sum) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, other.lo, 0)
	s.hi, _ = bits.Add64(s.hi, other.hi, carry)
}

// MergeTimes adds all that other added up n times, n >= 0.
func (s *Sum) MergeTimes(n int64, other Sum) {
	hi, lo := bits.Mul64(uint64(n), other.lo)
	s.Merge(Sum{hi + uint64(n)*other.hi, lo})
}

// Subtract undoes Merge.
func (s *Sum) Subtract(other Sum) {
	var borrow uint64
	s.lo, borrow = bits.Sub64(s.lo, other.lo, 0)
	s.hi, _ = bits.Sub64(s.hi, other.hi, borrow)
}

// Seconds returns the sum in seconds.
func (s Sum) Seconds() float64 { return (float64(s.hi)*0x1p64 + float64(s.lo)) / 1e9 }
