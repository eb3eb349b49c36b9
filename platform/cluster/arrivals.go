package cluster

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"faaslab/platform/internal/loop"
	"faaslab/platform/internal/prefetch"
	"faaslab/sim"
)

// An arrival is a request of a function, its own next one or a recorded one.
type arrival struct {
	at      sim.Time
	service sim.Time
	own     uint64 // its number among those of its function
	number  int64  // among all, in the order of arrivals, when it has come
	// rank says in which order requests of one moment come. It is twice the function and, for a
	// recorded request, plus 1, or the rank of the recorded one before, if that is greater: those keep
	// their order.
	rank     uint32
	function uint32
}

// before reports whether a request comes before another one.
func (a *arrival) before(b *arrival) bool {
	return a.at < b.at || a.at == b.at && (a.rank < b.rank || a.rank == b.rank && a.own < b.own)
}

// A merger makes one line of the requests of all functions, in the order of their arrivals. It takes
// them by periods of time: of each function that has some in a period all at once, so that a
// function's memory is read once for all of them, and then sorts them. What is drawn depends neither
// on how long a period is nor on what the cluster does.
type merger struct {
	config  *Config
	streams []stream // by function
	scratch scratch
	wheel   wheel // of the functions and, as the last member, the recorded requests

	recorded Request  // the next one
	rows     uint64   // recorded requests so far
	rank     uint32   // of the last of them
	ranked   sim.Time // when it comes
	numbers  []uint64 // by function: its requests so far; nil: none are recorded

	line []arrival // line[next:] come before all others
	next int
	end  sim.Time // of the present period
	due  []date   // of the members in it
	// A period that is too crowded is not taken at once: rest has, in order, what was taken, and crowd
	// the next requests of the members with more.
	rest  []arrival
	crowd crowd

	sorted []arrival
	places [parts + 1]uint32 // by part of the period, of the next request in sorted

	err     error   // of requests that cannot be read
	last    arrival // after which they cannot
	stopped bool    // it is in the line, or has been

	periods, merged int // since the length of a period was last looked at
}

const (
	// A period should have about aPeriod requests: a thousand of them fit into the processor's cache.
	aPeriod = 512
	// A period is crowded where a function, or the recorded requests, have more than mostAtOnce in it,
	// or all together more than mostOfPeriod.
	mostAtOnce   = 256
	mostOfPeriod = 64 * aPeriod
	// A period lasts 1<<firstShift ns at first, about a second, and always 1<<leastShift to
	// 1<<mostShift ns.
	firstShift = 30
	leastShift = 16
	mostShift  = 60
	// A line is sorted by parts of a period, about one for each request.
	partBits = 9
	parts    = 1 << partBits
	// Up to fewToSort requests, insertion sorts faster than slices.SortFunc.
	fewToSort = 32
)

// newMerger begins the requests of all functions that are simulated, and the recorded ones.
func newMerger(config *Config, seed uint64, replication int) (*merger, error) {
	n := len(config.Functions)
	m := &merger{config: config, streams: make([]stream, n), wheel: wheel{shift: firstShift}}
	for f := range config.Functions {
		if config.simulates(f) {
			if err := m.streams[f].begin(&config.Functions[f], uint32(f), seed, replication, &m.scratch); err != nil {
				return nil, m.named(uint32(f), err)
			}
			m.wheel.put(date{m.streams[f].gap(), uint32(f)})
		}
	}
	if config.Requests != nil {
		m.numbers = make([]uint64, n)
		m.wheel.put(date{m.readRow(), uint32(n)})
	}
	return m, m.err
}

// named says which function's requests cannot be read.
func (m *merger) named(f uint32, err error) error {
	return fmt.Errorf("function %s: %w", m.config.Functions[f].Name, err)
}

// more reports whether there is a next request, which is then line[next].
func (m *merger) more() bool {
	if m.next == len(m.line) {
		m.fill()
	}
	return m.next < len(m.line)
}

// fill brings the next requests to the line, if there are any and they can be read.
//
//go:noinline
func (m *merger) fill() {
	m.line, m.next = m.line[:0], 0
	switch {
	case m.stopped:
		return
	case len(m.crowd) > 0:
		m.mergeCrowd()
	case len(m.rest) > 0:
		m.line = append(m.line, m.rest...)
		m.rest = m.rest[:0]
	default:
		m.fit()
		if m.wheel.pending == 0 || m.err != nil {
			m.stopped = true
			return
		}
		m.mergePeriod()
	}
	if m.err != nil {
		n := sort.Search(len(m.line), func(i int) bool { return m.last.before(&m.line[i]) })
		m.stopped = n < len(m.line)
		m.line = m.line[:n]
	}
	if m.numbers != nil {
		for i := range m.line {
			number := &m.numbers[m.line[i].function]
			m.line[i].own = *number
			*number++
		}
	}
}

// fit sees to it that periods have a suitable length.
func (m *merger) fit() {
	if m.merged < max(m.wheel.pending, aPeriod) {
		return // to reshape takes time for every member
	}
	longer := int(math.Round(math.Log2(aPeriod * float64(m.periods) / float64(m.merged))))
	m.periods, m.merged = 0, 0
	if longer < -1 || longer > 1 {
		m.wheel.reshape(uint8(min(max(int(m.wheel.shift)+longer, leastShift), mostShift)))
	}
}

// mergePeriod takes the requests of the next period, unless it is crowded: then, the first of them.
func (m *merger) mergePeriod() {
	m.due, m.end = m.wheel.take(m.due[:0])
	for first := 0; first < len(m.due); first += atOnce {
		some := m.due[first:min(first+atOnce, len(m.due))]
		m.fetch(first)
		for _, d := range some {
			d.at = m.take(d, min(mostAtOnce, mostOfPeriod-len(m.line)))
			if d.at < m.end {
				m.crowd = append(m.crowd, m.nextOf(d))
			} else {
				m.wheel.put(d)
			}
		}
	}
	m.periods++
	m.merged += len(m.line)
	m.sort()
	if len(m.crowd) > 0 {
		m.rest, m.line = m.line, m.rest[:0]
		m.crowd.order()
		m.mergeCrowd()
	}
}

// mergeCrowd takes the next requests of a crowded period one by one.
func (m *merger) mergeCrowd() {
	for len(m.crowd) > 0 && len(m.line) < aPeriod {
		next := &m.crowd[0]
		if len(m.rest) > 0 && m.rest[0].before(next) {
			m.line = append(m.line, m.rest[0])
			m.rest = m.rest[1:]
			continue
		}
		d := date{next.at, next.function}
		m.merged++
		if d.at = m.take(d, 1); d.at < m.end {
			m.crowd.down(0, m.nextOf(d))
		} else {
			m.crowd.removeFirst()
			m.wheel.put(d)
		}
	}
}

// nextOf returns a member's next request as far as its place is concerned; the member is its function.
func (m *merger) nextOf(d date) arrival {
	if int(d.member) < len(m.streams) {
		return arrival{at: d.at, rank: d.member << 1, own: m.streams[d.member].number, function: d.member}
	}
	return arrival{at: d.at, rank: m.rankOf(d.at), own: m.rows, function: d.member}
}

// A crowd is the next requests of some members, as a heap with four children a node.
type crowd []arrival

// order makes any list a heap.
func (c crowd) order() {
	for i := (len(c) - 2) / 4; i >= 0; i-- {
		c.down(i, c[i])
	}
}

// removeFirst takes out the first request.
func (c *crowd) removeFirst() {
	n := len(*c) - 1
	last := (*c)[n]
	*c = (*c)[:n]
	if n > 0 {
		c.down(0, last)
	}
}

// down puts a request at a place whose content is given up, or farther from the first.
func (c crowd) down(at int, a arrival) {
	for {
		child := 4*at + 1
		if child >= len(c) {
			break
		}
		least := child
		for next := child + 1; next < min(child+4, len(c)); next++ {
			if c[next].before(&c[least]) {
				least = next
			}
		}
		if !c[least].before(&a) {
			break
		}
		c[at] = c[least]
		at = least
	}
	c[at] = a
}

// take moves the requests of a member in the period to the line, some at most, and returns when the
// next one comes.
func (m *merger) take(d date, most int) sim.Time {
	member, next := d.member, d.at
	if int(member) == len(m.streams) {
		return m.takeRecorded(most)
	}
	end, line, s := m.end, m.line, &m.streams[member]
	for n := 0; n < most && next < end; n++ {
		if len(line) == cap(line) {
			line = slices.Grow(line, aPeriod)
		}
		line = line[:len(line)+1]
		a := &line[len(line)-1] // written in its place: append would copy what has just been written elsewhere
		a.at, a.service, a.own, a.rank, a.function = next, sim.Time(s.block[s.cursor].service), s.number, member<<1, member
		s.number++
		if s.cursor++; int(s.cursor) == len(s.block) {
			m.refill(member, next)
		}
		next = next.Plus(s.gap())
	}
	m.line = line
	return next
}

// takeRecorded is take for the recorded requests.
func (m *merger) takeRecorded(most int) (next sim.Time) {
	next = m.recorded.Arrival
	for n := 0; n < most && next < m.end; n++ {
		m.rank, m.ranked = m.rankOf(next), next
		m.line = append(m.line, arrival{at: next, service: m.recorded.Service, own: m.rows, rank: m.rank, function: uint32(m.recorded.Function)})
		m.rows++
		next = m.readRow()
	}
	return next
}

// rankOf returns the rank of the next recorded request.
func (m *merger) rankOf(at sim.Time) uint32 {
	rank := uint32(m.recorded.Function)<<1 | 1
	if at == m.ranked {
		rank = max(rank, m.rank)
	}
	return rank
}

// refill draws a function's next requests. One at a moment was the last that had been drawn.
//
//go:noinline
func (m *merger) refill(f uint32, last sim.Time) {
	if err := m.streams[f].refill(&m.scratch); err != nil {
		m.fail(m.named(f, err), arrival{at: last, rank: f << 1, own: math.MaxUint64})
	}
}

// readRow reads the next recorded request of a function that is simulated, and returns when it
// comes: sim.Never if there is none.
func (m *merger) readRow() sim.Time {
	for {
		r, ok, err := m.config.Requests()
		switch {
		case err != nil:
			m.fail(err, arrival{at: m.ranked, rank: m.rank, own: math.MaxUint64})
			return sim.Never
		case !ok:
			return sim.Never
		case m.config.simulates(r.Function):
			m.recorded = r
			return r.Arrival
		}
	}
}

// fail notes that requests cannot be read after one of them, which ends the line.
func (m *merger) fail(err error, last arrival) {
	if m.err == nil || last.before(&m.last) {
		m.err, m.last = err, last
	}
}

// sort sorts the line: it deals the requests out to equal parts of the period, and then sorts the
// parts, most of which have one request or none.
func (m *merger) sort() {
	if len(m.line) > fewToSort {
		if most := m.deal(); most > fewToSort {
			slices.SortFunc(m.line, func(a, b arrival) int {
				if a.before(&b) {
					return -1
				}
				return 1
			})
			return
		}
	}
	line := m.line
	for i := 1; i < len(line); i++ {
		if line[i-1].at < line[i].at {
			continue
		}
		a, k := line[i], i
		for k > 0 && a.before(&line[k-1]) {
			line[k] = line[k-1]
			k--
		}
		line[k] = a
	}
}

// deal brings the line into the order of the parts of the period, and returns the most requests of a
// part.
func (m *merger) deal() (most uint32) {
	begin, shift := uint64(m.wheel.timeOf(m.wheel.coming-1)), (m.wheel.shift-partBits)&63
	places := &m.places
	*places = [parts + 1]uint32{}
	for i := range m.line {
		places[(uint64(m.line[i].at)-begin)>>shift%parts+1]++
	}
	sum := uint32(0)
	for i, count := range places {
		most = max(most, count)
		sum += count
		places[i] = sum
	}
	m.sorted = slices.Grow(m.sorted[:0], len(m.line))[:len(m.line)]
	sorted := m.sorted
	for i := range m.line {
		a := &m.line[i]
		place := &places[(uint64(a.at)-begin)>>shift%parts]
		sorted[*place] = *a
		*place++
	}
	m.line, m.sorted = sorted, m.line
	return most
}

// fetch asks for what take needs of the members that are due, before it takes those from one on,
// atOnce of them: see fetch.go.
func (m *merger) fetch(from int) {
	first, second, third := split(m.due[from:])
	if from == 0 {
		m.fetchStreams(first)
		m.fetchStreams(second)
		m.fetchBlocks(first)
	}
	m.fetchStreams(third)
	m.fetchBlocks(second)
}

// fetchStreams asks for the streams of members.
func (m *merger) fetchStreams(of []date) {
	for _, d := range of {
		if f := int(d.member); f < len(m.streams) {
			prefetch.Line(&m.streams[f])
		}
	}
}

// fetchBlocks asks for what is found through the streams of members: their next requests and, if
// the next but one must be drawn, what that needs.
func (m *merger) fetchBlocks(of []date) {
	for _, d := range of {
		if f := int(d.member); f < len(m.streams) {
			s := &m.streams[f]
			prefetch.Pair(&s.block[s.cursor])
			if int(s.cursor)+1 >= len(s.block) {
				prefetch.Line(&s.service)
			}
		}
	}
}

// bytes returns the memory of the requests that have been drawn, and of what they are merged with.
func (m *merger) bytes() int64 {
	n := loop.BytesOf(m.streams) + m.wheel.bytes() + loop.BytesOf(m.numbers) + loop.BytesOf(m.line) + loop.BytesOf(m.sorted) + loop.BytesOf(m.due) + loop.BytesOf(m.rest) + loop.BytesOf(m.crowd)
	for i := range m.streams {
		n += loop.BytesOf(m.streams[i].block)
	}
	return n
}
