package model_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

func TestGIM1OfExponentialGapsIsErlangC(t *testing.T) {
	for _, busy := range []float64{1e-6, 0.3, 0.9, 0.999} {
		const service = 0.4
		rate := busy / service
		r, err := model.GIM1(rate, service, func(s float64) float64 { return s / (rate + s) })
		require.NoError(t, err)
		want, err := model.MMc(rate, service, 1)
		require.NoError(t, err)
		assert.InEpsilon(t, busy, r.Root, 1e-9)
		assert.InEpsilon(t, want.ResponseTime, r.ResponseTime, 1e-6)
		assert.InEpsilon(t, want.WaitingTime, r.WaitingTime, 1e-6)
		assert.InEpsilon(t, want.Queue, r.Queue, 1e-6)
		assert.InEpsilon(t, want.Response.Quantile(0.95), r.Response.Quantile(0.95), 1e-6)
		assert.InEpsilon(t, r.Present.Mean(), rate*r.ResponseTime, 1e-9, "Little's law")
		assert.InDelta(t, 1, r.Present.Above(-1), 1e-12)
	}
}

// In D/M/1, σ = e^{−(1−σ)/ρ}, so the equation is its own iteration; in E2/M/1 the root has a closed
// form.
func TestGIM1HasItsKnownRoots(t *testing.T) {
	// Fixed points of the equation, iterated 100,000 times.
	for busy, want := range map[float64]float64{0.5: 0.2031878699799799, 0.8: 0.6286297964969465, 0.9: 0.8068998328558028} {
		r, err := model.GIM1(busy, 1, func(s float64) float64 { return -math.Expm1(-s / busy) })
		require.NoError(t, err)
		assert.InDelta(t, math.Exp(-(1-r.Root)/busy), r.Root, 1e-14)
		assert.InDelta(t, want, r.Root, 1e-9, "ρ %v", busy)
	}
	// E2/M/1: σ(a + 1 − σ)² = a² with a = 2ρ, and σ = 1 is one root.
	for _, busy := range []float64{0.2, 0.5, 0.9} {
		a := 2 * busy
		r, err := model.GIM1(busy, 1, func(s float64) float64 { return 1 - (a/(a+s))*(a/(a+s)) })
		require.NoError(t, err)
		want := (1 + 2*a - math.Sqrt(1+4*a)) / 2
		assert.InDelta(t, want, r.Root, 1e-12, "ρ %v", busy)
	}
}

// Lindley's recursion with clustered gaps. Five standard errors of 50 batches; the seed is fixed.
func TestGIM1AgreesWithLindleysRecursion(t *testing.T) {
	const batches, perBatch, service = 50, 40_000, 0.6
	// Three gaps in four are 0.2 s, the others 3.4 s: 1 s on average.
	complement := func(s float64) float64 { return -0.75*math.Expm1(-0.2*s) - 0.25*math.Expm1(-3.4*s) }
	want, err := model.GIM1(1, service, complement)
	require.NoError(t, err)
	limit := want.Waiting.Quantile(0.9)
	r := rand.New(rand.NewPCG(8, 8))
	wait := 0.0
	var waited, waits, above []float64
	for range batches {
		var some, sum, long float64
		for range perBatch {
			sum += wait / perBatch
			if wait > 0 {
				some += 1. / perBatch
			}
			if wait > limit {
				long += 1. / perBatch
			}
			gap := 0.2
			if r.IntN(4) == 0 {
				gap = 3.4
			}
			wait = max(0, wait+service*r.ExpFloat64()-gap)
		}
		waited, waits, above = append(waited, some), append(waits, sum), append(above, long)
	}
	for _, x := range []struct {
		name   string
		sample []float64
		want   float64
	}{{"waiting probability", waited, want.WaitingProbability}, {"mean wait", waits, want.WaitingTime}, {"above the p90", above, 0.1}} {
		mean, square := 0.0, 0.0
		for _, s := range x.sample {
			mean += s / batches
			square += s * s / batches
		}
		standardError := math.Sqrt((square - mean*mean) / (batches - 1))
		assert.InDelta(t, x.want, mean, 5*standardError, x.name)
		assert.Less(t, standardError, 0.02*x.want, "%s: precise enough to tell", x.name)
	}
}
