package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/scenarios/internal/crew"
	"faaslab/sim"
)

// A study is some scenarios being simulated on the same streams.
type study struct {
	scenarios []Scenario
	run       Run // of all of them; Warmup is >= 0 once it is settled
	options   Options
	crew      crew.Crew
	keep      bool // the state of the parts between rounds
	replay    bool // of a trace, among the scenarios
	transient transient
	functions []func() []cluster.Function // of each scenario, made when they are first asked for
	period    sim.Time                    // of all scenarios' arrivals (commonPeriod)
	progress  crew.Progress
	stop      context.CancelFunc
	charged   atomic.Int64 // bytes of options.Memory
	unsteady  []error      // of each scenario, as CheckSteadyState has it
	cut       bool         // interrupted: how far it came is not for max_requests to answer for
	// needed is how long to measure in all, as far as the rounds until now tell; 0: not yet known. It is what
	// progress is told against.
	needed sim.Time
}

// mostKept is the number of replications up to which the state of each is kept, some
// hundred kilobytes, for another round; more begin anew.
const mostKept = 256

// newStudy returns the study of scenarios under a context that stop ends.
func newStudy(scenarios []Scenario, o Options, stop context.CancelFunc) *study {
	st := &study{scenarios: scenarios, run: scenarios[0].Run, options: o, crew: o.crew, stop: stop, period: commonPeriod(scenarios)}
	if o.Log != nil {
		st.crew = crew.New(1)
	} else if st.crew == nil {
		st.crew = crew.New(o.Workers)
	}
	st.keep = st.run.Duration == 0 && st.run.Replications <= mostKept
	st.progress.Tell = o.Progress
	for _, s := range scenarios {
		st.unsteady = append(st.unsteady, s.CheckSteadyState())
		st.functions = append(st.functions, sync.OnceValue(s.listFunctions))
	}
	return st
}

// A part is one platform of one scenario in one replication.
type part struct {
	index       int
	scenario    int
	platform    string
	replication int

	running  Simulation // nil: not begun, or not kept
	observed platform.Observations
	done     sim.Time // measured in the last round that was finished
	before   *platform.Observations
	replay   *Replay // of a trace
	charged  int64   // bytes of Options.Memory
}

// parts returns all parts, by replication.
func (st *study) parts() (parts []*part) {
	for replication := range st.run.Replications {
		for i, s := range st.scenarios {
			for _, name := range s.Platforms() {
				parts = append(parts, &part{index: len(parts), scenario: i, platform: name, replication: replication})
			}
		}
	}
	return parts
}

// width is the number of parts of one replication.
func (st *study) width() (n int) {
	for _, s := range st.scenarios {
		n += len(s.Platforms())
	}
	return n
}

// groups returns the replications of each platform of each scenario.
func (st *study) groups(parts []*part) [][]*part {
	groups := make([][]*part, st.width())
	for _, p := range parts {
		i := p.index % len(groups)
		groups[i] = append(groups[i], p)
	}
	return groups
}

// each does something for each part. An error that is not the interruption ends the study,
// and is returned with the part's name.
func (st *study) each(ctx context.Context, parts []*part, do func(*part) error) error {
	errs := make([]error, len(parts))
	st.crew.Each(len(parts), func(i int) {
		if ctx.Err() != nil {
			return
		}
		if errs[i] = crew.Guarded(func() error { return do(parts[i]) }); errs[i] != nil {
			st.stop()
		}
	})
	for i, err := range errs {
		if err != nil && !isInterruption(err) {
			return fmt.Errorf("%s, replication %d: %w", parts[i].platform, parts[i].replication+1, err)
		}
	}
	return ctx.Err()
}

func isInterruption(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// settleWarmup finds how much to delete where the scenario leaves that open.
func (st *study) settleWarmup(ctx context.Context) error {
	st.run.Warmup = 0
	if errors.Join(st.unsteady...) != nil {
		return nil // a transient is what the user wants to see
	}
	pilot := st.pilotSpan()
	whole := (pilot + st.run.Duration).Seconds()
	if st.run.Duration == 0 {
		whole = pilot.Seconds() * usualGrowth // nobody knows yet
	}
	st.progress.Expect(whole * float64(len(st.parts())))
	found, err := st.findTransient(ctx)
	if err != nil {
		return err
	}
	st.transient, st.run.Warmup = found, found.length
	return nil
}

// firstSpan is how long to measure in the first round.
func (st *study) firstSpan() sim.Time {
	switch {
	case st.run.Duration > 0:
		return st.run.Duration
	case st.replay:
		return st.longestReplay() - st.run.Warmup
	}
	span := st.pilotSpan()
	return st.round(max(span-st.run.Warmup, span/2))
}

// round fits a span into what may be measured and, where the arrivals have a period, to
// whole periods.
func (st *study) round(span sim.Time) sim.Time {
	most := st.mostSpan()
	if period := st.period; period > 0 && period <= most {
		return min((span+period-1)/period, most/period) * period
	}
	return min(handy(span), most)
}

// handy rounds a span up to two significant digits; one that then passes the end of virtual time is Never.
func handy(span sim.Time) sim.Time {
	step := sim.Time(1)
	for span/step >= 100 {
		step *= 10
	}
	up := (step - span%step) % step
	return span.Plus(up)
}

// mostSpan is how long max_requests allow to measure.
func (st *study) mostSpan() sim.Time {
	most := st.longest() - st.run.Warmup
	for _, s := range st.scenarios {
		if rate := s.ArrivalRate(); rate > 0 {
			most = min(most, max(1, sim.FromSeconds(float64(st.run.MaxRequests)/(rate*float64(st.run.Replications)))))
		}
	}
	return most
}

// longest is how long one replication may be: their sum must fit into virtual time.
func (st *study) longest() sim.Time { return sim.Never / sim.Time(st.run.Replications+1) }

// Growth of the measured time from one round to the next.
const (
	leastGrowth = 1.25
	mostGrowth  = 8
	// spareGrowth is how much more is measured than the intervals seem to need, so that
	// most runs stop at the second look: each look is a chance to stop because an interval
	// came out narrow by accident. TestIntervalsCoverTheTruth shows what that costs in coverage: with 1.15
	// it is 90 to 96 %, with 1.5 93.3 to 95.4 %, where a fixed length has 93 to 97.7 %.
	spareGrowth = 1.5
	// usualGrowth is what progress expects of a run that is in its first round.
	usualGrowth = 20
)

// nextSpan is how long to have measured after another round; not more than span if
// there is to be none.
func (st *study) nextSpan(parts []*part, span sim.Time) sim.Time {
	if st.run.Duration > 0 || st.replay {
		return 0
	}
	growth, arrived := 0.0, int64(0)
	for _, group := range st.groups(parts) {
		observed := observations(group)
		growth = max(growth, growthFor(st.scenarios[group[0].scenario].Metrics(group[0].platform), observed, st.run.Precision, st.options.coarse))
		requests := int64(0)
		for i := range observed {
			requests += observed[i].Arrivals
		}
		arrived = max(arrived, requests)
	}
	if growth <= 1 || arrived >= st.run.MaxRequests {
		return 0
	}
	growth = max(growth*spareGrowth, leastGrowth)
	st.needed = min(sim.FromSeconds(span.Seconds()*growth), st.mostSpan())
	return st.round(sim.FromSeconds(span.Seconds() * min(growth, mostGrowth)))
}

// observations returns what a group of replications observed.
func observations(group []*part) []platform.Observations {
	observed := make([]platform.Observations, len(group))
	for i, p := range group {
		observed[i] = p.observed
	}
	return observed
}

// measure continues every part until it has been measured for a span.
func (st *study) measure(ctx context.Context, parts []*part, span sim.Time) error {
	total := (st.run.Warmup + max(span, st.needed)).Seconds() * float64(len(parts))
	switch {
	case st.replay:
		total = 0
		for _, p := range parts {
			total += st.replayed(p, st.run.Warmup+span)
		}
	case st.run.Duration == 0 && parts[0].before == nil:
		total *= usualGrowth // nobody knows yet
	case st.keep:
		total -= parts[0].done.Seconds() * float64(len(parts))
	}
	st.progress.Expect(total)
	return st.each(ctx, parts, func(p *part) error {
		var log *pendingLog
		if st.options.Log != nil {
			log = &pendingLog{tell: func(r platform.Request) {
				// What arrives at the very end of the warm-up is a part of it.
				measured := r.Arrival > st.run.Warmup || st.run.Warmup == 0
				st.options.Log(p.platform, p.replication, r, measured)
			}}
		}
		run, err := p.running, error(nil)
		if run == nil {
			if run, err = st.start(ctx, p, log); err != nil {
				return err
			}
			if err := st.advance(p, run, st.run.Warmup, log); err != nil {
				return err
			}
			if _, last, all := run.Arrived(); all && st.replay && st.run.Warmup > 0 {
				return fmt.Errorf("the arrivals end at %v, and the warm-up only at %v: shorten run.warmup", last, st.run.Warmup)
			}
			run.Restart()
		}
		end := st.run.Warmup + span
		if err := st.advance(p, run, end, log); err != nil {
			return err
		}
		if err := st.finish(p, run, end, log); err != nil {
			return err
		}
		run.LogUnfinished()
		log.flush(sim.Never)
		p.observed, p.done = run.Observations(), span
		p.running = nil
		if st.keep && st.options.Memory.Ample() {
			p.running = run
		}
		return st.charge(p, 0)
	})
}

// charge takes of the memory what a part holds, and that many bytes besides, in place of what it took before.
func (st *study) charge(p *part, bytes int64) error {
	if st.options.Memory == nil {
		return nil
	}
	bytes += p.observed.Bytes()
	if p.before != nil {
		bytes += p.before.Bytes()
	}
	if p.running != nil {
		bytes += p.running.Bytes()
	}
	if !st.options.Memory.Take(bytes - p.charged) {
		return &MemoryError{st.options.Memory.Size}
	}
	st.charged.Add(bytes - p.charged)
	p.charged = bytes
	return nil
}

// giveBack gives back all memory of the study.
func (st *study) giveBack() {
	if st.options.Memory != nil {
		st.options.Memory.Give(st.charged.Load())
	}
}

// advance runs a part up to a moment, in slices between which it reports and is charged for its memory.
func (st *study) advance(p *part, run Simulation, until sim.Time, log *pendingLog) error {
	for run.Now() < until && !run.Ended() {
		from := run.Now()
		if err := run.Run(min(until, from.Plus(st.slice(from)))); err != nil {
			return err
		}
		log.flush(run.Now())
		st.progress.Add((run.Now() - from).Seconds())
		held := int64(0)
		if run != p.running { // which is charged for anyway
			held = run.Bytes()
		}
		if err := st.charge(p, held); err != nil {
			return err
		}
	}
	return nil
}

// slice is how much virtual time to simulate from a moment on until progress is reported: about
// 100,000 requests, some hundredths of a second. How many requests a trace has is not known; a hundredth of what has
// passed is little beside it, and takes few slices even of a trace of years.
func (st *study) slice(from sim.Time) sim.Time {
	const requests = 100_000
	rate := st.scenarios[0].ArrivalRate()
	if w, ok := st.scenarios[0].recordedWorkload(); ok {
		rate = w.meanRate()
	}
	if !math.IsNaN(rate) {
		return max(sim.FromSeconds(requests/rate), 1)
	}
	return max((st.run.Warmup+max(st.run.Duration, sim.Second))/1000, from/100, 1)
}

// start returns a part at time 0.
func (st *study) start(ctx context.Context, p *part, log *pendingLog) (Simulation, error) {
	s := st.scenarios[p.scenario]
	if s.many() {
		s.functions = st.functions[p.scenario]()
	}
	return s.start(ctx, p.platform, p.replication, st.options.MostLive, log)
}

// results returns the results of all scenarios.
func (st *study) results(parts []*part, span sim.Time) []*Result {
	results := make([]*Result, len(st.scenarios))
	groups := st.groups(parts)
	for i, s := range st.scenarios {
		observed := map[string][]platform.Observations{}
		measured := span
		var replay *Replay
		for _, group := range groups {
			if group[0].scenario != i {
				continue
			}
			observed[group[0].platform] = observations(group)
			if replay = group[0].replay; replay != nil && replay.Whole {
				measured = 0
				for _, p := range group {
					measured = max(measured, p.observed.Span)
				}
			}
		}
		results[i] = newResult(s, st, measured, observed, replay, st.unsteady[i])
	}
	return results
}

// interrupted returns the results of the last round that all parts finished or, if there is
// none, of the replications that finished the first.
func (st *study) interrupted(ctx context.Context, parts []*part) ([]*Result, error) {
	var finished []*part
	span := sim.Time(0)
	for of := range slices.Chunk(parts, st.width()) {
		whole := true
		for _, p := range of {
			if p.before != nil {
				p.observed = *p.before
			}
			whole = whole && p.done > 0
			span = max(span, p.observed.Span)
		}
		if whole {
			for _, p := range of {
				p.index = len(finished)
				finished = append(finished, p)
			}
		}
	}
	if len(finished) == 0 {
		return nil, context.Cause(ctx)
	}
	asked := st.run.Replications
	st.run.Replications, st.cut = len(finished)/st.width(), true
	results := st.results(finished, span)
	for _, r := range results {
		r.interrupt(asked)
	}
	return results, nil
}
