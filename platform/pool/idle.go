package pool

import (
	"iter"

	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// An idler is an idle instance, and the time since which it is idle.
type idler struct {
	since    sim.Time
	instance uint32
}

// idlers are the idle instances of a pool, with the routing that says which of them serves next. In the
// order in which they became idle, the first is the next to expire.
type idlers struct {
	routing Routing
	// MRU and LRU keep them in a line, in the order in which they became idle; the others in a set.
	ordered   bool
	line      loop.Line[idler]
	set       idleSet
	generator random.Generator // of Random
}

func newIdlers(routing Routing, generator random.Generator) idlers {
	return idlers{routing: routing, ordered: routing == MRU || routing == LRU, set: newIdleSet(), generator: generator}
}

func (s *idlers) len() int {
	if s.ordered {
		return s.line.Len()
	}
	return s.set.len()
}

// put adds an instance that becomes idle now, not before any other did. It is kept out of line so that
// what it calls is inlined into it.
//
//go:noinline
func (s *idlers) put(i idler) {
	if s.ordered {
		s.line.PushBack(i)
	} else {
		s.set.push(i)
	}
}

// take removes the instance that serves next; there is one.
func (s *idlers) take() uint32 {
	switch s.routing {
	case MRU:
		return s.line.PopBack().instance
	case LRU:
		return s.line.PopFront().instance
	case Newest:
		return s.set.takeNewest()
	default:
		return s.set.takeAny(&s.generator)
	}
}

// peek returns the instance that take would remove; there is one.
func (s *idlers) peek() uint32 {
	switch s.routing {
	case MRU:
		return s.line.At(s.line.Len() - 1).instance
	case LRU:
		return s.line.Front().instance
	case Newest:
		return s.set.array[0]
	default:
		copied := s.generator // it draws the same number
		return s.set.array[copied.IntN(len(s.set.array))]
	}
}

// oldest returns the instance that has been idle longest; there is one.
func (s *idlers) oldest() idler {
	if s.ordered {
		return *s.line.Front()
	}
	return s.set.oldest()
}

// takeOldest removes the instance that has been idle longest; there is one.
func (s *idlers) takeOldest() uint32 {
	if s.ordered {
		return s.line.PopFront().instance
	}
	return s.set.remove(s.set.head)
}

// all yields the instances in the order in which they became idle.
func (s *idlers) all() iter.Seq[idler] {
	return func(yield func(idler) bool) {
		if s.ordered {
			for i := range s.line.Len() {
				if !yield(*s.line.At(i)) {
					return
				}
			}
			return
		}
		for i := s.set.head; i != none; i = s.set.links[i].next {
			if !yield(idler{s.set.links[i].since, i}) {
				return
			}
		}
	}
}

// bytes is the memory of the arrays.
func (s *idlers) bytes() int64 {
	return s.line.Bytes() + loop.BytesOf(s.set.links) + loop.BytesOf(s.set.array)
}

// idleSet holds the idle instances for the routings that serve neither the first nor the last
// instance to become idle, in two orders: a list by the time they became idle, whose head expires
// next, and an array to choose from. For Newest the array is a heap with the largest serial number
// on top; for Random it has no order. Every operation takes O(log n) at most.
type idleSet struct {
	links []link   // by instance
	array []uint32 // instances
	head  uint32   // the instance idle longest; none if empty
	tail  uint32
	// serials, by instance, for Newest; nil for Random.
	serials *[]int64
}

type link struct {
	since      sim.Time
	prev, next uint32
	place      uint32 // in array
}

const none = ^uint32(0)

func newIdleSet() idleSet { return idleSet{head: none, tail: none} }

func (s *idleSet) len() int { return len(s.array) }

// oldest returns the instance that has been idle longest; the set is not empty.
func (s *idleSet) oldest() idler { return idler{s.links[s.head].since, s.head} }

// push adds an instance that becomes idle now; no instance became idle later.
func (s *idleSet) push(i idler) {
	for uint32(len(s.links)) <= i.instance {
		s.links = append(s.links, link{})
	}
	s.links[i.instance] = link{i.since, s.tail, none, uint32(len(s.array))}
	if s.tail == none {
		s.head = i.instance
	} else {
		s.links[s.tail].next = i.instance
	}
	s.tail = i.instance
	s.array = append(s.array, i.instance)
	if s.serials != nil {
		s.up(len(s.array) - 1)
	}
}

// takeNewest removes and returns the idle instance created last.
func (s *idleSet) takeNewest() uint32 { return s.remove(s.array[0]) }

// takeAny removes and returns an idle instance, each with the same probability.
func (s *idleSet) takeAny(g *random.Generator) uint32 {
	return s.remove(s.array[g.IntN(len(s.array))])
}

// remove takes an instance out of both orders.
func (s *idleSet) remove(instance uint32) uint32 {
	l := s.links[instance]
	if l.prev == none {
		s.head = l.next
	} else {
		s.links[l.prev].next = l.next
	}
	if l.next == none {
		s.tail = l.prev
	} else {
		s.links[l.next].prev = l.prev
	}
	last := len(s.array) - 1
	moved := s.array[last]
	s.array = s.array[:last]
	if moved != instance {
		s.put(int(l.place), moved)
		if s.serials != nil {
			s.up(int(l.place))
			s.down(int(s.links[moved].place))
		}
	}
	return instance
}

func (s *idleSet) put(place int, instance uint32) {
	s.array[place] = instance
	s.links[instance].place = uint32(place)
}

// up and down restore the heap around one place.
func (s *idleSet) up(place int) {
	serials := *s.serials
	instance := s.array[place]
	for place > 0 {
		parent := (place - 1) / 2
		if serials[s.array[parent]] > serials[instance] {
			break
		}
		s.put(place, s.array[parent])
		place = parent
	}
	s.put(place, instance)
}

func (s *idleSet) down(place int) {
	serials := *s.serials
	instance := s.array[place]
	for {
		child := 2*place + 1
		if child >= len(s.array) {
			break
		}
		if child+1 < len(s.array) && serials[s.array[child+1]] > serials[s.array[child]] {
			child++
		}
		if serials[instance] > serials[s.array[child]] {
			break
		}
		s.put(place, s.array[child])
		place = child
	}
	s.put(place, instance)
}
