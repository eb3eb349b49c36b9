package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/cmd/faaslab/internal/exit"
)

// An interrupted compilation of the simulator leaves nothing, and says so.
func TestAnInterruptedSiteWritesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out := filepath.Join(t.TempDir(), "lab")
	var stdout, stderr bytes.Buffer
	assert.Equal(t, exit.Interrupted, execute(ctx, []string{"faaslab", "site", "--out", out}, &stdout, &stderr))
	assert.Equal(t, "faaslab: interrupted: nothing was written\n", stderr.String())
	assert.NoDirExists(t, out)
}
