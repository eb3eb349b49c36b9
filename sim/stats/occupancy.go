package stats

import "faaslab/sim"

// An Occupancy observes a pool: how long it had each number of instances, of running instances and
// of idle instances. NewOccupancy begins an observation.
//
// While the number of instances stays the same, the number running determines the number idle. So
// at every change an Occupancy records only the time with each number running. It passes these
// times on to the three counts when the number of instances changes, or at Close. Their Counts are
// always up to date; no other code may change them.
type Occupancy struct {
	Instances, Running, Idle TimeInState // Instances = Running + Idle

	since sim.Time // the last change, or the beginning of the observation
	// spans[r] is the time with r running that has not been passed on; 0 unless low <= r <= high.
	spans     []sim.Time
	low, high int
}

// NewOccupancy observes, from time 0, a pool that begins with the given idle and running instances,
// both >= 0.
func NewOccupancy(idle, running int) Occupancy {
	return Occupancy{
		Instances: NewTimeInState(idle + running), Running: NewTimeInState(running), Idle: NewTimeInState(idle),
		spans: make([]sim.Time, idle+running+1), low: running, high: running,
	}
}

// Begin makes an idle instance running, at a time not before the last change. There must be one.
func (o *Occupancy) Begin(at sim.Time) {
	o.spend(at)
	o.Idle.count--
	o.Running.count++
	if o.Running.count > o.high {
		o.high = o.Running.count
	}
}

// Free makes a running instance idle. There must be one.
func (o *Occupancy) Free(at sim.Time) {
	o.spend(at)
	o.Idle.count++
	o.Running.count--
	if o.Running.count < o.low {
		o.low = o.Running.count
	}
}

// Create adds a running instance.
func (o *Occupancy) Create(at sim.Time) {
	o.passOn(at)
	o.Instances.count++
	o.Running.count++
	o.low, o.high = o.Running.count, o.Running.count
	for len(o.spans) <= o.Instances.count {
		o.spans = append(o.spans, 0)
	}
}

// Expire removes an idle instance. There must be one.
func (o *Occupancy) Expire(at sim.Time) {
	o.passOn(at)
	o.Instances.count--
	o.Idle.count--
}

// Restart discards the observation and begins a new one at a time; the instances stay.
func (o *Occupancy) Restart(at sim.Time) {
	o.passOn(at)
	o.Instances.Restart(at)
	o.Running.Restart(at)
	o.Idle.Restart(at)
}

// Close passes on the time up to a moment; the observation may continue.
func (o *Occupancy) Close(at sim.Time) { o.passOn(at) }

// Clone returns an independent copy of the observation until the last Close, for keeping: its
// counts can be read and merged, but the copy cannot continue to observe.
func (o *Occupancy) Clone() Occupancy {
	return Occupancy{Instances: o.Instances.Clone(), Running: o.Running.Clone(), Idle: o.Idle.Clone()}
}

// Reduced returns a Clone without the Probabilities, like TimeInState.Reduced.
func (o *Occupancy) Reduced() Occupancy {
	return Occupancy{Instances: o.Instances.Reduced(), Running: o.Running.Reduced(), Idle: o.Idle.Reduced()}
}

func (o *Occupancy) spend(at sim.Time) {
	o.spans[o.Running.count] += at - o.since
	o.since = at
}

func (o *Occupancy) passOn(at sim.Time) {
	o.spend(at)
	for running := o.low; running <= o.high; running++ {
		span := o.spans[running]
		o.spans[running] = 0
		o.Instances.spend(o.Instances.count, span)
		o.Running.spend(running, span)
		o.Idle.spend(o.Instances.count-running, span)
	}
	o.low, o.high = o.Running.count, o.Running.count
}
