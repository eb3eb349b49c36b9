package trace

import (
	"bytes"
	"encoding/json"
)

// Reasons why lines of a log are left out.
const (
	otherLine       = "a line of another kind, such as START, END or the function's own"
	notMilliseconds = "a REPORT whose durations are not in ms"
	noReport        = "a REPORT without a duration, as of a line that is cut off"
	untimedReport   = "a REPORT without a time, where others have one"
)

// lambda reads REPORT lines of AWS Lambda's log. A line is what the log has, or it comes with its time
// in front of it, as aws logs tail and an export to S3 write it, or as the message in a table with
// columns timestamp and message, or in JSON. The message is a text, or a platform.report of the JSON
// log format. The time of a line is the completion of its request; Lambda's Duration does not include
// the Init Duration of a cold start, nor the Restore Duration of one from a snapshot.
type lambda struct {
	r      *Reader
	line   func() (lambdaLine, error) // the next one; set by begin
	table  table
	values values
	event  lambdaEvent

	at, message, stream, group int  // columns
	timed                      bool // whether some line had a time
}

func newLambda(r *Reader) decoder {
	l := &lambda{r: r, table: table{r: r}, values: values{r: r}}
	l.table.begins = beginsMessage
	return l
}

func isLambda(line, head []byte) bool {
	if _, _, ok := messageColumns(columnsOf(line)); ok {
		return true
	}
	return bytes.Contains(head, []byte("REPORT RequestId: ")) || bytes.Contains(head, []byte(`"platform.`)) ||
		bytes.Contains(head, []byte("START RequestId: ")) || object(line, head, "events", "logStreamName", "message")
}

// messageColumns finds the columns of the time and the message of a log.
func messageColumns(h header) (at, message int, ok bool) {
	at, message = h.column("timestamp", "@timestamp", "time", "Timestamp"), h.column("message", "@message", "Message")
	return at, message, at >= 0 && message >= 0
}

// beginsMessage reports whether a line within a quotation begins the next record: with a time.
func beginsMessage(line []byte) bool {
	comma := bytes.IndexByte(line, ',')
	if comma < len("2023-11-14") {
		return false
	}
	cell := bytes.Trim(line[:comma], `"`)
	_, date := rfc3339(cell)
	return date || len(cell) == 13 && len(bytes.Trim(cell, "0123456789")) == 0
}

func (l *lambda) next(row *Row) error {
	if l.line == nil {
		if err := l.begin(); err != nil {
			return err
		}
	}
	for {
		line, err := l.line()
		if err != nil {
			return err
		}
		if ok, err := l.request(row, line); ok || err != nil {
			return err
		}
	}
}

// begin looks at the first line to find out how messages come.
func (l *lambda) begin() error {
	first, err := l.r.lines.peek()
	if err != nil {
		return err
	}
	if first[0] == '[' || first[0] == '{' && !complete(first) {
		l.line = l.nextValue
		return nil
	}
	h := columnsOf(first)
	var ok bool
	if l.at, l.message, ok = messageColumns(h); !ok {
		l.line = l.nextLine
		return nil
	}
	l.stream, l.group = h.column("@logStream", "logStreamName", "logStream", "log_stream"), h.column("@log", "logGroup", "log_group")
	l.line = l.nextRecord
	_, err = l.table.next()
	return err
}

// complete reports whether a line is a whole JSON object, and not a list of events.
func complete(line []byte) bool {
	_, list := arrayOf(line[1:])
	return !list && len(line) > 1 && line[len(line)-1] == '}'
}

// nextLine returns the next line; the message begins at its REPORT, and time and stream are in front.
func (l *lambda) nextLine() (line lambdaLine, err error) {
	for {
		text, _, long, err := l.r.lines.next()
		if err != nil {
			return line, err
		}
		if long {
			l.r.leaveOut(tooLong)
			continue
		}
		i := bytes.Index(text, report)
		if i < 0 {
			if i = bytes.IndexByte(text, '{'); i < 0 || !bytes.Contains(text[i:], platformReport) {
				l.r.leaveOut(otherLine)
				continue
			}
		} else if j := bytes.IndexByte(text[:i], '{'); j >= 0 { // a REPORT within JSON
			i = j
		}
		line.message = text[i:]
		line.at, line.stream = inFront(text[:i])
		return line, nil
	}
}

var (
	report         = []byte("REPORT RequestId:")
	platformReport = []byte("platform.report")
)

// inFront returns the time and the log stream that stand before a message.
func inFront(text []byte) (at, stream []byte) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, nil
	}
	end := blank(text)
	if end < 0 {
		return text, nil
	}
	if i := bytes.IndexByte(text[:end], '['); i > 0 { // sam logs has the stream first: 2023/11/14/[$LATEST]8a3f
		stream, text = text[i:end], bytes.TrimSpace(text[end:])
		if end = blank(text); end < 0 {
			end = len(text)
		}
		return text[:end], stream
	}
	if end == len("2006-01-02") { // the hour follows behind a space
		if more := blank(text[end+1:]); more >= 0 {
			end += 1 + more
		} else {
			end = len(text)
		}
	}
	at = text[:end]
	if i := bytes.IndexByte(text[end:], '['); i >= 0 {
		stream = text[end+i:]
		if j := blank(stream); j >= 0 {
			stream = stream[:j]
		}
	}
	return at, stream
}

// blank returns the place of the first space or tab; -1 if there is none.
func blank(text []byte) int {
	for i, c := range text {
		if c == ' ' || c == '\t' {
			return i
		}
	}
	return -1
}

func (l *lambda) nextRecord() (line lambdaLine, err error) {
	for {
		cells, err := l.table.next()
		if err != nil {
			return line, err
		}
		if len(cells) <= max(l.at, l.message) {
			l.r.leaveOut(fewCells)
			continue
		}
		line.message, line.at = cells[l.message], cells[l.at]
		if l.stream >= 0 && l.stream < len(cells) {
			line.stream = cells[l.stream]
		}
		if l.group >= 0 && l.group < len(cells) {
			line.group = cells[l.group]
		}
		return line, nil
	}
}

func (l *lambda) nextValue() (line lambdaLine, err error) {
	line.message, err = l.values.next()
	return line, err
}

// lambdaEvent is an event of the JSON log format, or one of CloudWatch with a message.
type lambdaEvent struct {
	Time   string `json:"time"`
	Type   string `json:"type"`
	Record struct {
		RequestID string `json:"requestId"`
		Metrics   struct {
			Duration json.Number `json:"durationMs"`
			Init     json.Number `json:"initDurationMs"`
			Restore  json.Number `json:"restoreDurationMs"`
			Memory   json.Number `json:"memorySizeMB"`
			Used     json.Number `json:"maxMemoryUsedMB"`
		} `json:"metrics"`
	} `json:"record"`

	Timestamp   json.RawMessage `json:"timestamp"` // a number or a date
	AtTimestamp json.RawMessage `json:"@timestamp"`
	Message     json.RawMessage `json:"message"` // a text or an object
	AtMessage   json.RawMessage `json:"@message"`
	Stream      string          `json:"logStreamName"`
	AtStream    string          `json:"@logStream"`
	Group       string          `json:"logGroup"`
	AtLog       string          `json:"@log"`
}

// A lambdaLine is a message with what stands beside it; nil for what is not known.
type lambdaLine struct {
	message, at, stream, group []byte
}

// request sets the row to the request that a message reports; false if the message is left out.
func (l *lambda) request(row *Row, line lambdaLine) (ok bool, err error) {
	row.clear(l.r.lines.from)
	var reason string
	message := bytes.TrimLeft(line.message, " \t")
	switch i := bytes.Index(message, report); {
	case i >= 0 && (len(message) == 0 || message[0] != '{'):
		reason = readReport(row, message[i:])
	case len(message) > 0 && message[0] == '{':
		l.event = lambdaEvent{}
		if reason = decode(message, &l.event); reason != "" {
			break
		}
		if l.event.Type == string(platformReport) {
			reason = l.event.read(row)
			if line.at == nil {
				line.at = []byte(l.event.Time)
			}
			break
		}
		if inner, ok := l.event.inner(line); ok {
			return l.request(row, inner)
		}
		reason = otherLine
	default:
		reason = otherLine
	}
	if reason != "" {
		l.r.leaveOut(reason)
		return false, nil
	}
	return l.place(row, line)
}

// inner returns the message within an event that wraps one.
func (e *lambdaEvent) inner(line lambdaLine) (lambdaLine, bool) {
	message, at := e.Message, e.Timestamp
	if message == nil {
		message = e.AtMessage
	}
	if at == nil {
		at = e.AtTimestamp
	}
	if at == nil && e.Time != "" {
		at = json.RawMessage(e.Time)
	}
	if message == nil {
		return lambdaLine{}, false
	}
	inner := lambdaLine{message: message, at: line.at, stream: line.stream, group: line.group}
	if text := ""; message[0] == '"' && json.Unmarshal(message, &text) == nil {
		inner.message = []byte(text)
	} else if inner.message[0] != '{' {
		return lambdaLine{}, false
	}
	if inner.at == nil {
		inner.at = bytes.Trim(at, `"`)
	}
	if s := e.Stream + e.AtStream; s != "" {
		inner.stream = []byte(s)
	}
	if g := e.Group + e.AtLog; g != "" {
		inner.group = []byte(g)
	}
	return inner, true
}

// read takes the metrics of a platform.report.
func (e *lambdaEvent) read(row *Row) (reason string) {
	m := e.Record.Metrics
	row.Request = identity([]byte(e.Record.RequestID))
	row.Start = Warm
	var ok bool
	if row.Service, ok = span([]byte(m.Duration), Millisecond); !ok {
		return noReport
	}
	for _, startup := range []json.Number{m.Init, m.Restore} {
		if ns, ok := span([]byte(startup), Millisecond); ok {
			row.addStartup(ns)
		}
	}
	row.Memory, row.MemoryUsed = megabytes([]byte(m.Memory)), megabytes([]byte(m.Used))
	return ""
}

func (r *Row) addStartup(ns int64) {
	r.Start = Cold
	if r.Startup == Unknown {
		r.Startup = 0
	}
	r.Startup += ns
}

func megabytes(text []byte) int32 {
	mb, ok := whole(text)
	if !ok || mb > 1<<30 {
		return 0
	}
	return int32(mb)
}

// readReport takes the fields of a REPORT line: a name, a colon, a number and a unit, in any order.
func readReport(row *Row, text []byte) (reason string) {
	text = text[len(report):]
	row.Start = Warm
	if id := bytes.TrimLeft(text, " \t"); len(id) > 0 {
		end := blank(id)
		if end < 0 {
			end = len(id)
		}
		row.Request = identity(id[:end])
	}
	for {
		colon := bytes.IndexByte(text, ':')
		if colon < 0 {
			break
		}
		name, value := text[:colon], text[colon+1:]
		text = value
		switch {
		case bytes.HasSuffix(name, []byte("Duration")):
			name = name[:len(name)-len("Duration")]
			if bytes.HasSuffix(name, []byte("Billed ")) || bytes.HasSuffix(name, []byte("Billed Restore ")) {
				continue
			}
			ns, ok, unit := quantity(value, "ms")
			switch {
			case !unit && ok:
				return notMilliseconds
			case !ok:
				return noReport
			case bytes.HasSuffix(name, []byte("Init ")), bytes.HasSuffix(name, []byte("Restore ")):
				row.addStartup(ns)
			default:
				row.Service = ns
			}
		case bytes.HasSuffix(name, []byte("Memory Size")):
			if n, ok, unit := quantity(value, "MB"); ok && unit {
				row.Memory = int32(min(n/Millisecond, 1<<30))
			}
		case bytes.HasSuffix(name, []byte("Memory Used")):
			if n, ok, unit := quantity(value, "MB"); ok && unit {
				row.MemoryUsed = int32(min(n/Millisecond, 1<<30))
			}
		}
	}
	if row.Service == Unknown {
		return noReport
	}
	return ""
}

// quantity reads a number, as of milliseconds, and reports whether it is one and has a unit behind it.
func quantity(text []byte, unit string) (ns int64, ok, inUnit bool) {
	begin := 0
	for begin < len(text) && text[begin] == ' ' {
		begin++
	}
	end := begin
	for end < len(text) && text[end] > ' ' {
		end++
	}
	ns, ok = span(text[begin:end], Millisecond)
	for end < len(text) && text[end] == ' ' {
		end++
	}
	return ns, ok, bytes.HasPrefix(text[end:], []byte(unit))
}

// place finds when the request arrived, and of which function and instance it was.
func (l *lambda) place(row *Row, line lambdaLine) (ok bool, err error) {
	reason := wrongDuration(row.Service)
	if reason == "" && row.Startup != Unknown {
		reason = wrongDuration(row.Startup)
	}
	switch {
	case reason != "":
		l.r.leaveOut(reason)
		return false, nil
	case len(line.at) == 0 && l.timed:
		l.r.leaveOut(untimedReport)
		return false, nil
	case len(line.at) > 0:
		at, reason, err := l.r.time(line.at, Second)
		if err != nil {
			return false, err
		}
		if reason != "" && (l.timed || reason != noTime) {
			l.r.leaveOut(reason)
			return false, nil
		}
		if reason == "" {
			l.timed = true
			row.Time = at - row.Service
			if row.Startup != Unknown {
				row.Time -= row.Startup
			}
		}
	}
	row.Instance = identity(line.stream)
	name := line.group
	if i := bytes.LastIndex(name, []byte("/aws/lambda/")); i >= 0 {
		name = name[i+len("/aws/lambda/"):]
	}
	row.Function = l.r.log.function(name)
	return true, nil
}
