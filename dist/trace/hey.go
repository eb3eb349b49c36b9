package trace

// failedRequest is the reason why requests of a load generator are left out.
const failedRequest = "a request that failed: no answer, or one of status 400 or more"

// hey reads the CSV that hey -o csv prints: response-time and offset, the time of the request since
// the beginning of the test, in seconds.
type hey struct {
	r     *Reader
	table table
	begun bool
	at    struct{ response, status, offset int }
}

func newHey(r *Reader) decoder { return &hey{r: r, table: table{r: r}} }

func isHey(line, _ []byte) bool { return columnsOf(line).has("response-time", "DNS+dialup", "offset") }

func (h *hey) next(row *Row) error {
	if !h.begun {
		cells, err := h.table.next()
		if err != nil {
			return err
		}
		columns := newHeader(cells)
		if !columns.has("response-time", "offset") {
			return h.r.wrong("the columns are %s; want those of hey -o csv, with response-time and offset", columns.excerpt())
		}
		h.at.response, h.at.status, h.at.offset = columns.column("response-time"), columns.column("status-code"), columns.column("offset")
		h.begun = true
	}
	for {
		cells, err := h.table.next()
		if err != nil {
			return err
		}
		row.clear(h.r.lines.from)
		if len(cells) <= max(h.at.response, h.at.status, h.at.offset) {
			h.r.leaveOut(fewCells)
			continue
		}
		at, reason, err := h.r.time(cells[h.at.offset], Second)
		if err != nil {
			return err
		}
		if reason == "" {
			row.Service, reason = duration(cells[h.at.response], Second)
		}
		if reason == "" && h.at.status >= 0 && !succeeded(cells[h.at.status]) {
			reason = failedRequest
		}
		if reason != "" {
			h.r.leaveOut(reason)
			continue
		}
		row.Time, row.Function = at, h.r.log.function(nil)
		return nil
	}
}

// succeeded reports whether a status code is that of an answer without an error.
func succeeded(status []byte) bool {
	code, ok := whole(status)
	return ok && code >= 100 && code < 400
}
