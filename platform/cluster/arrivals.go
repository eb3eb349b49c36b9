package cluster

import (
	"fmt"

	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// take returns the request of an arrival, whose moment has come. The event's payload is twice the
// function and, for the recorded request, plus 1: so of one moment, requests come in the order of
// functions, and of a function the recorded one comes last.
func (c *Cluster) take(now sim.Time, payload uint32) waiting {
	r := waiting{number: c.number, arrived: now, function: payload >> 1}
	c.number++
	c.coming--
	f := &c.functions[r.function]
	r.own = f.number
	if payload&1 != 0 {
		f.number++
		r.service = c.recorded.Service
		c.readRow()
		return r
	}
	r.service = f.next()
	if f.cursor == int32(len(f.block)) {
		c.refill(r.function)
	}
	c.scheduleOwn(now, r.function)
	return r
}

// refill draws a function's next requests.
//
//go:noinline
func (c *Cluster) refill(f uint32) {
	if err := c.functions[f].refill(&c.scratch); err != nil {
		c.err = fmt.Errorf("function %s: %w", c.config.Functions[f].Name, err)
	}
}

// scheduleOwn schedules the arrival of a function's next own request, if there is one.
func (c *Cluster) scheduleOwn(now sim.Time, f uint32) {
	if gap, ok := c.functions[f].gap(); ok {
		c.schedule(now.Plus(gap), f<<1)
	}
}

// schedule schedules an arrival.
func (c *Cluster) schedule(at sim.Time, payload uint32) {
	if at < sim.Never {
		c.coming++
		c.engine.ScheduleInOrder(at, loop.Arrival, payload)
	}
}

// readRow reads the next recorded request, and schedules it.
func (c *Cluster) readRow() {
	for {
		r, ok, err := c.config.Requests()
		if err != nil {
			c.err = err
			return
		}
		if !ok {
			return
		}
		if c.config.simulates(r.Function) {
			c.recorded = r
			c.schedule(r.Arrival, uint32(r.Function)<<1|1)
			return
		}
	}
}

// lookAhead ends the loop after the last arrival, or where the requests cannot be read.
func (c *Cluster) lookAhead(now sim.Time) {
	if c.number&255 == 255 && c.Interrupted != nil && c.err == nil {
		c.err = c.Interrupted()
	}
	if c.err != nil || c.coming == 0 && c.config.Shard == nil {
		c.until, c.ended = now, true
	}
}
