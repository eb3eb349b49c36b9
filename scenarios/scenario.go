// Package scenarios says what to simulate.
//
// A [Scenario] is one arrival process offered to a container platform, a Wasm
// platform, or several side by side, and how long and how often to simulate them. It
// comes from a YAML file or from the built-in library ([List], [Source]), by [Load]
// or [Parse]. An [Override] replaces the value of one key, or one parameter of
// a distribution, by its path: container.keep_alive, arrivals.rate.
//
// A scenario with [Pricing] has two more metrics: what requests cost the user and the provider.
// [Presets] are public price lists.
//
// A simulation consists of replications, independent runs with random streams of
// their own. What happens in the first part of each, the warm-up, is deleted; the
// rest is measured: for a given duration or, by default, until the steady state is known
// to a precision ([Run]). [Scenario.CheckSteadyState] tells in advance where that
// cannot be enough, and [Scenario.CheckSize] where memory would not be.
//
// A program that needs no file begins with [Default] and sets fields. [Scenario.Check] tells what is wrong with a
// scenario, whoever built it.
//
// [Compare] simulates two scenarios on the same streams: the difference of each metric, paired by
// replication, is known better than either side.
//
// [Sweep] simulates many scenarios, in order and with all workers busy; a [Grid] of axes is where they come from. A
// [Tuning] searches the value of a key at which goals are met; package scenarios/calibrate, the values that are
// nearest to measurements. [Transient] is how the platforms begin.
//
// Rules that hold:
//   - a file is read strictly: an unknown key, a missing unit or an impossible
//     value is an error that names file, line and key, what was found and what
//     would be accepted, and all errors of a file are reported together;
//   - the domain of a value, and a rule between values, stands once, in keys.go and check.go: a
//     file and a program are held to the same;
//   - what simulates a scenario checks it at its entrance, and nothing downstream checks it again; a law of
//     another package that panics all the same is a [*PanicError], not the end of the program;
//   - a Scenario holds every value that was left out in the file, and so does its
//     JSON; its [Scenario.YAML] reads back to an equal Scenario.
//
// [Schema] describes the file for editors. The keys and their defaults are one table, in keys.go.
//
// Below this package are rooms that know no scenario: internal/keyfile reads and writes a file of any table of keys,
// internal/quantity takes values between two quantities, and internal/crew is what simulations share that run at once.
//
// A [Kind] is a kind of platform, such as the pool in container.go: its keys, its metrics, how a
// replication starts, and everything else that the program knows of it. A new kind is a file with
// its Kind, and a line in the list of kinds in kind.go. A new metric is an entry of
// [platform.Catalogue].
package scenarios

import (
	"fmt"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// A Scenario is what to simulate: one arrival process offered to one platform, or to
// several side by side, such as containers and Wasm. Default, Parse and Load return scenarios
// that can be simulated; of others Check tells what is wrong.
type Scenario struct {
	Name        string            // one line, not empty
	Description string            // one line, or empty
	Arrivals    dist.Arrivals     // of many functions: Functions, Zipf or a Workload
	Nodes       *Nodes            // that many functions share; nil: there is one function
	Keeping     Keeping           // of many functions
	Container   *pool.Config      // nil: no container platform
	Serving     Serving           // of the container platform, of one function
	Wasm        *executors.Config // nil: no Wasm platform
	Others      map[string]any    // the configurations of other kinds of platforms, by name (InOthers)
	Pricing     *Pricing          // nil: nobody asks for costs
	Run         Run
	Limits      []Limit // metrics asked for beside those of the platforms, each once; no part of a scenario file

	shard *Shard // the part of the functions that is simulated; nil: all
	// functions are those of clusterConfig, where a study made them for all its replications; nil: they are to be made.
	functions []cluster.Function
}

// Run says how long and how often to simulate: for a Duration, which may be that of a
// transient, or, where that is 0, until the steady state is known to a Precision.
type Run struct {
	Seed         uint64
	Replications int      // 1 … 100,000; an interval needs two
	Warmup       sim.Time // deleted from the start of each replication, >= 0, or AutoWarmup
	Duration     sim.Time // measured after it in each replication, > 0; 0: as long as Precision needs
	// Precision is the relative half-width that the interval of every headline metric has in
	// the end, 0.0001 … 1, unless MaxRequests are spent before; 0 where Duration is given. Of probabilities
	// below 1 % less is enough: half-widths of 0.0001, and of a tenth of one that was seen.
	Precision float64
	// MaxRequests are measured at most, all replications together, 1 … 10¹⁵; 0 where Duration is given.
	MaxRequests int64
}

// Fixed returns the run with a warm-up and a duration, in place of a precision.
func (r Run) Fixed(warmup, duration sim.Time) Run {
	r.Warmup, r.Duration = warmup, duration
	r.Precision, r.MaxRequests = 0, 0
	return r
}

// AutoWarmup is the Warmup that is found by simulating: where MSER-5 sees the transient end.
const AutoWarmup sim.Time = -1

// Default returns a scenario to begin with: the function and the arrivals of the built-in float on
// a container platform, and the default of every key beside. It can be simulated as it is; a
// program sets the fields that it is about. Each call returns another copy.
func Default() Scenario {
	return Scenario{
		Name:     "float",
		Arrivals: dist.Poisson{PerSecond: 1},
		Container: &pool.Config{
			Warm:         dist.Exponential{Mean: 1.5288},
			Cold:         dist.Exponential{Mean: 4.1202},
			KeepAlive:    60 * sim.Second,
			MaxInstances: 110,
			QueueTimeout: sim.Never,
			StartupCPU:   1,
			Dispatch:     pool.Dispatch{Batch: platform.Unlimited},
		},
		Run: Run{Seed: 1, Replications: 16, Warmup: AutoWarmup, Precision: 0.01, MaxRequests: 20_000_000},
	}
}

// Files returns the names of the files that the scenario reads, traces and measured durations, as
// its notations name them: each once, in the order of the keys.
func (s Scenario) Files() []string {
	laws := []fmt.Stringer{s.Arrivals}
	keys := table.KeysOf(&s)
	for i := range keys {
		if k := &keys[i]; k.Of != nil && !s.lacks(k.Path) {
			laws = append(laws, k.Of(&s))
		}
	}
	var names []string
	if w, ok := s.Arrivals.(Workload); ok {
		names = slices.Clone(w.Files())
	}
	for _, law := range laws {
		for _, name := range dist.Files(law) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Named returns Files and, if a trace is read from a folder, the name of the folder: all names that
// SealedBut needs so that the scenario can be read.
func (s Scenario) Named() []string {
	names := s.Files()
	if w, ok := s.Arrivals.(Workload); ok && !slices.Contains(names, w.named) {
		names = append(names, w.named)
	}
	return names
}

// MarshalJSON returns the resolved scenario: every value as the file would hold
// it, defaults included, in the order of the file.
func (s Scenario) MarshalJSON() ([]byte, error) {
	return table.JSON(&s)
}

// TextOf returns the value of a key as the file would hold it; false if there is no such key, or the scenario has no
// value of it.
func (s Scenario) TextOf(path string) (string, bool) {
	k := table.Find(path)
	if k == nil || s.lacks(path) {
		return "", false
	}
	text := k.Write(&s)
	return text, text != ""
}

// YAML returns the resolved scenario as a file, which Parse reads back to an
// equal scenario. It leaves out what a price list gives, so that another one can be chosen.
func (s Scenario) YAML() []byte {
	return table.YAML(&s, func(k *Key) bool {
		if s.Pricing == nil {
			return true
		}
		p := findPreset(s.Pricing.Preset)
		return p == nil || p.values[k.Path] != k.Write(&s)
	})
}
