package validate

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
)

// An exact model says what the simulation measures, and the costs are no exception. Three
// half-widths are passed by chance in one of 80,000 comparisons.
func TestTheCostsOfExactModelsAreThoseOfTheSimulation(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for long, by code that other tests run too")
	}
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
		"executors that share a core": {"wasm-10-cores", scenarios.WasmPlatform, "processor-sharing", []string{"run.duration=2m"}},
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
				for _, cost := range []string{"user_cost", "provider_cost"} {
					e, ok := r.Platforms[c.platform].Metric(cost)
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
