//go:build !unix

package main

import "os"

// Lock does nothing where there are no advisory locks.
func lockFile(*os.File) error { return nil }
