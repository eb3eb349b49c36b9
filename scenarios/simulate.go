package scenarios

import (
	"context"

	"faaslab/platform"
	"faaslab/sim"
)

// The names of the two platforms in results.
const (
	ContainerPlatform = "container"
	WasmPlatform      = "wasm"
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
	// replication, containers before Wasm; what the end of the replication cuts off is
	// unfinished. The replications then run one after another, and a second time where
	// their length has to be found first. measured: the request arrived after the warm-up.
	Log func(platform string, replication int, r platform.Request, measured bool)

	crew   crew // nil: of Workers
	coarse bool // a first look, for which ±0.0001 is enough of any probability
}

// simulation is what containers and Wasm executors have in common.
type simulation interface {
	Run(until sim.Time) error
	Now() sim.Time
	Ended() bool
	Arrived() (requests int64, last sim.Time, all bool)
	Restart()
	Counts() platform.Counts
	Observations() platform.Observations
	Occupancy() float64
	LogUnfinished()
	Bytes() int64
}

var (
	_ simulation = (*platform.Pool)(nil)
	_ simulation = (*platform.Executors)(nil)
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
	if _, replays := s.replays(); o.Log != nil && !replays && (s.Run.Warmup == AutoWarmup || s.Run.Duration == 0) {
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

// Platforms returns the names of the platforms that the scenario has.
func (s Scenario) Platforms() (names []string) {
	if s.Container != nil {
		names = append(names, ContainerPlatform)
	}
	if s.Wasm != nil {
		names = append(names, WasmPlatform)
	}
	return names
}

// start returns one platform at time 0 with a bound of its own on what is alive; 0: platform.MostLive.
func (s Scenario) start(ctx context.Context, name string, replication, mostLive int, log *pendingLog) (simulation, error) {
	var tell func(platform.Request)
	if log != nil {
		tell = func(r platform.Request) { log.pending = append(log.pending, r) }
	}
	responses, waits := s.limits()
	if mostLive == 0 {
		mostLive = platform.MostLive
	}
	if name == ContainerPlatform {
		pool, err := platform.NewPool(*s.Container, s.Arrivals, s.Run.Seed, replication)
		if err != nil {
			return nil, err
		}
		pool.Log, pool.Interrupted, pool.MostLive = tell, ctx.Err, mostLive
		pool.Limit(responses, waits)
		pool.Meter = s.Prices(name).Meter()
		return pool, nil
	}
	executors, err := platform.NewExecutors(*s.Wasm, s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	executors.Log, executors.Interrupted, executors.MostLive = tell, ctx.Err, mostLive
	executors.Limit(responses, waits)
	executors.Meter = s.Prices(name).Meter()
	return executors, nil
}
