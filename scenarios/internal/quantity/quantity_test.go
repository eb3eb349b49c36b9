package quantity

import (
	"context"
	"math"
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
	values, err = Values(context.Background(), "1GB..2GB:4", true, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"1GB", "1365MB", "1707MB", "2GB"}, values, "whole MB")
	values, err = Values(context.Background(), "1MB..4MB:20", true, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"1MB", "2MB", "3MB", "4MB"}, values, "each once")
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

	r, err = ParseRange("cans", "128MB..1GB", true)
	require.NoError(t, err)
	for _, v := range r.Values() {
		assert.Equal(t, math.Round(1024*v), 1024*v)
	}
	middle, ok = r.Middle(130.0/1024, 133.0/1024, 1e-9)
	assert.True(t, ok)
	assert.Equal(t, "132MB", r.Text(middle))
	_, ok = r.Middle(130.0/1024, 131.0/1024, 1e-9)
	assert.False(t, ok, "nothing between whole MB")
	_, err = ParseRange("cans", "1.2GB..4GB", true)
	assert.ErrorContains(t, err, "want a whole number of MB")

	r, err = ParseRange("steep", "10m..2h", false)
	require.NoError(t, err)
	r = r.Minutes()
	for _, v := range r.Values() {
		assert.Equal(t, math.Round(v/60), v/60)
	}
	middle, ok = r.Middle(600, 720, 1e-9)
	assert.True(t, ok)
	assert.Equal(t, "11m", r.Text(middle))
	_, ok = r.Middle(600, 660, 1e-9)
	assert.False(t, ok, "nothing between whole minutes")
	r, err = ParseRange("steep", "90s..4m", false)
	require.NoError(t, err)
	r = r.Minutes()
	assert.Equal(t, []string{"90s", "2m", "3m", "4m"}, r.Scan(), "the ends as they were given")
}

// At and Share are inverse, the ends are as they were given, and values inside have the digits that were asked for.
func TestARangeHasAValueAtEveryShare(t *testing.T) {
	for _, c := range []struct {
		ends      string
		share     float64
		digits    int
		want      string
		wantWhole bool
	}{
		{"1.23456s..3s", 0, 2, "1.23456s", false}, {"1.23456s..3s", 1, 2, "3s", false}, {"1s..3s", 0.25, 4, "1.5s", false},
		{"1s..3s", 1. / 3, 4, "1.667s", false}, {"10s..10.3s", 1. / 3, 2, "10.1s", false}, {"1ms..1s", 1. / 3, 4, "10ms", false},
		{"1ms..1s", 0.5, 3, "31.6ms", false}, {"0..1", 0.123456, 2, "0.12", false}, {"10%..20%", 0.5, 3, "15%", false},
		{"1..500", 0.5, 4, "22", true}, {"3..9", 0.4, 1, "5", true}, {"1/s..5/s", 0.5, 4, "3/s", false},
	} {
		r, err := ParseRange("key", c.ends, c.wantWhole)
		require.NoError(t, err)
		value := r.At(c.share, c.digits)
		assert.Equal(t, c.want, r.Text(value), c.ends)
		assert.Equal(t, c.wantWhole, r.Whole())
		back, ok := r.Value(c.want)
		assert.True(t, ok, c.want)
		assert.InDelta(t, value, back, 1e-12)
		assert.InDelta(t, value, r.At(r.Share(value), 6), 1e-9, "the value at its own share is itself")
	}
	r, err := ParseRange("key", "1s..3s", false)
	require.NoError(t, err)
	for _, text := range []string{"0.9s", "3.1s", "2", "2/s", "often"} {
		_, ok := r.Value(text)
		assert.False(t, ok, text)
	}
}
