package model

import (
	"fmt"
	"math"
	"math/bits"
)

// Keeping functions warm is caching: instances are what is cached, and a cold start is a miss. The
// laws below are for requests whose services take no time, that are independent of each other, for
// function i with probability popularity[i] > 0, and for memory that has room for some of the
// functions, which are equally large. Popularities are normalized to the sum 1.

// MostExactFunctions bounds the functions of the exact laws, which look at all sets of them.
const MostExactFunctions = 20

// LRU returns the probability of a miss where the function that has not been asked for the longest makes
// room: W. F. King, "Analysis of demand paging algorithms", 1971. The functions with an instance are
// i₁, i₂ … in the order of their last requests with probability Π q_{i_j} / (1 − q_{i_1} − … − q_{i_{j−1}}).
//
// 1 <= room < len(popularity) <= 20: the time doubles with each function.
func LRU(popularity []float64, room int) (miss float64, err error) {
	q, err := cached(popularity, room, MostExactFunctions)
	if err != nil {
		return 0, err
	}
	// orders[S] is the sum of the products over all orders of the functions of a set S.
	orders := make([]float64, 1<<len(q))
	orders[0] = 1
	for set := 1; set < len(orders); set++ {
		if bits.OnesCount(uint(set)) > room {
			continue
		}
		for rest := set; rest != 0; rest &= rest - 1 {
			last := bits.TrailingZeros(uint(rest))
			before := set &^ (1 << last)
			orders[set] += orders[before] * q[last] / (1 - sumOf(q, before))
		}
		if bits.OnesCount(uint(set)) == room {
			miss += orders[set] * (1 - sumOf(q, set))
		}
	}
	return miss, nil
}

// RandomReplacement returns the probability of a miss where any function makes room, each with the same
// probability; it is also that of first in, first out: E. Gelenbe, "A unified approach to the
// evaluation of a class of replacement algorithms", 1973. A set of functions has an instance with a
// probability in proportion to the product of their popularities.
//
// Its domain is that of LRU.
func RandomReplacement(popularity []float64, room int) (miss float64, err error) {
	q, err := cached(popularity, room, MostExactFunctions)
	if err != nil {
		return 0, err
	}
	total := 0.0
	for set := range 1 << len(q) {
		if bits.OnesCount(uint(set)) != room {
			continue
		}
		product := 1.0
		for rest := set; rest != 0; rest &= rest - 1 {
			product *= q[bits.TrailingZeros(uint(rest))]
		}
		total += product
		miss += product * (1 - sumOf(q, set))
	}
	return miss / total, nil
}

// Che returns the probability of a miss of LRU by the approximation of H. Che, Y. Tung and Z. Wang,
// "Hierarchical Web caching systems", 2002, and the characteristic time T that it is made of, in mean
// gaps between requests: a function keeps its instance for T after each request, as if it had a
// keep-alive, where Σ 1 − e^{−qT} = room.
//
// 1 <= room < len(popularity). It is near LRU even for a handful of functions, and the nearer the more
// there are (C. Fricker, P. Robert and J. Roberts, "A versatile and accurate approximation for LRU cache
// performance", 2012).
func Che(popularity []float64, room int) (miss, time float64, err error) {
	q, err := cached(popularity, room, math.MaxInt)
	if err != nil {
		return 0, 0, err
	}
	occupied := func(t float64) (sum float64) {
		for _, p := range q {
			sum -= math.Expm1(-p * t)
		}
		return sum
	}
	low, high := 0.0, 1.0
	for occupied(high) < float64(room) {
		low, high = high, 2*high
	}
	for range 200 { // to the last bit
		middle := (low + high) / 2
		if middle == low || middle == high {
			break
		}
		if occupied(middle) < float64(room) {
			low = middle
		} else {
			high = middle
		}
	}
	for _, p := range q {
		miss += p * math.Exp(-p*low)
	}
	return miss, low, nil
}

// TimeToLive returns the probability of a miss, of a function with Poisson arrivals whose instance is
// kept for a time since its last request: e^{−λτ}. The arrival rate λ is per second, the keep-alive
// τ in seconds, both >= 0.
func TimeToLive(arrivalRate, keepAlive float64) float64 { return math.Exp(-arrivalRate * keepAlive) }

// A MemoryClass are requests that hold some units of memory while they are served.
type MemoryClass struct {
	Load  float64 // arrival rate × mean service, >= 0
	Units int     // >= 1
}

// Multirate returns, for each class, the probability that a request is rejected because too few units
// of the memory are free, and the mean number of units that are held: J. S. Kaufman, "Blocking in a
// shared resource environment", 1981; J. W. Roberts, "A service system with heterogeneous user
// requirements", 1981. Arrivals are Poisson, no request waits, and services may have any law: only
// their means matter. Idle instances are never in the way if they can be evicted.
//
// The recursion is j·q(j) = Σ a·b·q(j − b) over the classes of load a and units b.
func Multirate(units int, classes []MemoryClass) (rejected []float64, held float64, err error) {
	var d domain
	d.count("units", units, 1)
	for i, c := range classes {
		d.load(fmt.Sprint("load ", i+1), c.Load)
		d.count(fmt.Sprint("units ", i+1), c.Units, 1)
	}
	if err := d.err(); err != nil {
		return nil, 0, err
	}
	q := make([]float64, units+1)
	q[0] = 1
	total := 1.0
	for j := 1; j <= units; j++ {
		for _, c := range classes {
			if c.Units <= j {
				q[j] += c.Load * float64(c.Units) * q[j-c.Units]
			}
		}
		q[j] /= float64(j)
		total += q[j]
		if total > 1e200 {
			for k := range j + 1 {
				q[k] /= total
			}
			total = 1
		}
	}
	rejected = make([]float64, len(classes))
	for i, c := range classes {
		for j := max(0, units-c.Units+1); j <= units; j++ {
			rejected[i] += q[j] / total
		}
		held += c.Load * float64(c.Units) * (1 - rejected[i])
	}
	return rejected, held, nil
}

// cached checks the domain of the laws, and returns the popularities with the sum 1.
func cached(popularity []float64, room, most int) ([]float64, error) {
	var d domain
	if n := len(popularity); n > most || n < 2 {
		accepted := "at least 2"
		if most < math.MaxInt {
			accepted = fmt.Sprintf("2 to %d", most)
		}
		d.fail("functions", fmt.Sprint(n), accepted)
	}
	if room < 1 || room >= len(popularity) {
		d.fail("room", fmt.Sprint(room), "at least 1, and less than there are functions")
	}
	total := 0.0
	for i, p := range popularity {
		if !(p > 0) || math.IsInf(p, 1) {
			d.fail(fmt.Sprintf("popularity %d", i+1), fmt.Sprint(p), "a number above 0")
		}
		total += p
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	q := make([]float64, len(popularity))
	for i, p := range popularity {
		q[i] = p / total
	}
	return q, nil
}

// sumOf returns the sum of the values of a set.
func sumOf(values []float64, set int) (sum float64) {
	for ; set != 0; set &= set - 1 {
		sum += values[bits.TrailingZeros(uint(set))]
	}
	return sum
}

// A HybridHistogram is the keep-alive policy of Shahrad et al. ("Serverless in the wild", USENIX ATC
// 2020, section 4.2), which learns how long a function is usually idle.
type HybridHistogram struct {
	Bins       int     // of the histogram, >= 1
	Bin        float64 // length of one, s, > 0
	Head, Tail float64 // fractions of idle times: a load comes before the first, the end after the second, 0 <= Head < Tail <= 1
	Margin     float64 // by which the windows are wider, 0 … 1
	CV         float64 // of the bins' counts, below which the histogram represents nothing, >= 0
	OutOfRange float64 // fraction of longer idle times above which the histogram is not used, 0 … 1
	Lead       float64 // by which a load begins earlier, s, >= 0
}

// LongRun returns when the policy loads an instance after its function became idle, and when instances
// expire, in seconds, once so many idle times are known that their histogram is that of their law; a
// load of 0 s unloads nothing. The distribution function of idle times is that of times below a bound;
// histogram is false where most of them are too long for the bins, so that a forecast decides, or the
// range of the bins if there is none.
//
// Of Poisson arrivals and services that take no time, the idle times are exponential. A start is then warm
// with the probability of an idle time between load and end.
func (h HybridHistogram) LongRun(below func(seconds float64) float64) (load, end float64, histogram bool) {
	end = float64(h.Bins) * h.Bin
	within := below(end)
	if 1-within > h.OutOfRange {
		return 0, end, false
	}
	if !(within > 0) {
		return 0, (1 + h.Margin) * h.Bin, true // as of the first bin
	}
	head, tail, squares, sum := -1, -1, 0.0, 0.0
	for b := range h.Bins {
		share := (below(float64(b+1)*h.Bin) - below(float64(b)*h.Bin)) / within
		squares += share * share
		sum += share
		if head < 0 && sum >= h.Head {
			head = b
		}
		const rounding = 1e-12 // of the sum
		if tail < 0 && sum >= h.Tail-rounding {
			tail = b
		}
	}
	if float64(h.Bins)*squares < 1+h.CV*h.CV {
		return 0, end, true
	}
	if load = (1 - h.Margin) * float64(head) * h.Bin; load > 0 {
		load = max(load-h.Lead, 1e-9) // of a nanosecond, as a load at once would unload nothing
	}
	return load, (1 + h.Margin) * float64(tail+1) * h.Bin, true
}
