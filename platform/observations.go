package platform

import (
	"errors"
	"fmt"

	"faaslab/sim"
	"faaslab/sim/stats"
)

// Observations are the counts and times of one platform in a measured period. They merge: merged
// observations of two replications describe both periods as one run. All counts are of events
// within the period. Reading quantiles of Responses changes it (stats.Histogram), so observations
// belong to one goroutine at a time.
type Observations struct {
	Span     sim.Time // length of the period
	Arrivals int64
	Warm     int64 // starts of requests on an idle instance or, after a wait, on one just freed
	Cold     int64 // starts of requests on an instance started for them
	Rejected int64
	TimedOut int64
	// Completed requests left an instance; Expired instances reached their keep-alive.
	Completed int64
	Expired   int64
	// Requests waiting when the period began and ended; waiting requests and requests in service.
	WaitingAtStart int64
	WaitingAtEnd   int64
	PresentAtStart int64
	PresentAtEnd   int64

	// Warm and cold starts in service when the period began and ended, whose response time was not
	// certain yet, as it is not on shared cores.
	WarmAtStart int64
	WarmAtEnd   int64
	ColdAtStart int64
	ColdAtEnd   int64

	// Occupancy has Instances, Running and Idle. On a Wasm platform the executors are the
	// instances, all of them running.
	stats.Occupancy
	RunningCold stats.Integral
	Waiting     stats.Integral
	Releasing   stats.Integral // of the idle instances: those that cannot serve yet

	// Responses are the response times of the served requests. A request is counted when its
	// response time is certain: at its start or, where executors share cores, at its completion.
	Responses stats.Histogram
	// WarmService and ColdService add up the time for which warm and cold starts occupy their
	// instances; on a Wasm platform WarmService has all responses, without waits, and Warm all
	// requests.
	WarmService stats.Sum
	ColdService stats.Sum
	// Waits of the served requests, from arrival to the start of the service: Wait adds them up,
	// Waited counts the requests that began later than they arrived, and Waits has the
	// distribution, including requests that did not wait.
	Wait     stats.Sum
	Waited   int64
	Waits    stats.Histogram
	ColdWait stats.Sum // the part of Wait that cold starts waited
	// Startup adds up the start-ups of the served requests, where the platform has a law for
	// start-ups (pool.Config.Startup, executors.Config.Startup) or containers share cores;
	// start-ups are part of ColdService, or of WarmService.
	Startup stats.Sum
	// Billed adds up the time that the user is billed for the served requests, each rounded by
	// itself. It is empty without a Meter.
	Billed stats.Sum
	// ProvisionedService is the part of WarmService on provisioned instances, and ProvisionedBilled
	// what is billed of it, which is no part of Billed. Provisioned adds up the time of these
	// instances, with requests and without.
	ProvisionedService stats.Sum
	ProvisionedBilled  stats.Sum
	Provisioned        stats.Sum
	Lifetime           stats.Sum // lifetimes of the expired instances, from creation to expiry

	// What can happen on the platform: a count of 0 is exact where the event cannot happen.
	CanReject  bool
	CanTimeOut bool
	CanWait    bool
	CanRelease bool

	Functions Functions // of a platform that has many
	Scaling   *Scaling  // of a platform whose instances start, are ready and drain; else nil

	Outlook  Outlook
	Pool     bool // a pool, not executors
	Startups bool // Startup has all start-ups, whatever law gives them
	// Requests in service now; WarmAtEnd and ColdAtEnd take them at the end.
	WarmInService int64
	ColdInService int64
}

// NewObservations begins to observe, at time 0, a platform that has idle and running instances and
// nothing else; no running instance was started for its request.
func NewObservations(idle, running int) Observations {
	return Observations{
		Occupancy:      stats.NewOccupancy(idle, running),
		PresentAtStart: int64(running),
	}
}

// Restart begins the measured period: it forgets everything but the present counts.
func (o *Observations) Restart(at sim.Time) {
	if o.Pool {
		o.Occupancy.Restart(at)
	} else {
		o.Instances.Restart(at)
		o.Idle.Restart(at)
	}
	o.RunningCold.Restart(at)
	o.Waiting.Restart(at)
	o.Releasing.Restart(at)
	o.Scaling.restart(at)
	o.Responses.Clear()
	o.Waits.Clear()
	*o = Observations{
		Occupancy: o.Occupancy, RunningCold: o.RunningCold, Waiting: o.Waiting, Releasing: o.Releasing, Responses: o.Responses, Waits: o.Waits,
		CanReject: o.CanReject, CanTimeOut: o.CanTimeOut, CanWait: o.CanWait, CanRelease: o.CanRelease, Outlook: o.Outlook, Pool: o.Pool, Startups: o.Startups,
		Functions: o.Functions.restarted(at), Scaling: o.Scaling,
		WaitingAtStart: int64(o.Waiting.Count()), PresentAtStart: o.Present(),
		WarmInService: o.WarmInService, ColdInService: o.ColdInService,
		WarmAtStart: o.WarmInService, ColdAtStart: o.ColdInService,
	}
}

// Present returns how many requests are in the system. Only a pool has idle instances, and only in
// a pool have waiting requests no instance.
func (o *Observations) Present() int64 {
	if o.Scaling != nil {
		return int64(o.Scaling.Present.Count())
	}
	if o.Pool {
		return int64(o.Running.Count() + o.Waiting.Count())
	}
	return int64(o.Instances.Count())
}

// Between counts the time up to a moment and returns a copy of all observations.
func (o *Observations) Between(from, at sim.Time) Observations {
	o.Span = at - from
	o.WaitingAtEnd, o.PresentAtEnd = int64(o.Waiting.Count()), o.Present()
	o.WarmAtEnd, o.ColdAtEnd = o.WarmInService, o.ColdInService
	o.closeInstances(at)
	o.RunningCold.Close(at)
	o.Waiting.Close(at)
	o.Releasing.Close(at)
	o.Functions.Live.Close(at)
	o.Scaling.close(at)
	c := o.Clone()
	c.Functions.Periods = 1
	c.Provisioned.AddTimes(o.Functions.Provisioned, o.Span)
	c.Waits.AddTimes(c.Served()-c.Waited, 0)
	return c
}

// CountWait counts the wait of a served request.
func (o *Observations) CountWait(wait sim.Time) {
	if wait > 0 {
		o.addWait(wait)
	}
}

func (o *Observations) addWait(wait sim.Time) {
	o.Wait.Add(wait)
	o.Waited++
	o.Waits.Add(wait) // those of 0 are counted at the close
}

// Limit makes the observations count how many responses, and how many waits, are longer than each
// of the given times.
func (o *Observations) Limit(responses, waits []sim.Time) {
	o.Responses.Limit(responses...)
	o.Waits.Limit(waits...)
}

func (o *Observations) closeInstances(at sim.Time) {
	if o.Pool {
		o.Occupancy.Close(at)
	} else {
		o.Instances.Close(at)
		o.Idle.Close(at)
	}
}

// Reduced returns an independent copy without the distributions: the means of all counts, response
// times and waiting times stay the same, but the histograms keep only the counts beyond limits. The
// copy is small, so that one can be kept for each of many periods, and can be merged and
// subtracted.
func (o *Observations) Reduced() Observations {
	r := *o
	r.Occupancy = o.Occupancy.Reduced()
	r.Responses, r.Waits = o.Responses.Counted(), o.Waits.Counted()
	r.Functions, r.Scaling = o.Functions.clone(), o.Scaling.clone(true)
	return r
}

// Clone returns an independent copy.
func (o *Observations) Clone() Observations {
	c := *o
	c.Occupancy = o.Occupancy.Clone()
	c.Responses, c.Waits = o.Responses.Compact(), o.Waits.Compact()
	c.Functions, c.Scaling = o.Functions.clone(), o.Scaling.clone(false)
	return c
}

// Merge adds the observations of another replication of the same platform.
func (o *Observations) Merge(other *Observations) {
	o.Span += other.Span
	for i, count := range o.counts() {
		*count += *other.counts()[i]
	}
	for i, sum := range o.sums() {
		sum.Merge(*other.sums()[i])
	}
	for i, states := range o.states() {
		states.Merge(*other.states()[i])
	}
	o.RunningCold.Merge(other.RunningCold)
	o.Waiting.Merge(other.Waiting)
	o.Releasing.Merge(other.Releasing)
	o.Responses.Merge(&other.Responses)
	o.Waits.Merge(&other.Waits)
	o.Functions.merge(&other.Functions)
	o.Scaling = o.Scaling.merged(other.Scaling)
	o.CanReject = o.CanReject || other.CanReject
	o.CanTimeOut = o.CanTimeOut || other.CanTimeOut
	o.CanWait = o.CanWait || other.CanWait
	o.CanRelease = o.CanRelease || other.CanRelease
	o.Startups = o.Startups || other.Startups
	o.Outlook = other.Outlook
	o.Pool = o.Pool || other.Pool
}

// Subtract undoes Merge.
func (o *Observations) Subtract(other *Observations) {
	o.Span -= other.Span
	for i, count := range o.counts() {
		*count -= *other.counts()[i]
	}
	for i, sum := range o.sums() {
		sum.Subtract(*other.sums()[i])
	}
	for i, states := range o.states() {
		states.Subtract(*other.states()[i])
	}
	o.RunningCold.Subtract(other.RunningCold)
	o.Waiting.Subtract(other.Waiting)
	o.Releasing.Subtract(other.Releasing)
	o.Responses.Subtract(&other.Responses)
	o.Waits.Subtract(&other.Waits)
	o.Functions.subtract(&other.Functions)
	o.Scaling.subtract(other.Scaling)
}

func (o *Observations) states() [3]*stats.TimeInState {
	return [...]*stats.TimeInState{&o.Instances, &o.Running, &o.Idle}
}

func (o *Observations) counts() [16]*int64 {
	return [...]*int64{&o.Arrivals, &o.Warm, &o.Cold, &o.Rejected, &o.TimedOut, &o.Completed, &o.Expired, &o.Waited,
		&o.WaitingAtStart, &o.WaitingAtEnd, &o.PresentAtStart, &o.PresentAtEnd,
		&o.WarmAtStart, &o.WarmAtEnd, &o.ColdAtStart, &o.ColdAtEnd}
}

func (o *Observations) sums() [10]*stats.Sum {
	return [...]*stats.Sum{&o.WarmService, &o.ColdService, &o.Wait, &o.ColdWait, &o.Startup, &o.Billed, &o.Lifetime,
		&o.ProvisionedService, &o.ProvisionedBilled, &o.Provisioned}
}

// possible returns the requests to which an event may have happened, or 0 if the event cannot
// happen.
func possible(requests int64, can bool) int64 {
	if can {
		return requests
	}
	return 0
}

// Served returns the number of requests that have a response time.
func (o *Observations) Served() int64 { return o.ServedWarm() + o.ServedCold() }

// ServedWarm returns the number of warm starts among the served requests.
func (o *Observations) ServedWarm() int64 { return o.Warm + o.WarmAtStart - o.WarmAtEnd }

// ServedCold returns the number of cold starts among the served requests.
func (o *Observations) ServedCold() int64 { return o.Cold + o.ColdAtStart - o.ColdAtEnd }

// Check returns an error that names each identity the observations break. The identities hold on
// every path, so an error is a fault of the simulator: every arrival is served, turned away or
// still present, and the time in all states adds up to the period.
func (o *Observations) Check() error {
	var errs []error
	equal := func(law string, left, right int64) {
		if left != right {
			errs = append(errs, fmt.Errorf("%s: %d and %d", law, left, right))
		}
	}
	equal("present at the start + arrivals = completed + rejected + timed out + present at the end",
		o.PresentAtStart+o.Arrivals, o.Completed+o.Rejected+o.TimedOut+o.PresentAtEnd)
	if o.Pool {
		equal("waiting at the start + arrivals = warm + cold + rejected + timed out + waiting at the end",
			o.WaitingAtStart+o.Arrivals, o.Warm+o.Cold+o.Rejected+o.TimedOut+o.WaitingAtEnd)
		equal("the time observed of cold starts adds up to the period", int64(o.RunningCold.Total()), int64(o.Span))
		equal("the time observed of releasing instances adds up to the period", int64(o.Releasing.Total()), int64(o.Span))
	}
	equal("the time with 0, 1, 2 … instances adds up to the period", int64(o.Instances.Total()), int64(o.Span))
	equal("the time with 0, 1, 2 … running adds up to the period", int64(o.Running.Total()), int64(o.Span))
	equal("the time with 0, 1, 2 … idle adds up to the period", int64(o.Idle.Total()), int64(o.Span))
	equal("the time observed of waiting requests adds up to the period", int64(o.Waiting.Total()), int64(o.Span))
	equal("every served request has a response time", o.Served(), o.Responses.Count())
	if f := &o.Functions; f.Counts != nil {
		equal("the time observed of functions with an instance adds up to the period", int64(f.Live.Total()), int64(o.Span))
		equal("the arrivals of the functions add up to all", f.total(func(c *FunctionCounts) int64 { return c.Arrivals }), o.Arrivals)
		equal("the warm starts of the functions add up to all", f.total(func(c *FunctionCounts) int64 { return c.Warm }), o.Warm)
		equal("the cold starts of the functions add up to all", f.total(func(c *FunctionCounts) int64 { return c.Cold }), o.Cold)
		equal("the rejected requests of the functions add up to all", f.total(func(c *FunctionCounts) int64 { return c.Rejected }), o.Rejected)
		equal("the requests of the functions that timed out add up to all", f.total(func(c *FunctionCounts) int64 { return c.TimedOut }), o.TimedOut)
		equal("the expired instances of the functions add up to all", f.total(func(c *FunctionCounts) int64 { return c.Expired }), o.Expired)
	}
	if s := o.Scaling; s != nil {
		equal("the time with 0, 1, 2 … requests adds up to the period", int64(s.Present.Total()), int64(o.Span))
		equal("the time observed of ready instances adds up to the period", int64(s.Ready.Total()), int64(o.Span))
		equal("the time observed of starting instances adds up to the period", int64(s.Starting.Total()), int64(o.Span))
		equal("the time observed of draining instances adds up to the period", int64(s.Draining.Total()), int64(o.Span))
	}
	equal("every served request has a waiting time", o.Served(), o.Waits.Count())
	return errors.Join(errs...)
}
