package trace

import "encoding/json"

// openWhisk reads activation records of OpenWhisk. The start of an activation is the beginning of its
// initialisation, or of the run in a container that is warm. For a cold start, the waitTime before it
// has the creation of the container in it, so the start-up is waitTime + initTime. For a warm start,
// it is the way through the controller and, if there is no room, the wait for a container. The least
// wait of a warm start so far is taken for the way, which requests have behind them when they arrive
// at the pool of containers.
type openWhisk struct {
	r      *Reader
	values values
	way    map[int32]int64 // by function, ns
}

func newOpenWhisk(r *Reader) decoder {
	return &openWhisk{r: r, values: values{r: r}, way: map[int32]int64{}}
}

func isOpenWhisk(line, head []byte) bool { return object(line, head, "activationId") }

// An activation has the fields of a record that count.
type activation struct {
	ID          string      `json:"activationId"`
	Name        string      `json:"name"`
	Start       json.Number `json:"start"` // ms since 1970
	End         json.Number `json:"end"`
	Annotations []struct {
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	} `json:"annotations"`
}

func (o *openWhisk) next(row *Row) error {
	for {
		text, err := o.values.next()
		if err != nil {
			return err
		}
		row.clear(o.r.lines.from)
		reason, err := o.read(row, text)
		if err != nil {
			return err
		}
		if reason == "" {
			return nil
		}
		o.r.leaveOut(reason)
	}
}

func (o *openWhisk) read(row *Row, text []byte) (reason string, err error) {
	var a activation
	if reason := decode(text, &a); reason != "" {
		return reason, nil
	}
	if a.ID == "" && a.Name == "" {
		return otherJSON, nil
	}
	if a.Start == "" {
		return noTime, nil
	}
	start, reason, err := o.r.time([]byte(a.Start), Second)
	if reason != "" || err != nil {
		return reason, err
	}
	if a.End == "" || a.End == "0" {
		return "an activation without an end", nil
	}
	end, reason, err := o.r.time([]byte(a.End), Second)
	if reason != "" || err != nil {
		return reason, err
	}
	wait, init := int64(0), int64(Unknown)
	for _, note := range a.Annotations {
		switch note.Key {
		case "waitTime", "initTime":
			ns, ok := span(note.Value, Millisecond)
			if !ok || ns < 0 {
				return "a waitTime or initTime that is not a number, or negative", nil
			}
			if note.Key == "waitTime" {
				wait = ns
			} else {
				init = ns
			}
		case "kind":
			if string(note.Value) == `"sequence"` {
				return "a sequence, which has no container of its own", nil
			}
		case "limits":
			var limits struct {
				Memory json.Number `json:"memory"`
			}
			if json.Unmarshal(note.Value, &limits) == nil {
				row.Memory = megabytes([]byte(limits.Memory))
			}
		}
	}
	row.Service = end - start
	if init != Unknown {
		row.Service -= init
	}
	switch {
	case end < start:
		return endBefore, nil
	case row.Service < 0:
		return "an initTime longer than the activation", nil
	}
	if reason := wrongDuration(end - start); reason != "" {
		return reason, nil
	}
	if reason := wrongDuration(wait); reason != "" {
		return reason, nil
	}
	row.Request = identity([]byte(a.ID))
	row.Function = o.r.log.function([]byte(a.Name))
	if init != Unknown {
		row.addStartup(wait + init)
		row.Time = start - wait
		return "", nil
	}
	row.Start = Warm
	way, known := o.way[row.Function]
	if !known || wait < way {
		way = wait
		o.way[row.Function] = way
	}
	row.Wait = wait - way
	row.Time = start - row.Wait
	return "", nil
}
