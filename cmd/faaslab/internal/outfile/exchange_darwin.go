package outfile

import "golang.org/x/sys/unix"

// exchange gives two directories each other's name, in one step. Not all file systems can.
func exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }
