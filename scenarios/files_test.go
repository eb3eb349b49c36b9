package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
)

func TestFilesAreThoseThatNotationsName(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"arrivals, old.csv", "warm.csv", "cold.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("1\n2\n"), 0o600))
	}
	s, err := Parse("files.yaml", dir, []byte(`name: trace(no.csv)
description: as empirical(no.csv) says
arrivals: trace("arrivals, old.csv")
container:
  warm: "shifted(1s, empirical(warm.csv))"
  startup: "mixture(0.5: empirical(cold.csv), 0.5: empirical(warm.csv))"
wasm: {service: constant(1s), startup: empirical(cold.csv)}
`), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"arrivals, old.csv", "warm.csv", "cold.csv"}, s.Files())
	assert.Empty(t, Default().Files())
	assert.Empty(t, Scenario{}.Files())
}

// A built-in scenario is taken apart once, and what overrides make of it stays with each.
func TestScenariosOfABuiltInAreIndependent(t *testing.T) {
	a, err := Load("float", []Override{{Key: "container.keep_alive", Value: "1s"}})
	require.NoError(t, err)
	b := load(t, "float")
	assert.NotEqual(t, a.Container.KeepAlive, b.Container.KeepAlive)
	file := filepath.Join(t.TempDir(), "trace.csv")
	for _, rows := range []string{"1\n2\n", "1\n2\n3\n"} {
		require.NoError(t, os.WriteFile(file, []byte(rows), 0o600))
		s, err := Load("float", []Override{{Key: "arrivals", Value: "trace(" + file + ")"}})
		require.NoError(t, err)
		trace := s.Arrivals.(dist.Trace)
		assert.EqualValues(t, len(rows)/2, trace.Rows, "another reading sees the file anew")
	}
}
