package cluster

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// The requests of all functions as one stream are those that the cluster serves, also where several
// come at once, and recorded ones.
func TestTheRequestsTogetherAreThoseThatTheClusterServes(t *testing.T) {
	config := one(zipf(7, 1)...)
	for i := range config.Functions {
		config.Functions[i].Warm = dist.Exponential{Mean: 1}
	}
	config.Functions[2].Arrivals, config.Functions[5].Arrivals = dist.Regular{PerSecond: 1}, dist.Regular{PerSecond: 0.5}
	config.Functions[6].Arrivals = dist.Batch{Of: dist.Regular{PerSecond: 0.5}, Size: 3}
	config.Functions[0].Spare, config.KeepAlive = 2, NewHistogram()
	rows := []Request{{Arrival: seconds(3), Function: 1, Service: 5}, {Arrival: seconds(4), Function: 6, Service: 7}}
	config.Requests = recorded(rows)
	_, log := run(t, config, 2, seconds(500))
	require.Greater(t, len(log), 500)
	config.Requests = recorded(rows)
	var functions []int
	source, err := Together{Config: &config, Seed: 1, Replication: 2, Of: func(f int) { functions = append(functions, f) }}.Start(random.Generator{})
	require.NoError(t, err)
	gaps, services := make([]int64, len(log)), make([]int64, len(log))
	for at := 0; at < len(log); at += 100 {
		n, err := source.Fill(gaps[at:min(at+100, len(log))], services[at:min(at+100, len(log))])
		require.NoError(t, err)
		require.Equal(t, min(100, len(log)-at), n)
	}
	at := sim.Time(0)
	for i, r := range log {
		at += sim.Time(gaps[i])
		service := r.Service // start-ups take no time here
		require.Equal(t, []int64{int64(r.Arrival), int64(r.Function), int64(service)}, []int64{int64(at), int64(functions[i]), services[i]}, "request %d", i)
	}
	config.Requests = nil
	assert.InEpsilon(t, 1-config.Functions[0].Arrivals.Rate()*(1./3+1./6+1./7)+1+0.5+1.5, Together{Config: &config}.Rate(), 1e-9)
}
