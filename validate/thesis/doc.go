// Package thesis re-makes the experiments of "Evaluating Container-based and
// WebAssembly-based Serverless Platforms" (thesis, University of Waterloo, 2024) and checks what it states.
//
// A [Series] is a line of measurements of the thesis: a function on a platform, at several values of
// a key of its scenario. [Simulate] makes a [Curve] of it: at each value the steady state, with a narrow
// interval; the thesis' own experiment, a short run, made many times, whose spread shows what one such run
// can and cannot tell; and the analytical models. A [Figure] says which curves one of the thesis' figures shows, and
// [Findings] holds each statement of the thesis against them and reaches a [Verdict].
//
// All that the simulation takes from the thesis are its table 4.1 (the mean service times) and how the
// experiments were made. What it does not say is assumed, the same for all figures:
// service is exponential, and the machine is as in machine.go. Nothing of that is fitted. One series is, and says so
// (Series.Fitted): [FitLoad] finds the cores with which float under load is nearest to what was measured.
// [Compare] says how far from measurements simulation and models are.
package thesis
