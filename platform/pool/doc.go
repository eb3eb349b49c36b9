// Package pool simulates a container platform: the pool of one function.
//
// An idle instance serves a request. If none is idle, a new instance starts cold for it. If the pool has
// its most instances already, the request is rejected or waits, first come, first served. An instance
// that stays idle for the keep-alive expires. Running instances may share cores ([Config.Cores]), and
// requests may pass a [Dispatch] stage before they reach the pool.
//
// [Config] describes a pool, [New] starts one replication, and [Pool.Run] is its event loop: a switch
// over completion, arrival, timeout and expiry. [NewHistory] tells the same simulation event by event.
// The rules of all platforms hold (faaslab/platform).
package pool
