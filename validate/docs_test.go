package validate_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
	"faaslab/validate/model"
)

// The tables of docs/level-crossing.md equal the results of the simulator and the models.
// UPDATE_PAGES=1 rewrites them.
func TestThePageOnLevelCrossingShowsWhatIsComputed(t *testing.T) {
	tests.Slow(t)
	const page = "../docs/level-crossing.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	written := string(text)
	for _, metric := range []struct {
		name, words string
		digits      int
	}{{"cold_start_probability", "cold start probability", 5}, {"instances", "instances", 3}} {
		table := fmt.Sprintf("| %s, keep-alive | simulated | exact | SMP | modified |\n|---:|---:|---:|---:|---:|\n", metric.words)
		head := table
		for _, keepAlive := range []string{"1s", "3s", "10s", "60s", "180s"} {
			simulated, pool := simulatedFloat(t, keepAlive)
			exact, err := model.LevelCrossing(pool)
			require.NoError(t, err)
			original, err := model.SMP(pool, model.Original)
			require.NoError(t, err)
			modified, err := model.SMP(pool, model.Modified)
			require.NoError(t, err)
			e := simulated[metric.name]
			assert.InDelta(t, exact.Metrics()[metric.name], e.Mean, 2*e.HalfWidth, "the simulation agrees with the exact model")
			table += fmt.Sprintf("| %s | %.*f ± %.*f | %.*f | %.*f | %.*f |\n", keepAlive, metric.digits, e.Mean, metric.digits, e.HalfWidth,
				metric.digits, exact.Metrics()[metric.name], metric.digits, original.Metrics()[metric.name], metric.digits, modified.Metrics()[metric.name])
		}
		if os.Getenv("UPDATE_PAGES") != "" {
			before, after, found := strings.Cut(written, head)
			require.True(t, found, "the page has no table headed\n%s", head)
			for strings.HasPrefix(after, "|") {
				_, after, _ = strings.Cut(after, "\n")
			}
			written = before + table + after
		}
		assert.Contains(t, written, table)
	}
	if os.Getenv("UPDATE_PAGES") != "" {
		require.NoError(t, os.WriteFile(page, []byte(written), 0o644))
	}
}

var floats = map[string]map[string]stats.Estimate{}

// simulatedFloat simulates the built-in float with a keep-alive, four million requests, and returns
// its metrics and the pool for the models.
func simulatedFloat(t *testing.T, keepAlive string) (map[string]stats.Estimate, model.Pool) {
	t.Helper()
	overrides, err := scenarios.ParseOverrides("the test", []string{"container.keep_alive=" + keepAlive, "container.max_instances=unlimited", "run.duration=250000s", "run.warmup=1h"})
	require.NoError(t, err)
	s, err := scenarios.Load("float", overrides)
	require.NoError(t, err)
	s.Wasm = nil
	c := s.Container
	require.Equal(t, platform.Unlimited, c.MaxInstances)
	warm, _ := c.Warm.Moments()
	cold, _ := c.Cold.Moments()
	if floats[keepAlive] == nil {
		r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
		require.NoError(t, err)
		floats[keepAlive] = map[string]stats.Estimate{}
		for _, m := range r.Platform(scenarios.ContainerPlatform).Metrics {
			floats[keepAlive][m.Name] = m.Estimate
		}
	}
	return floats[keepAlive], model.Pool{ArrivalRate: s.Arrivals.Rate(), WarmService: warm, ColdService: cold, KeepAlive: c.KeepAlive.Seconds()}
}
