package dist

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process that wraps another changes with time as the other does: every pair of a wrapping and a
// wrapped process in the notation.
func TestWhatWrapsArrivalsPassesOnTheirPattern(t *testing.T) {
	const inner = "poisson(rate=1/s)"
	patterns := map[string]Pattern{
		"mmpp":  {Memory: 65},
		"daily": {Period: 86_400},
		"steps": {LastChange: 300},
	}
	pairs := 0
	for _, of := range processLaws {
		if of.name == "trace" {
			continue // its file need not exist, and its pattern is unknown
		}
		plain, err := ParseArrivals(of.example)
		require.NoError(t, err)
		assert.Equal(t, patterns[of.name], plain.Pattern(), "%s: want its pattern here, if it has one", of.name)
		for _, wrapper := range processLaws {
			if !slices.ContainsFunc(wrapper.parameters, func(p parameter) bool { return p.kind == process }) {
				continue
			}
			require.Contains(t, wrapper.example, inner, "the test puts other processes in its place")
			wrapped, err := ParseArrivals(strings.Replace(wrapper.example, inner, of.example, 1))
			require.NoError(t, err)
			assert.Equal(t, plain.Pattern(), wrapped.Pattern(), "%s", wrapped)
			pairs++
		}
	}
	assert.GreaterOrEqual(t, pairs, 7)
	assert.Equal(t, Pattern{}, Trace{}.Pattern())
}
