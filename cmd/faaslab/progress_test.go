package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProgramsReadTheProgressInLines(t *testing.T) {
	tell := func() string {
		var b bytes.Buffer
		p := newProgress(&b, "simulating")
		for _, done := range []float64{0, 0.0004, 0.25, 0.25, 0.2, 1} {
			p.set(done)
		}
		p.Finish()
		return b.String()
	}
	assert.Empty(t, tell())
	t.Setenv("FAASLAB_PROGRESS", "lines")
	assert.Equal(t, "progress 0.25\nprogress 1\n", tell())
}

func TestTheVersionSaysTheCommit(t *testing.T) {
	t.Cleanup(func() { commit, date = "", "" })
	commit, date = "0123456789abcdef0123", "2026-11-30T00:00:00Z"
	assert.Equal(t, " (commit 0123456789ab of 2026-11-30T00:00:00Z)", builtFrom())
}
