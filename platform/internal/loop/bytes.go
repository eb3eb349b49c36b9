package loop

import "unsafe"

// FixedBytes is about what a platform takes besides its arrays that grow: blocks of random numbers, the calendar.
const FixedBytes = 16 << 10

func (l *Line[T]) Bytes() int64 { return BytesOf(l.items) }

// BytesOf is the memory of an array.
func BytesOf[T any](items []T) int64 {
	var item T
	return int64(cap(items)) * int64(unsafe.Sizeof(item))
}
