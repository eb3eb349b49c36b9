// Package validate compares simulation with theory.
//
// A [Model] is an analytical model as applied to one platform of a scenario; [Models] finds the
// models that apply to a scenario. A model that is exact for the scenario has no caveats; a model
// that applies only approximately says why.
//
// A [Case] is a metric of a scenario with its theoretical value, and a suite is a list of cases
// ([Suites]). [Run] simulates the cases and reaches a [Verdict] on each:
//
//   - an exact law must agree with the simulation statistically, by Student's t over the
//     replications. The work is planned so that a small deviation would be found, and the
//     power to find it is part of the verdict;
//   - an approximate model must deviate from the simulation as documented, by the same test;
//   - both kinds are tested together by Holm's procedure, so a run without a fault fails with
//     a probability of about [FamilyAlpha];
//   - an identity holds on every path or not at all.
//
// [Trust] maps the error of the approximate models over their parameters.
package validate
