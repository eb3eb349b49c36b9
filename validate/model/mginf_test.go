package model_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/validate/model"
)

func TestServersWithoutLimitHoldAPoissonNumber(t *testing.T) {
	for _, load := range []float64{1e-9, 0.3, 1, 4.876, 1000, 1e6} {
		r, err := model.InfiniteServer(load/2, 2)
		require.NoError(t, err)
		sane(t, "", r.Metrics(), r.Present)
		assert.Equal(t, 2.0, r.ResponseTime)
		assert.InEpsilon(t, load, r.Running, 1e-14)
		assert.InEpsilon(t, load, r.Present.Mean(), 1e-9, "load %v", load)
		assert.InDelta(t, 1, r.Present.Above(-1), 1e-12)
		poisson := distuv.Poisson{Lambda: load}
		for _, z := range []float64{-4, -1, 0, 1, 4} {
			if n := math.Floor(load + z*math.Sqrt(load)); n >= 0 {
				// gonum subtracts logarithms of the size of the load.
				assert.InEpsilon(t, poisson.Prob(n), r.Present.Probability(int(n)), 1e-13*math.Max(100, 20*load), "load %v, n = %v", load, n)
			}
		}
	}
}

func TestAPoolWithoutKeepAliveIsAlwaysCold(t *testing.T) {
	r, err := model.AlwaysCold(3, 4)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{
		"cold_start_probability": 1, "rejection_probability": 0, "response_time": 4,
		"instances": 12, "warm_instances": 0, "running": 12, "running_warm": 0, "running_cold": 12, "idle": 0,
	}, r.Metrics())
	assert.InEpsilon(t, 12, r.Present.Mean(), 1e-12)
}
