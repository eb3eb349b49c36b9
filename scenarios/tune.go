package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/quantity"
	"faaslab/sim"
)

// A Tuning is the search for the smallest value of a key at which goals are met.
type Tuning struct {
	Range   Range
	Goals   []Goal // to be met together; at least one
	Largest bool   // look for the largest value instead
	// Tolerance is how near a value that meets the goals and one that does not must come, relative to
	// the larger, in (0, 1); whole numbers must come next to each other.
	Tolerance float64
	// Transient, if more than 0, is how much of each replication is simulated from the initial state: goals are
	// over its slots then (Goal.Over), and else none is.
	Transient sim.Time
	// Slots is the number of these slots, 1 to MostPoints; 0: as TransientOptions.Points has it.
	Slots int
	// Scenario returns the scenario at a value of the key, or why it cannot be simulated.
	Scenario func(value string) (Scenario, error)
}

// Tuned is what a Tuning found.
type Tuned struct {
	// Found is the smallest value, or the largest, at which all goals are met; nil if there is none
	// among the Trials. Interrupted, it is the best so far.
	Found *Trial
	// Beyond is the nearest value tried beyond Found, at which a goal is missed or undecided; nil if
	// Found is the end of the range.
	Beyond      *Trial
	Trials      []*Trial // all values that were tried, ascending
	Interrupted bool
	// Broken is not nil if the simulator has an error (Result.Broken, or a *PanicError): then the search ended, and is worth nothing.
	Broken error
}

// A Trial is one value that was tried.
type Trial struct {
	Value      float64 // in seconds, per second, GB, or as it is
	Text       string  // as in a scenario file
	Judgements []Judgement
	// Result is what the judgements are of, without the observations (PlatformResult.Replications); beside
	// Found, it may lack platforms that no goal is about. It was measured for its Duration after its
	// Warmup: a scenario with these gives the same. nil if Err is not.
	Result *Result
	// Transient is what the judgements are of in a Tuning with a Transient, and Result is nil then.
	Transient *TransientResult
	Err       error // why the value cannot be simulated: then it meets no goal

	scenario Scenario
}

// Met reports whether all goals are met.
func (t *Trial) Met() bool {
	return t.Err == nil && !slices.ContainsFunc(t.Judgements, func(j Judgement) bool { return j.Verdict != Met })
}

// Missed reports whether a goal is missed, or the value cannot be simulated.
func (t *Trial) Missed() bool {
	return t.Err != nil || slices.ContainsFunc(t.Judgements, func(j Judgement) bool { return j.Verdict == Missed })
}

// decided reports whether more precision could change nothing about Met.
func (t *Trial) decided() bool { return t.Met() || t.Missed() }

const (
	// coarsePrecision is that of the first look at a value; that of the run if that is less.
	coarsePrecision = 0.05
	// Growth of the measured time where an interval does not decide: by more than seems to be needed, for
	// a look more is a chance more to be wrong.
	spareDecision = 1.5
	mostDecision  = 16
	// expectedSteps is how many values progress expects to be tried after the scan.
	expectedSteps = 8
)

// Run searches: it tries values all over the range, coarsely, and then, from the preferred end on, simulates
// undecided ones longer until their intervals decide or run.max_requests are spent, up to the first that meets
// all goals. Between it and the one before, it halves the distance up to the tolerance. Where one value
// misses some of the goals and the next one others, it looks between them for values that meet all. Metrics need not be
// monotone: between values of the scan, others that meet the goals may be missed.
//
// All values see the same requests, since the seed is the same. What is found is a
// pure function of the Tuning. When ctx ends before, the result is of what was tried, and says so. The error is that of the
// first value if none can be simulated.
func (t Tuning) Run(ctx context.Context, o Options) (*Tuned, error) {
	switch {
	case t.Scenario == nil || len(t.Goals) == 0 || t.Range.Key == "":
		return nil, errors.New("a tuning without a range, goals or scenarios; want what ParseRange and ParseGoals return, and a function")
	case !(t.Tolerance > 0 && t.Tolerance < 1):
		return nil, fmt.Errorf("a tuning with the tolerance %v; want a number between 0 and 1", t.Tolerance)
	}
	if err := t.CheckGoals("a goal"); err != nil {
		return nil, err
	}
	s := &search{Tuning: t, ctx: ctx, options: o, tuned: &Tuned{}}
	values := t.Range.Values()
	s.expected = len(values) + expectedSteps
	if s.run(values); !s.stopped() {
		s.complete()
	}
	if s.tuned.Broken != nil {
		return s.tuned, nil
	}
	if ctx.Err() != nil {
		s.tuned.Interrupted = true
	}
	trials := s.tuned.Trials
	if len(trials) == len(values) && !slices.ContainsFunc(trials, func(t *Trial) bool { return t.Err == nil }) {
		return nil, fmt.Errorf("no value of %s from %s to %s can be simulated; at %s: %w", t.Range.Key, t.Range.From, t.Range.To, trials[0].Text, trials[0].Err)
	}
	slices.SortFunc(trials, func(a, b *Trial) int { return int(math.Copysign(1, a.Value-b.Value)) })
	return s.tuned, nil
}

// CheckGoals returns which goals, that a flag such as --goal was given, are none of the tuning: those over slots without
// a transient, and others with one.
func (t Tuning) CheckGoals(flag string) error {
	var all keyfile.Problems
	for _, g := range t.Goals {
		if err := t.fits(g); err != nil {
			all.Add(keyfile.Place{Text: flag + " " + keyfile.Legible(g.text)}, "%w", err)
		}
	}
	return all.Join()
}

// fits returns why a goal is none of a transient, or of a steady state.
func (t Tuning) fits(g Goal) error {
	switch {
	case t.Transient > 0 && g.Over == Steady:
		return fmt.Errorf("of a steady state, and a transient has a value in each slot: want max(%s), min(%[1]s) or mean(%[1]s)", g.Metric.Name)
	case t.Transient <= 0 && g.Over != Steady:
		return errors.New("over the slots of a transient: want --transient DURATION beside it, such as --transient 10m, or the metric alone")
	}
	return nil
}

// A search is a Tuning under way.
type search struct {
	Tuning
	ctx      context.Context
	options  Options
	tuned    *Tuned
	expected int // values to try
}

// stopped reports whether there is no use in going on.
func (s *search) stopped() bool { return s.ctx.Err() != nil || s.tuned.Broken != nil }

// run scans and narrows.
func (s *search) run(values []float64) {
	var scan []*Trial
	for _, v := range values {
		if trial := s.try(v); trial != nil {
			scan = append(scan, trial)
		}
		if s.stopped() {
			return
		}
	}
	if s.Largest {
		slices.Reverse(scan)
	}
	for i, trial := range scan {
		if s.decide(trial); s.stopped() {
			return
		}
		if i > 0 && exclude(scan[i-1], trial) {
			if between, beyond := s.reconcile(scan[i-1], trial); between != nil {
				s.narrow(beyond, between)
				return
			}
		}
		if !trial.Met() {
			continue
		}
		s.tuned.Found = trial
		if i > 0 {
			s.narrow(scan[i-1], trial)
		}
		return
	}
}

// try simulates at a value and judges; nil if that was interrupted.
func (s *search) try(value float64) *Trial {
	trial := &Trial{Value: value, Text: s.Range.Text(value)}
	if trial.scenario, trial.Err = s.Scenario(trial.Text); trial.Err == nil {
		trial.Err = trial.scenario.Check()
	}
	if trial.Err == nil && s.Transient > 0 {
		trial.scenario.Limits = s.limits()
		for _, name := range trial.scenario.Platforms() {
			if !s.wants(name) {
				trial.scenario = trial.scenario.Without(name)
			}
		}
		if !s.simulateTransient(trial, trial.scenario.Run.Replications) {
			return nil
		}
	} else if trial.Err == nil {
		trial.scenario.Limits = s.limits()
		first := trial.scenario
		if first.Run.Duration == 0 {
			first.Run.Precision = max(first.Run.Precision, coarsePrecision)
		}
		if !s.simulate(trial, first) {
			return nil
		}
	}
	s.tuned.Trials = append(s.tuned.Trials, trial)
	return trial
}

// progress returns what tells the progress of a trial as a part of the search's; nil if nobody asks.
func (s *search) progress() func(float64) {
	if s.options.Progress == nil {
		return nil
	}
	return func(done float64) {
		s.options.Progress(min(1, (float64(len(s.tuned.Trials))+done)/float64(s.expected)))
	}
}

// failed notes why a trial has no result; false if the search cannot go on.
func (s *search) failed(trial *Trial, err error) bool {
	switch {
	case s.ctx.Err() != nil || err == nil: // interrupted
		return false
	case errors.As(err, new(*PanicError)):
		s.broken(trial, err)
		return false
	}
	trial.Err, trial.Result, trial.Transient, trial.Judgements = err, nil, nil, nil
	return true
}

// broken notes, if there is an error, at which value the simulator was wrong.
func (s *search) broken(trial *Trial, err error) {
	if err != nil {
		s.tuned.Broken = fmt.Errorf("at %s=%s: %w", s.Range.Key, trial.Text, err)
	}
}

// simulate sets a trial's result and judgements; false if it was interrupted before.
func (s *search) simulate(trial *Trial, scenario Scenario) bool {
	o := s.options
	o.coarse = true
	o.Progress = s.progress()
	r, err := simulateChecked(s.ctx, scenario, o)
	if err != nil || s.ctx.Err() != nil || r.Interrupted {
		return s.failed(trial, err)
	}
	s.broken(trial, r.Broken)
	trial.Judgements = nil
	for _, g := range s.Goals {
		e := g.of(r)
		exact := e
		if r.Replay != nil && r.Replay.OnePath {
			exact.HalfWidth = 0 // nothing is random: the value itself decides
		}
		trial.Judgements = append(trial.Judgements, Judgement{e, g.judge(exact, 1).Verdict})
	}
	for _, p := range r.Platforms {
		p.Replications = nil // they would take megabytes a trial
	}
	if trial.Result != nil {
		for _, w := range trial.Result.Warnings {
			if !slices.Contains(r.Warnings, w) {
				r.Warnings = append(r.Warnings, w) // of the warm-up, which is not found again
			}
		}
	}
	trial.Result = r
	return true
}

// simulateTransient sets a trial's transient and judgements; false if it was interrupted before.
func (s *search) simulateTransient(trial *Trial, replications int) bool {
	scenario := trial.scenario
	scenario.Run.Replications = replications
	o := TransientOptions{Horizon: s.Transient, Points: s.Slots, Workers: s.options.Workers, Progress: s.progress()}
	r, err := Transient(s.ctx, scenario, o)
	if err != nil || s.ctx.Err() != nil || r.Interrupted {
		return s.failed(trial, err)
	}
	s.broken(trial, r.Broken)
	trial.Judgements = nil
	for _, g := range s.Goals {
		m, ok := r.Platform(g.Platform).Metric(g.Metric.Name)
		if !ok {
			panic("scenarios: a transient without the metric of a goal: " + g.Metric.Name)
		}
		j, _ := g.judgeSlots(m.Estimates, r.Replay != nil && r.Replay.OnePath)
		trial.Judgements = append(trial.Judgements, j)
	}
	r.slots = nil // they would take megabytes a trial
	trial.Transient = r
	return true
}

// moreReplications is by how many times the replications of an undecided transient grow.
const moreReplications = 4

// decideTransient simulates more replications of an undecided trial, until its intervals decide or
// run.max_requests are spent.
func (s *search) decideTransient(trial *Trial) {
	for !trial.decided() && !trial.scenario.OnePath() {
		requests := int64(0)
		for _, p := range trial.Transient.Platforms {
			requests = max(requests, p.Requests)
		}
		more := moreReplications * trial.Transient.Replications
		if requests == 0 || requests*moreReplications > trial.scenario.Run.MaxRequests || int64(more) > replicationCounts.Most {
			return
		}
		if !s.simulateTransient(trial, more) || trial.Err != nil {
			return
		}
	}
}

// decide simulates an undecided trial for longer, until its intervals decide or nothing more may be
// measured.
func (s *search) decide(trial *Trial) {
	if s.Transient > 0 {
		if trial.Err == nil {
			s.decideTransient(trial)
		}
		return
	}
	for !trial.decided() && trial.scenario.Run.Duration == 0 && trial.Result.Replay == nil {
		growth := s.growth(trial)
		if growth < 2 {
			return
		}
		longer := trial.fixed(trial.Result.Duration * sim.Time(growth))
		for _, name := range longer.Platforms() {
			if !s.wants(name) {
				longer = longer.Without(name)
			}
		}
		if !s.simulate(trial, longer) {
			return
		}
	}
}

// limits returns those that goals are about.
func (s *search) limits() (limits []Limit) {
	for _, g := range s.Goals {
		if g.limit != nil && !slices.Contains(limits, *g.limit) {
			limits = append(limits, *g.limit)
		}
	}
	return limits
}

// wants reports whether a goal is about a platform.
func (s *search) wants(name string) bool {
	return slices.ContainsFunc(s.Goals, func(g Goal) bool { return g.Platform == name })
}

// fixed returns the trial's scenario with the warm-up that was found for it, and a duration; of a trace, as it is.
func (t *Trial) fixed(duration sim.Time) Scenario {
	scenario := t.scenario
	if t.Result.Replay != nil {
		return scenario
	}
	scenario.Run = scenario.Run.Fixed(t.Result.Warmup, duration)
	return scenario
}

// complete adds the platforms that no goal is about to the result of what was found. The others come out
// the same again.
func (s *search) complete() {
	if found := s.tuned.Found; found != nil && found.Result != nil && len(found.Result.Platforms) < len(found.scenario.Platforms()) {
		s.simulate(found, found.fixed(found.Result.Duration))
	}
}

// growth is how many times as long to measure a trial, whole so that periods stay whole: as much as its
// undecided goals seem to need; below 2 if that may not be.
func (s *search) growth(trial *Trial) int64 {
	r := trial.Result
	most := (sim.Never/sim.Time(r.Replications+1) - r.Warmup) / r.Duration
	for _, p := range r.Platforms {
		most = min(most, sim.Time(trial.scenario.Run.MaxRequests/max(1, p.Requests)))
	}
	needed := 0.0
	for i, j := range trial.Judgements {
		if j.Verdict != Undecided || math.IsNaN(j.Mean) {
			continue
		}
		ratio := j.HalfWidth * widening(j.N, 1) / (j.Mean - s.Goals[i].Bound)
		if needed = max(needed, ratio*ratio*spareDecision); math.IsNaN(ratio) || math.IsInf(ratio, 0) {
			needed = mostDecision
		}
	}
	if needed == 0 {
		return 0 // there is nothing to observe
	}
	return min(int64(math.Ceil(min(max(needed, 2), mostDecision))), int64(most))
}

// narrow halves the distance between a trial that does not meet the goals and one that does.
func (s *search) narrow(beyond, met *Trial) {
	for {
		s.tuned.Found, s.tuned.Beyond = met, beyond
		trial := s.middle(beyond, met)
		switch {
		case trial == nil:
			return
		case trial.Met():
			met = trial
		default:
			beyond = trial
		}
	}
}

// middle tries the value in the middle; nil if the two are near enough, or after an interruption.
func (s *search) middle(a, b *Trial) *Trial {
	value, ok := s.Range.Middle(a.Value, b.Value, s.Tolerance)
	if !ok {
		return nil
	}
	trial := s.try(value)
	if trial == nil {
		return nil
	}
	if s.decide(trial); s.stopped() {
		return nil
	}
	return trial
}

// exclude reports whether neither of two trials meets all goals, but each goal is met at one of them.
func exclude(a, b *Trial) bool {
	if a.Met() || b.Met() || a.Err != nil || b.Err != nil {
		return false
	}
	for i := range a.Judgements {
		if a.Judgements[i].Verdict != Met && b.Judgements[i].Verdict != Met {
			return false
		}
	}
	return true
}

// reconcile looks between two trials that exclude each other for one that meets all goals, and
// returns it with the nearest on a's side that does not; nil if there is none up to the tolerance.
func (s *search) reconcile(a, b *Trial) (between, beyond *Trial) {
	for {
		trial := s.middle(a, b)
		switch {
		case trial == nil:
			return nil, nil
		case trial.Met():
			return trial, a
		case exclude(trial, b):
			a = trial
		case exclude(a, trial):
			b = trial
		default:
			return nil, nil
		}
	}
}

// A Range is a key and the ends between which a value of it is looked for.
type Range = quantity.Range

// ParseRange reads a text of the form KEY=FROM..TO that a flag, such as --vary, was given. Both ends are
// durations, rates, percentages, memory sizes or numbers, whole where the key takes whole numbers.
func ParseRange(flag, text string) (Range, error) {
	r, err := parseRange(text)
	if err != nil {
		return Range{}, fmt.Errorf("%s %s: %w", flag, keyfile.Legible(text), err)
	}
	return r, nil
}

func parseRange(text string) (Range, error) {
	path, ends, ok := strings.Cut(text, "=")
	if path = strings.TrimSpace(path); !ok || path == "" {
		return Range{}, errors.New("want KEY=FROM..TO, such as container.keep_alive=1s..30m")
	}
	whole, err := varied(path)
	if err != nil {
		return Range{}, err
	}
	r, err := quantity.ParseRange(path, ends, whole)
	if _, parameter := table.LawOf(path); parameter == "range" {
		r = r.Minutes() // of a histogram: it has whole bins, which are minutes unless another length is given
	}
	return r, err
}
