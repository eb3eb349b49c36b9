package pool

import (
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// poolCores is the additional state of a pool whose running instances share cores. The length of a
// service depends there on later events, so that it is recorded when the service completes. It
// holds
//
//	running instances = start-ups that wait for no core + jobs on the cores
//
// A cold start is in its start-up first. One part of the start-up takes no CPU, like a download:
// its delay does not depend on how many instances run. The rest of the start-up, and then the
// service, are jobs on the cores; a warm start is a job from the beginning.
type poolCores struct {
	cores    loop.SharedCores
	delays   sim.Queue   // start-ups that take no CPU yet, keyed by when they begin to; the instance
	services []inService // by instance
	due      sim.Time    // of the first job on the cores

	startupCPU float64 // fraction of a start-up that takes CPU
	// coldStartup is the fraction of a cold service time that is the start-up.
	coldStartup float64
}

// inService is the present work of an instance on shared cores.
type inService struct {
	id      loop.ID
	phase   phase
	cold    bool
	arrived sim.Time
	started sim.Time
	ready   sim.Time // end of the start-up
	startup sim.Time // work of the start-up
	work    sim.Time // of the service that follows it
	demand  sim.Time // all its work on cores of its own
}

// phase is the stage of a service.
type phase uint8

const (
	nothing   phase = iota // no service
	fromStart              // of a request that was present at time 0
	delayed                // the start-up takes no CPU yet
	starting               // the start-up takes CPU
	serving
)

func newPoolCores(config Config) *poolCores {
	s := &poolCores{cores: loop.NewSharedCores(config.Cores), due: sim.Never, startupCPU: config.StartupCPU}
	if config.Cold != nil && config.Warm != nil {
		s.coldStartup = platform.ColdStartup(config.Warm, config.Cold)
	}
	return s
}

// keep records the work of an instance.
func (s *poolCores) keep(instance uint32, x inService) {
	for int(instance) >= len(s.services) {
		s.services = append(s.services, inService{})
	}
	s.services[instance] = x
}

// proceed begins the next phase of a cold start after a phase ends, or of a warm start. Phases
// without work are skipped.
func (s *poolCores) proceed(now sim.Time, instance uint32) {
	x := &s.services[instance]
	if x.phase == delayed && x.startup > 0 {
		x.phase = starting
		s.cores.Join(now, x.startup, instance)
		return
	}
	x.phase, x.ready = serving, now
	s.cores.Join(now, x.work, instance)
}

// Next returns when a start-up begins to take CPU or a job on the cores is done.
func (s *poolCores) Next(now sim.Time) sim.Time {
	s.cores.Advance(now)
	s.due = s.cores.NextCompletion(now)
	if s.delays.Len() > 0 {
		return min(s.due, s.delays.First().Time)
	}
	return s.due
}

// runInitially lets an instance go on with a request that was present at time 0.
func (p *Pool) runInitially(work sim.Time, instance uint32) {
	p.shared.keep(instance, inService{phase: fromStart})
	p.shared.cores.Join(0, work, instance)
	p.engine.SetTimer(loop.Completion, p.shared.Next(0))
}

// shareWarm begins the service of a warm start, which has already been counted.
func (p *Pool) shareWarm(now, arrived sim.Time, r loop.Request, instance uint32) {
	p.observed.WarmInService++
	p.releases.serves(instance, r.Number())
	p.shared.keep(instance, inService{id: r.ID, arrived: arrived, started: now, work: r.Service, demand: r.Service})
	p.shared.proceed(now, instance)
	p.engine.SetTimer(loop.Completion, p.shared.Next(now))
}

// shareCold begins the service of a cold start, which has already been counted. drawn is a draw
// from Config.Cold, or from Config.Startup.
func (p *Pool) shareCold(now, arrived, drawn sim.Time, r loop.Request, instance uint32) {
	s := p.shared
	p.observed.ColdInService++
	startup, work := drawn, r.Service
	if p.config.Cold != nil {
		startup = loop.Fraction(drawn, s.coldStartup)
		work = drawn - startup
	}
	cpu := loop.Fraction(startup, s.startupCPU)
	s.keep(instance, inService{id: r.ID, phase: delayed, cold: true, arrived: arrived, started: now, startup: cpu, work: work, demand: startup.Plus(work)})
	if delay := startup - cpu; delay > 0 {
		s.delays.Push(now.Plus(delay), loop.Completion, instance)
	} else {
		s.proceed(now, instance)
	}
	p.engine.SetTimer(loop.Completion, s.Next(now))
}

// completeShared ends the first job or delay that is due on shared cores: a job on them or, if no
// job is done yet, a delay.
func (p *Pool) completeShared(now sim.Time) {
	s := p.shared
	if s.due > now {
		s.proceed(now, s.delays.Pop().Payload())
	} else if instance := s.cores.Complete(now); s.services[instance].phase == starting {
		s.proceed(now, instance)
	} else {
		x := s.services[instance]
		s.services[instance].phase = nothing
		if x.phase != fromStart {
			p.served(now, x, instance)
		}
		p.finish(now, instance, x.cold)
	}
	p.engine.SetTimer(loop.Completion, s.Next(now))
}

// served records a request that completes on shared cores.
func (p *Pool) served(now sim.Time, x inService, instance uint32) {
	o := &p.observed
	outcome := platform.OutcomeWarm
	if x.cold {
		outcome = platform.OutcomeCold
		o.ColdInService--
		o.ColdService.Add(now - x.started)
		o.ColdWait.Add(x.started - x.arrived)
		o.Startup.Add(x.ready - x.started)
	} else {
		o.WarmInService--
		o.WarmService.Add(now - x.started)
	}
	o.CountWait(x.started - x.arrived)
	o.Responses.Add(now - x.arrived)
	if p.Log != nil {
		p.tell(x.id, now, platform.Request{Arrival: x.arrived, Start: x.started, Completion: now, Released: p.releases.end(now, instance), Outcome: outcome, Instance: p.serials[instance], Service: x.demand, Cold: x.cold})
	}
	p.Meter.Meter(o, now-x.started, x.ready-x.started)
}

// logUnfinished logs the requests in service.
func (s *poolCores) logUnfinished(p *Pool) {
	for instance, x := range s.services {
		if x.phase != nothing && x.phase != fromStart {
			p.tell(x.id, sim.Never, platform.Request{Arrival: x.arrived, Start: x.started, Completion: sim.Never, Outcome: platform.OutcomeUnfinished, Instance: p.serials[instance], Service: x.demand, Cold: x.cold})
		}
	}
}
