// Package platform has what all kinds of serverless platform share: the observations of a simulation,
// the catalogue of metrics that are computed from them, requests and their fates, cores, prices, and
// the history of a platform, event by event. Each kind of platform is a package below it:
//
//   - [faaslab/platform/pool] is a container platform: the pool of one function, which scales with each
//     request and keeps idle instances alive;
//   - [faaslab/platform/executors] is a WebAssembly platform: one executor per request, on cores that
//     all executors may share;
//   - [faaslab/platform/cluster] has many functions on nodes whose memory they share;
//   - [faaslab/platform/autoscaler] has instances that serve several requests at once, started by an
//     autoscaler that measures its load (faaslab/platform/scaling) or for requests that find no place.
//
// A platform is one replication, and all kinds are used alike: Run simulates up to a moment, and can be
// called again; Restart forgets the observations so far, which ends the warm-up; Observations returns
// what happened since. [Observations.Merge] joins the observations of replications, and [Estimate] makes
// an estimate with an interval of each [Metric]. [Prices] add costs. A [History] tells every event.
//
// Rules that hold:
//   - a simulation is a pure function of the configuration, the arrivals, the seed and the replication;
//   - of simultaneous events a completion comes first, then an arrival, then the timeout of a waiting
//     request, then an expiry, and among events of one class the one scheduled first: an arrival at the
//     very end of a keep-alive is warm;
//   - all platforms see the same requests: request i of a replication has the same arrival and draws the
//     same number for its service, whatever happens to the others. The arrivals of users who wait for
//     their answers ([faaslab/dist.Closed]) depend on the platform; the i-th of them draws the same number
//     for its service, and for the think time after it;
//   - nothing is allocated per request, and memory grows only with the instances and requests alive;
//   - configurations are not checked: their fields must lie in the domains that their comments give, as
//     those of a checked scenario do (faaslab/scenarios);
//   - nothing locks: a platform, and its observations, belong to one goroutine at a time.
//
// Times are in [sim.Time], nanoseconds; metrics of time are in seconds.
package platform
