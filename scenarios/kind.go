package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/crew"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// A Kind is a kind of platform: all that the rest of the program knows of it. A new one is a file
// of this package with a Kind, and its name in the list of kinds.
type Kind struct {
	Name  string // in scenario files, in results and in flags: container
	Label string // in texts and figures: containers
	Title string // above a table of the page: Containers
	One   string // what serves a request: instance, executor
	Whole string // the same where no context tells the kind: container, Wasm executor
	// Subject is what a picture of the present instances shows: pool.
	Subject string
	// Traits say which metrics of the catalogue each has, and Sometimes those that some have besides.
	Traits, Sometimes platform.Traits
	// With AllRun every instance runs: the number of running instances is the number of instances.
	AllRun bool

	// Block is where a scenario keeps the configuration, and Keys are those of the block in a
	// scenario file, which is named as the kind, in their order.
	Block
	Keys []Key
	// Service is the key of the law of service times, which a trace may have instead; empty: none.
	Service string

	// Cores returns the cores that the instances share, which are the key cores of the block; nil:
	// the block has no such key.
	Cores func(*Scenario) *platform.Cores

	// Start begins a replication.
	Start func(s Scenario, replication int, to Settings) (Simulation, error)
	// History begins a replication that is watched event by event; nil: it cannot be.
	History func(s Scenario, replication int) (*platform.History, error)
	// Describe says how the platform is configured, in some parts; span writes durations. Nil:
	// there is nothing to say.
	Describe func(s Scenario, span func(sim.Time) string) []string
	// EachStarts returns the law of the start-up that every request waits for, on a platform that
	// starts an instance for each; it returns nil if that takes no time. Nil: the platform has no
	// such start-ups.
	EachStarts func(s Scenario) dist.Distribution
	// Initial says from which state it begins; nil: from empty.
	Initial func(s Scenario) string

	// What follows may be left out: then nothing is known of it.
	traits func(s Scenario) platform.Traits // those of Sometimes that the scenario's has
	// observes reports whether a metric of its traits can be observed of the scenario's; transient returns the
	// columns of its transient, nil if they are those of Transient.
	observes  func(s Scenario, m platform.Metric) bool
	transient func(s Scenario) []string

	fixed    func(s Scenario) bool       // nothing but the arrivals is random
	unsteady func(s Scenario) error      // an *UnsteadyError, or nil
	size     func(s Scenario) estimate   // what is alive at once
	answers  func(s Scenario) turnaround // how soon requests are answered
	bytes    int                         // of memory, of what is alive each, measured
	price    func(s Scenario, p *platform.Prices)
	// lasting returns the times, in seconds, on which the length of its transient depends; queue
	// returns that of a queue before servers.
	lasting  func(s Scenario, queue func(service, servers float64) float64) []float64
	warnings func(r *Result, p *PlatformResult) []string
	schema   func(keyfile.Fragment) // completes that of the block
	// check notes what is wrong with the block; nil: its laws are checked. checkPricing notes
	// prices that the block rules out.
	check        func(*checker)
	checkPricing func(*checker, *Pricing)
}

// A Block is where a scenario keeps the configuration of a platform: InField or InOthers.
type Block struct {
	config func(*Scenario) any // nil: the scenario lacks it
	begin  func(*Scenario)     // sets one without values
	drop   func(*Scenario)
}

// InField returns the block that is a field of Scenario.
func InField[T any](field func(*Scenario) **T) Block {
	return Block{
		config: func(s *Scenario) any {
			if c := *field(s); c != nil {
				return c
			}
			return nil
		},
		begin: func(s *Scenario) { *field(s) = new(T) },
		drop:  func(s *Scenario) { *field(s) = nil },
	}
}

// InOthers returns the block that is one of Scenario.Others, a *T.
func InOthers[T any](name string) Block {
	return Block{
		config: func(s *Scenario) any { return s.Others[name] },
		begin: func(s *Scenario) {
			s.Others = maps.Clone(s.Others) // copies of the scenario share it
			if s.Others == nil {
				s.Others = map[string]any{}
			}
			s.Others[name] = new(T)
		},
		drop: func(s *Scenario) {
			s.Others = maps.Clone(s.Others)
			delete(s.Others, name)
		},
	}
}

// Settings are what a study sets on every platform that it starts.
type Settings struct {
	Log              func(platform.Request) // nil: nobody listens
	Interrupted      func() error
	MostLive         int
	Meter            *platform.Meter // nil: what is billed follows from totals
	Responses, Waits []sim.Time      // limits beyond which times are counted
}

// A Simulation is one replication of a platform.
type Simulation interface {
	Run(until sim.Time) error
	Now() sim.Time
	Ended() bool
	Arrived() (requests int64, last sim.Time, all bool)
	Restart()
	Counts() platform.Counts
	Observations() platform.Observations
	Occupancy() float64
	LogUnfinished()
	Bytes() int64
}

// kinds lists the kinds of platforms in the order in which they are shown.
var kinds []*Kind

func init() {
	kinds = []*Kind{containers(), wasm()}
	tabulate()
}

// Kinds returns the kinds of platforms in the order in which they are shown.
func Kinds() []*Kind { return slices.Clone(kinds) }

// KindNames returns the names of the kinds of platforms in the order in which they are shown.
func KindNames() (names []string) {
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// IsKind reports whether a name is that of a kind of platform.
func IsKind(name string) bool { return slices.Contains(KindNames(), name) }

// KindOf returns the kind of a name; of a name that is none, a kind with that name alone.
func KindOf(name string) *Kind {
	for _, k := range kinds {
		if k.Name == name {
			return k
		}
	}
	return &Kind{Name: name, Label: name, Title: name, One: "instance", Whole: "instance", Subject: "instances"}
}

// Register adds a kind, for a test, until it is undone. No scenario may be read meanwhile.
func Register(k *Kind) (undo func()) {
	before := kinds
	kinds = append(slices.Clone(kinds), k)
	tabulate()
	return func() {
		kinds = before
		tabulate()
	}
}

// Metrics returns the metrics that every platform of the kind has, in the order in which they are
// shown.
func (k *Kind) Metrics() []platform.Metric { return platform.MetricsOf(k.Traits) }

// AllMetrics returns the metrics that some platform of the kind has.
func (k *Kind) AllMetrics() []platform.Metric { return platform.MetricsOfSome(k.Traits, k.Sometimes) }

// metricsIn returns the metrics that the scenario's platform has.
func (k *Kind) metricsIn(s Scenario) []platform.Metric {
	if k.traits == nil {
		return k.Metrics()
	}
	metrics := platform.MetricsOf(k.Traits | k.traits(s))
	if k.observes != nil {
		metrics = slices.DeleteFunc(metrics, func(m platform.Metric) bool { return !k.observes(s, m) })
	}
	return metrics
}

// Drawn reports whether the metric of a count has a figure of its own, beside that of the
// instances.
func (k *Kind) Drawn(m platform.Metric) bool {
	return m.States != nil && k.Traits&m.Traits == m.Traits && !(k.AllRun && m.Name == platform.Running)
}

// Transient returns the metrics of the table and the figure of a transient, in their order.
func (k *Kind) Transient() (names []string) {
	metrics := k.Metrics()
	slices.SortStableFunc(metrics, func(a, b platform.Metric) int { return a.Place - b.Place })
	for _, m := range metrics {
		if m.Place > 0 && !(k.AllRun && m.Name == platform.Instances) {
			names = append(names, m.Name)
		}
	}
	return names
}

// TransientOf returns what Transient returns, of the platform of a scenario.
func (k *Kind) TransientOf(s Scenario) []string {
	if k.transient != nil {
		if names := k.transient(s); names != nil {
			return names
		}
	}
	return k.Transient()
}

// has reports whether a scenario has a platform of the kind.
func (k *Kind) has(s *Scenario) bool { return k.config(s) != nil }

// memoryKey returns the key of the memory of an instance.
func (k *Kind) memoryKey() Key {
	name := k.Name
	return Key{
		Path:    "pricing." + name + "_memory",
		Doc:     fmt.Sprintf("Memory of a %s, 1KB to 1024GB; 1GB is 1024MB.", k.Whole),
		Accepts: keyfile.WantMemory, Schema: keyfile.MemorySchema(),
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			gb, ok := keyfile.ParseMemory(text)
			if !ok {
				return keyfile.Wrong(text, keyfile.WantMemory)
			}
			s.Pricing.Memory[name] = gb
			return nil
		},
		Write: func(s *Scenario) string { return keyfile.WriteMemory(s.Pricing.Memory[name]) },
	}
}

// Platforms returns the names of the platforms that the scenario has.
func (s Scenario) Platforms() (names []string) {
	for _, k := range kinds {
		if k.has(&s) {
			names = append(names, k.Name)
		}
	}
	return names
}

// Without returns the scenario without one of its platforms.
func (s Scenario) Without(name string) Scenario {
	KindOf(name).drop(&s)
	return s
}

// Alone returns the scenario with one of its platforms only.
func (s Scenario) Alone(name string) Scenario {
	for _, other := range s.Platforms() {
		if other != name {
			s = s.Without(other)
		}
	}
	return s
}

// Describe says how one platform is configured, in some parts; span writes durations.
func (s Scenario) Describe(name string, span func(sim.Time) string) []string {
	if k := KindOf(name); k.Describe != nil {
		return k.Describe(s, span)
	}
	return nil
}

// Initial says from which state a platform begins.
func (s Scenario) Initial(name string) string {
	if k := KindOf(name); k.Initial != nil {
		return k.Initial(s)
	}
	return "from empty"
}

// start returns one platform at time 0 with a bound of its own on what is alive; 0:
// platform.MostLive.
func (s Scenario) start(ctx context.Context, name string, replication, mostLive int, log *pendingLog) (Simulation, error) {
	to := Settings{Interrupted: crew.Turns(ctx), MostLive: mostLive, Meter: s.Prices(name).Meter()}
	if log != nil {
		to.Log = func(r platform.Request) { log.pending = append(log.pending, r) }
	}
	if mostLive == 0 {
		to.MostLive = platform.MostLive
	}
	to.Responses, to.Waits = s.limits()
	return KindOf(name).Start(s, replication, to)
}

// History returns one platform of a scenario at time 0, to be watched event by event: what
// Simulate simulates in that replication, from 0. Run.Warmup and all else that says how long to
// measure have no effect. The error is of a platform that the scenario has not, or of a trace that cannot be read.
func (s Scenario) History(name string, replication int) (*platform.History, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if k := KindOf(name); k.History != nil && k.has(&s) {
		return k.History(s, replication)
	}
	return nil, fmt.Errorf("no platform %q in the scenario; want %s", name, strings.Join(s.Platforms(), " or "))
}
