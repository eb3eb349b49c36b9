// Package executors simulates a WebAssembly platform: an executor is started for each request and is
// gone when the request completes. Executors past their start-up share the cores equally, none using
// more than one, or hold a core each, first come, first served.
//
// [Config] describes the platform, [New] starts one replication, and [Executors.Run] is its event loop.
// [NewHistory] tells the same simulation event by event. The rules of all platforms hold
// (faaslab/platform).
package executors
