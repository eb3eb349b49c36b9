package trace

import (
	"slices"
	"strings"
)

// huawei2023 reads the tables of Huawei's traces of 2023: a row a minute or second, with the columns
// day, time (seconds since the trace began) and one for each function. What the numbers are stands in
// the name of the file or its folder, such as requests_minute; requests are assumed if nothing does.
// An empty cell is no request, or no data.
type huawei2023 struct {
	r         *Reader
	table     table
	begun     bool
	at        int // column of the time
	functions []int32
	metric    metric2023
	cells     [][]byte
	place     int
	current   Row
}

// A metric2023 is one of the tables.
type metric2023 struct {
	name  string
	kind  Kind
	width int64
}

// metrics2023 are the tables that are read; cpu_limit, cpu_usage, memory_usage and platform_delay are
// not, and memory_limit, which is that of all instances together, only with Options.Limits.
var metrics2023 = []metric2023{
	{"requests_minute", Count, Minute}, {"requests_second", Count, Second},
	{"function_delay_minute", MeanDuration, Minute}, {"function_delay_second", MeanDuration, Second},
	{"instances_minute", Instances, Minute},
}

var memoryLimit2023 = metric2023{"memory_limit_minute", MemoryLimit, Minute}

// emptyCell is what an empty cell of a table may mean; it is read as nothing.
const emptyCell = "an empty cell: no request in that time, or no data"

func newHuawei2023(r *Reader) decoder { return &huawei2023{r: r, table: table{r: r}} }

func isHuawei2023(line, _ []byte) bool { return areHuawei2023(columnsOf(line)) }

func areHuawei2023(h header) bool {
	return len(h) > 2 && h[0] == "day" && h[1] == "time" && isWhole(h[2])
}

func isWhole(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func (h *huawei2023) begin() error {
	cells, err := h.table.next()
	if err != nil {
		return err
	}
	columns := newHeader(cells)
	if !areHuawei2023(columns) {
		return h.r.wrong("the columns are %s; want day, time, 0, 1 …", columns.excerpt())
	}
	h.at = columns.column("time")
	for i, name := range columns {
		if i < 2 {
			h.functions = append(h.functions, -1)
			continue
		}
		h.functions = append(h.functions, h.r.log.function([]byte(name)))
	}
	i := slices.IndexFunc(metrics2023, func(m metric2023) bool { return strings.Contains(h.r.name, m.name) })
	switch {
	case i >= 0:
		h.metric = metrics2023[i]
	case h.r.options.Limits && strings.Contains(h.r.name, memoryLimit2023.name):
		h.metric = memoryLimit2023
	case unreadMetric(h.r.name) != "":
		return h.r.wrong("the numbers are %s, and an import reads requests_minute, requests_second, function_delay_minute, function_delay_second and instances_minute", unreadMetric(h.r.name))
	default:
		h.metric = metrics2023[0]
		h.r.log.warn("%s: no metric in the name of the file, so the numbers are taken for requests a minute", h.r.name)
	}
	h.begun = true
	return nil
}

// unreadMetric returns the metric in a file's name that is not read; empty if there is none.
func unreadMetric(name string) string {
	for _, m := range []string{"cpu_limit", "cpu_usage", "memory_limit", "memory_usage", "platform_delay"} {
		if strings.Contains(name, m) {
			return m
		}
	}
	return ""
}

func (h *huawei2023) next(row *Row) error {
	if !h.begun {
		if err := h.begin(); err != nil {
			return err
		}
	}
	for {
		for ; h.place < len(h.cells) && h.place < len(h.functions); h.place++ {
			if h.functions[h.place] < 0 || len(h.cells[h.place]) == 0 || !h.value(h.cells[h.place]) {
				continue
			}
			*row = h.current
			row.Function = h.functions[h.place]
			h.place++
			return nil
		}
		cells, err := h.table.next()
		if err != nil {
			return err
		}
		h.current.clear(h.r.lines.from)
		if len(cells) < len(h.functions) {
			h.r.leaveOut(fewCells)
			continue
		}
		at, reason, err := h.r.time(cells[h.at], Second)
		if err != nil {
			return err
		}
		if reason != "" {
			h.r.leaveOut(reason)
			continue
		}
		empty := int64(0)
		for i, cell := range cells[:len(h.functions)] {
			if h.functions[i] >= 0 && len(cell) == 0 {
				empty++
			}
		}
		if empty > 0 {
			h.r.log.remark(emptyCell, h.r.name, h.r.lines.from, empty)
		}
		h.current.Time, h.current.Width, h.current.Kind = at, h.metric.width, h.metric.kind
		h.cells, h.place = cells, 0
	}
}

// value reads a cell into the current row; false if there is nothing in it.
func (h *huawei2023) value(cell []byte) bool {
	if h.metric.kind == MeanDuration {
		unit := h.r.options.Unit
		if unit == 0 {
			unit = Millisecond
		}
		ns, reason := duration(cell, unit)
		if reason != "" {
			h.r.leaveOut(reason)
			return false
		}
		h.current.Service = ns
		return true
	}
	n, ok := count(cell)
	if !ok {
		h.r.leaveOut(noCount)
		return false
	}
	h.current.Count = n
	return n > 0
}
