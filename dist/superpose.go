package dist

import (
	"math"
	"strings"

	"faaslab/sim/random"
)

// Superpose is the process of the arrivals of several streams together: users and a monitor's pings,
// for example. Each stream has a generator of its own: the first one that of the whole, as if it were
// alone, and every other one a generator that depends on its place. So a stream more at the end
// changes no arrival of the others. Of simultaneous arrivals, those of the stream written first come
// first.
//
// If traces are among the streams, the process ends with the last row of the longest of them, and the
// other streams with it.
type Superpose struct {
	Streams [MaxStreams]Arrivals // the first nil ends the list; at least two
}

// MaxStreams is the largest number of streams of a Superpose. An array, not a slice, keeps the
// processes comparable.
const MaxStreams = 16

var _ Arrivals = Superpose{}

// newSuperpose returns the process of streams, or a refusal.
func newSuperpose(streams []Arrivals) (any, error) {
	switch {
	case len(streams) < 2:
		return nil, refusal{0, "a superposition has two streams or more"}
	case len(streams) > MaxStreams:
		return nil, refusal{0, formatNumber(float64(len(streams))) + " streams; at most " + formatNumber(MaxStreams) + " are accepted"}
	}
	var s Superpose
	copy(s.Streams[:], streams)
	var known float64 // rate of the streams whose rate is known
	for _, stream := range streams {
		if err := closedWithin(stream); err != nil {
			return nil, err
		}
		if r := stream.Rate(); r > 0 {
			known += r
		}
	}
	if known > maxRate {
		return nil, refusal{0, "the rate of all streams, " + FormatRate(known) + ", is above 1e7/s, too fast for a clock that counts nanoseconds"}
	}
	if s.period() == beyond {
		return nil, refusal{0, "the periods of the streams have no common multiple within 292 years, where virtual time ends; " +
			"want periods of which one is a multiple of the others"}
	}
	return s, nil
}

// streams returns the streams in use.
func (s *Superpose) streams() []Arrivals {
	for i, stream := range s.Streams {
		if stream == nil {
			return s.Streams[:i]
		}
	}
	return s.Streams[:]
}

// Rate returns the sum of the streams' rates; NaN if one is not known in advance.
func (s Superpose) Rate() (sum float64) {
	for _, stream := range s.streams() {
		sum += stream.Rate()
	}
	return sum
}

// Pattern returns the least common multiple of the streams' periods, the last of their changes, and
// the longest of their memories.
func (s Superpose) Pattern() (p Pattern) {
	for _, stream := range s.streams() {
		of := stream.Pattern()
		p.LastChange = max(p.LastChange, of.LastChange)
		p.Memory = max(p.Memory, of.Memory)
		p.Period = max(p.Period, of.Period)
	}
	if whole := float64(s.period()) / 1e9; math.Abs(whole-p.Period) > 1e-9 { // else the period as written
		p.Period = whole
	}
	return p
}

// beyond stands for a period after the end of virtual time.
const beyond = math.MaxInt64

// period returns the least common multiple of the streams' periods, each rounded to whole
// nanoseconds; 0 if none has a period.
func (s Superpose) period() (common int64) {
	for _, stream := range s.streams() {
		period := int64(math.Round(stream.Pattern().Period * 1e9))
		switch {
		case period == 0:
			continue
		case common == 0:
			common = period
			continue
		}
		times := period / divisor(common, period)
		if common > (beyond-1)/times {
			return beyond
		}
		common *= times
	}
	return common
}

// divisor returns the greatest common divisor, by Euclid.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Start begins a sample path.
func (s Superpose) Start(g random.Generator) (Source, error) {
	streams := s.streams()
	if len(streams) == 0 {
		panic("dist: Superpose without Streams")
	}
	fixes, err := HasServices(s)
	if err != nil {
		return nil, err
	}
	p := &superposedPath{fixes: fixes, streams: make([]streamPath, len(streams))}
	family := random.FamilyOf(g)
	for i, stream := range streams {
		own := g
		if i > 0 || Streams(stream) > 0 { // streams within the first one have those of this family
			own = family.Member(uint64(i))
		}
		source, err := stream.Start(own)
		if err != nil {
			return nil, err
		}
		p.streams[i] = streamPath{source: source, finite: Finite(stream)}
		if p.streams[i].finite {
			p.ending++
		}
	}
	p.endless = p.ending == 0
	return p, nil
}

// arguments returns the call in the notation, with all streams up to the last one that is not nil.
func (s Superpose) arguments() (string, []value) {
	streams := s.Streams[:]
	for len(streams) > 0 && streams[len(streams)-1] == nil {
		streams = streams[:len(streams)-1]
	}
	return "superpose", []value{{streams: streams}}
}

// String returns the notation.
func (s Superpose) String() string {
	var streams []string
	for _, stream := range s.streams() {
		streams = append(streams, stream.String())
	}
	return "superpose(" + strings.Join(streams, ", ") + ")"
}

// Streams returns the number of streams that a process tells apart; 0 if it is no superposition.
func Streams(a Arrivals) int {
	switch a := a.(type) {
	case Superpose:
		return len(a.streams())
	case Batch:
		return Streams(a.Of)
	}
	return 0
}

// Traces returns the traces of which a process consists, alone or among other streams.
func Traces(a Arrivals) (all []Trace) {
	switch a := a.(type) {
	case Trace:
		return []Trace{a}
	case Superpose:
		for _, stream := range a.streams() {
			all = append(all, Traces(stream)...)
		}
	case Batch:
		return Traces(a.Of)
	}
	return all
}

// Finite reports whether a process ends before virtual time does: it has a trace.
func Finite(a Arrivals) bool { return len(Traces(a)) > 0 }

// HasServices reports whether a process fixes the service time of each request: a trace whose rows
// hold them, or a superposition of such traces alone. It reads their first rows.
func HasServices(a Arrivals) (bool, error) {
	switch a := a.(type) {
	case Trace:
		return a.HasServices()
	case Superpose:
		for _, stream := range a.streams() {
			if has, err := HasServices(stream); !has || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return false, nil
}

// A StreamSource is the path of a process that tells streams apart (Streams).
type StreamSource interface {
	Source
	// FillStreams is Fill, and also writes the number of each arrival's stream, from 1, to streams,
	// which is as long as gaps. The streams within a stream are not told apart.
	FillStreams(gaps, services []int64, streams []uint8) (n int, err error)
}

var (
	_ StreamSource = (*superposedPath)(nil)
	_ StreamSource = (*batchPath)(nil)
)

type superposedPath struct {
	streams []streamPath
	begun   bool
	fixes   bool  // the service times
	endless bool  // there is no trace
	ending  int   // traces that have not ended; at 0, an endless path goes on, and another one ends
	now     int64 // the last arrival, ns
}

// A streamPath is one stream of a path, with its next arrival.
type streamPath struct {
	source  Source
	finite  bool
	ended   bool
	last    bool // nothing comes after the block
	next    int64
	service int64 // of the next arrival, if the stream fixes it
	at, n   int   // the part of the block that is not yet used

	gaps, services [blockSize]int64
}

// advance moves to the stream's next arrival, or ends the stream.
func (s *streamPath) advance() error {
	if s.at == s.n {
		if s.last {
			s.ended = true
			return nil
		}
		n, err := s.source.Fill(s.gaps[:], s.services[:])
		if err != nil {
			return err
		}
		s.at, s.n, s.last = 0, n, n < blockSize
		return s.advance()
	}
	s.next += s.gaps[s.at]
	s.service = s.services[s.at]
	s.at++
	return nil
}

// Fill writes the next gaps of the path; see Source.
func (p *superposedPath) Fill(gaps, services []int64) (int, error) {
	return p.FillStreams(gaps, services, nil)
}

// FillStreams writes the next gaps of the path and their streams; see StreamSource.
func (p *superposedPath) FillStreams(gaps, services []int64, streams []uint8) (n int, err error) {
	if !p.begun {
		p.begun = true
		for i := range p.streams {
			if err := p.advance(&p.streams[i]); err != nil {
				return 0, err
			}
		}
	}
	for ; n < len(gaps) && (p.endless || p.ending > 0); n++ {
		first := -1
		for i := range p.streams {
			if s := &p.streams[i]; !s.ended && (first < 0 || s.next < p.streams[first].next) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		s := &p.streams[first]
		gaps[n] = s.next - p.now
		p.now = s.next
		if p.fixes && services != nil {
			services[n] = s.service
		}
		if streams != nil {
			streams[n] = uint8(first + 1)
		}
		if err := p.advance(s); err != nil {
			return n + 1, err
		}
	}
	return n, nil
}

// advance moves a stream to its next arrival. If it ends and is a trace, one trace less goes on.
func (p *superposedPath) advance(s *streamPath) error {
	err := s.advance()
	if s.ended && s.finite {
		p.ending--
	}
	return err
}
