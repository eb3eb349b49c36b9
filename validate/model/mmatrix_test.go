package model

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// substochastic returns a random transient chain that ends from every state with probability end.
func substochastic(n int, end float64, seed uint64) square {
	r := rand.New(rand.NewPCG(seed, 0))
	t := newSquare(n)
	for i := range n {
		total := 0.0
		for j := range n {
			t.row(i)[j] = r.ExpFloat64()
			total += t.row(i)[j]
		}
		for j := range n {
			t.row(i)[j] *= (1 - end) / total
		}
	}
	return t
}

func constant(n int, x float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = x
	}
	return all
}

func TestExpectedVisitsAreTheInverse(t *testing.T) {
	for _, n := range []int{1, 2, 5, 30} {
		chain := substochastic(n, 0.2, uint64(n))
		a, inverse := mat.NewDense(n, n, nil), new(mat.Dense)
		for i := range n {
			for j := range n {
				a.Set(i, j, -chain.row(i)[j])
			}
			a.Set(i, i, 1+a.At(i, i))
		}
		require.NoError(t, inverse.Inverse(a))
		visits := expectedVisits(chain, constant(n, 0.2))
		for i := range n {
			assert.InDeltaSlice(t, inverse.RawRowView(i), visits.row(i), 1e-12)
		}
	}
}

// With an end of 1e-18 the matrix is singular in floating point, and visits still add up: each row
// times end must sum to 1.
func TestExpectedVisitsKeepTheirDigitsWhenTheChainHardlyEnds(t *testing.T) {
	const end = 1e-18
	visits := expectedVisits(substochastic(20, 0, 7), constant(20, end))
	for i := range 20 {
		total := 0.0
		for _, v := range visits.row(i) {
			total += v * end
		}
		assert.InDelta(t, 1, total, 1e-13)
	}
}

func TestStationaryDistributionStaysAsItIs(t *testing.T) {
	for _, n := range []int{1, 2, 30} {
		chain := substochastic(n, 0, uint64(n))
		next := make([]float64, n)
		pi := stationary(square{n, append([]float64(nil), chain.a...)})
		for i, p := range pi {
			addScaled(next, p, chain.row(i))
		}
		assert.InDeltaSlice(t, pi, next, 1e-15)
	}
	t.Run("states that are left for good have none", func(t *testing.T) {
		pi := stationary(square{3, []float64{1, 0, 0, 0.5, 0.5, 0, 0.1, 0.2, 0.7}})
		assert.Equal(t, []float64{1, 0, 0}, pi)
	})
}
