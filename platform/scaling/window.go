package scaling

import "math"

// A Window adds up a measurement by second, and averages it over the last seconds. Each operation takes
// constant time, except for an average with weights and a jump over seconds without a record.
//
// Let first and last be the first and the last second with a record, t the second of the question, and
// W the size. The linear average is the sum of the seconds in (t − W, t], divided by
//
//	min(last − first + 1, W − (t − last))
//
// and rounded to 6 decimals. So only the seconds since the first record count in the beginning, seconds
// without a record between others count as 0, and the seconds after the last record do not count. If
// nothing is recorded for W seconds, the average is 0, and the next record begins anew.
//
// The weighted average is Σ x(last − i)·a·(1 − a)^(i + t − last) over i = 0 … W − 1 − (t − last), with
// a = max(1 − 0.0001^(1/W), 0.2). Its weights do not add up to 1.
type Window struct {
	sums        []float64 // by second modulo the size; 0 for a second without a record
	total       float64   // of the sums
	first, last int64
	weight      float64 // a; 0: the average is linear
}

// longAgo is the last record of a window without one: longer ago than the largest window.
const longAgo = math.MinInt64 / 2

// NewWindow returns a window of some seconds, >= 1, without a record.
func NewWindow(seconds int, weighted bool) Window {
	w := Window{sums: make([]float64, seconds), last: longAgo}
	if weighted {
		w.weight = max(1-math.Pow(1-0.9999, 1/float64(seconds)), 0.2)
	}
	return w
}

// size returns the number of seconds.
func (w *Window) size() int64 { return int64(len(w.sums)) }

// place returns the index of a second, >= 0.
func (w *Window) place(second int64) int64 { return second % w.size() }

// Record adds a value to a second, >= 0. It ignores a second that the window has left.
func (w *Window) Record(second int64, value float64) {
	if second != w.last {
		if second <= w.last-w.size() {
			return
		}
		w.move(second)
	}
	w.sums[w.place(second)] += value
	w.total += value
}

// move makes a second other than the last one recorded.
func (w *Window) move(second int64) {
	switch {
	case second < w.last:
		w.first = min(w.first, second)
		return
	case second-w.last >= w.size():
		clear(w.sums)
		w.first, w.total = second, 0
	default:
		for s := w.last + 1; s <= second; s++ {
			place := w.place(s)
			w.total -= w.sums[place]
			w.sums[place] = 0
		}
	}
	w.last = second
}

// Empty reports whether the window has no data at a second: nothing was recorded for more than its
// size.
func (w *Window) Empty(second int64) bool { return second-w.last > w.size() }

// Until returns the last second at which the window is not Empty if nothing more is recorded; a
// negative number if nothing was.
func (w *Window) Until() int64 { return w.last + w.size() }

// Average returns the average at a second that is not before the last record.
func (w *Window) Average(second int64) float64 {
	since := second - w.last
	if since >= w.size() {
		return 0
	}
	if w.weight > 0 {
		return w.weighted(since)
	}
	total, seconds := w.total, w.last-w.first+1
	if since > 0 {
		for s := w.last + 1; s <= second; s++ {
			total -= w.sums[w.place(s)]
		}
		seconds = min(seconds, w.size()-since)
	}
	return math.Floor(float64(total/float64(min(seconds, w.size()))*1e6)+0.5) / 1e6
}

// weighted returns the weighted average some seconds after the last record, fewer than the size.
func (w *Window) weighted(since int64) (sum float64) {
	factor := w.weight * math.Pow(1-w.weight, float64(since))
	for i := range w.size() - since {
		place := w.last - i
		if place < 0 {
			break // before time 0
		}
		sum += float64(w.sums[w.place(place)] * factor)
		factor *= 1 - w.weight
	}
	return sum
}
