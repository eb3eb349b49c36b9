// Package scenarios says what to simulate.
//
// A [Scenario] is one arrival process offered to a container platform, a Wasm
// platform, or several side by side, and how long and how often to simulate them. It
// comes from a YAML file or from the built-in library ([List], [Source]), by [Load]
// or [Parse]. An [Override] replaces the value of one key, or one parameter of
// a distribution, by its path: container.keep_alive, arrivals.rate.
//
// A scenario with [Pricing] has two more metrics: what requests cost the user and the provider.
// [Presets] are public price lists.
//
// A simulation consists of replications, independent runs with random streams of
// their own. What happens in the first part of each, the warm-up, is deleted; the
// rest is measured: for a given duration or, by default, until the steady state is known
// to a precision ([Run]). [Scenario.CheckSteadyState] tells in advance where that
// cannot be enough, and [Scenario.CheckSize] where memory would not be.
//
// A program that needs no file begins with [Default] and sets fields. [Scenario.Check] tells what is wrong with a
// scenario, whoever built it.
//
// [Compare] simulates two scenarios on the same streams: the difference of each metric, paired by
// replication, is known better than either side.
//
// [Sweep] simulates many scenarios, in order and with all workers busy; a [Grid] of axes is where they come from. A
// [Tuning] searches the value of a key at which goals are met; package scenarios/calibrate, the values that are
// nearest to measurements. [Transient] is how the platforms begin.
//
// Rules that hold:
//   - a file is read strictly: an unknown key, a missing unit or an impossible
//     value is an error that names file, line and key, what was found and what
//     would be accepted, and all errors of a file are reported together;
//   - the domain of a value, and a rule between values, stands once, in keys.go and check.go: a
//     file and a program are held to the same;
//   - what simulates a scenario checks it at its entrance, and nothing downstream checks it again; a law of
//     another package that panics all the same is a [*PanicError], not the end of the program;
//   - a Scenario holds every value that was left out in the file, and so does its
//     JSON; its [Scenario.YAML] reads back to an equal Scenario.
//
// [Schema] describes the file for editors. The keys and their defaults are one table, in keys.go.
//
// Below this package are rooms that know no scenario: internal/keyfile reads and writes a file of any table of keys,
// internal/quantity takes values between two quantities, and internal/crew is what simulations share that run at once.
//
// A [Kind] is a kind of platform, such as the pool in container.go: its keys, its metrics, how a
// replication starts, and everything else that the program knows of it. A new kind is a file with
// its Kind, and a line in the list of kinds in kind.go. A new metric is an entry of
// [platform.Catalogue].
package scenarios
