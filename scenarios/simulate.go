package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

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
	// goroutines.
	Progress func(done float64)
	// Log, if set, is told the fate of every request from time 0 on, by
	// replication, containers before Wasm; what the end of the replication cuts off is
	// unfinished. The replications then run one after another.
	Log func(platform string, replication int, r platform.Request)
}

// simulation is what containers and Wasm executors have in common.
type simulation interface {
	Run(until sim.Time) error
	Now() sim.Time
	Ended() bool
	Restart()
	Observations() platform.Observations
	LogUnfinished()
}

var (
	_ simulation = (*platform.Pool)(nil)
	_ simulation = (*platform.Executors)(nil)
)

// Simulate runs the replications of a scenario. The result is a pure function
// of the scenario. When ctx ends before the work does, the result is of the replications
// that were finished, and says so in Result.Interrupted; if there are none
// the error is ctx's. Other errors are of a trace, or of a scenario that grew beyond
// platform.MostLive.
func Simulate(ctx context.Context, s Scenario, o Options) (*Result, error) {
	// A job is one platform in one replication.
	type job struct {
		name        string
		replication int
		observed    platform.Observations
		done        bool
		endedAt     sim.Time // of a trace that ended before the replication did; else Never
		err         error
	}
	var jobs []*job
	for replication := range s.Run.Replications {
		for _, name := range s.Platforms() {
			jobs = append(jobs, &job{name: name, replication: replication})
		}
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if o.Log != nil {
		workers = 1
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var next, progress atomic.Int64
	var group sync.WaitGroup
	for range min(workers, len(jobs)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) || ctx.Err() != nil {
					return
				}
				j := jobs[i]
				report := func(done float64) {
					if o.Progress != nil {
						const whole = 1 << 20
						total := progress.Add(int64(done * whole))
						o.Progress(float64(total) / whole / float64(len(jobs)))
					}
				}
				j.observed, j.endedAt, j.err = s.replicate(ctx, j.name, j.replication, o, report)
				if j.err != nil {
					cancel() // the others' work would be for nothing
					return
				}
				j.done = true
			}
		})
	}
	group.Wait()

	observed := map[string][]platform.Observations{}
	finished := 0
	ended := sim.Never
	for r := range s.Run.Replications {
		of := jobs[r*len(s.Platforms()) : (r+1)*len(s.Platforms())]
		whole := true
		for _, j := range of {
			if j.err != nil && !errors.Is(j.err, context.Canceled) && !errors.Is(j.err, context.DeadlineExceeded) {
				return nil, fmt.Errorf("%s, replication %d: %w", j.name, j.replication+1, j.err)
			}
			whole = whole && j.done
		}
		if !whole {
			continue
		}
		finished++
		for _, j := range of {
			observed[j.name] = append(observed[j.name], j.observed)
			ended = min(ended, j.endedAt)
		}
	}
	if finished == 0 {
		return nil, context.Cause(ctx)
	}
	return newResult(s, observed, finished, ended), nil
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

// replicate simulates one platform in one replication: the warm-up, then the
// measured period. endedAt is when a trace ended before that, or Never.
func (s Scenario) replicate(ctx context.Context, name string, replication int, o Options, report func(float64)) (observed platform.Observations, endedAt sim.Time, err error) {
	var log *pendingLog
	if o.Log != nil {
		log = &pendingLog{tell: func(r platform.Request) { o.Log(name, replication, r) }}
	}
	run, err := s.start(ctx, name, replication, log)
	if err != nil {
		return observed, 0, err
	}
	end := s.Run.Warmup + s.Run.Duration
	reported := 0.0
	for _, until := range []sim.Time{s.Run.Warmup, end} {
		for run.Now() < until && !run.Ended() {
			if err := run.Run(min(until, run.Now().Plus(s.slice()))); err != nil {
				return observed, 0, err
			}
			log.flush(run.Now())
			done := float64(run.Now()) / float64(end)
			report(done - reported)
			reported = done
		}
		if until < end {
			if run.Ended() && s.Run.Warmup > 0 {
				return observed, 0, fmt.Errorf("the arrivals end at %v, and the warm-up only at %v: shorten run.warmup", run.Now(), s.Run.Warmup)
			}
			run.Restart()
		}
	}
	run.LogUnfinished()
	log.flush(sim.Never)
	report(1 - reported)
	endedAt = sim.Never
	if run.Now() < end {
		endedAt = run.Now()
	}
	return run.Observations(), endedAt, nil
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

// start returns one platform at time 0.
func (s Scenario) start(ctx context.Context, name string, replication int, log *pendingLog) (simulation, error) {
	var tell func(platform.Request)
	if log != nil {
		tell = func(r platform.Request) { log.pending = append(log.pending, r) }
	}
	if name == ContainerPlatform {
		pool, err := platform.NewPool(*s.Container, s.Arrivals, s.Run.Seed, replication)
		if err != nil {
			return nil, err
		}
		pool.Log, pool.Interrupted = tell, ctx.Err
		return pool, nil
	}
	executors, err := platform.NewExecutors(*s.Wasm, s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	executors.Log, executors.Interrupted = tell, ctx.Err
	return executors, nil
}

// slice is how much virtual time to simulate between two reports of progress: about
// 100,000 requests, some hundredths of a second.
func (s Scenario) slice() sim.Time {
	const requests = 100_000
	if rate := s.Arrivals.Rate(); !math.IsNaN(rate) {
		return max(sim.FromSeconds(requests/rate), 1)
	}
	return max((s.Run.Warmup+s.Run.Duration)/1000, 1)
}
