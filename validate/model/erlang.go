package model

import "fmt"

// ErlangB returns the probability B(a, c) that all c servers are busy, and a request is therefore
// lost, when requests arrive as a Poisson process, each occupies one server, and none waits: A. K.
// Erlang, "Solution of some Problems in the Theory of Probabilities of Significance in Automatic
// Telephone Exchanges", 1917.
//
// The load a = λE[S] is any real number >= 0, and c >= 0. The formula holds for every distribution
// of the service time; it is not valid for arrivals that are not Poisson, nor where requests wait.
// B(a, 0) = 1, B(0, c) = 0 for c ≥ 1, and B → 1 as a → ∞. A probability under 5e-324 is returned as
// 0.
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

// ErlangC returns the probability C(a, c) that a request waits when requests arrive as a Poisson
// process, service times are exponential, and requests wait in one unbounded queue for c servers
// (Erlang, 1917).
//
// The load a = λE[S] must be below c: otherwise the queue grows without end, and ErlangC returns an
// error. C(0, c) = 0, C → 1 as a → c, and C(a, 1) = a. The formula is not valid for service times
// that are not exponential, though it is often near.
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

// overloaded returns the error of a queue without a steady state.
func overloaded(load, capacity float64) error {
	return &DomainError{"offered load", fmt.Sprint(load), fmt.Sprintf("below the capacity %v: the queue would only grow", capacity)}
}

// LossResult is the steady state of a full pool that rejects requests and never expires instances.
type LossResult struct {
	Measures              // rejections, response time, instances and the requests that run in them
	Present  Distribution // number of requests running, 0 to c
}

// Loss returns the steady state of a full pool of c warm instances that never expire (τ = ∞) and
// that rejects requests when all are busy: Erlang's loss system M/G/c/c, with rejection probability
// B(λE[S_w], c) and a truncated Poisson number running.
//
// The arrival rate λ is per second, the mean service time in seconds; warm service may have any
// distribution. No start is cold. The pool is assumed full: a light load may take for ever to fill
// it. Loss is not valid for a finite keep-alive. As λ → 0 all instances are idle; c = 1 gives
// B = a/(1 + a).
func Loss(arrivalRate, warmService float64, instances int) (LossResult, error) {
	return LossWithRelease(arrivalRate, warmService, 0, instances)
}

// LossWithRelease is Loss where an instance is busy for a time after each response, before it can
// serve again; the mean of that time is release, in seconds, >= 0. It depends on the laws of both times
// by their means alone: a request is lost with probability B(λ(E[S_w]+release), c).
func LossWithRelease(arrivalRate, warmService, release float64, instances int) (LossResult, error) {
	var d domain
	d.count("instances", instances, 1)
	if err := d.err(); err != nil {
		return LossResult{}, err
	}
	// With a server for each request present, no request slows another.
	r, err := ProcessorSharing(Sharing{
		ArrivalRate: arrivalRate,
		Service:     warmService,
		Release:     release,
		Speed:       Cores{Physical: instances},
		MaxPresent:  instances,
	})
	if err != nil {
		return LossResult{}, err
	}
	r.RejectionProbability = erlangB(arrivalRate*(warmService+release), instances)
	return LossResult(r), nil
}
