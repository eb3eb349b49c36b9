package crew

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A Crew is a number of workers that simulations share: what has work takes the next worker
// that is free.
type Crew chan struct{}

// New returns a crew of so many workers; 0: one a core.
func New(workers int) Crew {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return make(Crew, workers)
}

// Each calls do(0) … do(n-1), in this order as workers become free, and returns when all
// have returned.
func (c Crew) Each(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, cap(c)) {
		group.Go(func() {
			for {
				c <- struct{}{}
				i := int(next.Add(1)) - 1
				if i < n {
					do(i)
				}
				<-c
				if i >= n {
					return
				}
			}
		})
	}
	group.Wait()
}
