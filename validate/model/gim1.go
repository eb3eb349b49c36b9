package model

import "fmt"

// GIM1Result is the steady state of one server with a queue and renewal arrivals.
type GIM1Result struct {
	Measures              // as for a pool of one instance, with both laws
	Root     float64      // σ in (0, 1): the probability that a request waits
	Present  Distribution // number in the system at any moment, in service or waiting
	Busy     Distribution // number of busy servers, 0 or 1
}

// GIM1 returns the steady state of the queue GI/M/1: independent times between arrivals of any law
// A, and one instance, or core, with exponential service times, first come, first served and
// without limit. The number that an arrival finds is geometric with the root σ of
//
//	σ = A*(μ(1 − σ)),  A*(s) = E[e^{−sA}],  0 < σ < 1
//
// so P(W > x) = σ e^{−μ(1−σ)x}, and the response is exponential with rate μ(1 − σ) (D. G. Kendall,
// "Stochastic processes occurring in the theory of queues", 1953; L. Kleinrock, "Queueing Systems",
// vol. 1, 1975, §6.4). At any moment n are present with probability ρ(1 − σ)σ^{n−1}, n ≥ 1.
//
// The arrival rate 1/E[A] is per second, the mean service time 1/μ in seconds; the load ρ must be
// below 1. complement returns 1 − A*(s), s in 1/s. GIM1 is not valid for arrivals in batches, nor
// for times between arrivals that depend on each other. Exponential times make it M/M/1, σ = ρ.
func GIM1(arrivalRate, service float64, complement func(s float64) float64) (GIM1Result, error) {
	var d domain
	d.rate("arrival rate", arrivalRate)
	d.duration("service time", service)
	if err := d.err(); err != nil {
		return GIM1Result{}, err
	}
	busy := arrivalRate * service
	if busy >= 1 {
		return GIM1Result{}, overloaded(busy, 1)
	}
	// 1 − σ solves 1 − A*(μδ) = δ. The left side is concave, 0 at δ = 0, and steeper than δ there,
	// since ρ < 1: it lies above δ up to the root and below δ behind it.
	above := func(free float64) bool { return complement(free/service) > free }
	low, high := 0.5, 1.0
	for ; !above(low); low /= 2 {
		if high = low; low < smallest*smallest {
			return GIM1Result{}, &DomainError{"offered load", fmt.Sprint(busy), "further below 1: nearly all requests wait, for longer than the transform of the arrivals can tell"}
		}
	}
	free := high // 1 − σ
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if above(middle) {
			low = middle
		} else {
			high, free = middle, middle
		}
	}
	root := 1 - free
	m := Measures{
		WaitingProbability: root,
		WaitingTime:        root * service / free,
		ResponseTime:       service / free,
		Queue:              busy * root / free,
		WarmInstances:      1,
		RunningWarm:        busy,
		Waiting:            exponentialLaw{root, free / service},
		Response:           exponentialLaw{1, free / service},
		defined: coldStartProbability | rejectionProbability | timeoutProbability |
			waitingTime | responseTime | waitingProbability | queue,
	}
	m.pooled()
	return GIM1Result{
		Measures: m, Root: root,
		Present: Distribution{Mass: []float64{1 - busy, busy * free}, Ratio: root},
		Busy:    Distribution{Mass: []float64{1 - busy, busy}},
	}, nil
}

// FCFSRenewalCore returns the steady state of a Wasm platform on one core, first come, first
// served, with renewal arrivals: GI/M/1, with the number present as the numbers of instances and
// running.
func FCFSRenewalCore(arrivalRate, service float64, complement func(s float64) float64) (GIM1Result, error) {
	r, err := GIM1(arrivalRate, service, complement)
	if err != nil {
		return GIM1Result{}, err
	}
	present := r.Running + r.Queue
	r.Measures = Measures{
		WaitingTime: r.WaitingTime, ResponseTime: r.ResponseTime,
		WaitingProbability: r.WaitingProbability, Queue: r.Queue,
		Waiting: r.Waiting, Response: r.Response,
		Instances: present, Running: present,
		defined: waitingTime | responseTime | waitingProbability | queue | instances | running,
	}
	return r, nil
}
