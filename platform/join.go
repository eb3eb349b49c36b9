package platform

import (
	"errors"
	"fmt"
)

// Join adds what was observed, in the same period, of other functions of a platform that has many:
// the parts of one replication. Of the numbers of instances it knows the means, and no distribution, and it
// does not know the largest memory.
// The error says that the periods or the functions are not the same.
func (o *Observations) Join(other *Observations) error {
	switch {
	case o.Span != other.Span:
		return fmt.Errorf("the measured periods are %v and %v", o.Span, other.Span)
	case len(o.Functions.Counts) != len(other.Functions.Counts):
		return fmt.Errorf("there are %d and %d functions", len(o.Functions.Counts), len(other.Functions.Counts))
	case o.Pool != other.Pool:
		return errors.New("the platforms are of different kinds")
	}
	for i, count := range o.counts() {
		*count += *other.counts()[i]
	}
	for i, sum := range o.sums() {
		sum.Merge(*other.sums()[i])
	}
	o.Occupancy = o.Occupancy.Reduced()
	reduced := other.Occupancy.Reduced()
	o.Instances.Join(reduced.Instances)
	o.Running.Join(reduced.Running)
	o.Idle.Join(reduced.Idle)
	o.RunningCold.Join(other.RunningCold)
	o.Waiting.Join(other.Waiting)
	o.Releasing.Join(other.Releasing)
	o.Responses.Merge(&other.Responses)
	o.Waits.Merge(&other.Waits)
	o.Functions.join(&other.Functions)
	return nil
}
