package platform

// A line is a double-ended queue, in an array that grows and never shrinks. The zero value is empty.
type line[T any] struct {
	items      []T
	head, tail int // items[head:tail] are in the queue
}

func (l *line[T]) len() int { return l.tail - l.head }

func (l *line[T]) pushBack(item T) {
	if l.tail >= len(l.items) {
		l.makeRoom()
	}
	l.items[l.tail] = item
	l.tail++
}

// front returns the item at the front of a line that is not empty.
func (l *line[T]) front() *T { return &l.items[l.head] }

// at returns the i-th item from the front, 0 <= i < len.
func (l *line[T]) at(i int) *T { return &l.items[l.head+i] }

func (l *line[T]) popFront() T {
	l.head++
	return l.items[l.head-1]
}

func (l *line[T]) popBack() T {
	l.tail--
	return l.items[l.tail]
}

// makeRoom moves the items to the beginning of the array, if that makes room for as many, or to a larger one.
//
//go:noinline
func (l *line[T]) makeRoom() {
	items := l.items
	if n := l.len(); 2*n >= len(items) {
		items = make([]T, max(8, 2*len(items)))
	}
	l.tail = copy(items, l.items[l.head:l.tail])
	l.items, l.head = items, 0
}
