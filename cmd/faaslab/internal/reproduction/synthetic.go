package reproduction

import (
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/random"
)

// The policies of two papers are compared on a synthetic workload, since the traces that the papers
// used are not part of the program. Its functions are drawn from the laws below, which are made up,
// but for those that say where they come from.
const (
	syntheticFunctions = 200
	medianGap          = 10 * 60.0         // seconds between requests, of a function at random
	gapSpread          = 1.9               // standard deviation of the logarithm of the gaps
	leastGap, mostGap  = 60.0, 2 * 86400.0 // seconds
	medianMemory       = 170.0             // MB, that of the apps of Shahrad et al. (2020)
	medianService      = 0.684             // seconds, that of their functions
	medianStartup      = 1.0               // seconds
	memorySpread       = 0.7
	serviceSpread      = 1.5
	startupSpread      = 0.7
	mostService        = 60.0 // seconds
	burst              = 600.0
	burstGap           = 60.0 // seconds between the requests of a burst
	timerJitter        = 0.01 // standard deviation of a timer's period / the period
)

// timerPeriods are the periods of timers, in seconds.
var timerPeriods = [...]float64{60, 120, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 24 * 3600}

// synthetic returns the functions: of four, one is asked for by a timer, two at random and one in
// bursts.
func synthetic() scenarios.Functions {
	g := random.Stream(1, 0, "synthetic functions")
	around := func(median, spread float64) float64 { return median * math.Exp(spread*g.Normal()) }
	all := make(scenarios.Functions, syntheticFunctions)
	for i := range all {
		gap := min(max(around(medianGap, gapSpread), leastGap), mostGap)
		period := timerPeriods[g.IntN(len(timerPeriods))]
		f := scenarios.Function{
			Warm:    dist.Constant{Value: min(around(medianService, serviceSpread), mostService)},
			Startup: dist.Constant{Value: around(medianStartup, startupSpread)},
			Memory:  int64(min(max(around(medianMemory, memorySpread), 64), 1024)),
		}
		var kind string
		switch i % 4 {
		case 0:
			kind, f.Arrivals = "timer", dist.Renewal{Gap: dist.Normal{Mean: period, SD: timerJitter * period}}
		case 1:
			silence := max(gap*burst/burstGap-burst, burst) // so that the mean gap is that of the others
			kind, f.Arrivals = "bursts", dist.MMPP{States: [dist.MaxStates]dist.State{{Sojourn: silence}, {PerSecond: 1 / burstGap, Sojourn: burst}}}
		default:
			kind, f.Arrivals = "random", dist.Poisson{PerSecond: 1 / gap}
		}
		f.Name = fmt.Sprintf("%s-%d", kind, i+1)
		all[i] = f
	}
	return all
}

// policyScenario returns the scenario of functions on one node, from empty, under a policy.
func policyScenario(functions scenarios.Functions, memory int64, p cluster.KeepAlive, evict cluster.Eviction, days int, seed uint64) scenarios.Scenario {
	s := scenarios.Default()
	s.Name, s.Arrivals, s.Wasm = "synthetic", functions, nil
	s.Container.Warm, s.Container.Cold, s.Container.MaxInstances = nil, nil, platform.Unlimited
	s.Nodes = &scenarios.Nodes{Count: 1, Memory: memory}
	s.Keeping = scenarios.Keeping{Policy: p, Evict: evict}
	s.Run = s.Run.Fixed(0, sim.Time(days)*86400*sim.Second)
	s.Run.Seed, s.Run.Replications = seed, policyReplications
	return s
}
