package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
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

func TestTheCostliestFunctionsAreThoseOfMostMemory(t *testing.T) {
	s, err := scenarios.Parse("many.yaml", "", []byte("workload: zipf(functions=40, rate=10/s, exponent=0, warm=constant(1s), memory=128MB)\nnodes: {memory: 4GB}\ncontainer: {startup: constant(1s)}\n"), nil)
	require.NoError(t, err)
	o := platform.Observations{Span: 100 * sim.Second}
	functions, _ := s.Many()
	for i := range functions {
		o.Functions.Memories = append(o.Functions.Memories, 128)
		c := platform.FunctionCounts{Arrivals: 1, Warm: 1}
		c.Running.Add(sim.Time(i*7%10) * sim.Second) // four functions of each of ten sizes
		o.Functions.Counts = append(o.Functions.Counts, c)
	}
	p := &scenarios.PlatformResult{Replications: []platform.Observations{o}}
	names := func(most int) (names []string) {
		rows, all := Costliest(s, p, most)
		assert.EqualValues(t, 40, all.Requests)
		for _, row := range rows {
			names = append(names, row.Name)
		}
		return names
	}
	// 7i mod 10 is 9 for i = 7, 17 …, 8 for i = 4, 14 …; functions count from 1.
	most := []string{"f8", "f18", "f28", "f38", "f5", "f15", "f25", "f35"}
	assert.Equal(t, most[:6], names(6))
	assert.Equal(t, most, names(8))
	assert.Len(t, names(40), 40)
	assert.Equal(t, names(40), names(100))
	assert.Equal(t, most[:1], names(1))
}
