// Package loop has the parts that the event loops of all platforms use: the workload that hands out
// requests with their random numbers, from streams or from users who wait for their answers, the
// classes of events, cores that running instances share, a line of waiting items, and the state that
// a history keeps between events.
package loop
