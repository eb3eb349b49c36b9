package scenarios

import (
	"context"
	"sync"
)

// A Point is one simulated point of a sweep.
type Point struct {
	Result *Result // nil if Err is not
	Err    error   // why the point could not be simulated
}

// Sweep simulates n scenarios, each as Simulate does. All their replications share the workers, so
// that none is idle while there is work. For each point, in their order, it calls done with what
// prepare made of the point; prepare runs beside the simulation of other points. It stops at an
// error of done, which it returns, at a panic of prepare, as a *PanicError, and when ctx ends, with
// its error; points of which done has not been told are then lost, at most two more than there are
// workers. Progress is told of the points, as a fraction of n.
func Sweep[T any](ctx context.Context, n int, scenario func(i int) (Scenario, error), o Options,
	prepare func(i int, p Point) T, done func(i int, prepared T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() { cancel(nil) }
	defer stop()
	o.crew = newCrew(o.Workers)
	window := cap(o.crew) + 1
	shares := newShares(n, o.Progress)

	type slot chan T
	slots := make(chan slot, window-1) // in the order of the points
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	group.Go(func() {
		defer close(slots)
		for i := range n {
			s := make(slot, 1)
			select {
			case slots <- s:
			case <-ctx.Done():
				return
			}
			group.Go(func() {
				defer close(s)
				own := o
				own.Progress = func(done float64) { shares.set(i, done) }
				p := Point{}
				p.Err = guarded(func() error {
					what, err := scenario(i)
					if err == nil {
						p.Result, err = Simulate(ctx, what, own)
					}
					return err
				})
				if ctx.Err() != nil {
					return // interrupted: the point is not what it would have been
				}
				o.crew.each(1, func(int) {
					if err := guarded(func() error { s <- prepare(i, p); return nil }); err != nil {
						cancel(err)
					}
				})
				shares.set(i, 1)
			})
		}
	})
	next := 0
	for s := range slots {
		prepared, ok := <-s
		if !ok {
			break
		}
		if err := done(next, prepared); err != nil {
			return err
		}
		shares.finish(next)
		next++
	}
	if next < n {
		return context.Cause(ctx)
	}
	return nil
}

// shares adds up how much of each point is done.
type shares struct {
	tell func(float64)
	n    int

	mu       sync.Mutex
	finished int
	parts    map[int]float64
}

func newShares(n int, tell func(float64)) *shares {
	return &shares{tell: tell, n: n, parts: map[int]float64{}}
}

func (s *shares) set(i int, done float64) {
	if s.tell == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[i] = done
	s.report()
}

func (s *shares) finish(i int) {
	if s.tell == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.parts, i)
	s.finished++
	s.report()
}

func (s *shares) report() {
	total := float64(s.finished)
	for _, part := range s.parts {
		total += part
	}
	s.tell(total / float64(s.n))
}
