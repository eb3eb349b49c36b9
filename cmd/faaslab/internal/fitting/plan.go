package fitting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
	"faaslab/scenarios/calibrate"
	"faaslab/sim/random"
)

// A Plan is what a fit searches.
type Plan struct {
	File      string // the scenario's name on the command line; empty: the default
	Overrides []scenarios.Override
	Ranges    []scenarios.Range
	Measured  measured.Measurements // each row sets its own keys
	Metrics   report.MetricChoice
	HoldOut   string // as --holdout has it; empty: nothing is held out
	// Load loads the scenario with overrides beyond its own.
	Load measured.Loader

	Base         scenarios.Scenario // at some values of the ranges, in the first row
	Fitted, Held Part
	Warnings     []string
}

// A Part is some rows of the measurements.
type Part struct {
	Rows         []measured.Row
	Measurements []calibrate.Measurement // Row is an index of Rows
}

// Found is what a fit found.
type Found struct {
	*Plan
	*calibrate.Calibrated
	// The part that was held out, at the best values and as the scenario is; nil if nothing is held out,
	// or where it cannot be simulated.
	HeldBest, HeldAsItIs *calibrate.Trial
}

// Check completes the plan, and returns what is wrong with it.
func (p *Plan) Check() error {
	if len(p.Ranges) > calibrate.MostKeys {
		return fmt.Errorf("found %d --vary; want at most %d", len(p.Ranges), calibrate.MostKeys)
	}
	for i, r := range p.Ranges {
		switch {
		case slices.ContainsFunc(p.Ranges[:i], func(o scenarios.Range) bool { return o.Key == r.Key }):
			return fmt.Errorf("--vary %s: varied twice", r.Key)
		case slices.ContainsFunc(p.Overrides, func(o scenarios.Override) bool { return o.Key == r.Key }):
			return fmt.Errorf("--vary %s: given by --set, too; want one of them", r.Key)
		case slices.Contains(p.Measured.Keys, r.Key):
			return fmt.Errorf("--vary %s: found a column of %s with it, too; a row's own value cannot be varied", r.Key, p.Measured.File)
		}
	}
	var err error
	if p.Measured, err = measured.Everywhere(p.Load, p.Measured); err != nil {
		return err
	}
	if p.Base, err = p.first(); err != nil {
		return err
	}
	if p.Base.Run.Replications < 2 && !p.Base.OnePath() {
		return errors.New("one replication does not tell chance; want run.replications of 2 or more")
	}
	if err := p.Metrics.Check(p.Base.Platforms()...); err != nil {
		return err
	}
	rows, err := p.usable()
	if err != nil {
		return err
	}
	return p.divide(rows)
}

// first returns the scenario of the first row at the first candidate that can be simulated, of those with all keys
// at the same place of their ranges; if there is none, the error of the first.
func (p *Plan) first() (scenarios.Scenario, error) {
	var failed error
	for _, share := range []float64{0.5, 0, 1, 0.25, 0.75} {
		var candidate calibrate.Candidate
		for _, r := range p.Ranges {
			candidate = append(candidate, r.Text(r.At(share, 3)))
		}
		s, err := p.scenario(p.Measured.Rows[0], candidate)
		if err == nil {
			return s, nil
		}
		if failed == nil {
			failed = err
		}
	}
	return scenarios.Scenario{}, failed
}

// scenario returns the scenario of a row at a candidate.
func (p *Plan) scenario(row measured.Row, candidate calibrate.Candidate) (scenarios.Scenario, error) {
	settings := p.Measured.Settings(row)
	for k, value := range candidate {
		settings = append(settings, scenarios.Override{Key: p.Ranges[k].Key, Value: value, Flag: "--vary"})
	}
	s, err := p.Load(settings...)
	if err == nil {
		err = report.Refuse(s)
	}
	return s, err
}

// usable returns the rows with the metrics that are fitted: those that were chosen, that a simulation has and that are
// not 0. It leaves out rows without any.
func (p *Plan) usable() (rows []measured.Row, err error) {
	zeros, first := 0, ""
	absent := map[string]bool{}
	for _, row := range p.Measured.Rows {
		metrics := map[string]float64{}
		for _, name := range slices.Sorted(maps.Keys(row.Metrics)) {
			of, metric, _ := strings.Cut(name, ".")
			switch {
			case !p.Metrics.Has(of, metric):
			case !p.simulates(of, metric):
				absent[name] = true
			case row.Metrics[name] == 0:
				if zeros++; zeros == 1 {
					first = fmt.Sprintf("%s:%d: %s", p.Measured.File, row.Line, name)
				}
			default:
				metrics[name] = row.Metrics[name]
			}
		}
		if row.Metrics = metrics; len(metrics) > 0 {
			rows = append(rows, row)
		}
	}
	if zeros > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d %s of 0, to which no error is relative, %s left out: the first at %s",
			zeros, format.Plural(zeros, "measurement"), map[bool]string{true: "is", false: "are"}[zeros == 1], first))
	}
	if len(absent) > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("a simulation of this scenario has no %s: left out", strings.Join(slices.Sorted(maps.Keys(absent)), ", ")))
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("--measured %s: found no metric to fit to; want one that the simulation has, other than 0, and that --metrics does not leave out", p.Measured.File)
	}
	return rows, nil
}

// simulates reports whether a simulation has a metric.
func (p *Plan) simulates(of, metric string) bool {
	for _, m := range p.Base.Metrics(of) {
		if m.Name == metric {
			return true
		}
	}
	return false
}

// divide holds rows out.
func (p *Plan) divide(rows []measured.Row) error {
	held, err := p.held(rows)
	if err != nil {
		return fmt.Errorf("--holdout %s: %w", p.HoldOut, err)
	}
	for i, row := range rows {
		part := &p.Fitted
		if held[i] {
			part = &p.Held
		}
		for _, metric := range slices.Sorted(maps.Keys(row.Metrics)) {
			part.Measurements = append(part.Measurements, calibrate.Measurement{
				Row: len(part.Rows), Metric: metric, Value: row.Metrics[metric], HalfWidth: row.Half(metric)})
		}
		part.Rows = append(part.Rows, row)
	}
	return nil
}

// held returns which rows are held out: those of a label, or a random share of them.
func (p *Plan) held(rows []measured.Row) ([]bool, error) {
	held, n := make([]bool, len(rows)), 0
	if p.HoldOut == "" {
		return held, nil
	}
	if share, ok := fraction(p.HoldOut); ok {
		if !(share > 0 && share < 1) {
			return nil, errors.New("want a fraction between 0 and 1, such as 0.3 or 30%, or a name")
		}
		order := make([]int, len(rows))
		g := random.Stream(p.Base.Run.Seed, 0, "holdout")
		for i := range order { // Durstenfeld, CACM 1964, algorithm 235
			j := g.IntN(i + 1)
			order[i], order[j] = order[j], i
		}
		for _, i := range order[:int(math.Ceil(share*float64(len(rows))))] {
			held[i] = true
			n++
		}
	} else {
		if p.Measured.Label == "" {
			return nil, fmt.Errorf("found no column that names what a row is of; want one called %s in %s, or a fraction such as 30%%",
				strings.Join(measured.Labels, " or "), p.Measured.File)
		}
		var names []string
		for i, row := range rows {
			if row.Label == p.HoldOut {
				held[i] = true
				n++
			}
			if !slices.Contains(names, row.Label) {
				names = append(names, row.Label)
			}
		}
		if n == 0 {
			return nil, fmt.Errorf("no row of %s is of it; want one of %s, or a fraction such as 30%%", p.Measured.File, strings.Join(names, ", "))
		}
	}
	switch {
	case len(rows) == 1:
		return nil, errors.New("there is one row alone; some must remain to fit to")
	case n == len(rows):
		return nil, fmt.Errorf("that is all %d rows; some must remain to fit to", n)
	}
	return held, nil
}

// fraction reads a fraction, or a percentage.
func fraction(text string) (float64, bool) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		x /= 100
	}
	return x, err == nil
}

// Run fits. The errors are as those of a Calibration.
func (p *Plan) Run(ctx context.Context, options scenarios.Options, progress func(float64)) (*Found, error) {
	options.Progress = nil // of a part of the work
	simulator := func(part Part) *calibrate.Experiments {
		return &calibrate.Experiments{Measurements: part.Measurements, Options: options,
			Scenario: func(row int, candidate calibrate.Candidate) (scenarios.Scenario, error) {
				return p.scenario(part.Rows[row], candidate)
			}}
	}
	c := calibrate.Calibration{Ranges: p.Ranges, Measurements: p.Fitted.Measurements, Simulator: simulator(p.Fitted), Seed: p.Base.Run.Seed, Progress: progress}
	calibrated, err := c.Run(ctx)
	if err != nil {
		return nil, err
	}
	f := &Found{Plan: p, Calibrated: calibrated}
	if len(p.Held.Rows) == 0 || calibrated.Interrupted {
		return f, nil
	}
	held := simulator(p.Held)
	err = held.Settle(ctx, calibrated.Best.Candidate)
	if err == nil {
		f.HeldBest, err = calibrate.At(ctx, held, p.Held.Measurements, calibrated.Best.Candidate)
	}
	if err == nil {
		f.HeldAsItIs, err = calibrate.At(ctx, held, p.Held.Measurements, nil)
	}
	switch {
	case ctx.Err() != nil:
		f.HeldBest, f.HeldAsItIs, f.Interrupted = nil, nil, true
	case err != nil:
		return nil, fmt.Errorf("what is held out: %w", err)
	case f.HeldAsItIs.Err != nil:
		f.HeldAsItIs = nil
	}
	return f, nil
}

// command returns the words of the command that simulates the best values.
func (f *Found) command() (parts []string) {
	parts = []string{"faaslab run"}
	if f.File != "" {
		parts[0] += " " + format.ShellWord(f.File)
	}
	for _, o := range f.Overrides {
		parts = append(parts, "--set "+format.ShellWord(o.Key+"="+o.Value))
	}
	for k, value := range f.Best.Candidate {
		parts = append(parts, "--set "+format.ShellWord(f.Ranges[k].Key+"="+value))
	}
	return parts
}
