package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"faaslab/dist"
)

const (
	// grouped is about the reciprocal share of the values up to a value that make a group.
	grouped = 500
	// largestCV is that of a hyperexponential law in the notation.
	largestCV = 100
	// clearly is by how much a log-likelihood must be larger to count: 1 % more likely.
	clearly = 0.01
)

// hyperexponential looks for the most likely law with balanced means: over groups of the values from
// several starts, and then over the values themselves from the best. A law of cv 1, which is
// exponential, is stationary, and the likelihood comes near that of an exponential law again where the
// cv grows without bound: a maximum elsewhere must be clearly larger.
func hyperexponential(s *sample) (dist.Distribution, float64, string) {
	all := balanced{values: make([]float64, len(s.values)), n: s.n}
	for i, x := range s.values {
		all.values[i] = x / s.mean
	}
	groups := all.groups()
	best := point{value: 1}                             // the exponential law
	for _, logit := range []float64{-0.5, -2, -4, -7} { // long phases of 38 % down to 0.1 % of the draws
		if found := groups.minimize(0, logit); found.value < best.value-clearly/s.n {
			best = found
		}
	}
	if best.cv() > largestCV {
		return nil, 0, "most likely outside the notation: cv is above 100"
	}
	if best.logit != 0 {
		best = all.minimize(best.logMean, best.logit)
	}
	law := dist.Hyperexponential{Mean: s.mean * math.Exp(best.logMean), CV: best.cv()}
	return law, -s.n * (best.value + math.Log(s.mean)), ""
}

// balanced is the likelihood of values, relative to their mean, under hyperexponential laws of
// balanced means. With the probability p of the long phase and the law's mean m, the phases have
// the rates 2p/m and 2(1−p)/m.
type balanced struct {
	values []float64
	counts []float64 // how often each occurs; nil: once
	n      float64   // sum of the counts
}

// groups puts neighbours of ascending values together, each group at its mean: single values at both
// ends, and the more the farther from them. Of a million values, some thousand are left, with nearly the
// same likelihood.
func (b balanced) groups() balanced {
	grouping := balanced{n: b.n}
	for from := 0; from < len(b.values); {
		size := 1 + min(from, len(b.values)-1-from)/grouped
		mean := 0.0
		for _, x := range b.values[from : from+size] {
			mean += x / float64(size)
		}
		grouping.values, grouping.counts = append(grouping.values, mean), append(grouping.counts, float64(size))
		from += size
	}
	return grouping
}

// A point is a law, by two parameters without bounds, with what is known there.
type point struct {
	logMean float64 // ln m
	logit   float64 // ln(p/(1−p)); the law is the same for both signs
	value   float64 // mean of −ln density
	// gradient and hessian are those of value over logMean and logit.
	gradient [2]float64
	hessian  [3]float64 // over logMean twice, over both, over logit twice
}

// long returns the probability of the long phase, up to 1/2.
func (b point) long() float64 { return 1 / (1 + math.Exp(math.Abs(b.logit))) }

// cv returns the law's coefficient of variation.
func (b point) cv() float64 {
	p := b.long()
	return max(1, math.Sqrt(1/(2*p*(1-p))-1))
}

// minimize returns a point with the least value near a start, by Newton's method.
func (b balanced) minimize(logMean, logit float64) point {
	// One pass over the values tells all that the optimizer asks for one by one.
	var last point
	known := false
	at := func(x []float64) *point {
		if !known || x[0] != last.logMean || x[1] != last.logit {
			last, known = b.at(x[0], x[1]), true
		}
		return &last
	}
	// A line search that comes to the last digit of the value is an error to the optimizer, and its best
	// point is the result.
	result, _ := optimize.Minimize(optimize.Problem{
		Func: func(x []float64) float64 { return at(x).value },
		Grad: func(gradient, x []float64) { copy(gradient, at(x).gradient[:]) },
		Hess: func(hessian *mat.SymDense, x []float64) {
			h := at(x).hessian
			hessian.SetSym(0, 0, h[0])
			hessian.SetSym(0, 1, h[1])
			hessian.SetSym(1, 1, h[2])
		},
	}, []float64{logMean, logit}, &optimize.Settings{GradientThreshold: 1e-8, MajorIterations: 100, Converger: optimize.NeverTerminate{}},
		&optimize.Newton{Linesearcher: &optimize.Backtracking{MinimumStepSize: 1e-3}})
	return b.at(result.X[0], result.X[1])
}

// at computes a point.
func (b balanced) at(logMean, logit float64) point {
	at := point{logMean: logMean, logit: logit}
	p := at.long()
	mean := math.Exp(logMean)
	var value, m, q, mm, mq, qq float64 // sums of ln density and its derivatives over ln m and p
	logLong, logRatio := math.Log(2*p*p)-logMean, 2*math.Abs(logit)
	rate, rates := 2*p, 2*(1-2*p)
	slope := -2 / (p * (1 - p))
	for i, x := range b.values {
		count := 1.0
		if b.counts != nil {
			count = b.counts[i]
		}
		y := x / mean
		// ln of the ratio of the two phases' densities, and the probability that the draw is of the short one.
		ratio := logRatio - rates*y
		short, log := 1.0, ratio
		if ratio < 40 {
			e := math.Exp(ratio)
			short, log = e/(1+e), math.Log1p(e)
		}
		value += count * (logLong - rate*y + log)
		ratioM, ratioQ, both := rates*y, slope+4*y, short*(1-short)
		m += count * (rate*y + short*ratioM)
		q += count * (-2*y + short*ratioQ)
		mm += count * (-rate*y - short*ratioM + both*ratioM*ratioM)
		mq += count * (2*y - short*4*y + both*ratioM*ratioQ)
		qq += count * (short*-slope*rates/2*-slope/2 + both*ratioQ*ratioQ)
	}
	n := b.n
	q, m = q/n+2/p, m/n-1
	mm, mq, qq = mm/n, mq/n, qq/n-2/(p*p)
	s := p * (1 - p) // slope of p over the logit, which falls where the latter is positive
	sign := 1.0
	if logit > 0 {
		sign = -1
	}
	at.value = -value / n
	at.gradient = [2]float64{-m, -sign * q * s}
	at.hessian = [3]float64{-mm, -sign * mq * s, -(qq*s*s + q*s*(1-2*p))}
	return at
}
