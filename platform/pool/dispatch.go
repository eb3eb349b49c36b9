package pool

import (
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// Dispatch describes the stage that requests pass on their way to the pool: an unbounded queue,
// first come, first served, with one reader. The reader looks at the queue at the multiples of
// Interval, 0 included, and takes at most Batch of the requests in it, including one that arrives
// at that very moment. A batch takes PerBatch of the reader's time and then, for one request after
// another, Service. Each request is offered to the pool at the end of its own Service (OneByOne),
// or the whole batch at the end of its last Service (Together). A look that falls due before the
// reader is done waits for it, and several such looks are one. A look at an empty queue takes no
// time.
//
// The requests that are handed over together are a burst, and a busier reader hands over larger
// bursts: the arrivals during one batch are the next batch. With PerBatch h, Service s and Poisson
// arrivals at rate λ a batch of n is followed by one of λ(h + n·s) on average, so that batches grow
// like λh/(1 − λs).
//
// The reader knows no deadlines: a request that times out in the queue (Config.QueueTimeout) is
// never offered, but still takes its place in a batch, and its Service.
//
// The zero value is no stage.
type Dispatch struct {
	// Interval is the time between two looks, >= 0. With 0 the reader takes the requests in the
	// queue as soon as it is free.
	Interval sim.Time
	// Batch is the largest number of requests taken at one look, >= 1, or Unlimited. It has no
	// effect unless InBatches.
	Batch int
	// PerBatch is the time that the reader needs for each batch in addition to Service, >= 0.
	PerBatch sim.Time
	// Service is the time that the reader needs for one request. Nil: none.
	Service  dist.Distribution
	HandOver HandOver
}

// HandOver says when the reader of a dispatch stage offers a request to the pool.
type HandOver uint8

// A request is offered when the reader is done with it, or with its whole batch.
const (
	OneByOne HandOver = iota
	Together
)

var handOverNames = []string{"one-by-one", "together"}

// String returns the name used in scenario files.
func (h HandOver) String() string { return handOverNames[h] }

// Exists reports whether the stage delays anything.
func (d Dispatch) Exists() bool { return d.Interval > 0 || d.PerBatch > 0 || d.Service != nil }

// InBatches reports whether the number of requests taken at one look matters. It does not where the
// reader goes on without a pause and hands requests over one by one.
func (d Dispatch) InBatches() bool { return d.Interval > 0 || d.PerBatch > 0 || d.HandOver == Together }

// Capacity returns an upper bound on the requests that can pass in a second, the lesser of
// Batch/Interval and 1/(E[Service] + PerBatch/Batch); +Inf if neither bounds them. If Service is
// constant the bound is reached. If Service varies and a batch takes about an Interval, fewer
// requests can pass: the reader does not make up for looks that fell due while it was busy.
func (d Dispatch) Capacity() float64 {
	return min(d.lookCapacity(), d.readerCapacity())
}

// lookCapacity returns the number of requests that the looks may take in a second.
func (d Dispatch) lookCapacity() float64 {
	if d.Interval > 0 && d.Batch != platform.Unlimited {
		return float64(d.Batch) / d.Interval.Seconds()
	}
	return math.Inf(1)
}

// readerCapacity returns the number of requests that the reader can work at in a second.
func (d Dispatch) readerCapacity() float64 {
	seconds := 0.0 // of a request
	if d.PerBatch > 0 && d.Batch != platform.Unlimited {
		seconds = d.PerBatch.Seconds() / float64(d.Batch)
	}
	if d.Service != nil {
		service, _ := d.Service.Moments()
		seconds += service
	}
	return 1 / seconds
}

// A stage is the running simulation of a Dispatch. It does not depend on the pool. It holds
//
//	0 <= timed out <= requests in the queue, 0 <= taken <= requests in the queue
//	the reader has something to do if and only if the queue is not empty
type stage struct {
	config Dispatch

	queue    loop.Line[waiting]
	timedOut int // number of requests at the front of the queue that timed out
	taken    int // number of requests at the front of the queue in the reader's batch

	Next   sim.Time // arrival; Never after the last
	reader sim.Time // when it offers the first of its batch or, without one, looks; Never: nothing to do
	free   sim.Time // the reader does not look before it

	services  []int64 // block of service times in ns; nil if there are none
	seconds   []float64
	cursor    int
	generator random.Generator
}

// newStage returns the stage at time 0, or nil if there is none.
func newStage(config Dispatch, seed uint64, replication int) *stage {
	if !config.Exists() {
		return nil
	}
	s := &stage{config: config, Next: sim.Never, reader: sim.Never}
	if config.Service != nil {
		s.services, s.seconds, s.cursor = make([]int64, loop.BlockSize), make([]float64, loop.BlockSize), loop.BlockSize
		s.generator = random.Stream(seed, replication, random.Dispatch)
	}
	return s
}

// live returns the number of requests in the stage that have not timed out; 0 without a stage.
func (s *stage) live() int {
	if s == nil {
		return 0
	}
	return s.queue.Len() - s.timedOut
}

// oldest returns the live request that has been in the stage longest; there is one.
func (s *stage) oldest() *waiting {
	return s.queue.At(s.timedOut)
}

// enter puts an arriving request into the queue.
func (s *stage) enter(now sim.Time, r loop.Request) {
	s.queue.PushBack(waiting{r, now})
	if s.reader != sim.Never {
		return
	}
	// The looks up to now found nothing.
	s.reader = s.free
	if now > s.free {
		s.reader = s.config.multiple(now)
	}
}

// multiple returns the first multiple of the interval that is not before a moment.
func (d Dispatch) multiple(at sim.Time) sim.Time {
	if d.Interval == 0 || at%d.Interval == 0 {
		return at
	}
	return (at - at%d.Interval).Plus(d.Interval)
}

// read performs the reader's next step. It returns the request that the reader offers to the pool;
// false if the reader only looked, or if the request has timed out.
func (s *stage) read(now sim.Time) (r waiting, ok bool) {
	if s.taken == 0 {
		s.taken = min(s.config.Batch, s.queue.Len())
		if !s.config.InBatches() {
			s.taken = 1
		}
		s.free = now
		if s.config.Interval > 0 {
			s.free = s.config.multiple(now.Plus(1))
		}
		work := s.config.PerBatch.Plus(s.Service())
		if s.config.HandOver == Together {
			for range s.taken - 1 {
				work = work.Plus(s.Service())
			}
		}
		if s.reader = now.Plus(work); s.reader > now {
			return waiting{}, false
		}
	}
	r = s.queue.PopFront()
	s.taken--
	if ok = s.timedOut == 0; !ok {
		s.timedOut--
	}
	switch {
	case s.taken > 0 && s.config.HandOver == Together:
		return r, ok // the reader offers the next one at once
	case s.taken > 0:
		s.reader = now.Plus(s.Service())
		return r, ok
	case s.queue.Len() > 0:
		s.reader = max(s.free, now)
	default:
		s.reader = sim.Never
	}
	s.free = max(s.free, now)
	return r, ok
}

// Service draws the service time of the next request.
func (s *stage) Service() sim.Time {
	if s.services == nil {
		return 0
	}
	if s.cursor == loop.BlockSize {
		s.cursor = 0
		loop.FillTimes(s.config.Service, &s.generator, s.seconds, s.services)
	}
	s.cursor++
	return sim.Time(s.services[s.cursor-1])
}

// dispatch performs the next step of the stage in front of the pool: an arrival, or a step of the
// reader. It returns the request that is offered to the pool; false if there is none. Of the steps
// at one moment arrivals come first.
func (p *Pool) dispatch(now sim.Time) (r waiting, ok bool) {
	s, o := p.stage, &p.observed
	if s.Next <= s.reader {
		r := p.workload.Next()
		if o.Instances.Count()+p.waiting.Len()+s.queue.Len() >= p.MostLive {
			p.Fail(now)
			return waiting{}, false
		}
		o.Arrivals++
		s.enter(now, r)
		o.Waiting.Set(now, p.queued())
		if o.CanTimeOut && p.queued() == 1 {
			p.engine.SetTimer(loop.Timeout, now.Plus(p.config.QueueTimeout))
		}
		p.scheduleStage(now)
		return waiting{}, false
	}
	if r, ok = s.read(now); ok {
		o.Waiting.Set(now, p.queued())
		// What the pool serves at once has waited in the stage alone. On shared cores
		// that is recorded with its response.
		switch {
		case p.shared != nil:
		case p.idle.len() > 0:
			o.CountWait(now - r.arrived)
		case o.Instances.Count() < p.config.MaxInstances:
			o.CountWait(now - r.arrived)
			o.ColdWait.Add(now - r.arrived)
		}
	}
	p.engine.SetTimer(loop.Arrival, min(s.Next, s.reader))
	return r, ok
}

// scheduleStage finds the next arrival in the stage or, after the last, the end of the loop, and
// sets the timer for it or for the reader's step before it.
func (p *Pool) scheduleStage(now sim.Time) {
	gap, ok := p.workload.Gap()
	p.stage.Next = now.Plus(gap)
	if !ok {
		p.until, p.stage.Next = now, sim.Never
	}
	p.engine.SetTimer(loop.Arrival, min(p.stage.Next, p.stage.reader))
}

// queued returns the number of requests that wait, in the stage or in the pool's own queue.
func (p *Pool) queued() int { return p.waiting.Len() + p.stage.live() }

// oldestQueued returns the arrival time of the request that has waited longest; there must be one.
// All requests that the pool has been offered arrived before the requests in the stage.
func (p *Pool) oldestQueued() sim.Time {
	if p.waiting.Len() > 0 {
		return p.waiting.Front().arrived
	}
	return p.stage.oldest().arrived
}
