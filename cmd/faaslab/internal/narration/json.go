package narration

import (
	"bytes"
	"context"
	"io"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/sim"
)

// A jsonWriter writes one JSON object with the list of events, each on a line as it happens.
type jsonWriter struct {
	w     io.Writer
	watch Watch
	first bool // no event has been written
}

func newJSONWriter(_ context.Context, w io.Writer, watched Watch) (Writer, error) {
	return &jsonWriter{w: w, watch: watched, first: true}, nil
}

// An EventJSON is an event and the platform after it. Times are in nanoseconds; fields that an
// event does not have are left out.
type EventJSON struct {
	OccurrenceJSON
	State StateJSON `json:"state"`
}

// An OccurrenceJSON is an event without the state after it.
type OccurrenceJSON struct {
	Number      int64      `json:"number"`
	Time        sim.Time   `json:"time_ns"`
	Kind        string     `json:"kind"`
	Text        string     `json:"text"`
	Request     int64      `json:"request,omitempty"`
	Stream      int        `json:"stream,omitempty"`
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
	// Of many functions.
	Function string `json:"function,omitempty"`
	Node     *int   `json:"node,omitempty"` // from 0
	Memory   int64  `json:"memory_mb,omitempty"`
	For      string `json:"for,omitempty"` // the function that an eviction makes room for
	// Of an autoscaler that decides.
	Evaluation *EvaluationJSON `json:"evaluation,omitempty"`
}

type idleJSON struct {
	Instance int64    `json:"instance"`
	Since    sim.Time `json:"since_ns"`
}

// A StateJSON is the platform between two events.
type StateJSON struct {
	Totals    TotalsJSON     `json:"totals"`
	OnCores   int            `json:"on_cores"`
	Speed     float64        `json:"speed"`
	Instances []InstanceJSON `json:"instances"`
	Queue     []QueuedJSON   `json:"queue"`
	Nodes     []NodeJSON     `json:"nodes,omitempty"` // of many functions
}

// A TotalsJSON counts what happened up to an event.
type TotalsJSON struct {
	Requests  int64 `json:"requests"`
	Warm      int64 `json:"warm"`
	Cold      int64 `json:"cold"`
	Rejected  int64 `json:"rejected"`
	TimedOut  int64 `json:"timed_out"`
	Completed int64 `json:"completed"`
	Expired   int64 `json:"expired"`
	// Of many functions; left out if 0.
	Evicted      int64 `json:"evicted,omitempty"`
	Unloaded     int64 `json:"unloaded,omitempty"`
	Loaded       int64 `json:"loaded,omitempty"`
	LoadsSkipped int64 `json:"loads_skipped,omitempty"`

	Instances   int `json:"instances"`
	Running     int `json:"running"`
	RunningCold int `json:"running_cold"`
	Idle        int `json:"idle"`
	Releasing   int `json:"releasing"`
	Waiting     int `json:"waiting"`
	// Of instances of several places; left out if 0.
	Starting int `json:"starting,omitempty"`
	Draining int `json:"draining,omitempty"`
}

// An InstanceJSON is an instance in a state of the history.
type InstanceJSON struct {
	Instance int64     `json:"instance"`
	Slot     int       `json:"slot"`
	State    string    `json:"state"`
	Created  sim.Time  `json:"created_ns"`
	Since    sim.Time  `json:"since_ns"`
	Until    *sim.Time `json:"until_ns,omitempty"`
	Request  int64     `json:"request,omitempty"`
	Speed    float64   `json:"speed"`
	Held     int       `json:"held,omitempty"` // requests of an instance of several places
	// Of many functions.
	Function string `json:"function,omitempty"`
	Node     *int   `json:"node,omitempty"` // from 0
	Memory   int64  `json:"memory_mb,omitempty"`
}

// A QueuedJSON is a request that waits.
type QueuedJSON struct {
	Request    int64    `json:"request"`
	Arrived    sim.Time `json:"arrived_ns"`
	InDispatch bool     `json:"in_dispatch,omitempty"`
}

// NewEventJSON returns an event as JSON has it.
func NewEventJSON(w Watch, e platform.Event, s platform.State) EventJSON {
	out := EventJSON{NewOccurrenceJSON(w, e, s), NewStateJSON(s)}
	for _, f := range e.Found {
		out.Found = append(out.Found, idleJSON(f))
	}
	return out
}

// NewOccurrenceJSON returns an event with what it means.
func NewOccurrenceJSON(w Watch, e platform.Event, s platform.State) OccurrenceJSON {
	out := OccurrenceJSON{Number: e.Number, Time: e.Time, Kind: e.Kind.String(), Text: w.sentence(e, s), Request: e.Request, Stream: e.Stream,
		Instance: e.Instance, Completed: e.Completed, Released: e.Released, Function: e.Function, Node: nodeNumber(e.Function, e.Node), Memory: e.Memory, For: e.For, Evaluation: newEvaluationJSON(w.Scenario, e.Evaluation)}
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

// NewStateJSON returns a state of the history as JSON has it.
func NewStateJSON(s platform.State) StateJSON {
	out := StateJSON{Totals: NewTotalsJSON(s.Totals), OnCores: s.OnCores, Speed: s.Speed, Instances: []InstanceJSON{}, Queue: []QueuedJSON{}, Nodes: NewNodesJSON(s)}
	for _, i := range s.Instances {
		out.Instances = append(out.Instances, NewInstanceJSON(i))
	}
	for _, q := range s.Queue {
		out.Queue = append(out.Queue, QueuedJSON(q))
	}
	return out
}

// NewInstanceJSON returns an instance as JSON has it.
func NewInstanceJSON(i platform.LiveInstance) InstanceJSON {
	out := InstanceJSON{Instance: i.Instance, Slot: i.Slot, State: i.State.String(), Created: i.Created, Since: i.Since, Request: i.Request, Speed: i.Speed, Held: i.Held,
		Function: i.Function, Node: nodeNumber(i.Function, i.Node), Memory: i.Memory}
	if i.Until != sim.Never {
		out.Until = &i.Until
	}
	return out
}

// NewTotalsJSON returns totals as JSON has them.
func NewTotalsJSON(t platform.Totals) TotalsJSON {
	return TotalsJSON{Requests: t.Requests, Warm: t.Warm, Cold: t.Cold, Rejected: t.Rejected, TimedOut: t.TimedOut, Completed: t.Completed,
		Expired: t.Expired, Evicted: t.Evicted, Unloaded: t.Unloaded, Loaded: t.Loaded, LoadsSkipped: t.LoadsSkipped, Instances: t.Instances, Running: t.Running, RunningCold: t.RunningCold, Idle: t.Idle, Releasing: t.Releasing, Waiting: t.Waiting, Starting: t.Starting, Draining: t.Draining}
}

// writeParts writes JSON in pieces: texts unchanged, anything else encoded.
func writeParts(w io.Writer, parts ...any) error {
	var b bytes.Buffer
	for _, p := range parts {
		if text, ok := p.(string); ok {
			b.WriteString(text)
			continue
		}
		if err := format.JSON(&b, p); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the end of the line
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (t *jsonWriter) begin(h *platform.History) error {
	return writeParts(t.w, `{"scenario":`, t.watch.Scenario, `,"platform":"`, t.watch.Platform, `","from_ns":`, t.watch.From, `,"version":"`, words.Version, `","beginning":`, NewStateJSON(h.State()), `,"events":[`)
}

func (t *jsonWriter) event(e platform.Event, h *platform.History) error {
	comma := ",\n"
	if t.first {
		comma, t.first = "\n", false
	}
	return writeParts(t.w, comma, NewEventJSON(t.watch, e, h.State()))
}

func (t *jsonWriter) end(h *platform.History, told int, why Ending) error {
	return writeParts(t.w, "\n"+`],"told":`, told, `,"ending":"`, string(why), `","totals":`, NewTotalsJSON(h.Totals()), "}\n")
}
