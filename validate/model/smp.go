package model

import (
	"fmt"
	"math"
)

// Variant names one of the two semi-Markov processes that SMP computes.
type Variant int

const (
	// Original is the process as Mahmoudi and Khazaei published it.
	Original Variant = iota
	// Modified has the longer mean life of an instance that the University of Waterloo thesis
	// (2024, section 3.2.1 and appendix A) derives.
	Modified
)

// String returns "smp" or "smp-modified".
func (v Variant) String() string {
	switch v {
	case Original:
		return "smp"
	case Modified:
		return "smp-modified"
	}
	return fmt.Sprintf("Variant(%d)", int(v))
}

// SMPResult is the steady state of a container pool by the semi-Markov process.
type SMPResult struct {
	// Measures gives the cold start and rejection probabilities, the response time, and all the
	// counts of instances. The response time is the mean over all requests; as in the paper, a
	// rejected request counts as if it were served warm.
	Measures

	// WarmDistribution is the probability of every number of warm instances, 0 to c. States beyond
	// the last one given have less than 1e-25 of the probability of the most likely state.
	WarmDistribution Distribution
}

// SMP approximates the steady state of a container pool by the semi-Markov
// process of Mahmoudi and Khazaei, "Performance Modeling of Serverless
// Computing Platforms", IEEE Transactions on Cloud Computing 10(4), 2022.
//
// Its state m is the number of warm instances. With the offered load
// a = λE[S_w] and the Erlang-B probability B_m = B(a, m) that m instances are
// all busy,
//
//	λ_m = λ(B_{m−1} − B_m)                 rate at which the m-th instance is used
//	L_m = τ + (1/q_m − 1) A_m              mean life of the m-th instance, q_m = exp(−λ_m τ)
//	A_m = (1 − e^{−y})/λ_m − T e^{−y}      original: y = λ_m T, T = τ + E[S_w]
//	A_m = 1/λ_m                            modified
//	d_m = Σ_{j≤m} 1/L_j                    rate of m → m−1
//	u_m = 1/(1/(λB_m) + E[S_c])            rate of m → m+1, m < c
//
// This is a birth–death chain whose steady state is a product. A request that finds all m busy is a
// cold start if m < c; in state c the request is rejected.
//
// SMP assumes Poisson arrivals and uses service times by their means alone. It is an approximation:
// the use of the m-th instance is taken as a Poisson process, and instances are taken to start one
// after the other. Its counts of instances are good to some per cent if the keep-alive is several
// times the cold service. Its cold start probability is not, and not valid at all where cold starts
// are frequent: for λ = 1/s, E[S_w] = 1.5288 s, E[S_c] = 4.1202 s and τ = 3 s, SMP gives a cold
// start probability of 0.666 (modified: 0.560) where 0.267 is exact. docs/trust.md maps the error.
// LevelCrossing is exact for exponential service.
//
// At the edges: with τ = 0 no instance stays warm, every request is a cold start and none is
// rejected, because starting instances do not count against the cap; with τ = ∞ and a cap the pool
// fills for good and rejections follow Erlang B; τ = ∞ without a cap has no steady state, an error;
// as λ → 0 the cold start probability tends to 1 for a finite keep-alive; with c = 1 the chain has
// two states.
//
// The cost is O(states). The computation uses logarithms of the ratios of neighbouring states, so
// no q_m underflows: a cap of 100,000 takes milliseconds. Without a cap, or with a cap out of
// reach, states end at 1e-25 of the highest probability; more than ten million states are an error.
func SMP(pool Pool, variant Variant) (SMPResult, error) {
	if err := pool.validate(); err != nil {
		return SMPResult{}, err
	}
	if variant != Original && variant != Modified {
		return SMPResult{}, &DomainError{"variant", fmt.Sprint(int(variant)), "Original, Modified"}
	}
	load := pool.ArrivalRate * pool.WarmService
	if pool.MaxInstances == Unlimited && load > mostStates/2 {
		return SMPResult{}, &DomainError{"offered load without a cap", fmt.Sprint(load), fmt.Sprint("at most ", mostStates/2)}
	}
	var blocking blockings
	var warm Distribution
	switch {
	case pool.KeepAlive == 0:
		warm = Distribution{Mass: []float64{1}}
		blocking = blockings{1}
	case math.IsInf(pool.KeepAlive, 1):
		warm = Distribution{Mass: make([]float64, pool.MaxInstances+1)}
		warm.Mass[pool.MaxInstances] = 1
		blocking = erlangBs(load, pool.MaxInstances)
	default:
		warm, blocking = warmInstancesSMP(pool, variant)
	}
	return SMPResult{Measures: measuresSMP(pool, warm, blocking), WarmDistribution: warm}, nil
}

// blockings holds B(a, m) for m = 0, 1, 2, …
type blockings []float64

// negligible is the log-probability, below the mode's, at which states end: e^{−60} is under 1e-25.
// The chain's ratios u_m/d_{m+1} fall with m, so the remaining probabilities fall faster than
// geometrically.
const negligible = -60

// warmInstancesSMP solves the chain for 0 < τ < ∞.
func warmInstancesSMP(pool Pool, variant Variant) (Distribution, blockings) {
	states := pool.MaxInstances
	if states == Unlimited {
		states = mostStates
	}
	var (
		load      = pool.ArrivalRate * pool.WarmService
		blocked   = 1.0 // B_{m−1}, then B_m
		free      = 0.0 // 1 − B, by its own recursion: the difference loses its digits when B is near 1
		logExpiry = math.Inf(-1)
		log, peak float64
		blocking  = blockings{1}
		logRatios []float64
	)
	for m := 1; m <= states && log > peak+negligible; m++ {
		logGrowth := -math.Log(1/(pool.ArrivalRate*blocked) + pool.ColdService)

		// B_{m−1} − B_m = B_{m−1} (m + aB_{m−1} − a) / (m + aB_{m−1}). The bracket is written so
		// that it loses no digits on either side of m = a.
		divisor := float64(m) + load*blocked
		rest := float64(m) - load + load*blocked
		if free < 0.5 {
			rest = float64(m) - load*free
		}
		use := pool.ArrivalRate * blocked * rest / divisor
		blocked, free = load*blocked/divisor, float64(m)/divisor

		logExpiry = logSum(logExpiry, -logLife(use, pool, variant))
		ratio := logGrowth - logExpiry
		if math.IsInf(ratio, -1) {
			break
		}
		log += ratio
		peak = max(peak, log)
		logRatios = append(logRatios, ratio)
		blocking = append(blocking, blocked)
	}
	return birthDeath(logRatios, 0), blocking
}

// logLife returns the logarithm of L_m for an instance used at the given rate. With x = λ_m τ,
// L_m = τ + (e^x − 1) A_m = τ (1 + (e^x − 1)/x · g), where g = λ_m A_m is 1 in the modified process
// and P(2, λ_m T) in the original. So no quotient of vanishing numbers is left as λ_m → 0.
func logLife(use float64, pool Pool, variant Variant) float64 {
	x := use * pool.KeepAlive
	g := 1.0
	if variant == Original {
		g = secondEvent(use * (pool.KeepAlive + pool.WarmService))
	}
	logKept := math.Log(pool.KeepAlive)
	switch {
	case x == 0:
		return logKept + math.Log1p(g)
	case x < 700:
		return logKept + math.Log1p(math.Expm1(x)/x*g)
	default:
		return logSum(logKept, logKept+x-math.Log(x)+math.Log(g))
	}
}

// secondEvent returns 1 − e^{−y} − y e^{−y}, the probability of two or more Poisson events: the
// regularised incomplete gamma function P(2, y).
func secondEvent(y float64) float64 {
	if y > 0.5 {
		return -math.Expm1(-y) - y*math.Exp(-y)
	}
	// Σ_{n≥2} (−1)^n (n−1)/n! y^n: for small y the closed form cancels.
	sum, term := 0.0, y*y/2
	for n := 2.0; math.Abs(term) > 1e-18*sum; n++ {
		sum += (n - 1) * term
		term *= -y / (n + 1)
	}
	return sum
}

// logSum returns log(e^x + e^y).
func logSum(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	if math.IsInf(y, -1) {
		return x
	}
	return x + math.Log1p(math.Exp(y-x))
}

// measuresSMP averages the measures of each state over the steady state.
func measuresSMP(pool Pool, warm Distribution, blocking blockings) Measures {
	var r Measures
	load := pool.ArrivalRate * pool.WarmService
	for m, p := range warm.Mass {
		free := 0.0 // 1 − B_m, as in the recursion
		if m > 0 {
			free = float64(m) / (float64(m) + load*blocking[m-1])
		}
		coldly := pool.ArrivalRate * pool.ColdService * blocking[m]
		r.WarmInstances += p * float64(m)
		r.RunningWarm += p * pool.ArrivalRate * free * pool.WarmService
		if m == pool.MaxInstances && pool.MaxInstances != Unlimited {
			r.RejectionProbability += p * blocking[m]
			r.ResponseTime += p * pool.WarmService
			continue
		}
		r.ColdStartProbability += p * blocking[m]
		r.ResponseTime += p * (blocking[m]*pool.ColdService + free*pool.WarmService)
		r.RunningCold += p * coldly
	}
	r.defined = coldStartProbability | rejectionProbability | responseTime
	r.pooled()
	return r
}
