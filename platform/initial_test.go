package platform_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// The initial state, second by second: two instances run for 3 s each, four are idle for the
// keep-alive of 5 s, and then the two are idle for as long.
func TestTheInitialStateRunsDown(t *testing.T) {
	config := pool.Config{Warm: law(t, "constant(3s)"), Cold: law(t, "constant(1s)"), KeepAlive: 5 * sim.Second,
		MaxInstances: 6, InitialIdle: 4, InitialRunning: 2}
	pool, err := pool.New(config, process(t, "steps(rates=[0/s, 1/s], at=[1h])"), 1, 0)
	require.NoError(t, err)
	for second, want := range [][3]float64{{2, 0, 4}, {2, 0, 4}, {2, 0, 4}, {0, 0, 6}, {0, 0, 6}, {0, 0, 2}, {0, 0, 2}, {0, 0, 2}, {0, 0, 0}} {
		require.NoError(t, pool.Run(sim.Time(second+1)*sim.Second-1))
		o := pool.Observations()
		require.NoError(t, o.Check())
		assert.InDeltaSlice(t, want[:], []float64{o.Running.Mean(), o.RunningCold.Mean(), o.Idle.Mean()}, 1e-8, "second %d", second)
		require.NoError(t, pool.Run(sim.Time(second+1)*sim.Second)) // what happens then is seen afterwards
		pool.Restart()
	}
	o := pool.Observations()
	assert.Zero(t, o.PresentAtStart)
}

// Reduced observations have all metrics but the quantiles, merged and subtracted as well.
func TestReducedObservationsKeepTheMeans(t *testing.T) {
	config := pool.Config{Warm: law(t, "exponential(mean=1s)"), Cold: law(t, "exponential(mean=3s)"), KeepAlive: 5 * sim.Second,
		MaxInstances: 6, WhenFull: pool.Queue, QueueTimeout: sim.Second, InitialIdle: 2, InitialRunning: 2}
	observed := replicate(t, 5, 0, 300*sim.Second, poolsOf(config, process(t, "poisson(rate=4/s)"), 3))
	var reduced []platform.Observations
	for i := range observed {
		reduced = append(reduced, observed[i].Reduced())
	}
	whole, small := platform.Estimate(ContainerMetrics, observed), platform.Estimate(ContainerMetrics, reduced)
	for i, m := range ContainerMetrics {
		if m.Resolution == nil {
			assert.Equal(t, whole[i], small[i], m.Name)
		}
	}
	once, twice := observed[0].Reduced(), observed[0].Reduced()
	assert.Equal(t, once, twice.Reduced())
}
