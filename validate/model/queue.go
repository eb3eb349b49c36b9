package model

import "math"

// QueueResult is the steady state of servers with a queue in front of them.
type QueueResult struct {
	// Measures gives the timeout probability, the waiting and response times of served requests,
	// and the counts of a full pool whose instances are the servers.
	Measures

	WaitProbability float64      // probability that a request finds all servers busy
	Busy            Distribution // number of busy servers, 0 to c

	// Present is the number in the system, in service or waiting. It is empty if a deadline on
	// waiting cuts the queue.
	Present Distribution

	wait waitLaw
}

// MMc returns the steady state of the queue M/M/c: a pool of c warm instances that never expire (τ
// = ∞), where requests wait, first come, first served and without limit (Erlang, 1917).
//
// The arrival rate λ is per second, the mean service time E[S] in seconds, exponential. The load
// a = λE[S] must be below c. As λ → 0 no request waits; c = 1 gives the mean wait E[S] a/(1 − a).
// MMc is not valid for service times that are not exponential, nor for a pool that is not full.
func MMc(arrivalRate, service float64, servers int) (QueueResult, error) {
	return MMcD(arrivalRate, service, servers, math.Inf(1))
}

// MMcD returns the steady state of the queue M/M/c+D: like MMc, but a request gives up after
// waiting D seconds without service. The density of the wait V offered to an arrival, with p_j the
// probability of j < c busy servers, is
//
//	f(v) = λ p_{c−1} e^{−(cμ−λ)v}              0 < v ≤ D
//	f(v) = λ p_{c−1} e^{λD − cμv}              v > D: a request that gives up adds no work
//
// and requests with V > D give up (D. Y. Barrer, "Queuing with impatient customers and ordered
// service", Operations Research 5, 1957; F. Baccelli and G. Hebuterne, "On queues with impatient
// customers", 1981).
//
// The arrival rate λ is per second, the mean service time E[S] = 1/μ in seconds, exponential; D in
// seconds. Any load is accepted if D is finite. D = 0 is Erlang's loss system, its losses called
// timeouts; D = ∞ is MMc, and needs λE[S] < c. MMcD is not valid for a random patience, nor where
// the deadline bounds the response instead of the wait.
func MMcD(arrivalRate, service float64, servers int, deadline float64) (QueueResult, error) {
	var d domain
	d.rate("arrival rate", arrivalRate)
	d.duration("service time", service)
	d.count("servers", servers, 1)
	d.timeout("deadline", deadline)
	if err := d.err(); err != nil {
		return QueueResult{}, err
	}
	load, c := arrivalRate*service, float64(servers)
	if math.IsInf(deadline, 1) && load >= c {
		return QueueResult{}, overloaded(load, c)
	}
	w := waitLaw{offeredWait: offeredWait{
		decay:    (c - load) / service,
		drain:    c / service,
		deadline: deadline,
	}}

	// Up to c−1 busy servers the chain is that of M/M/∞; the probability of c busy servers is the
	// probability of a positive wait.
	logRatios := make([]float64, servers)
	for j := 1; j < servers; j++ {
		logRatios[j-1] = math.Log(load / float64(j))
	}
	within, beyond := w.within(0), w.beyond()
	logRatios[servers-1] = math.Log(arrivalRate*(within+beyond)) - w.logScale()
	busy := birthDeath(logRatios, 0)

	w.probability = busy.Mass[servers]
	timeout := w.probability * beyond / (within + beyond)
	served := busy.Mean() / load // far above saturation, 1 − timeout loses its digits
	w.served = served
	waited := w.probability * w.moment() / (within + beyond)
	m := Measures{
		TimeoutProbability: timeout,
		WaitingTime:        waited / served,
		ResponseTime:       waited/served + service,
		WarmInstances:      c,
		RunningWarm:        load * served,
		WaitingProbability: min(1, w.Above(0)),
		Queue:              arrivalRate * waited,
		Waiting:            w,
		Response:           responseLaw{w, service},
		defined: coldStartProbability | rejectionProbability | timeoutProbability |
			waitingTime | responseTime | waitingProbability | queue,
	}
	if timeout > 0 {
		m.Queue += arrivalRate * timeout * deadline
	}
	m.pooled()
	r := QueueResult{Measures: m, WaitProbability: w.probability, Busy: busy, wait: w}
	if math.IsInf(deadline, 1) {
		r.Present = Distribution{Mass: append([]float64(nil), busy.Mass...), Ratio: load / c}
		r.Present.Mass[servers] *= 1 - load/c
	}
	return r, nil
}

// WaitAbove returns the probability that a request waits longer than the given seconds; a request
// that gives up has waited until its deadline.
func (r QueueResult) WaitAbove(seconds float64) float64 {
	w := r.wait.offeredWait
	switch {
	case seconds < 0:
		return 1
	case seconds >= w.deadline:
		return 0
	}
	return w.probability * (w.within(seconds) + w.beyond()) / (w.within(0) + w.beyond())
}

// FCFSCores returns the steady state of a Wasm platform on N cores, where each request keeps one
// core to its end and the others wait, first come, first served: M/M/N, with the number present,
// waiting or on a core, as the numbers of instances and running.
//
// Units, domain, edges and source are those of MMc. FCFSCores is not valid for shared cores (see
// ProcessorSharing), nor, except at light load, for service times that are not exponential.
func FCFSCores(arrivalRate, service float64, cores int) (QueueResult, error) {
	r, err := MMc(arrivalRate, service, cores)
	if err != nil {
		return QueueResult{}, err
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

// offeredWait is the density e^{−decay·v} up to the deadline and e^{−drain·v} behind it. Above
// saturation the decay is negative, and everything is divided by e^{−decay·deadline}, the largest
// value, so that nothing overflows.
type offeredWait struct {
	probability float64 // P(V > 0)
	decay       float64 // cμ − λ, 1/s
	drain       float64 // cμ, 1/s
	deadline    float64 // s
}

// logScale returns the logarithm of the factor of all integrals.
func (w offeredWait) logScale() float64 {
	if w.decay < 0 {
		return w.decay * w.deadline
	}
	return 0
}

// within returns the scaled ∫ e^{−decay·v} dv from v to the deadline.
func (w offeredWait) within(v float64) float64 {
	length := w.deadline - v
	if w.decay > 0 {
		return math.Exp(-w.decay*v) * -math.Expm1(-w.decay*length) / w.decay
	}
	if w.decay == 0 {
		return length
	}
	return -math.Expm1(w.decay*length) / -w.decay
}

// moment returns the scaled ∫ v e^{−decay·v} dv from 0 to the deadline.
func (w offeredWait) moment() float64 {
	rate := math.Abs(w.decay)
	if math.IsInf(w.deadline, 1) {
		return 1 / (rate * rate)
	}
	y := rate * w.deadline
	if y < 1e-8 {
		return w.deadline * w.deadline / 2
	}
	moment := secondEvent(y) / (rate * rate)
	if w.decay < 0 {
		moment = w.deadline*w.within(0) - moment
	}
	return moment
}

// beyond returns the scaled probability of an offered wait behind the deadline.
func (w offeredWait) beyond() float64 {
	if w.decay < 0 {
		return 1 / w.drain
	}
	if math.IsInf(w.deadline, 1) {
		return 0
	}
	return math.Exp(-w.decay*w.deadline) / w.drain
}
