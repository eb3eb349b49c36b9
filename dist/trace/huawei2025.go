package trace

import (
	"bytes"
	"cmp"
	"slices"
)

// huawei2025 reads two tables of Huawei's traces of 2025: requests (per_request) and cold starts
// (cold_start). A function is called funcName---userID---poolName, as in the rest of the trace; the
// pool is the first three parts of the instance's name, the last of which are millicores and MB.
//
// The trace does not say whether the time of a request is that of its arrival or of its completion.
// The first rows show it, unless Options.Times does: an instance serves one request at a time, so
// with the right reading the requests of an instance do not overlap.
type huawei2025 struct {
	r     *Reader
	table table
	begun bool
	cold  bool // a table of cold starts
	at    columns2025
	name  []byte

	first  []Row // not returned yet
	failed error // after them
	ends   bool  // times are those of completions
}

// decidedBy is the number of rows that show which moment a time is.
const decidedBy = 20_000

type columns2025 struct{ time, function, user, pod, request, cost, frontend int }

// noFrontend is what the trace has of some requests; what is read does not need the frontend.
const noFrontend = "a request without the frontend's columns"

func newHuawei2025(r *Reader) decoder { return &huawei2025{r: r, table: table{r: r}} }

func isHuawei2025(line, _ []byte) bool {
	h := columnsOf(line)
	return h.has("time_worker", "totalCost_worker", "podID") || h.has("time", "totalCost_cold_start", "podID")
}

func (h *huawei2025) begin() error {
	cells, err := h.table.next()
	if err != nil {
		return err
	}
	columns := newHeader(cells)
	h.cold = columns.column("totalCost_cold_start") >= 0
	h.at = columns2025{
		time: columns.column("time_worker", "time"), function: columns.column("funcName"), user: columns.column("userID"),
		frontend: columns.column("time_frontend"),
		pod:      columns.column("podID"), request: columns.column("requestID"), cost: columns.column("totalCost_worker", "totalCost_cold_start"),
	}
	if min(h.at.time, h.at.function, h.at.user, h.at.pod, h.at.request, h.at.cost) < 0 {
		return h.r.wrong("the columns are %s; want those of per_request (time_worker, totalCost_worker …) or of cold_start (time, totalCost_cold_start …)", columns.excerpt())
	}
	h.begun = true
	if h.cold {
		return nil
	}
	if moment := h.r.options.Times; moment != AnyMoment {
		h.ends = moment == AtEnd
		return nil
	}
	h.first = make([]Row, decidedBy)
	for i := range h.first {
		if h.failed = h.read(&h.first[i]); h.failed != nil {
			h.first = h.first[:i]
			break
		}
	}
	asStarts, asEnds := overlaps(h.first)
	h.ends = asEnds < asStarts
	switch {
	case len(h.first) == 0:
	case asStarts == asEnds:
		h.r.log.note("times are taken for those of arrivals: the trace does not say it, nor do its rows show it (--times end for completions)")
	case h.ends:
		h.r.log.note("times are those of completions: as arrivals, %d of the first %d requests would overlap with another in their instance, and as completions %d", asStarts, len(h.first), asEnds)
	default:
		h.r.log.note("times are those of arrivals: as completions, %d of the first %d requests would overlap with another in their instance, and as arrivals %d", asEnds, len(h.first), asStarts)
	}
	return nil
}

// overlaps counts the requests that overlap with the one before them in their instance, if times
// are those of arrivals and if they are those of completions. Times are written to milliseconds.
func overlaps(rows []Row) (asStarts, asEnds int) {
	const rounding = 2 * Millisecond
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Time, b.Time))
	})
	for i := 1; i < len(sorted); i++ {
		before, r := &sorted[i-1], &sorted[i]
		if before.Instance != r.Instance {
			continue
		}
		if before.Time+before.Service > r.Time+rounding {
			asStarts++
		}
		if r.Time-r.Service < before.Time-rounding {
			asEnds++
		}
	}
	return asStarts, asEnds
}

func (h *huawei2025) next(row *Row) error {
	if !h.begun {
		if err := h.begin(); err != nil {
			return err
		}
	}
	if len(h.first) > 0 {
		*row = h.first[0]
		h.first = h.first[1:]
	} else {
		err := h.failed
		if err == nil {
			err = h.read(row)
		}
		if err != nil {
			return err
		}
	}
	row.AtEnd = h.ends
	return nil
}

func (h *huawei2025) read(row *Row) error {
	for {
		cells, err := h.table.next()
		if err != nil {
			return err
		}
		row.clear(h.r.lines.from)
		if len(cells) <= max(h.at.time, h.at.function, h.at.user, h.at.pod, h.at.request, h.at.cost) {
			h.r.leaveOut(fewCells)
			continue
		}
		at, reason, err := h.r.time(cells[h.at.time], Second)
		if err != nil {
			return err
		}
		cost := int64(0)
		if reason == "" {
			cost, reason = duration(cells[h.at.cost], Second)
		}
		if reason != "" {
			h.r.leaveOut(reason)
			continue
		}
		pool, memory := poolOf(cells[h.at.pod])
		h.name = append(append(h.name[:0], cells[h.at.function]...), "---"...)
		h.name = append(append(h.name, cells[h.at.user]...), "---"...)
		h.name = append(h.name, pool...)
		row.Function = h.r.log.function(h.name)
		row.Time, row.Memory = at, memory
		row.Request, row.Instance = identity(cells[h.at.request]), identity(cells[h.at.pod])
		if h.cold {
			row.Kind, row.Start, row.Startup = ColdStart, Cold, cost
			return nil
		}
		if h.at.frontend >= 0 && len(cells) > h.at.frontend && len(cells[h.at.frontend]) == 0 {
			h.r.log.remark(noFrontend, h.r.name, h.r.lines.from, 1)
		}
		row.Service = cost
		return nil
	}
}

// poolOf returns the pool in the name of an instance, and the memory of its instances; 0: unknown.
func poolOf(pod []byte) (pool []byte, memory int32) {
	end := 0
	for i := range 3 {
		dash := bytes.IndexByte(pod[end:], '-')
		if dash < 0 {
			return pod, 0
		}
		if i == 2 {
			memory = megabytes(pod[end : end+dash])
			return pod[:end+dash], memory
		}
		end += dash + 1
	}
	return pod, 0
}
