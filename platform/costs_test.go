package platform_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/stats"
)

const ms = sim.Second / 1000

func TestBillsAreRoundedUpAndHaveAMinimum(t *testing.T) {
	for _, c := range []struct{ step, minimum, execution, want sim.Time }{
		{0, 0, 47, 47},
		{ms, 0, 47*ms + 392_000, 48 * ms},
		{ms, 0, 47 * ms, 47 * ms},
		{ms, 0, 47*ms + 1, 48 * ms},
		{ms, 0, 0, 0},
		{ms, 100 * ms, 3 * ms, 100 * ms},
		{ms, 100 * ms, 100*ms + 1, 101 * ms},
		{100 * ms, 1000 * ms, 1001 * ms, 1100 * ms},
		{0, 100 * ms, 3 * ms, 100 * ms},
		{0, 100 * ms, 300*ms + 7, 300*ms + 7},
	} {
		u := &platform.UserPrices{Step: c.step, Minimum: c.minimum}
		assert.Equal(t, c.want, u.Bill(c.execution), "%v", c)
		assert.Equal(t, c.step > 0 || c.minimum > 0, u.Rounds())
	}
	assert.False(t, (*platform.UserPrices)(nil).Rounds())
	for _, c := range []struct{ step, memory, want float64 }{{0, 0.3, 0.3}, {0.125, 0.5, 0.5}, {0.125, 0.51, 0.625}, {0.125, 0.001, 0.125}, {0.1, 0.3, 0.3}} {
		assert.InDelta(t, c.want, (&platform.UserPrices{MemoryStep: c.step}).Memory(c.memory), 1e-12, "%v", c)
	}
}

// Whether start-ups are billed or free, no bill depends on how long a request waits: of two
// requests that arrive at once the second waits for the core, or the instance, of the first.
func TestFreeStartupsAreNotTheWait(t *testing.T) {
	pairs := dist.Batch{Of: dist.Regular{PerSecond: 1}, Size: 2}
	free, billed := &platform.UserPrices{Startup: platform.StartupFree, Step: 1}, &platform.UserPrices{Step: 1}
	const requests = 2 * 10
	until := 10*sim.Second + 900*ms

	executors := func(u *platform.UserPrices) platform.Observations {
		e, err := executors.New(executors.Config{Service: dist.Constant{Value: 0.2}, Startup: dist.Constant{Value: 0.1}, Cores: platform.Cores{Physical: 1, Threads: 1}, Discipline: executors.FCFS}, pairs, 1, 0)
		require.NoError(t, err)
		e.Meter = &platform.Meter{User: u}
		require.NoError(t, e.Run(until))
		return e.Observations()
	}
	pool := func(u *platform.UserPrices, cores platform.Cores, cold dist.Distribution) platform.Observations {
		c := pool.Config{Warm: dist.Constant{Value: 0.2}, Startup: dist.Constant{Value: 0.1}, Cold: cold, MaxInstances: 1, WhenFull: pool.Queue, QueueTimeout: sim.Never, Cores: cores, StartupCPU: 1,
			// A stage before the pool, so that cold starts wait, too; the first of a pair is cold.
			Dispatch: pool.Dispatch{Service: dist.Constant{Value: 0.05}}}
		p, err := pool.New(c, pairs, 1, 0)
		require.NoError(t, err)
		p.Meter = &platform.Meter{User: u, ColdStartup: 1. / 3}
		require.NoError(t, p.Run(until))
		return p.Observations()
	}
	o := executors(free)
	require.EqualValues(t, requests, o.Served())
	assert.InDelta(t, requests*0.1, o.Startup.Seconds(), 1e-9)
	assert.InDelta(t, 10*0.2, o.Wait.Seconds(), 1e-9)
	assert.InDelta(t, requests*0.2, o.Billed.Seconds(), 1e-9)
	all := executors(billed)
	assert.InDelta(t, requests*0.3, all.Billed.Seconds(), 1e-9)
	for name, bills := range map[string]struct {
		cores platform.Cores
		cold  dist.Distribution
	}{
		"on cores of their own": {platform.Cores{}, nil},
		"of one law":            {platform.Cores{}, dist.Constant{Value: 0.3}},
		"on a shared core":      {platform.Cores{Physical: 1, Threads: 1}, nil},
	} {
		// With a keep-alive of 0 the second of each pair, which waits for the instance, is warm.
		o, all := pool(free, bills.cores, bills.cold), pool(billed, bills.cores, bills.cold)
		require.EqualValues(t, 10, o.ServedCold(), name)
		require.EqualValues(t, 10, o.ServedWarm(), name)
		if bills.cold == nil {
			assert.InDelta(t, 10*0.1, o.Startup.Seconds(), 1e-9, name)
		}
		assert.InDelta(t, 10*0.05, o.ColdWait.Seconds(), 1e-9, name)
		assert.InDelta(t, requests*0.2, o.Billed.Seconds(), 1e-8, name)
		assert.InDelta(t, requests*0.2+10*0.1, all.Billed.Seconds(), 1e-8, name)
		unrounded := platform.Prices{Memory: 1, User: &platform.UserPrices{GBSecond: 1, Startup: platform.StartupFree}}
		if bills.cold != nil {
			unrounded.ColdStartup = 1. / 3
		}
		assert.InDelta(t, requests*0.2, metric(unrounded.Metrics(), platform.UserCost)(&o)/1e6*float64(o.Served()), 1e-8, name)
	}
}

// Costs by hand: 41 requests were served in 100 s on three running and two idle instances, ten of
// the 50 arrivals were rejected or timed out, and twelve requests began cold.
func TestCostsByHand(t *testing.T) {
	o := platform.Observations{Span: 100 * sim.Second, Arrivals: 50, Warm: 30, Cold: 12, Rejected: 6, TimedOut: 4, WarmAtEnd: 2, ColdAtStart: 1}
	o.Occupancy = stats.NewOccupancy(2, 3)
	o.Close(100 * sim.Second)
	o.WarmService.Add(60 * sim.Second)
	o.ColdService.Add(40 * sim.Second)
	o.Startup.Add(12 * sim.Second)
	o.Billed.Add(70 * sim.Second)
	require.EqualValues(t, 41, o.Served())
	prices := platform.Prices{Memory: 0.5, ColdStartup: 0.25,
		User:     &platform.UserPrices{GBSecond: 2e-5, Second: 1e-6, MillionRequests: 0.2},
		Provider: &platform.ProviderPrices{RunningGBSecond: 8e-6, IdleGBSecond: 4e-6, ColdStart: 2e-6}}
	check := func(what, cost string, of float64) { // a cost of all that were served
		t.Helper()
		if cost == "user_cost" {
			of += 0.2e-6 * 41
		}
		assert.InEpsilon(t, of/41*1e6, metric(prices.Metrics(), cost)(&o), 1e-12, what)
		assert.InEpsilon(t, of/100*730*3600, metric(prices.Metrics(), cost+"_month")(&o), 1e-12, what)
	}
	check("the provider", "provider_cost", 100*0.5*(3*8e-6+2*4e-6)+12*2e-6)
	check("start-ups billed", "user_cost", 100*1.1e-5)
	prices.User.Startup = platform.StartupFree
	check("start-ups free, of one law or of their own", "user_cost", (100-12-0.25*40)*1.1e-5)
	o.Startups = true
	check("all start-ups seen", "user_cost", (100-12)*1.1e-5)
	prices.User.Step = sim.Second
	check("rounded", "user_cost", 70*1.1e-5)
	assert.Len(t, prices.Metrics(), 4)
}
