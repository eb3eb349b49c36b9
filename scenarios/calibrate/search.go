package calibrate

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// error returns the error at a point; NaN after an error of the search.
func (s *search) error(shares ...float64) float64 {
	if trials := s.try(shares); trials != nil {
		return trials[0].error()
	}
	return math.NaN()
}

// narrowest is the share of a range at which golden sections end.
const narrowest = 1e-3

// bracket narrows the best value of one key down from where the coarse grid had it: first it finds neighbours
// with larger errors, then it divides the way between them by golden sections (Kiefer, "Sequential minimax
// search for a maximum", Proceedings of the AMS 1953).
func (s *search) bracket(at float64) {
	step := s.step()
	low, high := max(0, at-step), min(1, at+step)
	for s.error(low) < s.error(at) {
		at, low, high = low, max(0, low-step), at
	}
	for s.error(high) < s.error(at) {
		at, low, high = high, at, min(1, high+step)
	}
	golden := (math.Sqrt(5) - 1) / 2
	left, right := high-golden*(high-low), low+golden*(high-low)
	for high-low > narrowest && s.err == nil {
		if s.error(left) <= s.error(right) {
			high, right = right, left
			left = high - golden*(high-low)
		} else {
			low, left = left, right
			right = low + golden*(high-low)
		}
	}
}

// compassSteps are the sizes of the steps of a compass search, as shares of those of the grid.
var compassSteps = []float64{1. / 2, 1. / 8, 1. / 32}

// compass goes from the best point in smaller and smaller steps along each key, and along each two at once,
// to any that is better: what a simplex leaves where the ground is rough, or of whole numbers.
func (s *search) compass() {
	for _, size := range compassSteps {
		for moved := true; moved && s.err == nil; {
			best := s.best()
			s.try(s.around(s.shares(best), size*s.step())...)
			moved = s.best() != best
		}
	}
}

// around returns the points a step away from one: along a key either way, and along two.
func (s *search) around(at []float64, step float64) (points [][]float64) {
	for k := range at {
		for _, by := range []float64{-step, step} {
			one := s.moved(at, k, by)
			points = append(points, one)
			for other := range k {
				points = append(points, s.moved(one, other, -step), s.moved(one, other, step))
			}
		}
	}
	return points
}

// moved returns a point moved along a key, by at least one if the key takes whole numbers.
func (s *search) moved(at []float64, k int, by float64) []float64 {
	moved := append([]float64{}, at...)
	moved[k] = min(max(at[k]+by, 0), 1)
	if r := s.Ranges[k]; r.Whole() && r.At(moved[k], s.Digits) == r.At(at[k], s.Digits) {
		moved[k] = min(max(r.Share(r.At(at[k], s.Digits)+math.Copysign(1, by)), 0), 1)
	}
	return moved
}

const (
	// level is the difference of errors below which a simplex is at the end.
	level = 1e-4
	// mostSteps is how many candidates a simplex tries for each key at most.
	mostSteps = 40
)

// simplex narrows the best values of several keys down from where the coarse grid had them. Beyond the ranges the
// error is that of the nearest values in them, and more.
func (s *search) simplex(at []float64) {
	vertices := [][]float64{at}
	for k := range at {
		vertex := append([]float64{}, at...)
		if vertex[k] += s.step(); vertex[k] > 1 {
			vertex[k] -= 2 * s.step()
		}
		vertices = append(vertices, vertex)
	}
	of := func(x []float64) float64 {
		inside, beyond := make([]float64, len(x)), 0.0
		for k := range x {
			inside[k] = min(max(x[k], 0), 1)
			beyond += math.Abs(x[k] - inside[k])
		}
		return s.error(inside...) * (1 + beyond)
	}
	values := make([]float64, len(vertices))
	for i, vertex := range vertices {
		values[i] = of(vertex)
	}
	if s.err != nil {
		return
	}
	// The best of all trials counts, whatever the optimizer says.
	_, _ = optimize.Minimize(optimize.Problem{
		Func:   of,
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, s.err },
	}, at, &optimize.Settings{
		FuncEvaluations: mostSteps * len(at),
		Converger:       &optimize.FunctionConverge{Absolute: level, Iterations: 4 * len(at)},
	}, &optimize.NelderMead{InitialVertices: vertices, InitialValues: values})
}
