package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/scenarios"
	"faaslab/sim/stats"
)

func metricsFlag() cli.Flag {
	return &cli.StringFlag{Name: "metrics", Usage: "show no metrics but a `LIST`, such as response_time,container.idle,'response_time>2s', in text and figures; JSON and CSV have all", DefaultText: "all"}
}

// A metricChoice is what --metrics names: metrics, or metrics of one platform as container.idle. Nil
// chooses all.
type metricChoice []string

// metricsOfFlag reads --metrics. Each must be a metric of one of the platforms, which are the scenario's, or a limit of
// one, which the scenario is to have.
func metricsOfFlag(c *cli.Context, platforms ...string) (metricChoice, []scenarios.Limit, error) {
	chosen, limits, err := readMetricsFlag(c)
	if err == nil {
		err = chosen.check(platforms...)
	}
	return chosen, limits, err
}

// readMetricsFlag reads --metrics without regard to the scenario.
func readMetricsFlag(c *cli.Context) (metricChoice, []scenarios.Limit, error) {
	if !c.IsSet("metrics") {
		return nil, nil, nil
	}
	chosen, limits, err := readMetrics(strings.Split(c.String("metrics"), ","))
	if err != nil {
		err = fmt.Errorf("--metrics: %w", err)
	}
	return chosen, limits, err
}

// mostLimits bounds how many limits are asked for at once: each is counted in every request.
const mostLimits = 100

// readMetrics reads names of metrics, and of limits such as response_time>2s, without spaces or with them, with the
// platform's name before or without it.
func readMetrics(names []string) (chosen metricChoice, limits []scenarios.Limit, err error) {
	for _, name := range names {
		name = strings.TrimSpace(name)
		if scenarios.IsLimit(name) {
			of, rest, whole := cutPlatform(name)
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
		} else if !slices.Contains(measurable(), name) {
			hint, want := didYouMean("", name, measurable()), "metrics such as response_time, wasm.response_time or response_time>2s"
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

// check returns an error if a metric is of none of the platforms.
func (m metricChoice) check(platforms ...string) error {
	for _, name := range m {
		if !slices.ContainsFunc(platforms, func(p string) bool {
			of, metric, whole := cutPlatform(name)
			return (of == p || !whole) && (scenarios.IsLimit(name) || hasMetric(p, metric))
		}) {
			return fmt.Errorf("--metrics: found %s; the scenario has only the platforms: %s", name, strings.Join(platforms, ", "))
		}
	}
	return nil
}

// metricsLike returns the names of metrics that contain a text, such as p95; all of them if none does.
func metricsLike(text string) (names []string) {
	for _, like := range []string{text, ""} {
		for _, name := range measurable() {
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

// has reports whether a metric of a platform is chosen.
func (m metricChoice) has(platform, metric string) bool {
	return m == nil || slices.Contains(m, metric) || slices.Contains(m, platform+"."+metric)
}

// names are the metrics in the order in which they were chosen, without platforms, each once; nil for all.
func (m metricChoice) names() (names []string) {
	for _, name := range m {
		_, name, _ := cutPlatform(name)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// of returns a report that has the chosen metrics only. A platform with none is left out.
func (m metricChoice) of(r *report) *report {
	if m == nil {
		return r
	}
	result := *r.Result
	result.Platforms = nil
	for _, p := range r.Platforms {
		kept := *p
		kept.Metrics = slices.DeleteFunc(slices.Clone(p.Metrics), func(e scenarios.NamedEstimate) bool { return !m.has(p.Platform, e.Name) })
		if len(kept.Metrics) > 0 {
			result.Platforms = append(result.Platforms, &kept)
		} else {
			result.Scenario = result.Scenario.Without(p.Platform)
		}
	}
	result.Difference = nil
	for name, e := range r.Difference {
		if !slices.ContainsFunc(r.Platforms, func(p *scenarios.PlatformResult) bool { return !m.has(p.Platform, name) }) {
			if result.Difference == nil {
				result.Difference = map[string]stats.Estimate{}
			}
			result.Difference[name] = e
		}
	}
	return &report{&result, r.models, r.notes}
}

// ofComparison returns a comparison that has the chosen metrics only. A platform with none is left out.
func (m metricChoice) ofComparison(c *scenarios.Comparison) *scenarios.Comparison {
	if m == nil {
		return c
	}
	chosen := *c
	chosen.Differences = map[string][]scenarios.Difference{}
	for name, differences := range c.Differences {
		kept := slices.DeleteFunc(slices.Clone(differences), func(d scenarios.Difference) bool { return !m.has(name, d.Name) })
		if len(kept) > 0 {
			chosen.Differences[name] = kept
		}
	}
	return &chosen
}
