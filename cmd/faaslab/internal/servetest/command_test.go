package servetest

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

// program is the command, built for these tests; "" with -short, which skips them all.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	_ = os.Unsetenv("COLUMNS") // outputs as in a file
	os.Exit(func() int {
		if testing.Short() {
			return m.Run()
		}
		folder, err := os.MkdirTemp("", "faaslab-servetest")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		program = filepath.Join(folder, "faaslab")
		// Without the profile, so that it has the packages that the tests are built with.
		if out, err := exec.Command("go", "build", "-buildvcs=false", "-pgo=off", "-ldflags=-s -w", "-o", program, "faaslab/cmd/faaslab").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the command: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// startServer starts faaslab serve and returns the address that it prints. The server is stopped
// gracefully with the test.
func startServer(t *testing.T, arguments ...string) (*exec.Cmd, string) {
	t.Helper()
	tests.Slow(t)
	server := exec.Command(program, append([]string{"serve"}, arguments...)...)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		if server.ProcessState == nil {
			server.Process.Signal(syscall.SIGTERM)
			assert.NoError(t, server.Wait(), "the server stops well")
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return server, strings.TrimSpace(line)
}
