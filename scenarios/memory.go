package scenarios

import (
	"fmt"
	"sync/atomic"
)

// A Memory is a number of bytes that several simulations share. Its methods may be called at once.
type Memory struct {
	bytes int64
	left  atomic.Int64 // 0 <= left <= bytes
}

// NewMemory returns a memory of so many bytes.
func NewMemory(bytes int64) *Memory {
	m := &Memory{bytes: bytes}
	m.left.Store(bytes)
	return m
}

// Take takes so many bytes, and reports whether there were as many; else it takes none. To take less than 0 is to
// give back.
func (m *Memory) Take(bytes int64) bool {
	for {
		left := m.left.Load()
		if bytes > left {
			return false
		}
		if m.left.CompareAndSwap(left, left-bytes) {
			return true
		}
	}
}

// Give gives bytes back.
func (m *Memory) Give(bytes int64) { m.left.Add(bytes) }

// ParseMemory reads a memory size such as 512MB or 0.5GiB, in GB of 1024 MB.
func ParseMemory(text string) (gb float64, ok bool) { return parseMemory(text) }

// Left returns how many bytes are left.
func (m *Memory) Left() int64 { return m.left.Load() }

// ample reports whether more than half is left. Without a memory there is always more.
func (m *Memory) ample() bool { return m == nil || m.Left() > m.bytes/2 }

// A MemoryError says that simulations would need more memory than there is for them.
type MemoryError struct {
	Bytes int64 // that there are
}

// Error says how much there is.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("more than %d MB of memory would be needed: what is alive in all replications that are simulated at once, and what was observed in each; want fewer instances or a smaller run.replications", e.Bytes>>20)
}
