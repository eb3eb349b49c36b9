package stats

import "faaslab/sim"

// An Integral is the area under a count that changes in steps, over the time of observation. The
// zero value observes from time 0 and begins with the count 0.
type Integral struct {
	area  Sum
	total sim.Time // observed and closed
	count int
	since sim.Time // when count was reached, or the observation began
}

// Set changes the count, >= 0, at a time not before the last change.
func (i *Integral) Set(at sim.Time, count int) {
	i.area.AddTimes(i.count, at-i.since)
	i.total += at - i.since
	i.count, i.since = count, at
}

// Count returns the present count.
func (i *Integral) Count() int { return i.count }

// Restart discards the observation and begins a new one at a time; the count stays.
func (i *Integral) Restart(at sim.Time) {
	i.area, i.total, i.since = Sum{}, 0, at
}

// Close counts the time up to a moment; the observation may continue.
func (i *Integral) Close(at sim.Time) { i.Set(at, i.count) }

// Merge adds the closed time of other.
func (i *Integral) Merge(other Integral) {
	i.area.Merge(other.area)
	i.total += other.total
}

// Subtract undoes Merge.
func (i *Integral) Subtract(other Integral) {
	i.area.Subtract(other.area)
	i.total -= other.total
}

// Area returns the integral of the count over the closed time, in seconds.
func (i *Integral) Area() float64 { return i.area.Seconds() }

// Mean returns the time average of the count over the closed time; NaN if there is none.
func (i *Integral) Mean() float64 { return i.area.Seconds() / (float64(i.total) / 1e9) }

// Total returns the closed time.
func (i *Integral) Total() sim.Time { return i.total }
