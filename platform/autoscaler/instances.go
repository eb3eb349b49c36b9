package autoscaler

import (
	"math"

	"faaslab/platform"
	"faaslab/sim"
)

// An instance is a container.
type instance struct {
	readyAt sim.Time // when it is, or was, ready
	held    int      // requests: in service, or bound to it
	place   uint32   // where it stands while it is ready
	state   state
	before  uint32 // in the list of starting instances, or of those without a request on demand
	after   uint32
	created sim.Time
	since   sim.Time // without a request, on demand
	serial  int64
	bound   uint32 // requests that share its cores when it is ready, in order: the first and the last
	last    uint32
}

// state is what an instance does.
type state uint8

// An instance that was removed while it started is dismissed until its start-up would have ended.
const (
	gone state = iota
	starting
	ready
	draining
	dismissed
)

const none = ^uint32(0)

// newInstance returns the slot of a new instance that is ready at a time.
func (f *Fleet) newInstance(now sim.Time) uint32 {
	f.serial++
	slot := uint32(len(f.instances))
	if n := len(f.slots); n > 0 {
		slot, f.slots = f.slots[n-1], f.slots[:n-1]
	} else {
		f.instances = append(f.instances, instance{})
	}
	f.instances[slot] = instance{created: now, readyAt: now, serial: f.serial, before: none, after: none, bound: none, last: none}
	return slot
}

// create starts an instance.
//
//go:noinline
func (f *Fleet) create(now sim.Time) (slot uint32, ok bool) {
	o := &f.observed
	if o.Instances.Count()+f.waiting.Len() >= f.MostLive {
		f.Fail(now)
		return none, false
	}
	slot = f.newInstance(now)
	i := &f.instances[slot]
	i.state, i.readyAt = starting, now.Plus(f.startup.Draw(uint64(i.serial)))
	f.starting.push(f.instances, slot)
	f.live++
	o.Create(now)
	o.Free(now)
	o.Scaling.Started++
	o.Scaling.Starting.Set(now, o.Scaling.Starting.Count()+1)
	f.engine.Schedule(i.readyAt, becomesReady, slot)
	f.happens(happening{kind: platform.EventLaunched, slot: slot, until: i.readyAt})
	return slot, true
}

// becomeReady ends the start-up of an instance.
//
//go:noinline
func (f *Fleet) becomeReady(now sim.Time, slot uint32) {
	i := &f.instances[slot]
	if i.state == dismissed {
		f.release(slot)
		return
	}
	f.starting.remove(f.instances, slot)
	s := f.observed.Scaling
	s.Starting.Set(now, s.Starting.Count()-1)
	f.happens(happening{kind: platform.EventReady, slot: slot})
	f.stand(slot, now)
	if f.scaler != nil {
		f.scaler.activate(now)
	}
	f.joinBound(now, slot)
	f.dispatch(now)
}

// stand makes an instance ready: it gets a place to stand.
func (f *Fleet) stand(slot uint32, now sim.Time) {
	i := &f.instances[slot]
	i.state, i.place = ready, f.vacant.first()
	if i.place == none {
		i.place = uint32(len(f.stands))
		f.stands = append(f.stands, slot)
	} else {
		f.vacant.remove(i.place)
		f.stands[i.place] = slot
	}
	f.observed.Scaling.Equip(now, f.observed.Scaling.Ready.Count()+1)
	if i.held < f.config.Concurrency {
		f.free++
		f.open.add(i.place)
	}
	if f.routing == LeastLoaded {
		f.loads.Set(i.place, f.loadOf(i))
	}
	if f.scaler == nil && i.held == 0 {
		f.becomeIdle(now, slot)
	}
	if f.scaler != nil {
		f.scaler.use(now, 0, i.held)
	}
}

// leave takes a ready instance from where it stands.
func (f *Fleet) leave(slot uint32, now sim.Time) {
	i := &f.instances[slot]
	if i.held < f.config.Concurrency {
		f.free--
		f.open.remove(i.place)
	}
	if f.routing == LeastLoaded {
		f.loads.Set(i.place, math.MaxInt64)
	}
	if int(i.place) == len(f.stands)-1 {
		f.stands = f.stands[:i.place]
	} else {
		f.stands[i.place] = none
		f.vacant.add(i.place)
	}
	f.observed.Scaling.Equip(now, f.observed.Scaling.Ready.Count()-1)
	if f.scaler != nil {
		f.scaler.use(now, i.held, 0)
	}
}

// loadOf returns the key of an instance for LeastLoaded: its requests and, of equally many, its place, so
// that no two keys are equal.
func (f *Fleet) loadOf(i *instance) int64 {
	if i.held >= f.config.Concurrency {
		return math.MaxInt64
	}
	return int64(i.held)<<32 | int64(i.place)
}

// occupy takes a place of an instance.
func (f *Fleet) occupy(now sim.Time, slot uint32) {
	i := &f.instances[slot]
	i.held++
	if i.held == 1 {
		if f.scaler == nil && i.state == ready {
			f.demand.idle.remove(f.instances, slot)
		}
		f.observed.Begin(now)
	}
	if i.state != ready {
		return
	}
	if i.held == f.config.Concurrency {
		f.free--
		f.open.remove(i.place)
	}
	if f.routing == LeastLoaded {
		f.loads.Set(i.place, f.loadOf(i))
	}
	if f.scaler != nil && f.scaler.usage {
		f.scaler.use(now, i.held-1, i.held)
	}
}

// vacate frees a place of an instance. A draining instance is gone with its last request.
func (f *Fleet) vacate(now sim.Time, slot uint32) {
	i := &f.instances[slot]
	i.held--
	if i.held == 0 {
		f.observed.Free(now)
	}
	if i.state != ready {
		f.vacateOther(now, slot)
		return
	}
	if i.held == f.config.Concurrency-1 {
		f.free++
		f.open.add(i.place)
	}
	if f.routing == LeastLoaded {
		f.loads.Set(i.place, f.loadOf(i))
	}
	if s := f.scaler; s == nil {
		if i.held == 0 {
			f.becomeIdle(now, slot)
		}
	} else if s.usage {
		s.use(now, i.held+1, i.held)
	}
}

// vacateOther is vacate for an instance that is not ready: it drains, or it starts, and a request that is
// bound to it takes no time and completes at the very end of the start-up.
//
//go:noinline
func (f *Fleet) vacateOther(now sim.Time, slot uint32) {
	i := &f.instances[slot]
	if i.state == draining && i.held == 0 {
		s := f.observed.Scaling
		s.Draining.Set(now, s.Draining.Count()-1)
		f.end(now, slot)
	}
}

// remove removes one instance: of the starting ones the last started or, if none is starting, the ready
// one that became ready last. There must be one.
func (f *Fleet) remove(now sim.Time) {
	f.live--
	s := f.observed.Scaling
	if slot := f.starting.last; slot != none {
		f.starting.remove(f.instances, slot)
		s.Starting.Set(now, s.Starting.Count()-1)
		f.end(now, slot)
		return
	}
	slot := f.stands[len(f.stands)-1]
	f.leave(slot, now)
	if f.instances[slot].held == 0 {
		f.end(now, slot)
		return
	}
	f.instances[slot].state = draining
	s.Draining.Set(now, s.Draining.Count()+1)
	f.happens(happening{kind: platform.EventDraining, slot: slot})
}

// end ends an instance without requests.
func (f *Fleet) end(now sim.Time, slot uint32) {
	i, o := &f.instances[slot], &f.observed
	o.Expired++
	o.Lifetime.Add(now - i.created)
	o.Expire(now)
	if f.scaler == nil {
		f.happens(happening{kind: platform.EventExpired, slot: slot})
	} else {
		f.happens(happening{kind: platform.EventRemoved, slot: slot})
	}
	if i.state == starting {
		i.state = dismissed // its event is pending
		return
	}
	f.release(slot)
}

// release gives a slot free.
func (f *Fleet) release(slot uint32) {
	f.instances[slot].state = gone
	f.slots = append(f.slots, slot)
}

// A list links instances, in the order in which they were pushed.
type list struct{ first, last uint32 }

func newList() list { return list{none, none} }

// push adds an instance at the end.
func (l *list) push(all []instance, slot uint32) {
	all[slot].before, all[slot].after = l.last, none
	if l.last == none {
		l.first = slot
	} else {
		all[l.last].after = slot
	}
	l.last = slot
}

// remove takes an instance out.
func (l *list) remove(all []instance, slot uint32) {
	i := &all[slot]
	if i.before == none {
		l.first = i.after
	} else {
		all[i.before].after = i.after
	}
	if i.after == none {
		l.last = i.before
	} else {
		all[i.after].before = i.before
	}
}
