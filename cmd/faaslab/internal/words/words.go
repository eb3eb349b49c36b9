package words

import (
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
)

// Label returns the short name of a metric, or of a count, in words.
func Label(metric string) string {
	m, _ := platform.Find(metric)
	return m.Label()
}

// MetricAxis names a metric beside its axis.
func MetricAxis(metric string) string {
	m, _ := platform.Find(metric)
	return m.Axis()
}

// UnitOf returns the unit of a metric. A name that is not in the catalogue is a limit such as
// response_time>2s, which is a fraction of requests.
func UnitOf(metric string) platform.Unit {
	m, _ := platform.Find(metric)
	return m.Unit
}

// PlatformLabel names a platform in a text.
func PlatformLabel(name string) string { return scenarios.KindOf(name).Label }

// MetricsOf returns the metrics of a platform that a model may give, the costs included.
func MetricsOf(name string) []platform.Metric {
	return slices.Concat(scenarios.KindOf(name).AllMetrics(), platform.Costs())
}

// HasMetric reports whether a platform has a metric.
func HasMetric(name, metric string) bool {
	return slices.ContainsFunc(MetricsOf(name), func(m platform.Metric) bool { return m.Name == metric })
}

// SomeHas reports whether at least one of the platforms has a metric.
func SomeHas(platforms []string, metric string) bool {
	return slices.ContainsFunc(platforms, func(p string) bool { return HasMetric(p, metric) })
}

// Measurable returns the names of the metrics of all platforms, with and without the platform's
// name before them.
func Measurable() (names []string) {
	for _, p := range scenarios.KindNames() {
		for _, m := range MetricsOf(p) {
			names = append(names, p+"."+m.Name)
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// CutPlatform splits the name of a platform off the name of a metric; false if there is none, as in
// response_time>0.5s.
func CutPlatform(name string) (of, metric string, whole bool) {
	of, metric, whole = strings.Cut(name, ".")
	if whole && scenarios.IsKind(of) {
		return of, metric, true
	}
	return "", name, false
}

// KeyWords names a key in words: container.keep_alive is keep-alive.
func KeyWords(key string) string {
	words := map[string]string{
		"arrivals.rate": "arrival rate", "container.keep_alive": "keep-alive", "container.max_instances": "cap on instances",
		"container.warm.mean": "mean warm service time", "container.cold.mean": "mean cold service time",
		"container.startup.mean": "mean start-up time", "wasm.service.mean": "mean service time of Wasm", "wasm.cores": "cores of Wasm",
		"container.queue_timeout": "queue timeout", "container.initial.idle": "idle instances at the start",
		"container.warm": "warm service", "container.cold": "cold service", "container.startup": "start-up", "wasm.service": "service of Wasm",
		"container.concurrency": "requests at once in an instance", "container.scaling.target": "target of an instance",
		"container.scaling.window": "window of the autoscaler",
		"container.routing":        "routing", "wasm.discipline": "discipline", "container.when_full": "when full",
	}
	if w, ok := words[key]; ok {
		return w
	}
	return strings.NewReplacer("_", " ", ".", " ").Replace(key)
}

// MetricNoun names a metric in a sentence.
func MetricNoun(metric string) string {
	m, _ := platform.Find(metric)
	if m.Counted != "" {
		return "mean number of " + m.Counted
	}
	return m.Label()
}

// DidYouMean returns the text between an error about an unknown name and the list of accepted
// names: a semicolon and, if a name is close enough to be meant (two edits or a third of its
// length, but not all of it), a question.
func DidYouMean(prefix, name string, names []string) string {
	best, least := "", min(max(2, len(name)/3), len(name)-1)+1
	for _, candidate := range names {
		if len(name) > 100 || len(candidate) < 2 {
			continue // longer than any name by far; a single letter is close to every name
		}
		if d := dist.EditDistance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return "; "
	}
	return "; did you mean " + prefix + best + "? "
}
