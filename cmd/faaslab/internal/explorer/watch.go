package explorer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A watchRequest asks for the events of a platform, as the command trace does.
type watchRequest struct {
	scenarioRequest
	Platform string `json:"platform"` // container or wasm; empty: container, if the scenario has it
	Events   int    `json:"events"`   // 1 to mostEvents, the largest number of events; 0: standardEvents
	From     string `json:"from"`     // a duration: the events before it are left out; empty: none
	Changes  bool   `json:"changes"`  // events have their changes, not the whole state
	Node     *int   `json:"node"`     // of many functions: what happens there alone, from 0; null: on all
	Function string `json:"function"` // of many functions: what happens to it alone; empty: to all
}

const (
	standardEvents = 500
	mostEvents     = 5000
	// mostWatched bounds the number of instances and waiting requests in all events together, since
	// each event has all of them; beyond it there are fewer events.
	mostWatched = 500_000
	// mostCompared is this bound for events with their changes.
	mostCompared = 20_000_000
)

// A watchHead is the first line of the stream, before the events, and a watchFoot the last.
type watchHead struct {
	Scenario  scenarios.Scenario  `json:"scenario"`
	Platform  string              `json:"platform"`
	From      sim.Time            `json:"from_ns"`
	Command   string              `json:"command"`
	Beginning narration.StateJSON `json:"beginning"`
	Places    *placesJSON         `json:"places,omitempty"` // of instances of several places
}

// A placesJSON says how instances of several places are to be drawn.
type placesJSON struct {
	Each   *int                   `json:"each"`             // places of an instance; null: any number
	States []narration.StateWords `json:"states"`           // of places and instances, with explanations
	Window int                    `json:"window,omitempty"` // of the autoscaler, s; 0: there is none
	Panic  int                    `json:"panic,omitempty"`  // its panic window, s; 0: none
	Metric string                 `json:"metric,omitempty"` // what it measures
	Least  int                    `json:"least,omitempty"`
	Most   *int                   `json:"most"` // null: no bound
}

// newPlacesJSON returns how a watch is to be drawn; nil where each instance has one request at most.
func newPlacesJSON(w narration.Watch) *placesJSON {
	words := w.Words()
	if words == nil {
		return nil
	}
	config := w.Scenario.Autoscaler()
	unlessUnlimited := func(n int) *int {
		if n == platform.Unlimited {
			return nil
		}
		return &n
	}
	out := placesJSON{Each: unlessUnlimited(config.Concurrency), States: words, Least: config.MinInstances, Most: unlessUnlimited(config.MaxInstances)}
	if s := config.Scaling; s != nil {
		out.Window, out.Panic, out.Metric = s.Rule.Window, s.Rule.PanicWindow, s.Metric.String()
	}
	return &out
}

type watchFoot struct {
	Told   int                  `json:"told"`
	Ending narration.Ending     `json:"ending"`
	Totals narration.TotalsJSON `json:"totals"`
}

// watch sends the events of one platform.
func (e *explorer) watch(r watchRequest) (func(*exchange) error, error) {
	text, overrides, err := e.Text(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	w := narration.Watch{Events: r.Events, Node: r.Node, Function: r.Function}
	if w.Events == 0 {
		w.Events = standardEvents
	}
	if w.Events < 1 || w.Events > mostEvents {
		return nil, fmt.Errorf("events: found %d; want 1 to %d", r.Events, mostEvents)
	}
	if r.From != "" {
		from, err := dist.ParseDuration(r.From)
		if err != nil || from < 0 {
			return nil, fmt.Errorf("from: found %q; want a duration such as 90s", r.From)
		}
		w.From = sim.FromSeconds(from)
	}
	if w.Scenario, err = text.Scenario(overrides); err != nil {
		return nil, err
	}
	if err := e.budget.checkUsers(w.Scenario); err != nil {
		return nil, err
	}
	has := w.Scenario.Platforms()
	if w.Platform = r.Platform; w.Platform == "" {
		w.Platform = has[0]
	}
	if !slices.Contains(has, w.Platform) {
		return nil, fmt.Errorf("platform: found %q; want one that the scenario has: %s", w.Platform, strings.Join(has, " or "))
	}
	if err := w.Check(); err != nil {
		return nil, err
	}
	words := append([]string{"trace"}, e.Words(r.scenarioRequest)...)
	if w.Node != nil {
		words = append(words, "--node", strconv.Itoa(*w.Node))
	}
	if w.Function != "" {
		words = append(words, "--function", w.Function)
	}
	if w.Platform != has[0] {
		words = append(words, "--platform", w.Platform)
	}
	return func(x *exchange) error { return e.sendEvents(x, w, r.Changes, e.commandLine(words, r.scenarioRequest)) }, nil
}

func (e *explorer) sendEvents(x *exchange, w narration.Watch, changes bool, command string) error {
	history, err := w.History()
	if err != nil {
		return err
	}
	history.Interrupted = x.ctx.Err
	history.Bound(e.budget.Instances)
	if err := e.skip(history, w.From); err != nil {
		return err
	}
	before := history.State()
	if err := x.send(watchHead{w.Scenario, w.Platform, w.From, command, narration.NewStateJSON(before), newPlacesJSON(w)}); err != nil {
		return err
	}
	most := mostWatched
	if changes {
		most = mostCompared
	}
	why, told, watched := narration.EnoughEvents, 0, 0
	for ; told < w.Events && watched < most; told++ {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		event, ok, err := history.Next(sim.Never)
		if err != nil {
			return err
		}
		if !ok {
			why = narration.LastArrival
			break
		}
		state := history.State()
		watched += len(state.Instances) + len(state.Queue) + len(state.Nodes)
		if err := e.checkAlive(state.Totals, event.Time); err != nil {
			return err
		}
		var line any
		if changes {
			line = changedEventJSON{narration.NewOccurrenceJSON(w, event, state), newChangeJSON(before, state)}
			before = state
		} else {
			line = narration.NewEventJSON(w, event, state)
		}
		if err := x.queue(line); err != nil {
			return err
		}
	}
	return x.send(watchFoot{told, why, narration.NewTotalsJSON(history.Totals())})
}

// checkAlive returns an error if more is alive than the budget allows.
func (e *explorer) checkAlive(t platform.Totals, at sim.Time) error {
	if t.Instances+t.Waiting > e.budget.Instances {
		return fmt.Errorf("%d instances and waiting requests are alive at %v, more than the %d that are accepted here", t.Instances+t.Waiting, at, e.budget.Instances)
	}
	return nil
}

// skip lets the events before a moment happen, in slices, and checks after each how many are alive.
func (e *explorer) skip(history *platform.History, from sim.Time) error {
	const slices = 200
	for i := range sim.Time(slices) {
		before := from / slices * (i + 1)
		if i == slices-1 {
			before = from
		}
		if err := history.Skip(before); err != nil {
			return err
		}
		if err := e.checkAlive(history.Totals(), before); err != nil {
			return err
		}
	}
	return nil
}
