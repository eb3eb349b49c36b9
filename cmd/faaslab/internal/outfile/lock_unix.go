//go:build unix

package outfile

import (
	"os"
	"syscall"
)

// Lock keeps other sweeps from writing the file until it is closed.
func Lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
