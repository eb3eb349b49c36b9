package main

import (
	"bytes"
	"context"
	"io"

	"faaslab/platform"
	"faaslab/sim"
)

// A traceJSON writes one object, the list of events in it one a line as they happen.
type traceJSON struct {
	w     io.Writer
	watch watch
	first bool // no event has been written
}

func newTraceJSON(_ context.Context, w io.Writer, watched watch) (traceWriter, error) {
	return &traceJSON{w: w, watch: watched, first: true}, nil
}

// An eventJSON is an event and the platform after it. Times are in nanoseconds; what an
// event has not is left out.
type eventJSON struct {
	occurrenceJSON
	State stateJSON `json:"state"`
}

// An occurrenceJSON is an event without the state that it left.
type occurrenceJSON struct {
	Number      int64      `json:"number"`
	Time        sim.Time   `json:"time_ns"`
	Kind        string     `json:"kind"`
	Text        string     `json:"text"`
	Request     int64      `json:"request,omitempty"`
	Arrived     *sim.Time  `json:"arrived_ns,omitempty"`
	Instance    int64      `json:"instance,omitempty"`
	Slot        *int       `json:"slot,omitempty"`
	Before      string     `json:"before,omitempty"`
	After       string     `json:"after,omitempty"`
	Since       *sim.Time  `json:"since_ns,omitempty"`
	Completed   int64      `json:"completed,omitempty"`
	CompletedAt *sim.Time  `json:"completed_arrived_ns,omitempty"`
	Released    int64      `json:"released,omitempty"`
	Found       []idleJSON `json:"found,omitempty"`
}

type idleJSON struct {
	Instance int64    `json:"instance"`
	Since    sim.Time `json:"since_ns"`
}

// A stateJSON is the platform between two events.
type stateJSON struct {
	Totals    totalsJSON     `json:"totals"`
	OnCores   int            `json:"on_cores"`
	Speed     float64        `json:"speed"`
	Instances []instanceJSON `json:"instances"`
	Queue     []queuedJSON   `json:"queue"`
}

type totalsJSON struct {
	Requests    int64 `json:"requests"`
	Warm        int64 `json:"warm"`
	Cold        int64 `json:"cold"`
	Rejected    int64 `json:"rejected"`
	TimedOut    int64 `json:"timed_out"`
	Completed   int64 `json:"completed"`
	Expired     int64 `json:"expired"`
	Instances   int   `json:"instances"`
	Running     int   `json:"running"`
	RunningCold int   `json:"running_cold"`
	Idle        int   `json:"idle"`
	Waiting     int   `json:"waiting"`
}

type instanceJSON struct {
	Instance int64     `json:"instance"`
	Slot     int       `json:"slot"`
	State    string    `json:"state"`
	Created  sim.Time  `json:"created_ns"`
	Since    sim.Time  `json:"since_ns"`
	Until    *sim.Time `json:"until_ns,omitempty"`
	Request  int64     `json:"request,omitempty"`
	Speed    float64   `json:"speed"`
}

type queuedJSON struct {
	Request    int64    `json:"request"`
	Arrived    sim.Time `json:"arrived_ns"`
	InDispatch bool     `json:"in_dispatch,omitempty"`
}

func newEventJSON(w watch, e platform.Event, s platform.State) eventJSON {
	out := eventJSON{newOccurrenceJSON(w, e, s), newStateJSON(s)}
	for _, f := range e.Found {
		out.Found = append(out.Found, idleJSON(f))
	}
	return out
}

func newOccurrenceJSON(w watch, e platform.Event, s platform.State) occurrenceJSON {
	out := occurrenceJSON{Number: e.Number, Time: e.Time, Kind: e.Kind.String(), Text: w.sentence(e, s), Request: e.Request,
		Instance: e.Instance, Completed: e.Completed, Released: e.Released}
	if e.Request > 0 {
		out.Arrived = &e.Arrived
	}
	if e.Completed > 0 {
		out.CompletedAt = &e.CompletedArrived
	}
	if e.Instance > 0 {
		out.Slot, out.Since = &e.Slot, &e.Since
		out.Before, out.After = e.Before.String(), e.State.String()
	}
	return out
}

func newStateJSON(s platform.State) stateJSON {
	out := stateJSON{Totals: newTotalsJSON(s.Totals), OnCores: s.OnCores, Speed: s.Speed, Instances: []instanceJSON{}, Queue: []queuedJSON{}}
	for _, i := range s.Instances {
		out.Instances = append(out.Instances, newInstanceJSON(i))
	}
	for _, q := range s.Queue {
		out.Queue = append(out.Queue, queuedJSON(q))
	}
	return out
}

func newInstanceJSON(i platform.LiveInstance) instanceJSON {
	out := instanceJSON{Instance: i.Instance, Slot: i.Slot, State: i.State.String(), Created: i.Created, Since: i.Since, Request: i.Request, Speed: i.Speed}
	if i.Until != sim.Never {
		out.Until = &i.Until
	}
	return out
}

func newTotalsJSON(t platform.Totals) totalsJSON {
	return totalsJSON{Requests: t.Requests, Warm: t.Warm, Cold: t.Cold, Rejected: t.Rejected, TimedOut: t.TimedOut, Completed: t.Completed,
		Expired: t.Expired, Instances: t.Instances, Running: t.Running, RunningCold: t.RunningCold, Idle: t.Idle, Waiting: t.Waiting}
}

// writeParts writes JSON in pieces: texts as they are, anything else encoded.
func writeParts(w io.Writer, parts ...any) error {
	var b bytes.Buffer
	for _, p := range parts {
		if text, ok := p.(string); ok {
			b.WriteString(text)
			continue
		}
		if err := encode(&b, p); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the end of the line
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (t *traceJSON) begin(h *platform.History) error {
	return writeParts(t.w, `{"scenario":`, t.watch.scenario, `,"platform":"`, t.watch.platform, `","from_ns":`, t.watch.from, `,"version":"`, version, `","beginning":`, newStateJSON(h.State()), `,"events":[`)
}

func (t *traceJSON) event(e platform.Event, h *platform.History) error {
	comma := ",\n"
	if t.first {
		comma, t.first = "\n", false
	}
	return writeParts(t.w, comma, newEventJSON(t.watch, e, h.State()))
}

func (t *traceJSON) end(h *platform.History, told int, why ending) error {
	return writeParts(t.w, "\n"+`],"told":`, told, `,"ending":"`, string(why), `","totals":`, newTotalsJSON(h.Totals()), "}\n")
}
