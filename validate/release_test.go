package validate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
)

// releasing returns the models of a pool with releases, by name.
func releasing(t *testing.T, p poolCase) map[string]Model {
	t.Helper()
	p.name, p.arrivals = "releases", "poisson(rate=2/s)"
	models := map[string]Model{}
	for _, m := range Models(p.scenario()) {
		models[m.Name] = m
	}
	return models
}

func names(models map[string]Model) (all []string) {
	for name := range models {
		all = append(all, name)
	}
	return all
}

func TestModelsOfAPoolWithReleases(t *testing.T) {
	const busy = "an instance is busy for a service and a release: the model assumes one exponential time of the same mean"
	const law = "exponential(mean=1s)"

	models := releasing(t, poolCase{warm: law, cold: law, release: "constant(100ms)", keepAlive: "5s", most: "unlimited"})
	assert.ElementsMatch(t, []string{"sliding-maximum", "level-crossing", "smp", "smp-modified"}, names(models))
	assert.Equal(t, []string{busy}, models["level-crossing"].Caveats)
	assert.Equal(t, []string{busy}, models["sliding-maximum"].Caveats)
	assert.True(t, models["smp"].Approximate)
	for name, m := range models {
		s, err := m.Solve(0)
		require.NoError(t, err, name)
		assert.InEpsilon(t, 0.2, s.Metrics[platform.ReleasingInstances], 1e-9, "%s: throughput × release", name)
		assert.InEpsilon(t, 1.0, s.Metrics[platform.ResponseTime], 1e-9, "%s: no longer than the service", name)
		assert.Subset(t, m.MetricNames(), []string{platform.ReleasingInstances}, name)
		for metric := range s.Metrics {
			assert.Contains(t, m.MetricNames(), metric, name)
		}
	}

	models = releasing(t, poolCase{warm: "constant(1s)", cold: "constant(2s)", release: law, keepAlive: "0s", most: "unlimited"})
	assert.True(t, models["always-cold"].Exact())
	s, err := models["always-cold"].Solve(0)
	require.NoError(t, err)
	assert.InDelta(t, 6, s.Metrics[platform.Instances], 1e-12)
	assert.InDelta(t, 2, s.Metrics[platform.Idle], 1e-12)
	assert.InDelta(t, 2, s.Metrics[platform.ResponseTimeP95], 1e-12)
	for metric := range s.Metrics {
		assert.Contains(t, models["always-cold"].MetricNames(), metric)
	}

	models = releasing(t, poolCase{warm: "constant(1s)", cold: "constant(2s)", release: law, keepAlive: "never", most: "6", idle: 6})
	assert.True(t, models["erlang-b"].Exact())

	for name, c := range map[string]struct {
		pool  poolCase
		queue []string
	}{
		"many instances":     {poolCase{warm: law, release: law, most: "6", idle: 6, keepAlive: "never", queue: "never"}, nil},
		"a deadline":         {poolCase{warm: law, release: law, most: "1", idle: 1, keepAlive: "never", queue: "1s"}, nil},
		"two laws that vary": {poolCase{warm: "exponential(mean=100ms)", release: "exponential(mean=100ms)", most: "1", idle: 1, keepAlive: "never", queue: "never"}, nil},
		"a constant release": {poolCase{warm: "exponential(mean=100ms)", release: "constant(100ms)", most: "1", idle: 1, keepAlive: "never", queue: "never"}, []string{pollaczekKhinchine}},
		"a constant service": {poolCase{warm: "constant(100ms)", release: "exponential(mean=100ms)", most: "1", idle: 1, keepAlive: "never", queue: "never"}, []string{pollaczekKhinchine}},
		"both constant":      {poolCase{warm: "constant(100ms)", release: "constant(100ms)", most: "1", idle: 1, keepAlive: "never", queue: "never"}, []string{pollaczekKhinchine}},
	} {
		c.pool.cold = "constant(9s)"
		found := releasing(t, c.pool)
		var queues []string
		for _, name := range []string{"erlang-c", "mmc-deadline", pollaczekKhinchine, gim1} {
			if _, ok := found[name]; ok {
				queues = append(queues, name)
			}
		}
		assert.Equal(t, c.queue, queues, name)
	}

	models = releasing(t, poolCase{warm: law, cold: "constant(9s)", release: law, keepAlive: "never", most: "6", idle: 6, cores: coreBlock{physical: "3"}})
	assert.True(t, models["processor-sharing"].Exact())
	assert.False(t, models["erlang-b"].Exact())
}

// Without a release nothing knows of it.
func TestAPoolWithoutReleasesHasNoneInItsModels(t *testing.T) {
	p := poolCase{name: "none", arrivals: "poisson(rate=2/s)", warm: "exponential(mean=1s)", cold: "exponential(mean=1s)", keepAlive: "5s", most: "unlimited"}
	without := p.scenario()
	p.release = "constant(0s)"
	none := p.scenario()
	assert.Equal(t, without, none)
	for _, m := range Models(none) {
		assert.NotContains(t, m.MetricNames(), platform.ReleasingInstances)
		s, err := m.Solve(0)
		require.NoError(t, err)
		assert.NotContains(t, s.Metrics, platform.ReleasingInstances)
	}
	assert.NotContains(t, metricNames(none), platform.ReleasingInstances)
	p.release = "constant(1ms)"
	assert.Contains(t, metricNames(p.scenario()), platform.ReleasingInstances)
}

func metricNames(s scenarios.Scenario) (all []string) {
	for _, m := range s.Metrics(scenarios.ContainerPlatform) {
		all = append(all, m.Name)
	}
	return all
}
