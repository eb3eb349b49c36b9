package trust

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"faaslab/platform"
	"faaslab/validate"
	"faaslab/validate/model"
)

// The grid of Solve if its options give none, in steps of 1, 2 and 5. It covers the functions of
// the thesis (its table 4.1: cold service 2.7 to 197 times the warm one) at the rates of its
// experiments, and some decades around them.
var (
	// Loads are offered loads a = λE[S_w], in instances. The thesis has 0.013
	// (matmul at 1/s) to 17 (float at 11/s).
	Loads = []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30}
	// KeepAlives are keep-alives in mean times between arrivals, λτ.
	KeepAlives = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}
	// Ratios are ratios of the mean service times of a cold and a warm start, E[S_c]/E[S_w].
	Ratios = []float64{1, 2.7, 16, 50, 200}
)

// Work bounds the work on a point of the grid if the options do not: a fraction of a second.
const Work = 5e8

// Metrics are the metrics that Solve compares, in the order of tables. By Little's law, in
// each of the models, running is λ × response_time and running_cold is λ E[S_c] ×
// cold_start_probability: both metrics of a pair deviate alike.
var Metrics = []string{
	platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.WarmInstances,
	platform.Running, platform.RunningWarm, platform.RunningCold, platform.Idle, platform.Utilization,
}

// Variants are the models that Solve examines.
var Variants = []model.Variant{model.Original, model.Modified}

// Options select the points to compare. The zero value selects the whole grid.
type Options struct {
	Loads      []float64 // λE[S_w], ascending, > 0; nil: TrustLoads
	KeepAlives []float64 // λτ, ascending, > 0; nil: TrustKeepAlives
	Ratios     []float64 // E[S_c]/E[S_w], ascending, > 0; nil: TrustRatios
	// Work bounds the exact solution of one point, in the units of model.LevelCrossingWithin; 0:
	// TrustWork.
	Work float64
	// Workers is the number of columns of the grid computed at once; 0: one a core. It does not
	// change results.
	Workers int
	// Progress, if set, receives the fraction of the work done, from several goroutines.
	Progress func(done float64)
}

// A Map holds the error of both variants of the SMP over a grid.
type Map struct {
	Loads, KeepAlives, Ratios []float64
	// Points are ordered by ratio, then load, then keep-alive.
	Points []Point
}

// A Point is a pool without a cap, with exponential service.
type Point struct {
	Load      float64 // λE[S_w]
	KeepAlive float64 // λτ
	Ratio     float64 // E[S_c]/E[S_w]
	// Exact holds the metrics of the level-crossing model; the response time is in mean times
	// between arrivals. Nil: the point was left out, because its solution would exceed the bound on
	// work.
	Exact map[string]float64
	// Error is the estimated relative error of Exact.
	Error float64
	// Deviation holds (SMP − exact)/exact by variant and metric; nil with Exact.
	Deviation map[string]map[string]float64
}

// At returns a point by the indices of its ratio, load and keep-alive.
func (m *Map) At(ratio, load, keepAlive int) *Point {
	return &m.Points[(ratio*len(m.Loads)+load)*len(m.KeepAlives)+keepAlive]
}

// LeftOut returns the number of points without an exact solution.
func (m *Map) LeftOut() (n int) {
	for _, p := range m.Points {
		if p.Exact == nil {
			n++
		}
	}
	return n
}

// Error returns the largest estimated relative error of the exact solutions.
func (m *Map) Error() (largest float64) {
	for _, p := range m.Points {
		largest = max(largest, p.Error)
	}
	return largest
}

// Solve compares both variants of the SMP with the exact level-crossing model over a grid of pools:
// Poisson arrivals, exponential service, no cap.
//
// The arrival rate is 1/s, without loss of generality. With time in mean times between arrivals,
// λE[S_w], λτ and E[S_c]/E[S_w] determine a pool, and in every model its probabilities, its counts
// and its times in this unit. So no relative deviation depends on λ.
//
// The level-crossing model takes long if very many requests run cold at once: at short keep-alives
// with large loads and ratios. A point that would exceed the bound on work is left out, as are all
// shorter keep-alives of its load and ratio, which would take still more.
//
// Solve returns ctx's error if ctx ends first; any other error is a DomainError of the grid.
func Solve(ctx context.Context, o Options) (*Map, error) {
	m := &Map{Loads: o.Loads, KeepAlives: o.KeepAlives, Ratios: o.Ratios}
	for _, axis := range []struct {
		values  *[]float64
		instead []float64
	}{{&m.Loads, Loads}, {&m.KeepAlives, KeepAlives}, {&m.Ratios, Ratios}} {
		if *axis.values == nil {
			*axis.values = axis.instead
		}
		if !slices.IsSorted(*axis.values) {
			return nil, fmt.Errorf("validate: the grid of Trust must ascend, found %v", *axis.values)
		}
	}
	work := o.Work
	if work == 0 {
		work = Work
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	m.Points = make([]Point, len(m.Ratios)*len(m.Loads)*len(m.KeepAlives))

	// A column is a ratio and a load. The heavy columns come last on the grid and take longest, so
	// they begin first.
	columns := len(m.Ratios) * len(m.Loads)
	errs := make([]error, columns)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range min(workers, columns) {
		group.Go(func() {
			for {
				column := columns - int(next.Add(1))
				if column < 0 || ctx.Err() != nil {
					return
				}
				errs[column] = m.solveColumn(ctx, column/len(m.Loads), column%len(m.Loads), work, func() {
					if o.Progress != nil {
						o.Progress(float64(done.Add(1)) / float64(len(m.Points)))
					}
				})
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return m, nil
}

// solveColumn computes the points of one ratio and load, from the longest keep-alive down.
func (m *Map) solveColumn(ctx context.Context, ratio, load int, work float64, report func()) error {
	refused := false
	for k := len(m.KeepAlives) - 1; k >= 0 && ctx.Err() == nil; k-- {
		p := m.At(ratio, load, k)
		*p = Point{Load: m.Loads[load], KeepAlive: m.KeepAlives[k], Ratio: m.Ratios[ratio]}
		if !refused {
			err := p.solve(work)
			if refused = errors.As(err, new(*model.WorkError)); err != nil && !refused {
				return err
			}
		}
		report()
	}
	return nil
}

// pool returns the pool of a point with λ = 1/s.
func (p Point) pool() model.Pool {
	return model.Pool{ArrivalRate: 1, WarmService: p.Load, ColdService: p.Load * p.Ratio, KeepAlive: p.KeepAlive}
}

// solve computes the results of the point.
func (p *Point) solve(work float64) error {
	exact, err := validate.LevelCrossing(p.pool(), work)
	if err != nil {
		return err
	}
	deviation := map[string]map[string]float64{}
	for _, variant := range Variants {
		smp, err := model.SMP(p.pool(), variant)
		if err != nil {
			return err
		}
		deviation[variant.String()] = relativeTo(exact.Metrics, smp.Metrics())
	}
	p.Exact, p.Error, p.Deviation = map[string]float64{}, exact.Error, deviation
	for _, metric := range Metrics {
		p.Exact[metric] = exact.Metrics[metric]
	}
	return nil
}

// relativeTo returns (of − exact)/exact for every metric of Metrics.
func relativeTo(exact, of map[string]float64) map[string]float64 {
	deviation := map[string]float64{}
	for _, metric := range Metrics {
		deviation[metric] = of[metric]/exact[metric] - 1
	}
	return deviation
}
