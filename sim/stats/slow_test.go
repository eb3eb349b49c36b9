package stats

import "testing"

// slow skips a test that takes seconds under -short: with the race detector or the tag invariants
// the test would take minutes, and run no code that other tests do not.
func slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
}
