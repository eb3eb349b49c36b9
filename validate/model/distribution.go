package model

import "math"

// A Distribution gives the probability of every number 0, 1, 2, …. Mass holds the first
// probabilities; beyond Mass they fall geometrically, as in a queue without a limit. With a Ratio
// of 0, Mass is the whole distribution, and lacks at most 1e-15.
type Distribution struct {
	Mass  []float64 // P(N = n) for n < len(Mass)
	Ratio float64   // P(N = n+1) / P(N = n) from n = len(Mass)−1 on; 0 ≤ Ratio < 1
}

// Probability returns P(N = n); 0 for a negative n.
func (d Distribution) Probability(n int) float64 {
	last := len(d.Mass) - 1
	switch {
	case n < 0 || last < 0:
		return 0
	case n <= last:
		return d.Mass[n]
	default:
		return d.Mass[last] * math.Pow(d.Ratio, float64(n-last))
	}
}

// Above returns P(N > n), summed from the far end so that a small tail keeps its precision.
func (d Distribution) Above(n int) float64 {
	last := len(d.Mass) - 1
	if last < 0 {
		return 0
	}
	beyond := d.Mass[last] * d.Ratio / (1 - d.Ratio)
	if n >= last {
		return beyond * math.Pow(d.Ratio, float64(n-last))
	}
	for i := last; i > max(n, -1); i-- {
		beyond += d.Mass[i]
	}
	return beyond
}

// Mean returns E[N].
func (d Distribution) Mean() float64 {
	mean := 0.0
	for n, p := range d.Mass {
		mean += float64(n) * p
	}
	if last := len(d.Mass) - 1; last >= 0 && d.Ratio > 0 {
		beyond := d.Mass[last] * d.Ratio / (1 - d.Ratio)
		mean += beyond * (float64(last) + 1/(1-d.Ratio))
	}
	return mean
}

// birthDeath returns the steady state of a birth–death chain, given the logarithms log(π_{n+1}/π_n)
// of the ratios of neighbours, one fewer than states. Sums start at the most likely state, so where
// the probability is not negligible few logarithms are added, and nothing overflows. ratio is the
// ratio of the geometric tail behind the last state, 0 for no tail.
func birthDeath(logRatios []float64, ratio float64) Distribution {
	mode, log, highest := 0, 0.0, 0.0
	for n, r := range logRatios {
		if log += r; log > highest {
			mode, highest = n+1, log
		}
	}
	mass := make([]float64, len(logRatios)+1)
	mass[mode] = 1
	log = 0
	for n := mode; n < len(logRatios); n++ {
		log += logRatios[n]
		mass[n+1] = math.Exp(log)
	}
	log = 0
	for n := mode; n > 0; n-- {
		log -= logRatios[n-1]
		mass[n-1] = math.Exp(log)
	}
	total := mass[len(mass)-1] * ratio / (1 - ratio)
	for _, p := range mass {
		total += p
	}
	for n := range mass {
		mass[n] /= total
	}
	return Distribution{Mass: mass, Ratio: ratio}
}
