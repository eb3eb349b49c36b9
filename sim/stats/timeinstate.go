package stats

import (
	"slices"

	"faaslab/sim"
)

// A TimeInState measures how long a count has each value. NewTimeInState begins an observation; the
// zero value has observed nothing and can only be merged into.
type TimeInState struct {
	spans []sim.Time // spans[n]: closed time with count n; count < len(spans)
	count int
	since sim.Time // when count was reached, or the observation began
	// reduced replaces the spans of closed time that Reduced gave up: the length of that time and
	// the area under the count.
	reduced struct {
		total sim.Time
		area  Sum
	}
}

// NewTimeInState observes from time 0 a count that begins with the given value, >= 0.
func NewTimeInState(count int) TimeInState {
	return TimeInState{spans: make([]sim.Time, count+1), count: count}
}

// Set changes the count, >= 0, at a time not before the last change.
func (t *TimeInState) Set(at sim.Time, count int) {
	t.spans[t.count] += at - t.since
	t.count, t.since = count, at
	if count >= len(t.spans) {
		t.grow(count)
	}
}

// spend adds time with a count.
func (t *TimeInState) spend(count int, span sim.Time) {
	if count >= len(t.spans) {
		t.grow(count)
	}
	t.spans[count] += span
}

func (t *TimeInState) grow(count int) {
	t.spans = append(t.spans, make([]sim.Time, count+1-len(t.spans))...)
}

// Count returns the present count.
func (t *TimeInState) Count() int { return t.count }

// Restart discards the observation and begins a new one at a time; the count stays.
func (t *TimeInState) Restart(at sim.Time) {
	clear(t.spans)
	t.reduced.total, t.reduced.area = 0, Sum{}
	t.since = at
}

// Close counts the time up to a moment; the observation may continue.
func (t *TimeInState) Close(at sim.Time) { t.Set(at, t.count) }

// Clone returns an independent copy.
func (t TimeInState) Clone() TimeInState {
	t.spans = slices.Clone(t.spans)
	return t
}

// Reduced returns a copy that knows only the Total and the Mean of the closed time. It has no
// Probabilities of its own, takes the same few bytes however large the count was, and can be merged
// and subtracted.
func (t TimeInState) Reduced() (r TimeInState) {
	r.reduced.total, r.reduced.area = t.Total(), t.area()
	return r
}

// Merge adds the closed time of other.
func (t *TimeInState) Merge(other TimeInState) {
	if len(other.spans) > len(t.spans) {
		t.grow(len(other.spans) - 1)
	}
	for n, span := range other.spans {
		t.spans[n] += span
	}
	t.reduced.total += other.reduced.total
	t.reduced.area.Merge(other.reduced.area)
}

// Subtract undoes Merge.
func (t *TimeInState) Subtract(other TimeInState) {
	for n, span := range other.spans {
		t.spans[n] -= span
	}
	t.reduced.total -= other.reduced.total
	t.reduced.area.Subtract(other.reduced.area)
}

// Total returns the closed time.
func (t *TimeInState) Total() (total sim.Time) {
	total = t.reduced.total
	for _, span := range t.spans {
		total += span
	}
	return total
}

// area returns the integral of the count over the closed time.
func (t *TimeInState) area() Sum {
	area := t.reduced.area
	for n, span := range t.spans {
		area.AddTimes(n, span)
	}
	return area
}

// Area returns the integral of the count over the closed time, in seconds.
func (t *TimeInState) Area() float64 {
	area := t.area()
	return area.Seconds()
}

// Mean returns the time average of the count over the closed time; NaN if there is none.
func (t *TimeInState) Mean() float64 { return t.Area() / (float64(t.Total()) / 1e9) }

// Probabilities returns the fraction of the closed time with each count, from 0
// to the largest seen; nil if there is no closed time.
func (t *TimeInState) Probabilities() []float64 {
	total := float64(t.Total())
	largest := len(t.spans) - 1
	for largest >= 0 && t.spans[largest] == 0 {
		largest--
	}
	if largest < 0 {
		return nil
	}
	p := make([]float64, largest+1)
	for n := range p {
		p[n] = float64(t.spans[n]) / total
	}
	return p
}
