package model

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// A ServiceLaw is the law of a service time, as far as one server with a queue depends on it.
type ServiceLaw struct {
	Mean     float64 // E[S], seconds; > 0
	Variance float64 // Var[S], seconds²; +Inf if it does not exist
	// CDF returns P(S <= x), x in seconds.
	CDF func(x float64) float64
	// LimitedMean returns E[min(S, x)], x in seconds.
	LimitedMean func(x float64) float64
}

// PollaczekKhinchineResult is the steady state of one server with a queue.
type PollaczekKhinchineResult struct {
	// Measures gives the waiting and response times with their laws, and the counts of a pool of
	// one instance. If the variance of service is infinite, so are the mean wait, the mean response
	// and the queue: all three are then absent.
	Measures
	InfiniteWait bool         // the variance of service is infinite
	Busy         Distribution // number of busy servers, 0 or 1

	times *latticeTimes
}

// Error returns the largest relative error of all quantiles and fractions computed so far. The
// bound is computed with them and holds except for rounding.
func (r PollaczekKhinchineResult) Error() float64 { return r.times.err }

// PollaczekKhinchine returns the steady state of the queue M/G/1: one instance, or one core, for
// which requests wait, first come, first served and without limit. The mean wait is
// λE[S²]/(2(1 − ρ)), ρ = λE[S], and the wait is
//
//	W = H_1 + … + H_N,  P(N ≥ n) = ρⁿ,  P(H > x) = 1 − E[min(S, x)]/E[S]
//
// (F. Pollaczek, "Über eine Aufgabe der Wahrscheinlichkeitstheorie", 1930; A. Y. Khinchine, 1932;
// the sum over ladder heights is V. E. Beneš', "On queues with Poisson arrivals", 1957). A wait
// does not depend on the service that follows it, so the response has the law of W + S.
//
// The arrival rate λ is per second, the service any law; ρ must be below 1. The formula is not
// valid for arrivals that are not Poisson. As λ → 0 no request waits; exponential service makes it
// M/M/1.
func PollaczekKhinchine(arrivalRate float64, service ServiceLaw) (PollaczekKhinchineResult, error) {
	var d domain
	d.rate("arrival rate", arrivalRate)
	d.duration("service time", service.Mean)
	if !(service.Variance >= 0) {
		d.fail("variance of service", fmt.Sprint(service.Variance, " s²"), "0 or more, +Inf")
	}
	if err := d.err(); err != nil {
		return PollaczekKhinchineResult{}, err
	}
	busy := arrivalRate * service.Mean
	if busy >= 1 {
		return PollaczekKhinchineResult{}, overloaded(busy, 1)
	}
	times := &latticeTimes{busy: busy, service: service, grids: map[int]*lattice{}}
	m := Measures{
		WarmInstances:      1,
		RunningWarm:        busy,
		WaitingProbability: busy,
		Waiting:            latticeLaw{times, false},
		Response:           latticeLaw{times, true},
		defined:            coldStartProbability | rejectionProbability | timeoutProbability | waitingProbability,
	}
	m.pooled()
	infinite := math.IsInf(service.Variance, 1)
	if !infinite {
		m.WaitingTime = arrivalRate * (service.Variance + service.Mean*service.Mean) / (2 * (1 - busy))
		m.ResponseTime = m.WaitingTime + service.Mean
		m.Queue = arrivalRate * m.WaitingTime
		m.defined |= waitingTime | responseTime | queue
	}
	return PollaczekKhinchineResult{
		Measures: m, InfiniteWait: infinite,
		Busy: Distribution{Mass: []float64{1 - busy, busy}}, times: times,
	}, nil
}

// FCFSCore returns the steady state of a Wasm platform on one core, first come, first served:
// M/G/1, with the number present, waiting or on the core, as the numbers of instances and running.
// Both are absent if the variance of service is infinite.
func FCFSCore(arrivalRate float64, service ServiceLaw) (PollaczekKhinchineResult, error) {
	r, err := PollaczekKhinchine(arrivalRate, service)
	if err != nil {
		return PollaczekKhinchineResult{}, err
	}
	m := Measures{
		WaitingTime: r.WaitingTime, ResponseTime: r.ResponseTime,
		WaitingProbability: r.WaitingProbability, Queue: r.Queue,
		Waiting: r.Waiting, Response: r.Response,
		defined: r.defined & (waitingTime | responseTime | waitingProbability | queue),
	}
	if !r.InfiniteWait {
		m.Instances = r.Running + r.Queue
		m.Running = m.Instances
		m.defined |= instances | running
	}
	r.Measures = m
	return r, nil
}

// latticeTimes computes the wait and the response of M/G/1 on lattices. Each lattice ends at a
// power of two times the mean service time, and is made on demand.
type latticeTimes struct {
	busy    float64 // ρ
	service ServiceLaw
	grids   map[int]*lattice
	err     float64 // largest relative error of all values computed so far
}

// A lattice holds two bounds each of P(W <= kh) and P(W + S <= kh). Ladder heights and the service
// are rounded to multiples of h: down for the upper bounds, which makes every sum smaller, and up
// for the lower bounds, which makes every sum larger. A height rounded down is less than the
// height, so P(W <= kh) is at most the rounded sum's P(<= (k−1)h). The middle of both bounds is
// nearer to the truth than they are to each other, since rounding adds and takes away the same on
// average.
type lattice struct {
	step           float64
	wait, response bounds
}

// bounds holds two bounds of a distribution function at 0, h, 2h …
type bounds struct{ low, high []float64 }

// latticeLaw is the law of one of the two times.
type latticeLaw struct {
	*latticeTimes
	response bool
}

// A lattice ends at a power of two of E[S] with an exponent between these: the tail of a law with a
// barely finite mean extends beyond any number that a platform sees.
const (
	farthest = 40
	nearest  = -40
)

// mostBusy is the ρ above which a sum has too many terms for a lattice, and there are no quantiles.
const mostBusy = 0.995

// points returns the length of a lattice. Rounding moves a sum of N terms by N steps at most, and N
// is 1/(1 − ρ) on average.
func (t *latticeTimes) points() int {
	n := 1 << 13
	for float64(n) < 200/(1-t.busy) {
		n *= 2
	}
	return n
}

// grid returns the lattice that ends at 2^level mean service times.
func (t *latticeTimes) grid(level int) *lattice {
	if g := t.grids[level]; g != nil {
		return g
	}
	g := t.lattice(math.Ldexp(t.service.Mean, level), t.points())
	t.grids[level] = g
	return g
}

// lattice computes both distribution functions up to a time in n steps. The generating function of
// a geometric sum is (1 − ρ)/(1 − ρf(z)), f that of a height. A discrete Fourier transform
// evaluates it on a circle (R. Grübel and R. Hermesmeier, "Computation of compound distributions
// I", ASTIN Bulletin 29, 1999). The circle's radius makes the transform multiply aliases from
// beyond its length by e^−24, and rounding by at most e^12: together less than 1e-10.
func (t *latticeTimes) lattice(end float64, n int) *lattice {
	h := end / float64(n)
	height, served := make([]float64, n), make([]float64, n) // mass of the cell (kh, (k+1)h]
	tail, below := 0.0, t.service.CDF(0)
	atom := below
	for k := range n {
		limited, cdf := t.service.LimitedMean(h*float64(k+1))/t.service.Mean, t.service.CDF(h*float64(k+1))
		height[k], served[k] = max(0, limited-tail), max(0, cdf-below)
		tail, below = limited, cdf
	}
	const tilt = 24.0
	length := 2 * n
	transform := fourier.NewFFT(length)
	weight := make([]float64, n)
	for k := range weight {
		weight[k] = math.Exp(-tilt * float64(k) / float64(length))
	}
	sums := func(shift int) (wait, response []float64) {
		tilted := func(mass []float64, atom float64) []complex128 {
			x := make([]float64, length)
			x[0] = atom
			for k := range n - shift {
				x[k+shift] += mass[k] * weight[k+shift]
			}
			return transform.Coefficients(nil, x)
		}
		straight := func(z []complex128) []float64 {
			x, sum := transform.Sequence(nil, z), 0.0
			for k := range n {
				sum += x[k] / weight[k] / float64(length)
				x[k] = min(max(sum, 0), 1)
			}
			return x[:n]
		}
		compound, services := tilted(height, 0), tilted(served, atom)
		for i, f := range compound {
			compound[i] = complex(1-t.busy, 0) / (1 - complex(t.busy, 0)*f)
		}
		wait = straight(compound)
		for i := range compound {
			compound[i] *= services[i]
		}
		return wait, straight(compound)
	}
	g := &lattice{step: h}
	g.wait.low, g.response.low = sums(1)
	high, highResponse := sums(0)
	// The upper bound at kh is the rounded value at (k−1)h; at 0 the law is known.
	g.wait.high = append([]float64{1 - t.busy}, high[:n-1]...)
	g.response.high = append([]float64{(1 - t.busy) * atom}, highResponse[:n-1]...)
	return g
}

func (l latticeLaw) of(g *lattice) bounds {
	if l.response {
		return g.response
	}
	return g.wait
}

// Quantile returns the quantile of the middle of both bounds. Its error is the distance to the
// farther of the bounds' own quantiles.
func (l latticeLaw) Quantile(p float64) float64 {
	if !l.response && p <= 1-l.busy || l.response && p <= (1-l.busy)*l.service.CDF(0) {
		return 0
	}
	level, ok := l.level(func(g *lattice) bool { low := l.of(g).low; return low[len(low)-1] >= p })
	if !ok {
		return math.NaN()
	}
	g := l.grid(level)
	b := l.of(g)
	middle := func(k int) float64 { return (b.low[k] + b.high[k]) / 2 }
	first := func(reaches func(k int) bool) int {
		k := 0
		for k < len(b.low)-1 && !reaches(k) {
			k++
		}
		return k
	}
	k := first(func(k int) bool { return middle(k) >= p })
	x := g.step * float64(k)
	if k > 0 {
		x -= g.step * (middle(k) - p) / (middle(k) - middle(k-1))
	}
	from := g.step * float64(first(func(k int) bool { return b.high[k] >= p })-1)
	to := g.step * float64(first(func(k int) bool { return b.low[k] >= p }))
	l.err = max(l.err, (x-from)/x, (to-x)/x)
	return x
}

// Above returns the fraction above the middle of both bounds, interpolated.
func (l latticeLaw) Above(x float64) float64 {
	if l.busy > mostBusy || x > math.Ldexp(l.service.Mean, farthest-1) {
		return math.NaN()
	}
	level := nearest
	if x > 0 {
		_, exponent := math.Frexp(x / l.service.Mean)
		level = max(level, exponent+1)
	}
	g := l.grid(level)
	b := l.of(g)
	at := x / g.step
	k := min(int(at), len(b.low)-2)
	rest := min(at-float64(k), 1)
	below := (1-rest)*(b.low[k]+b.high[k])/2 + rest*(b.low[k+1]+b.high[k+1])/2
	if above := 1 - below; above > 0 {
		l.err = max(l.err, (b.high[k+1]-b.low[k])/2/above)
	}
	return 1 - below
}

// level returns the least power of two of E[S] whose lattice is long enough; it searches on short
// lattices.
func (l latticeLaw) level(enough func(*lattice) bool) (level int, ok bool) {
	if l.busy > mostBusy {
		return 0, false
	}
	short := l.points() / 8
	long := func(level int) bool { return enough(l.lattice(math.Ldexp(l.service.Mean, level), short)) }
	for level = 0; !long(level); level++ {
		if level == farthest {
			return 0, false
		}
	}
	for level > nearest && long(level-1) {
		level--
	}
	return level, true
}

var _ TimeLaw = latticeLaw{}
