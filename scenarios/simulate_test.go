package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
)

// load loads a built-in scenario with overrides given as key, value, key, value …
func load(t testing.TB, name string, pairs ...string) Scenario {
	t.Helper()
	var overrides []Override
	for i := 0; i < len(pairs); i += 2 {
		overrides = append(overrides, Override{Key: pairs[i], Value: pairs[i+1]})
	}
	s, err := Load(name, overrides)
	require.NoError(t, err)
	return s
}

func simulate(t testing.TB, s Scenario, o Options) *Result {
	t.Helper()
	r, err := Simulate(context.Background(), s, o)
	require.NoError(t, err)
	return r
}

// The values of the float function with a keep-alive of 10 s: for MRU exact, for newest
// simulated by an independent tool, good to 0.3 %.
var floatAt10s = []struct {
	routing string
	values  map[string]float64
}{
	{"mru", map[string]float64{"cold_start_probability": 0.09722, "idle": 2.4563, "instances": 4.2371}},
	{"newest", map[string]float64{"cold_start_probability": 0.0914, "instances": 4.276}},
}

func TestFloatAt10sIsWithinThreeHalfWidths(t *testing.T) {
	for _, c := range floatAt10s {
		s := load(t, "float", "container.keep_alive", "10s", "run.seed", "7", "container.routing", c.routing)
		r := simulate(t, s, Options{})
		for name, exact := range c.values {
			e, ok := r.Platforms[ContainerPlatform].Metric(name)
			require.True(t, ok)
			assert.InDelta(t, exact, e.Mean, 3*e.HalfWidth, "%s, %s", c.routing, name)
			assert.Less(t, e.HalfWidth, 0.05*exact)
		}
	}
}

// Over 100 seeds a 95 % interval covers the truth in fewer than 88 with probability
// 0.15 % only.
func TestIntervalsCoverTheTruthOver100Seeds(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates millions of requests, by code that other tests run too")
	}
	const seeds, enough = 100, 88
	for _, c := range floatAt10s {
		covered := map[string]int{}
		for seed := range seeds {
			s := load(t, "float", "container.keep_alive", "10s", "run.seed", fmt.Sprint(seed), "container.routing", c.routing)
			s.Wasm = nil
			r := simulate(t, s, Options{})
			for name, exact := range c.values {
				if e, _ := r.Platforms[ContainerPlatform].Metric(name); math.Abs(e.Mean-exact) <= e.HalfWidth {
					covered[name]++
				}
			}
		}
		for name := range c.values {
			t.Logf("%s, %s: %d of %d", c.routing, name, covered[name], seeds)
			assert.GreaterOrEqual(t, covered[name], enough, "%s, %s", c.routing, name)
		}
	}
}

func TestWorkersAndProgressDoNotChangeTheResult(t *testing.T) {
	s := load(t, "bursty", "run.duration", "2m")
	var want []byte
	for workers := range 5 {
		var last atomic.Uint64
		r := simulate(t, s, Options{Workers: workers, Progress: func(done float64) { last.Store(math.Float64bits(done)) }})
		got, err := json.Marshal([]any{r.Platforms[ContainerPlatform].Metrics[0].Estimate, r.Platforms[WasmPlatform].Metrics[0].Estimate, r.Difference, r.Platforms[ContainerPlatform].Distributions})
		require.NoError(t, err)
		if want == nil {
			want = got
		}
		assert.Equal(t, string(want), string(got))
		assert.LessOrEqual(t, math.Float64frombits(last.Load()), 1.0001)
	}
}

// Both platforms see the same requests: their arrivals, one by one.
func TestPlatformsAndScenariosWithOneSeedSeeTheSameRequests(t *testing.T) {
	log := func(s Scenario) map[string][]string {
		seen := map[string][]string{}
		simulate(t, s, Options{Log: func(name string, replication int, r platform.Request) {
			seen[name] = append(seen[name], fmt.Sprintf("%d %019d", replication, r.Arrival))
		}})
		for _, arrivals := range seen { // told in the order of completions, more or less
			slices.Sort(arrivals)
		}
		return seen
	}
	pairs := []string{"run.replications", "2", "run.duration", "5m", "run.warmup", "0s"}
	a := log(load(t, "float", pairs...))
	b := log(load(t, "float", append(pairs, "container.keep_alive", "1s", "container.routing", "random")...))
	require.NotEmpty(t, a[ContainerPlatform])
	assert.Equal(t, a[ContainerPlatform], a[WasmPlatform])
	assert.Equal(t, a[ContainerPlatform], b[ContainerPlatform])
}

// Pairing must be worth something: the difference is known better than if the two
// platforms had been simulated independently.
func TestThePairedDifferenceIsNarrowerThanIndependentOnes(t *testing.T) {
	r := simulate(t, load(t, "float", "run.replications", "64"), Options{})
	d := r.Difference["response_time"]
	c, _ := r.Platforms[ContainerPlatform].Metric("response_time")
	w, _ := r.Platforms[WasmPlatform].Metric("response_time")
	assert.InDelta(t, w.Mean-c.Mean, d.Mean, 1e-9)
	assert.Less(t, d.HalfWidth, 0.9*math.Hypot(c.HalfWidth, w.HalfWidth))
}

func TestACancelledRunKeepsFinishedReplications(t *testing.T) {
	s := load(t, "float", "run.replications", "50", "run.duration", "4000m")
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Simulate(ctx, s, Options{Workers: 1, Progress: func(done float64) {
		if done > 0.1 {
			cancel()
		}
	}})
	require.NoError(t, err)
	assert.True(t, r.Interrupted)
	assert.Greater(t, r.Replications, 2)
	assert.Less(t, r.Replications, 50)
	assert.Contains(t, r.Warnings[0], "interrupted")
	whole := simulate(t, load(t, "float", "run.replications", fmt.Sprint(r.Replications), "run.duration", "4000m"), Options{})
	assert.Equal(t, whole.Platforms[ContainerPlatform].Metrics[0].Estimate, r.Platforms[ContainerPlatform].Metrics[0].Estimate)

	_, err = Simulate(ctx, s, Options{})
	assert.ErrorIs(t, err, context.Canceled, "nothing finished: nothing to show")
}

func TestATransientThatGrowsTooLargeEndsWithAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten million live executors")
	}
	s := load(t, "float", "arrivals", "batch(poisson(rate=100/s), size=100000)", "wasm.service", "constant(1h)",
		"wasm.cores", "1", "run.duration", "2h", "run.replications", "1", "run.warmup", "0s")
	s.Container = nil
	_, err := Simulate(context.Background(), s, Options{})
	assert.ErrorContains(t, err, "more than 10000000 instances and waiting requests")
}

func TestATraceIsReplayedAndItsErrorsSurface(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return "trace(" + path + ")"
	}
	s := load(t, "float", "arrivals", write("good.csv", "1\n2\n2\n10.5\n"), "run.warmup", "0s", "run.replications", "2")
	r := simulate(t, s, Options{})
	assert.Equal(t, int64(8), r.Platforms[ContainerPlatform].Requests)
	assert.Equal(t, 10.5, r.Platforms[WasmPlatform].Span.Seconds())

	s = load(t, "float", "arrivals", write("bad.csv", "1\n2\n-3\n"), "run.warmup", "0s")
	_, err := Simulate(context.Background(), s, Options{})
	assert.ErrorContains(t, err, "bad.csv:3")
	assert.False(t, errors.Is(err, context.Canceled))
}
