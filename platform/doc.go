// Package platform simulates the two kinds of serverless platform.
//
// A [Pool] is a container platform: an idle instance serves a request, else a new one starts cold, else, at
// the most there may be, the request is rejected or waits; an idle instance expires after the keep-alive. [Containers]
// describes it. [Executors] are a WebAssembly platform: an executor a request, on [Cores] that they may have to
// share. [Wasm] describes it. Requests may pass a [Dispatch] stage before they reach a pool.
//
// Both are one replication, and are used alike: Run simulates up to a moment, and can be called again; Restart forgets
// what was observed so far, which ends the warm-up; Observations returns what was observed since. Observations
// of replications [Observations.Merge], and [Estimate] makes of them a [Metric] each, such as those of
// [Catalogue], with its interval. [Prices] make costs of them. A [History] tells event by event what a platform does.
//
// Rules that hold:
//   - what happens is a pure function of the description, the arrivals, the seed and the replication;
//   - of events at one moment a completion comes first, then an arrival, then the timeout of a waiting request, then an
//     expiry, and of those alike the one scheduled first: an arrival at the very end of a keep-alive is warm;
//   - both platforms see the same requests: request i of a replication has the same arrival and draws the same number
//     for its service, whatever became of the others;
//   - nothing is allocated per request, and memory grows with what is alive only;
//   - descriptions are not checked: their fields must lie in the domains that their comments give, as those of
//     a scenario that was loaded do (faaslab/scenarios);
//   - nothing locks: a platform, and its observations, belong to one goroutine at a time.
//
// Times are in [sim.Time], nanoseconds; metrics of time are in seconds.
package platform
