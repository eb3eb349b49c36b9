package explorer

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/narration"
)

// A client that applies the changes one after the other has the state that comes with each event
// otherwise.
func TestTheChangesAddUpToTheStates(t *testing.T) {
	server, _ := startExplorer(t, testBudget, 2)
	for name, request := range map[string]string{
		"idle instances that expire":   `"set":["arrivals.rate=5/s","container.keep_alive=3s"],"events":1000`,
		"a queue with a time-out":      `"set":["container.max_instances=3","container.when_full=queue","container.queue_timeout=4s","arrivals.rate=3/s"],"events":1000`,
		"containers that share cores":  `"set":["container.cores=2","arrivals.rate=2/s","container.max_instances=12"],"events":1000`,
		"executors that share cores":   `"scenario":"wasm-10-cores","set":["arrivals.rate=20/s"],"events":1000,"platform":"wasm"`,
		"executors that wait for one":  `"set":["wasm.cores=2","wasm.discipline=fcfs","wasm.startup=constant(1s)"],"events":600,"platform":"wasm"`,
		"a film that begins in middle": `"set":["container.max_instances=2","container.when_full=queue","arrivals.rate=2/s"],"events":300,"from":"60s"`,
	} {
		t.Run(name, func(t *testing.T) {
			whole := eventsOf[narration.EventJSON](t, server.URL, "{"+request+"}")
			changed := eventsOf[changedEventJSON](t, server.URL, `{"changes":true,`+request+"}")
			require.Len(t, changed.events, len(whole.events))
			require.Equal(t, whole.beginning, changed.beginning)
			slots := map[int]narration.InstanceJSON{}
			for _, i := range changed.beginning.Instances {
				slots[i.Slot] = i
			}
			queue := changed.beginning.Queue
			touched := 0
			for n, e := range changed.events {
				for _, slot := range e.State.Gone {
					require.Contains(t, slots, slot)
					delete(slots, slot)
				}
				for _, i := range e.State.Instances {
					slots[i.Slot] = i
				}
				touched += len(e.State.Instances) + len(e.State.Gone)
				if q := e.State.Queue; q != nil {
					queue = slices.Replace(slices.Clone(queue), q.At, q.At+q.Remove, q.Insert...)
				}
				now := narration.StateJSON{Totals: e.State.Totals, OnCores: e.State.OnCores, Speed: e.State.Speed, Instances: []narration.InstanceJSON{}, Queue: queue}
				for _, i := range slots {
					if i.Speed > 0 {
						i.Speed = now.Speed
					}
					now.Instances = append(now.Instances, i)
				}
				slices.SortFunc(now.Instances, func(a, b narration.InstanceJSON) int { return a.Slot - b.Slot })
				require.Equal(t, whole.events[n].State, now, "after event %d: %s", e.Number, e.Text)
				assert.Equal(t, whole.events[n].Text, e.Text)
			}
			assert.LessOrEqual(t, touched, 2*len(changed.events), "an event is about one or two instances")
		})
	}
}

type film[E any] struct {
	beginning narration.StateJSON
	events    []E
}

func eventsOf[E any](t *testing.T, url, body string) (f film[E]) {
	t.Helper()
	status, answer := ask(t, url+"/api/trace", body)
	require.Equal(t, http.StatusOK, status, answer)
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	var begun struct {
		Beginning narration.StateJSON `json:"beginning"`
	}
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &begun))
	f.beginning = begun.Beginning
	for _, line := range lines[1 : len(lines)-1] {
		var e E
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		f.events = append(f.events, e)
	}
	return f
}
