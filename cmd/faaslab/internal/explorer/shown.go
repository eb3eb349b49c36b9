package explorer

import (
	"slices"

	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
)

// A shownJSON describes a platform's table in the command's text, so that the page shows the same
// rows in the same words.
type shownJSON struct {
	Heading string       `json:"heading,omitempty"` // the line above the table
	Rows    []string     `json:"rows"`              // metrics, in order; none: the platform has no table
	Models  []modelLabel `json:"models,omitempty"`  // models that have a column, in order
}

type modelLabel struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// shownOfRun describes the text of run, by platform.
func shownOfRun(r *report.Report) map[string]shownJSON {
	all := map[string]shownJSON{}
	for _, p := range r.Platforms {
		name := p.Platform
		s := shownJSON{Heading: report.PlatformHeading(r, name), Rows: namesOfMetrics(report.Possible(p.Metrics, p))}
		for _, m := range report.ModelsOf(name, r.Models) {
			if slices.ContainsFunc(s.Rows, func(metric string) bool { _, ok := m.Metrics[metric]; return ok }) {
				s.Models = append(s.Models, modelLabel{m.Name, m.Label})
			}
		}
		all[name] = s
	}
	return all
}

// shownOfComparison describes the text of compare, by platform.
func shownOfComparison(c *scenarios.Comparison) map[string]shownJSON {
	all := map[string]shownJSON{}
	for name := range c.Differences {
		var s shownJSON
		for _, d := range report.ComparedRows(c, name) {
			s.Rows = append(s.Rows, d.Name)
		}
		all[name] = s
	}
	return all
}

// shownOfTransient describes the columns of the text of run --transient, by platform.
func shownOfTransient(r *scenarios.TransientResult) map[string]shownJSON {
	all := map[string]shownJSON{}
	for _, p := range r.Platforms {
		name := p.Platform
		var s shownJSON
		for _, column := range scenarios.KindOf(name).TransientOf(r.Scenario) {
			if _, ok := p.Metric(column); ok {
				s.Rows = append(s.Rows, column)
			}
		}
		all[name] = s
	}
	return all
}

func namesOfMetrics(metrics []scenarios.NamedEstimate) (names []string) {
	for _, m := range metrics {
		names = append(names, m.Name)
	}
	return names
}
