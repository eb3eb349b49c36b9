package main

import (
	"context"
	"errors"
	"io/fs"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A watch is which events are told of which platform.
type watch struct {
	scenario scenarios.Scenario
	platform string
	events   int      // at most
	from     sim.Time // before it none
	columns  int      // that the reader of a text sees; 0: any number
}

// A traceWriter writes events in a format as they happen. history is at the event told, or
// at the beginning or the end.
type traceWriter interface {
	begin(history *platform.History) error
	event(e platform.Event, history *platform.History) error
	end(history *platform.History, told int, why ending) error
}

// ending says why no more events are told.
type ending string

const (
	enoughEvents ending = "events"      // as many as wanted
	lastArrival  ending = "arrivals"    // the last response of a trace is out, or virtual time over
	interruption ending = "interrupted" // the user wants no more
)

// tell writes the events, and returns why they end. Errors that are not of writing have their exit code.
func (w watch) tell(ctx context.Context, writer traceWriter) (ending, error) {
	why, told := enoughEvents, 0
	history, err := w.start(ctx)
	if history == nil || err != nil && ctx.Err() == nil {
		return why, simulationError(err)
	}
	if err := writer.begin(history); err != nil {
		return why, err
	}
	for ; told < w.events; told++ {
		if ctx.Err() != nil {
			return interruption, writer.end(history, told, interruption)
		}
		e, ok, err := history.Next(sim.Never)
		switch {
		case err != nil && ctx.Err() != nil:
			return interruption, writer.end(history, told, interruption)
		case err != nil:
			return why, simulationError(err)
		case !ok:
			return lastArrival, writer.end(history, told, lastArrival)
		}
		if err := writer.event(e, history); err != nil {
			return why, err
		}
	}
	return why, writer.end(history, told, why)
}

// start returns the history where the watch begins or, with an error, where that or ctx ended it.
func (w watch) start(ctx context.Context) (*platform.History, error) {
	history, err := w.scenario.History(w.platform, 0)
	if err != nil {
		return nil, err
	}
	history.Interrupted = ctx.Err
	return history, history.Skip(w.from)
}

// simulationError gives an error of a simulation its exit code.
func simulationError(err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return &codedError{exitIO, err}
	}
	return &codedError{exitBadInput, err}
}

// narrator returns who tells of the platform.
func (w watch) narrator() narrator { return narratorOf(w.platform) }

// sentence says what an event was.
func (w watch) sentence(e platform.Event, s platform.State) string {
	return w.narrator().sentence(w.scenario, e, s)
}
