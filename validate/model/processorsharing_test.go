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
		{"a clock that rises", model.Cores{Physical: 3, AllCoreSpeed: 2}, 3, []float64{1, 2 * 1.5, 3 * 2, 3 * 2}},
		{"a curve", model.Cores{Physical: 2, SMTYield: 0.5, Speeds: []float64{0.8, 2, 9}}, 4, []float64{0.8, 2 * 2, 2.5 * 2, 3 * 2, 3 * 2}},
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

// With releases, the numbers that share and that release are a network of two stations, each of which is
// in balance with itself: what enters each state because of a station leaves it because of the station.
func TestSharingWithReleasesIsAProduct(t *testing.T) {
	for _, x := range []struct {
		rate, service, release float64
		cores                  model.Cores
		most                   int
	}{
		{2, 1.5, 0.5, model.Cores{Physical: 4, SMTYield: 0.25, AllCoreSpeed: 0.7}, 9},
		{30, 0.1, 2, model.Cores{Physical: 3, Speeds: []float64{0.7, 1.9, 1.2}}, 20},
		{0.1, 1, 1e-3, model.Cores{Physical: 1}, 1},
		{200, 1, 1, model.Cores{Physical: 5, AllCoreSpeed: 2.7}, 40},
	} {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: x.rate, Service: x.service, Speed: x.cores, MaxPresent: x.most, Release: x.release})
		require.NoError(t, err)
		// The joint law, from the empty state on, each term from its neighbours.
		weight := make([][]float64, x.most+1)
		total, full, mean := 0.0, 0.0, 0.0
		sums := make([]float64, x.most+1)
		for k := range weight {
			weight[k] = make([]float64, x.most+1-k)
			for m := range weight[k] {
				switch {
				case k == 0 && m == 0:
					weight[k][m] = 1
				case m == 0:
					weight[k][m] = weight[k-1][0] * x.rate * x.service / x.cores.Rate(k)
				default:
					weight[k][m] = weight[k][m-1] * x.rate * x.release / float64(m)
				}
				total += weight[k][m]
				sums[k] += weight[k][m]
				mean += float64(k) * weight[k][m]
				if k+m == x.most {
					full += weight[k][m]
				}
			}
		}
		for k := range sums {
			assert.InEpsilon(t, sums[k]/total, r.Present.Probability(k), 1e-11, "%+v: %d share", x, k)
		}
		assert.InEpsilon(t, full/total, r.RejectionProbability, 1e-11)
		assert.InEpsilon(t, mean/total, r.Running, 1e-11)
		assert.InEpsilon(t, x.rate*(1-full/total)*x.release, r.Releasing, 1e-9)
		assert.InEpsilon(t, r.Running/(x.rate*(1-full/total)), r.ResponseTime, 1e-9, "Little's law")
		assert.InEpsilon(t, float64(x.most)-r.Running, r.Idle, 1e-12)
		assert.Equal(t, float64(x.most), r.Instances)
	}
	without, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 2, Service: 1, Speed: model.Cores{Physical: 4}, Release: 3})
	require.NoError(t, err)
	same, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 2, Service: 1, Speed: model.Cores{Physical: 4}})
	require.NoError(t, err)
	assert.Equal(t, same, without, "without a limit a release takes nothing from anybody")
}

func TestSharingAtTheEdges(t *testing.T) {
	t.Run("a million may share or release", func(t *testing.T) {
		r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: 1e6, Service: 0.5, Release: 0.5, Speed: model.Cores{Physical: 1_000_000}, MaxPresent: 900_000})
		require.NoError(t, err)
		sane(t, "", r.Metrics(), r.Present)
		assert.InDelta(t, 0.1, r.RejectionProbability, 1e-3)
		assert.InEpsilon(t, r.Running, r.Releasing, 1e-9)
	})
	t.Run("far above saturation all are taken", func(t *testing.T) {
		r, err := model.LossWithRelease(1e9, 1, 3, 8)
		require.NoError(t, err)
		assert.InEpsilon(t, 2, r.Running, 1e-7)
		assert.InEpsilon(t, 6, r.Releasing, 1e-7)
		assert.InEpsilon(t, 1, r.ResponseTime, 1e-9)
	})
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
