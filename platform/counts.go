package platform

import "faaslab/sim"

// Counts are the instances of a platform at one moment, as an observer sees them who looks now and
// then: 0 ≤ RunningCold ≤ Running, Running + Idle = Instances, 0 ≤ Releasing ≤ Idle.
type Counts struct {
	Instances   int
	Running     int
	RunningCold int
	Idle        int
	Releasing   int // of the idle: they cannot serve yet
	Starting    int // on a platform that scales: they cannot serve yet
	Draining    int // on a platform that scales: they end with their requests
	Waiting     int // requests that wait for an instance, or for a core
}

// Area returns the integral of the number of instances and of waiting requests that have none.
func (o *Observations) Area(at sim.Time) float64 {
	o.closeInstances(at)
	if !o.Pool {
		return o.Instances.Area()
	}
	o.Waiting.Close(at)
	return o.Instances.Area() + o.Waiting.Area()
}
