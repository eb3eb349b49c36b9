// Package explorer is the server of faaslab serve: its JSON API (docs/api.md), and the page that uses it.
//
// A [Server] says where to serve and what one request may take ([Budget]). Requests wait at a gate for a
// core, first come, first served; all simulations together stay within a bound on memory. What was
// imported is kept in a private directory, until it was not used for long or the server stops.
package explorer
