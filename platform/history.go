package platform

import (
	"faaslab/platform/scaling"
	"faaslab/sim"
)

// A History drives a pool or executors event by event and returns what happens. It runs their own
// code on their own streams, and only looks at them before and after each event, so its events are
// those of Run; Run itself does not know of histories. It holds
//
//	its live instances are the platform's, in the states that the platform counts
//	its waiting requests are the platform's, in the same order
type History struct {
	// Interrupted, if set, is asked about every 256 requests; its error ends Next and Skip.
	Interrupted func() error

	platform Witness
	told     int64
	quiet    bool // Skip does not need Event.Found
}

// Witness is a platform that a History observes while it runs.
type Witness interface {
	// next handles the next event that is not after until, or goes to the last arrival. ok is false
	// if there is none; told is false if nothing happened to an instance or a request.
	Next(until sim.Time, quiet bool, interrupted func() error) (e Event, told, ok bool, err error)
	State() State
	Totals() Totals
	Observations() Observations
	Ended() bool
	Bound(mostLive int) // sets the platform's MostLive
}

// An Event is one thing that happened on a platform.
type Event struct {
	Number int64 // of the event, from 1
	Time   sim.Time
	Kind   EventKind

	// Request is the number of the request in this run, from 1; 0 for a request that was present at
	// time 0, or for none (EventExpired, and EventFreed where none waits). Arrived is its arrival; 0
	// where Request is 0.
	Request int64
	Arrived sim.Time
	Stream  int // of Request, from 1; 0: none, or the arrivals are no superposition

	// Instance is the instance's creation number in this run, from 1; 0: none. An executor has the
	// number of its request. Slot is a place, from 0, that no other live instance has; it is used
	// again after the instance is gone.
	Instance int64
	Slot     int
	State    InstanceState // of the instance, after the event; StateGone if it ended
	Before   InstanceState // as State, before the event; StateGone if the instance is new
	Since    sim.Time      // when the instance came into the state Before; Time if it is new

	// Completed is the request that completes (EventCompleted, EventDequeued), and CompletedArrived
	// is its arrival. Completed is 0 if the request was present at time 0.
	Completed        int64
	CompletedArrived sim.Time
	// Released is the executor that ended and left its core to another one (EventDequeued); 0:
	// none.
	Released int64

	// Of a platform with many functions: the function, the memory of its instance in MB, and the
	// node, from 0. For is the function for whose request an instance is evicted.
	Function string
	Memory   int64
	Node     int
	For      string

	// Found are the idle instances among which the routing chose (EventWarmStart), in the order in
	// which they became idle; nil during Skip.
	Found []IdleInstance

	// Evaluation is what an autoscaler decided, and why (EventEvaluated).
	Evaluation *scaling.Evaluation
}

// An IdleInstance is an instance, and the time since which it is idle.
type IdleInstance struct {
	Instance int64
	Since    sim.Time
}

// EventKind is the kind of an event.
type EventKind uint8

// The kinds of events.
const (
	EventArrived     EventKind = iota // a request joins the queue of the dispatch stage
	EventWarmStart                    // a request is served by an idle instance
	EventColdStart                    // a request is served by an instance started for it
	EventRejected                     // a request finds the pool full, and is turned away
	EventQueued                       // a request begins to wait for an instance, or its executor for a core
	EventTimedOut                     // a request has waited as long as it may, and leaves
	EventDequeued                     // a request completes, and a waiting one takes over its instance or core
	EventCompleted                    // a request completes: its instance is idle or begins its release, or its executor ends
	EventExpired                      // an instance has been idle for the keep-alive, and ends
	EventStarted                      // a request arrives, and its executor starts
	EventReady                        // a start-up is over, and the service begins
	EventStartupCPU                   // a start-up on shared cores begins to take CPU
	EventFreed                        // a release is over: the instance is idle, or takes a waiting request
	EventEvicted                      // an idle instance ends, so that a request finds room
	EventUnloaded                     // an idle instance ends, and one is to be loaded later
	EventLoading                      // an instance begins to be loaded ahead of a request
	EventLoaded                       // it is ready, and idle
	EventLoadSkipped                  // there is no room for it
	EventLaunched                     // an instance is started, for a decision or for requests that wait
	EventServed                       // a request that waited begins at an instance with a free place
	EventDraining                     // an instance takes no more requests, and ends with those that it serves
	EventRemoved                      // an instance without a request ends by a decision
	EventEvaluated                    // an autoscaler decides
)

// String returns the name used in JSON.
func (k EventKind) String() string {
	return [...]string{"arrived", "warm_start", "cold_start", "rejected", "queued", "timed_out", "dequeued",
		"completed", "expired", "started", "ready", "startup_cpu", "freed", "evicted", "unloaded", "loading", "loaded", "load_skipped",
		"launched", "served", "draining", "removed", "evaluated"}[k]
}

// InstanceState is the state of an instance.
type InstanceState uint8

// A container serves the request for which it was started (cold), serves another one (warm), has
// responded and cannot serve again yet (releasing), is idle, or is loaded ahead of a request. An
// executor starts up, runs, or waits for a core. An instance of several places starts up, is idle or
// running, and may drain.
const (
	StateGone InstanceState = iota
	StateCold
	StateWarm
	StateIdle
	StateStarting
	StateRunning
	StateWaiting
	StateReleasing
	StateLoading
	StateDraining
)

// String returns the name used in JSON.
func (s InstanceState) String() string {
	return [...]string{"gone", "cold", "warm", "idle", "starting", "running", "waiting", "releasing", "loading", "draining"}[s]
}

// A State is a platform between two events.
type State struct {
	Time   sim.Time // of the last event
	Totals Totals
	// Instances are all live instances, by slot.
	Instances []LiveInstance
	// Requests are those of each of the Instances, in the order in which they came to it, if instances
	// have several places; else nil.
	Requests [][]int64
	// Queue are the waiting requests in the order of their service: for an instance, followed by
	// the requests in the dispatch stage; or for a core.
	Queue []QueuedRequest
	// OnCores is the number of instances that share limited cores or hold one. Speed is the speed
	// of each, relative to a core of its own, > 0; 1 if there are none.
	OnCores int
	Speed   float64
	// Nodes are those of a platform with many functions, or the one that is watched.
	Nodes []NodeState
}

// A NodeState is the memory of a node, in MB: what instances take by their state, and what there is.
type NodeState struct {
	Node                   int // from 0
	Running, Idle, Loading int64
	Memory                 int64
}

// A LiveInstance is an instance and its state. Fields with the name of a field of Event have its
// meaning.
type LiveInstance struct {
	Instance int64
	Slot     int
	State    InstanceState
	Created  sim.Time
	Since    sim.Time // when it came into its state
	Until    sim.Time // when it leaves its state if nothing happens before; Never: not at all, or not known
	Request  int64    // the request it serves; 0: none, or a request that was present at time 0
	// Speed is the speed of its work, relative to a core of its own, > 0; 0 if it uses no CPU
	// because it is idle or releasing, waits for a core, or is in a part of its start-up that takes
	// none.
	Speed float64
	// Of a platform with many functions, as in Event.
	Function string
	Memory   int64
	Node     int
	// Held is the number of requests of an instance of several places; Request is the first of them, and
	// State.Requests has all.
	Held int
}

// A QueuedRequest is a request that waits.
type QueuedRequest struct {
	Request    int64
	Arrived    sim.Time
	InDispatch bool // in the dispatch stage
}

// Totals are counts since time 0, and the present state.
type Totals struct {
	Requests  int64 // arrivals
	Warm      int64 // starts; 0 on a Wasm platform
	Cold      int64
	Rejected  int64
	TimedOut  int64
	Completed int64
	Expired   int64
	// Of a platform with many functions; 0 elsewhere.
	Evicted, Unloaded, Loaded, LoadsSkipped int64
	Counts
}

// NewHistory returns the history of a platform.
func NewHistory(platform Witness) *History { return &History{platform: platform} }

// Next lets the next event happen, if it is not after until, and returns it. It returns false if
// there is no such event, or will be none: a history, like Run, ends with the last response of a
// trace. A step that changes nothing, such as the dispatch stage looking at an empty queue, is not
// an event. The errors are the errors of Run.
func (h *History) Next(until sim.Time) (Event, bool, error) {
	for {
		e, told, ok, err := h.platform.Next(until, h.quiet, h.Interrupted)
		if !ok || err != nil {
			return Event{}, false, err
		}
		if told {
			h.told++
			e.Number = h.told
			return e, true, nil
		}
	}
}

// Skip lets all events before a moment happen, without the work of telling them.
func (h *History) Skip(before sim.Time) error {
	h.quiet = true
	defer func() { h.quiet = false }()
	for {
		if _, ok, err := h.Next(before - 1); !ok || err != nil {
			return err
		}
	}
}

// Focus tells the events of one node and one function only, each from 0, of a platform with many
// functions; -1: of all. Totals and State are those of the node. It is called at time 0, if at all.
func (h *History) Focus(node, function int) {
	h.platform.(interface{ Focus(node, function int) }).Focus(node, function)
}

// Bound sets the platform's MostLive.
func (h *History) Bound(mostLive int) { h.platform.Bound(mostLive) }

// State returns the platform after the last event.
func (h *History) State() State { return h.platform.State() }

// Totals returns what State has as Totals, without visiting the instances.
func (h *History) Totals() Totals { return h.platform.Totals() }

// Observations returns what the platform observed since time 0.
func (h *History) Observations() Observations { return h.platform.Observations() }

// Ended reports whether a trace has ended and none of its requests is left, and the history with them.
func (h *History) Ended() bool { return h.platform.Ended() }
