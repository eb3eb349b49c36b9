package trust_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
	"faaslab/validate/trust"
)

// small is a grid with an easy, a usual and a hard corner.
var small = trust.Options{Loads: []float64{0.05, 0.5}, KeepAlives: []float64{0.5, 10, 200}, Ratios: []float64{2.7, 50}}

func mapOf(t *testing.T, o trust.Options) *trust.Map {
	t.Helper()
	m, err := trust.Solve(context.Background(), o)
	require.NoError(t, err)
	return m
}

// The arrival rate does not matter: a pool at 7/s, with all times divided by seven, has the
// deviations of the map.
func TestTrustIsWhatTheModelsSayAtAnyRate(t *testing.T) {
	const rate = 7
	m := mapOf(t, small)
	require.Len(t, m.Points, 12)
	assert.Zero(t, m.LeftOut())
	assert.Less(t, m.Error(), 1e-8)
	for r, ratio := range small.Ratios {
		for l, load := range small.Loads {
			for k, keepAlive := range small.KeepAlives {
				p := m.At(r, l, k)
				require.Equal(t, []float64{ratio, load, keepAlive}, []float64{p.Ratio, p.Load, p.KeepAlive})
				pool := model.Pool{ArrivalRate: rate, WarmService: load / rate, ColdService: load * ratio / rate, KeepAlive: keepAlive / rate}
				exact, err := model.LevelCrossing(pool)
				require.NoError(t, err)
				assert.InEpsilon(t, exact.ResponseTime, p.Exact["response_time"]/rate, 1e-8)
				assert.InEpsilon(t, exact.Instances, p.Exact["instances"], 1e-8)
				assert.Len(t, p.Exact, len(trust.Metrics))
				for _, variant := range trust.Variants {
					smp, err := model.SMP(pool, variant)
					require.NoError(t, err)
					require.Len(t, p.Deviation[variant.String()], len(trust.Metrics))
					for metric, deviation := range p.Deviation[variant.String()] {
						assert.InDelta(t, smp.Metrics()[metric]/exact.Metrics()[metric]-1, deviation, 1e-7, "%v %s %+v", variant, metric, pool)
					}
				}
			}
		}
	}
}

func TestRunningDeviatesAsTheResponseTimeDoes(t *testing.T) {
	for _, p := range mapOf(t, small).Points {
		for _, of := range p.Deviation {
			assert.InDelta(t, of["response_time"], of["running"], 1e-8)
			assert.InDelta(t, of["cold_start_probability"], of["running_cold"], 1e-8)
		}
	}
}

// If the exact model refuses a point, this point and all shorter keep-alives are left out.
func TestRefusedPointsAreMarked(t *testing.T) {
	limited := small
	limited.Work = 3e5
	m := mapOf(t, limited)
	whole := mapOf(t, small)
	assert.Positive(t, m.LeftOut())
	assert.Less(t, m.LeftOut(), len(m.Points))
	for r := range small.Ratios {
		for l := range small.Loads {
			refused := false
			for k := len(small.KeepAlives) - 1; k >= 0; k-- {
				p := m.At(r, l, k)
				refused = refused || p.Exact == nil
				if refused {
					assert.Nil(t, p.Exact)
					assert.Nil(t, p.Deviation)
					assert.Equal(t, small.KeepAlives[k], p.KeepAlive)
				} else {
					assert.Equal(t, whole.At(r, l, k), p)
				}
			}
		}
	}
}

func TestTrustDoesNotDependOnTheWorkers(t *testing.T) {
	one, four := small, small
	one.Workers, four.Workers = 1, 4
	most := 0.0
	one.Progress = func(done float64) { most = max(most, done) }
	assert.Equal(t, mapOf(t, one), mapOf(t, four))
	assert.Equal(t, 1.0, most)
}

func TestTrustRefusesAnImpossibleGrid(t *testing.T) {
	o := small
	o.Loads = []float64{2, 1}
	_, err := trust.Solve(context.Background(), o)
	assert.ErrorContains(t, err, "must ascend")
	o.Loads = []float64{-1, 1}
	_, err = trust.Solve(context.Background(), o)
	assert.ErrorAs(t, err, new(*model.DomainError))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = trust.Solve(ctx, small)
	assert.ErrorIs(t, err, context.Canceled)
	_, err = trust.SimulateLaws(ctx, trust.LawOptions{Points: trust.LawPoints[:1]})
	assert.ErrorIs(t, err, context.Canceled)
}

// madeUp is a map of one ratio, one load and the keep-alives 1, 10, 100 and 1000. The first is left
// out; the others have the given deviations, but in the metric except the original variant deviates
// by of.
func madeUp(original, modified [3]float64, except string, of [3]float64) *trust.Map {
	m := &trust.Map{Loads: []float64{1}, KeepAlives: []float64{1, 10, 100, 1000}, Ratios: []float64{2}, Points: make([]trust.Point, 4)}
	for k := range m.Points {
		m.Points[k] = trust.Point{Load: 1, KeepAlive: m.KeepAlives[k], Ratio: 2}
		if k == 0 {
			continue
		}
		m.Points[k].Exact = map[string]float64{}
		m.Points[k].Deviation = map[string]map[string]float64{"smp": {}, "smp-modified": {}}
		for _, metric := range trust.Metrics {
			m.Points[k].Deviation["smp"][metric] = original[k-1]
			m.Points[k].Deviation["smp-modified"][metric] = modified[k-1]
			if metric == except {
				m.Points[k].Deviation["smp"][metric] = of[k-1]
			}
		}
	}
	return m
}

func TestSummariesOfAMap(t *testing.T) {
	m := madeUp([3]float64{0.3, -0.04, 0.001}, [3]float64{0.1, 0.06, -0.02}, "idle", [3]float64{-0.5, -0.07, 0.002})
	assert.Equal(t, 1, m.LeftOut())
	assert.InDelta(t, 2.0/3, m.Within(model.Original, "instances", 0.05), 1e-15)
	assert.InDelta(t, 1.0/3, m.Within(model.Modified, "instances", 0.05), 1e-15)
	worst, at := m.Worst(model.Original, "idle")
	assert.Equal(t, -0.5, worst)
	assert.Equal(t, 10.0, at.KeepAlive)

	from, ok := m.From(model.Original, "instances", 0.05, 0, 0, math.Inf(1))
	assert.True(t, ok)
	assert.Equal(t, 100.0, from)
	from, ok = m.From(model.Original, "instances", 0.3, 0, 0, math.Inf(1))
	assert.True(t, ok)
	assert.Equal(t, 10.0, from, "nothing is known of the point that was left out")
	_, ok = m.From(model.Original, "instances", 0.0001, 0, 0, math.Inf(1))
	assert.False(t, ok)

	assert.Equal(t, 5.0, m.Beyond(model.Original, "instances", 0.05, 10), "10 is 5 cold services of 2")
	assert.Equal(t, 50.0, m.Beyond(model.Original, "idle", 0.05, 10))
	assert.Zero(t, m.Beyond(model.Original, "instances", 0.05, 50))

	assert.Equal(t, []trust.FirstOut{{Metric: "idle", Share: 1}}, m.FirstOut(model.Original, 0.05))
	assert.Equal(t, []trust.FirstOut{{Metric: "cold_start_probability", Share: 1}}, m.FirstOut(model.Original, 0.05, "idle"))
	assert.Equal(t, []trust.FirstOut{{Metric: "cold_start_probability", Share: 1, AtLongest: 1}}, m.FirstOut(model.Modified, 0.01))

	s := m.Spread("instances", trust.Point.Long)
	assert.Equal(t, trust.Spread{Points: 2, Least: [2]float64{-0.04, -0.02}, Median: [2]float64{0.001, 0.06}, Most: [2]float64{0.001, 0.06},
		MedianSize: [2]float64{0.04, 0.06}}, s)
	assert.InDelta(t, 1.0/3, m.Spread("instances", func(trust.Point) bool { return true }).ModifiedCloser, 1e-15)
	assert.Equal(t, trust.Spread{}, m.Spread("instances", func(trust.Point) bool { return false }))
}

// A simulation with exponential service, which the exact model assumes, must not differ; a
// simulation with constant service must. The nine intervals are at 95 %, and the seed is the first
// that was tried: three half-widths give a false alarm of about 1e-4 a metric with 16 replications.
func TestOtherLawsMoveTheTruth(t *testing.T) {
	options := trust.LawOptions{
		Points: []trust.Point{{Load: 1, KeepAlive: 10, Ratio: 50}}, Laws: []trust.ServiceLaw{trust.ServiceLaws[0], trust.ServiceLaws[3]},
		ColdStarts: 3000, Seed: 1, Workers: 1,
	}
	shifts, err := trust.SimulateLaws(context.Background(), options)
	require.NoError(t, err)
	require.Len(t, shifts, 2)
	require.Equal(t, "constant", shifts[0].Law)
	require.Equal(t, "exponential", shifts[1].Law)
	for metric, e := range shifts[1].Shift {
		assert.Less(t, math.Abs(e.Mean), 3*e.HalfWidth, metric)
		assert.InDelta(t, shifts[1].Simulated[metric].Mean, shifts[1].Point.Exact[metric]*(1+e.Mean), 1e-9, metric)
	}
	cold := shifts[0].Shift["cold_start_probability"]
	assert.Greater(t, cold.Mean-cold.HalfWidth, 0.05)
	assert.InDelta(t, 50*3000, float64(shifts[0].Requests), 3000)

	options.Workers = 3
	again, err := trust.SimulateLaws(context.Background(), options)
	require.NoError(t, err)
	assert.Equal(t, shifts, again)
}

// The laws have the means and coefficients of variation that they state.
func TestServiceLawsHaveTheirMeansAndVariation(t *testing.T) {
	for _, law := range trust.ServiceLaws {
		mean, variance := law.Of(2.5).Moments()
		assert.InDelta(t, 2.5, mean, 1e-9, law.Name)
		assert.InDelta(t, law.CV, math.Sqrt(variance)/2.5, 1e-3, law.Name)
	}
}
