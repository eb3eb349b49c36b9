package dist

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/random"
)

// What Sequential says is so: a block of 256 values, and the same values four at a time.
func TestSequentialLawsDoNotDependOnBlocks(t *testing.T) {
	for _, text := range append(Examples(false), "erlang(k=100, mean=1s)", "gamma(mean=1s, cv=3)", "shifted(1s, hyperexponential(mean=1s, cv=2))", "erlang(k=1, mean=1s)") {
		d, err := Parse(text)
		require.NoError(t, err)
		var whole, parts [blockSize]float64
		a, b := random.Stream(1, 0, random.Service), random.Stream(1, 0, random.Service)
		d.Fill(&a, whole[:])
		for i := 0; i < len(parts); i += 4 {
			d.Fill(&b, parts[i:i+4])
		}
		assert.Equal(t, whole == parts, Sequential(d), text)
	}
}

// The roundings of a Poisson process do not depend on how many gaps are asked for at a time.
func TestAPoissonPathDoesNotDependOnBlocks(t *testing.T) {
	const n = 10_000
	path := func(blocks ...int) (all []int64) {
		s, err := Poisson{1e6}.Start(random.Stream(1, 0, random.Arrivals))
		require.NoError(t, err)
		for i := 0; len(all) < n; i++ {
			gaps := make([]int64, blocks[i%len(blocks)])
			_, err := s.Fill(gaps, nil)
			require.NoError(t, err)
			all = append(all, gaps...)
		}
		return all[:n]
	}
	want := path(blockSize)
	for _, blocks := range [][]int{{1}, {4, 8, 16}, {7, 300}, {1000}} {
		assert.Equal(t, want, path(blocks...), blocks)
	}
}
