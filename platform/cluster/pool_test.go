package cluster

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	single "faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// A cluster of one function on one node is the pool of one function, row by row.
func TestAClusterOfOneFunctionIsThePool(t *testing.T) {
	tests.Slow(t)
	clusterIsPool(t, platform.Cores{}, 1, 1000e9)
}

// So it is where the instances share cores, which need not all be alike.
func TestAClusterOfOneFunctionOnSharedCoresIsThePool(t *testing.T) {
	tests.Slow(t)
	for _, x := range []struct {
		cores   platform.Cores
		startup float64
	}{
		{platform.Cores{Physical: 3}, 1},
		{platform.Cores{Physical: 2, Threads: 2, Yield: 0.3, AllCoreSpeed: 0.9}, 0.4},
		{platform.Cores{Physical: 4, Speeds: []float64{1, 0.9, 1.5}}, 0},
	} {
		clusterIsPool(t, x.cores, x.startup, 250e9)
	}
}

func clusterIsPool(t *testing.T, cores platform.Cores, startupCPU float64, until sim.Time) {
	laws := []struct {
		arrivals      dist.Arrivals
		warm, startup dist.Distribution
	}{
		{dist.Poisson{PerSecond: 2}, dist.Exponential{Mean: 1.5}, dist.Exponential{Mean: 2}},
		{dist.Poisson{PerSecond: 5}, dist.Lognormal{Mean: 0.5, CV: 2}, dist.Constant{Value: 1}},
		{dist.Renewal{Gap: dist.Hyperexponential{Mean: 0.5, CV: 2}}, dist.Erlang{K: 3, Mean: 1}, dist.Hyperexponential{Mean: 1, CV: 3}},
		{dist.Regular{PerSecond: 1}, dist.Constant{Value: 1}, dist.Constant{Value: 1}}, // ties of all events
	}
	for _, routing := range []Routing{MostRecent, Newest, LeastRecent, AnyIdle} {
		for _, keepAlive := range []sim.Time{0, 1e9, 5e9, 60e9, sim.Never} {
			for _, full := range []struct {
				most    int
				queue   bool
				timeout sim.Time
			}{{platform.Unlimited, false, sim.Never}, {3, false, sim.Never}, {4, true, sim.Never}, {3, true, 2e9}} {
				for i, law := range laws {
					name := fmt.Sprintf("%s, %v, %v, law %d", routing, keepAlive, full, i)
					when := single.Reject
					if full.queue {
						when = single.Queue
					}
					one, err := single.New(single.Config{Warm: law.warm, Startup: law.startup, KeepAlive: keepAlive, MaxInstances: full.most, WhenFull: when,
						QueueTimeout: full.timeout, Routing: single.Routing(routing), Cores: cores, StartupCPU: startupCPU}, law.arrivals, 7, 3)
					require.NoError(t, err)
					var want, got []platform.Request
					one.Log = func(r platform.Request) { want = append(want, r) }
					require.NoError(t, one.Run(until))
					one.LogUnfinished()
					c, err := New(Config{
						Functions: []Function{{Name: "f", Memory: 128, Arrivals: law.arrivals, Warm: law.warm, Startup: law.startup}},
						Nodes:     1, Memory: Unlimited, MaxInstances: full.most, Routing: routing,
						KeepAlive: Fixed(keepAlive), Queue: full.queue, QueueTimeout: full.timeout, Cores: cores, StartupCPU: startupCPU,
					}, 7, 3)
					require.NoError(t, err)
					c.Log = func(r LoggedRequest) { got = append(got, r.Request) }
					require.NoError(t, c.Run(until))
					c.LogUnfinished()
					c.check(c.Now())
					observed, of := c.Observations(), one.Observations()
					require.NoError(t, observed.Check())
					for what, sums := range map[string][2]float64{"wait": {of.Wait.Seconds(), observed.Wait.Seconds()}, "warm": {of.WarmService.Seconds(), observed.WarmService.Seconds()},
						"cold": {of.ColdService.Seconds(), observed.ColdService.Seconds()}, "start-up": {of.Startup.Seconds(), observed.Startup.Seconds()},
						"instances": {of.Instances.Mean(), observed.Instances.Mean()}, "running": {of.Running.Mean(), observed.Running.Mean()}, "served": {float64(of.Served()), float64(observed.Served())},
						"cold wait": {of.ColdWait.Seconds(), observed.ColdWait.Seconds()}, "of the function": {float64(of.Served()), float64(observed.Functions.Counts[0].Served())}} {
						require.Equal(t, sums[0], sums[1], "%s: %s", name, what)
					}
					require.Greater(t, len(want), int(until.Seconds()*0.9), name)
					if !assert.Equal(t, len(want), len(got), name) {
						return
					}
					for k := range want {
						if !assert.Equal(t, want[k], got[k], "%s: row %d", name, k) {
							return
						}
					}
				}
			}
		}
	}
}
