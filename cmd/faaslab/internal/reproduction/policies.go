package reproduction

import (
	"context"
	"fmt"
	"slices"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// policyReplications are the weeks or days that are simulated: their requests differ, and their
// functions do not.
const policyReplications = 4

// A policyPoint is one policy on the synthetic workload.
type policyPoint struct {
	Line   string  // of the figure, and of the table
	At     string  // which of the line: a duration, or the memory of the node
	Memory float64 // of the node, GB; 0: unlimited

	P75    stats.Estimate // cold starts / requests of the function at 75 %
	Cold   stats.Estimate // cold starts / requests
	Always stats.Estimate // functions that are always cold
	Waste  stats.Estimate // wasted memory / that of the study's reference, paired
	Slower stats.Estimate // what start-ups add to the mean service time, as a fraction of it
}

// A policyStudy compares policies. Its points are in the order of its lines.
type policyStudy struct {
	points    []policyPoint
	scenarios []scenarios.Scenario
	reference int // the point whose wasted memory is 100 %
}

const (
	fixedLine      = "fixed keep-alive"
	histogramLine  = "hybrid histogram"
	lruLine        = "least recently used"
	greedyDualLine = "greedy-dual"
	ttlLine        = "10 minutes, then least recently used"
)

func (s *policyStudy) add(p policyPoint, simulated scenarios.Scenario) {
	s.points = append(s.points, p)
	s.scenarios = append(s.scenarios, simulated)
}

// keepAliveStudy compares fixed keep-alives with the hybrid histogram, on a node without bounds, for a
// week. The keep-alives and the ranges are those of Shahrad et al. (2020).
func keepAliveStudy(seed uint64) *policyStudy {
	s, functions := &policyStudy{}, synthetic()
	add := func(line, at string, p cluster.KeepAlive) {
		s.add(policyPoint{Line: line, At: at}, policyScenario(functions, cluster.Unlimited, p, cluster.LRU, 7, seed))
	}
	const minute = 60 * sim.Second
	for _, minutes := range []int{10, 20, 30, 45, 60, 90, 120} {
		add(fixedLine, fmt.Sprintf("%d min", minutes), cluster.Fixed(sim.Time(minutes)*minute))
	}
	add(fixedLine, "never unloaded", cluster.Fixed(sim.Never))
	for hours := 1; hours <= 4; hours++ {
		h := cluster.NewHistogram()
		h.Bins, h.Bin = 60*hours, minute
		add(histogramLine, fmt.Sprintf("%d h", hours), h)
	}
	return s
}

// memoryStudy compares evictions over the memory of the node, for a day.
func memoryStudy(seed uint64) *policyStudy {
	s, functions := &policyStudy{}, synthetic()
	for _, policy := range []struct {
		line  string
		keep  sim.Time
		evict cluster.Eviction
	}{
		{ttlLine, 600 * sim.Second, cluster.LRU},
		{lruLine, sim.Never, cluster.LRU},
		{greedyDualLine, sim.Never, cluster.GreedyDual},
	} {
		for _, gb := range []int{2, 4, 6, 8, 12, 16, 24, 32} {
			s.add(policyPoint{Line: policy.line, At: fmt.Sprintf("%d GB", gb), Memory: float64(gb)},
				policyScenario(functions, int64(gb)*1024, cluster.Fixed(policy.keep), policy.evict, 1, seed))
		}
	}
	return s
}

// run simulates the policies.
func (s *policyStudy) run(ctx context.Context, o scenarios.Options) error {
	results, err := scenarios.SimulateAll(ctx, s.scenarios, o)
	if err != nil {
		return err
	}
	reference := observed(results[s.reference])
	for i, r := range results {
		own, p := observed(r), &s.points[i]
		for name, e := range map[string]*stats.Estimate{platform.ColdStartFractionP75: &p.P75, platform.ColdStartProbability: &p.Cold, platform.AlwaysCold: &p.Always} {
			*e, _ = r.Platforms[0].Metric(name)
		}
		functions, _ := s.scenarios[i].Many()
		p.Waste = ratio(len(own), func(k int) (float64, float64) { return wasted(&own[k]), wasted(&reference[k]) })
		p.Slower = ratio(len(own), func(k int) (float64, float64) { return startupsAndServices(functions, &own[k]) })
	}
	return nil
}

// observed returns what was observed of the functions, by replication.
func observed(r *scenarios.Result) (all []platform.Functions) {
	for _, o := range r.Platforms[0].Replications {
		all = append(all, o.Functions)
	}
	return all
}

// wasted returns the memory of instances that do not execute times the time, in MB·s.
func wasted(f *platform.Functions) (sum float64) {
	for i := range f.Counts {
		_, idle, loading := f.MegabyteSeconds(i)
		sum += idle + loading
	}
	return sum
}

// startupsAndServices returns the time that start-ups and services of all served requests take, in
// seconds.
func startupsAndServices(functions scenarios.Functions, f *platform.Functions) (startups, services float64) {
	for i := range f.Counts {
		warm, _ := functions[i].Warm.Moments()
		startup, _ := functions[i].Startup.Moments()
		startups += float64(f.Counts[i].Cold) * startup
		services += float64(f.Counts[i].Served()) * warm
	}
	return startups, services
}

// ratio returns the ratio of two sums over replications, with its interval.
func ratio(replications int, of func(k int) (above, below float64)) stats.Estimate {
	var above, below float64
	for k := range replications {
		a, b := of(k)
		above, below = above+a, below+b
	}
	without := make([]float64, replications)
	for k := range without {
		a, b := of(k)
		without[k] = (above - a) / (below - b)
	}
	whole := above / below
	return stats.Jackknife(whole, stats.PseudoValues(whole, without))
}

// lines returns the names of the lines, in their order.
func (s *policyStudy) lines() (names []string) {
	for _, p := range s.points {
		if !slices.Contains(names, p.Line) {
			names = append(names, p.Line)
		}
	}
	return names
}
