package narration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A Watch selects the events of a platform that are written.
type Watch struct {
	Scenario scenarios.Scenario
	Platform string
	Events   int      // the largest number of events
	From     sim.Time // events before it are left out
	Columns  int      // of the reader's screen, for a text; 0: any number
	// Node and Function choose among the events of many functions.
	Node     *int   // from 0; nil: all
	Function string // a name, or a long one as it is shown; empty: all
}

// Check returns an error if the watch chooses a node or a function that the scenario lacks.
func (w Watch) Check() error {
	functions, many := w.Scenario.Many()
	switch {
	case !many && w.Node != nil:
		return errors.New("node: the scenario has one function, and no nodes; want a scenario with functions")
	case !many && w.Function != "":
		return errors.New("function: the scenario has one function alone; want a scenario with functions")
	case w.Node != nil && (*w.Node < 0 || *w.Node >= w.Scenario.Nodes.Count):
		if w.Scenario.Nodes.Count == 1 {
			return fmt.Errorf("node: found %d; want 0, the only one", *w.Node)
		}
		return fmt.Errorf("node: found %d; want 0 to %d", *w.Node, w.Scenario.Nodes.Count-1)
	case w.Function != "" && w.function() < 0:
		var names []string
		for _, f := range functions {
			names = append(names, f.Name)
		}
		few := strings.Join(names[:min(len(names), fewNames)], ", ")
		if len(names) > fewNames {
			few += " …"
		}
		return fmt.Errorf("function: the scenario has no function %q%swant one of %s", w.Function, words.DidYouMean("", w.Function, names), few)
	}
	return nil
}

// fewNames is the number of functions that an error names.
const fewNames = 8

// function returns the index of the chosen function; -1 if none is chosen, or there is no such. A long
// name may be given as it is shown, without its middle, if no other is shown so.
func (w Watch) function() int {
	functions, _ := w.Scenario.Many()
	if i := slices.IndexFunc(functions, func(f scenarios.Function) bool { return f.Name == w.Function }); i >= 0 {
		return i
	}
	found := -1
	for i, f := range functions {
		if format.ShortName(f.Name) != w.Function {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// History returns the platform at time 0, which tells the chosen events.
func (w Watch) History() (*platform.History, error) {
	history, err := w.Scenario.History(w.Platform, 0)
	if err != nil || w.Node == nil && w.Function == "" {
		return history, err
	}
	node := -1
	if w.Node != nil {
		node = *w.Node
	}
	history.Focus(node, w.function())
	return history, nil
}

// A Writer writes events in a format as they happen. history is at the event being written, or at
// the beginning or the end.
type Writer interface {
	begin(history *platform.History) error
	event(e platform.Event, history *platform.History) error
	end(history *platform.History, told int, why Ending) error
}

// Ending is the reason why no more events are written.
type Ending string

const (
	EnoughEvents Ending = "events"      // as many as requested
	LastArrival  Ending = "arrivals"    // the last response of a trace is out, or virtual time has ended
	Interruption Ending = "interrupted" // the user interrupted
)

// Tell writes the events, and returns why they end. Its errors have their exit codes, except errors
// of writing.
func (w Watch) Tell(ctx context.Context, writer Writer) (Ending, error) {
	why, told := EnoughEvents, 0
	history, err := w.start(ctx)
	if history == nil || err != nil && ctx.Err() == nil {
		return why, simulationError(err)
	}
	if err := writer.begin(history); err != nil {
		return why, err
	}
	for ; told < w.Events; told++ {
		if ctx.Err() != nil {
			return Interruption, writer.end(history, told, Interruption)
		}
		e, ok, err := history.Next(sim.Never)
		switch {
		case err != nil && ctx.Err() != nil:
			return Interruption, writer.end(history, told, Interruption)
		case err != nil:
			return why, simulationError(err)
		case !ok:
			return LastArrival, writer.end(history, told, LastArrival)
		}
		if err := writer.event(e, history); err != nil {
			return why, err
		}
	}
	return why, writer.end(history, told, why)
}

// start returns the history at the beginning of the watch or, with an error, where the simulation
// or ctx ended it.
func (w Watch) start(ctx context.Context) (*platform.History, error) {
	history, err := w.History()
	if err != nil {
		return nil, err
	}
	history.Interrupted = ctx.Err
	return history, history.Skip(w.From)
}

// simulationError gives an error of a simulation its exit code.
func simulationError(err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return &exit.Error{Code: exit.IO, Err: err}
	}
	return &exit.Error{Code: exit.BadInput, Err: err}
}

// narrator returns the narrator of the platform.
func (w Watch) narrator() narrator {
	if w.Scenario.HasMany() {
		return clusterNarrator
	}
	if w.Platform == scenarios.ContainerPlatform && w.Scenario.Scaled() {
		return scaledNarrator
	}
	if w.Platform == scenarios.ContainerPlatform && w.Scenario.Keeps() {
		return keptNarrator
	}
	return NarratorOf(w.Platform)
}

// Words returns the states of the instances for the page where they are others than those of the kind; nil:
// they are not.
func (w Watch) Words() []StateWords {
	if w.Platform == scenarios.ContainerPlatform && w.Scenario.Scaled() {
		return scaledNarrator.explained
	}
	return nil
}

// sentence describes an event.
func (w Watch) sentence(e platform.Event, s platform.State) string {
	return w.narrator().sentence(w.Scenario, e, s)
}
