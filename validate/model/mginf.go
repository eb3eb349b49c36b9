package model

import (
	"fmt"
	"math"
)

// InfiniteServerResult is the steady state of servers without limit.
type InfiniteServerResult struct {
	Measures              // response time and the numbers present
	Present  Distribution // number present, Poisson
}

// InfiniteServer returns the steady state of the queue M/G/∞: a Wasm platform with a core for every
// request. The number present is Poisson with mean a = λE[S], and a response takes E[S] (Takács,
// "Introduction to the Theory of Queues", 1962).
//
// The arrival rate λ is per second, the mean service time E[S] in seconds. The result holds for
// every distribution of service, and is not valid where requests share cores, wait, or are
// rejected. As λ → 0 the number present tends to 0 and the response time stays E[S]. Loads above
// five million are an error.
func InfiniteServer(arrivalRate, service float64) (InfiniteServerResult, error) {
	present, err := poisson(arrivalRate, "service time", service)
	if err != nil {
		return InfiniteServerResult{}, err
	}
	load := arrivalRate * service
	return InfiniteServerResult{
		Measures: Measures{
			ResponseTime: service, Instances: load, Running: load,
			defined: responseTime | instances | running,
		},
		Present: present,
	}, nil
}

// AlwaysCold returns the steady state of a container pool without keep-alive (τ = 0) and without a
// cap: M/G/∞ in which every request is a cold start, so the number of instances is Poisson with
// mean λE[S_c].
//
// The arrival rate λ is per second, the mean cold service time E[S_c] in seconds; cold service may
// have any distribution. AlwaysCold is not valid with a cap, nor for a keep-alive that is not short
// compared with 1/λ. As λ → 0 instances tend to 0.
func AlwaysCold(arrivalRate, coldService float64) (InfiniteServerResult, error) {
	present, err := poisson(arrivalRate, "cold service time", coldService)
	if err != nil {
		return InfiniteServerResult{}, err
	}
	m := Measures{
		ColdStartProbability: 1,
		ResponseTime:         coldService,
		RunningCold:          arrivalRate * coldService,
		defined:              coldStartProbability | rejectionProbability | responseTime,
	}
	m.pooled()
	return InfiniteServerResult{Measures: m, Present: present}, nil
}

// poisson returns the distribution of the number present in M/G/∞.
func poisson(arrivalRate float64, name string, service float64) (Distribution, error) {
	var d domain
	d.rate("arrival rate", arrivalRate)
	d.duration(name, service)
	if load := arrivalRate * service; d.errs == nil && load > mostStates/2 {
		d.fail("offered load", fmt.Sprint(load), fmt.Sprint("at most ", mostStates/2))
	}
	if err := d.err(); err != nil {
		return Distribution{}, err
	}
	return birthDeath(logPoissonRatios(arrivalRate*service, negligible), 0), nil
}

// logPoissonRatios returns log(P(n+1)/P(n)) of a Poisson number of the given mean, up to the n
// whose log-probability lies below the mode's by negligible.
func logPoissonRatios(mean, negligible float64) []float64 {
	var ratios []float64
	for n, log := 1, 0.0; log > negligible; n++ {
		ratio := math.Log(mean / float64(n))
		if float64(n) > mean {
			log += ratio
		}
		ratios = append(ratios, ratio)
	}
	return ratios
}
