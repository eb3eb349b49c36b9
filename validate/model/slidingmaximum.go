package model

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	lapack "gonum.org/v1/gonum/lapack/gonum"
)

// mostSlidingLoad bounds the cost of the sliding maximum, which grows with the third power of the
// load: a load of 500 takes a few seconds.
const mostSlidingLoad = 1000

// SlidingMaximumResult is the steady state of a pool without a cap in which cold starts take as
// long as warm ones.
type SlidingMaximumResult struct {
	Measures

	// InstancesDistribution is the distribution of the number of instances. (The number running is
	// Poisson.)
	InstancesDistribution Distribution
}

// SlidingMaximum returns the exact steady state of a container pool without a cap, routed to the
// instance that became idle last, when every service is exponential with the same mean, cold or
// warm.
//
// Under this routing the number of instances is, on every sample path, the largest number of
// requests running at any moment of the last τ. With Poisson arrivals of rate λ per second and a
// mean service time E[S] in seconds, a = λE[S], the number running is the M/M/∞ chain with the
// Poisson(a) distribution π, and
//
//	P(N ≤ n) = Σ_{k≤n} π_k s_n(k),   p_cold = Σ_n π_n s_n(n),   s_n = exp(τ Q_n)·1
//
// where Q_n is the chain's generator cut to states 0 … n: s_n(k) is the probability to stay there
// for τ.
//
// Scaled by √π, the generator is a symmetric tridiagonal matrix, and −Q_n has an explicit Cholesky
// factor: diagonal √λ, off-diagonal −√(jμ). So its eigenvalues x_i are squared singular values of a
// bidiagonal matrix. The dqds algorithm (Fernando and Parlett, 1994) gives them to full relative
// accuracy, including the smallest, which decides at large τ. From
// π Q_n = −λ π_n e_n follow the weights,
//
//	P(N ≤ n) = Σ_i w_i e^{−x_i τ},  w_i = λ² π_n v_i(n)² / x_i²
//	π_n s_n(n) = Σ_i w_i x_i e^{−x_i τ} / λ
//
// and the last components v_i(n) of the eigenvectors follow from the eigenvalues of Q_{n−1} (Golub
// and Welsch, 1969). All terms are positive.
//
// At the edges: τ = 0 is M/G/∞ with every start cold; τ = ∞ has no steady state, an error; as λ → 0
// the cold start probability tends to 1. Loads above 1000 are an error. SlidingMaximum is not valid
// with a cap that is reached, with cold starts that take longer (see LevelCrossing), or for other
// service distributions, though the sample-path law itself holds for all of them.
func SlidingMaximum(arrivalRate, service, keepAlive float64) (SlidingMaximumResult, error) {
	pool := Pool{arrivalRate, service, service, keepAlive, Unlimited}
	if err := pool.validate(); err != nil {
		return SlidingMaximumResult{}, err
	}
	load := arrivalRate * service
	if load > mostSlidingLoad {
		return SlidingMaximumResult{}, &DomainError{"offered load", fmt.Sprint(load), fmt.Sprint("at most ", mostSlidingLoad)}
	}
	if keepAlive == 0 {
		r, err := AlwaysCold(arrivalRate, service)
		return SlidingMaximumResult{Measures: r.Measures, InstancesDistribution: r.Present}, err
	}
	// Within τ, the maximum may be a number whose probability is λτ times smaller.
	run := birthDeath(logPoissonRatios(load, negligible-math.Log1p(arrivalRate*keepAlive)), 0)
	atMost, cold := make([]float64, len(run.Mass)), 0.0
	var inner []float64
	for n, p := range run.Mass {
		// For such n, P(N ≤ n) is at most the probability that n or fewer run, which is practically
		// 0.
		if p < 1e-22 && float64(n) < load {
			continue
		}
		outer := cutRates(n, arrivalRate, service)
		if inner == nil && n > 0 {
			inner = cutRates(n-1, arrivalRate, service)
		}
		for i, x := range outer {
			decay := math.Exp(-x * keepAlive)
			if decay == 0 {
				break
			}
			flow := arrivalRate * p * lastComponent(i, outer, inner) / x * decay
			cold += flow
			atMost[n] += flow * arrivalRate / x
		}
		inner = outer
	}
	m := Measures{
		ColdStartProbability: min(1, cold),
		ResponseTime:         service,
		RunningCold:          load * cold,
		RunningWarm:          load * max(0, 1-cold),
		defined:              coldStartProbability | rejectionProbability | responseTime,
	}
	mass := make([]float64, len(atMost))
	below, mean := 0.0, 0.0
	for n, p := range atMost {
		p = min(1, max(below, p))
		mass[n] = p - below
		mean += 1 - p
		below = p
	}
	// At least as many instances exist as run; rounding must not undo this.
	m.WarmInstances = max(m.RunningWarm, mean-m.RunningCold)
	m.pooled()
	return SlidingMaximumResult{Measures: m, InstancesDistribution: Distribution{Mass: mass}}, nil
}

// cutRates returns the eigenvalues of −Q_n, ascending: the rates at which the M/M/∞ chain leaves
// states 0 … n.
func cutRates(n int, arrivalRate, service float64) []float64 {
	diagonal, off := make([]float64, n+1), make([]float64, n)
	for j := range diagonal {
		diagonal[j] = math.Sqrt(arrivalRate)
		if j > 0 {
			off[j-1] = -math.Sqrt(float64(j) / service)
		}
	}
	if !(lapack.Implementation{}).Dbdsqr(blas.Lower, n+1, 0, 0, 0, diagonal, off, nil, 1, nil, 1, nil, 1, make([]float64, 4*(n+1))) {
		panic("model: singular values of a bidiagonal matrix did not converge")
	}
	rates := diagonal
	for i, j := 0, n; i < j; i, j = i+1, j-1 {
		rates[i], rates[j] = rates[j], rates[i]
	}
	for i, r := range rates {
		rates[i] = r * r
	}
	return rates
}

// lastComponent returns v_i(n)², the squared last component of the i-th normalised eigenvector of a
// symmetric tridiagonal matrix, from the eigenvalues of the matrix (outer) and of the matrix
// without its last row and column (inner): Π_k (x_i − y_k) / Π_{k≠i} (x_i − x_k). The eigenvalues
// interlace, so, paired in order, every factor is between 0 and 1.
func lastComponent(i int, outer, inner []float64) float64 {
	product, x := 1.0, outer[i]
	for k, y := range inner {
		other := outer[k]
		if k >= i {
			other = outer[k+1]
		}
		product *= min(1, max(0, (x-y)/(x-other)))
	}
	return product
}
