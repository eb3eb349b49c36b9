package autoscaler

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

// A trial is a configuration that an independent simulator has run: what is measured from begin to end.
type trial struct {
	config     Config
	arrivals   dist.Arrivals
	begin, end float64
	merge      int // runs in one replication
}

// trials returns the configurations of the reference simulator by name, with periods as long as it takes to
// resolve differences of about a standard error and a half of its own.
func trials(t *testing.T) map[string]trial {
	all := map[string]trial{}
	add := func(name, arrivals, warm, startup string, config Config, begin, end float64, merge int, change func(c *Config)) {
		config.Warm, config.Startup = law(t, warm), law(t, startup)
		if change != nil {
			change(&config)
		}
		all[name] = trial{config, process(t, arrivals), begin, end, merge}
	}
	const second, three = "exponential(mean=1s)", "constant(3s)"
	const one, ten, unlimited = 1, 10, platform.Unlimited
	unpanicked := func(c *Config) { c.Scaling.Rule.PanicThreshold = 10 }
	fromZero := func(c *Config) { c.InitialReady = 0 }
	add("steady-c1", "poisson(rate=10/s)", second, three, knative(one, 0.7), 600, 8100, 1, nil)
	add("steady-c1-slow", "poisson(rate=1/s)", second, three, knative(one, 0.7), 600, 50_600, 1, nil)
	add("steady-c10", "poisson(rate=50/s)", second, "lognormal(mean=2s, cv=0.5)", knative(ten, 7), 600, 3100, 1, nil)
	add("steady-unlimited", "poisson(rate=20/s)", second, three, knative(unlimited, 7), 600, 4600, 1, func(c *Config) { c.MinInstances = 1 })
	add("no-panic", "poisson(rate=10/s)", second, three, knative(one, 0.7), 600, 8100, 1, unpanicked)
	add("weighted", "poisson(rate=10/s)", second, three, knative(one, 0.7), 600, 8100, 1, func(c *Config) { c.Scaling.Rule.Weighted = true })
	add("rps", "poisson(rate=28/s)", "exponential(mean=200ms)", three, knative(unlimited, 7), 600, 3600, 1, func(c *Config) {
		unpanicked(c)
		c.MinInstances, c.Scaling.Metric = 1, Requests
	})
	add("variable-c2", "poisson(rate=10/s)", "lognormal(mean=1s, cv=2)", "constant(5s)", knative(2, 1.4), 600, 8100, 1, nil)
	add("capped", "poisson(rate=10/s)", second, three, knative(one, 0.7), 600, 8100, 1, func(c *Config) { c.MaxInstances = 12 })
	add("down-delay", "poisson(rate=10/s)", second, three, knative(one, 0.7), 1800, 9300, 1, func(c *Config) { c.Scaling.Rule.DownDelay = 300 * sim.Second })
	add("rare-unlimited", "poisson(rate=0.01/s)", "constant(1s)", "constant(2s)", knative(unlimited, 70), 1000, 501_000, 1, nil)
	add("rare-c1", "poisson(rate=0.02/s)", second, "constant(2s)", knative(one, 0.7), 1000, 251_000, 1, nil)
	add("on-off-c1", "mmpp(rates=[0/s, 20/s], sojourns=[180s, 30s])", "exponential(mean=500ms)", three, knative(one, 0.7), 1000, 61_000, 1, fromZero)
	add("on-off-c10", "mmpp(rates=[0/s, 50/s], sojourns=[180s, 30s])", "lognormal(mean=200ms, cv=1)", "constant(1500ms)", knative(ten, 7), 1000, 31_000, 1, fromZero)
	add("on-off-retention", "mmpp(rates=[0/s, 20/s], sojourns=[180s, 30s])", "exponential(mean=500ms)", three, knative(one, 0.7), 1000, 61_000, 1, func(c *Config) {
		fromZero(c)
		c.Scaling.Retention = 120 * sim.Second
	})
	add("step-up", "steps(rates=[2/s, 20/s], at=[300s])", second, three, knative(one, 0.7), 300, 600, 10, nil)
	add("step-from-zero", "poisson(rate=20/s)", second, three, knative(one, 0.7), 0, 120, 25, fromZero)
	add("step-down", "steps(rates=[20/s, 2/s], at=[300s])", second, three, knative(one, 0.7), 300, 600, 30, nil)
	add("step-up-c10", "steps(rates=[10/s, 100/s], at=[300s])", second, "constant(5s)", knative(ten, 7), 300, 600, 3, nil)
	add("own-core", "poisson(rate=10/s)", "exponential(mean=200ms)", three, knative(ten, 1), 600, 8100, 1, func(c *Config) { c.InstanceCores = 1 })
	return all
}

// columns compute what the reference simulator measured.
func columns(t *testing.T) map[string]func(*platform.Observations) float64 {
	all := map[string]func(*platform.Observations) float64{
		"starts_per_1000": of(t, platform.Starts), "response": of(t, platform.ResponseTime), "waiting": of(t, platform.WaitingTime), "waited": of(t, platform.WaitingProbability),
		"cold":       func(o *platform.Observations) float64 { return float64(o.Cold) / float64(o.Warm+o.Cold) },
		"under_time": of(t, platform.UnderProvisioned), "over_time": of(t, platform.OverProvisioned), "under": of(t, platform.Lacking), "over": of(t, platform.Surplus),
		"p50": of(t, platform.ResponseTimeP50), "p95": of(t, platform.ResponseTimeP95), "p99": of(t, platform.ResponseTimeP99),
	}
	for _, name := range []string{platform.Instances, platform.Ready, platform.Starting, platform.Draining, platform.InService, platform.QueueLength, platform.Desired, platform.Panic} {
		all[name] = of(t, name)
	}
	return all
}

// An independent simulator in Python has run 20 configurations, response quantiles included. All its numbers are
// met: the test fails for a right simulation with a probability of 1 in 1000, by Welch's t of each number,
// divided by their count.
func TestAnIndependentSimulatorIsMet(t *testing.T) {
	tests.Long(t)
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "specs", "scaling", "kpa_reference.csv"))
	if os.IsNotExist(err) {
		t.Skip("without the numbers of the reference simulator")
	}
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 21)
	all, computed := trials(t), columns(t)
	const replications, alpha = 20, 1e-3
	compared, worst := 0, 1.0
	for _, row := range rows[1:] {
		cells := map[string]float64{}
		for i, cell := range row[2:] {
			x, err := strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
			cells[rows[0][i+2]] = x
		}
		name := row[0]
		trial, ok := all[name]
		require.True(t, ok, name)
		observed := make([]platform.Observations, replications)
		var group sync.WaitGroup
		for r := range replications {
			group.Go(func() {
				for k := range trial.merge {
					fleet, err := New(trial.config, trial.arrivals, 1, r*trial.merge+k)
					if err == nil && trial.begin > 0 {
						err = fleet.Run(seconds(trial.begin))
						fleet.Restart()
					}
					if err == nil {
						err = fleet.Run(seconds(trial.end))
					}
					if err != nil {
						t.Error(err)
						return
					}
					o := fleet.Observations()
					observed[r].Merge(&o)
				}
			})
		}
		group.Wait()
		for column, compute := range computed {
			var tally stats.Tally
			for r := range observed {
				tally.Add(compute(&observed[r]))
			}
			resolution := 0.0 // of the histogram
			if column[0] == 'p' && len(column) == 3 {
				resolution = stats.RelativeError * tally.Mean()
			}
			want, theirs := cells[column], cells[column+"_se"]
			ours := math.Sqrt(tally.Variance() / replications)
			error := math.Hypot(ours, theirs)
			distance := math.Max(0, math.Abs(tally.Mean()-want)-resolution-1e-5*math.Abs(want)) // of six digits
			p := 1.0
			if error > 0 {
				n := float64(replications - 1)
				theirN := cells["replications"] - 1
				freedom := math.Pow(error, 4) / (math.Pow(ours, 4)/n + math.Pow(theirs, 4)/theirN)
				p = 2 * distuv.StudentsT{Sigma: 1, Nu: freedom}.Survival(distance/error)
			} else if distance > 1e-9 {
				p = 0
			}
			compared++
			worst = min(worst, p)
			if p < 1e-3 {
				t.Logf("%s, %s: %.6g ± %.2g, theirs %.6g ± %.2g, p = %.2g", name, column, tally.Mean(), ours, want, theirs, p)
			}
			if p < alpha/400 {
				t.Errorf("%s, %s: %.6g ± %.2g, theirs %.6g ± %.2g, p = %.2g", name, column, tally.Mean(), ours, want, theirs, p)
			}
		}
	}
	require.Equal(t, 400, compared)
	t.Logf("the least probable of 400 numbers has p = %.2g", worst)
}
