package sweep

import (
	"math"
	"slices"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/sim/stats"
)

// A Plot collects the points of a sweep for its figure. Nil collects nothing.
type Plot struct {
	Plan     *Plan
	File     *chart.File
	Measured measured.Measurements
	Points   []report.ChartPoint
}

// Add takes a point, with its numbers by the names of the columns, and its curve, if that is known.
func (s *Plot) Add(number int, cold report.ColdCurve, value func(Column) float64) {
	if s == nil {
		return
	}
	point := report.ChartPoint{Platforms: map[string]report.ChartPlatform{}, Cold: cold}
	for _, o := range s.Plan.Grid.Point(number) {
		point.Values = append(point.Values, o.Value)
	}
	for _, c := range s.Plan.columns {
		if !s.Plan.Shown.Has(c.platform, c.metric.Name) {
			continue
		}
		x := value(c)
		p, seen := point.Platforms[c.platform]
		if !seen {
			p.Metrics = map[string]stats.Estimate{}
		}
		switch e := p.Metrics[c.metric.Name]; {
		case math.IsNaN(x):
		case c.model != "":
			i := slices.IndexFunc(p.Models, func(m report.ChartModel) bool { return m.Label == c.label })
			if i < 0 {
				i = len(p.Models)
				p.Models = append(p.Models, report.ChartModel{Label: c.label, Metrics: map[string]float64{}})
			}
			p.Models[i].Metrics[c.metric.Name] = x
		case c.halfWidth:
			e.HalfWidth = x
			p.Metrics[c.metric.Name] = e
		default:
			e.Mean = x
			p.Metrics[c.metric.Name] = e
		}
		point.Platforms[c.platform] = p
	}
	s.Points = append(s.Points, point)
}

// Draw writes the figure.
func (s *Plot) Draw() error {
	if s == nil {
		return nil
	}
	var keys []string
	for _, a := range s.Plan.Grid {
		keys = append(keys, a.Key)
	}
	return s.File.Write(report.SweepChart(s.Plan.Title(), s.Plan.Subtitle(), keys, s.Points, s.Plan.Shown.Names(), s.Measured))
}
