package explorer

import (
	"fmt"
	"math"
	"slices"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/scenarios"
)

// A clusterJSON is what the page shows of many functions, beside the result: their table, the
// policies to choose, and the metrics by which to judge them.
type clusterJSON struct {
	Columns []columnJSON `json:"columns"`
	// Rows are the functions whose instances take most memory, at most 500, with a value a column;
	// null is a value that does not exist.
	Rows     [][]any      `json:"rows"`
	Of       int          `json:"of"` // functions
	Policies []policyJSON `json:"policies"`
	Compared []string     `json:"compared"` // metrics
}

type columnJSON struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Unit  string `json:"unit"` // a unit of the catalogue; text of the first column
	Text  string `json:"text"` // what it is
}

// A policyJSON is a key with values to choose.
type policyJSON struct {
	Key     string       `json:"key"`
	Label   string       `json:"label"`
	Choices []choiceJSON `json:"choices"`
	Note    string       `json:"note,omitempty"`
}

type choiceJSON struct {
	Value string `json:"value"` // as in a scenario with all its values
	Text  string `json:"text"`
}

// mostRows is the largest number of functions in the table of the page.
const mostRows = 500

var functionColumns = []columnJSON{
	{"name", "function", "text", "the name of the function"},
	{"instance", "instance", platform.Megabytes.String(), "the memory of one instance"},
	{"requests", "requests", platform.Count.String(), "requests in the measured time of all replications"},
	{"cold", "cold", platform.Probability.String(), "cold starts / requests"},
	{"lost", "lost", platform.Count.String(), "requests that were rejected or timed out"},
	{"response", "response", platform.Seconds.String(), "mean response time of the served requests"},
	{"memory", "memory", platform.Megabytes.String(), "memory of all instances of the function, averaged over time"},
	{"wasted", "wasted", platform.Probability.String(), "share of that memory whose instances are idle or loading"},
}

// comparedMetrics are those by which policies are judged.
var comparedMetrics = []string{platform.ColdStartProbability, platform.ColdStartFractionP75, platform.ResponseTime, platform.ResponseTimeP95, platform.RejectionProbability, platform.Memory,
	platform.WastedMemory, platform.Evictions}

// newClusterJSON returns what the page shows of many functions; nil for a scenario of one.
func newClusterJSON(s scenarios.Scenario, r *report.Report) *clusterJSON {
	p := r.Platform(scenarios.ContainerPlatform)
	functions, many := s.Many()
	if !many || p == nil {
		return nil
	}
	prices := s.Prices(scenarios.ContainerPlatform)
	out := &clusterJSON{Columns: slices.Clone(functionColumns), Of: len(functions), Compared: comparedMetrics}
	rows, _ := report.Costliest(s, p, mostRows)
	finite := func(x float64) any {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return x
	}
	if prices.User != nil {
		out.Columns = append(out.Columns, columnJSON{"user_cost", "user cost", platform.PerMonth.String(), "what the requests of the function, and its provisioned instances, cost the user in a month"})
	}
	if prices.Provider != nil {
		out.Columns = append(out.Columns, columnJSON{"provider_cost", "provider cost", platform.PerMonth.String(), "what the instances of the function cost the provider in a month"})
	}
	for _, row := range rows {
		cells := []any{row.Name, row.Instance, row.Requests, finite(row.Cold), row.Rejected, finite(row.Response), finite(row.Memory), finite(row.Wasted)}
		if prices.User != nil {
			cells = append(cells, finite(row.UserCost))
		}
		if prices.Provider != nil {
			cells = append(cells, finite(row.ProviderCost))
		}
		out.Rows = append(out.Rows, cells)
	}
	own := 0
	for _, f := range functions {
		if f.KeepAlive != nil {
			own++
		}
	}
	out.Policies = policiesOf(s, own)
	return out
}

// policiesOf returns the policies that make a difference in a scenario in which own functions have a
// keep-alive of their own.
func policiesOf(s scenarios.Scenario, own int) []policyJSON {
	bounded := s.Nodes.Memory != 0 && s.Nodes.Memory != cluster.Unlimited || s.Nodes.MaxInstances != 0 && s.Nodes.MaxInstances != platform.Unlimited
	keep := policyJSON{Key: "container.keep_alive", Label: "Keep-alive", Choices: []choiceJSON{{"60s", "1 minute"}, {"10m", "10 minutes"}, {"60m", "1 hour"}}}
	if bounded { // else the instances would only grow
		keep.Choices = append(keep.Choices, choiceJSON{"never", "until evicted"})
	}
	keep.Choices = append(keep.Choices, choiceJSON{"histogram(range=4h)", "learnt: histogram"})
	if own > 0 {
		keep.Note = fmt.Sprintf("%s with a keep-alive of %s own.", format.Counted(own, "function"), map[bool]string{true: "its", false: "their"}[own == 1])
	}
	all := []policyJSON{keep}
	named := func(key, label string, texts map[string]string, values ...fmt.Stringer) {
		p := policyJSON{Key: key, Label: label}
		for _, v := range values {
			text := texts[v.String()]
			if text == "" {
				text = words.Label(v.String())
			}
			p.Choices = append(p.Choices, choiceJSON{v.String(), text})
		}
		all = append(all, p)
	}
	if bounded {
		named("container.evict", "Evicted first", map[string]string{"lru": "idle longest (LRU)", "greedy-dual": "lowest priority (greedy-dual)", "random": "any", "none": "nothing"},
			cluster.LRU, cluster.GreedyDual, cluster.RandomEviction, cluster.NoEviction)
	}
	if s.Nodes.Count > 1 {
		named("nodes.placement", "Placement", nil, cluster.Hash, cluster.Home, cluster.FirstFit, cluster.LeastLoaded, cluster.RoundRobin, cluster.RandomNode)
	}
	return all
}
