package thesis

import (
	"os"
	"testing"
)

// slow skips a test that takes seconds under -short: with the race detector or the tag invariants
// the test would take minutes, and run no code that other tests do not.
func slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
}

// long skips a test that takes more than some seconds of CPU, unless LONG_TESTS=1 asks for all, as .ci/run long does.
func long(t testing.TB) {
	t.Helper()
	slow(t)
	if os.Getenv("LONG_TESTS") == "" {
		t.Skip("takes long: LONG_TESTS=1 go test ./... runs it")
	}
}
