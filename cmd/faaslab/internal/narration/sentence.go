package narration

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
)

// containerSentence describes an event of a container platform, with its reason. s is the platform
// after it.
func containerSentence(c *pool.Config, e platform.Event, s platform.State) string {
	request := requestOf(e)
	if waited := e.Time - e.Arrived; waited > 0 && c.Dispatch.Exists() {
		request += fmt.Sprintf(", dispatched after %s,", format.Span(waited))
	}
	switch e.Kind {
	case platform.EventArrived:
		return fmt.Sprintf("%s arrives and waits for dispatch (%d waiting)", request, len(s.Queue))
	case platform.EventWarmStart:
		return request + " finds " + found(c.Routing, e) + sharing(c.Cores, s)
	case platform.EventColdStart:
		of := "alive"
		if c.MaxInstances != platform.Unlimited {
			of = fmt.Sprintf("of %d", c.MaxInstances)
		}
		free := "idle"
		if s.Totals.Releasing > 0 {
			free = "free"
		}
		return fmt.Sprintf("%s finds no %s instance; instance %d cold-starts (%d %s)%s", request, free, e.Instance, s.Totals.Instances, of, sharing(c.Cores, s))
	case platform.EventRejected:
		return fmt.Sprintf("%s finds %s %s: rejected", request, all(c.MaxInstances, "instance"), busy(s))
	case platform.EventQueued:
		return fmt.Sprintf("%s finds %s %s: it waits (%d waiting)", request, all(c.MaxInstances, "instance"), busy(s), inPool(s.Queue))
	case platform.EventTimedOut:
		return fmt.Sprintf("%s times out after waiting %s", requestOf(e), format.Span(e.Time-e.Arrived))
	case platform.EventDequeued:
		return fmt.Sprintf("%s; instance %d takes %s, which waited %s%s", completes(e), e.Instance, requestOf(e), format.Span(e.Time-e.Arrived), sharing(c.Cores, s))
	case platform.EventCompleted:
		if e.State == platform.StateReleasing {
			return fmt.Sprintf("%s; instance %d is not free yet%s", completes(e), e.Instance, sharing(c.Cores, s))
		}
		return fmt.Sprintf("%s; instance %d is idle%s", completes(e), e.Instance, sharing(c.Cores, s))
	case platform.EventFreed:
		text := fmt.Sprintf("instance %d is free after a release of %s", e.Instance, format.Span(e.Time-e.Since))
		if e.Request > 0 {
			text += fmt.Sprintf(", and takes request %d, which waited %s", e.Request, format.Span(e.Time-e.Arrived))
		}
		return text + sharing(c.Cores, s)
	case platform.EventExpired:
		return fmt.Sprintf("instance %d expires after %s idle", e.Instance, format.Span(e.Time-e.Since))
	case platform.EventReady:
		return fmt.Sprintf("instance %d has started up in %s and serves %s%s", e.Instance, format.Span(e.Time-e.Since), requestOf(e), sharing(c.Cores, s))
	default: // EventStartupCPU
		return fmt.Sprintf("instance %d goes on with its start-up on the cores%s", e.Instance, sharing(c.Cores, s))
	}
}

// executorSentence describes an event of a Wasm platform, with its reason. s is the platform after
// it.
func executorSentence(x *executors.Config, e platform.Event, s platform.State) string {
	cores := sharing(x.Cores, s)
	if x.Cores.Limited() && x.Discipline == executors.FCFS {
		cores = fmt.Sprintf("; %d of %s held", s.OnCores, format.Counted(x.Cores.Physical, "core"))
	}
	switch e.Kind {
	case platform.EventStarted:
		text := fmt.Sprintf("%s starts executor %d", requestOf(e), e.Instance)
		if e.State == platform.StateStarting {
			return text + ", which starts up"
		}
		if !x.Cores.Limited() {
			return text + fmt.Sprintf(" (%d alive)", s.Totals.Instances)
		}
		return text + cores
	case platform.EventQueued:
		text := fmt.Sprintf("%s starts executor %d", requestOf(e), e.Instance)
		if e.Before == platform.StateStarting {
			text = fmt.Sprintf("executor %d has started up in %s", e.Instance, format.Span(e.Time-e.Since))
		}
		return fmt.Sprintf("%s; it finds %s held and waits (%d waiting)", text, all(x.Cores.Physical, "core"), len(s.Queue))
	case platform.EventReady:
		return fmt.Sprintf("executor %d has started up in %s and runs%s", e.Instance, format.Span(e.Time-e.Since), cores)
	case platform.EventDequeued:
		return fmt.Sprintf("%s; its core goes to executor %d, which waited %s", completes(e), e.Instance, format.Span(e.Time-e.Since))
	default: // EventCompleted
		return fmt.Sprintf("%s; executor %d ends%s", completes(e), e.Instance, cores)
	}
}

// requestOf names the request of an event, and its stream where there are several.
func requestOf(e platform.Event) string {
	if e.Stream > 0 {
		return fmt.Sprintf("request %d of stream %d", e.Request, e.Stream)
	}
	return fmt.Sprintf("request %d", e.Request)
}

// found says which idle instances a request finds, and which of them serves it.
func found(routing pool.Routing, e platform.Event) string {
	idle := "idle for " + format.Span(e.Time-e.Since)
	if len(e.Found) == 1 {
		return fmt.Sprintf("instance %d %s: warm start", e.Instance, idle)
	}
	const listed = 4
	which := fmt.Sprintf("%d instances", len(e.Found))
	if len(e.Found) <= listed {
		var numbers []int64
		for _, f := range e.Found {
			numbers = append(numbers, f.Instance)
		}
		slices.Sort(numbers)
		var texts []string
		for _, n := range numbers[:len(numbers)-1] {
			texts = append(texts, strconv.FormatInt(n, 10))
		}
		which = fmt.Sprintf("instances %s and %d", strings.Join(texts, ", "), numbers[len(numbers)-1])
	}
	name := routing.String()
	if routing == pool.MRU || routing == pool.LRU {
		name = strings.ToUpper(name)
	}
	return fmt.Sprintf("%s idle; %s picks %d, %s", which, name, e.Instance, idle)
}

// completes says which request completes, and how long after its arrival.
func completes(e platform.Event) string {
	if e.Completed == 0 {
		return "a request that was there at time 0 completes"
	}
	return fmt.Sprintf("request %d completes after %s", e.Completed, format.Span(e.Time-e.CompletedArrived))
}

// sharing says how fast instances are that share cores; empty where each has its own.
func sharing(c platform.Cores, s platform.State) string {
	if !c.Limited() || s.OnCores == 0 {
		return ""
	}
	speed := "at full speed"
	if s.Speed != 1 {
		speed = "each at speed " + format.ThreeDigits(s.Speed)
	}
	return fmt.Sprintf("; %d on %s, %s", s.OnCores, format.Counted(c.Physical, "core"), speed)
}

// busy says what instances do that are all busy.
func busy(s platform.State) string {
	if s.Totals.Releasing > 0 {
		return "busy"
	}
	return "running"
}

// inPool counts the requests that wait for an instance.
func inPool(queue []platform.QueuedRequest) (n int) {
	for _, q := range queue {
		if !q.InDispatch {
			n++
		}
	}
	return n
}

// all returns a text such as: all 3 cores.
func all(n int, what string) string {
	switch n {
	case 1:
		return "the only " + what
	case 2:
		return "both " + what + "s"
	}
	return "all " + format.Counted(n, what)
}
