package model

import "math"

// A Pool holds the parameters of a container pool that the models need.
type Pool struct {
	ArrivalRate float64 // λ: requests per second, Poisson; > 0
	WarmService float64 // E[S_w]: mean service time of a warm start, seconds; > 0
	ColdService float64 // E[S_c]: mean service time of a cold start, its start-up included, seconds; > 0

	// KeepAlive is τ, the time for which an idle instance is kept, in seconds: 0 (an instance
	// expires as it becomes idle), any positive duration, or math.Inf(1) (never).
	KeepAlive float64

	// MaxInstances is c, the largest number of instances: a request that finds c busy instances is
	// rejected. Unlimited, or at least 1.
	MaxInstances int
}

func (p Pool) validate() error {
	var d domain
	d.rate("arrival rate", p.ArrivalRate)
	d.duration("warm service time", p.WarmService)
	d.duration("cold service time", p.ColdService)
	d.timeout("keep-alive", p.KeepAlive)
	if p.MaxInstances != Unlimited {
		d.count("max instances", p.MaxInstances, 1)
	}
	if math.IsInf(p.KeepAlive, 1) && p.MaxInstances == Unlimited {
		d.fail("keep-alive", "never, without a cap on instances", "a finite keep-alive or a cap: instances would only grow, there is no steady state")
	}
	return d.err()
}
