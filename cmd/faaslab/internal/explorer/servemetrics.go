package explorer

import (
	"net/http"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
)

// A CatalogueJSON is the list of metrics and platforms for the page, each in the order in which
// they are shown. Keys of the scenario file are described by the schema.
type CatalogueJSON struct {
	Metrics   []KnownMetric `json:"metrics"`
	Platforms []knownKind   `json:"platforms"`
}

// A KnownMetric is a metric of the catalogue.
type KnownMetric struct {
	MetricJSON
	Axis      string      `json:"axis"`             // the name beside an axis
	Platforms []string    `json:"platforms"`        // the platforms that have it
	Roles     []string    `json:"roles"`            // of roleNames
	Always    bool        `json:"always"`           // no configuration forces it to be 0
	Counts    bool        `json:"counts,omitempty"` // it is the mean of a count; a run has the distribution of the count by this name
	SoFar     *fractionOf `json:"so_far,omitempty"` // of a probability: its value so far in a trace
}

// A fractionOf names counts in the totals of a trace: a numerator, and the parts of its
// denominator.
type fractionOf struct {
	Part  string   `json:"part"`
	Whole []string `json:"whole"`
}

// A knownKind is a kind of platform.
type knownKind struct {
	Name   string `json:"name"`
	Label  string `json:"label"` // in texts
	Title  string `json:"title"` // above a table
	Whole  string `json:"whole"` // that which serves a request: Wasm executor
	One    string `json:"one"`   // the same, shortened
	AllRun bool   `json:"all_run"`
	// States are the states of its instances, with explanations.
	States []narration.StateWords `json:"states"`
}

// roleNames are the names of the roles of metrics.
var roleNames = []struct {
	role platform.Roles
	name string
}{
	{platform.Headline, "headline"}, {platform.Tabled, "tabled"}, {platform.Charted, "charted"}, {platform.PerSlot, "per_slot"},
}

// fractionsSoFar are the probabilities that can be computed from the totals of a trace, by the
// names in totalsJSON.
var fractionsSoFar = map[string]fractionOf{
	platform.ColdStartProbability: {"cold", []string{"warm", "cold"}},
	platform.RejectionProbability: {"rejected", []string{"requests"}},
	platform.TimeoutProbability:   {"timed_out", []string{"requests"}},
}

func newCatalogueJSON() (out CatalogueJSON) {
	for _, m := range platform.Catalogue {
		known := KnownMetric{MetricJSON: newMetricJSON(m), Axis: m.Axis(), Always: m.Possible == nil, Counts: m.States != nil,
			Platforms: []string{}, Roles: []string{}}
		for _, p := range scenarios.KindNames() {
			if words.HasMetric(p, m.Name) {
				known.Platforms = append(known.Platforms, p)
			}
		}
		for _, r := range roleNames {
			if m.Is(r.role) {
				known.Roles = append(known.Roles, r.name)
			}
		}
		if f, ok := fractionsSoFar[m.Name]; ok {
			known.SoFar = &f
		}
		out.Metrics = append(out.Metrics, known)
	}
	for _, k := range scenarios.Kinds() {
		out.Platforms = append(out.Platforms, knownKind{k.Name, k.Label, k.Title, k.Whole, k.One, k.AllRun, narration.NarratorOf(k.Name).Words()})
	}
	return out
}

func sendMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	format.JSON(w, newCatalogueJSON())
}
