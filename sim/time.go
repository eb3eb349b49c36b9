package sim

import (
	"math"
	"time"
)

// Time is a moment or a span of virtual time in nanoseconds. Integers make ties exact: two moments
// are equal or they are not. The range ends at 292 years.
type Time int64

// Never is a moment that no run reaches.
const Never Time = math.MaxInt64

// Second is one second of virtual time.
const Second Time = 1e9

// FromSeconds rounds s seconds to the nearest nanosecond. A value beyond the range, +Inf included,
// becomes Never. FromSeconds panics on NaN and on negative spans.
func FromSeconds(s float64) Time {
	ns := float64(s * 1e9) // never fused with the sum below, so that all machines round alike
	switch {
	case ns >= math.MaxInt64:
		return Never
	case ns >= 0:
		return Time(ns + 0.5)
	}
	panic("sim: a span of time that is negative or NaN")
}

// Seconds returns t in seconds; Never is +Inf.
func (t Time) Seconds() float64 {
	if t == Never {
		return math.Inf(1)
	}
	return float64(t) / 1e9
}

// String returns t as a duration such as 1m30s, or "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}

// Plus returns t + span, or Never if the sum is beyond the range; both >= 0.
func (t Time) Plus(span Time) Time {
	if sum := t + span; sum >= 0 {
		return sum
	}
	return Never
}
