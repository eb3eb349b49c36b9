// Package stats estimates the steady state of a simulation.
//
// While a replication runs, a [TimeInState] measures how long a count had each value, an
// [Occupancy] does so for the three counts of a pool, a [Provision] compares requests with the
// instances that are ready for them, an [Integral] takes the time average of a
// count, a [Histogram] counts response times for their quantiles, and a [Sum] adds durations
// exactly. All of them hold integers, so merging the observations of two replications, in any
// order, equals one pass over both to the last bit, and subtracting one again leaves the other.
//
// Across replications a [Tally] collects one value each, and an [Estimate] is its mean with a
// Student-t confidence interval. Averages of ratios or quantiles over replications would be biased,
// so both are computed on the merged observations. [Jackknife] takes the interval of a ratio from
// the contribution of each replication; [EstimateQuantile] takes the interval of a quantile from
// order statistics.
//
// Rules that hold:
//   - nothing allocates per observation once a count or a value of that size has been seen;
//   - a statistic without observations is NaN, never a number that looks real;
//   - a quantile from a histogram is off by at most 0.1 % of its value.
package stats
