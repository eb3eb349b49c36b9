package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/tests"
	"faaslab/validate/model"
)

// The law as written: s_n by the symmetrised generator's eigenvectors. The comparison allows their
// absolute rounding, about τ times the largest rate in the last place.
func TestTheSlidingMaximumAgreesWithFullEigenvectors(t *testing.T) {
	for _, x := range []struct{ rate, service, keepAlive float64 }{
		{1, 1.5, 0.5}, {1, 1.5, 60}, {5, 0.2, 0.01}, {20, 1, 5}, {0.1, 2, 1e4}, {0.001, 2, 1},
	} {
		t.Run(fmt.Sprintf("%+v", x), func(t *testing.T) {
			got, err := model.SlidingMaximum(x.rate, x.service, x.keepAlive)
			require.NoError(t, err)
			sane(t, "", got.Metrics(), got.InstancesDistribution)
			tolerance := 1e-13 + 1e-15*x.keepAlive*(x.rate+20/x.service)
			poisson := distuv.Poisson{Lambda: x.rate * x.service}
			cold, atMost := 0.0, 0.0
			for n := range int(x.rate*x.service + 12*math.Sqrt(x.rate*x.service) + 12) {
				q := mat.NewSymDense(n+1, nil)
				for j := range n + 1 {
					q.SetSym(j, j, -(x.rate + float64(j)/x.service))
					if j > 0 {
						q.SetSym(j-1, j, math.Sqrt(x.rate*float64(j)/x.service))
					}
				}
				var eigen mat.EigenSym
				require.True(t, eigen.Factorize(q, true))
				var v mat.Dense
				eigen.VectorsTo(&v)
				stay := 0.0
				for i, theta := range eigen.Values(nil) {
					dot := 0.0
					for k := range n + 1 {
						dot += math.Sqrt(poisson.Prob(float64(k))) * v.At(k, i)
					}
					decay := math.Exp(theta * x.keepAlive)
					stay += dot * dot * decay
					cold += math.Sqrt(poisson.Prob(float64(n))) * v.At(n, i) * dot * decay
				}
				atMost += got.InstancesDistribution.Probability(n)
				assert.InDelta(t, stay, atMost, 10*tolerance, "P(instances ≤ %d)", n)
			}
			assert.InDelta(t, cold, got.ColdStartProbability, 10*tolerance)
		})
	}
}

// Two methods share nothing: eigenvalues of the cut chains here, level crossing there.
func TestLevelCrossingWithEqualServiceIsTheSlidingMaximum(t *testing.T) {
	tests.Slow(t)
	for _, x := range []struct{ rate, service, keepAlive float64 }{
		{1, 1.5, 0.001}, {1, 1.5, 3}, {1, 1.5, 3600}, {100, 0.5, 0.1}, {3846, 0.013, 1}, {3846, 0.013, 3600},
		{0.001, 1, 10}, {0.001, 1, 1e6}, {200, 1, 5000}, {10, 1, 1e5},
	} {
		t.Run(fmt.Sprintf("%+v", x), func(t *testing.T) {
			want, err := model.SlidingMaximum(x.rate, x.service, x.keepAlive)
			require.NoError(t, err)
			got, err := model.LevelCrossing(model.Pool{ArrivalRate: x.rate, WarmService: x.service, ColdService: x.service, KeepAlive: x.keepAlive})
			require.NoError(t, err)
			tolerance := got.TruncationError + got.ContourError + 1e-11 // rounding
			assert.LessOrEqual(t, relative(want.ColdStartProbability, got.ColdStartProbability), tolerance)
			assert.LessOrEqual(t, relative(want.Instances, got.Instances), tolerance)
			assert.LessOrEqual(t, relative(x.rate*x.service, got.Running), tolerance)
			assert.Less(t, tolerance, 1e-6, "tight enough to tell")
			for n := range want.InstancesDistribution.Mass {
				assert.InDelta(t, want.InstancesDistribution.Probability(n), got.InstancesDistribution.Probability(n), 1e-10, "P(instances = %d)", n)
			}
		})
	}
}

func TestTheSlidingMaximumIsStableAtLoad500(t *testing.T) {
	tests.Slow(t)
	const load, keepAlive = 500, 2000 // τλ = 1e6
	r, err := model.SlidingMaximum(load, 1, keepAlive)
	require.NoError(t, err)
	sane(t, "", r.Metrics(), r.InstancesDistribution)
	assert.InDelta(t, 1, r.InstancesDistribution.Above(-1), 1e-12)
	assert.InEpsilon(t, r.InstancesDistribution.Mean(), r.Instances, 1e-12)

	// If a maximum in τ is rare, levels are passed as by a Poisson process (Aldous, "Probability
	// Approximations via the Poisson Clumping Heuristic", 1989): P(N ≤ n) ≈ exp(−τ · rate of clumps
	// above n). Clumps are upcrossings that fall back for good, a fraction 1 − load/n of all.
	poisson := distuv.Poisson{Lambda: load}
	n := r.InstancesDistribution
	atMost := 0.0
	for k := 0; k < 650; k++ {
		atMost += n.Probability(k)
		if k > 600 && atMost > 0.01 && atMost < 0.99 {
			clumps := load * poisson.Prob(float64(k)) * (1 - load/float64(k+1))
			assert.InDelta(t, math.Exp(-keepAlive*clumps), atMost, 0.05, "P(instances ≤ %d)", k)
		}
	}
}

func TestTheSlidingMaximumAtTheEdges(t *testing.T) {
	t.Run("without keep-alive instances are what runs", func(t *testing.T) {
		for _, keepAlive := range []float64{0, 1e-12} {
			r, err := model.SlidingMaximum(3, 2, keepAlive)
			require.NoError(t, err)
			assert.InDelta(t, 1, r.ColdStartProbability, 1e-10)
			assert.InDelta(t, 6, r.Instances, 1e-9)
			for n := range 30 {
				assert.InDelta(t, distuv.Poisson{Lambda: 6}.Prob(float64(n)), r.InstancesDistribution.Probability(n), 1e-10)
			}
		}
	})
	t.Run("with hardly an arrival every request is cold", func(t *testing.T) {
		r, err := model.SlidingMaximum(1e-10, 2, 60)
		require.NoError(t, err)
		assert.InDelta(t, 1, r.ColdStartProbability, 1e-7)
	})
	t.Run("it scales with time", func(t *testing.T) {
		want, err := model.SlidingMaximum(3, 2, 10)
		require.NoError(t, err)
		got, err := model.SlidingMaximum(3e-3, 2e3, 1e4)
		require.NoError(t, err)
		assertMetrics(t, scaledMetrics(want.Metrics(), 1e3), got.Metrics(), 1e-10)
	})
}
