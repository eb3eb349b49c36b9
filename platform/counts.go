package platform

import "faaslab/sim"

// Counts are the instances of a platform at one moment, as somebody sees them who looks
// now and then: 0 ≤ RunningCold ≤ Running, Running + Idle = Instances.
type Counts struct {
	Instances   int
	Running     int
	RunningCold int
	Idle        int
	Waiting     int // requests that wait for an instance, or for a core
}

// Counts returns the present instances of the pool.
func (p *Pool) Counts() Counts {
	o := &p.observed
	return Counts{o.Instances.Count(), o.Running.Count(), o.RunningCold.Count(), o.Idle.Count(), o.Waiting.Count()}
}

// Counts returns the present executors, all of which are running.
func (e *Executors) Counts() Counts {
	n := e.observed.Instances.Count()
	return Counts{Instances: n, Running: n, Waiting: e.observed.Waiting.Count()}
}

// occupancy returns the integral of instances and of waiting requests that have none.
func (o *Observations) occupancy(at sim.Time) float64 {
	o.closeInstances(at)
	if !o.pool {
		return o.Instances.Area()
	}
	o.Waiting.Close(at)
	return o.Instances.Area() + o.Waiting.Area()
}
