// Package tests says which tests of the project run when: by default all but those that take long, with -short the fast ones alone.
package tests

import (
	"os"
	"testing"
)

// Slow skips a test that takes seconds, where -short asks for the fast ones alone: under the race detector or with the tag
// invariants it would take minutes, and see no code that the others do not.
func Slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
}

// Long skips a test that takes more than some seconds of CPU, unless LONG_TESTS=1 asks for all, as .ci/run long does.
func Long(t testing.TB) {
	t.Helper()
	Slow(t)
	if os.Getenv("LONG_TESTS") == "" {
		t.Skip("takes long: LONG_TESTS=1 go test ./... runs it")
	}
}
