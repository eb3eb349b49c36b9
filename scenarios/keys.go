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
	law      bool // a distribution or an arrival process: its parameters have paths too
	integer  bool // written as a number, not as a text, where it is one
	decimal  bool // written as a number, not as a text

	// read sets the key's field. The block that holds the field exists.
	read func(s *Scenario, text string, notation dist.Parser) error
	// write returns the text that reads back to the field; empty where the
	// scenario does without the key.
	write func(s *Scenario) string
}

// keys lists every key in the order of the file.
var keys = []key{
	line("name", "What the scenario is called in tables and figures; the file's name if left out.",
		func(s *Scenario) *string { return &s.Name }),
	line("description", "What the scenario shows, on one line.",
		func(s *Scenario) *string { return &s.Description }),
	arrivals(),

	law("container.warm", "Service time of a warm start. A trace with service times fixes it instead, if it is left out.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Warm }),
	law("container.cold", "Service time of a cold start, start-up included. Exactly one of cold and startup is given.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Cold }),
	law("container.startup", "Added to the request's own warm service time on a cold start. Exactly one of cold and startup is given.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Startup }),
	span("container.keep_alive", "How long an instance is kept idle before it expires, 0s or more.",
		"60s", keepAlives, func(s *Scenario) *sim.Time { return &s.Container.KeepAlive }),
	count("container.max_instances", "The most instances at once, idle ones included, 1 or more.",
		"110", maxInstances, func(s *Scenario) *int { return &s.Container.MaxInstances }),
	choice("container.when_full", "What becomes of a request that finds all instances busy: turned away, or first come, first served.", whenFulls,
		func(s *Scenario) *platform.WhenFull { return &s.Container.WhenFull }),
	span("container.queue_timeout", "How long a request waits at most, from its arrival, for dispatch and for an instance, more than 0s; only with when_full: queue.",
		"never", queueTimeouts, func(s *Scenario) *sim.Time { return &s.Container.QueueTimeout }),
	choice("container.routing", "Which idle instance serves: the last that became idle, the last created, the first that became idle, or any.", routings,
		func(s *Scenario) *platform.Routing { return &s.Container.Routing }),
	cores("container.cores", "Cores that all running instances share: a number, or a block that says what they are like.", containerCores),
	physicalCores("container.cores.physical", containerCores),
	threads("container.cores.threads", containerCores),
	yield("container.cores.yield", containerCores),
	allCoreSpeed("container.cores.all_core_speed", containerCores),
	startupCPU(),
	span("container.dispatch.interval", "Time between two looks at the queue in which requests wait for dispatch to the pool, at its multiples, 0s or more; 0s: whenever the reader is free.",
		"0s", delays, func(s *Scenario) *sim.Time { return &s.Container.Dispatch.Interval }),
	count("container.dispatch.batch", "The most requests that one look takes, 1 or more; only with an interval, per_batch or hand_over: together.",
		"unlimited", batches, func(s *Scenario) *int { return &s.Container.Dispatch.Batch }),
	span("container.dispatch.per_batch", "Time that the reader needs for each batch, before its first request, 0s or more.",
		"0s", delays, func(s *Scenario) *sim.Time { return &s.Container.Dispatch.PerBatch }),
	pause("container.dispatch.service", "Time that the reader needs for each request of a batch, one after another.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Dispatch.Service }),
	choice("container.dispatch.hand_over", "When a request reaches the pool: at the end of its own service, or together with its whole batch, at the end of the last.", handOvers,
		func(s *Scenario) *platform.HandOver { return &s.Container.Dispatch.HandOver }),
	count("container.initial.idle", "Idle instances at time 0, 0 to max_instances.",
		"0", initially, func(s *Scenario) *int { return &s.Container.InitialIdle }),
	count("container.initial.running", "Instances that serve a request at time 0, with initial.idle up to max_instances. Each goes on for a warm service time, which is exact if that is exponential.",
		"0", initially, func(s *Scenario) *int { return &s.Container.InitialRunning }),

	law("wasm.service", "Time an executor needs on a core of its own. A trace with service times fixes it instead, if it is left out.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Service }),
	pause("wasm.startup", "Precedes the service of every request and holds no core.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Startup }),
	cores("wasm.cores", "Cores that all executors share: a number, or a block that says what they are like.", wasmCores),
	physicalCores("wasm.cores.physical", wasmCores),
	threads("wasm.cores.threads", wasmCores),
	yield("wasm.cores.yield", wasmCores),
	allCoreSpeed("wasm.cores.all_core_speed", wasmCores),
	choice("wasm.discipline", "How executors share the cores: equally, none using more than one, or one core each in order of arrival.", disciplines,
		func(s *Scenario) *platform.Discipline { return &s.Wasm.Discipline }),

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
	memory("pricing.container_memory", "Memory of a container, 1KB to 1024GB; 1GB is 1024MB.",
		func(p *Pricing) *float64 { return &p.ContainerMemory }),
	memory("pricing.wasm_memory", "Memory of a Wasm executor, 1KB to 1024GB; 1GB is 1024MB.",
		func(p *Pricing) *float64 { return &p.WasmMemory }),
	providerPrice("pricing.provider_running_gb_second", "What a second of an instance with a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.RunningGBSecond }),
	providerPrice("pricing.provider_idle_gb_second", "What a second of an instance without a request costs the provider, per GB of memory.",
		func(p *platform.ProviderPrices) *float64 { return &p.IdleGBSecond }),
	providerPrice("pricing.provider_cold_start", "What the cold start of one container costs the provider, beside the memory it holds meanwhile.",
		func(p *platform.ProviderPrices) *float64 { return &p.ColdStart }),

	seed(),
	count("run.replications", "Independent simulation runs, 1 to 100000; an interval needs two.",
		"16", replicationCounts, func(s *Scenario) *int { return &s.Run.Replications }),
	warmup(),
	precision(),
	maxRequests(),
	duration(),
}

// blocks lists the blocks of the file, each before those inside it.
var blocks = func() []string {
	var all []string
	seen := map[string]bool{"": true}
	for _, k := range keys {
		for i, c := range k.path {
			if c == '.' && !seen[k.path[:i]] {
				seen[k.path[:i]] = true
				all = append(all, k.path[:i])
			}
		}
	}
	return all
}()

// namesOf gives the names that a block takes, in order; "" is the top.
var namesOf = func() map[string][]string {
	names := map[string][]string{}
	for _, k := range keys {
		// Each block on the way down is a name in the one above it.
		for path := k.path; path != ""; {
			block, name := split(path)
			if !slices.Contains(names[block], name) {
				names[block] = append(names[block], name)
			}
			path = block
		}
	}
	return names
}()

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
	if top == "container" || top == "wasm" || top == "pricing" {
		return top
	}
	return ""
}

// lacks reports whether the scenario is without the block that a path is in.
func (s Scenario) lacks(path string) bool {
	switch optionalOf(path) {
	case "container":
		return s.Container == nil
	case "wasm":
		return s.Wasm == nil
	case "pricing":
		return s.Pricing == nil
	}
	return false
}
