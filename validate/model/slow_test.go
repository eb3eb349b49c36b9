package model_test

import "testing"

// slow skips a test that takes seconds under -short.
func slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
}
