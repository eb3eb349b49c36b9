// Package calibrate finds the values of keys with which a simulation comes nearest to measurements.
//
// A [Measurement] is one measured number: a metric under the settings of a row. The error of some values
// is the mean of |simulated − measured| / measured over all measurements. Each metric counts as much
// as any other, however many rows have it, unless half-widths are known: then a measurement
// counts in inverse proportion to the relative half-width of its interval, to which one hundredth is
// added in quadrature so that none counts without bound:
//
//	w = 1/√((half-width/measured)² + 0.01²) / (measurements of the metric)
//
// A [Calibration] searches for the least error: on a coarse grid over all ranges, then by golden sections
// between neighbours of the best value of one key, or by a simplex (Nelder and Mead, "A simplex method
// for function minimization", The Computer Journal 1965) over several. All values see the same random
// streams, and near the best value also the same warm-up and duration, so that differences of their errors are those
// of the values. The simulations are those of a [Simulator]: [Experiments] makes them of scenarios.
//
// Around the least error the ground is flat: measurements and simulations are known up to chance, and so
// is the error. The [Region] is the values that chance does not tell from the best, with 95 % confidence.
// It is found as follows. Suppose that the best values are the true ones, and repeat the measurements
// 400 times: each is what was simulated, changed by normal errors as large as its interval says
// and by those of the simulation, as its replications vary. Errors of metrics in one row go together as the
// replications' do, and so do those of different rows, if these were measured with the same arrivals: both is tried, and
// the larger region counts. In each repetition the error of the true values exceeds the least error over
// all values near them by an amount that chance makes. The region is all values whose error exceeds the
// least by no more than this amount does in 98 of 100 repetitions: a likelihood-ratio region with the
// absolute error in place of the likelihood, by the parametric bootstrap (Efron and Tibshirani, "An
// Introduction to the Bootstrap", 1993, chapter 6). Half-widths and what goes together are themselves
// estimates, of which the repetitions know nothing: with 95 of 100, 93 % of the regions held the true
// values where few measurements were fitted, and with 98 it is at least 95 % (TestRegionsHoldTheTrueValues).
// Of several keys, the region's extent along each is stated, a box that holds the true values at least as
// often as the region itself.
//
// Where no half-widths were measured, what remains of the error at the best values is taken for the
// measurements' chance: by metric, if it was measured in more rows than there are keys and one more, otherwise over
// all metrics, and for each row's own. A model that misses something makes it larger, and so the region.
package calibrate
