package platform_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/platform"
)

// The metrics of both kinds of platform.
var (
	ContainerMetrics = platform.MetricsOf(platform.Pooled | platform.Releasing)
	WasmMetrics      = platform.MetricsOf(0)
)

func TestEachMetricOfTheCatalogueSaysAllOfItself(t *testing.T) {
	seen := map[string]bool{}
	places := map[int]string{}
	for _, m := range platform.Catalogue {
		assert.False(t, seen[m.Name], m.Name)
		seen[m.Name] = true
		assert.NotEmpty(t, m.Doc, m.Name)
		assert.NotEmpty(t, m.Axis(), m.Name)
		assert.NotEmpty(t, m.Unit.String(), m.Name)
		assert.True(t, (m.Of == nil) != (m.Cost == nil), "%s is computed in one way", m.Name)
		assert.Equal(t, m.States != nil, m.Counted != "", m.Name)
		if m.Place > 0 {
			assert.Empty(t, places[m.Place], m.Name)
			assert.True(t, m.Is(platform.PerSlot), m.Name)
			places[m.Place] = m.Name
		}
		found, ok := platform.Find(m.Name)
		assert.True(t, ok)
		assert.Equal(t, m.Doc, found.Doc)
	}
	for i := range len(places) {
		assert.NotEmpty(t, places[i+1], "place %d", i+1)
	}
	assert.Len(t, platform.MetricsOfSome(platform.Pooled, platform.Releasing|platform.Many|platform.Keeping|platform.Scaled), len(platform.Catalogue)-len(platform.Costs()))
	assert.Equal(t, []string{platform.ResponseTime, platform.WaitingTime}, platform.Limited())
	_, ok := platform.Find("none")
	assert.False(t, ok)
}
