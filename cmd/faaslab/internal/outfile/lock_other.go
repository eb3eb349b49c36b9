//go:build !unix

package outfile

import "os"

// Lock does nothing where there are no advisory locks.
func Lock(*os.File) error { return nil }
