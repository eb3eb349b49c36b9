package model

import "math"

// A FiniteSource describes users who wait for their answers: each thinks, sends a request, and
// thinks again when it is answered.
type FiniteSource struct {
	Users   int     // N, at least 1
	Think   float64 // E[Z]: mean time from an answer to the user's next request, seconds; 0 or more
	Service float64 // E[S]: mean service time of a request alone, seconds; > 0
	Speed   Speed   // r(j) of the requests present: Cores, a SpeedCurve, or another
	// MaxPresent is c: a request that finds c present is rejected, and its user thinks again.
	// Unlimited, or at least 1; below Users the think time must be positive.
	MaxPresent int
}

// FiniteSourceResult is the steady state of a FiniteSource.
type FiniteSourceResult struct {
	Measures              // see the function
	Present  Distribution // number of requests present, 0 to N or c
	Busy     Distribution // number of requests in service; with MachineRepair only
}

// FiniteSharing returns the steady state of users whose requests share a machine equally. The number
// present is a birth–death chain: k requests are present with a probability proportional to
//
//	Π_{j=1}^{k} (N − j + 1) E[S] / (E[Z] r(j)),   k ≤ min(N, c)
//
// It depends on the laws of think and service times by their means alone, since both stations are
// symmetric queues (F. Baskett, K. M. Chandy, R. R. Muntz, F. G. Palacios, "Open, closed, and mixed
// networks of queues with different classes of customers", J. ACM 1975; F. P. Kelly, "Reversibility
// and Stochastic Networks", 1979, chapter 3), provided that at least one of the two laws is not
// concentrated on multiples of a time: else the users stay in step. With a server for each of c
// requests present, it is Engset's loss system (T. Engset, Elektrotechnische Zeitschrift 1918; for
// any laws J. W. Cohen, "The generalized Engset formulae", Philips Telecommunication Review 1957).
//
// With MaxPresent Unlimited, the measures are the response time, the throughput, and the number
// present as the number of instances and running: Wasm executors that share cores. With MaxPresent
// c, they are those of a container pool that rejects, whose c instances are all warm and never
// expire. The response time is N/throughput − E[Z] in the first case. N = 1 gives E[S]/r(1).
func FiniteSharing(source FiniteSource) (FiniteSourceResult, error) {
	present, err := source.present()
	if err != nil {
		return FiniteSourceResult{}, err
	}
	mean, throughput := present.Mean(), source.throughput(present)
	if source.MaxPresent == Unlimited {
		return FiniteSourceResult{
			Measures: Measures{
				ResponseTime: mean / throughput, Instances: mean, Running: mean, Throughput: throughput,
				defined: responseTime | instances | running | throughputRate,
			},
			Present: present,
		}, nil
	}
	last := source.MaxPresent
	m := Measures{
		ResponseTime:  mean / throughput,
		WarmInstances: float64(last),
		RunningWarm:   mean,
		Throughput:    throughput,
		defined:       coldStartProbability | rejectionProbability | responseTime | throughputRate,
	}
	if last < source.Users {
		m.RejectionProbability = present.Mass[last] * float64(source.Users-last) / source.sent(present)
	}
	m.pooled()
	return FiniteSourceResult{Measures: m, Present: present}, nil
}

// MachineRepair returns the steady state of users whose requests are served by c servers, first
// come, first served: M/M/c//N, the classical problem of N machines and c repairmen (W. Feller, "An
// Introduction to Probability Theory and Its Applications I", 3rd edition, XVII.7). Service times
// are exponential; think times may have any law. The chain is that of FiniteSharing with r(j) =
// min(j, c).
//
// The measures are those of a container pool of c warm instances that never expire, where requests
// wait. Up to N = c no request waits, and then service times may have any law. It is not valid for
// a limit on the wait.
func MachineRepair(users int, think, service float64, servers int) (FiniteSourceResult, error) {
	var d domain
	d.count("servers", servers, 1)
	if err := d.err(); err != nil {
		return FiniteSourceResult{}, err
	}
	source := FiniteSource{Users: users, Think: think, Service: service, Speed: Cores{Physical: servers}}
	present, err := source.present()
	if err != nil {
		return FiniteSourceResult{}, err
	}
	busy := Distribution{Mass: append([]float64(nil), present.Mass[:min(users, servers)+1]...)}
	queued, waited := 0.0, 0.0 // mean number waiting; requests that wait, as sent weights them
	for k := len(present.Mass) - 1; k >= servers; k-- {
		p := present.Mass[k]
		if k > servers {
			busy.Mass[servers] += p
		}
		queued += float64(k-servers) * p
		waited += p * float64(users-k)
	}
	throughput := source.throughput(present)
	m := Measures{
		WaitingTime:        queued / throughput,
		ResponseTime:       queued/throughput + service,
		WaitingProbability: waited / source.sent(present),
		Queue:              queued,
		WarmInstances:      float64(servers),
		RunningWarm:        busy.Mean(),
		Throughput:         throughput,
		defined:            coldStartProbability | rejectionProbability | timeoutProbability | waitingTime | responseTime | waitingProbability | queue | throughputRate,
	}
	m.pooled()
	return FiniteSourceResult{Measures: m, Present: present, Busy: busy}, nil
}

// FiniteCores returns the steady state of a Wasm platform on N cores, where each request keeps one
// core to its end and the others wait, first come, first served: MachineRepair, with the number
// present as the numbers of instances and running.
func FiniteCores(users int, think, service float64, cores int) (FiniteSourceResult, error) {
	r, err := MachineRepair(users, think, service, cores)
	if err != nil {
		return FiniteSourceResult{}, err
	}
	present := r.Present.Mean()
	r.Measures = Measures{
		WaitingTime: r.WaitingTime, ResponseTime: r.ResponseTime,
		WaitingProbability: r.WaitingProbability, Queue: r.Queue,
		Instances: present, Running: present, Throughput: r.Throughput,
		defined: waitingTime | responseTime | waitingProbability | queue | instances | running | throughputRate,
	}
	return r, nil
}

// present returns the law of the number of requests present.
func (s FiniteSource) present() (Distribution, error) {
	if err := s.validate(); err != nil {
		return Distribution{}, err
	}
	think := s.Think
	if think == 0 {
		// The limit of ever shorter think times: all requests are present.
		think = 1e-15 * s.Service
	}
	most := s.Users
	if s.MaxPresent != Unlimited {
		most = min(most, s.MaxPresent)
	}
	logRatios := make([]float64, most)
	flat := s.Speed.Flat()
	for j := range logRatios {
		logRatios[j] = math.Log(float64(s.Users-j) * s.Service / (think * s.Speed.Rate(min(j+1, flat))))
	}
	return birthDeath(logRatios, 0), nil
}

// throughput returns the requests that are served in a second.
func (s FiniteSource) throughput(present Distribution) (rate float64) {
	flat := s.Speed.Flat()
	for k := len(present.Mass) - 1; k > 0; k-- {
		rate += present.Mass[k] * s.Speed.Rate(min(k, flat))
	}
	return rate / s.Service
}

// sent returns the mean number of users who think: requests are sent at that number divided by
// E[Z].
func (s FiniteSource) sent(present Distribution) (users float64) {
	for k := len(present.Mass) - 1; k >= 0; k-- {
		users += present.Mass[k] * float64(s.Users-k)
	}
	return users
}

func (s FiniteSource) validate() error {
	var d domain
	d.count("users", s.Users, 1)
	if s.Think != 0 {
		d.duration("think time", s.Think)
	}
	if s.Think == 0 && s.MaxPresent != Unlimited && s.MaxPresent < s.Users {
		d.fail("think time", "0 s", "a positive time where requests are rejected: their users would send without end")
	}
	d.duration("service time", s.Service)
	if s.MaxPresent != Unlimited {
		d.count("max present", s.MaxPresent, 1)
	}
	d.speed(s.Speed)
	return d.err()
}
