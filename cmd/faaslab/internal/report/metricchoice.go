package report

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// A MetricChoice is the list of --metrics: metrics, or metrics of one platform as container.idle.
// Nil chooses all.
type MetricChoice []string

// mostLimits is the largest number of limits at once: each is checked for every request.
const mostLimits = 100

// ReadMetrics reads names of metrics, and limits such as response_time>2s, with or without spaces,
// and with or without the platform's name before them.
func ReadMetrics(names []string) (chosen MetricChoice, limits []scenarios.Limit, err error) {
	for _, name := range names {
		name = strings.TrimSpace(name)
		if scenarios.IsLimit(name) {
			of, rest, whole := words.CutPlatform(name)
			l, err := scenarios.ParseLimit(rest)
			if err != nil {
				return nil, nil, err
			}
			if name = l.Name; whole {
				name = of + "." + l.Name
			}
			if !slices.Contains(limits, l) {
				limits = append(limits, l)
			}
		} else if !slices.Contains(words.Measurable(), name) {
			hint, want := words.DidYouMean("", name, words.Measurable()), "metrics such as response_time, wasm.response_time or response_time>2s"
			if !strings.Contains(hint, "?") {
				want = strings.Join(metricsLike(name), ", ")
			}
			return nil, nil, fmt.Errorf("found %q%swant %s, with commas between them", name, hint, want)
		}
		chosen = append(chosen, name)
	}
	if len(limits) > mostLimits {
		return nil, nil, fmt.Errorf("found %d fractions beyond a time; want at most %d", len(limits), mostLimits)
	}
	return chosen, limits, nil
}

// Check returns an error if none of the platforms has a chosen metric.
func (m MetricChoice) Check(platforms ...string) error {
	for _, name := range m {
		if !slices.ContainsFunc(platforms, func(p string) bool {
			of, metric, whole := words.CutPlatform(name)
			return (of == p || !whole) && (scenarios.IsLimit(name) || words.HasMetric(p, metric))
		}) {
			return fmt.Errorf("--metrics: found %s; the scenario has only the platforms: %s", name, strings.Join(platforms, ", "))
		}
	}
	return nil
}

// metricsLike returns the names of metrics that contain a text, such as p95; all names if none
// does.
func metricsLike(text string) (names []string) {
	for _, like := range []string{text, ""} {
		for _, name := range words.Measurable() {
			if !strings.Contains(name, ".") && strings.Contains(name, like) {
				names = append(names, name)
			}
		}
		if names != nil {
			return names
		}
	}
	return nil
}

// Has reports whether a metric of a platform is chosen.
func (m MetricChoice) Has(platform, metric string) bool {
	return m == nil || slices.Contains(m, metric) || slices.Contains(m, platform+"."+metric)
}

// Names returns the metrics in the order in which they were chosen, without platforms, each once;
// nil for all.
func (m MetricChoice) Names() (names []string) {
	for _, name := range m {
		_, name, _ := words.CutPlatform(name)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Of returns a report with only the chosen metrics. A platform without any is left out.
func (m MetricChoice) Of(r *Report) *Report {
	if m == nil {
		return r
	}
	result := *r.Result
	result.Platforms = nil
	for _, p := range r.Platforms {
		kept := *p
		kept.Metrics = slices.DeleteFunc(slices.Clone(p.Metrics), func(e scenarios.NamedEstimate) bool { return !m.Has(p.Platform, e.Name) })
		if len(kept.Metrics) > 0 {
			result.Platforms = append(result.Platforms, &kept)
		} else {
			result.Scenario = result.Scenario.Without(p.Platform)
		}
	}
	result.Difference = nil
	for name, e := range r.Difference {
		if !slices.ContainsFunc(r.Platforms, func(p *scenarios.PlatformResult) bool { return !m.Has(p.Platform, name) }) {
			if result.Difference == nil {
				result.Difference = map[string]stats.Estimate{}
			}
			result.Difference[name] = e
		}
	}
	return &Report{&result, r.Models, r.Measured, r.Notes}
}

// OfComparison returns a comparison with only the chosen metrics. A platform without any is left
// out.
func (m MetricChoice) OfComparison(c *scenarios.Comparison) *scenarios.Comparison {
	if m == nil {
		return c
	}
	chosen := *c
	chosen.Differences = map[string][]scenarios.Difference{}
	for name, differences := range c.Differences {
		kept := slices.DeleteFunc(slices.Clone(differences), func(d scenarios.Difference) bool { return !m.Has(name, d.Name) })
		if len(kept) > 0 {
			chosen.Differences[name] = kept
		}
	}
	return &chosen
}
