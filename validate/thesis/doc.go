// Package thesis reproduces the experiments of "Evaluating Container-based and WebAssembly-based
// Serverless Platforms" (thesis, University of Waterloo, 2024) and checks its statements.
//
// A [Series] is a line of measurements of the thesis: a function on a platform, at several values
// of a key of its scenario. [Simulate] makes a [Curve] of a series. At each value a curve has the
// steady state, with a narrow interval; the thesis' own experiment, a short run, made many times,
// whose spread shows the limits of one such run; and the analytical models. A [Figure] names the
// curves in one of the thesis' figures, and [Findings] compares each statement of the thesis with
// the curves and reaches a [Verdict].
//
// The simulation takes from the thesis only its table 4.1 (the mean service times) and the design
// of the experiments. Other assumptions are the same for all figures: service is exponential, and
// the machine is as in machine.go. None of them is fitted, except in one series that says so
// (Series.Fitted): [FitLoad] finds the cores that bring float under load nearest to the
// measurements. [Compare] gives the distance of simulation and models from measurements.
package thesis
