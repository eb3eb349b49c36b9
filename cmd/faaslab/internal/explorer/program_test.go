package explorer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

var directory string // for files that tests build

// program builds the command, once for all tests.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(directory, "faaslab")
	build := exec.Command("go", "build", "-buildvcs=false", "-pgo=off", "-ldflags=-s -w", "-o", path, "faaslab/cmd/faaslab")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func TestMain(m *testing.M) {
	_ = os.Unsetenv("COLUMNS") // outputs as in a file
	var err error
	if directory, err = os.MkdirTemp("", "faaslab"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(directory)
	os.Exit(code)
}

// stdoutOf returns the output of a command line. With -short, the test ends here: to link the command takes seconds.
func stdoutOf(t *testing.T, arguments ...string) string {
	t.Helper()
	tests.Slow(t)
	path, err := program()
	require.NoError(t, err)
	command := exec.Command(path, arguments...)
	var errOut bytes.Buffer
	command.Stderr = &errOut
	out, err := command.Output()
	require.NoError(t, err, errOut.String())
	return string(out)
}
