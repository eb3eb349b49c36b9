package thesis

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"faaslab/platform"
	"faaslab/scenarios"
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

// overrides returns the settings of the parameters.
func (c Choice) overrides() (settings []scenarios.Override) {
	for i, p := range Parameters {
		settings = append(settings, scenarios.Override{Key: p.Key, Value: strconv.FormatFloat(c[i], 'g', -1, 64)})
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
	Errors  Errors  // errors of Best
	Assumed Errors  // errors of the values without a fit
	Tried   int     // choices tried, those of the grids included
	Around  []Trial // a grid around Best
}

// A Trial is a choice with its error.
type Trial struct {
	Choice Choice
	Error  float64 // mean absolute relative error over metrics
}

// A tuner compares choices with measurements.
type tuner struct {
	series   Series
	measured Measured
	options  FitOptions
}

// errors simulates the experiment with a choice. Metrics are those of a short run, and the response
// time is the time within an instance: in the measurements beyond capacity there is no minute of
// waiting for an instance.
func (t tuner) errors(ctx context.Context, c Choice) (Errors, error) {
	run := t.series.Run
	run.Replications = t.options.Runs
	values := t.measured.values()
	found := make([]map[string]float64, len(values))
	errs := make([]error, len(values))
	var group sync.WaitGroup
	limit := make(chan struct{}, workers(t.options.Workers))
	for i := len(values) - 1; i >= 0; i-- { // the longest first
		limit <- struct{}{}
		group.Go(func() {
			defer func() { <-limit }()
			found[i], errs[i] = t.point(ctx, values[i], c, run)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	e := t.measured.errors(func(value, metric string) float64 {
		if mean, ok := found[slices.Index(values, value)][metric]; ok {
			return mean
		}
		return none.Mean
	})
	if len(e) == 0 {
		return nil, fmt.Errorf("%s: nothing was measured, other than 0, that a short run has; want metrics such as response_time or running", t.series.Name)
	}
	return e, nil
}

// point returns the mean metrics of short runs.
func (t tuner) point(ctx context.Context, value string, c Choice, run scenarios.ShortRunOptions) (map[string]float64, error) {
	s, err := t.series.scenario(value, t.options.Seed, c.overrides()...)
	if err != nil {
		return nil, err
	}
	runs, err := scenarios.ShortRuns(ctx, s, t.series.Platform, run)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", t.series.Name, value, err)
	}
	means := map[string]float64{}
	for metric, spread := range spreads(runs) {
		means[metric] = spread.Mean.Mean
	}
	means[platform.ResponseTime] -= means[platform.WaitingTime]
	return means, nil
}

func workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// FitLoad searches for the choice with the least mean absolute relative error over metrics: first
// on a coarse grid, with a tenth of the runs, then from the best choice there in smaller and
// smaller steps. It ends when no step of the last size is better, which is as fine as the error
// resolves. It returns ctx's error when ctx ends.
func FitLoad(ctx context.Context, measured Measured, o FitOptions) (Fit, error) {
	i := slices.IndexFunc(AllSeries(), func(s Series) bool { return s.Name == FittedTo })
	t := tuner{AllSeries()[i], measured, o}
	fit := Fit{Points: len(measured), Runs: o.Runs}
	tried := map[Choice]Errors{}
	var failed error
	try := func(c Choice) Errors {
		e, ok := tried[c]
		if !ok && failed == nil {
			if e, failed = t.errors(ctx, c); failed == nil {
				tried[c] = e
				fit.Tried++
				if o.Progress != nil {
					o.Progress(min(1, float64(fit.Tried)/usuallyTried))
				}
			}
		}
		return e
	}
	best := Assumed.moved(0, 0, 0)
	t.options.Runs = max(1, o.Runs/10)
	least := try(best).Mean()
	for _, c := range coarseGrid() {
		if e := try(c).Mean(); e < least {
			best, least = c, e
		}
	}
	t.options.Runs = o.Runs
	clear(tried)
	fit.Assumed = try(Assumed)
	least = try(best).Mean()
	for _, size := range steps {
		for moved := true; moved && failed == nil; {
			moved = false
			for _, c := range best.neighbours(size) {
				if e := try(c).Mean(); e < least {
					best, least, moved = c, e, true
				}
			}
		}
	}
	fit.Best, fit.Errors = best, try(best)
	if o.Flatness {
		for _, c := range around(best) {
			fit.Around = append(fit.Around, Trial{c, try(c).Mean()})
		}
	}
	return fit, failed
}

// usuallyTried is about the number of choices that a fit tries.
const usuallyTried = 175

// coarseGrid covers the domain of the parameters.
func coarseGrid() (choices []Choice) {
	for _, yield := range []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5} {
		for _, speed := range []float64{0.7, 0.75, 0.8, 0.85, 0.9, 0.95} {
			for _, startup := range []float64{0, 0.5, 1} {
				choices = append(choices, Choice{yield, speed, startup})
			}
		}
	}
	return choices
}

// steps are the steps of the search in hundredths: of yield and all_core_speed, and of startup_cpu,
// to which the error is less sensitive.
var steps = [][2]float64{{4, 20}, {2, 10}, {1, 5}}

// neighbours returns the choices a step away: in one parameter, or in the first two against each
// other, along the valley in which both have much the same effect.
func (c Choice) neighbours(size [2]float64) (choices []Choice) {
	a, b := size[0]/100, size[1]/100
	for _, by := range [][3]float64{{a, 0, 0}, {-a, 0, 0}, {0, a, 0}, {0, -a, 0}, {a, -a, 0}, {-a, a, 0}, {0, 0, b}, {0, 0, -b}} {
		if n := c.moved(by[0], by[1], by[2]); n != c {
			choices = append(choices, n)
		}
	}
	return choices
}

// around returns a grid around a choice: over the first two parameters, which have much the same
// effect, and over the third.
func around(c Choice) (choices []Choice) {
	moves := []float64{-0.1, -0.05, 0, 0.05, 0.1}
	for _, a := range moves {
		for _, b := range moves {
			choices = append(choices, c.moved(a, b, 0))
		}
	}
	for _, a := range []float64{-0.5, -0.25, 0, 0.25, 0.5} {
		choices = append(choices, c.moved(0, 0, a))
	}
	return slices.CompactFunc(choices, func(a, b Choice) bool { return a == b })
}

// moved returns the choice moved by some amounts, rounded to hundredths and kept within the bounds.
func (c Choice) moved(by ...float64) Choice {
	for i := range by {
		p := Parameters[i]
		c[i] = min(max(math.Round(100*(c[i]+by[i]))/100, p.Low), p.High)
	}
	return c
}
