package main

import (
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
)

// label returns the short name of a metric, or of a count, in words.
func label(metric string) string {
	m, _ := platform.Find(metric)
	return m.Label()
}

// metricAxis names a metric beside its axis.
func metricAxis(metric string) string {
	m, _ := platform.Find(metric)
	return m.Axis()
}

// unitOf returns the unit of a metric. A metric that is not in the catalogue is a limit such as
// response_time>2s, a fraction of requests.
func unitOf(metric string) platform.Unit {
	m, _ := platform.Find(metric)
	return m.Unit
}

// platformLabel names a platform in a text.
func platformLabel(name string) string { return scenarios.KindOf(name).Label }

// metricsOf returns the metrics of a platform that a model may give, the costs included.
func metricsOf(name string) []platform.Metric {
	return slices.Concat(scenarios.KindOf(name).Metrics(), platform.Costs())
}

// hasMetric reports whether a platform has a metric.
func hasMetric(name, metric string) bool {
	return slices.ContainsFunc(metricsOf(name), func(m platform.Metric) bool { return m.Name == metric })
}

// someHas reports whether one of some platforms has a metric.
func someHas(platforms []string, metric string) bool {
	return slices.ContainsFunc(platforms, func(p string) bool { return hasMetric(p, metric) })
}

// measurable returns the names of the metrics of all platforms: with the name of the platform
// before them, and without it.
func measurable() (names []string) {
	for _, p := range scenarios.KindNames() {
		for _, m := range metricsOf(p) {
			names = append(names, p+"."+m.Name)
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// cutPlatform cuts the name of a platform off that of a metric; false if none stands there, as in
// response_time>0.5s.
func cutPlatform(name string) (of, metric string, whole bool) {
	of, metric, whole = strings.Cut(name, ".")
	if whole && scenarios.IsKind(of) {
		return of, metric, true
	}
	return "", name, false
}

// keyWords names a key in words: container.keep_alive is keep-alive.
func keyWords(key string) string {
	words := map[string]string{
		"arrivals.rate": "arrival rate", "container.keep_alive": "keep-alive", "container.max_instances": "cap on instances",
		"container.warm.mean": "mean warm service time", "container.cold.mean": "mean cold service time",
		"container.startup.mean": "mean start-up time", "wasm.service.mean": "mean service time of Wasm", "wasm.cores": "cores of Wasm",
		"container.queue_timeout": "queue timeout", "container.initial.idle": "idle instances at the start",
		"container.warm": "warm service", "container.cold": "cold service", "container.startup": "start-up", "wasm.service": "service of Wasm",
		"container.routing": "routing", "wasm.discipline": "discipline", "container.when_full": "when full",
	}
	if w, ok := words[key]; ok {
		return w
	}
	return strings.NewReplacer("_", " ", ".", " ").Replace(key)
}
