// Package stats estimates the steady state of a simulation.
//
// While a replication runs, it is observed by a [TimeInState] (how long a count had each
// value; an [Occupancy] is three of them, of a pool), an [Integral] (the time average of a count),
// a [Histogram] (response times and their quantiles) and a [Sum] (durations, added exactly). All of them hold
// integers, so merging the observations of two replications, in any order, equals one pass over
// both to the last bit, and subtracting one again leaves the other.
//
// Across replications a [Tally] collects one value each, and an [Estimate] is
// its mean with a Student-t confidence interval. Ratios and quantiles are not
// averaged over replications, which would be biased: they are computed on the merged
// observations. Of ratios, [Jackknife] takes the interval from what each replication contributes; of
// quantiles, [EstimateQuantile] takes order statistics.
//
// Rules that hold:
//   - nothing allocates per observation once a count or a value of that size has been seen;
//   - a statistic without observations is NaN, never a number that looks real;
//   - a quantile from a histogram is off by at most 0.1 % of its value.
package stats
