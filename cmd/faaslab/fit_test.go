package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/sim/tests"
)

// An interrupted fit gives what it knows, whenever it was interrupted, and says so.
func TestAnInterruptedFitGivesWhatItKnows(t *testing.T) {
	tests.Slow(t)
	file := filepath.Join(t.TempDir(), "measured.csv")
	require.NoError(t, os.WriteFile(file, []byte("container.keep_alive,container.response_time\n10s,2\n60s,1.6\n"), 0o644))
	some := false
	for _, after := range []time.Duration{time.Millisecond, time.Second, 4 * time.Second} {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		var stdout, stderr bytes.Buffer
		code := execute(ctx, []string{"faaslab", "fit", "float", "--vary", "container.warm.mean=1s..3s", "--measured", file,
			"--set", "run.duration=30h", "--set", "run.warmup=1h"}, &stdout, &stderr)
		cancel()
		assert.Equal(t, exit.Interrupted, code, after)
		if stdout.Len() == 0 {
			assert.Contains(t, stderr.String(), "interrupted before any value was tried: there is nothing to show")
			continue
		}
		some = true
		assert.Contains(t, stdout.String(), "(interrupted: the best so far)")
		assert.Contains(t, stderr.String(), "interrupted: the results are of the values tried before")
	}
	assert.True(t, some)
}
