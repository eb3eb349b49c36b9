package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// Numbers of another program, at a load of 3 and, for the spare ones, of 1.6.
func TestInstancesThatAreThereBeforeTheyAreAskedFor(t *testing.T) {
	for n, want := range map[int]struct{ cold, instances float64 }{1: {0.75, 7}, 3: {0.346153846, 5.76923077}, 5: {0.110054348, 5.88043478}} {
		r, err := model.Provisioned(2, 1.5, 4, n)
		require.NoError(t, err)
		sane(t, fmt.Sprint("provisioned ", n), r.Metrics())
		assert.InEpsilon(t, want.cold, r.ColdStartProbability, 1e-8)
		assert.InEpsilon(t, want.instances, r.Instances, 1e-8)
		assert.InEpsilon(t, float64(n), r.WarmInstances, 1e-14)
	}
	for n, want := range map[int]struct{ cold, instances float64 }{0: {1, 3}, 1: {0.950212932, 3.04978707}, 3: {0.576809919, 3.67212542}, 5: {0.184736755, 5.13462056}} {
		r, err := model.LeastInstances(2, 1.5, n)
		require.NoError(t, err)
		sane(t, fmt.Sprint("at least ", n), r.Metrics(), r.InstancesDistribution)
		assert.InEpsilon(t, want.cold, r.ColdStartProbability, 1e-8)
		assert.InEpsilon(t, want.instances, r.Instances, 1e-8)
		assert.InEpsilon(t, want.instances, r.InstancesDistribution.Mean(), 1e-8)
	}
	for n, cold := range map[int]float64{1: 0.615384615, 2: 0.329896907, 4: 0.0564685122} {
		r, err := model.Spare(2, 1.5, 2.3, 0.8, n)
		require.NoError(t, err)
		sane(t, fmt.Sprint("spare ", n), r.Metrics())
		assert.InEpsilon(t, cold, r.ColdStartProbability, 1e-8)
		assert.InEpsilon(t, float64(n), r.Idle, 1e-9, "always ready or loading")
	}
}

// At the ends: none is always cold, many are never, and a start-up without time is never waited for.
func TestNoInstanceThatIsThere(t *testing.T) {
	always, err := model.AlwaysCold(2, 4)
	require.NoError(t, err)
	none, err := model.Provisioned(2, 1.5, 4, 0)
	require.NoError(t, err)
	assert.Equal(t, always.Metrics(), none.Metrics())
	for _, r := range []func() (model.KeptResult, error){
		func() (model.KeptResult, error) { return model.Provisioned(2, 1.5, 4, 1000) },
		func() (model.KeptResult, error) { return model.LeastInstances(2, 1.5, 1000) },
		func() (model.KeptResult, error) { return model.Spare(2, 1.5, 4, 2.5, 1000) },
		func() (model.KeptResult, error) { return model.Spare(2, 1.5, 1.5, 0, 1) },
	} {
		all, err := r()
		require.NoError(t, err)
		assert.InDelta(t, 0, all.ColdStartProbability, 1e-300)
		assert.Equal(t, 1.5, all.ResponseTime)
	}
	for _, broken := range []func() error{
		func() error { _, err := model.Provisioned(0, 1, 1, 1); return err },
		func() error { _, err := model.Provisioned(1, math.NaN(), 1, 1); return err },
		func() error { _, err := model.Provisioned(1, 1, 1, -1); return err },
		func() error { _, err := model.LeastInstances(1, 1, 1_000_001); return err },
		func() error { _, err := model.Spare(1, 1, 1, -1, 1); return err },
	} {
		assert.Error(t, broken())
	}
}
