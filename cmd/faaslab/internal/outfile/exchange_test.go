//go:build linux

package outfile

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// At no moment is the directory missing: what is killed in the middle has replaced it, or has not.
func TestADirectoryIsReplacedInOneStep(t *testing.T) {
	parent := t.TempDir()
	if a, b := filepath.Join(parent, "a"), filepath.Join(parent, "b"); os.Mkdir(a, 0o755) != nil || os.Mkdir(b, 0o755) != nil || exchange(a, b) != nil {
		t.Skip("this file system exchanges no directories")
	}
	dir := filepath.Join(parent, "dir")
	require.NoError(t, written(t, dir, "main.yaml", "first", false))
	var end atomic.Bool
	missing := make(chan int)
	go func() {
		n := 0
		for !end.Load() {
			if _, err := os.Stat(filepath.Join(dir, "main.yaml")); err != nil {
				n++
			}
		}
		missing <- n
	}()
	for range 300 {
		require.NoError(t, written(t, dir, "main.yaml", "next", true))
	}
	end.Store(true)
	assert.Zero(t, <-missing)
}
