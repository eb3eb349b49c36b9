package words

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
)

// A title has no arrivals that a varied key changes: the base has those of the first value alone.
func TestATitleLeavesOutArrivalsThatVary(t *testing.T) {
	s, err := scenarios.Parse("two.yaml", "", []byte("functions:\n  a: {arrivals: poisson(rate=1/s), warm: constant(1s), startup: constant(1s), memory: 1GB}\n  b: {arrivals: poisson(rate=2/s), warm: constant(1s), startup: constant(1s), memory: 1GB}\nnodes: {}\ncontainer: {}\n"), nil)
	require.NoError(t, err)
	for _, key := range []string{"arrivals", "arrivals.rate", "workload", "workload.rate", "functions.a.arrivals", "functions.a.arrivals.rate"} {
		assert.Equal(t, "two", NameAndArrivals(s, "run.seed", key), key)
	}
	for _, key := range []string{"run.seed", "functions.arrivals.memory", "nodes.count"} {
		assert.Equal(t, "two · 2 functions, 3/s together", NameAndArrivals(s, key), key)
	}
	assert.Equal(t, "two · 2 functions, 3/s together", NameAndArrivals(s))
}
