package fit

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/dist"
)

// The exponential law of mean 2 has at 1, 2 and 4 the distribution function 0.393469, 0.632121 and
// 0.864665; that of the values 1, 2 and 4 steps from 0 over 1/3 and 2/3 to 1. The largest difference is just
// before 1.
func TestTheDistanceByHand(t *testing.T) {
	law := dist.Exponential{Mean: 2}
	assert.InDelta(t, 0.393469, distance([]float64{1, 2, 4}, law), 1e-6)
	assert.InDelta(t, 1-0.632121, distance([]float64{0, 1, 2}, law), 1e-6, "at the last")
	assert.InDelta(t, 2./3, distance([]float64{0, 0, 4}, law), 1e-6, "at a tie")
	assert.InDelta(t, 0.864665-1./3, distance([]float64{0, 4, 4.5}, law), 1e-6, "just before the second")
	assert.Zero(t, distance([]float64{3, 3}, dist.Constant{Value: 3}), "an atom")
	assert.InDelta(t, 0.5, distance([]float64{3, 4}, dist.Constant{Value: 3}), 1e-12)
}

// The distance is that of a plain comparison at every value.
func TestTheDistanceIsThatOfEveryValue(t *testing.T) {
	plain := func(values []float64, law dist.Distribution) (largest float64) {
		n := float64(len(values))
		for _, x := range values {
			below, upTo := 0.0, 0.0
			for _, other := range values {
				if other < x {
					below++
				}
				if other <= x {
					upTo++
				}
			}
			largest = max(largest, math.Abs(upTo/n-law.CDF(x)), math.Abs(below/n-law.CDF(math.Nextafter(x, -1))))
		}
		return largest
	}
	law, err := dist.Parse("mixture(0.9: exponential(mean=1s), 0.1: constant(2s))")
	assert.NoError(t, err)
	for seed := range uint64(50) {
		for _, digits := range []float64{1, 10, 1e9} { // many ties, some and none
			values := draw(law, 1+int(seed)*7, seed)
			for i, x := range values {
				values[i] = math.Round(x*digits) / digits
			}
			slices.Sort(values)
			for _, other := range []dist.Distribution{law, dist.Exponential{Mean: 1.1}, dist.Uniform{Min: 1, Max: 2}, dist.Constant{Value: 2}} {
				assert.InDelta(t, plain(values, other), distance(values, other), 1e-15)
			}
		}
	}
}
