package executors

import "faaslab/platform"

// Counts returns the present executors; all of them are running.
func (e *Executors) Counts() platform.Counts {
	n := e.observed.Instances.Count()
	return platform.Counts{Instances: n, Running: n, Waiting: e.observed.Waiting.Count()}
}
