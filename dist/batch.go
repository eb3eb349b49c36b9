package dist

import (
	"strconv"

	"faaslab/sim/random"
)

// Batch is the process of Size simultaneous requests at each arrival of another process.
type Batch struct {
	Of   Arrivals // any process without a trace
	Size int      // requests at once, 1 to 1,000,000
}

var _ Arrivals = Batch{}

// newBatch returns a batch, or a refusal of a trace and of too high a rate.
func newBatch(of Arrivals, size int) (any, error) {
	if err := closedWithin(of); err != nil {
		return nil, err
	}
	if Finite(of) {
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
	streams [blockSize]uint8 // of the block, if the inner path tells them apart
	at, n   int              // the part of the block not yet used
	ended   bool             // nothing comes after the block
}

// Fill writes the next gaps of the path; see Source.
func (p *batchPath) Fill(gaps, _ []int64) (int, error) { return p.FillStreams(gaps, nil, nil) }

// FillStreams writes the next gaps of the path and, if the inner path tells streams apart, the
// streams; see StreamSource.
func (p *batchPath) FillStreams(gaps, _ []int64, streams []uint8) (n int, err error) {
	for n < len(gaps) {
		if p.left > 0 {
			more := min(len(gaps)-n, p.left)
			clear(gaps[n : n+more])
			p.tell(streams, n, more)
			p.left -= more
			n += more
			continue
		}
		if p.at == p.n {
			if p.ended {
				return n, nil
			}
			if err := p.refill(); err != nil {
				return n, err
			}
			continue
		}
		gaps[n] = p.block[p.at]
		p.at++
		p.tell(streams, n, 1)
		p.left = p.size - 1
		n++
	}
	return n, nil
}

// tell writes the stream of the current batch.
func (p *batchPath) tell(streams []uint8, from, n int) {
	if streams != nil {
		for i := range n {
			streams[from+i] = p.streams[p.at-1]
		}
	}
}

// refill draws the next block of batches, at least one unless the path has ended.
func (p *batchPath) refill() (err error) {
	if of, ok := p.inner.(StreamSource); ok {
		p.n, err = of.FillStreams(p.block[:], nil, p.streams[:])
	} else {
		p.n, err = p.inner.Fill(p.block[:], nil)
	}
	p.at, p.ended = 0, p.n < len(p.block)
	return err
}
