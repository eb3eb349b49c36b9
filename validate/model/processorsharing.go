package model

import (
	"fmt"
	"math"
)

// Speed is the joint speed of requests that share a machine.
type Speed interface {
	// Rate returns r(j), the work done in a second while j requests are present, in seconds of one
	// request alone: positive for j ≥ 1.
	Rate(present int) float64
	// Flat returns a number present from which on Rate does not change; at least 1.
	Flat() int
}

// Cores are physical cores shared equally by the requests present.
type Cores struct {
	Physical int // P, at least 1

	// SMTYield is σ, the speed that the second thread of a core adds, relative to the first: from 0
	// (no simultaneous multithreading) to 1 (as much as another core).
	SMTYield float64

	// AllCoreSpeed is s, the clock with all cores busy over the clock with one busy: in (0, 10], or
	// 0, which means 1. The clock changes linearly between the two, and may rise.
	AllCoreSpeed float64

	// Speeds is any other clock: that with 1, 2, … cores busy, over the one that service times are
	// given for, each in (0, 10]. The last holds for more busy cores. Empty: AllCoreSpeed says it.
	Speeds []float64
}

// Rate returns r(j): j up to P, then P + σ(j−P), flat from 2P; all of it times the clock of min(j,P)
// busy cores, which is 1 − (1−s)(min(j,P)−1)/(P−1) unless Speeds has another. The clock of a single
// core is 1.
func (c Cores) Rate(present int) float64 {
	busy := min(present, c.Physical)
	rate := float64(busy) + c.SMTYield*float64(min(present, 2*c.Physical)-busy)
	switch {
	case len(c.Speeds) > 0:
		rate *= c.Speeds[min(busy, len(c.Speeds))-1]
	case c.AllCoreSpeed > 0 && c.Physical > 1:
		rate *= 1 - (1-c.AllCoreSpeed)*float64(busy-1)/float64(c.Physical-1)
	}
	return rate
}

// Flat returns 2P with a positive SMT yield, else P.
func (c Cores) Flat() int {
	if c.SMTYield > 0 {
		return 2 * c.Physical
	}
	return c.Physical
}

// SpeedCurve is any other speed: r(1), r(2), …, flat from the last one.
type SpeedCurve []float64

// Rate returns r(j).
func (s SpeedCurve) Rate(present int) float64 { return s[min(present, len(s))-1] }

// Flat returns the length of the curve.
func (s SpeedCurve) Flat() int { return len(s) }

var (
	_ Speed = Cores{}
	_ Speed = SpeedCurve{}
)

// Sharing describes requests that share a machine equally.
type Sharing struct {
	ArrivalRate float64 // λ: requests per second, Poisson; > 0
	Service     float64 // E[S]: mean service time of a request alone, seconds; > 0
	Speed       Speed   // r(j): Cores, a SpeedCurve, or another
	MaxPresent  int     // c: a request that finds c present is rejected; Unlimited, or at least 1

	// Release is the mean time, in seconds, for which a request takes one of the c places after its
	// response, without sharing the machine any more; >= 0. It has no effect without a limit.
	Release float64
}

// SharingResult is the steady state of requests that share a machine.
type SharingResult struct {
	Measures              // see ProcessorSharing
	Present  Distribution // number that share: a geometric tail where the speed is flat, or cut at c
}

// ProcessorSharing returns the steady state of the generalised processor-sharing queue: the number
// present is k with probability proportional to a^k / Π_{j≤k} r(j), a = λE[S]. It depends on the
// distribution of service by its mean alone (F. P. Kelly, "Reversibility and Stochastic Networks",
// 1979, chapter 3; J. W. Cohen, "The multiple phase service network with generalized processor
// sharing", Acta Informatica 12, 1979).
//
// Two platforms are of this kind. With MaxPresent Unlimited, the queue is a Wasm platform whose
// executors share the cores. The load must be below the flat speed; the measures are the response
// time and the number present, which equals the numbers of instances and running. With MaxPresent
// c, the queue is a container pool whose c instances are all warm, never expire (τ = ∞), share the
// cores and reject: no start is cold, and response times cover served requests.
//
// With Release E[D], a request goes on to servers without limit, where it still takes its place: both
// numbers are k and m with probability proportional to (a^k / Π_{j≤k} r(j)) (λE[D])^m / m!, k + m ≤ c,
// and depend on the distribution of the release by its mean alone, too.
//
// As λ → 0 the response time tends to E[S]/r(1); c = 1 is Erlang's loss with one server. The result
// is not valid for arrivals that are not Poisson, for shares that are not equal, for a start-up
// that holds a core, nor for a pool that is not full.
func ProcessorSharing(sharing Sharing) (SharingResult, error) {
	if err := sharing.validate(); err != nil {
		return SharingResult{}, err
	}
	var (
		load  = sharing.ArrivalRate * sharing.Service
		flat  = sharing.Speed.Flat()
		last  = sharing.MaxPresent
		ratio = 0.0
	)
	if last == Unlimited {
		last, ratio = flat, load/sharing.Speed.Rate(flat)
		if ratio >= 1 {
			return SharingResult{}, overloaded(load, sharing.Speed.Rate(flat))
		}
	}
	logRatios := make([]float64, last)
	for j := range logRatios {
		logRatios[j] = math.Log(load / sharing.Speed.Rate(j+1))
	}
	if sharing.MaxPresent != Unlimited && sharing.Release > 0 {
		return sharing.releasing(logRatios), nil
	}
	present := birthDeath(logRatios, ratio)
	mean := present.Mean()
	if sharing.MaxPresent == Unlimited {
		return SharingResult{
			Measures: Measures{
				ResponseTime: mean / sharing.ArrivalRate, Instances: mean, Running: mean,
				defined: responseTime | instances | running,
			},
			Present: present,
		}, nil
	}
	served := 0.0 // summed, since under overload 1 − rejected loses its digits
	for _, p := range present.Mass[:last] {
		served += p
	}
	m := Measures{
		RejectionProbability: present.Mass[last],
		ResponseTime:         mean / (sharing.ArrivalRate * served),
		WarmInstances:        float64(last),
		RunningWarm:          mean,
		defined:              coldStartProbability | rejectionProbability | responseTime,
	}
	m.pooled()
	return SharingResult{Measures: m, Present: present}, nil
}

// releasing returns the steady state with releases and a limit, given the logarithms of the ratios of
// neighbours without releases.
func (s Sharing) releasing(logRatios []float64) SharingResult {
	last, load := s.MaxPresent, s.ArrivalRate*s.Release
	// The sum of (λE[D])^m / m! for m up to k, and its last term, as logarithms.
	sums, terms := make([]float64, last+1), make([]float64, last+1)
	for k := 1; k <= last; k++ {
		terms[k] = terms[k-1] + math.Log(load/float64(k))
		sums[k] = logSum(sums[k-1], terms[k])
	}
	for j := range logRatios {
		logRatios[j] += sums[last-j-1] - sums[last-j]
	}
	sharing := birthDeath(logRatios, 0)
	full, served := 0.0, 0.0
	for k, p := range sharing.Mass {
		full += p * math.Exp(terms[last-k]-sums[last-k])
		if k < last {
			served += p * math.Exp(sums[last-k-1]-sums[last-k])
		}
	}
	mean := sharing.Mean()
	m := Measures{
		RejectionProbability: full,
		ResponseTime:         mean / (s.ArrivalRate * served),
		WarmInstances:        float64(last),
		RunningWarm:          mean,
		Releasing:            load * served,
		defined:              coldStartProbability | rejectionProbability | responseTime | releasing,
	}
	m.pooled()
	return SharingResult{Measures: m, Present: sharing}
}

func (s Sharing) validate() error {
	var d domain
	d.rate("arrival rate", s.ArrivalRate)
	d.duration("service time", s.Service)
	if !(s.Release >= 0 && s.Release <= largest) {
		d.fail("release", fmt.Sprint(s.Release, " s"), "0 to 1e+12 s")
	}
	if s.MaxPresent != Unlimited {
		d.count("max present", s.MaxPresent, 1)
	}
	d.speed(s.Speed)
	return d.err()
}

// speed accepts cores within their domains, and every speed that is positive and bounded.
func (d *domain) speed(speed Speed) {
	before := len(d.errs)
	switch speed := speed.(type) {
	case nil:
		d.fail("speed", "missing", "Cores, a SpeedCurve or another Speed")
	case Cores:
		d.count("physical cores", speed.Physical, 1)
		if !(speed.SMTYield >= 0 && speed.SMTYield <= 1) {
			d.fail("SMT yield", fmt.Sprint(speed.SMTYield), "0 to 1")
		}
		if !(speed.AllCoreSpeed >= 0 && speed.AllCoreSpeed <= 10) {
			d.fail("all-core speed", fmt.Sprint(speed.AllCoreSpeed), "above 0, to 10; 0 stands for 1")
		}
		for i, x := range speed.Speeds {
			if !(x > 0 && x <= 10) {
				d.fail(fmt.Sprintf("speed of a core with %d busy", i+1), fmt.Sprint(x), "above 0, to 10")
				break
			}
		}
	default:
		d.count("length of the speed curve", speed.Flat(), 1)
	}
	if len(d.errs) > before {
		return
	}
	for j := 1; j <= speed.Flat(); j++ {
		if rate := speed.Rate(j); !(rate >= smallest && rate <= largest) {
			d.fail(fmt.Sprintf("speed of %d present", j), fmt.Sprint(rate), "1e-12 to 1e+12")
			break
		}
	}
}
