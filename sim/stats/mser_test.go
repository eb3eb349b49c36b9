package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/stat"
)

// The definition, computed the slow way.
func TestMSER5MinimisesTheVarianceOfTheMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 50 {
		y := make([]float64, 20+rng.IntN(300))
		for i := range y {
			y[i] = 5*math.Exp(-float64(i)/30) + rng.NormFloat64()
		}
		n := len(y) / 5
		batches := make([]float64, n)
		for k := range batches {
			batches[k] = stat.Mean(y[5*k:5*k+5], nil)
		}
		best, least := 0, math.Inf(1)
		for d := 0; d <= n/2; d++ {
			rest := batches[d:]
			mean := stat.Mean(rest, nil)
			squares := 0.0
			for _, b := range rest {
				squares += (b - mean) * (b - mean)
			}
			if v := squares / float64(len(rest)*len(rest)); v < least {
				best, least = d, v
			}
		}
		deleted, found := MSER5(y)
		assert.Equal(t, 5*best, deleted)
		assert.Equal(t, best < n/2, found)
	}
}

func TestMSER5AtTheEndsOfItsRange(t *testing.T) {
	deleted, found := MSER5(nil)
	assert.Zero(t, deleted)
	assert.False(t, found)

	constant := slices.Repeat([]float64{3}, 100)
	deleted, found = MSER5(constant)
	assert.Zero(t, deleted, "nothing need be deleted")
	assert.True(t, found)

	step := slices.Concat(slices.Repeat([]float64{0}, 40), slices.Repeat([]float64{1}, 160))
	deleted, found = MSER5(step)
	assert.Equal(t, 40, deleted)
	assert.True(t, found)

	trend := make([]float64, 200)
	for i := range trend {
		trend[i] = float64(i)
	}
	_, found = MSER5(trend)
	assert.False(t, found, "no end is seen")
}
