// Package loop has what the event loops of all platforms are made of: the workload that hands out
// requests with their random numbers, the classes of events, cores that running instances share, a
// line of waiting things, and what a history remembers between events.
package loop
