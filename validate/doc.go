// Package validate sets simulation beside theory.
//
// A [Model] is an analytical model as it applies to one platform of a scenario:
// [Models] finds those that do from the scenario itself. One that is exact for a scenario
// has no caveats; one that applies only approximately says why.
//
// A [Case] is a metric of a scenario with the value that theory gives it, and a
// suite a list of cases ([Suites]). [Run] simulates them and reaches a [Verdict] on each:
//
//   - an exact law must agree with the simulation statistically, by Student's t over
//     the replications. The work is planned so that a small deviation would be found, and
//     the power to find it is part of the verdict;
//   - an approximate model must deviate from the simulation as the project documents, by the same test;
//   - both kinds are tested together by Holm's procedure, so that a run in which all is as it
//     should be fails with a probability of about [FamilyAlpha];
//   - an identity holds on every path or not at all.
//
// [Trust] maps the error of the approximate models over their parameters.
package validate
