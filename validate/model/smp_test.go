package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

var variants = []model.Variant{model.Original, model.Modified}

// assertMetrics compares all metrics relative to their size.
func assertMetrics(t *testing.T, want, got map[string]float64, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for metric, x := range want {
		assert.LessOrEqual(t, relative(x, got[metric]), tolerance, "%s: %v, want %v", metric, got[metric], x)
	}
}

// scaled multiplies every duration by k.
func scaled(p model.Pool, k float64) model.Pool {
	p.ArrivalRate /= k
	p.WarmService *= k
	p.ColdService *= k
	p.KeepAlive *= k
	return p
}

// scaledMetrics scales metrics: times grow by k, and nothing else changes.
func scaledMetrics(metrics map[string]float64, k float64) map[string]float64 {
	for _, metric := range []string{"response_time", "waiting_time"} {
		if x, ok := metrics[metric]; ok {
			metrics[metric] = k * x
		}
	}
	return metrics
}

var float = model.Pool{ArrivalRate: 1, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 60, MaxInstances: 110}

func TestSMPScalesWithTime(t *testing.T) {
	for _, variant := range variants {
		for _, k := range []float64{1e-3, 7, 1e4} {
			t.Run(fmt.Sprint(variant, " times ", k), func(t *testing.T) {
				want, err := model.SMP(float, variant)
				require.NoError(t, err)
				got, err := model.SMP(scaled(float, k), variant)
				require.NoError(t, err)
				assertMetrics(t, scaledMetrics(want.Metrics(), k), got.Metrics(), 1e-12)
			})
		}
	}
}

// The balance between neighbours, straight from the formulas, where they neither cancel nor
// underflow.
func TestSMPSolvesItsChain(t *testing.T) {
	p := model.Pool{ArrivalRate: 2, WarmService: 0.7, ColdService: 1.9, KeepAlive: 4, MaxInstances: 9}
	for _, variant := range variants {
		t.Run(variant.String(), func(t *testing.T) {
			got, err := model.SMP(p, variant)
			require.NoError(t, err)
			require.Len(t, got.WarmDistribution.Mass, 10)
			expiry := 0.0
			for m := 1; m <= 9; m++ {
				before, err := model.ErlangB(p.ArrivalRate*p.WarmService, m-1)
				require.NoError(t, err)
				after, err := model.ErlangB(p.ArrivalRate*p.WarmService, m)
				require.NoError(t, err)
				use, busy := p.ArrivalRate*(before-after), p.KeepAlive+p.WarmService
				a := 1 / use
				if variant == model.Original {
					a = (1-math.Exp(-use*busy))/use - busy*math.Exp(-use*busy)
				}
				expiry += 1 / (p.KeepAlive + math.Expm1(use*p.KeepAlive)*a)
				growth := 1 / (1/(p.ArrivalRate*before) + p.ColdService)
				up, down := got.WarmDistribution.Probability(m-1)*growth, got.WarmDistribution.Probability(m)*expiry
				assert.InEpsilon(t, up, down, 1e-9, "flow between %d and %d", m-1, m)
			}
		})
	}
}

func TestSMPWithoutACapIsThatOfACapOutOfReach(t *testing.T) {
	for _, variant := range variants {
		capped, err := model.SMP(float, variant)
		require.NoError(t, err)
		p := float
		p.MaxInstances = model.Unlimited
		unlimited, err := model.SMP(p, variant)
		require.NoError(t, err)
		assert.Equal(t, capped.Metrics(), unlimited.Metrics())
	}
}

func TestSMPHoldsAHundredThousandInstances(t *testing.T) {
	for _, x := range []struct {
		name string
		pool model.Pool
		full bool
	}{
		{"below the load", model.Pool{ArrivalRate: 1e5, WarmService: 1.5, ColdService: 4, KeepAlive: 600, MaxInstances: 100_000}, true},
		{"above the load", model.Pool{ArrivalRate: 1e5, WarmService: 0.9, ColdService: 4, KeepAlive: 600, MaxInstances: 100_000}, false},
	} {
		for _, variant := range variants {
			t.Run(fmt.Sprint(variant, " ", x.name), func(t *testing.T) {
				r, err := model.SMP(x.pool, variant)
				require.NoError(t, err)
				sane(t, x.name, r.Metrics(), r.WarmDistribution)
				load := x.pool.ArrivalRate * x.pool.WarmService
				lost, err := model.ErlangB(load, 100_000)
				require.NoError(t, err)
				if x.full {
					// Instances expire so rarely that the pool is full.
					assert.InEpsilon(t, lost, r.RejectionProbability, 1e-9)
					assert.InEpsilon(t, load*(1-lost), r.RunningWarm, 1e-9)
				} else {
					assert.Less(t, r.RejectionProbability, 1e-12)
					assert.InEpsilon(t, load*(1-r.ColdStartProbability), r.RunningWarm, 1e-9)
					assert.Greater(t, r.WarmInstances, load)
					assert.Less(t, r.WarmInstances, load+20*math.Sqrt(load))
				}
			})
		}
	}
}

func TestSMPAtTheEdges(t *testing.T) {
	for _, variant := range variants {
		at := func(change func(*model.Pool)) model.SMPResult {
			p := float
			change(&p)
			r, err := model.SMP(p, variant)
			require.NoError(t, err)
			return r
		}
		t.Run(fmt.Sprint(variant, ": without keep-alive every request is cold"), func(t *testing.T) {
			for _, keepAlive := range []float64{0, 1e-12} {
				r := at(func(p *model.Pool) { p.KeepAlive = keepAlive; p.MaxInstances = 1 })
				assert.InDelta(t, 1, r.ColdStartProbability, 1e-11)
				assert.InDelta(t, 0, r.RejectionProbability, 1e-11)
				assert.InDelta(t, 4.1202, r.ResponseTime, 1e-10)
				assert.InDelta(t, 4.1202, r.Instances, 1e-10)
			}
			assert.NotContains(t, at(func(p *model.Pool) { p.KeepAlive = 0 }).Metrics(), "utilization", "of no instance")
		})
		t.Run(fmt.Sprint(variant, ": with a keep-alive of never the pool loses by Erlang B"), func(t *testing.T) {
			lost, err := model.ErlangB(1.5288, 4)
			require.NoError(t, err)
			for _, keepAlive := range []float64{1e12, never} {
				r := at(func(p *model.Pool) { p.KeepAlive = keepAlive; p.MaxInstances = 4 })
				assert.InEpsilon(t, lost, r.RejectionProbability, 1e-12)
				assert.InDelta(t, 0, r.ColdStartProbability, 1e-12)
				assert.InEpsilon(t, 4, r.Instances, 1e-12)
			}
		})
		t.Run(fmt.Sprint(variant, ": with hardly an arrival every request is cold"), func(t *testing.T) {
			r := at(func(p *model.Pool) { p.ArrivalRate = 1e-10 })
			assert.InDelta(t, 1, r.ColdStartProbability, 1e-7)
			assert.InDelta(t, 4.1202, r.ResponseTime, 1e-6)
			assert.InDelta(t, 0, r.Instances, 1e-7)
		})
		t.Run(fmt.Sprint(variant, ": a cap of 1 has two states"), func(t *testing.T) {
			r := at(func(p *model.Pool) { p.MaxInstances = 1 })
			require.Len(t, r.WarmDistribution.Mass, 2)
			assert.InEpsilon(t, r.WarmDistribution.Mass[0], r.ColdStartProbability, 1e-12)
			assert.InEpsilon(t, r.WarmDistribution.Mass[1]*1.5288/2.5288, r.RejectionProbability, 1e-12)
		})
	}
}
