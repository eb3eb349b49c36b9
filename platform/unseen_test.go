package platform_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// estimateOf returns the estimate of one metric.
func estimateOf(t testing.TB, metrics []platform.Metric, name string, observed ...platform.Observations) platform.Estimated {
	t.Helper()
	i := slices.IndexFunc(metrics, func(m platform.Metric) bool { return m.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return platform.Estimate(metrics[i:i+1], observed)[0]
}

// served returns two replications of 1,000 s, one request a second, each served for 0.25 s by one
// warm instance of several, after a restart.
func served(t testing.TB, c pool.Config) []platform.Observations {
	t.Helper()
	var observed []platform.Observations
	for replication := range 2 {
		p, err := pool.New(c, dist.Regular{PerSecond: 1}, 1, replication)
		require.NoError(t, err)
		require.NoError(t, p.Run(10*sim.Second))
		p.Restart()
		require.NoError(t, p.Run(1010*sim.Second))
		observed = append(observed, p.Observations())
	}
	return observed
}

// An event that was never seen may still have happened 3.7 times, the exact limit at 97.5 %; a
// metric allows for that, but is exactly 0 where the event is impossible.
func TestAMeanOfWhatWasNeverSeenHasABound(t *testing.T) {
	quarter, long := dist.Constant{Value: 0.25}, dist.Constant{Value: 1.7} // not at the moments of arrivals
	instances := pool.Config{Warm: quarter, Cold: long, KeepAlive: 60 * sim.Second, MaxInstances: 3, InitialIdle: 3, WhenFull: pool.Queue, QueueTimeout: sim.Never}
	events := -math.Log(0.025)
	for name, c := range map[string]struct {
		change func(*pool.Config)
		metric string
		want   float64
	}{
		"cold starts":                            {func(*pool.Config) {}, "running_cold", events * 1.7 / 2000},
		"cold starts of a start-up":              {func(c *pool.Config) { c.Cold, c.Startup = nil, quarter }, "running_cold", events * 0.5 / 2000},
		"cold starts shorter than what was seen": {func(c *pool.Config) { c.Cold = dist.Constant{Value: 0.01} }, "running_cold", events * 0.25 / 2000},
		"cold starts of a pool that is full":     {func(c *pool.Config) { c.KeepAlive = sim.Never }, "running_cold", 0},
		"waits":                                  {func(*pool.Config) {}, "waiting_time", events * 1.7 / 2000},
		"waits where requests are rejected":      {func(c *pool.Config) { c.WhenFull = pool.Reject }, "waiting_time", 0},
		"waits that were seen":                   {func(c *pool.Config) { c.Warm, c.MaxInstances, c.InitialIdle = long, 1, 1 }, "waiting_time", -1},
		"warm starts without a keep-alive": {func(c *pool.Config) {
			c.KeepAlive, c.InitialIdle, c.WhenFull = 0, 0, pool.Reject
			c.MaxInstances = platform.Unlimited
		}, "running_warm", 0},
		"warm starts after a wait": {func(c *pool.Config) { c.KeepAlive, c.InitialIdle = 0, 0 }, "running_warm", events * 1.7 / 2000},
	} {
		t.Run(name, func(t *testing.T) {
			config := instances
			c.change(&config)
			e := estimateOf(t, ContainerMetrics, c.metric, served(t, config)...)
			if c.want < 0 {
				assert.Positive(t, e.Mean)
				assert.Zero(t, e.Rare)
				return
			}
			require.Zero(t, e.Mean)
			assert.InDelta(t, c.want, e.HalfWidth, 1e-12)
			assert.Equal(t, e.HalfWidth, e.Rare)
		})
	}
	assert.InDelta(t, stats.RareHalfWidth(0, 1e9)*1e9, stats.Unseen, 1e-6)

	// Nothing at all.
	quiet := func(keepAlive sim.Time) []platform.Observations {
		var observed []platform.Observations
		for replication := range 2 {
			p, err := pool.New(pool.Config{Warm: quarter, Cold: long, KeepAlive: keepAlive, MaxInstances: platform.Unlimited}, dist.Regular{PerSecond: 1e-3}, 1, replication)
			require.NoError(t, err)
			require.NoError(t, p.Run(500*sim.Second))
			observed = append(observed, p.Observations())
		}
		return observed
	}
	for metric, want := range map[string]float64{"throughput": events / 1000, "running": events * 1.7 / 1000, "idle": events * 60 / 1000, "instances": events * 61.7 / 1000} {
		assert.InDelta(t, want, estimateOf(t, ContainerMetrics, metric, quiet(60*sim.Second)...).HalfWidth, 1e-12, metric)
	}
	assert.True(t, math.IsNaN(estimateOf(t, ContainerMetrics, "instances", quiet(sim.Never)...).HalfWidth), "for ever is not bounded")
}

// Where all but a few requests have a property, the half-width is at least that of rare events, as
// where few requests have it: the spread over replications says too little.
func TestAProbabilityNearOneIsNotTooCertain(t *testing.T) {
	observed := make([]platform.Observations, 16)
	for i := range observed {
		observed[i] = platform.Observations{Span: sim.Second, Arrivals: 100, Cold: 100}
	}
	assert.InDelta(t, stats.RareHalfWidth(0, 1600), estimateOf(t, ContainerMetrics, "cold_start_probability", observed...).HalfWidth, 1e-12)
	observed[3].Cold = 99
	e := estimateOf(t, ContainerMetrics, "cold_start_probability", observed...)
	assert.GreaterOrEqual(t, e.HalfWidth, stats.RareHalfWidth(1, 1600))
	assert.Equal(t, stats.RareHalfWidth(1, 1600), e.Rare)
	for i := range observed { // of 20 their spread is a guide
		observed[i].Cold = 99
	}
	observed[3].Cold = 96
	assert.Equal(t, stats.RareHalfWidth(19, 1600), estimateOf(t, ContainerMetrics, "cold_start_probability", observed...).Rare)
	observed[3].Cold = 95
	assert.Zero(t, estimateOf(t, ContainerMetrics, "cold_start_probability", observed...).Rare)
}

// The pilot of the warm-up looks at instances and waiting requests, and counts running instances
// twice where only their number settles.
func TestOccupancyCountsRunningInstancesTwiceWhereTheySettle(t *testing.T) {
	second := dist.Exponential{Mean: 1}
	instances := pool.Config{Warm: second, Startup: second, KeepAlive: 5 * sim.Second, MaxInstances: 4, WhenFull: pool.Queue, QueueTimeout: sim.Never}
	shared, full := instances, instances
	shared.Cores, shared.StartupCPU = platform.Cores{Physical: 3}, 1
	full.KeepAlive, full.InitialIdle = sim.Never, 4
	for name, c := range map[string]struct {
		config pool.Config
		twice  float64
	}{"a core each": {instances, 0}, "shared cores": {shared, 1}, "full for ever": {full, 1}} {
		t.Run(name, func(t *testing.T) {
			p, err := pool.New(c.config, dist.Poisson{PerSecond: 2}, 1, 0)
			require.NoError(t, err)
			require.NoError(t, p.Run(500*sim.Second))
			area := p.Occupancy()
			o := p.Observations()
			require.Positive(t, o.Running.Mean())
			assert.InEpsilon(t, 500*(o.Instances.Mean()+o.Waiting.Mean()+c.twice*o.Running.Mean()), area, 1e-9)
		})
	}
}
