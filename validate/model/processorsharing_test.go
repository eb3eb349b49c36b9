package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

func TestSharedCoresHaveTheMeanOfMMN(t *testing.T) {
	for _, cores := range []int{1, 2, 10, 64} {
		for _, utilization := range []float64{0.001, 0.5, 0.98, 0.9999} {
			rate := utilization * float64(cores) / 0.25
			shared, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: 0.25, Speed: model.Cores{Physical: cores}})
			require.NoError(t, err)
			queue, err := model.MMc(rate, 0.25, cores)
			require.NoError(t, err)
			name := fmt.Sprintf("%d cores, %v busy", cores, utilization)
			sane(t, name, shared.Metrics(), shared.Present)
			assert.InEpsilon(t, queue.ResponseTime, shared.ResponseTime, 1e-10, name)
			assert.InEpsilon(t, queue.Present.Mean(), shared.Running, 1e-10, name)
			assert.InEpsilon(t, rate*shared.ResponseTime, shared.Running, 1e-12, "%s: Little's law", name)
			assert.InEpsilon(t, queue.Present.Probability(cores+3), shared.Present.Probability(cores+3), 1e-10, name)
		}
	}
}

func TestCoresAreAsFastAsTheirThreadsAndTheirClock(t *testing.T) {
	for _, x := range []struct {
		name  string
		cores model.Cores
		flat  int
		rates []float64 // r(1), r(2), …
	}{
		{"plain cores", model.Cores{Physical: 3}, 3, []float64{1, 2, 3, 3, 3}},
		{"a second thread a core", model.Cores{Physical: 2, SMTYield: 0.3}, 4, []float64{1, 2, 2.3, 2.6, 2.6, 2.6}},
		{"a clock that falls", model.Cores{Physical: 3, AllCoreSpeed: 0.8}, 3, []float64{1, 2 * 0.9, 3 * 0.8, 3 * 0.8}},
		{"both", model.Cores{Physical: 2, SMTYield: 0.5, AllCoreSpeed: 0.6}, 4, []float64{1, 2 * 0.6, 2.5 * 0.6, 3 * 0.6, 3 * 0.6}},
		{"a single core", model.Cores{Physical: 1, AllCoreSpeed: 0.6}, 1, []float64{1, 1}},
	} {
		t.Run(x.name, func(t *testing.T) {
			assert.Equal(t, x.flat, x.cores.Flat())
			for j, rate := range x.rates {
				assert.InDelta(t, rate, x.cores.Rate(j+1), 1e-15, "r(%d)", j+1)
			}
			curve := model.SpeedCurve(x.rates[:x.flat])
			for _, most := range []int{model.Unlimited, 2, 20} {
				s := model.Sharing{ArrivalRate: 0.7, Service: 1.1, Speed: x.cores, MaxPresent: most}
				want, err := model.ProcessorSharing(s)
				require.NoError(t, err)
				s.Speed = curve
				got, err := model.ProcessorSharing(s)
				require.NoError(t, err)
				assertMetrics(t, want.Metrics(), got.Metrics(), 1e-14)
			}
		})
	}
}

// The number present is a birth–death chain: the flows up and down between neighbours are equal,
// whatever the speeds.
func TestSharingBalancesItsFlows(t *testing.T) {
	cores := model.Cores{Physical: 4, SMTYield: 0.25, AllCoreSpeed: 0.7}
	for _, most := range []int{model.Unlimited, 6, 30} {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 2, Service: 1.5, Speed: cores, MaxPresent: most})
		require.NoError(t, err)
		last := 40
		if most != model.Unlimited {
			last = most
			assert.Zero(t, r.Present.Probability(most+1))
			assert.InEpsilon(t, r.Present.Probability(most), r.RejectionProbability, 1e-12)
			assert.InEpsilon(t, 2*(1-r.RejectionProbability)*r.ResponseTime, r.Running, 1e-12, "Little's law")
		}
		assert.InDelta(t, 1, r.Present.Above(-1), 1e-12)
		for n := range last {
			assert.InEpsilon(t, 2*r.Present.Probability(n), r.Present.Probability(n+1)*cores.Rate(n+1)/1.5, 1e-11, "cut at %d, between %d and %d", most, n, n+1)
		}
	}
}

func TestSharingCutAtItsCoresIsErlangB(t *testing.T) {
	r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 9, Service: 1, Speed: model.Cores{Physical: 12}, MaxPresent: 10})
	require.NoError(t, err)
	b, err := model.ErlangB(9, 10)
	require.NoError(t, err)
	assert.InEpsilon(t, b, r.RejectionProbability, 1e-12)
	assert.InEpsilon(t, 1, r.ResponseTime, 1e-12)
	assert.Equal(t, 10.0, r.Instances)
}

func TestSharingAtTheEdges(t *testing.T) {
	t.Run("a lone request is served at r(1)", func(t *testing.T) {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 1e-10, Service: 3, Speed: model.SpeedCurve{0.5, 2}})
		require.NoError(t, err)
		assert.InEpsilon(t, 6, r.ResponseTime, 1e-8)
	})
	t.Run("far above saturation the cap is always full", func(t *testing.T) {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 1e9, Service: 1, Speed: model.Cores{Physical: 2}, MaxPresent: 5})
		require.NoError(t, err)
		assert.InEpsilon(t, 5, r.Running, 1e-8)
		assert.InEpsilon(t, 2.5, r.ResponseTime, 1e-8, "five share two cores")
	})
	t.Run("a million may be present", func(t *testing.T) {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 1e6, Service: 1, Speed: model.Cores{Physical: 900_000}, MaxPresent: 1_000_000})
		require.NoError(t, err)
		sane(t, "", r.Metrics(), r.Present)
		assert.InDelta(t, 0.1, r.RejectionProbability, 1e-3)
		assert.False(t, math.IsNaN(r.Present.Mean()))
	})
}
