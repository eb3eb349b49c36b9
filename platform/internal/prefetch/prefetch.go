// Package prefetch asks the processor for memory that will be needed, so that it is in the cache by
// then. Nothing waits for it and nothing changes. It pays where a loop knows its next accesses to
// more memory than the cache holds: to read the memory early would do the same, but the processor
// executes only a few hundred instructions beyond a read that it waits for.
package prefetch

import "unsafe"

// Line asks for the line of 64 bytes in which a value begins.
func Line[T any](p *T) { line(unsafe.Pointer(p)) }

// Pair asks for the line in which a value begins, and for the next one.
func Pair[T any](p *T) { pair(unsafe.Pointer(p)) }
