package model

import "math"

// A TimeLaw is the law of a waiting or response time over served requests.
type TimeLaw interface {
	// Above returns P(T > x), x in seconds, >= 0; NaN beyond the reach of the model.
	Above(x float64) float64
	// Quantile returns the smallest x in seconds with P(T <= x) >= p, 0 <= p < 1; NaN beyond the
	// reach of the model.
	Quantile(p float64) float64
}

// waitLaw is the wait of the served requests in M/M/c+D.
type waitLaw struct {
	offeredWait
	served float64 // served requests / all requests
}

// density returns the factor that turns a scaled integral of the offered wait into a probability
// among the served requests.
func (w waitLaw) density() float64 {
	return w.probability / (w.within(0) + w.beyond()) / w.served
}

// Above returns the fraction of served requests that wait longer than x.
func (w waitLaw) Above(x float64) float64 {
	if x >= w.deadline {
		return 0
	}
	return w.density() * w.within(x)
}

// Quantile inverts Above, whose integral has a closed inverse.
func (w waitLaw) Quantile(p float64) float64 {
	y := (1 - p) / w.density()
	if y >= w.within(0) {
		return 0
	}
	switch {
	case w.decay > 0:
		return max(0, -math.Log(w.decay*y+math.Exp(-w.decay*w.deadline))/w.decay)
	case w.decay == 0:
		return w.deadline - y
	}
	return w.deadline - math.Log1p(w.decay*y)/w.decay
}

// responseLaw is the response of the served requests in M/M/c+D: the wait plus an independent
// exponential service.
type responseLaw struct {
	waitLaw
	service float64 // mean, s
}

// Above returns P(W > x) plus the probability of a shorter wait with a service that lasts beyond x:
//
//	P(W = 0) e^{−μx} + ∫ f(v) e^{−μ(x−v)} dv,  v from 0 to min(x, D)
//
// The density falls by e^{−decay·v}, so the integrand rises or falls by e^{(μ−decay)v}.
func (r responseLaw) Above(x float64) float64 {
	mu := 1 / r.service
	atOnce := max(0, 1-r.waitLaw.Above(0))
	end := min(x, r.deadline)
	slope := mu - r.decay
	var integral float64
	last := r.logScale() - mu*(x-end) - r.decay*end // log of the scaled integrand at the end
	switch first := r.logScale() - mu*x; {
	case math.Abs(slope)*end < 1e-9:
		integral = end * math.Exp(first)
	case slope > 0:
		integral = math.Exp(last) * -math.Expm1(-slope*end) / slope
	default:
		integral = math.Exp(first) * math.Expm1(slope*end) / slope
	}
	return min(1, atOnce*math.Exp(-mu*x)+r.density()*integral+r.waitLaw.Above(x))
}

// Quantile inverts Above.
func (r responseLaw) Quantile(p float64) float64 { return quantileOf(r, p, r.service) }

// exponentialLaw is the law with P(T > x) = positive·e^{−rate·x}: T is 0 with probability 1 −
// positive.
type exponentialLaw struct {
	positive float64
	rate     float64 // 1/s
}

// Above returns P(T > x).
func (e exponentialLaw) Above(x float64) float64 { return e.positive * math.Exp(-e.rate*x) }

// Quantile returns 0 up to p = 1 − positive.
func (e exponentialLaw) Quantile(p float64) float64 {
	return max(0, math.Log(e.positive/(1-p))/e.rate)
}

// quantileOf inverts a continuous law: it doubles a first guess, then halves the bracket down to
// neighbouring numbers.
func quantileOf(law TimeLaw, p, guess float64) float64 {
	if law.Above(0) <= 1-p {
		return 0
	}
	low, high := 0.0, guess
	for law.Above(high) > 1-p {
		if low, high = high, 2*high; high > largest*largest {
			return math.NaN()
		}
	}
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if law.Above(middle) > 1-p {
			low = middle
		} else {
			high = middle
		}
	}
}

var (
	_ TimeLaw = waitLaw{}
	_ TimeLaw = responseLaw{}
	_ TimeLaw = exponentialLaw{}
)
