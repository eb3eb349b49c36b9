package stats

import (
	"math"
	"math/bits"
	"slices"

	"faaslab/sim"
)

// RelativeError bounds how far a quantile of a Histogram may be from the
// quantile of the values it saw, relative to it.
const RelativeError = 1.0 / resolution

// resolution is the number of bins in each power of two.
const (
	resolutionBits = 10
	resolution     = 1 << resolutionBits
)

// A Histogram counts spans of time in bins of at most 0.1 % relative width: exact
// below 2,048 ns, then 1,024 bins in each power of two, found from the leading bits
// of the value, as in HdrHistogram. It holds only the powers of two that occurred.
// The zero value is empty.
type Histogram struct {
	bins []int64
	base int // number of the bin that bins[0] counts, a multiple of resolution
	n    int64
	// least <= every value <= most, for n > 0
	least, most sim.Time
	// sparse, if not nil, stands for bins: the bins that counted something.
	sparse []binCount
}

type binCount struct {
	bin   int
	count int64
}

// binOf returns the number of the bin of v >= 0.
func binOf(v sim.Time) int {
	shift := bits.Len64(uint64(v)|(resolution-1)) - resolutionBits - 1
	if shift < 0 {
		return int(v)
	}
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

// Add counts a span, >= 0.
func (h *Histogram) Add(v sim.Time) {
	i := binOf(v) - h.base
	if uint(i) >= uint(len(h.bins)) {
		i = h.cover(binOf(v), binOf(v))
	}
	h.bins[i]++
	h.n++
	if v > h.most {
		h.most = v
	}
	if v < h.least || h.n == 1 {
		h.least = v
	}
}

// cover makes room for the bins from low to high, unless there is, and returns the
// place of low.
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

// Count returns how many spans were counted.
func (h *Histogram) Count() int64 { return h.n }

// Clear forgets all spans but keeps the memory.
func (h *Histogram) Clear() {
	clear(h.bins)
	h.n, h.least, h.most = 0, 0, 0
}

// Compact returns an independent copy for keeping: it holds the bins that counted
// something and nothing else, if that is less. It can be merged and subtracted, and
// is read as well as another, but more slowly.
func (h Histogram) Compact() Histogram {
	if h.sparse != nil {
		h.sparse = slices.Clone(h.sparse)
		return h
	}
	// The bins outside least and most are empty. After a Subtract, and a Compact and a Merge of
	// what it left, there may be no bins for them.
	first := min(max(0, binOf(h.least)-h.base), len(h.bins))
	seen := h.bins[first:max(first, min(binOf(h.most)-h.base+1, len(h.bins)))]
	used := 0
	for _, c := range seen {
		if c != 0 {
			used++
		}
	}
	if 2*used >= len(h.bins) {
		h.bins = slices.Clone(h.bins)
		return h
	}
	sparse := make([]binCount, 0, used)
	for i, c := range seen {
		if c != 0 {
			sparse = append(sparse, binCount{h.base + first + i, c})
		}
	}
	h.bins, h.sparse = nil, sparse
	return h
}

// expand makes a compact histogram one that can be counted in.
func (h *Histogram) expand() {
	if h.sparse == nil {
		return
	}
	sparse := h.sparse
	h.sparse = nil
	for _, b := range sparse {
		h.bins[h.cover(b.bin, b.bin)] += b.count
	}
}

// addBins adds sign times the counts of other.
func (h *Histogram) addBins(other Histogram, sign int64) {
	h.expand()
	for _, b := range other.sparse {
		h.bins[h.cover(b.bin, b.bin)] += sign * b.count
	}
	if len(other.bins) > 0 {
		at := h.cover(other.base, other.base+len(other.bins)-1)
		for i, c := range other.bins {
			h.bins[at+i] += sign * c
		}
	}
}

// Merge adds the counts of other.
func (h *Histogram) Merge(other Histogram) {
	if other.n == 0 {
		return
	}
	if h.n == 0 {
		h.least, h.most = other.least, other.most
	}
	h.least, h.most = min(h.least, other.least), max(h.most, other.most)
	h.n += other.n
	h.addBins(other, 1)
}

// Subtract undoes Merge. The range of the values stays as wide as it was.
func (h *Histogram) Subtract(other Histogram) {
	h.n -= other.n
	h.addBins(other, -1)
}

// Quantile returns the p-quantile in seconds, 0 <= p <= 1, interpolated within its
// bin; NaN if nothing was counted. The values' own quantile is in the same bin,
// which is width seconds wide, at most RelativeError of it.
func (h *Histogram) Quantile(p float64) (value, width float64) {
	if h.n == 0 {
		return math.NaN(), math.NaN()
	}
	h.expand()
	rank := p * float64(h.n)
	var below int64
	for i, c := range h.bins {
		if c > 0 && float64(below+c) >= rank {
			low, high := h.edges(h.base + i)
			return (low + (high-low)*(rank-float64(below))/float64(c)) / 1e9, (high - low) / 1e9
		}
		below += c
	}
	return h.most.Seconds(), 0
}

// FractionAbove returns the fraction of spans longer than x seconds,
// interpolated within its bin; NaN if nothing was counted.
func (h *Histogram) FractionAbove(x float64) float64 {
	if h.n == 0 {
		return math.NaN()
	}
	h.expand()
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

// edges returns the range of the values of a bin in nanoseconds, no wider than the
// values that were seen.
func (h *Histogram) edges(bin int) (low, high float64) {
	low, high = lowest(bin), lowest(bin+1)
	if bin < 2*resolution {
		high = low // whole nanoseconds are exact there
	}
	return min(max(low, float64(h.least)), float64(h.most)), min(high, float64(h.most))
}
