package scenarios

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"faaslab/platform"
	"faaslab/scenarios/internal/crew"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// TransientOptions say what of a transient is looked at, and how it is computed.
type TransientOptions struct {
	// Horizon is how much of each replication is simulated, from time 0; > 0, and at least a
	// nanosecond a slot.
	Horizon sim.Time
	// Points is the number of equal slots that the horizon is cut into, 1 to MostPoints; 0: 120 or, where an
	// autoscaler evaluates and the horizon allows it, the largest number below at which slots are of whole evaluations.
	Points int
	// Workers is how many replications run at once; 0: one a core. It changes no result.
	Workers int
	// Progress, if set, is told the fraction of the work that is done, from several
	// goroutines.
	Progress func(done float64)
}

// MostPoints is the largest number of slots of a transient.
const MostPoints = 10_000

// defaultPoints are as many slots as a figure or a table can show.
const defaultPoints = 120

// A TransientResult is how the platforms of a scenario change with time.
type TransientResult struct {
	Scenario Scenario
	Horizon  sim.Time
	// Times are the middles of the slots, in seconds. The values of a slot are averages
	// over it: of numbers of instances over its time, of probabilities over its arrivals.
	Times []float64
	// Platforms are the results in the order in which they are shown; only the platforms of the scenario.
	Platforms []*PlatformTransient
	// Replications is how many were finished; fewer than asked for if Interrupted.
	Replications int
	Interrupted  bool
	Replay       *Replay // what of a trace was simulated; nil if the arrivals are none
	Warnings     []string
	// Broken is not nil if an identity that holds on every path does not: then the
	// simulator has an error, and the result is worth nothing.
	Broken error

	slots map[string][]slot // what the estimates are of, by platform
}

// A PlatformTransient is how one platform changes with time.
type PlatformTransient struct {
	Platform string // the name of its kind
	Requests int64  // that arrived up to the horizon, all replications together
	// Metrics are those of the platform's table that a slot has (Scenario.TransientMetrics), in its order.
	Metrics []MetricTransient
}

// A MetricTransient is a metric as a function of time.
type MetricTransient struct {
	platform.Metric
	// Estimates has one a slot; its Mean is NaN where the slot has no such value, such as a
	// response time where nothing was served.
	Estimates []stats.Estimate
}

// Platform returns the result of one platform by its name, nil if there is none.
func (r *TransientResult) Platform(name string) *PlatformTransient {
	for _, p := range r.Platforms {
		if p.Platform == name {
			return p
		}
	}
	return nil
}

// Metric returns a metric by its name; false if the transient has no such metric.
func (p *PlatformTransient) Metric(name string) (MetricTransient, bool) {
	for _, m := range p.Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return MetricTransient{}, false
}

// TransientMetrics returns the metrics of a platform, its costs included, that have a value in every slot of a
// transient.
func (s Scenario) TransientMetrics(name string) (metrics []platform.Metric) {
	for _, m := range s.Metrics(name) {
		m.Unseen = nil // a bound by rates says little of a slot that is shorter than what was not seen
		if m.Is(platform.PerSlot) {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// mostGroups bounds the memory of a transient: beyond so many replications, they are
// merged into as many groups, and the interval is over these. With 64 of them it is at most
// 2 % wider than with any number.
const mostGroups = 64

// mostResponseGroups bounds the memory of response times, of which a slot keeps a histogram a group: replications are
// merged into so few groups for them. The interval of a quantile is then up to 9 % wider than with
// any number. A histogram has four bytes for each of its bins, of which a response fills at most one: 120 slots of 16
// groups with 500 responses each take about 5 MB.
const mostResponseGroups = 16

// Transient runs the replications of a scenario from its initial state at time 0 up to a
// horizon and estimates every metric in each slot. The warm-up, the duration and all else
// that says how long to measure have no effect; a steady state is not needed. The
// result is a pure function of the scenario, the horizon and the points. When ctx ends before
// the work does, the result is of the replications that were finished, and says so in
// Interrupted; if there are none the error is ctx's. Other errors are of the
// options, a *SizeError, of a trace, or of a platform that grew beyond platform.MostLive.
func Transient(ctx context.Context, s Scenario, o TransientOptions) (*TransientResult, error) {
	if o.Points == 0 {
		o.Points = s.usualPoints(o.Horizon)
	}
	if err := s.checkTransient(o); err != nil {
		return nil, err
	}
	if s.OnePath() {
		s.Run.Replications = 1 // s is a copy
	}
	t := newTransient(s, o)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	crew.New(o.Workers).Each(s.Run.Replications, func(replication int) {
		if ctx.Err() != nil {
			return
		}
		if err := t.replicate(ctx, replication); err != nil {
			t.fail(replication, err)
			cancel() // the others' work would be for nothing
		}
	})
	switch {
	case t.failed != nil:
		return nil, t.failed
	case t.finished == 0:
		return nil, context.Cause(ctx)
	}
	return t.result(), nil
}

// usualPoints returns the number of slots of a horizon.
func (s Scenario) usualPoints(horizon sim.Time) int {
	if !s.measures() {
		return defaultPoints
	}
	every := s.Serving.Scaling.Rule.Every
	if every <= 0 || horizon%every != 0 {
		return defaultPoints
	}
	evaluations := horizon / every
	for points := sim.Time(defaultPoints); points > transientFewest; points-- {
		if evaluations%points == 0 {
			return int(points)
		}
	}
	return defaultPoints
}

// transientFewest is below how many slots a transient is too coarse to be worth whole evaluations.
const transientFewest = 20

// checkTransient returns why a transient cannot be simulated.
func (s Scenario) checkTransient(o TransientOptions) error {
	if err := s.Check(); err != nil {
		return err
	}
	switch {
	case o.Points < 1 || o.Points > MostPoints:
		return fmt.Errorf("a transient of %d slots; want 1 to %d", o.Points, MostPoints)
	case o.Horizon < sim.Time(o.Points) || o.Horizon == sim.Never:
		return fmt.Errorf("a transient of %s in %d slots; want a nanosecond a slot or more, and less than 292 years", keyfile.FormatTime(o.Horizon), o.Points)
	}
	if total := float64(s.Run.Replications) * o.Horizon.Seconds(); total >= keyfile.Longest {
		return fmt.Errorf("%d replications of %s are %.4g years; virtual time ends at 292 years", s.Run.Replications, keyfile.FormatTime(o.Horizon), total/keyfile.Year)
	}
	s.Run = s.Run.Fixed(0, o.Horizon) // s is a copy
	return s.CheckSize()
}

// A transientStudy is a transient being simulated.
type transientStudy struct {
	scenario Scenario
	options  TransientOptions

	progress atomic.Int64 // slots done

	mu       sync.Mutex
	slots    map[string][]slot // by platform
	finished int               // replications
	broken   error
	replay   *Replay  // of a trace
	endedAt  sim.Time // of one whose last response came before the horizon; else Never
	failed   error    // of the replication failedAt, the first of those that failed
	failedAt int
}

// A slot holds what the groups of replications observed in it, reduced. Replication i is of
// group i modulo the number of groups: whatever the order in which they finish, the sums are
// the same, for they are of integers.
type slot struct {
	groups []platform.Observations
	filled []bool
	// responses are those of groups i, i + len(responses), … together.
	responses []stats.Histogram
}

func newSlot(groups int) slot {
	return slot{make([]platform.Observations, groups), make([]bool, groups), make([]stats.Histogram, min(groups, mostResponseGroups))}
}

// add takes what a replication observed.
func (s *slot) add(replication int, o *platform.Observations) {
	group := replication % len(s.groups)
	s.responses[group%len(s.responses)].Gather(&o.Responses)
	o.Responses = o.Responses.Counted()
	s.groups[group].Merge(o)
	s.filled[group] = true
}

// merge adds what the same groups observed in another slot.
func (s *slot) merge(other *slot) {
	for i := range other.groups {
		s.groups[i].Merge(&other.groups[i])
		s.filled[i] = s.filled[i] || other.filled[i]
	}
	for i := range other.responses {
		s.responses[i].Gather(&other.responses[i])
	}
}

func newTransient(s Scenario, o TransientOptions) *transientStudy {
	t := &transientStudy{scenario: s, options: o, slots: map[string][]slot{}, endedAt: sim.Never}
	groups := min(s.Run.Replications, mostGroups)
	for _, name := range s.Platforms() {
		for range o.Points {
			t.slots[name] = append(t.slots[name], newSlot(groups))
		}
	}
	return t
}

// end returns where the i-th slot ends, i from −1.
func (t *transientStudy) end(i int) sim.Time {
	return slotEnd(t.options.Horizon, i, t.options.Points)
}

// slotEnd returns where the i-th slot of several ends, i from −1: horizon · (i+1) / points, in 128 bits.
func slotEnd(horizon sim.Time, i, points int) sim.Time {
	hi, lo := bits.Mul64(uint64(horizon), uint64(i+1))
	end, _ := bits.Div64(hi, lo, uint64(points))
	return sim.Time(end)
}

// replicate simulates all platforms in one replication and adds what they observed, all
// of it or, on an error, nothing.
func (t *transientStudy) replicate(ctx context.Context, replication int) error {
	names := t.scenario.Platforms()
	observed := map[string][]platform.Observations{}
	endedAt := sim.Never
	var broken error
	var replay *Replay
	for _, name := range names {
		var of replicated
		err := crew.Guarded(func() (err error) {
			of, err = t.replicatePlatform(ctx, name, replication)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s, replication %d: %w", name, replication+1, err)
		}
		observed[name] = of.slots
		endedAt = min(endedAt, of.endedAt)
		if broken == nil {
			broken = of.broken
		}
		if t.scenario.replays() {
			part, err := newReplay(t.scenario.Arrivals, of.run, t.options.Horizon)
			if err != nil {
				return err
			}
			if part.OnePath = t.scenario.OnePath(); replay == nil || replay.Whole {
				replay = part
			}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, slots := range t.slots {
		for i := range slots {
			slots[i].add(replication, &observed[name][i])
		}
	}
	t.finished++
	t.endedAt = min(t.endedAt, endedAt)
	if t.replay == nil || t.replay.Whole {
		t.replay = replay // of all the same, but for whether it came to its last response
	}
	if t.broken == nil {
		t.broken = broken
	}
	return nil
}

// replicated is what was observed of one platform in one replication.
type replicated struct {
	slots   []platform.Observations
	endedAt sim.Time // the last response of a trace, if it came before the horizon; else Never
	broken  error
	run     Simulation // at its end
}

// replicatePlatform simulates one platform in one replication.
func (t *transientStudy) replicatePlatform(ctx context.Context, name string, replication int) (of replicated, err error) {
	of.endedAt = sim.Never
	run, err := t.scenario.start(ctx, name, replication, 0, nil)
	if err != nil {
		return of, err
	}
	for i := range t.options.Points {
		if err = run.Run(t.end(i)); err == nil {
			err = ctx.Err() // a slot may be too short for the simulation to ask
		}
		if err != nil {
			return of, err
		}
		o := run.Observations()
		if err := o.Check(); err != nil && of.broken == nil {
			of.broken = fmt.Errorf("%s, replication %d, slot %d: %w", name, replication+1, i+1, err)
		}
		reduced := o.Reduced()
		reduced.Responses = o.Responses
		of.slots = append(of.slots, reduced)
		run.Restart()
		t.report(len(t.scenario.Platforms()))
	}
	if run.Ended() {
		of.endedAt = run.Now()
	}
	of.run = run
	return of, nil
}

// fail keeps the error of the first replication that failed; to be interrupted is no failure.
func (t *transientStudy) fail(replication int, err error) {
	if isInterruption(err) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil || replication < t.failedAt {
		t.failed, t.failedAt = err, replication
	}
}

// report counts a slot as done.
func (t *transientStudy) report(platforms int) {
	if t.options.Progress != nil {
		done := float64(t.progress.Add(1))
		t.options.Progress(done / float64(platforms) / float64(t.options.Points) / float64(t.scenario.Run.Replications))
	}
}

// result estimates the metrics in each slot.
func (t *transientStudy) result() *TransientResult {
	r := &TransientResult{
		Scenario:     t.scenario,
		Horizon:      t.options.Horizon,
		Replications: t.finished,
		Interrupted:  t.finished < t.scenario.Run.Replications,
		Replay:       t.replay,
		Broken:       t.broken,
	}
	for i := range t.options.Points {
		r.Times = append(r.Times, (t.end(i-1).Seconds()+t.end(i).Seconds())/2)
	}
	r.slots = t.slots
	r.estimate()
	r.Warnings = r.warnings(t.endedAt)
	return r
}

// estimate computes the platforms from the slots.
func (r *TransientResult) estimate() {
	r.Platforms = nil
	for _, name := range r.Scenario.Platforms() {
		slots, metrics := r.slots[name], r.Scenario.TransientMetrics(name)
		p := &PlatformTransient{Platform: name}
		for _, m := range metrics {
			p.Metrics = append(p.Metrics, MetricTransient{Metric: m})
		}
		for i := range slots {
			for k := range slots[i].groups {
				p.Requests += slots[i].groups[k].Arrivals
			}
			for m, e := range slots[i].estimate(metrics) {
				p.Metrics[m].Estimates = append(p.Metrics[m].Estimates, e)
			}
		}
		r.Platforms = append(r.Platforms, p)
	}
}

// Merged returns the transient in slots of n of its own each, the last of what is left: what was observed in them is one
// observation, so that probabilities are of all their requests. 1 <= n. The warnings stay those of the finer slots.
func (r *TransientResult) Merged(n int) *TransientResult {
	merged := *r
	merged.Times, merged.slots = nil, map[string][]slot{}
	points := len(r.Times)
	for from := 0; from < points; from += n {
		to := min(from+n, points)
		merged.Times = append(merged.Times, (slotEnd(r.Horizon, from-1, points).Seconds()+slotEnd(r.Horizon, to-1, points).Seconds())/2)
		for name, slots := range r.slots {
			all := newSlot(len(slots[from].groups))
			for i := from; i < to; i++ {
				all.merge(&slots[i])
			}
			merged.slots[name] = append(merged.slots[name], all)
		}
	}
	merged.estimate()
	return &merged
}

// estimate estimates the metrics of a slot: quantiles from the groups of responses, all else from all groups.
func (s *slot) estimate(metrics []platform.Metric) []stats.Estimate {
	var groups []platform.Observations
	coarse := make([]platform.Observations, len(s.responses))
	for i := range s.groups {
		if s.filled[i] { // of others no replication was finished
			groups = append(groups, s.groups[i])
			coarse[i%len(coarse)].Merge(&s.groups[i])
		}
	}
	for i := range coarse {
		coarse[i].Responses = s.responses[i].Compact()
	}
	coarse = slices.DeleteFunc(coarse, func(o platform.Observations) bool { return o.Span == 0 })
	estimates := make([]stats.Estimate, len(metrics))
	for i, e := range platform.Estimate(metrics, groups) {
		estimates[i] = e.Estimate
	}
	for i, m := range metrics {
		if m.Resolution != nil {
			estimates[i] = platform.Estimate([]platform.Metric{m}, coarse)[0].Estimate
		}
	}
	return estimates
}

func (r *TransientResult) warnings(traceEnd sim.Time) (w []string) {
	if r.Broken != nil {
		w = append(w, fmt.Sprintf("an error of the simulator, please report it: %v", r.Broken))
	}
	if r.Interrupted {
		w = append(w, fmt.Sprintf("interrupted: %d of %d replications were finished, and the results are of these", r.Replications, r.Scenario.Run.Replications))
	}
	if r.Replay != nil {
		w = append(w, r.Replay.String())
	}
	if traceEnd != sim.Never {
		w = append(w, fmt.Sprintf("the last response of a replication is out at %v: nothing is known of it after that", traceEnd))
	}
	if r.Replications == 1 && (r.Replay == nil || !r.Replay.OnePath) {
		w = append(w, "one replication gives no interval: raise run.replications")
	}
	for _, name := range r.Scenario.Platforms() {
		var none, bare []string
		for _, m := range r.Platform(name).Metrics {
			missing, single := 0, 0
			for _, e := range m.Estimates {
				switch {
				case math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0):
					missing++
				case math.IsNaN(e.HalfWidth) && r.Replications > 1:
					single++
				}
			}
			if missing > 0 {
				none = append(none, fmt.Sprintf("%s in %d", m.Name, missing))
			}
			if single > 0 {
				bare = append(bare, fmt.Sprintf("%s in %d", m.Name, single))
			}
		}
		if none != nil {
			w = append(w, fmt.Sprintf("%s: nothing was observed that would give %s of %d slots", name, strings.Join(none, ", "), len(r.Times)))
		}
		if bare != nil {
			w = append(w, fmt.Sprintf("%s: too few replications for an interval observed %s of %d slots", name, strings.Join(bare, ", "), len(r.Times)))
		}
	}
	return w
}
