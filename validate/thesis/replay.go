package thesis

import (
	"maps"
	"math"
	"slices"

	"faaslab/sim"
	"faaslab/sim/stats"
)

// WithReplay returns an experiment of containers as the thesis made it, with the requests that its
// scripts sent, at the same moments. Service times are constant, so nothing is left to chance and
// there is one run for each value. The load experiment begins with an empty pool; see sent.
func WithReplay(s Series) Series {
	s.Name += "_replayed"
	s.Replayed = true
	if s.Key == "arrivals.rate" {
		s.Run.Warmup = 0
	}
	s.Settings = slices.Concat(s.Settings, constantService(s.Function))
	return s
}

// sentAt returns the requests of the thesis' experiment at a value of the key.
func (s Series) sentAt(value string) []sim.Time {
	if s.Key == "arrivals.rate" {
		return sent(numberOf(value), loadOnContainers.Warmup, loadOnContainers.Duration, false)
	}
	return sent(1, keepAliveOnContainers.Warmup, keepAliveOnContainers.Duration, true)
}

// replays returns the curves with those of replays in the place of what they replay; found reports
// whether there is a replay among the series.
func (c curves) replays(series []string) (replayed curves, found bool) {
	replayed = maps.Clone(c)
	for _, name := range series {
		r, ok := c[name+"_replayed_release"]
		if !ok {
			continue
		}
		found = true
		r.Points = slices.Clone(r.Points)
		for i, p := range r.Points {
			steady, once := map[string]stats.Estimate{}, map[string]Spread{}
			for metric, run := range p.Runs {
				e := stats.Estimate{Mean: run.Mean.Mean, N: 1}
				steady[metric], once[metric] = e, Spread{e, math.NaN(), e.Mean, e.Mean}
			}
			r.Points[i].Steady, r.Points[i].Runs = steady, once
			if at, ok := c[name].At(p.Value); ok {
				r.Points[i].Models = at.Models
			}
		}
		replayed[name] = r
	}
	return replayed, found
}
