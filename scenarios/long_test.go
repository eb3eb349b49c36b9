package scenarios

import (
	"os"
	"testing"
)

// Long skips a test that takes more than some seconds of CPU, unless LONG_TESTS=1 asks for all, as .ci/run does.
func Long(t *testing.T) {
	t.Helper()
	if os.Getenv("LONG_TESTS") == "" {
		t.Skip("takes long: LONG_TESTS=1 go test ./... runs it")
	}
}
