package dist

import (
	"strconv"

	"faaslab/sim/random"
)

// Batch is the process of Size simultaneous requests at each arrival of another process.
type Batch struct {
	Of   Arrivals // any process but a trace
	Size int      // requests at once, 1 to 1,000,000
}

var _ Arrivals = Batch{}

// newBatch returns a batch, or a refusal of a trace and of too high a rate.
func newBatch(of Arrivals, size int) (any, error) {
	if _, ok := of.(Trace); ok {
		return nil, refusal{0, "a trace cannot be batched: repeat its rows in the file instead"}
	}
	b := Batch{of, size}
	if b.Rate() > maxRate {
		return nil, refusal{1, "the rate of all requests, " + FormatRate(b.Rate()) +
			", is above 1e7/s, too fast for a clock that counts nanoseconds"}
	}
	return b, nil
}

// Rate returns the requests per second, not the batches.
func (b Batch) Rate() float64 { return b.Of.Rate() * float64(b.Size) }

// Pattern returns the Pattern of the process of batches.
func (b Batch) Pattern() Pattern { return b.Of.Pattern() }

// Start begins a sample path.
func (b Batch) Start(g random.Generator) (Source, error) {
	if b.Size < 1 {
		panic("dist: Batch of a Size below 1")
	}
	inner, err := b.Of.Start(g)
	if err != nil {
		return nil, err
	}
	return &batchPath{inner: inner, size: b.Size}, nil
}

// arguments returns the call in the notation.
func (b Batch) arguments() (string, []value) {
	return "batch", []value{{process: b.Of}, {number: float64(b.Size)}}
}

// String returns the notation.
func (b Batch) String() string {
	return "batch(" + b.Of.String() + ", size=" + strconv.Itoa(b.Size) + ")"
}

type batchPath struct {
	inner   Source
	size    int
	left    int // requests of the current batch still to come, < size
	block   [blockSize]int64
	waiting []int64 // the part of block not yet used
	ended   bool    // nothing comes after waiting
}

// Fill writes the next gaps of the path; see Source.
func (p *batchPath) Fill(gaps, _ []int64) (n int, err error) {
	for n < len(gaps) {
		if p.left > 0 {
			rest := gaps[n:min(len(gaps), n+p.left)]
			clear(rest)
			p.left -= len(rest)
			n += len(rest)
			continue
		}
		if len(p.waiting) == 0 {
			if p.ended {
				return n, nil
			}
			filled, err := p.inner.Fill(p.block[:], nil)
			if err != nil {
				return n, err
			}
			p.waiting, p.ended = p.block[:filled], filled < len(p.block)
			continue
		}
		gaps[n] = p.waiting[0]
		p.waiting = p.waiting[1:]
		p.left = p.size - 1
		n++
	}
	return n, nil
}
