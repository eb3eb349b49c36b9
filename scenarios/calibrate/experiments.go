package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/scenarios"
	"faaslab/sim"
)

// Experiments simulates measurements as scenarios: one for each row.
type Experiments struct {
	Measurements []Measurement
	// Scenario returns the scenario of a row at a candidate, or why it cannot be simulated.
	Scenario func(row int, candidate Candidate) (scenarios.Scenario, error)
	Options  scenarios.Options

	lengths []length // by row; nil before Settle
}

// A length says how long to simulate a row.
type length struct {
	warmup, duration sim.Time
	whole            bool // as the scenario says: a trace
}

// A BrokenError says that the simulator has an error.
type BrokenError struct{ Err error }

func (e *BrokenError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *BrokenError) Unwrap() error { return e.Err }

const (
	// coarse is the precision of the first look at a candidate; that of the run if that is less.
	coarse = 0.05
	// spareWarmup is how many times as long as the warm-up that was found for one candidate to delete for all near
	// it.
	spareWarmup = 2
)

var _ Simulator = (*Experiments)(nil)

// Settle simulates each row in full at a candidate, and fixes its warm-up and duration.
func (e *Experiments) Settle(ctx context.Context, near Candidate) error {
	var lengths []length
	var failed error
	err := e.each(ctx, []Candidate{near}, func(*scenarios.Scenario, int) {}, func(_, _ int, r *scenarios.Result, err error) {
		if err != nil {
			failed = errors.Join(failed, err)
			return
		}
		l := length{r.Warmup, r.Duration, r.Replay != nil}
		if r.Scenario.Run.Warmup == scenarios.AutoWarmup {
			l.warmup *= spareWarmup
		}
		lengths = append(lengths, l)
	})
	if err = errors.Join(err, failed); err == nil {
		e.lengths = lengths
	}
	return err
}

// Simulate simulates candidates, all rows of all of them side by side.
func (e *Experiments) Simulate(ctx context.Context, candidates []Candidate, done func(i int, at []Estimate, err error)) error {
	var at []Estimate
	var failed error
	return e.each(ctx, candidates, func(s *scenarios.Scenario, row int) {
		switch {
		case e.lengths == nil && s.Run.Duration == 0:
			s.Run.Precision = max(s.Run.Precision, coarse)
		case e.lengths != nil && !e.lengths[row].whole:
			s.Run = s.Run.Fixed(e.lengths[row].warmup, e.lengths[row].duration)
		}
	}, func(i, row int, r *scenarios.Result, err error) {
		if row == 0 {
			at, failed = make([]Estimate, len(e.Measurements)), nil
		}
		if err != nil && failed == nil {
			failed = err
		}
		for k, m := range e.Measurements {
			if m.Row == row && err == nil {
				at[k] = estimate(r, m.Metric)
			}
		}
		if row == e.rows()-1 {
			done(i, at, failed)
		}
	})
}

// estimate returns a metric, with its platform, of a result.
func estimate(r *scenarios.Result, metric string) Estimate {
	of, name, _ := strings.Cut(metric, ".")
	if p := r.Platform(of); p != nil {
		for _, m := range p.Metrics {
			if m.Name == name {
				return Estimate{m.Mean, m.HalfWidth, m.Pseudo}
			}
		}
	}
	return Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}
}

// rows returns the number of rows.
func (e *Experiments) rows() (n int) {
	for _, m := range e.Measurements {
		n = max(n, m.Row+1)
	}
	return n
}

// each simulates all rows of candidates, with the length that is set, and calls done in order.
func (e *Experiments) each(ctx context.Context, candidates []Candidate, set func(s *scenarios.Scenario, row int),
	done func(i, row int, r *scenarios.Result, err error)) error {
	rows := e.rows()
	platforms := make([][]string, rows) // with a measurement
	for _, m := range e.Measurements {
		of, _, _ := strings.Cut(m.Metric, ".")
		platforms[m.Row] = append(platforms[m.Row], of)
	}
	return scenarios.Sweep(ctx, len(candidates)*rows,
		func(i int) (scenarios.Scenario, error) {
			candidate, row := candidates[i/rows], i%rows
			s, err := e.Scenario(row, candidate)
			if err != nil {
				return s, err
			}
			for _, name := range s.Platforms() {
				if !slices.Contains(platforms[row], name) && len(s.Platforms()) > 1 {
					s = s.Without(name)
				}
			}
			set(&s, row)
			return s, nil
		},
		e.Options,
		func(_ int, p scenarios.Point) scenarios.Point {
			if p.Result != nil {
				for _, of := range p.Result.Platforms {
					of.Replications = nil // they would take megabytes each
				}
			}
			return p
		},
		func(i int, p scenarios.Point) error {
			switch {
			case errors.As(p.Err, new(*scenarios.PanicError)) || errors.As(p.Err, new(*scenarios.MemoryError)):
				return p.Err
			case p.Err == nil && p.Result.Broken != nil:
				return &BrokenError{fmt.Errorf("at %s: %w", strings.Join(candidates[i/rows], ", "), p.Result.Broken)}
			}
			done(i/rows, i%rows, p.Result, p.Err)
			return nil
		})
}
