package model

import "math"

// KeptResult is the steady state of a pool that has instances ready and keeps no other beyond its
// request.
type KeptResult struct {
	Measures
	InstancesDistribution Distribution // of LeastInstances
}

// Provisioned returns the steady state of a pool with N provisioned instances, which serve first and
// never end. A request that finds all of them busy starts an instance of its own, which ends with the
// request: there is no keep-alive (τ = 0) and no cap. The provisioned instances are Erlang's loss
// system, from which requests spill over: a start is cold with probability B(λE[S_w], N).
//
// The arrival rate λ is per second, and both mean service times are in seconds; both may have any
// distribution, since B depends on the mean alone. N = 0 is AlwaysCold. Provisioned is not valid for
// arrivals that are not Poisson, nor with a keep-alive, whose instances would serve spilled requests
// warm.
func Provisioned(arrivalRate, warmService, coldService float64, instances int) (KeptResult, error) {
	if err := keptDomain(arrivalRate, warmService, coldService, instances); err != nil {
		return KeptResult{}, err
	}
	m := kept(arrivalRate, warmService, coldService, erlangB(arrivalRate*warmService, instances))
	m.WarmInstances = float64(instances)
	m.pooled()
	return KeptResult{Measures: m}, nil
}

// Spare returns the steady state of a pool that loads an instance, for a mean time of startup
// seconds, whenever a request has taken one of the N that are ready, and whose instances end with
// their requests. A request that finds none ready starts its own, cold, and orders no other. The
// loads are Erlang's loss system with N servers: a start is cold with probability B(λU, N), whatever
// the law of the start-up U, and N instances are always ready or loading.
//
// Units and domains are those of Provisioned. Spare is not valid with a cap that loads may meet.
func Spare(arrivalRate, warmService, coldService, startup float64, instances int) (KeptResult, error) {
	if err := keptDomain(arrivalRate, warmService, coldService, instances); err != nil {
		return KeptResult{}, err
	}
	var d domain
	if startup != 0 { // without one, none is ever missing
		d.duration("start-up time", startup)
	}
	if err := d.err(); err != nil {
		return KeptResult{}, err
	}
	cold := erlangB(arrivalRate*startup, instances)
	if startup == 0 && instances > 0 {
		cold = 0
	}
	m := kept(arrivalRate, warmService, coldService, cold)
	m.WarmInstances = float64(instances) + m.RunningWarm
	m.pooled()
	return KeptResult{Measures: m}, nil
}

// LeastInstances returns the steady state of a pool that never has fewer than N instances, and whose
// other instances end with their requests, where cold starts take as long as warm ones: then the
// number running is that of M/G/∞, Poisson with mean a = λE[S]. A start is cold with probability
// P(Poisson(a) ≥ N), and there are max(N, Poisson(a)) instances.
//
// Units and domains are those of Provisioned. Other than there, any instance may be the one that
// ends, so that the probability is above Erlang's.
func LeastInstances(arrivalRate, service float64, instances int) (KeptResult, error) {
	if err := keptDomain(arrivalRate, service, service, instances); err != nil {
		return KeptResult{}, err
	}
	present, err := poisson(arrivalRate, "service time", service)
	if err != nil {
		return KeptResult{}, err
	}
	cold := present.Above(instances - 1)
	m := kept(arrivalRate, service, service, cold)
	all := Distribution{Mass: make([]float64, max(instances+1, len(present.Mass)))}
	mean := 0.0
	for n := range all.Mass {
		switch {
		case n == instances:
			all.Mass[n] = max(0, 1-present.Above(instances))
		case n > instances:
			all.Mass[n] = present.Probability(n)
		}
		mean += float64(n) * all.Mass[n]
	}
	m.WarmInstances = max(0, mean-m.RunningCold)
	m.pooled()
	return KeptResult{Measures: m, InstancesDistribution: all}, nil
}

// mostReady is the largest number of instances kept ready that the models take.
const mostReady = 1_000_000

func keptDomain(arrivalRate, warmService, coldService float64, instances int) error {
	var d domain
	d.rate("arrival rate", arrivalRate)
	d.duration("warm service time", warmService)
	d.duration("cold service time", coldService)
	d.count("instances", instances, 0)
	if instances > mostReady {
		d.fail("instances", "more than a million", "at most a million")
	}
	return d.err()
}

// kept returns what follows from the probability of a cold start where requests never wait.
func kept(rate, warm, cold, p float64) Measures {
	p = math.Min(1, p)
	return Measures{
		ColdStartProbability: p,
		ResponseTime:         (1-p)*warm + p*cold,
		RunningWarm:          rate * (1 - p) * warm,
		RunningCold:          rate * p * cold,
		defined:              coldStartProbability | rejectionProbability | responseTime,
	}
}
