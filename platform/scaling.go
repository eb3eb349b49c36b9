package platform

import (
	"math"

	"faaslab/sim"
	"faaslab/sim/stats"
)

// Scaling are the observations of a platform whose instances start, are ready and drain, as an
// autoscaler or requests ask for it. Of other platforms there are none.
type Scaling struct {
	stats.Provision // requests present, and ready instances
	Starting        stats.Integral
	Draining        stats.Integral
	Started         int64 // instances
	// Evaluations that decided, the sum of what they wanted before the bounds on instances, and the
	// evaluations in panic.
	Evaluated, Desired, Panicked int64
	// Places are the requests that an instance serves at once, >= 1, or Unlimited.
	Places int
	// Evaluates says that there are evaluations, CanPanic that they may be in panic.
	Evaluates, CanPanic bool
}

// NewScaling begins to observe, at time 0, a platform with so many ready instances and no request.
func NewScaling(places, ready int) *Scaling {
	return &Scaling{Provision: stats.NewProvision(places, ready), Places: places}
}

// restart begins the measured period.
func (s *Scaling) restart(at sim.Time) {
	if s == nil {
		return
	}
	s.Provision.Restart(at)
	s.Starting.Restart(at)
	s.Draining.Restart(at)
	for _, count := range s.counts() {
		*count = 0
	}
}

// close counts the time up to a moment.
func (s *Scaling) close(at sim.Time) {
	if s == nil {
		return
	}
	s.Provision.Close(at)
	s.Starting.Close(at)
	s.Draining.Close(at)
}

// clone returns an independent copy, or a reduced one.
func (s *Scaling) clone(reduced bool) *Scaling {
	if s == nil {
		return nil
	}
	c := *s
	if reduced {
		c.Provision = s.Provision.Reduced()
	} else {
		c.Provision = s.Provision.Clone()
	}
	return &c
}

// merged returns the sum of both.
func (s *Scaling) merged(other *Scaling) *Scaling {
	if other == nil {
		return s
	}
	if s == nil {
		return other.clone(false)
	}
	s.Provision.Merge(&other.Provision)
	s.Starting.Merge(other.Starting)
	s.Draining.Merge(other.Draining)
	for i, count := range s.counts() {
		*count += *other.counts()[i]
	}
	s.Evaluates = s.Evaluates || other.Evaluates
	s.CanPanic = s.CanPanic || other.CanPanic
	return s
}

// subtract undoes merged.
func (s *Scaling) subtract(other *Scaling) {
	if other == nil {
		return
	}
	s.Provision.Subtract(&other.Provision)
	s.Starting.Subtract(other.Starting)
	s.Draining.Subtract(other.Draining)
	for i, count := range s.counts() {
		*count -= *other.counts()[i]
	}
}

func (s *Scaling) counts() [4]*int64 {
	return [...]*int64{&s.Started, &s.Evaluated, &s.Desired, &s.Panicked}
}

// bytes returns the memory in bytes.
func (s *Scaling) bytes() int64 {
	if s == nil {
		return 0
	}
	return s.Provision.Bytes()
}

// inService returns the mean number of requests in service.
func (s *Scaling) inService(o *Observations) float64 {
	return (s.Present.Area() - o.Waiting.Area()) / o.Span.Seconds()
}

// ofScaling returns the Of of a metric that only platforms with Scaling have.
func ofScaling(of func(o *Observations, s *Scaling) float64) func(*Observations) float64 {
	return func(o *Observations) float64 {
		if o.Scaling == nil {
			return math.NaN()
		}
		return of(o, o.Scaling)
	}
}

func evaluates(o *Observations) bool { return o.Scaling != nil && o.Scaling.Evaluates }
func canPanic(o *Observations) bool  { return o.Scaling != nil && o.Scaling.CanPanic }

// scalingMetrics are the metrics of the catalogue for platforms with Scaling.
func scalingMetrics() []Metric {
	ofTime := func(name, doc string, sum func(*Scaling) *stats.Sum) Metric {
		return Metric{Name: name, Doc: doc, Unit: Probability, Roles: Charted | PerSlot | TimeAverage, Traits: Scaled,
			Of: ofScaling(func(o *Observations, s *Scaling) float64 { return sum(s).Seconds() / o.Span.Seconds() })}
	}
	ofCount := func(name, words, doc string, sum func(*Scaling) *stats.Sum) Metric {
		return Metric{Name: name, Words: words, Doc: doc, Unit: Count, Roles: Charted | PerSlot, Traits: Scaled,
			Of: ofScaling(func(o *Observations, s *Scaling) float64 { return sum(s).Seconds() / o.Span.Seconds() })}
	}
	return []Metric{
		{Name: Ready, Words: "mean ready instances", Doc: "instances that can serve", Unit: Count, Roles: Tabled | Charted | PerSlot, Traits: Scaled, Unseen: unseenInstances,
			Count: func(c Counts) int { return c.Instances - c.Starting - c.Draining },
			Of:    ofScaling(func(_ *Observations, s *Scaling) float64 { return s.Ready.Mean() })},
		{Name: Starting, Words: "mean starting instances", Doc: "instances that cannot serve yet", Unit: Count, Roles: Tabled | Charted | PerSlot, Traits: Scaled, Unseen: unseenInstances,
			Count: func(c Counts) int { return c.Starting },
			Of:    ofScaling(func(_ *Observations, s *Scaling) float64 { return s.Starting.Mean() })},
		{Name: Draining, Words: "mean draining instances", Doc: "instances that end with the requests that they serve", Unit: Count, Roles: Charted | PerSlot, Traits: Scaled, Possible: evaluates, Unseen: unseenRunning,
			Count: func(c Counts) int { return c.Draining },
			Of:    ofScaling(func(_ *Observations, s *Scaling) float64 { return s.Draining.Mean() })},
		{Name: InService, Words: "mean requests in service", Doc: "requests in service", Unit: Count, Roles: Tabled | Charted | PerSlot, Traits: Scaled, Unseen: unseenRunning,
			Of: ofScaling(func(o *Observations, s *Scaling) float64 { return s.inService(o) })},
		{Name: Desired, Words: "mean number of instances wanted", Doc: "instances that the autoscaler wants, before their least and their most; mean of its decisions", Unit: Count,
			Roles: Charted | PerSlot, Traits: Scaled, Possible: evaluates,
			Of: ofScaling(func(_ *Observations, s *Scaling) float64 { return ratio(s.Desired, s.Evaluated) })},
		{Name: Panic, Words: "evaluations in panic", Doc: "evaluations in panic / evaluations", Unit: Probability,
			Roles: Charted | PerSlot | TimeAverage, Traits: Scaled, Possible: canPanic,
			Of: ofScaling(func(_ *Observations, s *Scaling) float64 { return ratio(s.Panicked, s.Evaluated) })},
		{Name: Starts, Words: "starts of instances per 1,000 arrivals", Doc: "instances started per 1,000 arrivals", Unit: PerThousand, Roles: Tabled | Charted, Traits: Scaled,
			Of:     ofScaling(func(o *Observations, s *Scaling) float64 { return 1000 * ratio(s.Started, o.Arrivals) }),
			Unseen: func(o *Observations) float64 { return 1000 * stats.Unseen / float64(o.Arrivals) }},
		ofTime(UnderProvisioned, "time with fewer ready instances than the present requests need / time", func(s *Scaling) *stats.Sum { return &s.Under }),
		ofTime(OverProvisioned, "time with more ready instances than the present requests need / time", func(s *Scaling) *stats.Sum { return &s.Over }),
		ofCount(Lacking, "mean instances lacking", "ready instances lacking for the present requests, waiting ones included", func(s *Scaling) *stats.Sum { return &s.Lacking }),
		ofCount(Surplus, "mean surplus of instances", "ready instances beyond those that the present requests need", func(s *Scaling) *stats.Sum { return &s.Surplus }),
	}
}
