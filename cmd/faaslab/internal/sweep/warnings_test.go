package sweep

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

func TestEqualWarningsOfASweepAreOne(t *testing.T) {
	grid, err := scenarios.ParseAxes(t.Context(), "--vary", []string{"container.keep_alive=1s,2s,3s,4s"}, MostPoints)
	assert.NoError(t, err)
	s := Warnings{Grid: grid}
	for i, warnings := range [][]string{
		{"the precision of 1 % was not reached within run.max_requests=10: container idle ± 3 %", "container: nothing was observed that would give instance_lifetime"},
		{"the precision of 1 % was not reached within run.max_requests=10: container idle ± 2.5 %, wasm running ± 4 %", "container: nothing was observed that would give instance_lifetime"},
		{"wasm: nothing was observed that would give response_time"},
		{"not simulated: the container pool is overloaded; to simulate the transient, say for how long", "container: nothing was observed that would give instance_lifetime"},
	} {
		s.Add(&Point{Number: i, warnings: warnings})
	}
	var text bytes.Buffer
	s.Tell(&text)
	assert.Equal(t, `warning: in 2 of 4 points, such as container.keep_alive=1s: the precision of 1 % was not reached within run.max_requests=10: container idle ± 3 %
warning: in 3 of 4 points: container: nothing was observed that would give instance_lifetime
warning: container.keep_alive=3s: wasm: nothing was observed that would give response_time
warning: container.keep_alive=4s: not simulated: the container pool is overloaded; to simulate the transient, say for how long
`, text.String())
}

func TestWarningsFitATerminal(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	var text bytes.Buffer
	format.Warn(&text, "container: nothing was observed that would give response_time_warm, response_time_cold, utilization")
	format.Complain(&text, "faaslab: a\nb")
	assert.Equal(t, "warning: container: nothing was observed that would give response_time_warm,\n  response_time_cold, utilization\nfaaslab: a\nb\n", text.String())
}
