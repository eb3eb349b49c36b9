package narration

import (
	"fmt"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/scenarios"
)

// keptNarrator describes the events of a pool of one function that keeps instances ready, or learns its
// keep-alive.
var keptNarrator = narrator{
	pictured: []picturedState{{platform.StateCold, 'C', "running cold"}, {platform.StateWarm, 'W', "running warm"}, {platform.StateLoading, 'L', "loading"}, {platform.StateIdle, '·', "idle"}},
	sentence: keptSentence,
	possible: func(s scenarios.Scenario, state platform.InstanceState) bool {
		return state != platform.StateLoading || loadsAhead(s)
	},
	waits: func(s scenarios.Scenario) bool {
		return s.Container.MaxInstances != platform.Unlimited && s.Container.WhenFull == pool.Queue
	},
	cores: func(s scenarios.Scenario) platform.Cores { return s.Container.Cores },
	sums: func(s scenarios.Scenario, n platform.Totals) []string {
		all := NarratorOf(scenarios.ContainerPlatform).sums(s, n)
		parts, now := all[:len(all)-1], all[len(all)-1]
		for _, some := range []struct {
			count int64
			what  string
		}{{n.Unloaded, "unloaded"}, {n.Loaded, "loaded"}, {n.LoadsSkipped, "not loaded"}} {
			if some.count > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", some.count, some.what))
			}
		}
		return append(parts, now)
	},
}

// keptSentence describes an event with its reason. state is the platform after it.
func keptSentence(s scenarios.Scenario, e platform.Event, state platform.State) string {
	instance := fmt.Sprintf("instance %d", e.Instance)
	switch e.Kind {
	case platform.EventUnloaded:
		return instance + " is unloaded: the next request is not expected soon"
	case platform.EventLoading:
		return fmt.Sprintf("%s begins to load ahead of a request (%d alive)", instance, state.Totals.Instances)
	case platform.EventLoaded:
		return fmt.Sprintf("%s has loaded in %s and is idle", instance, format.Span(e.Time-e.Since))
	case platform.EventLoadSkipped:
		return fmt.Sprintf("no instance is loaded: there are %d, as many as there may be", state.Totals.Instances)
	case platform.EventWarmStart, platform.EventColdStart:
		text := containerSentence(s.Container, e, state)
		if s.Keeping.Provisioned+s.Keeping.Spare > 0 { // provisioned instances come first, and spare ones last
			for _, name := range []string{s.Container.Routing.String(), strings.ToUpper(s.Container.Routing.String())} {
				text = strings.Replace(text, "; "+name+" picks ", "; it takes ", 1)
			}
		}
		if waited := e.Time - e.Arrived; waited > 0 {
			text = fmt.Sprintf("%s, which waited %s,%s", requestOf(e), format.Span(waited), text[len(requestOf(e)):])
		}
		return text
	}
	return containerSentence(s.Container, e, state)
}
