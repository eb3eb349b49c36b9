package explorer

import (
	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/platform"
)

// A changedEventJSON is an event with its changes, for clients that follow a stream from the
// beginning: a platform may have thousands of instances, and an event changes one of them.
type changedEventJSON struct {
	narration.OccurrenceJSON
	State changeJSON `json:"state"`
}

// A changeJSON is a state with the differences from the state before instead of its instances and
// its queue.
type changeJSON struct {
	Totals  narration.TotalsJSON `json:"totals"`
	OnCores int                  `json:"on_cores"`
	Speed   float64              `json:"speed"`
	// Instances are the new and the changed instances. A change of the common speed is not a change
	// of each instance: an instance whose speed is not 0 runs at the speed of the state.
	Instances []narration.InstanceJSON `json:"instances"`
	Gone      []int                    `json:"gone,omitempty"` // the slots that are free now
	Queue     *spliceJSON              `json:"queue,omitempty"`
	Nodes     []narration.NodeJSON     `json:"nodes,omitempty"` // all, if they are few
}

// fewNodes is the number of nodes up to which each event has the memory of all.
const fewNodes = 64

// A spliceJSON is a change of the queue: Remove requests from place At on, from 0, are replaced by
// Insert.
type spliceJSON struct {
	At     int                    `json:"at"`
	Remove int                    `json:"remove"`
	Insert []narration.QueuedJSON `json:"insert"`
}

func newChangeJSON(before, after platform.State) changeJSON {
	out := changeJSON{Totals: narration.NewTotalsJSON(after.Totals), OnCores: after.OnCores, Speed: after.Speed, Instances: []narration.InstanceJSON{}}
	// Both lists are sorted by slot.
	old := before.Instances
	for _, i := range after.Instances {
		for len(old) > 0 && old[0].Slot < i.Slot {
			out.Gone = append(out.Gone, old[0].Slot)
			old = old[1:]
		}
		if len(old) > 0 && old[0].Slot == i.Slot {
			was := old[0]
			old = old[1:]
			if was.Speed > 0 && i.Speed > 0 {
				was.Speed = i.Speed
			}
			if was == i {
				continue
			}
		}
		out.Instances = append(out.Instances, narration.NewInstanceJSON(i))
	}
	for _, i := range old {
		out.Gone = append(out.Gone, i.Slot)
	}
	out.Queue = splice(before.Queue, after.Queue)
	if len(after.Nodes) <= fewNodes {
		out.Nodes = narration.NewNodesJSON(after)
	}
	return out
}

// splice returns the difference between two queues, between their common beginning and their common
// end; nil if there is none.
func splice(before, after []platform.QueuedRequest) *spliceJSON {
	at := 0
	for at < len(before) && at < len(after) && before[at] == after[at] {
		at++
	}
	end := 0
	for end < len(before)-at && end < len(after)-at && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	if at == len(before)-end && at == len(after)-end {
		return nil
	}
	out := &spliceJSON{At: at, Remove: len(before) - end - at, Insert: []narration.QueuedJSON{}}
	for _, q := range after[at : len(after)-end] {
		out.Insert = append(out.Insert, narration.QueuedJSON(q))
	}
	return out
}
