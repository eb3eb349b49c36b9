package validate

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
)

// The simulator and the models compute the speed of cores independently.
func TestSimulatorAndModelsHaveTheSameCores(t *testing.T) {
	for _, physical := range []int{1, 2, 3, 20} {
		for _, threads := range []int{1, 2} {
			for _, yield := range []float64{0, 0.25, 1} {
				for _, speed := range []float64{0, 0.3, 0.8, 1, 2.7} {
					for _, curve := range [][]float64{nil, {1}, {0.5}, {1, 1.3, 2.7, 2}} {
						c := platform.Cores{Physical: physical, Threads: threads, Yield: yield, AllCoreSpeed: speed, Speeds: curve}
						m := modelCores(c)
						for n := 1; n <= 2*physical+2; n++ {
							assert.InEpsilon(t, m.Rate(n), c.Rate(n), 1e-14, "%v, %d present", c, n)
						}
						assert.Equal(t, m.Rate(m.Flat()), m.Rate(c.Flat()), "%v", c)
					}
				}
			}
		}
	}
}

func TestModelsOfContainersOnSharedCores(t *testing.T) {
	const file = "arrivals: poisson(rate=20/s)\ncontainer: {warm: %s, cold: constant(9s), keep_alive: %s, max_instances: 35, initial: {idle: 35}, cores: %s}\n"
	named := func(warm, keepAlive, cores string) map[string]Model {
		s, err := scenarios.Parse("cores.yaml", "", fmt.Appendf(nil, file, warm, keepAlive, cores), nil)
		require.NoError(t, err)
		models := map[string]Model{}
		for _, m := range Models(s) {
			models[m.Name] = m
		}
		return models
	}
	const lognormal = "'lognormal(mean=1s, cv=2)'"

	models := named(lognormal, "never", "20")
	assert.True(t, models["processor-sharing"].Exact(), "whatever the law of service")
	assert.Equal(t, []string{"20 cores, shared: the model has one for each instance"}, models["erlang-b"].Caveats)

	models = named(lognormal, "never", "35")
	assert.NotContains(t, models, "processor-sharing", "there is a core for every instance")
	assert.True(t, models["erlang-b"].Exact())

	models = named(lognormal, "never", "{physical: 35, all_core_speed: 0.9}")
	assert.True(t, models["processor-sharing"].Exact())
	assert.False(t, models["erlang-b"].Exact())

	models = named("exponential(mean=1s)", "60s", "{physical: 10, threads: 2, yield: 0.3}")
	assert.NotContains(t, models, "processor-sharing", "not of a pool that is not full")
	assert.Equal(t, []string{"10 cores with 2 threads, yield 0.3, shared: the model has one for each instance", "cold service is constant: the model assumes exponential"},
		models["level-crossing"].Caveats)
}
