package autoscaler

import (
	"faaslab/platform/scaling"
	"faaslab/sim"
)

// A scaler measures the load of a fleet and decides about its instances. It holds
//
//	while an instance is ready, every second of the windows is marked
//	the service is at rest only without an instance and without a request
type scaler struct {
	metric    Metric
	rule      scaling.Rule
	retention sim.Time
	stable    scaling.Window
	panics    scaling.Window
	decider   scaling.Decider
	desired   int  // the last decision, before the bounds on instances; -1 before the first if instances were there
	quiet     bool // the last decision follows from measuring nothing

	// activeSince is since when the service has had a ready instance without being inactive;
	// inactiveSince is when it was decided to have none. Never: it is not.
	activeSince, inactiveSince sim.Time
	removeAt                   sim.Time // when the last instances go
	endsIdle                   bool     // they go when no request was present for the retention
	usedAt                     sim.Time // the end of the last second with a request; only with endsIdle

	// counted says that requests are recorded: some were present in the last second. A request that
	// arrives when they are not wakes the measurement, and is recorded at once.
	counted     bool
	countedFrom sim.Time
	adjust      float64 // what was recorded at once, and is taken from the next report
	arrived     int64   // since the last report, or the waking request

	reportAt, evaluateAt sim.Time // Never: the service is at rest
	evaluatedTo          sim.Time // evaluations up to here happened, or were counted

	// With usage, the use of cores is measured: by the instances of which all cores are used, and by the
	// requests of the others, which use one each.
	usage     bool
	cores     float64
	full      int
	requests  int
	usedSince sim.Time
	used      float64 // ns, in instances, since the last report
	// Besides another metric: windows of the use of cores, and how many of that metric's units are worth
	// as much as one instance in use.
	cpu, cpuPanics scaling.Window
	worth          float64
}

func newScaler(c *Config) *scaler {
	rule := c.Scaling.Rule
	s := &scaler{
		metric: c.Scaling.Metric, rule: rule, retention: c.Scaling.Retention,
		stable: scaling.NewWindow(rule.Window, rule.Weighted), panics: scaling.NewWindow(max(rule.PanicWindow, 1), rule.Weighted),
		decider:     scaling.NewDecider(rule, c.initial(), 0),
		activeSince: sim.Never, inactiveSince: sim.Never, removeAt: sim.Never,
		reportAt: sim.Never, evaluateAt: sim.Never,
		endsIdle: c.Scaling.EndsIdle && c.MinInstances == 0,
		usage:    c.Scaling.Metric == CPU, cores: c.InstanceCores,
	}
	if target := c.Scaling.CPUTarget; target > 0 {
		s.usage, s.worth = true, rule.Target/target
		s.cpu, s.cpuPanics = scaling.NewWindow(rule.Window, rule.Weighted), scaling.NewWindow(max(rule.PanicWindow, 1), rule.Weighted)
	}
	if c.initial() > 0 {
		s.desired, s.activeSince = -1, 0
		s.reportAt, s.evaluateAt = sim.Second, rule.Every
	}
	s.quiet = c.initial() == 0
	return s
}

// record adds a value to the second that ends now or in which now is.
func (s *scaler) record(now sim.Time, value float64) {
	second := int64(now / sim.Second)
	s.stable.Record(second, value)
	s.panics.Record(second, value)
}

// recordUse adds the use of cores to the second that ends now.
func (s *scaler) recordUse(now sim.Time, instances float64) {
	if s.metric == CPU {
		s.record(now, instances)
		return
	}
	s.cpu.Record(int64(now/sim.Second), instances)
	s.cpuPanics.Record(int64(now/sim.Second), instances)
}

// wake begins to record: a request arrives after a second without any.
func (f *Fleet) wake(now sim.Time) {
	s := f.scaler
	if s.reportAt == sim.Never {
		f.catchUp(now - 1)
		s.reportAt = max(now.Plus(sim.Second-1)/sim.Second, 1) * sim.Second
		s.evaluateAt = max(now.Plus(s.rule.Every-1)/s.rule.Every, 1) * s.rule.Every
	}
	f.observed.Scaling.TakeArea(now)
	s.counted, s.countedFrom, s.arrived = true, now, 1
	if s.metric != CPU {
		s.adjust = 1
		s.record(now, 1)
	}
}

// demandOne decides at once, because a request needs an instance and none is wanted. The use of cores
// says nothing where there are no instances, and Utilization does nothing there: then one is started.
func (f *Fleet) demandOne(now sim.Time) {
	s := f.scaler
	if s.metric != CPU && s.rule.Algorithm == scaling.Tracking {
		f.evaluate(now)
	} else if f.live == 0 {
		s.desired, s.quiet = 1, false
		f.apply(now, 1)
	}
}

// report records the last second.
func (f *Fleet) report(now sim.Time) {
	s, o := f.scaler, f.observed.Scaling
	s.reportAt = now.Plus(sim.Second)
	demanded := false
	if s.counted {
		mean := 0.0
		if area := o.TakeArea(now); now > s.countedFrom {
			mean = area / float64(now-s.countedFrom)
		}
		demanded = mean-s.adjust > 0
		if mean > 0 || s.arrived > 0 || o.Present.Count() > 0 {
			s.usedAt = now
		}
		switch s.metric {
		case Concurrency:
			s.record(now, max(mean-s.adjust, 0))
		case Requests:
			s.record(now, float64(s.arrived)-s.adjust)
		}
		s.counted = mean > 0 || o.Present.Count() > 0
		s.countedFrom, s.adjust, s.arrived = now, 0, 0
	}
	if s.usage && o.Ready.Count() > 0 {
		s.use(now, 0, 0)
		s.recordUse(now, s.used/float64(sim.Second))
		s.used = 0
	}
	if demanded && s.desired == 0 {
		f.demandOne(now)
	}
	if s.endsIdle && f.live > 0 && o.Present.Count() == 0 && now-s.usedAt >= s.retention {
		f.endIdle(now)
	}
	if o.Ready.Count() > 0 {
		s.record(now, 0)
	}
}

// endIdle removes all instances, which nobody has used for the retention.
func (f *Fleet) endIdle(now sim.Time) {
	s := f.scaler
	for f.live > 0 {
		f.remove(now)
	}
	s.desired, s.quiet, s.activeSince = 0, true, sim.Never
}

// use changes the number of requests of a ready instance, for the use of cores.
func (s *scaler) use(now sim.Time, before, after int) {
	if !s.usage {
		return
	}
	s.used += (float64(s.full) + float64(s.requests)/s.cores) * float64(now-s.usedSince)
	s.usedSince = now
	s.add(before, -1)
	s.add(after, 1)
}

// add adds an instance with some requests, or takes it away.
func (s *scaler) add(held, sign int) {
	if float64(held) >= s.cores {
		s.full += sign
	} else {
		s.requests += sign * held
	}
}

// evaluate decides, if there are data, and carries the decision out.
func (f *Fleet) evaluate(now sim.Time) {
	s, o := f.scaler, f.observed.Scaling
	second := int64(now / sim.Second)
	if s.stable.Empty(second) {
		return
	}
	load := scaling.Load{Stable: s.stable.Average(second), Ready: o.Ready.Count(), Starting: o.Starting.Count()}
	if s.rule.PanicWindow > 0 {
		load.Panic = s.panics.Average(second)
	}
	if s.worth > 0 {
		if used := s.worth * s.cpu.Average(second); used > load.Stable {
			load.Stable, load.ByCores = used, true
		}
		load.Panic = max(load.Panic, s.worth*s.cpuPanics.Average(second))
	}
	d := s.decider.Decide(now, load)
	s.desired, s.quiet = d.Desired, d.Raw == 0 && !d.Panicking
	o.Evaluated++
	o.Desired += int64(d.Desired)
	if d.Panicking {
		o.Panicked++
	}
	if f.Evaluated != nil {
		f.Evaluated(scaling.Evaluation{Time: now, Load: load, Decision: d})
	}
	f.apply(now, d.Desired)
}

// activate notes that an instance is ready.
func (s *scaler) activate(now sim.Time) {
	if s.activeSince == sim.Never && s.inactiveSince == sim.Never {
		s.activeSince = now
	}
}

// apply carries a decision out. The decision for none is followed only after the service has been active
// for a window, and after the retention.
func (f *Fleet) apply(now sim.Time, desired int) {
	s := f.scaler
	wanted := min(max(desired, f.config.MinInstances), f.config.MaxInstances)
	if s.endsIdle && f.live > 0 {
		wanted = max(wanted, 1)
	}
	isReady := f.observed.Scaling.Ready.Count() > 0
	if wanted == 0 && f.live > 0 {
		if !isReady {
			return // the first instance is still starting
		}
		if s.activeSince != sim.Never {
			if now-s.activeSince < sim.Time(s.rule.Window)*sim.Second {
				wanted = 1
			} else {
				s.activeSince, s.inactiveSince = sim.Never, now
			}
		}
		if s.inactiveSince != sim.Never && now-s.inactiveSince < s.retention {
			s.removeAt = s.inactiveSince.Plus(s.retention)
			return
		}
	}
	if wanted > 0 && s.inactiveSince != sim.Never {
		s.inactiveSince, s.removeAt = sim.Never, sim.Never
		if isReady {
			s.activeSince = now
		}
	}
	for f.live < wanted {
		if _, ok := f.create(now); !ok {
			return
		}
	}
	for f.live > wanted {
		f.remove(now)
	}
	if wanted == 0 {
		s.activeSince, s.inactiveSince, s.removeAt = sim.Never, sim.Never, sim.Never
	} else if f.observed.Scaling.Ready.Count() > 0 {
		s.activate(now)
	}
}

// removeLast removes the last instances, whose retention is over.
func (f *Fleet) removeLast(now sim.Time) {
	f.scaler.removeAt = sim.Never
	if f.scaler.desired == 0 {
		f.apply(now, 0)
	}
}

// rest stops to measure and to evaluate where nothing can happen before the next arrival.
func (f *Fleet) rest(now sim.Time) {
	s := f.scaler
	if f.live == 0 && f.observed.Scaling.Present.Count() == 0 && s.desired == 0 && s.quiet && !s.counted {
		s.reportAt, s.evaluateAt, s.evaluatedTo = sim.Never, sim.Never, now
	}
}

// catchUp counts the evaluations up to a moment that a service at rest has left out: as long as there
// would have been data, each decided for no instance.
func (f *Fleet) catchUp(now sim.Time) {
	s := f.scaler
	if s == nil || s.reportAt != sim.Never || now <= s.evaluatedTo {
		return
	}
	last := now
	if until := s.stable.Until(); until < int64(now/sim.Second) {
		last = sim.Time(max(until+1, 0))*sim.Second - 1
	}
	if skipped := int64(last/s.rule.Every) - int64(s.evaluatedTo/s.rule.Every); last > s.evaluatedTo && skipped > 0 {
		f.observed.Scaling.Evaluated += skipped
		s.decider.Rest(last / s.rule.Every * s.rule.Every)
	}
	s.evaluatedTo = now
}
