// Package trust computes where the semi-Markov models of a container pool can be trusted: their
// deviation from the exact level-crossing model over a grid of loads, keep-alives and ratios of cold
// to warm service ([Solve]), and how far laws of service that are not exponential move the truth
// ([SimulateLaws]).
package trust
