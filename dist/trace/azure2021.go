package trace

// azure2021 reads the trace that Azure Functions published of two weeks of 2021. A row is an
// invocation: app, function, time of its end in seconds, and duration without cold start, in seconds.
// The name of a function is unique within its app only, so a function is called app/function.
type azure2021 struct {
	r     *Reader
	table table
	at    struct{ app, function, end, duration int }
	begun bool
	name  []byte
}

func newAzure2021(r *Reader) decoder { return &azure2021{r: r, table: table{r: r}} }

func isAzure2021(line, _ []byte) bool {
	return columnsOf(line).has("app", "func", "end_timestamp", "duration")
}

func (a *azure2021) next(row *Row) error {
	if !a.begun {
		cells, err := a.table.next()
		if err != nil {
			return err
		}
		h := newHeader(cells)
		if !h.has("app", "func", "end_timestamp", "duration") {
			return a.r.wrong("the columns are %s; want app, func, end_timestamp and duration", h.excerpt())
		}
		a.at.app, a.at.function, a.at.end, a.at.duration = h.column("app"), h.column("func"), h.column("end_timestamp"), h.column("duration")
		a.begun = true
	}
	for {
		cells, err := a.table.next()
		if err != nil {
			return err
		}
		row.clear(a.r.lines.from)
		if len(cells) <= max(a.at.app, a.at.function, a.at.end, a.at.duration) {
			a.r.leaveOut(fewCells)
			continue
		}
		end, reason, err := a.r.time(cells[a.at.end], Second)
		if err != nil {
			return err
		}
		if reason == "" {
			row.Service, reason = duration(cells[a.at.duration], Second)
		}
		if reason != "" {
			a.r.leaveOut(reason)
			continue
		}
		row.Time = end - row.Service
		a.name = append(append(append(a.name[:0], cells[a.at.app]...), '/'), cells[a.at.function]...)
		row.Function = a.r.log.function(a.name)
		return nil
	}
}

// duration reads the cell of a duration, or says why it is none.
func duration(cell []byte, unit int64) (ns int64, reason string) {
	ns, ok := span(cell, unit)
	if !ok && !hugeNumber(cell) {
		return 0, noDuration
	}
	if !ok {
		ns = longest + 1
	}
	return ns, wrongDuration(ns)
}

// longest is the longest duration that is believed, ns.
const longest = 366 * Day

// wrongDuration says what is wrong with a duration; empty if nothing is.
func wrongDuration(ns int64) (reason string) {
	switch {
	case ns < 0:
		return negative
	case ns > longest:
		return tooLongDuration
	}
	return ""
}
