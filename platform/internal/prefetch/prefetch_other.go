//go:build !amd64 && !arm64

package prefetch

import "unsafe"

// Elsewhere, the memory is read.
//
//go:noinline
func line(p unsafe.Pointer) byte { return *(*byte)(p) }

//go:noinline
func pair(p unsafe.Pointer) byte { return *(*byte)(p) }
