package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

func TestThePictureOfPapersHasALinePerPolicy(t *testing.T) {
	point := func(cold, wasted float64, values ...string) ChartPoint {
		return ChartPoint{Values: values, Platforms: map[string]ChartPlatform{scenarios.ContainerPlatform: {Metrics: map[string]stats.Estimate{
			platform.ColdStartFractionP75: {Mean: cold, HalfWidth: 0.01}, platform.WastedMemory: {Mean: wasted, HalfWidth: 2}}}}}
	}
	panel, ok := trade([]string{"container.keep_alive"}, []ChartPoint{
		point(0.9, 1, "1m"), point(0.5, 10, "10m"), point(0.2, 9, "histogram(range=1h)"), point(0.1, 11, "histogram(range=4h)"), point(0.05, 30, "never")}, []string{""})
	require.True(t, ok)
	require.Len(t, panel.Series, 2, "a line for fixed keep-alives, one for the histograms")
	assert.Equal(t, []string{"1m", "10m", "never"}, panel.Series[0].Texts)
	assert.Equal(t, []float64{0.9, 0.5, 0.05}, panel.Series[0].X)
	assert.Equal(t, []float64{9, 11}, panel.Series[1].Y)
	assert.Equal(t, []float64{0.01, 0.01}, panel.Series[1].Across)
	assert.Equal(t, []int{1, 5}, []int{panel.Series[0].Group, panel.Series[1].Group}, "a colour for each")
	assert.Equal(t, []string{"containers, fixed", "containers, histogram"}, []string{panel.Series[0].Name, panel.Series[1].Name})

	keys := []string{"nodes.memory", "container.evict"}
	panel, _ = trade(keys, []ChartPoint{point(0.9, 1, "1GB", "lru"), point(0.5, 10, "2GB", "lru"), point(0.8, 1, "1GB", "greedy-dual")},
		[]string{groupOf(keys, []string{"1GB", "lru"}), groupOf(keys, []string{"1GB", "greedy-dual"})})
	require.Len(t, panel.Series, 2)
	assert.Equal(t, 1, panel.Series[0].Group)
	assert.Equal(t, 2, panel.Series[1].Group, "its colour is that of its eviction")

	_, ok = trade(keys, []ChartPoint{{Values: []string{"1GB", "lru"}, Platforms: map[string]ChartPlatform{}}}, nil)
	assert.False(t, ok, "a scenario of one function has no such picture")
}

func TestADistributionOverManyFunctionsHasAtMost200Points(t *testing.T) {
	var values []float64
	for i := range 5000 {
		values = append(values, float64(min(i, 4000))/4000) // a fifth is always cold
	}
	points := distribution(values)
	require.LessOrEqual(t, len(points), 200)
	assert.Greater(t, len(points), 150)
	assert.Equal(t, [2]float64{1, 1}, points[len(points)-1])
	for i, p := range points {
		if i > 0 {
			require.Greater(t, p[0], points[i-1][0])
			require.Greater(t, p[1], points[i-1][1])
		}
		assert.InDelta(t, p[1], min(p[0]*0.8+0.2*float64(int(p[0])), 1), 1.1/5000, "the point is on the curve")
	}
	assert.Equal(t, [][2]float64{{0, 0.5}, {1, 1}}, distribution([]float64{0, 1}))

	line := ColdCurve{{0.25, 0.5}, {1, 1}}.series(chart.Series{})
	assert.Equal(t, []float64{0, 0.25, 0.25, 1, 1, 1}, line.X)
	assert.Equal(t, []float64{0, 0, 0.5, 0.5, 1, 1}, line.Y, "steps")
}
