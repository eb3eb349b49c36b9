package narration

import (
	"fmt"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
	"faaslab/scenarios"
)

// scaledNarrator describes the events of instances that serve several requests, or that an autoscaler starts.
var scaledNarrator = narrator{
	pictured: []picturedState{{platform.StateStarting, 'S', "starting"}, {platform.StateRunning, 'R', "with requests"}, {platform.StateDraining, 'D', "draining"}, {platform.StateIdle, '·', "ready, without a request"}},
	explained: []StateWords{{State: "place", Text: "a place in which a request runs"}, {State: "free", Text: "a free place"},
		{State: "launching", Text: "an instance that starts"}, {State: "leaving", Text: "one that drains: it takes no more", When: &Condition{Key: "container.scaling.preset", Exists: true}},
		{State: "gone", Text: "gone"}},
	sentence: scaledSentence,
	possible: func(s scenarios.Scenario, state platform.InstanceState) bool {
		return state != platform.StateDraining || s.Serving.Scaling != nil
	},
	waits: func(scenarios.Scenario) bool { return true },
	cores: func(scenarios.Scenario) platform.Cores { return platform.Cores{} },
	sums: func(_ scenarios.Scenario, n platform.Totals) []string {
		parts := []string{fmt.Sprintf("%d served, %d of them cold", n.Warm+n.Cold, n.Cold), fmt.Sprintf("%d completed", n.Completed)}
		if n.Rejected > 0 {
			parts = append(parts, fmt.Sprintf("%d rejected", n.Rejected))
		}
		if n.TimedOut > 0 {
			parts = append(parts, fmt.Sprintf("%d timed out", n.TimedOut))
		}
		return append(parts, fmt.Sprintf("%s gone", format.Counted(int(n.Expired), "instance")),
			fmt.Sprintf("now %s: %d starting, %d with requests, %d draining", format.Counted(n.Instances, "instance"), n.Starting, n.Running, n.Draining))
	},
}

// scaledSentence describes an event, with its reason. state is the platform after it.
func scaledSentence(s scenarios.Scenario, e platform.Event, state platform.State) string {
	instance := fmt.Sprintf("instance %d", e.Instance)
	waited := ", which waited " + format.Span(e.Time-e.Arrived)
	switch e.Kind {
	case platform.EventEvaluated:
		return evaluated(s, e)
	case platform.EventLaunched:
		return instance + " is started"
	case platform.EventReady:
		return fmt.Sprintf("%s is ready after a start-up of %s", instance, format.Span(e.Time-e.Since))
	case platform.EventWarmStart:
		return fmt.Sprintf("%s begins at %s", requestOf(e), instance)
	case platform.EventColdStart:
		return fmt.Sprintf("%s is bound to %s, which is started for it", requestOf(e), instance)
	case platform.EventServed:
		return fmt.Sprintf("%s begins %s%s", instance, requestOf(e), waited)
	case platform.EventQueued:
		return fmt.Sprintf("%s finds no free place: it waits (%d waiting)", requestOf(e), len(state.Queue))
	case platform.EventRejected:
		return requestOf(e) + " finds no free place, and no instance that may be started: rejected"
	case platform.EventTimedOut:
		return fmt.Sprintf("%s times out after waiting %s", requestOf(e), format.Span(e.Time-e.Arrived))
	case platform.EventCompleted:
		return fmt.Sprintf("%s at %s", completes(e), instance)
	case platform.EventDraining:
		return instance + " takes no more requests, and ends with those that it serves"
	case platform.EventExpired:
		return fmt.Sprintf("%s expires after %s without a request", instance, format.Span(e.Time-e.Since))
	case platform.EventRemoved:
		return instance + " is removed"
	}
	return instance + ": " + e.Kind.String()
}

// evaluated describes a decision: evaluated: stable 12.3, panic 31.5, 8 ready: 45 wanted, in panic.
func evaluated(s scenarios.Scenario, e platform.Event) string {
	v := e.Evaluation
	unit := unitOf(s.Serving.Scaling.Metric)
	text := fmt.Sprintf("evaluated: stable %.4g%s", v.Stable, unit)
	if v.ByCores {
		text += " by the use of cores"
	}
	if s.Serving.Scaling.Rule.PanicWindow > 0 {
		text += fmt.Sprintf(", panic %.4g%s", v.Load.Panic, unit)
	}
	text += fmt.Sprintf(", %d ready", v.Ready)
	if v.Starting > 0 {
		text += fmt.Sprintf(", %d starting", v.Starting)
	}
	text += fmt.Sprintf(": %d wanted", v.Desired)
	if v.Raw != v.Desired && !v.Panicking {
		text += fmt.Sprintf(" (the stable average asks for %d)", v.Raw)
	}
	switch {
	case v.Over:
		text += ", panic: over the threshold"
	case v.Panicking:
		text += ", still in panic"
	}
	return text
}
