package stats

import (
	"encoding/binary"
	"errors"

	"faaslab/sim"
)

// What is observed can be written to a file and read back, as encoding/gob does with the methods
// below. A TimeInState is written as its Reduced copy, and a Histogram without its recent spans,
// which are counted first.

var errBinary = errors.New("stats: no estimator as it was written")

// numbers reads variable-length integers one after another.
type numbers struct {
	data []byte
	bad  bool
}

func (n *numbers) next() uint64 {
	x, size := binary.Uvarint(n.data)
	if size <= 0 {
		n.bad = true
		return 0
	}
	n.data = n.data[size:]
	return x
}

// end returns an error if something was missing, or is left.
func (n *numbers) end() error {
	if n.bad || len(n.data) > 0 {
		return errBinary
	}
	return nil
}

func appendNumbers(b []byte, numbers ...uint64) []byte {
	for _, x := range numbers {
		b = binary.AppendUvarint(b, x)
	}
	return b
}

// MarshalBinary returns the sum as bytes.
func (s Sum) MarshalBinary() ([]byte, error) { return appendNumbers(nil, s.hi, s.lo), nil }

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *Sum) UnmarshalBinary(data []byte) error {
	n := numbers{data: data}
	s.hi, s.lo = n.next(), n.next()
	return n.end()
}

// MarshalBinary returns the closed time of the integral as bytes.
func (i Integral) MarshalBinary() ([]byte, error) {
	return appendNumbers(nil, i.area.hi, i.area.lo, uint64(i.total)), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (i *Integral) UnmarshalBinary(data []byte) error {
	n := numbers{data: data}
	*i = Integral{area: Sum{n.next(), n.next()}, total: sim.Time(n.next())}
	return n.end()
}

// Join adds the count of other things over the same time.
func (i *Integral) Join(other Integral) { i.area.Merge(other.area) }

// MarshalBinary returns the Reduced observation as bytes.
func (t TimeInState) MarshalBinary() ([]byte, error) {
	area := t.area()
	return appendNumbers(nil, area.hi, area.lo, uint64(t.Total())), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (t *TimeInState) UnmarshalBinary(data []byte) error {
	n := numbers{data: data}
	*t = TimeInState{}
	t.reduced.area, t.reduced.total = Sum{n.next(), n.next()}, sim.Time(n.next())
	return n.end()
}

// Join adds the count of other things over the same time. Both must be Reduced: how long the counts
// together had a value is not known from how long each had.
func (t *TimeInState) Join(other TimeInState) {
	if t.spans != nil || other.spans != nil {
		panic("stats: Join of what is not Reduced")
	}
	t.reduced.area.Merge(other.reduced.area)
}

// MarshalBinary returns the histogram as bytes.
func (h Histogram) MarshalBinary() ([]byte, error) {
	c := h.Compact()
	b := appendNumbers(nil, uint64(c.n), uint64(c.least), uint64(c.most), uint64(len(c.limits)))
	for _, l := range c.limits {
		b = appendNumbers(b, uint64(l.than), uint64(l.above))
	}
	c.expand()
	last := 0
	for i, n := range c.bins {
		if n > 0 {
			bin := c.base + i
			b = appendNumbers(b, uint64(bin-last), uint64(n))
			last = bin
		}
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (h *Histogram) UnmarshalBinary(data []byte) error {
	n := numbers{data: data}
	*h = Histogram{n: int64(n.next()), least: sim.Time(n.next()), most: sim.Time(n.next())}
	for k := n.next(); k > 0 && !n.bad; k-- {
		h.limits = append(h.limits, limit{sim.Time(n.next()), int64(n.next())})
	}
	bin, counted := uint64(0), int64(0)
	for len(n.data) > 0 && !n.bad {
		bin += n.next()
		count := int64(n.next())
		if bin > uint64(binOf(sim.Never)) || count <= 0 || count > h.n-counted {
			return errBinary
		}
		counted += count
		h.sparse = appendCounts(h.sparse, int(bin), count)
	}
	if counted != h.n || h.least < 0 || h.most < h.least {
		return errBinary
	}
	return n.end()
}
