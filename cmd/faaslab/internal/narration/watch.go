package narration

import (
	"context"
	"errors"
	"io/fs"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A Watch is which events are told of which platform.
type Watch struct {
	Scenario scenarios.Scenario
	Platform string
	Events   int      // at most
	From     sim.Time // before it none
	Columns  int      // that the reader of a text sees; 0: any number
}

// A traceWriter writes events in a format as they happen. history is at the event told, or
// at the beginning or the end.
type traceWriter interface {
	begin(history *platform.History) error
	event(e platform.Event, history *platform.History) error
	end(history *platform.History, told int, why Ending) error
}

// Ending says why no more events are told.
type Ending string

const (
	EnoughEvents Ending = "events"      // as many as wanted
	LastArrival  Ending = "arrivals"    // the last response of a trace is out, or virtual time over
	Interruption Ending = "interrupted" // the user wants no more
)

// Tell writes the events, and returns why they end. Errors that are not of writing have their exit code.
func (w Watch) Tell(ctx context.Context, writer traceWriter) (Ending, error) {
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

// start returns the history where the watch begins or, with an error, where that or ctx ended it.
func (w Watch) start(ctx context.Context) (*platform.History, error) {
	history, err := w.Scenario.History(w.Platform, 0)
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

// narrator returns who tells of the platform.
func (w Watch) narrator() narrator { return NarratorOf(w.Platform) }

// sentence says what an event was.
func (w Watch) sentence(e platform.Event, s platform.State) string {
	return w.narrator().sentence(w.Scenario, e, s)
}
