package thesis

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/scenarios/calibrate"
)

// FittedTo names the series that the fit is made for: the load experiment of float on OpenWhisk.
const FittedTo = "openwhisk_float_load"

// A Parameter is a number that FitLoad chooses.
type Parameter struct {
	Key       string  // in the scenario file
	Low, High float64 // bounds
}

// Parameters are all fitted numbers, which the thesis does not give for its machine: the speed that
// the second thread of a core adds to the first, the clock with all cores busy, and the share of a
// start-up that takes CPU.
var Parameters = [...]Parameter{
	{"container.cores.yield", 0, 1},
	{"container.cores.all_core_speed", 0.5, 1},
	{"container.startup_cpu", 0, 1},
}

// A Choice is a value for each of Parameters, in their order.
type Choice [len(Parameters)]float64

var (
	// Assumed are the values without a fit; machine.go gives the reasons.
	Assumed = Choice{wholeMachine.yield, wholeMachine.allCoreSpeed, 1}
	// Fitted are the values that FitLoad found, with DefaultFit, for the measurements of the
	// thesis' author: faaslab reproduce --fit.
	Fitted = Choice{0.25, 0.81, 1}
)

// candidate returns the choice as a candidate of a calibration.
func (c Choice) candidate() (texts calibrate.Candidate) {
	for _, x := range c {
		texts = append(texts, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return texts
}

// overrides returns the settings of the parameters.
func (c Choice) overrides() []scenarios.Override { return overrides(c.candidate()) }

// overrides returns the settings of a candidate.
func overrides(c calibrate.Candidate) (settings []scenarios.Override) {
	for i, value := range c {
		settings = append(settings, scenarios.Override{Key: Parameters[i].Key, Value: value})
	}
	return settings
}

// FitOptions set the amount of simulation in a fit.
type FitOptions struct {
	Seed uint64
	// Runs is the number of short runs for each point, > 0. All choices use the same random
	// numbers, so differences are due to the choices.
	Runs     int
	Flatness bool // also try the surroundings of the result
	Workers  int  // points to simulate at once; 0: one a core. It does not change results
	// Progress, if set, receives the fraction of the work done.
	Progress func(done float64)
}

// DefaultFit are the options behind the stated values.
var DefaultFit = FitOptions{Seed: 1, Runs: 40, Flatness: true}

// A Fit is the result of a search.
type Fit struct {
	Points  int // number of measured points
	Runs    int // short runs for each point
	Best    Choice
	Errors  Errors            // errors of Best
	Assumed Errors            // errors of the values without a fit
	Region  *calibrate.Region // what chance does not tell from Best
	Tried   int               // choices tried by the search
	Around  []Trial           // a grid around Best
}

// A Trial is a choice with its error.
type Trial struct {
	Choice Choice
	Error  float64 // mean absolute relative error over metrics
}

// A tuner is the simulator of a calibration that makes short runs of a series.
type tuner struct {
	series       Series
	measurements []calibrate.Measurement // of the values, as rows
	values       []string
	options      FitOptions
	settled      bool
}

var _ calibrate.Simulator = (*tuner)(nil)

// newTuner returns the tuner for what was measured of FittedTo, other than 0, that short runs have.
func newTuner(measured Measured, o FitOptions) (*tuner, error) {
	i := slices.IndexFunc(AllSeries(), func(s Series) bool { return s.Name == FittedTo })
	t := &tuner{series: AllSeries()[i], values: measured.values(), options: o}
	s, err := t.series.scenario(t.series.Values[0], o.Seed)
	if err != nil {
		return nil, err
	}
	for row, value := range t.values {
		for _, metric := range slices.Sorted(maps.Keys(measured[value])) {
			has := slices.ContainsFunc(s.Metrics(t.series.Platform), func(m platform.Metric) bool {
				return m.Name == metric && (m.Count != nil || m.Is(platform.Measurable) || metric == platform.Throughput)
			})
			if v := measured[value][metric]; has && v != 0 {
				t.measurements = append(t.measurements, calibrate.Measurement{Row: row, Metric: metric, Value: v, HalfWidth: math.NaN()})
			}
		}
	}
	if len(t.measurements) == 0 {
		return nil, fmt.Errorf("%s: nothing was measured, other than 0, that a short run has; want metrics such as response_time or running", FittedTo)
	}
	return t, nil
}

// Settle makes all runs from now on; before, a tenth of them.
func (t *tuner) Settle(context.Context, calibrate.Candidate) error {
	t.settled = true
	return nil
}

// Simulate makes the experiment at each value with each candidate, with the assumed values for the
// candidate nil. Metrics are those of a short run, and the response time is the time within an
// instance: in the measurements beyond capacity there is no minute of waiting for an instance.
func (t *tuner) Simulate(ctx context.Context, candidates []calibrate.Candidate, done func(int, []calibrate.Estimate, error)) error {
	run := t.series.Run
	if run.Replications = t.options.Runs; !t.settled {
		run.Replications = max(1, t.options.Runs/10)
	}
	found := make([][][]scenarios.ShortRun, len(candidates)) // by candidate and value
	errs := make([]error, len(candidates)*len(t.values))
	var group sync.WaitGroup
	limit := make(chan struct{}, workers(t.options.Workers))
	for i, candidate := range candidates {
		if candidate == nil {
			candidate = Assumed.candidate()
		}
		found[i] = make([][]scenarios.ShortRun, len(t.values))
		for k := len(t.values) - 1; k >= 0; k-- { // the longest first
			limit <- struct{}{}
			group.Go(func() {
				defer func() { <-limit }()
				found[i][k], errs[i*len(t.values)+k] = t.point(ctx, t.values[k], candidate, run)
			})
		}
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for i := range candidates {
		at := make([]calibrate.Estimate, len(t.measurements))
		for k, m := range t.measurements {
			at[k] = estimate(found[i][m.Row], m.Metric)
		}
		done(i, at, nil)
	}
	return nil
}

// point makes short runs at a value with a candidate.
func (t *tuner) point(ctx context.Context, value string, candidate calibrate.Candidate, run scenarios.ShortRunOptions) ([]scenarios.ShortRun, error) {
	s, err := t.series.scenario(value, t.options.Seed, overrides(candidate)...)
	if err != nil {
		return nil, err
	}
	runs, err := scenarios.ShortRuns(ctx, s, t.series.Platform, run)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", t.series.Name, value, err)
	}
	for _, r := range runs {
		r[platform.ResponseTime] -= r[platform.WaitingTime]
	}
	return runs, nil
}

// estimate returns the mean of a metric over runs. Each run contributes its own value; one that has none, nothing, and
// then nothing is known of single runs.
func estimate(runs []scenarios.ShortRun, metric string) calibrate.Estimate {
	e := calibrate.Estimate{}
	for _, r := range runs {
		e.Pseudo = append(e.Pseudo, r[metric])
	}
	mean := spreads(runs)[metric].Mean
	e.Mean, e.HalfWidth = mean.Mean, mean.HalfWidth
	if slices.ContainsFunc(e.Pseudo, math.IsNaN) {
		e.Pseudo = nil
	}
	return e
}

func workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// hundredths is the number of significant digits of the parameters, of the difference of their
// bounds: finer than the error resolves.
const hundredths = 2

// FitLoad searches for the choice with the least mean absolute relative error over metrics, as a
// calibration does, first with a tenth of the runs. It begins also with the assumed choice and the one
// found before, because the ground is rough. It returns ctx's error when ctx ends.
func FitLoad(ctx context.Context, measured Measured, o FitOptions) (Fit, error) {
	t, err := newTuner(measured, o)
	if err != nil {
		return Fit{}, err
	}
	c := calibrate.Calibration{Measurements: t.measurements, Simulator: t, Seed: o.Seed, Start: []calibrate.Candidate{Assumed.candidate(), Fitted.candidate()}, Digits: hundredths, Progress: o.Progress}
	for _, p := range Parameters {
		r, err := scenarios.ParseRange("fit", fmt.Sprintf("%s=%g..%g", p.Key, p.Low, p.High))
		if err != nil {
			return Fit{}, err
		}
		c.Ranges = append(c.Ranges, r)
	}
	found, err := c.Run(ctx)
	if err == nil && found.Interrupted {
		err = context.Cause(ctx)
	}
	if err != nil {
		return Fit{}, err
	}
	fit := Fit{Points: len(measured), Runs: o.Runs, Best: Choice(found.Best.Values), Errors: found.Best.Errors.Metrics,
		Assumed: found.AsItIs.Errors.Metrics, Region: found.Region, Tried: len(found.Trials)}
	if o.Flatness {
		fit.Around, err = t.around(ctx, fit.Best)
	}
	return fit, err
}

// around returns a grid around a choice: over the first two parameters, which have much the same
// effect, and over the third.
func (t *tuner) around(ctx context.Context, c Choice) (trials []Trial, err error) {
	var choices []Choice
	moves := []float64{-0.1, -0.05, 0, 0.05, 0.1}
	for _, a := range moves {
		for _, b := range moves {
			choices = append(choices, c.moved(a, b, 0))
		}
	}
	for _, a := range []float64{-0.5, -0.25, 0, 0.25, 0.5} {
		choices = append(choices, c.moved(0, 0, a))
	}
	choices = slices.CompactFunc(choices, func(a, b Choice) bool { return a == b })
	var candidates []calibrate.Candidate
	for _, choice := range choices {
		candidates = append(candidates, choice.candidate())
	}
	err = t.Simulate(ctx, candidates, func(i int, at []calibrate.Estimate, _ error) {
		trials = append(trials, Trial{choices[i], calibrate.ErrorsOf(t.measurements, at).Mean})
	})
	return trials, err
}

// moved returns the choice moved by some amounts, rounded to hundredths and kept within the bounds.
func (c Choice) moved(by ...float64) Choice {
	for i := range by {
		p := Parameters[i]
		c[i] = min(max(math.Round(100*(c[i]+by[i]))/100, p.Low), p.High)
	}
	return c
}
