package importing

import (
	"bufio"
	"io"
	"math"

	"faaslab/dist/trace"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// A collector takes the requests of the chosen function in the order of their arrivals, writes the
// arrivals and keeps what the rest is made of.
type collector struct {
	arrivals  *bufio.Writer // nil: not wanted
	line      []byte
	origin    int64 // the first arrival, ns
	last      int64 // the last arrival, from origin
	finished  int64 // the last completion, from origin
	requests  int64
	colds     int64
	served    int64 // with a known duration
	unstarted int64 // of which it is not known whether they were cold
	untimed   bool  // requests have no times
	startless int64 // cold starts without a known start-up

	warm, startup, cold *reservoir
	responses           stats.Histogram
	response            [3]meanOf // of all, warm and cold
	waits               meanOf    // before warm starts
	busy                [3]float64
	keepAlive           *keepAliveEstimate
	memory              span
	used                int32 // MB, the most
}

// A span holds the least and the most of some numbers, of which 0 is none.
type span struct{ least, most int32 }

func (s *span) add(x int32) {
	if x > 0 {
		if s.least == 0 || x < s.least {
			s.least = x
		}
		s.most = max(s.most, x)
	}
}

// A meanOf is a sum of seconds and their number.
type meanOf struct {
	sum float64
	n   int64
}

func (m *meanOf) add(ns int64) {
	m.sum += float64(ns) / 1e9
	m.n++
}

func (m meanOf) mean() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.sum / float64(m.n)
}

func newCollector(arrivals io.Writer) *collector {
	c := &collector{warm: newReservoir(1), startup: newReservoir(2), cold: newReservoir(3), keepAlive: newKeepAliveEstimate()}
	if arrivals != nil {
		c.arrivals = bufio.NewWriter(arrivals)
	}
	return c
}

// add takes one request.
func (c *collector) add(row *trace.Row) error {
	c.requests++
	if c.requests == 1 {
		c.origin, c.untimed = row.Time, row.Time == trace.Unknown
	}
	at := int64(0)
	if !c.untimed {
		at = row.Time - c.origin
		c.last = at
		if c.arrivals != nil {
			c.line = append(appendSeconds(c.line[:0], at), '\n')
			if _, err := c.arrivals.Write(c.line); err != nil {
				return err
			}
		}
	}
	c.memory.add(row.Memory)
	c.used = max(c.used, row.MemoryUsed)
	switch row.Start {
	case trace.Cold:
		c.colds++
		if row.Startup == trace.Unknown {
			c.startless++
		} else {
			c.startup.add(row.Startup)
		}
	case trace.UnknownStart:
		c.unstarted++
	}
	response := row.Response()
	if response == trace.Unknown {
		c.finished = max(c.finished, at)
		return nil
	}
	c.served++
	c.finished = max(c.finished, at+response)
	c.responses.Add(sim.Time(response))
	wait := max(0, row.Wait) // Unknown is negative
	c.response[0].add(response)
	c.busy[0] += float64(response-wait) / 1e9
	if row.Start == trace.Cold {
		c.response[2].add(response)
		c.busy[2] += float64(response-wait) / 1e9
		if row.Startup == trace.Unknown { // it is within the service
			c.cold.add(row.Service)
		} else {
			c.warm.add(row.Service)
		}
	} else {
		c.response[1].add(response)
		c.busy[1] += float64(response-wait) / 1e9
		c.waits.add(wait)
		c.warm.add(row.Service)
	}
	if !c.untimed {
		c.keepAlive.add(at, at+wait, at+response, row)
	}
	return nil
}

// flush writes what is buffered of the arrivals.
func (c *collector) flush() error {
	if c.arrivals == nil {
		return nil
	}
	return c.arrivals.Flush()
}
