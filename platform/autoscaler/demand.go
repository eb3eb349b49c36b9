package autoscaler

import (
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// demand is the state of a fleet whose requests start its instances.
type demand struct {
	idle     list     // ready instances without a request, in the order in which they became so
	expireAt sim.Time // when to look at the first of them
	startAt  sim.Time // when the rate lets another instance start, for a request that waits for it

	// spent and spentAt are the bucket of StartRate: a start spends Per, and in each nanosecond Starts
	// come back, up to Starts times Per.
	spent   int64
	spentAt sim.Time
}

func newDemand() demand { return demand{idle: newList(), expireAt: sim.Never, startAt: sim.Never} }

// startFor finds a place for a request that found none, or a fate. It reports whether the request waits.
func (f *Fleet) startFor(now sim.Time, r loop.Request) (waits bool) {
	places := f.config.Concurrency
	isStarting := f.observed.Scaling.Starting.Count()
	if f.config.early() {
		if last := f.starting.last; last != none && f.instances[last].held < places {
			f.bind(now, now, r, last)
			return false
		}
	} else if isStarting > 0 && f.waiting.Len()/isStarting < places {
		return true // a place of a starting instance is left for it
	}
	if f.live < f.config.MaxInstances {
		if f.mayStart(now) {
			slot, ok := f.create(now)
			if ok && f.config.early() {
				f.bind(now, now, r, slot)
				return false
			}
			return ok
		}
		if !f.config.rejects() {
			f.awaitStart(now)
		}
	}
	if f.config.rejects() {
		f.observed.Rejected++
		f.observed.Scaling.Leave(now)
		f.happens(happening{kind: platform.EventRejected, id: r.ID, arrived: now})
		f.tell(r.ID, now, platform.Request{Arrival: now, Outcome: platform.OutcomeRejected, Service: r.Service})
		return false
	}
	return true
}

// bind gives a request a place at a starting instance.
func (f *Fleet) bind(now, arrived sim.Time, r loop.Request, slot uint32) {
	f.occupy(now, slot)
	readyAt := f.instances[slot].readyAt
	f.serve(now, arrived, r, slot, readyAt > arrived, readyAt-now)
}

// refill lets come back what the time up to now gives.
func (d *demand) refill(rate StartRate, now sim.Time) {
	if elapsed := now - d.spentAt; elapsed >= rate.Per {
		d.spent = 0
	} else {
		d.spent = max(0, d.spent-int64(elapsed)*rate.Starts)
	}
	d.spentAt = now
}

// mayStart reports whether the rate lets an instance start now, and spends it.
func (f *Fleet) mayStart(now sim.Time) bool {
	rate, d := f.config.StartRate, &f.demand
	if rate.Starts == 0 {
		return true
	}
	d.refill(rate, now)
	if d.spent+int64(rate.Per) > rate.Starts*int64(rate.Per) {
		return false
	}
	d.spent += int64(rate.Per)
	return true
}

// awaitStart sets the time at which the rate lets an instance start; it does not now.
func (f *Fleet) awaitStart(now sim.Time) {
	rate, d := f.config.StartRate, &f.demand
	if d.startAt != sim.Never {
		return
	}
	lacking := d.spent + int64(rate.Per) - rate.Starts*int64(rate.Per)
	d.startAt = now.Plus(sim.Time((lacking + rate.Starts - 1) / rate.Starts))
	f.setLook()
}

// startHeld starts the instances that waiting requests need, as far as the rate lets it.
func (f *Fleet) startHeld(now sim.Time) {
	f.demand.startAt = sim.Never
	for f.live < f.config.MaxInstances && f.needsInstance() {
		if !f.mayStart(now) {
			f.awaitStart(now)
			return
		}
		slot, ok := f.create(now)
		if !ok {
			return
		}
		for k := 0; f.config.early() && k < f.config.Concurrency && f.waiting.Len() > 0; k++ {
			w := f.waiting.PopFront()
			f.observed.Waiting.Set(now, f.waiting.Len())
			f.bind(now, w.arrived, w.Request, slot)
		}
	}
}

// needsInstance reports whether more requests wait than the starting instances have places for.
func (f *Fleet) needsInstance() bool {
	n := f.observed.Scaling.Starting.Count()
	if f.config.early() || n == 0 {
		return f.waiting.Len() > 0
	}
	return f.waiting.Len() > 0 && (f.waiting.Len()-1)/n >= f.config.Concurrency
}

// becomeIdle notes that a ready instance has no request.
func (f *Fleet) becomeIdle(now sim.Time, slot uint32) {
	d := &f.demand
	f.instances[slot].since = now
	d.idle.push(f.instances, slot)
	if d.expireAt == sim.Never {
		f.awaitExpiry(now)
		f.setLook()
	}
}

// awaitExpiry sets when to look at the instance that has been without a request longest.
func (f *Fleet) awaitExpiry(now sim.Time) {
	d := &f.demand
	d.expireAt = sim.Never
	if d.idle.first != none && f.live > f.config.MinInstances {
		d.expireAt = max(now, f.instances[d.idle.first].since.Plus(f.config.KeepAlive))
	}
}

// expire ends the instance that has been without a request longest, if its keep-alive is over: expireAt is
// not reset when the instance for which it was set is used.
func (f *Fleet) expire(now sim.Time) {
	d := &f.demand
	if slot := d.idle.first; slot != none && f.live > f.config.MinInstances && f.instances[slot].since.Plus(f.config.KeepAlive) <= now {
		d.idle.remove(f.instances, slot)
		f.live--
		f.leave(slot, now)
		f.end(now, slot)
	}
	f.awaitExpiry(now)
}
