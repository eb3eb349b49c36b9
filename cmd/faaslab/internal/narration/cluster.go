package narration

import (
	"fmt"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios"
)

// clusterNarrator describes the events of many functions on shared nodes.
var clusterNarrator = narrator{
	pictured: []picturedState{{platform.StateCold, 'C', "running cold"}, {platform.StateWarm, 'W', "running warm"}, {platform.StateLoading, 'L', "loading"}, {platform.StateIdle, '·', "idle"}},
	sentence: clusterSentence,
	possible: func(s scenarios.Scenario, state platform.InstanceState) bool {
		return state != platform.StateLoading || loadsAhead(s)
	},
	waits: func(s scenarios.Scenario) bool { return bounded(s) && s.Container.WhenFull == pool.Queue },
	cores: func(s scenarios.Scenario) platform.Cores { return s.Nodes.Cores },
	sums: func(s scenarios.Scenario, n platform.Totals) []string {
		parts := []string{format.Counted(int(n.Warm), "warm start"), format.Counted(int(n.Cold), "cold start")}
		some := func(count int64, what string, always bool) {
			if count > 0 || always {
				parts = append(parts, fmt.Sprintf("%d %s", count, what))
			}
		}
		some(n.Rejected, "rejected", bounded(s) && s.Container.WhenFull == pool.Reject)
		some(n.TimedOut, "timed out", false)
		some(n.Completed, "completed", true)
		some(n.Evicted, "evicted", bounded(s) && s.Keeping.Evict != cluster.NoEviction)
		some(n.Expired, "expired", true)
		some(n.Unloaded, "unloaded", false)
		some(n.Loaded, "loaded", false)
		some(n.LoadsSkipped, "not loaded", false)
		return append(parts, fmt.Sprintf("now %s: %d running, %d idle", format.Counted(n.Instances, "instance"), n.Running, n.Idle))
	},
}

// bounded reports whether a request may find no room.
func bounded(s scenarios.Scenario) bool {
	n := s.Nodes
	return n.Memory != 0 && n.Memory != cluster.Unlimited || n.MaxInstances != 0 && n.MaxInstances != platform.Unlimited
}

// loadsAhead reports whether instances may be loaded ahead of a request.
func loadsAhead(s scenarios.Scenario) bool {
	learns := func(k cluster.KeepAlive) bool { return k != nil && k.Begin() != nil }
	loads := learns(s.Keeping.Policy) || s.Keeping.Spare > 0
	functions, _ := s.Many()
	for _, f := range functions {
		loads = loads || learns(f.KeepAlive) || f.Spare != nil && *f.Spare > 0
	}
	return loads
}

// clusterSentence describes an event with its reason. state is the platform after it.
func clusterSentence(s scenarios.Scenario, e platform.Event, state platform.State) string {
	e.Function, e.For = format.ShortName(e.Function), format.ShortName(e.For)
	where := ""
	if len(state.Nodes) > 1 {
		where = fmt.Sprintf("node %d: ", e.Node)
	}
	return where + told(s, e, state)
}

func told(s scenarios.Scenario, e platform.Event, state platform.State) string {
	request := fmt.Sprintf("request %d of %s", e.Request, e.Function)
	if e.Kind == platform.EventWarmStart || e.Kind == platform.EventColdStart {
		if waited := e.Time - e.Arrived; waited > 0 {
			request += fmt.Sprintf(", which waited %s,", format.Span(waited))
		}
	}
	instance := fmt.Sprintf("instance %d of %s", e.Instance, e.Function)
	switch e.Kind {
	case platform.EventWarmStart:
		return request + " finds " + found(s.Container.Routing, e) + sharing(s.Nodes.Cores, state)
	case platform.EventColdStart:
		return fmt.Sprintf("%s finds no idle instance; instance %d cold-starts with %s (%s)", request, e.Instance, scenarios.Megabytes(e.Memory), usedOf(e.Node, state)) + sharing(s.Nodes.Cores, state)
	case platform.EventReady:
		return fmt.Sprintf("%s has started up in %s and serves request %d%s", instance, format.Span(e.Time-e.Since), e.Request, sharing(s.Nodes.Cores, state))
	case platform.EventStartupCPU:
		return fmt.Sprintf("%s goes on with its start-up on the cores%s", instance, sharing(s.Nodes.Cores, state))
	case platform.EventRejected:
		return fmt.Sprintf("%s is rejected: %s", request, noRoom(s, e, state))
	case platform.EventQueued:
		if state.Totals.Waiting > 1 && len(state.Nodes) == 1 {
			return fmt.Sprintf("%s waits behind %s", request, format.Counted(state.Totals.Waiting-1, "other"))
		}
		return fmt.Sprintf("%s waits: %s", request, noRoom(s, e, state))
	case platform.EventTimedOut:
		return fmt.Sprintf("%s times out after waiting %s", request, format.Span(e.Time-e.Arrived))
	case platform.EventCompleted:
		return fmt.Sprintf("request %d of %s completes after %s; instance %d is idle", e.Completed, e.Function, format.Span(e.Time-e.CompletedArrived), e.Instance) + sharing(s.Nodes.Cores, state)
	case platform.EventExpired:
		return fmt.Sprintf("%s expires after %s idle", instance, format.Span(e.Time-e.Since))
	case platform.EventEvicted:
		why := map[cluster.Eviction]string{cluster.LRU: ": it has been idle longest", cluster.GreedyDual: ": its priority is lowest", cluster.RandomEviction: ", chosen at random"}[s.Keeping.Evict]
		return fmt.Sprintf("%s, idle for %s, makes room for request %d of %s%s", instance, format.Span(e.Time-e.Since), e.Request, e.For, why)
	case platform.EventUnloaded:
		return fmt.Sprintf("%s is unloaded: the next request is not expected soon", instance)
	case platform.EventLoading:
		return fmt.Sprintf("%s begins to load ahead of a request (%s)", instance, usedOf(e.Node, state))
	case platform.EventLoaded:
		return fmt.Sprintf("%s has loaded in %s and is idle", instance, format.Span(e.Time-e.Since))
	default: // EventLoadSkipped
		return fmt.Sprintf("no instance of %s is loaded: there is no room without an eviction (%s)", e.Function, usedOf(e.Node, state))
	}
}

// nodeIn returns a node of a state.
func nodeIn(node int, state platform.State) platform.NodeState {
	return state.Nodes[node-state.Nodes[0].Node]
}

// usedOf says how much memory of a node instances take.
func usedOf(node int, state platform.State) string {
	n := nodeIn(node, state)
	used := scenarios.Megabytes(n.Running + n.Idle + n.Loading)
	if n.Memory == cluster.Unlimited {
		return used + " used"
	}
	return fmt.Sprintf("%s of %s used", used, scenarios.Megabytes(n.Memory))
}

// noRoom says why a request finds no room on its node.
func noRoom(s scenarios.Scenario, e platform.Event, state platform.State) string {
	n := nodeIn(e.Node, state)
	needs := "it needs " + scenarios.Megabytes(e.Memory)
	evicts, kept := s.Keeping.Evict != cluster.NoEviction, n.Running+n.Loading
	if !evicts {
		kept += n.Idle
	}
	switch {
	case n.Memory != cluster.Unlimited && e.Memory > n.Memory:
		return fmt.Sprintf("%s, and a node has %s", needs, scenarios.Megabytes(n.Memory))
	case n.Memory != cluster.Unlimited && kept+e.Memory > n.Memory && n.Idle == 0:
		return fmt.Sprintf("%s, and %s of %s are in use", needs, scenarios.Megabytes(kept), scenarios.Megabytes(n.Memory))
	case n.Memory != cluster.Unlimited && kept+e.Memory > n.Memory && evicts:
		return fmt.Sprintf("%s, and %s of %s are in use, so that all idle instances together are not enough", needs, scenarios.Megabytes(kept), scenarios.Megabytes(n.Memory))
	case n.Memory != cluster.Unlimited && kept+e.Memory > n.Memory:
		return fmt.Sprintf("%s, and %s of %s are taken, and nothing is evicted", needs, scenarios.Megabytes(kept), scenarios.Megabytes(n.Memory))
	case s.Nodes.MaxInstances != platform.Unlimited && s.Nodes.MaxInstances != 0:
		return fmt.Sprintf("there are %s, as many as a node may have", format.Counted(s.Nodes.MaxInstances, "instance"))
	}
	return "instances that are kept ready leave no room" // they are not evicted
}

// nodeNumber returns a pointer to the number of an event's node; nil if there are no nodes.
func nodeNumber(function string, node int) *int {
	if function == "" {
		return nil
	}
	return &node
}

// A NodeJSON is the memory of a node, in MB, by the state of the instances that take it.
type NodeJSON struct {
	Node    int    `json:"node"`      // from 0
	Memory  *int64 `json:"memory_mb"` // null: unlimited
	Running int64  `json:"running_mb"`
	Idle    int64  `json:"idle_mb"`
	Loading int64  `json:"loading_mb"`
}

// NewNodesJSON returns the nodes of a state; nil if there are none.
func NewNodesJSON(s platform.State) (nodes []NodeJSON) {
	for _, n := range s.Nodes {
		one := NodeJSON{Node: n.Node, Running: n.Running, Idle: n.Idle, Loading: n.Loading}
		if n.Memory != cluster.Unlimited {
			one.Memory = &n.Memory
		}
		nodes = append(nodes, one)
	}
	return nodes
}
