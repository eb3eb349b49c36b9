package stats

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"faaslab/sim"
)

// RelativeError bounds the relative distance of a Histogram's quantile from the quantile of the
// counted values.
const RelativeError = 1.0 / resolution

// resolution is the number of bins in each power of two.
const (
	resolutionBits = 10
	resolution     = 1 << resolutionBits
)

const recentSpans = 256

// A Histogram counts spans of time in bins of at most 0.1 % relative width: exact below 2,048 ns,
// then 1,024 bins in each power of two, found from the leading bits of the value, as in
// HdrHistogram. It holds bins only from the lowest to the highest power of two that occurred. The
// zero value is empty.
type Histogram struct {
	bins []int64
	base int // number of the bin that bins[0] counts, a multiple of resolution
	n    int64
	// least <= every value <= most, for n > 0
	least, most sim.Time
	// recent[:held] are not in bins yet, nor in n, least and most: counting many at once is faster.
	recent []sim.Time
	held   int
	// sparse, if not nil, replaces bins in a compact copy: it lists the bins that are not empty.
	sparse []binCount
	// limits count exactly the spans longer than their times, in increasing order; nil if none.
	limits []limit
}

// A limit counts the spans longer than a time.
type limit struct {
	than  sim.Time
	above int64
}

// A binCount holds a bin and a count of its spans, 1 to mostCount; a bin with more spans has
// several entries. It takes four bytes, since observations of many periods are kept in binCounts.
// The upper half is the number of the bin, at most binOf(sim.Never) < 1<<16, so sorting the numbers
// sorts the bins.
type binCount uint32

const mostCount = 1<<16 - 1

func (b binCount) bin() int     { return int(b >> 16) }
func (b binCount) count() int64 { return int64(b & mostCount) }

// appendCounts appends the entries of a bin that has counted n >= 0 spans.
func appendCounts(entries []binCount, bin int, n int64) []binCount {
	for ; n > mostCount; n -= mostCount {
		entries = append(entries, binCount(bin<<16|mostCount))
	}
	if n > 0 {
		entries = append(entries, binCount(bin<<16|int(n)))
	}
	return entries
}

// binOf returns the number of the bin of v >= 0.
func binOf(v sim.Time) int {
	shift := bits.Len64(uint64(v)|(2*resolution-1)) - resolutionBits - 1
	return shift<<resolutionBits + int(uint64(v)>>(shift&63))
}

// lowest returns the least value of a bin.
func lowest(bin int) float64 {
	if bin < 2*resolution {
		return float64(bin)
	}
	shift := bin>>resolutionBits - 1
	return math.Ldexp(float64(bin-shift<<resolutionBits), shift)
}

// Limit makes an empty histogram count, to the nanosecond, the spans longer than each of the given
// times: a bin does not know on which side of a time within it its spans are.
func (h *Histogram) Limit(times ...sim.Time) {
	if h.Count() > 0 {
		panic("stats: a histogram that has counted something cannot be given limits")
	}
	h.limits = nil
	for _, t := range slices.Compact(slices.Sorted(slices.Values(times))) {
		h.limits = append(h.limits, limit{than: t})
	}
}

// Above returns the number of spans longer than t, one of the times given to Limit. A Counted copy
// knows the number, too.
func (h *Histogram) Above(t sim.Time) int64 {
	h.settle()
	for _, l := range h.limits {
		if l.than == t {
			return l.above
		}
	}
	panic(fmt.Sprintf("stats: a histogram without the limit %v", t))
}

// Counted returns an independent copy of the counts that Above returns, without the spans.
func (h *Histogram) Counted() Histogram {
	h.settle()
	return Histogram{limits: slices.Clone(h.limits)}
}

// Add counts a span, >= 0.
func (h *Histogram) Add(v sim.Time) {
	if h.held >= len(h.recent) {
		h.count()
	}
	h.recent[h.held] = v
	h.held++
}

// AddTimes counts a span n times; both >= 0. It leaves a compact copy compact.
func (h *Histogram) AddTimes(n int64, v sim.Time) {
	if n == 0 {
		return
	}
	h.settle()
	if h.n == 0 {
		h.least, h.most = v, v
	}
	h.least, h.most = min(h.least, v), max(h.most, v)
	h.n += n
	for i := range h.limits {
		if v > h.limits[i].than {
			h.limits[i].above += n
		}
	}
	if h.bins == nil && n <= resolution*mostCount {
		h.sparse = appendCounts(h.sparse, binOf(v), n)
		return
	}
	h.expand()
	h.bins[h.cover(binOf(v), binOf(v))] += n
}

// settle puts the recent spans into bins, if there are any.
func (h *Histogram) settle() {
	if h.held > 0 {
		h.count()
	}
}

// count puts the recent spans into bins, or makes recent if there is none.
//
//go:noinline
func (h *Histogram) count() {
	if h.recent == nil {
		h.expand() // a compact copy has no recent spans
		h.recent = make([]sim.Time, recentSpans)
		return
	}
	// All bins are made before the first is counted: otherwise each further power of two copies them.
	least, most := h.recent[0], h.recent[0]
	for _, v := range h.recent[1:h.held] {
		least, most = min(least, v), max(most, v)
	}
	h.cover(binOf(least), binOf(most))
	bins, base := h.bins, h.base
	for _, v := range h.recent[:h.held] {
		bins[binOf(v)-base]++
	}
	if h.n > 0 {
		least, most = min(least, h.least), max(most, h.most)
	}
	for i := range h.limits {
		h.limits[i].count(h.recent[:h.held])
	}
	h.n += int64(h.held)
	h.held, h.least, h.most = 0, least, most
}

// count counts the spans longer than the limit's time.
func (l *limit) count(spans []sim.Time) {
	for _, v := range spans {
		if v > l.than {
			l.above++
		}
	}
}

// cover makes room, where needed, for the bins from low to high, and returns the index of low.
func (h *Histogram) cover(low, high int) int {
	if len(h.bins) > 0 && low >= h.base && high < h.base+len(h.bins) {
		return low - h.base
	}
	low, high, wanted := low&^(resolution-1), high|(resolution-1), low
	if len(h.bins) > 0 {
		low, high = min(low, h.base), max(high, h.base+len(h.bins)-1)
	}
	bins := make([]int64, high-low+1)
	if len(h.bins) > 0 {
		copy(bins[h.base-low:], h.bins)
	}
	h.bins, h.base = bins, low
	return wanted - low
}

// Count returns the number of spans counted.
func (h *Histogram) Count() int64 { return h.n + int64(h.held) }

// Longest returns the longest span in seconds; NaN if none was counted. After a Subtract it may be
// a span that was subtracted.
func (h *Histogram) Longest() float64 {
	h.settle()
	if h.n == 0 {
		return math.NaN()
	}
	return h.most.Seconds()
}

// Clear forgets all spans but keeps the memory and the limits.
func (h *Histogram) Clear() {
	clear(h.bins)
	h.sparse = nil
	for i := range h.limits {
		h.limits[i].above = 0
	}
	h.n, h.held, h.least, h.most = 0, 0, 0, 0
}

// Compact returns an independent copy for keeping, which holds only the bins that are not empty if
// that takes less memory. The copy is a full histogram, but the first time that it counts or is
// read it takes the room of one. Reading changes a histogram, so it belongs to one goroutine at a
// time.
func (h *Histogram) Compact() Histogram {
	h.settle()
	c := *h
	c.recent, c.limits = nil, slices.Clone(h.limits)
	if h.sparse != nil {
		c.sparse = slices.Clone(h.sparse)
		return c
	}
	// The bins outside least and most are empty. A Subtract, followed by a Compact and a Merge of
	// the result, may leave no bins for least and most.
	first := min(max(0, binOf(h.least)-h.base), len(h.bins))
	seen := h.bins[first:max(first, min(binOf(h.most)-h.base+1, len(h.bins)))]
	used := 0 // entries
	for _, c := range seen {
		if c != 0 { // most are
			used += int((c + mostCount - 1) / mostCount)
		}
	}
	if 2*used >= len(h.bins) {
		c.bins = slices.Clone(h.bins)
		return c
	}
	sparse := make([]binCount, 0, used)
	for i, c := range seen {
		if c != 0 {
			sparse = appendCounts(sparse, h.base+first+i, c)
		}
	}
	c.bins, c.sparse = nil, sparse
	return c
}

// expand turns a compact histogram into one that can count.
func (h *Histogram) expand() {
	h.settle()
	if h.sparse == nil {
		return
	}
	sparse := h.sparse
	h.sparse = nil
	for _, b := range sparse {
		h.bins[h.cover(b.bin(), b.bin())] += b.count()
	}
}

// addBins adds sign times the counts of other.
func (h *Histogram) addBins(other *Histogram, sign int64) {
	h.expand()
	for _, b := range other.sparse {
		h.bins[h.cover(b.bin(), b.bin())] += sign * b.count()
	}
	if len(other.bins) > 0 {
		at := h.cover(other.base, other.base+len(other.bins)-1)
		for i, c := range other.bins {
			h.bins[at+i] += sign * c
		}
	}
}

// addLimits adds sign times the counts of other, which must have the same limits. An empty
// histogram without limits takes over those of other.
func (h *Histogram) addLimits(other *Histogram, sign int64) {
	if h.limits == nil && h.n == 0 && len(other.limits) > 0 {
		h.limits = slices.Clone(other.limits)
		return
	}
	if len(h.limits) != len(other.limits) {
		panic("stats: histograms with different limits")
	}
	for i, l := range other.limits {
		if h.limits[i].than != l.than {
			panic("stats: histograms with different limits")
		}
		h.limits[i].above += sign * l.above
	}
}

// Merge adds the counts of other.
func (h *Histogram) Merge(other *Histogram) {
	if h.addTotals(other) {
		h.addBins(other, 1)
	}
}

// Gather adds the counts of other, like Merge, to a histogram that is kept beside many others. The
// zero value and a compact histogram stay compact, at up to a quarter more room than a Compact
// copy. Gather takes less time than Merge and Compact if other counts few spans, and more if other
// counts many.
func (h *Histogram) Gather(other *Histogram) {
	if !h.addTotals(other) {
		return
	}
	if h.bins != nil {
		h.addBins(other, 1)
		return
	}
	entries := other.sparse
	if other.bins != nil {
		for i, c := range other.bins {
			entries = appendCounts(entries, other.base+i, c)
		}
	}
	if len(h.sparse)+len(entries) > cap(h.sparse) {
		h.combine()
		// This leaves a fifth of the room free, so each entry is combined only a few times.
		if all := len(h.sparse) + len(entries); all+all/5 > cap(h.sparse) {
			h.sparse = append(make([]binCount, 0, all+all/4), h.sparse...)
		}
	}
	h.sparse = append(h.sparse, entries...)
}

// combine merges the entries of a compact histogram into as few as its bins need, in order.
func (h *Histogram) combine() {
	slices.Sort(h.sparse)
	combined := h.sparse[:0]
	for i := 0; i < len(h.sparse); {
		bin, n := h.sparse[i].bin(), int64(0)
		for ; i < len(h.sparse) && h.sparse[i].bin() == bin; i++ {
			n += h.sparse[i].count()
		}
		combined = appendCounts(combined, bin, n)
	}
	h.sparse = combined
}

// addTotals adds everything but the bins of other, and reports whether these hold any spans.
func (h *Histogram) addTotals(other *Histogram) bool {
	h.settle()
	other.settle()
	h.addLimits(other, 1)
	if other.n == 0 {
		return false
	}
	if h.n == 0 {
		h.least, h.most = other.least, other.most
	}
	h.least, h.most = min(h.least, other.least), max(h.most, other.most)
	h.n += other.n
	return true
}

// Subtract undoes Merge. The range of the values stays as wide as it was.
func (h *Histogram) Subtract(other *Histogram) {
	h.settle()
	other.settle()
	h.addLimits(other, -1)
	h.n -= other.n
	h.addBins(other, -1)
}

// Quantile returns the p-quantile in seconds, 0 <= p <= 1, interpolated within its bin; NaN if
// nothing was counted. The exact quantile of the counted values is in the same bin. width is the
// bin's width in seconds, at most RelativeError times the quantile.
func (h *Histogram) Quantile(p float64) (value, width float64) {
	h.expand()
	if h.n == 0 {
		return math.NaN(), math.NaN()
	}
	rank := p * float64(h.n)
	var below int64
	for i, c := range h.bins {
		if c > 0 && float64(below+c) >= rank {
			return h.within(i, rank, below)
		}
		below += c
	}
	return h.most.Seconds(), 0
}

// within returns the value at a rank within the i-th bin, which is not empty, and the bin's width,
// in seconds; below is the number of spans in lower bins.
func (h *Histogram) within(i int, rank float64, below int64) (value, width float64) {
	low, high := h.edges(h.base + i)
	return (low + (high-low)*(rank-float64(below))/float64(h.bins[i])) / 1e9, (high - low) / 1e9
}

// binAt returns the number of the bin that holds the span of the given rank.
func (h *Histogram) binAt(rank float64) int {
	var below int64
	for i, c := range h.bins {
		if below += c; c > 0 && float64(below) >= rank {
			return h.base + i
		}
	}
	return binOf(h.most)
}

// before returns the number of spans in bins before the given one.
func (h *Histogram) before(bin int) (n int64) {
	h.settle()
	for _, b := range h.sparse {
		if b.bin() < bin {
			n += b.count()
		}
	}
	for _, c := range h.bins[:min(max(bin-h.base, 0), len(h.bins))] {
		n += c
	}
	return n
}

// FractionAbove returns the fraction of spans longer than x seconds,
// interpolated within its bin; NaN if nothing was counted.
func (h *Histogram) FractionAbove(x float64) float64 {
	h.expand()
	if h.n == 0 {
		return math.NaN()
	}
	x *= 1e9
	var above float64
	for i := len(h.bins) - 1; i >= 0; i-- {
		c := float64(h.bins[i])
		if c == 0 {
			continue
		}
		low, high := h.edges(h.base + i)
		if high > x {
			if low <= x {
				above += c * (high - x) / (high - low)
				break
			}
			above += c
			continue
		}
		break
	}
	return above / float64(h.n)
}

// edges returns the range of the values of a bin in nanoseconds, no wider than the range of the
// counted values.
func (h *Histogram) edges(bin int) (low, high float64) {
	low, high = lowest(bin), lowest(bin+1)
	if bin < 2*resolution {
		high = low // whole nanoseconds are exact there
	}
	return min(max(low, float64(h.least)), float64(h.most)), min(high, float64(h.most))
}
