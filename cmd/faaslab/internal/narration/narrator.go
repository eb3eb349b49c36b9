package narration

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A narrator describes the events of a kind of platform.
type narrator struct {
	// pictured are the states of an instance, each with its character and its name.
	pictured []picturedState
	// explained are the states with the page's explanations; nil: those of pictured.
	explained []StateWords
	// sentence describes an event; state is the platform after it.
	sentence func(s scenarios.Scenario, e platform.Event, state platform.State) string
	// possible reports whether an instance can be in a state, and waits reports whether a request
	// may have to wait.
	possible func(s scenarios.Scenario, state platform.InstanceState) bool
	waits    func(s scenarios.Scenario) bool
	cores    func(s scenarios.Scenario) platform.Cores
	// sums describes the totals, in some parts.
	sums func(s scenarios.Scenario, n platform.Totals) []string
}

type picturedState struct {
	state platform.InstanceState
	char  rune
	name  string
}

// Words returns the names of the states on the page; a narrator without words for the page uses the
// words of the pictures.
func (n narrator) Words() []StateWords {
	if n.explained != nil {
		return n.explained
	}
	var words []StateWords
	for _, p := range n.pictured {
		words = append(words, StateWords{State: p.state.String(), Text: p.name})
	}
	return words
}

// narrators are the narrators of the kinds of platforms that have their own, by name.
var narrators = map[string]narrator{
	scenarios.ContainerPlatform: {
		pictured: []picturedState{{platform.StateCold, 'C', "running cold"}, {platform.StateWarm, 'W', "running warm"}, {platform.StateReleasing, 'r', "releasing"}, {platform.StateIdle, '·', "idle"}},
		explained: []StateWords{{State: "cold", Text: "cold start"}, {State: "warm", Text: "warm"},
			{State: "releasing", Text: "releasing: it has responded, and cannot serve yet", When: &Condition{Key: "container.release", Not: "constant(0s)", Exists: true}},
			{State: "loading", Text: "loading ahead of a request", When: &Condition{Key: "nodes", Exists: true,
				Or: &Condition{Key: "container.spare", Exists: true, Or: &Condition{Key: "container.keep_alive", Begins: "histogram"}}}},
			{State: "idle", Text: "idle; the ring is what is left of its keep-alive"}, {State: "gone", Text: "expired"}},
		sentence: func(s scenarios.Scenario, e platform.Event, state platform.State) string {
			return containerSentence(s.Container, e, state)
		},
		possible: func(s scenarios.Scenario, state platform.InstanceState) bool {
			return state != platform.StateReleasing || s.Container.Releases()
		},
		waits: func(s scenarios.Scenario) bool {
			c := s.Container
			return c.MaxInstances != platform.Unlimited && c.WhenFull == pool.Queue || c.Dispatch.Exists()
		},
		cores: func(s scenarios.Scenario) platform.Cores { return s.Container.Cores },
		sums: func(s scenarios.Scenario, n platform.Totals) []string {
			c := s.Container
			parts := []string{format.Counted(int(n.Warm), "warm start"), format.Counted(int(n.Cold), "cold start")}
			if c.MaxInstances != platform.Unlimited && c.WhenFull == pool.Reject {
				parts = append(parts, fmt.Sprintf("%d rejected", n.Rejected))
			}
			if n.TimedOut > 0 || c.WhenFull == pool.Queue && c.QueueTimeout != sim.Never {
				parts = append(parts, fmt.Sprintf("%d timed out", n.TimedOut))
			}
			now := fmt.Sprintf("now %s: %d running, %d idle", format.Counted(n.Instances, "instance"), n.Running, n.Idle)
			if c.Releases() {
				now += fmt.Sprintf(", %d of them releasing", n.Releasing)
			}
			return append(parts, fmt.Sprintf("%d completed", n.Completed), fmt.Sprintf("%d expired", n.Expired), now)
		},
	},
	scenarios.WasmPlatform: {
		pictured:  []picturedState{{platform.StateStarting, 'S', "starting up"}, {platform.StateRunning, 'R', "running"}, {platform.StateWaiting, 'q', "waiting for a core"}},
		explained: []StateWords{{State: "running", Text: "runs"}, {State: "waiting", Text: "waits for a core"}, {State: "starting", Text: "starts up"}},
		sentence: func(s scenarios.Scenario, e platform.Event, state platform.State) string {
			return executorSentence(s.Wasm, e, state)
		},
		possible: executorPossible,
		waits:    func(s scenarios.Scenario) bool { return executorPossible(s, platform.StateWaiting) },
		cores:    func(s scenarios.Scenario) platform.Cores { return s.Wasm.Cores },
		sums: func(_ scenarios.Scenario, n platform.Totals) []string {
			return []string{fmt.Sprintf("%d completed", n.Completed), fmt.Sprintf("now %s", format.Counted(n.Instances, "executor"))}
		},
	},
}

// executorPossible reports whether an executor can be in a state.
func executorPossible(s scenarios.Scenario, state platform.InstanceState) bool {
	switch x := s.Wasm; state {
	case platform.StateStarting:
		return x.Startup != nil && x.Startup != (dist.Distribution)(dist.Constant{})
	case platform.StateWaiting:
		return x.Cores.Limited() && x.Discipline == executors.FCFS
	}
	return true
}

// NarratorOf returns the narrator of a kind; a kind without its own has one that names events and
// states plainly.
func NarratorOf(name string) narrator {
	if n, ok := narrators[name]; ok {
		return n
	}
	kind := scenarios.KindOf(name)
	var all []picturedState
	for _, known := range scenarios.KindNames() {
		all = append(all, narrators[known].pictured...)
	}
	return narrator{
		pictured: all,
		sentence: func(_ scenarios.Scenario, e platform.Event, _ platform.State) string {
			text := words.Label(e.Kind.String())
			if e.Request > 0 {
				text += fmt.Sprintf(", request %d", e.Request)
			}
			if e.Instance > 0 {
				text += fmt.Sprintf(", %s %d", kind.One, e.Instance)
			}
			return text
		},
		possible: func(scenarios.Scenario, platform.InstanceState) bool { return true },
		waits:    func(scenarios.Scenario) bool { return true },
		cores:    func(scenarios.Scenario) platform.Cores { return platform.Cores{} },
		sums: func(_ scenarios.Scenario, n platform.Totals) []string {
			return []string{fmt.Sprintf("%d completed", n.Completed), fmt.Sprintf("now %s", format.Counted(n.Instances, kind.One))}
		},
	}
}

// stateChars are the characters that picture the states.
var stateChars = func() map[platform.InstanceState]rune {
	all := map[platform.InstanceState]rune{}
	for _, n := range append(slices.Collect(maps.Values(narrators)), clusterNarrator) {
		for _, s := range n.pictured {
			all[s.state] = s.char
		}
	}
	return all
}()

// legend names the states that instances can be in, each with its character.
func (n narrator) legend(s scenarios.Scenario) string {
	var parts []string
	for _, p := range n.pictured {
		if n.possible(s, p.state) {
			parts = append(parts, fmt.Sprintf("%c %s", p.char, p.name))
		}
	}
	return strings.Join(parts, ", ")
}

// StateWords explain a state of instances on the page.
type StateWords struct {
	State string     `json:"state"`
	Text  string     `json:"text"`
	When  *Condition `json:"when,omitempty"` // where instances can be in the state; nil: always
}

// A Condition is on a key of the scenario: it demands another value than Not, if that is not empty.
type Condition struct {
	Key string `json:"key"`
	Not string `json:"not,omitempty"`
	// Exists demands that the scenario has the key.
	Exists bool   `json:"exists,omitempty"`
	Begins string `json:"begins,omitempty"` // demands a value that begins so
	// Or is another condition that may hold in its place.
	Or *Condition `json:"or,omitempty"`
}
