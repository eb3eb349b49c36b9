package thesis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// Options set the amount of simulation.
type Options struct {
	Seed uint64
	// Runs is the number of repetitions of each short run, at least 39: with fewer, the largest and
	// the smallest enclose less than 95 %. Runs with many requests are repeated less often, but at
	// least 39 times. 0: no short runs.
	Runs int
	// MaxRequests and Precision bound the simulation of each steady state, like a scenario's Run.
	MaxRequests int64
	Precision   float64
	// Workers is the number of points simulated at once; 0: one a core. It does not change results.
	Workers int
	// Progress, if set, receives the fraction of the work done, from several goroutines.
	Progress func(done float64)
}

// DefaultOptions are the options of the documentation.
var DefaultOptions = Options{Seed: 1, Runs: 200, MaxRequests: 2_000_000, Precision: 0.01}

const (
	// LeastRuns is the number of runs whose smallest and largest value a further run passes with a
	// probability of 2.5 % each.
	LeastRuns = 39
	// runRequests is about the number of requests in all runs of a point, unless LeastRuns needs
	// more.
	runRequests = 6_000_000
)

// A Curve is a simulated series.
type Curve struct {
	Series
	Points []Point // in the order of Values
}

// A Point is one value of a series.
type Point struct {
	Value string
	At    float64 // the value as a number: seconds, or arrivals a second
	// Steady is the steady state by metric; nil if there is none.
	Steady map[string]stats.Estimate
	Runs   map[string]Spread // nil without short runs; of one run in a replay
	Models []Solved          // in the order of tables
}

// A Spread describes the outcomes of a single short run.
type Spread struct {
	// Mean is the mean over all runs that have the metric.
	Mean      stats.Estimate
	Deviation float64 // standard deviation of a run
	// Low and High bound a further run with a probability of 2.5 % outside each; NaN if too few
	// runs have the metric.
	Low, High float64
}

// A Solved model holds the metrics of an analytical model at a point.
type Solved struct {
	Name, Label string // as in validate.Model
	Metrics     map[string]float64
}

// InInstance is the mean time that a served request spends in its instance: the response time
// without the wait for an instance. Containers have it in addition to the metrics of scenarios.
const InInstance = "time_in_instance"

// At returns the point at a value.
func (c Curve) At(value string) (Point, bool) {
	i := slices.IndexFunc(c.Points, func(p Point) bool { return p.Value == value })
	if i < 0 {
		return Point{}, false
	}
	return c.Points[i], true
}

// Model returns a metric of a model; NaN if the model does not give it.
func (p Point) Model(name, metric string) float64 {
	for _, m := range p.Models {
		if v, ok := m.Metrics[metric]; ok && m.Name == name {
			return v
		}
	}
	return math.NaN()
}

// Simulate simulates series and calls done with each curve, in the order of the series. The result
// is a pure function of series and options. Simulate stops at an error of done, which it returns,
// and when ctx ends, with ctx's error; curves passed to done are complete.
func Simulate(ctx context.Context, series []Series, o Options, done func(Curve) error) error {
	type place struct{ series, value int }
	var places []place
	for i, s := range series {
		for v := range s.Values {
			places = append(places, place{i, v})
		}
	}
	var curve Curve
	type prepared struct {
		point Point
		err   error
	}
	return scenarios.Sweep(ctx, len(places),
		func(i int) (scenarios.Scenario, error) {
			s := series[places[i].series]
			scenario, err := s.scenario(s.Values[places[i].value], o.Seed, o.overrides()...)
			if err == nil && (s.Replayed || scenario.CheckSteadyState() != nil) {
				err = errUnsteady
			}
			return scenario, err
		},
		scenarios.Options{Workers: o.Workers, Progress: o.Progress},
		func(i int, simulated scenarios.Point) prepared {
			s := series[places[i].series]
			p, err := s.point(ctx, s.Values[places[i].value], o, simulated)
			return prepared{p, err}
		},
		func(i int, p prepared) error {
			if p.err != nil {
				return p.err
			}
			s := series[places[i].series]
			if places[i].value == 0 {
				curve = Curve{Series: s}
			}
			curve.Points = append(curve.Points, p.point)
			if len(curve.Points) < len(s.Values) {
				return nil
			}
			return done(curve)
		})
}

// overrides returns the settings for the simulation of steady states.
func (o Options) overrides() []scenarios.Override {
	return []scenarios.Override{
		{Key: "run.precision", Value: strconv.FormatFloat(100*o.Precision, 'f', -1, 64) + "%"},
		{Key: "run.max_requests", Value: strconv.FormatInt(o.MaxRequests, 10)},
	}
}

// errUnsteady marks a point whose steady state is not simulated, and which has short runs only.
var errUnsteady = errors.New("no steady state")

// point adds runs and models to the steady state.
func (s Series) point(ctx context.Context, value string, o Options, simulated scenarios.Point) (Point, error) {
	p := Point{Value: value, At: numberOf(value)}
	scenario, err := s.scenario(value, o.Seed)
	if err != nil {
		return p, err
	}
	switch {
	case errors.Is(simulated.Err, errUnsteady):
	case simulated.Err != nil:
		return p, simulated.Err
	case simulated.Result.Broken != nil:
		return p, fmt.Errorf("%s at %s: an error of the simulator, please report it: %w", s.Name, value, simulated.Result.Broken)
	default:
		p.Steady = map[string]stats.Estimate{}
		for _, m := range simulated.Result.Platform(s.Platform).Metrics {
			p.Steady[m.Name] = m.Estimate
		}
		if s.Platform == scenarios.ContainerPlatform {
			p.Steady[InInstance] = derive(func(v []float64) float64 { return v[0] - v[1] }, p.Steady[platform.ResponseTime], p.Steady[platform.WaitingTime])
		}
	}
	if (o.Runs > 0 || s.Replayed) && s.Run.Duration > 0 {
		if p.Runs, err = s.runs(ctx, scenario, value, o); err != nil {
			return p, err
		}
	}
	if s.Replayed {
		return p, nil // the models belong to the series that is replayed
	}
	for _, m := range validate.Models(scenario) {
		solution, err := m.Solve(validate.QuickWork)
		if err != nil {
			continue // takes too long, or has no steady state
		}
		p.Models = append(p.Models, Solved{m.Name, m.Label, solution.Metrics})
	}
	return p, nil
}

// runs makes the short runs of a point.
func (s Series) runs(ctx context.Context, scenario scenarios.Scenario, value string, o Options) (map[string]Spread, error) {
	run := s.Run
	requests := scenario.Arrivals.Rate() * (run.Warmup + run.Duration).Seconds()
	run.Replications = max(min(o.Runs, LeastRuns), min(o.Runs, int(runRequests/requests)))
	if s.Replayed {
		run.Replications, run.Sent = 1, s.sentAt(value)
	}
	runs, err := scenarios.ShortRuns(ctx, scenario, s.Platform, run)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", s.Name, value, err)
	}
	if s.Platform == scenarios.ContainerPlatform {
		for _, t := range runs {
			t[InInstance] = t[platform.ResponseTime] - t[platform.WaitingTime]
		}
	}
	return spreads(runs), nil
}

// numberOf reads a value of a key that is a duration or a rate, and that a scenario has accepted.
func numberOf(value string) float64 {
	if v, err := dist.ParseDuration(value); err == nil {
		return v
	}
	v, _ := dist.ParseRate(value)
	return v
}

// spreads summarises runs.
func spreads(runs []scenarios.ShortRun) map[string]Spread {
	all := map[string]Spread{}
	for metric := range runs[0] {
		var tally stats.Tally
		var values []float64
		for _, t := range runs {
			if v := t[metric]; !math.IsNaN(v) {
				tally.Add(v)
				values = append(values, v)
			}
		}
		slices.Sort(values)
		all[metric] = Spread{tally.Estimate(), math.Sqrt(tally.Variance()), further(values, 0.025), further(values, 0.975)}
	}
	return all
}

// further returns the value that a further observation falls below with probability p: the sorted
// values cut the line into n + 1 equally probable parts. NaN beyond the outermost values.
func further(sorted []float64, p float64) float64 {
	n := len(sorted)
	at := p*float64(n+1) - 1
	i := int(math.Floor(at + 1e-9))
	if i < 0 || at > float64(n-1)+1e-9 {
		return math.NaN()
	}
	if i >= n-1 {
		return sorted[n-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
