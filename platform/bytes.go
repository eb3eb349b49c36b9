package platform

import "unsafe"

// fixedBytes is about what a platform takes besides its arrays that grow: blocks of random numbers, the calendar.
const fixedBytes = 16 << 10

// Bytes is the memory of the pool, but for some kilobytes. Arrays never shrink, so it is that of the most that were
// alive at once.
func (p *Pool) Bytes() int64 {
	n := fixedBytes + p.engine.Bytes() + p.observed.Bytes() + p.idle.bytes() + p.waiting.bytes()
	n += bytesOf(p.created) + bytesOf(p.serials) + bytesOf(p.free) + bytesOf(p.set.links) + bytesOf(p.set.array)
	if p.stage != nil {
		n += p.stage.queue.bytes()
	}
	if p.shared != nil {
		n += p.shared.cores.done.Bytes() + p.shared.delays.Bytes() + bytesOf(p.shared.services)
	}
	return n
}

// Bytes is the memory of the platform, as that of a Pool.
func (e *Executors) Bytes() int64 {
	return fixedBytes + e.engine.Bytes() + e.observed.Bytes() + bytesOf(e.executors) + bytesOf(e.free) + e.waiting.bytes() + e.shared.done.Bytes()
}

// Bytes is the memory of the observations.
func (o *Observations) Bytes() int64 {
	return int64(unsafe.Sizeof(*o)) + o.Occupancy.Bytes() + o.Responses.Bytes() + o.Waits.Bytes()
}

func (l *line[T]) bytes() int64 { return bytesOf(l.items) }

// bytesOf is the memory of an array.
func bytesOf[T any](items []T) int64 {
	var item T
	return int64(cap(items)) * int64(unsafe.Sizeof(item))
}
