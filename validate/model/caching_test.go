package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// zipf returns popularities in proportion to 1/i^exponent.
func zipf(n int, exponent float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = math.Pow(float64(i+1), -exponent)
	}
	return all
}

// Numbers of another program. Che's approximation is within 1.5 % of King's law already for few functions.
func TestCachesOfFunctions(t *testing.T) {
	for _, c := range []struct {
		n, room             int
		exponent, king, che float64
	}{{6, 3, 1, 0.362184972, 0.363841168}, {6, 1, 1, 0.751538711, 0.761923491}, {8, 4, 0.8, 0.39095852, 0.391861278}, {10, 3, 0.8, 0.592163213, 0.596372819}} {
		what := fmt.Sprint(c)
		king, err := model.LRU(zipf(c.n, c.exponent), c.room)
		require.NoError(t, err)
		assert.InDelta(t, c.king, king, 1e-9, what)
		che, _, err := model.Che(zipf(c.n, c.exponent), c.room)
		require.NoError(t, err)
		assert.InDelta(t, c.che, che, 1e-9, what)
		assert.InEpsilon(t, king, che, 0.015, what)
		// Any is worse than the one idle longest, where some are asked for more than others.
		anyone, err := model.RandomReplacement(zipf(c.n, c.exponent), c.room)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, anyone, king-1e-12, what)
	}
	anyone, err := model.RandomReplacement(zipf(6, 1), 3)
	require.NoError(t, err)
	assert.InDelta(t, 0.388726919, anyone, 1e-9)
	for n, want := range map[int][2]float64{100: {0.568886845, 27.2834}, 1000: {0.524492902, 152.518}} {
		exponent := map[int]float64{100: 0.8, 1000: 0.9}[n]
		miss, time, err := model.Che(zipf(n, exponent), map[int]int{100: 20, 1000: 100}[n])
		require.NoError(t, err)
		assert.InDelta(t, want[0], miss, 1e-9)
		assert.InEpsilon(t, want[1], time, 1e-5)
	}
	// All alike: whatever makes room, a request finds its function with the share that has room.
	for _, of := range []func() (float64, error){
		func() (float64, error) { return model.LRU(zipf(7, 0), 3) },
		func() (float64, error) { return model.RandomReplacement(zipf(7, 0), 3) },
		func() (float64, error) { m, _, err := model.Che(zipf(7, 0), 3); return m, err },
	} {
		miss, err := of()
		require.NoError(t, err)
		assert.InEpsilon(t, 4./7, miss, 1e-12)
	}
	for _, broken := range []func() error{
		func() error { _, err := model.LRU(zipf(21, 1), 3); return err },
		func() error { _, err := model.LRU(zipf(5, 1), 5); return err },
		func() error { _, err := model.RandomReplacement(zipf(5, 1), 0); return err },
		func() error { _, _, err := model.Che([]float64{1, 0}, 1); return err },
		func() error { _, _, err := model.Che([]float64{1, math.NaN()}, 1); return err },
		func() error { _, _, err := model.Che(nil, 1); return err },
	} {
		assert.Error(t, broken())
	}
}

func TestMemoryThatClassesShare(t *testing.T) {
	rejected, held, err := model.Multirate(12, []model.MemoryClass{{3, 1}, {2, 2}, {0.6, 4}})
	require.NoError(t, err)
	for i, want := range []float64{0.0828673609, 0.178366259, 0.39901085} {
		assert.InDelta(t, want, rejected[i], 1e-9)
	}
	assert.InDelta(t, 7.48030684, held, 1e-8)
	// One class is Erlang's loss system, and a large one does not overflow.
	for _, c := range []struct {
		load    float64
		servers int
	}{{3, 5}, {900, 1000}, {5000, 4000}} {
		b, err := model.ErlangB(c.load, c.servers)
		require.NoError(t, err)
		rejected, held, err := model.Multirate(c.servers, []model.MemoryClass{{c.load, 1}})
		require.NoError(t, err)
		assert.InEpsilon(t, b, rejected[0], 1e-9)
		assert.InEpsilon(t, c.load*(1-b), held, 1e-9)
	}
	rejected, _, err = model.Multirate(3, []model.MemoryClass{{1, 4}})
	require.NoError(t, err)
	assert.InDelta(t, 1, rejected[0], 1e-12, "too large for all of it")
	_, _, err = model.Multirate(0, nil)
	assert.Error(t, err)
	_, _, err = model.Multirate(3, []model.MemoryClass{{-1, 0}})
	assert.Error(t, err)
	assert.InEpsilon(t, 0.135335283, model.TimeToLive(1./300, 600), 1e-8)
}

// The windows of exponential idle times are those that a reference simulation converges to, and the
// histogram represents nothing above a mean gap of 24 minutes.
func TestTheHistogramInTheLongRun(t *testing.T) {
	policy := model.HybridHistogram{Bins: 240, Bin: 60, Head: 0.05, Tail: 0.99, Margin: 0.1, CV: 2, OutOfRange: 0.5}
	exponential := func(minutes float64) func(float64) float64 {
		return func(s float64) float64 { return -math.Expm1(-s / 60 / minutes) }
	}
	for gap, want := range map[float64]struct{ load, end, cold float64 }{ // minutes
		1: {0, 5.5, 0.00408677144}, 12: {0, 61.6, 0.00589687144}, 23: {0.9, 116.6, 0.0446598806}, 45: {0, 240, 0.00482794999},
	} {
		load, end, histogram := policy.LongRun(exponential(gap))
		assert.True(t, histogram)
		assert.InDelta(t, 60*want.load, load, 1e-9, "%v min", gap)
		assert.InDelta(t, 60*want.end, end, 1e-9, "%v min", gap)
		below := exponential(gap)
		assert.InDelta(t, want.cold, 1-(below(end)-below(load)), 1e-10, "%v min", gap)
	}
	_, end, _ := policy.LongRun(exponential(23.998))
	assert.Less(t, end, 240*60.)
	_, end, _ = policy.LongRun(exponential(24))
	assert.Equal(t, 240*60., end)
	_, _, histogram := policy.LongRun(exponential(500))
	assert.False(t, histogram, "most idle times are out of range")

	// Of one idle time only, P minutes, the windows are 0.9·P and 1.1·(P + 1).
	timer := func(minutes float64) func(float64) float64 {
		return func(s float64) float64 {
			if s > 60*minutes {
				return 1
			}
			return 0
		}
	}
	load, end, _ := policy.LongRun(timer(30))
	assert.InDelta(t, 27*60, load, 1e-9)
	assert.InDelta(t, 34.1*60, end, 1e-9)
	policy.Lead = 2 * 60
	load, _, _ = policy.LongRun(timer(30))
	assert.InDelta(t, 25*60, load, 1e-9)
	policy.Lead = 3600
	load, _, _ = policy.LongRun(timer(30))
	assert.Positive(t, load)
}
