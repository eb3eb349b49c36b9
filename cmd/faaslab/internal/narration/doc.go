// Package narration writes the events of a simulation, one by one: as sentences with a picture of
// the instances, as JSON, or as a timeline for Perfetto. A [Watch] chooses the events; a narrator
// has the sentences for a kind of platform.
package narration
