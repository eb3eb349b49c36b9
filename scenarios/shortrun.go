package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/crew"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/random"
)

// ShortRunOptions say how an experiment is made. Every field but Replications changes what is measured.
type ShortRunOptions struct {
	Warmup   sim.Time // before anything is looked at, >= 0
	Duration sim.Time // how long requests are sent and instances counted after it, > 0
	// Every is how long it is from one count of the instances to the next, > 0. The first is at
	// the end of the warm-up.
	Every sim.Time
	// Replications is how many times the experiment is made, each on streams of its own, > 0.
	Replications int
	// Sent are the moments at which requests are sent, in order, the same in all replications. Nil:
	// each replication draws Poisson arrivals at the scenario's rate.
	Sent []sim.Time
}

// A ShortRun is what one experimenter would have measured, by metric: the numbers of instances as
// means of samples, probabilities over the arrivals, and response times. NaN is what the run has no value of.
type ShortRun map[string]float64

// ShortRuns makes an experiment with one platform of a scenario over and over: a short run, as
// one makes it on a real platform. Requests are sent for the warm-up and the duration; then none come, and
// all that are there are waited for, so that a response time is that of every request after the
// warm-up. How the scenario says to measure (run.warmup, run.duration, run.precision) has no effect; only
// run.seed does. Arrivals must be Poisson, also where o.Sent takes their place. They are made one after another. The error is ctx's, or that
// of a platform that grew beyond platform.MostLive, of Check, or a *PanicError.
func ShortRuns(ctx context.Context, s Scenario, name string, o ShortRunOptions) ([]ShortRun, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	poisson, ok := s.Arrivals.(dist.Poisson)
	switch {
	case !ok:
		return nil, fmt.Errorf("a short run sends Poisson arrivals, found %s", s.Arrivals)
	case o.Duration <= 0 || o.Every <= 0 || o.Warmup < 0 || o.Replications < 1:
		return nil, fmt.Errorf("a short run of %s after %s, counted every %s, %d times: want more than nothing", keyfile.FormatTime(o.Duration), keyfile.FormatTime(o.Warmup), keyfile.FormatTime(o.Every), o.Replications)
	}
	end := o.Warmup + o.Duration
	steps, err := dist.NewSteps([]dist.Level{{PerSecond: poisson.Rate()}, {From: end.Seconds(), PerSecond: afterwards}})
	if err != nil {
		return nil, err
	}
	s.Arrivals = steps
	if o.Sent != nil {
		s.Arrivals = replayed{&o.Sent}
	}
	runs := make([]ShortRun, o.Replications)
	for i := range runs {
		err := crew.Guarded(func() (err error) {
			runs[i], err = s.shortRun(ctx, name, i, o)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%s, run %d: %w", name, i+1, err)
		}
	}
	return runs, nil
}

// afterwards is the rate after the end of a short run, in arrivals a second: one in three years. A
// stream may not end, since the simulation would with it.
const afterwards = 1e-8

// mostDrains is how many times the duration of a short run its requests are waited for at most.
const mostDrains = 100

// replayed are arrivals at known moments. Like the arrivals of other short runs, they go on rarely
// after the end.
type replayed struct{ at *[]sim.Time }

// Rate returns NaN: a list has no rate.
func (r replayed) Rate() float64 { return math.NaN() }

// Pattern returns the zero Pattern.
func (r replayed) Pattern() dist.Pattern { return dist.Pattern{} }

// String describes the list.
func (r replayed) String() string { return fmt.Sprintf("%d requests at known moments", len(*r.at)) }

// Start begins at the first moment.
func (r replayed) Start(random.Generator) (dist.Source, error) {
	return &replay{left: *r.at}, nil
}

type replay struct {
	left []sim.Time
	last sim.Time
}

// Fill writes the gaps between the moments.
func (r *replay) Fill(gaps, _ []int64) (int, error) {
	for i := range gaps {
		if len(r.left) == 0 {
			gaps[i] = int64(sim.FromSeconds(1 / afterwards))
			continue
		}
		gaps[i], r.last, r.left = int64(r.left[0]-r.last), r.left[0], r.left[1:]
	}
	return len(gaps), nil
}

// shortRun makes one experiment.
func (s Scenario) shortRun(ctx context.Context, name string, replication int, o ShortRunOptions) (ShortRun, error) {
	run, err := s.start(ctx, name, replication, 0, nil)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(ctx.Err(), run.Run(o.Warmup)); err != nil { // a short run may be too short for the platform to ask
		return nil, err
	}
	run.Restart()
	var total platform.Counts
	samples := 0
	end := o.Warmup + o.Duration
	for at := o.Warmup; at < end; at += o.Every {
		if err := run.Run(at); err != nil {
			return nil, err
		}
		n := run.Counts()
		total.Instances += n.Instances
		total.Running += n.Running
		total.RunningCold += n.RunningCold
		samples++
	}
	if err := run.Run(end); err != nil {
		return nil, err
	}
	for drains := 0; drains < mostDrains && run.Counts().Running+run.Counts().Waiting > 0; drains++ {
		if err := run.Run(run.Now() + o.Duration); err != nil {
			return nil, err
		}
	}
	observed := run.Observations()
	if err := observed.Check(); err != nil {
		return nil, fmt.Errorf("an error of the simulator, please report it: %w", err)
	}
	t := ShortRun{}
	for _, m := range s.Metrics(name) {
		switch {
		case m.Count != nil:
			t[m.Name] = float64(m.Count(total)) / float64(samples)
		case m.Is(platform.Measurable):
			t[m.Name] = m.Of(&observed)
		}
	}
	if ended := observed.TimedOut + observed.Served() + observed.Rejected; KindOf(name).Traits&platform.Pooled != 0 && ended > 0 {
		// Of the requests that leave after the warm-up: more than arrive then may time out, where others wait already.
		t[platform.TimeoutProbability] = float64(observed.TimedOut) / float64(ended)
	}
	t[platform.Throughput] = float64(observed.Served()) / o.Duration.Seconds()
	for metric, v := range t {
		if math.IsInf(v, 0) {
			t[metric] = math.NaN()
		}
	}
	return t, nil
}
