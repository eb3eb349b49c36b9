// Package validate sets simulation beside theory.
//
// A [Model] is an analytical model as it applies to one platform of a scenario:
// [Models] finds those that do from the scenario itself. One that is exact for a scenario
// has no caveats; one that applies only approximately says why.
//
// A [Case] is a metric of a scenario with the value that theory gives it, and a
// suite a list of cases ([Suites]). [Run] simulates them and reaches a [Verdict] on each:
//
//   - an exact law must agree with the simulation statistically: Student's t over
//     the replications, and Holm's procedure over all cases of the run, so that a correct
//     simulator fails the run with probability [FamilyAlpha] at most. The work is
//     planned so that a small deviation would be found, and the power to find it is part of the verdict;
//   - an approximate model must deviate from the simulation as the project documents;
//   - an identity holds on every path or not at all.
//
// [Trust] maps the error of the approximate models over their parameters.
package validate
