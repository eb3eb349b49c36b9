package calibrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/scenarios"
)

// MostKeys is the largest number of keys of a Calibration.
const MostKeys = 3

// A Calibration is the search for the values of keys with the least error.
type Calibration struct {
	Ranges       []scenarios.Range // 1 to MostKeys, each of a key of its own
	Measurements []Measurement     // at least one
	Simulator    Simulator
	Seed         uint64      // of the chance that makes the region
	Start        []Candidate // to begin with besides the coarse grid; those outside the ranges are left out
	Digits       int         // significant digits of candidates, of the difference of a range's ends; 0: 4
	// Progress, if set, receives the fraction of the work done, which is a guess until the end.
	Progress func(done float64)
}

// A Candidate is a value for each key, as in a scenario file, in the order of the ranges; nil stands for the values
// that the scenario has itself.
type Candidate []string

// A Simulator simulates all measurements at candidates. All candidates see the same random numbers.
type Simulator interface {
	// Settle decides how much to simulate from now on: enough for candidates near one. Before, as little as
	// tells good candidates from bad ones is enough.
	Settle(ctx context.Context, near Candidate) error
	// Simulate calls done with the estimates of each candidate, one for each measurement, or with the reason why
	// the candidate cannot be simulated, in the order of the candidates. The error ends the search: that of
	// ctx, or of a simulator that is broken.
	Simulate(ctx context.Context, candidates []Candidate, done func(i int, at []Estimate, err error)) error
}

// Calibrated is what a Calibration found.
type Calibrated struct {
	Best   *Trial   // with the least error among the trials that are not coarse; if all are, among these
	Region *Region  // nil if Interrupted before it was found
	Trials []*Trial // all candidates that were tried, those simulated in full last
	// AsItIs is the scenario with its own values; nil if it cannot be simulated, or Interrupted.
	AsItIs      *Trial
	Interrupted bool
}

// A Trial is a candidate that was tried.
type Trial struct {
	Candidate Candidate
	Values    []float64 // of the candidate: in seconds, per second, GB, or as they are; nil for the scenario's own
	Estimates []Estimate
	Errors    Errors
	Err       error // why the candidate cannot be simulated
	Coarse    bool  // simulated less than what the result is based on
}

// error returns the mean error; +Inf where nothing can be simulated.
func (t *Trial) error() float64 {
	if t.Err != nil {
		return math.Inf(1)
	}
	return t.Errors.Mean
}

// A search is a Calibration under way.
type search struct {
	Calibration
	ctx      context.Context
	found    *Calibrated
	known    map[string]*Trial // by candidate, as simulated since the last Settle
	settled  bool
	done     int // candidates
	expected int // candidates
	err      error
}

// Run searches. The result is a pure function of the Calibration. If ctx ends, the result is of what was tried,
// and says so; if nothing was, the error is ctx's. Other errors are of a Calibration that has
// no ranges or measurements, of a simulator that is broken, or the first reason why a candidate cannot be simulated if none can.
func (c Calibration) Run(ctx context.Context) (*Calibrated, error) {
	switch {
	case len(c.Ranges) < 1 || len(c.Ranges) > MostKeys:
		return nil, fmt.Errorf("a calibration of %d keys; want 1 to %d", len(c.Ranges), MostKeys)
	case len(c.Measurements) == 0 || c.Simulator == nil:
		return nil, errors.New("a calibration without measurements or a simulator; want both")
	}
	for _, m := range c.Measurements {
		if !(m.Value > 0) || m.HalfWidth < 0 {
			return nil, fmt.Errorf("a measurement of %s of %g ± %g; want more than 0, to which an error is relative", m.Metric, m.Value, m.HalfWidth)
		}
	}
	if c.Digits == 0 {
		c.Digits = 4
	}
	s := &search{Calibration: c, ctx: ctx, found: &Calibrated{}}
	s.expected = len(s.grid()) + []int{0, 32, 95, 180}[len(c.Ranges)]
	s.run()
	if s.err != nil && s.ctx.Err() != nil && len(s.found.Trials) > 0 {
		s.err, s.found.Interrupted = nil, true
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.found.Best = s.best(); s.found.Best == nil {
		first := s.found.Trials[0]
		return nil, fmt.Errorf("no values can be simulated; at %s: %w", strings.Join(first.Candidate, ", "), first.Err)
	}
	slices.SortStableFunc(s.found.Trials, func(a, b *Trial) int {
		if a.Coarse != b.Coarse {
			return cmp.Compare(b.coarse(), a.coarse())
		}
		return slices.Compare(a.Values, b.Values)
	})
	return s.found, nil
}

func (t *Trial) coarse() int {
	if t.Coarse {
		return 1
	}
	return 0
}

// mostSettled is how often the search begins anew where the best candidate was far from the one by which the
// amount of simulation was settled.
const mostSettled = 3

// run makes the steps of the search, until one fails.
func (s *search) run() {
	s.try(append(s.grid(), s.start()...)...)
	for range mostSettled {
		near := s.best()
		if near == nil || !s.settle(near) {
			return
		}
		s.try(s.start()...)
		if len(s.Ranges) == 1 {
			s.bracket(s.shares(near)[0])
		} else {
			s.simplex(s.shares(near))
			s.compass()
		}
		best := s.best()
		if s.err != nil || best == nil || s.stepsBetween(near, best) <= 1.5 {
			break
		}
	}
	if s.err == nil && s.best() != nil {
		s.findRegion()
	}
	if s.err == nil {
		asItIs := s.simulate([]Candidate{nil}, [][]float64{nil})
		if s.err == nil && asItIs[0].Err == nil {
			s.found.AsItIs = asItIs[0]
		}
	}
}

// At simulates one candidate as the last ones of a search were, for other measurements than the search's.
func At(ctx context.Context, s Simulator, measurements []Measurement, candidate Candidate) (*Trial, error) {
	var trial *Trial
	err := s.Simulate(ctx, []Candidate{candidate}, func(_ int, at []Estimate, err error) {
		trial = &Trial{Candidate: candidate, Estimates: at, Err: err}
		if err == nil {
			trial.Errors = ErrorsOf(measurements, at)
		}
	})
	return trial, err
}

// settle simulates near a trial in full from now on.
func (s *search) settle(near *Trial) bool {
	if s.err = s.Simulator.Settle(s.ctx, near.Candidate); s.err != nil {
		return false
	}
	s.settled, s.known = true, map[string]*Trial{}
	for _, t := range s.found.Trials {
		t.Coarse = true
	}
	return s.try(s.shares(near)) != nil
}

// best returns the trial with the least error of those simulated in full; if there are none, of all; nil if none can
// be simulated.
func (s *search) best() (best *Trial) {
	for _, coarse := range []bool{false, true} {
		for _, t := range s.found.Trials {
			if t.Err == nil && t.Coarse == coarse && (best == nil || t.Errors.Mean < best.Errors.Mean) {
				best = t
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// try returns the trials at points, of a share for each key. It simulates those that are not known; nil after an error.
func (s *search) try(points ...[]float64) []*Trial {
	trials := make([]*Trial, len(points))
	places := map[string][]int{} // of new candidates
	var candidates []Candidate
	var values [][]float64
	for i, shares := range points {
		value, candidate := make([]float64, len(shares)), make(Candidate, len(shares))
		for k, share := range shares {
			value[k] = s.Ranges[k].At(share, s.Digits)
			candidate[k] = s.Ranges[k].Text(value[k])
		}
		name := strings.Join(candidate, " ")
		if trials[i] = s.known[name]; trials[i] != nil {
			continue
		}
		if places[name] == nil {
			candidates, values = append(candidates, candidate), append(values, value)
		}
		places[name] = append(places[name], i)
	}
	if len(candidates) == 0 {
		return trials
	}
	for _, t := range s.simulate(candidates, values) {
		s.found.Trials = append(s.found.Trials, t)
		name := strings.Join(t.Candidate, " ")
		if s.known == nil {
			s.known = map[string]*Trial{}
		}
		s.known[name] = t
		for _, i := range places[name] {
			trials[i] = t
		}
	}
	if s.err != nil {
		return nil
	}
	return trials
}

// simulate returns the trials that were made of candidates, fewer after an error.
func (s *search) simulate(candidates []Candidate, values [][]float64) (trials []*Trial) {
	if s.err != nil {
		return nil
	}
	s.err = s.Simulator.Simulate(s.ctx, candidates, func(i int, at []Estimate, err error) {
		t := &Trial{Candidate: candidates[i], Values: values[i], Estimates: at, Err: err, Coarse: !s.settled}
		if err == nil {
			t.Errors = ErrorsOf(s.Measurements, at)
		}
		trials = append(trials, t)
		s.done++
		if s.Progress != nil {
			s.Progress(min(1, float64(s.done)/float64(s.expected)))
		}
	})
	return trials
}

// shares returns the point of a trial.
func (s *search) shares(t *Trial) []float64 {
	shares := make([]float64, len(s.Ranges))
	for k, r := range s.Ranges {
		shares[k] = r.Share(t.Values[k])
	}
	return shares
}

// gridded is the number of values of the coarse grid along each key, by the number of keys.
var gridded = [MostKeys + 1]int{0, 15, 7, 5}

// step returns the distance of neighbours in the grid.
func (s *search) step() float64 { return 1 / float64(gridded[len(s.Ranges)]-1) }

// grid returns the points of the coarse grid.
func (s *search) grid() (points [][]float64) {
	var line []float64
	for i := range gridded[len(s.Ranges)] {
		line = append(line, float64(i)*s.step())
	}
	return product(slices.Repeat([][]float64{line}, len(s.Ranges)))
}

// start returns the points of the candidates to begin with.
func (s *search) start() (points [][]float64) {
	for _, candidate := range s.Start {
		var point []float64
		for k, r := range s.Ranges {
			if value, ok := r.Value(candidate[k]); ok {
				point = append(point, r.Share(value))
			}
		}
		if len(point) == len(s.Ranges) {
			points = append(points, point)
		}
	}
	return points
}

// product returns the points of a grid with some coordinates along each axis, those of the last axis changing
// fastest.
func product(axes [][]float64) (points [][]float64) {
	points = [][]float64{nil}
	for _, axis := range axes {
		var longer [][]float64
		for _, p := range points {
			for _, x := range axis {
				longer = append(longer, append(slices.Clip(p), x))
			}
		}
		points = longer
	}
	return points
}

// stepsBetween returns how far two trials are from each other along the key in which they differ most, in
// steps of the grid.
func (s *search) stepsBetween(a, b *Trial) (steps float64) {
	x, y := s.shares(a), s.shares(b)
	for k := range x {
		steps = max(steps, math.Abs(x[k]-y[k])/s.step())
	}
	return steps
}
