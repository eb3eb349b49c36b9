package pool

import "faaslab/platform"

// Counts returns the present instances of the pool.
func (p *Pool) Counts() platform.Counts {
	o := &p.observed
	return platform.Counts{Instances: o.Instances.Count(), Running: o.Running.Count(), RunningCold: o.RunningCold.Count(), Idle: o.Idle.Count(), Releasing: o.Releasing.Count(), Waiting: o.Waiting.Count()}
}
