package scenarios

import (
	"context"
	"sync"

	"faaslab/scenarios/internal/crew"
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
	o.crew = crew.New(o.Workers)
	window := cap(o.crew) + 1
	shares := crew.NewShares(n, o.Progress)

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
				own.Progress = func(done float64) { shares.Set(i, done) }
				p := Point{}
				p.Err = crew.Guarded(func() error {
					what, err := scenario(i)
					if err == nil {
						p.Result, err = Simulate(ctx, what, own)
					}
					return err
				})
				if ctx.Err() != nil {
					return // interrupted: the point is not what it would have been
				}
				o.crew.Each(1, func(int) {
					if err := crew.Guarded(func() error { s <- prepare(i, p); return nil }); err != nil {
						cancel(err)
					}
				})
				shares.Set(i, 1)
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
		shares.Finish(next)
		next++
	}
	if next < n {
		return context.Cause(ctx)
	}
	return nil
}
