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
	return &cli.StringFlag{Name: "metrics", Usage: "show no metrics but a `LIST`, such as response_time,container.idle, in text and figures; JSON and CSV have all", DefaultText: "all"}
}

// A metricChoice is what --metrics names: metrics, or metrics of one platform as container.idle. Nil
// chooses all.
type metricChoice []string

// metricsOfFlag reads --metrics. Each must be a metric of one of the platforms, which are the scenario's.
func metricsOfFlag(c *cli.Context, platforms ...string) (metricChoice, error) {
	if !c.IsSet("metrics") {
		return nil, nil
	}
	var chosen metricChoice
	for _, name := range strings.Split(c.String("metrics"), ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(measurable, name) {
			hint := didYouMean("", name, measurable)
			want := "metrics such as response_time or wasm.response_time"
			if !strings.Contains(hint, "?") {
				want = strings.Join(metricsLike(name), ", ")
			}
			return nil, fmt.Errorf("--metrics: found %q%swant %s, with commas between them", name, hint, want)
		}
		chosen = append(chosen, name)
	}
	for _, name := range chosen {
		if !slices.ContainsFunc(platforms, func(p string) bool {
			of, metric, whole := strings.Cut(name, ".")
			return whole && of == p && hasMetric(p, metric) || !whole && hasMetric(p, name)
		}) {
			return nil, fmt.Errorf("--metrics: found %s; the scenario has only the platforms: %s", name, strings.Join(platforms, ", "))
		}
	}
	return chosen, nil
}

// metricsLike returns the names of metrics that contain a text, such as p95; all of them if none does.
func metricsLike(text string) (names []string) {
	for _, like := range []string{text, ""} {
		for _, name := range measurable {
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
		if _, metric, whole := strings.Cut(name, "."); whole {
			name = metric
		}
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
	result.Platforms = map[string]*scenarios.PlatformResult{}
	for name, p := range r.Platforms {
		kept := *p
		kept.Metrics = slices.DeleteFunc(slices.Clone(p.Metrics), func(e scenarios.NamedEstimate) bool { return !m.has(name, e.Name) })
		if len(kept.Metrics) > 0 {
			result.Platforms[name] = &kept
		}
	}
	if result.Platforms[scenarios.ContainerPlatform] == nil {
		result.Scenario.Container = nil
	}
	if result.Platforms[scenarios.WasmPlatform] == nil {
		result.Scenario.Wasm = nil
	}
	result.Difference = nil
	for name, e := range r.Difference {
		if m.has(scenarios.ContainerPlatform, name) && m.has(scenarios.WasmPlatform, name) {
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
