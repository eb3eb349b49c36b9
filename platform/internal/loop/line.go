package loop

// A Line is a double-ended queue, in an array that grows and never shrinks. The zero value is empty.
type Line[T any] struct {
	items      []T
	head, tail int // items[head:tail] are in the queue
}

// Len returns the number of items.
func (l *Line[T]) Len() int { return l.tail - l.head }

// PushBack adds an item at the back.
func (l *Line[T]) PushBack(item T) {
	if l.tail >= len(l.items) {
		l.makeRoom()
	}
	l.items[l.tail] = item
	l.tail++
}

// Front returns the item at the front of a line that is not empty.
func (l *Line[T]) Front() *T { return &l.items[l.head] }

// At returns the i-th item from the front, 0 <= i < len.
func (l *Line[T]) At(i int) *T { return &l.items[l.head+i] }

// PopFront removes the item at the front of a line that is not empty.
func (l *Line[T]) PopFront() T {
	l.head++
	return l.items[l.head-1]
}

// PopBack removes the item at the back of a line that is not empty.
func (l *Line[T]) PopBack() T {
	l.tail--
	return l.items[l.tail]
}

// makeRoom moves the items to the beginning of the array, if they fill less than half of it, or to
// a larger array.
//
//go:noinline
func (l *Line[T]) makeRoom() {
	items := l.items
	if n := l.Len(); 2*n >= len(items) {
		items = make([]T, max(8, 2*len(items)))
	}
	l.tail = copy(items, l.items[l.head:l.tail])
	l.items, l.head = items, 0
}
