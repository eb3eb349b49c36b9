package trace

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// table of any columns: the general door. Columns are named in Options, as NAME or #1, or found by
// their usual names; a table without a header has the time first and then, if there is one, the
// duration.
type anyTable struct {
	r     *Reader
	table table
	begun bool
	first bool // the first record is a row, and is in table.cells

	time, end, duration, startup, cold, function, instance int // columns; -1: none
	timeUnit, durationUnit, startupUnit                    int64
	columns                                                int // least number of cells of a row
}

func newCSV(r *Reader) decoder { return &anyTable{r: r, table: table{r: r}} }

func isCSV(line, _ []byte) bool {
	if line[0] == '{' || line[0] == '[' {
		return false
	}
	h := columnsOf(line)
	if !isHeader(h) {
		return true
	}
	return h.usual(timeNames) >= 0 || h.usual(endNames) >= 0
}

// isHeader reports whether a record names columns: its first cell does not begin like a number.
func isHeader(h header) bool {
	return len(h) > 0 && (h[0] == "" || !strings.ContainsRune("0123456789+-.", rune(h[0][0])))
}

// OtherSeparator names what stands between the columns of a table, if that is not a comma; empty if
// a line has no sign of it.
func OtherSeparator(line []byte) string {
	if bytes.IndexByte(line, ',') >= 0 {
		return ""
	}
	for _, s := range []struct{ sign, name string }{{";", "semicolons"}, {"\t", "tabs"}, {"|", "bars"}} {
		if bytes.Contains(line, []byte(s.sign)) {
			return s.name
		}
	}
	return ""
}

// Usual names of columns, without their units.
var (
	timeNames     = []string{"time", "timestamp", "arrival", "arrival_time", "start", "start_time", "starttime", "begin", "offset", "datetime", "date", "ts"}
	endNames      = []string{"end", "end_time", "endtime", "end_timestamp", "completion", "completion_time"}
	durationNames = []string{"duration", "service", "service_time", "execution_time", "exec_time", "latency", "elapsed", "response_time"}
	startupNames  = []string{"startup", "start_up", "startup_time", "init", "init_duration", "init_time", "initduration", "cold_start_time", "cold_start_duration"}
	coldNames     = []string{"cold", "cold_start", "coldstart", "is_cold", "iscold"}
	functionNames = []string{"function", "func", "function_name", "functionname", "funcname", "action"}
	instanceNames = []string{"instance", "instance_id", "pod", "pod_id", "podid", "container", "container_id", "log_stream"}
	countNames    = []string{"invocations", "count", "requests"}
)

// unitOfName finds the unit at the end of a column's name, such as Timestamp [ms], latency_ms or
// durationMs.
var unitOfName = regexp.MustCompile(`(?:[\s_\-\[(]+(ns|us|µs|ms|s|sec|secs|seconds|milliseconds|millis|microseconds|micros|nanoseconds|nanos)[\])]?|(Ns|Us|Ms))$`)

var unitNames = map[string]int64{
	"ns": Nanosecond, "nanoseconds": Nanosecond, "nanos": Nanosecond, "Ns": Nanosecond,
	"us": Microsecond, "µs": Microsecond, "microseconds": Microsecond, "micros": Microsecond, "Us": Microsecond,
	"ms": Millisecond, "milliseconds": Millisecond, "millis": Millisecond, "Ms": Millisecond,
	"s": Second, "sec": Second, "secs": Second, "seconds": Second,
}

// ParseUnit returns the unit with a name: s, ms, us or ns.
func ParseUnit(name string) (unit int64, ok bool) {
	switch name {
	case "s", "ms", "us", "µs", "ns":
		return unitNames[name], true
	}
	return 0, false
}

// splitUnit returns a column's name without its unit, in lower case with underscores, and the unit;
// 0 if the name has none.
func splitUnit(name string) (base string, unit int64) {
	if found := unitOfName.FindStringSubmatch(name); found != nil {
		name, unit = strings.TrimSuffix(name, found[0]), unitNames[found[1]+found[2]]
	}
	name = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
	return strings.Trim(name, "_@"), unit
}

// usual returns the column with one of some usual names, the first in the list; -1 if there is none.
func (h header) usual(names []string) int {
	for _, want := range names {
		if i := slices.IndexFunc(h, func(name string) bool { base, _ := splitUnit(name); return base == want }); i >= 0 {
			return i
		}
	}
	return -1
}

func (a *anyTable) begin() error {
	cells, err := a.table.next()
	if err != nil {
		return err
	}
	h := newHeader(cells)
	if separator := OtherSeparator(cells[0]); len(cells) == 1 && separator != "" {
		return a.r.wrong("the columns are separated by %s: %s; want commas, and points in numbers", separator, excerpt(cells[0]))
	}
	asked := a.r.options.Columns
	named := isHeader(h)
	a.first = !named
	if !named {
		for i := range h {
			h[i] = "#" + strconv.Itoa(i+1)
		}
	}
	var wrong error
	find := func(flag, asked string, usual []string) int {
		if asked == "" {
			if named {
				return h.usual(usual)
			}
			return -1
		}
		i, err := h.find(asked)
		if err != nil && wrong == nil {
			wrong = a.r.wrong("%s %s: %v", flag, asked, err)
		}
		return i
	}
	a.time, a.end = find("--time", asked.Time, timeNames), -1
	a.duration = find("--duration", asked.Duration, durationNames)
	a.startup, a.cold = find("--startup", asked.Startup, startupNames), find("--cold", asked.Cold, coldNames)
	a.function, a.instance = find("--function", asked.Function, functionNames), -1
	switch {
	case wrong != nil:
		return wrong
	case named:
		a.instance = h.usual(instanceNames)
	case asked.Time == "" && asked.Duration == "":
		a.time = 0
		if len(h) > 1 {
			a.duration = 1
		}
	}
	if a.time < 0 && named {
		a.end = h.usual(endNames)
	}
	if a.time >= 0 && (a.r.options.Times == AtEnd || a.r.options.Times == AnyMoment && ofReports(h, a.time, a.duration)) {
		a.time, a.end = -1, a.time
	}
	if a.time < 0 && a.end < 0 {
		return a.r.wrong("which column is the time? Want --time with one of %s", h.list())
	}
	if a.duration == a.time && a.time >= 0 {
		a.duration = -1
	}
	a.timeUnit, a.durationUnit, a.startupUnit = a.unit(h, max(a.time, a.end)), a.unit(h, a.duration), a.unit(h, a.startup)
	for _, column := range []int{a.time, a.end, a.duration, a.startup, a.cold, a.function} {
		a.columns = max(a.columns, column+1)
	}
	a.say(h, named)
	a.begun = true
	return nil
}

// TableColumns returns the columns of a table that begins with head, by their names or, without a
// header, as #1, #2 and so on; none if it does not begin like a table of several columns. Of very many
// columns it returns the first.
func TableColumns(head []byte) []string {
	const most = 200
	head = trimMark(head)
	if bytes.IndexByte(head, 0) >= 0 {
		return nil
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(head), []byte("\n"))
	h := columnsOf(trimCR(line))
	if len(h) < 2 || line[0] == '{' || line[0] == '[' {
		return nil
	}
	if !isHeader(h) {
		for i := range h {
			h[i] = "#" + strconv.Itoa(i+1)
		}
	}
	return h[:min(most, len(h))]
}

// SplitFunction says what a text names for a table that begins with head: a column that tells
// functions apart, a function in it, or both, as COLUMN=NAME. column is empty for the usual one.
func SplitFunction(head []byte, text string) (column, name string) {
	line, _, _ := bytes.Cut(trimMark(head), []byte("\n"))
	h := columnsOf(trimCR(line))
	if _, err := h.find(text); err == nil {
		return text, ""
	}
	if before, after, ok := strings.Cut(text, "="); ok {
		if _, err := h.find(before); err == nil {
			return before, after
		}
	}
	return "", text
}

// find returns the place of a column that is asked for.
func (h header) find(name string) (int, error) {
	if i := h.column(name); i >= 0 {
		return i, nil
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		if i, err := strconv.Atoi(number); err == nil && 1 <= i && i <= len(h) {
			return i - 1, nil
		}
	}
	return -1, noColumn{h}
}

type noColumn struct{ header header }

func (e noColumn) Error() string {
	return "no such column; want one of " + e.header.list() + ", or #1 for the first"
}

// unit returns the unit of a column: the one that is asked for, else that in its name, else seconds.
func (a *anyTable) unit(h header, column int) int64 {
	if column < 0 {
		return Second
	}
	_, unit := splitUnit(h[column])
	switch {
	case a.r.options.Unit != 0:
		return a.r.options.Unit
	case unit != 0:
		return unit
	case slices.Contains(insightsFields, h[column]):
		return Millisecond
	}
	return Second
}

// insightsFields are those, in ms, that CloudWatch Logs Insights finds in the REPORT lines of Lambda.
var insightsFields = []string{"@duration", "@billedDuration", "@initDuration"}

// ofReports reports whether a table has these fields: then @timestamp is the moment of the line, the
// completion of its request.
func ofReports(h header, time, duration int) bool {
	return h[time] == "@timestamp" && duration >= 0 && slices.Contains(insightsFields, h[duration])
}

// say notes which columns are taken.
func (a *anyTable) say(h header, named bool) {
	var taken []string
	for _, c := range []struct {
		what  string
		place int
		unit  int64
	}{
		{"arrival", a.time, 0}, {"completion", a.end, 0}, {"duration", a.duration, a.durationUnit}, {"start-up", a.startup, a.startupUnit},
		{"cold", a.cold, 0}, {"function", a.function, 0}, {"instance", a.instance, 0},
	} {
		if c.place < 0 {
			continue
		}
		text := c.what + " " + h[c.place]
		if c.unit != 0 {
			text += " in " + map[int64]string{Nanosecond: "ns", Microsecond: "us", Millisecond: "ms", Second: "s"}[c.unit]
		}
		taken = append(taken, text)
	}
	a.r.log.note("columns: %s", strings.Join(taken, ", "))
	if i := h.usual(endNames); i >= 0 && named && a.time >= 0 && a.duration < 0 && i != a.time {
		a.r.log.warn("the column %s may be completions, and is not read: want a column of durations", h[i])
	}
	if i := h.usual(countNames); i >= 0 && named && i != a.duration && i != a.time {
		a.r.log.warn("the column %s may count requests, and a row is read as one request", h[i])
	}
}

func (a *anyTable) next(row *Row) error {
	if !a.begun {
		if err := a.begin(); err != nil {
			return err
		}
	}
	for {
		cells := a.table.cells
		if !a.first {
			var err error
			if cells, err = a.table.next(); err != nil {
				return err
			}
		}
		a.first = false
		row.clear(a.r.lines.from)
		reason, err := a.read(row, cells)
		if err != nil {
			return err
		}
		if reason == "" {
			return nil
		}
		a.r.leaveOut(reason)
	}
}

func (a *anyTable) read(row *Row, cells [][]byte) (reason string, err error) {
	if len(cells) < a.columns {
		return fewCells, nil
	}
	at, reason, err := a.r.time(cells[max(a.time, a.end)], a.timeUnit)
	if reason != "" || err != nil {
		return reason, err
	}
	row.Time, row.AtEnd = at, a.end >= 0
	if a.duration >= 0 {
		if row.Service, reason = duration(cells[a.duration], a.durationUnit); reason != "" {
			return reason, nil
		}
	}
	if a.cold >= 0 {
		if row.Start = startOf(cells[a.cold]); row.Start == UnknownStart {
			return "the cold column is neither yes nor no", nil
		}
	}
	if a.startup >= 0 {
		if row.Start == UnknownStart {
			row.Start = Warm
		}
		if cell := bytes.TrimSpace(cells[a.startup]); len(cell) > 0 {
			ns, reason := duration(cell, a.startupUnit)
			if reason != "" {
				return "the start-up: " + reason, nil
			}
			if ns > 0 {
				row.addStartup(ns)
			}
		}
	}
	if row.AtEnd && row.Service != Unknown {
		row.Time, row.AtEnd = row.Time-row.Response(), false
	}
	var name []byte
	if a.function >= 0 {
		name = cells[a.function]
	}
	if a.instance >= 0 && a.instance < len(cells) {
		row.Instance = identity(bytes.TrimSpace(cells[a.instance]))
	}
	row.Function = a.r.log.function(name)
	return "", nil
}

// startOf reads whether a start was cold: a word, or a number that is more than 0.
func startOf(cell []byte) Start {
	cell = bytes.TrimSpace(cell)
	if ns, ok := span(cell, Second); ok {
		if ns > 0 {
			return Cold
		}
		return Warm
	}
	switch strings.ToLower(string(cell)) {
	case "", "false", "f", "no", "n", "warm", "null", "none":
		return Warm
	case "true", "t", "yes", "y", "cold":
		return Cold
	}
	return UnknownStart
}
