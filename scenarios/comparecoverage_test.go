package scenarios_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim/tests"
	"faaslab/validate/model"
)

// A knownDifference is a scenario, the key that is another on side B, and what metrics are in steady state on either side.
type knownDifference struct {
	scenario string
	change   scenarios.Override
	platform string
	metrics  map[string][2]float64
	wide     bool // the intervals may cover more than they say
}

func knownDifferences(t *testing.T) []knownDifference {
	t.Helper()
	const text = "name: %s\narrivals: poisson(rate=2/s)\n%s\nrun: {%s}\n"
	loss := func(instances int) model.LossResult {
		r, err := model.Loss(2, 1.5, instances)
		require.NoError(t, err)
		return r
	}
	maximum := func(keepAlive float64) model.SlidingMaximumResult {
		r, err := model.SlidingMaximum(2, 1.5, keepAlive)
		require.NoError(t, err)
		return r
	}
	full := func(name, instances, run string) string {
		return fmt.Sprintf(text, name, "container: {warm: 'gamma(mean=1.5s, cv=0.7)', startup: constant(0s), keep_alive: never, "+
			"max_instances: "+instances+", initial: {idle: "+instances+"}}", run)
	}
	five, seven, eleven, ten := loss(5), loss(7), loss(11), loss(10)
	short, long := maximum(10), maximum(15)
	median := -math.Log(0.5)
	return []knownDifference{
		{
			scenario: fmt.Sprintf(text, "M/G/∞", "wasm: {service: exponential(mean=1.5s)}", "precision: 5%"), platform: scenarios.WasmPlatform,
			change: scenarios.Override{Key: "wasm.service", Value: "gamma(mean=1.6s, cv=1)"},
			metrics: map[string][2]float64{
				"response_time": {1.5, 1.6}, "response_time_p50": {1.5 * median, 1.6 * median}, "instances": {3, 3.2}, "throughput": {2, 2},
			},
		},
		{
			scenario: full("Erlang B", "7", "precision: 5%"), platform: scenarios.ContainerPlatform,
			change: scenarios.Override{Key: "container.max_instances", Value: "5"},
			metrics: map[string][2]float64{
				"rejection_probability": {seven.RejectionProbability, five.RejectionProbability}, "running": {seven.Running, five.Running},
				"idle": {seven.Idle, five.Idle}, "utilization": {seven.Running / 7, five.Running / 5}, "response_time": {1.5, 1.5},
			},
		},
		{
			scenario: fmt.Sprintf(text, "sliding maximum", "container: {warm: exponential(mean=1.5s), cold: exponential(mean=1.5s), keep_alive: 10s, max_instances: unlimited}", "precision: 5%"),
			change:   scenarios.Override{Key: "container.keep_alive", Value: "15s"}, platform: scenarios.ContainerPlatform,
			metrics: map[string][2]float64{
				"cold_start_probability": {short.ColdStartProbability, long.ColdStartProbability}, "instances": {short.Instances, long.Instances},
				"idle": {short.Idle, long.Idle}, "response_time": {1.5, 1.5},
				"instance_lifetime": {short.Instances / (2 * short.ColdStartProbability), long.Instances / (2 * long.ColdStartProbability)},
			},
		},
		{ // four rejections or so against fifteen
			scenario: full("rare rejections", "11", "warmup: 1m, duration: 10m"), platform: scenarios.ContainerPlatform,
			change:  scenarios.Override{Key: "container.max_instances", Value: "10"},
			metrics: map[string][2]float64{"rejection_probability": {eleven.RejectionProbability, ten.RejectionProbability}},
			wide:    true,
		},
	}
}

// Over many seeds the 95 % interval of a difference must cover the true one in 93 to 97 % of them, and that of the
// relative difference too, as TestIntervalsCoverTheTruth asks of the metrics themselves and
// with the same bands:
//
//	COVERAGE_SEEDS=1000 go test ./scenarios -run TestPairedIntervalsCoverTheTruth -v
func TestPairedIntervalsCoverTheTruth(t *testing.T) {
	tests.Long(t)
	seeds, low, high := 20, 0.95-4*math.Sqrt(0.95*0.05/20), 1.0
	if n, err := strconv.Atoi(os.Getenv("COVERAGE_SEEDS")); err == nil {
		seeds, low, high = n, 0.93, 0.97
	}
	for _, known := range knownDifferences(t) {
		covered := map[string]int{}
		var name string
		for seed := range seeds {
			overrides := []scenarios.Override{{Key: "run.seed", Value: strconv.Itoa(seed)}}
			a, err := scenarios.Parse("truth.yaml", "", []byte(known.scenario), overrides)
			require.NoError(t, err)
			if known.change.Key == "container.max_instances" {
				overrides = append(overrides, scenarios.Override{Key: "container.initial.idle", Value: known.change.Value})
			}
			b, err := scenarios.Parse("truth.yaml", "", []byte(known.scenario), append(overrides, known.change))
			require.NoError(t, err)
			name = a.Name
			c, err := scenarios.Compare(context.Background(), a, b, scenarios.Options{})
			require.NoError(t, err)
			for _, d := range c.Differences[known.platform] {
				sides, ok := known.metrics[d.Name]
				if !ok {
					continue
				}
				count := func(what string, mean, halfWidth, truth float64) {
					if math.IsNaN(halfWidth) || math.Abs(mean-truth) <= halfWidth { // no interval claims nothing
						covered[what]++
					}
				}
				count(d.Name, d.Difference.Mean, d.Difference.HalfWidth, sides[1]-sides[0])
				count(d.Name+", relative", d.Relative.Mean, d.Relative.HalfWidth, sides[1]/sides[0]-1)
			}
		}
		require.Len(t, covered, 2*len(known.metrics))
		for what, n := range covered {
			fraction := float64(n) / float64(seeds)
			t.Logf("%s, %s: %.1f %% of %d", name, what, 100*fraction, seeds)
			assert.GreaterOrEqual(t, fraction, low, "%s, %s", name, what)
			if !known.wide {
				assert.LessOrEqual(t, fraction, high, "%s, %s", name, what)
			}
		}
	}
}
