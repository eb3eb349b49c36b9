package quantity

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAQuantityIsKnownByItsText(t *testing.T) {
	for text, want := range map[string]Quantity{
		"90s": {90, Duration}, "1m30s": {90, Duration}, "3/s": {3, Rate}, "512MB": {0.5, Memory}, "1 %": {1, Percentage}, "1e-3": {0.001, Plain},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		assert.True(t, got.Kind.Same(text, got.Kind.Format(got.Value)), text)
	}
	for _, text := range []string{"", "never", "constant(1s)", "0x10", "1/2"} {
		_, ok := Number(text)
		assert.False(t, ok, text)
	}
	share, ok := Number("5%")
	assert.True(t, ok)
	assert.InDelta(t, 0.05, share, 1e-15)
}

func TestAListIsSplitOutsideOfParentheses(t *testing.T) {
	assert.Equal(t, []string{"a", "f(b, c)", "[d,e]"}, SplitList("a, f(b, c) ,[d,e]"))
}

func TestValuesKeepTheEndsAsTheyWereGiven(t *testing.T) {
	values, err := Values(context.Background(), "60s..5m:3", false, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"60s", "3m", "5m"}, values)
	values, err = Values(context.Background(), "1..4:20", true, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "2", "3", "4"}, values, "whole numbers, each once")
	_, err = Values(context.Background(), "1..4:20", false, 10)
	var tooMany *PointsError
	require.ErrorAs(t, err, &tooMany)
}

func TestARangeIsScannedAndHalved(t *testing.T) {
	r, err := ParseRange("cups", "1..60", true)
	require.NoError(t, err)
	scan := r.Values()
	assert.IsIncreasing(t, scan)
	assert.Equal(t, []float64{1, 60}, []float64{scan[0], scan[len(scan)-1]})
	middle, ok := r.Middle(10, 12, 0.01)
	assert.True(t, ok)
	assert.Equal(t, 11.0, middle)
	_, ok = r.Middle(10, 11, 0.01)
	assert.False(t, ok, "nothing between whole numbers")
	assert.Equal(t, "60", r.Text(60))
}
