//go:build unix

package cluster

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Hundreds of events of every class at one moment, of more functions and instances than pools: what
// is read ahead of them is there, and each request meets the keep-alive of its function.
func TestManyEventsOfOneMoment(t *testing.T) {
	const n = 300
	config := Config{Nodes: 1, Memory: Unlimited, MaxInstances: platform.Unlimited, KeepAlive: Fixed(0), QueueTimeout: sim.Never}
	for i := range n {
		f := Function{Name: fmt.Sprint(i), Memory: 128, Arrivals: dist.Regular{PerSecond: 1}, Warm: dist.Constant{Value: 0.25}, Startup: dist.Constant{Value: 0.25}}
		switch i % 4 {
		case 1: // an expiry at the moment of the next arrival after a cold start, and before it after a warm one
			f.KeepAlive = Fixed(seconds(0.5))
		case 2:
			f.KeepAlive = Fixed(seconds(0.75))
		case 3:
			f.Arrivals = dist.Regular{PerSecond: 0.05} // no pool, for long
		}
		config.Functions = append(config.Functions, f)
	}
	c, err := New(config, 1, 0)
	require.NoError(t, err)
	require.NoError(t, c.Run(seconds(100.5)))
	for i := range n {
		cold := []int64{100, 50, 1, 5}[i%4]
		k, _ := c.Function(i)
		require.Equal(t, []int64{[]int64{100, 100, 100, 5}[i%4], cold}, []int64{k.Arrivals, k.Cold}, "function %d", i)
	}
}

// A day of the engine's calendar may have more events than are read ahead at once, as in some of
// these replications.
func TestManyEventsOfOneDay(t *testing.T) {
	for replication := range 10 {
		c, err := New(busyCase{100, 1, "fixed"}.config(), 1, replication)
		require.NoError(t, err)
		require.NoError(t, c.Run(seconds(10)))
		o := c.Observations()
		require.NoError(t, o.Check())
	}
}
