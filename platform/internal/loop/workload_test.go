package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// Service times drawn in one pass are those of Fill, rounded, and leave the generator where Fill does.
func TestExponentialTimesAreRoundedDraws(t *testing.T) {
	for _, mean := range []float64{1e-9, 1e-3, 1.5288, 1e5, 99_999_999, 1e8, 1e300} {
		law := dist.Exponential{Mean: mean}
		seconds, times := make([]float64, 5000), make([]int64, 5000)
		a, b := random.Stream(1, 0, random.Service), random.Stream(1, 0, random.Service)
		FillTimes(law, &a, make([]float64, 5000), times)
		law.Fill(&b, seconds)
		for i, s := range seconds {
			require.Equal(t, sim.FromSeconds(s), sim.Time(times[i]), "mean %v", mean)
		}
		require.Equal(t, b, a)
	}
	require.Panics(t, func() {
		g := random.Stream(1, 0, random.Service)
		FillTimes(dist.Exponential{}, &g, make([]float64, 1), make([]int64, 1))
	})
}

// Requests are numbered through, from block to block, so that none has the draws of another.
func TestRequestsAreNumberedThrough(t *testing.T) {
	w, err := NewWorkload(dist.Poisson{PerSecond: 1}, dist.Exponential{Mean: 1}, 1, 0)
	require.NoError(t, err)
	for i := range uint64(3*BlockSize + 5) {
		require.Equal(t, i, w.ID().Number())
		require.Equal(t, i, w.Next().Number())
	}
}
