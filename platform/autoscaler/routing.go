package autoscaler

// route returns the slot of the ready instance that serves the next request. One must have a free place.
func (f *Fleet) route() uint32 {
	switch f.routing {
	case First:
		return f.stands[f.open.first()]
	case RoundRobin:
		place := f.open.from(f.turn)
		f.turn = place + 1
		return f.stands[place]
	case TwoChoices:
		return f.better()
	case LeastLoaded:
		place, _ := f.loads.Best()
		return f.stands[place]
	default:
		return f.nth(f.generator.IntN(f.free))
	}
}

// better draws two instances, and returns the one with fewer requests or, if both have equally many,
// either.
func (f *Fleet) better() uint32 {
	if f.free == 1 {
		return f.stands[f.open.first()]
	}
	a, b := f.generator.IntN(f.free), f.generator.IntN(f.free-1)
	if b >= a {
		b++
	}
	one, other := f.nth(a), f.nth(b)
	x, y := f.instances[one].held, f.instances[other].held
	if x < y || x == y && f.generator.Uint64()>>63 == 0 {
		return one
	}
	return other
}

// nth returns the slot of the k-th instance with a free place, from 0.
func (f *Fleet) nth(k int) uint32 {
	if f.free == len(f.stands) { // all have one
		return f.stands[k]
	}
	return f.stands[f.open.nth(k)]
}
