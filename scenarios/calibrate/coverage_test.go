package calibrate

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/tests"
)

// A formula is a Simulator without a simulation: each measurement is a smooth function of the values, and
// each replication is off by a relative error of its own, the same for all values.
type formula struct {
	measurements int
	of           func(i int, values []float64) float64
	replications [][]float64 // relative errors by measurement and replication
}

func (f formula) Settle(context.Context, Candidate) error { return nil }

func (f formula) Simulate(ctx context.Context, candidates []Candidate, done func(int, []Estimate, error)) error {
	for c, candidate := range candidates {
		values := make([]float64, len(candidate))
		for k, text := range candidate {
			values[k], _ = scenarios.Number(text)
		}
		if candidate == nil {
			values = []float64{5, 10, 1}
		}
		at := make([]Estimate, f.measurements)
		for i := range at {
			at[i] = estimated(f.of(i, values), f.replications[i])
		}
		done(c, at, nil)
	}
	return ctx.Err()
}

// replicated is the number of replications of a formula, and Student's factor of an interval of them.
const (
	replicated = 16
	student    = 2.131450
)

// estimated returns the estimate of replications with relative errors.
func estimated(truth float64, errors []float64) Estimate {
	e := Estimate{}
	for _, x := range errors {
		e.Pseudo = append(e.Pseudo, truth*(1+x))
		e.Mean += truth * (1 + x) / replicated
	}
	square := 0.0
	for _, x := range e.Pseudo {
		square += (x - e.Mean) * (x - e.Mean) / (replicated - 1)
	}
	e.HalfWidth = student * math.Sqrt(square/replicated)
	return e
}

// relativeErrors returns those of replications of three metrics in each row, with the same correlation within each row, and
// the same errors in all rows if they are shared.
func relativeErrors(g *random.Generator, rows []int, deviation []float64, shared bool) [][]float64 {
	const together = 0.7
	all := make([][]float64, len(rows))
	for range replicated {
		common, own := map[int]float64{}, map[int]float64{}
		for i, row := range rows {
			metric := 3*row + i%3
			if shared { // all rows are as the first
				row, metric = 0, i%3
			}
			if _, ok := common[row]; !ok {
				common[row] = g.Normal()
			}
			if _, ok := own[metric]; !ok {
				own[metric] = g.Normal()
			}
			all[i] = append(all[i], deviation[i]*(together*common[row]+math.Sqrt(1-together*together)*own[metric]))
		}
	}
	return all
}

// ranges reads texts of --vary.
func ranges(t *testing.T, texts ...string) (all []scenarios.Range) {
	t.Helper()
	for _, text := range texts {
		r, err := scenarios.ParseRange("--vary", text)
		require.NoError(t, err)
		all = append(all, r)
	}
	return all
}

// formulaCase returns a calibration to measurements of a formula of three metrics with true values: a probability
// known to 5 % of itself in each row, and two others known to 1 %.
func formulaCase(t *testing.T, keys, rows int, simulated float64, halfWidths, shared bool, seed uint64) (c Calibration, truth []float64) {
	truth = []float64{1.5, 40, 2}[:keys]
	of := func(i int, v []float64) float64 {
		row, all := float64(i/3)+1, []float64{1.5, 40, 2}
		copy(all, v)
		switch i % 3 {
		case 0:
			return math.Exp(-row*0.5*all[1]/40) * 0.2 * (1 + 0.1*all[0])
		case 1:
			return all[0] + 0.5/row*all[2]
		}
		return all[0]*row + math.Sqrt(all[1])*0.3
	}
	var row []int
	var deviation, ofSimulation []float64
	for i := range 3 * rows {
		row = append(row, i/3)
		deviation = append(deviation, []float64{0.2, 0.04, 0.03}[i%3])
		ofSimulation = append(ofSimulation, simulated*deviation[i])
	}
	g := random.Stream(seed, 0, "formula")
	f := formula{len(row), of, relativeErrors(&g, row, ofSimulation, true)} // as with common random numbers
	for i, errors := range relativeErrors(&g, row, deviation, shared) {
		e := estimated(of(i, truth), errors)
		if !halfWidths {
			e.HalfWidth = math.NaN()
		}
		c.Measurements = append(c.Measurements, Measurement{row[i], []string{"container.cold_start_probability", "container.response_time", "container.instances"}[i%3], e.Mean, e.HalfWidth})
	}
	c.Ranges = ranges(t, []string{"container.warm.mean=500ms..5s", "container.keep_alive=10s..100s", "container.startup.mean=1s..3s"}[:keys]...)
	c.Simulator, c.Seed = f, seed
	return c, truth
}

// holds reports whether the stated region has the true values.
func (r *Region) holds(truth []float64) bool {
	for k, x := range truth {
		if x < r.Low[k] || x > r.High[k] {
			return false
		}
	}
	return true
}

// The stated region has the true values at least as often as it says, with few measurements and many, with a precise
// simulation and one as imprecise as the measurements, with half-widths and without. Of a region that held them with
// a probability of 95 %, 4 standard errors less would be found in 1 of 30,000 tests.
func TestRegionsHoldTheTrueValues(t *testing.T) {
	tests.Long(t)
	seeds := coverageSeeds(10)
	for _, keys := range []int{1, 2} {
		for _, rows := range []int{1, 5} {
			for _, simulated := range []float64{0.1, 1} {
				for _, kind := range []string{"half-widths", "half-widths, the same chance in all rows", "no half-widths"} {
					t.Run(fmt.Sprintf("%d keys, %d rows, simulation %g, %s", keys, rows, simulated, kind), func(t *testing.T) {
						tests.Slow(t)
						held := 0.0
						for seed := range seeds {
							c, truth := formulaCase(t, keys, rows, simulated, kind != "no half-widths", strings.Contains(kind, "same"), seed)
							found, err := c.Run(context.Background())
							require.NoError(t, err)
							if found.Region.holds(truth) {
								held++
							}
						}
						t.Logf("%.1f %% of %d", 100*held/float64(seeds), seeds)
						assert.GreaterOrEqual(t, held/float64(seeds), 0.95-4*math.Sqrt(0.95*0.05/float64(seeds)))
					})
				}
			}
		}
	}
}

// experiment is a scenario for a calibration, short and with few replications, with its settings by row.
const experiment = `name: experiment
arrivals: poisson(rate=1/s)
container:
  warm: exponential(mean=1.5s)
  startup: exponential(mean=2s)
  keep_alive: 20s
run: {replications: 8, warmup: 60s, duration: 800s}
`

// scenarioOf returns the experiment at settings.
func scenarioOf(seed uint64, settings ...string) (scenarios.Scenario, error) {
	overrides, err := scenarios.ParseOverrides("--set", settings)
	if err != nil {
		return scenarios.Scenario{}, err
	}
	s, err := scenarios.Parse("experiment.yaml", "", []byte(experiment), overrides)
	s.Run.Seed = seed
	return s, err
}

// experimentCase returns a calibration to simulated measurements at some keep-alives, 1,500 s in each of 8 replications,
// of streams that the calibration does not use. For even seeds all rows see the same streams, as in a sweep.
func experimentCase(t *testing.T, seed uint64, keepAlives []string, vary ...string) Calibration {
	t.Helper()
	c := Calibration{Ranges: ranges(t, vary...), Seed: seed}
	for row, keepAlive := range keepAlives {
		s, err := scenarioOf(1_000_000+100*seed+seed%2*uint64(row), "container.keep_alive="+keepAlive)
		require.NoError(t, err)
		s.Run.Duration = 1500 * sim.Second
		r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
		require.NoError(t, err)
		for _, metric := range []string{"container.cold_start_probability", "container.response_time", "container.instances"} {
			e := estimate(r, metric)
			c.Measurements = append(c.Measurements, Measurement{row, metric, e.Mean, e.HalfWidth})
		}
	}
	c.Simulator = &Experiments{
		Measurements: c.Measurements,
		Scenario: func(row int, candidate Candidate) (scenarios.Scenario, error) {
			settings := []string{"container.keep_alive=" + keepAlives[row]}
			for k, value := range candidate {
				settings = append(settings, c.Ranges[k].Key+"="+value)
			}
			return scenarioOf(seed, settings...)
		},
	}
	return c
}

// coverageSeeds returns for how many seeds coverage is tested: few, or as COVERAGE_SEEDS says.
func coverageSeeds(few uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv("COVERAGE_SEEDS"), 10, 64); err == nil {
		return n
	}
	return few
}

// The true values of simulated measurements are in the region that is stated for at least 93 of 100 seeds, of one key and
// of two (COVERAGE_SEEDS=100), and the region is narrow enough to say something.
func TestTheValuesOfSimulatedMeasurementsAreFound(t *testing.T) {
	tests.Long(t)
	seeds := coverageSeeds(6)
	for _, vary := range [][]string{
		{"container.warm.mean=500ms..5s"},
		{"container.warm.mean=500ms..5s", "container.startup.mean=200ms..20s"},
	} {
		held := uint64(0)
		var widths []float64
		for seed := range seeds {
			found, err := experimentCase(t, seed, []string{"5s", "60s"}, vary...).Run(context.Background())
			require.NoError(t, err)
			if found.Region.holds([]float64{1.5, 2}[:len(vary)]) {
				held++
			}
			widths = append(widths, found.Region.High[0]/found.Region.Low[0])
			assert.InDelta(t, 1.5, found.Best.Values[0], 0.2)
		}
		slices.Sort(widths)
		t.Logf("%d of %d seeds with %d keys; the service time within a factor of %.3f in half of them", held, seeds, len(vary), widths[seeds/2])
		assert.GreaterOrEqual(t, held, seeds*93/100)
		assert.Less(t, widths[seeds/2], 1.2)
	}
}
