package scenarios

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
)

func TestTheLibraryHoldsTable41(t *testing.T) {
	// University of Waterloo thesis of 2024, table 4.1: mean response times in seconds.
	for name, means := range map[string]struct{ cold, warm, wasm float64 }{
		"aes":             {2.5849, 0.0259, 0.0308},
		"matmul":          {2.5625, 0.0130, 0.0359},
		"whatlang":        {2.5182, 0.0141, 0.0255},
		"image-thumbnail": {3.0567, 0.1903, 0.3703},
		"float":           {4.1202, 1.5288, 4.8760},
		"chameleon":       {3.5557, 0.0680, 0.1536},
	} {
		s, err := Load(name, nil)
		require.NoError(t, err)
		assert.Equal(t, dist.Poisson{PerSecond: 1}, s.Arrivals, name)
		assert.Equal(t, dist.Exponential{Mean: means.cold}, s.Container.Cold, name)
		assert.Equal(t, dist.Exponential{Mean: means.warm}, s.Container.Warm, name)
		assert.Equal(t, dist.Exponential{Mean: means.wasm}, s.Wasm.Service, name)
		assert.Equal(t, 60*sim.Second, s.Container.KeepAlive, name)
		assert.Equal(t, 110, s.Container.MaxInstances, name)
		source, err := Source(name)
		require.NoError(t, err)
		assert.Contains(t, string(source), "exponential service is our assumption", name)
	}
}

func TestTheLibraryIsInOrder(t *testing.T) {
	library := List()
	assert.Len(t, library, 16)
	for _, b := range library {
		s, err := Load(b.Name, nil)
		require.NoError(t, err)
		assert.Equal(t, b.Name, s.Name)
		assert.Equal(t, b.Description, s.Description)
		assert.NotEmpty(t, b.Description)
		assert.LessOrEqual(t, len(b.Description), 80, "%s: a list has lines", b.Name)
		assert.NoError(t, s.CheckSteadyState())
		assert.NoError(t, s.CheckSize())

		source, err := Source(b.Name)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(source), "# "), "%s: a comment says what to look at", b.Name)
		for line := range strings.Lines(string(source)) {
			assert.LessOrEqual(t, len([]rune(line)), 90, "%s: %s", b.Name, line)
		}
	}
}

func TestNoNameIsTheDefault(t *testing.T) {
	s, err := Load("", nil)
	require.NoError(t, err)
	assert.Equal(t, DefaultName, s.Name)
}
