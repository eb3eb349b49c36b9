package narration

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A perfettoWriter writes the Trace Event Format of Chrome, which Perfetto reads: each instance is
// a thread whose states are spans, and the numbers of instances are counters. Of many functions each
// node is a process, whose memory is a counter. A span is written
// when it ends, the counters when they change. The format is described at
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
type perfettoWriter struct {
	w     io.Writer
	watch Watch
	first bool // nothing has been written to the list
	at    sim.Time
	// open are the live instances, by number.
	open  map[int64]openSpan
	shown map[string]float64 // the counters
	nodes map[int]NodeJSON   // the memory of the nodes that have a process, as it was last written
}

// An openSpan is the present state of an instance, which lasts.
type openSpan struct {
	state   platform.InstanceState
	since   sim.Time
	request int64
	process int
}

// TimelineProcess is the number of the timeline's first process, and of the main thread of each,
// which shows the requests that have no instance; instance n has thread n + 1. Of many functions,
// node n has process n + 2. Number 0 belongs to the operating system.
const TimelineProcess = 1

func thread(instance int64) int64 { return instance + TimelineProcess }

func newPerfettoWriter(_ context.Context, w io.Writer, watched Watch) (Writer, error) {
	shown := map[string]float64{"waiting": 0, "releasing": 0} // a counter that is always 0 is not shown
	if scenarios.KindOf(watched.Platform).AllRun {
		shown["idle"] = 0
	}
	return &perfettoWriter{w: w, watch: watched, first: true, at: watched.From, open: map[int64]openSpan{}, shown: shown, nodes: map[int]NodeJSON{}}, nil
}

// A chromeEvent is one entry of the list. Its times are in microseconds.
type chromeEvent struct {
	Phase    string         `json:"ph"` // X a span, C a counter, i an instant, M a name
	Name     string         `json:"name"`
	Time     microseconds   `json:"ts"`
	Duration *microseconds  `json:"dur,omitempty"`
	Process  int            `json:"pid"`
	Thread   int64          `json:"tid"`
	Scope    string         `json:"s,omitempty"` // of an instant: t, its thread
	Args     map[string]any `json:"args,omitempty"`
}

// microseconds is a time in nanoseconds that is written in microseconds, exactly.
type microseconds sim.Time

// MarshalJSON writes a number with three decimals.
func (m microseconds) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%03d", m/1000, m%1000), nil
}

func (t *perfettoWriter) Write(e chromeEvent) error {
	comma := ",\n"
	if t.first {
		comma, t.first = "\n", false
	}
	e.Process = max(e.Process, TimelineProcess)
	return writeParts(t.w, comma, e)
}

// track names a thread and sorts it by its number.
func (t *perfettoWriter) track(process int, thread int64, name string) error {
	if err := t.describe("thread_name", process, thread, "name", name); err != nil {
		return err
	}
	return t.describe("thread_sort_index", process, thread, "sort_index", thread)
}

// describe writes a property of a thread, or of its process.
func (t *perfettoWriter) describe(what string, process int, thread int64, key string, value any) error {
	return t.Write(chromeEvent{Phase: "M", Name: what, Process: process, Thread: thread, Time: microseconds(t.at), Args: map[string]any{key: value}})
}

// process returns the process of a node, and names it when it is first used; without functions there
// is only one process.
func (t *perfettoWriter) process(function string, node int) (int, error) {
	if function == "" {
		return TimelineProcess, nil
	}
	number := TimelineProcess + 1 + node
	if _, seen := t.nodes[node]; seen {
		return number, nil
	}
	t.nodes[node] = NodeJSON{}
	if err := t.describe("process_name", number, TimelineProcess, "name", fmt.Sprintf("node %d", node)); err != nil {
		return number, err
	}
	return number, t.track(number, TimelineProcess, "requests")
}

func (t *perfettoWriter) begin(h *platform.History) error {
	if err := writeParts(t.w, `{"displayTimeUnit":"ms","traceEvents":[`); err != nil {
		return err
	}
	if err := t.describe("process_name", TimelineProcess, TimelineProcess, "name", fmt.Sprintf("%s, %s", t.watch.Scenario.Name, t.watch.Platform)); err != nil {
		return err
	}
	if err := t.track(TimelineProcess, TimelineProcess, "requests"); err != nil {
		return err
	}
	for _, i := range h.State().Instances {
		if t.watch.Function != "" && i.Function != t.watch.Function {
			continue
		}
		if err := t.openAt(i.Instance, openSpan{state: i.State, since: t.at, request: i.Request}, i.Function, i.Node); err != nil {
			return err
		}
	}
	return t.counters(h)
}

// openAt begins a span and, for an instance not seen before, its track.
func (t *perfettoWriter) openAt(instance int64, span openSpan, function string, node int) (err error) {
	_, seen := t.open[instance]
	if span.process, err = t.process(function, node); err != nil {
		return err
	}
	t.open[instance] = span
	if seen {
		return nil
	}
	name := scenarios.KindOf(t.watch.Platform).One + " " + strconv.FormatInt(instance, 10)
	if function != "" {
		name += " of " + function
	}
	return t.track(span.process, thread(instance), name)
}

// spanNames are the names of the spans.
var spanNames = map[platform.InstanceState]string{
	platform.StateCold: "cold start", platform.StateWarm: "warm", platform.StateIdle: "idle", platform.StateReleasing: "releasing", platform.StateLoading: "loading",
	platform.StateStarting: "start-up", platform.StateRunning: "running", platform.StateWaiting: "waiting for a core",
}

// Close writes the open span of an instance, up to now.
func (t *perfettoWriter) Close(instance int64) error {
	s, open := t.open[instance]
	if !open { // of another function than the chosen one
		return nil
	}
	lasted := microseconds(t.at - s.since)
	e := chromeEvent{Phase: "X", Name: spanNames[s.state], Time: microseconds(s.since), Duration: &lasted, Process: s.process, Thread: thread(instance)}
	if s.request > 0 {
		e.Args = map[string]any{"request": s.request}
	}
	return t.Write(e)
}

func (t *perfettoWriter) event(e platform.Event, h *platform.History) error {
	t.at = e.Time
	switch e.Kind {
	case platform.EventArrived, platform.EventRejected, platform.EventTimedOut, platform.EventQueued, platform.EventLoadSkipped:
		if err := t.instant(e); err != nil {
			return err
		}
	case platform.EventReady, platform.EventStartupCPU:
		if e.Before == e.State { // the span goes on
			if err := t.instant(e); err != nil {
				return err
			}
		}
	}
	if e.Released > 0 {
		if err := t.Close(e.Released); err != nil {
			return err
		}
		delete(t.open, e.Released)
	}
	if e.Instance > 0 && (e.Before != e.State || e.Kind == platform.EventDequeued) {
		if err := t.moves(e); err != nil {
			return err
		}
	}
	return t.counters(h)
}

// moves ends the span of an instance that changes its state, and begins the next.
func (t *perfettoWriter) moves(e platform.Event) error {
	if e.Before != platform.StateGone {
		if err := t.Close(e.Instance); err != nil {
			return err
		}
	}
	if e.State == platform.StateGone {
		delete(t.open, e.Instance)
		return nil
	}
	request := e.Request
	if e.State == platform.StateIdle || e.State == platform.StateReleasing {
		request = 0
	}
	return t.openAt(e.Instance, openSpan{state: e.State, since: e.Time, request: request}, e.Function, e.Node)
}

// instant marks an event of a request that changes no instance.
func (t *perfettoWriter) instant(e platform.Event) error {
	process, err := t.process(e.Function, e.Node)
	if err != nil {
		return err
	}
	args := map[string]any{"request": e.Request}
	if e.Function != "" {
		args["function"] = e.Function
	}
	return t.Write(chromeEvent{Phase: "i", Name: words.Label(e.Kind.String()), Time: microseconds(e.Time), Process: process, Thread: thread(e.Instance), Scope: "t", Args: args})
}

// counters writes the counters that have changed.
func (t *perfettoWriter) counters(h *platform.History) error {
	n := h.Totals()
	type counter struct {
		name  string
		value float64
	}
	all := []counter{{"instances", float64(n.Instances)}, {"running", float64(n.Running)}, {"idle", float64(n.Idle)}, {"releasing", float64(n.Releasing)}, {"waiting", float64(n.Waiting)}}
	if t.watch.narrator().cores(t.watch.Scenario).Limited() {
		all = append(all, counter{"speed", h.State().Speed})
	}
	for _, c := range all {
		if before, ok := t.shown[c.name]; ok && before == c.value {
			continue
		}
		t.shown[c.name] = c.value
		if err := t.Write(chromeEvent{Phase: "C", Name: c.name, Time: microseconds(t.at), Thread: TimelineProcess, Args: map[string]any{c.name: c.value}}); err != nil {
			return err
		}
	}
	return t.memory(h)
}

// memory writes the memory of the nodes that have a process, where it has changed.
func (t *perfettoWriter) memory(h *platform.History) error {
	if len(t.nodes) == 0 {
		return nil
	}
	for _, n := range NewNodesJSON(h.State()) {
		before, seen := t.nodes[n.Node]
		if n.Memory = nil; !seen || before == n {
			continue
		}
		t.nodes[n.Node] = n
		if err := t.Write(chromeEvent{Phase: "C", Name: "memory, MB", Time: microseconds(t.at), Process: TimelineProcess + 1 + n.Node, Thread: TimelineProcess,
			Args: map[string]any{"running": n.Running, "idle": n.Idle, "loading": n.Loading}}); err != nil {
			return err
		}
	}
	return nil
}

// end closes the spans of the instances that still live.
func (t *perfettoWriter) end(h *platform.History, told int, why Ending) error {
	for _, i := range h.State().Instances {
		if err := t.Close(i.Instance); err != nil {
			return err
		}
	}
	return writeParts(t.w, "\n"+`],"otherData":{"scenario":`, t.watch.Scenario, `,"platform":"`, t.watch.Platform, `","told":`, told,
		`,"ending":"`, string(why), `","totals":`, NewTotalsJSON(h.Totals()), `,"version":"`, words.Version, `"}}`, "\n")
}
