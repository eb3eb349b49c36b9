package chart

import "testing"

// slow skips a test that takes seconds, where -short asks for the fast ones alone: under the race detector or with the tag
// invariants it would take minutes, and see no code that the others do not.
func slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
}
