// Package dist holds the laws of a simulation's randomness, distributions of durations and
// processes of arrivals, and their notation.
//
// A [Distribution] is the law of a duration. Its notation is a function call whose parameters have
// names and units:
//
//	constant(60ms)                       always the same
//	exponential(mean=1.5288s)            memoryless
//	erlang(k=4, mean=1s)                 a sum of k exponential phases
//	gamma(mean=1s, cv=0.5)               cv is the standard deviation / mean
//	lognormal(mean=1s, cv=1.5)           the exponential of a normal
//	weibull(shape=0.7, mean=1s)          heavier than exponential for shape < 1
//	pareto(shape=2.5, mean=1s)           a power law; no variance for shape <= 2
//	hyperexponential(mean=1s, cv=3)      two exponential phases of balanced means, cv >= 1
//	uniform(10ms, 50ms)                  anywhere between two bounds
//	normal(mean=1s, sd=0.1s)             truncated at 0; mean and sd are from before
//	quantiles(0: 1ms, 0.5: 20ms, 1: 2s)  a distribution function linear between given quantiles
//	empirical(file.csv)                  a choice among measured durations
//	shifted(20ms, exponential(mean=5ms)) a constant more than another law
//	mixture(0.9: constant(60ms), 0.1: exponential(mean=1s))
//
// [Arrivals] is the law of an arrival process, and a [Source] is one path of it:
//
//	poisson(rate=1/s)                    many independent users
//	constant(rate=10/s)                  equal gaps
//	renewal(gamma(mean=1s, cv=2))        independent gaps of any law
//	mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])
//	                                     a Poisson process whose rate depends on a state
//	daily(mean=2/s, peak=3, period=24h)  a Poisson process whose rate swings once a period
//	steps(rates=[1/s, 5/s], at=[5m])     a Poisson process whose rate changes at given times
//	rates(file.csv, every=1m)            the same with the rates of a file, each for as long
//	batch(poisson(rate=1/s), size=5)     several requests at once
//	superpose(poisson(rate=1/s), constant(rate=1/m))
//	                                     several streams together
//	closed(users=50, think=exponential(mean=1s))
//	                                     users who wait for their answers and think
//	trace(file.csv)                      recorded arrivals, with service times or without
//
// The levels of steps and rates repeat with period=24h.
//
// A duration is a number with a unit (ns us ms s m h d; also 1m30s), a rate a number per unit
// (10/s, 0.5/m). Both are read to the nearest float64, so 60ms and 0.06s are the same. White space
// is free, named parameters may stand in any order, and a file's name is quoted as in Go if it
// holds one of ( ) [ ] , = : ".
//
// Rules that hold:
//   - draws are exact in law: no tables of approximations, no time steps;
//   - laws are comparable values, and [Parse] and [ParseArrivals] read the result of String
//     back to an equal value;
//   - durations are at most 292 years, where virtual time ends, and rates at most 1e7/s,
//     because time is counted in nanoseconds. Moments of arrival are rounded to
//     nanoseconds, gaps are not, so nothing drifts;
//   - an error in a notation is a [*SyntaxError], an error in a file a [*RowError]; a law
//     whose fields lie outside their domains, possible only for a literal in code, is an
//     error of [Check], and panics when it draws;
//   - the numbers of a Fill are a function of the generator alone, except for a [Mixture] and
//     a [Gamma] whose CV is above 1, where they also depend on the block's length;
//   - nothing allocates per draw, per arrival or per row of a trace.
package dist
