package autoscaler

import (
	"math"

	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// ownCores is the additional state of a fleet whose instances have limited cores of their own, which
// their requests share. The length of a service depends there on later events, so that it is recorded
// when it completes.
type ownCores struct {
	cores platform.Cores
	by    []loop.SharedCores // by slot
	due   loop.Tournament    // the next completion of each slot
	jobs  []job              // requests in service, or bound to a starting instance
	free  []uint32           // jobs to use again
}

// A job is a request on the cores of an instance.
type job struct {
	id      loop.ID
	arrived sim.Time
	started sim.Time
	ready   sim.Time // when the instance is, for a request bound to it; else as started
	work    sim.Time
	slot    uint32
	next    uint32 // of those bound to the same instance
	cold    bool
	taken   bool
}

// newOwnCores takes a number of cores, > 0, that need not be whole: n requests together get done what
// n cores do, up to so many.
func newOwnCores(cores float64) *ownCores {
	c := platform.Cores{Physical: int(math.Ceil(cores))}
	if whole := math.Ceil(cores); cores != whole {
		c.Speeds = make([]float64, c.Physical)
		for i := range c.Speeds {
			c.Speeds[i] = 1
		}
		c.Speeds[c.Physical-1] = cores / whole
	}
	return &ownCores{cores: c, due: loop.Tournament{Turns: true}}
}

// of returns the cores of a slot.
func (c *ownCores) of(slot uint32) *loop.SharedCores {
	for int(slot) >= len(c.by) {
		c.by = append(c.by, loop.NewSharedCores(c.cores))
	}
	return &c.by[slot]
}

// keep returns the number of a new job.
func (c *ownCores) keep(x job) uint32 {
	x.taken = true
	if n := len(c.free); n > 0 {
		number := c.free[n-1]
		c.free = c.free[:n-1]
		c.jobs[number] = x
		return number
	}
	c.jobs = append(c.jobs, x)
	return uint32(len(c.jobs) - 1)
}

// join begins a request that has a place on the cores of an instance, or binds it to one that starts and
// is ready after delay.
func (f *Fleet) join(now, arrived sim.Time, r loop.Request, slot uint32, cold bool, delay sim.Time) {
	c, i := f.cores, &f.instances[slot]
	if cold {
		f.observed.ColdInService++
	} else {
		f.observed.WarmInService++
	}
	number := c.keep(job{id: r.ID, arrived: arrived, started: now, ready: now.Plus(delay), work: r.Service, slot: slot, next: none, cold: cold})
	if i.state != ready {
		if i.bound == none {
			i.bound = number
		} else {
			c.jobs[i.last].next = number
		}
		i.last = number
		return
	}
	c.of(slot).Join(now, r.Service, number)
	f.reschedule(now, slot)
}

// joinBound begins the requests that are bound to an instance, which is ready now.
func (f *Fleet) joinBound(now sim.Time, slot uint32) {
	i := &f.instances[slot]
	if i.bound == none {
		return
	}
	for number := i.bound; number != none; number = f.cores.jobs[number].next {
		f.cores.of(slot).Join(now, f.cores.jobs[number].work, number)
	}
	f.reschedule(now, slot)
}

// reschedule sets the next completion of an instance, and the timer of the first of all.
func (f *Fleet) reschedule(now sim.Time, slot uint32) {
	c := f.cores
	c.due.Set(slot, int64(c.by[slot].NextCompletion(now)))
	_, at := c.due.Best()
	f.engine.SetTimer(completes, sim.Time(at))
}

// completeOnCores completes the request that is done first.
func (f *Fleet) completeOnCores(now sim.Time) {
	c, o := f.cores, &f.observed
	slot, _ := c.due.Best()
	number := c.by[slot].Complete(now)
	x := c.jobs[number]
	c.jobs[number].taken = false
	c.free = append(c.free, number)
	if x.cold {
		o.ColdInService--
	} else {
		o.WarmInService--
	}
	f.count(x.arrived, x.started, now, x.ready-x.started, x.cold)
	f.reschedule(now, slot)
	if f.Log != nil {
		f.tell(x.id, now, platform.Request{Arrival: x.arrived, Start: x.started, Completion: now, Outcome: outcome(x.cold), Instance: f.instances[slot].serial, Service: (x.ready - x.started).Plus(x.work), Cold: x.cold})
		f.Meter.Meter(o, now-x.started, x.ready-x.started)
	}
	f.complete(now, slot)
}

// logUnfinished logs the requests in service.
func (c *ownCores) logUnfinished(f *Fleet) {
	for _, x := range c.jobs {
		if x.taken {
			f.tell(x.id, sim.Never, platform.Request{Arrival: x.arrived, Start: x.started, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Instance: f.instances[x.slot].serial, Service: (x.ready - x.started).Plus(x.work), Cold: x.cold})
		}
	}
}

func (c *ownCores) bytes() int64 {
	n := loop.BytesOf(c.by) + loop.BytesOf(c.jobs) + loop.BytesOf(c.free) + c.due.Bytes()
	for i := range c.by {
		n += c.by[i].Done.Bytes()
	}
	return n
}
