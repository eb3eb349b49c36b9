package scenarios

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever sends a scenario over a network learns nothing of the files of the machine: not what is
// in them, and not whether they exist.
func TestASealedScenarioReadsNoFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.csv")
	require.NoError(t, os.WriteFile(secret, []byte("root:x\n"), 0o600))
	whole := Sealed("request", []byte(smallest))
	_, err := whole.Scenario(nil)
	require.NoError(t, err)
	for _, file := range []string{secret, secret + ".missing"} {
		for _, o := range []Override{
			{Key: "arrivals", Value: "trace(" + file + ")"},
			{Key: "container.warm", Value: "empirical(" + file + ")"},
			{Key: "container.warm", Value: "shifted(1s, empirical(" + file + "))"},
		} {
			_, err := whole.Scenario([]Override{o})
			require.ErrorContains(t, err, "files are not read here", o.Value)
			assert.NotContains(t, err.Error(), "root")
			assert.NotContains(t, err.Error(), "no such")
		}
		_, err := Sealed("request", []byte("arrivals: trace("+file+")\nwasm: {}\n")).Scenario(nil)
		require.ErrorContains(t, err, "files are not read here")
	}
}

// A pool that grows beyond what is accepted here ends with an error, though nobody foresaw it.
func TestASimulationKeepsToItsBoundOfInstances(t *testing.T) {
	s := parse(t, "arrivals: batch(poisson(rate=1/s), size=1000)\ncontainer: {warm: constant(1s), cold: constant(2s), max_instances: unlimited}\nrun: {duration: 100h, warmup: 0s}")
	require.NoError(t, s.CheckSizeWithin(100_000))
	assert.ErrorContains(t, s.CheckSizeWithin(100), "more than the 100 that are accepted")
	_, err := Simulate(context.Background(), s, Options{MostLive: 100})
	assert.ErrorContains(t, err, "more than 100 instances and waiting requests would be alive at once")
}
