// Package cluster simulates a platform of many functions on nodes whose memory they share.
//
// Each function has instances of its own on each node: a pool. An instance holds the memory of its
// function from the beginning of its start-up to its end. A request is served by an idle instance
// of its function on the node where it is placed, or by a new one, if there is room. If there is
// not, idle instances are evicted, of any function, provided that all of them together were enough;
// otherwise the request is rejected, or waits in the node's queue, first come, first served.
//
// A [KeepAlive] decides how long idle instances stay, and whether one is loaded ahead of the next
// request; an [Eviction] decides which idle instance goes first when memory is short.
//
// Events of one moment happen in this order: completions, loads that begin and loads that are
// ready, as they were scheduled; arrivals, in the order of the functions; timeouts; expiries.
package cluster
