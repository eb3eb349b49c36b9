// Package fit finds the laws of the notation that describe measured durations best.
//
// [Laws] fits each law to a sample by maximum likelihood: of all values of its parameters it takes
// those under which the sample is most likely. The laws are constant, exponential, Erlang, gamma,
// lognormal, Weibull, Pareto, hyperexponential with balanced means, uniform, normal truncated at 0,
// and a shifted exponential. A [Fitted] says how good a law is in two ways:
//
//   - Akaike's criterion, AIC = 2k − 2 ln L for k parameters and the likelihood L, ranks the laws; the
//     least is best (Akaike, "A new look at the statistical model identification", IEEE Transactions
//     on Automatic Control 1974). A difference of 2 says little, one of 10 much. It says nothing
//     about how good the best law is.
//   - The Kolmogorov–Smirnov distance, the largest difference between the law's distribution
//     function and the sample's, says how far off a law is: 0.01 is one request in a hundred. With
//     parameters from the same sample it has not the distribution of the well-known test.
//
// A law has no fit where its likelihood has no maximum within the domains of the notation, such as
// a lognormal of a sample with a zero, or a Pareto law without a mean; [Try] returns the reasons.
// Where all values are the same, constant alone has a fit: under every other law the likelihood is
// unbounded, or is a density, which compares with no probability.
//
// Values that were rounded, and so occur several times, are taken as they are. That is right while the
// unit of rounding is small beside the spread of the values.
package fit
