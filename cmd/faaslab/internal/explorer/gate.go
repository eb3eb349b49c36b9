package explorer

import (
	"context"
	"errors"
	"sync"
)

// mostWaiting is the largest number of simulations that wait for a core; further ones are turned
// away.
const mostWaiting = 32

// A gate lets as many simulations run as there are cores, and as many wait as its queue has places.
// A simulation that finds several cores free takes some of them for its replications.
type gate struct {
	mu      sync.Mutex
	free    int             // cores, >= 0; 0 while a simulation waits
	waiting []chan struct{} // first come, first served; each is closed with its core
	most    int             // len(waiting) <= most
}

func newGate(cores, most int) *gate { return &gate{free: cores, most: most} }

var errBusy = errors.New("too many simulations are waiting; try again in a few seconds")

// enter waits for a core and returns the number of cores taken, with the function that returns
// them. The error is errBusy, or the error of ctx.
func (g *gate) enter(ctx context.Context) (cores int, leave func(), err error) {
	g.mu.Lock()
	if g.free > 0 {
		// Half of the free cores: another simulation finds a core, too.
		cores = 1 + (g.free-1)/2
		g.free -= cores
		g.mu.Unlock()
		return cores, g.leaver(cores), nil
	}
	if len(g.waiting) >= g.most {
		g.mu.Unlock()
		return 0, nil, errBusy
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return 1, g.leaver(1), nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return 0, nil, context.Cause(ctx)
		}
	}
	g.giveBack(1) // a core was handed over at the same moment
	return 0, nil, context.Cause(ctx)
}

// crowded reports whether a simulation waits.
func (g *gate) crowded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting) > 0
}

func (g *gate) leaver(cores int) func() {
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.giveBack(cores)
	})
}

// giveBack hands cores to waiting simulations, one each. g.mu is held.
func (g *gate) giveBack(cores int) {
	for ; cores > 0 && len(g.waiting) > 0; cores-- {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
	}
	g.free += cores
}
