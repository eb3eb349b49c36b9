package model_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// The table of docs/level-crossing.md is what this package computes.
func TestThePageOnLevelCrossingShowsWhatIsComputed(t *testing.T) {
	page, err := os.ReadFile("../../docs/level-crossing.md")
	require.NoError(t, err)
	for _, keepAlive := range []float64{1, 3, 10, 60, 180} {
		p := float
		p.KeepAlive = keepAlive
		exact := crossing(t, p)
		original, err := model.SMP(p, model.Original)
		require.NoError(t, err)
		modified, err := model.SMP(p, model.Modified)
		require.NoError(t, err)
		row := fmt.Sprintf("| %v s | %.5f | %.5f | %.5f | %.3f | %.3f | %.3f |\n", keepAlive,
			exact.ColdStartProbability, original.ColdStartProbability, modified.ColdStartProbability,
			exact.Instances, original.Instances, modified.Instances)
		assert.True(t, strings.Contains(string(page), row), "the page should say\n%s", row)
	}
}
