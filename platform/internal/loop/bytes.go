package loop

import "unsafe"

// FixedBytes is roughly the memory of a platform without its growing arrays: blocks of random
// numbers, and the calendar.
const FixedBytes = 16 << 10

// Bytes returns the memory of the users' thinking, in bytes.
func (w *Workload) Bytes() int64 {
	if w.single == nil || w.single.users == nil {
		return 0
	}
	return w.single.users.ends.Bytes()
}

// Bytes returns the memory of the array, in bytes.
func (l *Line[T]) Bytes() int64 { return BytesOf(l.items) }

// BytesOf returns the memory of an array in bytes.
func BytesOf[T any](items []T) int64 {
	var item T
	return int64(cap(items)) * int64(unsafe.Sizeof(item))
}
