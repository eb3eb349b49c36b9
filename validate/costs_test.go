package validate

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim/tests"
)

// An exact model must agree with the simulation in costs, too. By chance, one of 80,000 comparisons
// exceeds three half-widths.
func TestTheCostsOfExactModelsAreThoseOfTheSimulation(t *testing.T) {
	tests.Long(t)
	for name, c := range map[string]struct {
		scenario, platform, model string
		set                       []string
	}{
		"a pool":                      {"float", scenarios.ContainerPlatform, "level-crossing", []string{"container.keep_alive=10s"}},
		"a pool, start-ups free":      {"float", scenarios.ContainerPlatform, "level-crossing", []string{"container.keep_alive=10s", "pricing.startups=free"}},
		"no keep-alive, free":         {"float", scenarios.ContainerPlatform, "always-cold", []string{"container.keep_alive=0s", "container.max_instances=unlimited", "container.startup=constant(2s)", "pricing.startups=free"}},
		"a pool that rejects":         {"erlang-b", scenarios.ContainerPlatform, "erlang-b", nil},
		"a pool with a queue":         {"erlang-c", scenarios.ContainerPlatform, "erlang-c", nil},
		"executors, start-ups free":   {"float", scenarios.WasmPlatform, "mg-infinity", []string{"wasm.startup=exponential(mean=1s)", "pricing.startups=free"}},
		"executors that wait":         {"float", scenarios.WasmPlatform, "mmc", []string{"wasm.cores=8", "wasm.discipline=fcfs", "wasm.startup=constant(1s)"}},
		"executors that share a core": {"wasm-10-cores", scenarios.WasmPlatform, "processor-sharing", []string{"run.duration=2m", "pricing.billing_step=0s"}},
		"rounded to 100 ms":           {"float", scenarios.ContainerPlatform, "level-crossing", []string{"container.keep_alive=10s", "pricing.preset=google-cloud-run"}},
		"rounded, of free start-ups":  {"float", scenarios.ContainerPlatform, "level-crossing", []string{"container.keep_alive=10s", "pricing.billing_step=1s", "pricing.startups=free"}},
		"a minimum":                   {"float", scenarios.ContainerPlatform, "always-cold", []string{"container.keep_alive=0s", "container.max_instances=unlimited", "pricing.billing_step=0s", "pricing.billing_minimum=2s"}},
		"a minimum and steps":         {"erlang-b", scenarios.ContainerPlatform, "erlang-b", []string{"container.warm=lognormal(mean=1.5288s, cv=1)", "pricing.billing_step=700ms", "pricing.billing_minimum=1s"}},
		"a queue that comes and goes": {"erlang-c", scenarios.ContainerPlatform, "erlang-c", []string{"container.keep_alive=10s", "pricing.preset=azure-functions-flex"}},
		"rounded, after a start-up":   {"float", scenarios.WasmPlatform, "mg-infinity", []string{"wasm.startup=constant(250ms)", "pricing.billing_step=1s"}},
		"rounded, of many values":     {"float", scenarios.WasmPlatform, "mg-infinity", []string{"wasm.service=mixture(0.5: constant(3ms), 0.5: constant(7ms))", "run.duration=20m"}},
		"closed users":                {"erlang-c", scenarios.ContainerPlatform, "finite-source", []string{"arrivals=closed(users=20, think=exponential(mean=2s))"}},
		"closed users, rejected":      {"erlang-b", scenarios.ContainerPlatform, "engset", []string{"arrivals=closed(users=30, think=exponential(mean=2s))", "container.max_instances=10", "container.initial.idle=10", "pricing.preset=google-cloud-run"}},
		"closed users, a start-up":    {"float", scenarios.WasmPlatform, "finite-source", []string{"arrivals=closed(users=20, think=exponential(mean=2s))", "wasm.startup=constant(250ms)", "pricing.billing_step=1s"}},
	} {
		t.Run(name, func(t *testing.T) {
			overrides, err := scenarios.ParseOverrides("--set", append([]string{
				"pricing.preset=aws-lambda", "pricing.container_memory=512MB", "pricing.wasm_memory=64MB",
				"pricing.provider_running_gb_second=0.000006", "pricing.provider_idle_gb_second=0.000003", "pricing.provider_cold_start=0.000005",
			}, c.set...))
			require.NoError(t, err)
			s, err := scenarios.Load(c.scenario, overrides)
			require.NoError(t, err)
			if c.platform == scenarios.WasmPlatform {
				s.Container = nil
			} else {
				s.Wasm = nil
			}
			r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
			require.NoError(t, err)
			for _, m := range Models(s) {
				if m.Name != c.model {
					continue
				}
				require.True(t, m.Exact())
				solution, err := m.Solve(0)
				require.NoError(t, err)
				for _, cost := range []string{"user_cost", "provider_cost", "user_cost_month", "provider_cost_month"} {
					if _, gives := solution.Metrics[cost]; !gives && name == "a queue that comes and goes" && strings.HasPrefix(cost, "provider") {
						continue // the law of idle instances is unknown
					}
					e, ok := r.Platform(c.platform).Metric(cost)
					require.True(t, ok)
					require.Contains(t, solution.Metrics, cost)
					assert.InDelta(t, e.Mean, solution.Metrics[cost], 3*e.HalfWidth, cost)
					assert.Less(t, e.HalfWidth, 0.06*e.Mean, "too few requests to tell")
					t.Logf("%s: simulated %.5g ± %.2g, exact %.5g", cost, e.Mean, e.HalfWidth, solution.Metrics[cost])
				}
				return
			}
			t.Fatalf("no model %s", c.model)
		})
	}
}

// Rounding of executions needs their law, which is unknown if cores are shared or two varying laws
// add up.
func TestAModelHasNoCostThatItCannotTell(t *testing.T) {
	for _, c := range []struct {
		name, scenario, model string
		set                   []string
		known                 bool
	}{
		{"shared cores", "wasm-10-cores", "processor-sharing", nil, false},
		{"shared cores, not rounded", "wasm-10-cores", "processor-sharing", []string{"pricing.billing_step=0s"}, true},
		{"a start-up that varies", "float", "mg-infinity", []string{"wasm.startup=uniform(0s, 1s)"}, false},
		{"a start-up that varies and is free", "float", "mg-infinity", []string{"wasm.startup=uniform(0s, 1s)", "pricing.startups=free"}, true},
		{"a start-up before a service that varies", "float", "smp", []string{"container.startup=uniform(0s, 1s)"}, false},
		{"a start-up of one length", "float", "smp", []string{"container.startup=constant(1s)"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			overrides, err := scenarios.ParseOverrides("--set", append([]string{"pricing.preset=aws-lambda", "pricing.container_memory=512MB", "pricing.wasm_memory=64MB"}, c.set...))
			require.NoError(t, err)
			s, err := scenarios.Load(c.scenario, overrides)
			require.NoError(t, err)
			for _, m := range Models(s) {
				if m.Name != c.model {
					continue
				}
				solution, err := m.Solve(0)
				require.NoError(t, err)
				_, known := solution.Metrics["user_cost"]
				assert.Equal(t, c.known, known)
				return
			}
			t.Fatalf("no model %s", c.model)
		})
	}
}
