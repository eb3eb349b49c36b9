package trace

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// azure2019 reads the files of the trace that Azure Functions published of two weeks of 2019, one of
// each kind a day: counts of invocations by the minute, quantiles of durations (without cold starts),
// and the memory of apps. The columns tell the kind; .dNN. in the file's name tells the day, from
// 01. A function is called app/function.
type azure2019 struct {
	r     *Reader
	table table
	start int64 // of the day, ns
	kind  Kind
	begun bool

	app, function  int            // columns
	trigger, peak  int            // columns, of invocations and of memory; -1: none
	minutes        []minuteColumn // in the order of time
	columns        int            // of the header
	twice          error          // of a minute that has two columns: of a row, since a header that is cut off may seem to
	quantile       []quantileColumn
	average, count int
	cells          [][]byte // of the row of counts that is being read
	place          int      // of its next minute
	current        Row
	points         []Quantile
	seen           map[int32]bool // the functions, or apps, that had a row
	name           []byte
}

// A minuteColumn holds the counts of a minute.
type minuteColumn struct {
	place int
	start int64 // ns from the start of the day
}

// A quantileColumn holds a quantile.
type quantileColumn struct {
	place       int
	probability float64
}

var dayOfAzure = regexp.MustCompile(`\.d(\d\d)\.`)

func newAzure2019(r *Reader) decoder {
	a := &azure2019{r: r, table: table{r: r}, seen: map[int32]bool{}}
	if found := dayOfAzure.FindStringSubmatch(path.Base(r.name)); found != nil {
		if day, _ := strconv.Atoi(found[1]); day > 1 {
			a.start = int64(day-1) * Day
		}
	}
	return a
}

func isAzure2019(line, _ []byte) bool {
	h := columnsOf(line)
	return h.has("HashApp") && (h.has("HashFunction") || h.has("AverageAllocatedMb"))
}

func (a *azure2019) begin() error {
	cells, err := a.table.next()
	if err != nil {
		return err
	}
	h := newHeader(cells)
	a.app, a.function, a.average, a.count = h.column("HashApp"), h.column("HashFunction"), h.column("Average"), h.column("Count")
	a.trigger, a.peak = h.column("Trigger"), h.column("AverageAllocatedMb_pct100")
	const quantiles, memory = "percentile_Average_", "AverageAllocatedMb"
	for i, name := range h {
		if percent, ok := strings.CutPrefix(name, quantiles); ok {
			if p, err := strconv.ParseFloat(percent, 64); err == nil && p >= 0 && p <= 100 {
				a.quantile = append(a.quantile, quantileColumn{i, p / 100})
			}
		}
		if minute, err := strconv.Atoi(name); err == nil && 1 <= minute && minute <= 100*1440 {
			a.minutes = append(a.minutes, minuteColumn{i, int64(minute-1) * Minute})
		}
	}
	a.columns = len(h)
	slices.SortStableFunc(a.minutes, func(x, y minuteColumn) int { return cmp.Compare(x.start, y.start) })
	for i := 1; i < len(a.minutes); i++ {
		if a.minutes[i].start == a.minutes[i-1].start {
			a.twice = a.r.wrong("found two columns of the minute %d; want each minute once", a.minutes[i].start/Minute+1)
		}
	}
	switch {
	case a.app < 0 && a.function < 0:
	case h.has(memory):
		a.kind, a.average = Memory, h.column(memory)
	case len(a.quantile) > 0:
		a.kind = Quantiles
	case h.has("1"):
		a.kind = Count
	}
	if a.kind == Request || a.function < 0 && a.kind != Memory {
		return a.r.wrong("the columns are %s; want those of invocations (HashApp, HashFunction, 1, 2 …), of durations (percentile_Average_0 …) or of memory (AverageAllocatedMb)", h.excerpt())
	}
	a.begun = true
	return nil
}

func (a *azure2019) next(row *Row) error {
	if !a.begun {
		if err := a.begin(); err != nil {
			return err
		}
	}
	for {
		if a.nextCount(row) {
			return nil
		}
		cells, err := a.table.next()
		if err != nil {
			return err
		}
		if a.twice != nil {
			return a.twice
		}
		if len(cells) < a.columns {
			a.r.leaveOut(fewCells)
			continue
		}
		a.name = a.name[:0]
		if a.app >= 0 {
			a.name = append(append(a.name, cells[a.app]...), '/')
		}
		if a.function >= 0 {
			a.name = append(a.name, cells[a.function]...)
		}
		a.current.clear(a.r.lines.from)
		a.current.Kind, a.current.Function = a.kind, a.r.log.function(a.name)
		if a.seen[a.current.Function] {
			a.r.leaveOut(secondRow[a.kind])
			continue
		}
		a.seen[a.current.Function] = true
		switch a.kind {
		case Count:
			a.cells, a.place = cells, 0
		case Quantiles:
			if reason := a.readQuantiles(cells); reason != "" {
				a.r.leaveOut(reason)
				continue
			}
			*row = a.current
			return nil
		default:
			mb, ok := whole(cells[a.average])
			if !ok {
				a.r.leaveOut("the memory is not a number")
				continue
			}
			*row = a.current
			row.Memory = int32(min(mb, 1<<30))
			if a.peak >= 0 {
				if mb, ok := whole(cells[a.peak]); ok {
					row.MemoryUsed = int32(min(mb, 1<<30))
				}
			}
			return nil
		}
	}
}

// secondRow says of a row, by its kind, that the first of its function or app holds.
var secondRow = map[Kind]string{Count: "a second row of invocations of a function on a day", Quantiles: "a second row of a function", Memory: "a second row of an app"}

// nextCount returns the next minute with invocations of the row that is being read.
func (a *azure2019) nextCount(row *Row) bool {
	for ; len(a.cells) > 0 && a.place < len(a.minutes); a.place++ {
		minute := a.minutes[a.place]
		cell := a.cells[minute.place]
		if len(cell) == 0 || len(cell) == 1 && cell[0] == '0' {
			continue
		}
		n, ok := count(cell)
		if !ok {
			a.r.leaveOut(noCount)
			continue
		}
		if n == 0 {
			continue
		}
		*row = a.current
		row.Time, row.Width, row.Count = a.start+minute.start, Minute, n
		a.place++
		return true
	}
	a.cells = nil
	return false
}

// quantiles are those of the last row; the order of the columns is that of the probabilities.
func (a *azure2019) quantiles() []Quantile { return a.points }

// label is the trigger of the function that the last count is of.
func (a *azure2019) label() []byte {
	if a.trigger < 0 || a.trigger >= len(a.cells) {
		return nil
	}
	return a.cells[a.trigger]
}

func (a *azure2019) readQuantiles(cells [][]byte) (reason string) {
	a.points = a.points[:0]
	for _, q := range a.quantile {
		ns, reason := duration(cells[q.place], Millisecond)
		if reason != "" {
			return reason
		}
		if n := len(a.points); n > 0 && (a.points[n-1].Value > ns || a.points[n-1].Probability >= q.probability) {
			return "quantiles that do not increase"
		}
		a.points = append(a.points, Quantile{q.probability, ns})
	}
	if a.average >= 0 {
		if ns, reason := duration(cells[a.average], Millisecond); reason == "" {
			a.current.Service = ns // the mean
		}
	}
	if a.count >= 0 {
		a.current.Count, _ = count(cells[a.count]) // 0: unknown
	}
	return ""
}

const noCount = "a count that is not a whole number of at most ten million"

// count reads a number of requests in a slot of time; an empty cell is none.
func count(cell []byte) (n int64, ok bool) {
	if len(cell) == 0 {
		return 0, true
	}
	const parts = 1000 // a fraction of a request is none
	n, ok = span(cell, parts)
	return n / parts, ok && n >= 0 && n%parts == 0 && n <= 10_000_000*parts
}
