package model_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
	"faaslab/validate/model"
)

// functions are the warm and cold service times in table 4.1 of the thesis.
var functions = map[string][2]float64{
	"aes": {0.0259, 2.5849}, "matmul": {0.0130, 2.5625}, "whatlang": {0.0141, 2.5182},
	"image-thumbnail": {0.1903, 3.0567}, "float": {1.5288, 4.1202}, "chameleon": {0.0680, 3.5557},
}

func crossing(t *testing.T, p model.Pool) model.LevelCrossingResult {
	t.Helper()
	r, err := model.LevelCrossing(p)
	require.NoError(t, err, "%+v", p)
	return r
}

// assertLawful asserts laws that are exact for every pool: Little's law for all requests and for
// cold starts, and that the distributions have the returned means.
func assertLawful(t *testing.T, p model.Pool, r model.LevelCrossingResult) {
	t.Helper()
	name := fmt.Sprintf("%+v", p)
	sane(t, name, r.Metrics(), r.InstancesDistribution, r.RunningDistribution)
	tolerance := 1e-11 + 2*(r.TruncationError+r.ContourError)
	assert.LessOrEqual(t, math.Abs(r.LittleError), tolerance, "%s: Little's law of cold requests", name)
	warm := p.ArrivalRate * (1 - r.ColdStartProbability - r.RejectionProbability) * p.WarmService
	assert.InDelta(t, warm, r.RunningWarm, tolerance*p.ArrivalRate*p.WarmService, "%s: Little's law of warm requests", name)
	assert.LessOrEqual(t, relative(r.InstancesDistribution.Mean(), r.Instances), 1e-9, "%s: mean instances", name)
	assert.LessOrEqual(t, relative(r.RunningDistribution.Mean(), r.Running), 1e-11, "%s: mean running", name)
	served := 1 - r.RejectionProbability
	want := (r.ColdStartProbability*p.ColdService + (served-r.ColdStartProbability)*p.WarmService) / served
	assert.LessOrEqual(t, relative(want, r.ResponseTime), tolerance+1e-10, "%s: response time", name)
}

// The required times on one core are a second for the pools of figures and ten seconds at the far
// corners. The test allows ten times more, for slow or busy machines.
func TestLevelCrossingIsLawfulAndFastInEveryCorner(t *testing.T) {
	tests.Long(t)
	type corner struct {
		pool   model.Pool
		budget time.Duration
	}
	var all []corner
	for rate := 1.0; rate <= 11; rate += 2 {
		all = append(all, corner{model.Pool{ArrivalRate: rate, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 60}, time.Second})
	}
	for _, s := range functions {
		for _, keepAlive := range []float64{1, 3, 10, 60, 180} {
			all = append(all, corner{model.Pool{ArrivalRate: 1, WarmService: s[0], ColdService: s[1], KeepAlive: keepAlive, MaxInstances: 110}, time.Second})
		}
		for _, keepAlive := range []float64{1, 3600} {
			all = append(all, corner{model.Pool{ArrivalRate: 50 / s[0], WarmService: s[0], ColdService: s[1], KeepAlive: keepAlive}, 10 * time.Second})
		}
	}
	for _, most := range []int{1, 10, 50, 65, 80} {
		for _, keepAlive := range []float64{0.01, 3, 3600} {
			all = append(all, corner{model.Pool{ArrivalRate: 50, WarmService: 1, ColdService: 3, KeepAlive: keepAlive, MaxInstances: most}, 10 * time.Second})
		}
	}
	slowest := 0.0
	for _, c := range all {
		start := time.Now()
		r := crossing(t, c.pool)
		took := time.Since(start)
		slowest = math.Max(slowest, float64(took)/float64(c.budget))
		assert.Less(t, took, 10*c.budget, "%+v", c.pool)
		assertLawful(t, c.pool, r)
	}
	t.Logf("slowest: %.0f %% of the time asked for", 100*slowest)
}

// Cold starts of one in 1e30 are computed relative to themselves: uniformization, whose terms are
// all positive, gives the same.
func TestLevelCrossingKeepsTheDigitsOfTheRarestColdStarts(t *testing.T) {
	for _, x := range []struct {
		pool model.Pool
		most float64
	}{
		{model.Pool{ArrivalRate: 3, WarmService: 1.5, ColdService: 4, KeepAlive: 20, MaxInstances: 4}, 1e-7},
		{model.Pool{ArrivalRate: 1, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 200, MaxInstances: 3}, 1e-18},
		{model.Pool{ArrivalRate: 5, WarmService: 1, ColdService: 10, KeepAlive: 30, MaxInstances: 3}, 1e-28},
		{model.Pool{ArrivalRate: 2, WarmService: 0.1, ColdService: 3, KeepAlive: 300, MaxInstances: 1}, 1e-200},
	} {
		got := crossing(t, x.pool)
		want := solveNaively(x.pool, x.pool.MaxInstances)
		assert.Less(t, got.ColdStartProbability, x.most)
		// The oracle's Poisson probabilities are good to some 1e-12.
		assert.InEpsilon(t, want.coldStart, got.ColdStartProbability, 1e-10, "%+v", x.pool)
		assert.LessOrEqual(t, math.Abs(got.LittleError), 1e-10, "%+v", x.pool)
	}
}

func TestLevelCrossingScalesWithTime(t *testing.T) {
	for _, p := range []model.Pool{
		{ArrivalRate: 1, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 3},
		{ArrivalRate: 3, WarmService: 1.5, ColdService: 4, KeepAlive: 20, MaxInstances: 4},
		{ArrivalRate: 40, WarmService: 1, ColdService: 0.5, KeepAlive: 60, MaxInstances: 45},
	} {
		for _, k := range []float64{1e-3, 7, 1e4} {
			want, got := crossing(t, p), crossing(t, scaled(p, k))
			assertMetrics(t, scaledMetrics(want.Metrics(), k), got.Metrics(), 1e-9)
		}
	}
}

func TestACapOutOfReachChangesNothing(t *testing.T) {
	p := model.Pool{ArrivalRate: 4, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 10}
	want := crossing(t, p)
	for _, most := range []int{want.Levels - 3, want.Levels, want.Levels + 1, 10 * want.Levels, 10_000_000} {
		p.MaxInstances = most
		got := crossing(t, p)
		assertMetricsNear(t, want.Metrics(), got.Metrics(), 1e-9)
	}
	assert.Less(t, want.TopMass, 1e-11)
	assert.Positive(t, want.TopMass)
	assert.Zero(t, want.RejectionProbability)
}

// assertMetricsNear compares metrics absolutely.
func assertMetricsNear(t *testing.T, want, got map[string]float64, tolerance float64) {
	t.Helper()
	for metric, x := range want {
		assert.InDelta(t, x, got[metric], tolerance, metric)
	}
}

func TestLongerKeepAlivesMakeColdStartsRarerAndInstancesMore(t *testing.T) {
	for _, most := range []int{model.Unlimited, 6} {
		before := crossing(t, model.Pool{ArrivalRate: 2, WarmService: 1, ColdService: 3, KeepAlive: 0, MaxInstances: most})
		for _, keepAlive := range []float64{1e-6, 1e-3, 0.1, 1, 10, 100, 1000} {
			r := crossing(t, model.Pool{ArrivalRate: 2, WarmService: 1, ColdService: 3, KeepAlive: keepAlive, MaxInstances: most})
			assert.Less(t, r.ColdStartProbability, before.ColdStartProbability, "cap %d, keep-alive %v", most, keepAlive)
			assert.Less(t, r.Running, before.Running+1e-9, "cap %d, keep-alive %v", most, keepAlive)
			assert.Greater(t, r.Idle, before.Idle, "cap %d, keep-alive %v", most, keepAlive)
			before = r
		}
	}
}

func TestLevelCrossingAtTheEdges(t *testing.T) {
	p := model.Pool{ArrivalRate: 2, WarmService: 1, ColdService: 3}
	t.Run("without keep-alive it is M/G/∞ with cold service", func(t *testing.T) {
		want, err := model.AlwaysCold(2, 3)
		require.NoError(t, err)
		assert.Equal(t, want.Metrics(), crossing(t, p).Metrics())
		p := p
		p.KeepAlive = 1e-10
		got := crossing(t, p)
		assert.InDelta(t, 1, got.ColdStartProbability, 1e-8)
		for n := range 30 {
			assert.InDelta(t, want.Present.Probability(n), got.InstancesDistribution.Probability(n), 1e-8)
		}
	})
	t.Run("without keep-alive and with a cap it is Erlang B with cold service", func(t *testing.T) {
		b, err := model.ErlangB(6, 5)
		require.NoError(t, err)
		for _, keepAlive := range []float64{0, 1e-10} {
			p := p
			p.KeepAlive, p.MaxInstances = keepAlive, 5
			r := crossing(t, p)
			assert.InDelta(t, b, r.RejectionProbability, 1e-8)
			assert.InDelta(t, 1-b, r.ColdStartProbability, 1e-8)
			assert.InDelta(t, 3, r.ResponseTime, 1e-8)
			assert.InDelta(t, 6*(1-b), r.Instances, 1e-8)
			assert.InDelta(t, 0, r.Idle, 1e-8)
		}
	})
	t.Run("with a keep-alive of never the pool is full and loses by Erlang B", func(t *testing.T) {
		b, err := model.ErlangB(2, 5)
		require.NoError(t, err)
		for _, keepAlive := range []float64{1e5, never} {
			p := p
			p.KeepAlive, p.MaxInstances = keepAlive, 5
			r := crossing(t, p)
			assert.InEpsilon(t, b, r.RejectionProbability, 1e-10)
			assert.InDelta(t, 0, r.ColdStartProbability, 1e-15)
			assert.InEpsilon(t, 5, r.Instances, 1e-10)
			assert.InEpsilon(t, 1, r.ResponseTime, 1e-10)
			assert.InDelta(t, 1, r.InstancesDistribution.Probability(5), 1e-10)
		}
	})
	t.Run("with hardly an arrival every request is cold", func(t *testing.T) {
		p := p
		p.ArrivalRate, p.KeepAlive = 1e-10, 60
		r := crossing(t, p)
		assert.InDelta(t, 1, r.ColdStartProbability, 1e-7)
		assert.InDelta(t, 3, r.ResponseTime, 1e-7)
	})
	t.Run("a cap of 1 is cold when it was idle for the keep-alive", func(t *testing.T) {
		p := p
		p.KeepAlive, p.MaxInstances = 0.7, 1
		r := crossing(t, p)
		// A cycle is a cold service or a warm one, then an exponential idle time.
		q := math.Exp(-2 * 0.7)
		busy := q*3 + (1 - q)
		cycle := busy + 1./2
		assert.InEpsilon(t, q/(2*cycle), r.ColdStartProbability, 1e-12)
		assert.InEpsilon(t, busy/cycle, r.RejectionProbability, 1e-12)
		assert.InEpsilon(t, (busy+(1-q)/2)/cycle, r.Instances, 1e-12)
		assert.InEpsilon(t, q*3/cycle, r.RunningCold, 1e-12)
	})
}

func TestATooLargePoolIsRefusedWithItsWork(t *testing.T) {
	small := model.Pool{ArrivalRate: 1, WarmService: 1, ColdService: 3, KeepAlive: 10}
	_, err := model.LevelCrossingWithin(small, 100)
	var work *model.WorkError
	require.True(t, errors.As(err, &work))
	assert.Equal(t, 100.0, work.Limit)
	_, err = model.LevelCrossingWithin(small, 1e7)
	require.NoError(t, err)

	start := time.Now()
	_, err = model.LevelCrossingWithin(model.Pool{ArrivalRate: 1e5, WarmService: 1, ColdService: 3, KeepAlive: 10}, 1e8)
	require.True(t, errors.As(err, &work))
	assert.Less(t, time.Since(start), 10*time.Second)
}
