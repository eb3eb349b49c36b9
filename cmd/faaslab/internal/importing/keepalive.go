package importing

import (
	"math"
	"slices"

	"faaslab/dist/trace"
	"faaslab/sim"
)

// A keepAliveEstimate learns from a log of warm and cold starts how long instances are kept. A warm
// start uses an instance that has been idle for some time, so that the keep-alive is at least as
// long. A cold start shows that all instances that could be idle had expired, so it is at most as
// long as the shortest of their idle times. Which instance served is the one that became idle last,
// unless the log names it. Times that contradict each other are weighed: the keep-alive is where the
// fewest do.
//
// Memory is bounded by the number of instances at once; idle times are counted in bins.
type keepAliveEstimate struct {
	busy busyHeap
	idle []idleInstance // by the end of their last request, the latest last; some are taken already
	// used holds, for an instance that the log names, the end of its last request.
	used map[uint64]int64

	warm, cold         []int64 // counts of idle times by bin
	longest            int64   // idle time before a warm start, ns; -1: none
	shortest           int64   // idle time of the instance that was idle last before a cold start; MaxInt64: none
	warms, colds       int64   // counted
	starts             int64   // warm ones, counted or not
	unknown, surpassed bool    // a start is not known; too many instances
}

// mostInstances bounds the instances that an estimate follows.
const mostInstances = 1_000_000

type idleInstance struct {
	since int64
	id    uint64 // 0: not named
}

// A busyHeap holds instances by the end of their requests, the earliest first. It is typed because
// container/heap allocates for each request.
type busyHeap []idleInstance

func (h *busyHeap) push(x idleInstance) {
	*h = append(*h, x)
	all := *h
	i := len(all) - 1
	for i > 0 && x.since < all[(i-1)/2].since {
		all[i] = all[(i-1)/2]
		i = (i - 1) / 2
	}
	all[i] = x
}

func (h *busyHeap) pop() idleInstance {
	all := *h
	first, n := all[0], len(all)-1
	moved := all[n]
	all = all[:n]
	i := 0
	for {
		child := 2*i + 1
		if child+1 < n && all[child+1].since < all[child].since {
			child++
		}
		if child >= n || all[child].since >= moved.since {
			break
		}
		all[i] = all[child]
		i = child
	}
	if n > 0 {
		all[i] = moved
	}
	*h = all
	return first
}

func newKeepAliveEstimate() *keepAliveEstimate {
	return &keepAliveEstimate{used: map[uint64]int64{}, longest: -1, shortest: math.MaxInt64, warm: make([]int64, keepAliveBins), cold: make([]int64, keepAliveBins)}
}

// Idle times are counted in bins of 1.6 % from a millisecond to 292 years.
const (
	binsAnOctave  = 44
	keepAliveBins = 45 * binsAnOctave
)

func binOfIdle(ns int64) int {
	return min(max(0, int(binsAnOctave*math.Log2(float64(ns)/1e6))), keepAliveBins-1)
}

func idleOfBin(bin int) int64 { return int64(1e6 * math.Exp2(float64(bin)/binsAnOctave)) }

// add counts a request; requests come in the order of their arrivals.
func (k *keepAliveEstimate) add(arrival, begin, end int64, row *trace.Row) {
	if k.unknown || k.surpassed {
		return
	}
	if row.Start == trace.UnknownStart {
		k.unknown = true
		return
	}
	for len(k.busy) > 0 && k.busy[0].since <= arrival {
		k.idle = append(k.idle, k.busy.pop())
	}
	for len(k.idle) > 0 && k.taken(k.idle[len(k.idle)-1]) {
		k.idle = k.idle[:len(k.idle)-1]
	}
	if row.Start == trace.Cold {
		if n := len(k.idle); n > 0 {
			idle := arrival - k.idle[n-1].since
			k.shortest = min(k.shortest, idle)
			k.cold[binOfIdle(idle)]++
			k.colds++
			for _, i := range k.idle {
				delete(k.used, i.id)
			}
			k.idle = k.idle[:0]
		}
	} else {
		k.starts++
		if since, ok := k.take(begin, row.Instance); ok {
			idle := max(0, begin-since)
			k.longest = max(k.longest, idle)
			k.warm[binOfIdle(idle)]++
			k.warms++
		}
	}
	if row.Instance != 0 {
		k.used[row.Instance] = end
	}
	k.busy.push(idleInstance{end, row.Instance})
	if len(k.idle) > 2*len(k.used)+1000 && row.Instance != 0 {
		k.idle = slices.DeleteFunc(k.idle, k.taken)
	}
	k.surpassed = len(k.busy)+len(k.idle) > mostInstances
}

// taken reports whether an idle instance has served again since.
func (k *keepAliveEstimate) taken(i idleInstance) bool {
	return i.id != 0 && k.used[i.id] != i.since
}

// take removes the instance that serves a warm start, and returns since when it was idle.
func (k *keepAliveEstimate) take(begin int64, id uint64) (since int64, ok bool) {
	if id != 0 {
		since, ok = k.used[id]
		return since, ok && since <= begin
	}
	n := len(k.idle)
	if n == 0 {
		return 0, false // it was there before the log began, or two times are swapped
	}
	since = k.idle[n-1].since
	k.idle = k.idle[:n-1]
	return since, true
}

// A KeepAlive is what a log shows of the keep-alive, and what a scenario takes.
type KeepAlive struct {
	Taken float64 `json:"taken"` // in seconds, as the others
	// From and To bound it; nil where the log does not show the bound.
	From *float64 `json:"from"`
	To   *float64 `json:"to"`
	// Contradicting is the number of starts that do not fit between From and To.
	Contradicting int64 `json:"contradicting,omitempty"`
}

// estimate returns the bounds and a time between them: the platform's standard, or else the roundest. ok is false if the log shows
// nothing, or if most warm starts had no instance that could be idle, so that something in the log is
// not what it seems.
func (k *keepAliveEstimate) estimate(standard sim.Time) (found KeepAlive, ok bool) {
	if k.unknown || k.surpassed || k.warms+k.colds == 0 || 2*k.warms < k.starts {
		return found, false
	}
	from, to := max(0, k.longest), k.shortest
	if from >= to { // they contradict each other: where do the fewest?
		wrong := k.warms // at 0, all warm starts are
		least, first, last := wrong, 0, 0
		for bin := range keepAliveBins { // the keep-alive at the end of the bin
			wrong += k.cold[bin] - k.warm[bin]
			switch {
			case wrong < least:
				least, first, last = wrong, bin+1, bin+1
			case wrong == least && bin == last:
				last = bin + 1
			}
		}
		from, to = idleOfBin(first), max(idleOfBin(last), idleOfBin(first)+1)
		if first == last {
			to = idleOfBin(first + 1)
		}
		found.Contradicting = least
	}
	if from > 0 {
		s := float64(from) / 1e9
		found.From = &s
	}
	if to < math.MaxInt64 {
		s := float64(to) / 1e9
		found.To = &s
	}
	found.Taken = roundest(from, to, standard).Seconds()
	return found, true
}

// usual are keep-alives that platforms have, the more usual first; s.
var usual = []int64{600, 60, 300, 900, 1800, 1200, 3600, 30, 120, 10, 420, 360, 480, 180, 240, 20, 15, 5, 1, 2, 3, 4, 6, 8, 45, 40, 25, 50, 90, 2700, 5400, 7200, 10800, 14400, 21600, 43200, 86400}

// roundest returns the standard keep-alive if it lies from one time to below another, or else the
// most usual one between, or else the one with the fewest digits; ns. Where there is no other time
// (MaxInt64), it returns the shortest usual one.
func roundest(from, to int64, standard sim.Time) sim.Time {
	between := func(s int64) bool { return from <= s*1e9 && s*1e9 < to }
	switch {
	case from <= int64(standard) && int64(standard) < to:
		return standard
	case to == math.MaxInt64:
		if i := slices.IndexFunc(slices.Sorted(slices.Values(usual)), between); i >= 0 {
			return sim.Time(slices.Sorted(slices.Values(usual))[i] * 1e9)
		}
	default:
		if i := slices.IndexFunc(usual, between); i >= 0 {
			return sim.Time(usual[i] * 1e9)
		}
	}
	for unit := int64(1e18); unit > 0; unit /= 10 {
		if to == math.MaxInt64 && unit > from/10 {
			continue // far above from
		}
		if t := (from + unit - 1) / unit * unit; from <= t && t < to {
			return sim.Time(t)
		}
	}
	return sim.Time(from)
}
