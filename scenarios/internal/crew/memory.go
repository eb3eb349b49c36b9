package crew

import "sync/atomic"

// A Memory is a number of bytes that several simulations share. Its methods may be called at once.
type Memory struct {
	Size int64        // in bytes
	left atomic.Int64 // 0 <= left <= Size
}

// NewMemory returns a memory of so many bytes.
func NewMemory(bytes int64) *Memory {
	m := &Memory{Size: bytes}
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

// Left returns how many bytes are left.
func (m *Memory) Left() int64 { return m.left.Load() }

// Ample reports whether more than half is left. Without a memory there is always more.
func (m *Memory) Ample() bool { return m == nil || m.Left() > m.Size/2 }
