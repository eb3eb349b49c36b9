package model

import (
	"fmt"
	"math"
)

// LevelCrossingResult is the exact steady state of a container pool, with bounds on its errors.
type LevelCrossingResult struct {
	// Measures holds all metrics of a pool except waiting_time and timeout_probability. The
	// response time covers served requests.
	Measures

	InstancesDistribution Distribution // number of instances
	RunningDistribution   Distribution // number of requests running, warm or cold

	// Levels is J, the highest number running that is taken into account: the cap, or a level that
	// is high enough, at which arrivals are taken as rejected.
	Levels int
	// ColdCounts is K, the largest number of running cold starts that is taken into account; a cold
	// start beyond K is served as if warm.
	ColdCounts int

	// LittleError is the relative error in Little's law, running cold = λ p_cold E[S_c]. The law
	// holds if all flows balance: the error shows the cut at K and the rounding, but not an error
	// of the inversion.
	LittleError float64
	// TopMass is the probability that J run, if J is not the cap; otherwise 0.
	TopMass float64
	// TruncationError estimates the relative error of the cold start probability and of the
	// instances that the two cuts cause: the share of cold starts lost at K and above J, or the
	// probability of J instances, whichever is larger.
	TruncationError float64
	// ContourError bounds the relative error of the cold start probability that the numerical
	// inversion causes.
	ContourError float64
}

const (
	// Cuts move outwards until the results change by less than this.
	enoughCold   = 1e-10 // of the cold starts
	enoughLevels = 1e-11 // probability of instances at the top level

	// mostWork is LevelCrossing's own limit, some tens of seconds.
	mostWork = 3e10
)

// A WorkError says that the solution of a pool would take more work than allowed: too many requests
// run at once, or too many of them are cold.
type WorkError struct {
	Limit float64 // the work allowed, as LevelCrossingWithin counts it
}

// Error gives the work allowed, and advice for less.
func (e *WorkError) Error() string {
	return fmt.Sprintf("model: level-crossing model: too many requests run at once to be solved in %.3g operations; accepted: a lower arrival rate, or a longer keep-alive if most starts are cold", e.Limit)
}

// LevelCrossing returns the exact steady state of a container pool with Poisson arrivals, routed to
// the instance that became idle last. Warm and cold service are exponential with any two means, the
// keep-alive is the same for all instances, and a cap, if any, rejects. docs/level-crossing.md
// derives the solution; in short:
//
// Position j is busy while at least j requests run, and alive while j have run at some moment of
// the last τ; under this routing the instances are the alive positions. A dip below j lasts from
// the fall of the number running below j to the arrival that brings it back. It ends with a cold
// start if it lasted longer than τ; up to τ all its arrivals are warm and it is a plain Markov
// chain. Upwards, level by level, the laws of dips below j follow from the laws of dips below j−1;
// downwards follow the time spent at every level and the rate of dips below it.
//
// Arrival rate λ in 1/s, service times and keep-alive in seconds. At the edges: τ = 0 makes every
// request cold, a truncated Poisson number of them with a cap (Erlang B), M/G/∞ without; τ = ∞ with
// a cap is a full pool that loses by Erlang B, and without a cap an error, as there is no steady
// state; as λ → 0 the cold start probability tends to 1 for finite τ; c = 1 alternates cold starts
// and idle times. A cold start probability below about 1e-300 comes out as 0.
//
// LevelCrossing is not valid for service that is not exponential, arrivals that are not Poisson,
// other routing, or requests that queue. A pool that would take minutes, because too many requests
// run at once, is refused with a WorkError: some hundreds at once are solved, about a thousand if
// few of them are cold.
//
// Numerics: dips are inverted from Laplace transforms on a contour, whose cost depends neither on
// rates nor on τ; the rest is sums of positive terms. A level costs about 2K³ additions and 8K²
// bytes; K is small when cold starts are rare.
func LevelCrossing(pool Pool) (LevelCrossingResult, error) {
	return LevelCrossingWithin(pool, mostWork)
}

// LevelCrossingWithin returns the result of LevelCrossing, or a WorkError as soon as it takes more
// work than given. Work is about the number of multiplications; a thousand million take of the
// order of a second. The work depends on the pool alone, not on the machine.
func LevelCrossingWithin(pool Pool, work float64) (LevelCrossingResult, error) {
	if err := pool.validate(); err != nil {
		return LevelCrossingResult{}, err
	}
	if !(work >= 0) {
		return LevelCrossingResult{}, &DomainError{"work", fmt.Sprint(work), "0 or more operations"}
	}
	switch {
	case pool.KeepAlive == 0:
		return withoutKeepAlive(pool)
	case math.IsInf(pool.KeepAlive, 1):
		return withoutExpiry(pool)
	}
	var cuts coldCuts
	left := work
	load := pool.ArrivalRate * pool.WarmService
	for mostCold := int(8 + 2*math.Sqrt(load)); ; mostCold = cuts.next() {
		c := newCrossing(pool, mostCold)
		if left = c.climb(left); left < 0 {
			return LevelCrossingResult{}, &WorkError{work}
		}
		f := c.descend()
		if mostCold >= c.top() || f.coldCut <= enoughCold {
			return f.result(c), nil
		}
		cuts.tried(mostCold, f.coldCut)
	}
}

// coldCuts proposes the next K from the fractions that the last two K cut off. The logarithm of
// this fraction falls faster than linearly with K, so a line through two points reaches too far: a
// long step along the line is shortened.
type coldCuts struct {
	most, before       int
	logCut, logCutPrev float64
}

func (c *coldCuts) tried(most int, cut float64) {
	c.before, c.logCutPrev = c.most, c.logCut
	c.most, c.logCut = most, math.Log(cut)
}

func (c *coldCuts) next() int {
	if c.before == 0 {
		return c.most + c.most/2
	}
	step := float64(c.most)
	if slope := (c.logCut - c.logCutPrev) / float64(c.most-c.before); slope < 0 {
		step = min(step, (math.Log(enoughCold)-c.logCut)/slope)
	}
	if step > 0.25*float64(c.most) {
		step *= 0.85
	}
	return c.most + int(step) + 2
}

// withoutKeepAlive solves τ = 0: no instance is ever idle.
func withoutKeepAlive(pool Pool) (LevelCrossingResult, error) {
	var r LevelCrossingResult
	load := pool.ArrivalRate * pool.ColdService
	if pool.MaxInstances == Unlimited {
		infinite, err := AlwaysCold(pool.ArrivalRate, pool.ColdService)
		if err != nil {
			return r, err
		}
		r.Measures, r.RunningDistribution = infinite.Measures, infinite.Present
	} else {
		loss, err := Loss(pool.ArrivalRate, pool.ColdService, pool.MaxInstances)
		if err != nil {
			return r, err
		}
		r.RunningDistribution = loss.Present
		r.Measures = Measures{
			ColdStartProbability: loss.Running / load,
			RejectionProbability: loss.RejectionProbability,
			ResponseTime:         pool.ColdService,
			RunningCold:          loss.Running,
			defined:              coldStartProbability | rejectionProbability | responseTime,
		}
		r.pooled()
	}
	r.InstancesDistribution = r.RunningDistribution
	r.Levels = len(r.RunningDistribution.Mass) - 1
	r.ColdCounts = r.Levels
	return r, nil
}

// withoutExpiry solves τ = ∞ with a cap: the pool is full.
func withoutExpiry(pool Pool) (LevelCrossingResult, error) {
	loss, err := Loss(pool.ArrivalRate, pool.WarmService, pool.MaxInstances)
	if err != nil {
		return LevelCrossingResult{}, err
	}
	full := make([]float64, pool.MaxInstances+1)
	full[pool.MaxInstances] = 1
	return LevelCrossingResult{
		Measures:              loss.Measures,
		InstancesDistribution: Distribution{Mass: full},
		RunningDistribution:   loss.Present,
		Levels:                pool.MaxInstances,
	}, nil
}
