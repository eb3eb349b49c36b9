package cluster

import (
	"unsafe"

	"faaslab/sim"
)

// A KeepAlive decides how long the idle instances of a function stay.
type KeepAlive interface {
	// Begin returns the memory of one pool, a function on a node, before its first request. Nil: it
	// needs none, and every idle period has the same Windows, those of Standard.
	Begin() History
	// Standard returns the windows before anything is known of the function.
	Standard() Windows
}

// A History is what a keep-alive policy knows of a pool.
type History interface {
	// Idled tells how long the pool was without a running request, when a request ends that time.
	Idled(t sim.Time)
	// Windows returns what to do with the pool's idle instances, as its last running request
	// completes.
	Windows() Windows
}

// Windows say what becomes of idle instances. Both times count from the moment at which the last
// running request completed.
type Windows struct {
	// Load is when one instance is loaded, > 0, and then all idle instances are unloaded at once. 0:
	// they stay.
	Load sim.Time
	// End is when idle instances expire, each counted from the moment at which it became idle.
	End sim.Time
}

// Fixed keeps every instance idle for the same time, 0 … sim.Never.
type Fixed sim.Time

// Begin returns nil: nothing is learned.
func (f Fixed) Begin() History { return nil }

// Standard returns the keep-alive.
func (f Fixed) Standard() Windows { return Windows{End: sim.Time(f)} }

// Histogram is the hybrid histogram policy of Shahrad et al. ("Serverless in the wild", USENIX ATC
// 2020, section 4.2): it learns how long a function is usually idle, unloads it at once where that
// is long, and loads it shortly before it is usually asked for again.
type Histogram struct {
	Bins int      // of the histogram, >= 1
	Bin  sim.Time // length of one, > 0; longer idle times are out of bounds
	// Head and Tail are the percentages of idle times that may end before the load, and after the
	// end; 0 <= Head < Tail <= 100.
	Head, Tail int
	Margin     int // percentage by which the windows are wider than head and tail, 0 … 100
	// CV is the coefficient of variation of the bins' counts below which the histogram does not
	// represent the function, and the standard keep-alive holds; >= 0.
	CV         float64
	MinSamples int // idle times without which the standard keep-alive holds, >= 0
	OOB        int // percentage of idle times out of bounds above which the histogram is not used
	// Forecast is the number of last idle times whose mean is the forecast where the histogram is
	// not used, with a margin of ForecastMargin percent; 0: the standard keep-alive holds there.
	Forecast       int
	ForecastMargin int
	Lead           sim.Time // by which a load begins earlier, >= 0
}

// NewHistogram returns the policy with the parameters of its paper: bins of a minute over four
// hours.
func NewHistogram() Histogram {
	return Histogram{Bins: 240, Bin: 60 * sim.Second, Head: 5, Tail: 99, Margin: 10, CV: 2, MinSamples: 1, OOB: 50, ForecastMargin: 15}
}

// Begin returns an empty histogram.
func (p Histogram) Begin() History { return &histogram{policy: &p} }

// Standard keeps instances idle for the range of the histogram.
func (p Histogram) Standard() Windows { return Windows{End: sim.Time(p.Bins) * p.Bin} }

// few is the number of different bins that are kept as pairs.
const few = 12

// histogram is the memory of the policy: most functions have few different idle times.
type histogram struct {
	policy     *Histogram // the same for many
	n          int64      // idle times within bounds
	squares    int64      // the sum of the bins' counts squared
	oob        int64
	used       int            // pairs
	pairs      [few]pairOfBin // in the order of bins
	counts     []uint32       // all bins, when there are too many for pairs
	head, tail cursor         // among counts
	last       []sim.Time
}

type pairOfBin struct{ bin, count uint32 }

// A cursor is a percentile among all bins. It stays where it was for the idle times before, so that
// it moves by few bins for one more.
type cursor struct {
	bin   int
	below int64 // idle times in the bins before
}

// beginHistory returns the memory of a pool under a policy. Those of one policy share it.
func (c *Cluster) beginHistory(policy KeepAlive) History {
	h, ok := policy.(Histogram)
	if !ok {
		return policy.Begin()
	}
	if c.histogram == nil || *c.histogram != h {
		c.histogram = &h
	}
	return &histogram{policy: c.histogram}
}

const histogramBytes = int64(unsafe.Sizeof(histogram{}))

// Idled counts an idle time.
func (h *histogram) Idled(t sim.Time) {
	if k := h.policy.Forecast; k > 0 {
		if len(h.last) == k {
			copy(h.last, h.last[1:])
			h.last = h.last[:k-1]
		}
		h.last = append(h.last, t)
	}
	bin := t / h.policy.Bin
	if bin >= sim.Time(h.policy.Bins) {
		h.oob++
		return
	}
	count := h.count(uint32(bin))
	h.squares += 2*int64(*count) + 1
	*count++
	h.n++
	if int(bin) < h.head.bin {
		h.head.below++
	}
	if int(bin) < h.tail.bin {
		h.tail.below++
	}
}

// count returns the place of a bin's count.
func (h *histogram) count(bin uint32) *uint32 {
	if h.counts != nil {
		return &h.counts[bin]
	}
	i := 0
	for i < h.used && h.pairs[i].bin < bin {
		i++
	}
	if i < h.used && h.pairs[i].bin == bin {
		return &h.pairs[i].count
	}
	if h.used < few {
		copy(h.pairs[i+1:], h.pairs[i:h.used])
		h.pairs[i] = pairOfBin{bin: bin}
		h.used++
		return &h.pairs[i].count
	}
	h.counts = make([]uint32, h.policy.Bins)
	for _, p := range h.pairs {
		h.counts[p.bin] = p.count
	}
	return &h.counts[bin]
}

// Windows decides by the histogram, by the forecast, or by the standard.
func (h *histogram) Windows() Windows {
	p := h.policy
	switch all := h.n + h.oob; {
	case all < int64(p.MinSamples) || all == 0:
		return p.Standard()
	case 100*h.oob > int64(p.OOB)*all:
		if p.Forecast == 0 {
			return p.Standard()
		}
		var sum sim.Time
		for _, t := range h.last {
			sum += t
		}
		expected := sum / sim.Time(len(h.last))
		return p.windows(percentOf(expected, 100-p.ForecastMargin), percentOf(expected, 100+p.ForecastMargin))
	// The coefficient of variation of the counts is √(bins·Σc²/n² − 1).
	case float64(int64(p.Bins)*h.squares) < (1+p.CV*p.CV)*float64(h.n*h.n):
		return p.Standard()
	}
	head, tail := sim.Time(h.percentile(p.Head, &h.head)), sim.Time(h.percentile(p.Tail, &h.tail)+1)
	return p.windows(head*p.Bin*sim.Time(100-p.Margin)/100, tail*p.Bin*sim.Time(100+p.Margin)/100)
}

// percentOf returns so many per cent, up to 200, of a time up to half of what virtual time has. Of
// years it loses some nanoseconds, so that nothing overflows.
func percentOf(t sim.Time, percent int) sim.Time {
	if t > sim.Never/200 {
		return t / 100 * sim.Time(percent)
	}
	return t * sim.Time(percent) / 100
}

// windows returns windows with the load earlier by Lead; a load that would begin at once means that
// instances stay.
func (p *Histogram) windows(load, end sim.Time) Windows {
	if load == 0 {
		return Windows{End: end}
	}
	return Windows{Load: max(1, load-p.Lead), End: end}
}

// percentile returns the first bin up to which at least p percent of the idle times lie. The cursor
// is that of the same percentile.
func (h *histogram) percentile(p int, c *cursor) int {
	need := int64(p) * h.n
	if h.counts != nil {
		for c.bin > 0 && 100*c.below >= need {
			c.bin--
			c.below -= int64(h.counts[c.bin])
		}
		for 100*(c.below+int64(h.counts[c.bin])) < need {
			c.below += int64(h.counts[c.bin])
			c.bin++
		}
		return c.bin
	}
	if need == 0 {
		return 0
	}
	i, seen := 0, int64(h.pairs[0].count)
	for 100*seen < need {
		i++
		seen += int64(h.pairs[i].count)
	}
	return int(h.pairs[i].bin)
}
