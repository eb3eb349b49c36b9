package model_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// Whatever the model, what is taken out of a service is out of all of it, by Little's law.
func TestWhatIsReleasedIsNoPartOfTheResponse(t *testing.T) {
	const rate, warm, cold, release = 2.0, 1.0, 3.0, 0.25
	pool := model.Pool{ArrivalRate: rate, WarmService: warm + release, ColdService: cold + release, KeepAlive: 5, MaxInstances: 6}
	smp, err := model.SMP(pool, model.Original)
	require.NoError(t, err)
	crossing, err := model.LevelCrossing(pool)
	require.NoError(t, err)
	infinite, err := model.AlwaysCold(rate, cold+release)
	require.NoError(t, err)
	for name, m := range map[string]model.Measures{"SMP": smp.Measures, "level-crossing": crossing.Measures, "always cold": infinite.Measures} {
		r := m.Released(rate, release)
		served := 1 - m.RejectionProbability
		assert.Equal(t, m.ColdStartProbability, r.ColdStartProbability, name)
		assert.Equal(t, m.RejectionProbability, r.RejectionProbability, name)
		assert.InEpsilon(t, m.Instances, r.Instances, 1e-12, name)
		assert.InEpsilon(t, rate*served*release, r.Releasing, 1e-12, name)
		assert.InEpsilon(t, m.ResponseTime-release, r.ResponseTime, 1e-12, name)
		assert.InEpsilon(t, m.Running-rate*served*release, r.Running, 1e-9, name)
		assert.InEpsilon(t, rate*m.ColdStartProbability*cold, r.RunningCold, 1e-6, name)
		assert.InDelta(t, rate*(served-m.ColdStartProbability)*warm, r.RunningWarm, 1e-6, name)
		assert.InEpsilon(t, r.Running+r.Idle, r.Instances, 1e-12, name)
		assert.InEpsilon(t, r.RunningCold+r.WarmInstances, r.Instances, 1e-12, name)
		assert.Contains(t, r.Metrics(), "releasing", name)
		assert.NotContains(t, m.Metrics(), "releasing", name)
		assert.Equal(t, m, m.Released(rate, 0), name)
	}
}

// Erlang's loss formula knows the sum of both times alone.
func TestALossWithReleasesIsThatOfTheSum(t *testing.T) {
	for _, release := range []float64{0, 0.1, 1, 7} {
		r, err := model.LossWithRelease(3, 1.5, release, 8)
		require.NoError(t, err)
		b, err := model.ErlangB(3*(1.5+release), 8)
		require.NoError(t, err)
		assert.InEpsilon(t, b, r.RejectionProbability, 1e-12)
		assert.InEpsilon(t, 3*(1-b)*1.5, r.Running, 1e-9)
		assert.InDelta(t, 3*(1-b)*release, r.Releasing, 1e-9)
		assert.InEpsilon(t, 1.5, r.ResponseTime, 1e-9)
	}
	loss, err := model.Loss(3, 1.5, 8)
	require.NoError(t, err)
	with, err := model.LossWithRelease(3, 1.5, 0, 8)
	require.NoError(t, err)
	assert.Equal(t, loss, with)
}
