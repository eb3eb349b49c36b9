package pool

import (
	"faaslab/sim"
	"faaslab/sim/random"
)

// An idler is an idle instance, and the time since which it is idle.
type idler struct {
	since    sim.Time
	instance uint32
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
	prev, Next uint32
	place      uint32 // in array
}

const none = ^uint32(0)

func newIdleSet() idleSet { return idleSet{head: none, tail: none} }

func (s *idleSet) Len() int { return len(s.array) }

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
		s.links[s.tail].Next = i.instance
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
		s.head = l.Next
	} else {
		s.links[l.prev].Next = l.Next
	}
	if l.Next == none {
		s.tail = l.prev
	} else {
		s.links[l.Next].prev = l.prev
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
