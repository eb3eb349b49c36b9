package stats

import (
	"encoding"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// again writes an estimator and reads it back.
func again(t *testing.T, from encoding.BinaryMarshaler, to encoding.BinaryUnmarshaler) []byte {
	t.Helper()
	data, err := from.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, to.UnmarshalBinary(data))
	if len(data) > 0 {
		assert.Error(t, to.UnmarshalBinary(append(data, 0x80)), "something is left")
		require.NoError(t, to.UnmarshalBinary(data))
	}
	return data
}

func TestEstimatorsReadBack(t *testing.T) {
	var sum, sum2 Sum
	sum.AddTimes(1<<40, 1<<60)
	again(t, sum, &sum2)
	assert.Equal(t, sum, sum2)

	var h, h2, empty Histogram
	h.Limit(5, 1000)
	for i := range sim.Time(100_000) {
		h.Add(i * i)
	}
	h.AddTimes(200_000, 3)
	again(t, h, &h2)
	again(t, empty, &empty)
	assert.Equal(t, h.Count(), h2.Count())
	assert.Equal(t, h.Above(1000), h2.Above(1000))
	for _, p := range []float64{0, 0.1, 0.5, 0.99, 1} {
		a, w := h.Quantile(p)
		b, w2 := h2.Quantile(p)
		assert.Equal(t, [2]float64{a, w}, [2]float64{b, w2})
	}
	// A bin's counts are those of the whole, and no more.
	assert.Error(t, h2.UnmarshalBinary([]byte{1, 0, 5, 0, 3, 2}))
	assert.Error(t, h2.UnmarshalBinary([]byte{2, 0, 5, 0, 3, 1}))
	assert.Error(t, h2.UnmarshalBinary(nil))

	var i, i2 Integral
	i.Set(5, 3)
	i.Close(9)
	again(t, i, &i2)
	assert.Equal(t, i.Mean(), i2.Mean())
	i2.Join(i)
	assert.Equal(t, 2*i.Mean(), i2.Mean())

	s, s2 := NewTimeInState(2), NewTimeInState(0)
	s.Set(5, 3)
	s.Close(9)
	again(t, s, &s2)
	assert.Equal(t, s.Mean(), s2.Mean())
	assert.Equal(t, s.Total(), s2.Total())
	s2.Join(s.Reduced())
	assert.Equal(t, 2*s.Mean(), s2.Mean())
	assert.Panics(t, func() { s2.Join(s) })
}

func FuzzHistogramBytes(f *testing.F) {
	f.Add([]byte{1, 5, 5, 0, 5, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var h Histogram
		if h.UnmarshalBinary(data) == nil {
			h.Quantile(0.5)
		}
	})
}
