package scenarios

import (
	"context"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/crew"
	"faaslab/sim"
)

// Options say how a scenario is simulated. None of them changes a result.
type Options struct {
	// Workers is how many replications run at once; 0: one a core.
	Workers int
	// Progress, if set, is told the fraction of the work that is done, from several
	// goroutines. How much work a precision takes is a guess until the end.
	Progress func(done float64)
	// MostLive ends the simulation with an error when a platform would have more instances and waiting requests
	// alive in a replication. 0: platform.MostLive.
	MostLive int
	// Memory, if set, is what the simulation may take, with whoever else takes of it: where that does not
	// suffice, the error is a *MemoryError. With little left, a replication that is to go on begins anew.
	Memory *Memory
	// Log, if set, is told the fate of every request from time 0 on, by
	// replication, platforms in the order of Kinds; what the end of the replication cuts off is
	// unfinished. The replications then run one after another, and a second time where
	// their length has to be found first. measured: the request arrived after the warm-up.
	Log func(platform string, replication int, r platform.Request, measured bool)

	crew   crew.Crew // nil: of Workers
	coarse bool      // a first look, for which ±0.0001 is enough of any probability
}

// A Memory is a number of bytes that several simulations share.
type Memory = crew.Memory

// NewMemory returns a memory of so many bytes.
func NewMemory(bytes int64) *Memory { return crew.NewMemory(bytes) }

// A PanicError is a panic of what was simulated, such as a law of another package: the simulation
// ends, and not the program.
type PanicError = crew.PanicError

var (
	_ Simulation = (*pool.Pool)(nil)
	_ Simulation = (*executors.Executors)(nil)
	_ Simulation = (*cluster.Cluster)(nil)
)

// Simulate runs the replications of a scenario: for its duration or, if it has none, in
// rounds until its precision is reached. A trace is replayed whole instead. The result is a pure function
// of the scenario. When ctx ends before the work does, the result is of what was
// finished, and says so in Result.Interrupted: of the last round or, in the first, of the
// replications that had come to its end; if there are none
// the error is ctx's. Other errors are of a trace, or of a scenario that grew beyond
// platform.MostLive, of Check, or a *PanicError.
func Simulate(ctx context.Context, s Scenario, o Options) (*Result, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	return simulateChecked(ctx, s, o)
}

// simulateChecked is Simulate for a scenario that was checked.
func simulateChecked(ctx context.Context, s Scenario, o Options) (*Result, error) {
	if o.Log != nil && !s.replays() && (s.Run.Warmup == AutoWarmup || s.Run.Duration == 0) {
		return simulateTwice(ctx, s, o)
	}
	results, err := simulateTogether(ctx, []Scenario{s}, o)
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// simulateTwice finds out how long to simulate, and then does it with the log.
func simulateTwice(ctx context.Context, s Scenario, o Options) (*Result, error) {
	find := o
	find.Log = nil
	if tell := o.Progress; tell != nil {
		find.Progress = func(done float64) { tell(done / 2) }
		o.Progress = func(done float64) { tell((1 + done) / 2) }
	}
	found, err := simulateChecked(ctx, s, find)
	if err != nil || found.Interrupted {
		return found, err
	}
	fixed := s
	fixed.Run = s.Run.Fixed(found.Warmup, found.Duration)
	logged, err := simulateChecked(ctx, fixed, o)
	if err != nil || logged.Interrupted {
		return logged, err
	}
	return found, nil
}

// simulateTogether simulates scenarios with the same Run on the same streams, so
// that their results can be compared: with the same warm-up and for the same time, which the most
// demanding of them decides.
func simulateTogether(ctx context.Context, scenarios []Scenario, o Options) ([]*Result, error) {
	for _, s := range scenarios {
		if err := s.CheckPrecision(); err != nil {
			return nil, err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	st := newStudy(scenarios, o, stop)
	defer st.giveBack()
	if err := st.beginReplay(); err != nil {
		return nil, err
	}
	if st.run.Warmup == AutoWarmup {
		if err := st.settleWarmup(ctx); err != nil {
			return nil, err
		}
	}
	if err := st.checkPeriods(); err != nil {
		return nil, err
	}
	parts := st.parts()
	span := st.firstSpan()
	for {
		if err := st.measure(ctx, parts, span); err != nil {
			if isInterruption(err) {
				return st.interrupted(ctx, parts)
			}
			return nil, err
		}
		next := st.nextSpan(parts, span)
		if next <= span {
			return st.results(parts, span), nil
		}
		for _, p := range parts {
			before := p.observed
			p.before = &before
		}
		span = next
	}
}

// A pendingLog holds requests whose completion was announced and has not come yet. The
// simulation says when a service starts how long it will take; a trace may end before.
type pendingLog struct {
	tell    func(platform.Request)
	pending []platform.Request
	now     sim.Time
}

// flush tells all that happened up to a moment; at Never, the end, the rest is unfinished.
// A nil log does nothing.
func (l *pendingLog) flush(now sim.Time) {
	if l == nil {
		return
	}
	kept := l.pending[:0]
	for _, r := range l.pending {
		switch {
		case now == sim.Never:
			r.Outcome, r.Completion = platform.OutcomeUnfinished, sim.Never
			if r.Start > l.now {
				r.Start = sim.Never
			}
			l.tell(r)
		case r.Completion <= now:
			l.tell(r)
		default:
			kept = append(kept, r)
		}
	}
	l.pending = kept
	l.now = now
}
