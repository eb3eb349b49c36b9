package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

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

	optional []string
)

// tabulate makes the tables of the keys that the kinds of platforms and the rest of the file have.
func tabulate() {
	optional = append(KindNames(), "pricing")
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
	arrivals("arrivals", "The arrival process, offered to both platforms alike.",
		func(s *Scenario) *dist.Arrivals { return &s.Arrivals }).
		controlled("Arrivals", control{Notation: "Arrival process"}),
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

// The controls of numbers of which several keys have one.
var (
	timeControl      = control{Unit: "seconds", From: 0.1, To: 36000, Without: never}
	instancesControl = control{Unit: "instances", From: 1, To: 1000, Whole: true, Without: unlimited}
	coresControl     = control{Unit: "cores", From: 1, To: 64, Whole: true, Without: unlimited}
)

// warmup is a span, or auto.
func warmup() key {
	const auto = "auto"
	k := span("run.warmup", "Deleted from the start of each replication, 0s or more; auto: where the transient ends, found by MSER-5.",
		auto, delays, func(s *Scenario) *sim.Time { return &s.Run.Warmup })
	read, write := k.read, k.write
	k.accepts += ", or " + auto
	k.schema = fragment{"anyOf": []fragment{k.schema, {"const": auto}}}
	k.read = func(s *Scenario, text string, notation dist.Parser) error {
		if text == auto {
			s.Run.Warmup = AutoWarmup
			return nil
		}
		if err := read(s, text, notation); err != nil {
			return fmt.Errorf("%w; %s is accepted, too", err, auto)
		}
		return nil
	}
	k.write = func(s *Scenario) string {
		if s.Run.Warmup == AutoWarmup {
			return auto
		}
		return write(s)
	}
	return k
}

// duration is a span that a scenario may do without.
func duration() key {
	k := span("run.duration", "Measured in each replication after its warm-up, more than 0s, in place of precision. Giving it allows a scenario without a steady state.",
		"", lengths, func(s *Scenario) *sim.Time { return &s.Run.Duration })
	write := k.write
	k.write = func(s *Scenario) string {
		if s.Run.Duration == 0 {
			return ""
		}
		return write(s)
	}
	return k
}

// precision makes the key of a relative half-width, written in per cent.
func precision() key {
	return key{
		path: "run.precision", accepts: wantPrecision, standard: "1%",
		doc:    "Relative half-width of the 95 % interval of every headline metric in the end; for a probability 0.0001 absolute is enough too, but no more than a tenth of one that was seen.",
		schema: fragment{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			number, percent := strings.CutSuffix(text, "%")
			p, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if !percent || err != nil || !isPrecision(p/100) {
				return wrong(text, wantPrecision)
			}
			s.Run.Precision = p / 100
			return nil
		},
		write: func(s *Scenario) string {
			if s.Run.Precision == 0 {
				return ""
			}
			return formatPercent(s.Run.Precision)
		},
	}
}

// formatPercent writes a fraction in per cent, with as many digits as it needs.
func formatPercent(fraction float64) string {
	return strconv.FormatFloat(math.Round(fraction*1e12)/1e10, 'f', -1, 64) + "%"
}

// maxRequests makes the key of a count that a scenario without a precision does without.
func maxRequests() key {
	return key{
		path: "run.max_requests", accepts: requestCounts.accepts(), standard: "20000000", integer: true,
		doc:    "Requests to measure at most, all replications together; a precision not reached by then is given up with a warning.",
		schema: fragment{"type": "integer", "minimum": requestCounts.least, "maximum": requestCounts.most},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := parseWhole(text)
			if !ok || !requestCounts.hasNumber(n) {
				return wrong(text, requestCounts.accepts())
			}
			s.Run.MaxRequests = int64(n)
			return nil
		},
		write: func(s *Scenario) string {
			if s.Run.MaxRequests == 0 {
				return ""
			}
			return strconv.FormatInt(s.Run.MaxRequests, 10)
		},
	}
}

// seed makes the key of the seed, the one number that needs all 64 bits.
func seed() key {
	const accepts = "a whole number from 0 to 18446744073709551615"
	return key{
		path: "run.seed", doc: "Fixes all random numbers: the same seed, the same results.",
		accepts: accepts, standard: "1", integer: true,
		schema: fragment{"type": "integer", "minimum": 0, "maximum": uint64(math.MaxUint64)},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := parseWhole(text)
			if !ok {
				return wrong(text, accepts)
			}
			s.Run.Seed = n
			return nil
		},
		write: func(s *Scenario) string { return strconv.FormatUint(s.Run.Seed, 10) },
	}
}

// rivals are the keys that cannot be given beside a key.
var rivals = map[string][]string{
	"container.cold":    {"container.startup"},
	"container.startup": {"container.cold"},
	"run.duration":      {"run.precision", "run.max_requests"},
	"run.precision":     {"run.duration"},
	"run.max_requests":  {"run.duration"},

	"container.cores":          {"container.cores.physical", "container.cores.threads", "container.cores.yield", "container.cores.all_core_speed"},
	"container.cores.physical": {"container.cores"},
	"wasm.cores":               {"wasm.cores.physical", "wasm.cores.threads", "wasm.cores.yield", "wasm.cores.all_core_speed"},
	"wasm.cores.physical":      {"wasm.cores"},
}

// Keys returns the paths of all keys, in the order of the file.
func Keys() []string {
	paths := make([]string, len(keys))
	for i, k := range keys {
		paths[i] = k.path
	}
	return paths
}

// IsKey reports whether a path is that of a key, or may be that of a parameter of a distribution or an
// arrival process: whether it has the parameter shows when an override sets it.
func IsKey(path string) bool {
	if find(path) != nil {
		return true
	}
	k, _ := lawOf(path)
	return k != nil
}
