//go:build unix

package main

import (
	"os"
	"syscall"
)

// lockFile keeps other sweeps from writing the file until it is closed.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
