package platform

// A ring is a double-ended queue that grows and never shrinks. The zero value
// is empty.
type ring[T any] struct {
	items []T // length 0 or a power of two
	head  uint
	tail  uint // items[head … tail-1], modulo the length, are in the queue
}

func (r *ring[T]) len() int { return int(r.tail - r.head) }

func (r *ring[T]) pushBack(item T) {
	if r.len() == len(r.items) {
		r.grow()
	}
	r.items[r.tail&uint(len(r.items)-1)] = item
	r.tail++
}

// front returns the item at the front of a queue that is not empty.
func (r *ring[T]) front() *T { return &r.items[r.head&uint(len(r.items)-1)] }

// at returns the i-th item from the front, 0 <= i < len.
func (r *ring[T]) at(i int) *T { return &r.items[(r.head+uint(i))&uint(len(r.items)-1)] }

func (r *ring[T]) popFront() T {
	item := *r.front()
	r.head++
	return item
}

func (r *ring[T]) popBack() T {
	r.tail--
	return r.items[r.tail&uint(len(r.items)-1)]
}

func (r *ring[T]) grow() {
	items := make([]T, max(8, 2*len(r.items)))
	n := 0
	for i := r.head; i != r.tail; i++ {
		items[n] = r.items[i&uint(len(r.items)-1)]
		n++
	}
	r.items, r.head, r.tail = items, 0, uint(n)
}
