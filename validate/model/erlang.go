package model

import "fmt"

// ErlangB returns the probability B(a, c) that all c servers are busy, and a
// request therefore lost, when requests arrive as a Poisson process, each
// occupies one server, and none waits: A. K. Erlang, "Solution of some
// Problems in the Theory of Probabilities of Significance in Automatic
// Telephone Exchanges", 1917.
//
// The load a = λE[S] is any real number from 0 on; c is from 0 on. It holds
// for every distribution of the service time; it is not valid for arrivals
// that are not Poisson, nor where requests wait. B(a, 0) = 1, B(0, c) = 0 for
// c ≥ 1, and B → 1 as a → ∞. A probability under 5e-324 is returned as 0.
//
// The recursion B(a, m) = aB(a, m−1) / (m + aB(a, m−1)) has only positive
// terms: its relative error stays near c roundings. O(c).
func ErlangB(load float64, servers int) (float64, error) {
	var d domain
	d.load("offered load", load)
	d.count("servers", servers, 0)
	if err := d.err(); err != nil {
		return 0, err
	}
	return erlangB(load, servers), nil
}

func erlangB(load float64, servers int) float64 {
	b := 1.0
	for m := 1; m <= servers && b > 0; m++ {
		b = load * b / (float64(m) + load*b)
	}
	return b
}

// erlangBs returns B(a, m) for m = 0 … servers.
func erlangBs(load float64, servers int) blockings {
	b := make(blockings, servers+1)
	b[0] = 1
	for m := 1; m <= servers; m++ {
		b[m] = load * b[m-1] / (float64(m) + load*b[m-1])
	}
	return b
}

// ErlangC returns the probability C(a, c) that a request waits when requests
// arrive as a Poisson process, service times are exponential, and requests
// wait in one unbounded queue for c servers (Erlang, 1917).
//
// It needs a load a = λE[S] below c: at or above, the queue grows without end,
// an error. C(0, c) = 0, C → 1 as a → c, and C(a, 1) = a. It is not valid for
// service times that are not exponential, though it is often near.
func ErlangC(load float64, servers int) (float64, error) {
	var d domain
	d.load("offered load", load)
	d.count("servers", servers, 1)
	if err := d.err(); err != nil {
		return 0, err
	}
	if load >= float64(servers) {
		return 0, overloaded(load, float64(servers))
	}
	b, busy := erlangB(load, servers), load/float64(servers)
	return b / (1 - busy + busy*b), nil
}

// overloaded is the error of a queue that has no steady state.
func overloaded(load, capacity float64) error {
	return &DomainError{"offered load", fmt.Sprint(load), fmt.Sprintf("below the capacity %v: the queue would only grow", capacity)}
}

// LossResult is the steady state of a pool whose instances never expire and
// that rejects.
type LossResult struct {
	Measures              // rejections, response time, instances and what runs in them
	Present  Distribution // number of requests running, 0 to c
}

// Loss is the steady state of a full pool of c warm instances that never
// expire (τ = ∞) and that rejects requests when all are busy: Erlang's loss
// system M/G/c/c, with rejection probability B(λE[S_w], c) and a truncated
// Poisson number running.
//
// The arrival rate λ is per second, the mean service time in seconds; any
// distribution of warm service. No start is cold. It assumes that the pool is
// full: a light load may take for ever to fill one. It is not valid for a
// finite keep-alive. As λ → 0 all instances are idle; c = 1 gives
// B = a/(1 + a).
func Loss(arrivalRate, warmService float64, instances int) (LossResult, error) {
	var d domain
	d.count("instances", instances, 1)
	if err := d.err(); err != nil {
		return LossResult{}, err
	}
	// A server for each request present is a machine that no one slows.
	r, err := ProcessorSharing(Sharing{
		ArrivalRate: arrivalRate,
		Service:     warmService,
		Speed:       Cores{Physical: instances},
		MaxPresent:  instances,
	})
	if err != nil {
		return LossResult{}, err
	}
	r.RejectionProbability = erlangB(arrivalRate*warmService, instances)
	return LossResult(r), nil
}
