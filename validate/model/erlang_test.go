package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/validate/model"
)

func TestErlangBHasItsKnownValues(t *testing.T) {
	for _, x := range []struct {
		load    float64
		servers int
		want    float64
	}{
		{0, 0, 1},
		{0, 1, 0},
		{5, 0, 1},
		{1, 1, 1. / 2},
		{2, 2, 2. / 5},
		{2, 3, 4. / 19},
		{0.5, 2, 1. / 13},
		{1e12, 3, 1 - 3e-12},
	} {
		t.Run(fmt.Sprintf("B(%v, %d)", x.load, x.servers), func(t *testing.T) {
			got, err := model.ErlangB(x.load, x.servers)
			require.NoError(t, err)
			assert.InDelta(t, x.want, got, 1e-15)
		})
	}
}

// B(a, c) is the Poisson probability of c over the probability of at most c, an incomplete gamma
// function: an independent way to B, good to some 1e-10.
func TestErlangBIsATruncatedPoisson(t *testing.T) {
	for _, x := range []struct {
		load    float64
		servers int
	}{{0.3, 4}, {17.25, 20}, {950.5, 1000}, {1050.5, 1000}, {1e5, 100_000}, {99_000.5, 100_000}} {
		got, err := model.ErlangB(x.load, x.servers)
		require.NoError(t, err)
		atMost := mathext.GammaIncRegComp(float64(x.servers+1), x.load)
		want := distuv.Poisson{Lambda: x.load}.Prob(float64(x.servers)) / atMost
		assert.InEpsilon(t, want, got, 1e-8, "B(%v, %d)", x.load, x.servers)
	}
}

func TestErlangCHasItsKnownValues(t *testing.T) {
	for _, x := range []struct {
		load    float64
		servers int
		want    float64
	}{
		{0, 4, 0},
		{0.3, 1, 0.3},
		{1, 2, 1. / 3},
		{2, 3, 4. / 9},
	} {
		t.Run(fmt.Sprintf("C(%v, %d)", x.load, x.servers), func(t *testing.T) {
			got, err := model.ErlangC(x.load, x.servers)
			require.NoError(t, err)
			assert.InDelta(t, x.want, got, 1e-15)
		})
	}
	t.Run("near saturation everybody waits", func(t *testing.T) {
		got, err := model.ErlangC(100_000-1e-5, 100_000)
		require.NoError(t, err)
		assert.InDelta(t, 1, got, 1e-6)
		assert.Less(t, got, 1.0)
	})
}

func TestAFullPoolLosesByErlangB(t *testing.T) {
	for _, x := range []struct {
		rate, service float64
		instances     int
	}{{1, 1.5288, 3}, {50, 1, 60}, {1e4, 1.2, 10_000}, {1e-9, 1, 1}, {1e9, 1, 2}} {
		t.Run(fmt.Sprintf("%+v", x), func(t *testing.T) {
			r, err := model.Loss(x.rate, x.service, x.instances)
			require.NoError(t, err)
			b, err := model.ErlangB(x.rate*x.service, x.instances)
			require.NoError(t, err)
			sane(t, "", r.Metrics(), r.Present)
			assert.InEpsilon(t, b, r.RejectionProbability, 1e-12)
			assert.InEpsilon(t, b, r.Present.Probability(x.instances), 1e-9)
			assert.InEpsilon(t, r.Present.Mean(), r.Running, 1e-12)
			if b < 0.99 { // 1 − b is a number
				assert.InEpsilon(t, x.rate*x.service*(1-b), r.Running, 1e-9, "Little's law")
			}
			assert.InEpsilon(t, x.service, r.ResponseTime, 1e-9)
			assert.Equal(t, float64(x.instances), r.Instances)
			assert.Zero(t, r.ColdStartProbability)
			assert.Equal(t, math.Max(0, r.Instances-r.Running), r.Idle)
		})
	}
}
