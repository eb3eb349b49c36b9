package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"faaslab/dist"
	"faaslab/scenarios/internal/crew"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/quantity"
)

// A Point is one simulated point of a sweep.
type Point struct {
	Result *Result // nil if Err is not
	Err    error   // why the point could not be simulated
}

// SimulateAll simulates scenarios, each as Simulate does, and returns their results in the same order.
// It stops at the first scenario that cannot be simulated and returns its error. Sweep is for many
// scenarios, whose results are not all kept.
func SimulateAll(ctx context.Context, all []Scenario, o Options) ([]*Result, error) {
	var results []*Result
	err := Sweep(ctx, len(all), func(i int) (Scenario, error) { return all[i], nil }, o,
		func(_ int, p Point) Point { return p },
		func(_ int, p Point) error {
			results = append(results, p.Result)
			return p.Err
		})
	if err != nil {
		return nil, err
	}
	return results, nil
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
				shares.Set(i, 1) // before the point is handed on, which finishes it
				o.crew.Each(1, func(int) {
					if err := crew.Guarded(func() error { s <- prepare(i, p); return nil }); err != nil {
						cancel(err)
					}
				})
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

// An Axis is a key and the values that it takes in a sweep, as texts of a scenario file.
type Axis struct {
	Key    string // a path, as an Override has it
	Values []string
}

// A PointsError says that a grid has more points than are accepted.
type PointsError = quantity.PointsError

// ParseAxes reads texts of the form key=values that a flag, such as --vary, was given. Values are
// separated by commas; each is a value of the key, or a range FROM..TO:N of N values at equal distances, or at
// equal ratios as FROM..TO:Nlog. The values inside a range have six significant digits, and are
// whole where the key takes whole numbers. The errors are returned together, but for two: a *PointsError where
// the grid would have more than most points, before its values are made, and the cause of ctx's end.
func ParseAxes(ctx context.Context, flag string, texts []string, most int) ([]Axis, error) {
	var all keyfile.Problems
	var axes []Axis
	varied := map[string]bool{}
	points := 1
	for _, text := range texts {
		at := keyfile.Place{Text: flag + " " + keyfile.Legible(text)}
		axis, err := parseAxis(ctx, text, most/points)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.As(err, new(*PointsError)):
			return nil, &PointsError{Most: most}
		case err == nil && varied[axis.Key]:
			err = fmt.Errorf("%s is varied twice", axis.Key)
		}
		if err != nil {
			all.Add(at, "%w", err)
			continue
		}
		varied[axis.Key] = true
		points *= len(axis.Values)
		axes = append(axes, axis)
	}
	return axes, all.Join()
}

// parseAxis reads one text; the error is a *PointsError where it has more than most values.
func parseAxis(ctx context.Context, text string, most int) (Axis, error) {
	path, values, ok := strings.Cut(text, "=")
	if path = strings.TrimSpace(path); !ok || path == "" {
		return Axis{}, errors.New("want key=values, such as container.keep_alive=1s..180s:20")
	}
	whole, err := varied(path)
	if err != nil {
		return Axis{}, err
	}
	axis := Axis{Key: path}
	seen := map[string]bool{}
	for _, item := range quantity.SplitList(values) {
		several, err := quantity.Values(ctx, item, whole, min(most, quantity.Most)-len(axis.Values))
		if errors.As(err, new(*PointsError)) && most > quantity.Most {
			err = fmt.Errorf("found more than %d values; want fewer", quantity.Most)
		}
		if err != nil {
			return Axis{}, err
		}
		for _, value := range several {
			if seen[value] {
				return Axis{}, fmt.Errorf("the value %s is there twice", keyfile.Quoted(value))
			}
			seen[value] = true
		}
		axis.Values = append(axis.Values, several...)
	}
	return axis, nil
}

// Number returns what a value counts: the seconds of a duration, the rate per second, the GB of a memory size, the fraction
// that a percentage is, or the number itself. It is false of what is no number, such as never or a distribution.
func Number(value string) (number float64, ok bool) { return quantity.Number(value) }

// varied reports whether the key at a path, or the parameter of a law, takes whole numbers, or memory sizes of whole MB; the error is of a path that
// values cannot be taken of.
func varied(path string) (whole bool, err error) {
	if k := table.Find(path); k != nil {
		return k.Integer || k.Whole, nil
	}
	if k, parameter := table.LawOf(path); k != nil {
		return dist.WholeParameter(parameter) || wholeArguments[parameter], nil
	}
	if names := table.NamesIn(path); names != nil && !slices.Contains(names, "*") {
		return false, fmt.Errorf("%s is a block; want one of its keys: %s", path, keyfile.List(names, "or"))
	}
	return false, table.Unknown(path)
}

// A Grid is the points of a sweep: every combination of its axes' values, those of the last
// axis changing fastest.
type Grid []Axis

// Len returns the number of points, at most math.MaxInt.
func (g Grid) Len() int {
	n := 1
	for _, a := range g {
		if n > math.MaxInt/max(1, len(a.Values)) {
			return math.MaxInt
		}
		n *= len(a.Values)
	}
	return n
}

// Point returns the overrides of point i, 0 <= i < Len(), in the order of the axes.
func (g Grid) Point(i int) []Override {
	overrides := make([]Override, len(g))
	for k, a := range slices.Backward(g) {
		overrides[k] = Override{Key: a.Key, Value: a.Values[i%len(a.Values)], Flag: "--vary"}
		i /= len(a.Values)
	}
	return overrides
}
