package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// A Key is a key of the scenario file, in the block of a Kind.
type Key = keyfile.Key[Scenario]

// LawKey makes a key whose value is a distribution of durations.
func LawKey(path, title, doc string, field func(*Scenario) *dist.Distribution) Key {
	return keyfile.Law(path, doc, field).Controlled(title, keyfile.Control{Notation: title + " time"})
}

// table holds every key. Errors, overrides, the resolved scenario and the JSON Schema read it.
var table keyfile.Table[Scenario]

// tabulate makes the table of the keys that the kinds of platforms and the rest of the file have.
func tabulate() {
	keys := slices.Concat(topKeys, functionKeys())
	for _, k := range kinds {
		keys = append(keys, k.Keys...)
	}
	keys = append(keys, userKeysOfPricing...)
	for _, k := range kinds {
		keys = append(keys, k.memoryKey())
	}
	table = keyfile.NewTable(keyfile.Table[Scenario]{
		What: "scenario", Example: "the built-in " + DefaultName,
		Keys:     slices.Concat(keys, providerKeysOfPricing, runKeys),
		Optional: append(KindNames(), "pricing", functionsBlock, nodesBlock),
		Free:     map[string]string{functionsBlock: "function"},
		Members: func(s *Scenario, _ string) []string {
			all, _ := s.Arrivals.(Functions)
			return all.names()
		},
		Rivals:   rivals,
		Lacks:    func(s *Scenario, path string) bool { return s.lacks(path) },
		Complete: completeSchema,
	})
}

// Schema returns a JSON Schema (draft 2020-12) of scenario files, for completion
// and checking in editors. It is made of the same table that files are read by.
func Schema() []byte { return table.Schema() }

// completeSchema says what of a block holds between its keys; "" is the top.
func completeSchema(block string, schema keyfile.Fragment) {
	switch block {
	case "":
		schema["oneOf"] = []keyfile.Fragment{{"required": []string{"arrivals"}}, {"required": []string{functionsBlock}}, {"required": []string{workloadKey}}}
		var platforms []keyfile.Fragment
		for _, k := range kinds {
			platforms = append(platforms, keyfile.Fragment{"required": []string{k.Name}})
		}
		schema["anyOf"] = platforms
		schema["if"] = keyfile.Fragment{"required": []string{"arrivals"}}
		schema["then"] = keyfile.Fragment{"properties": keyfile.Fragment{ContainerPlatform: keyfile.Fragment{
			"oneOf": []keyfile.Fragment{{"required": []string{"cold"}}, {"required": []string{"startup"}}}}}}
	case "run":
		schema["not"] = keyfile.Fragment{"required": []string{"duration"},
			"anyOf": []keyfile.Fragment{{"required": []string{"precision"}}, {"required": []string{"max_requests"}}}}
	}
	if slices.Equal(table.Names[block], coreKeys) {
		schema["required"] = coreKeys[:1]
		schema["not"] = keyfile.Fragment{"type": "object", "required": []string{"all_core_speed", "speeds"}} // a number of cores may stand there, too
	}
	if k := KindOf(block); k.schema != nil {
		k.schema(schema)
	}
}

// topKeys come before the blocks of the platforms.
var topKeys = []Key{
	keyfile.Line("name", "What the scenario is called in tables and figures; the file's name if left out.",
		func(s *Scenario) *string { return &s.Name }),
	keyfile.Line("description", "What the scenario shows, on one line.",
		func(s *Scenario) *string { return &s.Description }),
	keyfile.Arrivals("arrivals", "The arrival process, offered to both platforms alike.",
		func(s *Scenario) *dist.Arrivals { return &s.Arrivals }).
		Controlled("Arrivals", keyfile.Control{Notation: "Arrival process"}).
		Unless((*Scenario).many),
}

// userKeysOfPricing are the keys of the prices before the memory of each platform.
var userKeysOfPricing = []Key{
	preset(),
	userPrice("pricing.gb_second", "What the user pays for a second of execution, per GB of memory, in any currency.",
		func(p *platform.UserPrices) *float64 { return &p.GBSecond }),
	userPrice("pricing.second", "What the user pays for a second of execution besides, whatever the memory: that of the vCPUs, where they are billed.",
		func(p *platform.UserPrices) *float64 { return &p.Second }),
	userPrice("pricing.million_requests", "What the user pays for a million served requests.",
		func(p *platform.UserPrices) *float64 { return &p.MillionRequests }),
	provisionedPrice(provisionedKey, "What the user pays for a second of a provisioned instance, with a request or without, per GB of memory. Needed with container.provisioned.",
		func(p *platform.UserPrices) **float64 { return &p.ProvisionedGBSecond }),
	provisionedPrice(provisionedExecutionKey, "What the user pays for a second of execution on a provisioned instance, per GB of memory, in place of gb_second. Needed with container.provisioned.",
		func(p *platform.UserPrices) **float64 { return &p.ProvisionedExecution }),
	startupBilling(),
	userSpan("pricing.billing_step", "The time of an execution is billed rounded up to a multiple of this; 0s: as it is.",
		func(p *platform.UserPrices) *sim.Time { return &p.Step }),
	userSpan("pricing.billing_minimum", "The least time that is billed of an execution.",
		func(p *platform.UserPrices) *sim.Time { return &p.Minimum }),
	memoryStep(),
	currency(),
}

// providerKeysOfPricing are those after it.
var providerKeysOfPricing = []Key{
	providerPrice("pricing.provider_running_gb_second", "What a second of an instance with a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.RunningGBSecond }),
	providerPrice("pricing.provider_idle_gb_second", "What a second of an instance without a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.IdleGBSecond }),
	providerPrice("pricing.provider_cold_start", "What the cold start of one container costs the provider, beside the memory it holds meanwhile.",
		func(p *platform.ProviderPrices) *float64 { return &p.ColdStart }),
}

// runKeys say how the scenario is simulated.
var runKeys = []Key{
	seed().Controlled("Seed", keyfile.Control{Text: true}),
	keyfile.Count("run.replications", "Independent simulation runs, 1 to 100000; an interval needs two.",
		"16", replicationCounts, func(s *Scenario) *int { return &s.Run.Replications }),
	warmup(),
	precision().Controlled("Precision", keyfile.Control{Text: true}),
	maxRequests(),
	duration().Controlled("Length (run.duration), instead of a precision", keyfile.Control{Text: true, Optional: true}),
}

// lacks reports whether the scenario is without the block that a path is in.
func (s Scenario) lacks(path string) bool {
	switch block := table.OptionalOf(path); block {
	case "":
		return false
	case "pricing":
		return s.Pricing == nil
	case functionsBlock:
		_, functions := s.Arrivals.(Functions)
		return !functions
	case nodesBlock:
		return s.Nodes == nil
	default:
		return !KindOf(block).has(&s)
	}
}

// The controls of numbers of which several keys have one.
var (
	timeControl      = keyfile.Control{Unit: "seconds", From: 0.1, To: 36000, Without: keyfile.Never}
	instancesControl = keyfile.Control{Unit: "instances", From: 1, To: 1000, Whole: true, Without: keyfile.Unlimited}
	coresControl     = keyfile.Control{Unit: "cores", From: 1, To: 64, Whole: true, Without: keyfile.Unlimited}
)

// warmup is a span, or auto.
func warmup() Key {
	const auto = "auto"
	k := keyfile.Span("run.warmup", "Deleted from the start of each replication, 0s or more; auto: where the transient ends, found by MSER-5.",
		auto, delays, func(s *Scenario) *sim.Time { return &s.Run.Warmup })
	read, write := k.Read, k.Write
	k.Accepts += ", or " + auto
	k.Schema = keyfile.Fragment{"anyOf": []keyfile.Fragment{k.Schema, {"const": auto}}}
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		if text == auto {
			s.Run.Warmup = AutoWarmup
			return nil
		}
		if err := read(s, text, notation); err != nil {
			return fmt.Errorf("%w; %s is accepted, too", err, auto)
		}
		return nil
	}
	k.Write = func(s *Scenario) string {
		if s.Run.Warmup == AutoWarmup {
			return auto
		}
		return write(s)
	}
	return k
}

// duration is a span that a scenario may do without.
func duration() Key {
	k := keyfile.Span("run.duration", "Measured in each replication after its warm-up, more than 0s, in place of precision. Giving it allows a scenario without a steady state.",
		"", lengths, func(s *Scenario) *sim.Time { return &s.Run.Duration })
	write := k.Write
	k.Write = func(s *Scenario) string {
		if s.Run.Duration == 0 {
			return ""
		}
		return write(s)
	}
	return k
}

// precision makes the key of a relative half-width, written in per cent.
func precision() Key {
	return Key{
		Path: "run.precision", Accepts: wantPrecision, Standard: "1%",
		Doc:    "Relative half-width of the 95 % interval of every headline metric in the end; for a probability 0.0001 absolute is enough too, but no more than a tenth of one that was seen.",
		Schema: keyfile.Fragment{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			number, percent := strings.CutSuffix(text, "%")
			p, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if !percent || err != nil || !isPrecision(p/100) {
				return keyfile.Wrong(text, wantPrecision)
			}
			s.Run.Precision = p / 100
			return nil
		},
		Write: func(s *Scenario) string {
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
func maxRequests() Key {
	return Key{
		Path: "run.max_requests", Accepts: requestCounts.Accepts(), Standard: "20000000", Integer: true,
		Doc:    "Requests to measure at most, all replications together; a precision not reached by then is given up with a warning.",
		Schema: keyfile.Fragment{"type": "integer", "minimum": requestCounts.Least, "maximum": requestCounts.Most},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := keyfile.ParseWhole(text)
			if !ok || !requestCounts.HasNumber(n) {
				return keyfile.Wrong(text, requestCounts.Accepts())
			}
			s.Run.MaxRequests = int64(n)
			return nil
		},
		Write: func(s *Scenario) string {
			if s.Run.MaxRequests == 0 {
				return ""
			}
			return strconv.FormatInt(s.Run.MaxRequests, 10)
		},
	}
}

// seed makes the key of the seed, the one number that needs all 64 bits.
func seed() Key {
	const accepts = "a whole number from 0 to 18446744073709551615"
	return Key{
		Path: "run.seed", Doc: "Fixes all random numbers: the same seed, the same results.",
		Accepts: accepts, Standard: "1", Integer: true,
		Schema: keyfile.Fragment{"type": "integer", "minimum": 0, "maximum": uint64(math.MaxUint64)},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := keyfile.ParseWhole(text)
			if !ok {
				return keyfile.Wrong(text, accepts)
			}
			s.Run.Seed = n
			return nil
		},
		Write: func(s *Scenario) string { return strconv.FormatUint(s.Run.Seed, 10) },
	}
}

// rivals are the keys that cannot be given beside a key.
var rivals = map[string][]string{
	"container.cold":    {"container.startup"},
	"container.startup": {"container.cold"},
	"arrivals":          {workloadKey},
	workloadKey:         {"arrivals"},
	"run.duration":      {"run.precision", "run.max_requests"},
	"run.precision":     {"run.duration"},
	"run.max_requests":  {"run.duration"},

	"container.scaling":        scalingPaths,
	"container.scaling.preset": {"container.scaling"},

	"container.cores":                {"container.cores.physical", "container.cores.threads", "container.cores.yield", "container.cores.all_core_speed", "container.cores.speeds"},
	"container.cores.physical":       {"container.cores"},
	"container.cores.all_core_speed": {"container.cores.speeds"},
	"container.cores.speeds":         {"container.cores.all_core_speed"},
	"wasm.cores":                     {"wasm.cores.physical", "wasm.cores.threads", "wasm.cores.yield", "wasm.cores.all_core_speed", "wasm.cores.speeds"},
	"wasm.cores.physical":            {"wasm.cores"},
	"wasm.cores.all_core_speed":      {"wasm.cores.speeds"},
	"wasm.cores.speeds":              {"wasm.cores.all_core_speed"},
}

// Keys returns the paths of all keys, in the order of the file; of those that each function has, with
// NAME for the function.
func Keys() []string {
	paths := make([]string, len(table.Keys))
	for i, k := range table.Keys {
		paths[i] = strings.Replace(k.Path, ".*.", ".NAME.", 1)
	}
	return paths
}

// IsKey reports whether a path is that of a key, or may be that of a parameter of a distribution or an
// arrival process: whether it has the parameter shows when an override sets it.
func IsKey(path string) bool {
	if table.Find(path) != nil {
		return true
	}
	k, _ := table.LawOf(path)
	return k != nil
}

// The domains of a scenario's values. A file's text and a field that a program sets are held
// against the same domain.
var (
	lines = keyfile.Lines{}

	keepAlives    = keyfile.Spans{OrNever: true}
	queueTimeouts = keyfile.Spans{Least: 1, OrNever: true}
	delays        = keyfile.Spans{}
	lengths       = keyfile.Spans{Least: 1}

	maxInstances      = keyfile.Wholes{Least: 1, Most: 1e9, OrUnlimited: true}
	batches           = keyfile.Wholes{Least: 1, Most: 1e9, OrUnlimited: true}
	initially         = keyfile.Wholes{Most: 1e9}
	coreNumbers       = keyfile.Wholes{Least: 1, Most: 1e9}
	threadCounts      = keyfile.Wholes{Least: 1, Most: 2}
	replicationCounts = keyfile.Wholes{Least: 1, Most: 100_000}
	requestCounts     = keyfile.Wholes{Least: 1, Most: 1_000_000_000_000_000}

	proportions = keyfile.Proportions{}
	speeds      = keyfile.Numbers{Least: 0.1, Most: 10}
	clocks      = keyfile.Lists{Of: speeds, Most: 1000}

	whenFulls   = keyfile.Choices[pool.WhenFull]{pool.Reject, pool.Queue}
	routings    = keyfile.Choices[pool.Routing]{pool.MRU, pool.Newest, pool.LRU, pool.Random}
	handOvers   = keyfile.Choices[pool.HandOver]{pool.OneByOne, pool.Together}
	disciplines = keyfile.Choices[executors.Discipline]{executors.ProcessorSharing, executors.FCFS}
	billings    = keyfile.Choices[platform.StartupBilling]{platform.StartupBilled, platform.StartupFree}
)

// A file of keys has the same number for no bound as the platforms.
var _ = [1]struct{}{}[platform.Unlimited-keyfile.Unbounded]

// What is accepted where a domain has no values of its own to name.
const (
	wantPrecision = "a percentage such as 1%, from 0.01% to 100%"
	wantCurrency  = "the code of a currency, three capital letters such as USD"
)

// isPrecision reports whether a relative half-width is accepted.
func isPrecision(p float64) bool { return p >= 0.0001 && p <= 1 }

// dearest is the highest price that is accepted, so that no cost is infinite.
const dearest = 1e9

func isPrice(amount float64) bool { return amount >= 0 && amount <= dearest }

func wantPrice() string {
	return fmt.Sprintf("a price, a number such as 0.0000166667 from 0 to %.0f", dearest)
}

func isCurrency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func presetNames() []string {
	names := make([]string, len(Presets))
	for i, p := range Presets {
		names[i] = p.Name
	}
	return names
}
