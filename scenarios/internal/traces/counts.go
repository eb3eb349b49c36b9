package traces

import (
	"encoding/binary"
	"math"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/sim/random"
)

// A series is the number of a function's requests in each slot of time that has any: for each the
// number of slots since the one before it, the count and, if the series is served, the service time
// of its requests in ns, as variable-length integers.
type series struct {
	bytes []byte
	slots int64 // up to the last one with requests
	last  int64 // the count of that one
}

// add adds a slot, which comes after those that were added, with a count > 0. A service below 0 is
// none, as it must be in all slots of a series or in none.
func (s *series) add(slot, count, service int64) {
	s.bytes = binary.AppendUvarint(s.bytes, uint64(slot+1-s.slots))
	s.bytes = binary.AppendUvarint(s.bytes, uint64(count))
	if service >= 0 {
		s.bytes = binary.AppendUvarint(s.bytes, uint64(service))
	}
	s.slots, s.last = slot+1, count
}

// A durations is the law of a function's service times from a slot on.
type durations struct {
	from   int64 // slot
	points []int64
	// Without points it is lognormal with the parameters mu and sigma of ln(s) or, with sigma 0, the
	// constant value.
	mu, sigma float64
	value     int64 // ns
}

// percents are the probabilities of the points of durations.
var percents = [...]float64{0, 0.01, 0.25, 0.50, 0.75, 0.99, 1}

// draw draws a service time, ns.
func (d *durations) draw(g *random.Generator) int64 {
	switch {
	case d.points != nil:
		u := g.Float64()
		i := 1
		for i < len(percents)-1 && u >= percents[i] {
			i++
		}
		low, high := float64(d.points[i-1]), float64(d.points[i])
		return max(least, int64(low+float64((high-low)*((u-percents[i-1])/(percents[i]-percents[i-1])))+0.5))
	case d.sigma > 0:
		const most = 1e9 * 366 * 86400 // a year
		return max(least, int64(math.Min(most, 1e9*math.Exp(d.mu+float64(d.sigma*g.Normal())))))
	}
	return d.value
}

// mean returns the mean of the piecewise linear law through points, ns.
func meanOf(points []int64) (mean float64) {
	for i := 1; i < len(points); i++ {
		mean += (percents[i] - percents[i-1]) * (float64(points[i-1]) + float64(points[i])) / 2
	}
	return mean
}

// A stream is the requests of one function of a unit.
type stream struct {
	series
	laws []durations // in the order of their slots; nil: the series is served, or nothing is known
}

// unit is the arrivals of functions that share instances, which a trace counts in slots of time.
type unit struct {
	streams  []stream // in the order of the functions; of one moment the first come first
	slot     int64    // ns
	first    int64    // slot at time 0
	spread   trace.Spread
	served   bool // a service time stands in each slot
	serves   bool // there are service times
	requests int64
}

var _ dist.Arrivals = (*unit)(nil)

// Rate returns NaN: as for a trace, how long it lasts is known only at its end.
func (u *unit) Rate() float64 { return math.NaN() }

// Pattern returns the zero Pattern.
func (u *unit) Pattern() dist.Pattern { return dist.Pattern{} }

// String says how many requests there are.
func (u *unit) String() string { return plural(u.requests, "recorded request") }

// Sequential reports that the draws do not depend on how many are drawn at a time.
func (u *unit) Sequential() bool { return true }

// LastArrival returns the last arrival of the path that Start begins with g, ns. The places in a slot
// are those of a generator of its own, so nothing else needs to be drawn.
func (u *unit) LastArrival(g random.Generator) (at int64, ok bool) {
	p := &unitPath{unit: u, places: random.FamilyOf(g)}
	for i := range u.streams {
		of := &u.streams[i].series
		if of.slots == 0 {
			continue
		}
		s := streamPath{stream: int32(i), slot: of.slots - 1, count: of.last}
		p.enter(&s)
		for s.i < s.count {
			p.place(&s)
		}
		at, ok = max(at, s.next), true
	}
	return at, ok
}

// Start begins a path.
func (u *unit) Start(g random.Generator) (dist.Source, error) {
	p := &unitPath{unit: u, g: g, places: random.FamilyOf(g), streams: make([]streamPath, 0, len(u.streams))}
	for i := range u.streams {
		s := streamPath{stream: int32(i), slot: -1}
		if p.advance(&s) {
			p.streams = append(p.streams, s)
		}
	}
	for i := len(p.streams)/2 - 1; i >= 0; i-- {
		p.sift(i)
	}
	return p, nil
}

// unitPath is a path of a unit.
type unitPath struct {
	unit    *unit
	g       random.Generator // of durations
	places  random.Family    // of the places in each slot of each stream
	streams []streamPath     // a heap: the one with the next request first
	last    int64            // arrival, ns
}

// A streamPath is where a path is in a stream.
type streamPath struct {
	next    int64 // arrival, ns
	slot    int64
	count   int64   // of requests in the slot
	i       int64   // of the next request in the slot
	sum     float64 // of exponential variates up to it
	places  random.Generator
	service int64 // of the slot, if the series is served
	read    int   // bytes of the series
	law     int32 // the place of the present durations
	stream  int32
}

func (a *streamPath) before(b *streamPath) bool {
	return a.next < b.next || a.next == b.next && a.stream < b.stream
}

// advance moves to the next request of a stream; ok is false if there is none.
func (p *unitPath) advance(s *streamPath) (ok bool) {
	u := p.unit
	if s.i == s.count {
		of := &u.streams[s.stream]
		if s.read == len(of.bytes) {
			return false
		}
		number := func() int64 {
			x, n := binary.Uvarint(of.bytes[s.read:])
			s.read += n
			return int64(x)
		}
		s.slot += number()
		s.count = number()
		if u.served {
			s.service = number()
		}
		for int(s.law)+1 < len(of.laws) && of.laws[s.law+1].from <= s.slot {
			s.law++
		}
		p.enter(s)
	}
	p.place(s)
	return true
}

// enter begins the slot of a stream.
func (p *unitPath) enter(s *streamPath) {
	s.i, s.sum = 0, 0
	if u := p.unit; u.spread == trace.Uniform {
		s.places = p.places.Member(uint64(s.slot)*uint64(len(u.streams)) + uint64(s.stream))
	}
}

// place moves to the next request of the slot.
func (p *unitPath) place(s *streamPath) {
	u := p.unit
	begin := (s.slot - u.first) * u.slot
	if u.spread == trace.Uniform {
		s.next = begin + p.uniform(s)
	} else {
		s.next = begin + u.spread.Place(s.i, s.count, u.slot)
	}
	s.i++
}

// uniform draws the next of the ordered places of count independent uniform ones in a slot: 1 − e^{−S}
// for S = E₁/n + E₂/(n−1) + … with exponential E of mean 1 (Rényi, "On the theory of order
// statistics", 1953). So no place needs to be kept.
func (p *unitPath) uniform(s *streamPath) int64 {
	s.sum += s.places.Exponential() / float64(s.count-s.i)
	return min(int64(-math.Expm1(-s.sum)*float64(p.unit.slot)), p.unit.slot-1)
}

func (p *unitPath) sift(i int) {
	all := p.streams
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(all); child++ {
			if all[child].before(&all[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		all[i], all[first] = all[first], all[i]
		i = first
	}
}

// Fill hands out the next requests.
func (p *unitPath) Fill(gaps, services []int64) (n int, err error) {
	for ; n < len(gaps) && len(p.streams) > 0; n++ {
		s := &p.streams[0]
		gaps[n] = s.next - p.last
		p.last = s.next
		switch of := &p.unit.streams[s.stream]; {
		case services == nil || !p.unit.serves:
		case p.unit.served:
			services[n] = s.service
		default:
			services[n] = of.laws[s.law].draw(&p.g)
		}
		if !p.advance(s) {
			last := len(p.streams) - 1
			p.streams[0] = p.streams[last]
			p.streams = p.streams[:last]
		}
		p.sift(0)
	}
	return n, nil
}

// each calls a function with each slot of a series that is served.
func (s *series) each(do func(slot, count, service int64)) {
	slot, read := int64(-1), 0
	number := func() int64 {
		x, n := binary.Uvarint(s.bytes[read:])
		read += n
		return int64(x)
	}
	for read < len(s.bytes) {
		slot += number()
		count := number()
		do(slot, count, number())
	}
}
