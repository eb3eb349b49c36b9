package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/sim/stats"
)

// A sweepPlot collects the points of a sweep for its figure. Nil collects nothing.
type sweepPlot struct {
	plan     *sweepPlan
	file     *plotFile
	measured measurements
	points   []chartPoint
}

// add takes a point with its numbers by the names of the columns.
func (s *sweepPlot) add(number int, value func(sweepColumn) float64) {
	if s == nil {
		return
	}
	point := chartPoint{platforms: map[string]chartPlatform{}}
	for _, o := range s.plan.grid.Point(number) {
		point.values = append(point.values, o.Value)
	}
	for _, c := range s.plan.columns {
		if !s.plan.shown.has(c.platform, c.metric.Name) {
			continue
		}
		x := value(c)
		p, seen := point.platforms[c.platform]
		if !seen {
			p.metrics = map[string]stats.Estimate{}
		}
		switch e := p.metrics[c.metric.Name]; {
		case math.IsNaN(x):
		case c.model != "":
			i := slices.IndexFunc(p.models, func(m chartModel) bool { return m.label == c.label })
			if i < 0 {
				i = len(p.models)
				p.models = append(p.models, chartModel{c.label, map[string]float64{}})
			}
			p.models[i].metrics[c.metric.Name] = x
		case c.halfWidth:
			e.HalfWidth = x
			p.metrics[c.metric.Name] = e
		default:
			e.Mean = x
			p.metrics[c.metric.Name] = e
		}
		point.platforms[c.platform] = p
	}
	s.points = append(s.points, point)
}

// draw writes the figure.
func (s *sweepPlot) draw() error {
	if s == nil {
		return nil
	}
	var keys []string
	for _, a := range s.plan.grid {
		keys = append(keys, a.Key)
	}
	return s.file.write(sweepChart(s.plan.title(), s.plan.subtitle(), keys, s.points, s.plan.shown.names(), s.measured))
}

// subtitle says what is varied, and how each point is simulated.
func (p *sweepPlan) subtitle() []string {
	var parts []string
	for _, a := range p.grid {
		parts = append(parts, fmt.Sprintf("%s: %d %s", a.Key, len(a.Values), plural(len(a.Values), "value")))
	}
	parts = append(parts, fmt.Sprintf("%d replications", p.base.Run.Replications), fmt.Sprintf("seed %d", p.base.Run.Seed))
	return []string{strings.Join(parts, " · ")}
}

// title names what is swept: the scenario and, unless they are varied, its arrivals.
func (p *sweepPlan) title() string {
	for _, a := range p.grid {
		if a.Key == "arrivals" || strings.HasPrefix(a.Key, "arrivals.") {
			return p.base.Name
		}
	}
	return fmt.Sprintf("%s · %s", p.base.Name, abridged(p.base.Arrivals.String()))
}
