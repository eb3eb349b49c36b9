package stats

// mserBatch is the number of observations in a batch mean of MSER-5.
const mserBatch = 5

// MSER5 returns the number of observations to delete from the start of a series so that the rest
// estimates the steady-state mean best: the number d that minimises the estimated variance of that
// mean,
//
//	Σ_{i >= d} (y_i − ȳ_d)² / (n − d)²
//
// over batch means of five observations and d up to half the series (White, "An effective
// truncation heuristic for bias reduction in simulation output", Simulation 1997; White, Cobb and
// Spratt, WSC 2000). found is false if the minimum is at half the series, or the series has fewer
// than twenty observations: then the series does not show where the transient ends.
func MSER5(observations []float64) (deleted int, found bool) {
	n := len(observations) / mserBatch
	if n < 4 {
		return 0, false
	}
	// From the end backwards, by Welford's recurrence: the mean of the last k batches and the sum
	// of their squared deviations.
	var mean, squares, least float64
	best := -1
	for k := 1; k <= n; k++ {
		d := n - k
		var y float64
		for _, x := range observations[d*mserBatch : (d+1)*mserBatch] {
			y += x / mserBatch
		}
		deviation := y - mean
		mean += deviation / float64(k)
		squares += deviation * (y - mean)
		if d > n/2 {
			continue
		}
		// At equal variance the smaller d is better: it deletes less.
		if variance := squares / float64(k*k); best < 0 || variance <= least {
			best, least = d, variance
		}
	}
	return best * mserBatch, best < n/2
}
