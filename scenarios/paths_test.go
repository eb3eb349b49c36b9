package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/scenarios"
)

func TestKeysAndTheirParameters(t *testing.T) {
	for path, want := range map[string]bool{
		"container.keep_alive": true, "arrivals": true, "arrivals.rate": true, "container.warm.mean": true, "run.seed": true,
		"container": false, "": false, "container.keepalive": false, "response_time": false, "container.max_instances.mean": false,
		"container.keep_alive.range": true, "functions.checkout.warm": true, "functions.checkout.arrivals.rate": true, "functions.checkout": false, "functions.*.warm": false, "functions.a b.warm": false,
	} {
		assert.Equal(t, want, scenarios.IsKey(path), path)
	}
	for _, path := range scenarios.Keys() {
		assert.True(t, scenarios.IsKey(path), path)
	}
	assert.Contains(t, scenarios.Keys(), "wasm.cores")
}
