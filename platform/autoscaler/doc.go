// Package autoscaler simulates a container platform whose instances serve several requests at once and
// are started by an autoscaler, or for requests that find no place: Knative, Cloud Run, OpenFaaS.
//
// Requests wait in one queue, first come, first served. A ready instance has places for
// [Config.Concurrency] requests; the first of the queue begins as soon as a ready instance has a free
// place, and [Routing] says which instance. An instance is starting, then ready, and if it is removed
// with requests it drains: it takes no more and is gone with the last.
//
// With [Config.Scaling], what is measured decides about instances (faaslab/platform/scaling). Once a
// second the number of requests present, or of arrivals, or the use of cores, is recorded; at multiples
// of [faaslab/platform/scaling.Rule.Every] it is evaluated. Without, an instance is started when more
// requests wait than the starting instances have places ([Late]), or for a request that finds no place
// ([Early]), and an instance without a request for the keep-alive expires.
//
// [New] starts one replication, and [Fleet.Run] is its event loop. The rules of all platforms hold
// (faaslab/platform), but simultaneous events come in this order: completions, ends of start-ups,
// arrivals, timeouts, the measurement of a second, the evaluation, the removal of the last instances,
// starts that the rate held back, expiries. Within each kind, the event scheduled first comes first.
package autoscaler
