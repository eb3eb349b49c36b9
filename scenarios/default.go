package scenarios

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// Default returns a scenario to begin with: the function and the arrivals of the built-in float on
// a container platform, and the default of every key beside. It can be simulated as it is; a
// program sets the fields that it is about. Each call returns another copy.
func Default() Scenario {
	return Scenario{
		Name:     "float",
		Arrivals: dist.Poisson{PerSecond: 1},
		Container: &pool.Config{
			Warm:         dist.Exponential{Mean: 1.5288},
			Cold:         dist.Exponential{Mean: 4.1202},
			KeepAlive:    60 * sim.Second,
			MaxInstances: 110,
			QueueTimeout: sim.Never,
			StartupCPU:   1,
			Dispatch:     pool.Dispatch{Batch: platform.Unlimited},
		},
		Run: Run{Seed: 1, Replications: 16, Warmup: AutoWarmup, Precision: 0.01, MaxRequests: 20_000_000},
	}
}
