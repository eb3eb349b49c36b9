package scenarios

import (
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// A key is one value of the scenario file. The table of keys is all that the
// package knows about them: decoding, overrides, the resolved scenario, the
// JSON Schema and every error message read it.
type key struct {
	path     string // dotted, as in --set: container.keep_alive
	doc      string // one sentence, with unit and domain
	accepts  string // what may stand there, in words: "want …"
	standard string // the text that holds where the key is left out; empty: none
	schema   fragment
	law      bool                              // a distribution or an arrival process: its parameters have paths too
	of       func(*Scenario) dist.Distribution // of a law of durations: its value; else nil
	coresOf  func(*Scenario) *platform.Cores   // of cores: their value; else nil
	integer  bool                              // written as a number, not as a text, where it is one
	decimal  bool                              // written as a number, not as a text

	title   string   // the label of its control; empty: made of the path
	choices []string // of a choice: what each value is, in words; nil: nothing to say
	control *control // nil: a text among the others

	// read sets the key's field. The block that holds the field exists.
	read func(s *Scenario, text string, notation dist.Parser) error
	// write returns the text that reads back to the field; empty where the
	// scenario does without the key.
	write func(s *Scenario) string
}

// A Key is a key of the scenario file, in the block of a Kind.
type Key = key

// LawKey makes a key whose value is a distribution of durations.
func LawKey(path, title, doc string, field func(*Scenario) *dist.Distribution) Key {
	return law(path, doc, field).controlled(title, control{Notation: title + " time"})
}

// keys lists every key in the order of the file; blocks lists the blocks of the file, each before those inside it; and
// namesOf gives the names that a block takes, in order; "" is the top.
var (
	keys    []key
	blocks  []string
	namesOf map[string][]string
)

// tabulate makes the tables of the keys that the kinds of platforms and the rest of the file have.
func tabulate() {
	keys = slices.Clone(topKeys)
	for _, k := range kinds {
		keys = append(keys, k.Keys...)
	}
	keys = append(keys, userKeysOfPricing...)
	for _, k := range kinds {
		keys = append(keys, k.memoryKey())
	}
	keys = slices.Concat(keys, providerKeysOfPricing, runKeys)
	blocks, namesOf = nil, map[string][]string{}
	seen := map[string]bool{"": true}
	for _, k := range keys {
		for i, c := range k.path {
			if c == '.' && !seen[k.path[:i]] {
				seen[k.path[:i]] = true
				blocks = append(blocks, k.path[:i])
			}
		}
		// Each block on the way down is a name in the one above it.
		for path := k.path; path != ""; {
			block, name := split(path)
			if !slices.Contains(namesOf[block], name) {
				namesOf[block] = append(namesOf[block], name)
			}
			path = block
		}
	}
}

// topKeys come before the blocks of the platforms.
var topKeys = []key{
	line("name", "What the scenario is called in tables and figures; the file's name if left out.",
		func(s *Scenario) *string { return &s.Name }),
	line("description", "What the scenario shows, on one line.",
		func(s *Scenario) *string { return &s.Description }),
	arrivals().controlled("Arrivals", control{Notation: "Arrival process"}),
}

// userKeysOfPricing are the keys of the prices before the memory of each platform.
var userKeysOfPricing = []key{
	preset(),
	userPrice("pricing.gb_second", "What the user pays for a second of execution, per GB of memory, in any currency.",
		func(p *platform.UserPrices) *float64 { return &p.GBSecond }),
	userPrice("pricing.second", "What the user pays for a second of execution besides, whatever the memory: that of the vCPUs, where they are billed.",
		func(p *platform.UserPrices) *float64 { return &p.Second }),
	userPrice("pricing.million_requests", "What the user pays for a million served requests.",
		func(p *platform.UserPrices) *float64 { return &p.MillionRequests }),
	startupBilling(),
	userSpan("pricing.billing_step", "The time of an execution is billed rounded up to a multiple of this; 0s: as it is.",
		func(p *platform.UserPrices) *sim.Time { return &p.Step }),
	userSpan("pricing.billing_minimum", "The least time that is billed of an execution.",
		func(p *platform.UserPrices) *sim.Time { return &p.Minimum }),
	memoryStep(),
	currency(),
}

// providerKeysOfPricing are those after it.
var providerKeysOfPricing = []key{
	providerPrice("pricing.provider_running_gb_second", "What a second of an instance with a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.RunningGBSecond }),
	providerPrice("pricing.provider_idle_gb_second", "What a second of an instance without a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.IdleGBSecond }),
	providerPrice("pricing.provider_cold_start", "What the cold start of one container costs the provider, beside the memory it holds meanwhile.",
		func(p *platform.ProviderPrices) *float64 { return &p.ColdStart }),
}

// runKeys say how the scenario is simulated.
var runKeys = []key{
	seed().controlled("Seed", control{Text: true}),
	count("run.replications", "Independent simulation runs, 1 to 100000; an interval needs two.",
		"16", replicationCounts, func(s *Scenario) *int { return &s.Run.Replications }),
	warmup(),
	precision().controlled("Precision", control{Text: true}),
	maxRequests(),
	duration().controlled("Length (run.duration), instead of a precision", control{Text: true, Optional: true}),
}

// find returns the key at a path, or nil.
func find(path string) *key {
	for i := range keys {
		if keys[i].path == path {
			return &keys[i]
		}
	}
	return nil
}

// split cuts a path into its block, empty at the top, and the name in it.
func split(path string) (block, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// join is the inverse of split.
func join(block, name string) string {
	if block == "" {
		return name
	}
	return block + "." + name
}

// optionalOf returns the top block that a path is in, if a scenario may lack it;
// else empty.
func optionalOf(path string) string {
	top, _, _ := strings.Cut(path, ".")
	if IsKind(top) || top == "pricing" {
		return top
	}
	return ""
}

// lacks reports whether the scenario is without the block that a path is in.
func (s Scenario) lacks(path string) bool {
	switch block := optionalOf(path); block {
	case "":
		return false
	case "pricing":
		return s.Pricing == nil
	default:
		return !KindOf(block).has(&s)
	}
}
